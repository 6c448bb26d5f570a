//! Events for other programs, with a real receiver on loopback: signed, in order, tried again, given up, sent again; never into a network
//! that was not allowed, never elsewhere, never with a word of a citizen.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use sipas::access::Role;
use sipas::cases::{CaseAction, State, check};
use sipas::clock;
use sipas::config::Network;
use sipas::db::{ComplaintKey, ComplaintStep, Db, EVENT_WAITS, HookEvent, NewWebhook, complaint_key};
use sipas::hooks::{Message, Sender, Untaken};
use sipas::jobs::Stop;
use sipas::jobs::webhooks::{Courier, lap};
use sipas::service::complaints::arrival;

use crate::on_both;
use crate::support::{Backend, commune, fresh_db};
use crate::town::{Town, location, page, texts};

const WORDS: &str = "Phải chờ quá lâu ở quầy số hai.";
const CONTACT: &str = "0912 345 678";
const LOOPBACK: (&str, &str) = ("SIPAS_WEBHOOK_PRIVATE", "127.0.0.0/8");

/// A request that a receiver got.
#[derive(Debug, Clone)]
struct Got {
    headers: Vec<(String, String)>,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// What a receiver does with a request.
#[derive(Debug, Clone)]
enum Reply {
    Status(u16),
    SendTo(String),
    /// It takes the request and never says a word.
    Hang,
}

/// A program that listens on loopback.
struct Receiver {
    address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
    connections: Arc<Mutex<u32>>,
    reply: Arc<Mutex<Reply>>,
    ended: Arc<AtomicBool>,
}

impl Receiver {
    fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let receiver = Self {
            address,
            got: Arc::default(),
            connections: Arc::default(),
            reply: Arc::new(Mutex::new(reply)),
            ended: Arc::default(),
        };
        let (got, connections) = (Arc::clone(&receiver.got), Arc::clone(&receiver.connections));
        let (reply, ended) = (Arc::clone(&receiver.reply), Arc::clone(&receiver.ended));
        std::thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming().map_while(Result::ok) {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                *connections.lock().expect("a lock") += 1;
                let reply = reply.lock().expect("a lock").clone();
                held.extend(answer(stream, &got, &reply));
            }
        });
        receiver
    }

    fn url(&self) -> String {
        format!("http://{}/tin?khoa=bi-mat", self.address)
    }

    fn got(&self) -> Vec<Got> {
        self.got.lock().expect("a lock").clone()
    }

    fn now_says(&self, reply: Reply) {
        *self.reply.lock().expect("a lock") = reply;
    }

    fn connections(&self) -> u32 {
        *self.connections.lock().expect("a lock")
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

/// Reads one request and answers it; a stream on which it says nothing is handed back, so that it stays open.
fn answer(mut stream: TcpStream, got: &Mutex<Vec<Got>>, reply: &Reply) -> Option<TcpStream> {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let (mut line, mut headers) = (String::new(), Vec::new());
    reader.read_line(&mut line).ok()?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.and_then(|(_, value)| value.parse().ok())?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).expect("UTF-8");
    got.lock().expect("a lock").push(Got { headers, body });
    let head = match reply {
        Reply::Hang => return Some(stream),
        Reply::Status(status) => format!("HTTP/1.1 {status} X"),
        Reply::SendTo(url) => format!("HTTP/1.1 307 X\r\nlocation: {url}"),
    };
    let _ = write!(stream, "{head}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    None
}

fn courier() -> Courier {
    let loopback = Network::parse("127.0.0.0/8").expect("a block");
    Courier { sender: Sender::new(&[loopback]), public_url: "https://khaosat.example.gov.vn".to_owned() }
}

fn carry(db: &Db, now: DateTime<Utc>) {
    lap(db, &courier(), &Stop::default(), now).expect("a lap");
}

/// Enters an address past the page.
fn enter(db: &Db, unit: i32, name: &str, url: &str, events: &[HookEvent]) -> i32 {
    let new = NewWebhook {
        unit,
        name: name.to_owned(),
        url: url.to_owned(),
        events: events.to_vec(),
        secret: vec![7; 32],
        made_by: "an".to_owned(),
        at: clock::now(),
    };
    db.by_nobody().add_webhook(&new).expect("an address")
}

/// A citizen complains to the unit of a code; the key of the case.
fn complain(db: &Db, unit: &str, number: u8) -> ComplaintKey {
    let (unit, today, once) = (db.unit_by_code(unit).expect("asked").expect("a unit"), clock::today(), [number; 16]);
    let written = check("complaint", WORDS, CONTACT).expect("words");
    let arrival = arrival(db, &unit, today).expect("an arrival");
    db.add_complaint(unit.id, &once, &written, &arrival, today).expect("stored");
    complaint_key(unit.id, &once, today)
}

fn take_up(db: &Db, key: ComplaintKey) {
    let step =
        ComplaintStep { on: clock::today(), deed: CaseAction::Accept, by: "Lan".to_owned(), words: WORDS.to_owned() };
    let moved = db.complaint_moves(key, State::Received, vec![step], |case| case.state = State::Accepted);
    assert_eq!(moved, Ok(true));
}

/// An hour later every event of a complaint may go.
fn next_hour() -> DateTime<Utc> {
    clock::now() + TimeDelta::hours(1)
}

/// The signature as Python makes it of a secret as it was shown.
fn signed_by_python(secret: &str, got: &Got) -> String {
    let script = "import sys,hmac,hashlib,base64\n\
                  key = base64.b64decode(sys.argv[1].removeprefix('whsec_'))\n\
                  text = (sys.argv[2] + '.' + sys.argv[3] + '.').encode() + sys.stdin.buffer.read()\n\
                  print('v1,' + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode(), end='')";
    let mut python = Command::new("/usr/bin/python3")
        .args(["-c", script, secret, got.header("webhook-id"), got.header("webhook-timestamp")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3");
    python.stdin.take().expect("its input").write_all(got.body.as_bytes()).expect("written");
    String::from_utf8(python.wait_with_output().expect("an end").stdout).expect("UTF-8")
}

on_both! {
    fn an_address_entered_on_the_page_is_told_in_order_signed_and_without_a_word_of_a_citizen(fresh) {
        let town = Town::start_with(fresh, &[LOOPBACK]);
        let (receiver, administrator) = (Receiver::start(Reply::Status(204)), town.sign_in("administrator"));
        let url = receiver.url();
        let new = [
            ("name", "Một cửa"), ("url", url.as_str()), ("unit", "phuong-cau-giay"), ("events", "complaint.changed"),
            ("events", "answers.released"), ("events", "period.closed"),
        ];
        let (status, made) = page(town.post_as(&administrator, "/staff/webhooks", &new));
        assert_eq!(status, 200, "{made}");
        let secret = texts(&made, ".done code").first().expect("a secret").clone();
        // 32 bytes in base64.
        assert!(secret.starts_with("whsec_") && secret.len() == 6 + 44, "{secret}");
        let listed = town.get_as(&administrator, "/staff/webhooks").text().expect("a page");
        assert!(listed.contains("Một cửa") && !listed.contains(&secret), "a secret is shown once");
        assert_eq!(page(town.post_as(&administrator, "/staff/webhooks", &new)).0, 422, "a name once in a unit");

        // Of a complaint nobody learns the minute: it is told at the next full hour, its time is the hour before.
        let key = complain(&town.db, "phuong-cau-giay", 1);
        take_up(&town.db, key);
        carry(&town.db, clock::now());
        assert_eq!(receiver.got().len(), 0);
        carry(&town.db, next_hour());
        let got = receiver.got();
        let states: Vec<Value> = got.iter().map(|got| got.json()["data"]["state"].clone()).collect();
        assert_eq!(states, ["received", "accepted"]);
        assert!(got[0].json()["timestamp"].as_str().expect("a time").ends_with(":00:00Z"), "{}", got[0].body);

        // Ten answers of a ward enter figures together, and are told as a number.
        for _ in 0..10 {
            assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, 4)).status(), 201);
        }
        town.let_in();
        let lan = town.sign_in("lan");
        let checked = town.post_as(&lan, "/staff/plans/cau-giay-2026/2026-q1/check", &[("version", "1")]);
        assert!(location(&checked).ends_with("?done=check"));
        carry(&town.db, clock::now() + TimeDelta::minutes(1));
        let got = receiver.got();
        assert_eq!(got.len(), 4, "{got:?}");
        let of = |kind: &str| got.iter().find(|got| got.json()["type"] == kind).unwrap_or_else(|| panic!("no {kind}")).json();
        assert_eq!(of("answers.released")["data"]["sheets"], 10);
        assert_eq!(of("answers.released")["data"]["unit"], "phuong-cau-giay");
        let closed = of("period.closed");
        assert_eq!((&closed["data"]["state"], &closed["data"]["version"]), (&"checked".into(), &1.into()));
        // The address to read is ours, and it is there.
        let read = closed["data"]["read"].as_str().expect("an address");
        let path = read.strip_prefix("https://khaosat.example.gov.vn").expect("our address");
        assert_eq!(town.get_as(&lan, path).status(), 200, "{path}");

        let mut ids = std::collections::BTreeSet::new();
        for got in &got {
            assert_eq!(got.header("webhook-signature"), signed_by_python(&secret, got));
            assert_eq!(got.header("content-type"), "application/json");
            assert!(ids.insert(got.header("webhook-id").to_owned()), "an identifier each");
            for word in ["chờ", "quầy", "0912", "Lan", "contact", "comment", "access_info"] {
                assert!(!got.body.contains(word), "{word} in {}", got.body);
            }
        }

        // A trial; then nothing more once the address is ended.
        let id = texts(&listed, "input[name=webhook]").len();
        assert!(id > 0, "buttons name their address");
        let one = [("webhook", "1")];
        assert!(location(&town.post_as(&administrator, "/staff/webhooks/test", &one)).ends_with("?done=test"));
        carry(&town.db, clock::now() + TimeDelta::minutes(2));
        assert_eq!(receiver.got().last().expect("a message").json()["type"], "webhook.test");
        town.add_user("nguoi-khac", Role::Administrator, "xa-o-dien");
        let stranger = town.sign_in("nguoi-khac");
        assert!(location(&town.post_as(&stranger, "/staff/webhooks/end", &one)).ends_with("?done=gone"));
        assert!(!town.get_as(&stranger, "/staff/webhooks").text().expect("a page").contains("Một cửa"));
        assert!(location(&town.post_as(&administrator, "/staff/webhooks/end", &one)).ends_with("?done=end"));
        let told = receiver.got().len();
        complain(&town.db, "phuong-cau-giay", 2);
        carry(&town.db, next_hour() + TimeDelta::hours(1));
        assert_eq!(receiver.got().len(), told);
        assert_eq!(town.db.webhook_load().expect("asked").waiting, 0);
    }

    fn what_is_refused_waits_ever_longer_is_given_up_and_goes_when_somebody_says_so(fresh) {
        let town = Town::start_with(fresh, &[LOOPBACK]);
        let (receiver, administrator) = (Receiver::start(Reply::Status(500)), town.sign_in("administrator"));
        let ward = town.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a unit").id;
        enter(&town.db, ward, "Một cửa", &receiver.url(), &[HookEvent::ComplaintChanged]);
        let key = complain(&town.db, "phuong-cau-giay", 1);
        take_up(&town.db, key);
        let mut now = next_hour();
        for (tried, wait) in EVENT_WAITS.iter().enumerate() {
            carry(&town.db, now);
            carry(&town.db, now + *wait - TimeDelta::seconds(1));
            assert_eq!(receiver.got().len(), tried + 1, "not before its time, and nothing past the first of its object");
            // The wait is counted from the end of the try.
            now += *wait + TimeDelta::seconds(5);
        }
        assert_eq!(town.db.webhook_load().expect("asked").dead, 0);
        carry(&town.db, now);
        let load = town.db.webhook_load().expect("asked");
        assert_eq!((load.dead, load.waiting), (1, 1), "given up after the ninth try; the next has its turn");
        let ids: std::collections::BTreeSet<String> =
            receiver.got().iter().map(|got| got.header("webhook-id").to_owned()).collect();
        assert_eq!(ids.len(), 1, "the same identifier at every try");
        let shown = town.get_as(&administrator, "/staff/webhooks").text().expect("a page");
        assert!(shown.contains("mã trạng thái 500") && shown.contains("Gửi lại"), "{shown}");

        receiver.now_says(Reply::Status(200));
        let event = town.db.dead_events(&[1], 10).expect("asked")[0].id.clone();
        for deed in ["again", "drop"] {
            let unknown = [("webhook", "1"), ("event", "khong-co")];
            let answer = town.post_as(&administrator, &format!("/staff/webhooks/{deed}"), &unknown);
            assert!(location(&answer).ends_with("?done=gone"), "{deed}");
        }
        let again = [("webhook", "1"), ("event", event.as_str())];
        assert!(location(&town.post_as(&administrator, "/staff/webhooks/again", &again)).ends_with("?done=again"));
        carry(&town.db, now + TimeDelta::days(1));
        let got = receiver.got();
        let states: Vec<Value> = got[9..].iter().map(|got| got.json()["data"]["state"].clone()).collect();
        assert_eq!(states, ["received", "accepted"], "what is sent again goes before what waited behind it");
        assert_eq!(town.db.webhook_load().expect("asked").dead, 0);
    }

    fn two_servers_deliver_each_event_once(fresh) {
        let db = fresh.serve();
        let place = commune(&db);
        let receiver = Receiver::start(Reply::Status(200));
        enter(&db, place.unit, "Một cửa", &receiver.url(), &[HookEvent::ComplaintChanged]);
        for number in 0..20 {
            complain(&db, "xa-phu-dong", number);
        }
        // On SQLite one server may serve the file: there the two are two threads.
        let other = fresh.url().file().is_none().then(|| fresh.serve());
        let other = other.unwrap_or_else(|| db.clone());
        std::thread::scope(|scope| {
            scope.spawn(|| carry(&db, next_hour()));
            scope.spawn(|| carry(&other, next_hour()));
        });
        let mut ids: Vec<String> = receiver.got().iter().map(|got| got.header("webhook-id").to_owned()).collect();
        assert_eq!(ids.len(), 20);
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 20);
    }
}

