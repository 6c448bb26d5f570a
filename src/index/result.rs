//! What an index says: estimates, verdicts, hidden nodes. The one shape that pages, files and the API show.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::caseload::{Coverage, VolumesKnown};
use super::count_targets::CountResult;
use super::ministry::MinistryEstimate;
use super::partition::{DeclaredEmpty, Missing, OtherFields};
use super::places::{PointLine, UnitLine};
use super::profile::ProfileQuestion;
use super::projection::{LowPoint, Outlook};
use super::questionnaires::QuestionnaireResult;
use super::work::{RemedyResult, TaskResult};
use crate::plan::closing::State;
use crate::plan::{Channel, IndexKind, Measure, Respondents, Weights};
use crate::sheet::tally::{Mode, Series};
use crate::stats::RateMethod;
use crate::stats::threshold::{falls_short, reaches};

/// Fewer respondents than this are never shown.
pub const SHOWN_FROM: u64 = 10;
/// From fewer days of points than this, what is known of how days differ comes from the model; the page says so.
pub const APPROXIMATE_BELOW_DAYS: u64 = 20;
/// Fewer respondents than this make the interval only approximate; the page says so.
pub const APPROXIMATE_BELOW: u64 = 100;
/// The same where nearly everybody is satisfied: the coverage simulation found the interval too short there.
pub const APPROXIMATE_BELOW_AT_THE_TOP: u64 = 400;
/// Rates from here on are nearly everybody.
pub const THE_TOP: f64 = 0.95;

/// Who answered: whoever wished, or people drawn by a sampling plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// "Theo ý kiến tự nguyện": never called the ministry's SIPAS.
    Volunteers,
    /// Drawn by a sampling plan.
    Sample,
}

/// Whether flagged sheets are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suspects {
    /// Counted.
    In,
    /// Left out.
    Out,
}

/// A rate with everything that must stand beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Share satisfied, 0–1.
    pub value: f64,
    /// Lower bound, 0–1.
    pub low: f64,
    /// Upper bound, 0–1.
    pub high: f64,
    /// Confidence of the interval, as in 0.95.
    pub confidence: f64,
    /// How the interval was made.
    #[serde(serialize_with = "method_name", deserialize_with = "method_of_name")]
    pub method: RateMethod,
    /// Respondents with at least one answer that counts.
    pub respondents: u64,
    /// Their answers on the levels 1 to 5.
    pub answers: u64,
    /// Clusters: points × days.
    pub clusters: u64,
    /// Variance relative to as many independent answers; none where it is not defined.
    pub design_effect: Option<f64>,
    /// Modes in which the answers came.
    pub modes: Vec<Mode>,
}

fn method_name<S: serde::Serializer>(method: &RateMethod, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(method.name())
}

fn method_of_name<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<RateMethod, D::Error> {
    let name = String::deserialize(deserializer)?;
    let found = RateMethod::ALL.into_iter().find(|method| method.name() == name);
    found.ok_or_else(|| serde::de::Error::custom(format!("no method is called `{name}`")))
}

impl Estimate {
    /// Whether the interval rests more on the model than on the data: under [`APPROXIMATE_BELOW`] respondents, or under
    /// [`APPROXIMATE_BELOW_AT_THE_TOP`] where the rate is [`THE_TOP`] or more, or from fewer than [`APPROXIMATE_BELOW_DAYS`] days of
    /// points, which tell too little of how days differ (`docs/coverage.md`).
    pub fn is_approximate(&self) -> bool {
        self.respondents < APPROXIMATE_BELOW
            || self.clusters < APPROXIMATE_BELOW_DAYS
            || (self.value >= THE_TOP && self.respondents < APPROXIMATE_BELOW_AT_THE_TOP)
    }
}

/// What the interval says about a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The lower bound reaches the target.
    Met,
    /// The upper bound is below the target.
    NotMet,
    /// The target lies between, or there is not enough to judge.
    CannotSay,
}

impl Verdict {
    /// The verdict that an interval gives on a minimum.
    pub fn of((low, high): (f64, f64), minimum: f64) -> Self {
        if reaches(low, minimum) {
            Self::Met
        } else if falls_short(high, minimum) {
            Self::NotMet
        } else {
            Self::CannotSay
        }
    }
}

/// Why nothing can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nobody has answered.
    NoData,
    /// Fewer than [`SHOWN_FROM`] respondents.
    SmallCell,
    /// The figure would give a verdict, but fields with fewer than [`SHOWN_FROM`] respondents could still turn it.
    Incomplete,
}

/// A node that is shown, or one that is hidden because too few people stand behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Node<T> {
    /// Shown.
    Shown(T),
    /// Hidden: its identifier and nothing else.
    Hidden(HiddenNode),
}

