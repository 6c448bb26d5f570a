//! The backup of the night: at a fixed hour, and only few of them, because two copies taken around one answer show it
//! (`docs/anonymity.md`).

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::clock;
use crate::db::{BackupRefused, Db, DbError, is_part_of_a_night};

/// Hour of the day in Vietnam at which the backup is made: nobody answers then.
const HOUR: i64 = 2;
const DAY_S: i64 = 24 * 3600;
/// Names of the files around the civil day.
const NAME: (&str, &str) = ("sipas-", ".db");

/// Where backups go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backups {
    /// The folder; it must be there.
    pub folder: PathBuf,
    /// How many are kept.
    pub keep: usize,
}

/// Makes the backup of the night that was last at `now`, unless it is there, and removes the oldest beyond the kept ones.
/// A machine that was switched off at the hour makes it as soon as the server runs.
pub fn backup_of_the_night(db: &Db, backups: &Backups, now: DateTime<Utc>) -> Result<Option<PathBuf>, DbError> {
    let night = clock::civil_date(now - TimeDelta::hours(HOUR));
    let file = backups.folder.join(format!("{}{night}{}", NAME.0, NAME.1));
    if file.exists() {
        return Ok(None);
    }
    // One that cannot be removed must not keep the night without its backup; `sipas doctor` names it.
    if let Err(error) = remove_parts(backups, night) {
        tracing::error!(%error, "what is left of another night's backup stays");
    }
    let made = db.backup(&file)?;
    if let Some(warning) = made.warning {
        tracing::error!(warning, "the backup is true to the database, which needs attention");
    }
    if let Some(why) = made.unnoted {
        tracing::error!(why, "the backup is made, but the database could not note it");
    }
    let cannot = |error| cannot(backups, &error);
    let mut made: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(&backups.folder).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        if entry.file_name().to_str().is_some_and(is_one_of_ours) {
            made.push(entry.path());
        }
    }
    made.sort();
    for old in made.iter().take(made.len().saturating_sub(backups.keep)) {
        std::fs::remove_file(old).map_err(cannot)?;
    }
    Ok(Some(file))
}

fn cannot(backups: &Backups, error: &std::io::Error) -> DbError {
    BackupRefused::File { file: backups.folder.display().to_string(), words: error.to_string() }.into()
}

/// Removes what is left of other nights in which the program was ended while it copied: it holds all answers, and nobody else would.
fn remove_parts(backups: &Backups, night: NaiveDate) -> Result<(), DbError> {
    let own = format!("{}{night}", NAME.0);
    for entry in std::fs::read_dir(&backups.folder).map_err(|error| cannot(backups, &error))? {
        let entry = entry.map_err(|error| cannot(backups, &error))?;
        let of_another = |name: &str| is_part_of_a_night(name) && !name.starts_with(&own);
        if entry.file_name().to_str().is_some_and(of_another) {
            std::fs::remove_file(entry.path()).map_err(|error| cannot(backups, &error))?;
            tracing::warn!(file = %entry.path().display(), "a backup that was broken off is removed");
        }
    }
    Ok(())
}

/// Only what this job named is removed: `sipas-2026-03-14.db`.
fn is_one_of_ours(name: &str) -> bool {
    let day = name.strip_prefix(NAME.0).and_then(|rest| rest.strip_suffix(NAME.1));
    day.is_some_and(|day| day.len() == 10 && day.parse::<NaiveDate>().is_ok())
}

/// How long from `now` to the next backup.
pub(super) fn until_next(now: DateTime<Utc>) -> Duration {
    // Vietnam is 7 hours ahead all year.
    let since = (now.timestamp() + (7 - HOUR) * 3600).rem_euclid(DAY_S);
    Duration::from_secs(u64::try_from(DAY_S - since).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backup_waits_for_two_in_the_night_of_vietnam() {
        let wait = |text: &str| until_next(text.parse().expect("an instant")).as_secs();
        assert_eq!(wait("2026-03-14T18:59:00Z"), 60);
        assert_eq!(wait("2026-03-14T19:00:00Z"), 24 * 3600);
    }

    #[test]
    fn only_files_of_this_job_are_its_to_remove() {
        for (name, ours) in [
            ("sipas-2026-03-14.db", true),
            ("sipas-2026-03-14.db.part", false),
            ("sipas-2026-13-14.db", false),
            ("sipas-before.db", false),
            ("sipas.db", false),
        ] {
            assert_eq!(is_one_of_ours(name), ours, "{name}");
        }
    }
}
