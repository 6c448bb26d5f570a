//! Reporting periods: figures, targets, lowest criteria, deadlines, closing, files.

pub mod closing;
pub mod deadlines;
pub mod declare;
pub mod declared;
pub mod figures;
pub mod files;
pub mod found;
mod glance;
mod grid;
pub mod issue;
pub mod letter;
pub mod lowest;
mod missing;
pub mod overview;
pub mod progress;
pub mod questionnaires;
pub(in crate::web::staff) mod standing;
pub(in crate::web::staff) mod steps;
pub(in crate::web::staff) mod target_card;
pub mod targets;
