//! How a sample of n is divided among strata.
//!
//! # Formula
//! Stratum h holds `N_h` people, `S_h` is the standard deviation of their answers, `c_h` the cost of one interview. Its quota is n times its
//! share of
//! ```text
//! proportional   N_h              Neyman   N_h S_h            cost-optimal   N_h S_h/√c_h
//! equal          1                power    N_h^a   (a = ½: between equal and proportional)
//! variance of the stratified mean   Σ (N_h/N)² (1 − n_h/N_h) S_h²/n_h
//! ```
//! Bounds: quotas above `N_h` are set to `N_h`, else those below the minimum to the minimum, the rest is shared out anew, until all fit.
//! Whole numbers by largest remainders, ties to the earlier stratum.
//!
//! # Source
//! Neyman (1934), doi:10.2307/2342192; Cochran (1977) Sampling Techniques, ch. 5; Bankier (1988), doi:10.1080/00031305.1988.10475556,
//! for power allocation.

/// What is known of a stratum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StratumPlan {
    /// N: people (or dossiers) in it.
    pub population: f64,
    /// S: expected standard deviation of the answers; for a share √(p(1 − p)).
    pub deviation: f64,
    /// Cost of one interview, in any unit.
    pub cost: f64,
}

/// A rule of allocation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Allocation {
    /// By size.
    Proportional,
    /// By size and spread: the smallest variance of the mean for n interviews.
    Neyman,
    /// By size, spread and cost: the smallest variance for the money.
    CostOptimal,
    /// Alike: for comparing strata.
    Equal,
    /// By a power of the size, 0 = alike, 1 = proportional.
    Power(f64),
}

impl Allocation {
    /// The quotas of a sample of `n`, not rounded and not bounded.
    ///
    /// # None
    /// When a population or cost is not positive, a deviation is negative, or all deviations are 0.
    pub fn quotas(self, strata: &[StratumPlan], n: f64) -> Option<Vec<f64>> {
        let usable = strata
            .iter()
            .all(|stratum| stratum.population > 0.0 && stratum.cost > 0.0 && stratum.deviation >= 0.0 && n.is_finite());
        let claim = |stratum: &StratumPlan| match self {
            Self::Proportional => stratum.population,
            Self::Neyman => stratum.population * stratum.deviation,
            Self::CostOptimal => stratum.population * stratum.deviation / stratum.cost.sqrt(),
            Self::Equal => 1.0,
            Self::Power(power) => stratum.population.powf(power),
        };
        let claims: Vec<f64> = strata.iter().map(claim).collect();
        let sum: f64 = claims.iter().sum();
        (usable && sum > 0.0 && sum.is_finite()).then(|| claims.iter().map(|claim| n * claim / sum).collect())
    }
}

/// Quotas brought between `minimum` and the population of each stratum, still adding up to `n` where that is possible; a sample
/// larger than all strata together becomes all of them. A stratum smaller than `minimum` is taken whole.
///
/// # None
/// When the lists differ in length, or the minima alone add up to more than `n`.
pub fn within_bounds(quotas: &[f64], n: f64, minimum: f64, populations: &[f64]) -> Option<Vec<f64>> {
    let least: Vec<f64> = populations.iter().map(|population| minimum.min(*population)).collect();
    if quotas.len() != populations.len() || least.iter().sum::<f64>() > n {
        return None;
    }
    let mut fixed: Vec<Option<f64>> = vec![None; quotas.len()];
    loop {
        let taken: f64 = fixed.iter().flatten().sum();
        let free: Vec<usize> = (0..quotas.len()).filter(|at| fixed[*at].is_none()).collect();
        let claims: f64 = free.iter().map(|at| quotas[*at]).sum();
        let share = |at: usize| if claims > 0.0 { quotas[at] / claims * (n - taken) } else { 0.0 };
        let over: Vec<usize> = free.iter().copied().filter(|at| share(*at) > populations[*at]).collect();
        let under: Vec<usize> = free.iter().copied().filter(|at| share(*at) < least[*at]).collect();
        if !over.is_empty() {
            for at in over {
                fixed[at] = Some(populations[at]);
            }
        } else if !under.is_empty() {
            for at in under {
                fixed[at] = Some(least[at]);
            }
        } else {
            return Some(fixed.iter().enumerate().map(|(at, fixed)| fixed.unwrap_or_else(|| share(at))).collect());
        }
    }
}

