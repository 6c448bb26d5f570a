//! A whole year of every plan, lived day by day under a moved clock: codes scanned at the doors, paper that comes late, a survey
//! round of two hundred sheets, dialogues, a follow-up, nights, and every period closed and published by two people.
//!
//! Who is satisfied is drawn here, with a rate that lies far from every minimum, so what each verdict must be is known beforehand.

#[macro_use]
#[path = "support/mod.rs"]
mod support;
#[path = "year/life.rs"]
mod life;

use chrono::NaiveDate;
use sipas::index::Verdict;
use sipas::service::closing::verify::{Standing, verify, versions};

use life::{Life, Lived};

/// Of the 1 500 answers that a small ward gets in a year, a closing leaves at most three of a hundred waiting: what the rule of releases costs (docs/performance.md).
const COUNTED_AT_LEAST: f64 = 0.97;

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// Lives the year of a plan in which so many of a hundred people are satisfied, and checks what must hold of any year.
fn lived(plan: &str, from: &str, last: &str, satisfied: u64) -> Lived {
    let lived = Life::of(plan, satisfied).live(date(from), date(last));
    let share = lived.counted as f64 / lived.answered as f64;
    assert!(share >= COUNTED_AT_LEAST, "{plan}: {} of {} answers were counted", lived.counted, lived.answered);
    assert_eq!(lived.round, Some(200), "{plan}: all sheets of a round count");
    assert_eq!(lived.asked, lived.seen, "{plan}: what dialogues and the follow-up asked is seen");
    for version in versions(&lived.db).expect("versions") {
        let findings = verify(&lived.db, &version);
        assert!(findings.iter().all(|finding| finding.standing == Standing::Unchanged), "{plan}: {findings:?}");
    }
    lived
}

/// Whether a target of the year came out as it must. `minima` are those of FACTS.md.
fn judged(lived: &Lived, expected: Verdict, minima: &[(&str, f64)]) {
    let targets = &lived.year.targets;
    for (target, minimum) in minima {
        let found = targets.iter().find(|found| found.target == *target);
        let found = found.unwrap_or_else(|| panic!("{target} is not judged among {targets:#?}"));
        assert!((found.minimum - minimum).abs() < 1e-12, "{target}: {}", found.minimum);
        assert_eq!((found.verdict, found.reason), (expected, None), "{found:#?}");
    }
}

#[test]
fn cau_giay_reaches_its_ninety() {
    let lived = lived("cau-giay-2026", "2025-12-15", "2026-12-14", 98);
    judged(&lived, Verdict::Met, &[("sipas", 0.90)]);
}

#[test]
fn o_cho_dua_misses_its_eighty_five() {
    let lived = lived("o-cho-dua-2025", "2025-07-01", "2025-12-14", 70);
    judged(&lived, Verdict::NotMet, &[("sipas", 0.85)]);
}

#[test]
fn thanh_dong_misses_its_three_nineties() {
    let lived = lived("thanh-dong-2026", "2026-01-01", "2026-12-31", 75);
    judged(&lived, Verdict::NotMet, &[("procedures", 0.90), ("sipas", 0.90), ("public-services", 0.90)]);
}

#[test]
fn o_dien_reaches_its_first_phase() {
    let lived = lived("o-dien-2026-2030", "2026-01-01", "2026-12-31", 99);
    judged(&lived, Verdict::Met, &[("sipas-2026-2027", 0.89), ("public-services-2026-2027", 0.87)]);
}
