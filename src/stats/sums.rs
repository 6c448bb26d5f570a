//! Design-based estimates from sums collected row by row: the same numbers as [`crate::stats::estimate`], without keeping the
//! rows. Memory grows with clusters × domain levels × results, not with the file.
//!
//! # How
//! Everything a mean needs is linear in the rows once p is known: the total of the influences of cluster j is
//! (S − p M)/Σ w m with S = Σ w s and M = Σ w m over the cluster. So each cluster keeps Σ w m and Σ w s per domain level and result ([`GroupedSums`]).
//! After a calibration by cells of known counts the fitted part is linear in the cluster's weight per cell
//! ([`CellCalibration`]). Two-stage designs need squares of influences inside the clusters, and samples without clusters inside
//! the strata: a further reading of the rows, with p known ([`SetScatter`]).

use nalgebra::{DMatrix, DVector};

use super::calibration::Auxiliaries;
use super::calibration::residuals::Solver;
use super::design::SampleStructure;
use super::domains::{DegreesOf, JointMeans};
use super::estimate::{Estimate, MeanEstimate, Moments};
use super::variance::{ClusterTotals, LonelyRule, VarianceError};

/// No block for this cluster and level yet.
const NO_BLOCK: u32 = u32::MAX;

/// What a row says about each result, one entry a result: number of answers, their sum, their sum of squares.
#[derive(Debug, Clone, Copy)]
pub struct RowValues<'a> {
    /// m: answers (0 = nothing answered).
    pub counts: &'a [f64],
    /// s: sum of the values.
    pub sums: &'a [f64],
    /// q: sum of squares of the values; for 0/1 values of single items the same slice as `sums`.
    pub squares: &'a [f64],
}

/// One estimate: a level of the grouping and a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cell {
    /// Level of the grouping.
    pub level: usize,
    /// Result.
    pub result: usize,
}

/// Sums of several results over one grouping of the rows (whole sample, fields, sex × age …), by cluster and level.
#[derive(Debug, Clone, Default)]
pub struct GroupedSums {
    n_results: usize,
    /// Results whose rows another result counts: a ratio's, among which are those with a denominator of 0.
    counters: Vec<(usize, usize)>,
    /// Block number of (cluster, level).
    block_of: Vec<Vec<u32>>,
    /// Per block: Σ w m of every result, then Σ w s of every result.
    blocks: Vec<f64>,
    /// Per level: five sums of every result that need no cluster: n, Σ s, Σ q, Σ w² m, Σ w q.
    levels: Vec<f64>,
}

/// What is estimated from the sums of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistic {
    /// Σ w s / Σ w m: a mean, a share, or a ratio when m holds the denominator's values.
    Mean,
    /// Σ w s.
    Total,
}

/// Sums kept per level and result.
const LEVEL_SUMS: usize = 5;

impl GroupedSums {
    /// Empty sums of `n_results` results.
    pub fn new(n_results: usize) -> Self {
        Self { n_results, ..Self::default() }
    }

    /// Lets `counter`, which has m = 1 in every row of `result`, say which clusters and rows answered. A ratio needs it: its own m
    /// is the denominator, which may be 0 in a row that belongs to the sample all the same (R: `svyratio`).
    #[must_use]
    pub fn counted_by(mut self, result: usize, counter: usize) -> Self {
        self.counters.push((result, counter));
        self
    }

    fn counter(&self, cell: Cell) -> Cell {
        let found = self.counters.iter().find(|(result, _)| *result == cell.result);
        found.map_or(cell, |(_, counter)| Cell { result: *counter, ..cell })
    }

    /// Number of levels seen so far (1 + the largest).
    pub fn n_levels(&self) -> usize {
        if self.n_results == 0 { 0 } else { self.levels.len() / (LEVEL_SUMS * self.n_results) }
    }

