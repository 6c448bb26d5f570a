//! Wrong codes of the second factor, counted by sign-in and by account, from whatever network they come.
//!
//! A code is asked only of whoever gave the right password, so a limit by account locks nobody out at a stranger's will. The counts
//! live in memory, like those of every other limit: a restart forgets them, and of two servers on one database each counts for
//! itself. Of the million codes three are right at a time, so whoever knows a password and guesses day and night at 20 an hour
//! needs more than a year for an even chance; the owner is told in the first hour.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Wrong codes of one session; then it ends.
pub const OF_SESSION: usize = 5;
/// Wrong codes of one account in [`WINDOW`]; then none is taken until the oldest is that old.
pub const OF_ACCOUNT: usize = 20;
/// Wrong codes of one account in [`WINDOW`] after which its owner is told: more than people mistype.
pub const TOLD_AT: usize = 10;
/// How long a wrong code counts: longer than half a sign-in lives.
pub const WINDOW: Duration = Duration::from_hours(1);

/// Why no further code is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooMany {
    /// The session is used up: the password is asked again.
    OfSession,
    /// The account takes no code for so long.
    OfAccount(Duration),
}

/// When, and the hash of which session's token: those of the last hour, oldest first.
type Tries = Vec<(Instant, [u8; 32])>;

/// The counts. Only accounts whose password was given are here, each with [`OF_ACCOUNT`] tries at most.
#[derive(Debug, Default)]
pub struct CodeTries {
    accounts: Mutex<HashMap<i32, Tries>>,
}

impl CodeTries {
    /// Counts a code as wrong before anybody looks at it, so that many sent at once are no more than one after another.
    pub fn begin(&self, user: i32, session: [u8; 32], now: Instant) -> Result<(), TooMany> {
        self.with(user, |tries| {
            tries.retain(|(at, _)| now.duration_since(*at) < WINDOW);
            if tries.len() >= OF_ACCOUNT {
                let oldest = tries.first().map_or(now, |(at, _)| *at);
                return Err(TooMany::OfAccount(WINDOW.saturating_sub(now.duration_since(oldest))));
            }
            if of_session(tries, session) >= OF_SESSION {
                return Err(TooMany::OfSession);
            }
            tries.push((now, session));
            Ok(())
        })
    }

    /// It was right: it counts no more. Those before it do, because the owner's coming does not stop who guesses.
    pub fn take_back(&self, user: i32, session: [u8; 32]) {
        self.with(user, |tries| {
            if let Some(newest) = tries.iter().rposition(|(_, of)| *of == session) {
                tries.remove(newest);
            }
        });
    }

    /// Wrong codes of the session and of the account in the last hour.
    pub fn wrong(&self, user: i32, session: [u8; 32]) -> (usize, usize) {
        self.with(user, |tries| (of_session(tries, session), tries.len()))
    }

    fn with<T>(&self, user: i32, work: impl FnOnce(&mut Tries) -> T) -> T {
        work(self.accounts.lock().unwrap_or_else(PoisonError::into_inner).entry(user).or_default())
    }
}

fn of_session(tries: &Tries, session: [u8; 32]) -> usize {
    tries.iter().filter(|(_, of)| *of == session).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_has_five_an_account_twenty_an_hour_and_a_colleague_their_own() {
        let (tries, start) = (CodeTries::default(), Instant::now());
        let at = |minutes: u64| start + Duration::from_mins(minutes);
        for session in 1..=4 {
            for _ in 0..5 {
                assert_eq!(tries.begin(7, [session; 32], at(u64::from(session))), Ok(()));
            }
            assert_eq!(tries.wrong(7, [session; 32]), (5, 5 * usize::from(session)));
        }
        assert_eq!(tries.begin(7, [9; 32], at(10)), Err(TooMany::OfAccount(Duration::from_mins(51))));
        assert_eq!(tries.begin(8, [9; 32], at(10)), Ok(()));
        // The first five were sent in minute one.
        assert_eq!(tries.begin(7, [9; 32], at(60)), Err(TooMany::OfAccount(Duration::from_mins(1))));
        assert_eq!(tries.begin(7, [9; 32], at(61)), Ok(()));
        assert_eq!(tries.begin(7, [4; 32], at(61)), Err(TooMany::OfSession));
    }

    #[test]
    fn a_right_code_takes_back_itself_and_nothing_else() {
        let (tries, now) = (CodeTries::default(), Instant::now());
        for _ in 0..4 {
            assert_eq!(tries.begin(7, [1; 32], now), Ok(()));
        }
        assert_eq!(tries.begin(7, [2; 32], now), Ok(()));
        tries.take_back(7, [2; 32]);
        assert_eq!((tries.wrong(7, [2; 32]), tries.wrong(7, [1; 32])), ((0, 4), (4, 4)));
    }

    #[test]
    fn fifty_at_once_are_five() {
        let (tries, now) = (CodeTries::default(), Instant::now());
        let taken = std::thread::scope(|threads| {
            let sent: Vec<_> = (0..50).map(|_| threads.spawn(|| tries.begin(7, [1; 32], now).is_ok())).collect();
            sent.into_iter().map(|sent| sent.join().expect("no panic")).filter(|taken| *taken).count()
        });
        assert_eq!(taken, 5);
    }
}
