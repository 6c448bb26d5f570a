//! Intervals for a single proportion: x people out of n, taken as a simple random sample.
//!
//! For answers that hang together (several of one person, people of one day) every interval here is too narrow: use
//! [`mod@crate::stats::weighted_rate`] or the design-based intervals, which take the effective sample size. Tests against a target
//! are in `exact_test`, comparisons of two proportions in `two_sample`.
//!
//! Which to use: [`wilson`] for figures; [`clopper_pearson`] where the stated level must never be undercut; the others
//! because reports elsewhere use them and a figure must be checkable. Comparison of all of them: Brown, Cai, Das Gupta (2001),
//! doi:10.1214/ss/1009213286.

use super::basics::{Confidence, Interval};
use super::quantile::beta_quantile;
use super::special::{binomial_probability, incomplete_beta};

/// How many of how many: `successes` of `trials`, unweighted, with at least one trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Proportion {
    successes: u64,
    trials: u64,
}

impl Proportion {
    /// Checks the two counts.
    ///
    /// # None
    /// When there is no trial, so that there is nothing to estimate, or more successes than trials.
    pub fn new(successes: u64, trials: u64) -> Option<Self> {
        (trials > 0 && successes <= trials).then_some(Self { successes, trials })
    }

    /// x, the successes.
    pub const fn successes(self) -> u64 {
        self.successes
    }

    /// n, the trials; at least 1.
    pub const fn trials(self) -> u64 {
        self.trials
    }

    /// n − x.
    pub const fn failures(self) -> u64 {
        self.trials - self.successes
    }

    /// p = x / n, a fraction in 0..=1.
    pub fn value(self) -> f64 {
        self.successes as f64 / self.trials as f64
    }

    /// 1 − p, from the counts.
    pub(crate) fn complement(self) -> f64 {
        self.failures() as f64 / self.trials as f64
    }

    /// Failures for successes.
    fn mirrored(self) -> Self {
        Self { successes: self.failures(), trials: self.trials }
    }
}

/// Wilson's score interval for a `proportion` seen with an effective sample size and a critical value of any kind.
///
/// `effective_size` n need not be whole; `critical` c is a normal or Student quantile. Limits are fractions in 0..=1 and
/// enclose the proportion.
///
/// # Formula
/// centre = (p + c²/2n) / (1 + c²/n), half = c √(p(1 − p)/n + c²/4n²) / (1 + c²/n); evaluated as the roots of
/// (1 + c²/n) x² − (2p + c²/n) x + p² = 0 in the form that does not cancel.
///
/// # Source
/// Wilson (1927), doi:10.1080/01621459.1927.10502953; with an effective size: Dean and Pagano (2015), doi:10.1093/jssam/smv024.
///
/// # None
/// When the proportion is outside 0..=1, or the size or the critical value is not positive and finite.
pub fn wilson_effective(proportion: f64, effective_size: f64, critical: f64) -> Option<Interval> {
    let usable = (0.0..=1.0).contains(&proportion)
        && effective_size > 0.0
        && effective_size.is_finite()
        && critical > 0.0
        && critical.is_finite();
    usable.then(|| wilson_roots(proportion, 1.0 - proportion, effective_size, critical))
}

/// The roots of Wilson's quadratic for p + q = 1.
fn wilson_roots(p: f64, q: f64, n: f64, critical: f64) -> Interval {
    let half_square = critical * critical / n / 2.0;
    let root = critical * (p * q / n + (critical / n / 2.0).powi(2)).sqrt();
    Interval { low: p * p / (p + half_square + root), high: 1.0 - q * q / (q + half_square + root) }
}

/// Wilson score interval, without continuity correction. Limits in 0..=1, always around p; defined at 0 and n too.
///
/// # Formula
/// As [`wilson_effective`] with n trials and c = z.
///
/// # Source
/// Wilson (1927), doi:10.1080/01621459.1927.10502953.
pub fn wilson(proportion: Proportion, confidence: Confidence) -> Interval {
    wilson_roots(proportion.value(), proportion.complement(), proportion.trials as f64, confidence.normal_critical())
}

/// Wilson score interval with the full continuity correction ½. Limits in 0..=1; the lower is 0 at x = 0, the upper 1 at x = n.
///
/// R's `prop.test` weakens the correction where |x − n/2| < ½; this one does not.
///
/// # Formula
/// low = lower Wilson limit at p − 1/2n, high = upper Wilson limit at p + 1/2n.
///
/// # Source
/// Newcombe (1998), method 4, `doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E`.
pub fn wilson_continuity_corrected(proportion: Proportion, confidence: Confidence) -> Interval {
    let n = proportion.trials as f64;
    let (x, rest) = (proportion.successes as f64, proportion.failures() as f64);
    let critical = confidence.normal_critical();
    let low =
        if proportion.successes == 0 { 0.0 } else { wilson_roots((x - 0.5) / n, (rest + 0.5) / n, n, critical).low };
    let high =
        if proportion.failures() == 0 { 1.0 } else { wilson_roots((x + 0.5) / n, (rest - 0.5) / n, n, critical).high };
    Interval { low, high }
}

