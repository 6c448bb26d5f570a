//! Answers that staff bring in or take out: paper keyed twice, interviews, files of sheets, voidings.

pub mod import;
pub mod import_other;
pub mod interview;
pub mod keying;
mod keying_overtaken;
pub(in crate::web::staff) mod keying_sheet;
pub mod reconcile;
pub mod voidings;
mod words;
