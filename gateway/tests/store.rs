//! The store of the real program: killed at any moment, backed up while it runs, and opened by a later version.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use assisters_gateway::Gateway;
use common::owner::Owner;
use common::process::{PROGRAM, Process};
use common::{CLIENT_KEY, TestClock, config};
use serde_json::{Value, json};
use tokio::sync::watch;

const N_KILLS: usize = 50;
const N_WRITERS: usize = 6;

/// What a gateway has acknowledged: a path, and words that must be found there.
type Acknowledged = watch::Sender<Vec<(String, String)>>;

/// Writes until the gateway is dead: conversations, assistants, knowledge bases.
async fn write(gateway: Arc<Process>, writer: usize, round: usize, acknowledged: Acknowledged) {
    for n in 0.. {
        let name = format!("w{writer}-r{round}-n{n}");
        let (method, path, body, kept) = match n % 3 {
            0 => (
                "POST",
                "/v1/chat",
                json!({"assistant": "help", "message": name, "session_id": name}),
                format!("/v1/sessions/{name}"),
            ),
            1 => (
                "POST",
                "/v1/assistants",
                json!({"name": name, "slug": name, "model": "local"}),
                format!("/v1/assistants/{name}"),
            ),
            _ => ("POST", "/v1/knowledge-bases", json!({"id": name, "name": name}), format!("/v1/knowledge-bases/{name}")),
        };
        let Some((status, answer)) = gateway.call(method, path, body).await else { return };
        assert!(status < 300, "{method} {path}: {status} {answer}");
        acknowledged.send_modify(|acknowledged| {
            // Of a conversation, the answer too.
            acknowledged.extend(answer["response"].as_str().map(|answer| (kept.clone(), json!(answer).to_string())));
            acknowledged.push((kept, name));
        });
    }
}

/// Returns what is not as it was acknowledged.
async fn missing(gateway: &Process, acknowledged: &[(String, String)]) -> Vec<String> {
    let mut missing = Vec::new();
    for (path, words) in acknowledged {
        let found = gateway.call("GET", path, Value::Null).await;
        if !found.as_ref().is_some_and(|(status, body)| *status == 200 && body.to_string().contains(words)) {
            missing.push(format!("{path}: {found:?} without {words}"));
        }
    }
    // One says enough.
    missing.truncate(3);
    missing
}

fn knowledge(folder: &Path) -> String {
    let file = folder.join("help.md");
    std::fs::write(&file, "# Help\n\nThere is help.\n").unwrap();
    format!("--knowledge={}", file.display())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_gateway_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store.redb");
    let knowledge = knowledge(folder.path());
    let (mut everything, mut newest) = (Vec::new(), Vec::new());
    for round in 0..N_KILLS {
        let gateway = Arc::new(Process::start(&store, &[&knowledge]));
        assert_eq!(missing(&gateway, &newest).await, [""; 0], "before round {round}");
        everything.append(&mut newest);
        let acknowledged = Acknowledged::default();
        let writers: Vec<_> =
            (0..N_WRITERS).map(|writer| tokio::spawn(write(Arc::clone(&gateway), writer, round, acknowledged.clone()))).collect();
        // After another number of writes each time, in the middle of others.
        let n_wanted = 1 + round * 7 % 40;
        acknowledged.subscribe().wait_for(|acknowledged| acknowledged.len() >= n_wanted).await.unwrap();
        gateway.kill();
        for writer in writers {
            writer.await.unwrap();
        }
        newest = acknowledged.send_replace(Vec::new());
    }
    everything.append(&mut newest);
    assert!(everything.len() > N_KILLS, "{}", everything.len());
    let gateway = Process::start(&store, &[&knowledge]);
    assert_eq!(missing(&gateway, &everything).await, [""; 0]);
}

fn run(arguments: &[&str], bind: &str) -> Output {
    Command::new(PROGRAM).args(arguments).env("ASSISTERS_BIND", bind).env("ASSISTERS_CLIENT_KEYS", CLIENT_KEY).output().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_has_everything_of_before_also_while_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| -> PathBuf { folder.path().join(name) };
    let [store, file, restored] = ["store.redb", "backup.redb", "restored/store.redb"].map(path);
    let option = |path: &Path| format!("--store=redb:{}", path.display());
    let knowledge = knowledge(folder.path());
    let gateway = Arc::new(Process::start(&store, &[&knowledge]));
    let acknowledged = Acknowledged::default();
    let writing = tokio::spawn(write(Arc::clone(&gateway), 0, 0, acknowledged.clone()));
    let before = acknowledged.subscribe().wait_for(|acknowledged| acknowledged.len() >= 30).await.unwrap().clone();
    let bind = gateway.origin.strip_prefix("http://").unwrap().to_owned();
    let taken = run(&["backup", file.to_str().unwrap(), &option(&store)], &bind);
    assert!(taken.status.success(), "{taken:?}");
    // The store of a gateway that runs is not replaced under its feet.
    let refused = run(&["restore", file.to_str().unwrap(), &option(&store)], &bind);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("stop it first"), "{refused:?}");
    gateway.kill();
    writing.await.unwrap();
    let all = acknowledged.borrow().clone();
    for target in [&restored, &store] {
        let done = run(&["restore", file.to_str().unwrap(), &option(target)], &bind);
        assert!(done.status.success(), "{done:?}");
        let gateway = Process::start(target, &[&knowledge]);
        assert_eq!(missing(&gateway, &before).await, [""; 0]);
    }
    // What was there before is beside it; a copy can be taken of that too, though nobody runs.
    let kept = path("store.redb.before-restore");
    let again = run(&["backup", file.to_str().unwrap(), &option(&kept)], &bind);
    assert!(again.status.success(), "{again:?}");
    assert_eq!(missing(&Process::start(&file, &[&knowledge]), &all).await, [""; 0]);
}

#[test]
fn what_can_not_be_backed_up_or_restored_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let none = format!("--store=redb:{}", folder.path().join("none.redb").display());
    let file = folder.path().join("file");
    std::fs::write(&file, "no store").unwrap();
    let file = file.to_str().unwrap();
    for (arguments, words) in [
        (["backup", file, &none], "there is no store at"),
        (["backup", file, "--store=memory"], "--store redb:PATH"),
        (["restore", file, &none], "can not be used"),
        (["restore", "/nowhere/at/all", &none], "/nowhere/at/all"),
    ] {
        let output = run(&arguments, "127.0.0.1:1");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(words), "{arguments:?}: {said}");
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), "no store");
}

/// Stores of every version there was, made by the gateways of their time.
#[tokio::test]
async fn stores_of_older_gateways_are_opened() {
    for (version, paths) in [
        ("version-1", vec![("/v1/sessions/sess_old", "Can I return shoes?")]),
        (
            "version-2",
            vec![
                ("/v1/sessions/sess_old", "Can I return shoes?"),
                ("/v1/assistants/tents", "Tents"),
                ("/v1/knowledge-bases/kb_tents/documents", "tent.pdf"),
            ],
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.redb");
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/stores/{version}.redb"));
        std::fs::copy(fixture, &path).unwrap();
        let store = format!("--store=redb:{}", path.display());
        for opened in ["first", "again"] {
            // The key that the fixtures were made with.
            let config = config(&[&store, "--client-key=ck"]);
            let gateway = Gateway::start_at(config, TestClock::new().clock()).await.unwrap();
            let owner = Owner(gateway.router());
            for (path, words) in &paths {
                let found = owner.send_as("ck", "GET", path, Value::Null).await;
                assert!(found.text.contains(words), "{version} {opened} {path}: {}", found.text);
            }
        }
    }
}
