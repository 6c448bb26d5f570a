//! The weighted rate over cells (field × questionnaire) whose answers hang together, with an interval that is never surer than a
//! model of people and days allows.
//!
//! Answers of one person are alike, and so are the people of one day at one counter; a cell in which everybody was satisfied is not
//! known exactly. Everything comes from the sums that the tallies keep: nobody's answers are read. O(clusters) time. What to do with the
//! result (met, not met) is not decided here; how many more respondents would decide it is in `settle`.
//!
//! # Formula
//! Cell c with the weight W scaled to sum 1 over the cells that have answers; y, m = satisfied answers and answers of a
//! respondent; Y, M, Q = Σy, Σm, Σm² over the cell, n its respondents; r = Y/M.
//!
//! - rate: `R = Σ W r`
//! - how alike answers of a person and people of a day are, and with that the effective size of every cell and the degrees of
//!   freedom: [`crate::stats::likeness`]
//! - interval: the score interval of a weighted sum of proportions of those sizes, [`crate::stats::score_sum`], with Student's critical
//!   value; for a single cell that is Wilson's
//! - where at most [`FEW`] effective answers are dissatisfied, k = n(1 − R) of them, n the effective size of the whole, Wilson's
//!   upper limit is known to lie too low; the higher of it and the Poisson limit `1 − χ²(α/2; 2k)/2n` is taken. In the same way for the
//!   lower limit where few are satisfied
//!
//! # Degenerate cases
//! - The weights are taken as known. Volumes imported from the case system have no sampling error of ours.
//! - Rate 0 or 1: the limit at that end is 0 or 1, the other one that of the score interval.
//!
//! # Source
//! Wilson (1927), doi:10.1080/01621459.1927.10502953; score interval of a weighted sum: Martín Andrés, Álvarez Hernández, Herranz Tejedor
//! (2012), doi:10.1080/00949655.2010.530601; Poisson limits at the ends: Brown, Cai, Das Gupta (2001), doi:10.1214/ss/1009213286, section 4.1.1;
//! a modelled effective size instead of an estimated one: Franco, Little, Louis, Slud (2019), doi:10.1093/jssam/smy019. How often it
//! holds the truth: `docs/coverage.md`.

use super::basics::{Confidence, Interval};
use super::cell_totals::{CellSums, CellTotals, DayCluster, Totals};
use super::likeness::Likeness;
use super::quantile::chi_squared_quantile;
use super::score_sum::{Term, score_sum};

/// Up to so many effective answers at an end of the scale, the Poisson limit may replace the score limit there.
pub const FEW: f64 = 3.0;

/// How an interval was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RateMethod {
    /// Score interval of the weighted sum, its effective sizes from the model of people and days: what [`weighted_rate`] gives.
    ModelScore,
    /// Days of a point as clusters. Only in figures that were kept before [`RateMethod::ModelScore`].
    ClusterWilson,
    /// Every respondent as a cluster of answers. Only in figures kept before.
    RespondentWilson,
    /// No variation seen, the number of respondents as the effective size. Only in figures kept before.
    SimpleWilson,
}

impl RateMethod {
    /// Every method, the present one first.
    pub const ALL: [Self; 4] = [Self::ModelScore, Self::ClusterWilson, Self::RespondentWilson, Self::SimpleWilson];

    /// The name shown beside the figure: `model-score`, and of kept figures `cluster-wilson`, `respondent-wilson` or `wilson`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ModelScore => "model-score",
            Self::ClusterWilson => "cluster-wilson",
            Self::RespondentWilson => "respondent-wilson",
            Self::SimpleWilson => "wilson",
        }
    }
}

/// A rate with everything that must be shown beside it. Rates and limits are fractions in 0..=1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateEstimate {
    /// The rate R.
    pub value: f64,
    /// Lower limit; never above `value`.
    pub low: f64,
    /// Upper limit; never below `value`.
    pub high: f64,
    /// Two-sided confidence level of the limits, such as 0.95.
    pub confidence: f64,
    /// What the limits rest on.
    pub method: RateMethod,
    /// Respondents with an answer in a cell that counts.
    pub respondents: u64,
    /// Their answers.
    pub answers: u64,
    /// Point × day clusters they came in.
    pub clusters: u64,
    /// Points they came from.
    pub strata: u64,
    /// The variance relative to that of as many independent answers: `answers / effective_answers`.
    /// `None` only in figures kept from earlier versions, where no variance could be estimated.
    pub design_effect: Option<f64>,
    /// √V, V the variance of the model: the standard error of the rate, as a fraction. Never 0.
    pub standard_error: f64,
    /// Degrees of freedom of Student's t in the limits.
    pub degrees_of_freedom: f64,
    /// The effective size: the number of independent answers that would leave the same variance.
    pub effective_answers: f64,
}

impl RateEstimate {
    /// The two limits.
    pub const fn interval(&self) -> Interval {
        Interval::new(self.low, self.high)
    }
}

