//! Changes that come at the same time share a transaction: waiting for the disk is most of what a change costs, and it is waited for once. Nobody hears of
//! their change before it is on disk.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, MutexGuard, PoisonError};

use redb::WriteTransaction;
use tokio::sync::oneshot;

use super::Inner;
use crate::store::StoreError;

/// More changes than this wait for the next transaction, so that the first of them do not wait for all.
const BATCH_LIMIT: usize = 256;

/// A change: takes the transaction, or why there is none, and returns whom to tell what came of it.
type Job = Box<dyn FnOnce(Result<&WriteTransaction, StoreError>) -> Completion + Send>;

/// Tells whether the transaction was kept.
type Completion = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// The changes that wait.
#[derive(Default)]
pub(super) struct Queue {
    jobs: Vec<Job>,
    /// Whether somebody is writing, and will come back for what waits.
    is_served: bool,
}

/// Makes a change; done when it is on disk. Work that returns an error must not have written anything: others share the transaction.
pub(super) async fn write<T: Send + 'static>(
    inner: &Arc<Inner>,
    work: impl FnOnce(&WriteTransaction) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let (teller, told) = oneshot::channel();
    let job: Job = Box::new(move |transaction| {
        let result = transaction.and_then(work);
        // Whoever does not listen any more has left; the change is made all the same.
        Box::new(move |kept| drop(teller.send(kept.and(result))))
    });
    let is_served = {
        let mut queue = queue(inner);
        queue.jobs.push(job);
        std::mem::replace(&mut queue.is_served, true)
    };
    if !is_served {
        let inner = Arc::clone(inner);
        tokio::task::spawn_blocking(move || serve(inner));
    }
    told.await.map_err(|_| StoreError::Cancelled)?
}

fn queue(inner: &Inner) -> MutexGuard<'_, Queue> {
    inner.queue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes until nothing waits any more.
fn serve(inner: Arc<Inner>) {
    loop {
        let jobs = {
            let mut queue = queue(&inner);
            let n_jobs = queue.jobs.len().min(BATCH_LIMIT);
            queue.jobs.drain(..n_jobs).collect::<Vec<_>>()
        };
        // A change that panics takes its transaction with it: nobody is told that it was made.
        let (completions, kept) = catch_unwind(AssertUnwindSafe(|| commit(&inner, jobs))).unwrap_or((Vec::new(), Ok(())));
        let is_last = {
            let mut queue = queue(&inner);
            queue.is_served = !queue.jobs.is_empty();
            !queue.is_served
        };
        if is_last {
            // Let go of first: whoever is told may close the store, and open it again.
            drop(inner);
            return tell(completions, &kept);
        }
        tell(completions, &kept);
    }
}

fn tell(completions: Vec<Completion>, kept: &Result<(), StoreError>) {
    for completion in completions {
        completion(kept.as_ref().copied().map_err(same));
    }
}

/// Makes changes in one transaction. Returns whom to tell, and what.
fn commit(inner: &Inner, jobs: Vec<Job>) -> (Vec<Completion>, Result<(), StoreError>) {
    let mut jobs = jobs;
    let mut completions = Vec::with_capacity(jobs.len());
    let kept = inner.run(|database| {
        let transaction = database.begin_write().map_err(redb::Error::from)?;
        completions.extend(jobs.drain(..).map(|job| job(Ok(&transaction))));
        Ok(transaction.commit().map_err(redb::Error::from)?)
    });
    // There was no transaction for these.
    if let Err(error) = &kept {
        completions.extend(jobs.drain(..).map(|job| job(Err(same(error)))));
    }
    (completions, kept)
}

/// Returns the same error once more: several changes may fail for one reason.
fn same(error: &StoreError) -> StoreError {
    match error {
        StoreError::Embedded(redb::Error::Io(error)) => {
            StoreError::Embedded(redb::Error::Io(io::Error::new(error.kind(), error.to_string())))
        }
        StoreError::Folder(error) => StoreError::Folder(io::Error::new(error.kind(), error.to_string())),
        _ => StoreError::Embedded(redb::Error::PreviousIo),
    }
}
