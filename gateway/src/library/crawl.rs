//! Web pages → Markdown: fetches a page and what it links to, as far as it is told, and only on sites that the owner allowed. Keeps nothing.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Method, Url};

use crate::origin::{Origin, OriginPattern};
use crate::outbound::{Incoming, Outbound, Outgoing};
use crate::reading::{Kind, Reader};

/// How long one page may take.
const PAGE_TIMEOUT: Duration = Duration::from_secs(20);

/// A source with more pages is cut off.
const PAGES_LIMIT: usize = 500;

const REDIRECTS_LIMIT: usize = 5;

/// Reads web pages.
#[derive(Clone)]
pub struct Crawler {
    outbound: Outbound,
    sites: Vec<OriginPattern>,
    reader: Reader,
    max_page_bytes: usize,
}

/// What came of a crawl.
#[derive(Debug, Default)]
pub(super) struct Crawled {
    pub(super) pages: Vec<CrawledPage>,
    /// Why it, or a part of it, could not be read.
    pub(super) problem: Option<String>,
}

/// A page that was read.
#[derive(Debug)]
pub(super) struct CrawledPage {
    pub(super) url: String,
    pub(super) title: String,
    pub(super) media_type: &'static str,
    pub(super) n_bytes: u64,
    pub(super) markdown: String,
}

/// Why a source is not taken. Told to the owner.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SiteError {
    /// No address, or one in a private network.
    #[error(transparent)]
    Outbound(#[from] crate::outbound::OutboundError),
    /// A site that the owner did not name.
    #[error("pages of {0:?} may not be read; the owner can allow them with ASSISTERS_KNOWLEDGE_SITES (or --knowledge-sites)")]
    NotAllowed(String),
}

/// Why one page is not read.
enum PageError {
    /// It is not there, or is none that has text.
    Absent(String),
    /// It may be there another time.
    Trouble(String),
}

/// A page and where its links lead.
struct Fetched {
    page: Option<CrawledPage>,
    url: Url,
    links: Vec<String>,
}

impl Crawler {
    /// Makes a crawler for pages of `sites`, none larger than `max_page_bytes`.
    #[must_use]
    pub fn new(outbound: Outbound, sites: Vec<OriginPattern>, reader: Reader, max_page_bytes: usize) -> Self {
        Self { outbound, sites, reader, max_page_bytes }
    }

    /// Reads an address, and refuses those that pages may not be read from.
    ///
    /// # Errors
    /// [`SiteError`] says why not, and what the owner can do.
    pub fn check(&self, text: &str) -> Result<Url, SiteError> {
        let mut url = self.outbound.check(text)?;
        url.set_fragment(None);
        let origin = Origin::of_url(url.as_str());
        let is_allowed = origin.is_some_and(|origin| self.sites.iter().any(|site| site.covers(&origin)));
        if is_allowed { Ok(url) } else { Err(SiteError::NotAllowed(url.origin().ascii_serialization())) }
    }

    /// Reads a page and those of the same site that are at most `depth` links away.
    pub(super) async fn crawl(&self, start: &str, depth: u64) -> Crawled {
        let mut crawled = Crawled::default();
        let mut seen: HashSet<String> = [start.to_owned()].into();
        let mut queue: VecDeque<(String, u64)> = [(start.to_owned(), 0)].into();
        let mut site = None;
        let mut n_troubles = 0;
        while let Some((url, distance)) = queue.pop_front() {
            let fetched = match self.fetch(&url).await {
                Ok(fetched) => fetched,
                // A broken link is the site's own business; the first page is what was asked for.
                Err(PageError::Absent(_)) if distance > 0 => continue,
                Err(PageError::Absent(reason) | PageError::Trouble(reason)) => {
                    n_troubles += 1;
                    let problem = format!("{url}: {reason}");
                    crawled.problem.get_or_insert(problem);
                    continue;
                }
            };
            let site = site.get_or_insert_with(|| fetched.url.origin());
            seen.insert(fetched.url.to_string());
            if distance < depth {
                for link in fetched.links {
                    let is_near = Url::parse(&link).is_ok_and(|link| link.origin() == *site);
                    if is_near && seen.len() < PAGES_LIMIT && seen.insert(link.clone()) {
                        queue.push_back((link, distance + 1));
                    }
                }
            }
            // Two addresses may lead to one page.
            let is_new = |page: &CrawledPage| crawled.pages.iter().all(|known| known.url != page.url);
            crawled.pages.extend(fetched.page.filter(is_new));
        }
        if let (Some(problem), 2..) = (&mut crawled.problem, n_troubles) {
            problem.push_str(&format!(", and {} more pages could not be read", n_troubles - 1));
        }
        crawled
    }

    async fn fetch(&self, text: &str) -> Result<Fetched, PageError> {
        let mut url = self.check(text).map_err(|error| PageError::Absent(error.to_string()))?;
        for _ in 0..=REDIRECTS_LIMIT {
            let incoming = self.request(url.clone()).await?;
            let status = incoming.status;
            if status.is_redirection() {
                let location = incoming.headers.get(LOCATION).and_then(|location| location.to_str().ok());
                let next = location.and_then(|location| url.join(location).ok());
                let next = next.ok_or_else(|| PageError::Absent(format!("it answers {status} and leads nowhere")))?;
                url = self.check(next.as_str()).map_err(|error| PageError::Absent(error.to_string()))?;
            } else if status.is_success() {
                return self.read(url, incoming).await;
            } else if status.is_client_error() && ![408, 425, 429].contains(&status.as_u16()) {
                return Err(PageError::Absent(format!("it answers {status}")));
            } else {
                return Err(PageError::Trouble(format!("it answers {status}")));
            }
        }
        Err(PageError::Absent(format!("it leads from one page to the next, more than {REDIRECTS_LIMIT} times")))
    }

    async fn request(&self, url: Url) -> Result<Incoming, PageError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("text/html, text/markdown, text/plain, application/pdf"));
        let outgoing = Outgoing {
            method: Method::GET,
            url,
            headers,
            body: Vec::new(),
            timeout: PAGE_TIMEOUT,
            limit_bytes: self.max_page_bytes,
        };
        self.outbound.send(outgoing).await.map_err(|error| PageError::Trouble(error.to_string()))
    }

    async fn read(&self, url: Url, incoming: Incoming) -> Result<Fetched, PageError> {
        let media_type = incoming.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("text/html");
        let Some(kind) = Kind::of_media_type(media_type) else {
            return Err(PageError::Absent(format!("it is {media_type}; expected one of: {}", Kind::NAMES)));
        };
        let reading = self.reader.read(kind, &incoming.body, Some(url.as_str())).await;
        let reading = reading.map_err(|error| PageError::Trouble(error.to_string()))?;
        let title = reading.title.unwrap_or_else(|| name_of(&url));
        let page = CrawledPage {
            url: url.to_string(),
            title,
            media_type: kind.media_type(),
            n_bytes: incoming.body.len() as u64,
            markdown: reading.markdown,
        };
        Ok(Fetched { page: Some(page).filter(|_| !reading.is_private), url, links: reading.links })
    }
}

/// Returns what a page without a title is called.
fn name_of(url: &Url) -> String {
    let last = url.path_segments().and_then(|mut segments| segments.rfind(|segment| !segment.is_empty()));
    last.or(url.host_str()).unwrap_or_default().to_owned()
}
