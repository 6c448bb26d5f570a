//! Keys, names and running periods.

use proptest::prelude::*;

use chrono::{Days, NaiveDate};

use super::{day, plan};
use crate::plan::{PeriodKind, Target, adhoc, adhoc_key};

#[test]
fn keys_of_other_forms_name_no_period() {
    for key in [
        "",
        "2026",
        "2026-q0",
        "2026-q5",
        "2026-Q1",
        "2026-h2",
        "2026-m00",
        "2026-m13",
        "2026-m4",
        "2026-m+4",
        "2026-6m",
        "26-q1",
        "+026-q1",
        "2026-q1 ",
        "adhoc-",
        "adhoc-2026-01-01",
        "adhoc-2026-01-01-",
        "adhoc-2026-1-1-2026-2-1",
        "adhoc-2026-02-30-2026-03-01",
        "adhoc-2026-03-01-2026-02-01",
        "adhoc-2026-01-01-2026-02-01x",
        "adhoc-2026-01-01–2026-02-01",
        "adhoc-đđđđđđđđđđ",
    ] {
        assert_eq!(PeriodKind::of_key(key), None, "{key}");
        assert_eq!(plan("cau-giay-2026").period(key), None, "{key}");
    }
}

#[test]
fn chosen_days_make_a_period_without_due_date_or_clause() {
    let plan = plan("cau-giay-2026");
    let period = plan.period("adhoc-2026-01-05-2026-02-15").expect("chosen days");
    assert_eq!(period.from, day("2026-01-05"));
    assert_eq!(period.to, day("2026-02-15"));
    assert_eq!((period.due, period.assumed), (None, false));
    assert_eq!(period.clause, "");
    assert_eq!(adhoc_key(period.from, period.to), period.key);
    // One day is a period, too.
    assert!(adhoc("adhoc-2026-01-05-2026-01-05").is_some());
    // A key of the plan is not one of chosen days.
    assert_eq!(adhoc("2026-q1"), None);
}

#[test]
fn a_period_has_the_targets_of_the_phase_it_meets() {
    let plan = plan("o-dien-2026-2030");
    let targets_in = |key: &str| {
        let period = plan.period(key).expect("a period");
        let targets = plan.targets_in(&period);
        targets.iter().map(|target| target.id.clone()).collect::<Vec<_>>()
    };
    let first = ["sipas-2026-2027", "public-services-2026-2027", "online-2026-2027"];
    let second = [
        "procedures-2028-2030",
        "procedures-land-construction-investment-2028-2030",
        "sipas-2028-2030",
        "public-services-2028-2030",
    ];
    assert_eq!(targets_in("2027-year"), first);
    assert_eq!(targets_in("2028-q1"), second);
    // Days of both phases are judged by the one in which they end: what has expired is judged no more.
    assert_eq!(targets_in("adhoc-2027-12-31-2028-01-01"), second);
    assert!(plan.straddled().is_empty(), "civil periods end with their phase");
    let mut hanoi = plan.clone();
    let quarter = hanoi.periods.iter_mut().find(|period| period.key == "2028-q1").expect("quarter I");
    (quarter.from, quarter.to) = (day("2027-12-15"), day("2028-03-14"));
    let straddled = hanoi.straddled();
    let straddled: Vec<_> =
        straddled.iter().map(|(period, target)| (period.key.as_str(), target.id.as_str())).collect();
    assert_eq!(straddled, first.map(|target| ("2028-q1", target)));
    // Quarter I of Cầu Giấy begins in December of the year before and has the target of 2026 all the same.
    let cau_giay = super::plan("cau-giay-2026");
    let quarter = cau_giay.period("2026-q1").expect("a period");
    assert_eq!(cau_giay.targets_in(&quarter).len(), 1);
    assert_eq!(cau_giay.target("sipas").map(|target: &Target| target.minimum), Some(0.9));
}

#[test]
fn months_and_nine_months_follow_from_a_plan_without_standing_in_it() {
    let cau_giay = plan("cau-giay-2026");
    let days = |key: &str| cau_giay.period(key).map(|period| (period.from, period.to, period.due));
    assert_eq!(days("2026-m02"), Some((day("2026-02-01"), day("2026-02-28"), None)));
    // Its data begin on 15 December (III.3.1), and the cut-off of quarter III is 14 September.
    assert_eq!(days("2026-9m"), Some((day("2025-12-15"), day("2026-09-14"), None)));
    assert!(days("2025-m12").is_some() && days("2025-m11").is_none() && days("2027-m01").is_none());
    assert!(days("2027-9m").is_none());
    assert_eq!(plan("o-cho-dua-2025").period("2025-9m").map(|period| period.from), Some(day("2025-07-01")));
    let further = cau_giay.further_periods(day("2026-02-10"));
    let keys: Vec<&str> = further.iter().map(|period| period.key.as_str()).collect();
    assert_eq!(keys, ["2026-9m", "2026-m02", "2026-m01", "2025-m12"]);
}

#[test]
fn the_period_at_work_is_the_running_one_with_the_nearest_cut_off() {
    let plan = plan("cau-giay-2026");
    let at = |today: &str| {
        let period = plan.current_period(day(today));
        period.map(|period| period.key.clone()).unwrap_or_default()
    };
    assert_eq!(at("2025-12-01"), "2026-q1"); // none yet: the first
    assert_eq!(at("2025-12-15"), "2026-q1");
    assert_eq!(at("2026-03-14"), "2026-q1"); // the cut-off day still counts
    assert_eq!(at("2026-03-15"), "2026-h1");
    assert_eq!(at("2026-06-14"), "2026-h1");
    assert_eq!(at("2026-06-15"), "2026-q3");
    assert_eq!(at("2026-09-15"), "2026-year");
    assert_eq!(at("2027-01-20"), "2026-year"); // none running: the last that closed
    let communication = super::plan("cau-giay-tuyen-truyen-2026");
    assert_eq!(communication.current_period(day("2026-05-05")), None);
}

#[test]
fn a_figure_is_so_far_up_to_and_on_the_cut_off_day() {
    let quarter = plan("cau-giay-2026").period("2026-q1").expect("a period");
    assert!(quarter.so_far(day("2026-03-14")));
    assert!(!quarter.so_far(day("2026-03-15")));
}

fn days() -> impl Strategy<Value = NaiveDate> {
    (0_u64..36_000).prop_map(|after| day("2000-01-01") + Days::new(after))
}

proptest! {
    #[test]
    fn chosen_days_come_back_from_their_key(first in days(), second in days()) {
        let (from, to) = (first.min(second), first.max(second));
        let period = adhoc(&adhoc_key(from, to)).expect("a key that was just made");
        prop_assert_eq!((period.from, period.to), (from, to));
    }

    #[test]
    fn no_text_makes_the_reading_of_a_key_panic(key in "\\PC{0,30}", tail in "\\PC{0,25}") {
        let _ = PeriodKind::of_key(&key);
        let _ = PeriodKind::of_key(&format!("adhoc-{tail}"));
    }

    #[test]
    fn a_period_overlaps_a_target_exactly_when_they_share_a_day(
        a in days(), b in days(), c in days(), d in days(),
    ) {
        let period = adhoc(&adhoc_key(a.min(b), a.max(b))).expect("a key that was just made");
        let (from, to) = (c.min(d), c.max(d));
        let shared = period.contains(from) || period.contains(to) || (from <= period.from && period.to <= to);
        prop_assert_eq!(period.overlaps(from, to), shared);
    }
}
