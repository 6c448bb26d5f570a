//! Totals of a sample of fixed size drawn with unequal probabilities, without knowing the probabilities of pairs.
//!
//! # Formula
//! t = Σ `y_i`/`π_i` (Horvitz–Thompson); x = y/π, x̄ its plain mean, n the sample size.
//! ```text
//! with replacement   n/(n − 1) Σ (x_i − x̄)²
//! Brewer             n/(n − 1) Σ (1 − π_i)(x_i − x̄)²
//! Overton            Σ (1 − π_i) x_i² − Σ_(i≠j) x_i x_j (1 − (π_i + π_j)/2)/(n − 1)
//! Hartley–Rao        Σ (1 − π_i) x_i² − Σ_(i≠j) x_i x_j (1 − π_i − π_j + Σ_U π²/n)/(n − 1)
//! ```
//! The sum over U runs over the whole population. The last two put an approximation of the joint probabilities into the variance
//! of Horvitz and Thompson.
//!
//! # Source
//! Horvitz, Thompson (1952), doi:10.1080/01621459.1952.10483446; Hartley, Rao (1962), doi:10.1214/aoms/1177704564; Brewer (2002)
//! Combined Survey Sampling Inference, ch. 9; Stehman, Overton (1994), J. Am. Stat. Assoc. 89, 30–43; R `survey::svydesign(pps =)`.

/// How the variance of the total is approximated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum JointProbabilities {
    /// As if drawn with replacement: too large where many π are.
    WithReplacement,
    /// Brewer.
    Brewer,
    /// Overton.
    Overton,
    /// Hartley and Rao.
    HartleyRao {
        /// Σ π² over the whole population, divided by n.
        squares_over_n: f64,
    },
}

/// The Horvitz–Thompson total of `values` and its variance.
///
/// # None
/// When the lists differ in length, hold fewer than two units, or a probability is not in 0..=1, 0 excluded.
pub fn total(values: &[f64], probabilities: &[f64], joint: JointProbabilities) -> Option<(f64, f64)> {
    let usable = probabilities.iter().all(|pi| *pi > 0.0 && *pi <= 1.0);
    if values.len() != probabilities.len() || values.len() < 2 || !usable {
        return None;
    }
    let expanded: Vec<f64> = values.iter().zip(probabilities).map(|(value, pi)| value / pi).collect();
    let n = expanded.len() as f64;
    let total: f64 = expanded.iter().sum();
    let about_mean = |factor: &dyn Fn(f64) -> f64| -> f64 {
        let deviations = expanded.iter().zip(probabilities).map(|(x, pi)| factor(*pi) * (x - total / n).powi(2));
        n / (n - 1.0) * deviations.sum::<f64>()
    };
    let variance = match joint {
        JointProbabilities::WithReplacement => about_mean(&|_| 1.0),
        JointProbabilities::Brewer => about_mean(&|pi| 1.0 - pi),
        JointProbabilities::Overton => by_pairs(&expanded, probabilities, 1.0, 0.5),
        JointProbabilities::HartleyRao { squares_over_n } => {
            by_pairs(&expanded, probabilities, 1.0 + squares_over_n, 1.0)
        }
    };
    Some((total, variance))
}

/// Σ (1 − π) x² − Σ over pairs of `x_i` `x_j` (`constant` − `slope` (`π_i` + `π_j`))/(n − 1), the pairs summed through Σ x and Σ x π.
fn by_pairs(expanded: &[f64], probabilities: &[f64], constant: f64, slope: f64) -> f64 {
    let (mut x, mut x_pi, mut square, mut square_pi) = (0.0, 0.0, 0.0, 0.0);
    for (value, pi) in expanded.iter().zip(probabilities) {
        x += value;
        x_pi += value * pi;
        square += value * value;
        square_pi += value * value * pi;
    }
    let pairs = constant * (x * x - square) - 2.0 * slope * (x * x_pi - square_pi);
    square - square_pi - pairs / (expanded.len() as f64 - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_probabilities_give_the_variance_of_a_simple_random_sample() {
        // By hand: n = 4 of N = 10, y = 1, 2, 4, 5: t = 30, N²(1 − n/N) s²/n = 100 · 0.6 · (10/3)/4 = 50.
        let (values, pi) = ([1.0, 2.0, 4.0, 5.0], [0.4; 4]);
        let joints = [
            JointProbabilities::Brewer,
            JointProbabilities::Overton,
            JointProbabilities::HartleyRao { squares_over_n: 10.0 * 0.16 / 4.0 },
        ];
        for joint in joints {
            let (total, variance) = total(&values, &pi, joint).expect("usable");
            assert!((total - 30.0).abs() < 1e-12);
            assert!((variance - 50.0).abs() < 1e-10, "{joint:?}: {variance}");
        }
        let (_, variance) = total(&values, &pi, JointProbabilities::WithReplacement).expect("usable");
        assert!((variance - 50.0 / 0.6).abs() < 1e-10);
    }

    #[test]
    fn impossible_probabilities_are_refused() {
        for pi in [[0.5, 0.0], [0.5, 1.5], [0.5, f64::NAN]] {
            assert_eq!(total(&[1.0, 2.0], &pi, JointProbabilities::Brewer), None);
        }
        assert_eq!(total(&[1.0], &[0.5], JointProbabilities::Brewer), None);
    }
}
