//! Reliability of a scale: how well the items of a factor, added up, measure one thing.
//!
//! # Formula
//! C is the covariance matrix of the k items (divisor n − 1), R their correlation matrix, r̄ its mean off the diagonal.
//! ```text
//! alpha               k/(k − 1) · (1 − tr C / Σ C)
//! standardised alpha  k r̄ / (1 + (k − 1) r̄)
//! lambda 6            1 − Σ_j (1 − smc_j) / Σ R,      smc_j = 1 − 1/(R⁻¹)_jj
//! omega               (Σ λ)² / ((Σ λ)² + Σ ψ),        one factor: C ≈ λλᵀ + diag ψ
//! Feldt's interval    1 − (1 − alpha) · F_{1−g}, 1 − (1 − alpha) · F_g    on n − 1 and (n − 1)(k − 1) degrees of freedom
//! item–total          correlation of an item with the sum of all items, itself included
//! item–rest           correlation of an item with the sum of the others
//! ```
//! Alpha equals the reliability only where all items load alike, else it is a lower bound; omega lets the loadings differ. Neither
//! shows that there is one factor.
//!
//! # Source
//! Cronbach (1951), doi:10.1007/BF02310555; Feldt, Woodruff, Salih (1987), doi:10.1177/014662168701100107; Guttman (1945),
//! doi:10.1007/BF02288892; McDonald (1999) Test Theory, doi:10.4324/9781410601087; the one factor by Harman, Jones (1966),
//! doi:10.1007/BF02289468.

use nalgebra::{Cholesky, DMatrix};

use super::basics::{Confidence, Interval};
use super::quantile::f_quantile;

/// Rounds after which the one-factor fit is given up.
const ROUNDS_MAX: u32 = 100_000;

/// An item of which less than this is left when the others are known is a combination of them.
const COLLINEAR_BELOW: f64 = 1e-10;

/// Largest change of a loading, on the scale of correlations, that counts as none.
const SETTLED: f64 = 1e-13;

/// Items of a scale with the covariance of their answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    respondents: usize,
    means: Vec<f64>,
    covariance: DMatrix<f64>,
}

/// What one item is to its scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScaleItem {
    /// Mean of the answers.
    pub mean: f64,
    /// Standard deviation of the answers, divisor n − 1.
    pub standard_deviation: f64,
    /// Correlation with the sum of all items; `None` when either does not vary.
    pub item_total: Option<f64>,
    /// Correlation with the sum of the other items; `None` when either does not vary.
    pub item_rest: Option<f64>,
    /// Alpha of the scale without this item; `None` for scales of two items, or when the others do not vary.
    pub alpha_if_dropped: Option<f64>,
}

/// One respondent's answers: one entry an item, `None` where there is no answer.
pub type Answers = Vec<Option<f64>>;

impl Scale {
    /// From the respondents who answered every item.
    ///
    /// # None
    /// With fewer than two items or fewer than two such respondents, or when rows differ in length.
    pub fn of_complete(rows: &[Answers]) -> Option<Self> {
        let n_items = items_of(rows)?;
        let complete: Vec<Vec<f64>> =
            rows.iter().filter_map(|row| row.iter().copied().collect::<Option<Vec<f64>>>()).collect();
        if complete.len() < 2 {
            return None;
        }
        let n = complete.len() as f64;
        let means: Vec<f64> = (0..n_items).map(|item| complete.iter().map(|row| row[item]).sum::<f64>() / n).collect();
        let mut covariance = DMatrix::zeros(n_items, n_items);
        for row in &complete {
            for i in 0..n_items {
                for j in 0..n_items {
                    covariance[(i, j)] += (row[i] - means[i]) * (row[j] - means[j]);
                }
            }
        }
        covariance /= n - 1.0;
        Some(Self { respondents: complete.len(), means, covariance })
    }

    /// From all answers: each covariance over the respondents who answered both items. Such a matrix need not belong to any data,
    /// so compare its alpha with that of [`Self::of_complete`] before believing it.
    ///
    /// # None
    /// With fewer than two items, when rows differ in length, or when two items were answered together by fewer than two.
    pub fn of_pairs(rows: &[Answers]) -> Option<Self> {
        let n_items = items_of(rows)?;
        let respondents = rows.iter().filter(|row| row.iter().any(Option::is_some)).count();
        let mut means = Vec::with_capacity(n_items);
        let mut covariance = DMatrix::zeros(n_items, n_items);
        for i in 0..n_items {
            let answers: Vec<f64> = rows.iter().filter_map(|row| row[i]).collect();
            means.push(answers.iter().sum::<f64>() / answers.len() as f64);
            for j in 0..=i {
                let both: Vec<(f64, f64)> = rows.iter().filter_map(|row| row[i].zip(row[j])).collect();
                if both.len() < 2 {
                    return None;
                }
                let n = both.len() as f64;
                let mean_i = both.iter().map(|(a, _)| a).sum::<f64>() / n;
                let mean_j = both.iter().map(|(_, b)| b).sum::<f64>() / n;
                let products: f64 = both.iter().map(|(a, b)| (a - mean_i) * (b - mean_j)).sum();
                covariance[(i, j)] = products / (n - 1.0);
                covariance[(j, i)] = covariance[(i, j)];
            }
        }
        Some(Self { respondents, means, covariance })
    }

