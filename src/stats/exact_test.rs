//! Does a proportion reach its target? Exact one-sided binomial tests, and the normal approximation beside them.
//!
//! The counts are taken as a simple random sample; for clustered answers compare the design-based interval with the target.

use super::proportion::Proportion;
use super::quantile::normal_sf;
use super::special::{binomial_probability, incomplete_beta};

/// R counts a probability as "no larger than" the seen one up to this relative error.
pub(crate) const RELATIVE_TIE: f64 = 1.0 + 1e-7;

/// A proportion against a target share. All p-values are probabilities in 0..=1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TargetTest {
    /// P(X ≥ x | target): small when the target is surely surpassed (H0: share ≤ target).
    pub p_greater: f64,
    /// P(X ≤ x | target): small when the target is surely missed (H0: share ≥ target).
    pub p_less: f64,
    /// z = (p − t)/√(t(1 − t)/n), in standard errors under the target.
    pub z: f64,
    /// P(Z > z): the normal approximation of `p_greater`.
    pub p_z_greater: f64,
}

/// Tests a proportion against a `target` strictly between 0 and 1.
///
/// # Formula
/// `P(X ≥ x) = I_t(x, n − x + 1)`, `P(X ≤ x) = I_{1−t}(n − x, x + 1)`, with the regularised incomplete beta function; both are
/// exact far into the tails.
///
/// # Source
/// <https://dlmf.nist.gov/8.17.E5>; R's `binom.test(alternative = "greater")`, `"less"`.
///
/// # None
/// When the target is not strictly between 0 and 1.
pub fn target_test(proportion: Proportion, target: f64) -> Option<TargetTest> {
    if !(target > 0.0 && target < 1.0) {
        return None;
    }
    let n = proportion.trials() as f64;
    let z = (proportion.value() - target) / (target * (1.0 - target) / n).sqrt();
    Some(TargetTest {
        p_greater: at_least(proportion, target),
        p_less: at_most(proportion, target),
        z,
        p_z_greater: normal_sf(z),
    })
}

/// P(X ≥ x) for x of n at `probability`.
fn at_least(proportion: Proportion, probability: f64) -> f64 {
    if proportion.successes() == 0 {
        return 1.0;
    }
    let (x, rest) = (proportion.successes() as f64, proportion.failures() as f64);
    incomplete_beta(probability, 1.0 - probability, x, rest + 1.0).lower
}

/// P(X ≤ x) for x of n at `probability`.
fn at_most(proportion: Proportion, probability: f64) -> f64 {
    if proportion.failures() == 0 {
        return 1.0;
    }
    let (x, rest) = (proportion.successes() as f64, proportion.failures() as f64);
    incomplete_beta(probability, 1.0 - probability, x + 1.0, rest).upper
}

/// Two-sided exact p-value: the probability of all counts that are no likelier than the seen one (R's `binom.test`).
///
/// # None
/// When the target is not strictly between 0 and 1.
pub fn two_sided_target_p(proportion: Proportion, target: f64) -> Option<f64> {
    if !(target > 0.0 && target < 1.0) {
        return None;
    }
    let (x, n) = (proportion.successes(), proportion.trials());
    let expected = n as f64 * target;
    let seen = x as f64;
    if (seen - expected).abs() <= 0.0 {
        return Some(1.0);
    }
    let limit = binomial_probability(x, n, target) * RELATIVE_TIE;
    let unlikely = |count: u64| binomial_probability(count, n, target) <= limit;
    // Probabilities fall on either side of the mean, so the other tail begins where they first fall to the limit.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and n")]
    let p = if seen < expected {
        let begin = first_in(expected.ceil() as u64, n + 1, unlikely);
        let other = Proportion::new(begin, n).map_or(0.0, |other| at_least(other, target));
        at_most(proportion, target) + other
    } else {
        let mean = expected.floor() as u64;
        let below = first_in(0, mean + 1, |count| !unlikely(count));
        let other =
            below.checked_sub(1).and_then(|last| Proportion::new(last, n)).map_or(0.0, |other| at_most(other, target));
        at_least(proportion, target) + other
    };
    Some(p.min(1.0))
}

/// The first number of `start..end` for which `holds`, which stays true from there on; `end` when there is none.
pub(crate) fn first_in(start: u64, end: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (start, end.max(start));
    while low < high {
        let middle = u64::midpoint(low, high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(successes: u64, trials: u64) -> Proportion {
        Proportion::new(successes, trials).expect("usable counts")
    }

    #[test]
    fn nine_of_ten_against_one_half_is_eleven_of_1024() {
        // By hand: (10 + 1) / 2^10 upper tail, two-sided twice that.
        let test = target_test(of(9, 10), 0.5).expect("a target inside");
        assert!((test.p_greater - 11.0 / 1024.0).abs() < 1e-15);
        assert!((test.p_less - 1023.0 / 1024.0).abs() < 1e-15);
        let two_sided = two_sided_target_p(of(9, 10), 0.5).expect("a target inside");
        assert!((two_sided - 22.0 / 1024.0).abs() < 1e-15);
    }

    #[test]
    fn the_example_of_rs_manual_is_met() {
        // R: ?binom.test, Conover (1971), 682 of 925 against 3/4: two-sided p-value = 0.3825.
        let p = two_sided_target_p(of(682, 925), 0.75).expect("a target inside");
        assert!((p - 0.3825).abs() < 5e-5, "{p}");
    }

    #[test]
    fn a_target_of_all_or_nothing_has_no_test() {
        for target in [0.0, 1.0, -1.0, f64::NAN] {
            assert!(target_test(of(9, 10), target).is_none());
            assert!(two_sided_target_p(of(9, 10), target).is_none());
        }
    }
}
