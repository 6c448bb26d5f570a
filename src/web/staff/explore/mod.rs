//! "Phân tích": every figure with its filters in the address, over time, side by side, by level, and how many sheets came.

mod ask;
pub mod change;
pub mod cross;
mod exhibits;
pub mod files;
mod fits;
mod form_words;
pub mod forms;
pub mod keeping;
mod laid_out;
pub mod page;
mod shown;
pub mod views;

pub(in crate::web::staff) use exhibits::refused;
