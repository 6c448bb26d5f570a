//! Tallies, questionnaires, a plan and its period made into an [`IndexReport`].
//!
//! The unit of estimation is the cell: one field and one questionnaire (all its versions). Within a cell a rate is
//! Σy/Σm over the sheets; across cells it is Σ W·R. See `docs/statistics.md`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use chrono::NaiveDate;

use super::caseload::{VolumesKnown, Weighing, coverage};
use super::counted::Counted;
use super::lowest::RANKED_FROM;
use super::projection::{LowPoint, outlook};
use super::result::{
    Basis, CriterionResult, Estimate, FactorResult, FieldResult, FieldVerdict, HiddenNode, IndexReport, Node, Reason,
    SHOWN_FROM, TargetResult, Verdict,
};
use super::rows::Rows;
use super::sums::{Cell, Ground, Sums};
use super::{profile, questionnaires, suppression};
use crate::plan::closing::State;
use crate::plan::{Caseload, Channel, IndexKind, Measure, Period, Plan, Respondents, Target, Weights};
use crate::sheet::tally::{Layout, Series};
use crate::stats::respondents_to_settle;
use crate::stats::threshold::{falls_short, reaches};
use crate::survey::{Factor, Feed, Questionnaire};

/// Power at which [`TargetResult::respondents_to_settle`] is meant.
pub const SETTLING_POWER: f64 = 0.80;

/// A questionnaire version as the index sees it.
#[derive(Debug, Clone, Copy)]
pub struct FormView<'a> {
    /// The questionnaire.
    pub questionnaire: &'a Questionnaire,
    /// Its layout.
    pub layout: &'a Layout,
}

/// A service point as the index sees it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PointView {
    /// Through which door it serves.
    pub channel: Channel,
    /// Identifier of the questionnaire it asks now.
    pub questionnaire: String,
    /// Fields it serves.
    pub fields: Vec<String>,
    /// Whether it was open on at least one day of the period.
    pub open: bool,
}

/// Everything an index is computed from. What is counted is that of the period and the unit.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// One of its periods, or an ad hoc one.
    pub period: &'a Period,
    /// Code of the unit measured.
    pub unit: &'a str,
    /// Whether answers not yet released are counted.
    pub live: bool,
    /// Today's civil date: before or on the cut-off every verdict is "so far".
    pub today: NaiveDate,
    /// Questionnaire versions by database identifier.
    pub forms: &'a HashMap<i32, FormView<'a>>,
    /// Field codes by database identifier.
    pub fields: &'a HashMap<i16, String>,
    /// Points by unit and number.
    pub points: &'a HashMap<(i32, i32), PointView>,
    /// The sheets, those of them that no figure may count yet (see [`crate::sheet::release`]) marked as held.
    pub counted: &'a Counted,
    /// Cases handled, of the same units, in the months of the period.
    pub volumes: &'a [Caseload],
}

/// The input with its sums made ready.
struct Reading<'a> {
    input: Input<'a>,
    rows: Rows<'a>,
    weights: Weights,
}

impl<'a> Reading<'a> {
    /// With what is known of cases where a plan weighs by them.
    fn of(input: &Input<'a>) -> (Self, Option<VolumesKnown>) {
        let mut rows = Rows::of(input);
        let weighing = Weighing::of(input, &rows);
        let minima = input.plan.targets.iter().map(|target| target.minimum).collect();
        rows.ground = Rc::new(Ground { cases: weighing.cells, minima });
        (Self { input: *input, rows, weights: weighing.weights }, weighing.known)
    }

    /// The weights of figures of an index: the policy part handles no cases.
    fn weights(&self, feed: Feed) -> Weights {
        if feed == Feed::Policy && self.weights == Weights::Volumes { Weights::Equal } else { self.weights }
    }
}

impl<'a> std::ops::Deref for Reading<'a> {
    type Target = Input<'a>;

    fn deref(&self) -> &Input<'a> {
        &self.input
    }
}

