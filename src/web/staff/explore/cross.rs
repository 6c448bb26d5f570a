//! Two questions of a questionnaire against each other, as they stood when the period was closed.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;

use super::ask::{Params, given};
use super::exhibits::{Tab, plans_of, refused};
use super::page::{Choice, TabLink, tab_links};
use super::shown::{Shown, shown};
use super::views::{Views, tab_address};
use crate::access::Action;
use crate::clock;
use crate::db::{Closing, Db, DbError, PlanStored};
use crate::error::{Reason, Refusal};
use crate::index::cross::CrossTable;
use crate::plan::closing::ClosingStep;
use crate::plan::{Period, Plan};
use crate::report::explore::{Exhibit, ShareOf, crossed};
use crate::report::words::plan::PlanWords as _;
use crate::report::{Language, format, words};
use crate::service::figures::MeasureError;
use crate::service::figures::cross::{self as service, Crossed, Listed};
use crate::web::http::address::percent_encode;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

#[derive(Template)]
#[template(path = "staff/explore/cross.html")]
struct CrossPage {
    frame: Frame,
    tabs: Vec<TabLink>,
    action: &'static str,
    filters: Option<Filters>,
    heading: String,
    about: String,
    opened_anew: Option<String>,
    notes: Vec<String>,
    exhibits: Vec<Shown>,
    views: Views,
    nothing: &'static str,
    next: (String, &'static str),
}

struct Filters {
    plans: Vec<Choice>,
    periods: Vec<Choice>,
    forms: Vec<Choice>,
    rows: Vec<Choice>,
    columns: Vec<Choice>,
    of_columns: bool,
}

/// So many plans are looked through for one with tables, where none is asked for.
const PLANS_TRIED: usize = 12;

/// What the page shows.
#[derive(Default)]
pub struct Found {
    plans: Vec<Arc<PlanStored>>,
    plan: Option<Arc<PlanStored>>,
    /// Periods with cross-tables, the newest first.
    periods: Vec<Period>,
    period: Option<Period>,
    /// Whether another period was asked for.
    other: bool,
    forms: Vec<Listed>,
    crossed: Option<Crossed>,
    /// Places of the variables that are rows and columns.
    chosen: (usize, usize),
    pub exhibits: Vec<Exhibit>,
    /// Whether the period's report takes charts.
    takes: bool,
    /// That the period was opened anew since the tables were made.
    opened_anew: Option<String>,
    /// What was asked for and is not there.
    gone: Vec<&'static str>,
    nothing: &'static str,
}

/// `GET /staff/explore/cross`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let ask = ask.into_inner().sound()?;
    let (db, who, asked) = (app.db.clone(), user.clone(), ask.clone());
    let read = move || Ok::<_, Refusal>((db.figures(|db| find(db, &who, &asked))?, db.saved_views(who.id)?));
    let (found, kept) = app.costly.run(read).await??;
    let views = Views::of(kept, Tab::Cross, &ask);
    Ok(send(StatusCode::OK, &page(&app, &user, &ask, (found, views))))
}

