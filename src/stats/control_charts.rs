//! Control charts of a share over time: does a period differ from the run of the others, or is it noise?
//!
//! # Formula
//! Period i has `x_i` of `n_i`; `p_i` = `x_i`/`n_i`, p̄ = Σ x/Σ n, `σ_i` = √(p̄(1 − p̄)/`n_i`), `z_i` = (`p_i` − p̄)/`σ_i`.
//! ```text
//! p chart     p̄ ± 3 σ_i
//! Laney p′    p̄ ± 3 σ_i σ_z,     σ_z = mean |z_i − z_(i−1)| / 1.128
//! EWMA        E_i = λ p_i + (1 − λ) E_(i−1), E_0 = p̄;   limits p̄ ± L √v_i,   v_i = λ² σ_i² + (1 − λ)² v_(i−1)
//! EWMA of z   the same on z from 0;   limits ± L √(λ/(2 − λ) · (1 − (1 − λ)^(2i)))
//! CUSUM of z  up_i = max(0, up_(i−1) + z_i − k), down_i = max(0, down_(i−1) − z_i − k);   a signal above h
//! run         the m-th or later period in a row on one side of p̄
//! ```
//! The p chart takes answers as independent. Those of one day and one counter are not, and with many answers a period it
//! signals without end; Laney's `σ_z` takes the spread from period to period instead. Positions count from 0.
//!
//! # Source
//! Shewhart (1931) Economic Control of Quality of Manufactured Product; Laney (2002), doi:10.1081/QEN-120003555; Roberts (1959),
//! doi:10.1080/00401706.1959.10489860; Page (1954), doi:10.1093/biomet/41.1-2.100; Montgomery, Introduction to Statistical Quality
//! Control, ch. 7 and 9.

use super::basics::Interval;

/// Expected range of two standard normal values, which turns mean ranges into standard deviations (d₂ of the tables).
const RANGE_OF_TWO: f64 = 1.128;

/// The shares of a series of periods about their common mean.
#[derive(Debug, Clone, PartialEq)]
pub struct PChart {
    centre: f64,
    shares: Vec<f64>,
    sigmas: Vec<f64>,
}

/// An exponentially weighted moving average with its limits.
#[derive(Debug, Clone, PartialEq)]
pub struct MovingAverage {
    /// The average after each period.
    pub values: Vec<f64>,
    /// Its limits, not cut at 0 and 1.
    pub limits: Vec<Interval>,
    /// Positions of the periods outside their limits.
    pub signals: Vec<usize>,
}

/// Cumulative sums of the standardised shares.
#[derive(Debug, Clone, PartialEq)]
pub struct CumulativeSums {
    /// Sum of what lies above the centre.
    pub up: Vec<f64>,
    /// Sum of what lies below the centre, as a positive number.
    pub down: Vec<f64>,
    /// Positions at which either is above the threshold.
    pub signals: Vec<usize>,
}

impl PChart {
    /// From (x, n) of each period, in order.
    ///
    /// # None
    /// Without periods, or when a period has no answers or more satisfied ones than answers: leave empty periods out.
    pub fn new(counts: &[(u64, u64)]) -> Option<Self> {
        let usable = !counts.is_empty() && counts.iter().all(|(x, n)| *n > 0 && x <= n);
        usable.then(|| {
            let sum = |part: fn(&(u64, u64)) -> u64| counts.iter().map(part).sum::<u64>() as f64;
            let centre = sum(|(x, _)| *x) / sum(|(_, n)| *n);
            Self {
                centre,
                shares: counts.iter().map(|(x, n)| *x as f64 / *n as f64).collect(),
                sigmas: counts.iter().map(|(_, n)| (centre * (1.0 - centre) / *n as f64).sqrt()).collect(),
            }
        })
    }

    /// p̄: the centre line.
    pub fn centre(&self) -> f64 {
        self.centre
    }

