//! Which answers shown figures may count, so that no two of them differ by fewer than ten people.
//!
//! Quarter, half-year and year overlap; a ward's figure holds those of its units; a target may ask people only. Whoever
//! subtracts one shown figure from another sees the answers in between. So the answers of a field and questionnaire are
//! split, once and the same for every figure, into groups of at least [`SHOWN_FROM`] sheets, and a figure counts a group
//! whole or not at all. Whatever is added to or taken from whatever, what remains is made of whole groups.
//!
//! Groups are made from the whole down, so that the figures of the plan's own unit lose least: first by flag, and by door
//! and kind of respondent where a plan asks for them apart; then by stretches of days between the bounds of periods, where
//! neighbours that are all too small are taken together; then by units; last by days, for periods at will. What is left
//! over, at most nine sheets a time, is held back.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::result::SHOWN_FROM;
use super::tally::{Respondent, Series, TallyKey};
use crate::plan::Channel;

/// Days between two neighbouring bounds of reporting periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// First day, days since 1970-01-01.
    pub start: i32,
    /// Whether no period holds both this day and the one before, so that nothing is taken together over this bound.
    pub fresh: bool,
}

/// How answers may be told apart by the figures that are shown.
#[derive(Debug)]
pub struct Splits<'a> {
    /// The unit under which all figures are shown.
    pub root: i32,
    /// The unit above each unit under the root.
    pub parents: &'a HashMap<i32, i32>,
    /// Stretches in the order of their days.
    pub stretches: &'a [Stretch],
    /// Identifier of the questionnaire of each version.
    pub questionnaires: &'a HashMap<i32, String>,
    /// Doors of points, by unit and point, where a plan asks for one door; else empty.
    pub channels: &'a HashMap<(i32, i32), Channel>,
    /// Whether a plan asks for people or organisations apart.
    pub by_respondent: bool,
}

/// What a figure is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The unit and all units under it.
    pub units: &'a HashSet<i32>,
    /// First and last day, days since 1970-01-01.
    pub days: (i32, i32),
}

/// Where figures never tell two sheets of one unit and day apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Class<'a> {
    field: i16,
    questionnaire: &'a str,
    series: Series,
    suspect: bool,
    respondent: Option<Respondent>,
    channel: Option<Channel>,
}

/// The bounds of `periods` (first and last day of each) as stretches, the first of them open to the past.
pub fn stretches(periods: &[(i32, i32)]) -> Vec<Stretch> {
    let mut starts: Vec<i32> = periods.iter().flat_map(|(from, to)| [*from, to.saturating_add(1)]).collect();
    starts.push(i32::MIN);
    starts.sort_unstable();
    starts.dedup();
    let joined = |start: i32| periods.iter().any(|(from, to)| *from < start && start <= *to);
    starts.into_iter().map(|start| Stretch { start, fresh: !joined(start) }).collect()
}

/// First and last day of all that is grouped together with the days from `from` to `to`.
pub fn reach(stretches: &[Stretch], (from, to): (i32, i32)) -> (i32, i32) {
    let fresh = || stretches.iter().filter(|stretch| stretch.fresh).map(|stretch| stretch.start);
    let first = fresh().filter(|start| *start <= from).max().unwrap_or(i32::MIN);
    let next = fresh().filter(|start| *start > to).min();
    (first, next.map_or(i32::MAX, |next| next - 1))
}

/// The tallies of what is asked that must not be counted yet. `sheets` holds the number of sheets of every tally under the
/// root within the [`reach`] of the days asked for; only so is every figure made of the same groups.
pub fn held_back(splits: &Splits<'_>, sheets: &[(TallyKey, u64)], asked: Asked<'_>) -> HashSet<TallyKey> {
    let mut classes: BTreeMap<Class<'_>, Atoms> = BTreeMap::new();
    for (key, sheets) in sheets {
        *classes.entry(splits.class(key)).or_default().entry((key.unit, key.day)).or_default() += sheets;
    }
    let mut counted: HashSet<(Class<'_>, i32, i32)> = HashSet::new();
    for (class, atoms) in classes {
        let mut groups = Vec::new();
        for block in blocks(splits.stretches, &atoms) {
            splits.by_unit(splits.root, block, &mut groups);
        }
        let shown = groups.iter().filter(|group| asked.holds(group));
        counted.extend(shown.flat_map(|group| group.atoms.iter().map(|((unit, day), _)| (class, *unit, *day))));
    }
    let keys = sheets.iter().map(|(key, _)| *key);
    let asked_for = keys.filter(|key| asked.units.contains(&key.unit) && asked.in_days(key.day));
    asked_for.filter(|key| !counted.contains(&(splits.class(key), key.unit, key.day))).collect()
}

/// Sheets by unit and day.
type Atoms = BTreeMap<(i32, i32), u64>;

/// Answers that are counted together: all of them lie under one unit, within which they are not told apart.
struct Group {
    scope: i32,
    atoms: Atoms,
}

impl Asked<'_> {
    fn in_days(&self, day: i32) -> bool {
        self.days.0 <= day && day <= self.days.1
    }

    fn holds(&self, group: &Group) -> bool {
        self.units.contains(&group.scope) && group.atoms.keys().all(|(_, day)| self.in_days(*day))
    }
}

