//! `/results`: what a ward or commune publishes: the periods that its leader approved and that were published then, with
//! the figures kept of them. Targets and fields only. Of a period that was opened anew the version that went out stays.

use std::sync::{Arc, PoisonError};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;

use super::complaint_words::{ComplaintWords, complaint_words};
use super::privacy::LANGUAGES;
use super::published::PeriodView;
use crate::cases::remedy::Progress;
use crate::clock;
use crate::db::{Closing, PlanBook, Tree, Unit};
use crate::error::Refusal;
use crate::index::Suspects;
use crate::plan::{Period, Plan};
use crate::report::model::{Table, TableKind};
use crate::report::{Language, format, words};
use crate::service::complaints::with_those_above;
use crate::service::figures::{self, MeasureError, Measured, Question, frozen};
use crate::service::versions::newest_versions;
use crate::sheet::tally::Series;
use crate::web::citizen::page::{Page, send};
use crate::web::citizen::size::Size;
use crate::web::http::block::block;
use crate::web::state::App;

/// How many units beside the one asked for are listed.
const NEIGHBOURS: usize = 40;
/// How many of the newest periods of a plan are shown.
const PERIODS: usize = 4;

/// What stands behind the `?` of the address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    lang: Option<String>,
    unit: Option<String>,
    #[serde(default, rename = "large")]
    size: Size,
}

struct UnitLine {
    address: String,
    name: String,
}

#[derive(Template)]
#[template(path = "public/results.html")]
struct ResultsPage<'a> {
    page: Page,
    units: Vec<UnitLine>,
    periods: &'a [Arc<PeriodView>],
    chosen: bool,
    /// What citizens said and what was done about it, with the day.
    mended: Vec<(String, String, String)>,
    complain: String,
    answered: String,
    news: String,
    open_data: String,
    w: &'static ComplaintWords,
}

/// `GET /results?unit=…`; without a unit the list of those that have plans.
pub async fn show(app: Data<App>, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let lang = ask.lang.as_deref().filter(|lang| LANGUAGES.contains(lang)).unwrap_or("vi").to_owned();
    let language = Language::from_tag(&lang).unwrap_or_default();
    let (state, wanted) = (app.clone(), ask.unit.clone());
    let found = block(move || {
        let (tree, book) = (state.db.tree()?, state.db.plan_book()?);
        let has_plan = |unit: &&Unit| book.of_unit(&unit.code).next().is_some();
        // A counter's link leads to the ward above it.
        let chain = with_those_above(&tree, wanted.as_deref().unwrap_or_default());
        let chosen = chain.into_iter().find(has_plan).cloned();
        // Who came for a ward finds the list of all one step further on; who came for none finds it here.
        let units: Vec<Unit> = match &chosen {
            Some(unit) => beside(&tree, unit).filter(has_plan).take(NEIGHBOURS).cloned().collect(),
            None => tree.all().iter().filter(has_plan).cloned().collect(),
        };
        let periods = match &chosen {
            Some(unit) => published(&state, &unit.code, &book, language)?,
            None => Vec::new(),
        };
        let remedies = match &chosen {
            Some(unit) => state.db.remedies(&[unit.id])?,
            None => Vec::new(),
        };
        Ok::<_, MeasureError>((units, chosen, periods, remedies))
    });
    let (units, chosen, periods, remedies) = found.await??;
    let path = chosen.as_ref().map_or_else(|| "/results".to_owned(), |unit| format!("/results?unit={}", unit.code));
    let name = chosen.as_ref().map(|unit| local(language, unit)).unwrap_or_default();
    let page = Page::new(&lang, &name, app.demo()).with_size(ask.size, &path);
    let mut page = page.with_languages(&LANGUAGES.map(str::to_owned), &path);
    page.further = true;
    let others = units.iter().filter(|unit| chosen.as_ref().is_none_or(|chosen| chosen.code != unit.code));
    let line = |unit: &Unit| UnitLine { address: page.to_unit("/results", &unit.code), name: local(language, unit) };
    let units = others.map(line).collect();
    let done = remedies.into_iter().filter(|remedy| remedy.published_on.is_some() && remedy.state == Progress::Done);
    let mended = done.map(|remedy| (remedy.said, remedy.work, remedy.done_on.map(format::date).unwrap_or_default()));
    let of_unit = chosen.as_ref().map(|unit| format!("?unit={}", unit.code)).unwrap_or_default();
    let leads = |path: &str| page.to(&format!("{path}{of_unit}"));
    let content = ResultsPage {
        units,
        periods: &periods,
        chosen: chosen.is_some(),
        mended: mended.collect(),
        complain: leads("/complaints"),
        answered: leads("/complaints/published"),
        news: leads("/results/news"),
        open_data: leads("/results/open-data"),
        w: complaint_words(&lang),
        page,
    };
    Ok(send(StatusCode::OK, &content))
}

/// The units with the same unit above them, by code.
fn beside<'a>(tree: &'a Tree, unit: &Unit) -> impl Iterator<Item = &'a Unit> {
    unit.parent.into_iter().flat_map(move |above| tree.children(above))
}