/// Clopper and Pearson's "exact" interval: never covers less than the level says, usually more. Limits in 0..=1.
///
/// # Formula
/// low = Beta⁻¹(α/2; x, n − x + 1), 0 at x = 0; high = Beta⁻¹(1 − α/2; x + 1, n − x), 1 at x = n.
///
/// # Source
/// Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404.
pub fn clopper_pearson(proportion: Proportion, confidence: Confidence) -> Interval {
    Interval {
        low: clopper_pearson_lower(proportion, confidence.tail()),
        high: clopper_pearson_upper(proportion, confidence.tail()),
    }
}

/// The one-sided lower Clopper–Pearson bound: the true share is at least this with `confidence` (all of it on one side).
pub fn clopper_pearson_lower_bound(proportion: Proportion, confidence: Confidence) -> f64 {
    clopper_pearson_lower(proportion, 1.0 - confidence.level())
}

/// The one-sided upper Clopper–Pearson bound: the true share is at most this with `confidence` (all of it on one side).
pub fn clopper_pearson_upper_bound(proportion: Proportion, confidence: Confidence) -> f64 {
    clopper_pearson_upper(proportion, 1.0 - confidence.level())
}

fn clopper_pearson_lower(proportion: Proportion, tail: f64) -> f64 {
    let (x, rest) = (proportion.successes as f64, proportion.failures() as f64);
    // A zero count has no beta quantile, and its limit is the end of the scale.
    beta_quantile(tail, x, rest + 1.0).unwrap_or(0.0)
}

fn clopper_pearson_upper(proportion: Proportion, tail: f64) -> f64 {
    let (x, rest) = (proportion.successes as f64, proportion.failures() as f64);
    beta_quantile(1.0 - tail, x + 1.0, rest).unwrap_or(1.0)
}

/// The mid-P interval: Clopper and Pearson's with half of the seen value's probability in the tail; covers the level on average.
/// Limits in 0..=1.
///
/// # Formula
/// low solves P(X > x) + P(X = x)/2 = α/2, high solves P(X < x) + P(X = x)/2 = α/2.
///
/// # Source
/// Berry and Armitage (1995), The Statistician 44(4), 417–423.
pub fn mid_p(proportion: Proportion, confidence: Confidence) -> Interval {
    Interval {
        low: mid_p_lower(proportion, confidence.tail()),
        high: 1.0 - mid_p_lower(proportion.mirrored(), confidence.tail()),
    }
}

/// Where P(X > x) + P(X = x)/2 takes the value `tail`.
fn mid_p_lower(proportion: Proportion, tail: f64) -> f64 {
    let (x, n) = (proportion.successes, proportion.trials);
    if x == 0 {
        return 0.0;
    }
    if x == n {
        return (2.0 * tail).powf(1.0 / n as f64);
    }
    let tail_at = |p: f64| {
        let above = incomplete_beta(p, 1.0 - p, x as f64 + 1.0, proportion.failures() as f64).lower;
        above + 0.5 * binomial_probability(x, n, p)
    };
    // The tail grows with p; it is below the wanted one at Clopper and Pearson's limit and above it at p = x/n.
    let mut left = clopper_pearson_lower(proportion, tail);
    let mut right = proportion.value();
    while right - left > 4.0 * f64::EPSILON * right {
        let middle = f64::midpoint(left, right);
        if tail_at(middle) < tail {
            left = middle;
        } else {
            right = middle;
        }
    }
    f64::midpoint(left, right)
}

/// Agresti and Coull's interval ("add z²/2 successes and failures"). Not clipped: limits may leave 0..=1.
///
/// # Formula
/// p̃ = (x + z²/2)/(n + z²), p̃ ∓ z √(p̃(1 − p̃)/(n + z²)).
///
/// # Source
/// Agresti and Coull (1998), doi:10.1080/00031305.1998.10480550.
pub fn agresti_coull(proportion: Proportion, confidence: Confidence) -> Interval {
    let z = confidence.normal_critical();
    let n = proportion.trials as f64 + z * z;
    let centre = (proportion.successes as f64 + z * z / 2.0) / n;
    Interval::around(centre, z * (centre * (1.0 - centre) / n).sqrt())
}

