//! `sipas report`: the report of a plan's period as a file.

use std::path::PathBuf;

use super::figures::{Which, making};
use super::files::{self, ReadBy};
use super::{Outcome, Refusal};
use crate::config::Config;
use crate::exchange::export::for_spreadsheets;
use crate::service::closing;
use crate::service::report_file::Format;

/// Arguments of `report`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    which: Which,
    /// What to write: docx to edit, pdf to sign, xlsx and csv to compute with, txt to read here.
    #[arg(long, value_parser = ["docx", "pdf", "xlsx", "csv", "txt"])]
    format: String,
    /// File to write; txt and csv go to standard output if left out.
    #[arg(long)]
    out: Option<PathBuf>,
    /// For docx: an outline of the office's own, a DOCX with fields, in the place of the report's layout.
    #[arg(long, conflicts_with = "city")]
    outline: Option<PathBuf>,
    /// For xlsx and csv: the sheet to copy into the city's reporting system, a row a target.
    #[arg(long)]
    city: bool,
    /// What stands between the cells of a csv: with semicolon a spreadsheet program in Vietnamese opens it rightly.
    #[arg(long, default_value = "comma", value_parser = ["comma", "semicolon"])]
    separator: String,
    /// A vice chairman signs for the chairman (KT. CHỦ TỊCH, PHÓ CHỦ TỊCH).
    #[arg(long)]
    vice_chairman: bool,
}

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Outcome {
    let db = super::open(config, super::To::Read)?;
    let Some(format) = Format::from_name(&arguments.format) else {
        return Err(Refusal(format!("`{}` is not a format of reports", arguments.format)));
    };
    let making = making(&db, arguments.vice_chairman)?;
    let own_layout = arguments.outline.is_none() && !arguments.city && !arguments.vice_chairman;
    if let Some(file) = arguments.which.kept_report(&db, format)?.filter(|_| own_layout) {
        return hand_out(arguments, format, &file);
    }
    let measured = arguments.which.measure(&db)?;
    let bytes = match &arguments.outline {
        Some(_) if format != Format::Docx => return Err(Refusal("--outline makes a docx".to_owned())),
        Some(path) => {
            let outline = std::fs::read(path).map_err(|error| Refusal(format!("{}: {error}", path.display())))?;
            closing::filled(&measured, &outline, making)?
        }
        None if arguments.city && !matches!(format, Format::Xlsx | Format::Csv) => {
            return Err(Refusal("--city makes an xlsx or a csv".to_owned()));
        }
        None if arguments.city => closing::city_sheet(&measured, format, making)?,
        None => closing::report(&db, &measured, format, making)?,
    };
    hand_out(arguments, format, &bytes)
}

fn hand_out(arguments: &Arguments, format: Format, bytes: &[u8]) -> Outcome {
    let wished = (format == Format::Csv && arguments.separator == "semicolon").then(|| for_spreadsheets(bytes));
    let wished = wished.transpose()?;
    let bytes = wished.as_deref().unwrap_or(bytes);
    match (&arguments.out, format) {
        (Some(path), _) => {
            files::write(path, ReadBy::Others, bytes)?;
            eprintln!("wrote {}", path.display());
            Ok(())
        }
        (None, Format::Txt | Format::Csv) => super::print(&String::from_utf8_lossy(bytes)),
        (None, format) => Err(Refusal(format!("--out FILE is needed for a {}", format.name()))),
    }
}
