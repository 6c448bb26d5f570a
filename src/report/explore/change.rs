//! A figure beside an earlier one: the difference with its interval, and whether it is more than chance.

use crate::index::result::Estimate;
use crate::report::format::{self, Language};
use crate::stats::basics::Interval;
use crate::stats::quantile::normal_quantile_upper;
use crate::stats::two_sample::difference_of_rates;

/// Normal value that limits of 95 % stand for, which is what every difference is judged by, whatever confidence a plan has for its targets.
pub const LIMIT: f64 = 1.959_963_984_540_054;
/// How much further limits of 99.8 % lie than those of 95 %.
const WIDER: f64 = 3.090_232 / LIMIT;

/// A difference of two shares, in points of a share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The later share less the earlier one.
    pub value: f64,
    /// Its interval, of 95 %.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The later figure less the earlier one. The two are taken as independent: they are of different days. Limits of another confidence than 95 % are
/// moved as the normal distribution has it; figures of which nobody knows the confidence (0, 1 or beyond) keep theirs.
pub fn change(earlier: &Estimate, later: &Estimate) -> Change {
    let rate = |estimate: &Estimate| {
        let moved = normal_quantile_upper((1.0 - estimate.confidence) / 2.0).map_or(1.0, |limit| LIMIT / limit);
        // Exactly its own limits where they are of 95 %.
        let moved = if (moved - 1.0).abs() < 1e-9 || !moved.is_finite() || moved <= 0.0 { 1.0 } else { moved };
        let at = |limit: f64| (estimate.value + (limit - estimate.value) * moved).clamp(0.0, 1.0);
        (estimate.value, Interval { low: at(estimate.low), high: at(estimate.high) })
    };
    let interval = difference_of_rates(rate(later), rate(earlier));
    Change { value: later.value - earlier.value, low: interval.low, high: interval.high }
}

impl Change {
    /// Whether it is more than chance: the interval leaves out nothing at all.
    pub fn is_real(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }

    /// Whether it is a fall even at limits that one of five hundred differences would pass by chance: for whoever looks through many.
    pub fn is_beyond_doubt_a_fall(&self) -> bool {
        self.value + (self.high - self.value) * WIDER < 0.0
    }

    /// In a sentence, beside the name of what it is compared with.
    pub fn says(&self, beside: &str, language: Language) -> String {
        let points = format::points(self.value, language);
        let (low, high) = (format::points(self.low, language), format::points(self.high, language));
        let verdict = match (self.is_real(), self.value > 0.0) {
            (true, true) => language.choose("tăng rõ rệt", "a real rise"),
            (true, false) => language.choose("giảm rõ rệt", "a real fall"),
            _ => language.choose("chưa khác biệt rõ (có thể do ngẫu nhiên)", "no clear difference (it may be chance)"),
        };
        language.choose(
            format!("So với {beside}: {points} điểm phần trăm (khoảng tin cậy {low} đến {high}): {verdict}."),
            format!("Against {beside}: {points} percentage points (interval {low} to {high}): {verdict}."),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::RateMethod;

    fn estimate(value: f64, half: f64, confidence: f64) -> Estimate {
        Estimate {
            value,
            low: value - half,
            high: value + half,
            confidence,
            method: RateMethod::ModelScore,
            respondents: 200,
            answers: 200,
            clusters: 40,
            design_effect: None,
            modes: Vec::new(),
        }
    }

    #[test]
    fn a_difference_has_limits_of_95_per_cent_whatever_the_confidence_of_its_figures() {
        let sure = estimate(0.6, 0.0, 0.95);
        // R: qnorm(0.8) is 0.8416212, qnorm(0.995) is 2.5758293, qnorm(0.975) is 1.9599640.
        for (half, confidence) in [(0.084_162_12, 0.60), (0.195_996_40, 0.95), (0.257_582_93, 0.99)] {
            let found = change(&estimate(0.5, half, confidence), &sure);
            assert!((found.high - found.value - 0.195_996_40).abs() < 1e-7, "{confidence}: {found:?}");
            assert!(!found.is_real(), "{confidence}");
        }
    }
}
