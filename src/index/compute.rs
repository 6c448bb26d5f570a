//! Tallies, questionnaires, a plan and its period made into an [`IndexReport`].
//!
//! The unit of estimation is the cell: one field and one questionnaire (all its versions). Within a cell a rate is
//! Σy/Σm over the sheets; across cells it is Σ W·R. See `docs/statistics.md`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use super::hiding;
use super::result::{
    Basis, CriterionResult, Estimate, FactorResult, FieldResult, FieldVerdict, HiddenNode, IndexReport, Node, Reason,
    SHOWN_FROM, Suspects, TargetResult, Verdict,
};
use super::tally::{Layout, Mode, Respondent, Series, Tally, TallyKey};
use crate::plan::{Channel, IndexKind, Period, Plan, Respondents, Target, Weights};
use crate::stats::{CellSums, Confidence, DayCluster, RateEstimate, respondents_to_settle, weighted_rate};
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
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// Everything an index is computed from. The tallies are those of the period and the unit, of every series.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// One of its periods, or an ad hoc one.
    pub period: &'a Period,
    /// Code of the unit measured.
    pub unit: &'a str,
    /// Series shown.
    pub series: Series,
    /// Whether flagged sheets count.
    pub suspects: Suspects,
    /// Whether answers not yet released in groups are in the tallies.
    pub live: bool,
    /// Today's civil date: before or on the cut-off every verdict is "so far".
    pub today: NaiveDate,
    /// Questionnaire versions by database identifier.
    pub forms: &'a HashMap<i32, FormView<'a>>,
    /// Field codes by database identifier.
    pub fields: &'a HashMap<i16, String>,
    /// Points by unit and number.
    pub points: &'a HashMap<(i32, i32), PointView>,
    /// The tallies.
    pub tallies: &'a [(TallyKey, Tally)],
    /// Those of them that no figure may count yet, see [`super::groups`].
    pub held: &'a HashSet<TallyKey>,
}

/// Computes the report of one period.
pub fn compute(input: &Input<'_>) -> IndexReport {
    let targets = input.plan.targets.iter();
    let targets = targets.filter(|target| target.from <= input.period.to && target.to >= input.period.from);
    IndexReport {
        plan: input.plan.key.clone(),
        period: input.period.key.clone(),
        from: input.period.from,
        to: input.period.to,
        due: input.period.due,
        assumed: input.period.assumed,
        so_far: input.today <= input.period.to,
        unit: input.unit.to_owned(),
        series: input.series,
        basis: if input.series == Series::Sample { Basis::Sample } else { Basis::Volunteers },
        weights: effective(input.plan.weights),
        suspects: input.suspects,
        live: input.live,
        frozen: None,
        targets: targets.map(|target| judge(input, target)).collect(),
        fields: fields(input),
    }
}

/// The weights that are used: volumes are not imported yet, so a plan that asks for them is weighed alike and labelled so.
fn effective(weights: Weights) -> Weights {
    if weights == Weights::Volumes { Weights::Equal } else { weights }
}

/// Which tallies and which of their sections a figure is made from.
#[derive(Clone, Copy)]
struct Cut {
    feed: Feed,
    channel: Option<Channel>,
    respondents: Respondents,
}

