//! Questions of further kinds than the five levels, and what is asked or counted only under a condition. Their answers are packed
//! behind those to the demographic questions, a fixed number of bytes each.

use serde::{Deserialize, Serialize};

use super::{ChoiceOption, Questionnaire, Text};
use crate::sheet::choice::Shape;

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

impl Questionnaire {
    /// All questions of further kinds, in the order of their bytes.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.sections.iter().flat_map(|section| &section.questions)
    }

    /// The shapes of what is packed behind the levels: demographic questions, then those of further kinds.
    pub fn further_shapes(&self) -> Vec<Shape> {
        let demographics = self.demographics.iter().map(|asked| Shape::One(asked.options.len()));
        demographics.chain(self.questions().map(|question| question.kind.shape())).collect()
    }

    /// How many bytes the answers to demographic questions and to those of further kinds take.
    pub fn further_bytes(&self) -> usize {
        self.further_shapes().iter().map(|shape| shape.bytes()).sum()
    }

    /// Whether the answers of a sheet fulfil a condition. A question that is not there is answered by nobody.
    pub fn holds(&self, condition: &Condition, further: &[u8]) -> bool {
        let demographics = self.demographics.iter().map(|asked| (asked.id.as_str(), asked.options.as_slice()));
        let questions = self.questions().map(|question| (question.id.as_str(), question.kind.options()));
        let mut at = 0;
        for ((id, options), shape) in demographics.chain(questions).zip(self.further_shapes()) {
            let own = further.get(at..at + shape.bytes()).unwrap_or_default();
            at += shape.bytes();
            if id == condition.question {
                let chosen = shape.chosen(own);
                return options
                    .iter()
                    .enumerate()
                    .any(|(place, option)| chosen.contains(&place) && condition.options.contains(&option.id));
            }
        }
        false
    }

    /// What an answer sheet says where conditions are heeded: nothing to questions that were not asked, and "not used" to the
    /// items of a section that does not count for this respondent (who waits for a result cannot rate it).
    pub fn heed_conditions(&self, answers: &mut [u8], further: &mut [u8]) {
        let mut at: usize = self.demographics.len();
        for question in self.questions() {
            let bytes = question.kind.shape().bytes();
            if let Some(condition) = &question.when
                && !self.holds(condition, further)
            {
                further[at..at + bytes].fill(0);
            }
            at += bytes;
        }
        let mut item = 0;
        for section in &self.sections {
            let own = item..item + section.items.len();
            item = own.end;
            if section.unless.as_ref().is_some_and(|condition| self.holds(condition, further)) {
                let answered = answers[own].iter_mut().filter(|answer| **answer != crate::sheet::tally::BLANK);
                answered.for_each(|answer| *answer = crate::sheet::tally::NOT_USED);
            }
        }
    }
}
