//! Intervals for a single proportion.

use crate::stats::basics::Interval;

/// Wilson's score interval for a `proportion` seen with an effective sample size and a critical value of any kind.
///
/// # None
/// When the proportion is outside 0..=1, or the size or the critical value is not positive and finite.
pub fn wilson_effective(proportion: f64, effective_size: f64, critical: f64) -> Option<Interval> {
    let usable = (0.0..=1.0).contains(&proportion)
        && effective_size > 0.0
        && effective_size.is_finite()
        && critical > 0.0
        && critical.is_finite();
    if !usable {
        return None;
    }
    // The limits are the roots of (1 + z²/n) x² − (2p + z²/n) x + p² = 0, each taken in the form that does not cancel.
    let (p, q) = (proportion, 1.0 - proportion);
    let half_square = critical * critical / effective_size / 2.0;
    let root = critical
        * (p * q / effective_size + half_square * half_square / (critical * critical)).sqrt();
    Some(Interval {
        low: p * p / (p + half_square + root),
        high: 1.0 - q * q / (q + half_square + root),
    })
}
