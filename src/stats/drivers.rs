//! Key drivers: which criteria go with overall satisfaction, and how much of it each can claim.
//!
//! # Formula
//! R is the (weighted) correlation matrix of the k criteria, r their correlations with the outcome, β = R⁻¹r, R²(S) what the
//! criteria in S explain.
//! ```text
//! R²                  Σ β_j r_j
//! LMG (Shapley)       mean over all orders of R²(before and j) − R²(before)      adds up to R²
//! relative weight     Σ_m Λ_jm² b_m²,   Λ = R^(1/2), b = Λ⁻¹r                    adds up to R²
//! alone               r_j²                what the criterion explains by itself
//! last                R² − R²(without j)  what only it explains
//! Pratt               β_j r_j             adds up to R²; may be negative
//! inflation           (R⁻¹)_jj            1 = unlike all others; above 5 to 10 the order says little
//! ```
//! All describe an association, none a cause. Criteria that are much alike share what they explain, and their order is then a
//! matter of chance.
//!
//! # Source
//! Lindeman, Merenda, Gold (1980) Introduction to Bivariate and Multivariate Analysis; Grömping (2006), doi:10.18637/jss.v017.i01;
//! Johnson (2000), `doi:10.1207/S15327906MBR3501_1`; Pratt (1987), Proc. 2nd Tampere Conf. Stat., 245–260.

use nalgebra::{DMatrix, DVector};

/// Criteria for which all subsets are still gone through (2^16).
const CRITERIA_MAX: usize = 16;

/// A criterion of which less than this is left when the others are known is a combination of them.
const COLLINEAR_BELOW: f64 = 1e-10;

/// Correlations of criteria among themselves and with an outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlations {
    between: DMatrix<f64>,
    with_outcome: DVector<f64>,
    inverse: DMatrix<f64>,
}

impl Correlations {
    /// From data: `rows[i]` holds the criteria of respondent i, all answered.
    ///
    /// # None
    /// When lengths differ, a weight is negative, something does not vary, or a criterion is a combination of others.
    pub fn of(rows: &[Vec<f64>], outcomes: &[f64], weights: &[f64]) -> Option<Self> {
        let k = rows.first()?.len();
        let fits = rows.len() == outcomes.len()
            && rows.len() == weights.len()
            && rows.iter().all(|row| row.len() == k)
            && weights.iter().all(|weight| *weight >= 0.0 && weight.is_finite());
        let total: f64 = weights.iter().sum();
        if !fits || total <= 0.0 {
            return None;
        }
        let value = |row: usize, at: usize| if at < k { rows[row][at] } else { outcomes[row] };
        let mean = |at: usize| (0..rows.len()).map(|row| weights[row] * value(row, at)).sum::<f64>() / total;
        let means: Vec<f64> = (0..=k).map(mean).collect();
        let mut covariance = DMatrix::zeros(k + 1, k + 1);
        for (row, weight) in weights.iter().enumerate() {
            for i in 0..=k {
                let deviation = weight / total * (value(row, i) - means[i]);
                for j in 0..=i {
                    covariance[(i, j)] += deviation * (value(row, j) - means[j]);
                }
            }
        }
        covariance.fill_upper_triangle_with_lower_triangle();
        Self::from_covariance(&covariance)
    }

    /// From the covariance matrix of the criteria and, last, the outcome: sums that can be gathered anywhere, redrawn in a
    /// bootstrap, say.
    ///
    /// # None
    /// When something does not vary, or a criterion is a combination of others.
    pub fn from_covariance(covariance: &DMatrix<f64>) -> Option<Self> {
        let k = covariance.nrows().checked_sub(1).filter(|k| *k > 0 && covariance.is_square())?;
        if !covariance.diagonal().iter().all(|variance| *variance > 0.0) {
            return None;
        }
        let correlation = |i: usize, j: usize| covariance[(i, j)] / (covariance[(i, i)] * covariance[(j, j)]).sqrt();
        let between = DMatrix::from_fn(k, k, |i, j| if i == j { 1.0 } else { correlation(i, j) });
        let with_outcome = DVector::from_fn(k, |i, _| correlation(i, k));
        let inverse = between.clone().cholesky()?.inverse();
        let determined = inverse.diagonal().iter().all(|inflation| 1.0 / inflation > COLLINEAR_BELOW);
        determined.then_some(Self { between, with_outcome, inverse })
    }

