//! The command line: one file per subcommand, thin. Data go to standard output, words to standard error; the exit
//! status is 0 when done, 1 when the input was refused, 2 when the command was wrong.

/// Words for whoever runs a command, in the place of the standard macro, which panics where nobody reads them any more
/// (`sipas qr --all 2>&1 | head`) and would leave the work half done.
macro_rules! eprintln {
    ($($words:tt)*) => {
        drop(std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("{}\n", format_args!($($words)*))))
    };
}

mod analyse;
mod audit;
mod backup;
mod check;
mod demo;
mod demo_cases;
mod distribute;
mod doctor;
mod export;
mod figures;
mod files;
mod form;
mod import;
mod import_words;
mod index;
mod move_to;
mod period;
mod plan;
mod point;
mod qr;
mod report;
mod round;
mod serve;
mod simulate;
mod tickets;
mod unit;
mod user;
mod void;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::access::AuditedAction;
use crate::config::Config;
use crate::db::{DatabaseUrl, Db, DbError, Note, require_not_moved};

/// Where a command finds its database: told with every help, because without it another one is asked.
const SETTINGS_HELP: &str = "Settings are read from the file that SIPAS_CONFIG names and from variables SIPAS_<KEY>, as SIPAS_DATABASE_URL. Where the \
    package is installed, run every command as the service's user:\n  \
    sudo -u sipas env SIPAS_CONFIG=/etc/sipas/sipas.toml sipas doctor";

/// Satisfaction survey and SIPAS measurement for Vietnam's wards and communes.
#[derive(Debug, Parser)]
#[command(name = "sipas", version, about, disable_help_subcommand = true, after_help = SETTINGS_HELP)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Migrate the database, then serve.
    Serve(serve::Arguments),
    /// Migrate the database; say from which to which version.
    Migrate,
    /// Check every questionnaire and plan file.
    Check(check::Arguments),
    /// Fill an empty database with demonstration data.
    Demo(demo::Arguments),
    /// Units, as wards, offices, schools and stations: add, list, end.
    #[command(subcommand)]
    Unit(unit::Command),
    /// Service points and their codes: add, list, replace a code, end.
    #[command(subcommand)]
    Point(point::Command),
    /// People who sign in: add, list, new password, address, end.
    #[command(subcommand)]
    User(user::Command),
    /// The audit log: verify its chain, print its head.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Questionnaires: list, export as XLSForm, read `XLSForms` and forms of others.
    #[command(subcommand)]
    Form(form::Command),
    /// Plans: list, show, how every target stands.
    #[command(subcommand)]
    Plan(plan::Command),
    /// Survey rounds: list, show, estimates of those drawn from a frame.
    #[command(subcommand)]
    Round(round::Command),
    /// Closed periods: list them, check that they still are what they were.
    #[command(subcommand)]
    Period(period::Command),
    /// Indices and verdicts of a plan's period, as text or JSON.
    Index(index::Arguments),
    /// Survey statistics on any data file; no database.
    Analyse(analyse::Arguments),
    /// The report of a plan's period as DOCX, PDF, XLSX, CSV or text.
    Report(report::Arguments),
    /// Answer sheets, figures or the codebook as CSV or XLSX, sheets also for SPSS and as Parquet; a script for R.
    #[command(subcommand)]
    Export(export::Command),
    /// Take in a file: cases handled, answer sheets, figures of others. Whole or not at all.
    #[command(subcommand)]
    Import(import::Command),
    /// QR codes and posters of service points.
    Qr(qr::Arguments),
    /// Copy the database into a file while it serves, and verify the copy.
    Backup(backup::BackupArguments),
    /// Verify a backup and put it in the place of the database.
    Restore(backup::RestoreArguments),
    /// One-time codes on cards: print some for a point, or list how many were issued and used.
    Tickets(tickets::Arguments),
    /// Move everything from the SQLite file of `DATABASE_URL` into an empty PostgreSQL database, or back; compare every figure of both.
    ///
    /// Stop the server first. The old database keeps everything and is marked, so that no server starts on it any more; set `DATABASE_URL` to
    /// the new place afterwards.
    Move(move_to::Arguments),
    /// Spread the tables over machines by unit: PostgreSQL with Citus only.
    Distribute(distribute::Arguments),
    /// Take a group of sheets out of the figures, with a reason; list and undo.
    Void(void::Arguments),
    /// Send a day's visitors, honest and hostile, to a server on this machine.
    Simulate(simulate::Arguments),
    /// Check an installation: what is wrong, and what to do; rebuild tallies from the sheets.
    Doctor(doctor::Arguments),
}

/// What a command that could not do its work says, and the status it ends with.
#[derive(Debug)]
pub struct Refusal(String);

impl<E: std::fmt::Display> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

