//! Tests of association under a sampling design: Rao–Scott tests of a two-way table, comparison of two groups' means, and the
//! design-based rank test for answers on a scale.

use nalgebra::DMatrix;

use super::design::Design;
use super::domains::{DegreesOf, Difference};
use super::estimate::Responses;
use super::quantile::{chi_squared_sf, f_sf};
use super::variance::VarianceError;

/// Pearson's statistic of a weighted two-way table and its two Rao–Scott corrections.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TableTest {
    /// X² of the weighted table, scaled to the number of rows that are in it.
    pub chi_squared: f64,
    /// Trace of the design-effect matrix Δ: the first-order correction divides by trace/(r−1)(c−1).
    pub trace: f64,
    /// Second-order F = X²/trace.
    pub f: f64,
    /// tr(Δ)²/tr(Δ²), between 1 and (r−1)(c−1).
    pub numerator_df: f64,
    /// `numerator_df` · (clusters − strata).
    pub denominator_df: f64,
    /// p-value of F.
    pub p_f: f64,
    /// p-value of the first-order correction: X²/(trace/k) on k = (r−1)(c−1) degrees of freedom (R's `statistic = "Chisq"`).
    pub p_chi_squared: f64,
}

/// How tied answers are ranked in [`Design::rank_test`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ties {
    /// All of them get the middle of their weighted ranks: weight below + half the weight tied. Does not depend on the order
    /// of the file.
    #[default]
    Middle,
    /// As R's `svyranktest`: the unweighted mean of the running ranks in the order of the file. With unequal weights the
    /// result depends on that order (a shuffle of the reference data moved the estimate by 1 %); kept for comparison
    /// with R.
    FileOrder,
}

impl Design {
    /// Tests whether two variables are independent in the population. `levels` gives each row's (row level, column level);
    /// `None` where the row is outside the table.
    ///
    /// # Formula
    /// ```text
    /// Δ = (Cᵀ D⁻¹ C / N)⁻¹ (Cᵀ D⁻¹ V D⁻¹ C)
    /// F = X² / tr Δ   on   tr(Δ)²/tr(Δ²)   and   that · (clusters − strata)   degrees of freedom
    /// ```
    /// D is the diagonal of the weighted cell shares, V their covariance under the design, C a basis of the interaction
    /// contrasts, N the number of rows in the table.
    ///
    /// # Source
    /// Rao, Scott (1984) Ann. Stat. 12, 46–60, doi:10.1214/aos/1176346391; R `survey::svychisq`.
    ///
    /// # None
    /// When a variable has fewer than two levels in use, no row is in the table, or no degrees of freedom are left.
    ///
    /// # Errors
    /// When a stratum is lonely and the design's rule is to fail.
    pub fn table_test(&self, levels: &[Option<(usize, usize)>]) -> Result<Option<TableTest>, VarianceError> {
        let (rows, columns) = (used_levels(levels, |(row, _)| row), used_levels(levels, |(_, column)| column));
        let (n_rows, n_columns) = (rows.len(), columns.len());
        if n_rows < 2 || n_columns < 2 {
            return Ok(None);
        }
        let cell_of = |pair: (usize, usize)| -> Option<usize> {
            let row = rows.binary_search(&pair.0).ok()?;
            Some(row * n_columns + columns.binary_search(&pair.1).ok()?)
        };
        let cell_of_row: Vec<Option<usize>> = levels.iter().map(|pair| pair.and_then(cell_of)).collect();
        let inside: Vec<bool> = cell_of_row.iter().map(Option::is_some).collect();
        let n = inside.iter().filter(|inside| **inside).count() as f64;
        let mut shares = vec![0.0; n_rows * n_columns];
        let mut weight_sum = 0.0;
        for (cell, weight) in cell_of_row.iter().zip(&self.weights) {
            if let Some(cell) = cell {
                shares[*cell] += weight;
                weight_sum += weight;
            }
        }
        if weight_sum <= 0.0 {
            return Ok(None);
        }
        for share in &mut shares {
            *share /= weight_sum;
        }
        let influence_of = |cell: usize| -> Vec<f64> {
            let of_row = |(at, weight): (&Option<usize>, &f64)| match at {
                Some(at) => weight * (f64::from(u8::from(*at == cell)) - shares[cell]) / weight_sum,
                None => 0.0,
            };
            cell_of_row.iter().zip(&self.weights).map(of_row).collect()
        };
        let influences: Vec<Vec<f64>> = (0..shares.len()).map(influence_of).collect();
        let covariance = self.covariance(&influences, &inside)?;
        let chi_squared = pearson(&shares, n_rows, n_columns, n);
        let Some((trace, trace_of_square)) = design_effect_traces(&shares, &covariance, n_rows, n_columns, n) else {
            return Ok(None);
        };
        let numerator_df = trace * trace / trace_of_square;
        let denominator_df = numerator_df * self.degrees_of_freedom_where(|row| inside[row]);
        let f = chi_squared / trace;
        let contrasts = ((n_rows - 1) * (n_columns - 1)) as f64;
        let first_order = chi_squared_sf(chi_squared / (trace / contrasts), contrasts);
        let p_values = f_sf(f, numerator_df, denominator_df).zip(first_order);
        Ok(p_values.map(|(p_f, p_chi_squared)| TableTest {
            chi_squared,
            trace,
            f,
            numerator_df,
            denominator_df,
            p_f,
            p_chi_squared,
        }))
    }

