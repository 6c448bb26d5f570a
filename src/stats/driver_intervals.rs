//! How sure the shares of drivers are: a bootstrap over clusters, from sums of theirs.
//!
//! # Formula
//! A cluster c holds `n_c` respondents and the sums Σ v and Σ vvᵀ of v = (criteria, outcome). A draw takes as many clusters as there are, with
//! replacement; its covariances follow from the added sums, its shares are Johnson's relative weights over their sum:
//! ```text
//! share_j = weight_j / Σ weight        interval: the 2.5 % and 97.5 % points of the shares of all draws (linear between them)
//! ```
//! Draws in which something does not vary, or a criterion is a combination of others, are left out and counted.
//!
//! # Source
//! Johnson (2000), `doi:10.1207/S15327906MBR3501_1`; Tonidandel, `LeBreton`, Johnson (2009), doi:10.1037/a0017735, for their bootstrap; Field and Welsh
//! (2007), doi:10.1111/j.1467-9868.2007.00593.x, for drawing clusters. `SplitMix64` (Steele and others 2014, doi:10.1145/2660193.2660195) draws.

use nalgebra::DMatrix;

use super::basics::Interval;
use super::drivers::Correlations;

/// Fewer clusters tell too little of how they differ.
pub const CLUSTERS_MIN: usize = 20;
/// At least so many of a hundred draws must have shares.
const USABLE_OF_HUNDRED: usize = 90;

/// Sums over the respondents of one cluster, all of whom answered everything.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    /// Respondents.
    n: f64,
    /// Σ v.
    sums: Vec<f64>,
    /// Σ vvᵀ, lower triangle by rows.
    products: Vec<f64>,
}

/// The share of a criterion in what all explain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// From all data.
    pub value: f64,
    /// Percentile interval.
    pub interval: Interval,
}

/// Shares of all criteria.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// One a criterion.
    pub of_each: Vec<Share>,
    /// R² of all together.
    pub r_squared: f64,
    /// Variance inflation of each.
    pub inflation: Vec<f64>,
    /// Draws that had shares.
    pub draws: usize,
}

impl Moments {
    /// Nothing yet, of so many variables: criteria and the outcome.
    pub fn empty(variables: usize) -> Self {
        Self { n: 0.0, sums: vec![0.0; variables], products: vec![0.0; variables * (variables + 1) / 2] }
    }

    /// Adds a respondent: criteria and, last, the outcome. Values beyond the variables are ignored.
    pub fn add(&mut self, values: &[f64]) {
        self.n += 1.0;
        let mut place = 0;
        for (row, value) in values.iter().take(self.sums.len()).enumerate() {
            self.sums[row] += value;
            for other in &values[..=row] {
                self.products[place] += value * other;
                place += 1;
            }
        }
    }
}

/// The covariance matrix of added sums.
fn covariance(n: f64, sums: &[f64], products: &[f64]) -> DMatrix<f64> {
    let mut matrix = DMatrix::zeros(sums.len(), sums.len());
    let mut place = 0;
    for (row, of_row) in sums.iter().enumerate() {
        for (column, of_column) in sums[..=row].iter().enumerate() {
            let value = products[place] / n - of_row / n * (of_column / n);
            matrix[(row, column)] = value;
            matrix[(column, row)] = value;
            place += 1;
        }
    }
    matrix
}

/// Relative weights as shares of their sum.
fn shares_of(found: &Correlations) -> Option<Vec<f64>> {
    let weights = found.relative_weights();
    let sum: f64 = weights.iter().sum();
    (sum > 0.0 && sum.is_finite()).then(|| weights.iter().map(|weight| weight / sum).collect())
}

