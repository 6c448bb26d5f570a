//! The rate of the house and its interval: a weighted rate over fields and questionnaires whose answers hang together.
//!
//! Answers of one person are alike, and so are the people of one day at one counter. The variance is therefore the
//! linearised one of a stratified cluster sample, which needs only the sums that the tallies keep: nobody's answers are
//! read. It is a special case of the design-based estimators of this module's neighbours, written for sums instead of
//! rows: O(clusters) time, memory for one number a cluster. What to do with the result (met, not met) is not decided here;
//! how many more respondents would decide it is in `settle`.
//!
//! # Formula
//! Cell c = field × questionnaire, with the weight W scaled to sum 1 over the cells that have answers;
//! y, m = satisfied answers and answers of a respondent; Y, M = their sums over the cell.
//!
//! - rate: `R = Σ W Y / M` over the cells
//! - linearised value of a respondent in a cell: `u = W (y − m Y/M) / M`
//! - variance: strata are the points; the n units of a stratum have totals t of u with mean t̄,
//!   `V = Σ over strata of n/(n − 1) Σ (t − t̄)²`; a unit alone in its stratum adds t² (it is centred at the mean of all
//!   totals, which is 0: the "adjust" rule of R's survey package)
//! - units are the days of a point (cluster variance) or its respondents (respondent variance)
//! - effective size: `n = R(1 − R)/V`, and n = respondents where V = 0 or R is 0 or 1
//! - interval: Wilson's with that n and Student's critical value for (units − strata) degrees of freedom
//!
//! From [`CLUSTERS_MIN`] clusters on both intervals are made and the wider one is reported; below, too few days are there to
//! show how days differ, and the respondent interval is reported.
//!
//! # Degenerate cases
//! - Clusters − strata = 0 (every point has a single day): days cannot be told from points; the respondent interval is taken.
//! - Respondents − strata = 0 (every point has a single respondent): one degree of freedom is used, the widest there is.
//! - The weights are taken as known. Volumes imported from the case system have no sampling error of ours.
//!
//! # Source
//! Särndal, Swensson, Wretman (1992), Model Assisted Survey Sampling, sections 4.2 and 5.5, doi:10.1007/978-1-4612-4378-6;
//! Wilson (1927), doi:10.1080/01621459.1927.10502953; effective size in a score interval: Dean and Pagano (2015),
//! doi:10.1093/jssam/smv024; simulated coverage: `docs/statistics.md`.

use std::collections::BTreeMap;

use super::basics::{Confidence, Interval};
use super::proportion::wilson_effective;

/// Clusters (point × day) from which on the cluster interval is made at all.
pub const CLUSTERS_MIN: u64 = 20;

/// A sum of squares about the mean below this part of the raw sum of squares is rounding, not variation.
///
/// The smallest real part for counts of up to 10⁶ respondents with 22 answers is about 1e-9; rounding stays below 1e-14.
const ROUNDING_PART: f64 = 1e-13;

/// Widths that differ by less than rounding are alike, and the cluster interval is named; the order of the data must not decide.
const ALIKE: f64 = 1.0 - 1e-12;

/// Sums over the respondents of one cell (field × questionnaire) at one point on one civil day.
///
/// Only respondents with at least one answer in the cell are counted. Within a cluster a cell may come in several pieces;
/// they are added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CellSums {
    /// Position of the cell in the weights.
    pub cell: usize,
    /// Respondents with m > 0.
    pub respondents: u64,
    /// Σ y, satisfied answers.
    pub y: u64,
    /// Σ m, answers.
    pub m: u64,
    /// Σ y².
    pub yy: u64,
    /// Σ y·m.
    pub ym: u64,
    /// Σ m².
    pub mm: u64,
}

/// One cluster: the respondents of one point on one civil day. Two of these are two clusters, even of one point.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayCluster<Cells = Vec<CellSums>> {
    /// Number of the point.
    pub stratum: u32,
    /// The sums of its cells: a list, or a part of one.
    pub cells: Cells,
}

/// Which variance the reported interval rests on.
#[allow(clippy::enum_variant_names, reason = "each is named as it is shown: cluster-wilson, respondent-wilson, wilson")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RateMethod {
    /// Days of a point are the clusters.
    ClusterWilson,
    /// Every respondent is a cluster of answers.
    RespondentWilson,
    /// No variation was seen (variance 0, or rate 0 or 1): the effective size is the number of respondents.
    SimpleWilson,
}

