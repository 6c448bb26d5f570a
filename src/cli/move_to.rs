//! `sipas move`: from SQLite to PostgreSQL, with every figure compared.

use super::{Outcome, Refusal};
use crate::clock;
use crate::config::Config;
use crate::db::transfer;
use crate::db::{DatabaseUrl, Db};
use crate::index::Suspects;
use crate::service::figures::{MeasureError, Question, measure};
use crate::sheet::tally::Series;

/// Arguments of `move`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The empty PostgreSQL database, `postgres://…`; `-` reads it from standard input, so that no list of processes shows
    /// its password.
    #[arg(long)]
    to: String,
}

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Outcome {
    let from = DatabaseUrl::parse(&config.database_url)?;
    let mut address = arguments.to.clone();
    if address == "-" {
        address.clear();
        std::io::stdin().read_line(&mut address)?;
    }
    let to = DatabaseUrl::parse(address.trim())?;
    let moved = transfer(&from, &to)?;
    for (table, rows) in &moved.tables {
        eprintln!("{table}: {rows}");
    }
    let figures = compare(&Db::open(&from)?, &Db::open(&to)?)?;
    eprintln!(
        "{} answer sheets moved to {to}; every tally equals their recount, and {figures} sets of figures are the same. \
         {from} is as it was. Set DATABASE_URL to the new place and start the server",
        moved.sheets
    );
    Ok(())
}

/// Computes the figures of every plan, period and series in both places; how many were compared.
fn compare(old: &Db, new: &Db) -> Result<usize, Refusal> {
    let mut compared = 0;
    for listed in old.plans()? {
        let plan = &listed.plan;
        for period in &plan.periods {
            for series in [Series::Open, Series::Ticket, Series::Sample] {
                let question = Question {
                    plan: plan.key.clone(),
                    period: period.key.clone(),
                    unit: None,
                    series,
                    suspects: Suspects::In,
                    live: false,
                    today: clock::today(),
                };
                let figures = |db: &Db| match measure(db, &question) {
                    Ok(measured) => Ok(Some(serde_json::to_string(&measured.report)?)),
                    // A plan whose unit is not in this installation has none, in either place.
                    Err(MeasureError::NoUnit { .. }) => Ok(None),
                    Err(error) => Err(Refusal::from(error)),
                };
                if figures(old)? != figures(new)? {
                    return Err(Refusal(format!(
                        "the figures of {} {} differ in the new database: do not use it, and report this",
                        plan.key, period.key
                    )));
                }
                compared += 1;
            }
        }
    }
    Ok(compared)
}
