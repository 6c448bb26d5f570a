//! `sipas report`: the report of a plan's period as a file.

use std::path::PathBuf;

use super::index::Which;
use super::{Outcome, Refusal};
use crate::app;
use crate::clock;
use crate::closing;
use crate::config::Config;
use crate::db::Db;
use crate::document::Format;
use crate::measure::{self, Measured};
use crate::report;

/// Arguments of `report`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    which: Which,
    /// docx to edit, pdf to sign, xlsx and csv to compute with, txt to read here.
    #[arg(long, value_parser = ["docx", "pdf", "xlsx", "csv", "txt"])]
    format: String,
    /// File to write; txt and csv go to standard output if left out.
    #[arg(long)]
    out: Option<PathBuf>,
}

fn content(db: &Db, measured: &Measured) -> Result<report::Report, Refusal> {
    let demonstration = db.meta(app::DEMO)?.is_some();
    Ok(measure::content(measured, report::Language::Vi, clock::today(), demonstration))
}

/// The report as plain text.
pub fn text(db: &Db, measured: &Measured) -> Result<String, Refusal> {
    Ok(report::text::text(&content(db, measured)?))
}

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Outcome {
    let db = super::open(config)?;
    let measured = arguments.which.measure(&db)?;
    let Some(format) = Format::from_name(&arguments.format) else {
        return Err(Refusal(format!("`{}` is not a format of reports", arguments.format)));
    };
    let bytes = closing::report(&db, &measured, format, db.meta(app::DEMO)?.is_some())?;
    match (&arguments.out, format) {
        (Some(path), _) => {
            std::fs::write(path, bytes).map_err(|error| Refusal(format!("{}: {error}", path.display())))?;
            eprintln!("wrote {}", path.display());
            Ok(())
        }
        (None, Format::Txt | Format::Csv) => super::print(&String::from_utf8_lossy(&bytes)),
        (None, format) => Err(Refusal(format!("--out FILE is needed for a {}", format.name()))),
    }
}
