//! `sipas point`: service points and their codes.

use serde_json::json;

use super::{Outcome, Refusal, To, note, open};
use crate::access::AuditedAction;
use crate::clock;
use crate::config::Config;
use crate::db::{NewPoint, PointStatus};
use crate::exchange::import::points::opened;
use crate::plan::Channel;
use crate::print::qr;

/// Subcommands of `point`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add a service point; prints its code.
    Add {
        /// Code of its unit, as `sipas unit list` shows it.
        #[arg(long)]
        unit: String,
        /// Its Vietnamese name, as pages and posters show it.
        #[arg(long)]
        name: String,
        /// Its English name.
        #[arg(long)]
        name_en: String,
        /// Questionnaire it asks, as `sipas form list` shows it; always the newest published version.
        #[arg(long)]
        form: String,
        /// Fields of service with commas between, as in judicial,land.
        #[arg(long, value_delimiter = ',', required = true)]
        fields: Vec<String>,
        /// It serves online, not at a counter.
        #[arg(long)]
        online: bool,
        /// The day on which it began; today if left out. Sheets of earlier days are refused.
        #[arg(long)]
        opened: Option<String>,
    },
    /// List service points.
    List {
        /// Code of a unit: only its points and those under it.
        #[arg(long)]
        unit: Option<String>,
        /// Print JSON instead of lines of text.
        #[arg(long)]
        json: bool,
    },
    /// End a service point; its answers stay.
    Retire {
        /// Code of the point, as `sipas point list` shows it.
        code: String,
    },
    /// Give a point a new code, as when the old one leaked; the old one explains itself to whoever scans it.
    ReplaceCode {
        /// The code that it has now.
        code: String,
    },
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Outcome {
    let db = open(config, To::read_if(matches!(command, Command::List { .. })))?;
    match command {
        Command::Add { unit, name, name_en, form, fields, online, opened: began } => {
            super::shown_name(&name)?;
            super::shown_name(&name_en)?;
            let fields = fields.iter().map(|field| field.trim().to_owned()).collect();
            let channel = if online { Channel::Online } else { Channel::Counter };
            let began = began.unwrap_or_default();
            let opened_on = opened(&began, clock::today()).ok_or_else(|| {
                Refusal(format!("`{}` is no day that has been, as in 2026-03-14", began.escape_debug()))
            })?;
            let note = note(AuditedAction::AddPoint, &unit, name.as_str());
            let code = db.noting(note).add_point(&NewPoint {
                unit,
                name_vi: name,
                name_en,
                form,
                fields,
                channel,
                opened_on,
            })?;
            super::print(&format!("{code}\n"))
        }
        Command::List { unit, json } => {
            let units = match unit {
                Some(code) => Some(super::subtree(&db, &code)?),
                None => None,
            };
            let points = db.points(units.as_deref())?;
            if json {
                // `field` is the first field; a point that serves several lists them all in `fields`.
                let list = points.iter().map(|point| {
                    json!({
                        "code": point.code, "name": point.name_vi, "unit": point.unit_code,
                        "field": point.field_codes.first(), "fields": point.field_codes, "form": point.form,
                        "url": format!("{}/s/{}", config.public_url, point.code),
                        "retired": point.retired_on,
                    })
                });
                return super::print_json(&list.collect::<Vec<_>>());
            }
            let lines = points.iter().map(|point| {
                let ended =
                    point.retired_on.map(|day| format!("  (ngừng {})", day.format("%d/%m/%Y"))).unwrap_or_default();
                format!("{}  {:<24} {}{ended}\n", point.code, point.unit_code, point.name_vi)
            });
            super::print(&lines.collect::<String>())
        }
        Command::Retire { code } => {
            let (normal, today) = (normal(&code)?, clock::today());
            let before = db.point(&normal)?.map(|point| point.status(today));
            if let Some(PointStatus::Retired { on, replaced_by: None }) = before {
                eprintln!("retired since {on}; nothing was changed");
                return Ok(());
            }
            db.noting(note(AuditedAction::RetirePoint, "", code.as_str())).retire_point(&normal, today)?;
            eprintln!("retired");
            Ok(())
        }
        Command::ReplaceCode { code } => {
            let noted = db.noting(note(AuditedAction::ReplaceCode, "", code.as_str()));
            let code = noted.replace_code(&normal(&code)?, clock::today())?;
            eprintln!("print it anew: {}", qr::scan_url(&config.public_url, &code));
            super::print(&format!("{code}\n"))
        }
    }
}

fn normal(code: &str) -> Result<String, Refusal> {
    crate::survey::code::normalise(code)
        .ok_or_else(|| Refusal(format!("`{code}` cannot be a code: 7 symbols, the last one a check; look for a slip")))
}
