//! The routes: which path leads where, and what stands before it.

mod account;
mod administration;
mod assistants;
mod backup;
mod chat;
mod chats;
mod completions;
mod conversations;
mod documents;
mod execute;
mod feedback;
mod form;
mod health;
mod keys;
mod knowledge;
mod owned_assistants;
mod pages;
mod prompt_history;
mod respond;
mod sessions;
mod streams;
mod threads;
mod tools;
mod transcript;
mod uploads;
mod visitor_tokens;
mod web_sources;
mod webhooks;

use std::any::Any;
use std::sync::Arc;
use std::time::Instant;

use assisters_chat::protocol::Dialect;
use axum::Router;
use axum::extract::{MatchedPath, OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::access::{limit_address, require_caller};
use crate::app::App;
use crate::error::Failure;
use crate::openapi;

/// The pages at `/docs` have styles in attributes and pictures in their style sheet.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) use self::administration::not_here;
pub(crate) use self::sessions::internal;
pub(crate) use self::tools::read_tool;

/// Returns all routes.
pub(crate) fn router(app: Arc<App>) -> Router {
    let (routes, document) = api(&app);
    // A panic is caught inside, so that it is logged and counted like any other 500.
    Router::new()
        .nest("/v1", routes.clone())
        // Two documents have their paths below /api. The same routes are in both places, so that a widget finds its tokens in either.
        .nest("/api", routes)
        .merge(docs(document))
        .merge(health::router())
        .merge(pages::router())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(Arc::clone(&app), observe))
        .with_state(app)
}

/// What the routes are, for people at `/docs` and for programs at `/openapi.json`. Its pages ask nobody else for anything.
fn docs(document: OpenApi) -> Router<Arc<App>> {
    // The badge of a validator elsewhere would tell it where this gateway is.
    let pages =
        SwaggerUi::new("/docs").url("/openapi.json", openapi::complete(document)).config(Config::default().validator_url("none"));
    Router::from(pages).layer(map_response(async |mut response: Response| {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(DOCS_POLICY));
        response
    }))
}

/// The routes of every dialect. Visitors reach what a chat needs; what is the owner's alone asks for more itself.
fn api(app: &Arc<App>) -> (Router<Arc<App>>, OpenApi) {
    let for_callers = OpenApiRouter::new()
        .routes(routes!(chat::answer))
        .routes(routes!(chat::stream))
        .routes(routes!(sessions::read_session, sessions::delete))
        .routes(routes!(conversations::begin))
        .routes(routes!(sessions::read_conversation, conversations::change))
        .routes(routes!(conversations::answer))
        .routes(routes!(conversations::stream))
        .routes(routes!(feedback::give))
        .routes(routes!(threads::begin))
        .routes(routes!(sessions::read_thread, threads::change))
        .routes(routes!(sessions::read_thread_messages, threads::post))
        .routes(routes!(threads::stream))
        .routes(routes!(completions::complete))
        .routes(routes!(execute::execute))
        .routes(routes!(chats::answer, sessions::read_chat))
        .routes(routes!(streams::resume, streams::stop))
        .routes(routes!(assistants::list))
        .routes(routes!(assistants::read))
        .routes(routes!(account::usage))
        .routes(routes!(uploads::put))
        .routes(routes!(uploads::delete))
        .routes(routes!(account::wallet, account::set_wallet))
        // The same under the words of other documents, and with the methods that they use.
        .route("/conversations/{id}", delete(sessions::delete).patch(conversations::change))
        .route("/threads/{id}", delete(sessions::delete).patch(threads::change))
        .route("/chats/{id}", delete(sessions::delete))
        .route("/sessions/{id}/messages/{message_id}/feedback", post(feedback::give))
        .route("/threads/{id}/messages/{message_id}/feedback", post(feedback::give))
        .route("/chats/{id}/messages/{message_id}/feedback", post(feedback::give))
        .route("/assisters", get(assistants::list))
        .route("/assisters/{id}", get(assistants::read))
        .merge(administration::router());
    let (for_callers, mut document) = for_callers.split_for_parts();
    let for_callers =
        for_callers.method_not_allowed_fallback(wrong_method).route_layer(from_fn_with_state(Arc::clone(app), require_caller));
    let (for_pages, of_pages) = OpenApiRouter::new().routes(routes!(visitor_tokens::mint)).split_for_parts();
    document.merge(of_pages);
    let router = for_pages
        // Whoever answers fetches it with no token: its address can not be guessed.
        .route("/uploads/{id}/{name}", get(uploads::read_file))
        .merge(for_callers)
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(Arc::clone(app), limit_address))
        .layer(from_fn_with_state(Arc::clone(app), in_own_words))
        .layer(cors(app))
        .layer(map_response(not_cached));
    (router, document)
}

