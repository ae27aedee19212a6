//! Everything the routes share, made once from the configuration.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use assisters_chat::protocol::{ApiError, format_rfc3339};
use axum::Router;
use axum::serve::ListenerExt as _;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;

use crate::access::client_id;
use crate::answer::Answers;
use crate::assistants::Assistants;
use crate::clock::Clock;
use crate::config::{Config, UpstreamConfig};
use crate::error::Failure;
use crate::keys::Keys;
use crate::knowledge::{Knowledge, KnowledgeError};
use crate::library::{Crawler, Library};
use crate::limit::{Exceeded, Limiter, Rate};
use crate::metrics::Metrics;
use crate::origin::AllowedOrigins;
use crate::outbound::Outbound;
use crate::reading::Reader;
use crate::routes;
use crate::store::{self, Records, SessionHeader, Store, StoreError, StoredRole};
use crate::tier::Tier;
use crate::token::{MintError, Tokens, parse_key};
use crate::upstream::{ApiUpstream, Assistant, GroundedUpstream, LocalUpstream, Toolbox, Upstream, assistant_not_found};
use crate::wallet::Wallet;
use crate::webhooks::{self, EventKind, Webhooks};

/// How often it is looked whether web pages of knowledge bases are due.
const DUE_INTERVAL: Duration = Duration::from_secs(60);

/// A gateway, ready to serve.
#[derive(Clone)]
pub struct Gateway(Arc<App>);

/// What the routes share.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) origins: AllowedOrigins,
    pub(crate) tokens: Tokens,
    pub(crate) keys: Keys,
    pub(crate) visitor_limiter: Limiter,
    /// Requests of keys per minute and per day, and conversations that they begin per day: each key at the rate of its tier.
    pub(crate) key_limiter: Limiter,
    pub(crate) day_limiter: Limiter,
    pub(crate) conversation_limiter: Limiter,
    pub(crate) address_limiter: Limiter,
    pub(crate) upload_limiter: Limiter,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) assistants: Assistants,
    pub(crate) upstream: Arc<dyn Upstream>,
    pub(crate) outbound: Outbound,
    pub(crate) wallet: Wallet,
    pub(crate) webhooks: Webhooks,
    pub(crate) knowledge: Arc<Knowledge>,
    pub(crate) library: Arc<Library>,
    pub(crate) reader: Reader,
    pub(crate) crawler: Crawler,
    pub(crate) answers: Answers,
    pub(crate) metrics: Metrics,
}

