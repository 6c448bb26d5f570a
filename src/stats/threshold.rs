//! Whether a share reaches a minimum: the one comparison that verdicts, point comparisons, rounding and rankings share.
//!
//! A weighted share of counts is a fraction of whole numbers, and so is a minimum with few decimals: they are compared by
//! cross-multiplying, without a last bit that could be wrong. 36 of 40 is 90 %, and so are 81 of 90 in each of three fields. Limits of
//! intervals are no fractions; they are compared with [`TOLERANCE`].

/// Shares this near to a minimum reach it: what is left of the computer's roundings is some hundred times smaller.
pub const TOLERANCE: f64 = 1e-12;

/// Minima are fractions with at most so many parts: nine decimals.
const PARTS: f64 = 1e9;

/// Whether a share, a limit or a forecast reaches a minimum, both fractions.
pub fn reaches(share: f64, minimum: f64) -> bool {
    share >= minimum - TOLERANCE
}

/// Whether it stays below: the contrary of [`reaches`] for all numbers.
pub fn falls_short(share: f64, minimum: f64) -> bool {
    share < minimum - TOLERANCE
}

/// One part of a weighted share: satisfied answers among answers, with a weight that is a fraction of whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion {
    /// Numerator and denominator of the weight; only ratios between weights matter.
    pub weight: (u64, u64),
    /// Satisfied answers.
    pub satisfied: u64,
    /// Answers.
    pub answers: u64,
}