    /// R: correlations of the criteria.
    pub fn between(&self) -> &DMatrix<f64> {
        &self.between
    }

    /// r: correlations with the outcome.
    pub fn with_outcome(&self) -> &[f64] {
        self.with_outcome.as_slice()
    }

    /// R²: share of the outcome's variance that all criteria explain together.
    pub fn r_squared(&self) -> f64 {
        self.pratt().iter().sum()
    }

    /// β: standardised regression coefficients.
    pub fn standardised_coefficients(&self) -> Vec<f64> {
        (&self.inverse * &self.with_outcome).iter().copied().collect()
    }

    /// Variance inflation of every criterion: how much less is known of its coefficient because others are like it.
    pub fn variance_inflation(&self) -> Vec<f64> {
        self.inverse.diagonal().iter().copied().collect()
    }

    /// What each criterion explains alone.
    pub fn alone(&self) -> Vec<f64> {
        self.with_outcome.iter().map(|r| r * r).collect()
    }

    /// What each criterion adds to all others.
    pub fn last(&self) -> Vec<f64> {
        let coefficients = self.standardised_coefficients();
        coefficients.iter().zip(self.inverse.diagonal().iter()).map(|(b, inflation)| b * b / inflation).collect()
    }

    /// Pratt's products.
    pub fn pratt(&self) -> Vec<f64> {
        self.standardised_coefficients().iter().zip(self.with_outcome.iter()).map(|(b, r)| b * r).collect()
    }

    /// Johnson's relative weights: quick, and close to [`Self::lmg`].
    pub fn relative_weights(&self) -> Vec<f64> {
        let eigen = self.between.clone().symmetric_eigen();
        let roots = eigen.eigenvalues.map(|value| value.max(0.0).sqrt());
        let with =
            |roots: &DVector<f64>| &eigen.eigenvectors * DMatrix::from_diagonal(roots) * eigen.eigenvectors.transpose();
        let root = with(&roots);
        let b = with(&roots.map(|root| 1.0 / root)) * &self.with_outcome;
        let weight = |j: usize| (0..b.len()).map(|m| (root[(j, m)] * b[m]).powi(2)).sum();
        (0..b.len()).map(weight).collect()
    }

    /// Shares of R² by Lindeman, Merenda and Gold: the Shapley values of the criteria. Goes through all 2^k subsets.
    ///
    /// # None
    /// With more than 16 criteria; take [`Self::relative_weights`] then.
    pub fn lmg(&self) -> Option<Vec<f64>> {
        let k = self.with_outcome.len();
        if k > CRITERIA_MAX {
            return None;
        }
        let mut conditional = DMatrix::identity(k + 1, k + 1);
        conditional.view_mut((0, 0), (k, k)).copy_from(&self.between);
        for (at, r) in self.with_outcome.iter().enumerate() {
            conditional[(at, k)] = *r;
            conditional[(k, at)] = *r;
        }
        let mut explained = vec![0.0; 1 << k];
        explain(&mut explained, 0, 0, &conditional);
        // Orders in which a set of s comes before j: s! (k − s − 1)!/k! of all.
        let mut share_of_orders = vec![1.0 / k as f64; k];
        for s in 1..k {
            share_of_orders[s] = share_of_orders[s - 1] * s as f64 / (k - s) as f64;
        }
        let value = |j: usize| {
            let others = (0..1_usize << k).filter(|set| set & (1 << j) == 0);
            let gain =
                |set: usize| share_of_orders[set.count_ones() as usize] * (explained[set | 1 << j] - explained[set]);
            others.map(gain).sum()
        };
        Some((0..k).map(value).collect())
    }
}

