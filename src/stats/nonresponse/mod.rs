//! Non-response: how many of those asked answered, how unlike the others they are, and what weighting can mend.
//!
//! - [`outcome_rates`]: response, cooperation, refusal and contact rates from outcome codes (AAPOR);
//! - [`representativity`]: R-indicators from response propensities;
//! - this file: weighting classes, and the bias of what is known of everybody.
//!
//! # Formula
//! ```text
//! response rate                Σ w r/Σ w,   r = 1 for those who answered
//! factor of a class            Σ w/Σ w r over the class; an answer weighs w · factor
//! bias of a known mean         mean of those who answered − mean of all = (1 − rate)(answered − not answered)
//! ```
//! A class mends what goes with the class and nothing else: the bias of what nobody knows of those who kept silent stays unseen.
//!
//! # Source
//! Oh, Scheuren (1983), in Incomplete Data in Sample Surveys 2, 143–184; Bethlehem, Cobben, Schouten (2011) Handbook of Nonresponse in Household
//! Surveys, doi:10.1002/9780470891056.

pub mod outcome_rates;
pub mod representativity;

/// Why weighting classes cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NonresponseError {
    /// Lists that do not fit.
    #[error("weights, answers and classes differ in length")]
    UnequalLengths,
    /// A class of which nobody answered.
    #[error("nobody of class {class} answered; merge it with another class")]
    SilentClass {
        /// The caller's label.
        class: usize,
    },
    /// A weight that cannot be used.
    #[error("the weight of row {row} is {weight}; a weight is a finite number above 0")]
    BadWeight {
        /// Row, counted from 1.
        row: usize,
        /// The weight found.
        weight: f64,
    },
}

/// Weighted share of those asked who answered.
///
/// # None
/// When the lists differ in length or the weights do not add up to more than 0.
pub fn response_rate(weights: &[f64], answered: &[bool]) -> Option<f64> {
    let all: f64 = weights.iter().sum();
    (weights.len() == answered.len() && all > 0.0).then(|| answering(weights, answered) / all)
}

fn answering(weights: &[f64], answered: &[bool]) -> f64 {
    weights.iter().zip(answered).filter(|(_, answered)| **answered).map(|(weight, _)| weight).sum()
}

/// Weighting classes: those who answered stand for the silent ones of their class.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightingClasses {
    /// Factor of every class, by its label; `None` for labels below the highest that do not occur.
    pub factors: Vec<Option<f64>>,
    /// New weights: 0 for those who did not answer. They add up to the sum of the old.
    pub weights: Vec<f64>,
}

impl WeightingClasses {
    /// `class_of_row` are small labels from 0.
    ///
    /// # Errors
    /// When lists do not fit, a weight is not above 0, or nobody of a class answered.
    pub fn new(weights: &[f64], answered: &[bool], class_of_row: &[usize]) -> Result<Self, NonresponseError> {
        if weights.len() != answered.len() || weights.len() != class_of_row.len() {
            return Err(NonresponseError::UnequalLengths);
        }
        if let Some(row) = weights.iter().position(|weight| !(*weight > 0.0 && weight.is_finite())) {
            return Err(NonresponseError::BadWeight { row: row + 1, weight: weights[row] });
        }
        let n_classes = class_of_row.iter().max().map_or(0, |label| label + 1);
        let mut sums = vec![(0.0, 0.0); n_classes];
        for ((weight, answered), class) in weights.iter().zip(answered).zip(class_of_row) {
            sums[*class].0 += weight;
            sums[*class].1 += if *answered { *weight } else { 0.0 };
        }
        if let Some(class) = sums.iter().position(|(all, answering)| *all > 0.0 && *answering <= 0.0) {
            return Err(NonresponseError::SilentClass { class });
        }
        let factors: Vec<Option<f64>> =
            sums.iter().map(|(all, answering)| (*all > 0.0).then(|| all / answering)).collect();
        let new_weight = |row: usize| {
            let factor = factors[class_of_row[row]].filter(|_| answered[row]);
            factor.map_or(0.0, |factor| weights[row] * factor)
        };
        let weights = (0..weights.len()).map(new_weight).collect();
        Ok(Self { factors, weights })
    }
}

