//! The traffic simulator: visitors of a day's opening hours, made from a seed and sent to a server on this machine, bounded
//! in number and time. `visits` says who comes, `day` when, `http` how they are heard.

mod day;
pub mod http;
pub mod nation;
mod visits;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use day::Day;
use http::{Answer, Client, Request};
use visits::{ATTEMPT_OF_PAGE, Expected, Point, Visit, Visits};

/// Most requests of one run.
pub const REQUESTS_MAX: u64 = 1_000_000;
/// Most connections at once.
pub const CLIENTS_MAX: u32 = 512;
/// Longest run, seconds.
pub const SECONDS_MAX: u32 = 3_600;
/// Requests in a row without an answer after which a client takes the server for gone.
const FAILURES_MAX: u32 = 3;

/// What is simulated.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The server, on this machine.
    pub server: SocketAddr,
    /// Codes of the points visited, at least one.
    pub codes: Vec<String>,
    /// Seed: the same number sends the same visitors.
    pub seed: u64,
    /// Requests in all, at most [`REQUESTS_MAX`].
    pub requests: u64,
    /// Connections at once, at most [`CLIENTS_MAX`].
    pub clients: u32,
    /// The day of opening hours passes in this time; none for as fast as the server answers.
    pub duration: Option<Duration>,
    /// Whose day that is.
    pub day: Day,
}

/// Times of the answers to one kind of request, milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
pub struct Latency {
    /// How many.
    pub count: usize,
    /// Half of them took at most this.
    pub p50_ms: f64,
    /// 95 of 100 took at most this.
    pub p95_ms: f64,
    /// 99 of 100 took at most this.
    pub p99_ms: f64,
}

/// What became of the visitors.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Outcome {
    pub seed: u64,
    /// Requests sent.
    pub requests: u64,
    /// Seconds from the first to the last.
    pub seconds: f64,
    /// Answers thanked for the first time.
    pub accepted: u64,
    /// Answers thanked again, as known from before.
    pub repeated: u64,
    /// Refusals by status.
    pub refused: BTreeMap<u16, u64>,
    /// Requests without an answer.
    pub failed: u64,
    /// What was not to be expected, each kind once: a sentence with its number of times. Empty when all is well; that one place
    /// sent too much (429) and that the server is busy (503) is to be expected.
    pub unexpected: BTreeMap<String, u64>,
    /// How long pages took.
    pub pages: Latency,
    /// How long the thanks took.
    pub thanks: Latency,
    /// How long pages and thanks took within the peak of a country's day; empty where there is none.
    pub peak: Latency,
}

/// Sends the visitors and waits for the last answer; the sentence when the server does not know its points.
pub fn run(plan: &Plan) -> Result<Outcome, String> {
    let points = describe(plan)?;
    let visits = Mutex::new((Visits::new(points, plan.seed), 0_u64));
    let start = Instant::now();
    let end = plan.duration.unwrap_or(Duration::from_secs(SECONDS_MAX.into()));
    let gone = AtomicU64::new(0);
    let clients = plan.clients.clamp(1, CLIENTS_MAX);
    // The next visitor with their share of the requests of all, as long as there are requests left.
    let next = || {
        let mut guard = visits.lock().unwrap_or_else(PoisonError::into_inner);
        let (visits, sent) = &mut *guard;
        let left = plan.requests.min(REQUESTS_MAX).checked_sub(*sent).filter(|left| *left > 0)?;
        let share = *sent as f64 / plan.requests as f64;
        let mut visit = visits.next();
        visit.steps.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        *sent += visit.steps.len() as u64;
        Some((share, visit))
    };
    let client = || {
        let mut client = Heard { client: Client::new(plan.server), counted: Counted::default(), failures: 0 };
        while client.failures < FAILURES_MAX && gone.load(Ordering::Relaxed) == 0 && start.elapsed() < end {
            let Some((share, visit)) = next() else { break };
            if let Some(day) = plan.duration {
                let time = plan.day.time_of(share);
                std::thread::sleep(day.mul_f64(time).saturating_sub(start.elapsed()));
                client.counted.at_peak = plan.day.is_peak(time);
            }
            client.visit(visit);
        }
        if client.failures >= FAILURES_MAX {
            gone.fetch_add(1, Ordering::Relaxed);
        }
        client.counted
    };
    let mut counted = Counted::default();
    std::thread::scope(|scope| {
        let started: Vec<_> = (0..clients)
            .filter_map(|_| std::thread::Builder::new().stack_size(256 << 10).spawn_scoped(scope, client).ok())
            .collect();
        for thread in started {
            counted.add(thread.join().unwrap_or_default());
        }
    });
    Ok(counted.outcome(plan.seed, start.elapsed()))
}

