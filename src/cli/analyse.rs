//! `sipas analyse`: survey statistics on any data file, without a database. The file is `docs/analyse.md`.

use std::path::PathBuf;

use super::Outcome;
use crate::analyse;

/// Arguments of `analyse`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Data: a CSV file with a header.
    #[arg(long)]
    responses: PathBuf,
    /// Columns, design, calibration, domains and wanted results: a TOML file.
    #[arg(long)]
    spec: PathBuf,
    /// Print JSON; the only form so far.
    #[arg(long, required = true)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Outcome {
    super::print_json(&analyse::run(&arguments.responses, &arguments.spec)?)
}
