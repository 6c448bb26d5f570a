//! P-values adjusted for testing many things at once, as R's `p.adjust`.
//!
//! A missing p-value (`None`, or anything that is not a number in 0..=1) stays missing and is not counted: n below is the number
//! of p-values there are. Results keep the order of the input and lie in 0..=1. p₍₁₎ ≤ … ≤ p₍ₙ₎ are the sorted values.

/// Bonferroni: min(1, n p). Bounds the chance of any false alarm, whatever the dependence.
///
/// Source: Dunn (1961), doi:10.1080/01621459.1961.10482090.
pub fn bonferroni(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    adjusted(p_values, Direction::Alone, |n, _| n)
}

/// Holm, step down: max over j ≤ i of min(1, (n − j + 1) p₍ⱼ₎). Bounds the chance of any false alarm, whatever the dependence,
/// and is never worse than Bonferroni.
///
/// Source: Holm (1979), Scandinavian Journal of Statistics 6, 65–70, <https://www.jstor.org/stable/4615733>.
pub fn holm(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    adjusted(p_values, Direction::StepDown, |n, rank| n - rank + 1.0)
}

/// Hochberg, step up: min over j ≥ i of (n − j + 1) p₍ⱼ₎. For independent or positively dependent tests.
///
/// Source: Hochberg (1988), doi:10.1093/biomet/75.4.800.
pub fn hochberg(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    adjusted(p_values, Direction::StepUp, |n, rank| n - rank + 1.0)
}

/// Benjamini and Hochberg: min over j ≥ i of (n / j) p₍ⱼ₎. Bounds the expected share of false alarms among the alarms, for
/// independent or positively dependent tests.
///
/// Source: Benjamini and Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x.
pub fn benjamini_hochberg(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    adjusted(p_values, Direction::StepUp, |n, rank| n / rank)
}

/// Benjamini and Yekutieli: as Benjamini and Hochberg, times 1 + 1/2 + … + 1/n, for tests of any dependence.
///
/// Source: Benjamini and Yekutieli (2001), doi:10.1214/aos/1013699998.
pub fn benjamini_yekutieli(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let n = p_values.iter().filter(|p| usable(**p).is_some()).count();
    let harmonic: f64 = (1..=n).map(|rank| 1.0 / rank as f64).sum();
    adjusted(p_values, Direction::StepUp, |n, rank| harmonic * n / rank)
}

/// How the values that come before or after in rank bear on one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// Not at all.
    Alone,
    /// No result is below that of a smaller p-value.
    StepDown,
    /// No result is above that of a larger p-value.
    StepUp,
}

fn usable(p_value: Option<f64>) -> Option<f64> {
    p_value.filter(|p| (0.0..=1.0).contains(p))
}

/// `factor(n, rank)` times each p-value, made monotone in the given direction and cut at 1.
fn adjusted(p_values: &[Option<f64>], direction: Direction, factor: impl Fn(f64, f64) -> f64) -> Vec<Option<f64>> {
    let mut order: Vec<(usize, f64)> =
        p_values.iter().enumerate().filter_map(|(position, p)| usable(*p).map(|p| (position, p))).collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let n = order.len() as f64;
    let mut results: Vec<f64> =
        order.iter().enumerate().map(|(before, (_, p))| factor(n, before as f64 + 1.0) * p).collect();
    match direction {
        Direction::Alone => {}
        Direction::StepDown => carry(results.iter_mut(), f64::max),
        Direction::StepUp => carry(results.iter_mut().rev(), f64::min),
    }
    let mut placed = vec![None; p_values.len()];
    for ((position, _), result) in order.iter().zip(results) {
        placed[*position] = Some(result.min(1.0));
    }
    placed
}

/// Replaces each value by the running maximum or minimum so far.
fn carry<'a>(values: impl Iterator<Item = &'a mut f64>, keep: fn(f64, f64) -> f64) {
    let mut so_far: Option<f64> = None;
    for value in values {
        *value = so_far.map_or(*value, |previous| keep(previous, *value));
        so_far = Some(*value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_example_of_benjamini_and_hochberg_gives_four_discoveries() {
        // Benjamini & Hochberg (1995), section 4.1: fifteen p-values; at 5 % BH rejects the first four, Bonferroni the first three.
        let p: Vec<Option<f64>> = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0,
        ]
        .into_iter()
        .map(Some)
        .collect();
        let rejected = |adjusted: Vec<Option<f64>>| adjusted.into_iter().flatten().filter(|p| *p <= 0.05).count();
        assert_eq!(rejected(benjamini_hochberg(&p)), 4);
        assert_eq!(rejected(bonferroni(&p)), 3);
        assert_eq!(rejected(hochberg(&p)), 3);
    }

    #[test]
    fn a_missing_p_value_stays_missing_and_is_not_counted() {
        let with_gap = [Some(0.01), None, Some(0.04), Some(f64::NAN)];
        assert_eq!(bonferroni(&with_gap), vec![Some(0.02), None, Some(0.08), None]);
        assert_eq!(holm(&with_gap), vec![Some(0.02), None, Some(0.04), None]);
        assert_eq!(holm(&[]), Vec::new());
    }
}
