//! What the routes tell about themselves: the parts of the OpenAPI document that many of them share.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder, ResponsesBuilder};
use utoipa::{IntoResponses, ToSchema};

/// The body of every refusal: the union of the documents' shapes.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    error: ErrorDetail,
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
struct ErrorDetail {
    /// One of the documents' codes, as `invalid_request` or `ASSISTANT_NOT_FOUND`
    code: String,
    /// Names the field and the valid values
    message: String,
    /// The HTTP status
    status: u16,
    /// What kind of error it is
    r#type: String,
    /// The field that is wrong
    param: Option<String>,
    /// For programs
    details: Option<serde_json::Value>,
}

/// What any route may answer instead of what was asked for.
pub(crate) struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let refusals = [
            ("400", "The request is wrong: `param` names the field"),
            ("401", "No key or token, or a wrong or expired one"),
            ("402", "The wallet is empty"),
            ("403", "The key lacks a scope, or the page's origin is not allowed"),
            ("404", "No such thing"),
            ("405", "Not with this method"),
            ("413", "Larger than allowed"),
            ("429", "Too many requests: `Retry-After` says how long to wait"),
            ("500", "The gateway failed"),
            ("502", "The upstream can not be reached"),
            ("504", "The upstream does not answer"),
            ("507", "There is no room left"),
        ];
        let content = || Content::new(Some(RefOr::<utoipa::openapi::Schema>::Ref(Ref::from_schema_name("ErrorBody"))));
        let responses = refusals.into_iter().fold(ResponsesBuilder::new(), |responses, (status, description)| {
            let response = ResponseBuilder::new().description(description).content("application/json", content());
            responses.response(status, response.build())
        });
        responses.build().into()
    }
}
