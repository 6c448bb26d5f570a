//! `sipas report`: the report of a plan's period as a file.

use std::path::PathBuf;

use super::index::Which;
use super::{Outcome, Refusal};
use crate::config::Config;
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

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Outcome {
    let measured = arguments.which.measure(config)?;
    let content = crate::measure::content(&measured);
    let bytes = match arguments.format.as_str() {
        "txt" => report::text::render(&content).into_bytes(),
        "docx" => report::docx::render(&content)?,
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
