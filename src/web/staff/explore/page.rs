//! The pages of exploring: tabs, filters, the way down to a criterion and back, and the exhibits with their tables.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::{Datelike, Months, NaiveDate};

use super::ask::Params;
use super::exhibits::{Found, Tab, find, title_of};
use super::shown::{Shown, shown};
use super::views::{Views, period_page, tab_address, with_query};
use crate::access::Action;
use crate::clock;
use crate::error::Refusal;
use crate::index::Suspects;
use crate::index::pick::{self, Pick};
use crate::plan::{Measure, Period, PeriodKind};
use crate::report::words::plan::PlanWords as _;
use crate::report::{Language, format, words};
use crate::service::explore::Stride;
use crate::sheet::tally::Series;
use crate::web::http::address::percent_encode;
use crate::web::http::query::word;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

#[derive(Template)]
#[template(path = "staff/explore/page.html")]
struct ExplorePage {
    frame: Frame,
    tabs: Vec<TabLink>,
    action: String,
    filters: Option<Filters>,
    /// Days chosen at will that could not be taken.
    days: Entry,
    /// The way down, the last one being here: words and address.
    trail: Vec<(String, String)>,
    heading: String,
    about: String,
    notes: Vec<String>,
    exhibits: Vec<Shown>,
    /// Where the words of citizens are, and of which month.
    comments: Option<(String, String)>,
    views: Views,
    period_page: String,
    nothing: &'static str,
}

pub(super) struct TabLink {
    pub(super) text: &'static str,
    pub(super) address: String,
    pub(super) here: bool,
}

struct Filters {
    plans: Vec<Choice>,
    periods: Vec<Choice>,
    months: Vec<Choice>,
    units: Vec<Choice>,
    measures: Vec<(String, Vec<Choice>)>,
    series: Vec<Choice>,
    without_suspects: bool,
    /// The steps in which time is followed; none on other tabs.
    strides: Vec<Choice>,
}

/// An option of a list.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) chosen: bool,
}

/// `GET /staff/explore`.
pub async fn trend(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    show(&app, &user, Tab::Trend, ask.into_inner()).await
}

/// `GET /staff/explore/compare`.
pub async fn compare(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    show(&app, &user, Tab::Compare, ask.into_inner()).await
}

/// `GET /staff/explore/levels`.
pub async fn levels(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    show(&app, &user, Tab::Levels, ask.into_inner()).await
}

/// `GET /staff/explore/received`.
pub async fn received(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    show(&app, &user, Tab::Received, ask.into_inner()).await
}

async fn show(app: &App, user: &SignedIn, tab: Tab, ask: Params) -> Result<HttpResponse, Refusal> {
    ask.refuse_questions()?;
    let (ask, days) = ask.settled();
    let status = if days.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (db, who, asked) = (app.db.clone(), user.clone(), ask.clone());
    let read = move || Ok::<_, Refusal>((db.figures(|db| find(db, &who, tab, &asked))?, db.saved_views(who.id)?));
    let (found, kept) = app.costly.run(read).await??;
    let ask = found.as_ref().map_or(ask, |found| found.ask.clone());
    let views = Views::of(kept, tab, &ask);
    let tabs = tab_links(tab, &ask);
    let page = match found {
        Some(found) => filled(app, user, tab, &ask, (tabs, views, days), found),
        None => ExplorePage {
            frame: user.frame(app),
            tabs,
            action: tab_address(tab).to_owned(),
            filters: None,
            days,
            trail: Vec::new(),
            heading: "Phân tích".to_owned(),
            about: String::new(),
            notes: Vec::new(),
            exhibits: Vec::new(),
            comments: None,
            views,
            period_page: "/staff/".to_owned(),
            nothing: "Đơn vị chưa có kế hoạch nào có kỳ báo cáo đã bắt đầu, nên chưa có gì để phân tích.",
        },
    };
    Ok(send(status, &page))
}

/// The tabs, each with the filters that are chosen.
pub(super) fn tab_links(here: Tab, ask: &Params) -> Vec<TabLink> {
    let link = |tab: Tab| TabLink {
        text: tab_name(tab),
        address: with_query(tab_address(tab), &Params { of: None, ..ask.of_tab(tab == Tab::Cross) }),
        here: tab == here,
    };
    let further = FURTHER.iter().map(|(address, text)| TabLink { text, address: (*address).to_owned(), here: false });
    Tab::ALL.into_iter().map(link).chain(further).collect()
}

/// Pages of exploring with filters of their own.
const FURTHER: [(&str, &str); 3] = [
    ("/staff/explore/change", "Hai bên"),
    ("/staff/explore/drivers", "Yếu tố tác động"),
    ("/staff/explore/form", "Chất lượng phiếu"),
];

/// The tabs of a page with filters of its own, of which this address is one.
pub(super) fn further_tabs(here: &str) -> Vec<(String, &'static str, bool)> {
    let tabs = Tab::ALL.into_iter().map(|tab| (tab_address(tab), tab_name(tab)));
    tabs.chain(FURTHER).map(|(address, text)| (address.to_owned(), text, address == here)).collect()
}

