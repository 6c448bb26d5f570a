//! A PostgreSQL and its synchronous replica, by two ways of making the replica the primary: by hand, and under `pg_auto_failover` with its
//! monitor, both from Debian's packages.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::cluster::{Cluster, is_root};
use crate::server::{Folder, PATIENCE};
use crate::support::free_port;

/// Two databases of which one writes.
pub trait Pair {
    /// As docs/operations.md says it: both places, and whichever of them writes.
    fn address(&self) -> String;
    /// Returns once an answer is acknowledged only when both have it.
    fn wait_until_whole(&self);
    /// Every process of the one that writes is gone at once.
    fn lose_primary(&mut self);
    /// The other one may write from now on; by hand, or because a monitor finds that it must.
    fn promote(&mut self);
    /// A new replica in the place of the one that was lost.
    fn replace(&mut self);
}

/// Promoted by hand.
pub struct ByHand {
    primary: Cluster,
    replica: Option<Cluster>,
    there: u16,
}

impl ByHand {
    pub fn start() -> Self {
        let (primary, there) = (Cluster::start(), free_port());
        let replica = Some(Cluster::replica_of(&primary, there));
        Self { primary, replica, there }
    }
}

impl Pair for ByHand {
    fn address(&self) -> String {
        format!(
            "postgres://sipas@127.0.0.1:{},127.0.0.1:{}/postgres?target_session_attrs=read-write",
            self.primary.port, self.there
        )
    }

    fn wait_until_whole(&self) {
        self.primary.wait_for_replica();
    }

    fn lose_primary(&mut self) {
        self.primary.kill();
    }

    fn promote(&mut self) {
        let replica = self.replica.take().expect("a replica");
        replica.promote();
        self.there = self.primary.port;
        self.primary = replica;
    }

    fn replace(&mut self) {
        // Of the data of the one that was lost nothing is used again.
        self.replica = Some(Cluster::replica_of(&self.primary, self.there));
    }
}

/// A monitor and two databases that it watches.
pub struct Watched {
    folder: Folder,
    monitor: u16,
    nodes: [u16; 2],
    running: Vec<(&'static str, Child)>,
}

const MONITOR: &str = "monitor";
/// How long the monitor believes in a node that says nothing, and how long in a primary that does not say that it stepped down.
const WAITS: &str = "\npgautofailover.health_check_period = 2000\npgautofailover.node_considered_unhealthy_timeout = 10000\n\
                     pgautofailover.primary_demote_timeout = 10000\n";
const NODES: [&str; 2] = ["one", "two"];

impl Watched {
    pub fn start() -> Self {
        let folder = Folder::new();
        if is_root() {
            let told = Command::new("chown").arg("postgres:").arg(folder.path(".")).status().expect("chown");
            assert!(told.success());
        }
        let mut pair = Self { folder, monitor: free_port(), nodes: [free_port(), free_port()], running: Vec::new() };
        // Trust in this machine's own address is for a test; docs/operations.md has passwords.
        let open = ["--auth", "trust", "--no-ssl", "--hostname", "127.0.0.1"];
        let port = pair.monitor.to_string();
        pair.tool(&[&["create", "monitor", "--pgdata", MONITOR, "--pgport", &port][..], &open].concat());
        // As docs/operations.md says: out of the box it waits for 50 seconds.
        let settings = pair.folder.path(MONITOR).join("postgresql.conf");
        let mut settings = std::fs::OpenOptions::new().append(true).open(settings).expect("the monitor's settings");
        settings.write_all(WAITS.as_bytes()).expect("written");
        pair.run(MONITOR);
        let monitor = format!("postgres://autoctl_node@127.0.0.1:{port}/pg_auto_failover");
        for (name, port) in NODES.into_iter().zip(pair.nodes.map(|port| port.to_string())) {
            let node = ["create", "postgres", "--pgdata", name, "--pgport", &port, "--name", name];
            let whose = ["--username", "sipas", "--dbname", "sipas", "--monitor", &monitor];
            let since = Instant::now();
            while !pair.try_tool(&[&node[..], &open, &whose].concat()) {
                assert!(since.elapsed() < PATIENCE, "{name} does not begin: {}", pair.words());
            }
            pair.run(name);
        }
        pair
    }

    fn run(&mut self, name: &'static str) {
        let child = self.command(&["run", "--pgdata", name], &format!("{name}.log")).spawn().expect("pg_autoctl");
        self.running.push((name, child));
    }

    fn tool(&self, arguments: &[&str]) {
        assert!(self.try_tool(arguments), "pg_autoctl {arguments:?}: {}", self.words());
    }

