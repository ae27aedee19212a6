//! Answers being made: one run per message, however many requests read it.
//!
//! A run keeps its events, so that a repeated request with the same `Idempotency-Key` joins it, or gets it again afterwards, and so
//! that a page that was reloaded can have the rest. When its last reader has left for longer than the grace it ends, and with it the
//! upstream's work; what the visitor saw of it stays in the conversation.

mod account;
mod attachments;
mod attendance;
mod calls;
mod run;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use assisters_chat::protocol::{ApiError, Attachment, Delivery, Dialect, ErrorKind, Event, Tool, User};
use serde_json::Value;
use tokio::sync::watch;

pub(crate) use self::calls::{CallAnswers, Outputs};
use crate::app::App;
use crate::clock::Clock;
use crate::error::Failure;
use crate::identifier;
use crate::store::SessionKey;
use crate::upstream::Utterance;

/// A message that is sent again within this time is not run again.
const KEPT_MILLIS: u64 = 10 * 60 * 1000;

/// How long an answer that was asked for in one request waits for the other request that reads it.
const FETCH_GRACE: Duration = Duration::from_secs(15);

/// A message of a page or a server.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) session: SessionKey,
    pub(crate) assistant: String,
    pub(crate) text: String,
    pub(crate) attachments: Vec<Attachment>,
    /// What the page lets the assistant call.
    pub(crate) tools: Vec<Tool>,
    /// What came of calls; with any, this goes on with the answer that called.
    pub(crate) answers: CallAnswers,
    pub(crate) user: User,
    pub(crate) metadata: Value,
    pub(crate) earlier: Earlier,
    /// What the page speaks.
    pub(crate) dialect: Dialect,
    pub(crate) delivery: Delivery,
    /// The request's `Idempotency-Key`.
    pub(crate) idempotency_key: Option<String>,
}

/// Who keeps what was said before.
#[derive(Clone, Debug)]
pub(crate) enum Earlier {
    /// The gateway, in its store.
    Kept,
    /// The page sends it along; the gateway keeps it too, for whoever asks for the conversation.
    Sent(Vec<Utterance>),
    /// The page alone: nobody could ask the gateway for it.
    PageOnly(Vec<Utterance>),
}

/// The answers being made, and those made lately, by message id.
#[derive(Debug)]
pub(crate) struct Answers {
    clock: Clock,
    /// How long a run goes on that nobody reads.
    grace: Duration,
    runs: Mutex<HashMap<String, KnownRun>>,
}

/// Whose, and the `Idempotency-Key`.
type RunKey = (String, String);

#[derive(Debug)]
struct KnownRun {
    run: Arc<Run>,
    /// What was asked: the same key with another message is a mistake.
    fingerprint: String,
    /// When an answer that is over is forgotten.
    kept_until_millis: Option<u64>,
    /// It did not get to its end: who asks the same again gets another run.
    is_failed: bool,
    /// Larger for what was asked later.
    begun_at_millis: u64,
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) message_id: String,
    pub(crate) question_id: String,
    pub(crate) dialect: Dialect,
    /// Known to the upstream instead of the page's key, which two visitors may choose alike.
    upstream_key: String,
    session: SessionKey,
    key: Option<RunKey>,
    events: Mutex<Vec<Event>>,
    progress: watch::Sender<Progress>,
    visits: watch::Sender<Visits>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    n_events: usize,
    is_accepted: bool,
    is_over: bool,
}

/// Who came to read, and whether they want no more.
#[derive(Clone, Copy, Debug, Default)]
struct Visits {
    n_readers: u64,
    is_unwanted: bool,
}

/// Reads an answer from its beginning. When the last one is dropped, the grace begins.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) run: Arc<Run>,
    next_idx: usize,
    progress: watch::Receiver<Progress>,
}

impl Answers {
    pub(crate) fn new(clock: Clock, grace: Duration) -> Self {
        Self { clock, grace, runs: Mutex::default() }
    }

