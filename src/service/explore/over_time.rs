//! One figure over time, by periods, months or weeks, up to the end of the period that is asked for; and the same days a year before.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, Months, NaiveDate};

use super::marks::{Happenings, fields_of, marks};
use crate::db::Db;
use crate::index::IndexReport;
use crate::index::pick::Pick;
use crate::plan::{Period, PeriodKind, Plan, Target, adhoc_key};
use crate::report::explore::Moment;
use crate::report::words::plan::PlanWords as _;
use crate::service::figures::{MeasureError, Measured, Question, measure_alone, measure_targets, official_series};
use crate::sheet::tally::Series;

/// In what steps a figure is followed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stride {
    /// By the plans' own periods.
    #[default]
    Period,
    /// By civil months.
    Month,
    /// By weeks, from Monday to Sunday.
    Week,
}

/// A figure over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Prospect {
    /// In the order of time.
    pub moments: Vec<Moment>,
    /// The days of the newest figure a year before, where there is a figure of them.
    pub year_before: Option<Moment>,
}

/// So many months are followed, the running one included.
const MONTHS: usize = 13;
/// So many weeks, the running one included: a quarter, each of them measured like a period.
const WEEKS: usize = 13;
/// So many periods.
const PERIODS: usize = 12;
/// Periods of more days than this are left out where there are shorter ones: they hold the same sheets.
const SHORT_DAYS: i64 = 110;
/// So many days lie between a week and the one of a year before: the same days of the week.
const YEAR_OF_WEEKS: u64 = 364;

/// A figure over time, across the plans of the plan's unit. `series` none: the official one of each period; `until` the last day of the period that is
/// asked for: nothing later is told.
pub fn over_time(
    db: &Db,
    question: &Question,
    series: Option<Series>,
    (pick, stride): (&Pick, Stride),
    until: Option<NaiveDate>,
) -> Result<Prospect, MeasureError> {
    let stored = db.plan(&question.plan)?.ok_or_else(|| MeasureError::NoPlan(question.plan.clone()))?;
    let own = stored.plan;
    let mut plans: Vec<Plan> = db.plan_book()?.of_unit(&own.unit).map(|stored| stored.plan.clone()).collect();
    plans.sort_by_key(|plan| plan.from);
    // What a period that still runs ends with has not come yet.
    let until = until.filter(|last| *last < question.today);
    let happenings = Happenings::read(db, &own.unit)?;
    let follow = Follow { db, question, series, own: &own, pick, stride, happenings: &happenings };
    let mut moments = Vec::new();
    for (plan, period) in periods(&plans, &own, stride, (question.today, until)) {
        moments.extend(follow.moment(plan, &period)?);
    }
    // What comes before the first figure is no part of the story.
    let told = |moment: &Moment| moment.estimate.is_some() || moment.beyond.sheets > 0;
    let first = moments.iter().position(told).unwrap_or(moments.len().saturating_sub(1));
    let moments = moments.split_off(first);
    let newest = moments.iter().rev().find(|moment| moment.lasting().is_some());
    let year_before = newest.map(|newest| follow.year_before(&plans, newest)).transpose()?.flatten();
    Ok(Prospect { moments, year_before })
}

/// What is followed.
struct Follow<'a> {
    db: &'a Db,
    question: &'a Question,
    series: Option<Series>,
    own: &'a Plan,
    pick: &'a Pick,
    stride: Stride,
    happenings: &'a Happenings,
}