    /// Adds a row of positive weight in `cluster` (its position in the frame) and `level`.
    pub fn add(&mut self, cluster: usize, level: usize, weight: f64, row: RowValues<'_>) {
        let k = self.n_results;
        let block = self.block(cluster, level);
        let (counts, sums) = self.blocks[block..block + 2 * k].split_at_mut(k);
        for (total, count) in counts.iter_mut().zip(row.counts) {
            *total += weight * count;
        }
        for (total, sum) in sums.iter_mut().zip(row.sums) {
            *total += weight * sum;
        }
        let at = level * LEVEL_SUMS * k;
        let (answers, rest) = self.levels[at..at + LEVEL_SUMS * k].split_at_mut(k);
        let (plain_sums, rest) = rest.split_at_mut(k);
        let (plain_squares, rest) = rest.split_at_mut(k);
        let (weight_squares, weighted_squares) = rest.split_at_mut(k);
        let weight_squared = weight * weight;
        for ((answers, weight_squares), count) in answers.iter_mut().zip(weight_squares).zip(row.counts) {
            *answers += count;
            *weight_squares += weight_squared * count;
        }
        for (plain_sums, sum) in plain_sums.iter_mut().zip(row.sums) {
            *plain_sums += sum;
        }
        for ((plain_squares, weighted_squares), square) in
            plain_squares.iter_mut().zip(weighted_squares).zip(row.squares)
        {
            *plain_squares += square;
            *weighted_squares += weight * square;
        }
    }

    /// Adds the sums of another part of the same sample, whose clusters and levels are numbered alike.
    pub fn merge(&mut self, other: &Self) {
        for (cluster, blocks) in other.block_of.iter().enumerate() {
            for (level, block) in blocks.iter().enumerate().filter(|(_, block)| **block != NO_BLOCK) {
                let at = self.block(cluster, level);
                let from = *block as usize * 2 * self.n_results;
                for (total, part) in self.blocks[at..].iter_mut().zip(&other.blocks[from..from + 2 * self.n_results]) {
                    *total += part;
                }
            }
        }
        for (total, part) in self.levels.iter_mut().zip(&other.levels) {
            *total += part;
        }
    }

    /// Where the block of a cluster and level begins; made when missing.
    fn block(&mut self, cluster: usize, level: usize) -> usize {
        if cluster >= self.block_of.len() {
            self.block_of.resize(cluster + 1, Vec::new());
        }
        let of_cluster = &mut self.block_of[cluster];
        if level >= of_cluster.len() {
            of_cluster.resize(level + 1, NO_BLOCK);
        }
        let size = 2 * self.n_results;
        if of_cluster[level] == NO_BLOCK {
            of_cluster[level] = u32::try_from(self.blocks.len() / size.max(1)).unwrap_or(NO_BLOCK);
            self.blocks.resize(self.blocks.len() + size, 0.0);
            let needed = (level + 1) * LEVEL_SUMS * self.n_results;
            if needed > self.levels.len() {
                self.levels.resize(needed, 0.0);
            }
        }
        of_cluster[level] as usize * size
    }

    /// (Σ w m, Σ w s) of a cluster in a cell.
    fn of_cluster(&self, cluster: usize, cell: Cell) -> (f64, f64) {
        match self.block_of.get(cluster).and_then(|levels| levels.get(cell.level)) {
            Some(&block) if block != NO_BLOCK => {
                let at = block as usize * 2 * self.n_results + cell.result;
                (self.blocks[at], self.blocks[at + self.n_results])
            }
            _ => (0.0, 0.0),
        }
    }

    /// The sums of one estimate over all clusters.
    pub fn moments(&self, cell: Cell) -> Moments {
        let mut moments = Moments::default();
        if cell.level >= self.n_levels() {
            return moments;
        }
        for cluster in 0..self.block_of.len() {
            let (weight, weighted_sum) = self.of_cluster(cluster, cell);
            moments.weight += weight;
            moments.weighted_sum += weighted_sum;
        }
        let of_level = |which: usize| self.levels[(cell.level * LEVEL_SUMS + which) * self.n_results + cell.result];
        moments.answers = of_level(0);
        moments.answers_listed = moments.answers;
        moments.sum = of_level(1);
        moments.squares = of_level(2);
        moments.weight_squared = of_level(3);
        moments.weighted_squares = of_level(4);
        moments
    }
}