#[test]
fn a_receiver_that_hangs_costs_the_others_nothing() {
    let fresh = fresh_db(Backend::Sqlite);
    let db = fresh.serve();
    let place = commune(&db);
    let (hung, well) = (Receiver::start(Reply::Hang), Receiver::start(Reply::Status(200)));
    enter(&db, place.unit, "Treo", &hung.url(), &[HookEvent::ComplaintChanged]);
    enter(&db, place.unit, "Tốt", &well.url(), &[HookEvent::ComplaintChanged]);
    for number in 0..3 {
        complain(&db, "xa-phu-dong", number);
    }
    carry(&db, next_hour());
    assert_eq!(well.got().len(), 3);
    assert_eq!(hung.got().len(), 1, "what does not answer is asked once in a lap");
    let listed = db.webhooks(&[place.unit]).expect("asked");
    assert_eq!(listed.iter().find(|listed| listed.name == "Treo").expect("listed").last_reason, "late");
    hung.now_says(Reply::Status(200));
    carry(&db, next_hour() + TimeDelta::minutes(2));
    assert_eq!(hung.got().len(), 4);
    assert_eq!(db.webhook_load().expect("asked").waiting, 0);
}

fn send_to(sender: &Sender, url: &str) -> Result<(), Untaken> {
    sender.send(&Message { url, id: "msg_1", timestamp: 1, body: "{}", secret: &[1; 32] })
}

