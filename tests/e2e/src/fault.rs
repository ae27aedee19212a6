//! A server that serves test pages, the widget's files and an API that answers, or fails, exactly as the test tells it.
//!
//! Written on hyper and not on a framework, because a connection must be able to end with no answer at all. Every request is recorded.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use crate::dialect::{CONVERSATION_ID, Dialect, is_posting, of_message};
use crate::files::{read_dist, read_file};
use crate::page::Page;
use crate::record::Recorded;
use crate::script::{Answer, Gate, Reply, Step, Stream};

type Handler = Arc<dyn Fn(&Recorded) -> Answer + Send + Sync>;

/// The server. Dropped, it ends every connection.
pub struct FaultServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    recorded: Mutex<Vec<Recorded>>,
    answers: Mutex<VecDeque<Answer>>,
    routes: Mutex<Vec<Route>>,
    folders: Mutex<Vec<PathBuf>>,
    without_cors: Mutex<Vec<String>>,
    assets_gate: Mutex<Option<Gate>>,
}

struct Route {
    method: String,
    prefix: String,
    handler: Handler,
}

/// The connection is to end with no answer, or in the middle of one.
#[derive(Debug)]
struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the test broke the connection")
    }
}

impl std::error::Error for Broken {}

type ReplyBody = StreamBody<stream::BoxStream<'static, Result<Frame<Bytes>, Broken>>>;

impl FaultServer {
    /// Starts a server on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the port that was bound");
        let shared = Arc::<Shared>::default();
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self { address, shared, accepting }
    }

    /// Returns the server's origin.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// Returns the API's base address.
    #[must_use]
    pub fn api_url(&self) -> String {
        self.url("/v1")
    }

    /// Answers the next message that is sent in this way; several calls queue up. With none left, a message is echoed.
    pub fn answer(&self, answer: Answer) {
        lock(&self.shared.answers).push_back(answer);
    }

    /// Answers every request whose method is `method` and whose path begins with `prefix`. The latest route wins.
    pub fn route(&self, method: &str, prefix: &str, handler: impl Fn(&Recorded) -> Answer + Send + Sync + 'static) {
        lock(&self.shared.routes).push(Route {
            method: method.to_owned(),
            prefix: prefix.to_owned(),
            handler: Arc::new(handler),
        });
    }

    /// Serves a test page and returns its address.
    pub fn page(&self, path: &str, page: &Page) -> String {
        let answer = page.answer();
        self.route("GET", path, move |_| answer.clone());
        self.url(path)
    }

    /// Serves the files of a folder; what it does not have is answered as before.
    pub fn folder(&self, folder: &Path) {
        lock(&self.shared.folders).push(folder.to_owned());
    }

    /// Answers requests below a path without letting another origin read the answer.
    pub fn forbid_cors(&self, prefix: &str) {
        lock(&self.shared.without_cors).push(prefix.to_owned());
    }

    /// Mints visitor tokens `token-1`, `token-2`, … that are good for a day.
    pub fn mint_tokens(&self) {
        let minted = Mutex::new(0);
        self.route("POST", "/v1/visitor-tokens", move |_| {
            let mut minted = lock(&minted);
            *minted += 1;
            Answer::json(
                200,
                &json!({"token": format!("token-{minted}"), "expires_at": "2099-01-01T00:00:00Z", "visitor_id": "vis_e2e"}),
            )
        });
    }

    /// Holds the engine's files back until the gate is open.
    pub fn hold_assets(&self, gate: &Gate) {
        *lock(&self.shared.assets_gate) = Some(gate.clone());
    }

    /// Returns every request so far but the preflights, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        lock(&self.shared.recorded).iter().filter(|request| request.method != "OPTIONS").cloned().collect()
    }

    /// Returns the requests of a method whose path begins with `prefix`.
    #[must_use]
    pub fn requests_to(&self, method: &str, prefix: &str) -> Vec<Recorded> {
        self.requests().into_iter().filter(|request| request.method == method && request.path.starts_with(prefix)).collect()
    }

    /// Returns the requests that sent a message. One that only fetches the answer to a message has that message's body.
    #[must_use]
    pub fn sent(&self) -> Vec<Recorded> {
        self.requests().into_iter().filter(|request| of_message(request).is_some()).collect()
    }

    /// Returns the requests that only posted a message.
    #[must_use]
    pub fn posted(&self) -> Vec<Recorded> {
        self.requests().into_iter().filter(is_posting).collect()
    }

    /// Returns every request in one line each, for messages of failed tests.
    #[must_use]
    pub fn log(&self) -> String {
        self.requests().iter().map(|request| format!("{} {}\n", request.method, request.path)).collect()
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((connection, _)) = listener.accept() => {
                connection.set_nodelay(true).ok(); // without it bytes merely arrive in larger pieces
                connections.spawn(serve(connection, Arc::clone(&shared)));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(connection: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(move |request| answer(Arc::clone(&shared), request));
    let served = hyper::server::conn::http1::Builder::new()
        // A browser silently repeats a request whose connection was kept from an earlier one: the tests count the widget's own tries.
        .keep_alive(false)
        .serve_connection(TokioIo::new(connection), service);
    served.await.ok(); // broken on purpose, or left by the browser
}

async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response<ReplyBody>, Broken> {
    let (head, body) = request.into_parts();
    let headers =
        head.headers.iter().map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let headers = headers.collect();
    let body = body.collect().await.map_err(|_| Broken)?.to_bytes();
    let mut recorded = Recorded::new(head.method.to_string(), path, headers, body);
    if recorded.method == "GET" && of_message(&recorded).is_some() {
        let posted = lock(&shared.recorded).iter().rev().find(|request| is_posting(request)).map(|request| request.body.clone());
        recorded.body = posted.unwrap_or_default();
    }
    lock(&shared.recorded).push(recorded.clone());

    let answer = choose(&shared, &recorded);
    let has_cors = !lock(&shared.without_cors).iter().any(|prefix| recorded.path.starts_with(prefix));
    let mut presence = Presence { request: recorded, is_over: false };
    for gate in &answer.before_head {
        gate.passed().await;
    }
    let Some(Reply { status, headers, steps }) = answer.reply else {
        presence.is_over = true;
        return Err(Broken);
    };
    let mut response = Response::builder().status(status);
    if has_cors {
        response = response.header("access-control-allow-origin", "*");
    }
    response = response
        .header("access-control-allow-headers", "*, authorization")
        .header("access-control-allow-methods", "*")
        .header("access-control-expose-headers", "*")
        .header("timing-allow-origin", "*");
    for (name, value) in headers {
        response = response.header(name, value);
    }
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(play(steps, sender, presence));
    let frames = stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)));
    Ok(response.body(StreamBody::new(Box::pin(frames) as _)).expect("a header of the test"))
}

