//! `sipas form`: questionnaires out of the database as files, and files of others read as questionnaires.

use std::path::{Path, PathBuf};

use super::files::{self, ReadBy};
use super::{Outcome, Refusal, To, note, open};
use crate::access::AuditedAction;
use crate::clock;
use crate::config::Config;
use crate::db::NewFormDraft;
use crate::exchange::export::xlsform;
use crate::exchange::import::{ward_form, xlsform as xlsform_in};
use crate::survey::{Questionnaire, to_toml};
use crate::table::Table;

/// Subcommands of `form`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the questionnaires, newest version each.
    List,
    /// Write a published version as a file: an XLSForm, or the program's own format to standard output.
    Export {
        /// Identifier of the questionnaire.
        id: String,
        /// Number of the version; the newest if left out.
        #[arg(long)]
        version: Option<u32>,
        /// XLSForm to write, for Kobo, ODK and others.
        #[arg(long)]
        xlsform: Option<PathBuf>,
    },
    /// Read an XLSForm, or a form in Word, Excel or CSV: what can be taken goes to standard output as a questionnaire file, what
    /// cannot is told by row. Publishes nothing.
    Read {
        /// The form: XLSX, DOCX or CSV.
        file: PathBuf,
        /// Keep it as a draft of this unit, to be gone on with on the pages.
        #[arg(long)]
        unit: Option<String>,
    },
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Outcome {
    match command {
        Command::List => {
            let mut listed = open(config, To::Read)?.forms()?;
            listed.reverse();
            let mut seen = std::collections::BTreeSet::new();
            listed.retain(|form| seen.insert(form.code.clone()));
            listed.reverse();
            let lines = listed.iter().map(|form| format!("{:<34} {:>3}  {}\n", form.code, form.version, form.title));
            super::print(&lines.collect::<String>())
        }
        Command::Export { id, version, xlsform } => export(config, &id, version, xlsform.as_deref()),
        Command::Read { file, unit } => read(config, &file, unit.as_deref()),
    }
}

fn export(config: &Config, id: &str, version: Option<u32>, out: Option<&Path>) -> Outcome {
    let db = open(config, To::Read)?;
    let found = match version {
        Some(version) => db.form_by_reference(id, version)?,
        None => db.newest_form(id)?,
    };
    let form = found.ok_or_else(|| Refusal(format!("there is no questionnaire `{id}`; see `sipas form list`")))?;
    match out {
        None => super::print(&to_toml(&form.questionnaire)),
        Some(path) => {
            let book = xlsform::workbook(&form.questionnaire)?;
            files::write(path, ReadBy::Others, &book)?;
            eprintln!("{} written to {}", form.questionnaire.reference(), path.display());
            Ok(())
        }
    }
}

fn read(config: &Config, file: &Path, unit: Option<&str>) -> Outcome {
    let bytes = std::fs::read(file).map_err(|error| Refusal(format!("{}: {error}", file.display())))?;
    let table = Table::read_document(&bytes)
        .map_err(|fault| Refusal(format!("{}: cannot be read as a table ({fault:?})", file.display())))?;
    let (asked, remarks) = taken(&table);
    for remark in &remarks {
        eprintln!("{}: {remark}", file.display());
    }
    let count = asked.items().count() + asked.questions().count() + asked.demographics.len();
    if count == 0 {
        return Err(Refusal(format!("{}: no question was found", file.display())));
    }
    eprintln!("{count} questions read, {} remarks", remarks.len());
    match unit {
        None => super::print(&to_toml(&asked)),
        Some(code) => {
            let db = open(config, To::Write)?;
            let unit = db.unit_by_code(code)?.ok_or_else(|| Refusal(format!("there is no unit `{code}`")))?;
            let note = note(AuditedAction::BeginFormDraft, code, asked.id.as_str());
            let by = note.actor.clone();
            let new = NewFormDraft {
                unit: unit.id,
                based_on: 0,
                content: asked,
                is_named: true,
                remarks,
                by,
                at: clock::now(),
            };
            let id = db.noting(note).begin_form_draft(new)?;
            eprintln!("kept as a draft: /staff/forms/drafts/{id}/edit");
            Ok(())
        }
    }
}

/// The questionnaire of a table, and what could not be taken, in English.
fn taken(table: &Table) -> (Questionnaire, Vec<String>) {
    if xlsform_in::is_xlsform(table) {
        let read = xlsform_in::read(table);
        let line = |remark: &xlsform_in::Remark| {
            format!("{}, row {}, `{}`: {}", remark.sheet, remark.row, remark.name, remark.reason)
        };
        return (read.questionnaire, read.remarks.iter().map(line).collect());
    }
    let read = ward_form::read(table);
    let line = |left: &ward_form::LeftOutLine| format!("row {}, `{}`: {}", left.line, left.text, left.reason);
    (read.questionnaire, read.left_out.iter().map(line).collect())
}