/// What the answers alone would say of something that is known of everybody.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownMean {
    /// Mean over all who were asked.
    pub all: f64,
    /// Mean over those who answered.
    pub answered: f64,
    /// Mean over those who did not; `None` when all answered.
    pub silent: Option<f64>,
    /// Weighted response rate.
    pub response_rate: f64,
}

impl KnownMean {
    /// Weighted means of `values`, which are known of everybody (1/0 for a share).
    ///
    /// # None
    /// When the lists differ in length or nobody answered.
    pub fn of(values: &[f64], weights: &[f64], answered: &[bool]) -> Option<Self> {
        if values.len() != weights.len() {
            return None;
        }
        let products: Vec<f64> = values.iter().zip(weights).map(|(value, weight)| value * weight).collect();
        let response_rate = response_rate(weights, answered)?;
        let (all_weight, weight) = (weights.iter().sum::<f64>(), answering(weights, answered));
        let (all_sum, sum) = (products.iter().sum::<f64>(), answering(&products, answered));
        let silent_sums = |values: &[f64]| -> f64 {
            values.iter().zip(answered).filter(|(_, answered)| !**answered).map(|(value, _)| value).sum()
        };
        let silent_weight = silent_sums(weights);
        (weight > 0.0).then(|| Self {
            all: all_sum / all_weight,
            answered: sum / weight,
            silent: (silent_weight > 0.0).then(|| silent_sums(&products) / silent_weight),
            response_rate,
        })
    }

    /// Answered − all.
    pub fn bias(&self) -> f64 {
        self.answered - self.all
    }

    /// The same as (1 − rate)(answered − silent): low response alone does no harm, nor does unlikeness alone.
    pub fn bias_by_parts(&self) -> f64 {
        self.silent.map_or(0.0, |silent| (1.0 - self.response_rate) * (self.answered - silent))
    }

    /// Bias relative to the mean of all.
    ///
    /// # None
    /// When that mean is 0.
    pub fn relative_bias(&self) -> Option<f64> {
        (self.all != 0.0).then(|| self.bias() / self.all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEIGHTS: [f64; 6] = [2.0, 2.0, 2.0, 3.0, 3.0, 3.0];
    const ANSWERED: [bool; 6] = [true, true, false, true, false, false];
    const CLASSES: [usize; 6] = [0, 0, 0, 2, 2, 2];

    #[test]
    fn a_class_stands_for_its_silent_members() {
        // By hand: class 0 answers with 4 of 6, class 2 with 3 of 9.
        let classes = WeightingClasses::new(&WEIGHTS, &ANSWERED, &CLASSES).expect("all classes answered");
        assert_eq!(classes.factors, [Some(1.5), None, Some(3.0)]);
        assert_eq!(classes.weights, [3.0, 3.0, 0.0, 9.0, 0.0, 0.0]);
        assert!((response_rate(&WEIGHTS, &ANSWERED).expect("weights") - 7.0 / 15.0).abs() < 1e-15);
    }

    #[test]
    fn the_bias_of_a_known_share_has_two_factors() {
        // Class 2 as a share: 9/15 of all, 3/7 of the answers, 6/8 of the silent.
        let values = CLASSES.map(|class| if class == 2 { 1.0 } else { 0.0 });
        let known = KnownMean::of(&values, &WEIGHTS, &ANSWERED).expect("answers");
        assert!((known.bias() - (3.0 / 7.0 - 0.6)).abs() < 1e-15);
        assert!((known.bias_by_parts() - known.bias()).abs() < 1e-15);
        let everybody = KnownMean::of(&values, &WEIGHTS, &[true; 6]).expect("answers");
        assert_eq!((everybody.silent, everybody.bias_by_parts().to_bits()), (None, 0.0_f64.to_bits()));
        assert_eq!(KnownMean::of(&values, &WEIGHTS, &[false; 6]), None);
    }

    #[test]
    fn a_silent_class_and_bad_weights_are_refused_by_name() {
        let silent = WeightingClasses::new(&WEIGHTS, &[true, true, true, false, false, false], &CLASSES);
        assert_eq!(silent, Err(NonresponseError::SilentClass { class: 2 }));
        let zero = WeightingClasses::new(&[0.0; 6], &ANSWERED, &CLASSES);
        assert_eq!(zero, Err(NonresponseError::BadWeight { row: 1, weight: 0.0 }));
        assert_eq!(response_rate(&[], &[]), None);
    }
}