/// The tables that are asked for: of the period if it is closed, else of the last one of the plan that is.
pub fn find(db: &Db, user: &SignedIn, ask: &Params) -> Result<Found, Refusal> {
    // They are about a plan's whole unit: an office's own would be told from the others' by subtraction.
    let mut plans = plans_of(db, user)?;
    let asked = given(ask.plan.as_ref());
    let is_known = asked.as_ref().is_none_or(|key| plans.iter().any(|stored| stored.plan.key == *key));
    let has_plans = !plans.is_empty();
    plans.retain(|stored| user.covers(&stored.plan.unit));
    let chosen = match asked {
        Some(key) => plans.iter().find(|stored| stored.plan.key == key),
        // The first that has any.
        None => first_with_tables(db, &plans)?.or(plans.first()),
    };
    let Some(plan) = chosen.cloned() else {
        if !is_known {
            return Err(Reason::NotYours.into());
        }
        let nothing = if has_plans {
            "Bảng chéo chỉ có ở cấp đơn vị lập kế hoạch: bảng riêng của từng đơn vị sẽ làm lộ ô nhỏ của đơn vị khác."
        } else {
            "Đơn vị chưa có kế hoạch nào, nên chưa có bảng chéo."
        };
        return Ok(Found { plans, nothing, ..Found::default() });
    };
    let mut closed = with_tables(db, &plan.plan)?;
    let periods: Vec<Period> = closed.iter().map(|(period, ..)| period.clone()).collect();
    let asked = given(ask.period.as_ref());
    let place = closed.iter().position(|(period, ..)| Some(&period.key) == asked.as_ref());
    let other = asked.is_some() && place.is_none();
    if closed.is_empty() {
        let nothing = "Bảng chéo được lập khi khóa sổ một kỳ lần đầu và giữ nguyên từ đó. Kế hoạch này chưa có kỳ nào khóa sổ với đủ 10 phiếu; kỳ gồm nhiều kỳ ngắn hơn (như cả năm) không lập bảng chéo.";
        return Ok(Found { plans, plan: Some(plan), nothing, ..Found::default() });
    }
    let (period, closings, forms) = closed.swap_remove(place.unwrap_or(0));
    let form = match given(ask.form.as_ref()) {
        Some(word) => word.parse::<i32>().map_err(|_| Reason::BadQuery)?,
        None => forms[0].form,
    };
    // Another period may not have the questionnaire, another questionnaire not the question; which is said.
    let mut gone = Vec::new();
    let form = forms.iter().find(|known| known.form == form).unwrap_or_else(|| {
        gone.push("Kỳ này không có bảng chéo của phiếu đã chọn; dưới đây là phiếu có nhiều người trả lời nhất.");
        &forms[0]
    });
    let form = form.form;
    let Some(first) = closings.first() else { return Ok(Found::default()) };
    let crossed = service::kept(db, first, form).map_err(|error| refused(MeasureError::Database(error)))?;
    let takes = closings.last().is_some_and(|newest| newest.state().takes_charts());
    let opened_anew = opened_anew(&closings);
    // In the place of tables that were listed and are there no more.
    let nothing = "Kỳ này không còn bảng chéo của phiếu đã chọn.";
    let mut found = Found {
        takes,
        opened_anew,
        plans,
        plan: Some(plan),
        periods,
        period: Some(period),
        other,
        forms,
        gone,
        nothing,
        ..Found::default()
    };
    if let Some(crossed) = crossed {
        let known = |word: &Option<String>| {
            given(word.as_ref()).is_none_or(|word| crossed.variables.iter().any(|variable| variable.id == word))
        };
        if !known(&ask.rows) || !known(&ask.columns) {
            found.gone.push("Phiếu này không có câu đã chọn làm hàng hoặc cột; dưới đây là câu khác của phiếu.");
        }
        found.chosen = places(&crossed, ask);
        found.exhibits = exhibits(&crossed, found.chosen, ask.share.unwrap_or_default());
        found.nothing = match (found.exhibits.is_empty(), crossed.tables.is_empty()) {
            (true, true) => "Phiếu này không có hai câu nào chia được người trả lời thành các nhóm từ 10 người.",
            (true, false) => {
                "Hai câu này không có bảng riêng: nhóm của một trong hai câu gộp lại trùng hoặc gần trùng với nhóm của một câu khác đã có bảng, nên đặt hai \
                 bảng cạnh nhau sẽ suy ra được câu trả lời của dưới 10 người. Hãy chọn câu khác (thí dụ “Đơn vị” thay cho “Lĩnh vực”)."
            }
            (false, _) => "",
        };
        found.crossed = Some(crossed);
    }
    Ok(found)
}

impl Found {
    /// The exhibits to take along: what the page says on top of them stands under each.
    pub fn taken_along(self) -> Vec<Exhibit> {
        let Self { mut exhibits, opened_anew, .. } = self;
        for exhibit in &mut exhibits {
            exhibit.table.notes.splice(0..0, opened_anew.clone());
        }
        exhibits
    }
}

