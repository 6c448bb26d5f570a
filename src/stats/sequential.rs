//! Sequential tests with a stated rate of false alarms: cumulative sums of surprises, and gaps between answers.
//!
//! # Formula
//! A block of answers with the share p and an effective size n is compared with what is known of before: the share q, of the
//! effective size N. Both are uncertain, so n* = 1/(1/n + 1/N):
//! ```text
//! evidence   w = n*(p s − ln(1 − q + q e^s)),  s = ±δ/√(n* q(1 − q))   log likelihood ratio of a share that lies δ = 1 standard deviation off
//! climb      C_i = max(0, C_(i−1) + w_i)                           one a direction; an alarm where C_i > h, and C begins anew
//! run length ARL(h) = 2 (e^b − b − 1)/δ²,  b = h + 1.166 δ           steps between two false alarms of one direction
//! gap        r(g) = B(a + 1, b + g)/B(a, b)                        gaps of g days or more that begin on a day, where an answer comes on one of d
//!                                                                  days seen (a = d₁ + ½, b = d − d₁ + ½)
//! ```
//! The mean of `e^w` is 1 where nothing has changed, however small and skew the blocks are; for large ones w is z − ½ of a normal z. What is
//! measured against everything before it is independent of that (recursive residuals), so what is not known of q raises no more alarms
//! than stated. The share of a direction is one half of all.
//!
//! # Source
//! Page (1954), doi:10.1093/biomet/41.1-2.100; Siegmund (1985) Sequential Analysis, doi:10.1007/978-1-4757-1862-1, for the run length; Hawkins
//! (1987), doi:10.2307/2348827, for charts that need no first phase; Steiner and others (2000), doi:10.1093/biostatistics/1.4.441, for sums of
//! log likelihood ratios of shares. The gap is the tail of a geometric distribution over Beta(a, b).

use statrs::function::gamma::ln_gamma;

use super::quantile::normal_cdf;

/// δ: the change, in standard deviations of a block, that is found soonest.
const CHANGE: f64 = 1.0;
/// Expected overshoot of a normal walk over its threshold, on both ends: Siegmund's 2ρ.
const OVERSHOOT: f64 = 1.166;
/// Thresholds are looked for below this: no list is so long.
const THRESHOLD_MAX: f64 = 60.0;

/// Steps between two false alarms of one direction with the threshold `h`.
pub fn run_length(threshold: f64) -> f64 {
    let reach = threshold + OVERSHOOT * CHANGE;
    2.0 * (reach.exp_m1() - reach) / (CHANGE * CHANGE)
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

/// The part of false alarms whose climb takes at most so many steps: a stream that began so many steps ago has as many of the alarms that it
/// will have once it has run for long. The climb of an alarm is a walk with the drift δ²/2, so this is the inverse Gaussian distribution
/// Φ((n/2 − b)/√n) + e^b Φ(−(n/2 + b)/√n) with n in units of δ².
pub fn climbed_within(steps: u32, threshold: f64) -> f64 {
    if steps == 0 {
        return 0.0;
    }
    let (n, reach) = (f64::from(steps) * CHANGE * CHANGE, threshold + OVERSHOOT * CHANGE);
    let below = normal_cdf((n / 2.0 - reach) / n.sqrt());
    (below + reach.exp() * normal_cdf(-(n / 2.0 + reach) / n.sqrt())).min(1.0)
}

/// What a block of answers says for a change since before, in both directions, and how far from before it lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surprise {
    /// Evidence that fewer are satisfied: the logarithm of a likelihood ratio.
    pub down: f64,
    /// Evidence that more are.
    pub up: f64,
    /// Squared distance in variances of the two sizes; 1 on average where nothing has changed.
    pub squared: f64,
}

/// The surprise of a block: its share and effective size, beside those of before.
///
/// # None
/// When a size is not positive, or a share is outside 0..=1.
pub fn surprise((share, size): (f64, f64), (before, size_before): (f64, f64)) -> Option<Surprise> {
    let usable = size > 0.0 && size_before > 0.0 && (0.0..=1.0).contains(&share) && (0.0..=1.0).contains(&before);
    if !usable {
        return None;
    }
    let both = 1.0 / (1.0 / size + 1.0 / size_before);
    // Where everybody was satisfied before, somebody may not be: half an answer of each kind.
    let before = (before * size_before + 0.5) / (size_before + 1.0);
    let variance = before * (1.0 - before) / both;
    let shift = CHANGE / (both * before * (1.0 - before)).sqrt();
    let evidence = |shift: f64| both * (share * shift - (before * shift.exp_m1()).ln_1p());
    Some(Surprise { down: evidence(-shift), up: evidence(shift), squared: (share - before).powi(2) / variance })
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
    fn a_stream_that_has_just_begun_raises_hardly_an_alarm_and_one_that_ran_for_long_all_of_its() {
        // R 4.2: pnorm((7 - 6.166)/sqrt(14)) + exp(6.166)*pnorm(-(7 + 6.166)/sqrt(14)) is 0.6914406.
        assert!((climbed_within(14, 5.0) - 0.691_440_6).abs() < 1e-6, "{}", climbed_within(14, 5.0));
        assert!(climbed_within(1, 5.0) < 1e-4 && climbed_within(200, 5.0) > 0.999);
        assert!(climbed_within(0, 5.0).abs() < f64::EPSILON);
    }

    #[test]
    fn evidence_is_a_likelihood_ratio_and_large_blocks_say_what_a_normal_score_says() {
        // By hand: q = 0.9 of an unlimited N, 20 answers, 15 satisfied: shift 1/√(20·0.09) = 0.745356, so
        // up = 20(0.75·0.745356 − ln(1 + 0.9(e^0.745356 − 1))) = 11.1803 − 13.8343, down = −11.1803 + 20·0.646…
        let found = surprise((0.75, 20.0), (0.9, 1e12)).expect("a surprise");
        let shift = 1.0 / 1.8_f64.sqrt();
        assert!((found.up - 20.0 * (0.75 * shift - (0.1 + 0.9 * shift.exp()).ln())).abs() < 1e-9, "{found:?}");
        assert!((found.squared - 0.15_f64.powi(2) / (0.09 / 20.0)).abs() < 1e-9);
        // Its mean of e^evidence over all outcomes of a binomial is 1, which is what makes it a ratio of likelihoods.
        let binomial = |x: u32| (1..=x).fold(0.1_f64.powi(20), |p, x| p * 9.0 * f64::from(21 - x) / f64::from(x));
        let mean: f64 = (0..=20)
            .map(|x| {
                let one = surprise((f64::from(x) / 20.0, 20.0), (0.9, 1e12)).expect("a surprise");
                binomial(x) * one.down.exp()
            })
            .sum();
        assert!((mean - 1.0).abs() < 1e-6, "{mean}");
        // z − ½ where blocks are large: 0.02 is √(0.09/2000)·2.98 below.
        let large = surprise((0.88, 2000.0), (0.9, 1e12)).expect("a surprise");
        assert!((large.down - (0.02 / (0.09_f64 / 2000.0).sqrt() - 0.5)).abs() < 0.1, "{large:?}");
        let less_known = surprise((0.75, 20.0), (0.9, 40.0)).expect("a surprise");
        assert!(less_known.down < found.down, "what is less known surprises less: {less_known:?}");
        assert_eq!(surprise((1.1, 30.0), (0.9, 300.0)), None);
        assert_eq!(surprise((0.9, 0.0), (0.9, 300.0)), None);
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
