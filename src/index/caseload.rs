//! Cases handled in the months of a period: what fields and questionnaires weigh, and against how many cases answers stand.
//!
//! A month counts with the share of its days that lie in the period. Fields are weighed by cases only where every field with
//! answers has cases in every month that any of them has; else every field weighs alike, and the report says which
//! fields lacked them. See `docs/decisions/0019-cases-and-weights.md`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike, Months, NaiveDate};

use super::input::{Cut, Input, Part};
use super::result::{Coverage, FieldCoverage, PointCoverage, SHOWN_FROM, VolumesKnown};
use super::rows::Rows;
use super::sums::{Cell, OTHER_FIELDS, greatest_common_divisor};
use crate::plan::{Caseload, Period, Respondents, Weights};
use crate::survey::Feed;

/// The weights that a report uses, and what they rest on.
pub(super) struct Weighing {
    pub(super) weights: Weights,
    /// Set where the plan asks for cases.
    pub(super) known: Option<VolumesKnown>,
    /// Cases of fields, in parts as of [`PARTS_OF_MONTH`] or multiples of them.
    pub(super) of_field: BTreeMap<String, u64>,
    /// Cases of questionnaires within their field, where all of the field's are said by points.
    pub(super) within: BTreeMap<Cell, u64>,
}

/// A month is parted into so many that a day is a whole number of them, whether it has 28, 29, 30 or 31.
const PARTS_OF_MONTH: u64 = 377_580;

/// The share of a month's days that lie in the period, in parts of a month.
fn share_in(month: NaiveDate, period: &Period) -> u64 {
    let next = month.checked_add_months(Months::new(1)).unwrap_or(month);
    let last = next.pred_opt().unwrap_or(next);
    let (from, to) = (month.max(period.from), last.min(period.to));
    let days = |from: NaiveDate, to: NaiveDate| u64::try_from(to.signed_duration_since(from).num_days()).unwrap_or(0);
    let of_period = if from <= to { days(from, to) + 1 } else { 0 };
    of_period * (PARTS_OF_MONTH / days(month, next).max(1))
}

/// The volumes of the period with the share of their month that counts.
fn counted<'a>(input: &'a Input<'a>) -> impl Iterator<Item = (&'a Caseload, u64)> {
    let with_share = input.volumes.iter().map(|volume| (volume, share_in(volume.month, input.period)));
    with_share.filter(|(_, share)| *share > 0)
}

impl Weighing {
    /// Decides what weighs, once for a whole report, so that all of its figures carry one label.
    pub(super) fn of(input: &Input<'_>, rows: &Rows<'_>) -> Self {
        let plain = |weights| Self { weights, known: None, of_field: BTreeMap::new(), within: BTreeMap::new() };
        if input.plan.weights != Weights::Volumes {
            return plain(input.plan.weights);
        }
        let (mut shown, mut answered): (BTreeSet<Cell>, BTreeSet<String>) = (BTreeSet::new(), BTreeSet::new());
        // The policy part asks whoever comes along about policies: nothing of it is a case.
        for feed in [Feed::Sipas, Feed::Procedures, Feed::PublicServices] {
            let cut = Cut { feed, channel: None, respondents: Respondents::All };
            let sums = rows.sum(&cut, &[], Part::Feed(feed));
            // Who answered had a case: fields with few answers, pooled or not, need theirs as well.
            answered.extend(sums.others().iter().cloned());
            shown.extend(sums.cells.into_iter().filter(|(_, total)| total.respondents > 0).map(|(cell, _)| cell));
        }
        shown.retain(|(field, _)| field != OTHER_FIELDS);
        answered.extend(shown.iter().map(|(field, _)| field.clone()));
        let mut by_field: HashMap<&str, FieldCases<'_>> = HashMap::new();
        let mut months = BTreeSet::new();
        for (volume, share) in counted(input) {
            let Some(field) = input.fields.get(&volume.field) else { continue };
            months.insert(volume.month);
            by_field.entry(field).or_default().add(volume, volume.cases.saturating_mul(share), input);
        }
        let lacks = |field: &str| by_field.get(field).is_none_or(|cases| cases.total == 0 || cases.months != months);
        let missing: BTreeSet<String> = answered.iter().filter(|field| lacks(field)).cloned().collect();
        let missing = input.in_order(&missing).into_iter().cloned().collect();
        let known = VolumesKnown { months: months.iter().copied().collect(), missing };
        if answered.is_empty() || !known.missing.is_empty() {
            return Self { known: Some(known), ..plain(Weights::Equal) };
        }
        let mut of_field: BTreeMap<String, u64> =
            by_field.iter().map(|(field, cases)| ((*field).to_owned(), cases.total)).collect();
        let mut within: BTreeMap<Cell, u64> = BTreeMap::new();
        for cell in &shown {
            let Some(cases) = by_field.get(cell.0.as_str()).filter(|cases| cases.all_by_point) else { continue };
            let own = cases.by_form.get(cell.1.as_str()).copied();
            within.extend(own.filter(|own| *own > 0).map(|own| (cell.clone(), own)));
        }
        reduce(of_field.values_mut().chain(within.values_mut()).collect());
        Self { of_field, within, known: Some(known), weights: Weights::Volumes }
    }
}

