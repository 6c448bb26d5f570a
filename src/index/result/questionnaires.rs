//! What questionnaires ask that feeds no index, as counted, and a follow-up beside the measurement that it follows.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, Node};
use super::fields::CriterionResult;
use crate::survey::follow_up::FOLLOW_UP_SUFFIX;

/// The questions of one questionnaire that feed no index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum QuestionnaireResult {
    /// Shown.
    Shown(QuestionnaireShown),
    /// Answered by too few: its identifier and nothing else.
    Hidden(QuestionnaireHidden),
}

/// A questionnaire that too few answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionnaireHidden {
    /// Its identifier.
    pub questionnaire: String,
    /// Always true.
    pub hidden: bool,
}

/// A questionnaire that enough people answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuestionnaireShown {
    /// Its identifier.
    pub questionnaire: String,
    /// Sheets that are counted.
    pub sheets: u64,
    /// The fields they are about.
    pub fields: Vec<String>,
    /// Its questions, section by section.
    pub sections: Vec<SectionResult>,
    /// The same of each field; empty where all answered about one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_field: Vec<Node<FieldAsked>>,
    /// The measurement that a follow-up stands beside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
}

/// The questions of one section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SectionResult {
    /// Its identifier.
    pub section: String,
    /// Its questions on the five levels.
    pub questions: Vec<Node<CriterionResult>>,
    /// Its questions of further kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Node<ChoiceResult>>,
}

/// A question of a further kind, counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChoiceResult {
    /// The question.
    pub item: String,
    /// `one`, `several`, `scale`, `number`, `text`.
    pub kind: String,
    /// Sheets with an answer.
    pub answered: u64,
    /// Sheets without, and those that were not asked.
    pub blank: u64,
    /// Sheets that chose each option; empty for numbers and texts. Where several may be chosen they add up to more than the answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionCount>,
    /// The mean of the numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// Their standard deviation, divisor n − 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviation: Option<f64>,
}

/// How many sheets chose an option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionCount {
    /// The option.
    pub option: String,
    /// Sheets.
    pub sheets: u64,
}

/// The questions as answered about one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldAsked {
    /// The field.
    pub field: String,
    /// Its sections.
    pub sections: Vec<SectionResult>,
}

/// A measurement with which a follow-up is compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Before {
    /// The questionnaire that asked first.
    pub questionnaire: String,
    /// The period of the first measurement.
    pub period: String,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
    /// Every criterion that both show, field by field.
    pub changes: Vec<Change>,
}

/// A criterion before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The field.
    pub field: String,
    /// The criterion.
    pub item: String,
    /// The first measurement.
    pub before: Estimate,
    /// The follow-up.
    pub after: Estimate,
    /// After less before, as a fraction.
    pub difference: f64,
    /// Lower bound of the difference, at the confidence of both figures.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// What the bounds say.
    pub verdict: ChangeVerdict,
}

/// What the test of a change says: the difference is told from none where its interval leaves 0 out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeVerdict {
    /// More people are satisfied than before.
    Better,
    /// Fewer are.
    Worse,
    /// It cannot be told from chance.
    CannotSay,
}

impl QuestionnaireResult {
    /// Identifier of the questionnaire.
    pub fn id(&self) -> &str {
        match self {
            Self::Shown(shown) => &shown.questionnaire,
            Self::Hidden(hidden) => &hidden.questionnaire,
        }
    }

    /// It, where it is shown.
    pub fn shown(&self) -> Option<&QuestionnaireShown> {
        match self {
            Self::Shown(shown) => Some(shown),
            Self::Hidden(_) => None,
        }
    }

    /// The identifier of the questionnaire that this one follows up.
    pub fn follows(&self) -> Option<&str> {
        self.id().strip_suffix(FOLLOW_UP_SUFFIX)
    }
}
