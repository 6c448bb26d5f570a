//! What was typed when a sign-in had ended: kept in memory for an hour for the person whose session it was, and nobody else, so that it
//! is sent again once they have signed in. Nothing of it is written anywhere.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::secrets::hex::hex;

/// The longest body that is kept: a form, no file.
pub const BYTES_MAX: usize = 256 * 1024;
/// All of them together.
const ALL_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How long one is kept.
const LIFE: Duration = Duration::from_hours(1);

/// Something that was typed.
#[derive(Clone)]
pub struct Typed {
    /// Number of the person.
    pub user: i32,
    /// Where it was sent.
    pub address: String,
    /// The body, as it came.
    pub body: Vec<u8>,
}

struct Entry {
    token: String,
    since: Instant,
    typed: Typed,
}

/// Everything that is kept.
#[derive(Default)]
pub struct KeptBodies(Mutex<VecDeque<Entry>>);

impl KeptBodies {
    /// Keeps something; the word by which it is found again. What is oldest gives way.
    pub fn keep(&self, typed: Typed) -> Option<String> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).ok()?;
        let token = hex(&bytes);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|entry| entry.since.elapsed() < LIFE);
        let mut room = ALL_BYTES_MAX.checked_sub(typed.body.len())?;
        // Newest first, as long as there is room.
        let held = all.iter().rev().take_while(|entry| {
            let fits = room.checked_sub(entry.typed.body.len());
            room = fits.unwrap_or(0);
            fits.is_some()
        });
        let gone = all.len() - held.count();
        all.drain(..gone);
        all.push_back(Entry { token: token.clone(), since: Instant::now(), typed });
        Some(token)
    }

    /// What is kept under a word, for the person whose it is.
    pub fn find(&self, token: &str, user: i32) -> Option<Typed> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_theirs = |entry: &&Entry| entry.token == token && entry.typed.user == user;
        all.iter().find(is_theirs).filter(|entry| entry.since.elapsed() < LIFE).map(|entry| entry.typed.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(user: i32, bytes: usize) -> Typed {
        Typed { user, address: "/staff/entry/1".to_owned(), body: vec![b'a'; bytes] }
    }

    #[test]
    fn what_was_typed_is_found_by_its_person_and_by_nobody_else() {
        let kept = KeptBodies::default();
        let token = kept.keep(typed(1, 10)).expect("kept");
        assert_eq!(kept.find(&token, 1).map(|typed| typed.body.len()), Some(10));
        assert!(kept.find(&token, 2).is_none() && kept.find("00", 1).is_none());
    }

    #[test]
    fn what_is_oldest_gives_way_before_the_memory_is_full() {
        let kept = KeptBodies::default();
        let first = kept.keep(typed(1, BYTES_MAX)).expect("kept");
        let tokens: Vec<String> = (0..64).map(|_| kept.keep(typed(1, BYTES_MAX)).expect("kept")).collect();
        assert!(kept.find(&first, 1).is_none(), "64 of 256 KiB are the whole room");
        assert!(tokens.iter().all(|token| kept.find(token, 1).is_some()));
        assert!(kept.keep(typed(1, ALL_BYTES_MAX + 1)).is_none());
    }
}
