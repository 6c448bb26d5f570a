//! The database gone and back: a PostgreSQL of the test's own, stopped at once in the middle of the load, and started.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use sipas::db::{DatabaseUrl, Db};

use crate::load::{Client, Load, Sent, body};
use crate::server::{Folder, PATIENCE, Server};
use crate::stored::{Books, assert_calm};
use crate::support::commune;

/// A PostgreSQL cluster that ends with this value.
struct Cluster {
    tools: PathBuf,
    data: PathBuf,
    port: u16,
    _folder: Folder,
}

impl Cluster {
    fn start() -> Self {
        let installed = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL, which ./dev test installs");
        let tools = installed.map(|version| version.expect("a version").path().join("bin"));
        let tools = tools.filter(|tools| tools.join("initdb").exists()).max().expect("initdb");
        let folder = Folder::new();
        let home = folder.path("postgres");
        std::fs::create_dir(&home).expect("a folder");
        if is_root() {
            let told = Command::new("chown").arg("postgres:").arg(&home).status().expect("chown");
            assert!(told.success());
        }
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let cluster = Self { tools, data: home.join("data"), port, _folder: folder };
        let data = cluster.data.to_str().expect("UTF-8").to_owned();
        // fsync stays on, as everywhere in these tests.
        cluster.run("initdb", &["-D", &data, "-U", "sipas", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]);
        cluster.go_on();
        cluster
    }

    fn go_on(&self) {
        let options = format!("-h 127.0.0.1 -p {} -c unix_socket_directories=''", self.port);
        let (data, log) = (self.data.to_str().expect("UTF-8"), self.data.with_file_name("log"));
        self.run("pg_ctl", &["start", "-w", "-s", "-D", data, "-l", log.to_str().expect("UTF-8"), "-o", &options]);
    }

    /// No orderly end: connections break, the server recovers from its log when it starts again.
    fn break_off(&self) {
        self.run("pg_ctl", &["stop", "-s", "-m", "immediate", "-D", self.data.to_str().expect("UTF-8")]);
    }

    fn run(&self, tool: &str, arguments: &[&str]) {
        let output = self.try_run(tool, arguments);
        let words = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&words));
    }

    /// PostgreSQL refuses to run as root. Its output goes to files, because the server inherits what it is given.
    fn try_run(&self, tool: &str, arguments: &[&str]) -> Output {
        let tool = self.tools.join(tool);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(tool);
            command
        } else {
            Command::new(tool)
        };
        let words = self.data.with_file_name("words");
        let file = std::fs::File::create(&words).expect("a file");
        let status = command
            .args(arguments)
            .current_dir("/")
            .stdout(file.try_clone().expect("a file"))
            .stderr(file)
            .status()
            .expect("PostgreSQL's tools");
        Output { status, stdout: std::fs::read(&words).expect("words"), stderr: Vec::new() }
    }

    fn address(&self) -> String {
        format!("postgres://sipas@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.try_run("pg_ctl", &["stop", "-s", "-m", "immediate", "-D", self.data.to_str().unwrap_or_default()]);
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id");
    output.stdout.starts_with(b"0\n")
}

#[test]
fn a_database_that_goes_and_comes_back_loses_nothing_and_thanks_nobody_meanwhile() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let url = DatabaseUrl::parse(&cluster.address()).expect("an address");
    let commune = {
        let (db, _) = Db::open_for_server(&url, sipas::db::Sizes::default()).expect("a database");
        commune(&db)
    };
    let server = Server::start(&cluster.address(), &folder.path("log"), &[]);
    let mut books = Books::default();
    for _ in 0..2 {
        let load = Load::start(4, server.address, &commune.codes[0]);
        std::thread::sleep(Duration::from_millis(300));
        cluster.break_off();
        // The clients go on against a database that is not there. Whatever one of them is told now is no thanks.
        let gone = Load::start(4, server.address, &commune.codes[0]);
        assert_eq!(server.get("/health/live").0, 200);
        assert_eq!(server.get("/health/ready").0, 503);
        let told = gone.stop();
        assert!(!told.is_empty() && told.iter().all(|sent| sent.status == Some(503)), "{told:?}");
        books.enter(&told);
        books.enter(&load.stop());

        cluster.go_on();
        // Everything that was not acknowledged is sent again, as a phone does, until it is.
        let since = Instant::now();
        let mut client = Client::connect(server.address).expect("a connection");
        while let Some(attempt) = books.unknown.iter().copied().next() {
            let status = client.post(&commune.codes[0], &body(attempt, 4)).expect("an answer");
            books.enter(&[Sent { attempt, status: Some(status) }]);
            assert!(since.elapsed() < PATIENCE, "the server does not find its database again");
        }
        assert_eq!(server.get("/health/ready").0, 200);
    }
    let db = Db::open(&url).expect("a database");
    assert_eq!(books.compare_and_recount(&db, commune.unit), books.acknowledged.len());
    let log = server.log();
    assert_calm(&log);
    assert!(log.contains("database cannot be reached or written now"), "{log}");
    assert_eq!(server.stop().code(), Some(0));
}
