//! Tallies, questionnaires, a plan and its period made into an [`IndexReport`].
//!
//! The unit of estimation is the cell: one field and one questionnaire (all its versions). Within a cell a rate is
//! Σy/Σm over the sheets; across cells it is Σ W·R. See `docs/statistics.md`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use chrono::NaiveDate;

use super::caseload::{VolumesKnown, Weighing, cases_of_period, coverage};
use super::counted::Counted;
use super::lowest::RANKED_FROM;
use super::partition::{self, Arranged, DeclaredEmpty, OtherFields, widened};
use super::projection::{Bounded, LowPoint, outlook};
use super::result::{
    Basis, CriterionResult, Estimate, FactorResult, FieldResult, FieldVerdict, HiddenNode, IndexReport, Node, Reason,
    SHOWN_FROM, TargetResult, UnitFactor, Verdict,
};
use super::rows::Rows;
use super::sums::{Cell, Ground, OTHER_FIELDS, Sums};
use super::{ministry, places, profile, questionnaires, suppression};
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
    /// Field codes in the order in which they are listed.
    pub order: &'a [String],
    /// Points by unit and number.
    pub points: &'a HashMap<(i32, i32), PointView>,
    /// The sheets, those of them that no figure may count yet (see [`crate::sheet::release`]) marked as held.
    pub counted: &'a Counted,
    /// Cases handled, of the same units, in the months of the period.
    pub volumes: &'a [Caseload],
    /// Fields that the plan's owner declared to be without cases in the period.
    pub declared: &'a [DeclaredEmpty],
    /// Whether the unit's figures count releases whole: those of offices count shares of them.
    pub whole: bool,
}

/// The input with its sums made ready.
pub(super) struct Reading<'a> {
    input: Input<'a>,
    pub(super) rows: Rows<'a>,
    weights: Weights,
}

impl<'a> Reading<'a> {
    /// With what is known of cases where a plan weighs by them.
    pub(super) fn of(input: &Input<'a>) -> (Self, Option<VolumesKnown>) {
        let mut rows = Rows::of(input);
        let weighing = Weighing::of(input, &rows);
        let minima = input.plan.targets.iter().map(|target| target.minimum).collect();
        let Weighing { of_field, within, weights, known } = weighing;
        rows.ground = Rc::new(Ground { of_field, within, pooled: partition::pooled(&rows), minima });
        (Self { input: *input, rows, weights }, known)
    }

    /// The weights of figures of an index: the policy part handles no cases.
    pub(super) fn weights(&self, feed: Feed) -> Weights {
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
        factors: whole_factors(input, &fields),
        other_fields: other_fields(input),
        units: Vec::new(),
        offices_as_of: None,
        points: places::point_lines(input),
        ministry: ministry::estimate(input, &fields),
        waiting: input.whole.then(|| input.counted.waiting()),
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
    pub(super) fn expected(&self, cut: &Cut) -> BTreeSet<String> {
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

    /// Fields in the order in which the plans' own list has them: never that of their names.
    pub(super) fn in_order<'f>(&self, fields: &'f BTreeSet<String>) -> Vec<&'f String> {
        let places: HashMap<&str, usize> = self.order.iter().map(String::as_str).zip(0..).collect();
        let mut ordered: Vec<&String> = fields.iter().collect();
        ordered.sort_by_key(|field| places.get(field.as_str()).copied().unwrap_or(usize::MAX));
        ordered
    }
}

/// The verdict that an interval gives on a minimum.
fn verdict(estimate: &Estimate, minimum: f64) -> Verdict {
    Verdict::of((estimate.low, estimate.high), minimum)
}

fn judge_all(input: &Reading<'_>) -> Vec<TargetResult> {
    input.plan.targets_in(input.period).into_iter().map(|target| judge(input, target)).collect()
}

