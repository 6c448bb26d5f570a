//! What an index says: estimates, verdicts, hidden nodes. The one shape that pages, files and the API show; its parts stand in files of
//! their own, and every computation stands above them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::plan::Weights;
use crate::plan::closing::State;
use crate::sheet::tally::Series;

mod beyond;
mod coverage;
mod estimate;
mod fields;
mod questionnaires;
mod targets;
mod work;

pub use beyond::*;
pub use coverage::*;
pub use estimate::*;
pub use fields::*;
pub use questionnaires::*;
pub use targets::*;
pub use work::*;

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
    /// Set where the days are chosen at will, a month among them: they do not begin and end with periods of the plan. Factors and criteria are told of them only where
    /// every release around these days holds ten people who answered them, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<Days>,
    /// Of days chosen at will: sheets that are left out because their release reaches beyond these days. None of the plan's own periods, and
    /// where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beyond: Option<Beyond>,
    /// What questionnaires ask that feeds no index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questionnaires: Vec<QuestionnaireResult>,
    /// Who answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profile: Vec<ProfileQuestion>,
}

impl IndexReport {
    /// Whether the days are chosen at will.
    pub fn is_at_will(&self) -> bool {
        self.days == Some(Days::AtWill)
    }

    /// The minima of the targets: a share beside any of them is written with as many decimals as keep it on its side.
    pub fn minima(&self) -> Vec<f64> {
        self.targets.iter().map(|target| target.minimum).collect()
    }
}

/// A unit right under the unit measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitLine {
    /// Code of the unit.
    pub unit: String,
    /// Its index over all of its fields; none where too few people stand behind it.
    pub estimate: Option<Estimate>,
    /// Cases handled in the period; none where none are known.
    pub cases: Option<u64>,
    /// Respondents of the figure as a share of the cases.
    pub share: Option<f64>,
}

/// A service point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointLine {
    /// Number of its unit.
    pub unit: i32,
    /// Its number within the unit.
    pub point: i32,
    /// Its share over all answers; none where too few people stand behind it, or sheets of other points entered with its own.
    pub estimate: Option<Estimate>,
    /// Cases handled in the period; none where none are known.
    pub cases: Option<u64>,
    /// Respondents of the figure as a share of the cases.
    pub share: Option<f64>,
}

/// The estimate with what it is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MinistryEstimate {
    /// The figure, 0–1.
    pub value: f64,
    /// Lower bound, 0–1; approximate.
    pub low: f64,
    /// Upper bound, 0–1.
    pub high: f64,
    /// Confidence of the interval.
    pub confidence: f64,
    /// The policy part; none where nobody was asked about policies, and then the service part stands alone.
    pub policy: Option<PartEstimate>,
    /// The service part.
    pub service: Option<PartEstimate>,
    /// The share of the policy part in the figure, where both are there.
    pub policy_share: f64,
}

/// A part of the estimate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartEstimate {
    /// Mean of the rates of its criteria, 0–1.
    pub value: f64,
    /// So many criteria.
    pub criteria: u64,
    /// People who answered the part.
    pub respondents: u64,
    /// How far the interval reaches below and above.
    pub reach: (f64, f64),
}

/// Respondents by the answer to one question about them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileQuestion {
    /// Identifier of the question; `respondent` for person or organisation, which every sheet says.
    pub question: String,
    /// The questionnaire that asks it, where others ask something else under the same identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub questionnaire: Option<String>,
    /// Sheets that asked it and left it blank.
    pub blank: u64,
    /// Its options, in the order of the newest questionnaire that asks it.
    pub options: Vec<ProfileOption>,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileOption {
    /// Identifier of the option.
    pub option: String,
    /// Sheets.
    pub sheets: u64,
    /// The service index of the group; none where too few stand behind it, or where it is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
}
