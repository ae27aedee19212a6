//! Whether anybody still wants an answer: what it means to leave one, and for how long.

use tokio::time::Instant;

use super::{Run, Visits};
use crate::app::App;

/// Watches over the readers of one run.
pub(super) struct Attendance<'a> {
    app: &'a App,
    run: &'a Run,
    /// When the run ends unless somebody comes, and how many had come when that was decided.
    deadline: Option<(u64, Instant)>,
}

impl<'a> Attendance<'a> {
    pub(super) fn new(app: &'a App, run: &'a Run) -> Self {
        Self { app, run, deadline: None }
    }

    /// Does some work unless the answer is abandoned first: by those who read it for longer than the grace, or at once by request.
    pub(super) async fn attended<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::pin!(work);
        let mut visits = self.run.visits.subscribe();
        loop {
            let Visits { n_readers, is_unwanted } = *visits.borrow_and_update();
            if is_unwanted {
                self.app.answers.forget(self.run);
                return None;
            }
            if self.run.progress.receiver_count() > 0 {
                self.deadline = None;
            } else if self.deadline.is_none_or(|(known, _)| known != n_readers) {
                self.deadline = Some((n_readers, Instant::now() + self.app.answers.grace));
            }
            let deadline = self.deadline;
            let left = async {
                match deadline {
                    Some((_, at)) => tokio::time::sleep_until(at).await,
                    None => self.run.progress.closed().await,
                }
            };
            tokio::select! {
                biased;
                result = &mut work => return Some(result),
                Ok(()) = visits.changed() => {}
                () = left => {
                    if deadline.is_some() && self.app.answers.abandon(self.run) {
                        return None;
                    }
                }
            }
        }
    }
}
