//! Strangers who try to sign in, all at once: what they cost in memory is bounded, and stays so.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::server::{Folder, PATIENCE, Server};
use crate::support::{Backend, commune, fresh_db};

/// A figure of the process's state in KiB, as in `VmRSS`.
fn kib(server: &Server, name: &str) -> u64 {
    let state = std::fs::read_to_string(format!("/proc/{}/status", server.process())).expect("its state");
    let line = state.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).expect("a line");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// Signs in under a name that nobody has; the status.
fn stranger(server: &Server, number: u32) -> u16 {
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a setting");
    let body = format!("name=stranger{number}&password=whatever+comes+to+mind");
    let request = format!(
        "POST /staff/sign-in HTTP/1.1\r\nhost: {}\r\nsec-fetch-site: same-origin\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        server.address,
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer).get(9..12).and_then(|status| status.parse().ok()).expect("a status")
}

#[test]
fn sixty_strangers_signing_in_at_once_cost_the_memory_of_two() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    commune(&fresh.serve());
    let server = Server::start(&fresh.address(), &folder.path("log"), &[]);
    assert_eq!(server.get("/staff/sign-in").0, 200);
    let before = kib(&server, "VmRSS");
    let statuses: Vec<u16> = std::thread::scope(|threads| {
        let server = &server;
        let sent: Vec<_> = (0..60).map(|number| threads.spawn(move || stranger(server, number))).collect();
        sent.into_iter().map(|sent| sent.join().expect("no panic")).collect()
    });
    // Refused, or told that the server is busy; how many of which is the machine's.
    assert!(statuses.iter().all(|status| [422, 503].contains(status)), "{statuses:?}");
    assert!(statuses.contains(&422), "{statuses:?}");
    // Two hashes of 19 MiB each, and some room for sixty connections; the highest it ever was.
    let grown = kib(&server, "VmHWM").saturating_sub(before);
    assert!(grown < 60 * 1024, "{grown} KiB more than {before} KiB");
    assert!(server.log().lines().all(|line| !line.contains("panicked")), "{}", server.log());
    assert_eq!(server.stop().code(), Some(0));
}
