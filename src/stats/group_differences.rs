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
//! held back    with the larger of two variances: V₀_g + V₀_h, V₀ = what people alone leave in a rate (`super::likeness`); and V times
//!              Σ V_gg s(R)/s(R_g)/Σ V_gg where that is above 1, s(r) = r(1 − r), R the rate of both together; Student's t with
//!              ν degrees of freedom of the group with fewer: 1/ν = 1/((1 − strata/clusters)·(Σx)²/Σx²) + (1 − V₀/V_gg)·(6/(k + 2))², x = a
//!              cluster's part of the weight of the group, k = s(R_g)²/V_gg effective answers of the rarer kind, as in `super::likeness`
//! ```
//! The variance of the clusters is itself an estimate: where the two groups happened to say alike on the same few days it is near 0, though
//! other people on those days would have said otherwise. Groups are different people, so that given the days nothing takes away
//! from `V₀_g + V₀_h`, whatever the days have in common. Near the end of the scale a rate that came out too high has too small a variance, so that
//! it is taken as it were if the two were alike, which is what is asked. A cluster with nobody of a group says nothing of that group, few clusters
//! with most of its people say little, and where nearly everybody is satisfied bad days may not have been seen yet.
//!
//! # Source
//! Lumley (2010), doi:10.1002/9780470580066, ch. 2.8; R `survey`: `svyby(covmat = TRUE)`, `svycontrast`. A modelled variance where an estimated one
//! is too small: Franco, Little, Louis, Slud (2019), doi:10.1093/jssam/smy019. A variance as it were without a difference: Miettinen, Nurminen (1985),
//! doi:10.1002/sim.4780040211. Degrees of freedom of a domain by the clusters and strata in which
//! it lies: Korn, Graubard (1999), doi:10.1002/9781118032619, ch. 5.2; by their sizes: Satterthwaite (1946), doi:10.2307/3002019. How often two like groups are told apart: `tests/coverage.rs`.

use super::design::{ClusterLabels, Design, DesignColumns};
use super::domains::{DegreesOf, Difference};
use super::estimate::Responses;
use super::likeness::{RARE_OFFSET, RARE_WEIGHT};
use super::variance::{LonelyCluster, LonelyRule};

/// From so many people in each group on it is said that two differ: below it the figures themselves are called approximate.
pub const JUDGED_FROM: u64 = 100;
/// The same of clusters on which each of them was asked: fewer tell too little of how days differ (`docs/coverage.md`).
pub const JUDGED_FROM_CLUSTERS: usize = 20;

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
    /// Variances of these.
    pub variances: (f64, f64),
    /// The difference with its error.
    pub difference: Difference,
}

/// What stands behind the rate of a group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Behind {
    /// People who gave an answer.
    pub people: u64,
    /// Clusters on which one of them was asked.
    pub clusters: usize,
    /// Strata of these.
    pub strata: usize,
    /// So many clusters of one size would tell as much: (Σx)²/Σx².
    pub effective_clusters: f64,
    /// V₀, of [`super::variance_of_people()`].
    pub variance_of_people: f64,
}

/// r(1 − r) of a rate drawn in by two people, so that nobody is satisfied for certain.
fn drawn_spread(rate: f64, people: f64) -> f64 {
    let drawn = (people * rate + 1.0) / (people + 2.0);
    drawn * (1.0 - drawn)
}

impl Behind {
    /// With the rate of the group and the variance that its clusters give it.
    fn degrees_of_freedom(&self, rate: f64, variance: f64) -> f64 {
        let free = self.clusters.saturating_sub(self.strata) as f64 / self.clusters.max(1) as f64;
        let of_clusters = (free * self.effective_clusters).max(1.0);
        let variance = variance.max(self.variance_of_people);
        let rare = drawn_spread(rate, self.people as f64).powi(2) / variance;
        let of_rare_days = (1.0 - self.variance_of_people / variance) * (RARE_WEIGHT / (rare + RARE_OFFSET)).powi(2);
        (1.0 / (1.0 / of_clusters + of_rare_days)).max(1.0)
    }

    /// Whether there are people and days enough to say that it differs from another.
    fn is_enough(&self) -> bool {
        self.people >= JUDGED_FROM && self.clusters >= JUDGED_FROM_CLUSTERS
    }
}

impl Pair {
    /// The pair with a difference that is never surer than the people and days of either group allow.
    #[must_use]
    pub fn held_back(mut self, behind: &[Behind]) -> Self {
        let (first, second) = (&behind[self.groups.0], &behind[self.groups.1]);
        let floor = first.variance_of_people + second.variance_of_people;
        let people = (first.people as f64, second.people as f64);
        let both = (people.0 * self.rates.0 + people.1 * self.rates.1) / (people.0 + people.1);
        let alike = drawn_spread(both, people.0 + people.1);
        let (of_first, of_second) = self.variances;
        let (to_first, to_second) =
            (alike / drawn_spread(self.rates.0, people.0), alike / drawn_spread(self.rates.1, people.1));
        let as_alike = of_first * to_first + of_second * to_second;
        let larger = if of_first + of_second > 0.0 { (as_alike / (of_first + of_second)).max(1.0) } else { 1.0 };
        let own = &mut self.difference;
        own.standard_error = (own.standard_error * larger.sqrt()).max(floor.sqrt());
        let degrees = |behind: &Behind, rate: f64, variance: f64, to: f64| {
            behind.degrees_of_freedom(rate, variance * to.max(1.0))
        };
        let fewer = degrees(first, self.rates.0, of_first, to_first);
        let fewer = fewer.min(degrees(second, self.rates.1, of_second, to_second));
        own.degrees_of_freedom = own.degrees_of_freedom.min(fewer);
        self
    }

