//! What clients were told, held against what is stored: every acknowledged answer once, nothing that nobody sent.

#![allow(dead_code, reason = "each test program uses a part of what stands here")]

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use sipas::db::{Comment, Db, DbError};
use uuid::Uuid;

use super::load::{Sent, mark};
use super::server::PATIENCE;

/// The books of the clients.
#[derive(Debug, Default)]
pub struct Books {
    /// Attempts that were acknowledged.
    pub acknowledged: HashSet<Uuid>,
    /// Attempts of which nobody knows: the connection broke, or the server said 503.
    pub unknown: HashSet<Uuid>,
}

impl Books {
    /// Enters what was sent. Anything but a thanks, a "come again" and a broken connection is a fault.
    pub fn enter(&mut self, sent: &[Sent]) {
        for Sent { attempt, status } in sent {
            match status {
                Some(200 | 201) => {
                    self.unknown.remove(attempt);
                    self.acknowledged.insert(*attempt);
                }
                Some(503) | None if !self.acknowledged.contains(attempt) => drop(self.unknown.insert(*attempt)),
                Some(503) | None => {}
                Some(other) => panic!("{attempt} was answered {other}"),
            }
        }
    }

    /// Looks into the database: every acknowledged answer stands there once, and nothing that was not sent. How many do.
    pub fn compare(&self, db: &Db, unit: i32) -> usize {
        let (comments, sheets) = at_rest(db, unit);
        let mut stored: HashMap<String, usize> = HashMap::new();
        for comment in comments {
            *stored.entry(comment.body).or_default() += 1;
        }
        let twice: Vec<_> = stored.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "stored more than once: {twice:?}");
        let lost: Vec<_> = self.acknowledged.iter().filter(|attempt| !stored.contains_key(&mark(**attempt))).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        let sent: HashSet<String> = self.acknowledged.union(&self.unknown).map(|attempt| mark(*attempt)).collect();
        assert!(stored.keys().all(|mark| sent.contains(mark)), "stored and never sent");
        assert_eq!(sheets, stored.len() as u64, "each has one sheet");
        stored.len()
    }

    /// [`Books::compare`] and the recount of every tally.
    pub fn compare_and_recount(&self, db: &Db, unit: i32) -> usize {
        let stored = self.compare(db, unit);
        let checkup = db.check().expect("a check-up");
        assert!(checkup.is_well(), "{checkup:#?}");
        stored
    }
}

/// The free words of every day and the number of sheets, both of one moment. What a server that was killed had asked of PostgreSQL may still
/// be committed while they are read, so they are read again until nothing has come meanwhile. No clock is asked: another test may hold it.
fn at_rest(db: &Db, unit: i32) -> (Vec<Comment>, u64) {
    let count = || db.count_sheets().expect("a count");
    let since = Instant::now();
    loop {
        let before = count();
        let comments = db.comments(&[unit], NaiveDate::MIN, NaiveDate::MAX, u32::MAX).expect("comments");
        if count() == before {
            return (comments, before);
        }
        assert!(since.elapsed() < PATIENCE, "answers still come in");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Opens the database as a command does. PostgreSQL may need a moment to say that it is there.
pub fn open(fresh: &super::support::FreshDb) -> Db {
    let since = Instant::now();
    loop {
        match Db::open(fresh.url()) {
            Err(DbError::Unavailable(_)) if since.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(100));
            }
            other => return other.expect("a database"),
        }
    }
}

/// No line of a log tells of a panic.
pub fn assert_calm(log: &str) {
    assert!(!log.contains("panick"), "{log}");
}
