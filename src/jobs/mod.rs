//! What runs on a timer beside the server: so far, forgetting what must be forgotten.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::Days;

use crate::clock;
use crate::db::{Db, DbError};

/// Attempts are dated by their sheet's day, which may lie 3 days back; 33 days keep every attempt for 30 full days.
const ATTEMPTS_KEPT_DAYS: u64 = 33;
/// Between two rounds.
const PAUSE: Duration = Duration::from_hours(1);

/// The thread of the jobs; dropping it ends the thread.
#[derive(Debug)]
pub struct Jobs {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Jobs {
    /// Starts a round at once, then one an hour.
    pub fn start(db: Db) -> Self {
        let (stop, stopped) = channel();
        let thread = std::thread::spawn(move || {
            loop {
                if let Err(error) = round(&db) {
                    tracing::warn!(%error, "a round of jobs failed; it is tried again in an hour");
                }
                if stopped.recv_timeout(PAUSE) != Err(RecvTimeoutError::Timeout) {
                    return;
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

/// One round of every job.
pub fn round(db: &Db) -> Result<(), DbError> {
    let attempts = db.prune_attempts(clock::today() - Days::new(ATTEMPTS_KEPT_DAYS))?;
    let sessions = db.prune_sessions(clock::now())?;
    if attempts + sessions > 0 {
        tracing::info!(attempts, sessions, "forgotten");
    }
    Ok(())
}
