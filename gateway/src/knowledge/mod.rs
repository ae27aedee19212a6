//! The help pages: read from Markdown files once, found by their words, shown as pages.

mod index;
mod page;
mod section;
mod vocabulary;
mod words;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use self::index::Query;
use self::index::{Index, SectionId};
pub use self::page::{RenderedPage, render};
pub use self::section::{Block, BlockKind, Page, Place, Section};

/// Pages that questions are answered from.
pub struct Knowledge {
    pages: Vec<Arc<Page>>,
    /// Page and section of every indexed section.
    places: HashMap<SectionId, (Arc<Page>, usize)>,
    index: Index,
    base_url: String,
}

/// A section that fits a question.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// The page it is on.
    pub page: &'a Page,
    /// The section.
    pub section: &'a Section,
    /// How well it fits, from 0 to 1.
    pub relevance: f32,
}

impl Found<'_> {
    /// Names the section so that it can be understood without its page.
    #[must_use]
    pub fn headline(&self) -> String {
        match &self.section.anchor {
            None => self.page.title.clone(),
            Some(_) => format!("{} – {}", self.page.title, self.section.heading),
        }
    }

    /// Returns how well it fits, to two digits.
    #[must_use]
    pub fn rounded_relevance(&self) -> f64 {
        (f64::from(self.relevance) * 100.0).round() / 100.0
    }
}

/// A section that fits a question, by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// The name of its page.
    pub page: String,
    /// What to call it.
    pub title: String,
    /// Where it can be read.
    pub url: Option<String>,
    /// How well it fits, from 0 to 1.
    pub relevance: f64,
    /// Its Markdown.
    pub text: String,
}

/// Why the knowledge can not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KnowledgeError {
    /// A path that is not there or not readable.
    #[error("the knowledge {path:?} can not be read: {source}; give a folder of Markdown files or a single one with --knowledge")]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A folder with nothing in it.
    #[error("the knowledge {0:?} has no Markdown files (*.md)")]
    Empty(PathBuf),
}

impl Knowledge {
    /// Reads files and folders. A page is found under `base_url` and its file's name.
    ///
    /// # Errors
    /// [`KnowledgeError`] names the path.
    pub fn load(paths: &[PathBuf], base_url: &str) -> Result<Self, KnowledgeError> {
        let mut pages: Vec<Page> = Vec::new();
        for path in paths {
            let files = markdown_files(path).map_err(|source| KnowledgeError::Unreadable { path: path.clone(), source })?;
            if files.is_empty() {
                return Err(KnowledgeError::Empty(path.clone()));
            }
            for file in files {
                let text = std::fs::read(&file).map_err(|source| KnowledgeError::Unreadable { path: file.clone(), source })?;
                let slug =
                    file.file_stem().map(|stem| stem.to_string_lossy().to_lowercase().replace(' ', "-")).unwrap_or_default();
                // A byte that is no UTF-8 is no reason to have no answers at all.
                pages.push(Page::parse(slug, String::from_utf8_lossy(&text).into_owned()));
            }
        }
        Ok(Self::of_pages(pages, base_url))
    }

    /// Indexes pages that were already read.
    #[must_use]
    pub fn of_pages(pages: Vec<Page>, base_url: &str) -> Self {
        let mut knowledge =
            Self { pages: Vec::new(), places: HashMap::new(), index: Index::new(), base_url: base_url.to_owned() };
        for page in pages {
            knowledge.add(page);
        }
        knowledge
    }

    /// Adds a page; it is found from now on.
    pub fn add(&mut self, page: Page) {
        let page = Arc::new(page);
        for (idx, section) in self.index.add(&page).into_iter().enumerate() {
            self.places.insert(section, (Arc::clone(&page), idx));
        }
        self.pages.push(page);
    }