/// What is to be known of tables whose period was opened anew or sent back since they were made: they stay those of the first version, whatever
/// figures the period has now.
fn opened_anew(closings: &[Closing]) -> Option<String> {
    let (first, newest) = (closings.first()?, closings.last()?);
    let undone = closings.iter().rev().flat_map(|closing| closing.steps.iter().rev());
    let undone = undone.clone().find(|step| matches!(step.deed, ClosingStep::Reopen | ClosingStep::Return))?;
    let what = if undone.deed == ClosingStep::Reopen { "được mở lại" } else { "bị trả lại" };
    let on = format::date(clock::civil_date(undone.at));
    let now = if newest.state().is_open() {
        "Số liệu của kỳ đang không có hiệu lực, chờ khóa lại.".to_owned()
    } else {
        format!("Số liệu của kỳ nay theo phiên bản {}.", newest.version)
    };
    let first = first.version;
    Some(format!(
        "Kỳ này đã {what} ngày {on}. {now} Bảng chéo lập khi khóa sổ lần đầu (phiên bản {first}) và không lập lại, nên có thể khác số liệu của kỳ."
    ))
}

/// A period with its closings and the questionnaires that have tables.
type WithTables = (Period, Vec<Closing>, Vec<Listed>);

/// The periods of a plan that have cross-tables, the newest first.
fn with_tables(db: &Db, plan: &Plan) -> Result<Vec<WithTables>, DbError> {
    let mut closed = Vec::new();
    for period in plan.periods.iter().rev() {
        let closings = db.closings_of(&plan.key, &period.key)?;
        // Kept with the first version, whatever became of the period since.
        let forms = closings.first().map(|first| service::listed(db, first)).transpose()?.unwrap_or_default();
        if !forms.is_empty() {
            closed.push((period.clone(), closings, forms));
        }
    }
    Ok(closed)
}

fn first_with_tables<'a>(db: &Db, plans: &'a [Arc<PlanStored>]) -> Result<Option<&'a Arc<PlanStored>>, DbError> {
    for stored in plans.iter().take(PLANS_TRIED) {
        if !with_tables(db, &stored.plan)?.is_empty() {
            return Ok(Some(stored));
        }
    }
    Ok(None)
}

/// The variables asked for: else whether people got what they came for by age, or what there is.
fn places(crossed: &Crossed, ask: &Params) -> (usize, usize) {
    let of = |word: Option<&String>| {
        let word = given(word)?;
        crossed.variables.iter().position(|variable| variable.id == word)
    };
    let usual = |words: &[&str], not: Option<usize>| {
        let found = words.iter().filter_map(|word| crossed.variables.iter().position(|variable| variable.id == *word));
        found.chain(0..crossed.variables.len()).find(|place| Some(*place) != not).unwrap_or(0)
    };
    let columns = of(ask.columns.as_ref());
    let rows = of(ask.rows.as_ref()).unwrap_or_else(|| usual(&["age", "office", "field", "sex"], columns));
    let columns = columns.filter(|columns| *columns != rows);
    let chosen = (rows, columns.unwrap_or_else(|| usual(&["overall_satisfaction", "outcome"], Some(rows))));
    let has_table = |(rows, columns): (usize, usize)| table_of(crossed, rows, columns).is_some();
    if has_table(chosen) || (given(ask.rows.as_ref()).is_some() && given(ask.columns.as_ref()).is_some()) {
        return chosen;
    }
    // Whoever left one of them open is shown a table that there is.
    let other = |place: usize| (0..crossed.variables.len()).find(|other| has_table((place, *other)));
    if given(ask.columns.as_ref()).is_some() {
        return other(chosen.1).map_or(chosen, |rows| (rows, chosen.1));
    }
    other(chosen.0).map_or(chosen, |columns| (chosen.0, columns))
}

/// The table of two variables, whichever of them goes down.
fn table_of(crossed: &Crossed, rows: usize, columns: usize) -> Option<&CrossTable> {
    let places = (rows.min(columns), rows.max(columns));
    crossed.tables.iter().find(|table| (table.rows, table.columns) == places)
}

