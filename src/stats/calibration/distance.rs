//! Calibration to totals of auxiliary variables by a distance between old and new weights.
//!
//! # Formula
//! New weight = w · F(xᵀλ), with λ such that Σ w F(xᵀλ) x equals the known totals.
//! ```text
//! linear (the GREG estimator)   F(v) = 1 + v
//! exponential (raking)          F(v) = eᵛ
//! logit, bounds L < 1 < U       F(v) = [L(U−1) + U(1−L) e^(Av)] / [U−1 + (1−L) e^(Av)],  A = (U−L)/((1−L)(U−1))
//! truncated, bounds L < 1 < U   F(v) = 1 + v cut at L and U
//! ```
//!
//! # Source
//! Deville, Särndal (1992) J. Am. Stat. Assoc. 87, 376–382, doi:10.1080/01621459.1992.10475217.

use nalgebra::DVector;

use super::raking::ratios;
use super::residuals::{Auxiliaries, Solver};
use super::{Calibrated, CalibrationError, Control, check_weights, gap};

/// The distance, that is, the shape of F and the bounds of g = new/old weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distance {
    /// g = 1 + v: one step; weights may become negative.
    Linear,
    /// g = eᵛ: always positive; the limit of raking.
    Exponential,
    /// g stays strictly between the bounds.
    Logit {
        /// L, below 1.
        low: f64,
        /// U, above 1.
        high: f64,
    },
    /// g = 1 + v cut at the bounds.
    Truncated {
        /// L, below 1.
        low: f64,
        /// U, above 1.
        high: f64,
    },
}

impl Distance {
    fn bounds(self) -> Option<(f64, f64)> {
        match self {
            Self::Linear | Self::Exponential => None,
            Self::Logit { low, high } | Self::Truncated { low, high } => Some((low, high)),
        }
    }

    /// F(v) and F′(v).
    fn ratio_and_slope(self, v: f64) -> (f64, f64) {
        match self {
            Self::Linear => (1.0 + v, 1.0),
            Self::Exponential => (v.exp(), v.exp()),
            Self::Logit { low, high } => {
                let a = (high - low) / ((1.0 - low) * (high - 1.0));
                let grown = (a * v).min(700.0).exp();
                let below = high - 1.0 + (1.0 - low) * grown;
                let ratio = (low * (high - 1.0) + high * (1.0 - low) * grown) / below;
                (ratio, (ratio - low) * (high - ratio) / ((1.0 - low) * (high - 1.0)))
            }
            Self::Truncated { low, high } => {
                let slope = f64::from(u8::from(1.0 + v > low && 1.0 + v < high));
                ((1.0 + v).clamp(low, high), slope)
            }
        }
    }
}

/// Calibrates `weights` to `totals` (one per column of `auxiliaries`) by Newton's method with step halving.
///
/// # Errors
/// When lengths, weights or bounds are not usable, and when the totals are not met within `control`.
pub fn calibrate(
    weights: &[f64],
    auxiliaries: &Auxiliaries,
    totals: &[f64],
    distance: Distance,
    control: Control,
) -> Result<Calibrated, CalibrationError> {
    check_weights(weights)?;
    if auxiliaries.n_rows() != weights.len() {
        return Err(CalibrationError::UnequalLengths { found: auxiliaries.n_rows(), expected: weights.len() });
    }
    if totals.len() != auxiliaries.n_columns() {
        return Err(CalibrationError::UnequalLengths { found: totals.len(), expected: auxiliaries.n_columns() });
    }
    if let Some((low, high)) = distance.bounds()
        && !(low < 1.0 && high > 1.0)
    {
        return Err(CalibrationError::BadBounds { low, high });
    }
    let known = DVector::from_column_slice(totals);
    let mut coefficients = DVector::zeros(totals.len());
    let mut state = State::at(weights, auxiliaries, &known, distance, &coefficients);
    let mut iterations = 0;
    while state.largest_gap > control.tolerance && iterations < control.iterations_max {
        iterations += 1;
        let slopes: Vec<f64> = weights.iter().zip(&state.slopes).map(|(weight, slope)| weight * slope).collect();
        let step = Solver::new(&auxiliaries.cross_products(&slopes)).solve(&state.misfit);
        let mut taken = 1.0;
        let mut next = State::at(weights, auxiliaries, &known, distance, &(&coefficients + &step));
        while (!next.largest_gap.is_finite() || next.largest_gap > state.largest_gap) && taken > 1e-3 {
            taken /= 2.0;
            next = State::at(weights, auxiliaries, &known, distance, &(&coefficients + &step * taken));
        }
        if next.largest_gap >= state.largest_gap {
            break; // no step helps: converged to rounding, or impossible
        }
        coefficients += &step * taken;
        state = next;
    }
    // Sums of thousands of weights carry rounding of this size; a true disagreement is larger by orders.
    if state.largest_gap > control.tolerance.max(1e-11) {
        return Err(CalibrationError::NotConverged { iterations, largest_gap: state.largest_gap });
    }
    let calibrated: Vec<f64> = weights.iter().zip(&state.ratios).map(|(weight, g)| weight * g).collect();
    let ratios = ratios(weights, &calibrated);
    Ok(Calibrated { weights: calibrated, ratios, iterations: iterations.max(1), largest_gap: state.largest_gap })
}

struct State {
    ratios: Vec<f64>,
    slopes: Vec<f64>,
    misfit: DVector<f64>,
    largest_gap: f64,
}

impl State {
    fn at(
        weights: &[f64],
        auxiliaries: &Auxiliaries,
        known: &DVector<f64>,
        distance: Distance,
        coefficients: &DVector<f64>,
    ) -> Self {
        let (ratios, slopes): (Vec<f64>, Vec<f64>) =
            (0..weights.len()).map(|row| distance.ratio_and_slope(auxiliaries.dot(row, coefficients))).unzip();
        let achieved = auxiliaries.totals(&weights.iter().zip(&ratios).map(|(w, g)| w * g).collect::<Vec<f64>>());
        let largest_gap = achieved.iter().zip(known).fold(0.0_f64, |largest, (a, k)| {
            let distance = gap(*a, *k);
            if distance.is_nan() { f64::NAN } else { largest.max(distance) }
        });
        Self { ratios, slopes, misfit: known - achieved, largest_gap }
    }
}
