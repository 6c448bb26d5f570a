//! Estimates made with replicate weights, and how much they move.

use nalgebra::DMatrix;

use super::Replicates;
use crate::stats::design::Design;

/// About what the replicates are squared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Centre {
    /// The mean of the replicates (of those whose scale is above 0): R's default.
    Replicates,
    /// The full estimate: a little larger, on the safe side (R's `mse = TRUE`).
    Estimate,
}

/// Estimates with the full weights and with those of every replicate.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicatedEstimates {
    /// With the full weights.
    pub estimates: Vec<f64>,
    /// One list a replicate.
    pub replicates: Vec<Vec<f64>>,
    scale: f64,
    scales: Vec<f64>,
}

impl ReplicatedEstimates {
    /// Covariance matrix of the estimates.
    pub fn covariance(&self, centre: Centre) -> DMatrix<f64> {
        let k = self.estimates.len();
        let centre: Vec<f64> = match centre {
            Centre::Estimate => self.estimates.clone(),
            Centre::Replicates => {
                let counted = || self.replicates.iter().zip(&self.scales).filter(|(_, scale)| **scale > 0.0);
                let n = counted().count().max(1) as f64;
                (0..k).map(|at| counted().map(|(replicate, _)| replicate[at]).sum::<f64>() / n).collect()
            }
        };
        let mut covariance = DMatrix::zeros(k, k);
        for (replicate, scale) in self.replicates.iter().zip(&self.scales) {
            for i in 0..k {
                for j in 0..k {
                    covariance[(i, j)] += scale * (replicate[i] - centre[i]) * (replicate[j] - centre[j]);
                }
            }
        }
        covariance * self.scale
    }

    /// Standard errors of the estimates.
    pub fn standard_errors(&self, centre: Centre) -> Vec<f64> {
        self.covariance(centre).diagonal().iter().map(|variance| variance.max(0.0).sqrt()).collect()
    }
}

impl Replicates {
    /// As [`Design::replicated`], with factors of rows in the place of factors of clusters: for weights that came with the data.
    ///
    /// # None
    /// When there is not one factor a row, or `statistic` gives none.
    pub fn of_rows(
        &self,
        weights: &[f64],
        mut statistic: impl FnMut(&[f64]) -> Option<Vec<f64>>,
    ) -> Option<ReplicatedEstimates> {
        if self.factors.iter().any(|factors| factors.len() != weights.len()) {
            return None;
        }
        let estimates = statistic(weights)?;
        let mut replicates = Vec::with_capacity(self.factors.len());
        for factors in &self.factors {
            let own: Vec<f64> = weights.iter().zip(factors).map(|(weight, factor)| weight * factor).collect();
            replicates.push(statistic(&own)?);
        }
        Some(ReplicatedEstimates { estimates, replicates, scale: self.scale, scales: self.scales.clone() })
    }
}

impl Design {
    /// Makes the estimates that `statistic` computes from the weights of the rows, with the full weights and with every
    /// replicate's. To follow a calibration, let `statistic` calibrate the weights it is handed.
    ///
    /// # None
    /// When `statistic` gives none for the full weights or for one of the replicates, or the replicates are of other clusters.
    pub fn replicated(
        &self,
        replicates: &Replicates,
        mut statistic: impl FnMut(&[f64]) -> Option<Vec<f64>>,
    ) -> Option<ReplicatedEstimates> {
        if replicates.factors.iter().any(|factors| factors.len() != self.frame.clusters.len()) {
            return None;
        }
        let estimates = statistic(&self.weights)?;
        let mut weights = vec![0.0; self.weights.len()];
        let mut of_replicates = Vec::with_capacity(replicates.factors.len());
        for factors in &replicates.factors {
            for ((weight, full), cluster) in weights.iter_mut().zip(&self.weights).zip(&self.cluster_of_row) {
                *weight = full * factors[*cluster];
            }
            of_replicates.push(statistic(&weights)?);
        }
        let (scale, scales) = (replicates.scale, replicates.scales.clone());
        Some(ReplicatedEstimates { estimates, replicates: of_replicates, scale, scales })
    }

    /// Degrees of freedom of an estimate that rests on the rows for which `inside` is true: see
    /// [`Replicates::degrees_of_freedom`].
    pub fn replicate_degrees_of_freedom(&self, replicates: &Replicates, inside: &[bool]) -> f64 {
        replicates.degrees_of_freedom(&self.clusters_with(|row| inside[row]))
    }
}
