//! Regression: what goes with an outcome, all else equal.
//!
//! - [`linear`]: least squares of a plain sample;
//! - [`glm`]: linear and logistic regression, plain fits and under a sampling design;
//! - [`ordinal`]: proportional-odds regression of answers on a scale, plain and under a design.
//!
//! A row is a list of predictors, the same length for all; an intercept is a predictor that is always 1 (thresholds of an ordinal
//! regression take its place). Predictors that say the same thing are refused, not dropped.

pub mod glm;
pub mod linear;
pub mod ordinal;

use nalgebra::{DMatrix, DVector};

use super::quantile::student_two_sided;
use super::variance::VarianceError;

/// A squared pivot of the scaled cross-products below this means that a predictor is a combination of others.
const COLLINEAR_BELOW: f64 = 1e-12;

/// Why there is no fit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RegressionError {
    /// Lists that do not fit.
    #[error("the rows, the outcomes and the weights differ in length, or the rows among themselves")]
    UnequalLengths,
    /// Fewer rows than coefficients.
    #[error("{rows} rows are too few for {coefficients} coefficients")]
    TooFewRows {
        /// Rows of positive weight.
        rows: usize,
        /// Coefficients asked for.
        coefficients: usize,
    },
    /// A predictor is a combination of others.
    #[error("a predictor says the same as others together; leave one of them out")]
    Collinear,
    /// An outcome outside the range of its family, or a number that is none.
    #[error("row {row} holds an outcome, a predictor or a weight that this regression cannot use")]
    BadRow {
        /// Row, counted from 1.
        row: usize,
    },
    /// All outcomes are alike.
    #[error("all outcomes are the same, so there is nothing to explain")]
    NothingToExplain,
    /// The likelihood grows without end, as when a predictor separates the outcomes.
    #[error("no coefficients fit best: a predictor separates the outcomes")]
    NotConverged,
    /// The design gives no variance.
    #[error(transparent)]
    Variance(#[from] VarianceError),
}

/// Coefficients under a sampling design.
#[derive(Debug, Clone, PartialEq)]
pub struct DesignFit {
    /// In the order of the predictors; thresholds of an ordinal regression first.
    pub coefficients: Vec<f64>,
    /// Their covariance matrix, by linearisation.
    pub covariance: DMatrix<f64>,
    /// Degrees of freedom for t tests.
    pub degrees_of_freedom: f64,
}

impl DesignFit {
    /// Standard errors.
    pub fn standard_errors(&self) -> Vec<f64> {
        self.covariance.diagonal().iter().map(|variance| variance.max(0.0).sqrt()).collect()
    }

    /// Two-sided p-values of t = coefficient/standard error; `None` where the error is 0 or no degrees of freedom are left.
    pub fn p_values(&self) -> Vec<Option<f64>> {
        let p = |(coefficient, error): (&f64, f64)| {
            (error > 0.0).then(|| student_two_sided(coefficient / error, self.degrees_of_freedom)).flatten()
        };
        self.coefficients.iter().zip(self.standard_errors()).map(p).collect()
    }
}

/// The inverse of a symmetric positive definite matrix, scaled so that units do not matter.
fn inverse(matrix: &DMatrix<f64>) -> Result<DMatrix<f64>, RegressionError> {
    let scale: DVector<f64> = matrix.diagonal().map(|d| if d > 0.0 { 1.0 / d.sqrt() } else { f64::NAN });
    let scaled = DMatrix::from_fn(matrix.nrows(), matrix.ncols(), |i, j| matrix[(i, j)] * scale[i] * scale[j]);
    let cholesky = scaled.cholesky().ok_or(RegressionError::Collinear)?;
    if cholesky.l_dirty().diagonal().iter().any(|pivot| pivot * pivot < COLLINEAR_BELOW) {
        return Err(RegressionError::Collinear);
    }
    let inverse = cholesky.inverse();
    Ok(DMatrix::from_fn(matrix.nrows(), matrix.ncols(), |i, j| inverse[(i, j)] * scale[i] * scale[j]))
}

/// Σ weight · x xᵀ over the rows.
fn cross_products(rows: &[&[f64]], weights: &[f64]) -> DMatrix<f64> {
    let k = rows.first().map_or(0, |row| row.len());
    let mut products = DMatrix::zeros(k, k);
    for (row, weight) in rows.iter().zip(weights) {
        for i in 0..k {
            let scaled = weight * row[i];
            for j in 0..=i {
                products[(i, j)] += scaled * row[j];
            }
        }
    }
    products.fill_upper_triangle_with_lower_triangle();
    products
}

fn dot(row: &[f64], coefficients: &[f64]) -> f64 {
    row.iter().zip(coefficients).map(|(x, coefficient)| x * coefficient).sum()
}

/// Row `i` of the influences: the score times the inverse information.
fn influence(inverse: &DMatrix<f64>, score: &[f64]) -> Vec<f64> {
    (0..inverse.nrows()).map(|i| (0..score.len()).map(|j| inverse[(i, j)] * score[j]).sum()).collect()
}

/// Whether a step of Newton's method has become too small to matter, both for the coefficients and for the fit. Where a predictor
/// separates the outcomes the fit stands still while the coefficients still walk away; that is not settled.
fn settled(coefficients: &[f64], step: &[f64], score: &[f64], total_weight: f64) -> bool {
    let gain: f64 = step.iter().zip(score).map(|(step, score)| step * score).sum();
    let small = |(coefficient, step): (&f64, &f64)| step.abs() <= 1e-7 * (1.0 + coefficient.abs());
    let unit = total_weight.max(f64::MIN_POSITIVE);
    gain <= 1e-16 * unit && coefficients.iter().zip(step).all(small)
}

/// Predictors that say the same show at the first step; information lost later means that coefficients walk away.
fn after(step_number: u32, error: RegressionError) -> RegressionError {
    if step_number == 0 { error } else { RegressionError::NotConverged }
}

/// Rows as slices, after a look at their lengths and numbers.
fn checked_rows<'a>(rows: &'a [Vec<f64>], others: &[&[f64]]) -> Result<Vec<&'a [f64]>, RegressionError> {
    let k = rows.first().map_or(0, Vec::len);
    if k == 0 || rows.iter().any(|row| row.len() != k) || others.iter().any(|other| other.len() != rows.len()) {
        return Err(RegressionError::UnequalLengths);
    }
    let usable =
        |at: usize| rows[at].iter().chain(others.iter().map(|other| &other[at])).all(|value| value.is_finite());
    match (0..rows.len()).find(|at| !usable(*at)) {
        Some(at) => Err(RegressionError::BadRow { row: at + 1 }),
        None => Ok(rows.iter().map(Vec::as_slice).collect()),
    }
}