impl Splits<'_> {
    fn class(&self, key: &TallyKey) -> Class<'_> {
        Class {
            field: key.field,
            questionnaire: self.questionnaires.get(&key.form).map_or("", String::as_str),
            series: key.series,
            suspect: key.suspect,
            respondent: self.by_respondent.then_some(key.respondent),
            channel: self.channels.get(&(key.unit, key.point)).copied(),
        }
    }

    /// The part of `node` in which a unit lies: one of the units right under it, or itself.
    fn part(&self, node: i32, unit: i32) -> i32 {
        let mut part = unit;
        while part != node {
            match self.parents.get(&part) {
                Some(above) if *above == node => return part,
                Some(above) => part = *above,
                None => return node,
            }
        }
        node
    }

    /// Splits answers under `node`, ten sheets or more, by the units under it. Parts that are too small go together, with
    /// the smallest of the others where they are too few even so.
    fn by_unit(&self, node: i32, atoms: Atoms, groups: &mut Vec<Group>) {
        let mut parts: BTreeMap<i32, Atoms> = BTreeMap::new();
        for ((unit, day), sheets) in atoms {
            parts.entry(self.part(node, unit)).or_default().insert((unit, day), sheets);
        }
        let mut parts: Vec<(i32, Atoms)> = parts.into_iter().collect();
        parts.sort_by_key(|(_, atoms)| total(atoms));
        let mut together = Atoms::new();
        let mut sheets = 0;
        for (part, atoms) in parts {
            let own = total(&atoms);
            if own < SHOWN_FROM || (1..SHOWN_FROM).contains(&sheets) {
                sheets += own;
                together.extend(atoms);
            } else if part == node {
                by_day(node, atoms, groups);
            } else {
                self.by_unit(part, atoms, groups);
            }
        }
        by_day(node, together, groups);
    }
}

fn total(atoms: &Atoms) -> u64 {
    atoms.values().sum()
}

/// Answers by stretches of ten sheets or more. Neighbouring stretches that are all smaller are taken together until they
/// are enough; smaller ones that never are enough are left out.
fn blocks(stretches: &[Stretch], atoms: &Atoms) -> Vec<Atoms> {
    let mut by_stretch: BTreeMap<usize, Atoms> = BTreeMap::new();
    for ((unit, day), sheets) in atoms {
        let place = stretches.partition_point(|stretch| stretch.start <= *day);
        by_stretch.entry(place).or_default().insert((*unit, *day), *sheets);
    }
    let mut blocks = Vec::new();
    let mut small = Atoms::new();
    let mut before = 0;
    for (place, atoms) in by_stretch {
        // `place` counts the stretches that have begun: the bounds passed since the last one begin the stretches between.
        if stretches[before.min(place)..place].iter().any(|stretch| stretch.fresh) {
            small.clear();
        }
        before = place;
        if total(&atoms) >= SHOWN_FROM {
            small.clear();
            blocks.push(atoms);
            continue;
        }
        small.extend(atoms);
        if total(&small) >= SHOWN_FROM {
            blocks.push(std::mem::take(&mut small));
        }
    }
    blocks
}

/// Splits the answers of a group into runs of days of ten sheets or more, so that a period at will counts most of them.
fn by_day(scope: i32, atoms: Atoms, groups: &mut Vec<Group>) {
    let mut by_day: BTreeMap<i32, Atoms> = BTreeMap::new();
    for ((unit, day), sheets) in atoms {
        by_day.entry(day).or_default().insert((unit, day), sheets);
    }
    let mut runs: Vec<Atoms> = Vec::new();
    for (_, atoms) in by_day {
        match runs.last_mut() {
            Some(run) if total(run) < SHOWN_FROM => run.extend(atoms),
            _ => runs.push(atoms),
        }
    }
    // The last run may be short: it goes with the one before it.
    if let Some(short) = runs.pop_if(|run| total(run) < SHOWN_FROM)
        && let Some(last) = runs.last_mut()
    {
        last.extend(short);
    }
    groups.extend(runs.into_iter().map(|atoms| Group { scope, atoms }));
}
