//! Replicate weights: the same estimate made again and again from weights that leave out, double or redraw clusters. How much it
//! moves is its variance, for any estimate, also where no linearisation is at hand.
//!
//! # Formula
//! Replicate r gives every cluster a factor; a row's weight is its design weight times its cluster's factor.
//! ```text
//! V = scale · Σ_r s_r (θ_r − centre)(θ_r − centre)ᵀ        centre: mean of the θ_r, or the full estimate
//! jackknife, strata ignored   one cluster to 0, the others n/(n − 1)                 scale (n − 1)/n · (1 − n/N), s 1
//! jackknife by strata         one cluster to 0, its stratum n_h/(n_h − 1)            s (n_h − 1)/n_h · (1 − n_h/N_h), scale 1
//! balanced (two a stratum)    2 − ρ and ρ by the signs of a Hadamard matrix          scale 1/(R (1 − ρ)²), s 1
//! bootstrap, Canty–Davison    times drawn in n_h draws                               scale n̄/((n̄ − 1)(R − 1)), n̄ harmonic mean of n_h
//! bootstrap, Rao–Wu           times drawn in n_h − 1 draws, · n_h/(n_h − 1)          scale 1/(R − 1)
//! degrees of freedom          rank of the factors of the clusters concerned − 1
//! ```
//! ρ = 0 is balanced repeated replication, 0 < ρ < 1 Fay's method. Both bootstraps take the clusters as drawn with replacement.
//!
//! # Source
//! Wolter (2007) Introduction to Variance Estimation, doi:10.1007/978-0-387-35099-8; Judkins (1990), J. Off. Stat. 6, 223–239, for
//! Fay's method; Canty, Davison (1999), doi:10.1111/1467-9884.00196; Rao, Wu (1988), doi:10.1080/01621459.1988.10478591; R
//! `survey::as.svrepdesign`.

mod estimates;

use nalgebra::DMatrix;

pub use estimates::{Centre, ReplicatedEstimates};

use super::design::SampleStructure;

/// Singular values below this part of the largest count as 0 when degrees of freedom are counted.
const RANK_TOLERANCE: f64 = 1e-7;

/// Why no replicates can be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReplicateError {
    /// A stratum has too few clusters to leave one out.
    #[error("stratum {stratum} has only one cluster; merge it with another stratum")]
    LonelyCluster {
        /// The caller's label.
        stratum: usize,
    },
    /// Balanced replicates need pairs.
    #[error("stratum {stratum} has {found} clusters; balanced replicates need two in every stratum")]
    NotTwo {
        /// The caller's label.
        stratum: usize,
        /// Clusters found.
        found: usize,
    },
    /// Fay's ρ outside its range.
    #[error("Fay's factor is {found}; it must be 0 or more and below 1")]
    BadFay {
        /// The value found.
        found: f64,
    },
    /// Fewer than two replicates, or tables that do not fit.
    #[error(
        "the replicates do not fit: at least two are needed, with one factor for every cluster and one scale for each"
    )]
    BadTable,
    /// The clusters of the frame are not known one by one.
    #[error("the rows of this sample are its clusters and were not kept; replicates need them one by one")]
    ClustersNotKept,
}

/// Factors of the clusters in every replicate, and how the replicates are added up.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicates {
    /// One list a replicate, one factor a cluster, in the order of [`SampleStructure::clusters`].
    factors: Vec<Vec<f64>>,
    scale: f64,
    scales: Vec<f64>,
}

impl Replicates {
    /// Replicates that came with the data: `factors[r][c]` multiplies the weights of cluster c in replicate r.
    ///
    /// # Errors
    /// When there are fewer than two replicates, their lengths differ, or there is not one of `scales` for each.
    pub fn given(factors: Vec<Vec<f64>>, scale: f64, scales: Vec<f64>) -> Result<Self, ReplicateError> {
        let fits = factors.len() >= 2
            && scales.len() == factors.len()
            && factors.iter().all(|replicate| replicate.len() == factors[0].len());
        if fits { Ok(Self { factors, scale, scales }) } else { Err(ReplicateError::BadTable) }
    }

