//! Two independent proportions compared: intervals for the difference and tests of "no difference".
//!
//! The counts are taken as two simple random samples. Two periods that share points and days are not independent: use the
//! design-based difference, which keeps the covariance. Differences are p₁ − p₂, fractions in −1..=1.

use super::basics::{Confidence, Interval};
use super::exact_test::{RELATIVE_TIE, first_in};
use super::proportion::{Proportion, wilson, wilson_continuity_corrected};
use super::quantile::{chi_squared_sf, normal_sf, normal_two_sided};
use super::special::hypergeometric_probability;

/// p₁ − p₂, decided on the counts so that equal shares of different sizes differ by exactly 0.
pub fn difference(first: Proportion, second: Proportion) -> f64 {
    let cross = i128::from(first.successes()) * i128::from(second.trials())
        - i128::from(second.successes()) * i128::from(first.trials());
    if cross == 0 { 0.0 } else { first.value() - second.value() }
}

/// Newcombe's hybrid score interval (method 10): two Wilson intervals joined. Limits in −1..=1.
///
/// # Formula
/// low = d − √((p₁ − l₁)² + (u₂ − p₂)²), high = d + √((u₁ − p₁)² + (p₂ − l₂)²), l and u Wilson's limits.
///
/// # Source
/// Newcombe (1998), `doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I`.
pub fn newcombe(first: Proportion, second: Proportion, confidence: Confidence) -> Interval {
    hybrid(first, second, wilson(first, confidence), wilson(second, confidence))
}

/// Newcombe's method 11: as [`newcombe`] from continuity-corrected Wilson intervals.
pub fn newcombe_continuity_corrected(first: Proportion, second: Proportion, confidence: Confidence) -> Interval {
    hybrid(
        first,
        second,
        wilson_continuity_corrected(first, confidence),
        wilson_continuity_corrected(second, confidence),
    )
}

fn hybrid(first: Proportion, second: Proportion, of_first: Interval, of_second: Interval) -> Interval {
    joined(difference(first, second), (first.value(), of_first), (second.value(), of_second))
}

/// The difference of two independent rates, first less second, from each one's own value and interval, whatever they were made
/// by: [`newcombe`]'s way, which keeps the design that an interval accounts for. Limits in −1..=1.
///
/// # Source
/// Zou and Donner (2008), doi:10.1002/sim.3095 (the method of variance estimates recovery).
pub fn difference_of_rates(first: (f64, Interval), second: (f64, Interval)) -> Interval {
    joined(first.0 - second.0, first, second)
}

fn joined(centre: f64, (p1, of_first): (f64, Interval), (p2, of_second): (f64, Interval)) -> Interval {
    Interval {
        low: centre - (p1 - of_first.low).hypot(of_second.high - p2),
        high: centre + (of_first.high - p1).hypot(p2 - of_second.low),
    }
}

/// Wald's interval d ∓ z √(p₁q₁/n₁ + p₂q₂/n₂). Not clipped, of no width when both shares are 0 or 1; only for comparison.
pub fn wald_difference(first: Proportion, second: Proportion, confidence: Confidence) -> Interval {
    let half_width = confidence.normal_critical() * unpooled_variance(first, second).sqrt();
    Interval::around(difference(first, second), half_width)
}

/// Agresti and Caffo's interval: Wald's after adding one success and one failure to each sample. Not clipped.
///
/// # Source
/// Agresti and Caffo (2000), doi:10.1080/00031305.2000.10474560.
pub fn agresti_caffo(first: Proportion, second: Proportion, confidence: Confidence) -> Interval {
    let shifted = |proportion: Proportion| {
        let n = proportion.trials() as f64 + 2.0;
        let p = (proportion.successes() as f64 + 1.0) / n;
        (p, p * (1.0 - p) / n)
    };
    let ((p1, variance1), (p2, variance2)) = (shifted(first), shifted(second));
    Interval::around(p1 - p2, confidence.normal_critical() * (variance1 + variance2).sqrt())
}

