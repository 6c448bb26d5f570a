//! `sipas audit`: the log of what staff did, and whether its chain is whole.

use serde_json::json;

use super::{Outcome, Refusal, To, open, print, print_json};
use crate::config::Config;
use crate::secrets::hex::hex;

/// Subcommands of `audit`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Walk the chain from its first row; say its head, or the first row that does not fit.
    Verify,
    /// Print number and hash of the last row: kept elsewhere, it shows later whether the log was changed up to there.
    Head {
        /// Print JSON instead of a line of text.
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub fn run(config: &Config, command: &Command) -> Outcome {
    let db = open(config, To::Read)?;
    match command {
        Command::Verify => match db.verify_audit()? {
            Ok(head) => {
                eprintln!("the audit log is whole: {} rows", head.number);
                print(&format!("{head}\n"))
            }
            Err(broken) => Err(Refusal(format!(
                "row {} of the audit log is the first that does not fit: {}; compare with the heads printed on reports and sent \
                 by mail",
                broken.number, broken.why
            ))),
        },
        Command::Head { json } => {
            let head = db.audit_head()?;
            if *json {
                return print_json(&json!({ "number": head.number, "hash": hex(&head.hash) }));
            }
            print(&format!("{head}\n"))
        }
    }
}