    /// The jackknife that leaves out one cluster at a time and ignores the strata (JK1).
    ///
    /// # Errors
    /// When there are fewer than two clusters.
    pub fn jackknife(frame: &SampleStructure) -> Result<Self, ReplicateError> {
        let clusters = clusters_kept(frame)?;
        let n = clusters.len() as f64;
        let population: Option<f64> = frame.strata.iter().map(|stratum| stratum.population).sum();
        let left_out = |out: usize| (0..clusters.len()).map(|at| if at == out { 0.0 } else { n / (n - 1.0) }).collect();
        let scale = (n - 1.0) / n * population.map_or(1.0, |population| (population - n) / population);
        Self::given((0..clusters.len()).map(left_out).collect(), scale, vec![1.0; clusters.len()])
    }

    /// The jackknife that leaves out one cluster at a time and lets the others of its stratum stand in (`JKn`).
    ///
    /// # Errors
    /// When a stratum has only one cluster.
    pub fn jackknife_by_strata(frame: &SampleStructure) -> Result<Self, ReplicateError> {
        let by_stratum = clusters_by_stratum(frame)?;
        let (mut factors, mut scales) = (Vec::new(), Vec::new());
        for (stratum, clusters) in frame.strata.iter().zip(&by_stratum) {
            let n = clusters.len() as f64;
            for out in clusters {
                let mut replicate = vec![1.0; frame.clusters.len()];
                for at in clusters {
                    replicate[*at] = if at == out { 0.0 } else { n / (n - 1.0) };
                }
                factors.push(replicate);
                scales.push((n - 1.0) / n * stratum.sampling_factor());
            }
        }
        Self::given(factors, 1.0, scales)
    }

    /// Balanced replicates of a design with two clusters in every stratum; `fay` is ρ, 0 for plain balanced replication. As many
    /// replicates as the smallest power of two above the number of strata. Population sizes are not used.
    ///
    /// # Errors
    /// When a stratum does not have two clusters, or ρ is not in 0..1 (1 excluded).
    pub fn balanced(frame: &SampleStructure, fay: f64) -> Result<Self, ReplicateError> {
        if !(0.0..1.0).contains(&fay) {
            return Err(ReplicateError::BadFay { found: fay });
        }
        let by_stratum = clusters_by_stratum(frame)?;
        if let Some((stratum, clusters)) =
            frame.strata.iter().zip(&by_stratum).find(|(_, clusters)| clusters.len() != 2)
        {
            return Err(ReplicateError::NotTwo { stratum: stratum.label, found: clusters.len() });
        }
        let n_replicates = (frame.strata.len() + 1).next_power_of_two();
        let replicate = |number: usize| {
            let mut factors = vec![1.0; frame.clusters.len()];
            for (column, clusters) in by_stratum.iter().enumerate() {
                // Entry of Sylvester's Hadamard matrix; its first column, all alike, is left out.
                let even = (number & (column + 1)).count_ones().is_multiple_of(2);
                let (kept, dropped) = if even { (clusters[0], clusters[1]) } else { (clusters[1], clusters[0]) };
                factors[kept] = 2.0 - fay;
                factors[dropped] = fay;
            }
            factors
        };
        let scale = 1.0 / (n_replicates as f64 * (1.0 - fay).powi(2));
        Self::given((0..n_replicates).map(replicate).collect(), scale, vec![1.0; n_replicates])
    }

