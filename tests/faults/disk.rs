//! A disk without room: a real one of a few megabytes where the machine lets us mount it, and a limit on file sizes, which
//! every machine has. Answers are refused, none is thanked for and lost, and with room again everything goes on.

use std::path::PathBuf;
use std::process::Command;

use sipas::db::{DatabaseUrl, Db};
use uuid::Uuid;

use crate::load::{Client, Sent, body};
use crate::server::{Folder, Server};
use crate::stored::{Books, assert_calm};
use crate::support::commune;

/// Posts until the server says that it cannot store, and some more.
fn post_until_full(client: &mut Client, code: &str, books: &mut Books) {
    let mut refused = 0;
    for _ in 0..50_000 {
        let attempt = Uuid::new_v4();
        let status = client.post(code, &body(attempt, 4)).expect("an answer");
        books.enter(&[Sent { attempt, status: Some(status) }]);
        refused += u32::from(status == 503);
        if refused == 20 {
            return;
        }
    }
    panic!("the disk did not get full");
}

fn post_again(client: &mut Client, code: &str, books: &mut Books) {
    for attempt in books.unknown.clone() {
        let status = client.post(code, &body(attempt, 4)).expect("an answer");
        books.enter(&[Sent { attempt, status: Some(status) }]);
    }
    assert!(books.unknown.is_empty(), "with room again everything is stored");
}

fn assert_said(server: &Server, words: &[&str]) {
    let log = server.log();
    assert_calm(&log);
    assert!(words.iter().any(|words| log.contains(words)), "{log}");
}

fn new_commune(file: &str) -> crate::support::Commune {
    let url = DatabaseUrl::parse(&format!("sqlite:{file}")).expect("a path");
    commune(&Db::open_for_server(&url, sipas::db::Sizes::default()).expect("a database").0)
}

#[test]
fn files_that_may_not_grow_cost_no_answer() {
    let folder = Folder::new();
    let file = folder.text("sipas.db");
    let commune = new_commune(&file);
    // The signal of the limit is ignored, so that writing fails as it does on a full disk: with an error.
    let through = ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"];
    let server = Server::start_by(&through, &format!("sqlite:{file}"), &folder.path("log"), &[]);
    let mut client = Client::connect(server.address).expect("a connection");
    let mut books = Books::default();
    for _ in 0..3 {
        let attempt = Uuid::new_v4();
        let status = client.post(&commune.codes[0], &body(attempt, 4)).expect("an answer");
        books.enter(&[Sent { attempt, status: Some(status) }]);
    }
    let process = server.process().to_string();
    let limit = |size: &str| {
        let told = Command::new("prlimit").args(["--pid", &process, &format!("--fsize={size}:unlimited")]).status();
        assert!(told.expect("prlimit of util-linux").success());
    };
    let log = std::fs::metadata(format!("{file}-wal")).expect("a write-ahead log").len();
    let database = std::fs::metadata(&file).expect("a database").len();
    limit(&(log.max(database)).to_string());
    post_until_full(&mut client, &commune.codes[0], &mut books);
    assert_eq!(server.get("/health/live").0, 200);
    assert_eq!(server.get("/health/ready").0, 503, "no answer can be stored");
    limit("unlimited");
    post_again(&mut client, &commune.codes[0], &mut books);
    assert_eq!(server.get("/health/ready").0, 200, "with room again");
    assert_said(&server, &["disk I/O error", "database or disk is full"]);
    assert_eq!(server.stop().code(), Some(0));
    let url = DatabaseUrl::parse(&format!("sqlite:{file}")).expect("a path");
    books.compare_and_recount(&Db::open(&url).expect("a database"), commune.unit);
}