impl RateMethod {
    /// The name shown beside the figure: `cluster-wilson`, `respondent-wilson` or `wilson`.
    pub const fn name(self) -> &'static str {
        match self {
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
    /// `None` for [`RateMethod::SimpleWilson`], where no variance could be estimated.
    pub design_effect: Option<f64>,
    /// √(R(1 − R)/n), n the effective size: the standard error that the limits rest on, as a fraction; 0 where R is 0 or 1.
    pub standard_error: f64,
    /// Degrees of freedom of Student's t in the limits.
    pub degrees_of_freedom: f64,
    /// The effective size: the number of independent answers that would leave the same uncertainty.
    pub effective_answers: f64,
}

impl RateEstimate {
    /// The two limits.
    pub const fn interval(&self) -> Interval {
        Interval::new(self.low, self.high)
    }
}

/// The weighted rate over cells with the interval of the house.
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
    let frame = Frame::of(weights, clusters)?;
    let spread = Spread::of(&frame, clusters)?;
    let value = frame.rate();
    let variation_possible = frame.rate_is_inside();

    let candidate = |variance: f64, degrees_of_freedom: u64, method: RateMethod| -> Option<Candidate> {
        let degrees_of_freedom = degrees_of_freedom as f64;
        let critical = confidence.student_critical(degrees_of_freedom)?;
        let estimable = variation_possible && variance > 0.0;
        let (method, effective_answers) = if estimable {
            (method, value * (1.0 - value) / variance)
        } else {
            (RateMethod::SimpleWilson, spread.respondents as f64)
        };
        Some(Candidate {
            method,
            interval: wilson_effective(value, effective_answers, critical)?,
            effective_answers,
            degrees_of_freedom,
        })
    };

    let respondent_df = spread.respondents.saturating_sub(spread.strata).max(1);
    let by_respondent = candidate(spread.respondent_variance, respondent_df, RateMethod::RespondentWilson)?;
    let by_cluster = if spread.clusters >= CLUSTERS_MIN {
        candidate(spread.cluster_variance, spread.clusters - spread.strata, RateMethod::ClusterWilson)
    } else {
        None
    };
    let chosen = match by_cluster {
        Some(cluster) if cluster.interval.width() >= by_respondent.interval.width() * ALIKE => cluster,
        _ => by_respondent,
    };

    let answers = frame.answers();
    Some(RateEstimate {
        value,
        low: chosen.interval.low,
        high: chosen.interval.high,
        confidence: confidence.level(),
        method: chosen.method,
        respondents: spread.respondents,
        answers,
        clusters: spread.clusters,
        strata: spread.strata,
        design_effect: (chosen.method != RateMethod::SimpleWilson).then(|| answers as f64 / chosen.effective_answers),
        standard_error: (value * (1.0 - value) / chosen.effective_answers).sqrt(),
        degrees_of_freedom: chosen.degrees_of_freedom,
        effective_answers: chosen.effective_answers,
    })
}

/// One of the two intervals that are compared.
struct Candidate {
    method: RateMethod,
    interval: Interval,
    effective_answers: f64,
    degrees_of_freedom: f64,
}

/// The totals of one cell and its share of the weight; a share of 0 marks a cell that takes no part.
#[derive(Debug, Clone, Copy, Default)]
struct CellTotal {
    satisfied: u64,
    answers: u64,
    share: f64,
}

/// What is known of the cells before a single cluster is judged: first pass over the data.
struct Frame {
    cells: Vec<CellTotal>,
}

impl Frame {
    /// Adds up the cells and scales the weights; `None` as [`weighted_rate`].
    fn of<Cells: AsRef<[CellSums]>>(weights: &[f64], clusters: &[DayCluster<Cells>]) -> Option<Self> {
        if weights.iter().any(|weight| !weight.is_finite() || *weight < 0.0) {
            return None;
        }
        let mut cells = vec![CellTotal::default(); weights.len()];
        for sums in clusters.iter().flat_map(|cluster| cluster.cells.as_ref()) {
            let total = cells.get_mut(sums.cell)?;
            let consistent = sums.y <= sums.m && sums.respondents <= sums.m && (sums.respondents > 0 || sums.m == 0);
            if !consistent {
                return None;
            }
            total.satisfied = total.satisfied.checked_add(sums.y)?;
            total.answers = total.answers.checked_add(sums.m)?;
        }
        // Scaling by the largest weight first keeps sums of very large weights finite.
        let counts = |(cell, weight): (&CellTotal, &f64)| if cell.answers > 0 { *weight } else { 0.0 };
        let largest = cells.iter().zip(weights).map(counts).fold(0.0, f64::max);
        if largest <= 0.0 {
            return None;
        }
        let sum: f64 = cells.iter().zip(weights).map(|pair| counts(pair) / largest).sum();
        for (cell, weight) in cells.iter_mut().zip(weights) {
            cell.share = counts((cell, weight)) / largest / sum;
        }
        Some(Self { cells })
    }

    /// The cells that take part.
    fn counted(&self) -> impl Iterator<Item = &CellTotal> {
        self.cells.iter().filter(|cell| cell.share > 0.0)
    }

