//! `assisters-gateway backup FILE` and `restore FILE`: one file that holds everything, taken from a gateway that runs or from one that does not.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use tokio::io::AsyncWriteExt as _;

use crate::config::{Config, StoreConfig};
use crate::store::{EmbeddedStore, StoreError};

/// Why nothing was backed up, or restored. The file and the store are as they were.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// A store in memory is gone with its gateway.
    #[error("there is no store in a file; say where it is with --store redb:PATH")]
    NoFile,
    /// There is none to back up.
    #[error("there is no store at {0:?}")]
    NoStore(PathBuf),
    /// A running gateway has it open.
    #[error("a gateway has {0:?} open; stop it first")]
    Running(PathBuf),
    /// It runs, and nobody may ask it.
    #[error(
        "a gateway has the store open; give one of its client keys with --client-key (or ASSISTERS_CLIENT_KEYS) to have it make the copy"
    )]
    NoKey,
    /// It runs, and does not answer as it should.
    #[error("the gateway at {address} has the store open and did not make a copy: {reason}")]
    Refused {
        /// Where it was asked.
        address: String,
        /// What it said.
        reason: String,
    },
    /// A file can not be read or written.
    #[error("{path:?}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no store, or one of a later gateway.
    #[error("{path:?} can not be used: {source}")]
    Store {
        /// Which.
        path: PathBuf,
        /// Why.
        source: StoreError,
    },
}

/// Writes a copy of the store into `file`, which appears when it is complete. A gateway that has the store open is asked to make the copy.
///
/// # Errors
/// [`BackupError`] says why there is none.
pub async fn backup(config: &Config, file: &Path) -> Result<(), BackupError> {
    let path = store_path(config)?;
    if !path.exists() {
        return Err(BackupError::NoStore(path.to_owned()));
    }
    let unfinished = beside(file, "unfinished");
    remove(&unfinished)?;
    match EmbeddedStore::open(path) {
        Ok(store) => store.copy_to(&unfinished).map_err(|source| BackupError::Store { path: unfinished.clone(), source })?,
        Err(error) if error.is_already_open() => fetch(config, &unfinished).await?,
        Err(source) => return Err(BackupError::Store { path: path.to_owned(), source }),
    }
    std::fs::rename(&unfinished, file).map_err(|source| BackupError::File { path: file.to_owned(), source })
}

/// Puts a copy in the place of the store. What was there is kept beside it, with `.before-restore` at the end of its name.
///
/// # Errors
/// [`BackupError`] says why everything stays as it was.
pub fn restore(config: &Config, file: &Path) -> Result<(), BackupError> {
    let path = store_path(config)?;
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| BackupError::File { path, source }
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed(folder))?;
    }
    // Opened, it is checked and brought up to date: on the copy, so that the backup stays as it is.
    let unfinished = beside(path, "unfinished");
    std::fs::copy(file, &unfinished).map_err(failed(file))?;
    let checked = EmbeddedStore::open(&unfinished).map(drop);
    if let Err(source) = checked {
        remove(&unfinished)?;
        return Err(BackupError::Store { path: file.to_owned(), source });
    }
    std::fs::File::open(&unfinished).and_then(|copy| copy.sync_all()).map_err(failed(&unfinished))?;
    if path.exists() {
        // Held until it has its other name: no gateway can open it in between.
        let current = EmbeddedStore::open(path);
        if matches!(&current, Err(error) if error.is_already_open()) {
            remove(&unfinished)?;
            return Err(BackupError::Running(path.to_owned()));
        }
        std::fs::rename(path, beside(path, "before-restore")).map_err(failed(path))?;
    }
    std::fs::rename(&unfinished, path).map_err(failed(path))
}

fn store_path(config: &Config) -> Result<&Path, BackupError> {
    match &config.store {
        StoreConfig::Redb(path) => Ok(path),
        StoreConfig::Memory => Err(BackupError::NoFile),
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    name.into()
}

fn remove(path: &Path) -> Result<(), BackupError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(BackupError::File { path: path.to_owned(), source }),
        _ => Ok(()),
    }
}

/// Has the gateway that runs make the copy.
async fn fetch(config: &Config, file: &Path) -> Result<(), BackupError> {
    let key = config.client_keys.first().ok_or(BackupError::NoKey)?;
    // One that listens everywhere listens here.
    let ip = match config.bind.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    let address = format!("http://{}", SocketAddr::new(ip, config.bind.port()));
    let refused = |reason: String| BackupError::Refused { address: address.clone(), reason };
    let client = reqwest::Client::builder().no_proxy().build().map_err(|error| refused(error.to_string()))?;
    let request = client.get(format!("{address}/v1/backup")).bearer_auth(key.expose());
    let mut response = request.send().await.map_err(|error| refused(error.without_url().to_string()))?;
    if !response.status().is_success() {
        let status = response.status();
        return Err(refused(format!("{status} {}", response.text().await.unwrap_or_default())));
    }
    let expected = response.content_length();
    let failed = |source| BackupError::File { path: file.to_owned(), source };
    let mut copy = tokio::fs::File::create(file).await.map_err(failed)?;
    let mut n_written = 0;
    while let Some(chunk) = response.chunk().await.map_err(|error| refused(error.without_url().to_string()))? {
        copy.write_all(&chunk).await.map_err(failed)?;
        n_written += chunk.len() as u64;
    }
    copy.sync_all().await.map_err(failed)?;
    if expected.is_some_and(|expected| expected != n_written) {
        Err(refused("it stopped in the middle".to_owned()))
    } else {
        Ok(())
    }
}
