//! Plans: read, changed, with the template of their report and their survey rounds.

pub mod edit;
pub mod report_template;
pub mod round_files;
pub mod rounds;
pub mod view;
mod words;
