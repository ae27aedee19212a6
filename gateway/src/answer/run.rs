//! The life of one answer: remember the question, ask the upstream, pass its events on, remember the answer.

use std::sync::Arc;
use std::time::Instant;

use assisters_chat::protocol::{ApiError, ErrorKind, Event, Finish, Source, ToolRound, format_rfc3339};
use futures_util::StreamExt as _;

use super::account::{self, Account};
use super::attachments;
use super::attendance::Attendance;
use super::calls::{CallAnswers, OpenCalls};
use super::{Ask, Earlier, Run, interrupted};
use crate::app::App;
use crate::assistants::MadeAssistant;
use crate::identifier;
use crate::limit::Exceeded;
use crate::metrics::Outcome;
use crate::store::{SessionHeader, StoreError, StoredAttachment, StoredMessage, StoredRole, StoredSource, StoredUsage};
use crate::upstream::{Answer, Asked, Question, Utterance};
use crate::wallet::insufficient_funds;

/// What the upstream is told of a conversation, at most.
const EARLIER_MESSAGES: usize = 20;

/// No honest answer is longer; a stream that never ends must not fill the memory.
const ANSWER_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// What has come of an answer.
#[derive(Default)]
struct Collected {
    text: String,
    sources: Vec<Source>,
    has_calls: bool,
    open_calls: OpenCalls,
    /// Of everything, thoughts and tools included.
    n_bytes: usize,
}

/// How the upstream's events ended.
enum End {
    Finished(Finish),
    Failed(ApiError),
    Abandoned,
}

/// Runs an answer to its end, or until nobody reads it any more.
pub(super) async fn run(app: Arc<App>, run: Arc<Run>, ask: Ask) {
    let _running = app.metrics.start_answer();
    let _over = Over { app: &app, run: &run };
    let mut collected = Collected::default();
    let mut attendance = Attendance::new(&app, &run);
    let mut counted = Account::of(&ask, None);
    let end = match attendance.attended(begin(&app, &run, &ask)).await {
        None => End::Abandoned,
        Some(Err(error)) => End::Failed(error),
        Some(Ok((answer, begun))) => {
            counted = Account::of(&ask, begun.made.as_ref());
            run.accept();
            run.push(Event::Started { message_id: Some(run.message_id.clone()) });
            let end = pass_on(&app, &run, answer, &mut collected, &mut attendance).await;
            if matches!(end, End::Finished(_)) {
                begun.keep_calls(&app, &ask, &collected).await;
            }
            end
        }
    };
    settle(&app, &run, &ask, collected, end, counted).await;
}

/// Tells the readers that a run is over even when it panics: they would wait for ever.
struct Over<'a> {
    app: &'a App,
    run: &'a Run,
}

impl Drop for Over<'_> {
    fn drop(&mut self) {
        if !self.run.progress.borrow().is_over {
            self.app.answers.fail(self.run);
            self.run.push(Event::Failed(interrupted()));
        }
    }
}

/// What is known of an answer once the upstream has taken its message.
struct Begun {
    made: Option<MadeAssistant>,
    header: SessionHeader,
    question: String,
    rounds: Vec<ToolRound>,
}

impl Begun {
    /// Remembers the calls that the page has to answer, or that there are none any more.
    async fn keep_calls(self, app: &App, ask: &Ask, collected: &Collected) {
        // Other pages say it all again.
        let pending = match ask.earlier {
            Earlier::Kept => collected.open_calls.pending(&self.question, &self.rounds, &collected.text),
            Earlier::Sent(_) | Earlier::PageOnly(_) => None,
        };
        if pending == self.header.pending {
            return;
        }
        // The visitor may have forgotten the conversation meanwhile: then it stays so.
        let is_there = matches!(app.store.session(&ask.session).await, Ok(Some(_)));
        if is_there && let Err(error) = app.store.put_session(&ask.session, SessionHeader { pending, ..self.header }).await {
            tracing::error!(%error, "the calls of an answer could not be stored");
        }
    }
}

