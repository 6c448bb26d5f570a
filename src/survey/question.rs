//! Questions of further kinds than the five levels, and what is asked or counted only under a condition. Their answers are packed
//! behind those to the demographic questions, a fixed number of bytes each.

use serde::{Deserialize, Serialize};

use super::text::{ChoiceOption, Text};
use crate::sheet::shape::Shape;

/// The fewest and the most levels of a scale of a question's own.
pub const SCALE_LEVELS: std::ops::RangeInclusive<usize> = 2..=7;
/// The largest number that a question may allow.
pub const NUMBER_MAX: u32 = 1_000_000;
/// The longest answer to a short text, in characters after trimming.
pub const TEXT_CHARACTERS_MAX: usize = 200;

/// A question of another kind than the five levels. It feeds no index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Identifier, unique among items and questions.
    pub id: String,
    /// The wording, per language.
    pub text: Text,
    /// A few words under it that help to answer; none for most.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub help: Text,
    /// What can be answered.
    #[serde(flatten)]
    pub kind: QuestionKind,
    /// The question of which instrument it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whether a sheet without an answer to it is refused, where it is asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// It is asked only of those who chose so; none asks everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
}

/// What a question of a further kind can be answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum QuestionKind {
    /// One of 2 to 12 options.
    One {
        /// The options.
        options: Vec<ChoiceOption>,
    },
    /// Any of 2 to 12 options.
    Several {
        /// The options.
        options: Vec<ChoiceOption>,
    },
    /// One of 2 to 7 levels in their order.
    Scale {
        /// The levels, the least first.
        options: Vec<ChoiceOption>,
    },
    /// A whole number.
    Number {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// A few words, read where comments are.
    Text,
}

/// Somebody chose one of some options of a demographic question, or of a question that comes before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Identifier of the question.
    pub question: String,
    /// Identifiers of options, any of which will do.
    pub options: Vec<String>,
}

impl QuestionKind {
    /// The words that files have for the kinds.
    pub const WORDS: [&'static str; 5] = ["one", "several", "scale", "number", "text"];

    /// The word in files.
    pub fn word(&self) -> &'static str {
        match self {
            Self::One { .. } => "one",
            Self::Several { .. } => "several",
            Self::Scale { .. } => "scale",
            Self::Number { .. } => "number",
            Self::Text => "text",
        }
    }

    /// Its options; none for numbers and texts.
    pub fn options(&self) -> &[ChoiceOption] {
        match self {
            Self::One { options } | Self::Several { options } | Self::Scale { options } => options,
            Self::Number { .. } | Self::Text => &[],
        }
    }

    /// Its shape as packed answers and tallies see it.
    pub fn shape(&self) -> Shape {
        match self {
            Self::One { options } | Self::Scale { options } => Shape::One(options.len()),
            Self::Several { options } => Shape::Several(options.len()),
            Self::Number { .. } => Shape::Number,
            Self::Text => Shape::Text,
        }
    }
}