fn judge(input: &Reading<'_>, target: &Target) -> TargetResult {
    let cut = Cut { feed: feed_of(target.index), channel: target.channel, respondents: target.respondents };
    let sums = input.rows.sum(&cut, &target.fields, Part::of(target.measure, cut.feed));
    let weights = input.weights(cut.feed);
    let mut belonging: BTreeSet<String> =
        if target.fields.is_empty() { input.expected(&cut) } else { target.fields.iter().cloned().collect() };
    let answered = sums.fields();
    // A declaration is void where somebody answers after all.
    let declared = |field: &&DeclaredEmpty| belonging.contains(&field.field) && !answered.contains(&field.field);
    let declared: Vec<DeclaredEmpty> = input.declared.iter().filter(declared).cloned().collect();
    belonging.retain(|field| !declared.iter().any(|empty| empty.field == *field));
    belonging.extend(answered);
    let belonging = input.in_order(&belonging);
    let arranged = Arranged::of(&sums, &belonging, &input.rows.ground, weights);
    let bound = arranged.missing_share();
    let by_field = belonging
        .iter()
        .filter(|field| sums.has(field) || !target.fields.is_empty())
        .map(|field| judge_field(input, &cut, target, field, &arranged.sums))
        .collect();
    let estimated = arranged.sums.estimate(weights, input.plan.confidence);
    let shown = estimated.as_ref().map(|(estimate, _)| widened(estimate.clone(), bound));
    let judged = shown.as_ref().map_or(Verdict::CannotSay, |estimate| verdict(estimate, target.minimum));
    let alone = estimated.as_ref().map_or(Verdict::CannotSay, |(estimate, _)| verdict(estimate, target.minimum));
    let reason = match &shown {
        None if sums.fields().is_empty() => Some(Reason::NoData),
        None => Some(Reason::SmallCell),
        // What is missing keeps a verdict back that would be there without it.
        Some(_) if judged == Verdict::CannotSay && alone != Verdict::CannotSay => Some(Reason::Incomplete),
        Some(_) => None,
    };
    let to_settle = match (&estimated, judged, reason) {
        (Some((_, rate)), Verdict::CannotSay, None) => {
            let against = Bounded { minimum: target.minimum, missing: bound }.nearest(rate.value);
            against.and_then(|minimum| respondents_to_settle(rate, minimum, SETTLING_POWER))
        }
        _ => None,
    };
    let heading = estimated.as_ref().and_then(|(_, rate)| {
        outlook(rate, input.period, input.today, Bounded { minimum: target.minimum, missing: bound })
    });
    let limit = to_settle.and_then(|_| {
        let cases = cases_of_period(input, &target.fields)?;
        Some(cases.saturating_sub(estimated.as_ref().map_or(0, |(estimate, _)| estimate.respondents)))
    });
    let of_field = arranged.sums.field_weights(weights);
    let missing_fields =
        arranged.missing.iter().filter(|missing| missing.questionnaire.is_none()).map(|missing| missing.field.clone());
    TargetResult {
        target: target.id.clone(),
        clause: target.clause.clone(),
        index: target.index,
        fields: if target.fields.is_empty() { vec!["all".to_owned()] } else { target.fields.clone() },
        channel: target.channel,
        respondents: target.respondents,
        measure: target.measure,
        other_measure: other_measure(input, target, &cut, &belonging),
        minimum: target.minimum,
        part_of: target.part_of.clone(),
        point_reached: shown.as_ref().map(|estimate| reaches(estimate.value, target.minimum)),
        estimate: shown,
        verdict: judged,
        reason,
        respondents_to_settle: to_settle,
        respondents_left: limit,
        outlook: heading,
        low_points: low_points(&arranged.sums, target.minimum, input.plan.confidence),
        missing_fields: missing_fields.collect(),
        other_fields: other_of(input, &arranged, weights),
        collapsed_fields: input.in_order(&arranged.collapsed).into_iter().cloned().collect(),
        declared_empty: declared,
        missing: arranged.missing,
        by_field: weighed(by_field, &of_field),
    }
}

