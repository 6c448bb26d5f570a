//! `sipas period`: closed periods, and whether they still are what they were. Closing takes two people who sign in, so it is
//! done on the pages.

use std::fmt::Write;
use std::path::{Component, Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::files::{self, ReadBy};
use super::{Outcome, Refusal, To, open, print, print_json};
use crate::clock;
use crate::config::Config;
use crate::db::{Closing, Db};
use crate::secrets::hex::hex;
use crate::service::closing::verify::{Standing, Version, verify, versions};

/// Subcommands of `period`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Every version of every closed period.
    List {
        /// Key of a plan: only its periods.
        #[arg(long)]
        plan: Option<String>,
        /// Print JSON instead of lines of text.
        #[arg(long)]
        json: bool,
    },
    /// Check that every period that the audit log tells of is there, as it was: hashes, log, figures computed anew; exit 1 on any change.
    /// `old` marks figures of an older method: untouched by their hashes, and not to be computed anew.
    Verify {
        /// Key of a plan: only its periods.
        #[arg(long)]
        plan: Option<String>,
        /// Key of a period, as in 2026-q1: only its versions.
        #[arg(long, requires = "plan")]
        period: Option<String>,
        /// Number of a version: only that one.
        #[arg(long, requires = "period")]
        version: Option<u32>,
    },
    /// Write what is kept of a closed period into a folder: every part as it is, the files, who took which step, and under `issued` the
    /// documents that went out. Files and folders are readable by their owner only.
    ///
    /// The tallies among the parts tell what single people answered where few came to a point on a day: give them to nobody who knows who
    /// came, and delete the folder afterwards.
    Export {
        /// Key of the plan, as `sipas period list` shows it.
        #[arg(long)]
        plan: String,
        /// Key of the period, as in 2026-q1.
        #[arg(long)]
        period: String,
        /// Its version; the newest if left out.
        #[arg(long)]
        version: Option<u32>,
        /// Folder to write into; it must not exist yet, or be empty.
        #[arg(long)]
        out: PathBuf,
    },
}

/// Runs the command.
pub fn run(config: &Config, command: &Command) -> Outcome {
    let db = open(config, To::Read)?;
    match command {
        Command::List { plan, json } => {
            let mut closings = db.all_closings()?;
            closings.retain(|closing| plan.as_ref().is_none_or(|plan| closing.plan == *plan));
            if let Some(plan) = plan.as_ref().filter(|_| closings.is_empty())
                && db.plan(plan)?.is_none()
            {
                return Err(Refusal(format!("there is no plan `{plan}`; see `sipas plan list`")));
            }
            list(&closings, *json)
        }
        Command::Verify { plan, period, version } => {
            let mut found = versions(&db)?;
            found.retain(|known| {
                plan.as_ref().is_none_or(|plan| known.plan == *plan)
                    && period.as_ref().is_none_or(|period| known.period == *period)
                    && version.is_none_or(|version| known.number == version)
            });
            if found.is_empty() && plan.is_some() {
                return Err(no_such_version());
            }
            check(&db, &found)
        }
        Command::Export { plan, period, version, out } => {
            let mut closings = db.all_closings()?;
            closings.retain(|closing| {
                closing.plan == *plan
                    && closing.period == *period
                    && version.is_none_or(|version| closing.version == version)
            });
            let closing = closings.last().ok_or_else(no_such_version)?;
            export(&db, closing, out)
        }
    }
}

fn no_such_version() -> Refusal {
    Refusal("no such closed period; `sipas period list` shows those there are".to_owned())
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
            described(closing, &steps.collect::<Vec<_>>())
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
            closing.state().word(),
            closing.hash()
        );
    }
    print(&text)
}

fn described(closing: &Closing, steps: &[Value]) -> Value {
    json!({
        "plan": closing.plan, "period": closing.period, "version": closing.version, "state": closing.state().word(),
        "hash": closing.hash(), "steps": steps,
    })
}

