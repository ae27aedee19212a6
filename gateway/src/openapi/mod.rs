//! What the routes tell about themselves: the parts of the OpenAPI document that many of them share.

pub(crate) mod answers;
pub(crate) mod requests;

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, Info, OpenApi, Ref, RefOr, Response, ResponseBuilder, ResponsesBuilder, Server};
use utoipa::{IntoResponses, ToSchema};

/// Returns the document of the routes: with names, places, the way to say who is asking, and the routes that have two names.
pub(crate) fn complete(mut document: OpenApi) -> OpenApi {
    for (name, other) in [("/assistants", "/assisters"), ("/assistants/{id}", "/assisters/{id}")] {
        if let Some(item) = document.paths.paths.get(name).cloned() {
            document.paths.paths.insert(other.to_owned(), item);
        }
    }
    for (path, item) in &mut document.paths.paths {
        let words: Vec<&str> = path.split(['/', '{', '}', '-', '_']).filter(|word| !word.is_empty()).collect();
        let operations = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("delete", &mut item.delete),
            ("patch", &mut item.patch),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                // A name of its own, for programs that are made from the document.
                operation.operation_id = Some(format!("{method}_{}", words.join("_")));
                for response in operation.responses.responses.values_mut() {
                    if let RefOr::T(response) = response
                        && response.description.is_empty()
                    {
                        response.description = "What was asked for".to_owned();
                    }
                }
            }
        }
    }
    let mut info = Info::new("Assisters", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "What the gateway answers, in the union of the documents' shapes. Every path is below /v1 and below /api.".to_owned(),
    );
    document.info = info;
    document.servers = Some(vec![Server::new("/v1"), Server::new("/api")]);
    document.security = Some(vec![SecurityRequirement::new("key", Vec::<String>::new())]);
    let components = document.components.get_or_insert_default();
    let (name, schema) = (ErrorBody::name().into_owned(), <ErrorBody as utoipa::PartialSchema>::schema());
    components.schemas.insert(name, schema);
    let mut further = Vec::new();
    ErrorBody::schemas(&mut further);
    components.schemas.extend(further);
    components.add_security_scheme("key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    document
}

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
