//! A plan as data: targets, reporting periods, tasks. What a file or the database says, already checked.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::sheet::tally::Series;

/// The index that a target is set on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexKind {
    /// Service of the administrative agencies.
    Sipas,
    /// Handling of administrative procedures.
    Procedures,
    /// Public services, health and education foremost.
    PublicServices,
    /// The policy part.
    Policy,
}

/// The channel by which a service is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// At a counter, a school, a health station.
    Counter,
    /// Online public services.
    Online,
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Respondents {
    /// People and businesses or organisations.
    All,
    /// People only.
    Person,
    /// Businesses and organisations only.
    Organisation,
}

/// How fields are weighed into one index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weights {
    /// By cases handled in the period.
    Volumes,
    /// Every field alike.
    Equal,
    /// By respondents.
    Respondents,
}

/// What a target's share is a share of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Satisfied answers among the answers to the questions that feed the index.
    #[default]
    Answers,
    /// Satisfied people among those who answered the one overall question.
    People,
}

/// One satisfaction target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Identifier, unique in the plan, for `part_of` and links.
    pub id: String,
    /// Clause of the document, as in `II.1.1`.
    pub clause: String,
    /// What is measured.
    pub index: IndexKind,
    /// Field identifiers; empty for all fields.
    pub fields: Vec<String>,
    /// Whose answers.
    pub respondents: Respondents,
    /// One channel, or none for all.
    pub channel: Option<Channel>,
    /// First day on which the target binds.
    pub from: NaiveDate,
    /// Last day on which the target binds.
    pub to: NaiveDate,
    /// What the share is a share of. Left out where it is of answers, so that plans of before keep their content.
    #[serde(default, skip_serializing_if = "Measure::is_of_answers")]
    pub measure: Measure,
    /// Minimum share satisfied, 0–1.
    pub minimum: f64,
    /// Identifier of the target that this one is a part of ("trong đó").
    pub part_of: Option<String>,
    /// What it says, in our words: Vietnamese.
    pub title_vi: String,
    /// The same in English.
    pub title_en: String,
}

/// What a target counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountKind {
    /// Complaints and suggestions answered in time: every one.
    ComplaintsInTime,
    /// Dialogues with people and businesses.
    Dialogues,
    /// Dialogues that the head of the ward leads, in each half of a year.
    HeadDialogues,
    /// Dialogues of every office.
    OfficeDialogues,
    /// Items on the ward's site, in every month.
    NewsItems,
    /// Broadcasts read aloud, in every month.
    Broadcasts,
    /// Items sent to the city's site, in every month.
    CityItems,
    /// Items that the city's site accepted.
    AcceptedItems,
}

/// A target that is counted, not asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountTarget {
    /// What it counts.
    pub kind: CountKind,
    /// Clause of the document.
    pub clause: String,
    /// At least so many; of complaints it says nothing, because it is all of them.
    pub times: u32,
    /// First day on which it binds.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// What it says, in our words: Vietnamese.
    pub title_vi: String,
    /// The same in English.
    pub title_en: String,
}

/// One reporting period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// `YYYY-q1` … `q4`, `YYYY-h1`, `YYYY-9m`, `YYYY-year`; of computed periods also `YYYY-m01` … `m12` and `adhoc-FROM-TO`.
    pub key: String,
    /// First civil day counted.
    pub from: NaiveDate,
    /// Cut-off: the last civil day counted.
    pub to: NaiveDate,
    /// Day on which the report is due.
    pub due: Option<NaiveDate>,
    /// Whether the days were assumed because the plan does not state them.
    pub assumed: bool,
    /// Clause that sets it.
    pub clause: String,
}

/// What of the program's work a task decides. A mark, because the words of a task are the document's, and people put them otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Serves {
    /// Who leads it receives complaints.
    Complaints,
}

/// A duty of the plan that the product serves; blanks of the document stay blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Where the document sets it, as in `annex 11`.
    pub clause: String,
    /// What is to be done, in our words: Vietnamese.
    pub title_vi: String,
    /// The same in English.
    pub title_en: String,
    /// Product named by the plan.
    pub product: Option<String>,
    /// Leader in charge.
    pub leader: Option<String>,
    /// Lead body.
    pub lead: Option<String>,
    /// Coordinating bodies.
    pub coordinates: Vec<String>,
    /// Deadline as the plan words it, in our short form.
    pub deadline: Option<String>,
    /// Deadline as a day, where one can be named.
    pub due: Option<NaiveDate>,
    /// What in the product serves it.
    pub served_by: Option<String>,
    /// What it decides. Left out where it decides nothing, so that plans of before keep their content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serves: Option<Serves>,
}

/// One plan document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Key, also the file's name, as in `cau-giay-2026`.
    pub key: String,
    /// Number and symbol of the document; none where the source leaves it blank.
    pub number: Option<String>,
    /// Title in our words: Vietnamese.
    pub title_vi: String,
    /// The same in English.
    pub title_en: String,
    /// Code of the unit that the plan binds, as in `phuong-cau-giay`.
    pub unit: String,
    /// Unit's name: Vietnamese.
    pub unit_name: String,
    /// Code of the city or province above it.
    pub parent_unit: String,
    /// Name of the city or province.
    pub parent_name: String,
    /// Day of the document, where stated.
    pub dated: Option<NaiveDate>,
    /// First day on which the plan is valid (data).
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// How fields are weighed.
    pub weights: Weights,
    /// Confidence of intervals and verdicts, 0.95 unless the plan says otherwise.
    pub confidence: f64,
    /// Series of answers that may be the official one of a period, the preferred first. Left out where it is volunteers alone, so that plans of before
    /// keep their content.
    #[serde(default = "volunteers", skip_serializing_if = "is_volunteers")]
    pub series: Vec<Series>,
    /// The share of the policy part in the estimate by the ministry's way. Left out where it is the usual one, for the same reason.
    #[serde(default = "policy_share", skip_serializing_if = "is_policy_share")]
    pub ministry_policy_share: f64,
    /// Satisfaction targets.
    pub targets: Vec<Target>,
    /// Targets that are counted. Left out where there is none, so that plans of before keep their content.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<CountTarget>,
    /// Reporting periods in time order.
    pub periods: Vec<Period>,
    /// Tasks and duties.
    pub tasks: Vec<Task>,
}

/// What a plan says that names no series.
pub(super) fn volunteers() -> Vec<Series> {
    vec![Series::Open]
}

pub(super) fn is_volunteers(series: &[Series]) -> bool {
    series == [Series::Open]
}

/// What the figures that the ministry published fit: 32 indicators on policies among 51 (`docs/statistics.md`).
pub fn policy_share() -> f64 {
    32.0 / 51.0
}

pub(super) fn is_policy_share(share: &f64) -> bool {
    (*share - policy_share()).abs() < 1e-9
}

/// One field of service that plans name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldOfService {
    /// Identifier, as in `health`.
    pub id: String,
    /// Name: Vietnamese.
    pub name_vi: String,
    /// Name: English.
    pub name_en: String,
}