/// Miettinen and Nurminen's score interval: all differences that their score test does not reject. Limits in −1..=1.
///
/// # Formula
/// Limits solve (d − δ)/√(V(δ)) = ±z with V(δ) = (p̃₁q̃₁/n₁ + p̃₂q̃₂/n₂) N/(N − 1), p̃ the maximum-likelihood shares under
/// p̃₁ − p̃₂ = δ, N = n₁ + n₂. Both the shares and the limits are found by halving, which fails nowhere; statsmodels 0.15 is off by
/// up to 6e-3 here.
///
/// # Source
/// Miettinen and Nurminen (1985), doi:10.1002/sim.4780040211.
pub fn miettinen_nurminen(first: Proportion, second: Proportion, confidence: Confidence) -> Interval {
    let z = confidence.normal_critical();
    let centre = difference(first, second);
    let score = |delta: f64| score_at(first, second, centre, delta);
    Interval {
        low: halve(-1.0, centre, |delta| score(delta) <= z),
        high: halve(centre, 1.0, |delta| score(delta) < -z),
    }
}

/// The score statistic for a difference of `delta`; falls as `delta` grows.
fn score_at(first: Proportion, second: Proportion, seen: f64, delta: f64) -> f64 {
    let (n1, n2) = (first.trials() as f64, second.trials() as f64);
    let p2 = constrained_share(first, second, delta);
    let p1 = (p2 + delta).clamp(0.0, 1.0);
    let variance = (p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2) * (n1 + n2) / (n1 + n2 - 1.0);
    if variance > 0.0 {
        (seen - delta) / variance.sqrt()
    } else if seen > delta {
        f64::INFINITY
    } else if seen < delta {
        f64::NEG_INFINITY
    } else {
        0.0
    }
}

/// The second share of highest likelihood when the first is `delta` larger: the root of the falling derivative.
fn constrained_share(first: Proportion, second: Proportion, delta: f64) -> f64 {
    // A count of 0 has no term at all, even where its share is 0.
    let term = |count: u64, share: f64| if count == 0 { 0.0 } else { count as f64 / share.max(0.0) };
    let derivative_sign = |p2: f64| {
        let p1 = p2 + delta;
        let rising = term(first.successes(), p1) + term(second.successes(), p2);
        let falling = term(first.failures(), 1.0 - p1) + term(second.failures(), 1.0 - p2);
        rising <= falling
    };
    halve((-delta).max(0.0), (1.0 - delta).min(1.0), derivative_sign)
}

/// The point of `left..right` from which `holds` is true, to the last digit; `right` when it never is.
fn halve(mut left: f64, mut right: f64, holds: impl Fn(f64) -> bool) -> f64 {
    if holds(left) {
        return left;
    }
    for _ in 0..1100 {
        let middle = f64::midpoint(left, right);
        if middle <= left || middle >= right {
            break;
        }
        if holds(middle) {
            right = middle;
        } else {
            left = middle;
        }
    }
    right
}

/// p₁q₁/n₁ + p₂q₂/n₂.
fn unpooled_variance(first: Proportion, second: Proportion) -> f64 {
    let part = |p: Proportion| p.value() * p.complement() / p.trials() as f64;
    part(first) + part(second)
}

/// A z test of "no difference".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ZTest {
    /// The difference in standard errors; infinite when the shares differ and the standard error is 0.
    pub z: f64,
    /// P(|Z| ≥ |z|).
    pub p_two_sided: f64,
    /// P(Z > z): small when the first share is surely larger.
    pub p_greater: f64,
}

impl ZTest {
    fn of(difference: f64, variance: f64) -> Option<Self> {
        if variance <= 0.0 && difference.abs() <= 0.0 {
            return None;
        }
        let z = difference / variance.sqrt();
        Some(Self { z, p_two_sided: normal_two_sided(z), p_greater: normal_sf(z) })
    }
}

