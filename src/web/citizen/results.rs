//! `/results`: what a ward or commune publishes. A period is published from the day after the last on which a sheet of
//! it may still be keyed, which is the day its report is due: from then on no answer can enter it any more. Targets and
//! fields only, made by the same function as the staff's page, so that both show one figure.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query, block};
use askama::Template;
use chrono::NaiveDate;

use super::page::{Page, send};
use super::privacy::{LANGUAGES, with_those_above};
use crate::app::App;
use crate::clock;
use crate::db::{Db, Unit};
use crate::index::Suspects;
use crate::index::tally::Series;
use crate::measure::{self, MeasureError, Question, measure};
use crate::plan::{Period, Plan};
use crate::report::model::Table;
use crate::report::{Language, format, words};
use crate::web::failure::Failure;

/// How many of the newest periods of a plan are shown.
const PERIODS: usize = 4;
/// How long a page stands before its figures are computed anew: paper of another period, a voided answer.
const LIFE: Duration = Duration::from_mins(10);

/// Pages computed before, by unit and language.
#[derive(Debug, Default)]
pub struct Published(Mutex<Vec<Computed>>);

/// A unit's page in a language, when it was computed, and what stands on it.
type Computed = (String, Language, Instant, Arc<Vec<PeriodView>>);

/// What stands behind the `?` of the address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Ask {
    lang: Option<String>,
    unit: Option<String>,
    large: Option<String>,
}

/// One published period.
#[derive(Debug)]
pub struct PeriodView {
    heading: String,
    days: String,
    plan: String,
    banners: Vec<String>,
    tables: Vec<Table>,
}

struct UnitLine {
    address: String,
    name: String,
}

#[derive(Template)]
#[template(path = "citizen/results.html")]
struct ResultsPage<'a> {
    page: Page,
    units: Vec<UnitLine>,
    periods: &'a [PeriodView],
    chosen: bool,
}

/// `GET /results?unit=…`; without a unit the list of those that have plans.
pub async fn show(app: Data<App>, ask: Query<Ask>) -> Result<HttpResponse, Failure> {
    let lang = ask.lang.as_deref().filter(|lang| LANGUAGES.contains(lang)).unwrap_or("vi").to_owned();
    let language = Language::from_tag(&lang).unwrap_or_default();
    let (state, wanted) = (app.clone(), ask.unit.clone());
    let found = block(move || {
        let plans: Vec<Plan> = state.db.plans()?.into_iter().map(|stored| stored.plan).collect();
        let mut units = state.db.units()?;
        let has_plan = |unit: &Unit| plans.iter().any(|plan| plan.unit == unit.code);
        // A counter's link leads to the ward above it.
        let chain = with_those_above(&units, wanted.as_deref().unwrap_or_default());
        let chosen = chain.into_iter().find(|unit| has_plan(unit)).cloned();
        units.retain(has_plan);
        let periods = match &chosen {
            Some(unit) => published(&state, &unit.code, &plans, language)?,
            None => Arc::default(),
        };
        Ok::<_, MeasureError>((units, chosen, periods))
    });
    let (units, chosen, periods) = found.await?.map_err(Failure::unexpected)?;
    let path = chosen.as_ref().map_or_else(|| "/results".to_owned(), |unit| format!("/results?unit={}", unit.code));
    let name = chosen.as_ref().map(|unit| local(language, unit)).unwrap_or_default();
    let large = ask.large.is_some();
    let page = Page::new(&lang, &name, app.demo()).with_size(large, &path);
    let mut page = page.with_languages(&LANGUAGES.map(str::to_owned), &path);
    page.further = true;
    let size = if large { "&large=1" } else { "" };
    let others = units.iter().filter(|unit| chosen.as_ref().is_none_or(|chosen| chosen.code != unit.code));
    let line = |unit: &Unit| UnitLine {
        address: format!("/results?unit={}&lang={lang}{size}", unit.code),
        name: local(language, unit),
    };
    let units = others.map(line).collect();
    Ok(send(StatusCode::OK, &ResultsPage { page, units, periods: &periods, chosen: chosen.is_some() }))
}

fn local(language: Language, unit: &Unit) -> String {
    language.choose(&unit.name_vi, &unit.name_en).to_owned()
}

fn published(app: &App, unit: &str, plans: &[Plan], language: Language) -> Result<Arc<Vec<PeriodView>>, MeasureError> {
    let kept = || app.published.0.lock().unwrap_or_else(PoisonError::into_inner);
    let fresh = |at: &Instant| at.elapsed() < LIFE;
    let known = kept().iter().find(|(code, of, at, _)| code == unit && *of == language && fresh(at)).cloned();
    if let Some((.., views)) = known {
        return Ok(views);
    }
    let today = clock::today();
    let mut views = Vec::new();
    for plan in plans.iter().filter(|plan| plan.unit == unit) {
        for period in shown_periods(plan, today) {
            if let Some(view) = view(&app.db, plan, period, language, today, app.demo())? {
                views.push((period.to, view));
            }
        }
    }
    views.sort_by_key(|(to, _)| std::cmp::Reverse(*to));
    let views = Arc::new(views.into_iter().map(|(_, view)| view).collect::<Vec<_>>());
    let mut kept = kept();
    kept.retain(|(code, of, at, _)| fresh(at) && !(code == unit && *of == language));
    kept.push((unit.to_owned(), language, Instant::now(), Arc::clone(&views)));
    Ok(views)
}

/// The newest periods that no answer can enter any more.
fn shown_periods(plan: &Plan, today: NaiveDate) -> Vec<&Period> {
    let mut ended: Vec<&Period> = plan.periods.iter().filter(|period| period.keyed_until() < today).collect();
    ended.sort_by_key(|period| std::cmp::Reverse((period.to, period.from)));
    ended.truncate(PERIODS);
    ended
}

/// A period's tables of targets and fields; none where the plan binds nothing in it.
fn view(
    db: &Db,
    plan: &Plan,
    period: &Period,
    language: Language,
    today: NaiveDate,
    demonstration: bool,
) -> Result<Option<PeriodView>, MeasureError> {
    let question = Question {
        plan: plan.key.clone(),
        period: period.key.clone(),
        unit: None,
        series: Series::Open,
        suspects: Suspects::In,
        live: false,
        today,
    };
    let measured = measure(db, &question)?;
    let content = measure::content(&measured, language, today, demonstration);
    let tables: Vec<Table> = content
        .tables()
        .filter(|table| matches!(table.id.as_str(), "targets" | "fields"))
        .map(|table| for_citizens(table, language))
        .collect();
    if tables.is_empty() {
        return Ok(None);
    }
    let banners = content.banners.into_iter().filter(|banner| banner != words::demonstration(language));
    Ok(Some(PeriodView {
        heading: words::period(&period.key, period.from, period.to, language),
        days: format!("{} – {}", format::date(period.from), format::date(period.to)),
        plan: plan.title_vi.clone(),
        banners: banners.collect(),
        tables,
    }))
}

/// A table without its number in the letter, and with words where the letter has a statistician's sign.
fn for_citizens(table: &Table, language: Language) -> Table {
    let mut table = Table { caption: without_number(&table.caption), ..table.clone() };
    for column in table.columns.iter_mut().filter(|column| column.heading == "n") {
        language.choose("Số người trả lời", "People who answered").clone_into(&mut column.heading);
    }
    table
}

/// `Bảng 3. Kết quả theo lĩnh vực` without what stands before the dot: numbers belong to the letter.
fn without_number(text: &str) -> String {
    text.split_once(". ").map_or(text, |(_, rest)| rest).to_owned()
}
