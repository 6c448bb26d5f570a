//! Free words of citizens' sheets.

pub mod list;
