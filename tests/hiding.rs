//! Nobody learns from two figures what neither shows: the groups of `index::groups` on random wards.
//!
//! Every figure is a sum over the sheets it counts. Sheets that exactly the same figures count cannot be told apart by
//! adding and subtracting figures, whatever the coefficients: a linear combination of figures gives each of them the same
//! weight. So what any attacker can isolate is a union of such classes, and each class must hold ten sheets or more.

use std::collections::{BTreeMap, HashMap, HashSet};

use proptest::prelude::*;
use sipas::index::groups::{Asked, Splits, Stretch, held_back, reach, stretches};
use sipas::sheet::day_sum::SumKey;
use sipas::sheet::tally::{Respondent, Series};

/// From HOUSE and `docs/statistics.md`: fewer than ten are not shown.
const SHOWN_FROM: u64 = 10;

/// A ward (1) with three offices (2, 3, 4), one of which (2) has two desks (5, 6).
const PARENTS: [(i32, i32); 5] = [(2, 1), (3, 1), (4, 1), (5, 2), (6, 2)];

/// Quarter I, half-year and year begin on one day; quarter III stands between; the next year is apart.
const PERIODS: [(i32, i32); 5] = [(0, 89), (0, 180), (181, 272), (0, 364), (365, 729)];

fn under(unit: i32) -> HashSet<i32> {
    let below = PARENTS.iter().filter(|(_, parent)| *parent == unit).flat_map(|(child, _)| under(*child));
    below.chain([unit]).collect()
}

fn key(unit: i32, day: i32, suspect: bool, respondent: Respondent) -> SumKey {
    SumKey { unit, day, point: unit, field: 1, form: 1, series: Series::Open, respondent, suspect }
}

#[derive(Debug)]
struct World {
    parents: HashMap<i32, i32>,
    stretches: Vec<Stretch>,
    questionnaires: HashMap<i32, String>,
    sheets: Vec<(SumKey, u64)>,
}

impl World {
    fn new(sheets: Vec<(SumKey, u64)>) -> Self {
        let mut merged: BTreeMap<SumKey, u64> = BTreeMap::new();
        for (key, count) in sheets {
            *merged.entry(key).or_default() += count;
        }
        Self {
            parents: PARENTS.into(),
            stretches: stretches(&PERIODS),
            questionnaires: HashMap::from([(1, "counter".to_owned())]),
            sheets: merged.into_iter().collect(),
        }
    }

    fn held(&self, units: &HashSet<i32>, days: (i32, i32)) -> HashSet<SumKey> {
        let splits = Splits {
            root: 1,
            parents: &self.parents,
            stretches: &self.stretches,
            questionnaires: &self.questionnaires,
            channels: &HashMap::new(),
            by_respondent: true,
        };
        // As the database answers: only what lies in reach.
        let (first, last) = reach(&self.stretches, days);
        let near = self.sheets.iter().filter(|(key, _)| first <= key.day && key.day <= last);
        held_back(&splits, &near.copied().collect::<Vec<_>>(), Asked { units, days })
    }

    /// The sums that the figures of a unit and some days count.
    fn counted(&self, unit: i32, days: (i32, i32)) -> Vec<SumKey> {
        let units = under(unit);
        let held = self.held(&units, days);
        let asked = self.sheets.iter().map(|(key, _)| *key);
        let asked = asked.filter(|key| units.contains(&key.unit) && days.0 <= key.day && key.day <= days.1);
        asked.filter(|key| !held.contains(key)).collect()
    }

    fn total(&self, keys: &[SumKey]) -> u64 {
        self.sheets.iter().filter(|(key, _)| keys.contains(key)).map(|(_, count)| count).sum()
    }
}

fn worlds() -> impl Strategy<Value = World> {
    let sheet = (1..=6_i32, 0..730_i32, prop::bool::weighted(0.1), prop::bool::weighted(0.15), 1..7_u64);
    let sheet = sheet.prop_map(|(unit, day, suspect, organisation, count)| {
        let respondent = if organisation { Respondent::Organisation } else { Respondent::Person };
        (key(unit, day, suspect, respondent), count)
    });
    prop::collection::vec(sheet, 0..120).prop_map(World::new)
}