/// Notes on the request when its client leaves: hyper then drops whatever is under way.
struct Presence {
    request: Recorded,
    is_over: bool,
}

impl Drop for Presence {
    fn drop(&mut self) {
        if !self.is_over {
            self.request.note_client_left();
        }
    }
}

async fn play(steps: Vec<Step>, sender: mpsc::Sender<Result<Frame<Bytes>, Broken>>, mut presence: Presence) {
    for step in steps {
        let is_heard = match step {
            Step::Send(bytes) => sender.send(Ok(Frame::data(bytes))).await.is_ok(),
            Step::Break => sender.send(Err(Broken)).await.is_ok(),
            Step::Wait(gate) => tokio::select! {
                () = gate.passed() => true,
                () = sender.closed() => false,
            },
        };
        if !is_heard {
            return;
        }
    }
    presence.is_over = true;
}

fn choose(shared: &Shared, request: &Recorded) -> Answer {
    if request.method == "OPTIONS" {
        return Answer::new(204, "text/plain", "");
    }
    let known = lock(&shared.routes).iter().rev().find(|route| route.covers(request)).map(|route| Arc::clone(&route.handler));
    if let Some(handler) = known {
        return handler(request);
    }
    let path = request.path.split('?').next().unwrap_or_default();
    let served = lock(&shared.folders).iter().find_map(|folder| read_file(folder, path));
    if let (Some((media_type, bytes)), "GET") = (served, request.method.as_str()) {
        return Answer::new(200, media_type, bytes);
    }
    if let Some(dialect) = of_message(request) {
        let scripted = lock(&shared.answers).pop_front();
        return scripted.unwrap_or_else(|| echo(dialect, request));
    }
    if request.method == "POST" && request.path == "/v1/conversations" {
        let assistant = request.json().get("assistant_id").cloned();
        return Answer::json(
            201,
            &json!({"id": CONVERSATION_ID, "assistant_id": assistant, "created_at": "2026-01-28T14:30:00Z", "messages": []}),
        );
    }
    if request.method == "POST" && request.path == "/v1/threads" {
        let metadata = request.json().get("metadata").cloned();
        return Answer::json(201, &json!({"id": CONVERSATION_ID, "created_at": "2026-01-28T14:30:00Z", "metadata": metadata}));
    }
    if is_posting(request) {
        let content = request.json().get("content").cloned();
        return Answer::json(201, &json!({"id": "msg_question", "role": "user", "content": content}));
    }
    let file = if request.method == "GET" { read_dist(path) } else { None };
    let Some((media_type, bytes)) = file else {
        return Answer::error(404, "not_found");
    };
    let is_asset = request.path.starts_with("/assets/");
    let caching = if is_asset { "public, max-age=31536000, immutable" } else { "no-cache" };
    let answer = Answer::new(200, media_type, bytes).header("cache-control", caching);
    let answer = answer.header("cross-origin-resource-policy", "cross-origin");
    match lock(&shared.assets_gate).as_ref().filter(|_| is_asset) {
        Some(gate) => answer.behind(gate),
        None => answer,
    }
}

impl Route {
    fn covers(&self, request: &Recorded) -> bool {
        // One dialect fetches answers where it reads what is kept: only a route of its own covers that.
        let is_answer = request.method == "GET" && of_message(request).is_some();
        let is_meant = !is_answer || self.prefix.ends_with("/stream");
        request.method == self.method && request.path.starts_with(&self.prefix) && is_meant
    }
}

fn echo(dialect: Dialect, request: &Recorded) -> Answer {
    let text = format!("You said: {}", dialect.text_of(request));
    if dialect.asks_for_stream(request) && dialect != Dialect::Execute {
        Stream::new(dialect).words(&text).end(&[])
    } else {
        Answer::json(200, &dialect.plain(&text, &[]))
    }
}

/// A panic of another test while it held the lock leaves nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
