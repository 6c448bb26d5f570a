//! Sequential tests with a stated rate of false alarms: cumulative sums of surprises, and gaps between answers.
//!
//! # Formula
//! A block of answers with the share p and an effective size n is compared with what is known of before: the share q, of the
//! effective size N. Both are uncertain, so n* = 1/(1/n + 1/N):
//! ```text
//! surprise   z = Φ⁻¹(I_(1−q)(n*(1 − p) + ½, n* p + ½))           a binomial's middle probability, for real sizes; N(0, 1) where nothing has changed
//! climb      C_i = max(0, C_(i−1) ± z_i − k)                       one a direction; k = ½; an alarm where C_i > h, and C begins anew
//! run length ARL(h) = (e^(2kb) − 2kb − 1)/(2k²),  b = h + 1.166     steps between two false alarms of one direction
//! gap        r(g) = B(a + 1, b + g)/B(a, b)                        gaps of g days or more that begin on a day, where an answer comes on one of d
//!                                                                  days seen (a = d₁ + ½, b = d − d₁ + ½)
//! ```
//! A surprise that is measured against everything before it is independent of those before (recursive residuals), so what is not
//! known of q raises no more alarms than stated. The share of a direction is one half of all.
//!
//! # Source
//! Page (1954), doi:10.1093/biomet/41.1-2.100; Siegmund (1985) Sequential Analysis, doi:10.1007/978-1-4757-1862-1, for the run length; Hawkins
//! (1987), doi:10.2307/2348827, for charts that need no first phase; Lancaster (1961), doi:10.1080/01621459.1961.10482105, for the middle
//! probability. The gap is the tail of a geometric distribution over Beta(a, b).

use statrs::function::gamma::ln_gamma;

use super::quantile::{beta_cdf, normal_quantile, normal_quantile_upper, student_cdf, student_sf};

/// k: half of the change, in standard deviations of a step, that is found soonest.
pub const ALLOWANCE: f64 = 0.5;
/// Expected overshoot of a normal walk over its threshold, on both ends: Siegmund's 2ρ.
const OVERSHOOT: f64 = 1.166;
/// Thresholds are looked for below this: no list is so long.
const THRESHOLD_MAX: f64 = 60.0;

/// Steps between two false alarms of one direction with the threshold `h`.
pub fn run_length(threshold: f64) -> f64 {
    let reach = 2.0 * ALLOWANCE * (threshold + OVERSHOOT);
    (reach.exp_m1() - reach) / (2.0 * ALLOWANCE * ALLOWANCE)
}

/// The threshold with which both directions together raise `rate` false alarms a step.
///
/// # None
/// When the rate is not between 0 and the one of a threshold of 1 (a third of the steps): who wants alarms as often needs no test.
pub fn threshold_of(rate: f64) -> Option<f64> {
    let steps = 2.0 / rate;
    if !steps.is_finite() || rate <= 0.0 || steps < run_length(1.0) {
        return None;
    }
    let (mut low, mut high) = (1.0, THRESHOLD_MAX);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if run_length(middle) < steps { low = middle } else { high = middle }
    }
    Some(high)
}

/// The surprise of a block of answers: its share and effective size, beside those of before.
///
/// # None
/// When a size is not positive, or a share is outside 0..=1.
pub fn surprise((share, size): (f64, f64), (before, size_before): (f64, f64)) -> Option<f64> {
    let usable = size > 0.0 && size_before > 0.0 && (0.0..=1.0).contains(&share) && (0.0..=1.0).contains(&before);
    if !usable {
        return None;
    }
    let both = 1.0 / (1.0 / size + 1.0 / size_before);
    // Where everybody was satisfied before, somebody may not be: half an answer of each kind.
    let before = (before * size_before + 0.5) / (size_before + 1.0);
    let lower = beta_cdf(1.0 - before, both * (1.0 - share) + 0.5, both * share + 0.5)?;
    if lower < 0.5 {
        normal_quantile(lower.max(f64::MIN_POSITIVE))
    } else {
        let upper = beta_cdf(before, both * share + 0.5, both * (1.0 - share) + 0.5)?;
        normal_quantile_upper(upper.max(f64::MIN_POSITIVE))
    }
}

/// A surprise whose scale was estimated with so many degrees of freedom, as a normal one.
///
/// # None
/// When the degrees of freedom are not positive.
pub fn as_normal(surprise: f64, degrees_of_freedom: f64) -> Option<f64> {
    if surprise < 0.0 {
        normal_quantile(student_cdf(surprise, degrees_of_freedom)?.max(f64::MIN_POSITIVE))
    } else {
        normal_quantile_upper(student_sf(surprise, degrees_of_freedom)?.max(f64::MIN_POSITIVE))
    }
}

