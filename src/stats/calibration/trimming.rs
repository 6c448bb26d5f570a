//! Cutting large weights, and describing a set of weights.

use super::raking::ratios;
use super::{Calibrated, CalibrationError, check_weights};

/// How weights are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trimming {
    /// Cut once; the removed mass is spread equally over the untrimmed weights, some of which may end above the bound.
    Once,
    /// Repeat until no weight exceeds the bound.
    Strict,
}

/// Rounds after which strict trimming is given up; each round shrinks the excess, so a few dozen suffice.
const ROUNDS_MAX: u32 = 10_000;

/// Sets weights above `upper` to `upper` and spreads the removed mass equally (an addition, not a factor) over the others,
/// so that the sum stays. The rule of R's `trimWeights`.
///
/// # Errors
/// When the mean weight is above `upper`, or a weight is not usable.
pub fn trim(weights: &[f64], upper: f64, trimming: Trimming) -> Result<Calibrated, CalibrationError> {
    check_weights(weights)?;
    let mean = weights.iter().sum::<f64>() / weights.len().max(1) as f64;
    let mut trimmed = weights.to_vec();
    let mut rounds = 0;
    while trimmed.iter().any(|weight| *weight > upper) {
        rounds += 1;
        let outside: Vec<bool> = trimmed.iter().map(|weight| *weight > upper).collect();
        let n_inside = outside.iter().filter(|outside| !**outside).count();
        if n_inside == 0 || mean > upper || rounds > ROUNDS_MAX {
            return Err(CalibrationError::NothingLeftToTrim { upper, mean });
        }
        let removed: f64 =
            trimmed.iter().zip(&outside).filter(|(_, out)| **out).map(|(weight, _)| weight - upper).sum();
        for (weight, outside) in trimmed.iter_mut().zip(outside) {
            *weight = if outside { upper } else { *weight + removed / n_inside as f64 };
        }
        if trimming == Trimming::Once {
            break;
        }
    }
    Ok(Calibrated { ratios: ratios(weights, &trimmed), weights: trimmed, iterations: rounds, largest_gap: 0.0 })
}

/// A set of weights in a few numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightSummary {
    /// Number of weights.
    pub n: usize,
    /// Their sum: the estimated population.
    pub sum: f64,
    /// Smallest.
    pub min: f64,
    /// Largest.
    pub max: f64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation (divisor n) over mean.
    pub coefficient_of_variation: f64,
    /// 1 + cv²: what unequal weights cost, as a design effect.
    pub kish_design_effect: f64,
    /// (Σ w)²/Σ w².
    pub kish_effective_n: f64,
    sorted: Vec<f64>,
}

impl WeightSummary {
    /// Describes `weights`.
    ///
    /// # None
    /// When there are none or their sum is 0.
    pub fn of(weights: &[f64]) -> Option<Self> {
        let n = weights.len();
        let sum: f64 = weights.iter().sum();
        if n == 0 || sum <= 0.0 {
            return None;
        }
        let mean = sum / n as f64;
        let spread = weights.iter().map(|weight| (weight - mean).powi(2)).sum::<f64>() / n as f64;
        let coefficient_of_variation = spread.sqrt() / mean;
        let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
        let mut sorted = weights.to_vec();
        sorted.sort_by(f64::total_cmp);
        Some(Self {
            n,
            sum,
            min: sorted[0],
            max: sorted[n - 1],
            mean,
            coefficient_of_variation,
            kish_design_effect: 1.0 + coefficient_of_variation * coefficient_of_variation,
            kish_effective_n: sum * sum / squares,
            sorted,
        })
    }

    /// Quantile of the weights, R's type 7 (linear interpolation between order statistics); `probability` in 0..=1.
    pub fn quantile(&self, probability: f64) -> f64 {
        let at = probability.clamp(0.0, 1.0) * (self.n - 1) as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= at <= n - 1")]
        let below = at.floor() as usize;
        let above = (below + 1).min(self.n - 1);
        let share = at - below as f64;
        self.sorted[below] + share * (self.sorted[above] - self.sorted[below])
    }
}