/// Fills R² of every set that extends `set` by criteria from `from` on. `conditional` is the covariance of criteria and, last, the
/// outcome, given the criteria in `set`.
fn explain(explained: &mut [f64], set: usize, from: usize, conditional: &DMatrix<f64>) {
    let k = conditional.nrows() - 1;
    for j in from..k {
        let next_set = set | 1 << j;
        let variance = conditional[(j, j)];
        explained[next_set] = explained[set] + conditional[(j, k)].powi(2) / variance;
        let next = DMatrix::from_fn(k + 1, k + 1, |a, b| {
            conditional[(a, b)] - conditional[(a, j)] * conditional[(j, b)] / variance
        });
        explain(explained, next_set, j + 1, &next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two(between: f64, first: f64, second: f64) -> Correlations {
        let covariance = [1.0, between, first, between, 1.0, second, first, second, 1.0];
        Correlations::from_covariance(&DMatrix::from_row_slice(3, 3, &covariance)).expect("determined")
    }

    #[test]
    fn two_criteria_share_as_by_hand() {
        // r12 = 0.5, r = (0.6, 0.4): R² = (0.36 + 0.16 − 2·0.5·0.24)/0.75 = 0.28/0.75; LMG of the first (0.36 + R² − 0.16)/2.
        let drivers = two(0.5, 0.6, 0.4);
        let r2 = 0.28 / 0.75;
        assert!((drivers.r_squared() - r2).abs() < 1e-14);
        let lmg = drivers.lmg().expect("two criteria");
        assert!((lmg[0] - f64::midpoint(0.36, r2 - 0.16)).abs() < 1e-14);
        assert!((drivers.last()[1] - (r2 - 0.36)).abs() < 1e-14);
        assert!((drivers.variance_inflation()[0] - 1.0 / 0.75).abs() < 1e-14);
        for shares in [lmg, drivers.relative_weights(), drivers.pratt()] {
            assert!((shares.iter().sum::<f64>() - r2).abs() < 1e-13, "{shares:?}");
        }
    }

    #[test]
    fn unlike_criteria_claim_what_they_explain_alone() {
        let drivers = two(0.0, 0.6, 0.4);
        for shares in [drivers.lmg().expect("two"), drivers.relative_weights(), drivers.last(), drivers.alone()] {
            assert!((shares[0] - 0.36).abs() < 1e-14 && (shares[1] - 0.16).abs() < 1e-14, "{shares:?}");
        }
    }

    #[test]
    fn combinations_and_constants_have_no_drivers() {
        let rows: Vec<Vec<f64>> =
            (0..6).map(|at| vec![f64::from(at), f64::from(at % 3), f64::from(at + at % 3)]).collect();
        let outcomes = [3.0, 4.0, 2.0, 5.0, 4.0, 1.0];
        assert!(Correlations::of(&rows, &outcomes, &[1.0; 6]).is_none());
        let rows: Vec<Vec<f64>> = (0..6).map(|at| vec![f64::from(at), 4.0]).collect();
        assert!(Correlations::of(&rows, &outcomes, &[1.0; 6]).is_none());
        let rows: Vec<Vec<f64>> = (0..6).map(|at| vec![f64::from(at)]).collect();
        assert!(Correlations::of(&rows, &[3.0; 6], &[1.0; 6]).is_none());
        assert!(Correlations::of(&rows, &outcomes, &[-1.0; 6]).is_none());
        assert!(Correlations::of(&[], &[], &[]).is_none());
    }

    #[test]
    fn more_criteria_than_subsets_can_be_gone_through_have_weights_but_no_lmg() {
        let covariance = DMatrix::from_fn(18, 18, |i, j| if i == j { 1.0 } else { 0.05 });
        let drivers = Correlations::from_covariance(&covariance).expect("determined");
        assert_eq!(drivers.lmg(), None);
        assert!((drivers.relative_weights().iter().sum::<f64>() - drivers.r_squared()).abs() < 1e-13);
    }
}
