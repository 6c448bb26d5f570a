//! Questionnaires: list, edit, preview, publish.

pub mod edit;
pub mod editor;
pub(in crate::web::staff) mod file_problems;
pub mod list;
