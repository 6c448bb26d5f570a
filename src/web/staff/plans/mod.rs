//! Plans: read, changed, with the template of their report and their survey rounds.

pub mod begin;
pub mod bring;
pub mod edit;
mod file_words;
pub mod form;
pub mod found;
pub mod history;
pub mod report_template;
pub mod round_files;
pub mod rounds;
pub mod sample;
pub mod sample_cases;
pub mod sample_files;
pub mod sample_known;
pub mod sample_totals;
pub mod sample_totals_told;
mod sample_words;
pub mod view;
mod words;