/// The z test with the pooled variance p(1 − p)(1/n₁ + 1/n₂), p = (x₁ + x₂)/(n₁ + n₂); its square is Pearson's chi-squared.
///
/// # None
/// When all or none of both samples are successes: 0/0.
pub fn z_test_pooled(first: Proportion, second: Proportion) -> Option<ZTest> {
    let (n1, n2) = (first.trials() as f64, second.trials() as f64);
    let n = n1 + n2;
    let successes = (first.successes() + second.successes()) as f64;
    let failures = (first.failures() + second.failures()) as f64;
    ZTest::of(difference(first, second), (successes / n) * (failures / n) * (1.0 / n1 + 1.0 / n2))
}

/// The z test with the variance p₁q₁/n₁ + p₂q₂/n₂.
///
/// # None
/// When both shares are 0 or both are 1: 0/0. One 0 and the other 1 gives an infinite z and p-values of 0 or 1.
pub fn z_test_unpooled(first: Proportion, second: Proportion) -> Option<ZTest> {
    ZTest::of(difference(first, second), unpooled_variance(first, second))
}

/// A chi-squared test with one degree of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChiSquaredTest {
    /// The statistic, ≥ 0.
    pub statistic: f64,
    /// P(χ²₁ > statistic).
    pub p_value: f64,
}

/// Pearson's chi-squared test of the 2 × 2 table, without correction.
///
/// # Formula
/// N (x₁f₂ − x₂f₁)² / (n₁ n₂ (x₁ + x₂)(f₁ + f₂)), f = n − x.
///
/// # None
/// When all or none of both samples are successes.
pub fn chi_squared_test(first: Proportion, second: Proportion) -> Option<ChiSquaredTest> {
    chi_squared_with(first, second, 0.0)
}

/// Pearson's chi-squared test with Yates' correction: |observed − expected| is lessened by ½, but not below 0 (as R does).
///
/// # Source
/// Yates (1934), doi:10.2307/2983604.
///
/// # None
/// As [`chi_squared_test`].
pub fn chi_squared_test_yates(first: Proportion, second: Proportion) -> Option<ChiSquaredTest> {
    chi_squared_with(first, second, 0.5)
}

fn chi_squared_with(first: Proportion, second: Proportion, correction: f64) -> Option<ChiSquaredTest> {
    let (n1, n2) = (first.trials() as f64, second.trials() as f64);
    let n = n1 + n2;
    let successes = (first.successes() + second.successes()) as f64;
    let failures = (first.failures() + second.failures()) as f64;
    if successes <= 0.0 || failures <= 0.0 {
        return None;
    }
    // |observed − expected| is the same in all four cells: |x₁f₂ − x₂f₁| / N.
    let cross = i128::from(first.successes()) * i128::from(second.failures())
        - i128::from(second.successes()) * i128::from(first.failures());
    let deviation = cross.unsigned_abs() as f64 / n;
    let corrected = deviation - correction.min(deviation);
    let statistic = corrected * corrected * n / n1 * (n / n2) * (n / successes / failures);
    Some(ChiSquaredTest { statistic, p_value: chi_squared_sf(statistic, 1.0)? })
}

/// Fisher's exact test, two-sided: the probability of all tables with the same margins that are no likelier than the seen one
/// (ties up to 1e-7, as R's `fisher.test`).
///
/// # Source
/// Fisher (1935), doi:10.2307/2342435.
pub fn fisher_two_sided(first: Proportion, second: Proportion) -> f64 {
    let table = Margins::of(first, second);
    let limit = table.probability(first.successes()) * RELATIVE_TIE;
    // The probabilities rise to the mode and fall after it: two tails, each found by halving.
    let mode = table.mode();
    let left_end = first_in(table.smallest, mode + 1, |x| table.probability(x) > limit);
    let right_begin = first_in(mode, table.largest + 1, |x| table.probability(x) <= limit);
    if left_end >= right_begin {
        return 1.0;
    }
    let left: f64 = (table.smallest..left_end).map(|x| table.probability(x)).sum();
    let right: f64 = (right_begin..=table.largest).rev().map(|x| table.probability(x)).sum();
    (left + right).min(1.0)
}