/// Whole numbers next to `quotas` that add up to `n`: all rounded down, then one more for the largest remainders (Hamilton's
/// method), at most one a stratum.
///
/// # None
/// When a quota is negative or not finite.
pub fn largest_remainders(quotas: &[f64], n: u64) -> Option<Vec<u64>> {
    if !quotas.iter().all(|quota| *quota >= 0.0 && quota.is_finite()) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: finite and not negative")]
    let mut whole: Vec<u64> = quotas.iter().map(|quota| quota.floor() as u64).collect();
    let left = n.saturating_sub(whole.iter().sum());
    let mut order: Vec<usize> = (0..quotas.len()).collect();
    let remainder = |at: usize| quotas[at] - quotas[at].floor();
    order.sort_by(|a, b| remainder(*b).total_cmp(&remainder(*a))); // stable: ties to the earlier
    for (_, at) in (0..left).zip(order) {
        whole[at] += 1;
    }
    Some(whole)
}

/// Variance of the stratified mean with `sizes` respondents in the strata; infinite where a stratum that varies gets nobody.
///
/// # None
/// Without strata, or when the lists differ in length.
pub fn variance_of_mean(strata: &[StratumPlan], sizes: &[u64]) -> Option<f64> {
    if strata.is_empty() || strata.len() != sizes.len() {
        return None;
    }
    let all: f64 = strata.iter().map(|stratum| stratum.population).sum();
    let part = |(stratum, size): (&StratumPlan, &u64)| {
        if stratum.deviation == 0.0 {
            return 0.0;
        }
        let n = *size as f64;
        (stratum.population / all).powi(2) * (1.0 - n / stratum.population) * stratum.deviation.powi(2) / n
    };
    Some(strata.iter().zip(sizes).map(part).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strata() -> Vec<StratumPlan> {
        [(400.0, 0.3, 1.0), (100.0, 0.6, 4.0)]
            .map(|(population, deviation, cost)| StratumPlan { population, deviation, cost })
            .to_vec()
    }

    #[test]
    fn the_rules_divide_as_by_hand() {
        // Claims: 400:100; 120:60; 120:30; 1:1; 20:10.
        let expected = [
            (Allocation::Proportional, 72.0, 18.0),
            (Allocation::Neyman, 60.0, 30.0),
            (Allocation::CostOptimal, 72.0, 18.0),
            (Allocation::Equal, 45.0, 45.0),
            (Allocation::Power(0.5), 60.0, 30.0),
        ];
        for (rule, first, second) in expected {
            let quotas = rule.quotas(&strata(), 90.0).expect("usable");
            assert!((quotas[0] - first).abs() < 1e-12 && (quotas[1] - second).abs() < 1e-12, "{rule:?}: {quotas:?}");
        }
    }

    #[test]
    fn remainders_go_to_the_largest_and_ties_to_the_earlier() {
        assert_eq!(largest_remainders(&[3.5, 2.75, 1.75], 8), Some(vec![3, 3, 2]));
        assert_eq!(largest_remainders(&[2.5, 2.5], 5), Some(vec![3, 2]));
        assert_eq!(largest_remainders(&[f64::NAN], 5), None);
    }

    #[test]
    fn bounds_are_kept_and_the_sum_too() {
        let bounded = within_bounds(&[80.0, 15.0, 5.0], 100.0, 10.0, &[60.0, 500.0, 500.0]).expect("possible");
        assert_eq!(bounded[0].to_bits(), 60.0_f64.to_bits());
        assert!(bounded[2] >= 10.0 && (bounded.iter().sum::<f64>() - 100.0).abs() < 1e-12);
        assert_eq!(within_bounds(&[5.0, 5.0], 10.0, 6.0, &[100.0, 100.0]), None);
        assert_eq!(within_bounds(&[50.0, 50.0], 100.0, 6.0, &[3.0, 40.0]), Some(vec![3.0, 40.0]));
    }

    #[test]
    fn what_is_not_known_cannot_be_shared_by() {
        let flat = vec![StratumPlan { population: 10.0, deviation: 0.0, cost: 1.0 }; 2];
        assert_eq!(Allocation::Neyman.quotas(&flat, 5.0), None);
        assert_eq!(variance_of_mean(&flat, &[0, 0]), Some(0.0));
        assert_eq!(variance_of_mean(&strata(), &[0, 5]), Some(f64::INFINITY));
        assert_eq!(variance_of_mean(&strata(), &[5]), None);
    }
}
