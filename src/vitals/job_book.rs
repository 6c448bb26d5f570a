//! Which jobs ran when, how often they failed, and how often the clock jumped between them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

/// What is known of one job since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobRecord {
    /// When it last did its work to the end.
    pub last_done: Option<DateTime<Utc>>,
    /// How often it failed.
    pub failures: u64,
}

/// The book of all jobs of a process.
#[derive(Debug, Default)]
pub struct JobBook {
    jobs: Mutex<BTreeMap<&'static str, JobRecord>>,
    clock_jumps: AtomicU64,
}

impl JobBook {
    /// Enters how a job ended.
    pub fn enter(&self, job: &'static str, done: bool, now: DateTime<Utc>) {
        let mut book = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let record = book.entry(job).or_default();
        if done {
            record.last_done = Some(now);
        } else {
            record.failures += 1;
        }
    }

    /// Enters that the clock of this machine jumped.
    pub fn clock_jumped(&self) {
        self.clock_jumps.fetch_add(1, Ordering::Relaxed);
    }

    /// How often it did since the start.
    pub fn clock_jumps(&self) -> u64 {
        self.clock_jumps.load(Ordering::Relaxed)
    }

    /// Every job that ended at least once.
    pub fn all(&self) -> Vec<(&'static str, JobRecord)> {
        let book = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        book.iter().map(|(job, record)| (*job, *record)).collect()
    }
}
