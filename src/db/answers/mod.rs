//! Answers: the queue and its writer, sheets, tallies and their sums, release, voidings, one-time codes, paper.

pub(in crate::db) mod daily_sums;
pub(in crate::db) mod export;
pub(in crate::db) mod last_days;
pub(in crate::db) mod paper_batches;
pub(in crate::db) mod pools;
pub(in crate::db) mod queue;
pub(in crate::db) mod read;
pub(in crate::db) mod rebuild;
pub(in crate::db) mod release;
pub(in crate::db) mod retention;
pub(in crate::db) mod rounds;
pub(in crate::db) mod samples;
pub(in crate::db) mod series_counted;
pub(in crate::db) mod shares;
pub(in crate::db) mod sheet;
pub(in crate::db) mod shuffle;
pub(in crate::db) mod store;
pub(in crate::db) mod submit;
pub(in crate::db) mod tallies;
pub(in crate::db) mod tickets;
pub(in crate::db) mod upgrade;
pub(in crate::db) mod voided;
pub(in crate::db) mod voidings;
pub(in crate::db) mod writer;