#[test]
fn no_message_enters_a_network_that_was_not_allowed_however_it_is_written() {
    let receiver = Receiver::start(Reply::Status(200));
    let port = receiver.address.port();
    let inner = Network::parse("10.0.0.0/8").expect("a block");
    for sender in [Sender::new(&[]), Sender::new(&[inner])] {
        for host in [
            "127.0.0.1",
            "localhost",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "127.1",
        ] {
            for scheme in ["http", "https"] {
                let url = format!("{scheme}://{host}:{port}/");
                assert_eq!(send_to(&sender, &url), Err(Untaken::Address), "{url}");
            }
        }
    }
    assert_eq!(receiver.connections(), 0, "nobody was even called");
    // The same receiver, once it is allowed.
    let loopback = Network::parse("127.0.0.1").expect("an address");
    assert_eq!(send_to(&Sender::new(&[loopback]), &receiver.url()), Ok(()));
    assert_eq!(receiver.connections(), 1);
}

#[test]
fn a_receiver_cannot_send_us_elsewhere() {
    let target = Receiver::start(Reply::Status(200));
    let receiver = Receiver::start(Reply::SendTo(target.url()));
    let loopback = Network::parse("127.0.0.1").expect("an address");
    assert_eq!(send_to(&Sender::new(&[loopback]), &receiver.url()), Err(Untaken::Redirect));
    assert_eq!((receiver.connections(), target.connections()), (1, 0));
}

