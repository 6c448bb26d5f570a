//! Tallies, questionnaires, a plan and its period made into an [`IndexReport`].
//!
//! The unit of estimation is the cell: one field and one questionnaire (all its versions). Within a cell a rate is
//! Σy/Σm over the sheets; across cells it is Σ W·R. See `docs/statistics.md`.

use std::collections::{BTreeMap, BTreeSet};

use super::caseload::{cases_of_period, coverage};
use super::input::{Cut, Input, Part, factor_name};
use super::lowest::RANKED_FROM;
use super::partition::{self, Arranged, widened};
use super::projection::{Bounded, outlook};
use super::reading::Reading;
use super::result::{
    Basis, CriterionResult, Days, DeclaredEmpty, Estimate, FactorResult, FieldResult, FieldVerdict, HiddenNode,
    IndexReport, LowPoint, Node, OtherFields, Reason, SHOWN_FROM, TargetResult, UnitFactor, Verdict, VolumesKnown,
};
use super::sums::{Cell, OTHER_FIELDS, Sums};
use super::{ministry, places, profile, questionnaires, suppression};
use crate::plan::closing::State;
use crate::plan::{IndexKind, Respondents, Target, Weights};
use crate::sheet::tally::Series;
use crate::stats::respondents_to_settle;
use crate::stats::threshold::{falls_short, reaches};
use crate::survey::{Feed, Questionnaire};

/// Power at which [`TargetResult::respondents_to_settle`] is meant.
pub const SETTLING_POWER: f64 = 0.80;

/// Computes the report of one period.
pub fn compute(input: &Input<'_>) -> IndexReport {
    let (input, known) = &Reading::of(input);
    let followed = with_fields(input, known.clone());
    IndexReport {
        factors: whole_factors(input, &followed.fields),
        other_fields: other_fields(input),
        points: places::point_lines(input),
        ministry: ministry::estimate(input, &followed.fields),
        questionnaires: questionnaires::of(input),
        profile: profile::of(input, input.weights(Feed::Sipas), &input.rows.ground),
        ..followed
    }
}

/// The same with the targets, what pulls them down, and answers against cases alone: for pages that say where many periods stand.
pub fn targets_followed(input: &Input<'_>) -> IndexReport {
    let (input, known) = &Reading::of(input);
    with_fields(input, known.clone())
}

/// The targets judged, the fields with their factors and criteria, and answers against cases.
fn with_fields(input: &Reading<'_>, known: Option<VolumesKnown>) -> IndexReport {
    let fields = fields(input);
    let answered: BTreeMap<String, u64> =
        fields.iter().filter_map(Node::shown).map(|node| (node.field.clone(), node.estimate.respondents)).collect();
    IndexReport { coverage: coverage(input, &input.rows, &answered), fields, ..judged(input, known) }
}

/// The same with nothing below its targets: for whoever follows a target over many periods. Two thirds of the time go into what is left out.
pub fn targets_alone(input: &Input<'_>) -> IndexReport {
    let (input, known) = &Reading::of(input);
    judged(input, known.clone())
}

/// Only the targets of the report of one period: what is wanted where a figure stands beside another.
pub fn targets_only(input: &Input<'_>) -> Vec<TargetResult> {
    judge_all(&Reading::of(input).0)
}

/// What is measured, with the targets judged.
fn judged(input: &Reading<'_>, known: Option<VolumesKnown>) -> IndexReport {
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
        weights: input.weighed,
        volumes: known,
        suspects: input.counted.suspects,
        live: input.live,
        frozen: None,
        state: State::Draft,
        version: None,
        targets: judge_all(input),
        counts: Vec::new(),
        remedies: Vec::new(),
        tasks: Vec::new(),
        coverage: None,
        factors: Vec::new(),
        other_fields: None,
        units: Vec::new(),
        offices_as_of: None,
        points: Vec::new(),
        ministry: None,
        waiting: input.whole.then(|| input.counted.waiting()),
        days: input.is_at_will().then_some(Days::AtWill),
        beyond: input.beyond(),
        fields: Vec::new(),
        questionnaires: Vec::new(),
        profile: Vec::new(),
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
        None if reaches_beyond(input, &belonging) => Some(Reason::AcrossBorder),
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

/// Whether sheets of these fields are left out because their release reaches beyond days chosen at will.
fn reaches_beyond(input: &Reading<'_>, fields: &[&String]) -> bool {
    let fields: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
    input.beyond().is_some_and(|beyond| beyond.of_fields(Some(&fields)).sheets > 0)
}

/// The share by the measure that the target does not mean, widened like the target's own by the weight that no shown cell carries: a
/// questionnaire without the overall question says nothing of people.
fn other_measure(input: &Reading<'_>, target: &Target, cut: &Cut, belonging: &[&String]) -> Option<Estimate> {
    let sums = input.rows.sum(cut, &target.fields, Part::of(target.measure.other(), cut.feed));
    let weights = input.weights(cut.feed);
    let arranged = Arranged::of(&sums, belonging, &input.rows.ground, weights);
    let (estimate, _) = arranged.sums.estimate(weights, input.plan.confidence)?;
    Some(widened(estimate, arranged.missing_share()))
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
        let enough = sums.cells.get(&other).is_some_and(|total| total.respondents >= SHOWN_FROM);
        if enough && !input.rows.is_thin(cut.feed, None, Part::Factor(name)) {
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
    let of_items = factors.iter().flat_map(|(name, items)| items.iter().map(move |item| Part::Item(item, name)));
    let mut parts = parts_of(input, cut, field, &shown, &of_factors.chain(of_items).collect::<Vec<_>>());
    let mut items_summed = parts.split_off(factors.len()).into_iter();
    let respondents: Vec<u64> = parts.iter().map(Sums::respondents).collect();
    let thin = |part: Part<'_>| input.rows.is_thin(cut.feed, Some(field), part);
    let anyway: Vec<bool> = factors.iter().map(|(name, _)| thin(Part::Factor(name))).collect();
    let hide = suppression::complementary_beside(&respondents, &anyway);
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
                criteria: criteria(input, &items, of_items, |item| thin(Part::Item(item, &name))),
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

/// The items of a factor with their sums; `thin` says which are hidden whatever their sums.
fn criteria(
    input: &Reading<'_>,
    items: &[String],
    parts: Vec<Sums>,
    thin: impl Fn(&str) -> bool,
) -> Vec<Node<CriterionResult>> {
    let respondents: Vec<u64> = parts.iter().map(Sums::respondents).collect();
    let anyway: Vec<bool> = items.iter().map(|item| thin(item)).collect();
    let hide = suppression::complementary_beside(&respondents, &anyway);
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
