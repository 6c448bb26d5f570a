//! Limits of a funnel plot: how far a unit's share may lie from that of all by chance and by the usual differences between units.
//!
//! # Formula
//! Unit i has share `p_i` of `n_i` people with standard error `s_i`; p̄ = Σ n p/Σ n. Answers of one person and of one day are alike, so a person
//! tells less than one independent answer would by the factor g, the median of `s_i²` `n_i`/(p̄(1 − p̄)), at least 0.
//! ```text
//! σ(n)² = g p̄(1 − p̄)/n          z_i = (p_i − p̄)/σ(n_i), cut at its 10 % and 90 % points
//! φ = mean z_i²                  τ² = max(0, (I φ − (I − 1))/(Σ w − Σ w²/Σ w)),  w_i = 1/σ(n_i)²
//! limits at size n: p̄ ± z √(σ(n)² + τ²)
//! ```
//! τ² is the usual variance between units: where units differ anyway, as offices of different work do, a funnel without it calls nearly all of
//! them exceptional. Cutting the z-scores keeps few exceptional units from widening the limits that are to show them.
//!
//! # Source
//! Spiegelhalter (2005), Handling over-dispersion of performance indicators, doi:10.1136/qshc.2005.013755; `DerSimonian` and Laird (1986),
//! doi:10.1016/0197-2456(86)90046-2.

use super::basics::Interval;

/// Fewer units than this tell nothing of how units differ.
pub const UNITS_MIN: usize = 3;
/// The part of the z-scores that is cut at either end.
const CUT: f64 = 0.1;

/// A unit compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Compared {
    /// Its share, 0–1.
    pub value: f64,
    /// People behind it.
    pub size: f64,
    /// Standard error of the share.
    pub standard_error: f64,
}

/// The limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Funnel {
    centre: f64,
    /// g p̄(1 − p̄).
    variance_of_one: f64,
    phi: f64,
    between: f64,
}

impl Funnel {
    /// From the units compared.
    ///
    /// # None
    /// With fewer than [`UNITS_MIN`] units, a size that is not above 0, or where everybody or nobody is satisfied.
    pub fn new(units: &[Compared]) -> Option<Self> {
        let usable = units.len() >= UNITS_MIN
            && units.iter().all(|unit| unit.size > 0.0 && unit.value.is_finite() && unit.standard_error.is_finite());
        let people: f64 = units.iter().map(|unit| unit.size).sum();
        let centre = units.iter().map(|unit| unit.size * unit.value).sum::<f64>() / people;
        let simple = centre * (1.0 - centre);
        if !usable || simple <= 0.0 {
            return None;
        }
        let factors = units.iter().map(|unit| unit.standard_error.powi(2) * unit.size / simple);
        let factor = median(factors.collect());
        let variance_of_one = if factor > 0.0 { factor * simple } else { simple };
        let mut z: Vec<f64> =
            units.iter().map(|unit| (unit.value - centre) / (variance_of_one / unit.size).sqrt()).collect();
        z.sort_by(f64::total_cmp);
        let (low, high) = (quantile(&z, CUT), quantile(&z, 1.0 - CUT));
        let n_units = units.len() as f64;
        let phi = z.iter().map(|z| z.clamp(low, high).powi(2)).sum::<f64>() / n_units;
        let weights = units.iter().map(|unit| unit.size / variance_of_one);
        let (sum, squares) =
            weights.fold((0.0, 0.0), |(sum, squares), weight| (sum + weight, squares + weight * weight));
        let between = ((n_units * phi - (n_units - 1.0)) / (sum - squares / sum)).max(0.0);
        Some(Self { centre, variance_of_one, phi, between })
    }

    /// p̄: the share of all.
    pub fn centre(&self) -> f64 {
        self.centre
    }

    /// φ: about 1 where units differ as chance alone would have it.
    pub fn phi(&self) -> f64 {
        self.phi
    }

    /// τ: the standard deviation between units beyond chance.
    pub fn between(&self) -> f64 {
        self.between.sqrt()
    }

    /// The limits at a size, `width` standard deviations from the centre, not cut at 0 and 1.
    pub fn limits(&self, size: f64, width: f64) -> Interval {
        Interval::around(self.centre, width * (self.variance_of_one / size + self.between).sqrt())
    }

    /// Whether a share lies outside the limits of its size.
    pub fn is_beyond(&self, value: f64, size: f64, width: f64) -> bool {
        let limits = self.limits(size, width);
        value < limits.low || value > limits.high
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    quantile(&values, 0.5)
}

/// Of sorted values, between neighbours in proportion (R type 7).
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let place = part * (sorted.len().saturating_sub(1)) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= place <= n - 1")]
    let (below, rest) = (place.floor() as usize, place.fract());
    let at = |place: usize| sorted.get(place).copied().unwrap_or_default();
    if rest == 0.0 { at(below) } else { at(below) + rest * (at(below + 1) - at(below)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(value: f64, size: f64) -> Compared {
        Compared { value, size, standard_error: (0.25 / size).sqrt() }
    }

    #[test]
    fn alike_units_have_the_limits_of_chance_alone() {
        // By hand: p̄ = 0,5; g = 1; z = (0,5 − 0,5)/… = 0; φ = 0; τ² = 0. At n = 100 the limits are 0,5 ± 2·√(0,25/100) = 0,4 … 0,6.
        let funnel = Funnel::new(&[unit(0.5, 50.0), unit(0.5, 100.0), unit(0.5, 400.0)]).expect("limits");
        let limits = funnel.limits(100.0, 2.0);
        assert!((limits.low - 0.4).abs() < 1e-12 && (limits.high - 0.6).abs() < 1e-12, "{limits:?}");
        assert!(funnel.between().abs() < 1e-12 && !funnel.is_beyond(0.59, 100.0, 2.0));
        assert!(funnel.is_beyond(0.61, 100.0, 2.0) && funnel.is_beyond(0.39, 100.0, 2.0));
    }

    #[test]
    fn units_that_differ_anyway_widen_the_limits() {
        // By hand: five units of 100 at 0,3 0,4 0,5 0,6 0,7; p̄ = 0,5; σ² = 0,0025; z = −4 −2 0 2 4, cut at the 10 % and 90 % points −3,2 and
        // 3,2; φ = (2·10,24 + 2·4)/5 = 5,696; Σ w = 2000, Σ w² = 800000; τ² = (28,48 − 4)/(2000 − 400) = 0,0153.
        let units = [0.3, 0.4, 0.5, 0.6, 0.7].map(|value| unit(value, 100.0));
        let mut units = units.to_vec();
        for unit in &mut units {
            unit.standard_error = 0.05;
        }
        let funnel = Funnel::new(&units).expect("limits");
        assert!((funnel.phi() - 5.696).abs() < 1e-9, "{}", funnel.phi());
        assert!((funnel.between().powi(2) - 0.0153).abs() < 1e-9, "{}", funnel.between());
        assert!(!funnel.is_beyond(0.7, 100.0, 1.96), "0,5 + 1,96·√0,0178 = 0,7615");
    }

    #[test]
    fn too_few_or_too_perfect_units_have_no_limits() {
        assert_eq!(Funnel::new(&[unit(0.5, 10.0), unit(0.6, 10.0)]), None);
        assert_eq!(Funnel::new(&[unit(1.0, 10.0), unit(1.0, 10.0), unit(1.0, 10.0)]), None);
        assert_eq!(Funnel::new(&[unit(0.5, 0.0), unit(0.5, 10.0), unit(0.5, 10.0)]), None);
    }
}
