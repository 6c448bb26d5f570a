//! `sipas round`: survey rounds, and the estimates of those drawn from a frame.

use super::{Outcome, Refusal, To, open};
use crate::config::Config;
use crate::db::{Db, Round};
use crate::plan::round::printed;
use crate::report::round::rate;
use crate::report::{Language, format};
use crate::service::rounds::as_json;
use crate::service::samples::concluded;

/// Subcommands of `round`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the rounds of a plan.
    List {
        /// Key of the plan, as `sipas plan list` shows it.
        plan: String,
        /// Print JSON instead of lines of text.
        #[arg(long)]
        json: bool,
    },
    /// Show a round: its sheets, part by part.
    Show {
        /// Key of the plan, as `sipas plan list` shows it.
        plan: String,
        /// Number of the round, as `sipas round list` shows it.
        round: i32,
        /// Print JSON instead of lines of text.
        #[arg(long)]
        json: bool,
    },
    /// Weights and estimates of a closed round that was drawn from a frame, as JSON.
    Estimates {
        /// Key of the plan, as `sipas plan list` shows it.
        plan: String,
        /// Number of the round, as `sipas round list` shows it.
        round: i32,
    },
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Outcome {
    let db = open(config, To::Read)?;
    match command {
        Command::List { plan, json } => {
            if db.plan(&plan)?.is_none() {
                return Err(Refusal(format!("there is no plan `{plan}`; see `sipas plan list`")));
            }
            let rounds = db.rounds(&plan)?;
            if json {
                return super::print_json(&rounds.iter().map(as_json).collect::<Vec<_>>());
            }
            super::print(&rounds.iter().map(line).collect::<String>())
        }
        Command::Show { plan, round, json } => {
            let round = found(&db, &plan, round)?;
            if json {
                return super::print_json(&as_json(&round));
            }
            let parts = round.offices.iter().map(|office| {
                let (first, last) = office.numbers;
                let name = office.cell.as_deref().unwrap_or("–");
                format!("  {}–{}  {:>5} valid  {name}\n", printed(first), printed(last), office.returns.valid)
            });
            super::print(&format!("{}{}", line(&round), parts.collect::<String>()))
        }
        Command::Estimates { plan, round } => {
            let round = found(&db, &plan, round)?;
            let none = || {
                Refusal(format!(
                    "round {} has no estimates: they are made when a round that was drawn from a frame is closed",
                    round.id
                ))
            };
            super::print_json(&concluded(&db, round.id)?.ok_or_else(none)?)
        }
    }
}

fn found(db: &Db, plan: &str, round: i32) -> Result<Round, Refusal> {
    let none = || Refusal(format!("plan `{plan}` has no round {round}; see `sipas round list {plan}`"));
    db.round(plan, round)?.ok_or_else(none)
}

fn line(round: &Round) -> String {
    let returns = round.returns();
    let (from, to) = (format::date(round.days.0), format::date(round.days.1));
    let state = if round.closed_on.is_some() { "closed" } else { "open" };
    let rate = rate(returns, Language::Vi);
    format!(
        "{:>3}  {from} – {to}  {state:<6}  {:>5} valid of {:>5} ({rate})  {}\n",
        round.id, returns.valid, returns.issued, round.name
    )
}
