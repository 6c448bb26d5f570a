//! `sipas report`: the report of a plan's period as a file.

use std::path::PathBuf;

use super::index::Which;
use super::{Outcome, Refusal};
use crate::app;
use crate::clock;
use crate::config::Config;
use crate::db::Db;
use crate::measure::{self, Measured};
use crate::report;

/// Arguments of `report`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    which: Which,
    /// txt or docx.
    #[arg(long)]
    format: String,
    /// File to write; txt goes to standard output if left out.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// The report as plain text.
pub fn text(db: &Db, measured: &Measured) -> Result<String, Refusal> {
    Ok(report::text::text(&content(db, measured)?))
}

fn content(db: &Db, measured: &Measured) -> Result<report::Report, Refusal> {
    let demonstration = db.meta(app::DEMO)?.is_some();
    Ok(measure::content(measured, report::Language::Vi, clock::today(), demonstration))
}

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Outcome {
    let db = super::open(config)?;
    let measured = arguments.which.measure(&db)?;
    let bytes = match arguments.format.as_str() {
        "txt" => text(&db, &measured)?.into_bytes(),
        "docx" => report::docx::docx(&content(&db, &measured)?)?,
        other => return Err(Refusal(format!("`{other}` is not a format of reports yet; use txt or docx"))),
    };
    match (&arguments.out, arguments.format.as_str()) {
        (Some(path), _) => {
            std::fs::write(path, bytes).map_err(|error| Refusal(format!("{}: {error}", path.display())))?;
            eprintln!("wrote {}", path.display());
            Ok(())
        }
        (None, "txt") => super::print(&String::from_utf8_lossy(&bytes)),
        (None, _) => Err(Refusal("--out FILE is needed for a docx".to_owned())),
    }
}
