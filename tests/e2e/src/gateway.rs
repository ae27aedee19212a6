//! Real gateways, in this process, each on a port of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use assisters_gateway::{Clock, Gateway, Options};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::files::{dist, workspace};

/// A gateway that is serving. Dropped, it stops at once.
pub struct RunningGateway {
    address: SocketAddr,
    serving: JoinHandle<()>,
    _stop: oneshot::Sender<()>,
    seconds_ahead: Arc<AtomicU64>,
}

impl RunningGateway {
    /// Starts a gateway on the demo's pages and knowledge; `change` sets what a test needs otherwise.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(change: impl FnOnce(&mut Options)) -> Self {
        let demo = workspace().join("www/demo");
        let mut options = Options {
            bind: "127.0.0.1:0".parse().unwrap(),
            dist: dist(),
            knowledge: vec![demo.join("knowledge")],
            demo,
            local_delay_millis: 2,
            visitor_rate: "10000/minute".parse().unwrap(),
            address_rate: "10000/minute".parse().unwrap(),
            ..Options::default()
        };
        change(&mut options);
        let config = options.resolve().unwrap_or_else(|error| panic!("{error}"));
        let listener = TcpListener::bind(config.bind).await.expect("a free port");
        let address = listener.local_addr().expect("the port that was bound");
        let seconds_ahead = Arc::<AtomicU64>::default();
        let clock = Clock::from_fn({
            let seconds_ahead = Arc::clone(&seconds_ahead);
            move || now_millis() + seconds_ahead.load(Ordering::SeqCst) * 1000
        });
        let gateway = Gateway::start_at(config, clock).await.unwrap_or_else(|error| panic!("{error}"));
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(async move {
            let stopped = async {
                stopped.await.ok(); // the other end is gone: stop as well
            };
            if let Err(error) = gateway.serve(listener, stopped).await {
                tracing::error!("the gateway of a test failed: {error}");
            }
        });
        Self { address, serving, _stop: stop, seconds_ahead }
    }

    /// Returns the gateway's origin.
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

    /// Lets the gateway's clock jump ahead: tokens expire, windows of rate limits pass.
    pub fn skip_secs(&self, secs: u64) {
        self.seconds_ahead.fetch_add(secs, Ordering::SeqCst);
    }
}

impl Drop for RunningGateway {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn now_millis() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}
