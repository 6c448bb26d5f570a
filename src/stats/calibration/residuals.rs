//! What is left to vary after a calibration.
//!
//! # Formula
//! ```text
//! influence  w_i g_i z_i   becomes   w_i g_i (z_i − x_iᵀβ)
//! ```
//! β is the least-squares fit of z on the auxiliary variables x over all rows with the **base** weights w: the part of z that
//! the calibration fixed does not vary any more.
//!
//! # Source
//! Deville, Särndal (1992) J. Am. Stat. Assoc. 87, 376–382, doi:10.1080/01621459.1992.10475217; R `survey::calibrate`.

use nalgebra::{DMatrix, DVector};

use super::raking::Margin;

/// Auxiliary variables, row by row, as (column, value) pairs: a categorical margin is one pair of value 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Auxiliaries {
    n_columns: usize,
    starts: Vec<usize>,
    entries: Vec<(u32, f64)>,
}

impl Auxiliaries {
    /// The levels of categorical margins as indicator columns, margin after margin.
    pub fn from_margins(margins: &[Margin]) -> Self {
        let n_rows = margins.first().map_or(0, |margin| margin.level_of_row.len());
        let rows = (0..n_rows).map(|row| {
            let mut offset = 0;
            let mut entries = Vec::with_capacity(margins.len());
            for margin in margins {
                entries.push((offset + margin.level_of_row[row], 1.0));
                offset += margin.totals.len();
            }
            entries
        });
        let n_columns = margins.iter().map(|margin| margin.totals.len()).sum();
        Self::from_rows(n_columns, rows)
    }

    /// Any variables: each row lists the columns in which it is not 0.
    pub fn from_rows(n_columns: usize, rows: impl Iterator<Item = Vec<(usize, f64)>>) -> Self {
        let mut starts = vec![0];
        let mut entries = Vec::new();
        for row in rows {
            entries.extend(
                row.into_iter()
                    .filter(|(column, _)| *column < n_columns)
                    .filter_map(|(column, value)| u32::try_from(column).ok().map(|column| (column, value))),
            );
            starts.push(entries.len());
        }
        Self { n_columns, starts, entries }
    }

    /// Number of columns.
    pub fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// The entries of one row.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.entries[self.starts[row]..self.starts[row + 1]].iter().map(|(column, value)| (*column as usize, *value))
    }

    /// The fitted value of a row.
    pub(crate) fn dot(&self, row: usize, coefficients: &DVector<f64>) -> f64 {
        self.row(row).map(|(column, value)| value * coefficients[column]).sum()
    }

    /// Weighted totals of the columns.
    pub fn totals(&self, weights: &[f64]) -> DVector<f64> {
        let mut totals = DVector::zeros(self.n_columns);
        for (row, weight) in weights.iter().enumerate() {
            for (column, value) in self.row(row) {
                totals[column] += weight * value;
            }
        }
        totals
    }

    /// Weighted sums of products of the columns.
    pub(crate) fn cross_products(&self, weights: &[f64]) -> DMatrix<f64> {
        let mut products = DMatrix::zeros(self.n_columns, self.n_columns);
        for (row, weight) in weights.iter().enumerate() {
            for (i, a) in self.row(row) {
                for (j, b) in self.row(row) {
                    products[(i, j)] += weight * a * b;
                }
            }
        }
        products
    }
}

/// Solves A·x = b for a symmetric positive semi-definite A. Redundant columns (the last level of a second margin, say) are
/// given a coefficient by the shortest solution, so that fitted values do not depend on which of them is called redundant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Solver {
    inverse: DMatrix<f64>,
    matrix: DMatrix<f64>,
    scale: DVector<f64>,
}

impl Solver {
    pub(crate) fn new(matrix: &DMatrix<f64>) -> Self {
        // Scaling to a unit diagonal makes the cut between zero and non-zero directions independent of units.
        let scale = matrix.diagonal().map(|d| if d > 0.0 { 1.0 / d.sqrt() } else { 0.0 });
        let n = matrix.nrows();
        let scaled = DMatrix::from_fn(n, n, |i, j| matrix[(i, j)] * scale[i] * scale[j]);
        let eigen = scaled.clone().symmetric_eigen();
        let largest = eigen.eigenvalues.amax();
        let kept = eigen.eigenvalues.map(|value| if value > largest * 1e-11 { 1.0 / value } else { 0.0 });
        let inverse = &eigen.eigenvectors * DMatrix::from_diagonal(&kept) * eigen.eigenvectors.transpose();
        Self { inverse, matrix: scaled, scale }
    }

    pub(crate) fn solve(&self, right: &DVector<f64>) -> DVector<f64> {
        let target = right.component_mul(&self.scale);
        let mut solution = &self.inverse * &target;
        for _ in 0..2 {
            let miss = &target - &self.matrix * &solution;
            solution += &self.inverse * miss;
        }
        solution.component_mul(&self.scale)
    }
}

/// What a calibration leaves of an influence.
#[derive(Debug, Clone, PartialEq)]
pub struct Residuals(Kind);

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Regression { auxiliaries: Auxiliaries, base_weights: Vec<f64>, solver: Solver },
    Sweeps { margins: Vec<Margin> },
}

/// Sweeps R's `rake` makes over the margins when it estimates a variance.
const SWEEPS_OF_R: usize = 10;

impl Residuals {
    /// Residuals of the regression on `auxiliaries` with the weights before calibration. The rule to use.
    pub fn of_regression(auxiliaries: Auxiliaries, base_weights: Vec<f64>) -> Self {
        let solver = Solver::new(&auxiliaries.cross_products(&base_weights));
        Self(Kind::Regression { auxiliaries, base_weights, solver })
    }

    /// The rule of R's `rake()`: unweighted means of the levels are taken out, margin after margin, ten times. It is 1 to
    /// 3 % larger than [`Self::of_regression`] in the reference data; kept for comparison with R only.
    pub fn of_raking_sweeps(margins: Vec<Margin>) -> Self {
        Self(Kind::Sweeps { margins })
    }

    /// The residuals of one influence column; `weights` are the calibrated weights.
    pub fn apply(&self, influence: &[f64], weights: &[f64]) -> Vec<f64> {
        let mut score: Vec<f64> =
            influence.iter().zip(weights).map(|(u, weight)| if *weight > 0.0 { u / weight } else { 0.0 }).collect();
        match &self.0 {
            Kind::Regression { auxiliaries, base_weights, solver } => {
                let weighted: Vec<f64> = score.iter().zip(base_weights).map(|(z, weight)| z * weight).collect();
                let coefficients = solver.solve(&auxiliaries.totals(&weighted));
                for (row, z) in score.iter_mut().enumerate() {
                    *z -= auxiliaries.dot(row, &coefficients);
                }
            }
            Kind::Sweeps { margins } => {
                for _ in 0..SWEEPS_OF_R {
                    for margin in margins {
                        take_out_level_means(&mut score, margin);
                    }
                }
            }
        }
        score.iter().zip(weights).map(|(z, weight)| z * weight).collect()
    }
}

fn take_out_level_means(score: &mut [f64], margin: &Margin) {
    let mut sums = vec![(0.0, 0.0); margin.totals.len()];
    for (z, level) in score.iter().zip(&margin.level_of_row) {
        sums[*level].0 += z;
        sums[*level].1 += 1.0;
    }
    for (z, level) in score.iter_mut().zip(&margin.level_of_row) {
        *z -= sums[*level].0 / sums[*level].1;
    }
}
