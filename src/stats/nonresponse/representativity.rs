//! R-indicators: how evenly people answer, from the propensities a model of response gives them.
//!
//! # Formula
//! ρ are the propensities, w the weights of everybody asked (Σ w = N), ρ̄ their weighted mean.
//! ```text
//! S² = Σ w (ρ − ρ̄)²/(N − 1)     R = 1 − 2 S     with divisor N in S² as a second form
//! coefficient of variation S/ρ̄: the largest standardised bias of a mean that goes with ρ
//! partial indicator of a variable   √(Σ over its levels W_l (ρ̄_l − ρ̄)²/N)
//! ```
//! R = 1: everybody answers alike. It knows no more than the model's variables do. Propensities:
//! [`crate::stats::regression::glm::fit`].
//!
//! # Source
//! Schouten, Cobben, Bethlehem (2009), Survey Methodology 35, 101–113; Schouten, Shlomo, Skinner (2011), J. Off. Stat. 27, 231–253, for the
//! partial indicators.

/// Response propensities of everybody asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Propensities<'a> {
    rho: &'a [f64],
    weights: &'a [f64],
    total: f64,
    mean: f64,
}

impl<'a> Propensities<'a> {
    /// ρ and w of everybody asked, answered or not.
    ///
    /// # None
    /// When the lists differ in length, a weight is negative, or the weights add up to 1 or less.
    pub fn new(rho: &'a [f64], weights: &'a [f64]) -> Option<Self> {
        let total: f64 = weights.iter().sum();
        let usable = rho.len() == weights.len() && weights.iter().all(|weight| *weight >= 0.0) && total > 1.0;
        usable.then(|| {
            let mean = rho.iter().zip(weights).map(|(rho, weight)| rho * weight).sum::<f64>() / total;
            Self { rho, weights, total, mean }
        })
    }

    /// ρ̄: the expected response rate.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// S, with divisor N − 1.
    pub fn standard_deviation(&self) -> f64 {
        (self.squares() / (self.total - 1.0)).sqrt()
    }

    /// R = 1 − 2 S; 1 = everybody answers alike.
    pub fn indicator(&self) -> f64 {
        1.0 - 2.0 * self.standard_deviation()
    }

    /// R with divisor N in S².
    pub fn indicator_with_divisor_n(&self) -> f64 {
        1.0 - 2.0 * (self.squares() / self.total).sqrt()
    }

    /// S/ρ̄.
    ///
    /// # None
    /// When nobody answers.
    pub fn coefficient_of_variation(&self) -> Option<f64> {
        (self.mean > 0.0).then(|| self.standard_deviation() / self.mean)
    }

    /// How much of S lies between the levels of a variable: `levels` are small labels from 0, one a row.
    ///
    /// # None
    /// When there is not one label for every row.
    pub fn partial(&self, levels: &[usize]) -> Option<f64> {
        if levels.len() != self.rho.len() {
            return None;
        }
        let mut sums = vec![(0.0, 0.0); levels.iter().max().map_or(0, |label| label + 1)];
        for ((rho, weight), level) in self.rho.iter().zip(self.weights).zip(levels) {
            sums[*level].0 += weight;
            sums[*level].1 += weight * rho;
        }
        let used = sums.iter().filter(|(weight, _)| *weight > 0.0);
        let squares: f64 = used.map(|(weight, sum)| weight * (sum / weight - self.mean).powi(2)).sum();
        Some((squares / self.total).sqrt())
    }

    fn squares(&self) -> f64 {
        self.rho.iter().zip(self.weights).map(|(rho, weight)| weight * (rho - self.mean).powi(2)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_halves_of_unlike_response_are_indicated_as_by_hand() {
        // ρ = 0.8 and 0.4 for two each: ρ̄ = 0.6, Σ (ρ − ρ̄)² = 0.16, S = √(0.16/3).
        let (rho, weights) = ([0.8, 0.8, 0.4, 0.4], [1.0; 4]);
        let propensities = Propensities::new(&rho, &weights).expect("usable");
        assert!((propensities.indicator() - (1.0 - 2.0 * (0.16_f64 / 3.0).sqrt())).abs() < 1e-15);
        assert!((propensities.indicator_with_divisor_n() - 0.6).abs() < 1e-15);
        assert!((propensities.partial(&[0, 0, 1, 1]).expect("labels") - 0.2).abs() < 1e-15);
        assert!(propensities.partial(&[0, 1, 0, 1]).expect("labels") < 1e-15);
        assert_eq!(propensities.partial(&[0, 1]), None);
    }

    #[test]
    fn alike_propensities_are_fully_representative() {
        let propensities = Propensities::new(&[0.5; 3], &[2.0; 3]).expect("usable");
        assert!((propensities.indicator() - 1.0).abs() < 1e-15);
        assert!(Propensities::new(&[0.5], &[1.0]).is_none());
        assert!(Propensities::new(&[0.5, 0.5], &[3.0, -1.0]).is_none());
        assert_eq!(Propensities::new(&[0.0; 3], &[1.0; 3]).expect("usable").coefficient_of_variation(), None);
    }
}
