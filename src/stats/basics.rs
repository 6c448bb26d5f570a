//! The two small types every interval speaks in: how sure ([`Confidence`]) and from where to where ([`Interval`]).

use super::quantile::{normal_quantile_upper, student_quantile_upper};

/// A two-sided confidence level, checked: strictly between 0 and 1, such as 0.95.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Confidence(f64);

impl Confidence {
    /// The level of every published figure: 95 %.
    pub const NINETY_FIVE: Self = Self(0.95);

    /// Checks a level given as a fraction.
    ///
    /// # None
    /// When `level` is not strictly between 0 and 1 (95 is not a level, 0.95 is), or when it is so close to 1
    /// that nothing is left for the tails.
    pub fn new(level: f64) -> Option<Self> {
        let usable = level > 0.0 && level < 1.0;
        usable.then_some(Self(level))
    }

    /// The level as a fraction in 0..1.
    pub const fn level(self) -> f64 {
        self.0
    }

    /// The probability left out on each side, (1 − level) / 2; 0.025 for 95 %.
    pub fn tail(self) -> f64 {
        (1.0 - self.0) / 2.0
    }

    /// The normal quantile at 1 − tail: 1.959963984540054 for 95 %.
    pub fn normal_critical(self) -> f64 {
        normal_quantile_upper(self.tail()).unwrap_or(f64::MAX)
    }

    /// Student's quantile at 1 − tail with `degrees_of_freedom` (any positive real number; infinite gives the normal).
    ///
    /// # None
    /// When `degrees_of_freedom` is not positive: a variance that rests on nothing supports no interval.
    pub fn student_critical(self, degrees_of_freedom: f64) -> Option<f64> {
        student_quantile_upper(self.tail(), degrees_of_freedom)
    }
}

/// A closed interval of the real line; for shares both ends are fractions unless the method says otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
}

impl Interval {
    /// An interval from its two limits, as they are.
    pub const fn new(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    /// `centre` − `half_width` to `centre` + `half_width`.
    pub fn around(centre: f64, half_width: f64) -> Self {
        Self { low: centre - half_width, high: centre + half_width }
    }

    /// The part of the interval inside 0..=1.
    #[must_use]
    pub fn within_unit(self) -> Self {
        Self { low: self.low.clamp(0.0, 1.0), high: self.high.clamp(0.0, 1.0) }
    }

    /// `high` − `low`.
    pub fn width(self) -> f64 {
        self.high - self.low
    }

    /// Whether `value` lies in the interval, ends included.
    pub fn contains(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_outside_zero_to_one_is_no_confidence() {
        for level in [0.0, 1.0, -0.1, 95.0, f64::NAN, f64::INFINITY] {
            assert!(Confidence::new(level).is_none(), "{level} was accepted");
        }
    }

    #[test]
    fn the_normal_critical_value_at_95_percent_is_the_one_of_the_tables() {
        // R: qnorm(0.975) -> 1.959963984540054 (also README of the golden answers, section 4).
        assert!((Confidence::NINETY_FIVE.normal_critical() - 1.959_963_984_540_054).abs() < 1e-14);
    }
}