/// What is left of a hidden node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HiddenNode {
    /// Set where the node is a field.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// Set where the node is a factor.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub factor: Option<String>,
    /// Set where the node is a criterion.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub item: Option<String>,
    /// Always true.
    pub hidden: bool,
}

impl<T> Node<T> {
    /// The node if it is shown.
    pub fn shown(&self) -> Option<&T> {
        match self {
            Node::Shown(node) => Some(node),
            Node::Hidden(_) => None,
        }
    }
}

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
    pub outlook: Option<Outlook>,
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

/// One criterion in a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriterionResult {
    /// Item.
    pub item: String,
    /// Its figure.
    pub estimate: Estimate,
    /// Respondents on the levels 1 to 5.
    pub respondents: u64,
    /// Counts of the levels 1 to 5.
    pub levels: [u64; 5],
    /// "Not used / no opinion".
    pub not_used: u64,
    /// Left blank.
    pub blank: u64,
}

/// One factor in a field: a SIPAS factor, or a section of the sector's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactorResult {
    /// `access` … `feedback`, `policy`, or the section's identifier where it maps to no factor.
    pub factor: String,
    /// Its figure.
    pub estimate: Estimate,
    /// Mean of the levels, 1–5.
    pub mean_score: f64,
    /// Its criteria.
    pub criteria: Vec<Node<CriterionResult>>,
}

/// One factor of the whole unit, across fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitFactor {
    /// `access` … `feedback`.
    pub factor: String,
    /// Its figure, by the weights of fields.
    pub estimate: Estimate,
    /// Mean of the levels, 1–5, weighed alike.
    pub mean_score: f64,
    /// The fields it is made of: those that show it.
    pub fields: Vec<String>,
}

/// One field of service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldResult {
    /// Field.
    pub field: String,
    /// Its figure over the service part.
    pub estimate: Estimate,
    /// Set to `incomplete` only in figures kept from earlier versions.
    pub reason: Option<Reason>,
    /// Questionnaires of the field that have too few respondents and wait.
    #[serde(default)]
    pub waiting: Vec<String>,
    /// Mean of the levels, 1–5.
    pub mean_score: f64,
    /// Its factors.
    pub factors: Vec<Node<FactorResult>>,
}

/// Everything one plan's period says about one unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndexReport {
    /// Plan.
    pub plan: String,
    /// Period.
    pub period: String,
    /// First civil day counted.
    pub from: NaiveDate,
    /// Last civil day counted.
    pub to: NaiveDate,
    /// Day on which the report is due.
    pub due: Option<NaiveDate>,
    /// Whether the days were assumed.
    pub assumed: bool,
    /// Whether the cut-off is still ahead.
    pub so_far: bool,
    /// Code of the unit measured.
    pub unit: String,
    /// Series.
    pub series: Series,
    /// Who answered.
    pub basis: Basis,
    /// How fields are weighed: as the plan asks, or alike where it asks for cases and some are not known.
    pub weights: Weights,
    /// What is known of cases, where the plan asks for them as weights.
    pub volumes: Option<VolumesKnown>,
    /// Whether flagged sheets are counted.
    pub suspects: Suspects,
    /// Whether answers not yet released are counted.
    pub live: bool,
    /// Hash of the frozen period; none while it is open.
    pub frozen: Option<String>,
    /// How far the closing of the period is; figures of another state than `draft` are kept ones, not computed anew.
    #[serde(default)]
    pub state: State,
    /// Which closing of the period this is, from 1; none while it is open.
    #[serde(default)]
    pub version: Option<u32>,
    /// Targets judged.
    pub targets: Vec<TargetResult>,
    /// Targets that are counted, judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<CountResult>,
    /// What is done about what was weak.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<RemedyResult>,
    /// How far the tasks of the plan are, once something was said of one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<TaskResult>,
    /// Answers against cases; none where no cases of the period are known.
    pub coverage: Option<Coverage>,
    /// Fields, factors, criteria.
    pub fields: Vec<Node<FieldResult>>,
    /// The factors of the whole unit.
    #[serde(default)]
    pub factors: Vec<UnitFactor>,
    /// Fields that are too small by themselves, taken together; none where there are none.
    #[serde(default)]
    pub other_fields: Option<OtherFields>,
    /// The units right under the unit, each by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<UnitLine>,
    /// The day on which answers were last divided by offices; none where they were not yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offices_as_of: Option<NaiveDate>,
    /// Service points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<PointLine>,
    /// The figure by the ministry's way of adding up; none where no criterion is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ministry: Option<MinistryEstimate>,
    /// Sheets of the period that no figure counts yet, as of last midnight; none where that is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u64>,
    /// What questionnaires ask that feeds no index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questionnaires: Vec<QuestionnaireResult>,
    /// Who answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profile: Vec<ProfileQuestion>,
}