/// What is summed of a tally: some sections, or one item.
#[derive(Clone, Copy)]
enum Part<'a> {
    /// Every section that feeds the index.
    Feed(Feed),
    /// The sections of one factor (or of one section that maps to none).
    Factor(&'a str),
    /// One item.
    Item(&'a str),
}

/// (field, questionnaire).
type Cell = (String, String);

/// The clusters of a part, by cell, point and day, with the sums that intervals need.
#[derive(Default)]
struct Sums {
    cells: BTreeMap<Cell, CellTotal>,
    clusters: BTreeMap<(i32, i32, i32), BTreeMap<Cell, RawSums>>,
    modes: BTreeSet<Mode>,
}

#[derive(Default, Clone, Copy)]
struct CellTotal {
    respondents: u64,
    answers: u64,
    points: u64,
}

#[derive(Default, Clone, Copy)]
struct RawSums {
    respondents: u64,
    y: u64,
    m: u64,
    yy: u64,
    ym: u64,
    mm: u64,
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
    fn counts(&self, key: &TallyKey, cut: &Cut) -> bool {
        let channel = self.points.get(&(key.unit, key.point)).map(|point| point.channel);
        key.series == self.series
            && (self.suspects == Suspects::In || !key.suspect)
            && cut.channel.is_none_or(|wanted| channel == Some(wanted))
            && match cut.respondents {
                Respondents::All => true,
                Respondents::Person => key.respondent == Respondent::Person,
                Respondents::Organisation => key.respondent == Respondent::Organisation,
            }
    }

    /// Sums a part over the tallies that the cut lets in, restricted to `fields` unless that is empty.
    fn sum(&self, cut: &Cut, fields: &[String], part: Part<'_>) -> Sums {
        let mut sums = Sums::default();
        for (key, tally) in self.tallies {
            let (Some(form), Some(field)) = (self.forms.get(&key.form), self.fields.get(&key.field)) else { continue };
            if !self.counts(key, cut) || !(fields.is_empty() || fields.contains(field)) {
                continue;
            }
            let Some((raw, points)) = part_sums(form.questionnaire, tally, cut.feed, part) else { continue };
            if raw.m == 0 {
                continue;
            }
            let cell = (field.clone(), form.questionnaire.id.clone());
            let total = sums.cells.entry(cell.clone()).or_default();
            // A cell of which nothing may be counted is still there, to be named as hidden.
            if self.held.contains(key) {
                continue;
            }
            sums.modes.insert(key.mode);
            total.respondents += raw.respondents;
            total.answers += raw.m;
            total.points += points;
            let cluster = sums.clusters.entry((key.unit, key.point, key.day)).or_default();
            cluster.entry(cell).or_default().add(&raw);
        }
        sums
    }

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

impl RawSums {
    fn add(&mut self, other: &RawSums) {
        self.respondents += other.respondents;
        self.y += other.y;
        self.m += other.m;
        self.yy += other.yy;
        self.ym += other.ym;
        self.mm += other.mm;
    }
}

/// The sums of one part of one tally, and Σ of its levels; none where the questionnaire has no such part.
fn part_sums(questionnaire: &Questionnaire, tally: &Tally, feed: Feed, part: Part<'_>) -> Option<(RawSums, u64)> {
    if let Part::Item(wanted) = part {
        let fed =
            questionnaire.sections.iter().flat_map(|section| section.items.iter().map(move |item| (section, item)));
        let place = fed.clone().position(|(section, item)| item.id == wanted && section.feeds.contains(&feed))?;
        let levels = tally.levels.get(place)?;
        let m: u64 = levels[1..=5].iter().sum();
        let y = levels[4] + levels[5];
        let points = (1..=5).map(|level| level as u64 * levels[level]).sum();
        return Some((RawSums { respondents: m, y, m, yy: y, ym: y, mm: m }, points));
    }
    let chosen: Vec<usize> = questionnaire
        .sections
        .iter()
        .enumerate()
        .filter(|(_, section)| section.feeds.contains(&feed))
        .filter(|(_, section)| match part {
            Part::Factor(name) => factor_name(section) == name,
            _ => true,
        })
        .map(|(place, _)| place)
        .collect();
    let first = *chosen.first()?;
    let mut raw = RawSums {
        // Exact for a whole index and for one section. Where several sections make one factor, the largest of them.
        respondents: match part {
            Part::Feed(feed) => tally.feed_sheets[feed as usize],
            _ if chosen.len() == 1 => tally.section_sheets[first],
            _ => chosen.iter().map(|&section| tally.section_sheets[section]).max().unwrap_or(0),
        },
        ..RawSums::default()
    };
    let mut points = 0;
    for &a in &chosen {
        raw.y += tally.sums[3 * a];
        raw.m += tally.sums[3 * a + 1];
        points += tally.sums[3 * a + 2];
        for &b in &chosen {
            raw.yy += tally.product(3 * a, 3 * b);
            raw.ym += tally.product(3 * a, 3 * b + 1);
            raw.mm += tally.product(3 * a + 1, 3 * b + 1);
        }
    }
    Some((raw, points))
}

impl Sums {
    /// Keeps only the cells that `keep` names.
    fn keep(&mut self, keep: impl Fn(&Cell) -> bool) {
        self.cells.retain(|cell, _| keep(cell));
        for cluster in self.clusters.values_mut() {
            cluster.retain(|cell, _| keep(cell));
        }
        self.clusters.retain(|_, cluster| !cluster.is_empty());
    }

    fn respondents(&self) -> u64 {
        self.cells.values().map(|total| total.respondents).sum()
    }

    /// Whether anybody answered about a field.
    fn has(&self, field: &str) -> bool {
        self.cells.keys().any(|(of, _)| of == field)
    }

    /// Weight of each cell in the order of `cells`: every field alike and every questionnaire of a field alike, or
    /// by respondents; see [`effective`] for volumes.
    fn weights(&self, weights: Weights) -> Vec<f64> {
        let mut per_field: HashMap<&str, usize> = HashMap::new();
        for (field, _) in self.cells.keys() {
            *per_field.entry(field).or_default() += 1;
        }
        let fields = per_field.len() as f64;
        self.cells
            .iter()
            .map(|((field, _), total)| match weights {
                Weights::Respondents => total.respondents as f64,
                Weights::Equal | Weights::Volumes => 1.0 / (fields * per_field[field.as_str()] as f64),
            })
            .collect()
    }

    fn estimate(&self, weights: Weights, confidence: f64) -> Option<(Estimate, RateEstimate)> {
        let numbers: HashMap<&Cell, usize> =
            self.cells.keys().enumerate().map(|(number, cell)| (cell, number)).collect();
        let mut strata: BTreeMap<(i32, i32), u32> = BTreeMap::new();
        let mut clusters = Vec::with_capacity(self.clusters.len());
        for ((unit, point, _), cells) in &self.clusters {
            let next = u32::try_from(strata.len()).unwrap_or(u32::MAX);
            let stratum = *strata.entry((*unit, *point)).or_insert(next);
            let cells = cells.iter().map(|(cell, raw)| CellSums {
                cell: numbers[cell],
                respondents: raw.respondents,
                y: raw.y,
                m: raw.m,
                yy: raw.yy,
                ym: raw.ym,
                mm: raw.mm,
            });
            clusters.push(DayCluster { stratum, cells: cells.collect() });
        }
        let rate = weighted_rate(&self.weights(weights), &clusters, Confidence::new(confidence)?)?;
        let estimate = Estimate {
            value: rate.value,
            low: rate.low,
            high: rate.high,
            confidence,
            method: rate.method,
            respondents: rate.respondents,
            answers: rate.answers,
            clusters: rate.clusters,
            design_effect: rate.design_effect,
            modes: self.modes.iter().copied().collect(),
        };
        Some((estimate, rate))
    }

    /// Mean of the levels, weighed like the rate.
    fn mean_score(&self, weights: Weights) -> f64 {
        let weights = self.weights(weights);
        let total: f64 = weights.iter().sum();
        let means = self.cells.values().map(|cell| cell.points as f64 / cell.answers as f64);
        means.zip(&weights).map(|(mean, weight)| mean * weight).sum::<f64>() / total
    }
}

/// The verdict that an interval gives on a minimum. Nothing is rounded.
fn verdict(estimate: &Estimate, minimum: f64) -> Verdict {
    if estimate.low >= minimum {
        Verdict::Met
    } else if estimate.high < minimum {
        Verdict::NotMet
    } else {
        Verdict::CannotSay
    }
}

fn judge(input: &Input<'_>, target: &Target) -> TargetResult {
    let cut = Cut { feed: feed_of(target.index), channel: target.channel, respondents: target.respondents };
    let sums = input.sum(&cut, &target.fields, Part::Feed(cut.feed));
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
    let by_field = belonging
        .iter()
        .filter(|field| sums.has(field) || !target.fields.is_empty())
        .map(|field| judge_field(input, &cut, target, field))
        .collect();
    let mut visible = sums;
    let shown: BTreeSet<Cell> = visible
        .cells
        .iter()
        .filter(|(_, total)| total.respondents >= SHOWN_FROM)
        .map(|(cell, _)| cell.clone())
        .collect();
    visible.keep(|cell| shown.contains(cell));
    let estimated = visible.estimate(input.plan.weights, input.plan.confidence);
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
    TargetResult {
        target: target.id.clone(),
        clause: target.clause.clone(),
        index: target.index,
        fields: if target.fields.is_empty() { vec!["all".to_owned()] } else { target.fields.clone() },
        channel: target.channel,
        respondents: target.respondents,
        minimum: target.minimum,
        part_of: target.part_of.clone(),
        point_reached: estimated.as_ref().map(|(estimate, _)| estimate.value >= target.minimum),
        estimate: estimated.map(|(estimate, _)| estimate),
        verdict,
        reason,
        respondents_to_settle: to_settle,
        missing_fields: missing.into_iter().collect(),
        by_field,
    }
}

fn judge_field(input: &Input<'_>, cut: &Cut, target: &Target, field: &str) -> Node<FieldVerdict> {
    let Some((sums, complete)) = visible_sums(input, cut, field, Part::Feed(cut.feed)) else {
        return hidden_field(field);
    };
    let Some((estimate, _)) = sums.estimate(input.plan.weights, input.plan.confidence) else {
        return hidden_field(field);
    };
    Node::Shown(FieldVerdict {
        field: field.to_owned(),
        verdict: if complete { verdict(&estimate, target.minimum) } else { Verdict::CannotSay },
        reason: (!complete).then_some(Reason::Incomplete),
        point_reached: estimate.value >= target.minimum,
        estimate,
    })
}

fn hidden_field<T>(field: &str) -> Node<T> {
    Node::Hidden(HiddenNode { field: Some(field.to_owned()), factor: None, item: None, hidden: true })
}

/// The sums of one field without the questionnaires that too few answered, and whether none was left out; none where
/// all of them are too small.
fn visible_sums(input: &Input<'_>, cut: &Cut, field: &str, part: Part<'_>) -> Option<(Sums, bool)> {
    let mut sums = input.sum(cut, &[field.to_owned()], part);
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
fn fields(input: &Input<'_>) -> Vec<Node<FieldResult>> {
    let all = |feed| Cut { feed, channel: None, respondents: Respondents::All };
    let mut result = Vec::new();
    for feed in [Feed::Sipas, Feed::Policy] {
        let cut = all(feed);
        let sums = input.sum(&cut, &[], Part::Feed(feed));
        let names: BTreeSet<&String> = sums.cells.keys().map(|(field, _)| field).collect();
        result.extend(names.into_iter().map(|field| field_result(input, &cut, field)));
    }
    result
}

fn field_result(input: &Input<'_>, cut: &Cut, field: &str) -> Node<FieldResult> {
    // Every factor and item below goes over the tallies again: only over those of the field.
    let of_field = |key: &TallyKey| input.fields.get(&key.field).is_some_and(|code| code == field);
    let own: Vec<(TallyKey, Tally)> = input.tallies.iter().filter(|(key, _)| of_field(key)).cloned().collect();
    let input = &Input { tallies: &own, ..*input };
    let Some((sums, complete)) = visible_sums(input, cut, field, Part::Feed(cut.feed)) else {
        return hidden_field(field);
    };
    let Some((estimate, _)) = sums.estimate(input.plan.weights, input.plan.confidence) else {
        return hidden_field(field);
    };
    let shown: BTreeSet<Cell> = sums.cells.keys().cloned().collect();
    let factors = factors_of(input, cut, &shown);
    let parts: Vec<Sums> =
        factors.iter().map(|(name, _)| part_of(input, cut, field, &shown, Part::Factor(name))).collect();
    let respondents: Vec<u64> = parts.iter().map(Sums::respondents).collect();
    let hide = hiding::complemented(&respondents);
    let factors = factors.into_iter().zip(&parts).zip(hide).filter_map(|(((name, items), part), hide)| {
        let shown_factor = if hide { None } else { part.estimate(input.plan.weights, input.plan.confidence) };
        if part.respondents() == 0 {
            return None;
        }
        Some(match shown_factor {
            None => Node::Hidden(HiddenNode { field: None, factor: Some(name), item: None, hidden: true }),
            Some((estimate, _)) => Node::Shown(FactorResult {
                estimate,
                mean_score: part.mean_score(input.plan.weights),
                criteria: criteria(input, cut, field, &shown, &items),
                factor: name,
            }),
        })
    });
    Node::Shown(FieldResult {
        field: field.to_owned(),
        estimate,
        reason: (!complete).then_some(Reason::Incomplete),
        mean_score: sums.mean_score(input.plan.weights),
        factors: factors.collect(),
    })
}

fn part_of(input: &Input<'_>, cut: &Cut, field: &str, shown: &BTreeSet<Cell>, part: Part<'_>) -> Sums {
    let mut sums = input.sum(cut, &[field.to_owned()], part);
    sums.keep(|cell| shown.contains(cell));
    sums
}

/// The factors of the shown questionnaires with their items, each once, in the order of the questionnaires.
fn factors_of(input: &Input<'_>, cut: &Cut, shown: &BTreeSet<Cell>) -> Vec<(String, Vec<String>)> {
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

fn criteria(
    input: &Input<'_>,
    cut: &Cut,
    field: &str,
    shown: &BTreeSet<Cell>,
    items: &[String],
) -> Vec<Node<CriterionResult>> {
    let parts: Vec<Sums> = items.iter().map(|item| part_of(input, cut, field, shown, Part::Item(item))).collect();
    let respondents: Vec<u64> = parts.iter().map(Sums::respondents).collect();
    let hide = hiding::complemented(&respondents);
    let rows = items.iter().zip(parts).zip(hide).map(|((item, part), hide)| {
        let estimate = if hide { None } else { part.estimate(Weights::Respondents, input.plan.confidence) };
        match estimate {
            None => Node::Hidden(HiddenNode { field: None, factor: None, item: Some(item.clone()), hidden: true }),
            Some((estimate, _)) => {
                let counts = item_counts(input, cut, field, shown, item);
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

fn item_counts(input: &Input<'_>, cut: &Cut, field: &str, shown: &BTreeSet<Cell>, item: &str) -> [u64; 7] {
    let mut counts = [0; 7];
    let counted = |key: &TallyKey| input.counts(key, cut) && !input.held.contains(key);
    for (key, tally) in input.tallies.iter().filter(|(key, _)| counted(key)) {
        let (Some(form), Some(of)) = (input.forms.get(&key.form), input.fields.get(&key.field)) else { continue };
        if of != field || !shown.contains(&(of.clone(), form.questionnaire.id.clone())) {
            continue;
        }
        let place = form.questionnaire.items().position(|known| known.id == item);
        if let Some(levels) = place.and_then(|place| tally.levels.get(place)) {
            for (count, level) in counts.iter_mut().zip(levels) {
                *count += level;
            }
        }
    }
    counts
}