fn local(language: Language, unit: &Unit) -> String {
    language.choose(&unit.name_vi, &unit.name_en).to_owned()
}

/// The newest published version of each period of a unit's plans, newest period first.
fn published(app: &App, unit: &str, book: &PlanBook, language: Language) -> Result<Vec<Arc<PeriodView>>, MeasureError> {
    let mut views = Vec::new();
    let plans: Vec<&Plan> = book.of_unit(unit).map(|stored| &stored.plan).collect();
    let newest = newest_versions(&app.db, plans.iter().copied(), Closing::was_published)?;
    for plan in plans {
        let mut of_plan = Vec::new();
        for closing in newest.get(&plan.key).into_iter().flatten() {
            of_plan.extend(view(app, closing, language)?);
        }
        of_plan.sort_by_key(|view| std::cmp::Reverse(view.span));
        of_plan.truncate(PERIODS);
        views.extend(of_plan);
    }
    views.sort_by_key(|view| std::cmp::Reverse(view.span));
    Ok(views)
}

/// A published period's tables of targets and fields; none where the plan binds nothing in it.
fn view(app: &App, closing: &Closing, language: Language) -> Result<Option<Arc<PeriodView>>, MeasureError> {
    let made = || app.published.0.lock().unwrap_or_else(PoisonError::into_inner);
    let shown = (closing.plan.clone(), closing.period.clone(), closing.version, closing.steps.len(), language);
    if let Some(view) = made().get(&shown) {
        return Ok(Some(Arc::clone(view)));
    }
    let today = clock::today();
    let question = Question {
        plan: closing.plan.clone(),
        period: closing.period.clone(),
        unit: None,
        series: frozen::official_series(&app.db, closing).unwrap_or(Series::Open),
        suspects: Suspects::In,
        live: false,
        today,
    };
    let measured = match frozen::measured(&app.db, &question, Some(closing.version)) {
        Ok(Some(measured)) => measured,
        Ok(None) => return Ok(None),
        // One period that cannot be read costs its own lines; it is not kept, so that it comes back once it can be.
        Err(error @ MeasureError::Unreadable { .. }) => {
            tracing::error!(%error, "a published period is left out");
            return Ok(plans_period(app, closing)?.map(|(plan, period)| Arc::new(unreadable(&plan, &period, language))));
        }
        Err(error) => return Err(error),
    };
    let content = figures::content(&measured, language, today, app.demo());
    let tables: Vec<Table> = content
        .tables()
        .filter(|table| matches!(table.kind, TableKind::Targets | TableKind::Fields))
        .map(|table| for_citizens(table, language))
        .collect();
    if tables.is_empty() {
        return Ok(None);
    }
    let banners = content.banners.into_iter().filter(|banner| banner != words::demonstration(language));
    let period = &measured.period;
    let view = Arc::new(PeriodView {
        span: (period.to, period.from),
        heading: words::period(&period.key, period.from, period.to, language),
        days: format!("{} – {}", format::date(period.from), format::date(period.to)),
        plan: measured.plan.title_vi.clone(),
        banners: banners.collect(),
        plain: plain(&measured, language),
        tables,
    });
    made().insert(shown, Arc::clone(&view));
    Ok(Some(view))
}

/// The targets of a period in plain words.
fn plain(measured: &Measured, language: Language) -> Vec<String> {
    let said = measured.report.targets.iter().filter_map(|target| {
        let title = measured.plan.target(&target.target);
        let title = title.map_or(target.target.as_str(), |known| language.choose(&known.title_vi, &known.title_en));
        words::at_the_doorstep(target, title, language)
    });
    said.collect()
}

/// The plan and the period of a closing, as they stand in the database now.
fn plans_period(app: &App, closing: &Closing) -> Result<Option<(Plan, Period)>, MeasureError> {
    let plan = app.db.plan(&closing.plan)?.map(|stored| stored.plan);
    Ok(plan.and_then(|plan| plan.period(&closing.period).map(|period| (plan, period))))
}

/// What is said of a published period whose figures cannot be read.
fn unreadable(plan: &Plan, period: &Period, language: Language) -> PeriodView {
    let sorry = language.choose(
        "Số liệu đã công bố của kỳ này tạm thời không hiển thị được.",
        "The published figures of this period cannot be shown at the moment.",
    );
    PeriodView {
        span: (period.to, period.from),
        heading: words::period(&period.key, period.from, period.to, language),
        days: format!("{} – {}", format::date(period.from), format::date(period.to)),
        plan: plan.title_vi.clone(),
        banners: vec![sorry.to_owned()],
        plain: Vec::new(),
        tables: Vec::new(),
    }
}

/// A table with words where the letter has a statistician's sign.
fn for_citizens(table: &Table, language: Language) -> Table {
    let mut table = table.clone();
    for column in table.columns.iter_mut().filter(|column| column.heading == "n") {
        language.choose("Số người trả lời", "People who answered").clone_into(&mut column.heading);
    }
    table
}