    /// The bootstrap of Canty and Davison: as many draws as clusters in every stratum. `uniform` hands over numbers in 0..1.
    ///
    /// # Errors
    /// When a stratum has only one cluster, or fewer than two replicates are asked for.
    pub fn bootstrap_canty_davison(
        frame: &SampleStructure,
        replicates: usize,
        uniform: impl FnMut() -> f64,
    ) -> Result<Self, ReplicateError> {
        let factors = redrawn(frame, replicates, uniform, |n| (n, 1.0))?;
        let inverse: f64 = frame.strata.iter().map(|stratum| 1.0 / stratum.n_clusters as f64).sum();
        let mean = frame.strata.len() as f64 / inverse;
        let scale = mean / ((mean - 1.0) * (replicates as f64 - 1.0));
        Self::given(factors, scale, vec![1.0; replicates])
    }

    /// The bootstrap of Rao and Wu: one draw less than clusters in every stratum. `uniform` hands over numbers in 0..1.
    ///
    /// # Errors
    /// As [`Self::bootstrap_canty_davison`].
    pub fn bootstrap_rao_wu(
        frame: &SampleStructure,
        replicates: usize,
        uniform: impl FnMut() -> f64,
    ) -> Result<Self, ReplicateError> {
        let factors = redrawn(frame, replicates, uniform, |n| (n - 1, n as f64 / (n as f64 - 1.0)))?;
        Self::given(factors, 1.0 / (replicates as f64 - 1.0), vec![1.0; replicates])
    }

    /// The factors of each replicate, one a cluster.
    pub fn factors(&self) -> &[Vec<f64>] {
        &self.factors
    }

    /// The factor before the sum.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// The factors inside the sum, one a replicate.
    pub fn scales(&self) -> &[f64] {
        &self.scales
    }

    /// Degrees of freedom of an estimate that rests on the clusters marked `present`. Takes time with the cube of their number.
    pub fn degrees_of_freedom(&self, present: &[bool]) -> f64 {
        let kept: Vec<usize> = (0..present.len()).filter(|at| present[*at]).collect();
        if kept.is_empty() {
            return 0.0;
        }
        let matrix = DMatrix::from_fn(kept.len(), self.factors.len(), |cluster, replicate| {
            self.factors[replicate][kept[cluster]]
        });
        let values = matrix.singular_values();
        let largest = values.max();
        let rank = values.iter().filter(|value| **value > RANK_TOLERANCE * largest).count();
        (rank as f64 - 1.0).max(0.0)
    }
}

fn clusters_kept(frame: &SampleStructure) -> Result<Vec<usize>, ReplicateError> {
    if frame.elements { Err(ReplicateError::ClustersNotKept) } else { Ok((0..frame.clusters.len()).collect()) }
}

/// Positions of the clusters of each stratum, two at least.
fn clusters_by_stratum(frame: &SampleStructure) -> Result<Vec<Vec<usize>>, ReplicateError> {
    let mut by_stratum = vec![Vec::new(); frame.strata.len()];
    for at in clusters_kept(frame)? {
        by_stratum[frame.clusters[at].stratum].push(at);
    }
    match frame.strata.iter().zip(&by_stratum).find(|(_, clusters)| clusters.len() < 2) {
        Some((stratum, _)) => Err(ReplicateError::LonelyCluster { stratum: stratum.label }),
        None => Ok(by_stratum),
    }
}

