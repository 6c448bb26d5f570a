//! What runs on a timer beside the server: letters, events for other programs, forgetting what must be forgotten, the order of arrival among it, adding
//! up the days that are over, and the backup of the night.

mod backup;
mod clock_check;
pub mod letters;
mod shuffle;
mod stop;
pub mod webhooks;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono::{Days, Months};

pub use backup::{Backups, backup_of_the_night};
pub use shuffle::order_round;
pub use stop::Stop;

use crate::clock;
use crate::db::{Db, DbError, Lead};
use crate::service::complaints::close_unrated;
use crate::service::overview::refresh;
use crate::service::warnings::judge_all;
use crate::vitals::JobBook;
use clock_check::Steady;

/// Attempts are dated by their sheet's day, which may lie 3 days back; 33 days keep every attempt for 30 full days.
const ATTEMPTS_KEPT_DAYS: u64 = 33;
/// Between two rounds, at most.
const PAUSE: Duration = Duration::from_hours(1);
/// Between two looks whether this server leads: so long nobody does the work of a leader that is gone.
const LEAD_PAUSE: Duration = Duration::from_mins(1);
/// Between two looks into the outbox.
const POST_PAUSE: Duration = Duration::from_mins(1);
/// How long the end waits for a letter or an event that is being handed over. A receiver may let it hang for longer; then it is
/// sent again after the next start, under the same Message-ID or identifier.
const POST_PATIENCE: Duration = Duration::from_secs(2);

/// What the jobs are told.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where backups go; none where nobody asked for them.
    pub backups: Option<Backups>,
    /// For how many months sheets are kept; none for ever.
    pub retention_months: Option<u32>,
    /// How letters go; none in tests of other things.
    pub post: Option<Arc<letters::Post>>,
    /// How events go to other programs; none in tests of other things.
    pub courier: Option<Arc<webhooks::Courier>>,
    /// Where the jobs enter what they did.
    pub book: Arc<JobBook>,
}

/// The threads of the jobs; dropping it ends them.
#[derive(Debug)]
pub struct Jobs {
    stop: Arc<Stop>,
    keeper: Option<JoinHandle<()>>,
    /// Letters and events have a thread each: a receiver that hangs holds up neither the backup nor the forgetting.
    carriers: Vec<JoinHandle<()>>,
    book: Arc<JobBook>,
}