/// Remembers the question and asks the upstream.
async fn begin(app: &App, run: &Run, ask: &Ask) -> Result<(Answer, Begun), ApiError> {
    let is_new = ask.answers == CallAnswers::None;
    if is_new && matches!(&ask.earlier, Earlier::PageOnly(earlier) if earlier.is_empty()) {
        // A conversation that begins with the same words is another one.
        app.store.delete_session(&ask.session).await.map_err(|error| store_error(&error))?;
    }
    if app.wallet.balance().await.map_err(|error| store_error(&error))?.is_some_and(|balance| balance <= 0.0) {
        return Err(insufficient_funds());
    }
    let made = app.assistants.find(&ask.assistant).await.map_err(|error| store_error(&error))?;
    let session = app.store.session(&ask.session).await.map_err(|error| store_error(&error))?;
    let is_known = session.is_some();
    let (mut header, messages) = match session {
        Some(session) => (session.header, session.messages),
        None => {
            app.count_conversation(&ask.session.owner).map_err(too_many_conversations)?;
            let header = SessionHeader {
                assistant: ask.assistant.clone(),
                metadata: ask.metadata.clone(),
                upstream_id: None,
                created_at_secs: app.clock.now_secs(),
                pending: None,
                ended_at_secs: None,
            };
            app.store.put_session(&ask.session, header.clone()).await.map_err(|error| store_error(&error))?;
            (header, Vec::new())
        }
    };
    let rounds = ask.answers.resolve(header.pending.as_ref())?;
    let text = match (&ask.answers, &header.pending) {
        (CallAnswers::Outputs(_), Some(pending)) => pending.question.clone(),
        _ => ask.text.clone(),
    };
    if header.ended_at_secs.take().is_some() {
        // Whoever says more has not ended.
        app.store.put_session(&ask.session, header.clone()).await.map_err(|error| store_error(&error))?;
    }
    // The question of an answer that goes on is not said again.
    let settled = attachments::settle(app, ask, &text).await?;
    if is_new {
        let attachments = settled.uploads;
        let said = Said { id: &run.question_id, role: StoredRole::User, text: &ask.text, sources: &[], attachments, usage: None };
        remember(app, ask, said).await.map_err(|error| store_error(&error))?;
        if messages.is_empty() {
            account::begin(app, ask, made.as_ref(), &header, is_known).await.map_err(|error| store_error(&error))?;
        }
        app.tell_message(&ask.session.id, &ask.assistant, (&run.question_id, StoredRole::User, &ask.text)).await;
    }
    let earlier = match &ask.earlier {
        Earlier::Sent(earlier) | Earlier::PageOnly(earlier) => earlier.clone(),
        Earlier::Kept => {
            // An answer that goes on has its question, and what it said so far, beside what came before.
            let n_earlier = messages.iter().rposition(|message| message.role == StoredRole::User).filter(|_| !is_new);
            let earlier = messages.iter().take(n_earlier.unwrap_or(messages.len()));
            let earlier = earlier.filter(|message| message.id != run.question_id && message.id != run.message_id);
            earlier
                .map(|message| Utterance { by_visitor: message.role == StoredRole::User, text: message.content.clone() })
                .collect()
        }
    };
    let earlier = earlier.get(earlier.len().saturating_sub(EARLIER_MESSAGES)..).unwrap_or_default().to_vec();
    let question = Question {
        assistant: ask.assistant.clone(),
        made: made.clone(),
        grounding: String::new(),
        text: settled.text,
        attachments: settled.attachments,
        tools: ask.tools.clone(),
        page_answers: ask.dialect.has_tools(),
        tool_rounds: rounds.clone(),
        earlier,
        upstream_id: header.upstream_id.clone(),
        suggested_id: identifier::derived("sess_", &[&ask.session.owner, &ask.session.id]),
        user: ask.user.clone(),
        metadata: if header.metadata.is_null() { ask.metadata.clone() } else { header.metadata.clone() },
        idempotency_key: run.upstream_key.clone(),
        delivery: ask.delivery,
    };
    let Asked { answer, upstream_id } = app.upstream.ask(question).await?;
    if upstream_id.is_some() && upstream_id != header.upstream_id {
        header.upstream_id = upstream_id;
        app.store.put_session(&ask.session, header.clone()).await.map_err(|error| store_error(&error))?;
    }
    Ok((answer, Begun { made, header, question: text, rounds }))
}

fn too_many_conversations(exceeded: Exceeded) -> ApiError {
    #[allow(clippy::cast_precision_loss, reason = "seconds of a day")]
    let retry_after_secs = Some(exceeded.retry_after_secs as f64);
    let message = format!("Rate limit exceeded: {} conversations a day.", exceeded.standing.limit);
    ApiError { retry_after_secs, ..ApiError::new(ErrorKind::RateLimited, message) }
}