/// Computes the report of one period.
pub fn compute(input: &Input<'_>) -> IndexReport {
    let (input, known) = &Reading::of(input);
    let fields = fields(input);
    let answered: BTreeMap<String, u64> =
        fields.iter().filter_map(Node::shown).map(|node| (node.field.clone(), node.estimate.respondents)).collect();
    IndexReport {
        plan: input.plan.key.clone(),
        period: input.period.key.clone(),
        from: input.period.from,
        to: input.period.to,
        due: input.period.due,
        assumed: input.period.assumed,
        so_far: input.today <= input.period.to,
        unit: input.unit.to_owned(),
        series: input.counted.series,
        basis: if input.counted.series == Series::Sample { Basis::Sample } else { Basis::Volunteers },
        weights: input.weights,
        volumes: known.clone(),
        suspects: input.counted.suspects,
        live: input.live,
        frozen: None,
        state: State::Draft,
        version: None,
        targets: judge_all(input),
        counts: Vec::new(),
        remedies: Vec::new(),
        tasks: Vec::new(),
        coverage: coverage(input, &input.rows, &answered),
        fields,
        questionnaires: questionnaires::of(input),
        profile: profile::of(input, input.weights(Feed::Sipas), &input.rows.ground),
    }
}

/// Only the targets of the report of one period: what is wanted where a figure stands beside another.
pub fn targets_only(input: &Input<'_>) -> Vec<TargetResult> {
    judge_all(&Reading::of(input).0)
}

/// Which sums and which of their sections a figure is made from.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    pub(super) feed: Feed,
    pub(super) channel: Option<Channel>,
    pub(super) respondents: Respondents,
}

/// What is summed of a tally: some sections, or one item.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    /// Every section that feeds the index.
    Feed(Feed),
    /// The sections of one factor (or of one section that maps to none).
    Factor(&'a str),
    /// One item.
    Item(&'a str),
    /// The overall question of the questionnaires that feed the index.
    Overall,
}

impl Part<'_> {
    /// What the share of a target is made from.
    fn of(measure: Measure, feed: Feed) -> Self {
        match measure {
            Measure::Answers => Self::Feed(feed),
            Measure::People => Self::Overall,
        }
    }
}

fn feed_of(index: IndexKind) -> Feed {
    match index {
        IndexKind::Sipas => Feed::Sipas,
        IndexKind::Procedures => Feed::Procedures,
        IndexKind::PublicServices => Feed::PublicServices,
        IndexKind::Policy => Feed::Policy,
    }
}

/// The name under which a section's answers appear: its factor, or its own where it maps to none.
pub(super) fn factor_name(section: &crate::survey::Section) -> String {
    let named = |factor| {
        match factor {
            Factor::Access => "access",
            Factor::Procedures => "procedures",
            Factor::Officials => "officials",
            Factor::Results => "results",
            Factor::Feedback => "feedback",
            Factor::Policy => "policy",
        }
        .to_owned()
    };
    section.factor.map_or_else(|| section.id.clone(), named)
}

impl Input<'_> {
    /// Fields that belong to an index: those that a point open in the period serves with a questionnaire that feeds it.
    fn expected(&self, cut: &Cut) -> BTreeSet<String> {
        let feeds = |id: &str| {
            self.forms.values().any(|form| {
                form.questionnaire.id == id
                    && form.questionnaire.sections.iter().any(|section| section.feeds.contains(&cut.feed))
            })
        };
        let points = self.points.values().filter(|point| point.open && feeds(&point.questionnaire));
        let points = points.filter(|point| cut.channel.is_none_or(|channel| point.channel == channel));
        points.flat_map(|point| point.fields.iter().cloned()).collect()
    }
}

/// The verdict that an interval gives on a minimum.
fn verdict(estimate: &Estimate, minimum: f64) -> Verdict {
    if reaches(estimate.low, minimum) {
        Verdict::Met
    } else if falls_short(estimate.high, minimum) {
        Verdict::NotMet
    } else {
        Verdict::CannotSay
    }
}

