//! How many respondents it takes to show something: that a target is surpassed, or that two shares differ.
//!
//! # Formula
//! ```text
//! one share against p₀, really p₁     n = ((z_α √(p₀q₀) + z_β √(p₁q₁))/(p₁ − p₀))²
//! two shares, each group              n = ((z_α √(2 p̄q̄) + z_β √(p₁q₁ + p₂q₂))/(p₁ − p₂))²,   p̄ = (p₁ + p₂)/2
//! power of two groups of n            Φ((√n |p₁ − p₂| − z_α √(2 p̄q̄))/√(p₁q₁ + p₂q₂))
//! by arcsines                         h = 2 asin √p₁ − 2 asin √p₀;  one share n = ((z_α + z_β)/h)², two shares twice that
//! exact                               least x with P(X ≥ x | n, p₀) ≤ α; power P(X ≥ x | n, p₁)
//! ```
//! `z_α` is the normal quantile at 1 − α (two-sided: 1 − α/2), `z_β` that at the power. The exact power moves up and down as n
//! grows: the first size that reaches the power is not yet safe.
//!
//! # Source
//! Fleiss, Levin, Paik (2003) Statistical Methods for Rates and Proportions, ch. 4, doi:10.1002/0471445428; Cohen (1988),
//! doi:10.4324/9780203771587, ch. 6; Chernick, Liu (2002), doi:10.1198/000313002317572835, on the saw-tooth; R `power.prop.test`.

use crate::stats::quantile::{normal_cdf, normal_quantile_upper, normal_sf};
use crate::stats::special::incomplete_beta;

/// A plan to show that a share surpasses a target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AgainstTarget {
    target: f64,
    share: f64,
    alpha: f64,
    power: f64,
}

/// A number of respondents at which the exact test has a certain power.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExactSize {
    /// n.
    pub respondents: u64,
    /// The least number of satisfied respondents that shows it.
    pub critical_count: u64,
    /// The chance of seeing as many.
    pub power: f64,
}

/// The exact sizes of a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExactSizes {
    /// The smallest n with the power; a few more respondents may have less.
    pub first: Option<ExactSize>,
    /// The smallest n from which the power is never lost again, as far as was searched.
    pub stable: Option<ExactSize>,
}

impl AgainstTarget {
    /// The chance wanted (`power`) of showing, at one-sided level `alpha`, that a share surpasses `target` when it really is
    /// `share`.
    ///
    /// # None
    /// When one of them is not strictly between 0 and 1, or `share` is not above `target`.
    pub fn new(target: f64, share: f64, alpha: f64, power: f64) -> Option<Self> {
        let usable = [target, share, alpha, power].iter().all(|value| *value > 0.0 && *value < 1.0);
        (usable && share > target).then_some(Self { target, share, alpha, power })
    }

    /// n by the normal approximation.
    pub fn normal_size(&self) -> f64 {
        let spread = |p: f64| (p * (1.0 - p)).sqrt();
        let sum = upper(self.alpha) * spread(self.target) + upper(1.0 - self.power) * spread(self.share);
        (sum / (self.share - self.target)).powi(2)
    }

    /// n by arcsines.
    pub fn arcsine_size(&self) -> f64 {
        ((upper(self.alpha) + upper(1.0 - self.power)) / arcsine_distance(self.share, self.target)).powi(2)
    }

    /// The exact sizes up to `respondents_max`.
    pub fn exact_sizes(&self, respondents_max: u64) -> ExactSizes {
        let mut sizes = ExactSizes { first: None, stable: None };
        let mut critical_count = 0;
        for respondents in 1..=respondents_max {
            // One more respondent moves the critical count by one at most.
            while at_least(critical_count, respondents, self.target) > self.alpha {
                critical_count += 1;
            }
            let power = at_least(critical_count, respondents, self.share);
            if power < self.power {
                sizes.stable = None;
                continue;
            }
            let size = ExactSize { respondents, critical_count, power };
            sizes.first = sizes.first.or(Some(size));
            sizes.stable = sizes.stable.or(Some(size));
        }
        sizes
    }
}

/// Whether a difference in either direction counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// Only in the expected direction.
    One,
    /// In either.
    Two,
}

/// A plan to show that two shares differ, with groups of equal size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoShares {
    first: f64,
    second: f64,
    alpha: f64,
    sides: Sides,
}

impl TwoShares {
    /// The shares as they are expected, and the level of the test.
    ///
    /// # None
    /// When one of them is not strictly between 0 and 1, or the shares are equal.
    pub fn new(first: f64, second: f64, alpha: f64, sides: Sides) -> Option<Self> {
        let usable = [first, second, alpha].iter().all(|value| *value > 0.0 && *value < 1.0);
        (usable && (first - second).abs() > 0.0).then_some(Self { first, second, alpha, sides })
    }

