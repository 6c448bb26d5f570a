//! `sipas distribute`: the tables spread over machines by unit, on PostgreSQL with Citus.

use super::Outcome;
use crate::config::Config;
use crate::db::{DatabaseUrl, distribute, require_not_moved, statements};

/// Arguments of `distribute`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print what would be said to the database, and say nothing to it.
    #[arg(long)]
    print: bool,
}

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Outcome {
    if arguments.print {
        let lines: Vec<String> = statements().iter().map(|statement| format!("{statement};\n")).collect();
        return super::print(&lines.concat());
    }
    let url = DatabaseUrl::parse(&config.database_url)?;
    require_not_moved(&url)?;
    let lines = distribute(&url)?;
    super::print(&lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect::<String>())
}