    /// Whether the rate is neither 0 nor 1, decided on counts so that rounding cannot blur it.
    fn rate_is_inside(&self) -> bool {
        !self.counted().all(|cell| cell.satisfied == 0) && !self.counted().all(|cell| cell.satisfied == cell.answers)
    }

    /// R = Σ W Y / M.
    fn rate(&self) -> f64 {
        if self.counted().all(|cell| cell.satisfied == cell.answers) {
            return 1.0;
        }
        let sum: f64 = self.counted().map(|cell| cell.share * (cell.satisfied as f64 / cell.answers as f64)).sum();
        sum.clamp(0.0, 1.0)
    }

    /// Σ M over the cells that take part.
    fn answers(&self) -> u64 {
        self.counted().map(|cell| cell.answers).sum()
    }
}

/// The two variances and the counts behind them: second pass over the data.
#[derive(Debug)]
struct Spread {
    respondents: u64,
    clusters: u64,
    strata: u64,
    cluster_variance: f64,
    respondent_variance: f64,
}

/// What a point adds up to.
#[derive(Debug, Default)]
struct Point {
    respondents: u64,
    /// Σ u² over its respondents.
    squares: f64,
    /// Totals of u of its days.
    days: Vec<f64>,
}

impl Spread {
    fn of<Cells: AsRef<[CellSums]>>(frame: &Frame, clusters: &[DayCluster<Cells>]) -> Option<Self> {
        let mut points: BTreeMap<u32, Point> = BTreeMap::new();
        for cluster in clusters {
            let mut respondents = 0;
            let mut total = 0.0;
            let mut squares = 0.0;
            for sums in cluster.cells.as_ref() {
                let cell = frame.cells[sums.cell];
                if cell.share <= 0.0 || sums.respondents == 0 {
                    continue;
                }
                respondents += sums.respondents;
                let scale = cell.share / cell.answers as f64 / cell.answers as f64;
                total += scale * residual(sums, cell)? as f64;
                squares += scale * scale * squared_residuals(sums, cell)? as f64;
            }
            if respondents > 0 {
                let point = points.entry(cluster.stratum).or_default();
                point.respondents += respondents;
                point.squares += squares;
                point.days.push(total);
            }
        }
        Some(Self {
            respondents: points.values().map(|point| point.respondents).sum(),
            clusters: points.values().map(|point| point.days.len() as u64).sum(),
            strata: points.len() as u64,
            cluster_variance: points.values().map(Point::variance_of_days).sum(),
            respondent_variance: points.values().map(Point::variance_of_respondents).sum(),
        })
    }
}

/// Σ (y M − m Y) over the respondents of a piece: exact, the residual times M.
fn residual(sums: &CellSums, cell: CellTotal) -> Option<i128> {
    let seen = i128::from(sums.y).checked_mul(i128::from(cell.answers))?;
    let expected = i128::from(sums.m).checked_mul(i128::from(cell.satisfied))?;
    seen.checked_sub(expected)
}

/// Σ (y M − m Y)² over the respondents of a piece: exact; at least 0 for sums that belong together.
fn squared_residuals(sums: &CellSums, cell: CellTotal) -> Option<i128> {
    let (satisfied, answers) = (i128::from(cell.satisfied), i128::from(cell.answers));
    let product = |sum: u64, a: i128, b: i128| i128::from(sum).checked_mul(a)?.checked_mul(b);
    let squares = product(sums.yy, answers, answers)?.checked_add(product(sums.mm, satisfied, satisfied)?)?;
    let crossed = product(sums.ym, answers, satisfied)?.checked_mul(2)?;
    let value = squares.checked_sub(crossed)?;
    (value >= 0).then_some(value)
}

impl Point {
    /// n/(n − 1) Σ (t − t̄)² over the days, or t² for a lone one.
    fn variance_of_days(&self) -> f64 {
        let n = self.days.len() as f64;
        if self.days.len() < 2 {
            return self.days.iter().map(|total| total * total).sum();
        }
        let mean = self.days.iter().sum::<f64>() / n;
        let raw: f64 = self.days.iter().map(|total| total * total).sum();
        let about_mean: f64 = self.days.iter().map(|total| (total - mean).powi(2)).sum();
        n / (n - 1.0) * without_rounding(about_mean, raw)
    }

    /// n/(n − 1) Σ (u − ū)² over the respondents, or u² for a lone one.
    fn variance_of_respondents(&self) -> f64 {
        let n = self.respondents as f64;
        if self.respondents < 2 {
            return self.squares;
        }
        let total: f64 = self.days.iter().sum();
        n / (n - 1.0) * without_rounding(self.squares - total * total / n, self.squares)
    }
}

/// The sum of squares about the mean, or 0 when it is only what rounding left of `raw`.
fn without_rounding(about_mean: f64, raw: f64) -> f64 {
    if about_mean <= ROUNDING_PART * raw { 0.0 } else { about_mean }
}

#[cfg(test)]
mod tests {
    use super::*;

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