/// Divides all cases by what they have in common: only their ratios weigh, and short numbers multiply without end.
fn reduce(numbers: Vec<&mut u64>) {
    let common = numbers.iter().fold(0, |common, number| greatest_common_divisor(common, **number)).max(1);
    for number in numbers {
        *number /= common;
    }
}

/// The cases of one field in the period.
struct FieldCases<'a> {
    total: u64,
    months: BTreeSet<NaiveDate>,
    all_by_point: bool,
    /// By the questionnaire that the point asks.
    by_form: HashMap<&'a str, u64>,
}

impl Default for FieldCases<'_> {
    fn default() -> Self {
        Self { total: 0, months: BTreeSet::new(), all_by_point: true, by_form: HashMap::new() }
    }
}

impl<'a> FieldCases<'a> {
    fn add(&mut self, volume: &Caseload, cases: u64, input: &Input<'a>) {
        self.total += cases;
        self.months.insert(volume.month);
        let point = volume.point.and_then(|point| input.points.get(&(volume.unit, point)));
        match point {
            Some(point) => *self.by_form.entry(point.questionnaire.as_str()).or_default() += cases,
            None => self.all_by_point = false,
        }
    }
}

/// Answers against cases; none where no cases of the period are known. `answered` are the respondents of the shown fields.
pub(super) fn coverage(input: &Input<'_>, rows: &Rows<'_>, answered: &BTreeMap<String, u64>) -> Option<Coverage> {
    let mut fields: BTreeMap<&str, u64> = BTreeMap::new();
    let mut points: BTreeMap<(i32, i32), u64> = BTreeMap::new();
    let mut months = BTreeSet::new();
    for (volume, share) in counted(input) {
        let Some(field) = input.fields.get(&volume.field) else { continue };
        let cases = volume.cases.saturating_mul(share);
        months.insert(volume.month);
        *fields.entry(field).or_default() += cases;
        if let Some(point) = volume.point {
            *points.entry((volume.unit, point)).or_default() += cases;
        }
    }
    if months.is_empty() {
        return None;
    }
    let months_missing: Vec<NaiveDate> = months_so_far(input).filter(|month| !months.contains(month)).collect();
    let sheets = rows.sheets_of_points();
    let whole = |parts: u64| parts.saturating_add(PARTS_OF_MONTH / 2) / PARTS_OF_MONTH;
    let in_cases = |parts: u64| parts as f64 / PARTS_OF_MONTH as f64;
    let names: BTreeSet<String> = fields.keys().map(|field| (*field).to_owned()).collect();
    let fields = input.in_order(&names).into_iter().map(|field| {
        let cases = fields[field.as_str()];
        let answered = answered.get(field).copied();
        let share = answered
            .filter(|_| months_missing.is_empty() && cases > 0)
            .map(|answered| answered as f64 / in_cases(cases));
        FieldCoverage { field: field.clone(), cases: whole(cases), answered, share }
    });
    let points = points.into_iter().map(|((unit, point), cases)| PointCoverage {
        unit,
        point,
        cases: whole(cases),
        answered_tens: sheets.get(&(unit, point)).copied().unwrap_or(0) / SHOWN_FROM * SHOWN_FROM,
    });
    Some(Coverage {
        fields: fields.collect(),
        points: points.collect(),
        months: months.into_iter().collect(),
        months_missing,
    })
}

