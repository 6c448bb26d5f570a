//! A gate in front of a server: open, shut, or open one way, so that a browser meets a network that fails where a test
//! wants it to. What was asked through it can be read.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What comes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Everything.
    Open,
    /// Nothing: a connection ends as soon as it begins.
    Shut,
    /// Questions reach the server, its answers to POST get lost.
    AnswersLost,
}

/// The gate; gone with this value as far as anyone new is concerned.
pub struct Gate {
    /// `http://127.0.0.1:PORT` of the gate.
    pub address: String,
    inside: Arc<Inside>,
}

struct Inside {
    server: SocketAddr,
    way: Mutex<Way>,
    connections: Mutex<Vec<TcpStream>>,
    asked: Mutex<Vec<u8>>,
    instead: Mutex<Option<(String, String)>>,
}

impl Gate {
    /// An open gate before the server at `http://ADDRESS`.
    pub fn before(server: &str) -> Self {
        let server = server.trim_start_matches("http://").parse().expect("an address");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let inside = Arc::new(Inside {
            server,
            way: Mutex::new(Way::Open),
            connections: Mutex::default(),
            asked: Mutex::default(),
            instead: Mutex::default(),
        });
        let accepting = Arc::clone(&inside);
        thread::spawn(move || {
            for outer in listener.incoming().flatten() {
                accepting.pass(outer);
            }
        });
        Self { address, inside }
    }

    /// Sets what comes through from now on; connections that stand are cut.
    pub fn set(&self, way: Way) {
        *self.inside.way.lock().expect("a lock") = way;
        for connection in self.inside.connections.lock().expect("a lock").drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    /// Everything that was asked so far, as it was sent.
    pub fn asked(&self) -> String {
        String::from_utf8_lossy(&self.inside.asked.lock().expect("a lock")).into_owned()
    }

    /// Answers `GET path` itself from now on.
    pub fn answer_instead(&self, path: &str, kind: &str, body: &str) {
        let head = format!("200 OK\r\ncontent-type: {kind}\r\nservice-worker-allowed: /");
        self.say_instead(&format!("GET {path} "), &head, body);
    }

    /// Answers whatever begins with `asked` itself from now on: `head` is the status and the further lines, without a length.
    pub fn say_instead(&self, asked: &str, head: &str, body: &str) {
        let answer = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
        *self.inside.instead.lock().expect("a lock") = Some((asked.to_owned(), answer));
        self.set(Way::Open);
    }
}

impl Inside {
    fn way(&self) -> Way {
        *self.way.lock().expect("a lock")
    }

    fn pass(self: &Arc<Self>, outer: TcpStream) {
        if self.way() == Way::Shut {
            return;
        }
        let Ok(inner) = TcpStream::connect(self.server) else { return };
        let copies = [outer.try_clone(), inner.try_clone()].map(|copy| copy.expect("a copy"));
        self.connections.lock().expect("a lock").extend(copies);
        let pairs = [(outer.try_clone().expect("a copy"), inner.try_clone().expect("a copy")), (inner, outer)];
        let posted = Arc::new(Mutex::new(false));
        for (place, (mut from, mut to)) in pairs.into_iter().enumerate() {
            let (gate, posted) = (Arc::clone(self), Arc::clone(&posted));
            thread::spawn(move || {
                let mut bytes = [0; 16 * 1024];
                while let Ok(read @ 1..) = from.read(&mut bytes) {
                    if place == 0 {
                        let instead = gate.instead.lock().expect("a lock").clone();
                        if let Some((_, answer)) = instead.filter(|(asked, _)| bytes.starts_with(asked.as_bytes())) {
                            let _ = from.write_all(answer.as_bytes());
                            break;
                        }
                        gate.asked.lock().expect("a lock").extend(&bytes[..read]);
                        *posted.lock().expect("a lock") = bytes.starts_with(b"POST");
                    } else if gate.way() == Way::AnswersLost && *posted.lock().expect("a lock") {
                        break;
                    }
                    if to.write_all(&bytes[..read]).is_err() {
                        break;
                    }
                }
                let _ = from.shutdown(Shutdown::Both);
                let _ = to.shutdown(Shutdown::Both);
            });
        }
    }
}
