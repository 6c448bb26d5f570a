//! Plans: what a ward has bound itself to, as data.
//!
//! A plan document becomes targets, reporting periods and tasks. The files are `plans/*.toml`; their format is
//! described in `plans/README.md`. This room is pure: it is given text and civil days, it reads no file and no
//! clock, and it knows nothing of surveys, answers or indices.
//!
//! Reading order: [`Plan`] (the types), [`parse`] (a file becomes a plan, or every problem of it at once),
//! [`Period`] (which days), [`working_days`] (how long until a report is due). What pages and files call all this stands in
//! `report::words::plan`.

pub mod calendar;
mod checks;
pub mod closing;
pub mod difference;
pub mod draft;
mod file;
pub mod issuing;
mod model;
mod names;
pub mod next_year;
mod numbers;
mod period;
pub mod problem;
mod problem_english;
mod reader;
pub mod round;
mod spelled;
#[cfg(test)]
pub(crate) mod tests;
pub mod typed;
pub mod working_days;
mod write;

pub use file::{parse, parse_fields};
pub use model::{
    Channel, CountKind, CountTarget, FieldOfService, IndexKind, Measure, Period, Plan, Respondents, Serves, Target,
    Task, Weights, policy_share,
};
pub use names::{field_name_en, field_name_vi};
pub use numbers::{Caseload, ExternalFigure};
pub use period::{PeriodKind, adhoc, adhoc_key};
pub use problem::Problem;
pub use write::to_toml;