/// Asks the server what its points ask.
fn describe(plan: &Plan) -> Result<Vec<Point>, String> {
    let mut client = Client::new(plan.server);
    let mut points = Vec::with_capacity(plan.codes.len());
    for code in &plan.codes {
        let ask = Request { method: "GET", path: format!("/api/v1/points/{code}"), ..Request::default() };
        let answer = client.send(&ask);
        let answer = answer.map_err(|error| format!("http://{} does not answer: {error}", plan.server))?;
        match answer.status {
            200 => points.push(Point::read(&answer.body).ok_or_else(|| format!("what {code} asks is not understood"))?),
            // Retired.
            410 => {}
            status => {
                return Err(format!(
                    "the server answers {status} for the point {code}; is it served from this database?"
                ));
            }
        }
    }
    if points.is_empty() { Err("there is no point to visit".to_owned()) } else { Ok(points) }
}

/// One client and what it heard.
struct Heard {
    client: Client,
    counted: Counted,
    failures: u32,
}

#[derive(Default)]
struct Counted {
    outcome: Outcome,
    pages: Vec<Duration>,
    thanks: Vec<Duration>,
    peak: Vec<Duration>,
    /// Whether the visitor who is heard now came at the peak.
    at_peak: bool,
}

impl Heard {
    fn visit(&mut self, visit: Visit) {
        let mut attempt: Option<String> = None;
        for (mut request, expected) in visit.steps {
            if let Some(attempt) = &attempt
                && request.content_type.starts_with("application/x-www")
            {
                let body = String::from_utf8_lossy(&request.body);
                request.body = body.replace(ATTEMPT_OF_PAGE, attempt).into_bytes();
            }
            let begun = Instant::now();
            let answer = self.client.send(&request);
            self.counted.outcome.requests += 1;
            let Ok(answer) = answer else {
                self.failures += 1;
                self.counted.outcome.failed += 1;
                // Who cannot be heard goes away.
                return;
            };
            self.failures = 0;
            self.counted.hear(&request, expected, &answer, begun.elapsed());
            attempt = attempt.or_else(|| attempt_on(&answer.body));
        }
    }
}

/// The attempt that a page carries.
fn attempt_on(page: &[u8]) -> Option<String> {
    let page = String::from_utf8_lossy(page);
    let (_, rest) = page.split_once("name=attempt value=\"")?;
    rest.get(..36).map(str::to_owned)
}

impl Counted {
    fn hear(&mut self, request: &Request, expected: Expected, answer: &Answer, took: Duration) {
        let outcome = &mut self.outcome;
        let status = answer.status;
        if self.at_peak && matches!(status, 200 | 201 | 303) {
            self.peak.push(took);
        }
        let well = match (expected, status) {
            (_, 429 | 503) => true,
            (Expected::Page, 200) => {
                self.pages.push(took);
                return;
            }
            (Expected::Thanks | Expected::ThanksAgain, 200 | 201 | 303) => {
                self.thanks.push(took);
                let again = status == 200 || (status == 303 && expected == Expected::ThanksAgain);
                *(if again { &mut outcome.repeated } else { &mut outcome.accepted }) += 1;
                expected == Expected::Thanks || again
            }
            (Expected::Refusal(wanted), status) => wanted == status,
            _ => false,
        };
        if !matches!(status, 200 | 201 | 303) {
            *outcome.refused.entry(status).or_default() += 1;
        }
        if !well {
            // The code of the point is left out, so that each kind of surprise is told once.
            let what = if request.path.starts_with("/api/") { "JSON" } else { "page" };
            let words = format!("{} {what}: {status} where {expected:?} was expected", request.method);
            *outcome.unexpected.entry(words).or_default() += 1;
        }
    }

