//! A questionnaire as data, and answers checked against it. Pure.

pub mod code;
mod questionnaire;

pub use questionnaire::*;
