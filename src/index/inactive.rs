//! Points that fell silent, and points whose pattern changed at once: days and counts in, signs out.
//!
//! Only a coarse word comes out, never a rate: the pages that show it stand outside the rule of small cells, so they
//! must not say what few people answered. What is handed in is of days that are over.

use chrono::{Datelike, Days, NaiveDate};

use super::result::SHOWN_FROM;
use crate::stats::exact_test::two_sided_target_p;
use crate::stats::proportion::Proportion;
use crate::stats::two_sample::fisher_two_sided;

/// Days of the window that is looked at; today is not whole yet, so it ends yesterday. A whole week, like the other
/// window, so that Sundays weigh alike.
pub const RECENT_DAYS: u64 = 7;
/// Days of the window before it, with which it is compared.
pub const BEFORE_DAYS: u64 = 28;
/// How unlikely chance must be. At 200 points a fortnight of looking daily gives a false sign now and then, not a list.
pub const P_MAX: f64 = 0.001;
/// How many times more or fewer sheets a day make a sign; less is the ordinary up and down of an office.
pub const TIMES: u64 = 2;
/// How far the share of the highest level must move, as a fraction.
pub const SHARE_SHIFT: f64 = 0.2;

/// When a point was last answered, as coarsely as it may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastAnswer {
    /// Never.
    Never,
    /// Today.
    Today,
    /// One to six days ago.
    WithinWeek,
    /// In the week that began on this Monday.
    WeekOf(NaiveDate),
}

/// When `last`, seen from `today`, was.
pub fn last_answer(last: Option<NaiveDate>, today: NaiveDate) -> LastAnswer {
    let Some(last) = last else { return LastAnswer::Never };
    match today.signed_duration_since(last).num_days() {
        ..=0 => LastAnswer::Today,
        1..=6 => LastAnswer::WithinWeek,
        _ => {
            let monday = last.checked_sub_days(Days::new(u64::from(last.weekday().num_days_from_monday())));
            LastAnswer::WeekOf(monday.unwrap_or(last))
        }
    }
}

/// Whether a point that opened on `opened_on` has had no answer for `days` days.
pub fn is_inactive(opened_on: NaiveDate, last: Option<NaiveDate>, today: NaiveDate, days: u64) -> bool {
    let since = last.map_or(opened_on, |last| last.max(opened_on));
    today.checked_sub_days(Days::new(days)).is_some_and(|limit| since <= limit)
}

/// What came in during a window of days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// Sheets.
    pub sheets: u64,
    /// Answers on one of the levels 1 to 5, of all items together.
    pub answers: u64,
    /// Of these, answers on level 5.
    pub highest: u64,
}

/// A sign that something changed at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Far fewer sheets.
    FewerSheets,
    /// Far more sheets.
    MoreSheets,
    /// A far greater share of answers on the highest level.
    MoreHighest,
    /// A far smaller share of answers on the highest level.
    FewerHighest,
}

/// The windows, first and last day each: the one before, and the recent one.
pub fn windows(today: NaiveDate) -> Option<[(NaiveDate, NaiveDate); 2]> {
    let ago = |days: u64| today.checked_sub_days(Days::new(days));
    Some([(ago(RECENT_DAYS + BEFORE_DAYS)?, ago(RECENT_DAYS + 1)?), (ago(RECENT_DAYS)?, ago(1)?)])
}

/// What changed from `before` ([`BEFORE_DAYS`] days) to `recent` ([`RECENT_DAYS`] days).
///
/// # Rule
/// *Sheets*: given all sheets of both windows, those of the recent one are binomial with probability 7/35 if the pace
/// is unchanged (two Poisson rates compared exactly); a sign needs p < [`P_MAX`] and [`TIMES`] times the pace or less
/// than one part of it. *Highest level*: Fisher's exact test of the shares, where a whole sheet counts as one, since
/// the answers of one person are alike: k = share · sheets, rounded; a sign needs p < [`P_MAX`], a shift of
/// [`SHARE_SHIFT`], and [`SHOWN_FROM`] sheets in each window.
///
/// # Source
/// Przyborowski and Wilenski (1940), Biometrika 31, 313–323, as in R's `poisson.test`; Fisher's test as in R's
/// `fisher.test`.
pub fn changes(before: Window, recent: Window) -> Vec<Change> {
    [sheets(before, recent), highest(before, recent)].into_iter().flatten().collect()
}

fn sheets(before: Window, recent: Window) -> Option<Change> {
    let of_all = Proportion::new(recent.sheets, recent.sheets + before.sheets)?;
    let expected = RECENT_DAYS as f64 / (RECENT_DAYS + BEFORE_DAYS) as f64;
    if two_sided_target_p(of_all, expected)? >= P_MAX {
        return None;
    }
    // Paces compared without division: sheets of a window times the days of the other.
    let (pace_now, pace_before) = (recent.sheets * BEFORE_DAYS, before.sheets * RECENT_DAYS);
    if pace_now >= TIMES * pace_before {
        Some(Change::MoreSheets)
    } else if TIMES * pace_now <= pace_before {
        Some(Change::FewerSheets)
    } else {
        None
    }
}

