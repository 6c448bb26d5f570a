//! Days off and count-downs.

use proptest::prelude::*;

use chrono::{Datelike, Days, Weekday};

use super::{day, plan};
use crate::plan::working_days::{Basis, Why, days_off, is_assumed, is_working_day, working_days_left};

#[test]
fn holidays_of_the_labour_code_and_announced_breaks_are_off() {
    // Labour Code 2019, article 112; breaks of 2025 and 2026 as announced for offices of the state.
    for off in [
        "2025-01-01",
        "2025-01-27",
        "2025-01-31",
        "2025-04-07",
        "2025-04-30",
        "2025-05-01",
        "2025-05-02",
        "2025-09-01",
        "2025-09-02",
        "2026-01-01",
        "2026-01-02",
        "2026-02-16",
        "2026-02-20",
        "2026-04-27",
        "2026-04-30",
        "2026-05-01",
        "2026-08-31",
        "2026-09-01",
        "2026-09-02",
        "2027-04-16",
        "2027-05-03",
    ] {
        assert!(!is_working_day(day(off)), "{off}");
    }
    for on in ["2025-02-03", "2025-09-03", "2026-02-13", "2026-02-23", "2026-04-28", "2026-08-28", "2026-09-03"] {
        assert!(is_working_day(day(on)), "{on}");
    }
}

#[test]
fn saturdays_worked_for_a_bridge_day_count() {
    for saturday in ["2025-04-26", "2026-01-10", "2026-08-22"] {
        assert_eq!(day(saturday).weekday(), Weekday::Sat);
        assert!(is_working_day(day(saturday)));
    }
    assert!(!is_working_day(day("2026-01-17")));
}

#[test]
fn every_year_has_the_days_that_the_law_gives() {
    for year in 2025..=2027 {
        let off = days_off(year);
        let of = |why: Why| off.iter().filter(|(_, of, _)| *of == why).count();
        assert_eq!(of(Why::NewYear), 1);
        assert_eq!(of(Why::HungKings), 1);
        assert_eq!(of(Why::Victory), 1);
        assert_eq!(of(Why::Labour), 1);
        assert_eq!(of(Why::National), 2);
        // Five days of Tết; those on a weekend are made good.
        let tet = off.iter().filter(|(day, why, _)| day.month() <= 2 && *why != Why::NewYear);
        let tet = tet.filter(|(_, why, _)| *why != Why::Bridge).count();
        assert_eq!(tet, 5, "{year}");
        assert!(off.is_sorted_by_key(|(day, ..)| *day));
    }
    assert!(days_off(2030).is_empty());
}

#[test]
fn a_year_that_rests_on_assumptions_says_so() {
    assert!(!is_assumed(2025));
    assert!(is_assumed(2026)); // 24 November
    assert!(is_assumed(2027));
    assert!(is_assumed(2030));
    let culture = days_off(2026).into_iter().find(|(off, ..)| *off == day("2026-11-24"));
    assert_eq!(culture.map(|(_, _, basis)| basis), Some(Basis::Assumed));
}

#[test]
fn outside_the_table_weekends_and_holidays_of_the_solar_calendar_are_off() {
    assert!(!is_working_day(day("2030-01-01")));
    assert!(!is_working_day(day("2030-04-30")));
    assert!(!is_working_day(day("2030-09-02")));
    assert!(!is_working_day(day("2030-06-01"))); // a Saturday
    assert!(is_working_day(day("2030-06-03")));
}

#[test]
fn the_count_down_leaves_out_weekends_and_holidays() {
    let left = |today: &str, due: &str| working_days_left(day(today), day(due));
    // Counted by hand in the calendar of March 2026: Mon 16, Tue 17, Wed 18.
    assert_eq!(left("2026-03-14", "2026-03-18"), 3);
    assert_eq!(left("2026-03-17", "2026-03-18"), 1);
    assert_eq!(left("2026-03-18", "2026-03-18"), 0);
    assert_eq!(left("2026-03-19", "2026-03-18"), -1);
    // Over a weekend: Fri 20 and Mon 23 are past it.
    assert_eq!(left("2026-03-23", "2026-03-18"), -3);
    // Over Tết 2026: Fri 13 February to Mon 23 February is one working day.
    assert_eq!(left("2026-02-13", "2026-02-23"), 1);
    // 26 April 2026 is a Sunday made good on Monday; 30 April and 1 May are off: Tue, Wed, Mon remain.
    assert_eq!(left("2026-04-24", "2026-05-04"), 3);
}

#[test]
fn a_period_counts_down_to_its_own_due_day() {
    let quarter = plan("cau-giay-2026").period("2026-q1").expect("a period");
    assert_eq!(quarter.working_days_left(day("2026-03-16")), Some(2));
    let without_due = plan("o-cho-dua-2025").period("2025-q3").expect("a period");
    assert_eq!(without_due.working_days_left(day("2025-09-10")), None);
}

proptest! {
    #[test]
    fn counting_to_a_day_and_on_from_it_adds_up(start in 0_u64..1500, first in 0_u64..90, second in 0_u64..90) {
        let a = day("2025-01-01") + Days::new(start);
        let (b, c) = (a + Days::new(first), a + Days::new(first + second));
        prop_assert_eq!(working_days_left(a, b) + working_days_left(b, c), working_days_left(a, c));
        prop_assert_eq!(working_days_left(a, c), -working_days_left(c, a));
    }
}
