//! What the figures of a period count: the sheets of a point and day added up whatever their mode, one series of them, with
//! or without flagged ones. Tallies come in by any road, one by one or a day at a time; nothing else is kept of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::result::Suspects;
use crate::sheet::day_sum::{DaySum, SumKey};
use crate::sheet::tally::{Layout, Respondent, Series, Tally, TallyKey};

/// Unit, point, civil day.
pub(super) type Cluster = (i32, i32, i32);

/// The counted sheets of one series.
#[derive(Debug)]
pub struct Counted {
    pub(super) series: Series,
    pub(super) suspects: Suspects,
    pub(super) rows: Vec<CountedRow>,
    /// Of each point, field, questionnaire and kind of respondent; only their modes mean something.
    pub(super) modes: HashMap<ModesKey, DaySum>,
    flagged: u64,
    waiting: u64,
    held: u64,
    /// Sheets by field that are left out because others of their release lie on days beyond.
    pub(super) beyond: BTreeMap<i16, u64>,
    /// Of figures of days chosen at will: what each lot of sheets that enters figures together holds, on these days and around them.
    pub(super) lots: BTreeMap<LotKey, DaySum>,
    /// Every release that counts, with each of its points.
    points_of: HashSet<(i32, (i32, i32))>,
}

#[derive(Debug)]
pub(super) struct CountedRow {
    pub(super) cluster: Cluster,
    pub(super) field: i16,
    pub(super) form: i32,
    pub(super) respondent: Respondent,
    pub(super) standing: Standing,
    pub(super) sums: DaySum,
}

impl CountedRow {
    /// Whether no figure may count it yet.
    pub(super) fn held(&self) -> bool {
        self.standing == Standing::Held
    }
}

/// How figures count sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// By themselves.
    Counts,
    /// Only with all others of this release, which is of several cells or kinds: in figures that all of it belongs to.
    Together(i32),
    /// Not yet: they only show that their cell is there, to be named as hidden.
    Held,
}

impl Standing {
    /// The release of several cells, where it is of one.
    pub(super) fn release(self) -> Option<i32> {
        match self {
            Self::Together(release) => Some(release),
            Self::Counts | Self::Held => None,
        }
    }
}

/// Sheets that figures count together: a release, or of an office its parts of several that were decided together.
pub type Lot = (i32, i32, i32);

/// A field and a questionnaire in a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LotKey {
    pub(super) lot: Lot,
    pub(super) field: i16,
    pub(super) form: i32,
    /// Whether the lot is of several cells or kinds, and counts only where all of it belongs.
    pub(super) together: bool,
}

/// What modes are kept for: unit and point, and who answered what about which field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ModesKey {
    pub(super) point: (i32, i32),
    pub(super) field: i16,
    pub(super) form: i32,
    pub(super) respondent: Respondent,
    pub(super) standing: Standing,
}

impl Counted {
    /// Nothing counted yet.
    pub fn new(series: Series, suspects: Suspects) -> Self {
        Self {
            series,
            suspects,
            rows: Vec::new(),
            modes: HashMap::new(),
            flagged: 0,
            waiting: 0,
            held: 0,
            beyond: BTreeMap::new(),
            lots: BTreeMap::new(),
            points_of: HashSet::new(),
        }
    }

    /// Counts tallies as `standing` says of each. `layout` gives the shape of a questionnaire version.
    pub fn of<'a, 'l>(
        series: Series,
        suspects: Suspects,
        tallies: impl IntoIterator<Item = &'a (TallyKey, Tally)>,
        standing: impl Fn(&SumKey) -> Standing,
        layout: impl Fn(i32) -> Option<&'l Layout>,
    ) -> Self {
        let mut counted = Self::new(series, suspects);
        for (key, tally) in tallies {
            let Some(layout) = layout(key.form) else { continue };
            let (sum, mut sums) = (SumKey::of(key, 0), DaySum::empty(layout));
            sums.add_tally(key.mode, tally);
            counted.add(&sum, standing(&sum), &sums);
        }
        counted
    }

