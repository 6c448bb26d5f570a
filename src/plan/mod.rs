//! Plans as data: targets, reporting periods, tasks. Pure.

mod plan;

pub use plan::*;
