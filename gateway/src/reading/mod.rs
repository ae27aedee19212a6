//! Documents → Markdown. What came from elsewhere is taken apart in a process of its own, with little memory and little time: a PDF that
//! makes its reader panic, spin or swallow the machine costs one document, never the gateway.

mod html;
mod pdf;
mod plain;

use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

/// The name of the command that [`main`] stands behind.
pub const COMMAND: &str = "read-document";

/// An honest document takes a second.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What a reader may take. Addresses are not memory: an allocator reserves more than it uses.
#[cfg(unix)]
const MEMORY_LIMIT_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// No document has more text; the rest is cut off.
const TEXT_LIMIT_BYTES: usize = 16 * 1024 * 1024;

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Markdown, kept as it is.
    Markdown,
    /// Text without marks.
    Plain,
    /// A web page.
    Html,
    /// A PDF.
    Pdf,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Markdown, Self::Plain, Self::Html, Self::Pdf];

    /// What an upload may be, for errors.
    pub const NAMES: &str = "Markdown, plain text, HTML, PDF";

    /// Returns the media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown",
            Self::Plain => "text/plain",
            Self::Html => "text/html",
            Self::Pdf => "application/pdf",
        }
    }

    /// Returns what a document of a media type is.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/xhtml+xml" => Some(Self::Html),
            "text/x-markdown" => Some(Self::Markdown),
            "text/csv" => Some(Self::Plain),
            essence => Self::ALL.into_iter().find(|kind| kind.media_type() == essence),
        }
    }
}

/// A document that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What it calls itself, if it does.
    pub title: Option<String>,
    /// Its text.
    pub markdown: String,
    /// Where its links lead, complete and each once.
    pub links: Vec<String>,
    /// Whether it asks not to be found.
    pub is_private: bool,
}

/// Why a document can not be read. Told to whoever sent it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadingError {
    /// The reader gave up, with its reason.
    #[error("the document can not be read: {0}")]
    Unreadable(String),
    /// It took longer than any honest document.
    #[error("the document takes too long to read")]
    Timeout,
    /// The reader could not be started, which is the gateway's own trouble.
    #[error("the reader of documents can not be started: {0}")]
    Reader(String),
}

/// Reads documents, most of them in another process.
#[derive(Clone, Debug)]
pub struct Reader {
    program: PathBuf,
}

impl Reader {
    /// Makes a reader whose work `program` does, which is this program or another copy of it.
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self { program }
    }

    /// Reads a document; a web page has its address, for links that are not complete.
    ///
    /// # Errors
    /// [`ReadingError`] says why it can not be read.
    pub async fn read(&self, kind: Kind, content: &[u8], address: Option<&str>) -> Result<Reading, ReadingError> {
        match kind {
            Kind::Markdown => Ok(Reading { markdown: text(content), ..Reading::default() }),
            Kind::Plain => Ok(Reading { markdown: plain::to_markdown(&text(content)), ..Reading::default() }),
            Kind::Html | Kind::Pdf => {
                let mut arguments = vec![COMMAND.into(), kind.media_type().into()];
                arguments.extend(address.map(OsString::from));
                tokio::time::timeout(TIMEOUT, self.apart(arguments, content)).await.unwrap_or(Err(ReadingError::Timeout))
            }
        }
    }

    async fn apart(&self, arguments: Vec<OsString>, content: &[u8]) -> Result<Reading, ReadingError> {
        let failed = |error: std::io::Error| ReadingError::Reader(error.to_string());
        let mut command = Command::new(&self.program);
        // It needs nothing of what the gateway knows.
        command.args(arguments).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.kill_on_drop(true).spawn().map_err(failed)?;
        let (mut input, output) = (child.stdin.take(), child.stdout.take());
        let write = async {
            if let Some(input) = &mut input {
                // A reader that has seen enough does not listen to the end.
                input.write_all(content).await.ok();
            }
            drop(input);
        };
        let mut answer = Vec::new();
        let read = async {
            match output {
                // Escaped as JSON, a text may be several times as long.
                Some(output) => output.take(4 * TEXT_LIMIT_BYTES as u64).read_to_end(&mut answer).await.map(drop),
                None => Ok(()),
            }
        };
        let ((), read) = tokio::join!(write, read);
        read.map_err(failed)?;
        let status = child.wait().await.map_err(failed)?;
        let unreadable = || ReadingError::Unreadable(format!("its reader stopped ({status})"));
        let answer: Result<Reading, String> = serde_json::from_slice(&answer).map_err(|_| unreadable())?;
        answer.map_err(ReadingError::Unreadable)
    }
}

fn text(content: &[u8]) -> String {
    String::from_utf8_lossy(content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content)).into_owned()
}

/// The other process: reads the document from its input and writes the [`Reading`], or why there is none, to its output.
pub fn main(media_type: &str, address: Option<&str>) -> ExitCode {
    match run(media_type, address) {
        Ok(()) => ExitCode::SUCCESS,
        // Nobody hears it: the gateway sees that there is no answer.
        Err(_) => ExitCode::FAILURE,
    }
}

/// Takes from this process what no document should need.
#[cfg(unix)]
fn limit_itself() -> std::io::Result<()> {
    let processor_secs = TIMEOUT.as_secs();
    rlimit::setrlimit(rlimit::Resource::AS, MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES)?;
    rlimit::setrlimit(rlimit::Resource::CPU, processor_secs, processor_secs)
}

/// Where there are no such limits, time alone ends a document that takes too much.
#[cfg(not(unix))]
fn limit_itself() -> std::io::Result<()> {
    Ok(())
}

fn run(media_type: &str, address: Option<&str>) -> std::io::Result<()> {
    limit_itself()?;
    let mut content = Vec::new();
    std::io::stdin().read_to_end(&mut content)?;
    let reading = match Kind::of_media_type(media_type) {
        Some(Kind::Pdf) => pdf::read(&content),
        Some(Kind::Html) => html::read(&text(&content), address),
        Some(Kind::Markdown | Kind::Plain) | None => Err(format!("{media_type} needs no reader")),
    };
    let reading = reading.map(|mut reading| {
        let end = reading.markdown.floor_char_boundary(TEXT_LIMIT_BYTES);
        reading.markdown.truncate(end);
        reading
    });
    let mut output = std::io::stdout().lock();
    serde_json::to_writer(&mut output, &reading)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_media_types() {
        for (media_type, expected) in [
            ("text/markdown", Some(Kind::Markdown)),
            ("Text/HTML; charset=utf-8", Some(Kind::Html)),
            ("application/xhtml+xml", Some(Kind::Html)),
            ("application/pdf", Some(Kind::Pdf)),
            ("text/csv", Some(Kind::Plain)),
            ("image/png", None),
            ("", None),
        ] {
            assert_eq!(Kind::of_media_type(media_type), expected, "{media_type}");
        }
    }
}
