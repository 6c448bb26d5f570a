//! The score interval of a weighted sum of independent proportions, each with an effective size.
//!
//! Wilson's interval asks which true shares the seen one is compatible with, using the variance **at that true share**. For a sum of
//! several shares there are many ways to reach a total; the most likely one is taken. A small cell in which everybody was satisfied
//! then counts with the variance of the share that it may really have, not with 0.

use super::basics::Interval;
use super::proportion::wilson_effective;

/// One proportion of the sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// W, more than 0.
    pub weight: f64,
    /// The share seen, 0–1.
    pub satisfied: f64,
    /// Its complement, given apart so that nothing cancels near 1.
    pub dissatisfied: f64,
    /// The effective size n: independent answers that would be as sure.
    pub size: f64,
}

/// The interval of `Σ W p`, clipped to 0..=ΣW, `critical` c being a normal or Student quantile.
///
/// # Formula
/// The limits are the θ at which `(R − θ)² = c² Σ W² p(1 − p)/n`, R = Σ W r, where the p maximise the likelihood
/// `Σ n (r log p + (1 − r) log(1 − p))` under Σ W p = θ. With the multiplier λ of that condition `n (r − p) = λ W p(1 − p)`, a quadratic in
/// each p, and R − θ = λ V, so the lower limit is at the λ > 0 with `λ² V = c²`; the upper one is the lower one of the dissatisfied.
/// One term gives Wilson's interval.
///
/// # Source
/// Martín Andrés, Álvarez Hernández, Herranz Tejedor (2012), doi:10.1080/00949655.2010.530601; Miettinen, Nurminen (1985),
/// doi:10.1002/sim.4780040211, for two terms.
///
/// # None
/// Without a term; where a weight or a size is not positive and finite, a share outside 0..=1, or c not positive and finite.
pub fn score_sum(terms: &[Term], critical: f64) -> Option<Interval> {
    let positive = |number: f64| number > 0.0 && number.is_finite();
    let usable = |term: &Term| {
        let shares = (0.0..=1.0).contains(&term.satisfied) && (0.0..=1.0).contains(&term.dissatisfied);
        positive(term.weight) && positive(term.size) && shares
    };
    if terms.is_empty() || !positive(critical) || !terms.iter().all(usable) {
        return None;
    }
    if let [term] = terms {
        let one = wilson_effective(term.satisfied, term.size, critical)?;
        return Some(Interval::new(one.low * term.weight, one.high * term.weight));
    }
    let turned = |term: &Term| Term { satisfied: term.dissatisfied, dissatisfied: term.satisfied, ..*term };
    let whole: f64 = terms.iter().map(|term| term.weight).sum();
    let dissatisfied: Vec<Term> = terms.iter().map(turned).collect();
    Some(Interval::new(lower(terms, critical), whole - lower(&dissatisfied, critical)))
}

/// The lower limit.
fn lower(terms: &[Term], critical: f64) -> f64 {
    if terms.iter().all(|term| term.satisfied <= 0.0) {
        return 0.0;
    }
    let wanted = critical * critical;
    let reaches = |multiplier: f64| multiplier * multiplier * at(terms, multiplier).1 >= wanted;
    // λ² V grows with λ, at last in proportion to it.
    let mut right = critical * terms.iter().map(|term| term.size / term.weight).fold(0.0, f64::max).sqrt();
    while !reaches(right) && right < f64::MAX / 16.0 {
        right *= 4.0;
    }
    let mut left = 0.0;
    while right - left > 4.0 * f64::EPSILON * right {
        let middle = f64::midpoint(left, right);
        if reaches(middle) {
            right = middle;
        } else {
            left = middle;
        }
    }
    at(terms, right).0
}

/// θ = Σ W p and V = Σ W² p(1 − p)/n at a multiplier.
fn at(terms: &[Term], multiplier: f64) -> (f64, f64) {
    let (mut total, mut variance) = (0.0, 0.0);
    for Term { weight, satisfied, dissatisfied, size } in terms {
        let pull = multiplier * weight;
        let sum = size + pull;
        // (n + λW)² − 4 λ W n r in a form that does not cancel.
        let root = ((size - pull).powi(2) + 4.0 * pull * size * dissatisfied).sqrt();
        let share = 2.0 * size * satisfied / (sum + root);
        total += weight * share;
        variance += weight * weight * share * (1.0 - share) / size;
    }
    (total, variance)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(weight: f64, satisfied: f64, size: f64) -> Term {
        Term { weight, satisfied, dissatisfied: 1.0 - satisfied, size }
    }

    #[test]
    fn terms_of_one_share_with_sizes_in_proportion_to_their_weights_are_one_of_wilson() {
        let parts = [term(0.2, 0.9, 20.0), term(0.3, 0.9, 30.0), term(0.5, 0.9, 50.0)];
        let (sum, one) = (score_sum(&parts, 2.0).expect("terms"), wilson_effective(0.9, 100.0, 2.0).expect("a size"));
        assert!((sum.low - one.low).abs() < 1e-12 && (sum.high - one.high).abs() < 1e-12, "{sum:?} {one:?}");
    }

    #[test]
    fn the_limits_lie_where_the_distance_is_so_many_standard_errors() {
        // At θ the most likely shares solve n (r − p)/(p(1 − p)W) = λ, the same for each; by a search over p here.
        let parts = [term(0.5, 0.85, 400.0), term(0.5, 1.0, 12.0)];
        let sum = score_sum(&parts, 1.96).expect("terms");
        let best = (0..=1_000_000_u32).map(|step| {
            let second = f64::from(step) / 1e6;
            let first = 2.0 * sum.low - second;
            let likelihood = 400.0 * (0.85 * first.ln() + 0.15 * (1.0 - first).ln()) + 12.0 * second.ln();
            (if likelihood.is_nan() { f64::NEG_INFINITY } else { likelihood }, first, second)
        });
        let best = best.fold((f64::NEG_INFINITY, 0.0, 0.0), |best, next| if next.0 > best.0 { next } else { best });
        let variance = 0.25 * (best.1 * (1.0 - best.1) / 400.0 + best.2 * (1.0 - best.2) / 12.0);
        assert!(((0.925 - sum.low) / variance.sqrt() - 1.96).abs() < 1e-4, "{sum:?} {best:?}");
    }

    #[test]
    fn ends_are_reached_and_nonsense_refused() {
        let all = [term(0.5, 1.0, 12.0), term(0.5, 1.0, 12.0)];
        let sum = score_sum(&all, 1.96).expect("terms");
        assert!(sum.low > 0.5 && sum.low < 1.0 && (sum.high - 1.0).abs() < 1e-15);
        assert_eq!(score_sum(&[], 1.96), None);
        assert_eq!(score_sum(&[term(0.0, 0.5, 3.0)], 1.96), None);
        assert_eq!(score_sum(&[term(1.0, 0.5, 0.0)], 1.96), None);
        assert_eq!(score_sum(&[term(1.0, 0.5, 3.0)], 0.0), None);
    }
}