fn tab_name(tab: Tab) -> &'static str {
    match tab {
        Tab::Trend => "Xu hướng",
        Tab::Compare => "So sánh",
        Tab::Cross => "Bảng chéo",
        Tab::Levels => "Mức độ",
        Tab::Received => "Thu thập",
    }
}

fn filled(
    app: &App,
    user: &SignedIn,
    tab: Tab,
    ask: &Params,
    (tabs, views, days): (Vec<TabLink>, Views, Entry),
    found: Found,
) -> ExplorePage {
    let filters = filters(user, tab, ask, &found);
    let Found { measured, names, pick, title, exhibits, gone, .. } = found;
    let period = &measured.period;
    let takes = user.may(Action::TakeReports);
    let report = report_open(user, &measured);
    // A row leads down: from what is compared to the same page of that, from a period to the period's own figures.
    let address = tab_address(tab);
    let mut notes: Vec<String> = gone.into_iter().map(|what| what.says().to_owned()).collect();
    notes.extend(words::not_final(&measured.report, clock::today(), Language::Vi));
    notes.extend(words::beyond(&measured.report, Language::Vi));
    let nothing = match tab {
        Tab::Levels if exhibits.is_empty() => "Kỳ này chưa có lĩnh vực nào đủ 10 người trả lời để hiển thị.",
        Tab::Compare if exhibits.is_empty() => "Không có phần nào nhỏ hơn để so sánh.",
        _ => "",
    };
    if tab == Tab::Levels && pick.field().is_none() {
        notes.push(
            "Chọn một lĩnh vực (ở ô “Chỉ số”, hoặc bấm tên lĩnh vực trong bảng) để xem mức độ của từng tiêu chí."
                .to_owned(),
        );
    }
    let comments =
        (user.may(Action::ReadComments) && matches!(pick, Pick::Criterion(..) | Pick::Factor(..))).then(|| {
            let month = last_month(period, clock::today());
            let asked = month.map(|first| format!("&month={}", first.format("%Y-%m"))).unwrap_or_default();
            let back = percent_encode(&with_query(address, &Params { of: None, ..ask.clone() }));
            let of =
                month.map_or_else(|| "tháng trước".to_owned(), |first| format!("tháng {}", first.format("%-m/%Y")));
            (format!("/staff/comments?unit={}{asked}&back={back}", percent_encode(&measured.unit.code)), of)
        });
    let trail = trail(address, ask, &pick, &title, &measured, &names);
    ExplorePage {
        frame: user.frame(app),
        tabs,
        action: address.to_owned(),
        filters: Some(filters),
        days,
        trail,
        heading: title,
        about: format!(
            "{} · {} ({} – {}) · {}, {}",
            measured.unit.name_vi,
            period.name_vi(),
            format::date(period.from),
            format::date(period.to),
            words::series(measured.report.series, Language::Vi),
            words::basis(measured.report.basis, Language::Vi)
        ),
        notes,
        exhibits: exhibits
            .into_iter()
            .map(|exhibit| {
                shown(
                    exhibit,
                    tab,
                    ask,
                    (takes, report.as_ref().map(|(plan, period)| (plan.as_str(), period.as_str()))),
                )
            })
            .collect(),
        comments,
        views,
        period_page: period_page(&measured.plan.key, &period.key, &measured.unit.code),
        nothing,
    }
}

/// The first day of the last month that is over and ends within a period; none where none does.
fn last_month(period: &Period, today: NaiveDate) -> Option<NaiveDate> {
    let after = period.to.min(today.pred_opt()?).succ_opt()?;
    let first = after.with_day(1)?.checked_sub_months(Months::new(1))?;
    (period.from <= after.with_day(1)?.pred_opt()?).then_some(first)
}

/// Plan and period whose report takes charts now: the plan's own figures of a period that is checked and not approved.
fn report_open(user: &SignedIn, measured: &crate::service::figures::Measured) -> Option<(String, String)> {
    let closing = measured.closing.as_ref().filter(|closing| closing.state().takes_charts())?;
    let may = user.may(Action::CheckPeriods) && user.covers(&measured.plan.unit);
    may.then(|| (closing.plan.clone(), closing.period.clone()))
}

/// The way down to the figure: field, factor, criterion.
fn trail(
    address: &str,
    ask: &Params,
    pick: &Pick,
    title: &str,
    measured: &crate::service::figures::Measured,
    names: &crate::report::Names,
) -> Vec<(String, String)> {
    let to = |pick: Option<Pick>, text: String| {
        let asked = Params { measure: pick.map(|pick| pick.to_string()), of: None, ..ask.clone() };
        (text, with_query(address, &asked))
    };
    let mut trail = vec![to(None, "Chỉ tiêu".to_owned())];
    let field = |id: &str| {
        let pick = Pick::Field(id.to_owned());
        let text = title_of(&pick, measured, names);
        to(Some(pick), text)
    };
    match pick {
        Pick::Target(_) => trail.clear(),
        Pick::People(_) | Pick::UnitFactor(_) | Pick::Field(_) => {}
        Pick::Factor(of, _) => trail.push(field(of)),
        Pick::Criterion(of, id) => {
            trail.push(field(of));
            if let Some((factor, _)) = pick::criterion(&measured.report, of, id) {
                let text = names.factor(of, &factor.factor, Language::Vi);
                trail.push(to(Some(Pick::Factor(of.clone(), factor.factor.clone())), text));
            }
        }
    }
    if !trail.is_empty() {
        trail.push((title.to_owned(), String::new()));
    }
    trail
}

