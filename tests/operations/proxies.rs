//! The shipped configurations of nginx and Caddy, with the real programs in front of the real server: every page of
//! citizens is visited, a file is brought, the server ends; then everything that was logged is searched.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::load::body;
use crate::proxy_scopes::{CADDYFILE, NGINX};
use crate::server::{Folder, PATIENCE, Server, program};
use crate::support::{Backend, Commune, FreshDb, commune, fresh_db};

const HOST: &str = "khaosat.example.gov.vn";
/// A citizen's address, which stands in no file afterwards.
const CITIZEN: &str = "127.0.5.1";
const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const REFERENCE: &str = "PQ8Y-TFM3-8WWD";
const TICKET: &str = "ABCDE23456";
const PASSWORD: &str = "mot mat khau rat dai 7";
/// How the page of a proxy begins to tell a citizen what to do.
const KEEP: &str = "Phiếu không bị ghi hai lần";

/// Which program stands in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nginx,
    Caddy,
}

/// A proxy as a process of its own. Ended when dropped.
struct Proxy {
    kind: Kind,
    child: Child,
    port: u16,
    plain: u16,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port()
}

/// Replaces what a place has of its own; each stands in the file.
fn placed(text: &str, changes: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from} stands in the shipped file");
        text = text.replace(from, to);
    }
    text
}