    /// Respondents it rests on: those who answered every item, or any of them (by pairs).
    pub fn respondents(&self) -> usize {
        self.respondents
    }

    /// k: number of items.
    pub fn n_items(&self) -> usize {
        self.means.len()
    }

    /// C: covariance matrix of the items.
    pub fn covariance(&self) -> &DMatrix<f64> {
        &self.covariance
    }

    /// Cronbach's alpha; 1 = the items agree wholly. It may be negative.
    ///
    /// # None
    /// When the sum of the items does not vary.
    pub fn alpha(&self) -> Option<f64> {
        alpha_of(self.n_items(), self.covariance.trace(), self.covariance.sum())
    }

    /// Alpha of the items brought to the same variance.
    ///
    /// # None
    /// When an item does not vary.
    pub fn alpha_standardised(&self) -> Option<f64> {
        let (k, mean) = (self.n_items() as f64, self.mean_correlation()?);
        Some(k * mean / (1.0 + (k - 1.0) * mean))
    }

    /// r̄: mean correlation between two items.
    ///
    /// # None
    /// When an item does not vary.
    pub fn mean_correlation(&self) -> Option<f64> {
        let k = self.n_items() as f64;
        Some((self.correlation()?.sum() - k) / (k * (k - 1.0)))
    }

    /// Feldt's interval of alpha.
    ///
    /// # None
    /// When alpha is undefined.
    pub fn alpha_interval(&self, confidence: Confidence) -> Option<Interval> {
        let alpha = self.alpha()?;
        let (n, k) = (self.respondents as f64, self.n_items() as f64);
        let f = |probability| f_quantile(probability, n - 1.0, (n - 1.0) * (k - 1.0));
        let (low, high) = (f(1.0 - confidence.tail())?, f(confidence.tail())?);
        Some(Interval::new(1.0 - (1.0 - alpha) * low, 1.0 - (1.0 - alpha) * high))
    }

    /// Guttman's lambda 6: what each item shares with the others, by squared multiple correlations.
    ///
    /// # None
    /// When an item does not vary or is a combination of the others.
    pub fn guttman_lambda6(&self) -> Option<f64> {
        let correlation = self.correlation()?;
        let total = correlation.sum();
        let inverse = Cholesky::new(correlation)?.inverse();
        let unshared: Vec<f64> = inverse.diagonal().iter().map(|diagonal| 1.0 / diagonal).collect();
        let determined = total > 0.0 && unshared.iter().all(|left| *left > COLLINEAR_BELOW);
        determined.then(|| 1.0 - unshared.iter().sum::<f64>() / total)
    }

    /// McDonald's omega of the sum of the items, from one common factor fitted to the correlations by least squares.
    ///
    /// # None
    /// With fewer than three items (the loadings are not determined), when an item does not vary, when the items do not go
    /// together at all, or when an item would have to share more than all of its variance (a Heywood case).
    pub fn omega(&self) -> Option<f64> {
        let loadings = one_factor(&self.correlation()?)?;
        let scale: Vec<f64> = self.covariance.diagonal().iter().map(|variance| variance.sqrt()).collect();
        let common: f64 = loadings.iter().zip(&scale).map(|(loading, sd)| loading * sd).sum();
        let unique: f64 = loadings.iter().zip(&scale).map(|(loading, sd)| (1.0 - loading * loading) * sd * sd).sum();
        Some(common * common / (common * common + unique))
    }

    /// Every item's part in the scale.
    pub fn items(&self) -> Vec<ScaleItem> {
        let (trace, total) = (self.covariance.trace(), self.covariance.sum());
        let item = |j: usize| {
            let variance = self.covariance[(j, j)];
            let with_total = self.covariance.row(j).sum();
            let rest = total - 2.0 * with_total + variance;
            let correlation = |covariance: f64, other: f64| {
                (variance > 0.0 && other > 0.0).then(|| covariance / (variance * other).sqrt())
            };
            ScaleItem {
                mean: self.means[j],
                standard_deviation: variance.max(0.0).sqrt(),
                item_total: correlation(with_total, total),
                item_rest: correlation(with_total - variance, rest),
                alpha_if_dropped: alpha_of(self.n_items() - 1, trace - variance, rest),
            }
        };
        (0..self.n_items()).map(item).collect()
    }

    fn correlation(&self) -> Option<DMatrix<f64>> {
        let c = &self.covariance;
        let vary = c.diagonal().iter().all(|variance| *variance > 0.0);
        vary.then(|| DMatrix::from_fn(c.nrows(), c.ncols(), |i, j| c[(i, j)] / (c[(i, i)] * c[(j, j)]).sqrt()))
    }
}

