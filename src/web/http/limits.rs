//! Limits without identity: how many submissions and sign-in attempts come from one place.
//!
//! A place is a truncated network (IPv4 /24, IPv6 /48) hashed with a salt that is made at start and lives in memory
//! only, so that nothing kept here names anybody once the process has ended, and nothing is written anywhere.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::config::SubmitLimit;

/// Entries kept before the stale ones are swept out; a table of this size is about 1 MB.
const ENTRIES_MAX: usize = 20_000;

/// Counts events of a key in a sliding window made of the running and the previous whole window.
pub struct Limiter {
    salt: RandomState,
    window: Duration,
    allowed: Option<u32>,
    counts: Mutex<HashMap<u64, Count>>,
}

#[derive(Clone, Copy)]
struct Count {
    since: Instant,
    now: u32,
    before: u32,
}

impl Limiter {
    /// A limiter of submissions an hour.
    pub fn of_submissions(limit: SubmitLimit) -> Self {
        let allowed = match limit {
            SubmitLimit::Off => None,
            SubmitLimit::PerHour(limit) => Some(limit),
        };
        Self::new(allowed, Duration::from_hours(1))
    }

    /// At most `allowed` events of one key in `window`; none means no limit.
    pub fn new(allowed: Option<u32>, window: Duration) -> Self {
        Self { salt: RandomState::new(), window, allowed, counts: Mutex::default() }
    }

    /// Counts one event of `what` from the network of `address`; whether it is within the limit.
    pub fn allows(&self, what: &str, address: IpAddr) -> bool {
        self.count(self.key(what, address), 1)
    }

    /// Counts one event of a key, wherever it is used; whether it is within the limit.
    pub fn allows_key(&self, key: &[u8; 32]) -> bool {
        self.count(self.salt.hash_one(key), 1)
    }

    /// Takes back one event of `what` that was counted a moment ago.
    pub fn take_back(&self, what: &str, address: IpAddr) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(count) = counts.get_mut(&self.key(what, address)) else { return };
        // Where a window has begun since, it stands in the one before.
        let newest = if count.now > 0 { &mut count.now } else { &mut count.before };
        *newest = newest.saturating_sub(1);
    }

    /// Whether another event would be within the limit, without counting one.
    pub fn would_allow(&self, what: &str, address: IpAddr) -> bool {
        self.count(self.key(what, address), 0)
    }

    fn key(&self, what: &str, address: IpAddr) -> u64 {
        self.salt.hash_one((what, network(address)))
    }

    fn count(&self, key: u64, events: u32) -> bool {
        let Some(allowed) = self.allowed else { return true };
        let now = Instant::now();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= ENTRIES_MAX {
            counts.retain(|_, count| now.duration_since(count.since) < 2 * self.window);
            // So many places at once are a flood; forgetting them keeps memory and time bounded.
            if counts.len() >= ENTRIES_MAX {
                counts.clear();
            }
        }
        let count = counts.entry(key).or_insert(Count { since: now, now: 0, before: 0 });
        let age = now.duration_since(count.since);
        if age >= 2 * self.window {
            *count = Count { since: now, now: 0, before: 0 };
        } else if age >= self.window {
            *count = Count { since: count.since + self.window, now: 0, before: count.now };
        }
        let left = 1.0 - now.duration_since(count.since).as_secs_f64() / self.window.as_secs_f64();
        let seen = f64::from(count.before) * left + f64::from(count.now);
        if seen >= f64::from(allowed) {
            return false;
        }
        count.now += events;
        true
    }
}

/// The first three bytes of an IPv4 address, the first six of an IPv6 one.
pub(in crate::web) fn network(address: IpAddr) -> [u8; 6] {
    let mut network = [0; 6];
    match address.to_canonical() {
        IpAddr::V4(address) => network[3..].copy_from_slice(&address.octets()[..3]),
        IpAddr::V6(address) => network.copy_from_slice(&address.octets()[..6]),
    }
    network
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_stopped_at_its_limit_and_another_place_is_not() {
        let limiter = Limiter::new(Some(3), Duration::from_mins(1));
        let (here, next_door, elsewhere) = ([10, 0, 0, 1], [10, 0, 0, 99], [10, 0, 1, 1]);
        assert!((0..3).all(|_| limiter.allows("POINT", here.into())));
        assert!(!limiter.allows("POINT", next_door.into()), "the same /24");
        assert!(limiter.allows("POINT", elsewhere.into()));
        assert!(limiter.allows("OTHER", here.into()));
    }

    #[test]
    fn what_is_taken_back_makes_room_for_one_and_forgets_none_of_the_others() {
        let limiter = Limiter::new(Some(3), Duration::from_mins(1));
        let (here, elsewhere) = ([10, 0, 0, 1], [10, 0, 1, 1]);
        limiter.take_back("name", here.into());
        assert!((0..2).all(|_| limiter.allows("name", here.into())));
        for _ in 0..10 {
            assert!(limiter.allows("name", here.into()));
            assert!(!limiter.allows("name", here.into()), "two that were not taken back and this one");
            limiter.take_back("name", here.into());
        }
        limiter.take_back("name", elsewhere.into());
        assert!(limiter.allows("name", here.into()));
        assert!(!limiter.allows("name", here.into()));
    }
}
