//! Groups of people beside each other who were asked on the same days at the same places: their rates over the same cells, and the
//! differences of these with what the days have in common.
//!
//! # Formula
//! Group g, cell c, cluster k: y satisfied of m answers; `W_gc` the weight of the cell for the group, adding up to 1.
//! ```text
//! rate         R_g = Σ_c W_gc y_gc/m_gc
//! influence    z_gk = Σ_c W_gc (y_gck − R_gc m_gck)/m_gc         of every cluster, 0 where nobody of the group was asked
//! covariance   V_gh = Σ_strata n/(n − 1) Σ_k (z_gk − z̄_g)(z_hk − z̄_h)
//! difference   R_h − R_g with V_gg + V_hh − 2 V_gh, Student's t with clusters − strata degrees of freedom
//! ```
//! # Source
//! Lumley (2010), doi:10.1002/9780470580066, ch. 2.8; R `survey`: `svyby(covmat = TRUE)`, `svycontrast`.

use super::design::{ClusterLabels, Design, DesignColumns};
use super::domains::{DegreesOf, Difference};
use super::estimate::Responses;
use super::variance::{LonelyCluster, LonelyRule};

/// What a group said in a cell on a day at a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupSums {
    /// The group.
    pub group: usize,
    /// The cell.
    pub cell: usize,
    /// The cluster, a place in the list of strata.
    pub cluster: usize,
    /// Satisfied answers.
    pub satisfied: f64,
    /// Answers.
    pub answers: f64,
}

/// Two groups with their difference, second − first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Places of the groups.
    pub groups: (usize, usize),
    /// Their rates.
    pub rates: (f64, f64),
    /// The difference with its error.
    pub difference: Difference,
}

/// Every two groups. `strata` has the stratum of each cluster; `weights` for each group the cells that it has and their weights.
/// # None
/// When a group has no answer in one of its cells, or there are too few clusters for any variance.
pub fn group_differences(strata: &[usize], sums: &[GroupSums], weights: &[Vec<(usize, f64)>]) -> Option<Vec<Pair>> {
    let n = strata.len();
    let clusters: Vec<usize> = (0..n).collect();
    let ones = vec![1.0; n];
    let columns = DesignColumns {
        weights: &ones,
        strata: Some(strata),
        clusters: Some(&clusters),
        labels: ClusterLabels::Unique,
        ..DesignColumns::default()
    };
    let rule = LonelyRule { clusters: LonelyCluster::Adjust, in_domains: false };
    let design = Design::new(&columns).ok()?.with_lonely_rule(rule);
    let domains: Vec<(usize, usize, f64)> = weights
        .iter()
        .enumerate()
        .flat_map(|(group, cells)| cells.iter().map(move |(cell, w)| (group, *cell, *w)))
        .collect();
    let responses: Vec<Responses> = domains
        .iter()
        .map(|(group, cell, _)| {
            let (mut satisfied, mut answers) = (vec![0.0; n], vec![0.0; n]);
            for own in sums.iter().filter(|own| (own.group, own.cell) == (*group, *cell)) {
                satisfied[own.cluster] += own.satisfied;
                answers[own.cluster] += own.answers;
            }
            Responses { counts: answers, sums: satisfied.clone(), squares: satisfied }
        })
        .collect();
    let joint = design.joint_means(&responses, DegreesOf::WholeDesign).ok()??;
    // Row g of the weights over all domains.
    let of = |wanted: usize| -> Vec<f64> {
        domains.iter().map(|(group, _, weight)| if *group == wanted { *weight } else { 0.0 }).collect()
    };
    let mut pairs = Vec::new();
    for first in 0..weights.len() {
        for second in first + 1..weights.len() {
            let (one, other) = (of(first), of(second));
            let less: Vec<f64> = other.iter().zip(&one).map(|(other, one)| other - one).collect();
            let (rate, next, change) = (joint.contrast(&one), joint.contrast(&other), joint.contrast(&less));
            pairs.push(Pair {
                groups: (first, second),
                rates: (rate.value, next.value),
                difference: Difference {
                    difference: change.value,
                    standard_error: change.variance.max(0.0).sqrt(),
                    standard_error_if_independent: (rate.variance + next.variance).max(0.0).sqrt(),
                    degrees_of_freedom: joint.degrees_of_freedom,
                },
            });
        }
    }
    Some(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_days_have_in_common_takes_nothing_from_the_difference() {
        // Two groups that say the same on every day: a day is good or bad for both, so their difference is 0 without any error.
        let day = |cluster: usize, satisfied: f64| {
            [0, 1].map(|group| GroupSums { group, cell: 0, cluster, satisfied, answers: 10.0 })
        };
        let sums: Vec<GroupSums> =
            [9.0, 4.0, 7.0, 10.0].into_iter().enumerate().flat_map(|(at, y)| day(at, y)).collect();
        let pairs = group_differences(&[0, 0, 0, 0], &sums, &[vec![(0, 1.0)], vec![(0, 1.0)]]).expect("a pair");
        let found = pairs[0].difference;
        assert!((pairs[0].rates.0 - 0.75).abs() < 1e-12 && found.difference.abs() < 1e-12);
        assert!(found.standard_error < 1e-9 && found.standard_error_if_independent > 0.1);
        assert!((found.degrees_of_freedom - 3.0).abs() < 1e-12);
        assert_eq!(group_differences(&[0, 0], &sums[..2], &[vec![(0, 1.0)], vec![(1, 1.0)]]), None);
    }
}