/// The next number of `SplitMix64`.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Shares with intervals from so many draws; the same seed gives the same intervals.
///
/// # None
/// With fewer than [`CLUSTERS_MIN`] clusters, when clusters differ in their variables, when something does not vary or a criterion is a
/// combination of others, and when that happens in more than a tenth of the draws.
pub fn shares(clusters: &[Moments], draws: usize, seed: u64) -> Option<Shares> {
    let first = clusters.first()?;
    let (variables, pairs) = (first.sums.len(), first.products.len());
    if clusters.len() < CLUSTERS_MIN || clusters.iter().any(|cluster| cluster.sums.len() != variables) {
        return None;
    }
    let added = |counts: &[f64]| {
        let (mut n, mut sums, mut products) = (0.0, vec![0.0; variables], vec![0.0; pairs]);
        for (cluster, count) in clusters.iter().zip(counts).filter(|(_, count)| **count > 0.0) {
            n += count * cluster.n;
            for (sum, more) in sums.iter_mut().zip(&cluster.sums) {
                *sum += count * more;
            }
            for (sum, more) in products.iter_mut().zip(&cluster.products) {
                *sum += count * more;
            }
        }
        (n > 0.0).then(|| covariance(n, &sums, &products))
    };
    let whole = Correlations::from_covariance(&added(&vec![1.0; clusters.len()])?)?;
    let values = shares_of(&whole)?;
    let (mut state, many) = (seed, clusters.len() as u64);
    let mut drawn: Vec<Vec<f64>> = Vec::with_capacity(draws);
    let mut counts = vec![0.0; clusters.len()];
    for _ in 0..draws {
        counts.fill(0.0);
        for _ in 0..clusters.len() {
            // The upper half of a product: even enough for fewer than 2^32 clusters.
            let at = ((next(&mut state) >> 32) * many) >> 32;
            if let Some(count) = usize::try_from(at).ok().and_then(|at| counts.get_mut(at)) {
                *count += 1.0;
            }
        }
        let found = added(&counts).and_then(|covariance| Correlations::from_covariance(&covariance));
        drawn.extend(found.as_ref().and_then(shares_of));
    }
    if drawn.is_empty() || drawn.len() * 100 < draws * USABLE_OF_HUNDRED {
        return None;
    }
    let interval = |criterion: usize| {
        let mut of_criterion: Vec<f64> = drawn.iter().map(|draw| draw[criterion]).collect();
        of_criterion.sort_by(f64::total_cmp);
        Interval::new(percentile(&of_criterion, 0.025), percentile(&of_criterion, 0.975))
    };
    let of_each =
        values.iter().enumerate().map(|(at, value)| Share { value: *value, interval: interval(at) }).collect();
    Some(Shares { of_each, r_squared: whole.r_squared(), inflation: whole.variance_inflation(), draws: drawn.len() })
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
fn percentile(sorted: &[f64], part: f64) -> f64 {
    let place = part * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - place.floor()) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clusters in which the outcome follows the first criterion, and the second goes its own way.
    fn clusters(count: u64, of_second: f64) -> Vec<Moments> {
        let mut state = 7;
        let mut uniform = || (next(&mut state) >> 11) as f64 / (1_u64 << 53) as f64;
        let of_cluster = |_| {
            let mut moments = Moments::empty(3);
            for _ in 0..25 {
                let (first, second, own) = (uniform(), uniform(), uniform());
                moments.add(&[first, second, first + of_second * second + own]);
            }
            moments
        };
        (0..count).map(of_cluster).collect()
    }

    #[test]
    fn what_the_outcome_follows_has_its_share_within_the_interval() {
        // Unlike criteria: shares are those of the variances, 1 and 0.25 of 1.25.
        let found = shares(&clusters(200, 0.5), 300, 3).expect("shares");
        assert!((found.of_each[0].value - 0.8).abs() < 0.03, "{found:?}");
        assert!(found.of_each[0].interval.contains(0.8) && found.of_each[1].interval.contains(0.2), "{found:?}");
        assert!((found.of_each[0].value + found.of_each[1].value - 1.0).abs() < 1e-12);
        assert!(found.of_each[0].interval.width() < 0.12);
        assert!(found.inflation[0] < 1.05);
        assert_eq!(found.draws, 300);
        assert_eq!(shares(&clusters(200, 0.5), 300, 3), Some(found), "the same seed gives the same");
    }

    #[test]
    fn few_clusters_and_criteria_that_are_combinations_have_no_shares() {
        assert_eq!(shares(&clusters(19, 0.5), 100, 1), None);
        assert_eq!(shares(&[], 100, 1), None);
        let mut alike = vec![Moments::empty(3); 30];
        for (number, moments) in alike.iter_mut().enumerate() {
            for at in 0..5 {
                let value = f64::from(at) + number as f64;
                moments.add(&[value, 2.0 * value, f64::from(at % 2)]);
            }
        }
        assert_eq!(shares(&alike, 100, 1), None);
    }
}
