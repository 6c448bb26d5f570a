//! `sipas doctor`: an installation looked over; tallies rebuilt from the sheets and compared.

use super::{Outcome, Refusal, open};
use crate::config::Config;

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Replace tallies that differ from the sheets.
    #[arg(long)]
    rebuild: bool,
}

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Outcome {
    let db = open(config)?;
    if arguments.rebuild {
        let keys = db.rebuild_tallies()?;
        eprintln!("tallies rebuilt from the sheets; {keys} differed");
    }
    let checkup = db.check()?;
    for finding in &checkup.findings {
        let mark = if finding.well { "ok " } else { "BAD" };
        super::print(&format!("{mark}  {}: {}\n", finding.what, finding.words))?;
    }
    let bad = checkup.findings.iter().filter(|finding| !finding.well).count();
    if bad == 0 { Ok(()) } else { Err(Refusal(format!("{bad} findings need attention"))) }
}
