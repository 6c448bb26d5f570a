//! `sipas tickets`: one-time codes for the slips on which results are handed over, and how many of them came back.

use std::path::{Path, PathBuf};

use chrono::Days;
use serde_json::json;

use super::files::{self, ReadBy};
use super::{Outcome, Refusal, To, note, open};
use crate::access::AuditedAction;
use crate::clock;
use crate::config::Config;
use crate::db::{Db, Finding, PointFound, PointStatus, TicketIssue};
use crate::print::qr::ticket_url;
use crate::print::ticket::{Cards, tickets};
use crate::service::tickets::{TicketKey, TicketKeyError, key_file, new_codes};
use crate::survey::code::{normalise, ticket_in_groups};

/// Most cards in one go: 1 250 sheets of paper.
const COUNT_MAX: usize = 10_000;

/// Arguments of `tickets`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    print: Option<Print>,
}

#[derive(Debug, clap::Args)]
struct Print {
    /// Code of the service point.
    #[arg(long)]
    point: String,
    /// How many cards to make, 10,000 at most.
    #[arg(long)]
    count: usize,
    /// PDF to write, eight cards a sheet; left out, codes and addresses are printed as lines.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Days, from today on, in which a code may be used.
    #[arg(long, default_value_t = 30)]
    days: u64,
    /// The key of codes issued before is lost: those stay unusable, go on with a new one.
    #[arg(long)]
    new_key: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// How many were issued and used, by point and month.
    List {
        /// Code of a unit: only its points and those under it.
        #[arg(long)]
        unit: Option<String>,
        /// Print JSON instead of lines of text.
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Outcome {
    let db = open(config, To::read_if(arguments.command.is_some()))?;
    match (&arguments.command, &arguments.print) {
        (Some(Command::List { unit, json }), _) => list(&db, unit.as_deref(), *json),
        (None, Some(wanted)) => print(config, &db, wanted),
        (None, None) => Err(Refusal("say for which --point and how many with --count, or `tickets list`".to_owned())),
    }
}

fn print(config: &Config, db: &Db, wanted: &Print) -> Outcome {
    let code = normalise(&wanted.point)
        .ok_or_else(|| Refusal(format!("`{}` cannot be a code; look for a slip", wanted.point)))?;
    let point = db
        .point(&code)?
        .ok_or_else(|| Refusal(format!("no point has the code {code}; `sipas point list` shows them")))?;
    let today = clock::today();
    if point.status(today) != PointStatus::Active {
        return Err(Refusal(format!(
            "the code {code} takes no answers any more; `sipas point list` shows those in use"
        )));
    }
    if !(1..=COUNT_MAX).contains(&wanted.count) {
        return Err(Refusal(format!("--count is {}; 1 to {COUNT_MAX} at a time", wanted.count)));
    }
    if !(1..=366).contains(&wanted.days) {
        return Err(Refusal(format!("--days is {}; 1 to 366", wanted.days)));
    }
    let file = key_file(config, db.url().file()).ok_or(TicketKeyError::NotSet)?;
    let known = TicketKey::read(&file)?;
    let others = db.tickets_of_other_keys(known.as_ref().map(TicketKey::id), today)?;
    if others > 0 && !wanted.new_key {
        return Err(Refusal(other_key(others, &file)));
    }
    super::warn_of_codes(config);
    let key = TicketKey::read_or_make(&file)?;
    let codes = new_codes(wanted.count)?;
    let last_day = today + Days::new(wanted.days - 1);
    // Written before they are entered: a failure leaves a file of codes that nobody accepts, never codes that nobody has.
    let written = wanted.out.as_ref().map(|out| write(config, &point, last_day, &codes, out)).transpose();
    written?;
    let issue = TicketIssue { unit: point.unit, point: point.point, key_id: key.id(), issued_on: today, last_day };
    let note = note(AuditedAction::IssueTickets, &point.unit_code, format!("{code}, {}", codes.len()));
    db.noting(note).issue_tickets(&issue, codes.iter().map(|code| key.hash(code)).collect())?;
    let until = last_day.format("%d/%m/%Y");
    eprintln!("{} codes for {} ({code}), to be used once each, until {until}", codes.len(), point.name_vi);
    if let Some(out) = &wanted.out {
        eprintln!("wrote {}; delete the file once the cards are printed", out.display());
        return Ok(());
    }
    let line =
        |ticket: &String| format!("{}  {}\n", ticket_in_groups(ticket), ticket_url(&config.public_url, &code, ticket));
    super::print(&codes.iter().map(line).collect::<String>())
}

fn write(
    config: &Config,
    point: &PointFound,
    last_day: chrono::NaiveDate,
    codes: &[String],
    out: &Path,
) -> Result<(), Refusal> {
    let cards = Cards {
        office: &point.unit_name_vi,
        point: &point.name_vi,
        public_url: &config.public_url,
        code: &point.code,
        last_day,
    };
    let bytes = tickets(&cards, codes)?;
    // Who reads the file can answer with the codes before the citizens do.
    files::write(out, ReadBy::Owner, &bytes)
}

fn list(db: &Db, unit: Option<&str>, json: bool) -> Outcome {
    let units = match unit {
        Some(code) => super::subtree(db, code)?,
        None => db.units()?.into_iter().map(|unit| unit.id).collect(),
    };
    let points = db.points(Some(&units))?;
    let mut lines = Vec::new();
    for count in db.ticket_counts(&units)? {
        let point = points.iter().find(|point| (point.unit, point.point) == (count.unit, count.point));
        let (code, name) = point.map_or(("", ""), |point| (&point.code, &point.name_vi));
        lines.push(json!({
            "code": code, "name": name, "month": count.month.format("%Y-%m").to_string(),
            "issued": count.issued, "used": count.used,
        }));
    }
    if json {
        return super::print_json(&lines);
    }
    let text = lines.iter().map(|line| {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        format!("{}  {}  {:>6} / {:<6} {}\n", text("month"), text("code"), line["used"], line["issued"], text("name"))
    });
    super::print(&text.collect::<String>())
}

/// What `doctor` says of the key, where there are codes that could still be used.
pub fn finding(config: &Config, db: &Db) -> Result<Option<Finding>, Refusal> {
    let file = key_file(config, db.url().file());
    let key = file.as_deref().map(TicketKey::read).transpose()?.flatten();
    let others = db.tickets_of_other_keys(key.as_ref().map(TicketKey::id), clock::today())?;
    let what = "ticket key";
    Ok(match (others, file) {
        (0, _) => key.map(|_| Finding { what, well: true, words: "the key of every code that can be used".to_owned() }),
        (_, Some(file)) => Some(Finding { what, well: false, words: other_key(others, &file) }),
        (_, None) => Some(Finding { what, well: false, words: TicketKeyError::NotSet.to_string() }),
    })
}

fn other_key(others: u64, file: &Path) -> String {
    format!(
        "{others} one-time codes that could still be used were made with another key than that of {}, and are refused; \
         put their key back there, or, if it is lost, issue new codes with `sipas tickets … --new-key`",
        file.display()
    )
}
