//! Durable answers a second through HTTP, beside what the machine can do at most: one transaction an answer, the disk's rate
//! of syncs, and the same rows in equal batches straight into SQLite; then views of the form, and memory.
//!
//! `./dev bench --bench answers [-- SECONDS]` (seconds a setting, 4 if left out). The server is a process of its own, the
//! program as it is installed; its processor time and memory are read from `/proc/PID`. Rates are of one run on one machine:
//! compare them with each other only. Prints a table; nothing here can fail for being slow.

#[path = "support/server.rs"]
mod server;
#[path = "support/straight.rs"]
mod straight;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use server::{Data, Kind, Server};
use sipas::demo::traffic::Latency;
use sipas::demo::traffic::http::{Client, Request};

const CLIENTS: [usize; 4] = [1, 16, 64, 256];
/// Threads that write on PostgreSQL.
const WRITERS: [&str; 4] = ["1", "2", "4", "8"];

/// What one setting came to.
struct Run {
    done: u64,
    seconds: f64,
    latency: Latency,
    /// Processor seconds of the server.
    processor: f64,
}

impl Run {
    fn rate(&self) -> f64 {
        self.done as f64 / self.seconds
    }

    fn row(&self, what: &str) {
        let Latency { p50_ms, p95_ms, p99_ms, .. } = self.latency;
        let each = 1e3 * self.processor / self.done as f64;
        println!("| {what} | {:.0} | {p50_ms:.1} | {p95_ms:.1} | {p99_ms:.1} | {each:.3} |", self.rate());
    }
}

/// Sends what `request` makes over `clients` connections for some time; every answer must have `status`.
fn load(server: &Server, clients: usize, seconds: f64, status: u16, request: impl Fn(u64) -> Request + Sync) -> Run {
    let (number, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let processor = server.processor_seconds();
    let begun = Instant::now();
    let client = || {
        let mut client = Client::new(server.address);
        let mut times = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let request = request(number.fetch_add(1, Ordering::Relaxed));
            let sent = Instant::now();
            let answer = client.send(&request).expect("an answer");
            times.push(sent.elapsed());
            assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&answer.body));
        }
        times
    };
    let times: Vec<Duration> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
        std::thread::sleep(Duration::from_secs_f64(seconds));
        stop.store(true, Ordering::Relaxed);
        threads.into_iter().flat_map(|thread| thread.join().expect("a client")).collect()
    });
    let seconds = begun.elapsed().as_secs_f64();
    let processor = server.processor_seconds() - processor;
    Run { done: times.len() as u64, seconds, latency: Latency::of(times), processor }
}

/// Numbers the runs, so that no two send the same attempts to one database.
static RUNS: AtomicU64 = AtomicU64::new(0);

fn answers(data: &Data, kind: Kind, name: &str, seconds: f64, settings: &[(&str, &str)]) -> Vec<(usize, f64)> {
    let server = Server::start_with(data, kind, settings);
    let rates = CLIENTS.map(|clients| {
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        let measured = load(&server, clients, seconds, 303, |number| data.answer(kind, run, number));
        measured.row(&format!("{name}, {clients} clients"));
        (clients, measured.rate())
    });
    println!("| {name}, memory at its highest: {:.0} MiB | | | | | |", server.memory("VmHWM"));
    rates.to_vec()
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(place) = arguments.iter().position(|argument| argument == "--one-by-one") {
        return server::serve_one_by_one(&arguments[place + 1..]);
    }
    let seconds = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(4.0);
    println!("| what | a second | p50 ms | p95 ms | p99 ms | processor ms each |\n|---|---|---|---|---|---|");

    let data = Data::sqlite("answers");
    let batched = answers(&data, Kind::Batched, "SQLite", seconds, &[]);
    let single = answers(&Data::sqlite("one-by-one"), Kind::OneByOne, "SQLite, (a) one transaction each", seconds, &[]);
    if let Some(data) = Data::postgres() {
        for writers in WRITERS {
            let name = format!("PostgreSQL, WRITERS={writers}");
            answers(&data, Kind::Batched, &name, seconds, &[("SIPAS_WRITERS", writers)]);
        }
    }
    let syncs = straight::syncs_a_second(data.folder(), seconds);
    println!("| (b) syncs of the disk | {syncs:.0} | | | | |");
    let rate_of = |rates: &[(usize, f64)]| rates.iter().find(|(clients, _)| *clients == 64).map_or(f64::NAN, |of| of.1);
    for rows in [64, 256] {
        let rate = straight::rows_a_second(data.folder(), rows, seconds);
        println!("| (c) the same rows straight into SQLite, {rows} a batch | {rate:.0} | | | | |");
        println!("| SQLite with 64 clients, share of (c) with {rows} | {:.2} | | | | |", rate_of(&batched) / rate);
    }
    println!("| SQLite with 64 clients, times (a) | {:.1} | | | | |", rate_of(&batched) / rate_of(&single));

    let server = Server::start(&data, Kind::Batched);
    let view = |number, accept: &str| Request { more: format!("Accept-Encoding: {accept}\r\n"), ..data.view(number) };
    load(&server, 1, 0.2, 200, |number| view(number, "gzip"));
    println!("| memory at rest: {:.0} MiB | | | | | |", server.memory("VmRSS"));
    for (name, accept) in [("gzip", "gzip"), ("plain", "identity")] {
        let run = load(&server, 16, seconds, 200, |number| view(number, accept));
        run.row(&format!("views of the form, {name}, 16 clients"));
        println!("| views of the form, {name}, a core | {:.0} | | | | |", run.done as f64 / run.processor);
    }
    println!("| memory after the views: {:.0} MiB | | | | | |", server.memory("VmHWM"));
}
