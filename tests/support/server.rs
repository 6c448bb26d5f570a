//! The program itself as a process of its own: served, killed, asked on its command line; its log in a file.

#![allow(dead_code, reason = "each test program uses a part of what stands here")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long anything may take before a test says that it hangs. Nothing is judged by it but that.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// `sipas` with nothing of the caller's settings.
pub fn program(settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sipas"));
    for (key, _) in std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("SIPAS_")) {
        command.env_remove(key);
    }
    command.envs(settings.iter().copied());
    command
}

/// Runs a command to its end.
pub fn sipas(settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    program(settings).args(arguments).stdin(Stdio::null()).output().expect("the program")
}

/// Runs a command on a database; what it printed. It must end with 0.
pub fn done(address: &str, arguments: &[&str]) -> String {
    let output = sipas(&[("SIPAS_DATABASE_URL", address)], arguments);
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {words}");
    String::from_utf8(output.stdout).expect("UTF-8") + &words
}

/// Runs a command on a database; the sentence with which it was refused. It must end with 1.
pub fn refused(address: &str, arguments: &[&str]) -> String {
    let output = sipas(&[("SIPAS_DATABASE_URL", address)], arguments);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {words}");
    assert!(!words.contains("panicked"), "{words}");
    words
}

/// A folder that goes away with this value.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes one.
    pub fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("sipas_folder_{}_{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// [`Folder::path`] as text.
    pub fn text(&self, name: &str) -> String {
        self.path(name).to_str().expect("UTF-8").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A server process. Killed when dropped.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
    log: PathBuf,
    ended: bool,
}

impl Server {
    /// Starts `sipas serve` on a free port and waits until it listens. The log goes to the end of `log`.
    pub fn start(database: &str, log: &Path, settings: &[(&str, &str)]) -> Self {
        Self::start_by(&[], database, log, settings)
    }

    /// [`Server::start`] through another program, as in `["prlimit", "--nofile=100", "--"]`.
    pub fn start_by(through: &[&str], database: &str, log: &Path, settings: &[(&str, &str)]) -> Self {
        let mut all =
            vec![("SIPAS_DATABASE_URL", database), ("SIPAS_BIND", "127.0.0.1:0"), ("SIPAS_SUBMIT_LIMIT", "off")];
        all.retain(|(key, _)| settings.iter().all(|(given, _)| given != key));
        all.extend(settings);
        let mut command = program(&all);
        if let Some((first, rest)) = through.split_first() {
            let mut outer = Command::new(first);
            outer.args(rest).arg(command.get_program());
            for (key, value) in command.get_envs() {
                match value {
                    Some(value) => outer.env(key, value),
                    None => outer.env_remove(key),
                };
            }
            command = outer;
        }
        let file = File::options().create(true).append(true).open(log).expect("a log");
        let before = file.metadata().expect("its size").len();
        let child = command.arg("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).spawn();
        let mut server = Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            child: child.expect("the program"),
            log: log.to_owned(),
            ended: false,
        };
        let since = usize::try_from(before).expect("a size");
        server.address = server.wait_for("an address", since, |line| {
            // As text and as JSON.
            let rest = line.contains("listening").then(|| line.split_once("address"))??.1;
            rest.trim_start_matches(['=', '"', ':']).split(['"', ' ']).next()?.parse().ok()
        });
        server
    }

    /// The first line of the log, from byte `from` on, that holds `words`.
    pub fn wait_for_line(&mut self, words: &str, from: usize) -> String {
        self.wait_for(words, from, |line| line.contains(words).then(|| line.to_owned()))
    }

    fn wait_for<T>(&mut self, what: &str, from: usize, found: impl Fn(&str) -> Option<T>) -> T {
        let since = Instant::now();
        loop {
            let text = self.log();
            // A line that is still being written is not read yet.
            let lines = text.get(from..).unwrap_or_default();
            let whole = lines.rsplit_once('\n').map_or("", |(whole, _)| whole);
            if let Some(found) = whole.lines().find_map(&found) {
                return found;
            }
            let ended = self.child.try_wait().expect("its state");
            assert!(ended.is_none() && since.elapsed() < PATIENCE, "no line with {what} came: {ended:?}\n{lines}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Everything that was logged into its file.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("a log")
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL, and its end waited for.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("its end");
        self.ended = true;
    }

    /// SIGTERM, and its end waited for.
    pub fn stop(mut self) -> ExitStatus {
        let told = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill");
        assert!(told.success());
        let status = self.child.wait().expect("its end");
        self.ended = true;
        status
    }

    /// `GET` of a path: status and body.
    pub fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).expect("the server answers");
        stream.set_read_timeout(Some(PATIENCE)).expect("a setting");
        let head = format!("GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address);
        stream.write_all(head.as_bytes()).expect("sent");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("an answer");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let status = text.get(9..12).and_then(|status| status.parse().ok());
        let body = text.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.to_owned());
        (status.unwrap_or_else(|| panic!("no status in {text}")), body)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !self.ended {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