/// Number of items, where there are at least two and every row has as many.
fn items_of(rows: &[Answers]) -> Option<usize> {
    let n_items = rows.first()?.len();
    (n_items >= 2 && rows.iter().all(|row| row.len() == n_items)).then_some(n_items)
}

fn alpha_of(n_items: usize, trace: f64, total: f64) -> Option<f64> {
    let k = n_items as f64;
    (n_items >= 2 && total > 0.0).then(|| k / (k - 1.0) * (1.0 - trace / total))
}

/// Loadings λ that bring λᵢλⱼ closest to the correlations off the diagonal: each in turn is set to its best value.
fn one_factor(correlation: &DMatrix<f64>) -> Option<Vec<f64>> {
    let k = correlation.nrows();
    let off_diagonal = correlation.sum() - k as f64;
    if k < 3 || off_diagonal <= 0.0 {
        return None;
    }
    let mut loadings: Vec<f64> = (0..k).map(|i| (correlation.row(i).sum() - 1.0) / off_diagonal.sqrt()).collect();
    for _ in 0..ROUNDS_MAX {
        let mut largest_change = 0.0_f64;
        for i in 0..k {
            let (mut above, mut below) = (0.0, 0.0);
            for j in (0..k).filter(|j| *j != i) {
                above += correlation[(i, j)] * loadings[j];
                below += loadings[j] * loadings[j];
            }
            if below <= 0.0 {
                return None;
            }
            let better = above / below;
            largest_change = largest_change.max((better - loadings[i]).abs());
            loadings[i] = better;
        }
        if largest_change <= SETTLED {
            return loadings.iter().all(|loading| loading.abs() <= 1.0).then_some(loadings);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(covariance: &[f64], k: usize) -> Scale {
        Scale { respondents: 200, means: vec![3.0; k], covariance: DMatrix::from_row_slice(k, k, covariance) }
    }

    #[test]
    fn omega_finds_the_loadings_that_made_the_covariances() {
        // By hand: λ = (1, 0.8, 0.5, 0.6), ψ = (0.5, 0.4, 0.75, 0.64): omega = 2.9² / (2.9² + 2.29).
        let (lambda, psi) = ([1.0, 0.8, 0.5, 0.6], [0.5, 0.4, 0.75, 0.64]);
        let entry = |i: usize, j: usize| lambda[i] * lambda[j] + if i == j { psi[i] } else { 0.0 };
        let covariance: Vec<f64> = (0..16).map(|at| entry(at / 4, at % 4)).collect();
        let scale = scale(&covariance, 4);
        let omega = scale.omega().expect("one factor");
        assert!((omega - 8.41 / 10.7).abs() < 1e-10, "{omega}");
        assert!(scale.alpha().expect("it varies") < omega, "alpha is a lower bound where loadings differ");
    }

    #[test]
    fn alpha_and_omega_agree_where_all_items_load_alike() {
        // Equal covariances c = 0.4 and variances 1: alpha = k c / (1 + (k − 1) c) = 1.2 / 1.8.
        let covariance = [1.0, 0.4, 0.4, 0.4, 1.0, 0.4, 0.4, 0.4, 1.0];
        let scale = scale(&covariance, 3);
        for value in [scale.alpha(), scale.alpha_standardised(), scale.omega()] {
            assert!((value.expect("defined") - 1.2 / 1.8).abs() < 1e-12, "{value:?}");
        }
    }

    #[test]
    fn what_does_not_vary_has_no_reliability() {
        let same = vec![vec![Some(4.0), Some(4.0), Some(4.0)]; 5];
        let scale = Scale::of_complete(&same).expect("five respondents");
        assert_eq!((scale.alpha(), scale.alpha_standardised(), scale.omega()), (None, None, None));
        assert_eq!(scale.guttman_lambda6(), None);
        assert_eq!(scale.items()[0].item_rest, None);
    }

    #[test]
    fn too_few_items_or_respondents_are_no_scale() {
        assert!(Scale::of_complete(&[vec![Some(4.0)], vec![Some(5.0)]]).is_none());
        assert!(Scale::of_complete(&[vec![Some(4.0), Some(5.0)], vec![Some(4.0), None]]).is_none());
        assert!(Scale::of_pairs(&[vec![Some(4.0), None], vec![None, Some(3.0)]]).is_none());
        assert!(Scale::of_complete(&[]).is_none());
    }

    #[test]
    fn an_item_that_repeats_another_leaves_lambda_6_undefined() {
        let row = |a: i32, b: i32| vec![Some(f64::from(a)), Some(f64::from(b)), Some(f64::from(a))];
        let rows = [row(1, 2), row(4, 3), row(5, 5), row(3, 1), row(2, 4)];
        let scale = Scale::of_complete(&rows).expect("five respondents");
        assert_eq!(scale.guttman_lambda6(), None);
        assert!(scale.alpha().is_some());
    }

    #[test]
    fn two_items_leave_the_loadings_undetermined() {
        let scale = scale(&[1.0, 0.5, 0.5, 1.0], 2);
        assert_eq!(scale.omega(), None);
        assert_eq!(scale.items()[0].alpha_if_dropped, None);
    }
}
