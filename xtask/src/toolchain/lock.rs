//! One installation at a time: two tasks started together must not write into the same cache.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use anyhow::Context as _;

use crate::progress::Step;

/// Held while the cache may be written. The system releases it when the process ends, however it ends.
pub struct Lock(#[expect(dead_code, reason = "held, not used")] File);

impl Lock {
    /// Waits until no other task is installing.
    pub fn acquire(cache: &Path) -> anyhow::Result<Self> {
        let path = cache.join("lock");
        let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let step = Step::start("wait for another `cargo xtask` that is installing tools");
                file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
                step.done();
            }
            Err(TryLockError::Error(error)) => return Err(error).with_context(|| format!("cannot lock {}", path.display())),
        }
        Ok(Self(file))
    }
}