fn highest(before: Window, recent: Window) -> Option<Change> {
    if before.sheets < SHOWN_FROM || recent.sheets < SHOWN_FROM {
        return None;
    }
    let (was, is) = (share(before)?, share(recent)?);
    let shift = is - was;
    if shift.abs() < SHARE_SHIFT || fisher_two_sided(whole(is, recent)?, whole(was, before)?) >= P_MAX {
        return None;
    }
    Some(if shift > 0.0 { Change::MoreHighest } else { Change::FewerHighest })
}

fn share(window: Window) -> Option<f64> {
    (window.answers > 0).then(|| window.highest as f64 / window.answers as f64)
}

fn whole(share: f64, window: Window) -> Option<Proportion> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the number of sheets")]
    Proportion::new((share * window.sheets as f64).round() as u64, window.sheets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn window(sheets: u64, answers: u64, highest: u64) -> Window {
        Window { sheets, answers, highest }
    }

    #[test]
    fn the_last_answer_is_told_as_today_this_week_or_its_week() {
        let today = day("2026-03-14");
        assert_eq!(last_answer(None, today), LastAnswer::Never);
        assert_eq!(last_answer(Some(today), today), LastAnswer::Today);
        assert_eq!(last_answer(Some(day("2026-03-13")), today), LastAnswer::WithinWeek);
        assert_eq!(last_answer(Some(day("2026-03-08")), today), LastAnswer::WithinWeek);
        // 7 March 2026 is a Saturday (GNU date); its week began on Monday, 2 March.
        assert_eq!(last_answer(Some(day("2026-03-07")), today), LastAnswer::WeekOf(day("2026-03-02")));
        assert_eq!(last_answer(Some(day("2026-03-02")), today), LastAnswer::WeekOf(day("2026-03-02")));
    }

    #[test]
    fn a_point_is_silent_from_the_chosen_day_on_and_a_new_one_is_not() {
        let (today, opened) = (day("2026-03-14"), day("2026-01-01"));
        assert!(is_inactive(opened, Some(day("2026-03-07")), today, 7));
        assert!(!is_inactive(opened, Some(day("2026-03-08")), today, 7));
        assert!(is_inactive(opened, None, today, 7));
        assert!(!is_inactive(day("2026-03-08"), None, today, 7), "open for six days");
    }

    #[test]
    fn the_windows_are_whole_weeks_that_end_yesterday() {
        let [before, recent] = windows(day("2026-03-14")).expect("dates");
        assert_eq!(recent, (day("2026-03-07"), day("2026-03-13")));
        assert_eq!(before, (day("2026-02-07"), day("2026-03-06")));
    }

    #[test]
    fn a_point_that_halts_is_noticed_once_chance_is_ruled_out() {
        // Two-sided, by exact sums of binomial probabilities (Python's fractions): 0 of 60: 2.3e-6; 0 of 30: 0.0021.
        let halted = |before| changes(window(before, 0, 0), Window::default());
        assert_eq!(halted(60), [Change::FewerSheets]);
        assert_eq!(halted(30), []);
        // 40 sheets in 28 days are 10 a week: 4 or 7 a week are chance.
        assert_eq!(changes(window(40, 0, 0), window(4, 0, 0)), []);
        // Significant but less than half: 400 a week before, 300 now.
        assert_eq!(changes(window(1600, 0, 0), window(300, 0, 0)), []);
        assert_eq!(changes(window(1600, 0, 0), window(200, 0, 0)), [Change::FewerSheets]);
    }

    #[test]
    fn a_burst_is_noticed_once_chance_is_ruled_out() {
        // Nothing for four weeks, then five sheets: 0.2^5 = 0.00032; four: 0.0016. 30 of 70: 1.5e-5 (exact, as above).
        assert_eq!(changes(Window::default(), window(5, 0, 0)), [Change::MoreSheets]);
        assert_eq!(changes(Window::default(), window(4, 0, 0)), []);
        assert_eq!(changes(window(40, 0, 0), window(30, 0, 0)), [Change::MoreSheets]);
        assert_eq!(changes(window(40, 0, 0), window(19, 0, 0)), [], "less than twice the pace");
    }

    #[test]
    fn a_jump_of_the_highest_level_is_noticed_with_sheets_as_people() {
        // Before: 40 of 100 people; now 25 of 25: p = 5.4e-9; 11 of 25 after 100 of 100: 3.6e-12 (exact sums of
        // hypergeometric probabilities, Python's fractions).
        let before = window(100, 900, 360);
        assert_eq!(changes(before, window(25, 225, 225)), [Change::MoreHighest]);
        assert_eq!(changes(window(100, 900, 900), window(25, 225, 100)), [Change::FewerHighest]);
        // Nine people are never told about, however clear it looks.
        assert_eq!(changes(window(36, 324, 0), window(9, 81, 81)), []);
        // 81 of 90 answers but only ten people, half of them before: Fisher's p for 9 of 10 against 20 of 40 is 0.03.
        assert_eq!(changes(window(40, 360, 180), window(10, 90, 81)), []);
    }
}
