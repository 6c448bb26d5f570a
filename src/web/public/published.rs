//! Pages of published periods that were made before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use chrono::NaiveDate;

use crate::report::Language;
use crate::report::model::Table;

/// Pages of periods made before. What was published never changes, so they stand until the server ends: a few a plan and year.
#[derive(Debug, Default)]
pub struct Published(pub(super) Mutex<HashMap<Shown, Arc<PeriodView>>>);

/// Plan, period, version, number of steps it has taken, language: a period opened anew says so.
pub(super) type Shown = (String, String, u32, usize, Language);

/// One published period.
#[derive(Debug)]
pub struct PeriodView {
    /// Last and first day, by which the newest stands first.
    pub(super) span: (NaiveDate, NaiveDate),
    pub(super) heading: String,
    pub(super) days: String,
    pub(super) plan: String,
    pub(super) banners: Vec<String>,
    /// The targets as one says them at a doorstep.
    pub(super) plain: Vec<String>,
    pub(super) tables: Vec<Table>,
}
