//! Questionnaires: list, draft, preview, publish.

pub mod begin;
pub mod bring;
mod change_words;
pub mod draft;
pub mod draft_form;
mod draft_page;
pub mod draft_publish;
pub mod editor;
mod fault_words;
pub(in crate::web::staff) mod further;
mod import_words;
pub mod list;
#[cfg(test)]
pub(in crate::web::staff) mod spoilt;
pub(in crate::web::staff) mod syntax;
mod words;