/// Why a gateway can not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The knowledge can not be read.
    #[error(transparent)]
    Knowledge(#[from] KnowledgeError),
    /// The file with the assistants can not be read.
    #[error("the assistants in {path:?} can not be read: {message}; expected a JSON list of objects with a slug")]
    Assistants {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// The store can not be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No tokens can be made.
    #[error(transparent)]
    Tokens(#[from] MintError),
    /// No connection can be made to anyone.
    #[error("the HTTP client can not start: {0}")]
    Client(#[from] reqwest::Error),
}

impl Gateway {
    /// Reads the knowledge, opens the store, and makes everything ready. Nothing is listened to yet.
    ///
    /// # Errors
    /// [`StartError`] says what is missing and how to give it.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        Self::start_at(config, Clock::system()).await
    }

    /// The same with a clock of your own, for tests of everything that expires.
    ///
    /// # Errors
    /// [`StartError`] says what is missing and how to give it.
    pub async fn start_at(config: Config, clock: Clock) -> Result<Self, StartError> {
        let knowledge = Arc::new(Knowledge::load(&config.knowledge, &config.knowledge_url)?);
        let store = store::open(&config.store)?;
        let records = Records::new(Arc::clone(&store));
        let storage_bytes = config.documents.storage_bytes;
        let library = Library::open(records.clone(), clock.clone(), Arc::clone(&knowledge), storage_bytes).await?;
        let library = Arc::new(library);
        let outbound = Outbound::new(&config.private_hosts)?;
        let upstream = upstream(&config, &library, &outbound, &clock)?;
        let reader = Reader::new(config.documents.reader.clone());
        let sites = config.documents.sites.clone();
        let crawler = Crawler::new(outbound.clone(), sites, reader.clone(), config.documents.max_bytes);
        let key = match config.token_secret {
            Some(key) => key,
            None => kept_token_key(store.as_ref()).await?,
        };
        let webhooks = Webhooks::load(records.clone(), clock.clone()).await?;
        let app = Arc::new(App {
            origins: AllowedOrigins::new(config.origins.clone(), config.public_origin.clone(), config.bind.ip()),
            tokens: Tokens::new(&key, config.token_lifetime_secs, clock.clone())?,
            keys: Keys::load(records.clone(), clock.clone()).await?,
            visitor_limiter: Limiter::new(config.visitor_rate, clock.clone()),
            key_limiter: Limiter::new(Rate::per_minute(u32::MAX), clock.clone()),
            day_limiter: Limiter::new(Rate::per_day(u32::MAX), clock.clone()),
            conversation_limiter: Limiter::new(Rate::per_day(u32::MAX), clock.clone()),
            address_limiter: Limiter::new(config.address_rate, clock.clone()),
            upload_limiter: Limiter::new(config.uploads.rate, clock.clone()),
            answers: Answers::new(clock.clone(), config.resume_grace),
            wallet: Wallet::new(records.clone()),
            webhooks,
            outbound,
            metrics: Metrics::default(),
            config,
            assistants: Assistants::new(records, clock.clone()),
            clock,
            store,
            upstream,
            knowledge,
            library,
            reader,
            crawler,
        });
        tokio::spawn(webhooks::work(Arc::downgrade(&app)));
        Ok(Self(app))
    }

    /// Reads the web pages of knowledge bases that are due. Returns how many sources there were. While it serves, a gateway does this by itself.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn read_due_pages(&self) -> Result<usize, StoreError> {
        self.0.library.read_due_sources(&self.0.crawler).await
    }

    /// Returns the routes, for tests that need no socket.
    pub fn router(&self) -> Router {
        routes::router(Arc::clone(&self.0))
    }

    /// Serves until `shutdown` is done; then lets running answers finish, up to the configured deadline.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let deadline = self.0.config.shutdown_deadline;
        let stopping = Arc::new(Notify::new());
        let begin_stopping = Arc::clone(&stopping);
        // Words are small and must not wait for one another.
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "the connection stays with delayed small packets");
            }
        });
        let service = self.router().into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(listener, service).with_graceful_shutdown(async move {
            shutdown.await;
            tracing::info!("stopping; running answers may finish");
            begin_stopping.notify_one();
        });
        let overdue = async {
            stopping.notified().await;
            tokio::time::sleep(deadline).await;
        };
        let pages = async {
            let mut ticks = tokio::time::interval(DUE_INTERVAL);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                if let Err(error) = self.read_due_pages().await {
                    tracing::error!(%error, "web pages that are due could not be read");
                }
            }
        };
        tokio::select! {
            result = server => result,
            () = pages => Ok(()),
            () = overdue => {
                tracing::warn!("stopped with answers still running");
                Ok(())
            }
        }
    }
}

impl App {
    /// Checks that pages may talk to an assistant. Whether there is one is the upstream's business.
    pub(crate) fn allow_assistant(&self, name: &str) -> Result<(), Failure> {
        let allowed = &self.config.assistants;
        if allowed.is_empty() || allowed.iter().any(|known| known == name) {
            Ok(())
        } else {
            Err(Failure::from(&assistant_not_found(name)))
        }
    }

    /// Tells of a conversation.
    pub(crate) async fn tell_conversation(&self, event: EventKind, id: &str, header: &SessionHeader) {
        let data = || {
            json!({
                "id": id,
                "assistant_id": header.assistant,
                "user_id": header.metadata.get("user_id"),
                "metadata": header.metadata,
                "created_at": format_rfc3339(header.created_at_secs),
            })
        };
        self.webhooks.emit(event, data).await;
    }

