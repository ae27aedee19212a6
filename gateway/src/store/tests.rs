//! What every store must do, run against each.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::json;

use super::*;

fn key(owner: &str, id: &str) -> SessionKey {
    SessionKey { owner: owner.to_owned(), id: id.to_owned() }
}

fn header() -> SessionHeader {
    SessionHeader {
        assistant: "help".into(),
        metadata: json!({"page": "/"}),
        upstream_id: None,
        created_at_secs: 5,
        pending: None,
        ended_at_secs: None,
    }
}

fn message(id: &str, content: &str) -> StoredMessage {
    let sources = vec![StoredSource { title: "Returns".into(), url: Some("/help/returns".into()), relevance: Some(0.5) }];
    let role = StoredRole::User;
    StoredMessage {
        id: id.into(),
        role,
        content: content.into(),
        created_at_secs: 7,
        sources,
        attachments: Vec::new(),
        usage: None,
        feedback: None,
    }
}

fn upload(id: &str, expires_at_secs: u64) -> Upload {
    let n_bytes = if id == "file_a" { 3 } else { 4 };
    let [id, owner, name, media_type, url] =
        [id, "vis_a", "a.txt", "text/plain", "https://chat.example/a.txt"].map(str::to_owned);
    Upload { id, owner, name, media_type, url, n_bytes, expires_at_secs }
}

async fn check(store: &dyn Store) {
    let mine = key("vis_a", "s1");
    assert_eq!(store.session(&mine).await.unwrap(), None);
    assert!(matches!(store.put_message(&mine, message("m1", "lost")).await, Err(StoreError::NoSession)));
    store.put_session(&mine, header()).await.unwrap();
    for (id, content) in [("m1", "one"), ("m2", "two"), ("m3", "three"), ("m2", "two again")] {
        store.put_message(&mine, message(id, content)).await.unwrap();
    }
    // The same id of another owner, and names that only differ in where they are cut, are other conversations.
    for other in [key("vis_b", "s1"), key("vis_as", "1"), key("vis_", "as1")] {
        assert_eq!(store.session(&other).await.unwrap(), None, "{other:?}");
        assert!(!store.delete_session(&other).await.unwrap());
    }
    let session = store.session(&mine).await.unwrap().unwrap();
    let contents: Vec<_> = session.messages.iter().map(|message| message.content.as_str()).collect();
    assert_eq!(contents, ["one", "two again", "three"]);
    assert_eq!((session.header.clone(), session.updated_at_secs()), (header(), 7));
    store.put_session(&mine, SessionHeader { upstream_id: Some("conv_9".into()), ..header() }).await.unwrap();
    let session = store.session(&mine).await.unwrap().unwrap();
    assert_eq!((session.header.upstream_id.as_deref(), session.messages.len()), (Some("conv_9"), 3));
    let call = StoredCall { id: "c1".into(), name: "find".into(), arguments: "{}".into() };
    let round =
        StoredRound { text: String::new(), answers: vec![(call.clone(), Err("gone".into())), (call.clone(), Ok("7".into()))] };
    let pending = Pending { question: "where?".into(), rounds: vec![round], text: "Let me see.".into(), calls: vec![call] };
    store.put_session(&mine, SessionHeader { pending: Some(pending.clone()), ..header() }).await.unwrap();
    assert_eq!(store.session(&mine).await.unwrap().unwrap().header.pending, Some(pending));
    assert!(store.delete_session(&mine).await.unwrap());
    assert_eq!(store.session(&mine).await.unwrap(), None);
    store.put_session(&mine, header()).await.unwrap();
    assert_eq!(store.session(&mine).await.unwrap().unwrap().messages, []);

    for (day, slug, tokens) in
        [("2026-01-01", "a", 1), ("2026-01-02", "a", 2), ("2026-01-02", "b", 3), ("2026-01-02", "a", 4), ("2026-01-03", "a", 5)]
    {
        store.add_usage(day, slug, tokens, 0.5).await.unwrap();
    }
    let rows = store.usage("2026-01-02", "2026-01-02").await.unwrap();
    let rows: Vec<_> = rows.iter().map(|row| (row.assistant.as_str(), row.tokens, row.cost)).collect();
    assert_eq!(rows, [("a", 6, 1.0), ("b", 3, 0.5)]);

    for (id, n_bytes, expires_at_secs) in [("file_a", 3, 10), ("file_b", 4, 20)] {
        store.put_upload(upload(id, expires_at_secs), vec![7; n_bytes].into(), 9, 10).await.unwrap();
    }
    let too_much = store.put_upload(upload("file_c", 30), vec![7; 4].into(), 9, 10).await;
    assert!(matches!(too_much, Err(StoreError::Full)), "{too_much:?}");
    assert_eq!(store.upload("file_a").await.unwrap(), Some(upload("file_a", 10)));
    assert_eq!(store.upload_content("file_b").await.unwrap().unwrap().len(), 4);
    assert_eq!((store.upload("file_c").await.unwrap(), store.upload_content("file_c").await.unwrap()), (None, None));
    store.put_upload(upload("file_c", 30), vec![7; 4].into(), 10, 10).await.unwrap();
    assert_eq!((store.upload("file_a").await.unwrap(), store.upload_content("file_a").await.unwrap()), (None, None));
    for id in ["file_b", "file_c"] {
        assert!(store.upload(id).await.unwrap().is_some() && store.upload_content(id).await.unwrap().is_some(), "{id}");
    }
    let owner = upload("file_c", 30).owner;
    assert!(!store.delete_upload("file_c", "somebody else").await.unwrap() && store.upload("file_c").await.unwrap().is_some());
    assert!(store.delete_upload("file_c", &owner).await.unwrap() && !store.delete_upload("file_c", &owner).await.unwrap());
    assert_eq!((store.upload("file_c").await.unwrap(), store.upload_content("file_c").await.unwrap()), (None, None));

    assert_eq!(store.setting("k").await.unwrap(), None);
    store.put_setting("k", "v").await.unwrap();
    assert_eq!(store.setting("k").await.unwrap().as_deref(), Some("v"));
}

