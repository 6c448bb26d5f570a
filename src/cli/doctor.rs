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
        db.rebuild_tallies()?;
        eprintln!("tallies rebuilt from the sheets");
    }
    let checkup = db.check()?;
    let mut bad = 0;
    for finding in &checkup.findings {
        bad += usize::from(!finding.good);
        let mark = if finding.good { "ok  " } else { "BAD " };
        super::print(&format!("{mark}{}\n", finding.sentence))?;
    }
    if bad == 0 { Ok(()) } else { Err(Refusal(format!("{bad} findings need attention"))) }
}
