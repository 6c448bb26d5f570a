//! Seeded draws, and the normal distribution in closed form.
//!
//! `ChaCha8` and whole-number arithmetic give the same stream on every machine. Logarithms may differ in the last bit
//! between machines; a draw would have to fall within 1e-16 of a limit for that to change an answer.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// One seeded stream of draws.
pub(super) struct Dice {
    stream: ChaCha8Rng,
    spare: Option<f64>,
}

impl Dice {
    /// The stream with this number of a seed; streams of one seed are independent.
    pub(super) fn new(seed: u64, number: u64) -> Self {
        let mut stream = ChaCha8Rng::seed_from_u64(seed);
        stream.set_stream(number);
        Self { stream, spare: None }
    }

    /// Uniform on 0 ≤ u < 1, in steps of 2⁻⁵³.
    pub(super) fn uniform(&mut self) -> f64 {
        (self.stream.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Sixteen bytes.
    pub(super) fn words(&mut self) -> [u8; 16] {
        let mut words = [0; 16];
        words[..8].copy_from_slice(&self.stream.next_u64().to_le_bytes());
        words[8..].copy_from_slice(&self.stream.next_u64().to_le_bytes());
        words
    }

    /// True with this probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Standard normal, by Marsaglia's polar method.
    pub(super) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                let scale = (-2.0 * square.ln() / square).sqrt();
                self.spare = Some(y * scale);
                return x * scale;
            }
        }
    }

    /// A place in `weights` with probability proportional to its weight; 0 where there is nothing to choose.
    pub(super) fn choose(&mut self, weights: &[f64]) -> usize {
        let mut left = self.uniform() * weights.iter().sum::<f64>();
        for (place, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return place;
            }
        }
        weights.iter().rposition(|&weight| weight > 0.0).unwrap_or(0)
    }

    /// A place in `cumulative` (running sums of weights), by halving.
    pub(super) fn choose_cumulative(&mut self, cumulative: &[f64]) -> usize {
        let at = self.uniform() * cumulative.last().copied().unwrap_or(0.0);
        cumulative.partition_point(|&sum| sum <= at).min(cumulative.len().saturating_sub(1))
    }

    /// One of the texts.
    pub(super) fn one_of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        let place = self.choose(&vec![1.0; texts.len()]);
        texts.get(place).copied().unwrap_or("")
    }
}

/// Φ(x), by the series Φ = ½ + φ(x)·(x + x³/3 + x⁵/(3·5) + …).
///
/// # Source
/// Marsaglia (2004), Journal of Statistical Software 11(4), <https://doi.org/10.18637/jss.v011.i04>.
pub(super) fn normal_cdf(x: f64) -> f64 {
    if x.abs() > 8.0 {
        return if x > 0.0 { 1.0 } else { 0.0 };
    }
    let (mut term, mut sum, mut denominator) = (x, x, 1.0);
    while term.abs() > 1e-18 {
        denominator += 2.0;
        term *= x * x / denominator;
        sum += term;
    }
    0.5 + sum * (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// x with Φ(x) = `probability`, by halving on −8…8; meant for tables, not for draws.
pub(super) fn normal_quantile(probability: f64) -> f64 {
    let (mut low, mut high) = (-8.0, 8.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if normal_cdf(middle) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_distribution_matches_r() {
        // R 4.x: pnorm(c(-1.96, 0, 1, 5)) and qnorm(c(0.975, 0.9)); tolerance 1e-12.
        let cdf = [
            (-1.96, 0.024_997_895_148_220_43),
            (0.0, 0.5),
            (1.0, 0.841_344_746_068_542_9),
            (5.0, 0.999_999_713_348_428),
        ];
        for (x, expected) in cdf {
            assert!((normal_cdf(x) - expected).abs() < 1e-12, "at {x}: {}", normal_cdf(x));
        }
        for (probability, expected) in [(0.975, 1.959_963_984_540_054), (0.9, 1.281_551_565_544_601)] {
            assert!((normal_quantile(probability) - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn draws_have_the_moments_of_their_distribution() {
        let mut dice = Dice::new(7, 0);
        let draws: Vec<f64> = (0..40_000).map(|_| dice.normal()).collect();
        let mean = draws.iter().sum::<f64>() / 40_000.0;
        let square = draws.iter().map(|draw| draw * draw).sum::<f64>() / 40_000.0;
        // Four standard errors: 4/√40000 and 4·√2/√40000.
        assert!(mean.abs() < 0.02 && (square - 1.0).abs() < 0.03, "mean {mean}, mean square {square}");
        let chosen = (0..40_000).filter(|_| dice.choose(&[1.0, 0.0, 3.0]) == 2).count() as f64 / 40_000.0;
        assert!((chosen - 0.75).abs() < 0.01, "chosen {chosen}");
    }
}