fn judge_all(input: &Reading<'_>) -> Vec<TargetResult> {
    input.plan.targets_in(input.period).into_iter().map(|target| judge(input, target)).collect()
}

fn judge(input: &Reading<'_>, target: &Target) -> TargetResult {
    let cut = Cut { feed: feed_of(target.index), channel: target.channel, respondents: target.respondents };
    let sums = input.rows.sum(&cut, &target.fields, Part::of(target.measure, cut.feed));
    let mut belonging: BTreeSet<String> =
        if target.fields.is_empty() { input.expected(&cut) } else { target.fields.iter().cloned().collect() };
    belonging.extend(sums.cells.keys().map(|(field, _)| field.clone()));
    let missing: BTreeSet<String> = belonging
        .iter()
        .filter(|field| {
            sums.cells.iter().filter(|((of, _), _)| of == *field).all(|(_, total)| total.respondents < SHOWN_FROM)
        })
        .cloned()
        .collect();
    let nobody = sums.cells.is_empty();
    let anybody_hidden = sums.cells.values().any(|total| total.respondents < SHOWN_FROM);
    let mut by_field: Vec<Node<FieldVerdict>> = belonging
        .iter()
        .filter(|field| sums.has(field) || !target.fields.is_empty())
        .map(|field| judge_field(input, &cut, target, field, &sums))
        .collect();
    let mut visible = sums;
    let shown: BTreeSet<Cell> = visible
        .cells
        .iter()
        .filter(|(_, total)| total.respondents >= SHOWN_FROM)
        .map(|(cell, _)| cell.clone())
        .collect();
    visible.keep(|cell| shown.contains(cell));
    let weights = visible.field_weights(input.weights(cut.feed));
    for node in &mut by_field {
        if let Node::Shown(field) = node {
            field.weight = weights.get(&field.field).copied();
        }
    }
    let estimated = visible.estimate(input.weights(cut.feed), input.plan.confidence);
    let reason = match &estimated {
        None if nobody => Some(Reason::NoData),
        None => Some(Reason::SmallCell),
        Some(_) if anybody_hidden || !missing.is_empty() => Some(Reason::Incomplete),
        Some(_) => None,
    };
    let verdict = match (&estimated, reason) {
        (Some((estimate, _)), None) => verdict(estimate, target.minimum),
        _ => Verdict::CannotSay,
    };
    let to_settle = match (&estimated, verdict, reason) {
        (Some((_, rate)), Verdict::CannotSay, None) => respondents_to_settle(rate, target.minimum, SETTLING_POWER),
        _ => None,
    };
    let heading = match (&estimated, reason) {
        (Some((_, rate)), None) => outlook(rate, input.period, input.today, target.minimum),
        _ => None,
    };
    TargetResult {
        target: target.id.clone(),
        clause: target.clause.clone(),
        index: target.index,
        fields: if target.fields.is_empty() { vec!["all".to_owned()] } else { target.fields.clone() },
        channel: target.channel,
        respondents: target.respondents,
        measure: target.measure,
        other_measure: other_measure(input, target, &cut),
        minimum: target.minimum,
        part_of: target.part_of.clone(),
        point_reached: estimated.as_ref().map(|(estimate, _)| reaches(estimate.value, target.minimum)),
        estimate: estimated.map(|(estimate, _)| estimate),
        verdict,
        reason,
        respondents_to_settle: to_settle,
        outlook: heading,
        low_points: low_points(&visible, target.minimum, input.plan.confidence),
        missing_fields: missing.into_iter().collect(),
        by_field,
    }
}