    /// Mean of `first` − mean of `second`, on one degree of freedom less than the rows of both have (R `svyttest`).
    ///
    /// # None
    /// When one of the groups has no answers.
    ///
    /// # Errors
    /// When a stratum is lonely and the design's rule is to fail.
    pub fn compare_means(&self, first: &Responses, second: &Responses) -> Result<Option<Difference>, VarianceError> {
        let joint = self.joint_means(&[first.clone(), second.clone()], DegreesOf::Answered)?;
        Ok(joint.map(|joint| {
            let difference = joint.difference(0, 1);
            Difference { degrees_of_freedom: difference.degrees_of_freedom - 1.0, ..difference }
        }))
    }

    /// Design-based Wilcoxon test: difference of the mean rank scores (0..1) of group true − group false. `answers` gives
    /// each row's value and group, `None` outside.
    ///
    /// # Source
    /// Lumley, Scott (2013) Biometrika 100, 831–842, doi:10.1093/biomet/ast027; R `survey::svyranktest`.
    ///
    /// # None
    /// When one of the groups has no answers.
    ///
    /// # Errors
    /// When a stratum is lonely and the design's rule is to fail.
    pub fn rank_test(&self, answers: &[Option<(f64, bool)>], ties: Ties) -> Result<Option<Difference>, VarianceError> {
        let scores = self.rank_scores(answers, ties);
        let of_group = |wanted: bool| -> Vec<Option<f64>> {
            let of_row = |(answer, score): (&Option<(f64, bool)>, &f64)| {
                answer.filter(|(_, group)| *group == wanted).map(|_| *score)
            };
            answers.iter().zip(&scores).map(of_row).collect()
        };
        self.compare_means(&Responses::single(&of_group(true)), &Responses::single(&of_group(false)))
    }

    fn rank_scores(&self, answers: &[Option<(f64, bool)>], ties: Ties) -> Vec<f64> {
        let mut order: Vec<(f64, usize)> =
            answers.iter().enumerate().filter_map(|(row, answer)| answer.map(|(value, _)| (value, row))).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0)); // stable: ties stay in the order of the file
        let weight_sum: f64 = order.iter().map(|(_, row)| self.weights[*row]).sum();
        let mut scores = vec![0.0; answers.len()];
        let mut below = 0.0;
        for tied in order.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
            let mut running = below;
            let mut sum_of_ranks = 0.0;
            for (_, row) in tied {
                running += self.weights[*row];
                sum_of_ranks += running - self.weights[*row] / 2.0;
            }
            let rank = match ties {
                Ties::Middle => f64::midpoint(below, running),
                Ties::FileOrder => sum_of_ranks / tied.len() as f64,
            };
            for (_, row) in tied {
                scores[*row] = rank / weight_sum;
            }
            below = running;
        }
        scores
    }
}

fn used_levels(levels: &[Option<(usize, usize)>], of: impl Fn((usize, usize)) -> usize) -> Vec<usize> {
    let mut used: Vec<usize> = levels.iter().flatten().map(|pair| of(*pair)).collect();
    used.sort_unstable();
    used.dedup();
    used
}

fn pearson(shares: &[f64], n_rows: usize, n_columns: usize, n: f64) -> f64 {
    let of_row: Vec<f64> = (0..n_rows).map(|row| shares[row * n_columns..(row + 1) * n_columns].iter().sum()).collect();
    let of_column: Vec<f64> =
        (0..n_columns).map(|column| (0..n_rows).map(|row| shares[row * n_columns + column]).sum()).collect();
    let mut sum = 0.0;
    for row in 0..n_rows {
        for column in 0..n_columns {
            let expected = of_row[row] * of_column[column];
            if expected > 0.0 {
                sum += (shares[row * n_columns + column] - expected).powi(2) / expected;
            }
        }
    }
    n * sum
}

/// tr Δ and tr Δ².
fn design_effect_traces(
    shares: &[f64],
    covariance: &DMatrix<f64>,
    n_rows: usize,
    n_columns: usize,
    n: f64,
) -> Option<(f64, f64)> {
    let n_contrasts = (n_rows - 1) * (n_columns - 1);
    let mut contrasts = DMatrix::<f64>::zeros(shares.len(), n_contrasts);
    for row in 0..n_rows - 1 {
        for column in 0..n_columns - 1 {
            let at = row * (n_columns - 1) + column;
            contrasts[(row * n_columns + column, at)] = 1.0;
            contrasts[(row * n_columns + n_columns - 1, at)] = -1.0;
            contrasts[((n_rows - 1) * n_columns + column, at)] = -1.0;
            contrasts[((n_rows - 1) * n_columns + n_columns - 1, at)] = 1.0;
        }
    }
    let inverse = |share: f64| if share > 0.0 { 1.0 / share } else { 0.0 };
    let scaled = DMatrix::from_fn(shares.len(), n_contrasts, |cell, at| inverse(shares[cell]) * contrasts[(cell, at)]);
    let simple = contrasts.transpose() * &scaled / n;
    let designed = scaled.transpose() * covariance * &scaled;
    let delta = simple.lu().solve(&designed)?;
    let trace = delta.trace();
    let trace_of_square = (&delta * &delta).trace();
    (trace > 0.0 && trace_of_square > 0.0).then_some((trace, trace_of_square))
}