    /// p of each period.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// σ of each period.
    pub fn sigmas(&self) -> &[f64] {
        &self.sigmas
    }

    /// z of each period.
    ///
    /// # None
    /// When everybody or nobody is satisfied: σ is 0.
    pub fn z_scores(&self) -> Option<Vec<f64>> {
        let varies = self.centre > 0.0 && self.centre < 1.0;
        varies.then(|| self.shares.iter().zip(&self.sigmas).map(|(p, sigma)| (p - self.centre) / sigma).collect())
    }

    /// Limits at `width` standard deviations (3 by custom), not cut at 0 and 1.
    pub fn limits(&self, width: f64) -> Vec<Interval> {
        self.sigmas.iter().map(|sigma| Interval::around(self.centre, width * sigma)).collect()
    }

    /// Positions of the periods outside the limits at `width` standard deviations.
    pub fn signals(&self, width: f64) -> Vec<usize> {
        outside(&self.shares, &self.limits(width))
    }

    /// Laney's `σ_z`: how much more (or less) the periods vary than independent answers would. Limits at 3 `σ_z` are his p′ chart.
    ///
    /// # None
    /// With fewer than two periods, or as [`Self::z_scores`].
    pub fn laney_sigma(&self) -> Option<f64> {
        let z = self.z_scores()?;
        let ranges: Vec<f64> = z.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
        (!ranges.is_empty()).then(|| ranges.iter().sum::<f64>() / ranges.len() as f64 / RANGE_OF_TWO)
    }

    /// Positions of the `length`-th and later periods in a row on one side of the centre; a period on the centre ends a run.
    pub fn runs(&self, length: usize) -> Vec<usize> {
        let side = |p: f64| p.partial_cmp(&self.centre);
        let on_centre = Some(std::cmp::Ordering::Equal);
        let mut positions = Vec::new();
        let mut run = 0;
        for (at, &p) in self.shares.iter().enumerate() {
            let continues = at > 0 && side(self.shares[at - 1]) == side(p);
            run = if continues { run + 1 } else { 1 };
            if run >= length && side(p) != on_centre {
                positions.push(at);
            }
        }
        positions
    }

    /// The moving average of the shares; the newest share weighs `lambda`, limits stand at `width` standard deviations.
    ///
    /// # None
    /// When `lambda` is not in 0..=1, 0 excluded.
    pub fn moving_average(&self, lambda: f64, width: f64) -> Option<MovingAverage> {
        let values = smoothed(&self.shares, self.centre, lambda)?;
        let mut variance = 0.0;
        let limits: Vec<Interval> = self
            .sigmas
            .iter()
            .map(|sigma| {
                variance = (lambda * sigma).powi(2) + (1.0 - lambda).powi(2) * variance;
                Interval::around(self.centre, width * variance.sqrt())
            })
            .collect();
        let signals = outside(&values, &limits);
        Some(MovingAverage { values, limits, signals })
    }

    /// The moving average of the z-scores, in which a period with few answers weighs as much as one with many.
    ///
    /// # None
    /// As [`Self::z_scores`], and when `lambda` is not in 0..=1, 0 excluded.
    pub fn moving_average_of_z(&self, lambda: f64, width: f64) -> Option<MovingAverage> {
        let values = smoothed(&self.z_scores()?, 0.0, lambda)?;
        let limits = moving_average_of_z_limits(self.shares.len(), lambda, width)?;
        let signals = outside(&values, &limits);
        Some(MovingAverage { values, limits, signals })
    }

    /// Cumulative sums of the z-scores. `allowance` k is half the shift looked for (0.5 by custom), `threshold` h the sum that
    /// signals (5 by custom), both in standard deviations.
    ///
    /// # None
    /// As [`Self::z_scores`].
    pub fn cumulative_sums(&self, allowance: f64, threshold: f64) -> Option<CumulativeSums> {
        let z = self.z_scores()?;
        let climb = |sign: f64| -> Vec<f64> {
            let mut sum = 0.0_f64;
            z.iter()
                .map(|z| {
                    sum = (sum + sign * z - allowance).max(0.0);
                    sum
                })
                .collect()
        };
        let (up, down) = (climb(1.0), climb(-1.0));
        let signals = (0..z.len()).filter(|at| up[*at] > threshold || down[*at] > threshold).collect();
        Some(CumulativeSums { up, down, signals })
    }
}

