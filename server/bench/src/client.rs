//! An HTTP/1.1 client that costs next to nothing: one connection, one request at a time. The load shares the two
//! cores with the server, so every microsecond here would be missing there.

use std::io;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// The line of the staff token, or nothing.
    authorization: String,
}

/// Lies in the client's buffer until the next request.
pub struct Reply<'c> {
    pub status: u16,
    pub body: &'c [u8],
}

impl Reply<'_> {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(self.body).unwrap_or_default()
    }
}

impl Client {
    pub async fn connect(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024), authorization: String::new() })
    }

    /// From now on as staff.
    pub fn authorized(&mut self, token: &str) -> &mut Self {
        self.authorization = format!("authorization: Bearer {token}\r\n");
        self
    }

    pub async fn get(&mut self, path: &str) -> io::Result<Reply<'_>> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
        self.send(request.as_bytes()).await
    }

    pub async fn json(&mut self, method: &str, path: &str, body: &str) -> io::Result<Reply<'_>> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n\
             {}content-length: {}\r\n\r\n{body}",
            self.authorization,
            body.len()
        );
        self.send(request.as_bytes()).await
    }

    async fn send(&mut self, request: &[u8]) -> io::Result<Reply<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.read().await?;
        };
        let text = &self.buffer[..head];
        let digits = std::str::from_utf8(&text[9..12]).unwrap_or_default();
        let status = digits.parse().unwrap_or_default();
        let Some(length) = content_length(text) else {
            let text = String::from_utf8_lossy(text);
            return Err(io::Error::other(format!("an answer without content-length: {text}")));
        };
        while self.buffer.len() < head + length {
            self.read().await?;
        }
        Ok(Reply { status, body: &self.buffer[head..head + length] })
    }

    async fn read(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn content_length(head: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let mut lines = head.split(|byte| *byte == b'\n');
    let line = lines.find(|line| line.len() > NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME))?;
    std::str::from_utf8(&line[NAME.len()..]).ok()?.trim().parse().ok()
}
