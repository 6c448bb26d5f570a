//! How alike the answers of one cluster are, and what that and unequal weights cost.
//!
//! # Formula
//! One-way analysis of variance of N answers in k clusters of `n_c`; MSB and MSW are the mean squares between and within.
//! ```text
//! n₀ = (N − Σ n_c²/N)/(k − 1)
//! intraclass correlation   (MSB − MSW)/(MSB + (n₀ − 1) MSW)
//! design effect of clusters   1 + (N/k − 1) · intraclass correlation     times 1 + cv² of the weights for both
//! ```
//! An estimate from a sample may be negative; it is then no different from 0.
//!
//! # Source
//! Donner (1986), doi:10.2307/1403259; Kish (1965) Survey Sampling, ch. 5; Gabler, Häder, Lahiri (1999), Survey Methodology 25, 105–106, for
//! the product.

/// A one-way analysis of variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneWay {
    /// N: answers.
    pub answers: usize,
    /// k: clusters with an answer.
    pub clusters: usize,
    /// n₀: the cluster size that counts.
    pub typical_size: f64,
    /// MSB.
    pub between: f64,
    /// MSW.
    pub within: f64,
}

impl OneWay {
    /// From answers with the small label (from 0) of their cluster each.
    ///
    /// # None
    /// When the lists differ in length, with fewer than two clusters, or without a cluster of two.
    pub fn of(values: &[f64], cluster_of_value: &[usize]) -> Option<Self> {
        if values.len() != cluster_of_value.len() {
            return None;
        }
        let mut sums = vec![(0_usize, 0.0); cluster_of_value.iter().max().map_or(0, |label| label + 1)];
        for (value, cluster) in values.iter().zip(cluster_of_value) {
            sums[*cluster].0 += 1;
            sums[*cluster].1 += value;
        }
        let used = || sums.iter().filter(|(n, _)| *n > 0).map(|(n, sum)| (*n as f64, sum));
        let (answers, clusters) = (values.len(), used().count());
        if clusters < 2 || answers <= clusters {
            return None;
        }
        let (n, k) = (answers as f64, clusters as f64);
        let mean = values.iter().sum::<f64>() / n;
        let between: f64 = used().map(|(size, sum)| size * (sum / size - mean).powi(2)).sum();
        let deviation = |(value, cluster): (&f64, &usize)| value - sums[*cluster].1 / sums[*cluster].0 as f64;
        let within: f64 = values.iter().zip(cluster_of_value).map(|pair| deviation(pair).powi(2)).sum();
        Some(Self {
            answers,
            clusters,
            typical_size: (n - used().map(|(size, _)| size * size).sum::<f64>() / n) / (k - 1.0),
            between: between / (k - 1.0),
            within: within / (n - k),
        })
    }

    /// The intraclass correlation; 0 = clusters are like random heaps, 1 = everybody in a cluster answers alike.
    ///
    /// # None
    /// When nothing varies.
    pub fn intraclass_correlation(&self) -> Option<f64> {
        let below = self.between + (self.typical_size - 1.0) * self.within;
        (below > 0.0).then(|| (self.between - self.within) / below)
    }

    /// N/k.
    pub fn mean_size(&self) -> f64 {
        self.answers as f64 / self.clusters as f64
    }

    /// What clustering costs: the factor on the variance.
    ///
    /// # None
    /// As [`Self::intraclass_correlation`].
    pub fn design_effect(&self) -> Option<f64> {
        Some(1.0 + (self.mean_size() - 1.0) * self.intraclass_correlation()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_clusters_come_out_as_by_hand() {
        // 1 1 0 | 0 0 1: means 2/3, 1/3 about ½: SSB = 6/36, SSW = 4/3, MSB = 1/6, MSW = 1/3, n₀ = 3: (−1/6)/(1/6 + 2/3) = −0.2.
        let one_way = OneWay::of(&[1.0, 1.0, 0.0, 0.0, 0.0, 1.0], &[0, 0, 0, 4, 4, 4]).expect("two clusters");
        assert_eq!(one_way.clusters, 2);
        assert!((one_way.typical_size - 3.0).abs() < 1e-15);
        assert!((one_way.intraclass_correlation().expect("varies") + 0.2).abs() < 1e-14);
        assert!((one_way.design_effect().expect("varies") - 0.6).abs() < 1e-14);
    }

    #[test]
    fn clusters_that_answer_as_one_are_wholly_alike() {
        let one_way = OneWay::of(&[1.0, 1.0, 0.0, 0.0], &[0, 0, 1, 1]).expect("two clusters");
        assert!((one_way.intraclass_correlation().expect("varies") - 1.0).abs() < 1e-15);
        let flat = OneWay::of(&[1.0; 4], &[0, 0, 1, 1]).expect("two clusters");
        assert_eq!(flat.design_effect(), None);
        assert_eq!(OneWay::of(&[1.0, 0.0], &[0, 1]), None);
        assert_eq!(OneWay::of(&[1.0, 0.0], &[0, 0]), None);
    }
}