#[test]
fn the_page_takes_no_inner_address_and_no_plain_one_unless_it_is_allowed() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let administrator = town.sign_in("administrator");
    for url in ["https://10.0.0.1/", "http://hooks.example.vn/", "https://[::1]/", "https://a:b@hooks.example.vn/", "x"]
    {
        let new = [("name", "A"), ("url", url), ("unit", "phuong-cau-giay"), ("events", "complaint.changed")];
        let (status, shown) = page(town.post_as(&administrator, "/staff/webhooks", &new));
        assert_eq!(status, 422, "{url}");
        assert!(!texts(&shown, ".field-error").is_empty(), "{url}");
    }
    let units: Vec<i32> = town.db.units().expect("units").into_iter().map(|unit| unit.id).collect();
    assert!(town.db.webhooks(&units).expect("asked").is_empty());
}

#[test]
fn a_certificate_that_no_authority_vouches_for_gets_nothing() {
    let folder = std::env::temp_dir().join(format!("sipas_webhook_cert_{}", std::process::id()));
    let (cert, key) = crate::letters::certificate(&folder);
    let script = "import http.server, ssl, sys\n\
                  server = http.server.HTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)\n\
                  context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n\
                  context.load_cert_chain(sys.argv[1], sys.argv[2])\n\
                  server.socket = context.wrap_socket(server.socket, server_side=True)\n\
                  print(server.server_address[1], flush=True)\n\
                  server.serve_forever()";
    let mut server = Command::new("/usr/bin/python3")
        .args(["-c", script, &cert, &key])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3");
    let mut port = String::new();
    BufReader::new(server.stdout.take().expect("its output")).read_line(&mut port).expect("a port");
    let loopback = ["127.0.0.1", "::1"].map(|address| Network::parse(address).expect("an address"));
    let url = format!("https://localhost:{}/", port.trim());
    let refused = send_to(&Sender::new(&loopback), &url);
    server.kill().expect("ended");
    let said = server.wait_with_output().expect("an end");
    let _ = std::fs::remove_dir_all(&folder);
    assert_eq!(refused, Err(Untaken::Certificate));
    let said = String::from_utf8_lossy(&said.stderr);
    assert!(!said.contains("POST"), "nothing was said through it: {said}");
}