/// The share by the measure that the target does not mean, over the cells that ten people or more answered.
fn other_measure(input: &Reading<'_>, target: &Target, cut: &Cut) -> Option<Estimate> {
    let mut sums = input.rows.sum(cut, &target.fields, Part::of(target.measure.other(), cut.feed));
    let cells = sums.cells.iter().filter(|(_, total)| total.respondents >= SHOWN_FROM);
    let shown: BTreeSet<Cell> = cells.map(|(cell, _)| cell.clone()).collect();
    sums.keep(|cell| shown.contains(cell));
    sums.estimate(input.weights(cut.feed), input.plan.confidence).map(|(estimate, _)| estimate)
}

/// The points of a target that stand below its minimum beyond doubt.
fn low_points(visible: &Sums, minimum: f64, confidence: f64) -> Vec<LowPoint> {
    let low = |sums: &Sums| {
        let estimate = sums.estimate(Weights::Respondents, confidence);
        estimate.is_some_and(|(estimate, _)| estimate.respondents >= RANKED_FROM && falls_short(estimate.high, minimum))
    };
    let points = visible.by_point().into_iter().filter(|(_, sums)| low(sums));
    points.map(|((unit, point), _)| LowPoint { unit, point }).collect()
}

/// One field of a target, from the sums of all of them.
fn judge_field(input: &Reading<'_>, cut: &Cut, target: &Target, field: &str, of_all: &Sums) -> Node<FieldVerdict> {
    let Some((sums, complete)) = visible_sums(of_all, field) else {
        return hidden_field(field);
    };
    let Some((estimate, _)) = sums.estimate(input.weights(cut.feed), input.plan.confidence) else {
        return hidden_field(field);
    };
    Node::Shown(FieldVerdict {
        field: field.to_owned(),
        verdict: if complete { verdict(&estimate, target.minimum) } else { Verdict::CannotSay },
        reason: (!complete).then_some(Reason::Incomplete),
        point_reached: reaches(estimate.value, target.minimum),
        weight: None,
        estimate,
    })
}

fn hidden_field<T>(field: &str) -> Node<T> {
    Node::Hidden(HiddenNode { field: Some(field.to_owned()), factor: None, item: None, hidden: true })
}

/// Of the sums of all fields those of one, without the questionnaires that too few answered, and whether none was left out; none where
/// all of them are too small.
fn visible_sums(of_all: &Sums, field: &str) -> Option<(Sums, bool)> {
    let mut sums = of_all.of_field(field);
    let before = sums.cells.len();
    let small: BTreeSet<Cell> =
        sums.cells.iter().filter(|(_, total)| total.respondents < SHOWN_FROM).map(|(cell, _)| cell.clone()).collect();
    sums.keep(|cell| !small.contains(cell));
    (!sums.cells.is_empty()).then(|| {
        let complete = sums.cells.len() == before;
        (sums, complete)
    })
}

/// Every field with answers, its factors and criteria. Fields of the policy part are shown by their policy sections.
fn fields(input: &Reading<'_>) -> Vec<Node<FieldResult>> {
    let all = |feed| Cut { feed, channel: None, respondents: Respondents::All };
    let mut result = Vec::new();
    for feed in [Feed::Sipas, Feed::Policy] {
        let cut = all(feed);
        let sums = input.rows.sum(&cut, &[], Part::Feed(feed));
        let names: BTreeSet<&String> = sums.cells.keys().map(|(field, _)| field).collect();
        result.extend(names.into_iter().map(|field| field_result(input, &cut, field, &sums)));
    }
    result
}