/// Fisher's exact test, one-sided: P(first count ≥ the seen one | margins), small when the first share is surely larger.
pub fn fisher_greater(first: Proportion, second: Proportion) -> f64 {
    let table = Margins::of(first, second);
    let tail: f64 = (first.successes()..=table.largest).rev().map(|x| table.probability(x)).sum();
    tail.min(1.0)
}

/// The margins of a 2 × 2 table and the range of its first cell.
struct Margins {
    n1: u64,
    n2: u64,
    successes: u64,
    smallest: u64,
    largest: u64,
}

impl Margins {
    fn of(first: Proportion, second: Proportion) -> Self {
        let (n1, n2) = (first.trials(), second.trials());
        let successes = first.successes() + second.successes();
        Self { n1, n2, successes, smallest: successes.saturating_sub(n2), largest: successes.min(n1) }
    }

    fn probability(&self, x: u64) -> f64 {
        hypergeometric_probability(x, self.n1, self.n2, self.successes)
    }

    /// The likeliest first cell, ⌊(successes + 1)(n₁ + 1)/(N + 2)⌋.
    fn mode(&self) -> u64 {
        let product = u128::from(self.successes + 1) * u128::from(self.n1 + 1);
        let mode = product / u128::from(self.n1 + self.n2 + 2);
        u64::try_from(mode).unwrap_or(u64::MAX).clamp(self.smallest, self.largest)
    }
}

/// Cohen's effect size h = 2 asin √p₁ − 2 asin √p₂, in −π..=π; 0.2 is small, 0.5 medium, 0.8 large.
///
/// # Source
/// Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, chapter 6, doi:10.4324/9780203771587.
pub fn cohen_h(first: Proportion, second: Proportion) -> f64 {
    let angle = |proportion: Proportion| 2.0 * proportion.value().sqrt().asin();
    angle(first) - angle(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(successes: u64, trials: u64) -> Proportion {
        Proportion::new(successes, trials).expect("usable counts")
    }

    fn assert_near(found: Interval, low: f64, high: f64) {
        let near = (found.low - low).abs() <= 5.1e-5 && (found.high - high).abs() <= 5.1e-5;
        assert!(near, "found {found:?}, expected {low}..{high}");
    }

    #[test]
    fn newcombes_table_for_56_of_70_and_48_of_80_is_met() {
        // Newcombe (1998), table II, contrast (a), printed with four digits: methods 1, 5 (Mee/MN family), 10 and 11.
        let (first, second) = (of(56, 70), of(48, 80));
        let level = Confidence::NINETY_FIVE;
        assert_near(wald_difference(first, second, level), 0.0575, 0.3425);
        assert_near(miettinen_nurminen(first, second, level), 0.0528, 0.3382);
        assert_near(newcombe(first, second, level), 0.0524, 0.3339);
        assert_near(newcombe_continuity_corrected(first, second, level), 0.0428, 0.3422);
    }

    #[test]
    fn fishers_tea_tasting_lady_has_the_published_p_values() {
        // Fisher (1935): 3 of 4 against 1 of 4: one-sided 17/70, two-sided 34/70.
        assert!((fisher_greater(of(3, 4), of(1, 4)) - 17.0 / 70.0).abs() < 1e-14);
        assert!((fisher_two_sided(of(3, 4), of(1, 4)) - 34.0 / 70.0).abs() < 1e-14);
    }

    #[test]
    fn two_samples_without_a_success_cannot_be_tested() {
        assert!(z_test_pooled(of(0, 10), of(0, 20)).is_none());
        assert!(z_test_unpooled(of(10, 10), of(20, 20)).is_none());
        assert!(chi_squared_test(of(0, 10), of(0, 20)).is_none());
        assert!((fisher_two_sided(of(0, 10), of(0, 20)) - 1.0).abs() < 1e-15);
    }
}
