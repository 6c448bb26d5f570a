//! Cases counted: received, in time, late, open, how long they took, what citizens say of the answers.

use chrono::NaiveDate;

use super::machine::State;

/// Fewer raters than this are not shown.
const RATERS_FROM: u64 = 10;

/// What of a case is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// How far it is.
    pub state: State,
    /// The day it came.
    pub received_on: NaiveDate,
    /// By when it is to be decided; put off where that was allowed.
    pub due: NaiveDate,
    /// Since when the clock stands because the citizen is asked.
    pub waiting_since: Option<NaiveDate>,
    /// The day of the answer, or of the decision not to take it up; none while it is owed.
    pub decided_on: Option<NaiveDate>,
    /// Whether it was decided late, now or before it was reopened.
    pub was_late: bool,
    /// Whether case and answer are published.
    pub published: bool,
    /// Working days from the day it came to the decision.
    pub days_taken: Option<u32>,
    /// The rating of the answer, 1 to 5.
    pub rating: Option<u8>,
}

/// Cases of a unit and of days, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counts {
    /// Those that came.
    pub received: u64,
    /// Of them, decided by the due day.
    pub in_time: u64,
    /// Decided after it, or not decided and past it.
    pub late: u64,
    /// Owed, and not late.
    pub open: u64,
    /// Published with the answer.
    pub published: u64,
    /// Answered to the citizen alone.
    pub private: u64,
    /// Not the ward's, the same as another, or refused.
    pub not_taken_up: u64,
    /// Median of the working days to the decision.
    pub median_days: Option<f64>,
    /// Share of ratings 4 and 5, with how many rated; none below ten.
    pub content: Option<(f64, u64)>,
}

impl Facts {
    /// Whether it stands against "all in time" today. The clock that stands from a day on runs no further, and does not take back what was over
    /// before: whoever asks the citizen after the due day is late.
    pub fn is_late(&self, today: NaiveDate) -> bool {
        self.was_late || (self.decided_on.is_none() && self.waiting_since.unwrap_or(today) > self.due)
    }
}

/// Counts cases as they stand on `today`.
pub fn counts(cases: &[Facts], today: NaiveDate) -> Counts {
    let number = |of: &dyn Fn(&Facts) -> bool| cases.iter().filter(|case| of(case)).count() as u64;
    let mut taken: Vec<u32> = cases.iter().filter_map(|case| case.days_taken).collect();
    taken.sort_unstable();
    let middle = taken.len() / 2;
    let median_days = match taken.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(f64::from(taken[middle])),
        _ => Some(f64::midpoint(f64::from(taken[middle - 1]), f64::from(taken[middle]))),
    };
    let raters = number(&|case| case.rating.is_some());
    let content = number(&|case| case.rating.is_some_and(|level| level >= 4));
    Counts {
        received: cases.len() as u64,
        in_time: number(&|case| case.decided_on.is_some() && !case.is_late(today)),
        late: number(&|case| case.is_late(today)),
        open: number(&|case| case.decided_on.is_none() && !case.is_late(today)),
        published: number(&|case| case.published),
        private: number(&|case| case.state.is_answered() && !case.published),
        not_taken_up: number(&|case| matches!(case.state, State::Forwarded | State::Merged | State::Refused)),
        median_days,
        content: (raters >= RATERS_FROM).then(|| (content as f64 / raters as f64, raters)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, number).expect("a day")
    }

    fn case(decided: Option<u32>, taken: Option<u32>) -> Facts {
        Facts {
            state: if decided.is_some() { State::Published } else { State::Assigned },
            received_on: day(2),
            due: day(10),
            waiting_since: None,
            decided_on: decided.map(day),
            was_late: decided.is_some_and(|on| on > 10),
            published: decided.is_some(),
            days_taken: taken,
            rating: None,
        }
    }

    #[test]
    fn what_is_decided_in_time_what_late_and_what_is_still_open() {
        let cases = [case(Some(9), Some(5)), case(Some(11), Some(7)), case(None, None), case(Some(4), Some(2))];
        let then = counts(&cases, day(10));
        assert_eq!((then.received, then.in_time, then.late, then.open), (4, 2, 1, 1));
        // Median of 2, 5, 7.
        assert_eq!(then.median_days, Some(5.0));
        let later = counts(&cases, day(11));
        assert_eq!(
            (later.in_time, later.late, later.open),
            (2, 2, 0),
            "what is past its day is late though it is open"
        );
        // Due on the tenth: asked on that day the clock stands, asked on the day after it was over.
        let waiting = |since| Facts { waiting_since: Some(day(since)), ..case(None, None) };
        assert_eq!(counts(&[waiting(10)], day(30)).late, 0);
        assert_eq!(counts(&[waiting(11)], day(30)).late, 1, "asking does not take back what was over");
    }

    #[test]
    fn what_was_late_once_stays_late_when_it_is_reopened() {
        let reopened = Facts { state: State::Reopened, was_late: true, decided_on: None, ..case(None, None) };
        assert_eq!(counts(&[reopened], day(3)).late, 1);
    }

    #[test]
    fn ratings_are_shown_from_ten_on() {
        let rated = |level| Facts { rating: Some(level), ..case(Some(9), Some(5)) };
        let nine: Vec<Facts> = (0..9).map(|_| rated(5)).collect();
        assert_eq!(counts(&nine, day(20)).content, None);
        let ten: Vec<Facts> = (0..10).map(|place| rated(if place < 7 { 4 } else { 2 })).collect();
        assert_eq!(counts(&ten, day(20)).content, Some((0.7, 10)));
    }
}
