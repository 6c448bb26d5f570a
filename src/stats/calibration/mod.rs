//! Calibration: making weights agree with what is known about the population.
//!
//! - [`raking`]: post-stratification (known counts of cells) and raking (known counts of several margins);
//! - [`distance`]: calibration to totals of any auxiliary variables, linear (GREG), exponential (raking), bounded by a logit
//!   or truncated;
//! - [`trimming`]: cutting weights, and the summary of a set of weights;
//! - [`residuals`]: what is left to vary after a calibration, which is what variances count.

pub mod distance;
pub mod raking;
pub mod residuals;
pub mod trimming;

pub use distance::{Distance, calibrate};
pub use raking::{Margin, post_stratify, rake};
pub use residuals::{Auxiliaries, Residuals};
pub use trimming::{Trimming, WeightSummary, trim};

/// How far an iteration goes before it gives up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Control {
    /// Largest number of iterations.
    pub iterations_max: u32,
    /// Largest relative distance |achieved − known|/(1 + |known|) over all totals that counts as agreement.
    pub tolerance: f64,
}

impl Default for Control {
    /// 500 iterations, agreement to 1e-13.
    fn default() -> Self {
        Self { iterations_max: 500, tolerance: 1e-13 }
    }
}

/// Calibrated weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibrated {
    /// The new weights.
    pub weights: Vec<f64>,
    /// g = new weight / old weight; 1 where the old weight is 0.
    pub ratios: Vec<f64>,
    /// Iterations it took (1 for closed forms).
    pub iterations: u32,
    /// Largest relative distance left between achieved and known totals.
    pub largest_gap: f64,
}

impl Calibrated {
    /// Smallest and largest g over rows of positive old weight.
    pub fn ratio_range(&self) -> (f64, f64) {
        self.ratios.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), g| (low.min(*g), high.max(*g)))
    }
}

/// Why a calibration is refused or did not succeed. Positions count from 1.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CalibrationError {
    /// Lengths do not fit.
    #[error("the calibration has {found} rows, the weights have {expected}")]
    UnequalLengths {
        /// Rows given.
        found: usize,
        /// Rows of the weights.
        expected: usize,
    },
    /// A weight that is negative or not finite.
    #[error("the weight of row {row} is {weight}; a weight is a finite number, 0 or more")]
    BadWeight {
        /// Row.
        row: usize,
        /// Its weight.
        weight: f64,
    },
    /// A row belongs to a level for which no total is known.
    #[error("row {row} has level {level} of margin {margin}, for which no population total is given")]
    LevelWithoutTotal {
        /// Row.
        row: usize,
        /// Margin.
        margin: usize,
        /// Level.
        level: usize,
    },
    /// A total is known for a level that the sample misses.
    #[error("margin {margin} counts {total} people in level {level}, but nobody in the sample has it")]
    LevelWithoutSample {
        /// Margin.
        margin: usize,
        /// Level.
        level: usize,
        /// The population total.
        total: f64,
    },
    /// A population total that is negative or not finite.
    #[error("the total of level {level} of margin {margin} is {total}; it must be a finite number, 0 or more")]
    BadTotal {
        /// Margin.
        margin: usize,
        /// Level.
        level: usize,
        /// The total found.
        total: f64,
    },
    /// Two margins do not describe the same population.
    #[error("margin {margin} adds up to {sum}, margin 1 to {first_sum}; they must count the same people")]
    MarginsDisagree {
        /// Margin.
        margin: usize,
        /// Its sum.
        sum: f64,
        /// The sum of margin 1.
        first_sum: f64,
    },
    /// Bounds that do not enclose 1.
    #[error("the bounds {low} and {high} must satisfy low < 1 < high")]
    BadBounds {
        /// Lower bound of g.
        low: f64,
        /// Upper bound of g.
        high: f64,
    },
    /// The totals contradict each other or cannot be reached within the bounds.
    #[error(
        "the calibration did not converge: after {iterations} iterations a total was still {largest_gap:e} off (relative); the totals contradict each other, or the bounds are too tight"
    )]
    NotConverged {
        /// Iterations made.
        iterations: u32,
        /// Largest relative distance left.
        largest_gap: f64,
    },
    /// A trimming bound that leaves no room.
    #[error("weights cannot be trimmed to at most {upper}: their mean is {mean}, so the cut mass has nowhere to go")]
    NothingLeftToTrim {
        /// The bound.
        upper: f64,
        /// Mean weight.
        mean: f64,
    },
}

/// |achieved − known| / (1 + |known|).
pub(crate) fn gap(achieved: f64, known: f64) -> f64 {
    (achieved - known).abs() / (1.0 + known.abs())
}

pub(crate) fn check_weights(weights: &[f64]) -> Result<(), CalibrationError> {
    match weights.iter().position(|weight| !weight.is_finite() || *weight < 0.0) {
        Some(row) => Err(CalibrationError::BadWeight { row: row + 1, weight: weights[row] }),
        None => Ok(()),
    }
}