    /// Forgets the pages that are not `kept`; they are not found any more.
    pub fn retain(&mut self, kept: impl Fn(&Page) -> bool) {
        let gone = self.places.extract_if(|_, (page, _)| !kept(page)).map(|(section, _)| section);
        self.index.remove(&gone.collect());
        self.pages.retain(|page| kept(page));
    }

    /// Returns every page, in the order they were added.
    #[must_use]
    pub fn pages(&self) -> &[Arc<Page>] {
        &self.pages
    }

    /// Returns one page by its name in addresses.
    #[must_use]
    pub fn page(&self, slug: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.slug == slug).map(Arc::as_ref)
    }

    /// Returns the number of sections.
    #[must_use]
    pub fn n_sections(&self) -> usize {
        self.places.len()
    }

    /// Reads a question. One of few words is understood together with the `earlier` ones, the latest first.
    #[must_use]
    pub fn query(&self, question: &str, earlier: &[&str]) -> Query {
        let mut query = self.index.query(question);
        let mut is_fragment = query.is_fragment();
        for question in earlier {
            if !is_fragment {
                break;
            }
            let earlier = self.index.query(question);
            is_fragment = earlier.is_fragment();
            query = query.after(&earlier);
        }
        query
    }

    /// Returns the sections that fit a question, best first.
    #[must_use]
    pub fn search(&self, query: &Query) -> Vec<Found<'_>> {
        let found = self.index.search(query).into_iter().filter_map(|found| {
            let (page, idx) = self.places.get(&found.section)?;
            Some(Found { page, section: page.sections.get(*idx)?, relevance: found.relevance })
        });
        found.collect()
    }

    /// Returns the best sections for a question, whole, at most `limit`.
    #[must_use]
    pub fn passages(&self, question: &str, earlier: &[&str], limit: usize) -> Vec<Passage> {
        let found = self.search(&self.query(question, earlier));
        let passage = |found: &Found<'_>| {
            let blocks: Vec<&str> = found.section.blocks.iter().map(|block| block.markdown.as_str()).collect();
            Passage {
                page: found.page.slug.clone(),
                title: found.headline(),
                url: self.url(found.page, found.section),
                relevance: found.rounded_relevance(),
                text: self.quotable(found.page, &blocks.join("\n\n")),
            }
        };
        found.iter().filter(|found| found.relevance > 0.0).take(limit).map(passage).collect()
    }

    /// Returns how well a text fits a question; only to be compared with other texts of the same question.
    #[must_use]
    pub fn affinity(&self, query: &Query, text: &str) -> f32 {
        self.index.affinity(query, text)
    }

    /// Returns where a section can be read, if it can.
    #[must_use]
    pub fn url(&self, page: &Page, section: &Section) -> Option<String> {
        let fragment = |anchor: &Option<String>| anchor.as_ref().map_or_else(String::new, |anchor| format!("#{anchor}"));
        match &page.place {
            Place::Help => Some(format!("{}/{}{}", self.base_url, page.slug, fragment(&section.anchor))),
            Place::Web(url) => Some(format!("{url}{}", fragment(&section.id))),
            Place::Nowhere => None,
        }
    }

    /// Returns what the pages are called together.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.pages.as_slice() {
            [page] if page.place == Place::Help => "the page",
            [page, ..] if page.place == Place::Help => "the pages",
            [_] => "the document",
            _ => "the documents",
        }
    }

    /// Rewrites links between files, as the pages do, in a piece of Markdown of a page that is quoted elsewhere.
    #[must_use]
    pub fn quotable(&self, page: &Page, markdown: &str) -> String {
        if page.place == Place::Help { page::with_page_links(markdown, &self.base_url) } else { markdown.to_owned() }
    }

    /// Returns a page as HTML.
    #[must_use]
    pub fn render(&self, slug: &str) -> Option<RenderedPage> {
        Some(render(self.page(slug)?, &self.pages, &self.base_url))
    }
}

fn markdown_files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        std::fs::metadata(path)?;
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "md") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests;
