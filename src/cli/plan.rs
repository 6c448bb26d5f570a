//! `sipas plan`: what the plans bind a unit to.

use super::{Outcome, Refusal, open};
use crate::clock;
use crate::config::Config;
use crate::plan::{FieldOfService, show};

/// Subcommands of `plan`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List plans.
    List,
    /// Show a plan: targets, periods, tasks and what serves each.
    Show {
        /// Key of the plan.
        plan: String,
    },
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Outcome {
    let db = open(config)?;
    match command {
        Command::List => {
            let lines = db.plans()?.into_iter().map(|plan| format!("{:<28} {}\n", plan.plan.key, plan.plan.title_vi));
            super::print(&lines.collect::<String>())
        }
        Command::Show { plan: key } => {
            let missing = || Refusal(format!("there is no plan `{key}`; see `sipas plan list`"));
            let plan = db.plan(&key)?.ok_or_else(missing)?.plan;
            let fields = db.fields()?.into_iter();
            let fields: Vec<FieldOfService> = fields
                .map(|field| FieldOfService { id: field.code, name_vi: field.name_vi, name_en: field.name_en })
                .collect();
            super::print(&show(&plan, &fields, Some(clock::today())))
        }
    }
}
