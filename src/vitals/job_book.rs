//! Which jobs ran when, and how often they failed.

use std::collections::BTreeMap;
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
pub struct JobBook(Mutex<BTreeMap<&'static str, JobRecord>>);

impl JobBook {
    /// Enters how a job ended.
    pub fn enter(&self, job: &'static str, done: bool, now: DateTime<Utc>) {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let record = book.entry(job).or_default();
        if done {
            record.last_done = Some(now);
        } else {
            record.failures += 1;
        }
    }

    /// Every job that ended at least once.
    pub fn all(&self) -> Vec<(&'static str, JobRecord)> {
        let book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        book.iter().map(|(job, record)| (*job, *record)).collect()
    }
}