fn check(db: &Db, found: &[Version]) -> Outcome {
    let (mut bad, mut older) = (0, 0);
    if let Err(broken) = db.verify_audit()? {
        print(&format!("BAD audit log: row {} does not fit: {}\n", broken.number, broken.why))?;
        bad += 1;
    }
    for version in found {
        let mut text = String::new();
        for finding in verify(db, version) {
            let sign = match finding.standing {
                Standing::Unchanged => "ok ",
                Standing::OlderMethod => "old",
                Standing::Changed => "BAD",
            };
            let (plan, period, number) = (&version.plan, &version.period, version.number);
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{sign} {plan} {period} v{number}, {}: {}", finding.what, finding.words);
            bad += usize::from(finding.standing == Standing::Changed);
            older += usize::from(finding.standing == Standing::OlderMethod);
        }
        // Each as soon as it is known: what comes later may take long.
        print(&text)?;
    }
    if bad > 0 {
        return Err(Refusal(format!(
            "{bad} things are not what they were when the period was closed; compare with a backup made after it, and with \
             the hash printed on the report"
        )));
    }
    let by_older = if older > 0 { format!(", {older} of them computed by an older method") } else { String::new() };
    eprintln!("{} closed versions are what they were{by_older}", found.len());
    Ok(())
}

/// Writes the parts of a version under their names, and `steps.json` with the steps and the hash of each part.
fn export(db: &Db, closing: &Closing, out: &Path) -> Outcome {
    if out.read_dir().is_ok_and(|mut within| within.next().is_some()) {
        return Err(Refusal(format!("{} is not empty; name a new folder", out.display())));
    }
    let made = !out.exists();
    let written = write_all(db, closing, out);
    if written.is_err() {
        take_away(out, made);
    }
    let changed = written?;
    if changed > 0 {
        return Err(Refusal(format!("{changed} parts do not fit their hash; run `sipas period verify`")));
    }
    Ok(())
}

/// How many parts do not fit their hash; they are written all the same.
fn write_all(db: &Db, closing: &Closing, out: &Path) -> Result<usize, Refusal> {
    let parts = db.closing_hashes(closing, true)?;
    let mut changed = 0;
    for (name, hash) in &parts {
        let content = db.closing_part(closing, name)?;
        changed += usize::from(content.as_ref().is_some_and(|content| Sha256::digest(content).as_slice() != hash));
        write_within(out, name, content)?;
    }
    let steps: Vec<Value> = closing
        .steps
        .iter()
        .map(|step| {
            json!({
                "deed": step.deed, "by": step.by, "reason": step.reason, "hash": hex(&step.hash),
                "at": step.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            })
        })
        .collect();
    let mut about = described(closing, &steps);
    about["parts"] =
        parts.iter().map(|(name, hash)| (name.clone(), json!(hex(hash)))).collect::<serde_json::Map<_, _>>().into();
    let (issued, documents) = export_issued(db, closing, out)?;
    about["issued"] = issued;
    write_within(out, "steps.json", Some(format!("{about:#}\n").into_bytes()))?;
    eprintln!("wrote {} parts and {documents} files of issued documents into {}", parts.len(), out.display());
    Ok(changed)
}

/// Takes away what was written of a version that could not be written whole, out of a folder in which there was nothing before.
fn take_away(out: &Path, made: bool) {
    // Why it could not be written says more than that it cannot be removed.
    for entry in out.read_dir().into_iter().flatten().flatten() {
        let path = entry.path();
        let _ = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
    }
    if made {
        let _ = std::fs::remove_dir(out);
    }
}

/// Writes the documents of a version that went out, each issue into a folder of its own; what stands on them, and how many files.
fn export_issued(db: &Db, closing: &Closing, out: &Path) -> Result<(Value, usize), Refusal> {
    let (mut about, mut written) = (Vec::new(), 0);
    let reports = db.issued_reports(&closing.plan, &closing.period)?;
    for report in reports.iter().filter(|report| report.version == closing.version) {
        for (name, _) in &report.files {
            let content = db.issued_file(&closing.plan, &closing.period, (report.version, report.issue), name)?;
            write_within(out, &format!("issued/{}/{name}", report.issue), content)?;
            written += 1;
        }
        about.push(json!({
            "issue": report.issue, "details": report.details, "by": report.by,
            "at": report.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            "files": report.files.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        }));
    }
    Ok((about.into(), written))
}

/// Writes a file for its owner only under its name in the folder, which is made for its owner only: tallies of a quiet day are one person's
/// answers. Refused where the name leads out of it: somebody may have put any into the database.
fn write_within(out: &Path, name: &str, content: Option<Vec<u8>>) -> Outcome {
    let inside = Path::new(name).components().all(|component| matches!(component, Component::Normal(_)));
    let Some(content) = content.filter(|_| inside) else {
        return Err(Refusal(format!("the part `{name}` cannot be written")));
    };
    let path = out.join(name);
    if let Some(folder) = path.parent() {
        let mut builder = std::fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(folder).map_err(|error| Refusal(format!("{}: {error}", folder.display())))?;
    }
    files::write(&path, ReadBy::Owner, &content)
}
