//! When the tablet of a point was last on. In memory only, whatever citizens do on it: it says so every minute, also while
//! nobody answers, so that nothing of them can be told from it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// A tablet that was silent for so many minutes is off, or without network: it speaks every minute.
const SILENT: i64 = 5;

/// What is known of a tablet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tablet {
    /// It spoke within the last minutes.
    On,
    /// It has been silent since then.
    SilentSince(DateTime<Utc>),
    /// It has not spoken since the server started.
    NotSeen,
}

/// When the tablet of each point last spoke, since the start.
#[derive(Debug, Default)]
pub struct Tablets(Mutex<HashMap<String, DateTime<Utc>>>);

impl Tablets {
    /// The tablet of the point of this code is on now. Only for points that have one: their number bounds the book.
    pub fn speaks(&self, code: &str, now: DateTime<Utc>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(code.to_owned(), now);
    }

    /// What is known of the tablet of a point.
    pub fn of(&self, code: &str, now: DateTime<Utc>) -> Tablet {
        let book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match book.get(code) {
            None => Tablet::NotSeen,
            Some(last) if now - *last < TimeDelta::minutes(SILENT) => Tablet::On,
            Some(last) => Tablet::SilentSince(*last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tablet_is_on_while_it_speaks_and_silent_five_minutes_later() {
        let tablets = Tablets::default();
        let then = DateTime::<Utc>::UNIX_EPOCH;
        assert_eq!(tablets.of("AT32X2P", then), Tablet::NotSeen);
        tablets.speaks("AT32X2P", then);
        assert_eq!(tablets.of("AT32X2P", then + TimeDelta::seconds(299)), Tablet::On);
        assert_eq!(tablets.of("AT32X2P", then + TimeDelta::seconds(300)), Tablet::SilentSince(then));
        assert_eq!(tablets.of("BBBBBBB", then), Tablet::NotSeen);
    }
}