    /// Whether it may be said that the two differ.
    pub fn may_be_judged(&self, behind: &[Behind]) -> bool {
        behind[self.groups.0].is_enough() && behind[self.groups.1].is_enough()
    }
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
                variances: (rate.variance, next.variance),
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
    use crate::stats::{CellSums, DayCluster, variance_of_people};

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
        // Forty people a group and 0.75 satisfied, an answer each: other people on these days would have said otherwise. By hand: the rate drawn
        // towards its own cell is (40 · 0.75 + 4 · 31/42)/44, so that V₀ = p(1 − p)/40 twice; of 4 days of one place 3 are free.
        let rate: f64 = (30.0 + 4.0 * 31.0 / 42.0) / 44.0;
        let one = [DayCluster {
            stratum: 0,
            cells: vec![CellSums { cell: 0, respondents: 40, y: 30, m: 40, yy: 30, ym: 30, mm: 40 }],
        }];
        let variance = variance_of_people(&[1.0], &one).expect("a cell");
        assert!((variance - rate * (1.0 - rate) / 40.0).abs() < 1e-12, "{variance}");
        let behind =
            Behind { people: 40, clusters: 4, strata: 1, effective_clusters: 4.0, variance_of_people: variance };
        let fewer = Behind { clusters: 3, effective_clusters: 3.0, ..behind };
        // Days that differ by no more than people do, so that no bad day is missing.
        let even = Pair { variances: (0.0, 0.0), ..pairs[0] };
        let held = even.held_back(&[behind, fewer]).difference;
        assert!((held.standard_error - (2.0 * variance).sqrt()).abs() < 1e-12);
        assert!((held.degrees_of_freedom - 2.0).abs() < 1e-12);
        // Of three clusters of which one has half of the people 1/(0.25 + 2 · 0.0625) = 8/3 count, two thirds of them free.
        let uneven = Behind { effective_clusters: 8.0 / 3.0, ..fewer };
        let held = even.held_back(&[behind, uneven]).difference;
        assert!((held.degrees_of_freedom - 16.0 / 9.0).abs() < 1e-12);
        // Of days that make half of the variance: k = (31/42 · 11/42)²/2V₀, and half of (6/(k + 2))² on top of a third.
        let half = Pair { variances: (2.0 * variance, 2.0 * variance), ..even };
        let spread = 31.0 / 42.0 * (11.0 / 42.0);
        let rare: f64 = 6.0 / (spread * spread / (2.0 * variance) + 2.0);
        let held = half.held_back(&[behind, behind]).difference;
        assert!((held.degrees_of_freedom - 1.0 / (1.0 / 3.0 + 0.5 * rare * rare)).abs() < 1e-12, "{held:?}");
        // What is less sure by the days stays as it is where the rates are alike; where one is nearer to the end of the scale it is
        // as if they were: of 0.95 and 0.75 of forty each, 0.85 together, the first has (0.85 · 80 + 1)/82 in place of (0.95 · 40 + 1)/42.
        let unsure = Pair { difference: Difference { standard_error: 0.2, ..found }, ..pairs[0] };
        assert!((unsure.held_back(&[behind, behind]).difference.standard_error - 0.2).abs() < 1e-12);
        let apart = Pair { rates: (0.95, 0.75), variances: (0.01, 0.01), ..unsure };
        let spread = |satisfied: f64, people: f64| satisfied / people * (1.0 - satisfied / people);
        let alike = spread(69.0, 82.0);
        let larger = f64::midpoint(alike / spread(39.0, 42.0), alike / spread(31.0, 42.0));
        let held = apart.held_back(&[behind, behind]).difference.standard_error;
        assert!(larger > 1.2 && (held - 0.2 * larger.sqrt()).abs() < 1e-12, "{held}");
    }

    #[test]
    fn two_groups_are_judged_from_a_hundred_people_on_twenty_days_each() {
        let none = Difference {
            difference: 0.1,
            standard_error: 0.01,
            standard_error_if_independent: 0.01,
            degrees_of_freedom: 30.0,
        };
        let pair = Pair { groups: (0, 1), rates: (0.8, 0.9), variances: (1e-4, 1e-4), difference: none };
        let enough =
            Behind { people: 100, clusters: 20, strata: 2, effective_clusters: 20.0, variance_of_people: 1e-4 };
        assert!(pair.may_be_judged(&[enough, enough]));
        for few in [Behind { people: 99, ..enough }, Behind { clusters: 19, ..enough }] {
            assert!(!pair.may_be_judged(&[few, enough]) && !pair.may_be_judged(&[enough, few]));
        }
    }
}
