//! A client of HTTP/1.1 with one connection that is kept: what the simulator and the benches need and no more. It speaks to
//! this machine only, blocks, follows nothing and unpacks nothing.

use std::io::{BufRead, BufReader, Error, ErrorKind, Result, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

/// How long an answer may take before the request counts as failed.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Longest body read; the pages of sipas are far shorter.
const BODY_MAX: usize = 16 << 20;

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path and query.
    pub path: String,
    /// Type of the body; empty for none.
    pub content_type: &'static str,
    /// Further lines of the head, each ended by CR LF.
    pub more: String,
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// The head's further lines, each ended by LF.
    pub head: String,
    /// The body, as it was sent.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first value of a header, named in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(':'));
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// A connection to a server on this machine, opened when it is first needed and again when it was lost.
#[derive(Debug)]
pub struct Client {
    server: SocketAddr,
    link: Option<BufReader<TcpStream>>,
}

/// The address behind `http://127.0.0.1:PORT`, or the sentence that says why it is no target.
pub fn loopback(url: &str) -> std::result::Result<SocketAddr, String> {
    let refusal = || {
        format!(
            "`{url}` is not a target: only a server on this machine is, as in http://127.0.0.1:8080; \
             load on any other could keep citizens from being heard"
        )
    };
    let host = url.strip_prefix("http://").ok_or_else(refusal)?.trim_end_matches('/');
    let host = host.strip_prefix("localhost:").map_or_else(|| host.to_owned(), |port| format!("127.0.0.1:{port}"));
    let address: SocketAddr = host.parse().map_err(|_| refusal())?;
    let loopback = match address.ip() {
        IpAddr::V4(address) => address.is_loopback(),
        IpAddr::V6(address) => address.is_loopback(),
    };
    if loopback { Ok(address) } else { Err(refusal()) }
}

impl Client {
    /// A client of `server`, which nothing is sent to yet.
    pub fn new(server: SocketAddr) -> Self {
        Self { server, link: None }
    }

    /// Sends a request and waits for its answer. A kept connection that the server closed in between is opened anew once.
    pub fn send(&mut self, request: &Request) -> Result<Answer> {
        if self.link.is_some()
            && let Ok(answer) = self.try_send(request)
        {
            return Ok(answer);
        }
        self.link = None;
        self.try_send(request).inspect_err(|_| self.link = None)
    }

    fn try_send(&mut self, request: &Request) -> Result<Answer> {
        let link = if let Some(link) = &mut self.link {
            link
        } else {
            let stream = TcpStream::connect_timeout(&self.server, TIMEOUT)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(TIMEOUT))?;
            stream.set_write_timeout(Some(TIMEOUT))?;
            self.link.insert(BufReader::with_capacity(16 << 10, stream))
        };
        let Request { method, path, content_type, more, body } = request;
        let mut bytes = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n{more}", self.server).into_bytes();
        if !content_type.is_empty() {
            bytes.extend(format!("Content-Type: {content_type}\r\nContent-Length: {}\r\n", body.len()).bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(body);
        // A server may refuse a body before it has read all of it: its answer still counts.
        let written = link.get_mut().write_all(&bytes);
        let (answer, keep) = read_answer(link)?;
        if written.is_err() || !keep {
            self.link = None;
        }
        Ok(answer)
    }
}

fn bad(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("an answer that is not HTTP: {what}"))
}

/// Reads one answer; whether the connection stays open after it.
fn read_answer(link: &mut impl BufRead) -> Result<(Answer, bool)> {
    let mut line = String::new();
    link.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(|| bad(&line))?;
    let mut answer = Answer { status, head: String::new(), body: Vec::new() };
    while link.read_line(&mut answer.head)? > 2 {}
    match answer.header("transfer-encoding") {
        Some("chunked") => while read_chunk(link, &mut answer.body)? > 0 {},
        Some(_) => return Err(bad("a body of an unknown coding")),
        None => {
            let length = answer.header("content-length").map_or(Ok(0), str::parse).map_err(|_| bad("its length"))?;
            read_part(link, length, &mut answer.body)?;
        }
    }
    let keep = answer.header("connection") != Some("close");
    Ok((answer, keep))
}

/// Appends the next `length` bytes to `body`.
fn read_part(link: &mut impl BufRead, length: usize, body: &mut Vec<u8>) -> Result<()> {
    let before = body.len();
    if before.saturating_add(length) > BODY_MAX {
        return Err(bad("too long"));
    }
    body.resize(before + length, 0);
    link.read_exact(&mut body[before..])
}

/// Appends the next chunk to `body` (RFC 9112, 7.1); its length, 0 for the last. Lines behind the last are read and dropped.
fn read_chunk(link: &mut impl BufRead, body: &mut Vec<u8>) -> Result<usize> {
    let mut line = String::new();
    link.read_line(&mut line)?;
    let digits = line.split(';').next().unwrap_or_default().trim();
    let length = usize::from_str_radix(digits, 16).map_err(|_| bad("the length of a chunk"))?;
    if length > 0 {
        read_part(link, length, body)?;
    }
    let mut end = String::new();
    while link.read_line(&mut end)? > 2 && length == 0 {}
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_in_chunks_is_read_whole_and_the_next_answer_begins_after_it() {
        let mut wire = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nmot \r\nA;x=y\r\nhai ba bon\r\n0\r\nlast: line\r\n\r\n\
                        HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"
            .as_bytes();
        let (first, keep) = read_answer(&mut wire).expect("an answer");
        assert_eq!((first.status, first.body.as_slice(), keep), (200, b"mot hai ba bon".as_slice(), true));
        let (second, keep) = read_answer(&mut wire).expect("an answer");
        assert_eq!((second.status, second.body.as_slice(), keep), (404, b"no".as_slice(), false));
        let mut broken = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n".as_bytes();
        assert!(read_answer(&mut broken).is_err(), "a chunk longer than any page");
    }

    #[test]
    fn only_this_machine_is_a_target() {
        for url in ["http://127.0.0.1:8080", "http://127.0.0.1:8080/", "http://[::1]:80", "http://localhost:8080"] {
            assert!(loopback(url).is_ok_and(|address| address.ip().is_loopback()), "{url}");
        }
        for url in [
            "http://khaosat.gov.vn",
            "http://10.0.0.1:80",
            "https://127.0.0.1:443",
            "http://127.0.0.1",
            "http://0.0.0.0:80",
            "http://127.0.0.1:80@example.com",
            "http://localhost.example.com:80",
            "",
        ] {
            assert!(loopback(url).is_err_and(|words| words.contains("only a server on this machine")), "{url}");
        }
    }
}
