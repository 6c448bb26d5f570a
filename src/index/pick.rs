//! One figure out of an index: a target's, a factor's of the whole unit, a field's, a factor's or a criterion's in a field, by a word that stands in an address. The way down from one to the
//! next, and up again.

use std::fmt;
use std::str::FromStr;

use super::asked::{asked_of, asked_of_all};
use super::result::{CriterionResult, Estimate, FactorResult, FieldResult, IndexReport, TargetResult};
use crate::plan::Measure;

/// Which figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    /// A target of the plan, by its identifier.
    Target(String),
    /// The share of satisfied people among those whom a target of the plan is about, whichever share the target itself means.
    People(String),
    /// A factor of the whole unit, over its fields.
    UnitFactor(String),
    /// A field over the service part.
    Field(String),
    /// A factor in a field.
    Factor(String, String),
    /// A criterion in a field.
    Criterion(String, String),
}

/// A word that names no figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a figure is named as in target:ID, people:TARGET, unit:FACTOR, field:ID, factor:FIELD:ID or item:FIELD:ID")]
pub struct NoPick;

impl fmt::Display for Pick {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target(id) => write!(out, "target:{id}"),
            Self::People(id) => write!(out, "people:{id}"),
            Self::UnitFactor(id) => write!(out, "unit:{id}"),
            Self::Field(field) => write!(out, "field:{field}"),
            Self::Factor(field, id) => write!(out, "factor:{field}:{id}"),
            Self::Criterion(field, id) => write!(out, "item:{field}:{id}"),
        }
    }
}

impl FromStr for Pick {
    type Err = NoPick;

    fn from_str(word: &str) -> Result<Self, NoPick> {
        let owned = |part: &str| Some(part.to_owned()).filter(|part| !part.is_empty()).ok_or(NoPick);
        let (kind, rest) = word.split_once(':').ok_or(NoPick)?;
        match (kind, rest.split_once(':')) {
            ("target", _) => Ok(Self::Target(owned(rest)?)),
            ("people", _) => Ok(Self::People(owned(rest)?)),
            ("unit", None) => Ok(Self::UnitFactor(owned(rest)?)),
            ("field", None) => Ok(Self::Field(owned(rest)?)),
            ("factor", Some((field, id))) => Ok(Self::Factor(owned(field)?, owned(id)?)),
            ("item", Some((field, id))) => Ok(Self::Criterion(owned(field)?, owned(id)?)),
            _ => Err(NoPick),
        }
    }
}

/// A figure picked.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Picked<'a> {
    /// The share; none where it is hidden or there is none.
    pub estimate: Option<&'a Estimate>,
    /// Mean of the levels, 1–5, where the figure has one.
    pub mean_score: Option<f64>,
}

