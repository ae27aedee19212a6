//! The least client there is: HTTP/1.1 over one connection, so that the figures are the server's.

use std::io;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::TcpStream;

use crate::CLIENT_KEY;

/// A connection that is kept.
pub struct Connection(BufStream<TcpStream>);

/// When the parts of a streamed answer came.
pub struct Streamed {
    /// From the request to the first byte of the answer.
    pub first_byte: Duration,
    /// From the request to the first frame.
    pub first_frame: Duration,
}

impl Connection {
    pub async fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self(BufStream::new(stream)))
    }

    async fn send(&mut self, line: &str, media_type: &str, body: &[u8]) -> io::Result<()> {
        let head = format!(
            "{line} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {CLIENT_KEY}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        self.0.write_all(head.as_bytes()).await?;
        self.0.write_all(body).await?;
        self.0.flush().await
    }

    /// Returns the status, and how long the body is; none for one in chunks.
    async fn head(&mut self) -> io::Result<(u16, Option<usize>)> {
        let mut line = String::new();
        self.0.read_line(&mut line).await?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        let mut length = None;
        loop {
            line.clear();
            self.0.read_line(&mut line).await?;
            if line.trim().is_empty() {
                return Ok((status, length));
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().ok();
            }
        }
    }

    /// Returns the next chunk; an empty one is the last.
    async fn chunk(&mut self) -> io::Result<Vec<u8>> {
        let mut line = String::new();
        self.0.read_line(&mut line).await?;
        let length = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        let mut chunk = vec![0; length + 2];
        self.0.read_exact(&mut chunk).await?;
        chunk.truncate(length);
        Ok(chunk)
    }

    /// Returns the status and the whole body of an answer.
    pub async fn call(&mut self, line: &str, media_type: &str, body: &[u8]) -> io::Result<(u16, Vec<u8>)> {
        self.send(line, media_type, body).await?;
        let (status, length) = self.head().await?;
        let mut answer = Vec::new();
        match length {
            Some(length) => {
                answer.resize(length, 0);
                self.0.read_exact(&mut answer).await?;
            }
            None => loop {
                let chunk = self.chunk().await?;
                if chunk.is_empty() {
                    break;
                }
                answer.extend(chunk);
            },
        }
        Ok((status, answer))
    }

    /// Reads a streamed answer to its end; `on_begin` is called with its first frame.
    pub async fn stream(&mut self, line: &str, body: &[u8], on_begin: impl FnOnce()) -> io::Result<Streamed> {
        let begun = Instant::now();
        self.send(line, "application/json", body).await?;
        // Nothing is taken yet: this only waits.
        self.0.fill_buf().await?;
        let first_byte = begun.elapsed();
        let (status, _) = self.head().await?;
        if status != 200 {
            return Err(io::Error::other(format!("status {status}")));
        }
        self.chunk().await?;
        let first_frame = begun.elapsed();
        on_begin();
        while !self.chunk().await?.is_empty() {}
        Ok(Streamed { first_byte, first_frame })
    }
}
