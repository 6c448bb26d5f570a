//! `sipas move`: from SQLite to PostgreSQL or back, with every figure compared.

use super::{Outcome, Refusal};
use crate::clock;
use crate::config::Config;
use crate::db::transfer;
use crate::db::{DatabaseUrl, Db};
use crate::index::Suspects;
use crate::service::figures::{MeasureError, Question, measure};
use crate::sheet::tally::Series;

/// Rows of a table between two lines of progress.
const STRIDE: u64 = 100_000;

/// Arguments of `move`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Address of the empty database to move to, of the other kind than `DATABASE_URL`: `postgres://…`, or `sqlite:PATH` of a file that is not
    /// there yet. `-` reads the address from standard input, so that no list of processes shows its password.
    #[arg(long, required_unless_present = "unmark", conflicts_with = "unmark")]
    to: Option<String>,
    /// Let the database of `DATABASE_URL`, which was moved away, be served again, where the move is to be undone. What was stored in the new
    /// place meanwhile is not in it.
    #[arg(long)]
    unmark: bool,
}

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Outcome {
    let Some(to) = &arguments.to else { return unmark(config) };
    let from = DatabaseUrl::parse(&config.database_url)?;
    let mut address = to.clone();
    if address == "-" {
        address.clear();
        std::io::stdin().read_line(&mut address)?;
    }
    let to = DatabaseUrl::parse_of("--to", address.trim())?;
    let mut said = 0;
    let moved = transfer(&from, &to, &mut |table, done, in_all| {
        if done == in_all {
            eprintln!("{table}: {done}");
            said = 0;
        } else if done / STRIDE > said {
            said = done / STRIDE;
            eprintln!("{table}: {done} of {in_all}");
        }
    })?;
    eprintln!("every row is there and every tally equals the recount; now the figures of both are compared");
    let old = Db::open(&from)?;
    let figures = compare(&old, &Db::open(&to)?)?;
    old.mark_moved(&to, &moved)?;
    eprintln!(
        "{} answer sheets moved to {to}; {figures} sets of figures are the same. {from} is as it was, and marked: no server starts on it \
         any more. Set DATABASE_URL to the new place and start the server",
        moved.sheets
    );
    Ok(())
}

fn unmark(config: &Config) -> Outcome {
    if Db::open(&DatabaseUrl::parse(&config.database_url)?)?.unmark_moved()? {
        eprintln!(
            "the mark is gone: a server starts on this database again. What was stored in the other meanwhile is not here"
        );
        return Ok(());
    }
    Err(Refusal("this database bears no mark of a move; nothing was changed".to_owned()))
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
