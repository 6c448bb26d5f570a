//! `sipas period`: closed periods, and whether they still are what they were. Closing takes two people who sign in, so it is
//! done on the pages.

use std::fmt::Write;

use serde_json::json;

use super::{Outcome, Refusal, open, print, print_json};
use crate::clock;
use crate::config::Config;
use crate::db::{Closing, Db};
use crate::plan::closing::State;
use crate::service::closing::verify;

/// Subcommands of `period`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Every version of every closed period.
    List {
        /// Key of a plan: only its periods.
        #[arg(long)]
        plan: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check closed periods against their hashes and the audit log, and compute their figures anew; exit 1 on any difference.
    Verify {
        /// Key of a plan: only its periods.
        #[arg(long)]
        plan: Option<String>,
        /// One period.
        #[arg(long, requires = "plan")]
        period: Option<String>,
        /// One version of it.
        #[arg(long, requires = "period")]
        version: Option<u32>,
    },
}

/// Runs the command.
pub fn run(config: &Config, command: &Command) -> Outcome {
    let db = open(config)?;
    match command {
        Command::List { plan, json } => list(&closings(&db, plan.as_deref())?, *json),
        Command::Verify { plan, period, version } => {
            let mut closings = closings(&db, plan.as_deref())?;
            closings.retain(|closing| {
                period.as_ref().is_none_or(|period| closing.period == *period)
                    && version.is_none_or(|version| closing.version == version)
            });
            if closings.is_empty() && plan.is_some() {
                return Err(Refusal("no such closed period; `sipas period list` shows those there are".to_owned()));
            }
            check(&db, &closings)
        }
    }
}

fn closings(db: &Db, plan: Option<&str>) -> Result<Vec<Closing>, Refusal> {
    let mut found = Vec::new();
    for stored in db.plans()?.iter().filter(|stored| plan.is_none_or(|plan| stored.plan.key == plan)) {
        found.extend(db.closings(&stored.plan.key)?);
    }
    Ok(found)
}

fn state(closing: &Closing) -> &'static str {
    match closing.state() {
        State::Draft => "draft",
        State::Checked => "checked",
        State::Approved => "approved",
        State::Published => "published",
        State::Returned => "returned",
        State::Reopened => "reopened",
    }
}

fn list(closings: &[Closing], json: bool) -> Outcome {
    if json {
        let lines = closings.iter().map(|closing| {
            let steps = closing.steps.iter().map(|step| {
                json!({
                    "deed": step.deed, "by": step.by, "reason": step.reason,
                    "at": step.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
                })
            });
            json!({
                "plan": closing.plan, "period": closing.period, "version": closing.version, "state": state(closing),
                "hash": closing.hash(), "steps": steps.collect::<Vec<_>>(),
            })
        });
        return print_json(&lines.collect::<Vec<_>>());
    }
    let mut text = String::new();
    for closing in closings {
        let last = closing
            .steps
            .last()
            .map_or_else(String::new, |step| format!("{} by {}", clock::date_and_time(step.at), step.by));
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{} {} v{}  {:<9}  {last}  {}",
            closing.plan,
            closing.period,
            closing.version,
            state(closing),
            closing.hash()
        );
    }
    print(&text)
}

fn check(db: &Db, closings: &[Closing]) -> Outcome {
    let (mut text, mut bad) = (String::new(), 0);
    for closing in closings {
        for finding in verify(db, closing)? {
            let sign = if finding.well { "ok " } else { "BAD" };
            let (plan, period, version) = (&closing.plan, &closing.period, closing.version);
            let _ = writeln!(text, "{sign} {plan} {period} v{version}, {}: {}", finding.what, finding.words);
            bad += usize::from(!finding.well);
        }
    }
    print(&text)?;
    if bad > 0 {
        return Err(Refusal(format!(
            "{bad} things are not what they were when the period was closed; compare with a backup made after it, and with \
             the hash printed on the report"
        )));
    }
    eprintln!("{} closed versions are what they were", closings.len());
    Ok(())
}
