//! Free words of citizens' sheets.

pub mod export;
pub mod list;
pub mod quote;
pub mod themes;