/// A calibration by cells, as variances need it: the auxiliary variables of every cell and who is where.
#[derive(Debug, Clone)]
pub struct CellCalibration {
    auxiliaries: Auxiliaries,
    solver: Solver,
    /// Calibrated weight of each cluster by cell.
    weight_of_cluster: Vec<Vec<f64>>,
    n_rows: f64,
}

impl CellCalibration {
    /// `auxiliaries` has one row a cell, `base_weights` the sum of the weights before calibration in each cell.
    pub fn new(auxiliaries: Auxiliaries, base_weights: &[f64]) -> Self {
        let solver = Solver::new(&auxiliaries.cross_products(base_weights));
        Self { auxiliaries, solver, weight_of_cluster: Vec::new(), n_rows: 0.0 }
    }

    /// Counts a row of calibrated weight `weight`.
    pub fn add(&mut self, cluster: usize, cell: usize, weight: f64) {
        if cluster >= self.weight_of_cluster.len() {
            self.weight_of_cluster.resize(cluster + 1, Vec::new());
        }
        let of_cluster = &mut self.weight_of_cluster[cluster];
        if of_cluster.is_empty() {
            of_cluster.resize(self.auxiliaries.n_rows(), 0.0);
        }
        of_cluster[cell] += weight;
        self.n_rows += 1.0;
    }

    /// The fitted score of each calibration cell for one estimate: `x_cᵀβ`. `by_cell` are the sums with base weights whose
    /// "clusters" are the calibration cells.
    fn fitted(&self, by_cell: &GroupedSums, cell: Cell, centre: f64, divisor: f64) -> Vec<f64> {
        let n_cells = self.auxiliaries.n_rows();
        let scores: Vec<f64> = (0..n_cells)
            .map(|at| {
                let (weight, weighted_sum) = by_cell.of_cluster(at, cell);
                (weighted_sum - centre * weight) / divisor
            })
            .collect();
        let coefficients: DVector<f64> = self.solver.solve(&self.auxiliaries.totals(&scores));
        (0..n_cells).map(|at| self.auxiliaries.dot(at, &coefficients)).collect()
    }
}

/// A grouping together with what its variances need.
#[derive(Debug, Clone, Copy)]
pub struct SummedDesign<'a> {
    /// Strata and clusters.
    pub frame: &'a SampleStructure,
    /// Rule for lonely clusters.
    pub lonely: LonelyRule,
    /// Sums by cluster, with the final weights.
    pub sums: &'a GroupedSums,
    /// After a calibration: what it knew, and the sums by calibration cell with the base weights.
    pub calibration: Option<(&'a CellCalibration, &'a GroupedSums)>,
}

