//! A small client that sends answers as JSON over one connection, and several of them at once.

#![allow(dead_code, reason = "each test program uses a part of what stands here")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use uuid::Uuid;

use super::server::PATIENCE;

/// What one client sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// The attempt.
    pub attempt: Uuid,
    /// The status of the answer; none where the connection broke before one came.
    pub status: Option<u16>,
}

/// The body of an answer to `short@1` of `tests/support/mod.rs`, whose comment tells of which attempt it is.
pub fn body(attempt: Uuid, level: u8) -> String {
    let comment = mark(attempt);
    format!(
        r#"{{"attempt":"{attempt}","form":"short@1","field":"justice","answers":{{"item0":{level},"item1":4,"item4":5}},"comment":"{comment}"}}"#
    )
}

/// The attempt in small letters: nothing in it looks like a number of somebody.
pub fn mark(attempt: Uuid) -> String {
    let digit = |c: char| char::from(b'a' + u8::try_from(c.to_digit(16).expect("a digit")).expect("small"));
    attempt.simple().to_string().chars().map(digit).collect()
}

/// One connection.
pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    /// Connects.
    pub fn connect(to: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(to)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// Posts `body` to the point and reads the answer; its status.
    pub fn post(&mut self, code: &str, body: &str) -> io::Result<u16> {
        let request = format!(
            "POST /api/v1/points/{code}/responses HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        self.answer().map(|(status, _)| status)
    }

    /// Reads one answer: status and body.
    pub fn answer(&mut self) -> io::Result<(u16, Vec<u8>)> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let status = line.get(9..12).and_then(|status| status.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        let (mut length, mut chunked) = (0, false);
        loop {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let (name, value) = line.split_once(':').unwrap_or((line.trim(), ""));
            match name.to_ascii_lowercase().as_str() {
                "" => break,
                "content-length" => length = value.trim().parse().map_err(|_| io::ErrorKind::InvalidData)?,
                "transfer-encoding" => chunked = true,
                _ => {}
            }
        }
        assert!(!chunked, "this client reads no chunks");
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((status, body))
    }
}

/// Clients that send new answers until told to stop or until their connection breaks.
pub struct Load {
    stop: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<Vec<Sent>>>,
}

impl Load {
    /// Starts `clients` of them.
    pub fn start(clients: usize, to: SocketAddr, code: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = (0..clients).map(|_| {
            let (stop, code) = (Arc::clone(&stop), code.to_owned());
            std::thread::spawn(move || {
                let mut sent = Vec::new();
                let Ok(mut client) = Client::connect(to) else { return sent };
                while !stop.load(Ordering::Relaxed) {
                    let attempt = Uuid::new_v4();
                    let status = client.post(&code, &body(attempt, 4)).ok();
                    sent.push(Sent { attempt, status });
                    if status.is_none() {
                        break;
                    }
                }
                sent
            })
        });
        Self { threads: threads.collect(), stop }
    }

    /// Tells them to stop and collects what they sent.
    pub fn stop(self) -> Vec<Sent> {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().flat_map(|thread| thread.join().expect("a client without panic")).collect()
    }
}