    fn try_tool(&self, arguments: &[&str]) -> bool {
        self.command(arguments, "words").status().expect("pg_autoctl, which ./dev soak installs").success()
    }

    fn words(&self) -> String {
        std::fs::read_to_string(self.folder.path("words")).unwrap_or_default()
    }

    /// `pg_autoctl` as its user, at home in the folder.
    fn command(&self, arguments: &[&str], log: &str) -> Command {
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", "pg_autoctl"]);
            command
        } else {
            Command::new("pg_autoctl")
        };
        let home = self.folder.path(".");
        let tools = crate::cluster::tools();
        let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap_or_default());
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.folder.path(log)).expect("a log");
        for (key, value) in
            [("HOME", &home), ("XDG_CONFIG_HOME", &home), ("XDG_DATA_HOME", &home), ("XDG_RUNTIME_DIR", &home)]
        {
            command.env(key, value);
        }
        command.env("PATH", path).args(arguments).current_dir(&home).stdin(Stdio::null());
        command.stdout(log.try_clone().expect("a log")).stderr(log);
        command
    }

    /// What a statement answers, as text; nothing where nobody answers.
    fn ask(port: u16, user: &str, database: &str, statement: &str) -> String {
        let port = port.to_string();
        let place = ["-h", "127.0.0.1", "-p", &port, "-U", user, "-d", database, "-X", "-A", "-t", "-c", statement];
        let output = Command::new(crate::cluster::tools().join("psql")).args(place).output().expect("psql");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// The name of the one that writes.
    fn primary(&self) -> &'static str {
        let writes = |port: &u16| Self::ask(*port, "sipas", "sipas", "SELECT pg_is_in_recovery()") == "f";
        NODES[self.nodes.iter().position(writes).expect("one of them writes")]
    }

    /// Kills what keeps a database and the database itself.
    fn kill(&self, name: &str) {
        let mut gone = Vec::new();
        for file in [self.folder.path(name).join("postmaster.pid"), keeper_file(&self.folder.path("."), name)] {
            let first = std::fs::read_to_string(&file).unwrap_or_default();
            gone.extend(first.lines().next().map(|pid| pid.trim().to_owned()));
        }
        // The keeper first, else it would start the database again; then the children of both.
        gone.reverse();
        let children: Vec<String> = gone.iter().flat_map(|pid| descendants(pid)).collect();
        let killed = Command::new("kill").arg("-KILL").args(&gone).args(&children).output();
        killed.expect("kill");
    }
}

/// Where `pg_autoctl` keeps the number of its process, by the place of the data.
fn keeper_file(home: &Path, name: &str) -> PathBuf {
    let home = std::fs::canonicalize(home).expect("a folder");
    let data = home.join(name);
    home.join("pg_autoctl").join(data.strip_prefix("/").expect("a whole path")).join("pg_autoctl.pid")
}

fn descendants(pid: &str) -> Vec<String> {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let children: Vec<String> = children.split_whitespace().map(str::to_owned).collect();
    let further: Vec<String> = children.iter().flat_map(|child| descendants(child)).collect();
    [children, further].concat()
}

impl Pair for Watched {
    fn address(&self) -> String {
        let [one, two] = self.nodes;
        format!("postgres://sipas@127.0.0.1:{one},127.0.0.1:{two}/sipas?target_session_attrs=read-write")
    }

    fn wait_until_whole(&self) {
        let whole = "SELECT count(*) FROM pgautofailover.node \
                     WHERE reportedstate = goalstate AND reportedstate IN ('primary', 'secondary')";
        let since = Instant::now();
        while Self::ask(self.monitor, "autoctl_node", "pg_auto_failover", whole) != "2" {
            assert!(since.elapsed() < PATIENCE, "the two are not whole: see {}", self.folder.path(".").display());
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn lose_primary(&mut self) {
        let primary = self.primary();
        self.kill(primary);
        self.running.retain_mut(|(name, child)| *name != primary || child.wait().is_err());
    }

    fn promote(&mut self) {
        // The monitor does.
    }

    fn replace(&mut self) {
        let lost =
            NODES.into_iter().find(|node| !self.running.iter().any(|(name, _)| name == node)).expect("one is lost");
        // What a killed PostgreSQL leaves; it would name the process of another.
        let _ = std::fs::remove_file(self.folder.path(lost).join("postmaster.pid"));
        self.run(lost);
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        for name in NODES.into_iter().chain([MONITOR]) {
            self.kill(name);
        }
        for (_, child) in &mut self.running {
            let _ = child.wait();
        }
    }
}
