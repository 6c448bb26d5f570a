//! Targets down, periods across: each cell the figure and what it says, and the way so far as a small line. What is past stays readable in one look.

use chrono::NaiveDate;

use crate::index::{TargetResult, Verdict};
use crate::report::chart::spark::spark;
use crate::report::words::plan::{PlanWords as _, clause};
use crate::report::{Language, format, words};
use crate::service::targets::{PeriodStanding, TargetTracking};

/// So many periods stand side by side, the newest last.
const PERIODS: usize = 6;
/// Longer periods hold the shorter ones: they are cells, and no part of the line.
const SHORT_DAYS: i64 = 110;

/// The grid of a plan.
pub(super) struct Grid {
    /// Name, address, and whether it still runs.
    pub(super) periods: Vec<(String, String, bool)>,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Row {
    pub(super) title: String,
    pub(super) clause: String,
    pub(super) minimum: String,
    pub(super) cells: Vec<Option<Cell>>,
    pub(super) spark: Option<String>,
}

pub(super) struct Cell {
    pub(super) figure: String,
    pub(super) class: &'static str,
    /// The verdict in a word, which stands beside the colour.
    pub(super) verdict: &'static str,
}

/// The grid of a plan's newest periods; `place` tells it from those of other plans on the page.
pub(super) fn grid(standing: &TargetTracking, place: usize) -> Grid {
    let plan = &standing.plan;
    let mut periods: Vec<&PeriodStanding> = standing.periods.iter().take(PERIODS).collect();
    periods.reverse();
    let days = |from: NaiveDate, to: NaiveDate| (to - from).num_days();
    let rows = plan.targets.iter().enumerate().filter_map(|(number, target)| {
        let of =
            |period: &PeriodStanding| period.report.targets.iter().find(|known| known.target == target.id).cloned();
        let found: Vec<Option<TargetResult>> = periods.iter().map(|period| of(period)).collect();
        if found.iter().all(Option::is_none) {
            return None;
        }
        let short =
            periods.iter().zip(&found).filter(|(period, _)| days(period.period.from, period.period.to) <= SHORT_DAYS);
        let way: Vec<Option<f64>> = short.map(|(_, found)| Some(found.as_ref()?.estimate.as_ref()?.value)).collect();
        let drawn = (way.iter().flatten().count() > 1).then(|| {
            let title = format!("{}: các kỳ gần đây", target.title_vi);
            spark(&title, &way, (Some(target.minimum), &[target.minimum]), Language::Vi)
                .svg(&format!("grid-{place}-{number}"))
        });
        Some(Row {
            title: target.title_vi.clone(),
            clause: clause(&target.clause, Language::Vi),
            minimum: format::minimum(target.minimum, Language::Vi),
            cells: found.iter().map(|found| found.as_ref().map(cell)).collect(),
            spark: drawn,
        })
    });
    Grid {
        rows: rows.collect(),
        periods: periods
            .iter()
            .map(|period| {
                let address = format!("/staff/plans/{}/{}", plan.key, period.period.key);
                (period.period.name_vi(), address, period.report.so_far)
            })
            .collect(),
    }
}

fn cell(target: &TargetResult) -> Cell {
    let (class, verdict) = match target.verdict {
        Verdict::Met => ("met", "đạt"),
        Verdict::NotMet => ("not_met", "chưa đạt"),
        Verdict::CannotSay => ("cannot_say", "chưa đủ căn cứ"),
    };
    let figure = target.estimate.as_ref().map_or_else(
        || target.reason.map_or_else(|| "–".to_owned(), |reason| words::reason_short(reason, Language::Vi)),
        |found| format::share(found.value, &[target.minimum], Language::Vi),
    );
    Cell { figure, class, verdict }
}
