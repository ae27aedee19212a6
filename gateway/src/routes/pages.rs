//! What a browser opens: the widget's files for any site, the demo page, the help pages.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::app::App;
use crate::files;

/// What the demo's pages may do: nothing but their own files, no inline script or style, no text that becomes markup.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The widget in a frame stands on any site and talks to any gateway.
const FRAME_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src * data:; connect-src *; \
     base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The demo's template for help pages, and its marks.
const TEMPLATE: &str = "page.html";

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route("/", get(index)).route("/help", get(help_index)).route("/help/{page}", get(help)).fallback(file)
}

async fn index(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    demo_file(&app, "index.html", &headers)
        .await
        .unwrap_or_else(|| missing("There is no demo page here; give its folder with --demo."))
}

/// A file of the widget, else one of the demo.
async fn file(State(app): State<Arc<App>>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let path = uri.path();
    if let Some(response) = widget_file(&app, path, &headers).await {
        return response;
    }
    if path.trim_start_matches('/') != TEMPLATE
        && let Some(response) = demo_file(&app, path, &headers).await
    {
        return response;
    }
    let is_widget = path.starts_with("/assets/") || path == "/assisters.js";
    missing(if is_widget {
        "The widget is not built here; `cargo xtask dist` builds it, --dist says where it is."
    } else {
        "There is no such page."
    })
}

async fn widget_file(app: &App, path: &str, headers: &HeaderMap) -> Option<Response> {
    let mut response = served(files::serve(&app.config.dist, path, headers).await)?;
    // The name of a file below /assets/ has its hash: another content would have another name.
    let caching = if path.starts_with("/assets/") { "public, max-age=31536000, immutable" } else { "public, no-cache" };
    set(&mut response, header::CACHE_CONTROL, caching);
    set(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(&mut response, HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    if path.ends_with(".html") {
        set(&mut response, header::CONTENT_SECURITY_POLICY, FRAME_POLICY);
        set(&mut response, header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    }
    Some(response)
}

async fn demo_file(app: &App, path: &str, headers: &HeaderMap) -> Option<Response> {
    let mut response = served(files::serve(&app.config.demo, path, headers).await)?;
    set(&mut response, header::CACHE_CONTROL, "no-cache");
    protect(&mut response);
    Some(response)
}

async fn help_index(State(app): State<Arc<App>>) -> Response {
    match app.knowledge.pages().first() {
        Some(page) => axum::response::Redirect::temporary(&format!("/help/{}", page.slug)).into_response(),
        None => missing("There are no help pages here; give them with --knowledge."),
    }
}

async fn help(State(app): State<Arc<App>>, Path(slug): Path<String>) -> Response {
    let Some(page) = app.knowledge.render(&slug) else { return missing("There is no such help page.") };
    let template = tokio::fs::read_to_string(app.config.demo.join(TEMPLATE)).await;
    let template = template.unwrap_or_else(|error| {
        tracing::debug!(%error, "the demo has no template for help pages; a plain page is shown");
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{{title}}</title><nav>{{navigation}}</nav><main>{{content}}</main>".to_owned()
    });
    // The content last: marks that a help page itself contains stay text.
    let html = template
        .replace("{{title}}", &page.title)
        .replace("{{navigation}}", &page.navigation)
        .replace("{{content}}", &page.content);
    let mut response = html.into_response();
    set(&mut response, header::CONTENT_TYPE, "text/html; charset=utf-8");
    set(&mut response, header::CACHE_CONTROL, "no-cache");
    protect(&mut response);
    response
}

/// Returns what was read; a file that is there and can not be read is as good as missing, for the visitor.
fn served(result: std::io::Result<Option<Response>>) -> Option<Response> {
    result.unwrap_or_else(|error| {
        tracing::error!(%error, "a file can not be read");
        None
    })
}

fn missing(message: &'static str) -> Response {
    let mut response = (StatusCode::NOT_FOUND, message).into_response();
    protect(&mut response);
    response
}

fn protect(response: &mut Response) {
    set(response, header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
    set(response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(response, header::REFERRER_POLICY, "strict-origin-when-cross-origin");
}

fn set(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}