impl Jobs {
    /// Starts a round at once, then one an hour and one at the hour of the backup. Nothing is forgotten in the first hour,
    /// nor in the day after the clock has jumped. Called once the server listens: a start that fails sends no letter.
    pub fn start(db: Db, settings: Settings) -> Self {
        let stop = Arc::new(Stop::default());
        // A file of SQLite has one server, which leads.
        let leading = Arc::new(AtomicBool::new(db.url().file().is_some()));
        let mut carriers = Vec::new();
        let mut carry = |job, meanwhile: &'static str, mut work: Box<dyn FnMut() -> Result<(), DbError> + Send>| {
            let (book, stop) = (Arc::clone(&settings.book), Arc::clone(&stop));
            carriers.push(std::thread::spawn(move || {
                loop {
                    done(&book, job, meanwhile, &mut work);
                    if stop.wait(POST_PAUSE) {
                        return;
                    }
                }
            }));
        };
        if let Some(post) = settings.post.clone() {
            let (db, stop, mut desk) = (db.for_jobs(), Arc::clone(&stop), letters::Desk::of(&leading));
            let round = move || letters::round(&db, &post, &mut desk, &stop, clock::now());
            carry("letters", "letters wait for the next minute", Box::new(round));
        }
        if let Some(courier) = settings.courier.clone() {
            let (db, stop) = (db.for_jobs(), Arc::clone(&stop));
            let lap = move || webhooks::lap(&db, &courier, &stop, clock::now());
            carry("webhooks", "events wait for the next minute", Box::new(lap));
        }
        let (stopped, book) = (Arc::clone(&stop), Arc::clone(&settings.book));
        let keeper = std::thread::spawn(move || {
            let (db, mut lead, mut next) = (db.for_jobs(), Lead::default(), None);
            let mut steady = Steady::new(clock::now(), Instant::now());
            loop {
                let clock_is_steady = steady.look(clock::now(), Instant::now(), &settings.book);
                let leads = db.leads(&mut lead);
                leading.store(matches!(leads, Ok(true)), Ordering::Relaxed);
                match leads {
                    // Who takes the lead over begins at once.
                    Ok(true) if next.is_none_or(|next| Instant::now() >= next) => {
                        round(&db, &settings, clock_is_steady, &stopped);
                        next = Some(Instant::now() + PAUSE.min(backup::until_next(clock::now())));
                    }
                    Ok(true) => {}
                    Ok(false) => {
                        next = None;
                        tracing::debug!("another server does the work of the timer");
                    }
                    Err(error) => {
                        next = None;
                        tracing::warn!(%error, "the work of the timer waits for the next minute");
                    }
                }
                let pause = next.map_or(LEAD_PAUSE, |next| next.saturating_duration_since(Instant::now()));
                if stopped.wait(pause.min(LEAD_PAUSE)) {
                    return;
                }
            }
        });
        Self { stop, keeper: Some(keeper), carriers, book }
    }

    /// What the jobs did.
    pub fn book(&self) -> Arc<JobBook> {
        Arc::clone(&self.book)
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.stop.tell();
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
        let since = Instant::now();
        let busy = |carriers: &[JoinHandle<()>]| carriers.iter().any(|carrier| !carrier.is_finished());
        while busy(&self.carriers) && since.elapsed() < POST_PATIENCE {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Runs one job and enters how it ended. One that fails, or panics, keeps neither itself nor the others from the next round.
fn done(book: &JobBook, job: &'static str, meanwhile: &str, work: impl FnOnce() -> Result<(), DbError>) {
    let ended = catch_unwind(AssertUnwindSafe(work));
    match &ended {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(job, %error, "a job failed: {meanwhile}"),
        Err(_) => tracing::error!(job, "a job panicked: {meanwhile}"),
    }
    book.enter(job, matches!(ended, Ok(Ok(()))), clock::now());
}

/// One round of every job but those that carry things out. Once it is told to stop, none begins, and each ends after the unit or the
/// days that it is at.
fn round(db: &Db, settings: &Settings, clock_is_steady: bool, stop: &Stop) {
    let go_on = || !stop.is_told();
    let run = |job, meanwhile, work: &dyn Fn() -> Result<(), DbError>| {
        if go_on() {
            done(&settings.book, job, meanwhile, work);
        }
    };
    let today = clock::today();
    // Before the backup, which then holds none of it.
    run("order", "the order of arrival stays in the rows of the last days for another hour", &|| {
        order_round(db, today, &go_on).map(drop)
    });
    run("releases", "answers wait an hour longer for their release", &|| {
        // Their rows were written anew: what lay where before is cleared away.
        db.release_nightly_while(today, &go_on)?;
        db.clear_old_rows()
    });
    run("day_sums", "the sums of days that are over wait; figures are right without them, and slower", &|| {
        db.keep_day_sums_while(today, &go_on).map(drop)
    });
    run("warnings", "early warnings come an hour later", &|| judge_all(db, today, &go_on));
    if clock_is_steady {
        run("complaints", "answered complaints that nobody rated are closed an hour later", &|| {
            close_unrated(db, today, &go_on).map(drop)
        });
        run("forget", "attempts and sessions are forgotten an hour later", &|| forget(db));
        if let Some(months) = settings.retention_months {
            run("retention", "old sheets are forgotten an hour later", &|| forget_sheets(db, months, &go_on));
        }
    }
    if let Some(backups) = &settings.backups {
        run("backup", "the backup of the night is tried again in an hour", &|| {
            if let Some(made) = backup_of_the_night(db, backups, clock::now())? {
                tracing::info!(file = %made.display(), "backup made and verified");
            }
            Ok(())
        });
    }
    run("overview", "the overview of wards shows the figures of an hour before", &|| {
        let made = refresh(db, today, go_on)?;
        if made.computed > 0 {
            tracing::info!(
                computed = made.computed,
                same = made.same,
                cut_short = made.cut_short,
                "figures of periods kept"
            );
        }
        Ok(())
    });
}

/// Forgets the sheets and comments of days that lie `months` back or more, for as long as `go_on` says. Their tallies, and so all
/// figures, stay.
pub fn forget_sheets(db: &Db, months: u32, go_on: &dyn Fn() -> bool) -> Result<(), DbError> {
    let Some(first) = clock::today().checked_sub_months(Months::new(months)) else { return Ok(()) };
    let sheets = db.forget_sheets_while(first, go_on)?;
    if sheets > 0 {
        tracing::info!(sheets, before = %first, "forgotten; their tallies stay");
    }
    Ok(())
}

/// Forgets attempts after their 30 days, and sessions that have ended.
pub fn forget(db: &Db) -> Result<(), DbError> {
    let attempts = db.prune_attempts(clock::today() - Days::new(ATTEMPTS_KEPT_DAYS))?;
    // A day later, so that what somebody types in a page left open is known to be theirs.
    let sessions = db.prune_sessions(clock::now() - chrono::TimeDelta::days(1))?;
    db.prune_links(clock::now())?;
    if attempts + sessions > 0 {
        tracing::info!(attempts, sessions, "forgotten");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_panics_is_entered_as_failed_and_runs_again() {
        let book = JobBook::default();
        done(&book, "a", "", || panic!("on purpose"));
        done(&book, "a", "", || Err(DbError::Busy));
        assert_eq!(book.all()[0].1.failures, 2);
        assert!(book.all()[0].1.last_done.is_none());
        done(&book, "a", "", || Ok(()));
        assert!(book.all()[0].1.last_done.is_some());
    }
}