fn exhibits(crossed: &Crossed, (rows, columns): (usize, usize), of: ShareOf) -> Vec<Exhibit> {
    let turned = rows > columns;
    let (first, second) = (rows.min(columns), rows.max(columns));
    let table = table_of(crossed, rows, columns);
    let (Some(table), Some(down), Some(across)) = (table, crossed.variables.get(first), crossed.variables.get(second))
    else {
        return Vec::new();
    };
    self::crossed(table, (down, across), turned, of, Language::Vi)
}

fn page(app: &App, user: &SignedIn, ask: &Params, (found, views): (Found, Views)) -> CrossPage {
    let Found {
        plans,
        plan: stored,
        periods,
        period,
        other,
        forms,
        crossed,
        chosen,
        exhibits,
        gone,
        nothing,
        takes,
        opened_anew,
    } = found;
    let plan = stored.as_ref().map(|stored| &stored.plan);
    let choice = |value: String, text: String, chosen: bool| Choice { value, text, chosen };
    let heading = match &crossed {
        Some(crossed) if !exhibits.is_empty() => {
            let name = |place: usize| crossed.variables.get(place).map_or("", |variable| variable.name.as_str());
            format!("{} × {}", name(chosen.0), name(chosen.1))
        }
        _ => "Bảng chéo".to_owned(),
    };
    let mut notes: Vec<String> = gone.into_iter().map(str::to_owned).collect();
    if let (true, Some(period)) = (other, &period) {
        notes.push(format!(
            "Kỳ đang chọn chưa khóa sổ nên chưa có bảng chéo. Dưới đây là kỳ khóa sổ gần nhất: {}.",
            period.name_vi()
        ));
    }
    let about = match (&crossed, &period) {
        (Some(crossed), Some(period)) => format!(
            "{} · {} phiếu · {}, số liệu giữ lại ngày {}",
            period.name_vi(),
            format::count(crossed.sheets, Language::Vi),
            words::series(crossed.series, Language::Vi),
            format::date(crossed.taken_on)
        ),
        _ => String::new(),
    };
    let next = plan.map_or_else(
        || ("/staff/explore".to_owned(), "Xem xu hướng của đơn vị"),
        |plan| (format!("/staff/plans/{}/about", percent_encode(&plan.key)), "Xem các kỳ của kế hoạch"),
    );
    let report = plan.zip(period.as_ref()).map(|(plan, period)| (plan.key.clone(), period.key.clone()));
    let filters = plan.map(|plan| {
        let variables = |here: usize| {
            let variables = crossed.iter().flat_map(|crossed| &crossed.variables).enumerate();
            variables
                .map(|(place, variable)| choice(variable.id.clone(), variable.name.clone(), place == here))
                .collect()
        };
        Filters {
            plans: plans
                .iter()
                .map(|known| choice(known.plan.key.clone(), known.plan.title_vi.clone(), known.plan.key == plan.key))
                .collect(),
            periods: periods
                .iter()
                .map(|known| {
                    choice(
                        known.key.clone(),
                        known.name_vi(),
                        period.as_ref().is_some_and(|here| here.key == known.key),
                    )
                })
                .collect(),
            forms: forms
                .iter()
                .map(|known| {
                    let here = crossed.as_ref().is_some_and(|crossed| crossed.form == known.form);
                    let sheets = format::count(known.sheets, Language::Vi);
                    choice(known.form.to_string(), format!("{} – {sheets} phiếu", known.name), here)
                })
                .collect(),
            rows: variables(chosen.0),
            columns: variables(chosen.1),
            of_columns: ask.share == Some(ShareOf::Columns),
        }
    });
    let report = (takes && user.may(Action::CheckPeriods)).then_some(()).and(report);
    let report = report.as_ref().map(|(plan, period)| (plan.as_str(), period.as_str()));
    let files = user.may(Action::TakeReports);
    CrossPage {
        frame: user.frame(app),
        tabs: tab_links(Tab::Cross, ask),
        action: tab_address(Tab::Cross),
        filters,
        heading,
        about,
        opened_anew,
        notes,
        exhibits: exhibits.into_iter().map(|exhibit| shown(exhibit, Tab::Cross, ask, (files, report))).collect(),
        views,
        nothing,
        next,
    }
}
