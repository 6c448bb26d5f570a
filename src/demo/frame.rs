//! How many sheets, where and when: the same for every seed.
//!
//! A lane is one field of one point in one slice of time; slices end where reporting periods begin or end. Each lane
//! has a fixed number of sheets. Most follow the traffic; a floor lets every field be judged in every period.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::calendar::busyness;
use super::communes::{Commune, DemoUnit, communes, units};
use super::points::{DemoPoint, points};
use crate::plan::Plan;
use crate::survey::Questionnaire;

/// Sheets a field should have at least in each of a plan's shortest periods: a few more than the 30 that judge a
/// criterion, since some come with tickets.
const FIELD_FLOOR: f64 = 36.0;
/// The same for one questionnaire of a field: a few more than the 10 below which an index is incomplete.
const QUESTIONNAIRE_FLOOR: f64 = 14.0;
/// The most of all sheets that floors may take.
const FLOORS_SHARE_MAX: f64 = 0.6;
/// Traffic of the communes relative to each other, in the order of `rates::COMMUNES`.
const SIZES: [f64; 4] = [1.2, 1.15, 0.85, 1.0];

/// One field of one point in one slice of time.
pub(super) struct Lane {
    /// Place of the point.
    pub(super) point: usize,
    /// Place of the field among the point's.
    pub(super) field: usize,
    /// Days with people, and how many relative to each other.
    pub(super) days: Vec<(NaiveDate, f64)>,
    /// Sheets to make.
    pub(super) sheets: usize,
    /// Whether the slice is one of the plan's shortest periods, and how much of it has passed.
    period: Option<f64>,
    from: NaiveDate,
    weight: f64,
}

/// Everything that does not depend on the seed.
pub(super) struct Frame {
    pub(super) units: Vec<DemoUnit>,
    pub(super) points: Vec<DemoPoint>,
    pub(super) lanes: Vec<Lane>,
}

/// Units, points and lanes with `responses` sheets in all; without sheets where no plan has begun by `until`.
pub(super) fn frame(questionnaires: &[Questionnaire], plans: &[Plan], responses: usize, until: NaiveDate) -> Frame {
    let communes = communes(plans, until);
    let points = points(&communes, questionnaires);
    let mut lanes = Vec::new();
    for commune in &communes {
        for slice in slices(commune) {
            for (place, point) in points.iter().enumerate().filter(|(_, point)| point.place == commune.place) {
                lanes.extend(lanes_of(place, point, &slice));
            }
        }
    }
    allocate(&mut lanes, &points, responses);
    Frame { units: units(&communes), points, lanes }
}

/// Days between two ends of periods, both included.
struct Slice {
    from: NaiveDate,
    to: NaiveDate,
    period: Option<f64>,
}

fn slices(commune: &Commune<'_>) -> Vec<Slice> {
    let periods = || commune.plans.iter().flat_map(|plan| &plan.periods);
    let starts = periods().flat_map(|period| [Some(period.from), period.to.succ_opt()]).flatten();
    let inside = starts.filter(|start| (commune.from..=commune.to).contains(start));
    let starts: BTreeSet<NaiveDate> = inside.chain([commune.from]).collect();
    let mut slices = Vec::new();
    for &from in &starts {
        let next = starts.range(from..).nth(1).and_then(NaiveDate::pred_opt);
        let to = next.unwrap_or(commune.to);
        // A period that has not ended yet counts for as much of it as has passed.
        let period = periods().filter(|period| period.from == from).map(|period| period.to).min();
        let period = period.filter(|&end| end >= to && (end == to || next.is_none()));
        let passed = period.map(|end| days_between(from, to) / days_between(from, end));
        slices.push(Slice { from, to, period: passed });
    }
    slices
}

fn days_between(from: NaiveDate, to: NaiveDate) -> f64 {
    (to.signed_duration_since(from).num_days() + 1) as f64
}

fn lanes_of(place: usize, point: &DemoPoint, slice: &Slice) -> Vec<Lane> {
    let to = point.last_day.map_or(slice.to, |last| last.min(slice.to));
    let days = slice.from.max(point.opened).iter_days().take_while(|day| *day <= to);
    let days = days.map(|day| (day, busyness(point.rhythm, day))).filter(|(_, busyness)| *busyness > 0.0);
    let days: Vec<(NaiveDate, f64)> = days.collect();
    let busy: f64 = days.iter().map(|(_, busyness)| busyness).sum();
    // A point to which nobody comes has no share of anything, not even of the floors.
    if days.is_empty() || point.traffic <= 0.0 {
        return Vec::new();
    }
    // The first field of a point brings more people than the last.
    let shares = (0..point.fields.len()).map(|field| 1.0 / (1.0 + 0.35 * field as f64));
    let all: f64 = shares.clone().sum();
    let weight = busy * point.traffic * SIZES[point.place];
    let lane = |(field, share): (usize, f64)| Lane {
        point: place,
        field,
        days: days.clone(),
        sheets: 0,
        period: slice.period,
        from: slice.from,
        weight: weight * share / all,
    };
    shares.enumerate().map(lane).collect()
}

/// Gives every lane its sheets: floors first, the rest by traffic.
fn allocate(lanes: &mut [Lane], points: &[DemoPoint], responses: usize) {
    type Cell<'p> = (NaiveDate, &'p str, &'p str, usize);
    fn field_of(cell: Cell<'_>) -> (NaiveDate, &str, &str) {
        (cell.0, cell.1, cell.2)
    }
    let cell_of = |lane: &Lane| -> Cell<'_> {
        let point = &points[lane.point];
        (lane.from, &point.commune, &point.fields[lane.field], point.questionnaire)
    };
    let mut weight_of_cell: BTreeMap<Cell<'_>, f64> = BTreeMap::new();
    for lane in lanes.iter() {
        *weight_of_cell.entry(cell_of(lane)).or_default() += lane.weight;
    }
    let mut questionnaires_of_field: BTreeMap<_, usize> = BTreeMap::new();
    for cell in weight_of_cell.keys() {
        *questionnaires_of_field.entry(field_of(*cell)).or_default() += 1;
    }
    let floor_of = |lane: &Lane| {
        let cell = cell_of(lane);
        let floor = (FIELD_FLOOR / questionnaires_of_field[&field_of(cell)] as f64).max(QUESTIONNAIRE_FLOOR);
        lane.period.unwrap_or(0.0) * floor * lane.weight / weight_of_cell[&cell]
    };
    let floors: Vec<f64> = lanes.iter().map(floor_of).collect();
    let floors_sum: f64 = floors.iter().sum();
    let weight: f64 = lanes.iter().map(|lane| lane.weight).sum();
    let all = responses as f64;
    let scale = if floors_sum > 0.0 { (FLOORS_SHARE_MAX * all / floors_sum).min(1.0) } else { 0.0 };
    let rest = all - scale * floors_sum;
    // Rounding the running sum gives whole numbers that add up.
    let (mut wanted, mut given) = (0.0, 0);
    let last = lanes.len().saturating_sub(1);
    for (place, (lane, floor)) in lanes.iter_mut().zip(floors).enumerate() {
        wanted += scale * floor + rest * lane.weight / weight;
        let upto = if place == last { responses } else { whole(wanted).min(responses) };
        lane.sheets = upto - given;
        given = upto;
    }
}

/// The nearest whole number of a finite number from 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of sheets: from 0, far below 2^53")]
fn whole(number: f64) -> usize {
    number.round() as usize
}
