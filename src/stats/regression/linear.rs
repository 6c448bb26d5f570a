//! Least squares of a plain sample, with the classical standard errors.
//!
//! # Formula
//! ```text
//! β = (XᵀX)⁻¹ Xᵀy     σ² = Σ (y − Xβ)²/(n − k)     covariance σ² (XᵀX)⁻¹
//! R² = 1 − Σ (y − Xβ)²/Σ (y − ȳ)²     adjusted 1 − (1 − R²)(n − 1)/(n − k)
//! ```
//! k counts the intercept. For data with weights or clusters see [`crate::stats::regression::glm`].
//!
//! # Source
//! Draper, Smith (1998) Applied Regression Analysis, doi:10.1002/9781118625590; R `lm`.

use super::{RegressionError, checked_rows, cross_products, dot, inverse};

/// A fitted linear regression.
#[derive(Debug, Clone, PartialEq)]
pub struct LeastSquares {
    /// Coefficients, in the order of the predictors.
    pub coefficients: Vec<f64>,
    /// Their standard errors.
    pub standard_errors: Vec<f64>,
    /// Share of the outcome's variance that is explained, in 0..=1.
    pub r_squared: f64,
    /// The same, corrected for the number of predictors; may be negative.
    pub adjusted_r_squared: f64,
    /// Residual standard deviation, in the unit of the outcome.
    pub sigma: f64,
}

/// Fits `outcomes` by `rows`, which carry an intercept (a predictor that is always 1).
///
/// # Errors
/// When lists do not fit, rows are not more than predictors, predictors say the same, or all outcomes are alike.
pub fn least_squares(rows: &[Vec<f64>], outcomes: &[f64]) -> Result<LeastSquares, RegressionError> {
    let rows = checked_rows(rows, &[outcomes])?;
    let (n, k) = (rows.len(), rows[0].len());
    if n <= k {
        return Err(RegressionError::TooFewRows { rows: n, coefficients: k });
    }
    let inverse = inverse(&cross_products(&rows, &vec![1.0; n]))?;
    let solve = |values: &[f64]| -> Vec<f64> {
        let mut right = vec![0.0; k];
        for (row, value) in rows.iter().zip(values) {
            for (sum, x) in right.iter_mut().zip(*row) {
                *sum += x * value;
            }
        }
        super::influence(&inverse, &right)
    };
    let mut coefficients = solve(outcomes);
    let residuals = |coefficients: &[f64]| -> Vec<f64> {
        rows.iter().zip(outcomes).map(|(row, y)| y - dot(row, coefficients)).collect()
    };
    // One refinement: the residuals' own fit is rounding, taken out.
    let rest = solve(&residuals(&coefficients));
    for (coefficient, rest) in coefficients.iter_mut().zip(rest) {
        *coefficient += rest;
    }
    let unexplained: f64 = residuals(&coefficients).iter().map(|residual| residual * residual).sum();
    let mean = outcomes.iter().sum::<f64>() / n as f64;
    let total: f64 = outcomes.iter().map(|y| (y - mean).powi(2)).sum();
    if total <= 0.0 {
        return Err(RegressionError::NothingToExplain);
    }
    let left = (n - k) as f64;
    let r_squared = 1.0 - unexplained / total;
    let variance = unexplained / left;
    Ok(LeastSquares {
        standard_errors: inverse.diagonal().iter().map(|diagonal| (variance * diagonal).sqrt()).collect(),
        coefficients,
        r_squared,
        adjusted_r_squared: 1.0 - (1.0 - r_squared) * (n as f64 - 1.0) / left,
        sigma: variance.sqrt(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_four_points_is_the_one_by_hand() {
        // x = 1..4, y = 2, 3, 5, 6: slope 7/5, intercept ½, residuals 0.1, −0.3, 0.3, −0.1: Σ e² = 0.2, σ² = 0.1, Σ (y − ȳ)² = 10.
        let rows: Vec<Vec<f64>> = (1..=4).map(|x| vec![1.0, f64::from(x)]).collect();
        let fit = least_squares(&rows, &[2.0, 3.0, 5.0, 6.0]).expect("a line");
        assert!((fit.coefficients[0] - 0.5).abs() < 1e-12 && (fit.coefficients[1] - 1.4).abs() < 1e-12);
        assert!((fit.standard_errors[1] - 0.02_f64.sqrt()).abs() < 1e-12);
        assert!((fit.r_squared - 0.98).abs() < 1e-12 && (fit.adjusted_r_squared - 0.97).abs() < 1e-12);
        assert!((fit.sigma - 0.1_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        let twice: Vec<Vec<f64>> = (1..=5).map(|x| vec![1.0, f64::from(x), 2.0 * f64::from(x)]).collect();
        assert_eq!(least_squares(&twice, &[1.0, 2.0, 3.0, 5.0, 4.0]), Err(RegressionError::Collinear));
        let one = vec![vec![1.0]; 3];
        assert_eq!(least_squares(&one, &[2.0; 3]), Err(RegressionError::NothingToExplain));
        assert_eq!(least_squares(&one, &[2.0, 1.0]), Err(RegressionError::UnequalLengths));
        assert_eq!(least_squares(&one, &[2.0, f64::NAN, 1.0]), Err(RegressionError::BadRow { row: 2 }));
    }
}