fn field_result(input: &Reading<'_>, cut: &Cut, field: &str, of_all: &Sums) -> Node<FieldResult> {
    let Some((sums, complete)) = visible_sums(of_all, field) else {
        return hidden_field(field);
    };
    let Some((estimate, _)) = sums.estimate(input.weights(cut.feed), input.plan.confidence) else {
        return hidden_field(field);
    };
    let shown: BTreeSet<Cell> = sums.cells.keys().cloned().collect();
    let factors = factors_of(input, cut, &shown);
    let of_factors = factors.iter().map(|(name, _)| Part::Factor(name));
    let of_items = factors.iter().flat_map(|(_, items)| items).map(|item| Part::Item(item));
    let mut parts = parts_of(input, cut, field, &shown, &of_factors.chain(of_items).collect::<Vec<_>>());
    let mut items_summed = parts.split_off(factors.len()).into_iter();
    let respondents: Vec<u64> = parts.iter().map(Sums::respondents).collect();
    let hide = suppression::complemented(&respondents);
    let factors = factors.into_iter().zip(&parts).zip(hide).filter_map(|(((name, items), part), hide)| {
        let of_items: Vec<Sums> = items_summed.by_ref().take(items.len()).collect();
        let shown_factor = if hide { None } else { part.estimate(input.weights(cut.feed), input.plan.confidence) };
        if part.respondents() == 0 {
            return None;
        }
        Some(match shown_factor {
            None => Node::Hidden(HiddenNode { field: None, factor: Some(name), item: None, hidden: true }),
            Some((estimate, _)) => Node::Shown(FactorResult {
                estimate,
                mean_score: part.mean_score(input.weights(cut.feed)),
                criteria: criteria(input, &items, of_items),
                factor: name,
            }),
        })
    });
    Node::Shown(FieldResult {
        field: field.to_owned(),
        estimate,
        reason: (!complete).then_some(Reason::Incomplete),
        mean_score: sums.mean_score(input.weights(cut.feed)),
        factors: factors.collect(),
    })
}

/// The sums of some parts over the shown cells of a field.
fn parts_of(input: &Reading<'_>, cut: &Cut, field: &str, shown: &BTreeSet<Cell>, parts: &[Part<'_>]) -> Vec<Sums> {
    let mut sums = input.rows.sums(cut, &[field.to_owned()], parts);
    for sums in &mut sums {
        sums.keep(|cell| shown.contains(cell));
    }
    sums
}

/// The factors of the shown questionnaires with their items, each once, in the order of the questionnaires.
fn factors_of(input: &Reading<'_>, cut: &Cut, shown: &BTreeSet<Cell>) -> Vec<(String, Vec<String>)> {
    let mut factors: Vec<(String, Vec<String>)> = Vec::new();
    let mut forms: Vec<&Questionnaire> = input
        .forms
        .values()
        .map(|form| form.questionnaire)
        .filter(|questionnaire| shown.iter().any(|(_, id)| *id == questionnaire.id))
        .collect();
    forms.sort_by(|a, b| (&a.id, std::cmp::Reverse(a.version)).cmp(&(&b.id, std::cmp::Reverse(b.version))));
    for section in forms.iter().flat_map(|form| &form.sections).filter(|section| section.feeds.contains(&cut.feed)) {
        let name = factor_name(section);
        let at = factors.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            factors.push((name, Vec::new()));
            factors.len() - 1
        });
        for item in &section.items {
            if !factors[at].1.contains(&item.id) {
                factors[at].1.push(item.id.clone());
            }
        }
    }
    factors
}

/// The items of a factor with their sums.
fn criteria(input: &Reading<'_>, items: &[String], parts: Vec<Sums>) -> Vec<Node<CriterionResult>> {
    let respondents: Vec<u64> = parts.iter().map(Sums::respondents).collect();
    let hide = suppression::complemented(&respondents);
    let rows = items.iter().zip(parts).zip(hide).map(|((item, part), hide)| {
        let estimate = if hide { None } else { part.estimate(Weights::Respondents, input.plan.confidence) };
        match estimate {
            None => Node::Hidden(HiddenNode { field: None, factor: None, item: Some(item.clone()), hidden: true }),
            Some((estimate, _)) => {
                let counts = part.item_counts();
                Node::Shown(CriterionResult {
                    item: item.clone(),
                    respondents: estimate.respondents,
                    estimate,
                    levels: [counts[1], counts[2], counts[3], counts[4], counts[5]],
                    not_used: counts[6],
                    blank: counts[0],
                })
            }
        }
    });
    rows.collect()
}
