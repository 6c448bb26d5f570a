//! A figure with what stands beside it, what it says about a target, and what is left of one that is hidden.

use serde::{Deserialize, Serialize};

use crate::sheet::tally::Mode;
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
    /// Of days chosen at will: sheets of these days share a release with sheets of other days, and what is left is fewer than [`SHOWN_FROM`]
    /// respondents.
    AcrossBorder,
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
