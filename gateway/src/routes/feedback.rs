//! What a visitor thinks of an answer: kept with it, and counted for its assistant.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::sessions::{feedback_body, find};
use crate::access::Caller;
use crate::app::App;
use crate::assistants::Verdict;
use crate::body::JsonBody;
use crate::error::Failure;
use crate::extract::Path;
use crate::openapi::Refusals;
use crate::store::{SessionKey, StoredFeedback, StoredMessage, StoredRole};
use crate::webhooks::EventKind;

const COMMENT_LIMIT_CHARS: usize = 4_000;

/// What a visitor thinks of an answer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(super) struct Feedback {
    /// `null` takes it back
    #[serde(deserialize_with = "Option::deserialize")]
    rating: Option<Verdict>,
    /// In the visitor's words
    comment: Option<String>,
}

/// Keeps what the visitor thinks of an answer, in the place of what they thought before.
#[utoipa::path(
    post, path = "/conversations/{id}/messages/{message_id}/feedback", tag = "Conversations",
    params(("id" = String, Path), ("message_id" = String, Path)), request_body = Feedback,
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn give(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, message_id)): Path<(String, String)>,
    JsonBody(given): JsonBody<Feedback>,
) -> Result<Json<Value>, Failure> {
    if given.comment.as_ref().is_some_and(|comment| comment.chars().count() > COMMENT_LIMIT_CHARS) {
        return Err(Failure::invalid("comment", format!("`comment` must have at most {COMMENT_LIMIT_CHARS} characters")));
    }
    let session = find(&app, &caller, &id).await?;
    let is_answer = |message: &StoredMessage| message.id == message_id && message.role == StoredRole::Assistant;
    let message = session.messages.into_iter().find(is_answer);
    let message = message.ok_or_else(|| Failure::not_found("not_found", "There is no such answer in this conversation."))?;
    let before = message.feedback.as_ref().map(|known| if known.is_up { Verdict::Up } else { Verdict::Down });
    let rating = given.rating;
    let feedback = rating.map(|rating| StoredFeedback {
        is_up: rating == Verdict::Up,
        comment: given.comment.filter(|comment| !comment.trim().is_empty()),
        created_at_secs: app.clock.now_secs(),
    });
    let mut body = feedback.as_ref().map_or_else(|| json!({"rating": null}), feedback_body);
    body["message_id"] = json!(message.id);
    body["conversation_id"] = json!(id);
    let key = SessionKey { owner: caller.owner().to_owned(), id };
    app.store.put_message(&key, StoredMessage { feedback, ..message }).await?;
    let assistant = session.header.assistant;
    let slug = app.assistants.find(&assistant).await?.map_or_else(|| assistant.clone(), |made| made.slug);
    app.assistants.tally(&slug, move |tally| tally.judge(before, rating)).await?;
    body["assistant_id"] = json!(assistant);
    app.webhooks.emit(EventKind::FeedbackSubmitted, || body.clone()).await;
    Ok(Json(body))
}
