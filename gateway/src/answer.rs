//! Answers being made: one run per message, however many requests read it.
//!
//! A run keeps its events, so that a repeated request with the same `Idempotency-Key` joins it, or gets it again afterwards. When
//! its last reader leaves it ends, and with it the upstream's work; what the visitor saw of it stays in the conversation.

mod run;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assisters_chat::protocol::{ApiError, Delivery, ErrorKind, Event, User};
use serde_json::Value;
use tokio::sync::watch;

use crate::app::App;
use crate::clock::Clock;
use crate::error::Failure;
use crate::identifier;
use crate::store::SessionKey;

/// A message that is sent again within this time is not run again.
const KEPT_MILLIS: u64 = 10 * 60 * 1000;

/// A message of a page or a server.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) session: SessionKey,
    pub(crate) assistant: String,
    pub(crate) text: String,
    pub(crate) user: User,
    pub(crate) metadata: Value,
    pub(crate) delivery: Delivery,
    /// The request's `Idempotency-Key`.
    pub(crate) idempotency_key: Option<String>,
}

/// The answers being made, and those made lately.
#[derive(Debug)]
pub(crate) struct Answers {
    clock: Clock,
    runs: Mutex<HashMap<RunKey, KnownRun>>,
}

/// Whose, and the `Idempotency-Key`.
type RunKey = (String, String);

#[derive(Debug)]
struct KnownRun {
    run: Arc<Run>,
    /// What was asked: the same key with another message is a mistake.
    fingerprint: String,
    /// When a finished answer is forgotten.
    kept_until_millis: Option<u64>,
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) message_id: String,
    question_id: String,
    /// Known to the upstream instead of the page's key, which two visitors may choose alike.
    upstream_key: String,
    key: Option<RunKey>,
    events: Mutex<Vec<Event>>,
    progress: watch::Sender<Progress>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    n_events: usize,
    is_accepted: bool,
    is_over: bool,
}

/// Reads an answer from its beginning. Dropping the last one ends the run.
#[derive(Debug)]
pub(crate) struct Reader {
    run: Arc<Run>,
    next_idx: usize,
    progress: watch::Receiver<Progress>,
}

impl Answers {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, runs: Mutex::default() }
    }

    /// Begins an answer, or joins the one that the same message got before.
    pub(crate) fn ask(app: &Arc<App>, ask: Ask) -> Result<Reader, Failure> {
        let this = &app.answers;
        let fingerprint = identifier::derived("", &[&ask.session.id, &ask.assistant, &ask.text]);
        let key = ask.idempotency_key.clone().map(|key| (ask.session.owner.clone(), key));
        let mut runs = this.runs();
        let now = this.clock.now_millis();
        runs.retain(|_, known| known.kept_until_millis.is_none_or(|until| until > now));
        if let Some(known) = key.as_ref().and_then(|key| runs.get(key)) {
            if known.fingerprint != fingerprint {
                return Err(Failure::invalid(
                    "Idempotency-Key",
                    "this Idempotency-Key was sent with another message; use a new one for every message",
                ));
            }
            return Ok(Reader::new(&known.run));
        }
        let run = Arc::new(Run::new(&ask, key.clone()).map_err(|error| {
            tracing::error!(%error, "no randomness from the system");
            Failure::internal()
        })?);
        let reader = Reader::new(&run);
        if let Some(key) = key {
            runs.insert(key, KnownRun { run: Arc::clone(&run), fingerprint, kept_until_millis: None });
        }
        drop(runs);
        tokio::spawn(run::run(Arc::clone(app), run, ask));
        Ok(reader)
    }

    /// Keeps a finished run for a while.
    fn keep(&self, run: &Run) {
        if let Some(known) = run.key.as_ref().and_then(|key| self.runs().remove(key).map(|known| (key, known))) {
            let (key, known) = known;
            let kept_until_millis = Some(self.clock.now_millis().saturating_add(KEPT_MILLIS));
            self.runs().insert(key.clone(), KnownRun { kept_until_millis, ..known });
        }
    }

    /// Forgets a run that did not get to its end: the same message may be tried again.
    fn forget(&self, run: &Run) {
        if let Some(key) = &run.key {
            self.runs().remove(key);
        }
    }

    /// Forgets a run that nobody reads any more. Returns whether that is still so.
    fn abandon(&self, run: &Run) -> bool {
        // Under the lock: nobody can join between the question and the removal.
        let mut runs = self.runs();
        if run.progress.receiver_count() > 0 {
            return false;
        }
        if let Some(key) = &run.key {
            runs.remove(key);
        }
        true
    }

    fn runs(&self) -> MutexGuard<'_, HashMap<RunKey, KnownRun>> {
        // A panic leaves at most one answer that is run again.
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run {
    fn new(ask: &Ask, key: Option<RunKey>) -> Result<Self, getrandom::Error> {
        let seed = match &ask.idempotency_key {
            Some(key) => key.clone(),
            None => identifier::random("")?,
        };
        let derived = |prefix: &str| identifier::derived(prefix, &[prefix, &ask.session.owner, &ask.session.id, &seed]);
        Ok(Self {
            message_id: derived("msg_"),
            question_id: derived("req_"),
            upstream_key: derived("key_"),
            key,
            events: Mutex::default(),
            progress: watch::Sender::new(Progress::default()),
        })
    }

    fn push(&self, event: Event) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = matches!(event, Event::Finished(_) | Event::Failed(_));
        events.push(event);
        let n_events = events.len();
        self.progress.send_modify(|progress| {
            progress.n_events = n_events;
            progress.is_over |= is_over;
        });
    }

    fn accept(&self) {
        self.progress.send_modify(|progress| progress.is_accepted = true);
    }

    fn event(&self, idx: usize) -> Option<Event> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).get(idx).cloned()
    }
}

impl Reader {
    fn new(run: &Arc<Run>) -> Self {
        Self { run: Arc::clone(run), next_idx: 0, progress: run.progress.subscribe() }
    }

    /// Waits until the upstream has taken the message.
    pub(crate) async fn accepted(&mut self) -> Result<(), ApiError> {
        let progress = self.progress.wait_for(|progress| progress.is_accepted || progress.is_over).await;
        let is_accepted = progress.is_ok_and(|progress| progress.is_accepted);
        match self.run.event(0) {
            Some(Event::Failed(error)) if !is_accepted => Err(error),
            _ if is_accepted => Ok(()),
            _ => Err(interrupted()),
        }
    }

    /// Returns the next event, none after the last.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        let next_idx = self.next_idx;
        self.progress.wait_for(|progress| progress.n_events > next_idx || progress.is_over).await.ok()?;
        let event = self.run.event(next_idx)?;
        self.next_idx += 1;
        Some(event)
    }
}

/// Returns the error for an answer that stopped for no reason that can be told.
pub(crate) fn interrupted() -> ApiError {
    ApiError::new(ErrorKind::Server, "The answer was interrupted.")
}