    /// Begins an answer, or joins the one that the same message got before.
    pub(crate) fn ask(app: &Arc<App>, ask: Ask) -> Result<Reader, Failure> {
        let this = &app.answers;
        let fingerprint = identifier::derived("", &[&ask.session.id, &ask.assistant, &ask.text, &ask.answers.fingerprint()]);
        let key = ask.idempotency_key.clone().map(|key| (ask.session.owner.clone(), key));
        let mut runs = this.runs();
        let now = this.clock.now_millis();
        runs.retain(|_, known| known.kept_until_millis.is_none_or(|until| until > now));
        if let Some(known) = runs.values().find(|known| key.is_some() && !known.is_failed && known.run.key == key) {
            if known.fingerprint != fingerprint {
                return Err(Failure::invalid(
                    "Idempotency-Key",
                    "this Idempotency-Key was sent with another message; use a new one for every message",
                ));
            }
            return Ok(Reader::new(&known.run));
        }
        let run = Arc::new(Run::new(&ask, key).map_err(|error| {
            tracing::error!(%error, "no randomness from the system");
            Failure::internal()
        })?);
        let reader = Reader::new(&run);
        let known =
            KnownRun { run: Arc::clone(&run), fingerprint, kept_until_millis: None, is_failed: false, begun_at_millis: now };
        runs.insert(run.message_id.clone(), known);
        drop(runs);
        tokio::spawn(run::run(Arc::clone(app), run, ask));
        Ok(reader)
    }

    /// Reads an answer of the same caller once more, from its beginning.
    pub(crate) fn again(&self, owner: &str, message_id: &str) -> Option<Reader> {
        let runs = self.runs();
        runs.get(message_id).filter(|known| known.run.session.owner == owner).map(|known| Reader::new(&known.run))
    }

    /// Reads the newest answer of a conversation, or the one with this `Idempotency-Key`.
    pub(crate) fn newest(&self, session: &SessionKey, idempotency_key: Option<String>) -> Option<Reader> {
        let key = idempotency_key.map(|key| (session.owner.clone(), key));
        let runs = self.runs();
        let of_session = runs.values().filter(|known| known.run.session == *session);
        let wanted = of_session.filter(|known| key.is_none() || known.run.key == key);
        wanted.max_by_key(|known| known.begun_at_millis).map(|known| Reader::new(&known.run))
    }

    /// Ends an answer of the same caller that is being made. Returns whether there was one.
    pub(crate) fn stop(&self, owner: &str, message_id: &str) -> bool {
        let runs = self.runs();
        let known = runs.get(message_id).filter(|known| known.run.session.owner == owner);
        let running = known.filter(|known| !known.run.progress.borrow().is_over);
        running.map(|known| known.run.visits.send_modify(|visits| visits.is_unwanted = true)).is_some()
    }

    /// Keeps a finished run for a while.
    fn keep(&self, run: &Run) {
        self.end(run, false);
    }

    /// Keeps a run that did not get to its end for those who came to read it; the same message may be tried again.
    fn fail(&self, run: &Run) {
        self.end(run, true);
    }

    fn end(&self, run: &Run, is_failed: bool) {
        if let Some(known) = self.runs().get_mut(&run.message_id).filter(|known| known.is(run)) {
            known.kept_until_millis = Some(self.clock.now_millis().saturating_add(KEPT_MILLIS));
            known.is_failed = is_failed;
        }
    }

    /// Forgets a run that was stopped.
    fn forget(&self, run: &Run) {
        self.runs().retain(|_, known| !known.is(run));
    }

    /// Forgets a run that nobody reads any more. Returns whether that is still so.
    fn abandon(&self, run: &Run) -> bool {
        // Under the lock: nobody can join between the question and the removal.
        let mut runs = self.runs();
        let is_abandoned = run.progress.receiver_count() == 0;
        if is_abandoned {
            runs.retain(|_, known| !known.is(run));
        }
        is_abandoned
    }

    fn runs(&self) -> MutexGuard<'_, HashMap<String, KnownRun>> {
        // A panic leaves at most one answer that is run again.
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KnownRun {
    /// A later try of the same message has the same id.
    fn is(&self, run: &Run) -> bool {
        std::ptr::eq(&raw const *self.run, run)
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
            dialect: ask.dialect,
            upstream_key: derived("key_"),
            session: ask.session.clone(),
            key,
            events: Mutex::default(),
            progress: watch::Sender::new(Progress::default()),
            visits: watch::Sender::new(Visits::default()),
        })
    }

    fn push(&self, event: Event) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = event.is_end();
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
        let reader = Self { run: Arc::clone(run), next_idx: 0, progress: run.progress.subscribe() };
        // Counted after it can be seen: a run that is about to end looks once more.
        run.visits.send_modify(|visits| visits.n_readers += 1);
        reader
    }

    /// Lets the answer go on until the other request comes that reads it, for as long as that may take.
    pub(crate) fn park(self) {
        tokio::spawn(async move {
            let mut visits = self.run.visits.subscribe();
            // Either way somebody else is responsible from now on, or nobody is.
            tokio::time::timeout(FETCH_GRACE, visits.changed()).await.ok();
            drop(self);
        });
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