impl Pick {
    /// The field that it lies in; none for what lies in no single one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Target(_) | Self::People(_) | Self::UnitFactor(_) => None,
            Self::Field(field) | Self::Factor(field, _) | Self::Criterion(field, _) => Some(field),
        }
    }

    /// Whether a report that holds targets alone has it.
    pub fn is_of_targets(&self) -> bool {
        matches!(self, Self::Target(_) | Self::People(_))
    }

    /// Whether it is a factor or a criterion.
    pub fn is_part(&self) -> bool {
        matches!(self, Self::UnitFactor(_) | Self::Factor(..) | Self::Criterion(..))
    }

    /// The figure in a report.
    pub fn of<'a>(&self, report: &'a IndexReport) -> Picked<'a> {
        let found = match self {
            Self::Target(id) => {
                let target = report.targets.iter().find(|target| target.target == *id);
                target.map(|target| Picked { estimate: target.estimate.as_ref(), mean_score: None })
            }
            Self::People(id) => {
                let target = report.targets.iter().find(|target| target.target == *id);
                target.map(|target| Picked {
                    estimate: match target.measure {
                        Measure::People => target.estimate.as_ref(),
                        Measure::Answers => target.other_measure.as_ref(),
                    },
                    mean_score: None,
                })
            }
            Self::UnitFactor(id) => report
                .factors
                .iter()
                .find(|factor| factor.factor == *id)
                .map(|factor| Picked { estimate: Some(&factor.estimate), mean_score: Some(factor.mean_score) }),
            Self::Field(id) => field(report, id)
                .map(|field| Picked { estimate: Some(&field.estimate), mean_score: Some(field.mean_score) }),
            Self::Factor(of, id) => factor(report, of, id)
                .map(|factor| Picked { estimate: Some(&factor.estimate), mean_score: Some(factor.mean_score) }),
            Self::Criterion(of, id) => criterion(report, of, id).map(|(_, criterion)| Picked {
                estimate: Some(&criterion.estimate),
                mean_score: mean_of_levels(criterion.levels),
            }),
        };
        found.unwrap_or_default()
    }

    /// The minimum that it is held against: a target's own; for what lies in a field what is [asked](asked_of) of it.
    pub fn minimum(&self, report: &IndexReport) -> Option<f64> {
        match self {
            Self::Target(id) => report.targets.iter().find(|target| target.target == *id).map(|target| target.minimum),
            Self::People(id) => {
                let of_people = |target: &&TargetResult| target.target == *id && target.measure == Measure::People;
                report.targets.iter().find(of_people).map(|target| target.minimum)
            }
            Self::UnitFactor(_) => asked_of_all(report),
            Self::Field(field) => asked_of(report, field, None),
            Self::Factor(field, factor) => asked_of(report, field, Some(factor)),
            Self::Criterion(field, item) => {
                asked_of(report, field, criterion(report, field, item).map(|(factor, _)| factor.factor.as_str()))
            }
        }
    }
}

/// A shown field.
pub fn field<'a>(report: &'a IndexReport, id: &str) -> Option<&'a FieldResult> {
    report.fields.iter().filter_map(|node| node.shown()).find(|field| field.field == id)
}

/// A shown factor of a shown field.
pub fn factor<'a>(report: &'a IndexReport, of: &str, id: &str) -> Option<&'a FactorResult> {
    field(report, of)?.factors.iter().filter_map(|node| node.shown()).find(|factor| factor.factor == id)
}

/// A shown criterion with its factor.
pub fn criterion<'a>(report: &'a IndexReport, of: &str, id: &str) -> Option<(&'a FactorResult, &'a CriterionResult)> {
    let factors = field(report, of)?.factors.iter().filter_map(|node| node.shown());
    let mut pairs = factors.flat_map(|factor| {
        factor.criteria.iter().filter_map(|node| node.shown()).map(move |criterion| (factor, criterion))
    });
    pairs.find(|(_, criterion)| criterion.item == id)
}

/// Mean of the levels 1 to 5.
pub fn mean_of_levels(levels: [u64; 5]) -> Option<f64> {
    let people: u64 = levels.iter().sum();
    let sum: u64 = levels.iter().zip(1..).map(|(count, level)| count * level).sum();
    (people > 0).then(|| sum as f64 / people as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_an_address_names_a_figure_and_nothing_else_does() {
        for word in [
            "target:II.1.1",
            "people:II.1.1",
            "unit:access",
            "field:health",
            "factor:health:access",
            "item:health:access_info",
        ] {
            assert_eq!(word.parse::<Pick>().map(|pick| pick.to_string()).as_deref(), Ok(word));
        }
        for word in
            ["", "health", "field:", "factor:health", "factor::a", "field:a:b", "unit:a:b", "people:", "office:a"]
        {
            assert_eq!(word.parse::<Pick>(), Err(NoPick), "{word}");
        }
    }

    #[test]
    fn the_mean_of_levels_is_that_of_people() {
        // By hand: (1·1 + 3·4 + 6·5)/10 = 4,3.
        assert_eq!(mean_of_levels([1, 0, 0, 3, 6]), Some(4.3));
        assert_eq!(mean_of_levels([0; 5]), None);
    }
}
