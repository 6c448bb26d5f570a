//! `sipas simulate`: a day's visitors, honest and hostile, sent to a server on this machine.

use std::time::Duration;

use super::{Outcome, Refusal};
use crate::config::Config;
use crate::demo::traffic::{self, CLIENTS_MAX, Day, REQUESTS_MAX, SECONDS_MAX, http, nation};

/// Arguments of `simulate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The server, on this machine only, as in <http://127.0.0.1:8080>. What is sent is stored there.
    #[arg(long)]
    url: String,
    /// Seed: the same number sends the same visitors.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many requests to send.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..=REQUESTS_MAX))]
    requests: u64,
    /// How many connections are open at once.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=i64::from(CLIENTS_MAX)))]
    clients: u32,
    /// Seconds in which the day of opening hours passes; as fast as the server answers if left out.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(SECONDS_MAX)))]
    duration: Option<u32>,
    /// The visitors of all 3,321 communes at their rate, peak included, as one of `--shares` equal parts of the country sees them: the
    /// day passes so many times faster.
    #[arg(long, conflicts_with_all = ["requests", "duration"])]
    national: bool,
    /// Into how many equal parts the country is divided.
    #[arg(long, default_value_t = 96, requires = "national", value_parser = clap::value_parser!(u32).range(13..=1_000))]
    shares: u32,
    /// Code of a point to visit, may come several times; every point of the database in the settings if left out.
    #[arg(long)]
    point: Vec<String>,
}

/// Runs the command. Where something came back that should not, the exit status is 1.
pub fn run(config: &Config, arguments: &Arguments) -> Outcome {
    let server = http::loopback(&arguments.url).map_err(Refusal::from)?;
    let codes = if arguments.point.is_empty() {
        let db = super::open(config, super::To::Read)?;
        let points = db.points(None)?.into_iter().filter(|point| point.retired_on.is_none());
        points.map(|point| point.code).collect()
    } else {
        arguments.point.clone()
    };
    let plan = traffic::Plan {
        server,
        codes,
        seed: arguments.seed,
        requests: arguments.requests,
        clients: arguments.clients,
        duration: arguments.duration.map(|seconds| Duration::from_secs(seconds.into())),
        day: Day::Counter,
    };
    let plan = if arguments.national { nation::share(plan, arguments.shares) } else { plan };
    let outcome = traffic::run(&plan).map_err(Refusal::from)?;
    eprint!("{}", outcome.words());
    super::print_json(&outcome)?;
    if outcome.unexpected.is_empty() {
        Ok(())
    } else {
        Err(Refusal("the server answered what was not expected; see above".to_owned()))
    }
}