/// Factors from drawing clusters with replacement; `plan` says how many draws of n and what one counts.
fn redrawn(
    frame: &SampleStructure,
    replicates: usize,
    mut uniform: impl FnMut() -> f64,
    plan: impl Fn(usize) -> (usize, f64),
) -> Result<Vec<Vec<f64>>, ReplicateError> {
    let by_stratum = clusters_by_stratum(frame)?;
    let mut factors = Vec::with_capacity(replicates);
    for _ in 0..replicates {
        let mut replicate = vec![0.0; frame.clusters.len()];
        for clusters in &by_stratum {
            let (draws, one) = plan(clusters.len());
            for _ in 0..draws {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the length")]
                let at = (uniform() * clusters.len() as f64) as usize;
                replicate[clusters[at.min(clusters.len() - 1)]] += one;
            }
        }
        factors.push(replicate);
    }
    Ok(factors)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::design::{Design, DesignColumns};

    const ANSWERS: [f64; 12] = [3.0, 4.0, 5.0, 1.0, 2.0, 5.0, 4.0, 4.0, 3.0, 2.0, 5.0, 1.0];

    fn design(strata: &[usize], clusters: &[usize]) -> Design {
        let weights = [2.0; 12];
        let columns = DesignColumns {
            weights: &weights,
            strata: Some(strata),
            clusters: Some(clusters),
            ..DesignColumns::default()
        };
        Design::new(&columns).expect("a good design")
    }

    fn pairs() -> Design {
        design(&[1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3], &[1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6])
    }

    fn of_total(design: &Design, replicates: &Replicates) -> Option<ReplicatedEstimates> {
        let total = |weights: &[f64]| weights.iter().zip(&ANSWERS).map(|(weight, answer)| weight * answer).sum();
        design.replicated(replicates, |weights| Some(vec![total(weights)]))
    }

    /// Uniform numbers by a multiplicative congruence (Lehmer).
    fn uniform(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed;
        move || {
            state = state * 48_271 % 2_147_483_647;
            state as f64 / 2_147_483_647.0
        }
    }

    #[test]
    fn jackknife_and_balanced_replicates_give_the_linear_variance_of_a_total() {
        let design = pairs();
        let linear = design.total(&ANSWERS, &[true; 12]).expect("no lonely stratum").variance;
        let frame = design.frame();
        let all = [
            Replicates::jackknife_by_strata(frame),
            Replicates::balanced(frame, 0.0),
            Replicates::balanced(frame, 0.3),
        ];
        for replicates in all {
            let replicates = replicates.expect("pairs");
            let estimates = of_total(&design, &replicates).expect("a total");
            for centre in [Centre::Replicates, Centre::Estimate] {
                let variance = estimates.covariance(centre)[(0, 0)];
                assert!((variance - linear).abs() < 1e-9 * linear, "{variance} instead of {linear}");
            }
            assert!((design.replicate_degrees_of_freedom(&replicates, &[true; 12]) - 3.0).abs() < 1e-12);
        }
    }

    #[test]
    fn both_bootstraps_come_near_the_linear_variance_of_a_total() {
        let design = pairs();
        let linear = design.total(&ANSWERS, &[true; 12]).expect("no lonely stratum").variance;
        let rao_wu = Replicates::bootstrap_rao_wu(design.frame(), 4000, uniform(1)).expect("pairs");
        let canty = Replicates::bootstrap_canty_davison(design.frame(), 4000, uniform(2)).expect("pairs");
        for replicates in [rao_wu, canty] {
            let variance = of_total(&design, &replicates).expect("a total").covariance(Centre::Replicates)[(0, 0)];
            // Three standard errors of a variance from 4000 replicates are about 7 %.
            assert!((variance / linear - 1.0).abs() < 0.07, "{variance} instead of {linear}");
        }
    }

    #[test]
    fn designs_that_cannot_be_replicated_are_refused_by_name() {
        let lonely = design(&[1, 1, 1, 1, 1, 1, 1, 1, 9, 9, 9, 9], &[1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 5]);
        let refusal = Replicates::jackknife_by_strata(lonely.frame()).expect_err("stratum 9 is lonely");
        assert_eq!(refusal, ReplicateError::LonelyCluster { stratum: 9 });
        let three = design(&[1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2], &[1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 5]);
        let refusal = Replicates::balanced(three.frame(), 0.0).expect_err("three in a stratum");
        assert_eq!(refusal, ReplicateError::NotTwo { stratum: 1, found: 3 });
        assert!(Replicates::balanced(pairs().frame(), 1.0).is_err());
        assert!(Replicates::bootstrap_rao_wu(pairs().frame(), 1, || 0.5).is_err());
        let other = Replicates::given(vec![vec![1.0; 4]; 3], 1.0, vec![1.0; 3]).expect("a table");
        assert!(of_total(&pairs(), &other).is_none());
    }
}