/// The share by the measure that the target does not mean, over the cells that ten people or more answered.
fn other_measure(input: &Reading<'_>, target: &Target, cut: &Cut, belonging: &[&String]) -> Option<Estimate> {
    let sums = input.rows.sum(cut, &target.fields, Part::of(target.measure.other(), cut.feed));
    let weights = input.weights(cut.feed);
    let arranged = Arranged::of(&sums, belonging, &input.rows.ground, weights);
    arranged.sums.estimate(weights, input.plan.confidence).map(|(estimate, _)| estimate)
}

/// Fields with what each weighs in the pooled figure.
fn weighed(mut by_field: Vec<Node<FieldVerdict>>, weights: &BTreeMap<String, f64>) -> Vec<Node<FieldVerdict>> {
    for node in &mut by_field {
        if let Node::Shown(field) = node {
            field.weight = weights.get(&field.field).copied();
        }
    }
    by_field
}

/// The figure of the fields that are taken together.
fn other_of(input: &Reading<'_>, arranged: &Arranged, weights: Weights) -> Option<OtherFields> {
    let (estimate, _) = arranged.sums.of_field(OTHER_FIELDS).estimate(weights, input.plan.confidence)?;
    let weight = arranged.sums.field_weights(weights).get(OTHER_FIELDS).copied()?;
    let fields: BTreeSet<String> = arranged.collapsed.union(arranged.sums.others()).cloned().collect();
    Some(OtherFields { fields: input.in_order(&fields).into_iter().cloned().collect(), estimate, weight })
}

/// The small fields of the service part, taken together.
fn other_fields(input: &Reading<'_>) -> Option<OtherFields> {
    let cut = Cut { feed: Feed::Sipas, channel: None, respondents: Respondents::All };
    let sums = input.rows.sum(&cut, &[], Part::Feed(cut.feed));
    let weights = input.weights(cut.feed);
    let fields = sums.fields();
    let arranged = Arranged::of(&sums, &input.in_order(&fields), &input.rows.ground, weights);
    other_of(input, &arranged, weights)
}

/// The points of a target that stand below its minimum beyond doubt.
fn low_points(visible: &Sums, minimum: f64, confidence: f64) -> Vec<LowPoint> {
    let low = |sums: &Sums| {
        let estimate = sums.estimate(Weights::Respondents, confidence);
        estimate.is_some_and(|(estimate, _)| estimate.respondents >= RANKED_FROM && falls_short(estimate.high, minimum))
    };
    // Of sheets that count with those of other fields no point is told.
    let mut visible = visible.of_all();
    visible.keep(|(field, _)| field != OTHER_FIELDS);
    let points = visible.by_point().into_iter().filter(|(_, sums)| low(sums));
    points.map(|((unit, point), _)| LowPoint { unit, point }).collect()
}

/// One field of a target, from the arranged sums of all of them.
fn judge_field(input: &Reading<'_>, cut: &Cut, target: &Target, field: &str, of_all: &Sums) -> Node<FieldVerdict> {
    let estimated = of_all.of_field(field).estimate(input.weights(cut.feed), input.plan.confidence);
    let Some((estimate, _)) = estimated else { return hidden_field(field) };
    Node::Shown(FieldVerdict {
        field: field.to_owned(),
        verdict: verdict(&estimate, target.minimum),
        reason: None,
        point_reached: reaches(estimate.value, target.minimum),
        weight: None,
        estimate,
    })
}

fn hidden_field<T>(field: &str) -> Node<T> {
    Node::Hidden(HiddenNode { field: Some(field.to_owned()), factor: None, item: None, hidden: true })
}

/// Every field with answers, its factors and criteria. Fields of the policy part are shown by their policy sections.
fn fields(input: &Reading<'_>) -> Vec<Node<FieldResult>> {
    let all = |feed| Cut { feed, channel: None, respondents: Respondents::All };
    let mut result = Vec::new();
    for feed in [Feed::Sipas, Feed::Policy] {
        let cut = all(feed);
        let sums = input.rows.sum(&cut, &[], Part::Feed(feed));
        let names = sums.fields();
        result.extend(input.in_order(&names).into_iter().map(|field| field_result(input, &cut, field, &sums)));
    }
    result
}

