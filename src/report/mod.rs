//! An index made readable: tables, charts, plain text, DOCX, XLSX. Pure: bytes and strings out, nothing is read or written.
//!
//! [`content()`] turns an index into one model of headings, paragraphs and tables ([`model`]); pages and files print
//! that model, so a figure reads the same on all of them.

pub mod chart;
pub mod city;
pub mod content;
pub mod counts;
mod coverage;
pub mod designed;
mod designed_totals;
pub mod docx;
pub mod explore;
pub mod external;
pub mod format;
pub mod interview_list;
pub mod markup;
pub mod method;
mod ministry;
pub mod model;
pub mod names;
mod notes;
mod of_ten;
pub mod official;
mod package;
mod places;
pub mod plan_text;
mod profile;
pub mod projection;
pub mod questionnaires;
pub mod round;
#[cfg(test)]
pub(crate) mod sample;
pub mod selection;
mod setting;
pub mod small_fields;
pub mod spoken;
mod tables;
pub mod telling;
pub mod template;
#[cfg(test)]
mod tests;
pub mod text;
mod without_rows;
pub mod words;
pub mod work;
pub mod xlsx;

pub use content::content;
pub use format::Language;
pub use model::Report;
pub use names::Names;
pub use setting::Setting;