/// Passes the upstream's events to the readers until the answer ends.
async fn pass_on(app: &App, run: &Run, mut answer: Answer, collected: &mut Collected, attendance: &mut Attendance<'_>) -> End {
    let begun = Instant::now();
    loop {
        let Some(event) = attendance.attended(answer.next()).await else { return End::Abandoned };
        event.iter().for_each(|event| collected.open_calls.take(event));
        match event {
            // Our own id was announced already.
            Some(Event::Started { .. }) => {}
            Some(Event::TextDelta(text)) => {
                if collected.text.is_empty() {
                    app.metrics.count_wait(begun.elapsed());
                }
                collected.text.push_str(&text);
                collected.n_bytes += text.len();
                run.push(Event::TextDelta(text));
            }
            Some(Event::Reasoning(text)) => {
                collected.n_bytes += text.len();
                run.push(Event::Reasoning(text));
            }
            Some(Event::ToolCall(call)) => {
                collected.n_bytes += call.arguments.len();
                collected.has_calls = true;
                run.push(Event::ToolCall(call));
            }
            Some(Event::ToolResult(result)) => {
                collected.n_bytes += result.output.as_ref().map_or(0, String::len);
                run.push(Event::ToolResult(result));
            }
            Some(Event::Source(source)) => {
                collected.sources.push(source.clone());
                run.push(Event::Source(source));
            }
            Some(Event::Finished(finish)) => return End::Finished(finish),
            Some(Event::Failed(error)) => return End::Failed(error),
            // Not every server says that it is done.
            None if !collected.text.is_empty() || collected.has_calls => return End::Finished(Finish::default()),
            None => return End::Failed(ApiError::new(ErrorKind::Malformed, "The answer was empty.")),
        }
        if collected.n_bytes > ANSWER_LIMIT_BYTES {
            return End::Failed(ApiError::new(ErrorKind::Malformed, "The answer is too long."));
        }
    }
}

/// Remembers what came, counts it, and only then tells the readers that it is over.
async fn settle(app: &App, run: &Run, ask: &Ask, collected: Collected, mut end: End, counted: Account) {
    let usage = match &end {
        End::Finished(finish) => finish.usage.map(account::stored_usage),
        End::Failed(_) | End::Abandoned => None,
    };
    if !collected.text.is_empty() {
        let sources: Vec<StoredSource> = collected.sources.iter().map(StoredSource::from).collect();
        let (id, role, text) = (&run.message_id, StoredRole::Assistant, &collected.text);
        let said = Said { id, role, text, sources: &sources, attachments: Vec::new(), usage };
        match remember(app, ask, said).await {
            // The visitor may forget a conversation while its answer comes.
            Ok(()) | Err(StoreError::NoSession) => {}
            // Finished, it would be an answer that the gateway keeps.
            Err(error) => {
                let error = store_error(&error);
                if matches!(end, End::Finished(_)) {
                    end = End::Failed(error);
                }
            }
        }
        app.tell_message(&ask.session.id, &ask.assistant, (&run.message_id, StoredRole::Assistant, &collected.text)).await;
    }
    match end {
        End::Abandoned => {
            app.metrics.count_answer(Outcome::Abandoned, 0);
            tracing::debug!(message_id = run.message_id, "the visitor left; the answer was stopped");
        }
        End::Failed(error) => {
            app.metrics.count_answer(Outcome::Failed, 0);
            tracing::warn!(
                message_id = run.message_id,
                kind = error.kind.as_str(),
                status = error.status,
                code = error.code,
                "an answer failed"
            );
            app.answers.fail(run);
            run.push(Event::Failed(error));
        }
        End::Finished(finish) => {
            let now = app.clock.now_secs();
            let tokens = usage.map_or(0, |usage| usage.total);
            let cost = counted.cost(tokens, finish.cost);
            if let Err(error) = account::count(app, &counted, tokens, cost.unwrap_or_default(), now).await {
                tracing::error!(%error, "the usage could not be stored");
            }
            app.metrics.count_answer(Outcome::Finished, tokens);
            app.answers.keep(run);
            run.push(Event::Finished(Finish {
                message_id: Some(run.message_id.clone()),
                session_id: Some(ask.session.id.clone()),
                created_at: Some(format_rfc3339(now)),
                cost,
                ..finish
            }));
        }
    }
}

/// One message to remember.
struct Said<'a> {
    id: &'a str,
    role: StoredRole,
    text: &'a str,
    sources: &'a [StoredSource],
    attachments: Vec<StoredAttachment>,
    usage: Option<StoredUsage>,
}

async fn remember(app: &App, ask: &Ask, said: Said<'_>) -> Result<(), StoreError> {
    if matches!(ask.earlier, Earlier::PageOnly(_)) {
        return Ok(());
    }
    let message = StoredMessage {
        id: said.id.to_owned(),
        role: said.role,
        content: said.text.to_owned(),
        created_at_secs: app.clock.now_secs(),
        sources: said.sources.to_vec(),
        attachments: said.attachments,
        usage: said.usage,
        feedback: None,
    };
    app.store.put_message(&ask.session, message).await
}

pub(super) fn store_error(error: &StoreError) -> ApiError {
    tracing::error!(%error, "the conversation could not be stored");
    if error.is_disk_full() {
        return ApiError {
            status: Some(507),
            code: Some("storage_full".to_owned()),
            ..ApiError::new(ErrorKind::Server, "The gateway's disk is full: what was said could not be kept.")
        };
    }
    interrupted()
}
