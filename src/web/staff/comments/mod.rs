//! Free words of citizens' sheets.

mod back;
pub mod export;
pub mod list;
pub mod quote;
pub mod themes;
