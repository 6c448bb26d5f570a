//! What becomes of a submission, and how many became what since the start.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Refusal;

/// What became of a submission that was well formed.
#[derive(Debug)]
pub enum Accepted {
    /// Stored now, durably.
    Stored,
    /// The same content was stored before.
    StoredBefore,
    /// The attempt was used for other content.
    OtherContent,
    /// The queue is full: nothing stored, come again.
    Busy,
    /// The database is out of reach: nothing stored, come again.
    Unavailable(Refusal),
    /// Too many from this place: nothing stored, come again later.
    TooMany,
    /// The one-time code cannot be used: unknown, used, expired, another point's. Nothing stored.
    TicketUnknown,
    /// It says that it comes from a tablet at the counter, and the point has none.
    NoKiosk,
}

/// What became of submissions since the start.
#[derive(Debug, Default)]
pub struct Counters {
    stored: AtomicU64,
    stored_before: AtomicU64,
    other_content: AtomicU64,
    busy: AtomicU64,
    unavailable: AtomicU64,
    too_many: AtomicU64,
    ticket_unknown: AtomicU64,
    no_kiosk: AtomicU64,
}

impl Counters {
    /// Counts one submission.
    pub fn count(&self, accepted: &Accepted) {
        self.of(accepted).fetch_add(1, Ordering::Relaxed);
    }

    /// How many ended like `accepted`.
    pub fn so_far(&self, accepted: &Accepted) -> u64 {
        self.of(accepted).load(Ordering::Relaxed)
    }

    fn of(&self, accepted: &Accepted) -> &AtomicU64 {
        match accepted {
            Accepted::Stored => &self.stored,
            Accepted::StoredBefore => &self.stored_before,
            Accepted::OtherContent => &self.other_content,
            Accepted::Busy => &self.busy,
            Accepted::Unavailable(_) => &self.unavailable,
            Accepted::TooMany => &self.too_many,
            Accepted::TicketUnknown => &self.ticket_unknown,
            Accepted::NoKiosk => &self.no_kiosk,
        }
    }
}
