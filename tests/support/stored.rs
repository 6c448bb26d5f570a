//! What clients were told, held against what is stored: every acknowledged answer once, nothing that nobody sent.

#![allow(dead_code, reason = "each test program uses a part of what stands here")]

use std::collections::{HashMap, HashSet};

use chrono::Days;
use sipas::db::{Db, DbError};
use uuid::Uuid;

use super::load::{Sent, mark};

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
        let today = sipas::clock::today();
        let comments = db.comments(&[unit], today - Days::new(400), today + Days::new(400), u32::MAX);
        let mut stored: HashMap<String, usize> = HashMap::new();
        for comment in comments.expect("comments") {
            *stored.entry(comment.body).or_default() += 1;
        }
        let twice: Vec<_> = stored.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "stored more than once: {twice:?}");
        let lost: Vec<_> = self.acknowledged.iter().filter(|attempt| !stored.contains_key(&mark(**attempt))).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        let sent: HashSet<String> = self.acknowledged.union(&self.unknown).map(|attempt| mark(*attempt)).collect();
        assert!(stored.keys().all(|mark| sent.contains(mark)), "stored and never sent");
        let sheets = db.count_sheets().expect("a count");
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

/// Opens the database as a command does. PostgreSQL may need a moment to say that it is there.
pub fn open(fresh: &super::support::FreshDb) -> Db {
    for _ in 0..50 {
        match Db::open(fresh.url()) {
            Err(DbError::Unavailable(_)) => std::thread::sleep(std::time::Duration::from_millis(100)),
            other => return other.expect("a database"),
        }
    }
    panic!("the database does not come back")
}

/// No line of a log tells of a panic.
pub fn assert_calm(log: &str) {
    assert!(!log.contains("panick"), "{log}");
}
