//! What logs and metrics say, and above all what they do not: nothing of citizens, however much is logged.

use std::io::Write;
use std::net::TcpStream;

use serde_json::Value;
use uuid::Uuid;

use crate::load::{Client, body, mark};
use crate::server::{Folder, Server};
use crate::support::{Backend, commune, free_address, fresh_db};

/// A proxy's header names this address; it is the citizen's.
const ADDRESS: &str = "203.0.113.77";
const BROWSER: &str = "Mozilla-of-the-test";

/// One request with a citizen's address, as a proxy hands it on; its status line.
fn send(server: &Server, method: &str, path: &str, kind: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: {ADDRESS}\r\nuser-agent: {BROWSER}\r\n\
         content-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stream), &mut answer).expect("an answer");
    answer
}

/// Everything citizens do, right and wrong, and a full disk's errors besides; what must not be in the log.
fn be_busy(server: &Server, code: &str) -> Vec<String> {
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let responses = format!("/api/v1/points/{code}/responses");
    let mut secrets = vec![ADDRESS.to_owned(), BROWSER.to_owned(), code.to_owned(), "ticket-ABCDE23456".to_owned()];
    let mut client = Client::connect(server.address).expect("a connection");
    for _ in 0..30 {
        let attempt = Uuid::new_v4();
        assert_eq!(client.post(code, &body(attempt, 4)).expect("an answer"), 201);
        secrets.extend([attempt.to_string(), attempt.simple().to_string(), mark(attempt)]);
    }
    let attempt = Uuid::new_v4();
    secrets.push(attempt.to_string());
    let with_ticket = body(attempt, 4).replace("\"comment\"", "\"ticket\":\"ticket-ABCDE23456\",\"comment\"");
    for (method, path, kind, body) in [
        ("GET", format!("/s/{code}"), form, String::new()),
        (
            "POST",
            format!("/s/{code}"),
            form,
            format!("attempt={attempt}&form=short%401&q.item0=9&comment=l%E1%BB%9Di+ri%C3%AAng"),
        ),
        ("POST", format!("/s/{code}"), form, "\u{0}\u{1}=%%%&comment=lời riêng".to_owned()),
        ("POST", responses.clone(), json, with_ticket),
        ("POST", responses.clone(), json, "{\"comment\":\"lời riêng\"".to_owned()),
        ("POST", responses.clone(), json, "x".repeat(70_000)),
        ("GET", format!("/s/{code}/thanks"), form, String::new()),
        ("GET", format!("/qr/{code}.svg"), form, String::new()),
        ("DELETE", format!("/s/{code}?comment=lời"), form, String::new()),
    ] {
        assert!(send(server, method, &path, kind, &body).starts_with("HTTP/1.1 "), "{method} {path}");
    }
    secrets.extend(["lời riêng", "l%E1%BB%9Di"].map(str::to_owned));
    // Staff pages, which are logged by the pattern of their address, never by what stands in it.
    assert!(send(server, "GET", "/staff/plans/nha-rieng-cua-lan/2026-q1", form, "").contains("303"));
    assert!(send(server, "POST", "/staff/sign-in", form, "name=lan&password=mat-khau-rieng").contains("HTTP/1.1 "));
    secrets.extend(["nha-rieng-cua-lan", "mat-khau-rieng"].map(str::to_owned));
    secrets
}

#[test]
fn nothing_of_citizens_is_logged_at_any_level() {
    for (level, format) in [("info", "text"), ("info", "json"), ("trace", "text")] {
        let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
        let commune = commune(&fresh.serve());
        let settings = [("SIPAS_LOG", level), ("SIPAS_LOG_FORMAT", format), ("SIPAS_TRUSTED_PROXIES", "127.0.0.1")];
        let server = Server::start(&fresh.address(), &folder.path("log"), &settings);
        let secrets = be_busy(&server, &commune.codes[0]);
        // A failure of the database on the way: its words are the database's, not the citizen's.
        fresh.sql("DROP TABLE comment");
        let attempt = Uuid::new_v4();
        let mut client = Client::connect(server.address).expect("a connection");
        assert_eq!(client.post(&commune.codes[0], &body(attempt, 4)).expect("an answer"), 500);
        let log = server.log();
        assert!(log.contains("a request failed"), "{log}");
        for secret in secrets.into_iter().chain([attempt.to_string(), mark(attempt)]) {
            let line = log.lines().find(|line| line.contains(&secret));
            assert!(line.is_none(), "{level} {format}: `{secret}` is in the log: {line:?}");
        }
        let staff: Vec<&str> = log.lines().filter(|line| line.contains("/staff/plans/{plan}/{period}")).collect();
        assert_eq!(staff.len(), 1, "{log}");
        assert!(!log.lines().any(|line| line.contains("{code}")), "no line a citizen's request, not even of its kind");
        if format == "json" {
            // The one-time address of the first start is printed for people, beside the log.
            let lines = log.lines().filter(|line| line.starts_with('{'));
            let lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).expect("JSON")).collect();
            let staff = lines.iter().find(|line| line["route"] == "/staff/plans/{plan}/{period}").expect("one");
            assert_eq!((&staff["status"], &staff["method"]), (&Value::from(303), &Value::from("GET")));
            assert!(staff["ms"].is_u64() && staff["level"] == "INFO" && staff["timestamp"].is_string(), "{staff}");
        }
        assert_eq!(server.stop().code(), Some(0));
    }
}