#[test]
fn a_file_removed_or_replaced_while_it_is_served_thanks_nobody() {
    for replaced in [false, true] {
        let folder = Folder::new();
        let file = folder.text("sipas.db");
        let commune = new_commune(&file);
        let server = Server::start(&format!("sqlite:{file}"), &folder.path("log"), &[]);
        let mut client = Client::connect(server.address).expect("a connection");
        let mut post = || client.post(&commune.codes[0], &body(Uuid::new_v4(), 4)).expect("an answer");
        assert_eq!(post(), 201);
        assert_eq!(server.get("/health/ready").0, 200);
        if replaced {
            std::fs::copy(&file, folder.path("other.db")).expect("a copy");
            std::fs::rename(folder.path("other.db"), &file).expect("replaced");
        } else {
            std::fs::remove_file(&file).expect("removed");
        }
        assert_eq!([post(), post(), post()], [503; 3], "replaced: {replaced}");
        assert_eq!(server.get("/health/ready").0, 503, "replaced: {replaced}");
        assert_eq!(server.get("/health/live").0, 200);
        assert_eq!(std::path::Path::new(&file).exists(), replaced, "nothing is made in its place");
        assert_eq!(server.stop().code(), Some(0));
        let log = std::fs::read_to_string(folder.path("log")).expect("a log");
        assert_calm(&log);
        let told = |words: &str| log.lines().filter(|line| line.contains("ERROR") && line.contains(words)).count();
        assert_eq!(told("nothing is stored from now on"), 1, "{log}");
        assert_eq!(told("stopped without the file of the database in its place"), 1, "{log}");
    }
}

/// How a process gets a small disk of its own: as root, or as anybody where the machine has user namespaces.
fn ways() -> Option<(&'static [&'static str], &'static [&'static str])> {
    const ROOT: (&[&str], &[&str]) = (&["-m"], &["-m"]);
    const ANYBODY: (&[&str], &[&str]) = (&["-U", "-r", "-m"], &["-U", "--preserve-credentials", "-m"]);
    [ROOT, ANYBODY].into_iter().find(|(unshare, _)| {
        let tried = Command::new("unshare").args(*unshare).args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
        tried.is_ok_and(|tried| tried.status.success())
    })
}

#[test]
fn a_full_disk_costs_no_answer() {
    let Some((unshare, enter)) = ways() else {
        println!("no disk can be mounted here: a limit on file sizes stands for it");
        return files_that_may_not_grow_cost_no_answer();
    };
    let folder = Folder::new();
    let disk = folder.text("disk");
    std::fs::create_dir(&disk).expect("a folder");
    // Prepared outside, because only the server and what enters its namespace see the small disk.
    let commune = new_commune(&folder.text("sipas.db"));
    let script =
        format!("mount -t tmpfs -o size=6m tmpfs {disk} && cp {} {disk}/ && exec \"$@\"", folder.text("sipas.db"));
    let through = [&["unshare"][..], unshare, &["sh", "-c", &script, "sh"]].concat();
    let database = format!("sqlite:{disk}/sipas.db");
    let server = Server::start_by(&through, &database, &folder.path("log"), &[]);
    let inside = |command: &str| {
        let output = Command::new("nsenter")
            .args(["-t", &server.process().to_string()])
            .args(enter)
            .args(["sh", "-c", command])
            .output()
            .expect("nsenter");
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let mut client = Client::connect(server.address).expect("a connection");
    let mut books = Books::default();
    assert!(!inside(&format!("cat /dev/zero > {disk}/ballast")).0, "the disk is full, says cat");
    post_until_full(&mut client, &commune.codes[0], &mut books);
    assert_eq!(server.get("/health/live").0, 200);
    assert_eq!(server.get("/health/ready").0, 503, "no answer can be stored");
    let (_, sizes) = inside(&format!("df --output=avail {disk} | tail -n 1"));
    assert_eq!(sizes.trim(), "0", "it was the disk");
    assert!(inside(&format!("rm {disk}/ballast")).0);
    post_again(&mut client, &commune.codes[0], &mut books);
    assert_eq!(server.get("/health/ready").0, 200, "with room again");
    assert_said(&server, &["database or disk is full"]);
    // The small disk goes with the server, so the database is taken off it first.
    let saved: PathBuf = folder.path("saved.db");
    let backup = format!("{} backup {}", env!("CARGO_BIN_EXE_sipas"), saved.display());
    assert!(inside(&format!("SIPAS_DATABASE_URL={database} {backup}")).0);
    assert_eq!(server.stop().code(), Some(0));
    let url = DatabaseUrl::parse(&format!("sqlite:{}", saved.display())).expect("a path");
    books.compare_and_recount(&Db::open(&url).expect("a database"), commune.unit);
}