/// Lets scripts of allowed origins read the answers.
fn cors(app: &Arc<App>) -> CorsLayer {
    let app = Arc::clone(app);
    let allow = AllowOrigin::predicate(move |origin, parts| {
        let host = parts.headers.get(header::HOST).and_then(|value| value.to_str().ok());
        let origin = origin.to_str().ok().and_then(|origin| origin.parse().ok());
        origin.is_some_and(|origin| app.origins.allow(&origin, host) || app.keys.allow(&origin))
    });
    let headers = ["authorization", "content-type", "accept", "idempotency-key", "last-event-id"];
    let exposed = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after", "date"];
    CorsLayer::new()
        .allow_origin(allow)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers(headers.map(HeaderName::from_static))
        .expose_headers(exposed.map(HeaderName::from_static))
        .max_age(std::time::Duration::from_secs(600))
}

async fn not_cached(mut response: Response) -> Response {
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Tells failures with the codes of the dialect that the route belongs to.
async fn in_own_words(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let whole = request.extensions().get::<OriginalUri>().map_or(path, |OriginalUri(uri)| uri.path());
    let dialect = if whole.starts_with("/api/assistants") || path.ends_with("/execute") {
        Some(Dialect::Execute)
    } else {
        (path.starts_with("/threads") || path.starts_with("/assisters")).then_some(Dialect::Threads)
    };
    let mut response = next.run(request).await;
    if dialect == Some(Dialect::Threads) {
        count_down(response.headers_mut(), app.clock.now_secs());
    }
    match (response.extensions_mut().remove::<Failure>(), dialect) {
        (Some(failure), Some(dialect)) => {
            let (parts, _) = response.into_parts();
            let body = failure.in_words_of(dialect).body().to_string();
            let mut response = Response::from_parts(parts, body.into());
            // It was of the other body.
            response.headers_mut().remove(header::CONTENT_LENGTH);
            response
        }
        _ => response,
    }
}

/// One document has the seconds that are left in `X-RateLimit-Reset`, the others have the time.
fn count_down(headers: &mut HeaderMap, now_secs: u64) {
    let reset = headers.get("x-ratelimit-reset").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if let Some(reset) = reset {
        headers.insert("x-ratelimit-reset", HeaderValue::from(reset.saturating_sub(now_secs)));
    }
}

async fn unknown_route(request: Request) -> Failure {
    Failure::not_found("not_found", format!("There is no route {} {}.", request.method(), request.uri().path()))
}

async fn wrong_method(request: Request) -> Failure {
    let message = format!("{} is not possible here.", request.method());
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
}

/// Logs and counts every response. Only the route is named: paths hold ids, queries and headers may hold secrets.
async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    app.metrics.count_request(&route, status);
    tracing::info!(%method, route, status, millis = begun.elapsed().as_millis(), "request");
    response
}

fn panicked(_cause: Box<dyn Any + Send>) -> Response {
    tracing::error!("a request panicked; the lines above say where");
    Failure::internal().into_response()
}