impl Proxy {
    /// Starts it with a shipped configuration, its names of this place put in, in front of `server`.
    fn start(kind: Kind, shipped: &str, folder: &Path, server: &Server) -> Self {
        let (port, plain) = (free_port(), free_port());
        let file = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
        let upstream = server.address.to_string();
        let log = fs::File::options().create(true).append(true).open(file("proxy.stderr")).expect("a log");
        let (certificate, key) = (file("../tls/cert.pem"), file("../tls/key.pem"));
        let mut command = match kind {
            Kind::Nginx => {
                let site = placed(
                    shipped,
                    &[
                        ("/etc/ssl/khaosat.pem", &certificate),
                        ("/etc/ssl/khaosat.key", &key),
                        ("    listen [::]:443 ssl http2;\n", ""),
                        ("    listen [::]:80;\n", ""),
                        ("listen 443 ", &format!("listen 127.0.0.1:{port} ")),
                        ("listen 80;", &format!("listen 127.0.0.1:{plain};")),
                        ("127.0.0.1:8080", &upstream),
                    ],
                );
                // Around it what Debian has: both logs on for whoever does not say otherwise.
                let mut around = format!(
                    "daemon off;\nuser root;\npid {};\nerror_log {};\nevents {{}}\nhttp {{\naccess_log {};\n",
                    file("nginx.pid"),
                    file("error.log"),
                    file("access.log")
                );
                for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
                    let _ = writeln!(around, "{kind}_temp_path {};", file(kind));
                }
                fs::write(file("nginx.conf"), format!("{around}{site}}}\n")).expect("a configuration");
                // Debian has it where only root looks for programs.
                let debian = Path::new("/usr/sbin/nginx");
                let mut command = Command::new(if debian.exists() { debian } else { Path::new("nginx") });
                command.args(["-e", &file("error.log"), "-c", &file("nginx.conf")]);
                command
            }
            Kind::Caddy => {
                let ports =
                    format!("\n{{\n\tadmin off\n\tdefault_bind 127.0.0.1\n\thttp_port {plain}\n\thttps_port {port}\n");
                let site = placed(
                    shipped,
                    &[
                        ("# tls /etc/ssl/khaosat.pem /etc/ssl/khaosat.key", &format!("tls {certificate} {key}")),
                        ("127.0.0.1:8080", &upstream),
                        ("\n{\n", &ports),
                    ],
                );
                fs::write(file("Caddyfile"), site).expect("a configuration");
                let mut command = Command::new("caddy");
                command.args(["run", "--adapter", "caddyfile", "--config", &file("Caddyfile")]);
                command.env("HOME", folder).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
                command
            }
        };
        let child = command.stdin(Stdio::null()).stdout(log.try_clone().expect("a file")).stderr(log).spawn();
        let mut proxy = Self { child: child.unwrap_or_else(|error| panic!("{kind:?}: {error}")), kind, port, plain };
        let since = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = proxy.child.try_wait().expect("its state");
            let said = fs::read_to_string(file("proxy.stderr")).unwrap_or_default();
            assert!(ended.is_none() && since.elapsed() < PATIENCE, "{kind:?} does not listen: {said}");
            std::thread::sleep(Duration::from_millis(20));
        }
        proxy
    }

    /// A request over TLS from an address of this machine: status, head and body.
    fn ask(&self, from: &str, method: &str, path: &str, headers: &str, body: &[u8]) -> (u16, String) {
        let mut client = Command::new("openssl")
            .args(["s_client", "-quiet", "-connect", &format!("127.0.0.1:{}", self.port)])
            .args(["-servername", HOST, "-bind", &format!("{from}:0")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {HOST}\r\nreferer: https://{HOST}{path}\r\n{headers}content-length: {}\r\n\
             connection: close\r\n\r\n",
            body.len()
        );
        let mut input = client.stdin.take().expect("its input");
        let bytes = [head.as_bytes(), body].concat();
        // Written beside, because a server may answer before it has read everything.
        let writing = std::thread::spawn(move || {
            let _ = input.write_all(&bytes);
            input
        });
        let mut answer = Vec::new();
        client.stdout.take().expect("its output").read_to_end(&mut answer).expect("an answer");
        let _ = client.kill();
        let _ = client.wait();
        drop(writing.join());
        let text = String::from_utf8_lossy(&answer).into_owned();
        let status = text.get(9..12).and_then(|status| status.parse().ok());
        (status.unwrap_or_else(|| panic!("{method} {path}: no status in {text:?}")), text)
    }

    fn get(&self, path: &str) -> (u16, String) {
        self.ask(CITIZEN, "GET", path, "", b"")
    }

    fn post(&self, path: &str, kind: &str, body: &str) -> (u16, String) {
        self.ask(CITIZEN, "POST", path, &format!("content-type: {kind}\r\n"), body.as_bytes())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // In order, with everything written that is to be written: nginx logs a request only once its connection is over.
        let signal = if self.kind == Kind::Nginx { "-QUIT" } else { "-TERM" };
        let _ = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// Everything that lies in a folder, by file.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            let bytes = fs::read(entry.path()).unwrap_or_default();
            found.push((entry.path().display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    found
}

/// A place: a database, a certificate, a server behind its proxy.
struct Place {
    _fresh: FreshDb,
    folder: Folder,
    commune: Commune,
    server: Server,
}

impl Place {
    fn new() -> Self {
        let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
        let commune = commune(&fresh.serve());
        for name in ["tls", "proxy"] {
            fs::create_dir(folder.path(name)).expect("a folder");
        }
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
            .args(["-subj", &format!("/CN={HOST}"), "-addext", &format!("subjectAltName=DNS:{HOST}")])
            .args(["-keyout", &folder.text("tls/key.pem"), "-out", &folder.text("tls/cert.pem")])
            .output();
        assert!(made.expect("openssl").status.success());
        let mut adding = program(&[("SIPAS_DATABASE_URL", &fresh.address())])
            .args(["user", "add", "nhap", "--display-name", "Nhập", "--role", "data_entry", "--unit", "xa-phu-dong"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("the program");
        writeln!(adding.stdin.take().expect("its input"), "{PASSWORD}").expect("a password");
        assert!(adding.wait().expect("its end").success());
        let public = format!("https://{HOST}");
        let settings =
            [("SIPAS_TRUSTED_PROXIES", "127.0.0.1"), ("SIPAS_PUBLIC_URL", &public), ("SIPAS_SUBMIT_LIMIT", "3")];
        let server = Server::start(&fresh.address(), &folder.path("proxy/sipas.log"), &settings);
        Self { _fresh: fresh, folder, commune, server }
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Where an answer leads on to, on this host.
fn location(answer: &str) -> String {
    let found = answer.lines().find(|line| line.to_lowercase().starts_with("location: ")).expect("a way on");
    found[10..].trim().replace(&format!("https://{HOST}"), "")
}

/// Everything a citizen opens and sends; the reference of the complaint left.
fn visit(proxy: &Proxy, code: &str) -> String {
    let attempt = Uuid::new_v4();
    let sheet = format!(
        "attempt={attempt}&form=short%401&field=justice&q.item0=4&q.item1=4&q.item2=4&q.item3=4&q.item4=5&lang=vi"
    );
    let (status, answer) = proxy.post(&format!("/s/{code}"), FORM, &sheet);
    assert_eq!(status, 303, "{answer}");
    let thanks = location(&answer);
    let complaint =
        format!("once={}&unit=xa-phu-dong&kind=complaint&text=Ch%E1%BB%9D+l%C3%A2u&lang=vi", Uuid::new_v4());
    let (status, answer) = proxy.post("/complaints", FORM, &complaint);
    assert_eq!(status, 303, "{answer}");
    let seen = location(&answer);
    let reference = seen.trim_start_matches("/complaints/").split('?').next().expect("a reference").to_owned();
    for (path, expected) in [
        (format!("/s/{code}"), &[200][..]),
        (format!("/S/{}", code.to_uppercase()), &[200]),
        (thanks, &[200]),
        (seen, &[200]),
        (format!("/s/{code}?preview=1&large=1&lang=vi"), &[200]),
        ("/".to_owned(), &[200, 303]),
        ("/privacy".to_owned(), &[200]),
        ("/results".to_owned(), &[200]),
        ("/complaints".to_owned(), &[200]),
        (format!("/complaints?point={code}"), &[200]),
        (format!("/complaints/{REFERENCE}"), &[200, 404]),
        (format!("/complaints/{REFERENCE}?new=1"), &[200, 404]),
        (format!("/qr/{code}.svg"), &[200]),
        (format!("/qr/{code}.png"), &[200]),
        (format!("/T/{TICKET}"), &[200, 303, 404]),
        (format!("/api/v1/points/{code}"), &[200]),
        // By then three references that are none were asked for from there.
        (format!("/api/v1/complaints/{REFERENCE}"), &[404, 429]),
        (format!("/staff/link/{SECRET}"), &[404, 410]),
        (format!("/staff/set-up?secret={SECRET}"), &[200, 404, 410]),
        ("/health/live".to_owned(), &[200]),
        ("/s/XXXXXXX".to_owned(), &[404]),
    ] {
        let (status, answer) = proxy.get(&path);
        assert!(expected.contains(&status), "{path}: {answer}");
        let head = answer.split("\r\n\r\n").next().expect("a head").to_lowercase();
        let policy = if path.starts_with("/staff/") { "strict-origin" } else { "no-referrer" };
        assert!(head.contains(&format!("referrer-policy: {policy}")), "{path}: {head}");
        assert_eq!(head.matches("referrer-policy").count(), 1, "{path}: {head}");
    }
    let with_ticket = body(Uuid::new_v4(), 4).replace("\"comment\"", &format!("\"ticket\":\"{TICKET}\",\"comment\""));
    let (status, answer) = proxy.post(&format!("/api/v1/points/{code}/responses"), "application/json", &with_ticket);
    assert!((200..500).contains(&status), "{answer}");
    let (status, _) =
        proxy.post(&format!("/staff/link/{SECRET}"), FORM, &format!("password={PASSWORD}&again={PASSWORD}"));
    assert!((400..500).contains(&status), "{status}");
    // More than a citizen sends: first the server's own page, then, further up, that of the proxy, in the same language.
    let (status, answer) = proxy.post("/complaints", FORM, &format!("text={}", "x".repeat(100_000)));
    assert_eq!(status, 413, "{answer}");
    let (status, answer) = proxy.post("/complaints", FORM, &format!("text={}", "x".repeat(200_000)));
    assert!(status == 413 && answer.contains("Nội dung gửi quá lớn"), "{answer}");
    reference
}

/// A file of 4 MiB reaches the page that reads it, whoever has signed in through the proxy.
fn bring_a_file(proxy: &Proxy) {
    let form = format!("name=nhap&password={}", PASSWORD.replace(' ', "+"));
    let (status, answer) = proxy.post("/staff/sign-in", FORM, &form);
    assert_eq!(status, 303, "{answer}");
    let cookie = answer.lines().find(|line| line.to_lowercase().starts_with("set-cookie: ")).expect("a session");
    let cookie = cookie[12..].split(';').next().expect("a cookie");
    let mut file = b"--part\r\ncontent-disposition: form-data; name=\"file\"; filename=\"phieu.xlsx\"\r\n\r\n".to_vec();
    file.extend(std::iter::repeat_n(b'x', 4 * 1024 * 1024));
    file.extend(b"\r\n--part--\r\n");
    let kind = format!("content-type: multipart/form-data; boundary=part\r\ncookie: {cookie}\r\n");
    let (status, answer) = proxy.ask(CITIZEN, "POST", "/staff/entry/import", &kind, &file);
    assert!(status == 422 && answer.contains("<!DOCTYPE html>"), "the page read the file and refused it: {answer}");
    // Answered before it is read; of a whole file a client that speaks HTTP/1.1 might see a broken connection only.
    let (status, answer) = proxy.ask(CITIZEN, "POST", "/staff/entry/import", "", &file[..32 * 1024]);
    assert_eq!(status, 303, "without a session: {answer}");
}

/// Each network has its own limit behind the proxy, and nobody gets another one by a header.
fn count_by_network(proxy: &Proxy, code: &str) {
    let send = |from: &str, forged: u8| {
        let headers = format!(
            "content-type: application/json\r\nx-forwarded-for: 203.0.{forged}.7\r\nforwarded: for=203.0.{forged}.7\r\n"
        );
        let sheet = body(Uuid::new_v4(), 4);
        proxy.ask(from, "POST", &format!("/api/v1/points/{code}/responses"), &headers, sheet.as_bytes()).0
    };
    let statuses: Vec<u16> = (1..=4).map(|number| send("127.0.8.1", number)).collect();
    assert_eq!(statuses, [201, 201, 201, 429], "a limit of three");
    assert_eq!(send("127.0.9.1", 1), 201, "another network");
}

/// Two lengths in one request: whoever believed the other one would read a second request out of the body.
fn smuggle(proxy: &Proxy, code: &str) {
    let sheet = body(Uuid::new_v4(), 4);
    let hidden = format!(
        "0\r\n\r\nPOST /api/v1/points/{code}/responses HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{sheet}",
        sheet.len()
    );
    for headers in ["transfer-encoding: chunked\r\n", "transfer-encoding: xchunked\r\n", "content-length: 4\r\n"] {
        let asked = format!("content-type: application/json\r\n{headers}");
        let path = format!("/api/v1/points/{code}/responses");
        let (status, answer) = proxy.ask("127.0.7.1", "POST", &path, &asked, hidden.as_bytes());
        assert!((400..502).contains(&status) && !answer.contains(" 201 "), "{headers}: {answer}");
    }
}

/// What citizens and programs see when the server is down.
fn visit_when_away(proxy: &Proxy, code: &str) {
    for (method, path) in [("GET", format!("/s/{code}")), ("POST", format!("/s/{code}")), ("GET", "/staff/".to_owned())]
    {
        let (status, answer) = proxy.ask(CITIZEN, method, &path, "", b"");
        assert_eq!(status, 503, "{method} {path}: {answer}");
        assert!(answer.contains("lang=\"vi\"") && answer.contains(KEEP), "{answer}");
        assert!(answer.contains("lang=\"en\"") && answer.contains("Nothing is stored twice"), "{answer}");
        let head = answer.split("\r\n\r\n").next().expect("a head").to_lowercase();
        for part in ["retry-after: 60", "cache-control: no-store", "referrer-policy: no-referrer", "charset=utf-8"] {
            assert!(head.contains(part), "{part} in {head}");
        }
    }
    let (status, answer) = proxy.get(&format!("/api/v1/points/{code}"));
    let body = answer.split("\r\n\r\n").nth(1).expect("a body");
    let said: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"));
    assert_eq!((status, said["code"].as_str()), (503, Some("unavailable")));
    assert!(answer.to_lowercase().contains("content-type: application/json"), "{answer}");
}

/// Where what may not be known stands in a file of the folder.
fn leaks(folder: &Path, code: &str, reference: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in files(folder) {
        for secret in [code, reference, REFERENCE, TICKET, SECRET, CITIZEN, "127.0.8.1", PASSWORD] {
            if let Some(line) = text.lines().find(|line| line.contains(secret)) {
                found.push(format!("{name}: {secret}: {line}"));
            }
        }
    }
    found
}

fn a_day_behind(kind: Kind) {
    let shipped = if kind == Kind::Nginx { NGINX } else { CADDYFILE };
    let place = Place::new();
    let [code, other] = &place.commune.codes;
    let folder = place.folder.path("proxy");
    let proxy = Proxy::start(kind, shipped, &folder, &place.server);
    let offered = Command::new("openssl")
        .args(["s_client", "-alpn", "h2", "-servername", HOST, "-connect", &format!("127.0.0.1:{}", proxy.port)])
        .stdin(Stdio::null())
        .output();
    let offered = String::from_utf8_lossy(&offered.expect("openssl").stdout).into_owned();
    assert!(offered.contains("ALPN protocol: h2"), "{offered}");
    let plain = reqwest::blocking::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
    let plain = plain.expect("a client").get(format!("http://127.0.0.1:{}/s/{code}", proxy.plain)).header("host", HOST);
    let moved = plain.send().expect("an answer");
    assert!(moved.status().is_redirection() && moved.headers()["location"].as_bytes().starts_with(b"https://"));

    let reference = visit(&proxy, code);
    bring_a_file(&proxy);
    smuggle(&proxy, other);
    count_by_network(&proxy, other);
    place.server.kill();
    visit_when_away(&proxy, code);
    drop(proxy);
    assert_eq!(leaks(&folder, code, &reference), [""; 0]);
}

/// That the search finds what it looks for: the same, without what keeps the log silent.
fn a_visit_that_is_logged(kind: Kind) {
    let spoilt = match kind {
        Kind::Nginx => NGINX.replace("    access_log off;\n", "").replace("    error_log /dev/null emerg;\n", ""),
        // What the file warns of: a line of a site's own.
        Kind::Caddy => CADDYFILE
            .replace("\t\texclude http.log http.handlers http.stdlib\n", "\t\tlevel info\n")
            .replace("\theader -Server\n", "\theader -Server\n\tlog\n"),
    };
    let place = Place::new();
    let code = &place.commune.codes[0];
    let folder = place.folder.path("proxy");
    let proxy = Proxy::start(kind, &spoilt, &folder, &place.server);
    place.server.kill();
    assert_eq!(proxy.get(&format!("/s/{code}")).0, 503);
    drop(proxy);
    let found = leaks(&folder, code, REFERENCE).join("\n");
    assert!(found.contains(code.as_str()) && found.contains(CITIZEN), "{kind:?}: {found}");
}

#[test]
fn nginx_logs_nothing_of_citizens_and_cuts_no_file() {
    a_day_behind(Kind::Nginx);
}

#[test]
fn caddy_logs_nothing_of_citizens_and_cuts_no_file() {
    a_day_behind(Kind::Caddy);
}

#[test]
fn the_search_finds_what_both_would_log_otherwise() {
    a_visit_that_is_logged(Kind::Nginx);
    a_visit_that_is_logged(Kind::Caddy);
}
