//! Whether the wall clock may be believed: what is forgotten by date must not be forgotten by a clock that is wrong.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use crate::vitals::JobBook;

/// After the start: a machine without a battery for its clock gets the time from the network within minutes.
const AT_START: Duration = Duration::from_hours(1);
/// After a jump: time for an operator who reads the log.
const AFTER_A_JUMP: Duration = Duration::from_hours(24);
/// A clock that is set right moves by less; a machine that slept for longer is taken for a jump, which costs nothing.
const JUMP: TimeDelta = TimeDelta::hours(24);

/// The wall clock, compared with the one that only runs forward.
pub(super) struct Steady {
    wall: DateTime<Utc>,
    monotonic: Instant,
    believed_from: Instant,
}

impl Steady {
    pub(super) fn new(wall: DateTime<Utc>, monotonic: Instant) -> Self {
        Self { wall, monotonic, believed_from: monotonic + AT_START }
    }

    /// Looks at both clocks again; whether the wall clock is believed. A jump is entered into `book`.
    pub(super) fn look(&mut self, wall: DateTime<Utc>, monotonic: Instant, book: &JobBook) -> bool {
        let passed = TimeDelta::from_std(monotonic.saturating_duration_since(self.monotonic)).unwrap_or(TimeDelta::MAX);
        let jump = (wall - self.wall) - passed;
        if jump.abs() > JUMP {
            tracing::warn!(
                hours = jump.num_hours(),
                "the clock of this machine jumped; nothing is forgotten for a day. Is its time right?"
            );
            self.believed_from = monotonic + AFTER_A_JUMP;
            book.clock_jumped();
        }
        (self.wall, self.monotonic) = (wall, monotonic);
        monotonic >= self.believed_from
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_believed_after_an_hour_and_not_for_a_day_after_a_jump() {
        let (wall, start) = (DateTime::<Utc>::default(), Instant::now());
        let hours = |hours: u32| (TimeDelta::hours(i64::from(hours)), Duration::from_hours(u64::from(hours)));
        let mut clock = Steady::new(wall, start);
        let book = JobBook::default();
        let mut look = |at: u32, ahead: u32| clock.look(wall + hours(at + ahead).0, start + hours(at).1, &book);
        assert!(!look(0, 0));
        assert!(look(1, 0));
        assert!(look(2, 23), "a summer time, a drift");
        assert!(!look(3, 23 + 500), "a jump");
        assert!(!look(26, 23 + 500));
        assert!(look(27, 23 + 500));
        assert!(!look(28, 0), "the way back is a jump as well");
        assert_eq!(book.clock_jumps(), 2);
    }
}
