//! The log has no reader any more, none that reads, or no disk: requests are answered, answers stored, and the end is orderly.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, Command, Stdio};

use sipas::db::Db;
use uuid::Uuid;

use crate::load::{Client, body};
use crate::server::{PATIENCE, program};
use crate::support::{Backend, FreshDb, commune, free_address, fresh_db};

/// Lines of staff requests that more than fill a pipe of 64 KiB.
const LINES: usize = 900;

struct Served {
    child: Child,
    address: SocketAddr,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(fresh: &FreshDb, stderr: Stdio) -> Served {
    let (database, bind) = (fresh.address(), free_address());
    let settings = [("SIPAS_DATABASE_URL", database.as_str()), ("SIPAS_BIND", &bind), ("SIPAS_SUBMIT_LIMIT", "off")];
    let child = program(&settings).arg("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr).spawn();
    Served { child: child.expect("the program"), address: bind.parse().expect("an address") }
}

/// Staff pages, which leave lines; answers; one that fails, which leaves a line too; and the end.
fn live_without_a_log(fresh: &FreshDb, mut served: Served, code: &str, lines: usize) {
    let web = reqwest::blocking::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
    let web = web.build().expect("a client");
    let address = served.address;
    let get = |path: &str| web.get(format!("http://{address}{path}")).send().expect("an answer").status().as_u16();
    for _ in 0..lines {
        assert_eq!(get("/staff/"), 303);
    }
    let mut client = Client::connect(served.address).expect("a connection");
    assert_eq!(client.post(code, &body(Uuid::new_v4(), 4)).expect("an answer"), 201);
    fresh.sql("ALTER TABLE comment RENAME TO away");
    assert_eq!(client.post(code, &body(Uuid::new_v4(), 4)).expect("an answer"), 500);
    fresh.sql("ALTER TABLE away RENAME TO comment");
    assert_eq!(client.post(code, &body(Uuid::new_v4(), 4)).expect("an answer"), 201);
    assert_eq!(get("/health/ready"), 200);
    let told = Command::new("kill").arg(served.child.id().to_string()).status().expect("kill");
    assert!(told.success());
    assert_eq!(served.child.wait().expect("its end").code(), Some(0), "an orderly end");
    assert_eq!(Db::open(fresh.url()).expect("a database").count_sheets(), Ok(2));
}

/// Reads until the server listens.
fn until_it_listens(stderr: ChildStderr) -> BufReader<ChildStderr> {
    let mut reader = BufReader::new(stderr);
    let mut line = String::new();
    while !line.contains("listening") {
        line.clear();
        assert_ne!(reader.read_line(&mut line).expect("a line"), 0, "it ended");
    }
    reader
}

fn new_town() -> (FreshDb, String) {
    let fresh = fresh_db(Backend::Sqlite);
    let code = commune(&fresh.serve()).codes[0].clone();
    (fresh, code)
}

#[test]
fn a_log_whose_reader_has_gone_costs_nothing() {
    let (fresh, code) = new_town();
    let mut served = serve(&fresh, Stdio::piped());
    drop(until_it_listens(served.child.stderr.take().expect("its log")));
    live_without_a_log(&fresh, served, &code, 3);
}

#[test]
fn a_log_whose_reader_does_not_read_holds_nobody_up() {
    let (fresh, code) = new_town();
    let mut served = serve(&fresh, Stdio::piped());
    let _unread = until_it_listens(served.child.stderr.take().expect("its log"));
    live_without_a_log(&fresh, served, &code, LINES);
}

#[test]
fn a_log_on_a_full_disk_costs_nothing() {
    let (fresh, code) = new_town();
    let full = std::fs::File::options().write(true).open("/dev/full").expect("a disk without room");
    let served = serve(&fresh, full.into());
    let since = std::time::Instant::now();
    while std::net::TcpStream::connect(served.address).is_err() {
        assert!(since.elapsed() < PATIENCE, "it does not listen");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    live_without_a_log(&fresh, served, &code, 3);
}
