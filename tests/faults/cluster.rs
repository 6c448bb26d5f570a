//! A PostgreSQL of a test's own: stopped, killed, copied to a replica that takes its place.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::server::{Folder, PATIENCE};
use crate::support::free_port;

/// A PostgreSQL cluster that ends with this value.
pub struct Cluster {
    tools: PathBuf,
    data: PathBuf,
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    _folder: Folder,
}

impl Cluster {
    /// A new one, empty.
    pub fn start() -> Self {
        let cluster = Self::nowhere(free_port());
        // fsync stays on, as everywhere in these tests.
        let data = cluster.data().to_owned();
        cluster.run("initdb", &["-D", &data, "-U", "sipas", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]);
        cluster.go_on();
        cluster
    }

    /// A copy of `primary` on `port` that follows it.
    pub fn replica_of(primary: &Self, port: u16) -> Self {
        let cluster = Self::nowhere(port);
        let (data, from) = (cluster.data().to_owned(), primary.port.to_string());
        let place = ["-D", &data, "-h", "127.0.0.1", "-p", &from, "-U", "sipas"];
        // `-R` writes down whom it follows.
        cluster.run("pg_basebackup", &[&place[..], &["-R", "-X", "stream", "-c", "fast"]].concat());
        cluster.go_on();
        cluster
    }

    fn nowhere(port: u16) -> Self {
        let tools = tools();
        let folder = Folder::new();
        let home = folder.path("postgres");
        std::fs::create_dir(&home).expect("a folder");
        if is_root() {
            let told = Command::new("chown").arg("postgres:").arg(&home).status().expect("chown");
            assert!(told.success());
        }
        Self { tools, data: home.join("data"), port, _folder: folder }
    }

    fn data(&self) -> &str {
        self.data.to_str().expect("UTF-8")
    }

    /// From now on it thanks only for what its replica has on disk too; returns once the replica follows so closely.
    pub fn wait_for_replica(&self) {
        self.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.sql("SELECT pg_reload_conf()");
        let since = Instant::now();
        while self.sql("SELECT sync_state FROM pg_stat_replication").trim() != "sync" {
            assert!(since.elapsed() < PATIENCE, "the replica does not follow");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The power is cut: every process of it is gone at once.
    pub fn kill(&self) {
        let first = std::fs::read_to_string(self.data.join("postmaster.pid")).expect("a number");
        let postmaster = first.lines().next().expect("a number").to_owned();
        let children =
            std::fs::read_to_string(format!("/proc/{postmaster}/task/{postmaster}/children")).expect("Linux");
        let killed = Command::new("kill").args(["-KILL", &postmaster]).args(children.split_whitespace()).output();
        // One of the children may have ended by itself meanwhile.
        killed.expect("kill");
    }

    /// Makes the replica the primary.
    pub fn promote(&self) {
        self.run("pg_ctl", &["promote", "-w", "-s", "-D", self.data()]);
    }

    /// What a statement answers, as text.
    pub fn sql(&self, statement: &str) -> String {
        let port = self.port.to_string();
        let place = ["-h", "127.0.0.1", "-p", &port, "-U", "sipas", "-d", "postgres", "-X", "-A", "-t", "-c"];
        let output = self.try_run("psql", &[&place[..], &[statement]].concat());
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{statement}: {words}");
        words
    }

    /// Starts it.
    pub fn go_on(&self) {
        let options = format!("-h 127.0.0.1 -p {} -c unix_socket_directories=''", self.port);
        let (data, log) = (self.data.to_str().expect("UTF-8"), self.data.with_file_name("log"));
        self.run("pg_ctl", &["start", "-w", "-s", "-D", data, "-l", log.to_str().expect("UTF-8"), "-o", &options]);
    }

    /// No orderly end: connections break, the server recovers from its log when it starts again.
    pub fn break_off(&self) {
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

    /// Its address.
    pub fn address(&self) -> String {
        format!("postgres://sipas@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.try_run("pg_ctl", &["stop", "-s", "-m", "immediate", "-D", self.data.to_str().unwrap_or_default()]);
    }
}

/// Where the newest PostgreSQL has its tools.
pub fn tools() -> PathBuf {
    let installed = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL, which ./dev test installs");
    let tools = installed.map(|version| version.expect("a version").path().join("bin"));
    tools.filter(|tools| tools.join("initdb").exists()).max().expect("initdb")
}

pub fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id");
    output.stdout.starts_with(b"0\n")
}
