//! What runs on a timer beside the server: letters, forgetting what must be forgotten, the order of arrival among it, adding
//! up the days that are over, and the backup of the night.

mod backup;
mod clock_check;
pub mod letters;
mod shuffle;

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono::{Days, Months};

pub use backup::{Backups, backup_of_the_night};
pub use shuffle::Order;

use crate::clock;
use crate::db::{Db, DbError};
use clock_check::Steady;

/// Attempts are dated by their sheet's day, which may lie 3 days back; 33 days keep every attempt for 30 full days.
const ATTEMPTS_KEPT_DAYS: u64 = 33;
/// Between two rounds, at most.
const PAUSE: Duration = Duration::from_hours(1);

/// Between two looks into the outbox.
const POST_PAUSE: Duration = Duration::from_mins(1);

/// What the jobs are told.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where backups go; none where nobody asked for them.
    pub backups: Option<Backups>,
    /// For how many months sheets are kept; none for ever.
    pub retention_months: Option<u32>,
    /// How letters go; none in tests of other things.
    pub post: Option<Arc<letters::Post>>,
}

/// The thread of the jobs; dropping it ends the thread.
#[derive(Debug)]
pub struct Jobs {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Jobs {
    /// Starts a round at once, then one an hour and one at the hour of the backup. Nothing is forgotten in the first hour,
    /// nor in the day after the clock has jumped.
    pub fn start(db: Db, settings: Settings) -> Self {
        let (stop, stopped) = channel();
        let thread = std::thread::spawn(move || {
            let mut order = Order::default();
            let mut steady = Steady::new(clock::now(), Instant::now());
            loop {
                round(&db, &settings, &mut order, steady.look(clock::now(), Instant::now()));
                let next = Instant::now() + PAUSE.min(backup::until_next(clock::now()));
                // Letters do not wait for the next round.
                while let Some(left) = next.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
                    send_letters(&db, &settings);
                    let pause = if settings.post.is_some() { left.min(POST_PAUSE) } else { left };
                    if stopped.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
                        return;
                    }
                }
            }
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// One round of every job. One that fails does not keep the others from their work; it is tried again in the next round.
fn round(db: &Db, settings: &Settings, order: &mut Order, clock_is_steady: bool) {
    // Before the backup, which then holds none of it.
    if let Err(error) = order.round(db, clock::today()) {
        tracing::warn!(%error, "the order of arrival stays in the rows of the last days; it is tried again in an hour");
    }
    if let Err(error) = db.keep_day_sums(clock::today()) {
        tracing::warn!(%error, "the sums of days that are over wait; figures are right without them, and slower");
    }
    if clock_is_steady && let Err(error) = forget(db) {
        tracing::warn!(%error, "forgetting attempts and sessions failed; it is tried again in an hour");
    }
    if let Some(months) = settings.retention_months.filter(|_| clock_is_steady)
        && let Err(error) = forget_sheets(db, months)
    {
        tracing::warn!(%error, "forgetting old sheets failed; it is tried again in an hour");
    }
    let Some(backups) = &settings.backups else { return };
    match backup_of_the_night(db, backups, clock::now()) {
        Ok(Some(made)) => tracing::info!(file = %made.display(), "backup made and verified"),
        Ok(None) => {}
        Err(error) => tracing::error!(%error, "the backup of the night failed; it is tried again in an hour"),
    }
}

/// Writes and sends what is due.
fn send_letters(db: &Db, settings: &Settings) {
    if let Some(post) = &settings.post
        && let Err(error) = letters::round(db, post, clock::now())
    {
        tracing::warn!(%error, "letters could not be written or sent; it is tried again in a minute");
    }
}

/// Forgets the sheets and comments of days that lie `months` back or more. Their tallies, and so all figures, stay.
pub fn forget_sheets(db: &Db, months: u32) -> Result<(), DbError> {
    let Some(first) = clock::today().checked_sub_months(Months::new(months)) else { return Ok(()) };
    let sheets = db.forget_sheets_before(first)?;
    if sheets > 0 {
        tracing::info!(sheets, before = %first, "forgotten; their tallies stay");
    }
    Ok(())
}

/// Forgets attempts after their 30 days, and sessions that have ended.
pub fn forget(db: &Db) -> Result<(), DbError> {
    let attempts = db.prune_attempts(clock::today() - Days::new(ATTEMPTS_KEPT_DAYS))?;
    let sessions = db.prune_sessions(clock::now())?;
    db.prune_links(clock::now())?;
    if attempts + sessions > 0 {
        tracing::info!(attempts, sessions, "forgotten");
    }
    Ok(())
}