/// Limits of the moving average of z-scores over `periods` periods: they depend on the weights only, not on the data.
///
/// # None
/// When `lambda` is not in 0..=1, 0 excluded.
pub fn moving_average_of_z_limits(periods: usize, lambda: f64, width: f64) -> Option<Vec<Interval>> {
    usable_weight(lambda)?;
    let mut kept = 1.0;
    let limit = |_| {
        kept *= (1.0 - lambda).powi(2);
        Interval::around(0.0, width * (lambda / (2.0 - lambda) * (1.0 - kept)).sqrt())
    };
    Some((0..periods).map(limit).collect())
}

fn usable_weight(lambda: f64) -> Option<f64> {
    (lambda > 0.0 && lambda <= 1.0).then_some(lambda)
}

fn smoothed(values: &[f64], start: f64, lambda: f64) -> Option<Vec<f64>> {
    let lambda = usable_weight(lambda)?;
    let mut average = start;
    let step = |value: &f64| {
        average = lambda * value + (1.0 - lambda) * average;
        average
    };
    Some(values.iter().map(step).collect())
}

fn outside(values: &[f64], limits: &[Interval]) -> Vec<usize> {
    let is_outside = |(at, (value, limits)): (usize, (&f64, &Interval))| (!limits.contains(*value)).then_some(at);
    values.iter().zip(limits).enumerate().filter_map(is_outside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_far_below_the_others_is_outside_three_sigma() {
        // By hand: p̄ = 380/500 = 0.76, σ = √(0.76·0.24/100) = 0.0427; 0.60 is 3.7 σ below.
        let chart = PChart::new(&[(80, 100), (80, 100), (80, 100), (80, 100), (60, 100)]).expect("a chart");
        assert!((chart.centre() - 0.76).abs() < 1e-15);
        assert_eq!(chart.signals(3.0), [4]);
        assert_eq!(chart.signals(4.0), Vec::<usize>::new());
    }

    #[test]
    fn eight_in_a_row_on_one_side_are_a_run_and_periods_on_the_centre_are_none() {
        let mut counts = vec![(91, 100); 9];
        counts.extend(vec![(89, 100); 7]);
        counts.push((180, 200)); // 0.9000, the eighth below the centre of 0.9011
        let chart = PChart::new(&counts).expect("a chart");
        assert_eq!(chart.runs(8), [7, 8, 16]);
        let flat = PChart::new(&[(9, 10); 12]).expect("a chart");
        assert_eq!(flat.runs(8), Vec::<usize>::new());
    }

    #[test]
    fn where_everybody_is_satisfied_there_is_nothing_to_standardise() {
        let chart = PChart::new(&[(10, 10), (20, 20)]).expect("a chart");
        assert_eq!(chart.z_scores(), None);
        assert_eq!(chart.laney_sigma(), None);
        assert_eq!(chart.cumulative_sums(0.5, 5.0), None);
        assert_eq!(chart.signals(3.0), Vec::<usize>::new());
    }

    #[test]
    fn empty_periods_impossible_counts_and_weights_are_refused() {
        assert!(PChart::new(&[]).is_none());
        assert!(PChart::new(&[(0, 0), (3, 4)]).is_none());
        assert!(PChart::new(&[(5, 4)]).is_none());
        let chart = PChart::new(&[(3, 4), (2, 4)]).expect("a chart");
        for lambda in [0.0, -0.1, 1.1, f64::NAN] {
            assert!(chart.moving_average(lambda, 3.0).is_none(), "{lambda} was accepted");
        }
    }
}