    /// Tells of a message: its id, who wrote it, and what.
    pub(crate) async fn tell_message(&self, session_id: &str, assistant: &str, (id, role, content): (&str, StoredRole, &str)) {
        let created_at = format_rfc3339(self.clock.now_secs());
        let data = || {
            json!({
                "id": id,
                "conversation_id": session_id,
                "assistant_id": assistant,
                "role": role.as_str(),
                "content": content,
                "created_at": created_at,
            })
        };
        self.webhooks.emit(EventKind::MessageCreated, data).await;
    }

    /// Returns the limits of a key by the name that its conversations are kept under; none for visitors.
    pub(crate) fn tier(&self, owner: &str) -> Option<Tier> {
        let is_client = || self.config.client_keys.iter().any(|key| client_id(key) == owner);
        self.keys.tier(owner).or_else(|| is_client().then_some(self.config.client_key_tier))
    }

    /// Counts a conversation that a key begins.
    pub(crate) fn count_conversation(&self, owner: &str) -> Result<(), Exceeded> {
        let rate = self.tier(owner).and_then(|tier| tier.limits().conversations_per_day);
        rate.map_or(Ok(()), |rate| self.conversation_limiter.take_at(owner, rate).map(|_| ()))
    }

    /// Checks that assistants are made here: an upstream with assistants of its own keeps them itself.
    pub(crate) fn keeps_assistants(&self) -> Result<(), Failure> {
        match &self.config.upstream {
            UpstreamConfig::Api(api) if api.has_assistants => Err(routes::not_here("changes to assistants")),
            UpstreamConfig::Api(_) | UpstreamConfig::Local { .. } => Ok(()),
        }
    }

    /// Whether the upstream surely does not have an assistant. An upstream that can not say so will say when it is asked.
    pub(crate) async fn lacks_assistant(&self, name: &str) -> Option<ApiError> {
        if matches!(self.assistants.find(name).await, Ok(Some(_))) {
            return None;
        }
        let error = self.upstream.assistant(name).await.err()?;
        (error.code.as_deref() == Some("assistant_not_found")).then_some(error)
    }
}

fn upstream(
    config: &Config,
    library: &Arc<Library>,
    outbound: &Outbound,
    clock: &Clock,
) -> Result<Arc<dyn Upstream>, StartError> {
    Ok(match &config.upstream {
        UpstreamConfig::Local { delay } => {
            let assistants = described_assistants(config)?;
            Arc::new(LocalUpstream::new(Arc::clone(library), assistants, *delay))
        }
        UpstreamConfig::Api(api) => {
            let server = ApiUpstream::new(api.clone(), config.assistants.clone(), clock.clone())?;
            // A server with assistants of its own knows itself what they answer from.
            if api.has_assistants {
                Arc::new(server)
            } else {
                let toolbox = Toolbox::new(Arc::clone(library), outbound.clone(), clock.clone(), config.functions.clone());
                Arc::new(GroundedUpstream::new(server, Arc::clone(library), toolbox))
            }
        }
    })
}

/// Returns the assistants that `assistants.json` in a folder of the knowledge describes, else those that pages may talk to.
fn described_assistants(config: &Config) -> Result<Vec<Assistant>, StartError> {
    let mut assistants = Vec::new();
    for path in config.knowledge.iter().map(|folder| folder.join("assistants.json")).filter(|path| path.is_file()) {
        let unreadable = |message: String| StartError::Assistants { path: path.clone(), message };
        let text = std::fs::read_to_string(&path).map_err(|error| unreadable(error.to_string()))?;
        let cards: Vec<Value> = serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
        for card in cards {
            assistants.push(Assistant::read(card).ok_or_else(|| unreadable("one has no slug".to_owned()))?);
        }
    }
    if assistants.is_empty() {
        assistants.extend(config.assistants.iter().filter_map(|slug| Assistant::undescribed(slug)));
    }
    Ok(assistants)
}

/// Returns the key that tokens are sealed with: made once, kept in the store, so that a restart does not turn visitors into strangers.
async fn kept_token_key(store: &dyn Store) -> Result<[u8; 32], StartError> {
    const NAME: &str = "token_key";
    if let Some(key) = store.setting(NAME).await?.as_deref().and_then(parse_key) {
        return Ok(key);
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(MintError::from)?;
    let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    store.put_setting(NAME, &text).await?;
    Ok(key)
}
