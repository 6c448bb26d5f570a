//! A questionnaire as data: what it asks, how its file is read, how answers are checked. Pure: it imports nothing else
//! of the crate but `sheet` and touches no file, clock or randomness.

#![warn(missing_docs)]

pub mod answer;
pub mod check;
mod check_question;
pub mod code;
mod conditions;
pub mod difference;
pub mod editing;
mod field_error;
pub mod file;
pub mod follow_up;
pub mod hash;
mod json;
pub mod kept_words;
pub mod keyed;
pub mod masking;
mod names;
pub mod naming;
pub mod problem;
mod problem_english;
pub mod question;
mod questionnaire;
pub mod readability;
mod sheet;
pub mod submission;
#[cfg(test)]
mod tests;
mod text;
mod write;

pub use field_error::{ErrorCode, FieldError};
pub use file::{official_levels, parse};
pub use hash::content_hash;
pub use problem::Problem;
pub use question::{Condition, Question, QuestionKind};
pub use questionnaire::*;
pub use submission::{
    Asked, Peek, RespondentKind, Submission, content_for_tag, from_form, from_json, peek_form, peek_json,
};
pub use write::to_toml;
