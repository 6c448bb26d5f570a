//! What is done about what was weak, and how far the tasks of a plan are.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::estimate::Estimate;
use super::questionnaires::ChangeVerdict;

/// How far something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkState {
    /// Not begun.
    Planned,
    /// Under way.
    UnderWay,
    /// Done.
    Done,
    /// It falls away.
    Dropped,
}

/// A remedy in a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemedyResult {
    /// Its number in the ward.
    pub number: i32,
    /// What citizens said.
    pub said: String,
    /// What is done.
    pub work: String,
    /// Who does it.
    pub person: String,
    /// Name of the office that answers for it.
    pub office: String,
    /// By when.
    pub due: NaiveDate,
    /// How far it is.
    pub state: WorkState,
    /// Whether it was past its day when this was made.
    pub late: bool,
    /// The criterion that it is to mend: plan, period, field, item.
    pub criterion: Option<[String; 4]>,
    /// That criterion before and after; none where there is no later period yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<Compared>,
}

/// A criterion before a remedy and after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// Period in which it was weak.
    pub period: String,
    /// Its figure then.
    pub before: Estimate,
    /// The later period whose figure stands beside it; empty in closings of programs that did not say it.
    #[serde(default)]
    pub after_period: String,
    /// Its figure in that period.
    pub after: Estimate,
    /// After less before.
    pub difference: f64,
    /// Lower bound of the difference, 95 %.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// p-value of "no difference", corrected for the remedies that are compared together (Holm).
    pub p_value: f64,
    /// What that comes to.
    pub verdict: ChangeVerdict,
    /// By how much a criterion that was picked for being low rises by itself.
    pub expected_rise: Option<f64>,
}

/// A task of the plan in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskResult {
    /// Clause of the plan.
    pub clause: String,
    /// What is to be done: Vietnamese.
    pub title_vi: String,
    /// The same in English.
    pub title_en: String,
    /// Lead body.
    pub lead: Option<String>,
    /// By when, where a day can be named.
    pub due: Option<NaiveDate>,
    /// How far it is.
    pub state: WorkState,
    /// Whether it was past its day when this was made.
    pub late: bool,
    /// A note.
    pub note: String,
}
