//! Rank correlations of two lists: for answers on a scale, where only the order of the levels is sure.
//!
//! # Formula
//! ```text
//! Spearman        the correlation of the ranks, ties at their middle rank
//! Kendall's τ_b   (concordant − discordant pairs)/√((pairs − ties in x)(pairs − ties in y))
//! ```
//!
//! # Source
//! Spearman (1904), doi:10.2307/1412159; Kendall (1945), doi:10.1093/biomet/33.3.239; counted in n log n steps after Knight (1966),
//! doi:10.1080/01621459.1966.10480879.

/// Spearman's ρ, in −1..=1.
///
/// # None
/// When the lists differ in length, hold a value that is no number, or one of them does not vary.
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    if x.len() != y.len() || x.iter().chain(y).any(|value| value.is_nan()) {
        return None;
    }
    let (x, y) = (middle_ranks(x), middle_ranks(y));
    let middle = f64::midpoint(x.len() as f64, 1.0);
    let product = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| (a - middle) * (b - middle)).sum() };
    let scale = product(&x, &x) * product(&y, &y);
    (scale > 0.0).then(|| product(&x, &y) / scale.sqrt())
}

/// Ranks from 1; equal values share the middle of theirs.
fn middle_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| compare(values[*a], values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0;
    for tied in order.chunk_by(|a, b| compare(values[*a], values[*b]).is_eq()) {
        for at in tied {
            ranks[*at] = below as f64 + f64::midpoint(1.0, tied.len() as f64);
        }
        below += tied.len();
    }
    ranks
}

/// Order of two numbers, 0 and −0 alike.
fn compare(a: f64, b: f64) -> std::cmp::Ordering {
    (a + 0.0).total_cmp(&(b + 0.0))
}

/// Kendall's τ, corrected for ties (`τ_b`), in −1..=1.
///
/// # None
/// As [`spearman`].
pub fn kendall(x: &[f64], y: &[f64]) -> Option<f64> {
    if x.len() != y.len() || x.iter().chain(y).any(|value| value.is_nan()) {
        return None;
    }
    let mut pairs: Vec<(f64, f64)> = x.iter().copied().zip(y.iter().copied()).collect();
    pairs.sort_by(|a, b| compare(a.0, b.0).then(compare(a.1, b.1)));
    let tied_x = pairs_in_runs(&pairs, |a, b| compare(a.0, b.0).is_eq());
    let tied_both = pairs_in_runs(&pairs, |a, b| compare(a.0, b.0).is_eq() && compare(a.1, b.1).is_eq());
    let mut seconds: Vec<f64> = pairs.iter().map(|(_, y)| *y).collect();
    let discordant = sort_counting_swaps(&mut seconds);
    let tied_y = pairs_in_runs(&seconds, |a, b| compare(*a, *b).is_eq());
    let all = choose_two(pairs.len());
    let scale = (all - tied_x) as f64 * (all - tied_y) as f64;
    let difference = (all + tied_both) as f64 - (tied_x + tied_y) as f64 - 2.0 * discordant as f64;
    (scale > 0.0).then(|| difference / scale.sqrt())
}

fn choose_two(n: usize) -> u64 {
    let n = n as u64;
    n * n.saturating_sub(1) / 2
}

/// Pairs of equal neighbours in a sorted list.
fn pairs_in_runs<T>(sorted: &[T], equal: impl Fn(&T, &T) -> bool) -> u64 {
    sorted.chunk_by(equal).map(|run| choose_two(run.len())).sum()
}

/// Sorts by merging and counts the pairs that stood in the wrong order.
fn sort_counting_swaps(values: &mut [f64]) -> u64 {
    if values.len() < 2 {
        return 0;
    }
    let middle = values.len() / 2;
    let mut swaps = sort_counting_swaps(&mut values[..middle]) + sort_counting_swaps(&mut values[middle..]);
    let (left, right) = (values[..middle].to_vec(), values[middle..].to_vec());
    let (mut i, mut j) = (0, 0);
    for value in values.iter_mut() {
        let take_right = i == left.len() || (j < right.len() && compare(right[j], left[i]).is_lt());
        if take_right {
            *value = right[j];
            j += 1;
            swaps += (left.len() - i) as u64;
        } else {
            *value = left[i];
            i += 1;
        }
    }
    swaps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_pairs_with_ties_come_out_as_by_hand() {
        // x = 1 2 2 3 4, y = 1 3 2 2 5: concordant 7, discordant 1, tied in x 1, in y 1, pairs 10: τ = 6/9.
        let (x, y) = ([1.0, 2.0, 2.0, 3.0, 4.0], [1.0, 3.0, 2.0, 2.0, 5.0]);
        assert!((kendall(&x, &y).expect("varies") - 6.0 / 9.0).abs() < 1e-15);
        // Ranks 1 2.5 2.5 4 5 and 1 4 2.5 2.5 5: Σ of products about 3 is 4 − 0.5 + 0.25 − 0.5 + 4 = 7.25, of squares 9.5 each.
        assert!((spearman(&x, &y).expect("varies") - 7.25 / 9.5).abs() < 1e-15);
    }

    #[test]
    fn order_and_reversed_order_are_one_and_minus_one() {
        let (up, down) = ([1.0, 2.0, 3.0, 4.0], [9.0, 7.0, 5.0, 1.0]);
        assert_eq!((spearman(&up, &up), kendall(&up, &up)), (Some(1.0), Some(1.0)));
        assert_eq!((spearman(&up, &down), kendall(&up, &down)), (Some(-1.0), Some(-1.0)));
    }

    #[test]
    fn a_list_that_does_not_vary_goes_with_nothing() {
        assert_eq!((spearman(&[4.0; 3], &[1.0, 2.0, 3.0]), kendall(&[4.0; 3], &[1.0, 2.0, 3.0])), (None, None));
        assert_eq!(kendall(&[1.0], &[1.0, 2.0]), None);
        assert_eq!(spearman(&[1.0, f64::NAN], &[1.0, 2.0]), None);
        assert_eq!(spearman(&[0.0, -0.0], &[1.0, 2.0]), None);
    }
}