    /// Counts sums, unless they are of another series or of flagged sheets that are left out.
    /// Sums of one point and day are best added one after the other: what comes apart is kept apart, and costs more later.
    pub fn add(&mut self, key: &SumKey, standing: Standing, sums: &DaySum) {
        if key.series != self.series {
            return;
        }
        self.flagged += if key.suspect { sums.sheets() } else { 0 };
        if key.suspect && self.suspects == Suspects::Out {
            return;
        }
        let (point, cluster) = ((key.unit, key.point), (key.unit, key.point, key.day));
        match standing {
            Standing::Held if key.release == 0 => self.waiting += sums.sheets(),
            Standing::Held if !key.suspect => self.held += sums.sheets(),
            Standing::Counts => {
                self.points_of.insert((key.release, point));
            }
            Standing::Held | Standing::Together(_) => {}
        }
        if standing != Standing::Held {
            let of = ModesKey { point, field: key.field, form: key.form, respondent: key.respondent, standing };
            self.modes.entry(of).and_modify(|known| known.join_modes(sums)).or_insert_with(|| sums.clone());
        }
        let near = self.rows.iter_mut().rev().take_while(|row| row.cluster == cluster && row.form == key.form);
        let joins =
            |row: &&mut CountedRow| (row.field, row.respondent, row.standing) == (key.field, key.respondent, standing);
        match near.into_iter().find(joins) {
            Some(row) => row.sums.merge(sums),
            None => self.rows.push(CountedRow {
                cluster,
                field: key.field,
                form: key.form,
                respondent: key.respondent,
                standing,
                sums: sums.clone(),
            }),
        }
    }

    /// Notes sheets that are held only because others of their release lie on days beyond: figures count a release whole or not at all.
    pub fn note_beyond(&mut self, key: &SumKey, sheets: u64) {
        if key.series == self.series && !(key.suspect && self.suspects == Suspects::Out) {
            *self.beyond.entry(key.field).or_default() += sheets;
        }
    }

    /// Notes what a lot holds, for figures of days chosen at will; what no figure counts is no part of one.
    pub fn note_lot(&mut self, lot: Lot, key: &SumKey, standing: Standing, sums: &DaySum) {
        let counts = key.series == self.series && !(key.suspect && self.suspects == Suspects::Out);
        if !counts || standing == Standing::Held {
            return;
        }
        let of = LotKey { lot, field: key.field, form: key.form, together: standing.release().is_some() };
        self.lots.entry(of).and_modify(|known| known.merge(sums)).or_insert_with(|| sums.clone());
    }

    /// The series that is counted.
    pub fn series(&self) -> Series {
        self.series
    }

    /// Whether flagged sheets are counted.
    pub fn suspects(&self) -> Suspects {
        self.suspects
    }

    /// Sheets that wait for their release.
    pub fn waiting(&self) -> u64 {
        self.waiting
    }

    /// Sheets without flag that these figures leave out and `with`, which count flagged ones too, do not: those that share a release with flagged
    /// ones, which is left out whole.
    pub fn left_out_besides(&self, with: &Self) -> u64 {
        self.held.saturating_sub(with.held)
    }

    /// Points of which every release that counts is theirs alone.
    pub(super) fn points_alone(&self) -> HashSet<(i32, i32)> {
        let mut points: HashMap<i32, u32> = HashMap::new();
        for (release, _) in &self.points_of {
            *points.entry(*release).or_default() += 1;
        }
        let shares = |(release, point): &(i32, (i32, i32))| (points[release] > 1).then_some(*point);
        let shared: HashSet<(i32, i32)> = self.points_of.iter().filter_map(shares).collect();
        let points = self.points_of.iter().map(|(_, point)| *point);
        points.filter(|point| !shared.contains(point)).collect()
    }

    /// Flagged sheets of the series, counted or left out.
    pub fn flagged(&self) -> u64 {
        self.flagged
    }
}
