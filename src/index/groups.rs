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

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::result::SHOWN_FROM;
use crate::plan::Channel;
use crate::sheet::day_sum::SumKey;
use crate::sheet::tally::{Respondent, Series};

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

/// Where figures never tell two sheets of one unit and day apart. The questionnaire is a number of this round's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Class {
    field: i16,
    questionnaire: usize,
    series: Series,
    suspect: bool,
    respondent: Option<Respondent>,
    channel: Option<Channel>,
}

/// Sheets of one class, unit and day: never split.
#[derive(Debug, Clone, Copy)]
struct Atom {
    unit: i32,
    day: i32,
    sheets: u64,
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

/// The sums of what is asked that must not be counted yet. `sheets` holds the number of sheets of every sum under the
/// root within the [`reach`] of the days asked for; only so is every figure made of the same groups.
pub fn held_back(splits: &Splits<'_>, sheets: &[(SumKey, u64)], asked: Asked<'_>) -> HashSet<SumKey> {
    let classes = Classes::of(splits);
    let place = |key: &SumKey| (classes.class(key), key.unit, key.day);
    let mut atoms: Vec<((Class, i32, i32), u64)> = sheets.iter().map(|(key, sheets)| (place(key), *sheets)).collect();
    // Years of a city are a hundred thousand places: sorted lists, where maps of maps took most of a page's time.
    atoms.sort_unstable_by_key(|(place, _)| *place);
    atoms.dedup_by(|(place, sheets), (kept, sum)| {
        let same = place == kept;
        *sum += if same { *sheets } else { 0 };
        same
    });
    let mut counted: Vec<(Class, i32, i32)> = Vec::new();
    for of_class in atoms.chunk_by(|(one, _), (next, _)| one.0 == next.0) {
        let class = of_class[0].0.0;
        let atoms: Vec<Atom> =
            of_class.iter().map(|((_, unit, day), sheets)| Atom { unit: *unit, day: *day, sheets: *sheets }).collect();
        let whole = asked.units.contains(&splits.root);
        for block in blocks(splits.stretches, &atoms) {
            let inside = block.iter().filter(|atom| asked.in_days(atom.day)).count();
            if inside == 0 {
                continue;
            }
            // Whatever groups a block is split into, figures of all units and all of its days count every one.
            if whole && inside == block.len() {
                counted.extend(block.iter().map(|atom| (class, atom.unit, atom.day)));
                continue;
            }
            let mut groups = Vec::new();
            splits.by_unit(splits.root, &block, &mut groups);
            let shown = groups.iter().filter(|group| asked.holds(group));
            counted.extend(shown.flat_map(|group| group.atoms.iter().map(|atom| (class, atom.unit, atom.day))));
        }
    }
    counted.sort_unstable();
    let keys = sheets.iter().map(|(key, _)| *key);
    let asked_for = keys.filter(|key| asked.units.contains(&key.unit) && asked.in_days(key.day));
    asked_for.filter(|key| counted.binary_search(&place(key)).is_err()).collect()
}

/// Sheets by unit and day, each once.
type Atoms = Vec<Atom>;

/// Answers that are counted together: all of them lie under one unit, within which they are not told apart.
struct Group {
    scope: i32,
    atoms: Atoms,
}

/// What [`Class`]es are told by.
struct Classes<'a> {
    splits: &'a Splits<'a>,
    /// A number for the questionnaire of each version.
    questionnaires: HashMap<i32, usize>,
}

impl<'a> Classes<'a> {
    fn of(splits: &'a Splits<'a>) -> Self {
        let names: BTreeSet<&str> = splits.questionnaires.values().map(String::as_str).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let number = |name: &str| names.binary_search(&name).unwrap_or(names.len());
        let questionnaires = splits.questionnaires.iter().map(|(form, name)| (*form, number(name)));
        Self { splits, questionnaires: questionnaires.collect() }
    }

    fn class(&self, key: &SumKey) -> Class {
        Class {
            field: key.field,
            questionnaire: self.questionnaires.get(&key.form).copied().unwrap_or(usize::MAX),
            series: key.series,
            suspect: key.suspect,
            respondent: self.splits.by_respondent.then_some(key.respondent),
            channel: self.splits.channels.get(&(key.unit, key.point)).copied(),
        }
    }
}

impl Asked<'_> {
    fn in_days(&self, day: i32) -> bool {
        self.days.0 <= day && day <= self.days.1
    }

    fn holds(&self, group: &Group) -> bool {
        self.units.contains(&group.scope) && group.atoms.iter().all(|atom| self.in_days(atom.day))
    }
}

impl Splits<'_> {
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
    fn by_unit(&self, node: i32, atoms: &[Atom], groups: &mut Vec<Group>) {
        let mut parts: BTreeMap<i32, Atoms> = BTreeMap::new();
        for of_unit in atoms.chunk_by(|one, next| one.unit == next.unit) {
            parts.entry(self.part(node, of_unit[0].unit)).or_default().extend_from_slice(of_unit);
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
                self.by_unit(part, &atoms, groups);
            }
        }
        by_day(node, together, groups);
    }
}

fn total(atoms: &[Atom]) -> u64 {
    atoms.iter().map(|atom| atom.sheets).sum()
}

/// Answers by stretches of ten sheets or more. Neighbouring stretches that are all smaller are taken together until they
/// are enough; smaller ones that never are enough are left out.
fn blocks(stretches: &[Stretch], atoms: &[Atom]) -> Vec<Atoms> {
    let mut by_stretch: BTreeMap<usize, Atoms> = BTreeMap::new();
    for atom in atoms {
        let place = stretches.partition_point(|stretch| stretch.start <= atom.day);
        by_stretch.entry(place).or_default().push(*atom);
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
fn by_day(scope: i32, mut atoms: Atoms, groups: &mut Vec<Group>) {
    atoms.sort_unstable_by_key(|atom| atom.day);
    let mut runs: Vec<(u64, Atoms)> = Vec::new();
    for of_day in atoms.chunk_by(|one, next| one.day == next.day) {
        let own = total(of_day);
        match runs.last_mut() {
            Some((sheets, run)) if *sheets < SHOWN_FROM => {
                *sheets += own;
                run.extend_from_slice(of_day);
            }
            _ => runs.push((own, of_day.to_vec())),
        }
    }
    // The last run may be short: it goes with the one before it.
    if let Some((_, short)) = runs.pop_if(|(sheets, _)| *sheets < SHOWN_FROM)
        && let Some((_, last)) = runs.last_mut()
    {
        last.extend(short);
    }
    groups.extend(runs.into_iter().map(|(_, atoms)| Group { scope, atoms }));
}
