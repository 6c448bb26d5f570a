//! Post-stratification and raking: weights that reproduce known counts of cells or of several margins.
//!
//! # Formula
//! Post-stratification multiplies the weights of a cell by known count / Σ w. Raking does so for one margin after the other, again
//! and again, until all margins agree (iterative proportional fitting).
//!
//! # Source
//! Deming, Stephan (1940) Ann. Math. Stat. 11, 427–444, doi:10.1214/aoms/1177731829; Holt, Smith (1979) J. R. Stat. Soc. A
//! 142, 33–46, doi:10.2307/2344652.

use super::{Calibrated, CalibrationError, Control, check_weights, gap};

/// Known population counts of the levels of one variable (or of cells of several).
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// Level of each row: a position in `totals`.
    pub level_of_row: Vec<usize>,
    /// Population count of each level: people, 0 or more.
    pub totals: Vec<f64>,
}

/// Multiplies weights cell by cell so that they reproduce the known counts.
///
/// # Errors
/// When a row's cell has no count, a counted cell has no row, or a weight or count is not usable.
pub fn post_stratify(weights: &[f64], cells: &Margin) -> Result<Calibrated, CalibrationError> {
    rake(weights, std::slice::from_ref(cells), Control::default())
}

/// Rakes weights to several margins.
///
/// # Errors
/// As [`post_stratify`]; when the margins do not add up to the same population; and when the weights do not agree with all
/// margins within `control` (a level without sample in a combination can make that impossible).
pub fn rake(weights: &[f64], margins: &[Margin], control: Control) -> Result<Calibrated, CalibrationError> {
    check_weights(weights)?;
    check_margins(weights, margins)?;
    let mut raked = weights.to_vec();
    let mut iterations = 0;
    let mut largest_gap = f64::INFINITY;
    while iterations < control.iterations_max {
        iterations += 1;
        for margin in margins {
            let sums = level_sums(&raked, margin);
            let factors: Vec<f64> = margin
                .totals
                .iter()
                .zip(&sums)
                .map(|(total, sum)| if *sum > 0.0 { total / sum } else { 0.0 })
                .collect();
            for (weight, level) in raked.iter_mut().zip(&margin.level_of_row) {
                *weight *= factors[*level];
            }
        }
        let before = largest_gap;
        largest_gap = gap_of(&raked, margins);
        // Rounding keeps the last digits moving: good enough is also "no longer improving and tiny".
        if largest_gap <= control.tolerance || (largest_gap < 1e-12 && largest_gap >= before) {
            let ratios = ratios(weights, &raked);
            return Ok(Calibrated { weights: raked, ratios, iterations, largest_gap });
        }
    }
    Err(CalibrationError::NotConverged { iterations, largest_gap })
}

pub(crate) fn ratios(before: &[f64], after: &[f64]) -> Vec<f64> {
    before.iter().zip(after).map(|(old, new)| if *old > 0.0 { new / old } else { 1.0 }).collect()
}

pub(crate) fn level_sums(weights: &[f64], margin: &Margin) -> Vec<f64> {
    let mut sums = vec![0.0; margin.totals.len()];
    for (weight, level) in weights.iter().zip(&margin.level_of_row) {
        sums[*level] += weight;
    }
    sums
}

fn gap_of(weights: &[f64], margins: &[Margin]) -> f64 {
    let mut largest: f64 = 0.0;
    for margin in margins {
        for (achieved, known) in level_sums(weights, margin).iter().zip(&margin.totals) {
            largest = largest.max(gap(*achieved, *known));
        }
    }
    largest
}

/// Checks that every row has a level with a total and every total a row.
pub(crate) fn check_margins(weights: &[f64], margins: &[Margin]) -> Result<(), CalibrationError> {
    let mut first_sum = None;
    for (at, margin) in margins.iter().enumerate() {
        let number = at + 1;
        if margin.level_of_row.len() != weights.len() {
            return Err(CalibrationError::UnequalLengths { found: margin.level_of_row.len(), expected: weights.len() });
        }
        if let Some(level) = margin.totals.iter().position(|total| !total.is_finite() || *total < 0.0) {
            return Err(CalibrationError::BadTotal { margin: number, level: level + 1, total: margin.totals[level] });
        }
        if let Some(row) = margin.level_of_row.iter().position(|level| *level >= margin.totals.len()) {
            let level = margin.level_of_row[row] + 1;
            return Err(CalibrationError::LevelWithoutTotal { row: row + 1, margin: number, level });
        }
        for (level, (sum, total)) in level_sums(weights, margin).iter().zip(&margin.totals).enumerate() {
            if *sum <= 0.0 && *total > 0.0 {
                return Err(CalibrationError::LevelWithoutSample { margin: number, level: level + 1, total: *total });
            }
        }
        let sum: f64 = margin.totals.iter().sum();
        let first_sum = *first_sum.get_or_insert(sum);
        if gap(sum, first_sum) > 1e-9 {
            return Err(CalibrationError::MarginsDisagree { margin: number, sum, first_sum });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_that_count_different_people_are_refused() {
        let sex = Margin { level_of_row: vec![0, 1], totals: vec![10.0, 10.0] };
        let age = Margin { level_of_row: vec![0, 1], totals: vec![10.0, 11.0] };
        let refusal = rake(&[1.0, 1.0], &[sex, age], Control::default()).expect_err("20 people against 21");
        assert_eq!(refusal.to_string(), "margin 2 adds up to 21, margin 1 to 20; they must count the same people");
    }

    #[test]
    fn margins_that_cannot_be_met_together_are_said_not_to_converge() {
        // Only women under 35 and men over 35 were sampled, so sex and age are one variable here.
        let sex = Margin { level_of_row: vec![0, 1], totals: vec![12.0, 8.0] };
        let age = Margin { level_of_row: vec![0, 1], totals: vec![8.0, 12.0] };
        let outcome = rake(&[1.0, 1.0], &[sex, age], Control::default());
        assert!(matches!(outcome, Err(CalibrationError::NotConverged { iterations: 500, .. })));
    }

    #[test]
    fn a_counted_level_nobody_answered_from_is_refused() {
        let cells = Margin { level_of_row: vec![0, 0], totals: vec![12.0, 8.0] };
        let refusal = post_stratify(&[1.0, 1.0], &cells).expect_err("level 2 has no sample");
        assert_eq!(refusal.to_string(), "margin 1 counts 8 people in level 2, but nobody in the sample has it");
    }
}
