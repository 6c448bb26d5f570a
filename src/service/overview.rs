//! Many wards side by side: the figures of each ward's period, computed once after each release and kept with the hash of what they
//! were made of, and the page's model of them. Each figure is the one that [`super::figures::measure`] makes for the ward's own page.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::figures::{MeasureError, Question, measure_alone, official_series};
use crate::db::{Db, DbError, KeptFigures, PlanStored, Tree};
use crate::index::result::Estimate;
use crate::index::{Suspects, Verdict};
use crate::plan::{Period, Plan, Target};
use crate::sheet::tally::Series;

/// Another number makes everything anew: the form of what is kept, and what it is made by.
const FORMAT: &str = "1";
/// Periods that ended longer ago are not kept up.
const KEPT_UP_DAYS: u64 = 400;
/// Rows that are written together.
const ROWS_AT_ONCE: usize = 50;
/// After so long a round ends and the rest waits for the next one: other jobs wait meanwhile.
const ROUND: Duration = Duration::from_mins(10);

/// What is kept of a plan's period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PeriodKept {
    /// Whether its cut-off was still ahead.
    pub so_far: bool,
    /// Of which series its figures are.
    pub series: Series,
    /// Its targets, in the order of the plan.
    pub targets: Vec<TargetKept>,
}

/// What is kept of a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetKept {
    /// What is asked, the same in every plan that asks it.
    pub same: String,
    /// What it says.
    pub title: String,
    /// Minimum share, 0–1.
    pub minimum: f64,
    /// The figure; none where too few people stand behind it.
    pub estimate: Option<Estimate>,
    /// What the interval says.
    pub verdict: Verdict,
}

/// What a round of computing did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// Periods whose inputs had not changed.
    pub same: usize,
    /// Periods computed anew.
    pub computed: usize,
    /// Whether the round ended before all were looked at.
    pub cut_short: bool,
}

/// Computes anew what has changed since it was kept. `goes_on` is asked between plans.
pub fn refresh(db: &Db, today: NaiveDate, goes_on: impl Fn() -> bool) -> Result<Refreshed, DbError> {
    let (since, mut done) = (Instant::now(), Refreshed::default());
    let (tree, book) = (db.tree()?, db.plan_book()?);
    let mut news = Vec::new();
    for stored in book.all() {
        if !goes_on() || since.elapsed() >= ROUND {
            done.cut_short = true;
            break;
        }
        let Some(unit) = tree.of_code(&stored.plan.unit) else { continue };
        let begun: Vec<&Period> = stored.plan.periods.iter().filter(|period| is_kept_up(period, today)).collect();
        if begun.is_empty() {
            continue;
        }
        let known = db.kept_figures(&[unit.id], None)?;
        let inputs = db.figure_inputs(&tree.below(unit.id), &stored.plan.key)?;
        for period in begun {
            let inputs = inputs_of(stored, period, &inputs, today);
            let is_known = known
                .iter()
                .any(|kept| kept.plan == stored.plan.key && kept.period == period.key && kept.inputs == inputs);
            if is_known {
                done.same += 1;
                continue;
            }
            let Some(kept) = compute(db, &stored.plan, period, today)? else { continue };
            let figures = serde_json::to_string(&kept).map_err(|error| DbError::Failed(error.to_string()))?;
            let (plan, period) = (stored.plan.key.clone(), period.key.clone());
            news.push(KeptFigures { unit: unit.id, plan, period, inputs, figures, on: today });
            done.computed += 1;
            if news.len() == ROWS_AT_ONCE {
                db.keep_figures(std::mem::take(&mut news))?;
            }
        }
    }
    if !news.is_empty() {
        db.keep_figures(news)?;
    }
    Ok(done)
}

fn is_kept_up(period: &Period, today: NaiveDate) -> bool {
    period.from <= today && today <= period.to + Days::new(KEPT_UP_DAYS)
}

fn inputs_of(stored: &PlanStored, period: &Period, inputs: &[u8; 32], today: NaiveDate) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(format!("{FORMAT};{};{};{};", stored.hash, period.key, period.so_far(today)));
    hash.update(inputs);
    hash.finalize().to_vec()
}

/// The figures of a period; none where they cannot be made.
fn compute(db: &Db, plan: &Plan, period: &Period, today: NaiveDate) -> Result<Option<PeriodKept>, DbError> {
    let made = official_series(db, &plan.key, &period.key, None).and_then(|series| {
        let question = Question {
            plan: plan.key.clone(),
            period: period.key.clone(),
            unit: None,
            series,
            suspects: Suspects::In,
            live: false,
            today,
        };
        measure_alone(db, &question)
    });
    let report = match made {
        Ok(measured) => measured.report,
        Err(MeasureError::Database(error)) => return Err(error),
        Err(error) => {
            tracing::warn!(plan = plan.key, period = period.key, %error, "a period is left out of the overview");
            return Ok(None);
        }
    };
    let targets = report.targets.into_iter().filter_map(|found| {
        let target = plan.target(&found.target)?;
        Some(TargetKept {
            same: same_of(target),
            title: target.title_vi.clone(),
            minimum: found.minimum,
            estimate: found.estimate,
            verdict: found.verdict,
        })
    });
    Ok(Some(PeriodKept { so_far: report.so_far, series: report.series, targets: targets.collect() }))
}