impl Follow<'_> {
    /// The figure of a period of a plan; none where that plan asks for no such figure, or had no such unit.
    fn moment(&self, plan: &Plan, period: &Period) -> Result<Option<Moment>, MeasureError> {
        let Some(pick) = same_figure(self.pick, self.own, plan) else { return Ok(None) };
        let asked = Question {
            plan: plan.key.clone(),
            period: period.key.clone(),
            series: match self.series {
                Some(series) => series,
                None => official_series(self.db, &plan.key, &period.key, None)?,
            },
            ..self.question.clone()
        };
        let measure = if pick.is_of_targets() { measure_targets } else { measure_alone };
        match measure(self.db, &asked) {
            Ok(measured) => Ok(Some(self.told(plan, period, &measured, &pick))),
            Err(error @ MeasureError::Unreadable { .. }) => {
                tracing::error!(%error, "a closed period is left out");
                Ok(None)
            }
            Err(MeasureError::NoUnit { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn told(&self, plan: &Plan, period: &Period, measured: &Measured, pick: &Pick) -> Moment {
        let (picked, beyond) = (pick.of(&measured.report), measured.report.beyond.as_ref());
        Moment {
            plan: plan.key.clone(),
            period: period.key.clone(),
            unit: measured.unit.code.clone(),
            name: period.name_vi(),
            short: short(period),
            from: period.from,
            to: period.to,
            so_far: measured.report.so_far,
            estimate: picked.estimate.cloned(),
            beyond: beyond.map_or_else(Default::default, |beyond| beyond.of_fields(fields_of(plan, pick).as_deref())),
            part_at_will: measured.report.is_at_will() && pick.is_part() && holds_parts(&measured.report, pick),
            mean_score: picked.mean_score,
            minimum: pick.minimum(&measured.report),
            minima: measured.report.minima(),
            marks: marks(plan, period, measured, pick, (self.stride != Stride::Period, self.happenings)),
        }
    }

    /// The figure of the days of a moment a year before: of the period of the same name where a plan of the unit has it, else of the same days.
    fn year_before(&self, plans: &[Plan], newest: &Moment) -> Result<Option<Moment>, MeasureError> {
        let earlier = |day: NaiveDate| match self.stride {
            Stride::Week => day.checked_sub_days(Days::new(YEAR_OF_WEEKS)),
            Stride::Period | Stride::Month => day.checked_sub_months(Months::new(12)),
        };
        let (Some(from), Some(to)) = (earlier(newest.from), earlier(newest.to)) else { return Ok(None) };
        let named = a_year_less(&newest.period);
        // The own plan first; of several that have such a period, the one that has the figure.
        let own_first = || std::iter::once(self.own).chain(plans.iter().filter(|plan| plan.key != self.own.key));
        let holds = |plan: &&Plan| plan.from <= to && from <= plan.to;
        let mut candidates: Vec<(&Plan, Period)> = Vec::new();
        if let Some(key) = named.as_deref() {
            let of_plan = |plan: &Plan| plan.periods.iter().find(|period| period.key == key).cloned();
            candidates.extend(own_first().filter_map(|plan| Some((plan, of_plan(plan)?))));
            candidates.extend(own_first().filter(holds).filter_map(|plan| Some((plan, plan.period(key)?))));
        }
        let plan = own_first().find(holds).unwrap_or(self.own);
        candidates.extend(plan.period(&adhoc_key(from, to)).map(|period| (plan, period)));
        // A plan that lists the period has it by its key, too.
        let mut tried: BTreeSet<(&str, String)> = BTreeSet::new();
        for (plan, period) in candidates {
            if !tried.insert((&plan.key, period.key.clone())) {
                continue;
            }
            if let Some(moment) = self.moment(plan, &period)?.filter(|moment| moment.lasting().is_some()) {
                return Ok(Some(moment));
            }
        }
        Ok(None)
    }
}

/// The key of the period of the same name a year before; none for days chosen at will.
fn a_year_less(key: &str) -> Option<String> {
    let year = PeriodKind::of_key(key)?.year()?;
    let (_, rest) = key.split_once('-')?;
    Some(format!("{:04}-{rest}", year - 1))
}

/// Whether the field of a factor or criterion is shown, or any field where it lies in no single one.
fn holds_parts(report: &IndexReport, pick: &Pick) -> bool {
    report.fields.iter().filter_map(|node| node.shown()).any(|shown| pick.field().is_none_or(|of| of == shown.field))
}

/// A period's name on an axis.
fn short(period: &Period) -> String {
    let year = |year: i32| year.rem_euclid(100);
    match period.kind() {
        Some(PeriodKind::Quarter { year: of, quarter }) => format!("Q{quarter}/{:02}", year(of)),
        Some(PeriodKind::HalfYear { year: of }) => format!("6T/{:02}", year(of)),
        Some(PeriodKind::NineMonths { year: of }) => format!("9T/{:02}", year(of)),
        Some(PeriodKind::Year { year: of }) => of.to_string(),
        Some(PeriodKind::Month { year: of, month }) => format!("{month}/{:02}", year(of)),
        _ => period.from.format("%d/%m").to_string(),
    }
}

/// The periods that have begun, in the order of time, each with the plan that it is of. With a last day none begins after it, and one that holds it
/// ends with it.
fn periods<'a>(
    plans: &'a [Plan],
    own: &Plan,
    stride: Stride,
    (today, until): (NaiveDate, Option<NaiveDate>),
) -> Vec<(&'a Plan, Period)> {
    let last = until.unwrap_or(today);
    let mut found: Vec<(&Plan, Period)> = Vec::new();
    if stride == Stride::Period {
        for plan in plans {
            found.extend(plan.periods.iter().filter(|period| period.from <= last).map(|period| (plan, period.clone())));
        }
        let days = |period: &Period| (period.to - period.from).num_days();
        if found.iter().any(|(_, period)| days(period) <= SHORT_DAYS) {
            found.retain(|(_, period)| days(period) <= SHORT_DAYS);
        }
    } else {
        // The plan asked for has the word where two plans hold one month or week.
        let first = |plan: &&Plan| (plan.key != own.key, std::cmp::Reverse(plan.from));
        let mut by_right: Vec<&Plan> = plans.iter().collect();
        by_right.sort_by_key(first);
        for plan in by_right {
            let steps = if stride == Stride::Week { weeks(plan, last) } else { months(plan, last) };
            for period in steps {
                if !found.iter().any(|(_, known)| known.key == period.key) {
                    found.push((plan, period));
                }
            }
        }
    }
    if let Some(last) = until {
        let whole: Vec<(NaiveDate, NaiveDate)> = found.iter().map(|(_, period)| (period.from, period.to)).collect();
        found.retain(|(_, period)| period.to <= last || !whole.contains(&(period.from, last)));
        for (plan, period) in &mut found {
            if period.to > last
                && let Some(cut) = plan.period(&adhoc_key(period.from, last))
            {
                *period = cut;
            }
        }
    }
    found.sort_by_key(|(_, period)| (period.to, period.from));
    let most = match stride {
        Stride::Period => PERIODS,
        Stride::Month => MONTHS,
        Stride::Week => WEEKS,
    };
    found.split_off(found.len().saturating_sub(most))
}

fn months(plan: &Plan, last: NaiveDate) -> Vec<Period> {
    let is_month = |period: &Period| matches!(period.kind(), Some(PeriodKind::Month { .. }));
    plan.further_periods(last).into_iter().filter(is_month).collect()
}

/// The last weeks that have days of the plan, the one of the last day included.
fn weeks(plan: &Plan, last: NaiveDate) -> Vec<Period> {
    let monday = last - Days::new(last.weekday().num_days_from_monday().into());
    let mondays = (0..WEEKS as u64).map(|back| monday - Days::new(7 * back));
    let weeks = mondays.filter_map(|monday| plan.period(&adhoc_key(monday, monday + Days::new(6))));
    weeks.filter(|week| week.overlaps(plan.from, plan.to)).collect()
}

/// The figure of another plan of the unit that says the same: a target goes by what it asks, for plans number theirs as they like.
fn same_figure(pick: &Pick, own: &Plan, other: &Plan) -> Option<Pick> {
    let (Pick::Target(id) | Pick::People(id)) = pick else { return Some(pick.clone()) };
    if own.key == other.key {
        return Some(pick.clone());
    }
    let asks =
        |target: &Target| (target.index, target.fields.clone(), target.respondents, target.channel, target.measure);
    let wanted = asks(own.target(id)?);
    let same = other.targets.iter().find(|target| asks(target) == wanted)?.id.clone();
    Some(if matches!(pick, Pick::People(_)) { Pick::People(same) } else { Pick::Target(same) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn plan() -> Plan {
        let fields =
            crate::plan::parse_fields("fields.toml", include_str!("../../../plans/fields.toml")).expect("fields");
        let source = include_str!("../../../plans/cau-giay-2026.toml");
        crate::plan::parse("cau-giay-2026.toml", source, &fields).expect("a plan")
    }

    #[test]
    fn nothing_later_than_the_period_asked_for_is_on_the_axis() {
        let (plan, today) = (plan(), day("2026-11-30"));
        let first = plan.period("2026-q1").expect("a quarter");
        for stride in [Stride::Period, Stride::Month, Stride::Week] {
            let found = periods(std::slice::from_ref(&plan), &plan, stride, (today, Some(first.to)));
            assert!(!found.is_empty() && found.iter().all(|(_, period)| period.to <= first.to), "{stride:?}");
            assert_eq!(found.last().map(|(_, period)| period.to), Some(first.to), "{stride:?}");
            let all = periods(std::slice::from_ref(&plan), &plan, stride, (today, None));
            assert!(all.iter().any(|(_, period)| period.to > first.to), "{stride:?}");
        }
    }

    #[test]
    fn a_period_of_a_year_before_has_its_name() {
        for (key, before) in
            [("2026-q1", Some("2025-q1")), ("2026-m11", Some("2025-m11")), ("2026-year", Some("2025-year"))]
        {
            assert_eq!(a_year_less(key).as_deref(), before);
        }
        assert_eq!(a_year_less("adhoc-2026-01-01-2026-01-31"), None);
    }
}
