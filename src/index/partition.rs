//! Fields and questionnaires that too few people answered: what is pooled, what only waits, and how far what is missing leaves an
//! index open.
//!
//! One partition serves a unit and period, the same for all targets, so that no two figures part the same people in two ways. Fields
//! with fewer than [`SHOWN_FROM`] respondents are taken together as one cell once they have as many; it carries their joint weight. What
//! is still missing then is bounded: its part of the weight may be anything from 0 to 1. See `docs/statistics.md`.

use std::collections::{BTreeMap, BTreeSet};

use super::input::{Cut, Part};
use super::result::{Estimate, Missing, SHOWN_FROM};
use super::rows::Rows;
use super::sums::{Cell, CellTotal, Ground, OTHER_FIELDS, Sums};
use crate::plan::{Respondents, Weights};
use crate::survey::Feed;

/// Which fields are pooled: those in which somebody, but fewer than [`SHOWN_FROM`] people, answered the service part by themselves,
/// where they are that many with those whose sheets entered together.
pub(super) fn pooled(rows: &Rows<'_>) -> BTreeSet<String> {
    let cut = Cut { feed: Feed::Sipas, channel: None, respondents: Respondents::All };
    let sums = rows.sum(&cut, &[], Part::Feed(Feed::Sipas));
    let mut people: BTreeMap<String, u64> = BTreeMap::new();
    for ((field, _), total) in sums.cells {
        *people.entry(field).or_default() += total.respondents;
    }
    people.retain(|field, people| field == OTHER_FIELDS || (1..SHOWN_FROM).contains(people));
    if people.values().sum::<u64>() < SHOWN_FROM {
        return BTreeSet::new();
    }
    people.remove(OTHER_FIELDS);
    people.into_keys().collect()
}

/// The cells of an index as they count.
pub(super) struct Arranged {
    /// Shown cells; those of pooled fields as one, and those of a field whose questionnaires are all small as one.
    pub(super) sums: Sums,
    /// Fields that are pooled here.
    pub(super) collapsed: BTreeSet<String>,
    /// What has too few respondents to count.
    pub(super) missing: Vec<Missing>,
}

impl Arranged {
    /// Of the fields that belong to an index, in the order in which they are named, and the sums over them.
    pub(super) fn of(sums: &Sums, belonging: &[&String], ground: &Ground, weights: Weights) -> Self {
        let people = |field: &str| {
            let own = sums.cells.iter().filter(|((of, _), _)| of == field);
            own.map(|(_, total)| total.respondents).sum::<u64>()
        };
        // Part of the pool would be another group of people than the one that other figures show.
        let pool = Some(&ground.pooled).filter(|pool| pool.iter().all(|field| belonging.contains(&field)));
        let small = |field: &&String| people(field) < SHOWN_FROM;
        let mut collapsed: BTreeSet<String> = sums.others().iter().filter(small).cloned().collect();
        collapsed.extend(pool.into_iter().flatten().filter(small).cloned());
        let together = collapsed.iter().map(|field| people(field)).sum::<u64>() + people(OTHER_FIELDS);
        if together < SHOWN_FROM {
            collapsed.clear();
        }
        let absent = belonging.iter().filter(|field| !collapsed.contains(**field) && people(field) < SHOWN_FROM);
        let absent: Vec<&String> = absent.copied().collect();
        let mut waiting = Vec::new();
        let mut place: BTreeMap<Cell, Cell> = BTreeMap::new();
        let other = || (OTHER_FIELDS.to_owned(), String::new());
        if together >= SHOWN_FROM {
            place.insert(other(), other());
        }
        for field in belonging.iter().filter(|field| !absent.contains(field)) {
            let own = || sums.cells.iter().filter(|((of, _), _)| of == *field);
            if collapsed.contains(*field) {
                let peopled = own().filter(|(_, total)| total.respondents > 0);
                place.extend(peopled.map(|(cell, _)| (cell.clone(), other())));
            } else {
                let (of_field, small) = within(own());
                place.extend(of_field);
                waiting.extend(small);
            }
        }
        let mut arranged = sums.arranged(&place);
        arranged.carry(collapsed.clone());
        let missing = missing(&arranged, sums, &absent, waiting, ground, weights);
        Self { sums: arranged, collapsed, missing }
    }

    /// How much of the whole weight no shown cell carries.
    pub(super) fn missing_share(&self) -> f64 {
        self.missing.iter().map(|missing| missing.weight).sum()
    }
}

/// Where the cells of one field that has enough respondents go, and those that wait: small questionnaires beside others wait; where all
/// are small they are one cell.
pub(super) fn within<'a>(cells: impl Iterator<Item = (&'a Cell, &'a CellTotal)>) -> (Vec<(Cell, Cell)>, Vec<Cell>) {
    let (large, small): (Vec<_>, Vec<_>) = cells.partition(|(_, total)| total.respondents >= SHOWN_FROM);
    if large.is_empty() {
        let peopled = small.into_iter().filter(|(_, total)| total.respondents > 0);
        let joined = peopled.map(|(cell, _)| (cell.clone(), (cell.0.clone(), String::new())));
        return (joined.collect(), Vec::new());
    }
    let stay = large.into_iter().map(|(cell, _)| (cell.clone(), cell.clone()));
    (stay.collect(), small.into_iter().map(|(cell, _)| cell.clone()).collect())
}

/// What is missing, with its part of the whole weight.
fn missing(
    arranged: &Sums,
    sums: &Sums,
    absent: &[&String],
    waiting: Vec<Cell>,
    ground: &Ground,
    weights: Weights,
) -> Vec<Missing> {
    let weight = |field: &str| match weights {
        Weights::Equal => 1.0,
        Weights::Volumes => ground.of_field.get(field).copied().unwrap_or(0) as f64,
        // Not how many answered, which would tell a number that is hidden: as many as they may be at most.
        Weights::Respondents => {
            if sums.has(field) {
                (SHOWN_FROM - 1) as f64
            } else {
                0.0
            }
        }
    };
    let present = arranged.whole_weight(weights);
    let all = present + absent.iter().map(|field| weight(field)).sum::<f64>();
    let share = |field: &str| if all > 0.0 { weight(field) / all } else { 0.0 };
    // What weighs nothing and was asked about by nobody leaves nothing open.
    let open = |field: &&&String| weight(field) > 0.0 || sums.has(field);
    let fields = absent.iter().filter(open).map(|field| Missing {
        field: (*field).clone(),
        questionnaire: None,
        weight: share(field),
    });
    let questionnaires =
        waiting.into_iter().map(|(field, form)| Missing { field, questionnaire: Some(form), weight: 0.0 });
    fields.chain(questionnaires).collect()
}

/// The interval of a figure of which the share `missing` of the weight is not known: it may lie anywhere from 0 to 1.
pub(super) fn widened(estimate: Estimate, missing: f64) -> Estimate {
    if missing <= 0.0 {
        return estimate;
    }
    let low = (1.0 - missing) * estimate.low;
    let high = (1.0 - missing) * estimate.high + missing;
    Estimate { low: low.clamp(0.0, estimate.value), high: high.clamp(estimate.value, 1.0), ..estimate }
}
