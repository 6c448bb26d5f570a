//! Plans: read, changed, with the template of their report.

pub mod edit;
pub mod report_template;
pub mod view;
mod words;
