//! A bad network: bodies that stop half-way, bodies that trickle, connections that say nothing, thousands of them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::load::{Client, body};
use crate::server::{Folder, PATIENCE, Server, done};
use crate::stored::assert_calm;
use crate::support::{Backend, Commune, FreshDb, commune, fresh_db};

fn serve(through: &[&str]) -> (FreshDb, Folder, Commune, Server) {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    let commune = commune(&fresh.serve());
    let server = Server::start_by(through, &fresh.address(), &folder.path("log"), &[]);
    (fresh, folder, commune, server)
}

fn head(code: &str, length: usize) -> String {
    format!(
        "POST /api/v1/points/{code}/responses HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n"
    )
}

fn send(server: &Server, parts: &[&str]) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a setting");
    for part in parts {
        stream.write_all(part.as_bytes()).expect("sent");
    }
    stream
}

fn assert_serves(server: &Server, commune: &Commune) {
    let mut client = Client::connect(server.address).expect("a connection");
    assert_eq!(client.post(&commune.codes[0], &body(Uuid::new_v4(), 4)).expect("an answer"), 201);
}

#[test]
fn a_body_that_stops_half_way_stores_nothing_and_holds_nobody_up() {
    let (fresh, _folder, commune, server) = serve(&[]);
    let whole = body(Uuid::new_v4(), 4);
    let half = &whole[..whole.len() / 2];
    let head = head(&commune.codes[0], whole.len());
    // 200 that wait for ever, 200 that hang up: in the head, before the body, in the body.
    let waiting: Vec<TcpStream> = (0..200).map(|_| send(&server, &[&head, half])).collect();
    for number in 0..200 {
        drop(match number % 3 {
            0 => send(&server, &[&head[..30]]),
            1 => send(&server, &[&head]),
            _ => send(&server, &[&head, half]),
        });
    }
    assert_serves(&server, &commune);
    // One of those who wait sends the rest: it is stored like any other.
    let mut late = send(&server, &[&head, half]);
    assert_serves(&server, &commune);
    late.write_all(&whole.as_bytes()[whole.len() / 2..]).expect("sent");
    let mut answer = [0; 12];
    late.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 201");
    // Those who wait for ever are told at last that they took too long.
    let mut first = waiting.into_iter().next().expect("one who waits");
    first.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 408");
    assert!(done(&fresh.address(), &["doctor"]).contains("recount of 3 sheets"));
    assert_calm(&server.log());
    assert_eq!(server.stop().code(), Some(0));
}

#[test]
fn nonsense_on_the_wire_is_refused_and_holds_nobody_up() {
    let (fresh, _folder, commune, server) = serve(&[]);
    let whole = body(Uuid::new_v4(), 4);
    let code = &commune.codes[0];
    for nonsense in [
        "\x16\x03\x01\x02\x00\x01\x00\x01\u{fc}\x03\x03".to_owned(),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
        format!("POST /s/{code} HTTP/1.1\r\ncontent-length: -1\r\n\r\n"),
        format!("POST /s/{code} HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
        format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "x".repeat(200_000)),
        format!("{}{}", head(code, whole.len()).replace("HTTP/1.1", "HTTP/1.1\r\nx: \u{0}"), whole),
    ] {
        let mut stream = send(&server, &[]);
        // The server may hang up before it has all of it.
        let _ = stream.write_all(nonsense.as_bytes());
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(!answer.contains(" 201 ") && !answer.contains(" 303 "), "{nonsense:.60}: {answer}");
    }
    assert_serves(&server, &commune);
    assert!(done(&fresh.address(), &["doctor"]).contains("recount of 1 sheets"));
    assert_calm(&server.log());
    assert!(!server.log().contains("ERROR"), "nonsense of strangers is no fault of ours: {}", server.log());
}

/// Opens `count` connections that say nothing. The server may refuse some once it has its fill.
fn idle(server: &Server, count: usize) -> Vec<TcpStream> {
    (0..count).filter_map(|_| TcpStream::connect_timeout(&server.address, Duration::from_secs(5)).ok()).collect()
}

#[test]
fn ten_thousand_idle_connections_leave_room_for_an_answer() {
    // A soft limit of 20 000 open files, as the unit of systemd sets more. This process needs half of that itself.
    let limit = std::process::Command::new("prlimit")
        .args(["--pid", &std::process::id().to_string(), "--nofile=20000"])
        .status();
    assert!(limit.expect("prlimit of util-linux").success(), "raise the hard limit of open files to 20000");
    let (_fresh, _folder, commune, server) = serve(&["prlimit", "--nofile=20000", "--"]);
    let connections = idle(&server, 10_000);
    assert_eq!(connections.len(), 10_000);
    assert_serves(&server, &commune);
    assert_eq!(server.get("/health/ready").0, 200);
    let memory = std::fs::read_to_string(format!("/proc/{}/status", server.process())).expect("its state");
    println!("{}", memory.lines().find(|line| line.starts_with("VmRSS")).expect("its memory"));
    // They are ended by the server, not only when the client goes.
    let mut first = connections.into_iter().next().expect("one");
    first.set_read_timeout(Some(PATIENCE)).expect("a setting");
    let mut answer = Vec::new();
    first.read_to_end(&mut answer).expect("the end of the connection");
    assert_serves(&server, &commune);
    assert_calm(&server.log());
    assert_eq!(server.stop().code(), Some(0));
}

#[test]
fn more_connections_than_open_files_end_with_the_connections() {
    let (_fresh, _folder, commune, server) = serve(&["prlimit", "--nofile=256", "--"]);
    let connections = idle(&server, 600);
    assert!(connections.len() > 200);
    drop(connections);
    // It takes the server a moment to see that they are gone.
    let since = Instant::now();
    loop {
        let answered = Client::connect(server.address)
            .and_then(|mut client| client.post(&commune.codes[0], &body(Uuid::new_v4(), 4)));
        match answered {
            Ok(201) => break,
            other => assert!(since.elapsed() < PATIENCE, "{other:?}"),
        }
    }
    assert_calm(&server.log());
    assert_eq!(server.stop().code(), Some(0));
}
