//! A probability sample and volunteers in one figure, each with the weight that its error deserves.
//!
//! # Formula
//! ```text
//! bias of the volunteers    b² = max(0, (p_o − p_s)² − V_s − V_o)
//! weight of the sample      λ = (V_o + b²)/(V_s + V_o + b²)
//! composite                 λ p_s + (1 − λ) p_o,   mean squared error V_s (V_o + b²)/(V_s + V_o + b²)
//! ```
//! The sample is taken as unbiased. The larger the difference, the less volunteers count; their number alone never outweighs the sample.
//!
//! # Source
//! Elliott, Haviland (2007) Survey Methodology 33, 211–215 (Statistics Canada, 12-001-X): use of a web-based convenience sample to
//! supplement a probability sample.

/// The composite of two shares.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Composite {
    /// The combined share.
    pub value: f64,
    /// Root of its mean squared error.
    pub error: f64,
    /// Weight of the sample, 0–1.
    pub sample_weight: f64,
    /// Size of the volunteers' bias, as estimated.
    pub bias: f64,
}

/// Combines a sample's share and variance with those of volunteers.
/// # None
/// When a variance is negative or both are 0.
pub fn composite(sample: (f64, f64), volunteers: (f64, f64)) -> Option<Composite> {
    let ((p_s, v_s), (p_o, v_o)) = (sample, volunteers);
    let usable = [p_s, v_s, p_o, v_o].iter().all(|value| value.is_finite()) && v_s >= 0.0 && v_o >= 0.0;
    let bias_squared = ((p_o - p_s).powi(2) - v_s - v_o).max(0.0);
    let all = v_s + v_o + bias_squared;
    if !usable || all <= 0.0 {
        return None;
    }
    let sample_weight = (v_o + bias_squared) / all;
    Some(Composite {
        value: sample_weight * p_s + (1.0 - sample_weight) * p_o,
        error: (v_s * (v_o + bias_squared) / all).sqrt(),
        sample_weight,
        bias: bias_squared.sqrt(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volunteers_far_off_hardly_count_and_close_ones_help() {
        // By hand: V .0004 and .0001, difference .1: b² = .0095, λ = .0096/.01 = .96; MSE = .0004 · .96.
        let far = composite((0.8, 0.0004), (0.9, 0.0001)).expect("usable");
        assert!((far.sample_weight - 0.96).abs() < 1e-12 && (far.value - 0.804).abs() < 1e-12);
        assert!((far.error.powi(2) - 0.0004 * 0.96).abs() < 1e-15);
        // Difference .01: no bias is seen; λ = .0001/.0005.
        let near = composite((0.8, 0.0004), (0.81, 0.0001)).expect("usable");
        assert!((near.sample_weight - 0.2).abs() < 1e-12 && near.bias.abs() < 1e-12);
        assert_eq!(composite((0.8, 0.0), (0.8, 0.0)), None);
        assert_eq!(composite((0.8, -1.0), (0.8, 0.1)), None);
    }
}
