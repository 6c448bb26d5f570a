//! `sipas index`: indices and verdicts of a plan's period.

use super::Outcome;
use super::figures::{Which, making};
use crate::config::Config;
use crate::service::closing;
use crate::service::report_file::Format;

/// Arguments of `index`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    which: Which,
    /// Print JSON; without it the report is printed as text.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Outcome {
    let db = super::open(config, super::To::Read)?;
    let measured = arguments.which.measure(&db)?;
    if arguments.json {
        super::print_json(&measured.report)
    } else {
        let text = closing::report(&db, &measured, Format::Txt, making(&db, false)?)?;
        super::print(&String::from_utf8_lossy(&text))
    }
}
