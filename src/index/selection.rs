//! What an open figure cannot say by itself: how its answers lie over points beside the cases, how dissatisfied those who did not answer would
//! have to be to turn the verdict, and which of many verdicts hold together.

use super::result::Coverage;
use super::result::{Estimate, TargetResult, Verdict};
use crate::plan::Respondents;
use crate::stats::multiplicity::holm;
use crate::stats::quantile::normal_sf;

/// Normal value that a limit of 95 % stands for, and the chance on one side of it.
const LIMIT: f64 = 1.959_963_984_540_054;
const ONE_SIDE: f64 = 0.025;
/// A point's part of the answers is told beside its part of the cases from so many points of difference on.
const APART: f64 = 0.2;

/// How those who did not answer would turn a verdict.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tipping {
    /// Who answered.
    pub answered: u64,
    /// Cases handled in the target's fields.
    pub cases: u64,
    /// The share satisfied among all others at which the whole stands at the minimum. Below 0 or above 1: nothing could turn it.
    pub others: f64,
}

/// A point that has far more of the answers than of the cases, or far fewer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uneven {
    /// Unit and number of the point.
    pub point: (i32, i32),
    /// Its part of the sheets of points with cases of their own.
    pub of_answers: f64,
    /// Its part of their cases.
    pub of_cases: f64,
}

/// The tipping point of a target: `(N·minimum − n·value)/(N − n)`.
///
/// None without a figure, for a target of one channel or of some people only (cases are not told apart by them), where the cases of one of its fields or of a month are not known, and where as many answered as there are cases.
pub fn tipping(target: &TargetResult, coverage: Option<&Coverage>) -> Option<Tipping> {
    if target.channel.is_some() || target.respondents != Respondents::All {
        return None;
    }
    let (estimate, coverage) = (target.estimate.as_ref()?, coverage.filter(|known| known.months_missing.is_empty())?);
    let all = target.fields.iter().any(|field| field == "all");
    let own = |field: &str| all || target.fields.iter().any(|known| known == field);
    let fields: Vec<_> = coverage.fields.iter().filter(|known| own(&known.field)).collect();
    let known = |field: &String| fields.iter().any(|known| known.field == *field);
    if fields.is_empty() || (!all && !target.fields.iter().all(known)) {
        return None;
    }
    let cases: u64 = fields.iter().map(|known| known.cases).sum();
    let answered = estimate.respondents;
    (cases > answered).then(|| {
        let (n, of_all) = (answered as f64, cases as f64);
        Tipping { answered, cases, others: (of_all * target.minimum - n * estimate.value) / (of_all - n) }
    })
}

/// Points whose answers and cases lie far apart, the furthest first.
pub fn uneven(coverage: Option<&Coverage>) -> Vec<Uneven> {
    let Some(coverage) = coverage.filter(|known| known.months_missing.is_empty()) else { return Vec::new() };
    let sum = |part: fn(&super::result::PointCoverage) -> u64| coverage.points.iter().map(part).sum::<u64>() as f64;
    let (answers, cases) = (sum(|point| point.answered_tens), sum(|point| point.cases));
    if answers <= 0.0 || cases <= 0.0 {
        return Vec::new();
    }
    let mut found: Vec<Uneven> = coverage
        .points
        .iter()
        .map(|point| Uneven {
            point: (point.unit, point.point),
            of_answers: point.answered_tens as f64 / answers,
            of_cases: point.cases as f64 / cases,
        })
        .filter(|one| (one.of_answers - one.of_cases).abs() >= APART)
        .collect();
    found.sort_by(|a, b| (b.of_answers - b.of_cases).abs().total_cmp(&(a.of_answers - a.of_cases).abs()));
    found
}

/// The chance, on one side, of a figure as far from its minimum if it stood there.
fn one_sided(estimate: &Estimate, minimum: f64) -> f64 {
    let distance = estimate.value - minimum;
    let reach = if distance > 0.0 { estimate.value - estimate.low } else { estimate.high - estimate.value };
    if reach > 0.0 { normal_sf(distance.abs() / reach * LIMIT) } else { 1.0 }
}

/// Of verdicts that stand in one list, which hold after Holm; all of `figures` count, met or not.
pub fn hold_together(figures: &[(Option<&Estimate>, f64, Verdict)]) -> Vec<bool> {
    let chances: Vec<Option<f64>> =
        figures.iter().map(|(estimate, minimum, _)| estimate.map(|estimate| one_sided(estimate, *minimum))).collect();
    let held = holm(&chances).into_iter().zip(figures);
    held.map(|(p, (.., verdict))| *verdict != Verdict::CannotSay && p.is_some_and(|p| p <= ONE_SIDE)).collect()
}

/// How many false verdicts "met" a list has at most on average: were every figure exactly at its minimum.
pub fn false_verdicts(figures: usize) -> f64 {
    ONE_SIDE * figures as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::result::{FieldCoverage, PointCoverage};
    use crate::sheet::tally::Mode;
    use crate::stats::RateMethod;

    fn estimate(value: f64, low: f64, high: f64) -> Estimate {
        Estimate {
            value,
            low,
            high,
            confidence: 0.95,
            method: RateMethod::ALL[0],
            respondents: 400,
            answers: 3000,
            clusters: 60,
            design_effect: None,
            modes: vec![Mode::Phone],
        }
    }

    fn coverage() -> Coverage {
        Coverage {
            months: Vec::new(),
            months_missing: Vec::new(),
            fields: vec![FieldCoverage {
                field: "health".to_owned(),
                cases: 4000,
                answered: Some(400),
                share: Some(0.1),
            }],
            points: vec![
                PointCoverage { unit: 1, point: 1, cases: 1000, answered_tens: 300 },
                PointCoverage { unit: 1, point: 2, cases: 3000, answered_tens: 100 },
            ],
        }
    }

    #[test]
    fn a_point_with_a_quarter_of_the_cases_and_three_quarters_of_the_answers_is_told() {
        let found = uneven(Some(&coverage()));
        assert_eq!(found.len(), 2);
        assert!((found[0].of_answers - 0.75).abs() < 1e-12 && (found[0].of_cases - 0.25).abs() < 1e-12);
        let mut even = coverage();
        even.points[0].answered_tens = 100;
        even.points[1].answered_tens = 300;
        assert!(uneven(Some(&even)).is_empty());
        assert!(uneven(None).is_empty());
    }

    #[test]
    fn of_four_verdicts_near_the_limit_only_the_sure_one_holds() {
        // One-sided chances by R's pnorm: 1.96·(0.03/0.028) = 2.1 gives 0.0179 each, times 4 over 0.025; 1.96·(0.08/0.03) = 5.23 gives 8.7e-8.
        let (near, sure) = (estimate(0.88, 0.852, 0.90), estimate(0.93, 0.90, 0.95));
        let near = (Some(&near), 0.85, Verdict::Met);
        let found =
            hold_together(&[near, near, near, (Some(&sure), 0.85, Verdict::Met), (None, 0.85, Verdict::CannotSay)]);
        assert_eq!(found, [false, false, false, true, false]);
        assert_eq!(hold_together(&[near]), [true], "alone it holds");
        assert!((false_verdicts(13) - 0.325).abs() < 1e-12);
    }
}