proptest! {
    #[test]
    fn what_figures_tell_apart_is_never_fewer_than_ten(world in worlds(), at_will in (0..700_i32, 1..200_i32)) {
        let mut days = PERIODS.to_vec();
        days.push((at_will.0, at_will.0 + at_will.1));
        // For every sum, the figures that count it: by unit, period, flag and kind of respondent.
        let mut signatures: HashMap<SumKey, Vec<usize>> = HashMap::new();
        let mut figure = 0;
        for unit in 1..=6 {
            for days in &days {
                let counted = world.counted(unit, *days);
                for cut in 0..4 {
                    let in_cut = |key: &&SumKey| {
                        (cut % 2 == 0 || !key.suspect) && (cut < 2 || key.respondent == Respondent::Person)
                    };
                    for key in counted.iter().filter(in_cut) {
                        signatures.entry(*key).or_default().push(figure);
                    }
                    figure += 1;
                }
            }
        }
        let mut classes: HashMap<Vec<usize>, Vec<SumKey>> = HashMap::new();
        for (key, signature) in signatures {
            classes.entry(signature).or_default().push(key);
        }
        for keys in classes.values() {
            let sheets = world.total(keys);
            prop_assert!(sheets >= SHOWN_FROM, "{sheets} sheets stand alone: {keys:?}");
        }
    }

    #[test]
    fn the_ward_loses_at_most_nine_sheets_a_kind_and_stretch(world in worlds()) {
        // Stretches of each period, counted by hand from PERIODS.
        for (days, n_stretches) in PERIODS.into_iter().zip([1, 2, 1, 4, 1]) {
            let held: Vec<SumKey> = world.held(&under(1), days).into_iter().collect();
            for suspect in [false, true] {
                for respondent in [Respondent::Person, Respondent::Organisation] {
                    let of_kind = |key: &&SumKey| key.suspect == suspect && key.respondent == respondent;
                    let kind: Vec<SumKey> = held.iter().filter(of_kind).copied().collect();
                    prop_assert!(world.total(&kind) <= 9 * n_stretches);
                }
            }
        }
    }
}

fn person(unit: i32, day: i32, sheets: u64) -> (SumKey, u64) {
    (key(unit, day, false, Respondent::Person), sheets)
}

#[test]
fn the_few_who_came_after_a_quarter_wait() {
    let world = World::new(vec![person(3, 10, 200), person(3, 100, 4)]);
    assert_eq!(world.total(&world.counted(1, (0, 89))), 200);
    assert_eq!(world.total(&world.counted(1, (0, 180))), 200, "the half-year less the quarter would show four people");
    let world = World::new(vec![person(3, 10, 200), person(3, 100, 10)]);
    assert_eq!(world.total(&world.counted(1, (0, 180))), 210);
}

#[test]
fn small_neighbouring_stretches_count_together_where_both_are_asked_for() {
    let world = World::new(vec![person(3, 10, 6), person(3, 100, 6)]);
    assert_eq!(world.total(&world.counted(1, (0, 89))), 0);
    assert_eq!(world.total(&world.counted(1, (0, 180))), 12);
    assert_eq!(world.total(&world.counted(1, (0, 364))), 12);
}

#[test]
fn years_that_no_period_joins_are_not_taken_together() {
    let world = World::new(vec![person(3, 300, 6), person(3, 400, 6)]);
    assert_eq!(world.total(&world.counted(1, (0, 364))), 0);
    assert_eq!(world.total(&world.counted(1, (365, 729))), 0);
}

#[test]
fn a_small_office_takes_the_smallest_other_with_it() {
    let world = World::new(vec![person(3, 10, 50), person(4, 10, 12), person(5, 10, 7)]);
    assert_eq!(world.total(&world.counted(1, (0, 89))), 69, "the ward counts all of them");
    assert_eq!(world.total(&world.counted(3, (0, 89))), 50);
    assert_eq!(
        world.total(&world.counted(4, (0, 89))),
        0,
        "else the ward less the two offices would show seven people"
    );
    assert_eq!(world.total(&world.counted(5, (0, 89))), 0);
}

#[test]
fn a_period_at_will_counts_whole_runs_of_days() {
    // Runs: days 10 to 11 (6 + 6), days 12 to 14 (4 + 4 + 4).
    let by_day = [(10, 6), (11, 6), (12, 4), (13, 4), (14, 4)];
    let world = World::new(by_day.iter().map(|(day, sheets)| person(3, *day, *sheets)).collect());
    assert_eq!(world.total(&world.counted(1, (10, 11))), 12);
    assert_eq!(world.total(&world.counted(1, (10, 13))), 12);
    assert_eq!(world.total(&world.counted(1, (11, 14))), 12);
    assert_eq!(world.total(&world.counted(1, (10, 14))), 24);
}
