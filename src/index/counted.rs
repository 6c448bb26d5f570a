//! What the figures of a period count: the sheets of a point and day added up whatever their mode, one series of them, with
//! or without flagged ones. Tallies come in by any road, one by one or a day at a time; nothing else is kept of them.

use std::collections::HashMap;

use super::result::Suspects;
use super::rows::Cluster;
use crate::sheet::day_sum::{DaySum, SumKey};
use crate::sheet::tally::{Layout, Respondent, Series, Tally, TallyKey};

/// The counted sheets of one series.
#[derive(Debug)]
pub struct Counted {
    pub(super) series: Series,
    pub(super) suspects: Suspects,
    pub(super) rows: Vec<CountedRow>,
    /// Of each point, field, questionnaire and kind of respondent; only their modes mean something.
    pub(super) modes: HashMap<ModesKey, DaySum>,
    flagged: u64,
}

#[derive(Debug)]
pub(super) struct CountedRow {
    pub(super) cluster: Cluster,
    pub(super) field: i16,
    pub(super) form: i32,
    pub(super) respondent: Respondent,
    /// No figure may count it yet: it only shows that its cell is there, to be named as hidden.
    pub(super) held: bool,
    pub(super) sums: DaySum,
}

/// What modes are kept for: unit and point, and who answered what about which field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ModesKey {
    pub(super) point: (i32, i32),
    pub(super) field: i16,
    pub(super) form: i32,
    pub(super) respondent: Respondent,
}

impl Counted {
    /// Nothing counted yet.
    pub fn new(series: Series, suspects: Suspects) -> Self {
        Self { series, suspects, rows: Vec::new(), modes: HashMap::new(), flagged: 0 }
    }

    /// Counts tallies, those for which `held` says so as not to be shown yet. `layout` gives the shape of a questionnaire version.
    pub fn of<'a, 'l>(
        series: Series,
        suspects: Suspects,
        tallies: impl IntoIterator<Item = &'a (TallyKey, Tally)>,
        held: impl Fn(&SumKey) -> bool,
        layout: impl Fn(i32) -> Option<&'l Layout>,
    ) -> Self {
        let mut counted = Self::new(series, suspects);
        for (key, tally) in tallies {
            let Some(layout) = layout(key.form) else { continue };
            let (sum, mut sums) = (SumKey::of(key, 0), DaySum::empty(layout));
            sums.add_tally(key.mode, tally);
            counted.add(&sum, held(&sum), &sums);
        }
        counted
    }

    /// Counts sums, unless they are of another series or of flagged sheets that are left out. `held` ones are not shown yet.
    /// Sums of one point and day are best added one after the other: what comes apart is kept apart, and costs more later.
    pub fn add(&mut self, key: &SumKey, held: bool, sums: &DaySum) {
        if key.series != self.series {
            return;
        }
        self.flagged += if key.suspect { sums.sheets() } else { 0 };
        if key.suspect && self.suspects == Suspects::Out {
            return;
        }
        let (point, cluster) = ((key.unit, key.point), (key.unit, key.point, key.day));
        if !held {
            let of = ModesKey { point, field: key.field, form: key.form, respondent: key.respondent };
            self.modes.entry(of).and_modify(|known| known.join_modes(sums)).or_insert_with(|| sums.clone());
        }
        let near = self.rows.iter_mut().rev().take_while(|row| row.cluster == cluster && row.form == key.form);
        let joins = |row: &&mut CountedRow| (row.field, row.respondent, row.held) == (key.field, key.respondent, held);
        match near.into_iter().find(joins) {
            Some(row) => row.sums.merge(sums),
            None => self.rows.push(CountedRow {
                cluster,
                field: key.field,
                form: key.form,
                respondent: key.respondent,
                held,
                sums: sums.clone(),
            }),
        }
    }

    /// The series that is counted.
    pub fn series(&self) -> Series {
        self.series
    }

    /// Whether flagged sheets are counted.
    pub fn suspects(&self) -> Suspects {
        self.suspects
    }

    /// Flagged sheets of the series, counted or left out.
    pub fn flagged(&self) -> u64 {
        self.flagged
    }
}
