//! Questionnaires: list, edit, preview, publish.

pub mod edit;
pub mod editor;
pub(in crate::web::staff) mod further;
pub mod list;
#[cfg(test)]
pub(in crate::web::staff) mod spoilt;
pub(in crate::web::staff) mod syntax;
mod words;
