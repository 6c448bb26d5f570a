//! Proportional-odds regression: answers on a scale of levels, without pretending that the steps between them are equal.
//!
//! # Formula
//! ```text
//! logit P(Y ≤ k) = ζ_k − xᵀβ          positive β: higher answers
//! log-likelihood   Σ w ln(Λ(ζ_y − xᵀβ) − Λ(ζ_(y−1) − xᵀβ)),    ζ_0 = −∞, ζ_K = ∞, Λ the logistic distribution
//! covariance       J⁻¹, J the exact negative second derivative; under a design the sandwich of the scores
//! degrees of freedom under a design   clusters − strata − (number of predictors)
//! ```
//! Fitted by Newton's method; the log-likelihood is concave.
//!
//! # Source
//! `McCullagh` (1980), doi:10.1111/j.2517-6161.1980.tb01109.x; Binder (1983), doi:10.2307/1402588; R `ordinal::clm`, `survey::svyolr`.

use nalgebra::DMatrix;

use super::{DesignFit, RegressionError, after, checked_rows, dot, influence, inverse, settled};
use crate::stats::design::Design;

/// Steps of Newton's method after which a fit is given up; a good one takes about ten.
const STEPS_MAX: u32 = 200;

/// A fitted proportional-odds regression.
#[derive(Debug, Clone, PartialEq)]
pub struct OrdinalFit {
    /// The levels that occur, ascending.
    pub levels: Vec<usize>,
    /// ζ: one threshold less than levels, ascending.
    pub thresholds: Vec<f64>,
    /// β, in the order of the predictors.
    pub coefficients: Vec<f64>,
    /// J⁻¹ of thresholds and coefficients, thresholds first.
    pub covariance: DMatrix<f64>,
    /// Log-likelihood at the fit.
    pub log_likelihood: f64,
}

impl OrdinalFit {
    /// Standard errors of thresholds and coefficients, thresholds first.
    pub fn standard_errors(&self) -> Vec<f64> {
        self.covariance.diagonal().iter().map(|variance| variance.max(0.0).sqrt()).collect()
    }
}

/// Fits the level of every row by its predictors (without an intercept), with `weights`. Levels that do not occur are left out.
///
/// # Errors
/// When lists do not fit, a weight is not positive, all rows have one level, predictors say the same, or they separate the levels.
pub fn proportional_odds(rows: &[Vec<f64>], levels: &[usize], weights: &[f64]) -> Result<OrdinalFit, RegressionError> {
    let rows = checked_rows(rows, &[weights])?;
    if levels.len() != rows.len() {
        return Err(RegressionError::UnequalLengths);
    }
    if let Some(at) = weights.iter().position(|weight| *weight <= 0.0) {
        return Err(RegressionError::BadRow { row: at + 1 });
    }
    let mut used = levels.to_vec();
    used.sort_unstable();
    used.dedup();
    let n_thresholds = used.len() - 1;
    if n_thresholds == 0 {
        return Err(RegressionError::NothingToExplain);
    }
    let k = n_thresholds + rows[0].len();
    if rows.len() < k {
        return Err(RegressionError::TooFewRows { rows: rows.len(), coefficients: k });
    }
    let ranks: Vec<usize> = levels.iter().filter_map(|level| used.binary_search(level).ok()).collect();
    let model = Model { rows, ranks, weights, n_thresholds };
    let mut state = model.at(model.start());
    let total: f64 = weights.iter().sum();
    for step_number in 0..STEPS_MAX {
        let covariance = inverse(&state.information).map_err(|error| after(step_number, error))?;
        let step = influence(&covariance, &state.score);
        let moved = |share: f64| state.parameters.iter().zip(&step).map(|(at, step)| at + share * step).collect();
        // A NaN or −∞ is no improvement either.
        let good = |next: &State| next.log_likelihood >= state.log_likelihood - 1e-12 * state.log_likelihood.abs();
        let mut share = 1.0;
        let mut next = model.at(moved(1.0));
        while !good(&next) && share > 1e-6 {
            share /= 2.0;
            next = model.at(moved(share));
        }
        let settled = settled(&state.parameters, &step, &state.score, total) || next.parameters == state.parameters;
        state = next;
        if settled {
            let covariance = inverse(&state.information).map_err(|error| after(step_number, error))?;
            let (thresholds, coefficients) = state.parameters.split_at(n_thresholds);
            return Ok(OrdinalFit {
                levels: used,
                thresholds: thresholds.to_vec(),
                coefficients: coefficients.to_vec(),
                covariance,
                log_likelihood: state.log_likelihood,
            });
        }
    }
    Err(RegressionError::NotConverged)
}