impl SummedDesign<'_> {
    /// The mean of one cell.
    ///
    /// `scatter` is needed in two-stage designs and samples without clusters: that of the set made of this cell alone.
    ///
    /// # None
    /// Without answers.
    ///
    /// # Errors
    /// When a stratum is lonely and the rule is to fail.
    pub fn mean(&self, cell: Cell, scatter: Option<&SetScatter>) -> Result<Option<MeanEstimate>, VarianceError> {
        let Some(joint) = self.joint_means(&[cell], DegreesOf::Answered, scatter)? else {
            return Ok(None);
        };
        let mut moments = joint.moments[0];
        if let Some((calibration, _)) = self.calibration {
            moments.answers_listed = moments.answers_listed.max(calibration.n_rows);
        }
        Ok(Some(MeanEstimate {
            moments,
            mean: joint.means[0],
            variance: joint.covariance[(0, 0)],
            degrees_of_freedom: joint.degrees_of_freedom,
        }))
    }

    /// Several means with their covariance.
    ///
    /// # None
    /// When one of the cells has no answers.
    ///
    /// # Errors
    /// As [`Self::mean`].
    pub fn joint_means(
        &self,
        cells: &[Cell],
        degrees_of: DegreesOf,
        scatter: Option<&SetScatter>,
    ) -> Result<Option<JointMeans>, VarianceError> {
        let Some(linear) = self.linear(cells, Statistic::Mean) else {
            return Ok(None);
        };
        let (covariance, degrees_of_freedom) = self.covariance(&linear, degrees_of, scatter)?;
        Ok(Some(JointMeans { moments: linear.moments, means: linear.centres, covariance, degrees_of_freedom }))
    }

    /// Σ w s of one cell.
    ///
    /// # Errors
    /// As [`Self::mean`].
    pub fn total(&self, cell: Cell, scatter: Option<&SetScatter>) -> Result<Option<Estimate>, VarianceError> {
        let Some(linear) = self.linear(&[cell], Statistic::Total) else {
            return Ok(None);
        };
        let (covariance, degrees_of_freedom) = self.covariance(&linear, DegreesOf::Answered, scatter)?;
        Ok(Some(Estimate { value: linear.moments[0].weighted_sum, variance: covariance[(0, 0)], degrees_of_freedom }))
    }

    /// The influences of `cells` as linear functions of the sums.
    fn linear(&self, cells: &[Cell], statistic: Statistic) -> Option<Linear> {
        let moments: Vec<Moments> = cells.iter().map(|cell| self.sums.moments(*cell)).collect();
        let centres = moments.iter().map(Moments::mean).collect::<Option<Vec<f64>>>()?;
        let (centres, divisors) = match statistic {
            Statistic::Mean => (centres, moments.iter().map(|moments| moments.weight).collect()),
            Statistic::Total => (vec![0.0; cells.len()], vec![1.0; cells.len()]),
        };
        let fitted = self.fitted(cells, &centres, &divisors);
        let counted = cells.iter().map(|cell| self.sums.counter(*cell)).collect();
        Some(Linear { cells: cells.to_vec(), counted, moments, centres, divisors, fitted })
    }

    fn covariance(
        &self,
        linear: &Linear,
        degrees_of: DegreesOf,
        scatter: Option<&SetScatter>,
    ) -> Result<(DMatrix<f64>, f64), VarianceError> {
        if self.frame.needs_scatter() && scatter.is_none() {
            return Err(VarianceError::ScatterMissing);
        }
        let n_clusters = self.frame.clusters.len();
        let mut totals = ClusterTotals::zeros(self.frame, linear.cells.len());
        let mut answered = vec![false; n_clusters];
        for (cluster, answered) in answered.iter_mut().enumerate() {
            let of_cluster = totals.of_cluster_mut(cluster);
            for (at, cell) in linear.cells.iter().enumerate() {
                let (weight, weighted_sum) = self.sums.of_cluster(cluster, *cell);
                *answered |= self.sums.of_cluster(cluster, linear.counted[at]).0 > 0.0;
                of_cluster[at] = (weighted_sum - linear.centres[at] * weight) / linear.divisors[at];
                if let Some((calibration, _)) = self.calibration
                    && let Some(weights) = calibration.weight_of_cluster.get(cluster)
                {
                    let fit = weights.iter().zip(&linear.fitted[at]).map(|(weight, fit)| weight * fit).sum::<f64>();
                    of_cluster[at] -= fit;
                }
            }
            if let Some(scatter) = scatter {
                let here = of_cluster.to_vec();
                scatter.centred(
                    cluster,
                    self.frame.clusters[cluster].n_units,
                    &here,
                    totals.scatter_of_cluster_mut(cluster),
                );
            }
        }
        let degrees_of_freedom = match (degrees_of, scatter) {
            (DegreesOf::WholeDesign, _) => self.frame.degrees_of_freedom(&vec![true; n_clusters]),
            (DegreesOf::Answered, Some(scatter)) if self.frame.elements => {
                scatter.rows_answered.iter().filter(|rows| **rows > 0).map(|rows| *rows as f64 - 1.0).sum()
            }
            (DegreesOf::Answered, _) => self.frame.degrees_of_freedom(&answered),
        };
        if self.calibration.is_none() {
            totals.set_present(answered);
            if let Some(scatter) = scatter {
                totals.set_rows_present(scatter.rows_answered.clone());
            }
        }
        Ok((totals.covariance(self.frame, self.lonely)?, degrees_of_freedom))
    }

    fn fitted(&self, cells: &[Cell], centres: &[f64], divisors: &[f64]) -> Vec<Vec<f64>> {
        self.calibration.map_or_else(Vec::new, |(calibration, by_cell)| {
            let rows = cells.iter().zip(centres).zip(divisors);
            rows.map(|((cell, centre), divisor)| calibration.fitted(by_cell, *cell, *centre, *divisor)).collect()
        })
    }

    /// Prepares a further reading of the rows, for the joint covariance of `cells` in designs that need the scatter inside
    /// the clusters (two stages, or no clusters).
    ///
    /// # None
    /// When one of the cells has no answers.
    pub fn scatter_of(&self, cells: &[Cell], statistic: Statistic) -> Option<SetScatter> {
        self.linear(cells, statistic).map(|linear| SetScatter {
            products: vec![0.0; self.frame.clusters.len() * cells.len() * cells.len()],
            influence: vec![0.0; cells.len()],
            rows_answered: vec![0; self.frame.clusters.len()],
            linear,
        })
    }
}