/// The five factors over all fields, by the weights of fields: from the fields that show the factor, so that nothing hidden there can be
/// worked out here, and from the cell of small fields.
fn whole_factors(input: &Reading<'_>, fields: &[Node<FieldResult>]) -> Vec<UnitFactor> {
    const FACTORS: [&str; 5] = ["access", "procedures", "officials", "results", "feedback"];
    let cut = Cut { feed: Feed::Sipas, channel: None, respondents: Respondents::All };
    let weights = input.weights(cut.feed);
    let of_all = input.rows.sum(&cut, &[], Part::Feed(cut.feed));
    let answered = of_all.fields();
    let collapsed = Arranged::of(&of_all, &input.in_order(&answered), &input.rows.ground, weights).collapsed;
    let factors = FACTORS.into_iter().filter_map(|name| {
        let shows = |field: &&FieldResult| field.factors.iter().filter_map(Node::shown).any(|own| own.factor == name);
        let shown = fields.iter().filter_map(Node::shown).filter(shows).map(|field| field.field.clone());
        let mut of_fields: BTreeSet<String> = shown.collect();
        let place = of_fields.iter().flat_map(|field| partition::within(of_all.of_field(field).cells.iter()).0);
        let mut place: BTreeMap<Cell, Cell> = place.collect();
        let sums = input.rows.sum(&cut, &[], Part::Factor(name));
        let other = (OTHER_FIELDS.to_owned(), String::new());
        if sums.cells.get(&other).is_some_and(|total| total.respondents >= SHOWN_FROM) {
            place.insert(other.clone(), other);
            of_fields.extend(sums.others().iter().cloned());
        }
        let mut sums = sums.arranged(&place);
        sums.carry(collapsed.clone());
        let (estimate, _) = sums.estimate(weights, input.plan.confidence)?;
        let mean_score = sums.mean_score(weights);
        let fields: Vec<String> = input.in_order(&of_fields).into_iter().cloned().collect();
        (!fields.is_empty()).then(|| UnitFactor { factor: name.to_owned(), estimate, mean_score, fields })
    });
    factors.collect()
}

fn field_result(input: &Reading<'_>, cut: &Cut, field: &str, of_all: &Sums) -> Node<FieldResult> {
    let of_field = of_all.of_field(field);
    if of_field.respondents() < SHOWN_FROM {
        return hidden_field(field);
    }
    let (place, waiting) = partition::within(of_field.cells.iter());
    let shown: BTreeMap<Cell, Cell> = place.into_iter().collect();
    let sums = of_field.arranged(&shown);
    let Some((estimate, _)) = sums.estimate(input.weights(cut.feed), input.plan.confidence) else {
        return hidden_field(field);
    };
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
        reason: None,
        waiting: waiting.into_iter().map(|(_, form)| form).collect(),
        mean_score: sums.mean_score(input.weights(cut.feed)),
        factors: factors.collect(),
    })
}

/// The sums of some parts over the shown cells of a field.
fn parts_of(
    input: &Reading<'_>,
    cut: &Cut,
    field: &str,
    shown: &BTreeMap<Cell, Cell>,
    parts: &[Part<'_>],
) -> Vec<Sums> {
    let sums = input.rows.sums(cut, &[field.to_owned()], parts);
    sums.iter().map(|sums| sums.arranged(shown)).collect()
}

/// The factors of the shown questionnaires with their items, each once, in the order of the questionnaires.
fn factors_of(input: &Reading<'_>, cut: &Cut, shown: &BTreeMap<Cell, Cell>) -> Vec<(String, Vec<String>)> {
    let mut factors: Vec<(String, Vec<String>)> = Vec::new();
    let mut forms: Vec<&Questionnaire> = input
        .forms
        .values()
        .map(|form| form.questionnaire)
        .filter(|questionnaire| shown.keys().any(|(_, id)| *id == questionnaire.id))
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