/// Cases handled in the period, of the volumes that `which` names; none where it names none.
pub(super) fn cases_handled(input: &Input<'_>, which: impl Fn(&Caseload) -> bool) -> Option<u64> {
    let parts = counted(input).filter(|(volume, _)| which(volume));
    let parts = parts.map(|(volume, share)| volume.cases.saturating_mul(share));
    let sum = parts.fold(None, |sum: Option<u64>, parts| Some(sum.unwrap_or(0).saturating_add(parts)));
    sum.map(|parts| parts.saturating_add(PARTS_OF_MONTH / 2) / PARTS_OF_MONTH)
}

/// How many cases the whole period may have in `fields` (all where there are none named), from those handled in its months so far; none
/// where a field has none known. Nobody but who had a case can be asked.
pub(super) fn cases_of_period(input: &Input<'_>, fields: &[String]) -> Option<u64> {
    let (mut cases, mut known): (u64, BTreeMap<NaiveDate, u64>) = (0, BTreeMap::new());
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for (volume, share) in counted(input) {
        let Some(field) = input.fields.get(&volume.field) else { continue };
        if !fields.is_empty() && !fields.contains(field) {
            continue;
        }
        found.insert(field);
        cases = cases.saturating_add(volume.cases.saturating_mul(share));
        known.insert(volume.month, share);
    }
    if found.is_empty() || fields.iter().any(|field| !found.contains(field.as_str())) {
        return None;
    }
    // Months that are still to come, or whose cases are not known yet, count like those that are.
    let last = std::iter::successors(input.period.from.with_day(1), |month| month.checked_add_months(Months::new(1)));
    let months = last.take_while(|month| *month <= input.period.to);
    let whole: u64 = months.map(|month| share_in(month, input.period)).sum();
    let known: u64 = known.values().sum();
    let of_period = u128::from(cases) * u128::from(whole) / u128::from(known.max(1));
    u64::try_from(of_period / u128::from(PARTS_OF_MONTH)).ok()
}

/// The months of which a day lies in the period and is not after today.
fn months_so_far<'a>(input: &Input<'a>) -> impl Iterator<Item = NaiveDate> + use<'a> {
    let last = input.period.to.min(input.today);
    let first = input.period.from.with_day(1);
    std::iter::successors(first, |month| month.checked_add_months(Months::new(1)))
        .take_while(move |month| *month <= last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_counts_with_its_days_in_the_period() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let period = Period {
            key: "2026-q1".to_owned(),
            from: day("2025-12-15"),
            to: day("2026-03-14"),
            due: None,
            assumed: false,
            clause: String::new(),
        };
        // December has 31 days, of which the 15th to the 31st are 17; March has 31, of which 14.
        for (month, days, of) in [
            ("2025-11-01", 0, 30),
            ("2025-12-01", 17, 31),
            ("2026-02-01", 28, 28),
            ("2026-03-01", 14, 31),
            ("2026-04-01", 0, 30),
        ] {
            assert_eq!(share_in(day(month), &period) * of, PARTS_OF_MONTH * days, "{month}");
        }
    }
}