/// Whether Σ W y/m over Σ W reaches a minimum, exactly.
///
/// # Formula
/// With the minimum p/q and the weights a/b: Σ a (q y − p m) / (b m) ≥ 0, every term brought to the common denominator Π b m. Terms
/// above and below 0 are added apart and compared as whole numbers of any length.
///
/// # None
/// When the minimum has more than nine decimals or is no share, when no part has weight and answers, or when an addend is longer than
/// 128 bits.
pub fn reaches_exactly(portions: &[Portion], minimum: f64) -> Option<bool> {
    let parts = (minimum * PARTS).round();
    if !(0.0..=1.0).contains(&minimum) || (parts / PARTS).to_bits() != minimum.to_bits() {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and PARTS")]
    let (p, q) = (parts as u64, PARTS as u64);
    let counts: Vec<&Portion> =
        portions.iter().filter(|part| part.answers > 0 && part.weight.0 > 0 && part.weight.1 > 0).collect();
    if counts.is_empty() {
        return None;
    }
    let (mut above, mut below) = (Whole::default(), Whole::default());
    for (place, part) in counts.iter().enumerate() {
        let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
        let (has, needs) = (product(q, part.satisfied), product(p, part.answers));
        let distance = u64::try_from(has.abs_diff(needs)).ok()?;
        let mut term = Whole::from(distance).times(part.weight.0);
        for (_, other) in counts.iter().enumerate().filter(|(other, _)| *other != place) {
            term = term.times(other.weight.1).times(other.answers);
        }
        // Its own denominator is its weight's and its answers: only those of the others are multiplied in.
        let side = if has >= needs { &mut above } else { &mut below };
        side.add(&term);
    }
    Some(above.compare(&below) != std::cmp::Ordering::Less)
}

/// The number next to `share` that stands on the side of `minimum` that an exact comparison found, for all who compare it later: by
/// [`reaches`] and by a plain `>=`. It moves by no more than the noise in it: a share that stands further than [`TOLERANCE`] on the other
/// side is that of other counts, and stays what it is.
pub fn on_its_side(share: f64, minimum: f64, reached: bool) -> f64 {
    let is_far = if reached { share < minimum - TOLERANCE } else { share > minimum + TOLERANCE };
    debug_assert!(!is_far, "{share} and {minimum} are not of the counts that were compared (reached: {reached})");
    if is_far {
        share
    } else if reached {
        if reaches(share, minimum) { share.max(minimum) } else { minimum }
    } else {
        share.min(minimum - 2.0 * TOLERANCE).max(0.0)
    }
}

/// A whole number of any length, its digits to the base 2⁶⁴, the lowest first, without zeros at the end.
#[derive(Debug, Default)]
struct Whole(Vec<u64>);

impl From<u64> for Whole {
    fn from(number: u64) -> Self {
        Self(if number == 0 { Vec::new() } else { vec![number] })
    }
}

impl Whole {
    fn times(mut self, factor: u64) -> Self {
        if factor == 0 {
            return Self::default();
        }
        let mut carry = 0;
        for digit in &mut self.0 {
            let product = u128::from(*digit) * u128::from(factor) + u128::from(carry);
            (*digit, carry) = halves(product);
        }
        if carry > 0 {
            self.0.push(carry);
        }
        self
    }

    fn add(&mut self, other: &Self) {
        self.0.resize(self.0.len().max(other.0.len()), 0);
        let mut carry = 0;
        for (place, digit) in self.0.iter_mut().enumerate() {
            let more = other.0.get(place).copied().unwrap_or(0);
            (*digit, carry) = halves(u128::from(*digit) + u128::from(more) + u128::from(carry));
        }
        if carry > 0 {
            self.0.push(carry);
        }
    }

    fn compare(&self, other: &Self) -> std::cmp::Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

/// The lower and the upper digit of a number of two.
#[expect(clippy::cast_possible_truncation, reason = "that is what is wanted")]
fn halves(number: u128) -> (u64, u64) {
    (number as u64, (number >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn part(weight: (u64, u64), satisfied: u64, answers: u64) -> Portion {
        Portion { weight, satisfied, answers }
    }

    #[test]
    fn every_small_fraction_stands_where_it_is() {
        // 36 of 40 is 90 %: every y of m against every minimum of whole percent, and one answer either way; by hand 100 y ≥ p m.
        for answers in 1..=120 {
            for satisfied in 0..=answers {
                for percent in 0..=100 {
                    let minimum = percent as f64 / 100.0;
                    let expected = 100 * satisfied >= percent * answers;
                    let found = reaches_exactly(&[part((1, 1), satisfied, answers)], minimum);
                    assert_eq!(found, Some(expected), "{satisfied} of {answers} against {percent} %");
                    let share = on_its_side(satisfied as f64 / answers as f64, minimum, expected);
                    assert_eq!((share >= minimum, reaches(share, minimum)), (expected, expected));
                }
            }
        }
    }

    #[test]
    #[cfg_attr(debug_assertions, should_panic(expected = "are not of the counts"))]
    fn a_share_of_other_counts_is_not_moved() {
        assert_eq!(on_its_side(0.97, 0.9, false).to_bits(), 0.97_f64.to_bits());
        assert_eq!(on_its_side(0.3, 0.9, true).to_bits(), 0.3_f64.to_bits());
    }

    #[test]
    fn fields_that_all_stand_on_the_minimum_stand_on_it_together() {
        for percent in 1..=100_u64 {
            let minimum = percent as f64 / 100.0;
            for fields in 1..=14 {
                // Each with other counts, all at the minimum exactly; every second one weighs as half a field.
                let mut portions: Vec<Portion> =
                    (1..=fields).map(|field| part((1, 1 + field % 2), percent * field, 100 * field)).collect();
                assert_eq!(reaches_exactly(&portions, minimum), Some(true), "{fields} fields at {percent} %");
                portions[0].satisfied -= 1;
                assert_eq!(reaches_exactly(&portions, minimum), Some(false), "{fields} fields below {percent} %");
            }
        }
    }

    #[test]
    fn numbers_longer_than_a_machine_word_are_compared_whole() {
        // 14 primes of a million answers each, all of them satisfied but for one answer in the last: below 1, not below 0.999999.
        let primes = [
            1_000_003, 1_000_033, 1_000_037, 1_000_039, 1_000_081, 1_000_099, 1_000_117, 1_000_121, 1_000_133,
            1_000_151, 1_000_159, 1_000_171, 1_000_183, 1_000_187,
        ];
        let mut portions: Vec<Portion> = primes.iter().map(|prime| part((1, 3), *prime, *prime)).collect();
        assert_eq!(reaches_exactly(&portions, 1.0), Some(true));
        portions[13].satisfied -= 1;
        assert_eq!(reaches_exactly(&portions, 1.0), Some(false));
        assert_eq!(reaches_exactly(&portions, 0.999_999), Some(true));
    }

    #[test]
    fn without_a_fraction_there_is_no_exact_answer() {
        assert_eq!(reaches_exactly(&[], 0.9), None);
        assert_eq!(reaches_exactly(&[part((0, 1), 9, 10)], 0.9), None);
        assert_eq!(reaches_exactly(&[part((1, 1), 9, 10)], 1.0 / 3.0), None);
        assert_eq!(reaches_exactly(&[part((1, 1), 9, 10)], f64::NAN), None);
    }

    proptest! {
        #[test]
        fn it_agrees_with_fractions_of_128_bits(
            parts in proptest::collection::vec((1..5_u64, 1..4_u64, 0..=40_u64, 1..=40_u64), 1..5),
            permille in 0..=1000_u64,
        ) {
            let portions: Vec<Portion> = parts.iter().map(|(a, b, y, m)| part((*a, *b), *y.min(m), *m)).collect();
            // The same over the common denominator Π b m, small enough here for 128 bits.
            let common: i128 = portions.iter().map(|part| i128::from(part.weight.1 * part.answers)).product();
            let sum: i128 = portions.iter().map(|part| {
                let over = i128::from(1000 * part.satisfied) - i128::from(permille * part.answers);
                i128::from(part.weight.0) * over * (common / i128::from(part.weight.1 * part.answers))
            }).sum();
            prop_assert_eq!(reaches_exactly(&portions, permille as f64 / 1000.0), Some(sum >= 0));
        }
    }
}