type Outcome = Result<(), Refusal>;

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let config = match Config::from_environment() {
        Ok(config) => config,
        Err(error) => return refuse(&error.to_string()),
    };
    let done = match cli.command {
        Command::Serve(arguments) => serve::run(config, &arguments),
        Command::Migrate => migrate(&config),
        Command::Check(arguments) => check::run(&config, &arguments),
        Command::Demo(arguments) => demo::run(&config, &arguments),
        Command::Unit(command) => unit::run(&config, command),
        Command::Point(command) => point::run(&config, command),
        Command::User(command) => user::run(&config, command),
        Command::Audit(command) => audit::run(&config, &command),
        Command::Form(command) => form::run(&config, command),
        Command::Plan(command) => plan::run(&config, command),
        Command::Round(command) => round::run(&config, command),
        Command::Period(command) => period::run(&config, &command),
        Command::Index(arguments) => index::run(&config, &arguments),
        Command::Analyse(arguments) => analyse::run(&arguments),
        Command::Report(arguments) => report::run(&config, &arguments),
        Command::Export(command) => export::run(&config, &command),
        Command::Import(command) => import::run(&config, &command),
        Command::Qr(arguments) => qr::run(&config, &arguments),
        Command::Backup(arguments) => backup::run(&config, &arguments),
        Command::Restore(arguments) => backup::run_restore(&config, &arguments),
        Command::Tickets(arguments) => tickets::run(&config, &arguments),
        Command::Move(arguments) => move_to::run(&config, &arguments),
        Command::Distribute(arguments) => distribute::run(&config, &arguments),
        Command::Void(arguments) => void::run(&config, arguments),
        Command::Simulate(arguments) => simulate::run(&config, &arguments),
        Command::Doctor(arguments) => doctor::run(&config, &arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Refusal(sentence)) => refuse(&sentence),
    }
}

fn refuse(sentence: &str) -> ExitCode {
    if !sentence.is_empty() {
        // The status says it too, where standard error is closed.
        let _ = writeln!(std::io::stderr(), "sipas: {sentence}");
    }
    ExitCode::from(1)
}

fn migrate(config: &Config) -> Outcome {
    let url = DatabaseUrl::parse(&config.database_url)?;
    let seeds = crate::service::seeding::read(config.forms_dir.as_deref(), config.plans_dir.as_deref())
        .map_err(|faults| Refusal(faults.join("\n")))?;
    require_not_moved(&url)?;
    let migrated = crate::db::migrate(&url)?;
    let db = Db::open(&url)?;
    crate::app::seed(&db, &seeds)?;
    // Else commands would count nothing of the past until the first start of the server.
    let past = db.release_the_past(crate::clock::today())?;
    if past > 0 {
        eprintln!("{past} answer sheets of before count in figures as kept releases");
    }
    eprintln!("migrated from {} to {}", migrated.from.as_deref().unwrap_or("nothing"), migrated.to);
    Ok(())
}

/// Who runs the command: through sudo the person, not root.
fn who(by: Option<String>) -> String {
    let account = || ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    by.or_else(account).filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "command line".to_owned())
}

/// The numbers of a unit and those under it.
fn subtree(db: &Db, code: &str) -> Result<Vec<i32>, Refusal> {
    if db.unit_by_code(code)?.is_none() {
        return Err(Refusal(format!("there is no unit `{code}`; `sipas unit list` shows them")));
    }
    Ok(db.subtree(code)?)
}

/// Refuses a name that pages refuse.
fn shown_name(name: &str) -> Result<(), Refusal> {
    if crate::access::is_shown_name(name) {
        return Ok(());
    }
    Err(Refusal(format!("`{}` cannot be shown as a name: one line of 1 to 200 characters", name.escape_debug())))
}

/// What a command does with the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    Read,
    Write,
}

impl To {
    /// Of a command that only reads where `reads` says so.
    fn read_if(reads: bool) -> Self {
        if reads { Self::Read } else { Self::Write }
    }
}

/// Opens the database for a command. One that was moved away is written no more, and who reads it, or one that cannot be written, is told.
fn open(config: &Config, to: To) -> Result<Db, Refusal> {
    let url = DatabaseUrl::parse(&config.database_url)?;
    let db = match to {
        To::Write => Db::open(&url),
        To::Read => Db::open_to_read(&url),
    };
    let db = db.map_err(|error| missed(config, &error))?;
    match to {
        To::Write => db.require_not_moved()?,
        To::Read => {
            if let Some(words) = db.only_read() {
                eprintln!("sipas: warning: {words}");
            }
            if let Some(moved) = db.moved()? {
                eprintln!("sipas: warning: {moved}");
            }
        }
    }
    Ok(db)
}

/// Says, before codes are made, where they lead nobody.
fn warn_of_codes(config: &Config) {
    if let Some(words) = config.codes_stay_here() {
        eprintln!("sipas: warning: {words}");
    }
}

