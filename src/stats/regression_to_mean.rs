//! What was picked because it was lowest rises by itself: how much of a rise is to be expected without anything being done.

/// A measured value with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// The value.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// By how much the value at `picked` is expected to be nearer to the mean of all when it is measured again and nothing has
/// changed: positive for one below the mean. None for fewer than three values, or where they differ no more than by chance
/// of none at all.
///
/// # Formula
/// (1 − r)(m − x), m the mean of all values, r = (V − S)/V with V their variance and S the mean of their squared standard
/// errors; r is 0 where S exceeds V.
///
/// # Source
/// Davis (1976), doi:10.1093/oxfordjournals.aje.a112321; the reliability of a measurement as in Kelley's formula.
pub fn expected_change(all: &[Measured], picked: usize) -> Option<f64> {
    let n = all.len();
    let one = all.get(picked).filter(|_| n >= 3)?;
    let mean = all.iter().map(|measured| measured.value).sum::<f64>() / n as f64;
    let variance = all.iter().map(|measured| (measured.value - mean).powi(2)).sum::<f64>() / (n as f64 - 1.0);
    let noise = all.iter().map(|measured| measured.standard_error.powi(2)).sum::<f64>() / n as f64;
    if variance <= 0.0 {
        return None;
    }
    let reliability = ((variance - noise) / variance).max(0.0);
    Some((1.0 - reliability) * (mean - one.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64], standard_error: f64) -> Vec<Measured> {
        values.iter().map(|value| Measured { value: *value, standard_error }).collect()
    }

    #[test]
    fn half_of_the_distance_where_half_of_the_variance_is_noise() {
        // 0.7, 0.8, 0.9: mean 0.8, variance 0.01; noise 0.005 is half of it, so r = 0.5 and half of 0.1 is expected back. By hand.
        let expected = expected_change(&of(&[0.7, 0.8, 0.9], 0.005_f64.sqrt()), 0).expect("a change");
        assert!((expected - 0.05).abs() < 1e-12, "{expected}");
    }

    #[test]
    fn all_of_it_where_all_is_noise_and_nothing_where_there_is_none() {
        let noise_only = expected_change(&of(&[0.7, 0.8, 0.9], 1.0), 0).expect("a change");
        assert!((noise_only - 0.1).abs() < 1e-12);
        let exact = expected_change(&of(&[0.7, 0.8, 0.9], 0.0), 0).expect("a change");
        assert!(exact.abs() < 1e-12);
        assert_eq!(expected_change(&of(&[0.7, 0.8], 0.1), 0), None);
        assert_eq!(expected_change(&of(&[0.7; 4], 0.1), 0), None);
    }
}