/// The influence of a row in cell c: weight · ((s − centre·m)/divisor − fitted part of its calibration cell).
#[derive(Debug, Clone, PartialEq)]
struct Linear {
    cells: Vec<Cell>,
    /// What says which clusters and rows answered.
    counted: Vec<Cell>,
    moments: Vec<Moments>,
    centres: Vec<f64>,
    divisors: Vec<f64>,
    fitted: Vec<Vec<f64>>,
}

/// Σ u uᵀ of a set of estimates inside each cluster, for the second stage or for samples of elements.
#[derive(Debug, Clone, PartialEq)]
pub struct SetScatter {
    linear: Linear,
    products: Vec<f64>,
    influence: Vec<f64>,
    /// Rows of each cluster with an answer in any of the cells.
    rows_answered: Vec<usize>,
}

impl SetScatter {
    /// Adds a row, which is one second-stage unit. `level` is `None` for a row outside the grouping, `calibration_cell` its
    /// cell where weights were calibrated.
    pub fn add(
        &mut self,
        cluster: usize,
        level: Option<usize>,
        weight: f64,
        calibration_cell: Option<usize>,
        row: RowValues<'_>,
    ) {
        let linear = &self.linear;
        let k = linear.cells.len();
        let answered = |cell: &Cell| level == Some(cell.level) && row.counts[cell.result] > 0.0;
        self.rows_answered[cluster] += usize::from(linear.counted.iter().any(answered));
        for (at, cell) in linear.cells.iter().enumerate() {
            let own = if level == Some(cell.level) {
                (row.sums[cell.result] - linear.centres[at] * row.counts[cell.result]) / linear.divisors[at]
            } else {
                0.0
            };
            let fit = calibration_cell.and_then(|cell| linear.fitted.get(at).map(|fitted| fitted[cell])).unwrap_or(0.0);
            self.influence[at] = weight * (own - fit);
        }
        let products = &mut self.products[cluster * k * k..(cluster + 1) * k * k];
        for (i, a) in self.influence.iter().enumerate().filter(|(_, a)| **a != 0.0) {
            for (product, b) in products[i * k..(i + 1) * k].iter_mut().zip(&self.influence) {
                *product += a * b;
            }
        }
    }

    /// Σ (u − ū)(u − ū)ᵀ = Σ u uᵀ − t tᵀ/m.
    fn centred(&self, cluster: usize, n_units: usize, totals: &[f64], into: &mut [f64]) {
        let k = self.linear.cells.len();
        for i in 0..k {
            for j in 0..k {
                into[i * k + j] =
                    self.products[cluster * k * k + i * k + j] - totals[i] * totals[j] / n_units.max(1) as f64;
            }
        }
    }
}