#[test]
fn metrics_tell_an_operator_what_goes_on() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    let commune = commune(&fresh.serve());
    let address = free_address();
    let server = Server::start(&fresh.address(), &folder.path("log"), &[("SIPAS_METRICS_BIND", &address)]);
    let metrics = || {
        let text =
            reqwest::blocking::get(format!("http://{address}/metrics")).and_then(reqwest::blocking::Response::text);
        text.expect("metrics")
    };
    assert!(!metrics().contains("sipas_last_backup"), "none was made");
    let mut client = Client::connect(server.address).expect("a connection");
    for _ in 0..7 {
        assert_eq!(client.post(&commune.codes[0], &body(Uuid::new_v4(), 4)).expect("an answer"), 201);
    }
    server.get("/staff/");
    server.get("/s/XXXXXXX");
    crate::server::done(&fresh.address(), &["backup", &folder.text("copy.db")]);
    let text = metrics();
    for line in [
        "sipas_submissions_total{outcome=\"stored\"} 7",
        "sipas_requests_total{class=\"citizen\",status=\"2xx\"} 7",
        "sipas_requests_total{class=\"citizen\",status=\"4xx\"} 1",
        "sipas_requests_total{class=\"staff\",status=\"3xx\"} 1",
        "sipas_queue_length 0",
        "sipas_batches_total 7",
        "sipas_batch_answers_total 7",
        "sipas_batch_answers_max 1",
        "sipas_database_errors_total 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    // What the example alerts ask for is there.
    let alerts = include_str!("../../packaging/alerts.yml");
    let names =
        alerts.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| word.starts_with("sipas_"));
    let names: std::collections::BTreeSet<&str> = names.collect();
    assert!(names.len() >= 8, "{names:?}");
    for name in names {
        assert!(text.lines().any(|line| line.starts_with(&format!("# TYPE {name} "))), "{name} in {text}");
    }
    for line in ["sipas_can_store 1", "sipas_log_lines_lost_total 0", "sipas_letters_waiting 0"] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    let backup = text.lines().find_map(|line| line.strip_prefix("sipas_last_backup_timestamp_seconds "));
    let backup: i64 = backup.expect("a time").parse().expect("seconds");
    assert!((sipas::clock::now().timestamp() - backup).abs() < 600);
    fresh.sql("DROP TABLE comment");
    assert_eq!(client.post(&commune.codes[0], &body(Uuid::new_v4(), 4)).expect("an answer"), 500);
    assert!(!metrics().contains("sipas_database_errors_total 0"), "{}", metrics());
}

#[test]
fn events_of_complaints_go_out_and_leave_no_word_in_the_log() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    let receiver = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = receiver.local_addr().expect("an address").port();
    let db = fresh.serve();
    commune(&db);
    drop(db);
    let settings = [("SIPAS_LOG", "trace"), ("SIPAS_WEBHOOK_PRIVATE", "127.0.0.1")];
    let server = Server::start(&fresh.address(), &folder.path("first"), &settings);
    fresh.sql(&format!(
        "INSERT INTO webhook (id, unit_id, name, url, events, secret, made_by, made_ms) SELECT 1, id, 'Một cửa', \
         'http://127.0.0.1:{port}/khoa-bi-mat', 'complaint.changed', x'00', 'an', 0 FROM unit WHERE code = 'xa-phu-dong'"
    ));
    let complaint = r#"{"once":"0123456789abcdef0123456789abcdef","unit":"xa-phu-dong","kind":"complaint","text":"lời riêng của tôi","contact":"0912345678"}"#;
    let status = send(&server, "POST", "/api/v1/complaints", "application/json", complaint);
    assert!(status.contains(" 201 "), "{status}");
    assert_eq!(server.stop().code(), Some(0));
    // The hour has passed.
    fresh.sql("UPDATE webhook_event SET due_ms = 0");
    let server = Server::start(&fresh.address(), &folder.path("second"), &settings);
    let (stream, _) = receiver.accept().expect("the thread of the events");
    let mut reader = std::io::BufReader::new(stream.try_clone().expect("a stream"));
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        assert!(std::io::BufRead::read_line(&mut reader, &mut line).expect("a line") > 0);
    }
    let mut stream = stream;
    stream.write_all(b"HTTP/1.1 503 no\r\ncontent-length: 0\r\n\r\n").expect("an answer");
    drop(stream);
    assert_eq!(server.stop().code(), Some(0));
    for name in ["first", "second"] {
        let log = std::fs::read_to_string(folder.path(name)).expect("a log");
        for word in ["lời riêng", "0912345678", "khoa-bi-mat"] {
            assert!(!log.contains(word), "{word} in {log}");
        }
    }
    assert!(std::fs::read_to_string(folder.path("second")).expect("a log").contains("events were not taken"));
}
