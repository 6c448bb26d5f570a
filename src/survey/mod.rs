//! A questionnaire as data: what it asks, how its file is read, how answers are checked. Pure: it imports nothing else
//! of the crate and touches no file, clock or randomness.

pub mod check;
pub mod code;
mod field_error;
pub mod file;
pub mod follow_up;
pub mod hash;
mod json;
pub mod keyed;
pub mod masking;
mod names;
pub mod problem;
mod problem_english;
mod questionnaire;
pub mod readability;
mod sheet;
pub mod submission;
#[cfg(test)]
mod tests;
mod write;

pub use field_error::{ErrorCode, FieldError};
pub use file::parse;
pub use hash::content_hash;
pub use problem::Problem;
pub use questionnaire::*;
pub use submission::{
    Asked, Peek, RespondentKind, Submission, content_for_tag, from_form, from_json, peek_form, peek_json,
};
pub use write::to_toml;
