//! Which minimum a figure inside a report is held against: that of a target which asks the same of the same people.
//!
//! Figures of fields, factors and criteria are shares of answers of everybody through every channel. A target of one channel, of some people, of the
//! share of people, or of the other of the two parts (service, policy) asks something else. A target that names the field wins over one for
//! all fields; of several the highest counts, since who reaches it reaches all.

use super::result::{FactorResult, FieldResult, HiddenNode, IndexReport, Node, TargetResult};
use crate::plan::{IndexKind, Measure, Respondents};
use crate::stats::threshold::falls_short;

/// The factor of the policy part.
const POLICY: &str = "policy";

/// How a share stands to what is asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// It reaches it.
    Reaches,
    /// It falls short of it.
    Short,
    /// Nothing is asked of it.
    NotAsked,
}

/// The minimum asked of a field, or of what lies in a factor of it; none where no target asks the same.
pub fn asked_of(report: &IndexReport, field: &str, factor: Option<&str>) -> Option<f64> {
    let policy = factor.map_or_else(|| is_of_policy(report, field), |factor| factor == POLICY);
    let of_part = |target: &&TargetResult| asks_everybody(target) && (target.index == IndexKind::Policy) == policy;
    let highest = |holds: &dyn Fn(&TargetResult) -> bool| {
        let targets = report.targets.iter().filter(of_part).filter(|target| holds(target));
        targets.map(|target| target.minimum).reduce(f64::max)
    };
    let named = highest(&|target| target.fields.iter().any(|known| known == field));
    named.or_else(|| highest(&|target| is_of_all(target) && belongs(target, field)))
}

/// The minimum asked of everything: of all fields of the service part.
pub fn asked_of_all(report: &IndexReport) -> Option<f64> {
    let whole =
        |target: &&TargetResult| asks_everybody(target) && is_of_all(target) && target.index == IndexKind::Sipas;
    report.targets.iter().filter(whole).map(|target| target.minimum).reduce(f64::max)
}

/// How a share of a field, or of what lies in a factor of it, stands to what is asked of it.
pub fn stand(report: &IndexReport, field: &str, factor: Option<&str>, share: f64) -> Stand {
    match asked_of(report, field, factor) {
        None => Stand::NotAsked,
        Some(minimum) if falls_short(share, minimum) => Stand::Short,
        Some(_) => Stand::Reaches,
    }
}

/// Whether it asks for a share of the answers of everybody through every channel.
pub fn asks_everybody(target: &TargetResult) -> bool {
    target.channel.is_none() && target.respondents == Respondents::All && target.measure == Measure::Answers
}

/// Whether it is one over all fields.
pub fn is_of_all(target: &TargetResult) -> bool {
    target.fields.iter().any(|known| known == "all")
}

/// Whether a field belongs to a target over all fields: every one to the service part, those that it lists to the index of procedures or of
/// public services.
fn belongs(target: &TargetResult, field: &str) -> bool {
    let lists = |node: &Node<super::result::FieldVerdict>| match node {
        Node::Shown(known) => known.field == field,
        Node::Hidden(known) => known.field.as_deref() == Some(field),
    };
    match target.index {
        IndexKind::Sipas | IndexKind::Policy => true,
        IndexKind::Procedures | IndexKind::PublicServices => target.by_field.iter().any(lists),
    }
}

/// Whether a field is shown by its policy part.
fn is_of_policy(report: &IndexReport, field: &str) -> bool {
    let factor = |node: &Node<FactorResult>| match node {
        Node::Shown(FactorResult { factor, .. }) | Node::Hidden(HiddenNode { factor: Some(factor), .. }) => {
            factor == POLICY
        }
        Node::Hidden(_) => false,
    };
    let of_policy = |known: &FieldResult| !known.factors.is_empty() && known.factors.iter().all(factor);
    report.fields.iter().filter_map(Node::shown).find(|known| known.field == field).is_some_and(of_policy)
}
