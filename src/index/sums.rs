//! The sums of a part of the questionnaires, by cell and cluster, and what is made of them: weights, estimate, mean score.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::result::Estimate;
use super::rows::Cluster;
use super::tally::Mode;
use super::volumes::CellCases;
use crate::plan::Weights;
use crate::stats::{CellSums, Confidence, DayCluster, RateEstimate, weighted_rate};

/// (field, questionnaire).
pub(super) type Cell = (String, String);

/// The clusters of a part, by cell, point and day, with the sums that intervals need.
pub(super) struct Sums {
    pub(super) cells: BTreeMap<Cell, CellTotal>,
    pub(super) modes: BTreeSet<Mode>,
    /// In their order; the cells of each by their place in `known`, in that order.
    clusters: Vec<(Cluster, Vec<(usize, RawSums)>)>,
    known: Rc<[Cell]>,
    cases: Rc<BTreeMap<Cell, CellCases>>,
}

#[derive(Default, Clone, Copy)]
pub(super) struct CellTotal {
    pub(super) respondents: u64,
    pub(super) answers: u64,
    pub(super) points: u64,
}

#[derive(Default, Clone, Copy)]
pub(super) struct RawSums {
    pub(super) respondents: u64,
    pub(super) y: u64,
    pub(super) m: u64,
    pub(super) yy: u64,
    pub(super) ym: u64,
    pub(super) mm: u64,
}

impl RawSums {
    fn add(&mut self, other: &RawSums) {
        self.respondents += other.respondents;
        self.y += other.y;
        self.m += other.m;
        self.yy += other.yy;
        self.ym += other.ym;
        self.mm += other.mm;
    }
}

impl Sums {
    /// No sums yet over cells named by their place, with the cases that they may be weighed by.
    pub(super) fn of_cells(known: Rc<[Cell]>, cases: Rc<BTreeMap<Cell, CellCases>>) -> Self {
        Self { cells: BTreeMap::new(), modes: BTreeSet::new(), clusters: Vec::new(), known, cases }
    }

    /// Adds to a cluster; clusters, and the cells of one, come in their order.
    pub(super) fn add(&mut self, cluster: Cluster, cell: usize, raw: &RawSums) {
        match self.clusters.last_mut().filter(|(last, _)| *last == cluster) {
            None => self.clusters.push((cluster, vec![(cell, *raw)])),
            Some((_, cells)) => match cells.last_mut().filter(|(last, _)| *last == cell) {
                None => cells.push((cell, *raw)),
                Some((_, sums)) => sums.add(raw),
            },
        }
    }

    /// Keeps only the cells that `keep` names.
    pub(super) fn keep(&mut self, keep: impl Fn(&Cell) -> bool) {
        self.cells.retain(|cell, _| keep(cell));
        let kept: Vec<bool> = self.known.iter().map(keep).collect();
        for (_, cells) in &mut self.clusters {
            cells.retain(|(cell, _)| kept[*cell]);
        }
        self.clusters.retain(|(_, cells)| !cells.is_empty());
    }

    /// The same sums of each point by itself, without its levels.
    pub(super) fn by_point(&self) -> Vec<((i32, i32), Self)> {
        let mut points: BTreeMap<(i32, i32), Self> = BTreeMap::new();
        for (cluster, cells) in &self.clusters {
            let sums = points
                .entry((cluster.0, cluster.1))
                .or_insert_with(|| Self::of_cells(Rc::clone(&self.known), Rc::clone(&self.cases)));
            for (cell, raw) in cells {
                let total = sums.cells.entry(self.known[*cell].clone()).or_default();
                total.respondents += raw.respondents;
                total.answers += raw.m;
            }
            sums.clusters.push((*cluster, cells.clone()));
        }
        points.into_iter().collect()
    }

    pub(super) fn respondents(&self) -> u64 {
        self.cells.values().map(|total| total.respondents).sum()
    }

