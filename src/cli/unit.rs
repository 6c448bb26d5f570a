//! `sipas unit`: the tree of units.

use chrono::NaiveDate;
use serde_json::json;

use super::{Outcome, Refusal, To, note, open};
use crate::access::AuditedAction;
use crate::clock;
use crate::config::Config;
use crate::db::{NewUnit, UnitKind};
use crate::web::staff::units::names::is_code;

/// Subcommands of `unit`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add a unit.
    Add {
        /// Code, unique for ever, as in phuong-cau-giay.
        code: String,
        /// Its Vietnamese name, as pages and posters show it.
        #[arg(long)]
        name: String,
        /// Its English name.
        #[arg(long)]
        name_en: String,
        /// What it is: city, ward, commune, office, one_stop_centre, health_station, school or other.
        #[arg(long)]
        kind: String,
        /// Code of the unit above it.
        #[arg(long)]
        parent: Option<String>,
        /// First day on which it is valid; today if left out.
        #[arg(long)]
        from: Option<NaiveDate>,
    },
    /// List units.
    List {
        /// Print JSON instead of lines of text.
        #[arg(long)]
        json: bool,
    },
    /// End a unit that was renamed or merged; its history stays.
    Retire {
        /// Code of the unit, as `sipas unit list` shows it.
        code: String,
        /// Last day on which it is valid; today if left out.
        #[arg(long)]
        last_day: Option<NaiveDate>,
        /// Code of the unit that follows it.
        #[arg(long)]
        successor: Option<String>,
    },
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Outcome {
    let db = open(config, To::read_if(matches!(command, Command::List { .. })))?;
    match command {
        Command::Add { code, name, name_en, kind, parent, from } => {
            let kind = UnitKind::named(&kind).ok_or_else(|| {
                Refusal(format!(
                    "`{kind}` is not a kind of unit; use city, ward, commune, office, one_stop_centre, health_station, \
                     school or other"
                ))
            })?;
            if !is_code(&code) {
                let rule = "small letters without marks, digits and hyphens, a letter first, 60 characters at most";
                return Err(Refusal(format!("`{code}` is not a code of a unit; it has {rule}")));
            }
            super::shown_name(&name)?;
            super::shown_name(&name_en)?;
            let valid_from = from.unwrap_or_else(clock::today);
            let new = NewUnit { code, kind, name_vi: name, name_en, parent, valid_from };
            db.noting(note(AuditedAction::AddUnit, &new.code, new.code.as_str())).add_unit(&new)?;
            eprintln!("added {}", new.code);
            Ok(())
        }
        Command::List { json } => {
            let units = db.units()?;
            let code = |id: Option<i32>| units.iter().find(|unit| Some(unit.id) == id).map(|unit| unit.code.as_str());
            if json {
                let list = units.iter().map(|unit| {
                    json!({
                        "code": unit.code, "name": unit.name_vi, "name_en": unit.name_en, "kind": unit.kind.name(),
                        "parent": code(unit.parent), "valid_from": unit.valid_from, "valid_to": unit.valid_to,
                        "successor": code(unit.successor),
                    })
                });
                return super::print_json(&list.collect::<Vec<_>>());
            }
            let lines = units.iter().map(|unit| {
                let ended = unit.valid_to.map(|day| format!("  (đến {})", day.format("%d/%m/%Y"))).unwrap_or_default();
                format!("{:<28} {:<16} {}{ended}\n", unit.code, unit.kind.name(), unit.name_vi)
            });
            super::print(&lines.collect::<String>())
        }
        Command::Retire { code, last_day, successor } => {
            db.noting(note(AuditedAction::RetireUnit, &code, code.as_str())).retire_unit(
                &code,
                last_day.unwrap_or_else(clock::today),
                successor.as_deref(),
            )?;
            eprintln!("retired {code}");
            Ok(())
        }
    }
}
