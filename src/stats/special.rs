//! Regularised incomplete beta and gamma functions, precise in relative terms in both tails.
//!
//! statrs evaluates them through differences of large log-gammas and loses six digits for parameters near 10⁵;
//! here the prefactor follows Loader's saddle-point form, as R does, so that p-values and quantiles keep about 13 digits
//! up to parameters of 10⁹. Quantiles built on them are in `quantile`.
//!
//! Source: Loader (2000), "Fast and accurate computation of binomial probabilities"; the continued fraction of the
//! incomplete beta function: Didonato and Morris (1992), doi:10.1145/131766.131776, equation 9; those of the gamma function:
//! <https://dlmf.nist.gov/8.9>.

#![expect(clippy::many_single_char_names, reason = "formulas keep the letters of the papers")]

use statrs::function::gamma::ln_gamma;

/// ln √(2π).
const LN_SQRT_TWO_PI: f64 = 0.918_938_533_204_672_8;

/// Terms after which a series or continued fraction is given up; the largest need measured is about 4·√(largest parameter).
const TERMS_MAX: u32 = 1_000_000;

/// A probability with its complement, each computed so that neither loses digits when it is small.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tails {
    /// Probability at or below the point.
    pub lower: f64,
    /// Probability above the point.
    pub upper: f64,
}

impl Tails {
    /// From the lower tail.
    fn from_lower(lower: f64) -> Self {
        let lower = lower.clamp(0.0, 1.0);
        Self { lower, upper: 1.0 - lower }
    }

    /// The two tails exchanged.
    fn swapped(self) -> Self {
        Self { lower: self.upper, upper: self.lower }
    }
}

/// Error of Stirling's formula: ln Γ(n + 1) − (n + ½) ln n + n − ln √(2π).
fn stirling_error(n: f64) -> f64 {
    if n <= 15.0 {
        return ln_gamma(n + 1.0) - (n + 0.5) * n.ln() + n - LN_SQRT_TWO_PI;
    }
    let square = n * n;
    // Coefficients of the asymptotic series, 1/12, 1/360, …; the first left out is below 1e-16 from 15 on.
    let terms = [1.0 / 12.0, 1.0 / 360.0, 1.0 / 1260.0, 1.0 / 1680.0, 1.0 / 1188.0, 691.0 / 360_360.0, 1.0 / 156.0];
    let mut sum = 0.0;
    for coefficient in terms.iter().rev() {
        sum = coefficient - sum / square;
    }
    sum / n
}

/// Deviance term x ln(x / mean) + mean − x, without cancellation when x is near the mean.
fn deviance(x: f64, mean: f64) -> f64 {
    let difference = x - mean;
    if difference.abs() >= 0.1 * (x + mean) {
        return x * (x / mean).ln() - difference;
    }
    let ratio = difference / (x + mean);
    let square = ratio * ratio;
    let mut sum = difference * ratio;
    let mut power = 2.0 * x * ratio;
    for k in 1..1000 {
        power *= square;
        let next = sum + power / f64::from(2 * k + 1);
        if next.to_bits() == sum.to_bits() {
            break;
        }
        sum = next;
    }
    sum
}

/// x^a y^b Γ(a+b+1) / (Γ(a+1) Γ(b+1)), the binomial probability extended to real a, b > 0, with x + y = 1.
fn binomial_term(x: f64, y: f64, a: f64, b: f64) -> f64 {
    let n = a + b;
    let exponent = stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) - deviance(b, n * y);
    // ln(2π a b / n), with the ratio taken first so that nothing overflows.
    let scale = 2.0 * LN_SQRT_TWO_PI + a.ln() + (b / n).ln();
    (exponent - 0.5 * scale).exp()
}

/// x^a y^b / B(a, b) with x + y = 1: the beta density times x·y.
pub(crate) fn beta_kernel(x: f64, y: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || y <= 0.0 {
        return 0.0;
    }
    binomial_term(x, y, a, b) * a * (b / (a + b))
}

/// x^a e^−x / Γ(a): the gamma density times x.
pub(crate) fn gamma_kernel(x: f64, a: f64) -> f64 {
    if x <= 0.0 || x.is_infinite() {
        return 0.0;
    }
    let exponent = -stirling_error(a) - deviance(a, x);
    (exponent - 0.5 * (2.0 * LN_SQRT_TWO_PI + a.ln())).exp() * a
}

/// Probability of exactly `successes` of `trials` when each succeeds with `probability` in 0..=1.
pub(crate) fn binomial_probability(successes: u64, trials: u64, probability: f64) -> f64 {
    let failures = trials - successes;
    let (x, n, f) = (successes as f64, trials as f64, failures as f64);
    if trials == 0 {
        return 1.0;
    }
    if successes == 0 {
        return (n * (-probability).ln_1p()).exp();
    }
    if failures == 0 {
        return (n * probability.ln()).exp();
    }
    if probability <= 0.0 || probability >= 1.0 {
        return 0.0;
    }
    binomial_term(probability, 1.0 - probability, x, f)
}

