//! How many decimals a shown share carries: one, and as many more as it needs to stay on its side of a minimum.
//!
//! 89,96 % is not 90 %: a share that falls short must not look as if it reached. Printing ([`crate::report`]) and
//! ranking ([`super::lowest`]) both ask here, so that two shares are tied exactly where a reader sees the same figure. Which side of a
//! minimum a share is on is decided in [`crate::stats::threshold`], as for verdicts.

use crate::stats::threshold::reaches;

/// Decimals where no minimum is near.
const DECIMALS: usize = 1;
/// Decimals after which a share is cut off instead of rounded. Differences of 10⁻⁸ are noise of the computer.
const DECIMALS_MAX: usize = 6;

/// `fraction` in percent with a decimal point, as in `87.5`: rounded to one decimal, or to as many as it takes to
/// stand on the same side of each of `minima` (fractions) as before.
///
/// Below a minimum after six decimals the rest is cut off, so that the text stays below.
pub fn percent_digits(fraction: f64, minima: &[f64]) -> String {
    let percent = fraction * 100.0;
    for decimals in DECIMALS..=DECIMALS_MAX {
        let text = format!("{percent:.decimals$}");
        let shown = text.parse::<f64>().unwrap_or(percent);
        if minima.iter().all(|minimum| reaches(shown / 100.0, *minimum) == reaches(fraction, *minimum)) {
            return text;
        }
    }
    let unit = 1e6; // 10^DECIMALS_MAX
    let mut units = (percent * unit).floor();
    if minima.iter().any(|minimum| !reaches(fraction, *minimum) && reaches(units / unit / 100.0, *minimum)) {
        units -= 1.0;
    }
    format!("{:.DECIMALS_MAX$}", units / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_keeps_one_decimal_away_from_a_minimum() {
        assert_eq!(percent_digits(0.875, &[0.9]), "87.5");
        assert_eq!(percent_digits(0.8996, &[]), "90.0");
        assert_eq!(percent_digits(1.0, &[0.9]), "100.0");
        assert_eq!(percent_digits(0.0, &[0.9]), "0.0");
    }

    #[test]
    fn a_share_never_crosses_a_minimum_by_rounding() {
        assert_eq!(percent_digits(0.8996, &[0.9]), "89.96");
        assert_eq!(percent_digits(0.899_96, &[0.9]), "89.996");
        assert_eq!(percent_digits(0.899_999_9, &[0.9]), "89.99999");
        assert_eq!(percent_digits(0.9, &[0.9]), "90.0");
        assert_eq!(percent_digits(0.900_04, &[0.9]), "90.0");
        assert_eq!(percent_digits(0.8996, &[0.85, 0.9, 0.95]), "89.96");
        assert_eq!(percent_digits(0.5796, &[0.58]), "57.96");
        assert_eq!(percent_digits(0.58, &[0.58]), "58.0");
        // A minimum with more decimals than are usually shown.
        assert_eq!(percent_digits(0.8954, &[0.8955]), "89.5");
        assert_eq!(percent_digits(0.8955, &[0.8955]), "89.55");
    }

    #[test]
    fn what_falls_short_by_more_than_noise_is_cut_off_and_not_rounded_up() {
        assert_eq!(percent_digits(0.9 - 1e-11, &[0.9]), "89.999999");
        assert_eq!(percent_digits(0.85 - 1e-11, &[0.85]), "84.999999");
    }

    #[test]
    fn the_last_bit_below_a_minimum_is_noise() {
        // Three fields of 81 of 90: their mean is 0.8999999999999999 in binary.
        assert_eq!(percent_digits(0.9_f64.next_down(), &[0.9]), "90.0");
        assert_eq!(percent_digits(0.85_f64.next_down(), &[0.85]), "85.0");
    }

    proptest::proptest! {
        #[test]
        fn what_is_shown_stands_on_the_side_of_what_is_true(fraction in 0.0..=1.0_f64, near in -1e-9..1e-9_f64, minimum in 0..=1000_u32) {
            let minimum = f64::from(minimum) / 1000.0;
            for fraction in [fraction, (minimum + near).clamp(0.0, 1.0)] {
                let shown: f64 = percent_digits(fraction, &[minimum]).parse().expect("a number");
                proptest::prop_assert_eq!(reaches(shown / 100.0, minimum), reaches(fraction, minimum), "{} against {}", fraction, minimum);
            }
        }
    }
}