/// How many gaps of `gap` days or more begin on a day, where of `days` days `with_answers` had one.
///
/// # None
/// Without a day, or with more days with answers than days.
pub fn gaps_a_day(with_answers: u32, days: u32, gap: u32) -> Option<f64> {
    if days == 0 || with_answers > days {
        return None;
    }
    let (a, b, gap) = (f64::from(with_answers) + 0.5, f64::from(days - with_answers) + 0.5, f64::from(gap));
    // B(a + 1, b + g)/B(a, b).
    let log = ln_gamma(a + 1.0) + ln_gamma(b + gap) - ln_gamma(a + b + gap + 1.0) - ln_gamma(a) - ln_gamma(b)
        + ln_gamma(a + b);
    Some(log.exp())
}

/// The shortest gap of which at most `rate` begin on a day.
///
/// # None
/// As [`gaps_a_day`], and when no gap up to `longest` is as rare.
pub fn rare_gap(with_answers: u32, days: u32, rate: f64, longest: u32) -> Option<u32> {
    gaps_a_day(with_answers, days, 0)?;
    (1..=longest).find(|gap| gaps_a_day(with_answers, days, *gap).is_some_and(|found| found <= rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_run_length_is_that_of_the_tables() {
        // Montgomery, Introduction to Statistical Quality Control, 6th ed., table 9.3 (two-sided, k = ½): 168 steps for h = 4, 465 for h = 5.
        for (threshold, steps) in [(4.0, 168.0), (5.0, 465.0)] {
            let two_sided: f64 = run_length(threshold) / 2.0;
            assert!((two_sided / steps - 1.0).abs() < 0.02, "{threshold}: {two_sided}");
            let back = threshold_of(1.0 / two_sided).expect("a threshold");
            assert!((back - threshold).abs() < 1e-9);
        }
        for rate in [0.0, -1.0, 0.9, f64::NAN, f64::INFINITY] {
            assert_eq!(threshold_of(rate), None, "{rate}");
        }
    }

    #[test]
    fn a_surprise_is_the_normal_score_of_the_middle_probability() {
        // R 4.2: p <- pbinom(14, 20, .9) + dbinom(15, 20, .9)/2; qnorm(p) is -2.0100 (N unlimited, 15 of 20).
        let z = surprise((0.75, 20.0), (0.9, 1e12)).expect("a surprise");
        assert!((z + 2.01).abs() < 0.06, "{z}");
        let same = surprise((0.9, 200.0), (0.9, 1e9)).expect("a surprise");
        assert!(same.abs() < 0.05, "{same}");
        let less_known = surprise((0.75, 20.0), (0.9, 40.0)).expect("a surprise");
        assert!(less_known > z && less_known < -1.0, "what is less known surprises less: {less_known}");
        assert!(surprise((1.0, 30.0), (1.0, 300.0)).expect("a surprise").abs() < 0.7);
        assert_eq!(surprise((1.1, 30.0), (0.9, 300.0)), None);
        assert_eq!(surprise((0.9, 0.0), (0.9, 300.0)), None);
    }

    #[test]
    fn a_scale_that_is_hardly_known_makes_a_surprise_smaller() {
        // R 4.2: qnorm(pt(-3, 10)) = -2.4768.
        assert!((as_normal(-3.0, 10.0).expect("a score") + 2.4768).abs() < 1e-3);
        assert!((as_normal(3.0, 10.0).expect("a score") - 2.4768).abs() < 1e-3);
        assert_eq!(as_normal(1.0, 0.0), None);
    }

    #[test]
    fn gaps_are_as_rare_as_counting_says() {
        // By hand: 10 of 10 days known of as Beta(10.5, 0.5): mean of p(1 − p) is B(11.5, 1.5)/B(10.5, 0.5) = 10.5·0.5/(11·12).
        let found = gaps_a_day(10, 10, 1).expect("a rate");
        assert!((found - 10.5 * 0.5 / (11.0 * 12.0)).abs() < 1e-12, "{found}");
        let gap = rare_gap(40, 40, 1e-4, 60).expect("a gap");
        assert!(gap <= 3, "a point with answers every day is missed soon: {gap}");
        assert!(rare_gap(4, 40, 1e-4, 200).expect("a gap") > 30, "one with few answers later");
        assert_eq!(gaps_a_day(3, 2, 1), None);
        assert_eq!(rare_gap(0, 40, 1e-9, 5), None);
    }
}
