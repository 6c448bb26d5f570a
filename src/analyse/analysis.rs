//! What was collected from the file, and the sets of estimates that the report needs of it.

use std::collections::HashMap;

use super::labels::WeightSums;
use super::plan::{IndexPlan, Kind, Plan};
use crate::stats::design::SampleStructure;
use crate::stats::sums::{Cell, CellCalibration, GroupedSums, SetScatter, Statistic, SummedDesign};

/// Everything collected from the file.
pub struct Analysis {
    pub frame: SampleStructure,
    pub stratum_labels: Vec<String>,
    pub cluster_labels: Vec<String>,
    pub weights: WeightSums,
    pub groupings: Vec<Grouping>,
    pub calibration: Option<CellsCalibrated>,
    pub scatters: HashMap<SetKey, SetScatter>,
}

/// One grouping: its levels and sums.
pub struct Grouping {
    pub levels: Vec<String>,
    pub sums: GroupedSums,
    pub by_calibration_cell: GroupedSums,
}

/// A finished calibration.
pub struct CellsCalibrated {
    pub iterations: u32,
    pub largest_gap: f64,
    pub ratio_min: f64,
    pub ratio_max: f64,
    /// g of each cell.
    pub ratios: Vec<f64>,
    pub for_variance: CellCalibration,
    /// Weights after calibration.
    pub weights: WeightSums,
}

/// A set of estimates whose covariance is wanted: grouping, cells, statistic is a total.
pub type SetKey = (usize, Vec<Cell>, bool);

impl Analysis {
    /// The design as the formulas of one grouping need it.
    pub fn design(&self, plan: &Plan, grouping: usize) -> SummedDesign<'_> {
        let of_grouping = &self.groupings[grouping];
        SummedDesign {
            frame: &self.frame,
            lonely: plan.lonely,
            sums: &of_grouping.sums,
            calibration: self
                .calibration
                .as_ref()
                .map(|calibrated| (&calibrated.for_variance, &of_grouping.by_calibration_cell)),
        }
    }

    /// Number of answers of a cell.
    pub fn answers(&self, grouping: usize, cell: Cell) -> f64 {
        self.groupings[grouping].sums.moments(cell).answers
    }

    /// Number of rows of a ratio that have both of its numbers, a denominator of 0 included.
    pub fn pairs(&self, plan: &Plan, grouping: usize, cell: Cell) -> f64 {
        plan.pairs_of(cell.result).map_or(0.0, |result| self.answers(grouping, Cell { result, ..cell }))
    }

    /// The second-stage scatter of a set, in two-stage designs.
    pub fn scatter(&self, grouping: usize, cells: &[Cell], statistic: Statistic) -> Option<&SetScatter> {
        self.scatters.get(&(grouping, cells.to_vec(), statistic == Statistic::Total))
    }
}

/// All sets of estimates whose joint covariance the report needs.
pub fn sets(plan: &Plan, analysis: &Analysis) -> Vec<(usize, Vec<Cell>, Statistic)> {
    let mut sets = Vec::new();
    for (at, result) in plan.results.iter().enumerate() {
        for &grouping in &result.groupings {
            let statistic = if matches!(result.kind, Kind::Total(_)) { Statistic::Total } else { Statistic::Mean };
            for level in 0..levels(analysis, grouping).len() {
                sets.push((grouping, vec![Cell { level, result: at }], statistic));
            }
            if result.compare.is_some() {
                sets.push((grouping, compared(analysis, grouping, at), Statistic::Mean));
            }
        }
    }
    for index in &plan.indices {
        for &grouping in &index.groupings {
            for level in 0..levels(analysis, grouping).len() {
                sets.push((grouping, components(index, level), Statistic::Mean));
            }
        }
    }
    sets
}

/// The levels of a grouping in the order of the report: as listed, else alphabetical; with their position in the sums.
pub fn levels(analysis: &Analysis, grouping: usize) -> Vec<(usize, &str)> {
    if grouping == 0 {
        return vec![(0, "")];
    }
    analysis.groupings[grouping].levels.iter().enumerate().map(|(at, label)| (at, label.as_str())).collect()
}

/// The cells of an index: its results at one level.
pub fn components(index: &IndexPlan, level: usize) -> Vec<Cell> {
    index.components.iter().map(|result| Cell { level, result: *result }).collect()
}

/// The cells of a comparison: the levels that have answers.
pub fn compared(analysis: &Analysis, grouping: usize, result: usize) -> Vec<Cell> {
    let cells = (0..levels(analysis, grouping).len()).map(|level| Cell { level, result });
    cells.filter(|cell| analysis.answers(grouping, *cell) > 0.0).collect()
}
