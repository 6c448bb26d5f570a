//! How many respondents a share needs to be known within a wanted margin.
//!
//! # Formula
//! ```text
//! n₀ = z² p(1 − p)/e²
//! Cochran's correction for a population of N      c(n) = n/(1 + (n − 1)/N)
//! design effect after the correction              deff · c(n₀)       may exceed N
//! design effect before the correction             c(deff · n₀)       never exceeds N: the one to use
//! to be invited at a response rate r              ⌈n/r⌉
//! Yamane                                          N/(1 + N e²)       z = 2, p = ½
//! ```
//! Sizes are real numbers; round up once, at the end.
//!
//! # Source
//! Cochran (1977) Sampling Techniques, ch. 4; Kish (1965) Survey Sampling; Yamane (1967) Statistics: An Introductory Analysis,
//! which guidance in Vietnam quotes.

use crate::stats::basics::Confidence;

/// What is wanted of a share, checked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WantedMargin {
    share: f64,
    margin: f64,
    confidence: Confidence,
    population: Option<f64>,
    design_effect: f64,
}

impl WantedMargin {
    /// `share` expected (½ is the careful guess), half-width `margin` of the interval, both fractions; no population, design
    /// effect 1.
    ///
    /// # None
    /// When the share or the margin is not strictly between 0 and 1.
    pub fn new(share: f64, margin: f64, confidence: Confidence) -> Option<Self> {
        let inside = |value: f64| value > 0.0 && value < 1.0;
        (inside(share) && inside(margin)).then_some(Self {
            share,
            margin,
            confidence,
            population: None,
            design_effect: 1.0,
        })
    }

    /// The same in a population of `size` people; infinite = so many that it does not matter.
    ///
    /// # None
    /// When `size` is not positive.
    #[must_use]
    pub fn of_population(self, size: f64) -> Option<Self> {
        (size > 0.0).then_some(Self { population: size.is_finite().then_some(size), ..self })
    }

    /// The same with answers that are `effect` times as scattered as those of a simple random sample.
    ///
    /// # None
    /// When `effect` is not positive and finite.
    #[must_use]
    pub fn with_design_effect(self, effect: f64) -> Option<Self> {
        (effect > 0.0 && effect.is_finite()).then_some(Self { design_effect: effect, ..self })
    }

    /// n₀: simple random sample from an endless population.
    pub fn unlimited(&self) -> f64 {
        let z = self.confidence.normal_critical();
        z * z * self.share * (1.0 - self.share) / (self.margin * self.margin)
    }

    /// Simple random sample from the population.
    pub fn simple_random(&self) -> f64 {
        self.corrected(self.unlimited())
    }

    /// Simple random sample by the shorter correction n₀/(1 + n₀/N) of many textbooks; smaller by less than one.
    pub fn simple_random_short(&self) -> f64 {
        let n = self.unlimited();
        self.population.map_or(n, |population| n / (1.0 + n / population))
    }

    /// Design effect on top of the corrected size; may ask for more people than there are.
    pub fn effect_after_correction(&self) -> f64 {
        self.simple_random() * self.design_effect
    }

    /// Correction of the size that carries the design effect: the size to plan with.
    pub fn effect_before_correction(&self) -> f64 {
        self.corrected(self.unlimited() * self.design_effect)
    }

    fn corrected(&self, n: f64) -> f64 {
        self.population.map_or(n, |population| n / (1.0 + (n - 1.0) / population))
    }
}

/// How many to invite so that `respondents` answer at `response_rate`, rounded up.
///
/// # None
/// When the rate is not in 0..=1, 0 excluded, or `respondents` is not finite.
pub fn to_invite(respondents: f64, response_rate: f64) -> Option<f64> {
    (response_rate > 0.0 && response_rate <= 1.0 && respondents.is_finite())
        .then(|| (respondents / response_rate).ceil())
}

/// Yamane's (Slovin's) size for a population and a margin: z rounded to 2, half of the people satisfied, no design effect. For
/// comparison with guidance that quotes it.
///
/// # None
/// When the population is not positive and finite, or the margin not strictly between 0 and 1.
pub fn yamane(population: f64, margin: f64) -> Option<f64> {
    let usable = population > 0.0 && population.is_finite() && margin > 0.0 && margin < 1.0;
    usable.then(|| population / (1.0 + population * margin * margin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_everybody_quotes_is_385_and_in_a_thousand_people_278() {
        // Cochran (1977): p = ½, 5 points, 95 %: 384.15; Krejcie and Morgan's table for N = 1000 (doi:10.1177/001316447003000308): 278.
        let wanted = WantedMargin::new(0.5, 0.05, Confidence::NINETY_FIVE).expect("usable");
        assert!((wanted.unlimited() - 384.145_882).abs() < 1e-5);
        let limited = wanted.of_population(1000.0).expect("usable");
        assert!((limited.simple_random().round() - 278.0).abs() < f64::EPSILON);
        assert!(limited.with_design_effect(50.0).expect("usable").effect_before_correction() < 1000.0);
    }

    #[test]
    fn what_cannot_be_planned_is_refused() {
        assert!(WantedMargin::new(0.0, 0.05, Confidence::NINETY_FIVE).is_none());
        assert!(WantedMargin::new(0.5, 5.0, Confidence::NINETY_FIVE).is_none());
        let wanted = WantedMargin::new(0.5, 0.05, Confidence::NINETY_FIVE).expect("usable");
        assert!(wanted.of_population(0.0).is_none());
        assert!(wanted.with_design_effect(f64::NAN).is_none());
        assert!(to_invite(100.0, 0.0).is_none());
        assert!(yamane(1000.0, 0.0).is_none());
    }
}
