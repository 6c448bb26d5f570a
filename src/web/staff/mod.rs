//! The staff pages, behind a sign-in.

pub mod editor;
pub mod form_edit;
pub mod forms;
pub mod frame;
pub mod notice;
pub mod overview;
pub mod plan_about;
pub mod plan_edit;
mod problem_words;
pub mod sign_in;
pub mod weak;
