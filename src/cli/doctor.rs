//! `sipas doctor`: an installation looked over; tallies rebuilt from the sheets and compared.

use super::{Outcome, Refusal};
use crate::clock;
use crate::config::Config;
use crate::db::{DatabaseUrl, Db, DbError, FILES, Finding, LAST_BACKUP, Surroundings};
use crate::mail::{Letter, MailError, Mailer};
use crate::service::figures::frozen;

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Replace tallies that differ from the sheets.
    #[arg(long)]
    rebuild: bool,
    /// Send a test letter to this address with the settings SMTP_URL and MAIL_FROM.
    #[arg(long)]
    mail_to: Option<String>,
}

/// Runs the command.
pub fn run(config: &Config, arguments: &Arguments) -> Outcome {
    if let Some(to) = &arguments.mail_to {
        let letter = Letter {
            to: to.clone(),
            subject: "SIPAS: thư thử".to_owned(),
            text: "Đây là thư thử của hệ thống khảo sát hài lòng. Nhận được thư này nghĩa là cài đặt thư đã đúng.\n\n\
                   This is a test letter of the satisfaction survey. Receiving it means that mail is set up right.\n"
                .to_owned(),
            id: None,
            fewer: None,
        };
        mailer(config)?.send(&letter).map_err(|error| match error {
            MailError::Letter(why) => Refusal(format!("--mail-to is `{to}`: {why}; write it as in an@example.gov.vn")),
            error => error.into(),
        })?;
        eprintln!("a test letter was taken for delivery");
        return Ok(());
    }
    let url = DatabaseUrl::parse(&config.database_url)?;
    let opened = if arguments.rebuild { Db::open(&url) } else { Db::open_to_read(&url) };
    let db = match opened {
        Err(DbError::FileDamaged(words)) => {
            super::print(&format!("BAD  integrity: {words}\n"))?;
            return Err(Refusal("the database cannot be looked into any further".to_owned()));
        }
        opened => opened.map_err(|error| super::missed(config, &error))?,
    };
    if arguments.rebuild {
        db.require_not_moved()?;
        let keys = db.rebuild_tallies()?;
        eprintln!("tallies rebuilt from the sheets; {keys} differed");
    }
    let mut checkup = db.check()?;
    if let Some(moved) = db.moved()? {
        checkup.findings.push(Finding { what: "place", well: false, words: moved.to_string() });
    }
    match super::tickets::finding(config, &db) {
        Ok(found) => checkup.findings.extend(found),
        Err(error) => checkup.findings.push(unread("ticket key", error)),
    }
    checkup.findings.push(closed_periods(&db).unwrap_or_else(|error| unread("closed periods", error)));
    checkup.findings.extend(db.writing());
    checkup.findings.extend(db.surroundings(config.backup_dir.as_deref()).iter().flat_map(Surroundings::findings));
    checkup.findings.extend(backups(config, &db));
    checkup.findings.extend(single_sign_on(config));
    checkup.findings.extend(mailer(config).err().map(|error| unread("mail", error.into())));
    for finding in &checkup.findings {
        let mark = if finding.well { "ok " } else { "BAD" };
        super::print(&format!("{mark}  {}: {}\n", finding.what, finding.words))?;
    }
    let bad = checkup.findings.iter().filter(|finding| !finding.well).count();
    match bad {
        0 => Ok(()),
        1 => Err(Refusal("one finding needs attention".to_owned())),
        bad => Err(Refusal(format!("{bad} findings need attention"))),
    }
}

/// The mailer of the settings; nothing is sent, and no server asked.
fn mailer(config: &Config) -> Result<Mailer, MailError> {
    Mailer::new(config.smtp_url.as_deref(), config.mail_from.as_deref(), config.smtp_ca_file.as_deref())
}

/// What could not be read.
fn unread(what: &'static str, Refusal(words): Refusal) -> Finding {
    Finding { what, well: false, words }
}

/// A night and a half: one backup was missed.
const BACKUP_OLD: chrono::TimeDelta = chrono::TimeDelta::hours(36);

/// The backups of the night, where a folder is set: whether it is there, and how old the last is.
fn backups(config: &Config, db: &Db) -> Option<Finding> {
    let folder = config.backup_dir.as_ref()?;
    let shown = folder.display();
    let last = db.meta(LAST_BACKUP).ok().flatten().and_then(|text| text.parse::<chrono::DateTime<chrono::Utc>>().ok());
    let (well, words) = match (folder.read_dir(), last) {
        (Err(error), _) => {
            (false, format!("BACKUP_DIR is {shown}, which cannot be read: {error}; mount its disk, or make the folder"))
        }
        (Ok(_), None) => (true, format!("none was made yet; they go into {shown} every night")),
        (Ok(_), Some(last)) => {
            let (well, at) = (clock::now() - last < BACKUP_OLD, clock::date_and_time(last));
            let todo =
                if well { "" } else { "; is the server running, and what does its log say of the job `backup`?" };
            (well, format!("the last was made at {at}{todo}"))
        }
    };
    Some(Finding { what: "backups", well, words })
}

/// Whether the provider of single sign-on answers, where one is set.
fn single_sign_on(config: &Config) -> Option<Finding> {
    let asked = match crate::app::sign_on(config) {
        Ok(None) => return None,
        Ok(Some(here)) => here.provider.probe().map_err(|failure| failure.to_string()),
        Err(setting) => Err(setting.to_string()),
    };
    let (well, words) = match asked {
        Ok(0) => (false, "the provider answers, but has no key for RS256 or ES256".to_owned()),
        Ok(keys) => (true, format!("the provider answers, {keys} keys")),
        Err(words) => (false, format!("{words}; staff with a password sign in all the same")),
    };
    Some(Finding { what: "single sign-on", well, words })
}

/// Every part of every closed period read, as its pages read it. `sipas period verify` looks further.
fn closed_periods(db: &Db) -> Result<Finding, Refusal> {
    let closings = db.all_closings()?;
    let mut bad = Vec::new();
    for closing in &closings {
        if let Err(error) = frozen::readable(db, closing) {
            bad.push(format!("{} {} v{}: {error}", closing.plan, closing.period, closing.version));
        }
        for (name, _) in db.closing_hashes(closing, true)?.iter().filter(|(name, _)| name.starts_with(FILES)) {
            if let Err(error) = db.closing_part(closing, name) {
                bad.push(format!("{} {} v{}: {error}", closing.plan, closing.period, closing.version));
            }
        }
    }
    let well = bad.is_empty();
    let words = if well {
        format!("{} versions, every part read", closings.len())
    } else {
        format!("{}; run `sipas period verify`", bad.join("; "))
    };
    Ok(Finding { what: "closed periods", well, words })
}