/// What two targets have in common that ask the same of two wards.
fn same_of(target: &Target) -> String {
    format!(
        "{:?}/{}/{:?}/{:?}/{:?}",
        target.index,
        target.fields.join("+"),
        target.respondents,
        target.channel,
        target.measure
    )
}

/// The wards of a period side by side.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Keys of the periods that can be asked for, the newest last.
    pub periods: Vec<String>,
    /// Key of the one shown; empty where there is none.
    pub period: String,
    /// What is asked of the wards, what most are asked first.
    pub targets: Vec<TargetAsked>,
    /// A row a plan, by the name of its unit.
    pub rows: Vec<Row>,
    /// The oldest day on which a row was computed.
    pub as_of: Option<NaiveDate>,
}

/// A target of several wards.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetAsked {
    /// What is asked.
    pub same: String,
    /// What it says, in the words of the first plan.
    pub title: String,
    /// The minimum, where it is one for all.
    pub minimum: Option<f64>,
    /// How many plans ask it.
    pub plans: usize,
}

/// A ward in a period.
#[derive(Debug, Clone)]
pub struct Row {
    /// Number of its unit.
    pub unit: i32,
    /// Name of its unit.
    pub name: String,
    /// Key of its plan.
    pub plan: String,
    /// Its figures.
    pub kept: PeriodKept,
}

impl Row {
    /// Its figure of a target.
    pub fn target(&self, same: &str) -> Option<&TargetKept> {
        self.kept.targets.iter().find(|target| target.same == same)
    }
}

/// What is kept of the plans of `own` and of the units under it, in a period: the one asked for, else the newest that most have.
pub fn overview(db: &Db, tree: &Tree, own: i32, period: Option<&str>) -> Result<Overview, DbError> {
    let book = db.plan_book()?;
    let plans = book.under(tree, own);
    let mut units: Vec<i32> =
        plans.iter().filter_map(|stored| tree.of_code(&stored.plan.unit)).map(|unit| unit.id).collect();
    units.sort_unstable();
    units.dedup();
    let known = db.kept_periods(&units)?;
    let most = known.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let newest = known.iter().rev().find(|(_, count)| 2 * count >= most).map(|(key, _)| key.clone());
    let asked = period.filter(|asked| known.iter().any(|(key, _)| key == asked)).map(str::to_owned);
    let period = asked.or(newest).unwrap_or_default();
    let mut rows = Vec::new();
    let mut as_of = None;
    for kept in db.kept_figures(&units, Some(&period))? {
        let Some(unit) = tree.unit(kept.unit) else { continue };
        // A plan that is gone, or of a format of before, waits for the next round.
        let (Some(_), Ok(figures)) = (book.plan(&kept.plan), serde_json::from_str(&kept.figures)) else { continue };
        as_of = as_of.into_iter().chain([kept.on]).min();
        rows.push(Row { unit: kept.unit, name: unit.name_vi.clone(), plan: kept.plan, kept: figures });
    }
    rows.sort_by(|a, b| (&a.name, &a.plan).cmp(&(&b.name, &b.plan)));
    let targets = asked_of(&rows);
    Ok(Overview { periods: known.into_iter().map(|(key, _)| key).collect(), period, targets, rows, as_of })
}

fn asked_of(rows: &[Row]) -> Vec<TargetAsked> {
    let mut found: BTreeMap<&str, (usize, usize, TargetAsked)> = BTreeMap::new();
    for row in rows {
        for (place, target) in row.kept.targets.iter().enumerate() {
            let known = found.entry(&target.same).or_insert_with(|| {
                let (same, title) = (target.same.clone(), target.title.clone());
                (0, place, TargetAsked { same, title, minimum: Some(target.minimum), plans: 0 })
            });
            known.0 += 1;
            known.1 = known.1.min(place);
            known.2.minimum = known.2.minimum.filter(|minimum| minimum.to_bits() == target.minimum.to_bits());
        }
    }
    let mut found: Vec<(usize, usize, TargetAsked)> = found.into_values().collect();
    found.sort_by(|a, b| (std::cmp::Reverse(a.0), a.1, &a.2.same).cmp(&(std::cmp::Reverse(b.0), b.1, &b.2.same)));
    found.into_iter().map(|(plans, _, target)| TargetAsked { plans, ..target }).collect()
}