async fn check_records(store: Arc<dyn Store>) {
    let records = Records::new(store);
    for (collection, id, number) in [("a", "x/2", 2), ("a", "x/1", 1), ("a", "y", 3), ("b", "x/1", 9), ("aa", "x/1", 8)] {
        records.put(collection, id, &number).await.unwrap();
    }
    assert_eq!(records.list::<u32>("a", "x/").await.unwrap(), [("x/1".to_owned(), 1), ("x/2".to_owned(), 2)]);
    assert_eq!(records.list::<u32>("a", "").await.unwrap().len(), 3);
    assert_eq!(records.get::<u32>("b", "y").await.unwrap(), None);
    assert!(matches!(records.get::<String>("a", "y").await, Err(StoreError::Unreadable(_))));
    // Several at once, reading what was written, or nothing at all.
    let moved = |rows: &mut dyn Rows| {
        let number: u32 = rows.get("a", "y")?.unwrap_or_default();
        rows.put("b", "y", &(number + 1))?;
        rows.delete("a", "y")?;
        Ok::<_, StoreError>((rows.get::<u32>("b", "y")?, rows.get::<u32>("a", "y")?))
    };
    let undone = move |rows: &mut dyn Rows| moved(rows).and(Err::<(), _>(StoreError::Full));
    assert!(matches!(records.change(undone).await, Err(StoreError::Full)));
    assert_eq!(records.get::<u32>("a", "y").await.unwrap(), Some(3));
    assert_eq!(records.get::<u32>("b", "y").await.unwrap(), None);
    assert_eq!(records.change(moved).await.unwrap(), (Some(4), None));
    assert_eq!(records.get::<u32>("b", "y").await.unwrap(), Some(4));
    assert!(records.delete("a", "x/1").await.unwrap());
    assert!(!records.delete("a", "x/1").await.unwrap());
    assert!(numbered(9) < numbered(10));
}

#[tokio::test]
async fn memory() {
    check(&MemoryStore::default()).await;
    check_records(Arc::new(MemoryStore::default())).await;
}

#[tokio::test]
async fn embedded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/store.redb");
    let store = EmbeddedStore::open(&path).unwrap();
    check(&store).await;
    store.put_message(&key("vis_a", "s1"), message("m1", "kept")).await.unwrap();
    assert!(EmbeddedStore::open(&path).is_err(), "one gateway per file");
    check_records(Arc::new(EmbeddedStore::open(&folder.path().join("records.redb")).unwrap())).await;
    drop(store);
    let store = EmbeddedStore::open(&path).unwrap();
    assert_eq!(store.session(&key("vis_a", "s1")).await.unwrap().unwrap().messages, [message("m1", "kept")]);
}
