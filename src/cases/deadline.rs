//! By when a case is to be answered: working days, an extension, and the clock that stands while the citizen is asked. Which
//! days are working days is handed over.

use chrono::{Days, NaiveDate};

/// A ward's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "days of what, and all of them are days")]
pub struct Rules {
    /// Working days from the day it came to the answer.
    pub answer_days: u32,
    /// Working days by which it may be put off, with a reason.
    pub extension_days: u32,
    /// Civil days after the answer on which an unrated case is closed.
    pub close_days: u32,
}

impl Default for Rules {
    /// What holds until a ward sets its own: our assumption, not a clause.
    fn default() -> Self {
        Self { answer_days: 15, extension_days: 10, close_days: 15 }
    }
}

/// The working day that is `days` working days after `day`; of none, `day` itself.
pub fn after(day: NaiveDate, days: u32, is_working_day: impl Fn(NaiveDate) -> bool) -> NaiveDate {
    let (mut found, mut left) = (day, days);
    while left > 0 {
        let Some(next) = found.checked_add_days(Days::new(1)) else { break };
        found = next;
        left -= u32::from(is_working_day(found));
    }
    found
}

/// Working days after `day`, up to and including `to`.
pub fn between(day: NaiveDate, to: NaiveDate, is_working_day: impl Fn(NaiveDate) -> bool) -> u32 {
    let days = day.iter_days().skip(1).take_while(|day| *day <= to).filter(|day| is_working_day(*day)).count();
    u32::try_from(days).unwrap_or(u32::MAX)
}

/// The due day once the citizen has answered on `today` what was asked on `asked`: as many working days later as the clock
/// stood.
pub fn resumed(
    due: NaiveDate,
    asked: NaiveDate,
    today: NaiveDate,
    is_working_day: impl Fn(NaiveDate) -> bool + Copy,
) -> NaiveDate {
    after(due, between(asked, today, is_working_day), is_working_day)
}

/// What those who work on a case are to be told of its due day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Half of the time is gone.
    Half,
    /// One working day or none is left.
    LastDay,
    /// It is late: those who work on it.
    Overdue,
    /// It is late by three working days or more: the leader too.
    LeaderTold,
}

impl Stage {
    /// The word in the key of a letter.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Half => "half",
            Stage::LastDay => "last-day",
            Stage::Overdue => "overdue",
            Stage::LeaderTold => "leader",
        }
    }
}

/// The stage of an open case whose clock runs, if any is reached.
pub fn stage(
    received: NaiveDate,
    due: NaiveDate,
    today: NaiveDate,
    is_working_day: impl Fn(NaiveDate) -> bool + Copy,
) -> Option<Stage> {
    if today > due {
        // A day off after the due day tells nobody anything: the first working day does.
        return match between(due, today, is_working_day) {
            0 => Some(Stage::LastDay),
            1 | 2 => Some(Stage::Overdue),
            _ => Some(Stage::LeaderTold),
        };
    }
    let (left, all) = (between(today, due, is_working_day), between(received, due, is_working_day));
    if left <= 1 {
        Some(Stage::LastDay)
    } else if 2 * left <= all {
        Some(Stage::Half)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, Weekday};

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn weekday(day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
    }

    #[test]
    fn fifteen_working_days_are_three_weeks_without_holidays() {
        // 2 March 2026 is a Monday; three weeks on, 23 March, too. Counted on a calendar.
        assert_eq!(after(day("2026-03-02"), 15, weekday), day("2026-03-23"));
        // What comes on a Saturday has the same due day as what came on the Friday before.
        assert_eq!(after(day("2026-03-07"), 5, weekday), after(day("2026-03-06"), 5, weekday));
        assert_eq!(between(day("2026-03-02"), day("2026-03-23"), weekday), 15);
        assert_eq!(after(day("2026-03-02"), 0, weekday), day("2026-03-02"));
    }

    #[test]
    fn the_clock_stands_while_the_citizen_is_asked() {
        // Asked on Friday 6 March, answered on Wednesday 11 March: three working days (Mon, Tue, Wed).
        assert_eq!(resumed(day("2026-03-23"), day("2026-03-06"), day("2026-03-11"), weekday), day("2026-03-26"));
        assert_eq!(resumed(day("2026-03-23"), day("2026-03-06"), day("2026-03-06"), weekday), day("2026-03-23"));
    }

    #[test]
    fn one_is_told_at_half_time_on_the_last_day_when_late_and_then_the_leader_is() {
        let of = |today: &str| stage(day("2026-03-02"), day("2026-03-16"), day(today), weekday);
        // Ten working days: half of them is 9 March, with five left.
        assert_eq!(of("2026-03-06"), None);
        assert_eq!(of("2026-03-09"), Some(Stage::Half));
        assert_eq!(of("2026-03-13"), Some(Stage::LastDay));
        assert_eq!(of("2026-03-16"), Some(Stage::LastDay));
        assert_eq!(of("2026-03-17"), Some(Stage::Overdue));
        assert_eq!(of("2026-03-19"), Some(Stage::LeaderTold));
    }
}