    /// n of each group for a `power` by the normal approximation.
    ///
    /// # None
    /// When `power` is not strictly between 0 and 1.
    pub fn size_per_group(&self, power: f64) -> Option<f64> {
        let sum = self.critical() * self.pooled_spread() + normal_quantile_upper(1.0 - power)? * self.own_spread();
        Some((sum / (self.first - self.second)).powi(2))
    }

    /// The power of groups of `n` each by the normal approximation; the wrong direction is not counted.
    pub fn power_at(&self, n: f64) -> f64 {
        let distance = n.sqrt() * (self.first - self.second).abs() - self.critical() * self.pooled_spread();
        normal_cdf(distance / self.own_spread())
    }

    /// n of each group for a `power` by arcsines; a two-sided test counts both directions.
    ///
    /// # None
    /// When `power` is not strictly between 0 and 1, or not above the level.
    pub fn arcsine_size(&self, power: f64) -> Option<f64> {
        let (h, critical) = (arcsine_distance(self.first, self.second).abs(), self.critical());
        // With one direction only this is the size; the other direction makes it a trifle smaller.
        let one_sided = 2.0 * ((critical + normal_quantile_upper(1.0 - power)?) / h).powi(2);
        if self.sides == Sides::One {
            return Some(one_sided);
        }
        let power_at = |n: f64| {
            let shift = h * (n / 2.0).sqrt();
            normal_sf(critical - shift) + normal_cdf(-critical - shift)
        };
        if power <= self.alpha {
            return None;
        }
        let (mut low, mut high) = (0.0, one_sided.max(1.0) * 2.0);
        while high - low > f64::EPSILON * high {
            let middle = f64::midpoint(low, high);
            if middle <= low || middle >= high {
                break;
            }
            if power_at(middle) < power {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some(f64::midpoint(low, high))
    }

    fn critical(&self) -> f64 {
        upper(if self.sides == Sides::Two { self.alpha / 2.0 } else { self.alpha })
    }

    fn pooled_spread(&self) -> f64 {
        let mean = f64::midpoint(self.first, self.second);
        (2.0 * mean * (1.0 - mean)).sqrt()
    }

    fn own_spread(&self) -> f64 {
        (self.first * (1.0 - self.first) + self.second * (1.0 - self.second)).sqrt()
    }
}

/// Normal quantile at 1 − `tail`, for tails checked to lie between 0 and 1.
fn upper(tail: f64) -> f64 {
    normal_quantile_upper(tail).unwrap_or(f64::MAX)
}

fn arcsine_distance(first: f64, second: f64) -> f64 {
    2.0 * first.sqrt().asin() - 2.0 * second.sqrt().asin()
}

/// P(X ≥ `count`) of `n` at `probability`.
fn at_least(count: u64, n: u64, probability: f64) -> f64 {
    match count {
        0 => 1.0,
        _ if count > n => 0.0,
        _ => incomplete_beta(probability, 1.0 - probability, count as f64, (n - count) as f64 + 1.0).lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rs_manual_is_met() {
        // R: ?power.prop.test: p1 = .50, p2 = .75, power = .90 -> n = 76.7 (one decimal printed); n = 50 -> power = 0.7401659 (of the same shares).
        let plan = TwoShares::new(0.50, 0.75, 0.05, Sides::Two).expect("usable");
        let n = plan.size_per_group(0.90).expect("usable");
        assert!((n - 76.7).abs() < 0.05, "{n}");
        assert!((plan.power_at(50.0) - 0.740_165_9).abs() < 5e-7);
        assert!((plan.power_at(n) - 0.90).abs() < 1e-12);
    }

    #[test]
    fn the_exact_power_is_lost_again_before_it_is_safe() {
        let plan = AgainstTarget::new(0.85, 0.90, 0.05, 0.80).expect("usable");
        let sizes = plan.exact_sizes(1000);
        let (first, stable) = (sizes.first.expect("found"), sizes.stable.expect("found"));
        assert!(first.respondents < stable.respondents);
        for size in [first, stable] {
            assert!(size.power >= 0.80);
            assert!(at_least(size.critical_count, size.respondents, 0.85) <= 0.05);
            assert!(at_least(size.critical_count - 1, size.respondents, 0.85) > 0.05);
        }
        assert_eq!(plan.exact_sizes(100), ExactSizes { first: None, stable: None });
    }

    #[test]
    fn a_share_below_its_target_and_equal_shares_cannot_be_shown() {
        assert!(AgainstTarget::new(0.9, 0.85, 0.05, 0.8).is_none());
        assert!(AgainstTarget::new(0.9, 0.95, 0.0, 0.8).is_none());
        assert!(TwoShares::new(0.9, 0.9, 0.05, Sides::Two).is_none());
        let plan = TwoShares::new(0.8, 0.9, 0.05, Sides::Two).expect("usable");
        assert!(plan.size_per_group(1.0).is_none());
        assert!(plan.arcsine_size(0.01).is_none());
    }
}