    /// Whether anybody answered about a field.
    pub(super) fn has(&self, field: &str) -> bool {
        self.cells.keys().any(|(of, _)| of == field)
    }

    /// Weight of each cell in the order of `cells`: every field alike and every questionnaire of a field alike; by
    /// respondents; or every field by its cases, and its questionnaires by theirs or alike.
    fn weights(&self, weights: Weights) -> Vec<f64> {
        let mut per_field: HashMap<&str, usize> = HashMap::new();
        let mut within: HashMap<&str, f64> = HashMap::new();
        for (field, _) in self.cells.keys() {
            *per_field.entry(field).or_default() += 1;
        }
        let cases = |cell: &Cell| self.cases.get(cell).copied().unwrap_or_default();
        for cell in self.cells.keys() {
            *within.entry(&cell.0).or_default() += cases(cell).within.unwrap_or(0.0);
        }
        let fields = per_field.len() as f64;
        self.cells
            .iter()
            .map(|(cell, total)| {
                let of_field = per_field[cell.0.as_str()] as f64;
                match weights {
                    Weights::Respondents => total.respondents as f64,
                    Weights::Equal => 1.0 / (fields * of_field),
                    Weights::Volumes => {
                        let CellCases { of_field: cases, within: own } = cases(cell);
                        cases * own.map_or(1.0 / of_field, |own| own / within[cell.0.as_str()])
                    }
                }
            })
            .collect()
    }

    /// The weight of each field, all of them together 1.
    pub(super) fn field_weights(&self, weights: Weights) -> BTreeMap<String, f64> {
        let weights = self.weights(weights);
        let total: f64 = weights.iter().sum();
        let mut of_field: BTreeMap<String, f64> = BTreeMap::new();
        for ((field, _), weight) in self.cells.keys().zip(weights) {
            *of_field.entry(field.clone()).or_default() += weight / total;
        }
        of_field
    }

    pub(super) fn estimate(&self, weights: Weights, confidence: f64) -> Option<(Estimate, RateEstimate)> {
        let numbers: HashMap<&Cell, usize> =
            self.cells.keys().enumerate().map(|(number, cell)| (cell, number)).collect();
        let numbers: Vec<Option<usize>> = self.known.iter().map(|cell| numbers.get(cell).copied()).collect();
        let mut strata: BTreeMap<(i32, i32), u32> = BTreeMap::new();
        let mut clusters = Vec::with_capacity(self.clusters.len());
        for ((unit, point, _), cells) in &self.clusters {
            let next = u32::try_from(strata.len()).unwrap_or(u32::MAX);
            let stratum = *strata.entry((*unit, *point)).or_insert(next);
            let cells = cells.iter().filter_map(|(cell, raw)| {
                Some(CellSums {
                    cell: numbers[*cell]?,
                    respondents: raw.respondents,
                    y: raw.y,
                    m: raw.m,
                    yy: raw.yy,
                    ym: raw.ym,
                    mm: raw.mm,
                })
            });
            clusters.push(DayCluster { stratum, cells: cells.collect() });
        }
        let rate = weighted_rate(&self.weights(weights), &clusters, Confidence::new(confidence)?)?;
        let estimate = Estimate {
            value: rate.value,
            low: rate.low,
            high: rate.high,
            confidence,
            method: rate.method,
            respondents: rate.respondents,
            answers: rate.answers,
            clusters: rate.clusters,
            design_effect: rate.design_effect,
            modes: self.modes.iter().copied().collect(),
        };
        Some((estimate, rate))
    }

    /// Mean of the levels, weighed like the rate.
    pub(super) fn mean_score(&self, weights: Weights) -> f64 {
        let weights = self.weights(weights);
        let total: f64 = weights.iter().sum();
        let means = self.cells.values().map(|cell| cell.points as f64 / cell.answers as f64);
        means.zip(&weights).map(|(mean, weight)| mean * weight).sum::<f64>() / total
    }
}
