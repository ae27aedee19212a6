//! A disk that is full, and files of before.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use redb::StorageBackend;
use redb::backends::FileBackend;

use super::*;
use crate::store::Records;

/// A file on a disk with so much room.
#[derive(Debug)]
struct Disk {
    file: FileBackend,
    room: Arc<AtomicU64>,
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, io::Error> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> Result<(), io::Error> {
        // A file may be longer than there is room for, as long as nothing is written there.
        self.file.set_len(len)
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        if offset + data.len() as u64 > self.room.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file.write(offset, data)
    }

    fn close(&self) -> Result<(), io::Error> {
        self.file.close()
    }
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let room = Arc::new(AtomicU64::new(u64::MAX));
    let (file, disk_room) = (path.clone(), Arc::clone(&room));
    let open = move || {
        let options = std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&file)?;
        let file = FileBackend::new(options).map_err(redb::Error::from)?;
        let disk = Disk { file, room: Arc::clone(&disk_room) };
        Ok(Database::builder().create_with_backend(disk).map_err(redb::Error::from)?)
    };
    let store = Arc::new(EmbeddedStore::with(&path, open).unwrap());
    let records = Records::new(Arc::clone(&store) as Arc<dyn Store>);
    let text = |n: usize| format!("{n} ").repeat(2_000);
    records.put("notes", "0", &text(0)).await.unwrap();
    room.store(std::fs::metadata(&path).unwrap().len(), Ordering::Relaxed);
    let mut n_kept = 1;
    // Until the disk is full, again and again: every refusal leaves a store that works.
    for round in 0..3 {
        let error = loop {
            match records.put("notes", &n_kept.to_string(), &text(n_kept)).await {
                Ok(()) => n_kept += 1,
                Err(error) => break error,
            }
        };
        assert!(error.is_disk_full(), "round {round}: {error}");
        for n in 0..n_kept {
            assert_eq!(records.get::<String>("notes", &n.to_string()).await.unwrap(), Some(text(n)), "round {round}");
        }
        assert_eq!(records.get::<String>("notes", &n_kept.to_string()).await.unwrap(), None, "round {round}");
        room.fetch_add(200_000, Ordering::Relaxed);
        records.put("notes", &n_kept.to_string(), &text(n_kept)).await.unwrap();
        n_kept += 1;
    }
    drop((records, store));
    // Another program finds all of it too.
    let mut database = Database::create(&path).unwrap();
    assert!(database.check_integrity().unwrap());
    drop(database);
    let records = Records::new(Arc::new(EmbeddedStore::open(&path).unwrap()));
    assert_eq!(records.list::<String>("notes", "").await.unwrap().len(), n_kept);
}

#[tokio::test]
async fn changes_at_the_same_time_do_not_touch_one_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let store = Arc::new(EmbeddedStore::open(&path).unwrap());
    let records = Records::new(Arc::clone(&store) as Arc<dyn Store>);
    let changes = (0..600_u32).map(|n| {
        let records = records.clone();
        tokio::spawn(async move {
            let work = move |rows: &mut dyn crate::store::Rows| {
                let total: u32 = rows.get("numbers", "total")?.unwrap_or_default();
                rows.put("numbers", "total", &(total + 1))?;
                rows.put("numbers", &n.to_string(), &n)?;
                // Every third is a mistake, and one a catastrophe.
                assert_ne!(n, 300, "a change that panics");
                if n % 3 == 0 { Err(StoreError::Full) } else { Ok(()) }
            };
            records.change(work).await.is_ok().then_some(n)
        })
    });
    let mut kept = Vec::new();
    for change in changes.collect::<Vec<_>>() {
        kept.extend(change.await.unwrap());
    }
    drop((records, store));
    let records = Records::new(Arc::new(EmbeddedStore::open(&path).unwrap()));
    let found: Vec<(String, u32)> = records.list("numbers", "").await.unwrap();
    let mut numbers: Vec<u32> = found.iter().filter(|(id, _)| id != "total").map(|(_, number)| *number).collect();
    numbers.sort_unstable();
    kept.sort_unstable();
    assert_eq!(numbers, kept, "what was acknowledged, and nothing else");
    assert!(kept.len() >= 100 && kept.iter().all(|number| number % 3 != 0), "{kept:?}");
    assert_eq!(records.get::<u32>("numbers", "total").await.unwrap().unwrap() as usize, kept.len());
}

#[tokio::test]
async fn a_copy_has_everything_of_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(&folder.path().join("store.redb")).unwrap();
    store.put_setting("a", "1").await.unwrap();
    store.add_usage("2026-01-01", "help", 7, 0.5).await.unwrap();
    let copy = store.backup().await.unwrap().unwrap();
    store.put_setting("a", "2").await.unwrap();
    let kept = EmbeddedStore::open(&copy.path).unwrap();
    assert_eq!(kept.setting("a").await.unwrap().as_deref(), Some("1"));
    assert_eq!(kept.usage("2026-01-01", "2026-01-01").await.unwrap(), store.usage("2026-01-01", "2026-01-01").await.unwrap());
    let path = copy.path.clone();
    drop((kept, copy));
    assert!(!path.exists());
}

#[tokio::test]
async fn a_file_of_a_later_gateway_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let store = EmbeddedStore::open(&path).unwrap();
    store.put_setting("schema_version", "99").await.unwrap();
    drop(store);
    let error = EmbeddedStore::open(&path).err().unwrap().to_string();
    assert!(error.contains("version 99") && error.contains("newer gateway"), "{error}");
    let database = Database::create(&path).unwrap();
    assert_eq!(read_setting(&database, "schema_version").unwrap().as_deref(), Some("99"));
}