/// The weighted rate over cells with its interval.
///
/// `weights[c]` belongs to cell `c`; only ratios between weights matter. A cell without answers or with weight 0 takes no
/// part: the other weights are scaled to sum 1, and it is for the caller to say that a field is missing. Clusters without
/// any respondent in a cell that counts are not counted as clusters.
///
/// # None
/// - When no cell with a positive weight has an answer.
/// - When a weight is negative or not finite, a cell has no weight, or a cell's sums contradict each other
///   (y > m, answers without respondents).
/// - When the sums of a cell exceed about 10¹² answers and exact arithmetic would overflow.
pub fn weighted_rate<Cells: AsRef<[CellSums]>>(
    weights: &[f64],
    clusters: &[DayCluster<Cells>],
    confidence: Confidence,
) -> Option<RateEstimate> {
    let totals = Totals::of(weights, clusters)?;
    let days = totals.days(clusters)?;
    let likeness = Likeness::of(&totals.cells, &days);
    let value = totals.rate();
    let critical = confidence.student_critical(likeness.degrees_of_freedom)?;
    let term = |(cell, size): (&CellTotals, &f64)| Term {
        weight: cell.share,
        satisfied: cell.rate(),
        dissatisfied: cell.shortfall(),
        size: *size,
    };
    let terms: Vec<Term> = totals.cells.iter().zip(&likeness.sizes).map(term).collect();
    let score = score_sum(&terms, critical)?;
    let effective = likeness.effective_answers;
    let end = |few: f64| poisson_limit(few, effective, confidence);
    let low = if effective * value <= FEW { score.low.min(end(effective * value)) } else { score.low };
    let short = totals.shortfall();
    let high = if effective * short <= FEW { score.high.max(1.0 - end(effective * short)) } else { score.high };
    let answers = totals.cells.iter().map(|cell| cell.answers).sum::<u64>();
    Some(RateEstimate {
        value,
        low: low.clamp(0.0, value),
        high: high.clamp(value, 1.0),
        confidence: confidence.level(),
        method: RateMethod::ModelScore,
        respondents: days.list.iter().map(|day| day.respondents).sum(),
        answers,
        clusters: days.list.len() as u64,
        strata: days.of_points().count() as u64,
        design_effect: Some(answers as f64 / effective),
        standard_error: likeness.variance.sqrt(),
        degrees_of_freedom: likeness.degrees_of_freedom,
        effective_answers: effective,
    })
}

/// The lower limit of a share of `few` in `size`, both effective numbers, as of a Poisson count; 0 of none.
fn poisson_limit(few: f64, size: f64, confidence: Confidence) -> f64 {
    chi_squared_quantile(confidence.tail(), 2.0 * few).map_or(0.0, |quantile| quantile / 2.0 / size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::proportion::wilson_effective;

    /// One respondent with y of m answers in cell 0.
    fn sheet(stratum: u32, y: u64, m: u64) -> DayCluster {
        let cell = CellSums { cell: 0, respondents: 1, y, m, yy: y * y, ym: y * m, mm: m * m };
        DayCluster { stratum, cells: vec![cell] }
    }

    fn rate(weights: &[f64], clusters: &[DayCluster]) -> Option<RateEstimate> {
        weighted_rate(weights, clusters, Confidence::NINETY_FIVE)
    }

    #[test]
    fn without_an_answer_in_a_weighted_cell_there_is_no_rate() {
        assert!(rate(&[1.0], &[]).is_none());
        assert!(rate(&[], &[]).is_none());
        assert!(rate(&[0.0], &[sheet(1, 3, 9)]).is_none());
        assert!(rate(&[0.0, 1.0], &[sheet(1, 3, 9)]).is_none());
    }

    #[test]
    fn weights_and_sums_that_make_no_sense_give_no_rate() {
        for weight in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(rate(&[weight, 1.0], &[sheet(1, 3, 9)]).is_none(), "weight {weight}");
        }
        assert!(rate(&[], &[sheet(1, 3, 9)]).is_none(), "a cell without a weight");
        assert!(rate(&[1.0], &[sheet(1, 10, 9)]).is_none(), "more satisfied answers than answers");
    }

    #[test]
    fn the_example_of_the_contract_is_one_interval() {
        // CONTRACT.md: 1234 respondents, 11106 answers, 210 clusters, design effect 5.0, value .912 -> .8995 to .9231. Its
        // design effect is rounded, and the number of points not given: four are assumed. Hence a tolerance of 1e-4.
        let critical = Confidence::NINETY_FIVE.student_critical(206.0).expect("positive degrees of freedom");
        let interval = wilson_effective(0.912, 11_106.0 / 5.0, critical).expect("a usable size");
        assert!((interval.low - 0.8995).abs() < 1e-4 && (interval.high - 0.9231).abs() < 1e-4, "{interval:?}");
    }
}
