//! How many answers a question needs, and how many people to draw for them.

use crate::stats::Confidence;
use crate::stats::sample_design::power::AgainstTarget;
use crate::stats::sample_design::size::{WantedMargin, to_invite};

/// What is wanted of the sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// A share known to within this half-width at 95 %.
    Margin(f64),
    /// A target surpassed shown with this chance (one-sided 2.5 %, the level of the verdict), when the share is the expected one.
    Target {
        /// The target, 0–1.
        target: f64,
        /// The chance wanted, 0–1.
        power: f64,
    },
}

/// What is expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// What is wanted.
    pub aim: Aim,
    /// The share expected, 0–1.
    pub share: f64,
    /// How much more answers scatter than those of a simple random sample.
    pub design_effect: f64,
    /// The share of those drawn who are expected to answer.
    pub response: f64,
    /// How many separate figures (fields) each need the size.
    pub parts: u32,
}

/// How many it takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Answers of a simple random sample without end.
    pub simple: f64,
    /// Answers with the design effect and the population's correction, in each part.
    pub answers: u32,
    /// People to draw, in all parts together; the population where that is fewer.
    pub drawn: u32,
    /// Whether the population itself is too small.
    pub everybody: bool,
}

/// The level at which a verdict is given: half of the 5 % outside the interval.
const ALPHA: f64 = 0.025;

/// The size for a plan in a population of so many.
/// # None
/// When a share, a rate or the design effect is out of its range, or a target is not below the expected share.
pub fn size(plan: &Plan, population: usize) -> Option<Size> {
    if plan.parts == 0 || population == 0 {
        return None;
    }
    let parts = f64::from(plan.parts);
    let each = population as f64 / parts;
    let (simple, answers) = match plan.aim {
        Aim::Margin(margin) => {
            let wanted = WantedMargin::new(plan.share, margin, Confidence::NINETY_FIVE)?.of_population(each)?;
            let wanted = wanted.with_design_effect(plan.design_effect)?;
            (wanted.unlimited(), wanted.effect_before_correction())
        }
        Aim::Target { target, power } => {
            let simple = AgainstTarget::new(target, plan.share, ALPHA, power)?.normal_size();
            let usable = plan.design_effect > 0.0 && plan.design_effect.is_finite();
            let n = simple * plan.design_effect;
            usable.then(|| (simple, n / (1.0 + (n - 1.0) / each)))?
        }
    };
    let answers = answers.ceil();
    let drawn = to_invite(answers * parts, plan.response)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded by the population")]
    let whole = |value: f64| value.min(population as f64) as u32;
    Some(Size { simple, answers: whole(answers), drawn: whole(drawn), everybody: drawn > population as f64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan = Plan { aim: Aim::Margin(0.05), share: 0.5, design_effect: 1.0, response: 1.0, parts: 1 };

    #[test]
    fn the_size_of_twelve_thousand_at_five_points_is_373_and_with_half_silent_twice_that() {
        // Cochran: 384.15/(1 + 383.15/12000) = 372.26.
        let size_of = |plan: &Plan| size(plan, 12_000).expect("a size");
        assert_eq!((size_of(&PLAN).answers, size_of(&PLAN).drawn), (373, 373));
        assert_eq!(size_of(&Plan { response: 0.5, ..PLAN }).drawn, 746);
        let few = size(&Plan { response: 0.5, ..PLAN }, 300).expect("a size");
        assert!(few.everybody && few.drawn == 300);
    }

    #[test]
    fn a_target_needs_what_the_normal_formula_says_and_one_above_the_share_has_none() {
        // By hand: (1.959964 √(.87·.13) + .841621 √(.92·.08))²/.05² = (0.659147 + 0.228326)²/.0025 = 315.04.
        let plan = Plan { aim: Aim::Target { target: 0.87, power: 0.8 }, share: 0.92, ..PLAN };
        let found = size(&plan, 10_000_000).expect("a size");
        assert!((found.simple - 315.04).abs() < 0.05, "{}", found.simple);
        assert_eq!(size(&Plan { share: 0.86, ..plan }, 12_000), None);
    }
}
