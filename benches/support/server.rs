//! The program as a process of its own, on a database of a few units and points; what `/proc` tells of it.
#![allow(dead_code, reason = "each bench uses a part of what stands here")]

use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sipas::config::Config;
use sipas::db::{DatabaseUrl, Db, Sizes};
use sipas::demo::traffic::http::Request;
use sipas::web::state::App;

/// How the server stores answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As installed: all that waits in one transaction.
    Batched,
    /// The same program with at most one answer in a transaction.
    OneByOne,
}

/// A database with the demonstration's units and points, and a form for each point.
pub struct Data {
    folder: PathBuf,
    url: String,
    points: Vec<(String, String)>,
}

impl Data {
    /// A file on the disk of the build folder.
    pub fn sqlite(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let url = format!("sqlite:{}", folder.join("sipas.db").display());
        Self::fill(folder, url)
    }

    /// The database that `./dev bench` starts; none where there is none.
    pub fn postgres() -> Option<Self> {
        let url = std::env::var("SIPAS_TEST_POSTGRES").ok()?;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Some(Self::fill(folder, url))
    }

    fn fill(folder: PathBuf, url: String) -> Self {
        let filled = command(&url).args(["demo", "--responses", "500", "--seed", "1"]).status().expect("the program");
        assert!(filled.success());
        let db = Db::open(&DatabaseUrl::parse(&url).expect("an address")).expect("a database");
        let listed = db.points(None).expect("points").into_iter().filter(|point| point.retired_on.is_none());
        let points = listed.map(|listed| {
            let point = db.point(&listed.code).expect("an answer").expect("a point");
            let asked = &point.form.questionnaire;
            let mut body = format!("form={}&lang=vi&field={}", asked.reference(), point.fields[0].code);
            for (place, item) in asked.items().enumerate() {
                let _ = write!(body, "&q.{}={}", item.id, 3 + place % 3);
            }
            (listed.code, body)
        });
        Self { points: points.collect(), folder, url }
    }

    /// Where its files lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A form under an attempt that was never used; the points take turns.
    pub fn answer(&self, kind: Kind, run: u64, number: u64) -> Request {
        let (code, body) = &self.points[usize::try_from(number).unwrap_or(0) % self.points.len()];
        let attempt = format!("{:08x}-{run:04x}-4000-8000-{number:012x}", kind as u32 + std::process::id() * 2);
        Request {
            method: "POST",
            path: format!("/s/{code}"),
            content_type: "application/x-www-form-urlencoded",
            more: String::new(),
            body: format!("attempt={attempt}&{body}").into_bytes(),
        }
    }

    /// The form of a point; the points take turns.
    pub fn view(&self, number: u64) -> Request {
        let (code, _) = &self.points[usize::try_from(number).unwrap_or(0) % self.points.len()];
        Request { method: "GET", path: format!("/s/{code}"), ..Request::default() }
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The program with nothing of the caller's settings but the database.
pub fn command(url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sipas"));
    for (key, _) in std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("SIPAS_")) {
        command.env_remove(key);
    }
    command.env("SIPAS_DATABASE_URL", url);
    command
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port()
}

/// A running server.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
}

impl Server {
    /// Starts it on a free port of this machine and waits until it listens.
    pub fn start(data: &Data, kind: Kind) -> Self {
        Self::start_with(data, kind, &[])
    }

    /// [`Server::start`] with more settings.
    pub fn start_with(data: &Data, kind: Kind, settings: &[(&str, &str)]) -> Self {
        let port = free_port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut command = match kind {
            Kind::Batched => {
                let mut command = command(&data.url);
                command.arg("serve");
                command
            }
            Kind::OneByOne => {
                let mut command = Command::new(std::env::current_exe().expect("this program"));
                command.args(["--one-by-one", &data.url, &address.to_string()]);
                command
            }
        };
        command.env("SIPAS_BIND", address.to_string()).env("SIPAS_SUBMIT_LIMIT", "off");
        command.envs(settings.iter().copied());
        Self::started(command, address)
    }

    /// Starts the program on a database that is there already.
    pub fn of(url: &str) -> Self {
        let port = free_port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut command = command(url);
        command.arg("serve").env("SIPAS_BIND", address.to_string()).env("SIPAS_SECOND_FACTOR", "off");
        Self::started(command, address)
    }

    fn started(mut command: Command, address: SocketAddr) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the program");
        let mut log = BufReader::new(child.stderr.take().expect("its log"));
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            assert!(log.read_line(&mut line).expect("a line") > 0, "the server ended before it listened");
        }
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::stderr()));
        Self { address, child }
    }

    /// Processor time of the server since its start, seconds: user and system of `/proc/PID/stat`, in ticks of 10 ms.
    pub fn processor_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        // Fields 14 and 15 of proc(5); the state, field 3, is the first here.
        let ticks: Vec<f64> = after_name.split_whitespace().skip(11).take(2).filter_map(|t| t.parse().ok()).collect();
        ticks.iter().sum::<f64>() / 100.0
    }

    /// `VmRSS` or `VmHWM`, MiB.
    pub fn memory(&self, what: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).map_or(f64::NAN, |kb| kb / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// The server of [`Kind::OneByOne`]: database and address as arguments.
pub fn serve_one_by_one(arguments: &[String]) {
    let [url, address, ..] = arguments else { panic!("--one-by-one DATABASE ADDRESS") };
    let settings =
        [("SIPAS_DATABASE_URL", url.as_str()), ("SIPAS_BIND", address.as_str()), ("SIPAS_SUBMIT_LIMIT", "off")];
    let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let config = Config::from_sources(settings, |path| std::fs::read_to_string(path)).expect("settings");
    let app = App::open_with(config, Sizes { batch_max: 1, ..Sizes::default() }).expect("an app");
    sipas::web::run(app, |_| eprintln!("listening")).expect("a server");
}