/// Probability of `x` successes in the first of two groups of `n1` and `n2`, when `successes` fall on them at random.
pub(crate) fn hypergeometric_probability(x: u64, n1: u64, n2: u64, successes: u64) -> f64 {
    if x > successes || x > n1 || successes - x > n2 {
        return 0.0;
    }
    // Loader's trick: a ratio of three binomial probabilities at the share that makes all of them large.
    let share = successes as f64 / (n1 + n2) as f64;
    binomial_probability(x, n1, share) * binomial_probability(successes - x, n2, share)
        / binomial_probability(successes, n1 + n2, share)
}

/// Regularised incomplete beta function `I_x(a, b)` and its complement, for a, b > 0 and x + y = 1.
///
/// Both x and y are given, so that a point next to 1 keeps its distance from 1.
pub(crate) fn incomplete_beta(x: f64, y: f64, a: f64, b: f64) -> Tails {
    if x <= 0.0 {
        return Tails::from_lower(0.0);
    }
    if y <= 0.0 {
        return Tails::from_lower(1.0);
    }
    if x <= (a + 1.0) / (a + b + 2.0) {
        Tails::from_lower(beta_kernel(x, y, a, b) * beta_fraction(x, y, a, b))
    } else {
        Tails::from_lower(beta_kernel(y, x, b, a) * beta_fraction(y, x, b, a)).swapped()
    }
}

/// The continued fraction which times the kernel is `I_x(a, b)`; converges fastest for x below the mean a / (a + b).
///
/// λ = a − (a + b) x is formed from the smaller of x and y, so that nothing cancels when one parameter is huge
/// (Student's t with 10¹² degrees of freedom).
fn beta_fraction(x: f64, y: f64, a: f64, b: f64) -> f64 {
    let lambda = if a > b { (a + b) * y - b } else { a - (a + b) * x };
    let c = 1.0 + lambda;
    let c0 = b / a;
    let c1 = 1.0 + 1.0 / a;
    let mut p = 1.0;
    let mut s = a + 1.0;
    // Numerators and denominators of the last two convergents, scaled so that the last denominator is 1.
    let (mut numerator_before, mut denominator_before) = (0.0, c1 / c);
    let mut ratio = c1 / c;
    for step in 1..TERMS_MAX {
        let n = f64::from(step);
        let t = n / a;
        let w = n * (b - n) * x;
        let e = a / s;
        let alpha = p * (p + c0) * e * e * (w * x);
        let e = (t + 1.0) / (c1 + 2.0 * t);
        let beta = n + w / s + e * (c + n * (y + 1.0));
        p = t + 1.0;
        s += 2.0;
        let numerator = alpha * numerator_before + beta * ratio;
        let denominator = alpha * denominator_before + beta;
        let previous = ratio;
        numerator_before = ratio / denominator;
        denominator_before = 1.0 / denominator;
        ratio = numerator / denominator;
        if (ratio - previous).abs() <= f64::EPSILON * ratio.abs() {
            break;
        }
    }
    ratio
}

/// Regularised incomplete gamma function P(a, x) and its complement, for a > 0 and x ≥ 0.
pub(crate) fn incomplete_gamma(x: f64, a: f64) -> Tails {
    if x <= 0.0 {
        return Tails::from_lower(0.0);
    }
    if x.is_infinite() {
        return Tails::from_lower(1.0);
    }
    if x < a + 1.0 {
        Tails::from_lower(gamma_kernel(x, a) * gamma_series(x, a))
    } else {
        Tails::from_lower(gamma_kernel(x, a) * gamma_fraction(x, a)).swapped()
    }
}

/// Σ xᵏ / (a (a+1) … (a+k)), which times the kernel is P(a, x).
fn gamma_series(x: f64, a: f64) -> f64 {
    let mut term = 1.0 / a;
    let mut sum = term;
    for step in 1..TERMS_MAX {
        term *= x / (a + f64::from(step));
        sum += term;
        if term <= sum * f64::EPSILON * 0.25 {
            break;
        }
    }
    sum
}

/// The continued fraction which times the kernel is 1 − P(a, x), by Lentz' method.
fn gamma_fraction(x: f64, a: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guard = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / guard(b);
    let mut fraction = d;
    for step in 1..TERMS_MAX {
        let i = f64::from(step);
        let numerator = -i * (i - a);
        b += 2.0;
        d = 1.0 / guard(numerator * d + b);
        c = guard(b + numerator / c);
        let factor = d * c;
        fraction *= factor;
        if (factor - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    fraction
}