/// Why a database was not opened. Where none is there and no setting named one, the settings were most likely forgotten.
fn missed(config: &Config, error: &DbError) -> Refusal {
    let forgotten = matches!(error, DbError::Missing(_)) && config.is_default_database();
    let hint = if forgotten {
        ". No setting names a database; that of an installed server is found with  sudo -u sipas env \
         SIPAS_CONFIG=/etc/sipas/sipas.toml sipas …"
    } else {
        ""
    };
    Refusal(format!("{error}{hint}"))
}

/// What the audit log keeps of a command: nobody signed in, somebody has the machine.
fn note(action: AuditedAction, unit: &str, object: impl Into<String>) -> Note {
    let (actor, unit, object) = ("sipas (lệnh)".to_owned(), unit.to_owned(), object.into());
    Note { at: crate::clock::now(), actor, action, unit, object, outcome: crate::db::Outcome::Done }
}

/// Prints data; a closed pipe (`| head`) is no failure.
fn print(text: &str) -> Outcome {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Refusal(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints JSON over several lines.
fn print_json(value: &impl serde::Serialize) -> Outcome {
    print(&format!("{}\n", serde_json::to_string_pretty(value)?))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// What has no help that says something: three words at least.
    fn unsaid(command: &clap::Command, path: &str, found: &mut Vec<String>) {
        let path = format!("{path} {}", command.get_name());
        let few = |help: Option<&clap::builder::StyledStr>| {
            help.is_none_or(|help| help.to_string().split_whitespace().count() < 3)
        };
        let own = command.get_arguments().filter(|argument| !matches!(argument.get_id().as_str(), "help" | "version"));
        found.extend(
            own.filter(|argument| few(argument.get_help())).map(|argument| format!("{path} {}", argument.get_id())),
        );
        for below in command.get_subcommands() {
            if below.get_about().is_none_or(|about| about.to_string().split_whitespace().count() < 2) {
                found.push(format!("{path} {}", below.get_name()));
            }
            unsaid(below, &path, found);
        }
    }

    #[test]
    fn every_command_and_option_is_described_in_words() {
        let mut found = Vec::new();
        unsaid(&Cli::command(), "", &mut found);
        assert!(found.is_empty(), "{found:?}");
    }

    /// The words of a line for a shell, up to a comment or a redirection.
    fn words(line: &str) -> Vec<String> {
        let (mut words, mut quoted, mut open) = (vec![String::new()], false, false);
        for sign in line.chars() {
            match sign {
                '"' => (quoted, open) = (!quoted, true),
                ' ' if !quoted => {
                    if open {
                        words.push(String::new());
                    }
                    open = false;
                }
                sign => {
                    open = true;
                    words.last_mut().expect("a word").push(sign);
                }
            }
        }
        words.into_iter().take_while(|word| !matches!(word.as_str(), "#" | ">" | "&" | "")).collect()
    }

    #[test]
    fn what_the_documents_of_operators_call_is_called_with_settings_and_understood() {
        let documents = [include_str!("../../docs/operations.md"), include_str!("../../docs/huong-dan/van-hanh.md")];
        let mut understood = 0;
        for text in documents {
            let blocks = text.split("```").skip(1).step_by(2).map(|block| block.replace("\\\n", " "));
            for line in blocks.collect::<Vec<_>>().iter().flat_map(|block| block.lines()).map(str::trim) {
                let words = words(line);
                let Some(at) = words.iter().position(|word| word == "sipas") else { continue };
                // Of a package, a user or a database of this name nothing is asked, nor of what may be left out.
                if line.contains('[')
                    || !words[..at]
                        .iter()
                        .all(|word| word.contains('=') || ["sudo", "-u", "sipas", "env"].contains(&&**word))
                {
                    continue;
                }
                let Some(program) = words.iter().rposition(|word| word == "sipas") else { continue };
                let settings = words[..program]
                    .iter()
                    .any(|word| word.starts_with("SIPAS_CONFIG=") || word.starts_with("SIPAS_DATABASE_URL="));
                if words[..program].last().is_some_and(|word| word == "-u") {
                    continue;
                }
                assert!(settings, "without settings: {line}");
                let called = words[program..].iter().map(|word| if word == "N" { "1" } else { word });
                if let Err(error) = Cli::try_parse_from(called) {
                    panic!("{line}: {error}");
                }
                understood += 1;
            }
        }
        assert!(understood >= 20, "{understood}");
    }

    #[test]
    fn help_tells_how_to_reach_the_installed_database() {
        let help = Cli::command().render_help().to_string();
        assert!(help.contains("sudo -u sipas env SIPAS_CONFIG=/etc/sipas/sipas.toml sipas doctor"), "{help}");
    }
}
