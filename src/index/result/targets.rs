//! Targets judged: the figure, the verdict, what is missing of it and where it is heading; and targets that are counted.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, Node, Reason, Verdict};
use crate::plan::{Channel, CountKind, IndexKind, Measure, Respondents};

/// A target judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetResult {
    /// Identifier in the plan.
    pub target: String,
    /// Clause of the plan.
    pub clause: String,
    /// What is measured.
    pub index: IndexKind,
    /// Fields named, or `all`.
    pub fields: Vec<String>,
    /// Only this channel, where the target names one.
    pub channel: Option<Channel>,
    /// Whose answers.
    pub respondents: Respondents,
    /// What the share is a share of.
    #[serde(default)]
    pub measure: Measure,
    /// The share by the other measure, over the same sheets; none where too few people stand behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_measure: Option<Estimate>,
    /// Minimum share, 0–1.
    pub minimum: f64,
    /// Target of which it is a part.
    pub part_of: Option<String>,
    /// The figure; none where too few people stand behind it.
    pub estimate: Option<Estimate>,
    /// What the interval says.
    pub verdict: Verdict,
    /// Why nothing can be said.
    pub reason: Option<Reason>,
    /// The plain comparison that the plan's wording asks for: value ≥ minimum, without rounding.
    pub point_reached: Option<bool>,
    /// How many more respondents would settle it at 80 % power; none when settled or hopeless.
    pub respondents_to_settle: Option<u64>,
    /// How many can still be asked in the period: cases handled less those who answered; none where the cases are not known or nothing is
    /// left to settle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respondents_left: Option<u64>,
    /// Where it may stand at the cut-off; none after it, and where the figure is not whole.
    pub outlook: Option<Projection>,
    /// Points whose interval lies wholly below the minimum, with 30 respondents or more.
    pub low_points: Vec<LowPoint>,
    /// Fields that belong to the index but have too few respondents; their part of the weight is bounded.
    pub missing_fields: Vec<String>,
    /// The same with questionnaires that wait beside others of their field, and how much of the weight each is.
    #[serde(default)]
    pub missing: Vec<Missing>,
    /// Fields with too few respondents by themselves that are taken together.
    #[serde(default)]
    pub collapsed_fields: Vec<String>,
    /// Their figure; none where no fields are.
    #[serde(default)]
    pub other_fields: Option<OtherFields>,
    /// Fields that the plan's owner declared to be without cases, so that they do not belong to the index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declared_empty: Vec<DeclaredEmpty>,
    /// Each field by itself.
    pub by_field: Vec<Node<FieldVerdict>>,
}

/// One field of a target judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldVerdict {
    /// Field.
    pub field: String,
    /// Its figure.
    pub estimate: Estimate,
    /// What its interval says.
    pub verdict: Verdict,
    /// Why nothing can be said.
    pub reason: Option<Reason>,
    /// value ≥ minimum.
    pub point_reached: bool,
    /// What the field weighs in the pooled figure, 0–1; none where it has no part in it.
    pub weight: Option<f64>,
}

/// A field, or a questionnaire of a field, that has too few respondents to count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Missing {
    /// Field.
    pub field: String,
    /// Set where only this questionnaire of the field has too few: it waits, and the field is shown from its others.
    pub questionnaire: Option<String>,
    /// How much of the whole weight is missing for it, 0–1: so much the interval is widened. 0 for a questionnaire.
    pub weight: f64,
}

/// A field that the plan's owner declared to be without cases in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredEmpty {
    /// Field.
    pub field: String,
    /// Why it has none, in the owner's words.
    pub reason: String,
}

/// Small fields taken together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OtherFields {
    /// The fields.
    pub fields: Vec<String>,
    /// Their figure.
    pub estimate: Estimate,
    /// What they weigh together in the pooled figure, 0–1.
    pub weight: f64,
}

/// How a target is heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prospect {
    /// The verdict will most likely be that it is met.
    OnCourse,
    /// No verdict is that likely.
    AtRisk,
    /// Most likely nothing can be said at the cut-off either.
    Undecided,
    /// The verdict will most likely be that it is not met.
    OutOfReach,
}

/// Where a figure may stand when its period ends, at the pace and with the answers so far.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Projection {
    /// Days left, the cut-off included and today not.
    pub days_left: u64,
    /// Further respondents until then, at the pace of the period so far.
    pub respondents_expected: u64,
    /// Lower bound of the value at the end, 0–1, at the plan's confidence.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// Chance that the value ends at or above the minimum.
    pub reaches: f64,
    /// Chance that the verdict ends as met.
    pub met: f64,
    /// Chance that it ends as not met.
    pub not_met: f64,
    /// The same in a word.
    pub heading: Prospect,
}

impl Projection {
    /// Chance that nothing can be said at the cut-off.
    pub fn cannot_say(&self) -> f64 {
        (1.0 - self.met - self.not_met).max(0.0)
    }
}

/// A service point whose interval lies wholly below a target's minimum. No figure of it is shown: only that it is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LowPoint {
    /// Unit.
    pub unit: i32,
    /// Number of the point within the unit.
    pub point: i32,
}

/// A counted target judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountResult {
    /// What it counts.
    pub kind: CountKind,
    /// Clause of the plan.
    pub clause: String,
    /// So many are wanted: all complaints that came, or so many dialogues.
    pub wanted: u64,
    /// So many are there: answered in time, or held.
    pub reached: u64,
    /// Complaints answered late, or owed and past their day.
    pub late: u64,
    /// Complaints owed, and in time.
    pub open: u64,
    /// Complaints published with their answer.
    pub published: u64,
    /// What lacks: names of offices, halves of a year.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// What it comes to.
    pub verdict: Verdict,
    /// The last day on which what is open can still be met: of the whole target, or of its first month or half-year that lacks something. None for
    /// complaints, for what is judged, and in periods closed before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_until: Option<NaiveDate>,
}