    fn add(&mut self, other: Self) {
        let (into, from) = (&mut self.outcome, other.outcome);
        into.requests += from.requests;
        into.accepted += from.accepted;
        into.repeated += from.repeated;
        into.failed += from.failed;
        for (status, count) in from.refused {
            *into.refused.entry(status).or_default() += count;
        }
        for (words, count) in from.unexpected {
            *into.unexpected.entry(words).or_default() += count;
        }
        self.pages.extend(other.pages);
        self.thanks.extend(other.thanks);
        self.peak.extend(other.peak);
    }

    fn outcome(self, seed: u64, took: Duration) -> Outcome {
        let (pages, thanks, peak) = (Latency::of(self.pages), Latency::of(self.thanks), Latency::of(self.peak));
        Outcome { seed, seconds: took.as_secs_f64(), pages, thanks, peak, ..self.outcome }
    }
}

impl Latency {
    /// The quantiles of measured times.
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        // The time within which this many of 100 were answered.
        let at = |of_100: usize| {
            let rank = (of_100 * times.len()).div_ceil(100);
            times.get(rank.saturating_sub(1)).map_or(0.0, |time| (time.as_secs_f64() * 1e6).round() / 1e3)
        };
        Self { count: times.len(), p50_ms: at(50), p95_ms: at(95), p99_ms: at(99) }
    }
}

impl Outcome {
    /// What became of the visitors, in a few lines for a reader.
    pub fn words(&self) -> String {
        use std::fmt::Write;
        let mut words = format!(
            "{} requests in {:.1} s: {} answers accepted, {} known from before, {} without an answer\n",
            self.requests, self.seconds, self.accepted, self.repeated, self.failed
        );
        for (status, count) in &self.refused {
            let _ = writeln!(words, "refused with {status}: {count}");
        }
        let kinds = [("pages", self.pages), ("thanks", self.thanks), ("within the peak", self.peak)];
        for (name, Latency { count, p50_ms, p95_ms, p99_ms }) in kinds.into_iter().filter(|(_, kind)| kind.count > 0) {
            let _ = writeln!(words, "{name}: {count}; 50 % within {p50_ms} ms, 95 % {p95_ms} ms, 99 % {p99_ms} ms");
        }
        for (what, count) in &self.unexpected {
            let _ = writeln!(words, "NOT EXPECTED, {count} times: {what}");
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINT: &str = r#"{"code":"AT32X2P","form":"short@1","fields":["land","justice"],
        "items":[{"id":"a","section":"s","required":true},{"id":"b","section":"s","required":false}],
        "demographics":[{"id":"sex","options":["male","female"]}]}"#;

    fn visits(seed: u64) -> Vec<Visit> {
        let point = Point::read(POINT.as_bytes()).expect("a description");
        let mut visits = Visits::new(vec![point], seed);
        (0..600).map(|_| visits.next()).collect()
    }

    #[test]
    fn the_same_seed_sends_the_same_and_every_kind_comes() {
        assert_eq!(visits(7), visits(7));
        assert_ne!(visits(7), visits(8));
        let steps: Vec<_> = visits(7).into_iter().flat_map(|visit| visit.steps).collect();
        for status in [404, 409, 413, 415, 422] {
            assert!(steps.iter().any(|(_, expected)| *expected == Expected::Refusal(status)), "{status}");
        }
        let again = |expected| steps.iter().filter(|(_, known)| *known == expected).count();
        assert!(again(Expected::Page) > 300 && again(Expected::Thanks) > 300 && again(Expected::ThanksAgain) > 20);
    }

    #[test]
    fn quantiles_are_of_the_times_heard() {
        // By hand: of 1 to 200 ms, half are within 100, 190 within 190, 198 within 198.
        let times = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!(Latency::of(times), Latency { count: 200, p50_ms: 100.0, p95_ms: 190.0, p99_ms: 198.0 });
        assert_eq!(Latency::of(Vec::new()), Latency::default());
    }
}