/// Jeffreys' interval: the equal-tailed posterior interval under the prior Beta(½, ½). Limits strictly inside 0..1,
/// so that at x = 0 and x = n the interval does not contain p; see [`jeffreys_with_ends`].
///
/// # Formula
/// Beta⁻¹(α/2; x + ½, n − x + ½), Beta⁻¹(1 − α/2; x + ½, n − x + ½).
///
/// # Source
/// Brown, Cai, Das Gupta (2001), doi:10.1214/ss/1009213286.
pub fn jeffreys(proportion: Proportion, confidence: Confidence) -> Interval {
    let (x, rest) = (proportion.successes as f64, proportion.failures() as f64);
    let at = |probability| beta_quantile(probability, x + 0.5, rest + 0.5);
    // Both quantiles exist: the parameters are at least ½ and the level was checked.
    Interval { low: at(confidence.tail()).unwrap_or(0.0), high: at(1.0 - confidence.tail()).unwrap_or(1.0) }
}

/// Jeffreys' interval with the lower limit 0 at x = 0 and the upper limit 1 at x = n, as Brown, Cai and Das Gupta advise.
pub fn jeffreys_with_ends(proportion: Proportion, confidence: Confidence) -> Interval {
    let plain = jeffreys(proportion, confidence);
    Interval {
        low: if proportion.successes == 0 { 0.0 } else { plain.low },
        high: if proportion.failures() == 0 { 1.0 } else { plain.high },
    }
}

/// Wald's interval p ∓ z √(p(1 − p)/n). Not clipped. Far too short near 0 and 1 (of no width at x = 0 and x = n); only for
/// comparison with reports that use it.
pub fn wald(proportion: Proportion, confidence: Confidence) -> Interval {
    let (p, q) = (proportion.value(), proportion.complement());
    Interval::around(p, confidence.normal_critical() * (p * q / proportion.trials as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(successes: u64, trials: u64) -> Proportion {
        Proportion::new(successes, trials).expect("usable counts")
    }

    fn assert_near(found: Interval, low: f64, high: f64, tolerance: f64) {
        let near = (found.low - low).abs() <= tolerance && (found.high - high).abs() <= tolerance;
        assert!(near, "found {found:?}, expected {low}..{high}");
    }

    #[test]
    fn no_trials_are_no_proportion() {
        assert!(Proportion::new(0, 0).is_none());
        assert!(Proportion::new(3, 2).is_none());
    }

    #[test]
    fn wilson_interval_matches_r_binom_for_18_of_20() {
        // R: binom::binom.confint(18, 20, methods = "wilson") -> 0.698966, 0.972134 (style guide, section 6).
        assert_near(wilson(of(18, 20), Confidence::NINETY_FIVE), 0.698_966, 0.972_134, 1e-6);
    }

    #[test]
    fn the_eleven_intervals_of_newcombe_for_81_of_263_are_met() {
        // Newcombe (1998), table I, 81/263, printed with four digits: methods 1, 3, 4, 5 and 6.
        let proportion = of(81, 263);
        let level = Confidence::NINETY_FIVE;
        assert_near(wald(proportion, level), 0.2522, 0.3638, 5.1e-5);
        assert_near(wilson(proportion, level), 0.2553, 0.3662, 5.1e-5);
        assert_near(wilson_continuity_corrected(proportion, level), 0.2535, 0.3682, 5.1e-5);
        assert_near(clopper_pearson(proportion, level), 0.2527, 0.3676, 5.1e-5);
        assert_near(mid_p(proportion, level), 0.2544, 0.3658, 5.1e-5);
    }

    #[test]
    fn with_nothing_or_everything_seen_limits_have_closed_forms() {
        // x = 0: Clopper-Pearson's upper limit is 1 - (alpha/2)^(1/n), mid-P's 1 - alpha^(1/n).
        let none = of(0, 10);
        assert_near(clopper_pearson(none, Confidence::NINETY_FIVE), 0.0, 1.0 - 0.025_f64.powf(0.1), 1e-14);
        assert_near(mid_p(none, Confidence::NINETY_FIVE), 0.0, 1.0 - 0.05_f64.powf(0.1), 1e-14);
        assert_near(clopper_pearson(of(10, 10), Confidence::NINETY_FIVE), 0.025_f64.powf(0.1), 1.0, 1e-14);
    }

    #[test]
    fn a_score_interval_without_size_is_undefined() {
        for (p, n, c) in
            [(0.5, 0.0, 2.0), (1.1, 5.0, 2.0), (0.5, f64::INFINITY, 2.0), (f64::NAN, 5.0, 2.0), (0.5, 5.0, 0.0)]
        {
            assert!(wilson_effective(p, n, c).is_none(), "{p} {n} {c}");
        }
    }
}