fn filters(user: &SignedIn, tab: Tab, ask: &Params, found: &Found) -> Filters {
    let Found { plans, measured, names, pick, .. } = found;
    let (plan, period, report) = (&measured.plan, &measured.period, &measured.report);
    let choice = |value: &str, text: String, chosen: bool| Choice { value: value.to_owned(), text, chosen };
    let today = clock::today();
    let begun = plan.periods.iter().filter(|known| known.from <= today);
    let periods = begun.map(|known| choice(&known.key, known.name_vi(), known.key == period.key)).collect();
    let further = plan.further_periods(today);
    let further = further.iter().filter(|known| plan.periods.iter().all(|own| own.key != known.key));
    let mut months: Vec<Choice> =
        further.map(|known| choice(&known.key, known.name_vi(), known.key == period.key)).collect();
    if matches!(period.kind(), Some(PeriodKind::AdHoc { .. })) {
        months.insert(0, choice(&period.key, period.name_vi(), true));
    }
    let units = user.units.iter().filter(|unit| measured.units_of_plan.contains(&unit.id));
    Filters {
        plans: plans
            .iter()
            .map(|known| choice(&known.plan.key, known.plan.title_vi.clone(), known.plan.key == plan.key))
            .collect(),
        periods,
        months,
        units: units.map(|unit| choice(&unit.code, unit.name_vi.clone(), unit.code == measured.unit.code)).collect(),
        measures: measures(measured, names, pick),
        series: [Series::Open, Series::Ticket, Series::Sample]
            .map(|series| {
                let name = words::series(series, Language::Vi);
                let official = if series == measured.official { " (chính thức)" } else { "" };
                choice(&word(&series), format!("{name}{official}"), series == report.series)
            })
            .into(),
        without_suspects: ask.suspects == Some(Suspects::Out),
        strides: if tab == Tab::Trend {
            [(Stride::Period, "kỳ báo cáo"), (Stride::Month, "tháng"), (Stride::Week, "tuần")]
                .map(|(stride, name)| choice(&word(&stride), name.to_owned(), ask.by.unwrap_or_default() == stride))
                .into()
        } else {
            Vec::new()
        },
    }
}

/// The figures to choose from: targets, fields with their factors, and the criteria of the field that is looked at.
fn measures(
    measured: &crate::service::figures::Measured,
    names: &crate::report::Names,
    pick: &Pick,
) -> Vec<(String, Vec<Choice>)> {
    let choice = |one: Pick, text: String| Choice { chosen: one == *pick, value: one.to_string(), text };
    let report = &measured.report;
    let targets = report.targets.iter().map(|target| {
        let one = Pick::Target(target.target.clone());
        let text = title_of(&one, measured, names);
        choice(one, text)
    });
    let mut groups = vec![("Chỉ tiêu".to_owned(), targets.collect::<Vec<_>>())];
    let by_answers = report.targets.iter().filter(|target| target.measure == Measure::Answers);
    let people = by_answers.filter(|target| target.other_measure.is_some()).map(|target| {
        let one = Pick::People(target.target.clone());
        let text = title_of(&one, measured, names);
        choice(one, text)
    });
    groups.push(("Tỷ lệ người hài lòng".to_owned(), people.collect()));
    let factors = report.factors.iter().map(|factor| {
        let one = Pick::UnitFactor(factor.factor.clone());
        choice(one, names.factor("", &factor.factor, Language::Vi))
    });
    groups.push(("Yếu tố của cả đơn vị".to_owned(), factors.collect()));
    groups.retain(|(_, choices)| !choices.is_empty());
    for field in report.fields.iter().filter_map(|node| node.shown()) {
        let of_field = names.field(&field.field, Language::Vi);
        let mut choices = vec![choice(Pick::Field(field.field.clone()), "Cả lĩnh vực".to_owned())];
        for factor in field.factors.iter().filter_map(|node| node.shown()) {
            let name = names.factor(&field.field, &factor.factor, Language::Vi);
            choices.push(choice(Pick::Factor(field.field.clone(), factor.factor.clone()), name));
            if pick.field() != Some(&field.field) {
                continue;
            }
            choices.extend(factor.criteria.iter().filter_map(|node| node.shown()).map(|criterion| {
                let name = names.item(&field.field, &criterion.item, Language::Vi);
                choice(Pick::Criterion(field.field.clone(), criterion.item.clone()), format!("– {name}"))
            }));
        }
        groups.push((of_field, choices));
    }
    groups
}