struct Model<'a> {
    rows: Vec<&'a [f64]>,
    ranks: Vec<usize>,
    weights: &'a [f64],
    n_thresholds: usize,
}

struct State {
    parameters: Vec<f64>,
    score: Vec<f64>,
    information: DMatrix<f64>,
    log_likelihood: f64,
}

/// One side of an answer's interval: density and its slope at the limit, which the infinite ends have as 0.
#[derive(Clone, Copy)]
struct Limit {
    at: f64,
    density: f64,
    slope: f64,
}

impl Limit {
    fn new(at: f64) -> Self {
        if at.is_infinite() {
            return Self { at, density: 0.0, slope: 0.0 };
        }
        let tail = 1.0 / (1.0 + at.abs().exp());
        let density = tail * (1.0 - tail);
        // f′ = f (1 − 2Λ): falls on the right of 0.
        Self { at, density, slope: -at.signum() * density * (1.0 - 2.0 * tail) }
    }
}

fn logistic(at: f64) -> f64 {
    1.0 / (1.0 + (-at).exp())
}

/// Λ(high) − Λ(low), from the tails where both lie far out.
fn between(low: f64, high: f64) -> f64 {
    if low > 0.0 { logistic(-low) - logistic(-high) } else { logistic(high) - logistic(low) }
}

impl Model<'_> {
    /// Thresholds at the log odds of the levels' shares, no effects.
    fn start(&self) -> Vec<f64> {
        let total: f64 = self.weights.iter().sum();
        let mut parameters = vec![0.0; self.n_thresholds + self.rows[0].len()];
        for (k, threshold) in parameters.iter_mut().enumerate().take(self.n_thresholds) {
            let up_to: f64 =
                self.ranks.iter().zip(self.weights).filter(|(rank, _)| **rank <= k).map(|(_, weight)| weight).sum();
            *threshold = (up_to / (total - up_to)).ln();
        }
        parameters
    }

    fn limits(&self, parameters: &[f64], row: usize) -> (Limit, Limit) {
        let (thresholds, coefficients) = parameters.split_at(self.n_thresholds);
        let (rank, linear) = (self.ranks[row], dot(self.rows[row], coefficients));
        let low = if rank == 0 { f64::NEG_INFINITY } else { thresholds[rank - 1] - linear };
        let high = thresholds.get(rank).map_or(f64::INFINITY, |threshold| threshold - linear);
        (Limit::new(low), Limit::new(high))
    }

    /// The unweighted score of a row.
    fn score(&self, parameters: &[f64], row: usize) -> Vec<f64> {
        let (low, high) = self.limits(parameters, row);
        let probability = between(low.at, high.at);
        let mut score = vec![0.0; parameters.len()];
        let rank = self.ranks[row];
        if rank < self.n_thresholds {
            score[rank] = high.density / probability;
        }
        if rank > 0 {
            score[rank - 1] = -low.density / probability;
        }
        let pull = (high.density - low.density) / probability;
        for (entry, x) in score[self.n_thresholds..].iter_mut().zip(self.rows[row]) {
            *entry = -pull * x;
        }
        score
    }

    fn at(&self, parameters: Vec<f64>) -> State {
        let k = parameters.len();
        let mut state =
            State { score: vec![0.0; k], information: DMatrix::zeros(k, k), log_likelihood: 0.0, parameters };
        if state.parameters[..self.n_thresholds].windows(2).any(|pair| pair[0] >= pair[1]) {
            state.log_likelihood = f64::NEG_INFINITY;
            return state;
        }
        for row in 0..self.rows.len() {
            let weight = self.weights[row];
            let (low, high) = self.limits(&state.parameters, row);
            let probability = between(low.at, high.at);
            state.log_likelihood += weight * probability.ln();
            let score = self.score(&state.parameters, row);
            let rank = self.ranks[row];
            // ∂(limit)/∂(parameters): 1 at its own threshold, −x at the coefficients.
            let direction = |own: Option<usize>, at: usize| -> f64 {
                if at < self.n_thresholds {
                    f64::from(u8::from(own == Some(at)))
                } else {
                    -self.rows[row][at - self.n_thresholds]
                }
            };
            let (up, down) = (Some(rank), rank.checked_sub(1));
            for i in 0..k {
                state.score[i] += weight * score[i];
                for j in 0..=i {
                    let bend = high.slope * direction(up, i) * direction(up, j)
                        - low.slope * direction(down, i) * direction(down, j);
                    state.information[(i, j)] += weight * (score[i] * score[j] - bend / probability);
                }
            }
        }
        state.information.fill_upper_triangle_with_lower_triangle();
        state
    }
}

