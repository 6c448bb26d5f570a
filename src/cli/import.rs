//! `sipas import`: files of numbers taken in, tried first, each refused row told; stored whole or not at all.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::files::{self, ReadBy};
use super::{Outcome, Refusal, To, import_words, open, who};
use crate::access::AuditedAction;
use crate::clock;
use crate::config::Config;
use crate::db::{ImportKind, Note, Outcome as Done};
use crate::exchange::import::Refused;
use crate::service::imports::{Checked, CheckedRow, IntakeError, Source, check, store, template};
use crate::sheet::tally::Series;
use crate::table::{BYTES_MAX, Table};

/// What to take in.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Cases handled, by unit or service point, field and month.
    Volumes(Arguments),
    /// Answer sheets on paper, by telephone or from visits, a row a sheet.
    Responses(Arguments),
    /// Earlier and official figures of others, with their source.
    Figures(Arguments),
}

/// Arguments of every import.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The file: XLSX, or CSV in UTF-8.
    #[arg(required_unless_present = "template")]
    file: Option<PathBuf>,
    /// Only say what would come of it.
    #[arg(long)]
    dry_run: bool,
    /// Print JSON: rows, refusals, what was done.
    #[arg(long)]
    json: bool,
    /// Who decided; the account that runs the command if left out.
    #[arg(long)]
    by: Option<String>,
    /// Of answers: how they were collected. `sample` only where people were drawn by a sampling plan.
    #[arg(long, value_parser = ["open", "sample"], default_value = "open")]
    series: String,
    /// Write a workbook to fill in, instead of reading one.
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    template: Option<PathBuf>,
}

/// Runs the command.
pub fn run(config: &Config, command: &Command) -> Outcome {
    let (kind, action, arguments) = match command {
        Command::Volumes(arguments) => (ImportKind::Volumes, AuditedAction::ImportVolumes, arguments),
        Command::Responses(arguments) => (ImportKind::Responses, AuditedAction::ImportResponses, arguments),
        Command::Figures(arguments) => (ImportKind::Figures, AuditedAction::ImportFigures, arguments),
    };
    match (&arguments.template, &arguments.file) {
        (Some(out), _) => {
            let bytes = template(kind).map_err(|error| Refusal(import_words::intake(&error)))?;
            files::write(out, ReadBy::Others, &bytes)?;
            eprintln!("{}: fill it in, then import it", out.display());
            Ok(())
        }
        (None, Some(file)) => take_in(config, kind, action, arguments, file),
        (None, None) => Err(Refusal("name the file".to_owned())),
    }
}

fn take_in(config: &Config, kind: ImportKind, action: AuditedAction, arguments: &Arguments, file: &Path) -> Outcome {
    let db = open(config, To::read_if(arguments.dry_run))?;
    let bytes = read(file)?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let units = db.units()?;
    let series = if arguments.series == "sample" { Series::Sample } else { Series::Open };
    let checked = Table::read(&bytes)
        .map_err(IntakeError::File)
        .and_then(|table| check(&db, kind, Source { name: &name, table: &table, series }, &units, clock::today()));
    let checked = checked.map_err(|error| Refusal(format!("{}: {}", file.display(), import_words::intake(&error))))?;
    let stores = checked.is_sound() && !arguments.dry_run;
    if stores {
        let by = who(arguments.by.clone());
        let note = Note {
            at: clock::now(),
            actor: by.clone(),
            action,
            unit: String::new(),
            object: format!("{name} {}", checked.hash()),
            outcome: Done::Done,
        };
        store(&db.noting(note), &checked, &by, clock::now()).map_err(|error| Refusal(import_words::intake(&error)))?;
    }
    if arguments.json {
        super::print_json(&json!({
            "file": checked.name,
            "hash": checked.hash(),
            "headings": checked.headings.iter().map(|heading| import_words::heading(*heading)).collect::<Vec<_>>(),
            "rows": checked.lines.iter().map(row).collect::<Vec<_>>(),
            "refused": checked.refused.iter().map(refused).collect::<Vec<_>>(),
            "notes": checked.notes.iter().map(import_words::note).collect::<Vec<_>>(),
            "stored": stores,
        }))?;
    } else {
        super::print(&text(&checked))?;
    }
    for refused in &checked.refused {
        let column = if refused.column.is_empty() { String::new() } else { format!("{}: ", refused.column) };
        let sheet = refused.place.sheet.as_ref().map_or_else(String::new, |sheet| format!("{sheet}:"));
        let (what, todo) = import_words::refused(&refused.reason);
        eprintln!("{}:{sheet}{}: {column}{what}; {todo}", file.display(), refused.place.line);
    }
    for note in &checked.notes {
        eprintln!("{}", import_words::note(note));
    }
    let [new, replaces, same] = checked.fates();
    eprintln!(
        "{} rows sound ({new} new, {replaces} replacing, {same} unchanged), {} faults; {}",
        checked.lines.len(),
        checked.refused.len(),
        if stores { "stored" } else { "nothing was stored" }
    );
    // The faults are told; the exit status says that the input was refused.
    if checked.is_sound() { Ok(()) } else { Err(Refusal(String::new())) }
}

fn read(file: &Path) -> Result<Vec<u8>, Refusal> {
    use std::io::Read;
    let named = |error: std::io::Error| Refusal(format!("{}: {error}", file.display()));
    let mut bytes = Vec::new();
    // One byte more than may be, so that a longer file is known as one.
    let most = BYTES_MAX as u64 + 1;
    std::fs::File::open(file).map_err(named)?.take(most).read_to_end(&mut bytes).map_err(named)?;
    Ok(bytes)
}

fn text(checked: &Checked) -> String {
    let mut text = String::new();
    for line in &checked.lines {
        // Writing to a String cannot fail.
        let cells: Vec<String> = line.cells.iter().map(import_words::value).collect();
        let _ = writeln!(text, "{}\t{}", line.place.line, cells.join("\t"));
    }
    text
}

fn row(line: &CheckedRow) -> Value {
    let cells: Vec<String> = line.cells.iter().map(import_words::value).collect();
    json!({ "line": line.place.line, "sheet": line.place.sheet.as_deref(), "cells": cells, "fate": import_words::fate(&line.fate) })
}

fn refused(refused: &Refused) -> Value {
    let (what, todo) = import_words::refused(&refused.reason);
    json!({ "sheet": refused.place.sheet.as_deref(), "line": refused.place.line, "column": refused.column, "what": what, "todo": todo })
}
