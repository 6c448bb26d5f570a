//! `sipas void`: groups of sheets that count no more, with the reason; listed, and undone.

use std::fmt::Write;

use chrono::{Months, NaiveDate};
use serde_json::json;

use super::{Outcome, Refusal, To, note, open, who};
use crate::access::AuditedAction;
use crate::clock;
use crate::config::Config;
use crate::db::{Db, NewVoiding};
use crate::survey::code::normalise;

/// Arguments of `void`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    what: Option<What>,
}

#[derive(Debug, clap::Args)]
struct What {
    /// Code of the service point, also of a retired one.
    #[arg(long)]
    point: String,
    /// First civil day, as in 2026-03-01.
    #[arg(long)]
    from: NaiveDate,
    /// Last civil day, at least four days ago.
    #[arg(long)]
    to: NaiveDate,
    /// Only sheets that were flagged when they came.
    #[arg(long)]
    suspect_only: bool,
    /// Why, in a sentence of at least ten characters, for whoever asks later.
    #[arg(long)]
    reason: String,
    /// Who decided; the account that runs the command if left out.
    #[arg(long)]
    by: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Every voiding, undone ones included.
    List {
        /// Code of a unit: only its points and those under it.
        #[arg(long)]
        unit: Option<String>,
        /// Print JSON instead of lines of text.
        #[arg(long)]
        json: bool,
    },
    /// Let the sheets of a voiding count again.
    Undo {
        /// Unit and number as the list shows them, as in cau-giay-hcc/3.
        voiding: String,
        /// Why, in a sentence of at least ten characters.
        #[arg(long)]
        reason: String,
        /// Who decided; the account that runs the command if left out.
        #[arg(long)]
        by: Option<String>,
    },
}

/// Runs the command.
pub fn run(config: &Config, arguments: Arguments) -> Outcome {
    let db = open(config, To::read_if(matches!(arguments.command, Some(Command::List { .. }))))?;
    match (arguments.command, arguments.what) {
        (Some(Command::List { unit, json }), _) => list(&db, unit.as_deref(), json),
        (Some(Command::Undo { voiding, reason, by }), _) => {
            let refuse = || Refusal(format!("`{voiding}` is not a voiding; `sipas void list` shows them"));
            let (unit, number) = voiding.split_once('/').ok_or_else(refuse)?;
            let number = number.parse().map_err(|_| refuse())?;
            let unit = db.unit_by_code(unit)?.ok_or_else(refuse)?;
            let by = who(by);
            let note = note(AuditedAction::UndoVoiding, &unit.code, format!("{voiding} ({by})"));
            match db.noting(note).undo_voiding(unit.id, number, &reason, &by, clock::now())? {
                Some(first) => {
                    eprintln!("undone: the sheets from {first} on count again; those of before are forgotten");
                }
                None => eprintln!("undone: the sheets count again"),
            }
            Ok(())
        }
        (None, Some(what)) => void(&db, what, config.retention_months),
        (None, None) => Err(Refusal("say which --point, --from, --to and the --reason, or `void list`".to_owned())),
    }
}

fn void(db: &Db, what: What, retention_months: Option<u32>) -> Outcome {
    let code =
        normalise(&what.point).ok_or_else(|| Refusal(format!("`{}` cannot be a code; look for a slip", what.point)))?;
    let point = db
        .point(&code)?
        .ok_or_else(|| Refusal(format!("no point has the code {code}; `sipas point list` shows them")))?;
    let new = NewVoiding {
        unit: point.unit,
        point: point.point,
        from: what.from,
        to: what.to,
        suspects_only: what.suspect_only,
        reason: what.reason,
        by: who(what.by),
        at: clock::now(),
    };
    let object = format!("{code}, {} – {} ({})", new.from, new.to, new.by);
    let note = note(AuditedAction::Void, &point.unit_code, object);
    let voided = db.noting(note).void(&new, clock::today())?;
    eprintln!("{} sheets of {} ({code}) count no more; they stay stored", voided.sheets, point.name_vi);
    let kept_until = retention_months.and_then(|months| new.from.checked_add_months(Months::new(months)));
    if let Some(last) = kept_until {
        eprintln!("those of {} are kept until {last} (RETENTION_MONTHS), and cannot count again after that", new.from);
    }
    super::print(&format!("{}/{}\n", point.unit_code, voided.number))
}

fn list(db: &Db, unit: Option<&str>, json: bool) -> Outcome {
    let all = db.units()?;
    let units = match unit {
        Some(code) => super::subtree(db, code)?,
        None => all.iter().map(|unit| unit.id).collect(),
    };
    let points = db.points(Some(&units))?;
    let mut lines = Vec::new();
    let mut text = String::new();
    for voiding in db.voidings(&units)? {
        let what = &voiding.what;
        let point = points.iter().find(|point| (point.unit, point.point) == (what.unit, what.point));
        let (code, name) = point.map_or(("", ""), |point| (&point.code, &point.name_vi));
        let unit = all.iter().find(|unit| unit.id == what.unit).map_or("", |unit| unit.code.as_str());
        let id = format!("{unit}/{}", voiding.number);
        let undone = voiding.undone.as_ref();
        let which = if what.suspects_only { "flagged" } else { "all" };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{id}  {code} {name}, {} to {}: {} sheets ({which}), by {}: {}",
            what.from, what.to, voiding.sheets, what.by, what.reason
        );
        if let Some((reason, by, at)) = undone {
            let _ = writeln!(text, "    undone on {} by {by}: {reason}", clock::civil_date(*at));
        }
        lines.push(json!({
            "id": id, "point": code, "name": name, "from": what.from, "to": what.to,
            "suspects_only": what.suspects_only, "sheets": voiding.sheets, "reason": what.reason, "by": what.by,
            "at": what.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            "undone": undone.map(|(reason, by, at)| json!({
                "reason": reason, "by": by, "at": at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            })),
        }));
    }
    if json { super::print_json(&lines) } else { super::print(&text) }
}