/// What one row says of a level.
#[derive(Debug, Clone, PartialEq)]
pub struct OrdinalObservation {
    /// Predictors, without an intercept.
    pub predictors: Vec<f64>,
    /// The level.
    pub level: usize,
}

impl Design {
    /// Proportional-odds regression under the design; `None` in `observations` where the row is outside the domain or incomplete.
    /// The coefficients are the thresholds, then those of the predictors.
    ///
    /// # Errors
    /// As [`proportional_odds`], and when a stratum is lonely and the design's rule is to fail.
    pub fn proportional_odds(&self, observations: &[Option<OrdinalObservation>]) -> Result<DesignFit, RegressionError> {
        if observations.len() != self.n_rows() {
            return Err(RegressionError::UnequalLengths);
        }
        let is_inside: Vec<bool> =
            observations.iter().zip(self.weights()).map(|(seen, weight)| seen.is_some() && *weight > 0.0).collect();
        let inside: Vec<usize> = (0..observations.len()).filter(|row| is_inside[*row]).collect();
        let taken = || inside.iter().filter_map(|row| observations[*row].as_ref());
        let rows: Vec<Vec<f64>> = taken().map(|observation| observation.predictors.clone()).collect();
        let levels: Vec<usize> = taken().map(|observation| observation.level).collect();
        let weights: Vec<f64> = inside.iter().map(|row| self.weights()[*row]).collect();
        let fit = proportional_odds(&rows, &levels, &weights)?;
        let n_thresholds = fit.thresholds.len();
        let n_predictors = fit.coefficients.len();
        let coefficients: Vec<f64> = fit.thresholds.into_iter().chain(fit.coefficients).collect();
        let ranks = levels.iter().filter_map(|level| fit.levels.binary_search(level).ok()).collect();
        let model = Model { rows: rows.iter().map(Vec::as_slice).collect(), ranks, weights: &weights, n_thresholds };
        let mut influences = vec![vec![0.0; self.n_rows()]; coefficients.len()];
        for (at, row) in inside.iter().enumerate() {
            let score: Vec<f64> = model.score(&coefficients, at).iter().map(|score| weights[at] * score).collect();
            for (column, value) in influences.iter_mut().zip(influence(&fit.covariance, &score)) {
                column[*row] = value;
            }
        }
        let covariance = self.covariance(&influences, &is_inside)?;
        let degrees_of_freedom = self.degrees_of_freedom_where(|row| is_inside[row]) - n_predictors as f64;
        Ok(DesignFit { coefficients, covariance, degrees_of_freedom })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_two_levels_it_is_a_logistic_regression() {
        // By hand: the upper level has 1 of 4 without and 3 of 4 with x: β = 2 ln 3, ζ = ln 3.
        let rows: Vec<Vec<f64>> = (0..8).map(|at| vec![f64::from(u8::from(at >= 4))]).collect();
        let levels = [4, 2, 2, 2, 4, 4, 4, 2];
        let fit = proportional_odds(&rows, &levels, &[1.0; 8]).expect("a fit");
        assert_eq!(fit.levels, [2, 4]);
        assert!((fit.thresholds[0] - 3.0_f64.ln()).abs() < 1e-10);
        assert!((fit.coefficients[0] - 2.0 * 3.0_f64.ln()).abs() < 1e-10);
        // Information of two groups of four at p = ¼: var β = 2/(4 · 3/16), log-likelihood 8 terms.
        assert!((fit.covariance[(1, 1)] - 8.0 / 3.0).abs() < 1e-9);
        assert!((fit.log_likelihood - (6.0 * 0.75_f64.ln() + 2.0 * 0.25_f64.ln())).abs() < 1e-10);
    }

    #[test]
    fn one_level_and_separated_levels_are_refused() {
        let rows: Vec<Vec<f64>> = (0..6).map(|at| vec![f64::from(at)]).collect();
        assert_eq!(proportional_odds(&rows, &[3; 6], &[1.0; 6]), Err(RegressionError::NothingToExplain));
        let separated = proportional_odds(&rows, &[1, 1, 1, 2, 2, 2], &[1.0; 6]);
        assert_eq!(separated, Err(RegressionError::NotConverged));
        let zero = proportional_odds(&rows, &[1, 2, 1, 2, 1, 2], &[1.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
        assert_eq!(zero, Err(RegressionError::BadRow { row: 2 }));
    }
}
