//! The plan owner's page: every target of a plan's period as value, interval and verdict; then fields, factors, criteria.

use std::fmt::Write;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;

use super::found::{address as address_of_closing, state_of};
use super::glance::{Glance, glance, step_words};
use super::target_card::{Card, beside, cards};
use super::{letter, standing, steps};
use crate::access::{Action, may};
use crate::clock;
use crate::db::{Db, DbError};
use crate::error::{Reason, Refusal};
use crate::index::{IndexReport, SHOWN_FROM, Suspects};
use crate::plan::PeriodKind;
use crate::plan::closing::State;
use crate::report::model::{Block, TableKind};
use crate::report::words::plan::PlanWords as _;
use crate::report::{Language, format, words};
use crate::service::closing::has_plan_owner;
use crate::service::explore::before;
use crate::service::figures::{self, MeasureError, Measured, Question, frozen, measure_beside, measure_targets};
use crate::sheet::tally::Series;
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::http::query::{chosen, word};
use crate::web::staff::days::period_of_days;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::ward::office_told;
use crate::web::state::App;

/// So many periods before are drawn beside a target.
const WAY: usize = 4;

/// What stands behind the `?` of a figure page's address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct View {
    period: Option<String>,
    /// Days chosen at will in the place of the period, as typed.
    first: Option<String>,
    last: Option<String>,
    unit: Option<String>,
    #[serde(default, deserialize_with = "chosen")]
    series: Option<Series>,
    #[serde(default, deserialize_with = "chosen")]
    suspects: Option<Suspects>,
    /// A version of a closed period, also one that is no longer in force.
    pub version: Option<u32>,
    /// Which part of the page; the first screen where none is asked for.
    #[serde(default, deserialize_with = "chosen")]
    pub part: Option<Tab>,
}

impl View {
    /// What a program asks for: a unit, a series, with or without flagged sheets, a version of a closed period.
    pub fn of(unit: Option<String>, series: Option<Series>, suspects: Option<Suspects>, version: Option<u32>) -> Self {
        Self { unit, series, suspects, version, ..Self::default() }
    }

    /// The key of the period of the days chosen at will, and these days with what is wrong with them.
    fn days(&self) -> (Option<String>, Entry) {
        period_of_days(self.first.as_deref(), self.last.as_deref(), clock::today())
    }

    /// Whether it asks for the figures that a plan's report is made of: of its whole unit, its official series, flagged sheets counted.
    pub fn asks_for_what_went_out(&self, unit: &str) -> bool {
        self.unit.as_deref().is_none_or(|asked| asked.is_empty() || asked == unit)
            && self.series.is_none()
            && self.suspects.is_none_or(|suspects| suspects == Suspects::In)
    }
}

#[derive(Template)]
#[template(path = "staff/periods/figures.html")]
struct OverviewPage {
    frame: Frame,
    /// Days chosen at will that could not be taken.
    days: Entry,
    plan: String,
    /// Whether the plan's whole unit is the user's, and so its own page too.
    whole: bool,
    /// What a plan owner of an office is told.
    office: Option<String>,
    heading: String,
    unit: String,
    from_to: String,
    due: Option<String>,
    notes: Vec<String>,
    action: String,
    periods: Vec<Choice>,
    /// Nine months, months and chosen days.
    months: Vec<Choice>,
    units: Vec<Choice>,
    series: Vec<Choice>,
    without_suspects: bool,
    /// How many sheets wait, or when offices were last brought up to date.
    waiting: Option<String>,
    /// What is said of flagged sheets, where there are some.
    suspects: Option<String>,
    /// How many groups of sheets of these days do not count.
    voided: usize,
    glance: Glance,
    cards: Vec<Card>,
    /// The parts of the page: words, address, whether this is it.
    tabs: Vec<(&'static str, String, bool)>,
    /// The part shown, and its word.
    tab: Tab,
    tab_word: String,
    parts: Vec<Part>,
    follow_up: Option<String>,
    /// The page of what feeds no index.
    questionnaires: String,
    /// How far the closing of the period is, and where it is done; for those who answer for the plan's whole unit.
    closing: Option<(String, String)>,
    /// Where the words of the report are written; none for whoever takes no reports.
    letter: Option<String>,
    /// The version shown, where it was asked for by number.
    version: Option<u32>,
    /// The report as files: format and address.
    files: Vec<(&'static str, String)>,
    /// The same in the office's outline, and the sheet for the city's system.
    further: Vec<(&'static str, String)>,
}

/// A heading and what stands under it; long tables are folded.
struct Part {
    heading: String,
    folded: bool,
    blocks: Vec<Block>,
}

struct Choice {
    value: String,
    text: String,
    chosen: bool,
}

/// `GET /staff/plans/{plan}/?period=…`: what the filters of the page send.
pub async fn go(path: Path<String>, view: Query<View>) -> Result<HttpResponse, Refusal> {
    let (chosen, days) = view.days();
    let period = chosen.as_deref().or(view.period.as_deref()).filter(|period| !period.is_empty());
    let Some(period) = period else {
        return if days.is_wrong() { Err(Reason::BadQuery.into()) } else { Ok(see_other("/staff/")) };
    };
    let mut address = format!("/staff/plans/{}/{}?", percent_encode(&path), percent_encode(period));
    let (series, suspects) = (view.series.as_ref().map(word), view.suspects.as_ref().map(word));
    let part = view.part.as_ref().map(word);
    // What is wrong with the days is said on the page that is there.
    let typed = |name: &str| days.is_wrong().then(|| days.value(name).to_owned());
    let (first, last) = (typed("first"), typed("last"));
    let further = [("series", &series), ("suspects", &suspects), ("part", &part), ("first", &first), ("last", &last)];
    for (name, value) in [("unit", &view.unit)].into_iter().chain(further) {
        if let Some(value) = value {
            // Writing to a String cannot fail.
            let _ = write!(address, "{name}={}&", percent_encode(value));
        }
    }
    Ok(see_other(address.trim_end_matches(['?', '&'])))
}

/// `GET /staff/plans/{plan}/{period}`.
pub async fn show(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    view: Query<View>,
) -> Result<HttpResponse, Refusal> {
    let Some((measured, beside_them)) = figures_beside(&app, &user, path.into_inner(), &view).await? else {
        return Err(Reason::NotYours.into());
    };
    let earlier = {
        let (db, measured) = (app.db.clone(), measured.clone());
        app.costly.run(move || db.figures(|db| before(db, &measured, (WAY, measure_targets), clock::today()))).await??
    };
    let mut page = page(&app, &user, &measured, &view, &earlier);
    page.voided = voided(&app, &measured).await?;
    if let Some((closing, step)) = closing_link(&app, &user, &measured).await? {
        page.glance.to_do.splice(0..0, step.map(|words| (words.to_owned(), closing.1.clone())));
        page.closing = Some(closing);
    }
    page.letter = page
        .closing
        .as_ref()
        .filter(|_| user.may(Action::TakeReports))
        .map(|_| letter::address_of(&measured.plan.key, &measured.period.key));
    if measured.flagged > 0 && !page.without_suspects {
        let with = measured.report.targets.iter();
        let without = beside_them.as_ref().map_or(&[][..], |without| &without.targets);
        for (card, (with, without)) in page.cards.iter_mut().zip(with.zip(without)) {
            card.without = beside(with, without);
        }
        let is_told = page.cards.iter().any(|card| card.without.is_some());
        let besides = beside_them.filter(|_| is_told).map_or(0, |without| without.besides);
        page.suspects = Some(suspects_sentence(measured.flagged, is_told, besides));
    }
    Ok(send(if page.days.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}

/// How far the closing of a period is with the address of its page, and its next step where that is the user's.
type ClosingLink = ((String, String), Option<&'static str>);

/// The closing of the period; none where it is not the user's.
async fn closing_link(app: &App, user: &SignedIn, measured: &Measured) -> Result<Option<ClosingLink>, Refusal> {
    let (plan, period) = (&measured.plan, &measured.period);
    if !user.covers(&plan.unit) || !plan.periods.iter().any(|known| known.key == period.key) {
        return Ok(None);
    }
    let (db, keys) = (app.db.clone(), (plan.key.clone(), period.key.clone()));
    let (tree, unit, approves) = (user.tree.clone(), plan.unit.clone(), user.may(Action::ApprovePeriods));
    let read = move || {
        let has_owner = approves && has_plan_owner(&db, &tree, &unit)?;
        Ok::<_, DbError>((db.closings_of(&keys.0, &keys.1)?, has_owner))
    };
    let (closings, has_owner) = block(read).await??;
    let state = state_of(&closings);
    let newest = closings.last().map_or(0, |closing| closing.version);
    let words = match state {
        State::Draft if newest == 0 => "Kỳ báo cáo chưa khóa".to_owned(),
        State::Draft => format!("Kỳ báo cáo đang mở lại sau phiên bản {newest}"),
        state => format!("{} (phiên bản {newest})", state.name_vi()),
    };
    let next = steps::next(user, state, &closings, has_owner).filter(|_| !period.so_far(clock::today()));
    Ok(Some(((words, address_of_closing(plan, period)), next.and_then(step_words))))
}

/// How many groups of sheets of the unit and the period are voided.
async fn voided(app: &App, measured: &Measured) -> Result<usize, Refusal> {
    let (db, unit, period) = (app.db.clone(), measured.unit.code.clone(), measured.period.clone());
    let voidings = block(move || db.voidings(&db.subtree(&unit)?)).await??;
    let in_force = voidings.iter().filter(|voiding| voiding.undone.is_none());
    Ok(in_force.filter(|voiding| voiding.what.from <= period.to && voiding.what.to >= period.from).count())
}

/// What is said of flagged sheets: how many, whether a card shows figures without them, and how many others those leave out.
fn suspects_sentence(flagged: u64, is_told: bool, besides: u64) -> String {
    const WHAT: &str = "phiếu có dấu hiệu bất thường (gửi dồn dập, quá nhanh hoặc lặp lại y hệt)";
    if !figures::tells_of_flagged(flagged) {
        return format!(
            "Có {WHAT} trong số liệu này, ít hơn {SHOWN_FROM} phiếu; kết quả khi không tính chúng không nêu ở đây."
        );
    }
    let count = |number: u64| format::count(number, Language::Vi);
    let mut said = format!("Có {} {WHAT}. Số liệu dưới đây tính cả các phiếu đó; ", count(flagged));
    // Writing to a String cannot fail.
    let _ = if is_told {
        write!(said, "kết quả khi không tính được nêu bên cạnh, ở chỉ tiêu bớt từ {SHOWN_FROM} người trả lời trở lên.")
    } else {
        write!(
            said,
            "kết quả khi không tính chúng không nêu ở đây vì không chỉ tiêu nào bớt từ {SHOWN_FROM} người trả lời trở lên."
        )
    };
    if besides > 0 {
        let _ = write!(
            said,
            " Khi không tính, {} phiếu không có dấu hiệu bất thường cũng bị bỏ ra vì được đưa vào số liệu cùng nhóm với phiếu có dấu hiệu.",
            count(besides)
        );
    }
    said
}

/// The figures, or none where the plan, the period or the unit is not there or not the user's.
pub async fn figures(
    app: &App,
    user: &SignedIn,
    path: (String, String),
    view: &View,
) -> Result<Option<Measured>, Refusal> {
    Ok(figures_beside(app, user, path, view).await?.map(|(measured, _)| measured))
}

/// [`fn@figures`], and the targets without flagged sheets where there are some.
async fn figures_beside(
    app: &App,
    user: &SignedIn,
    (plan, period): (String, String),
    view: &View,
) -> Result<Option<figures::Beside>, Refusal> {
    let db = app.db.clone();
    let question = Question {
        plan,
        period,
        unit: view.unit.clone().filter(|unit| !unit.is_empty()),
        series: view.series.unwrap_or(Series::Open),
        suspects: view.suspects.unwrap_or(Suspects::In),
        live: false,
        today: clock::today(),
    };
    let by_plan = view.series.is_none();
    let (version, own) = (view.version, user.own_unit().map(|unit| unit.code.clone()));
    let covered: Vec<String> = user.units.iter().map(|unit| unit.code.clone()).collect();
    let asked = move |db: &Db| {
        let mut question = question.clone();
        if by_plan {
            question.series = figures::official_series(db, &question.plan, &question.period, version)?;
        }
        // Who belongs to a part of the plan's unit looks at that part.
        if question.unit.is_none()
            && let Some(stored) = db.plan(&question.plan)?
            && !covered.contains(&stored.plan.unit)
        {
            question.unit.clone_from(&own);
        }
        match version {
            Some(version) => frozen::measured_beside(db, &question, Some(version)),
            None => measure_beside(db, &question).map(Some),
        }
    };
    match app.costly.run(move || db.figures(asked)).await? {
        Ok(Some((measured, beside))) => {
            let theirs = user.covers(&measured.unit.code);
            Ok(Some((measured, beside)).filter(|_| theirs))
        }
        Ok(None)
        | Err(
            MeasureError::NoPlan(_)
            | MeasureError::NoPeriod { .. }
            | MeasureError::NoUnit { .. }
            | MeasureError::NoVersion { .. },
        ) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn page(
    app: &App,
    user: &SignedIn,
    measured: &Measured,
    view: &View,
    earlier: &[(String, IndexReport)],
) -> OverviewPage {
    let language = Language::Vi;
    let today = clock::today();
    let (plan, period, report) = (&measured.plan, &measured.period, &measured.report);
    let names = figures::names(measured, language);
    let content = figures::content(measured, language, today, app.demo());
    // The page has its own banner for demonstration data, its own heading and its own cards of targets.
    let banners = content.banners.into_iter().filter(|banner| banner != words::demonstration(language));
    let notes = banners.chain(words::beyond(report, language)).collect();
    let choice =
        |value: &str, text: &str, chosen: bool| Choice { value: value.to_owned(), text: text.to_owned(), chosen };
    let periods = plan.periods.iter();
    let periods = periods.map(|known| choice(&known.key, &known.name_vi(), known.key == period.key));
    let further = plan.further_periods(today);
    let further = further.iter().filter(|known| plan.periods.iter().all(|own| own.key != known.key));
    let mut months: Vec<Choice> =
        further.map(|known| choice(&known.key, &known.name_vi(), known.key == period.key)).collect();
    if matches!(period.kind(), Some(PeriodKind::AdHoc { .. })) {
        months.insert(0, choice(&period.key, &period.name_vi(), true));
    }
    let below = user.units.iter().filter(|unit| measured.units_of_plan.contains(&unit.id));
    let units = below.map(|unit| choice(&unit.code, &unit.name_vi, unit.code == measured.unit.code));
    let series = [Series::Open, Series::Ticket, Series::Sample].map(|series| {
        let name = words::series(series, language);
        let text = if series == measured.official { format!("{name} (chính thức)") } else { name.to_owned() };
        choice(&word(&series), &text, series == report.series)
    });
    OverviewPage {
        frame: user.frame(app),
        days: view.days().1,
        plan: plan.title_vi.clone(),
        whole: user.covers(&plan.unit),
        office: office_told(user),
        heading: period.name_vi(),
        unit: measured.unit.name_vi.clone(),
        from_to: format!("{} – {}", format::date(period.from), format::date(period.to)),
        due: period.due.map(|due| {
            let standing = format::lower_first(&standing::standing(period, report.state, today));
            format!("{} ({standing})", format::date(due))
        }),
        notes,
        action: format!("/staff/plans/{}/", plan.key),
        periods: periods.collect(),
        months,
        units: units.collect(),
        series: series.into_iter().collect(),
        waiting: if report.unit == plan.unit {
            words::waiting(report, language)
        } else {
            report.version.is_none().then(|| words::offices_as_of(report, language))
        },
        suspects: None,
        voided: 0,
        without_suspects: view.suspects == Some(Suspects::Out),
        glance: glance(user, measured, &names, earlier),
        cards: cards(plan, report, &names),
        tabs: tabs(measured, view, &content.blocks),
        tab: view.part.unwrap_or_default(),
        tab_word: word(&view.part.unwrap_or_default()),
        parts: parts(content.blocks, view.part.unwrap_or_default()),
        questionnaires: address_of(measured, view, "questionnaires"),
        files: if user.may(Action::TakeReports) { files(measured, view, &FILES) } else { Vec::new() },
        further: if user.may(Action::TakeReports) {
            files(measured, view, further_of(user, measured))
        } else {
            Vec::new()
        },
        closing: None,
        letter: None,
        version: view.version,
        follow_up: may(user.role, Action::PublishForms).then(|| {
            let (plan, period, unit) = (&plan.key, &period.key, percent_encode(&measured.unit.code));
            format!("/staff/plans/{}/{}/follow-up?unit={unit}", percent_encode(plan), percent_encode(period))
        }),
    }
}

/// The files of a report: name on the page, last part of the address.
const FILES: [(&str, &str); 4] =
    [("Word", "report.docx"), ("PDF", "report.pdf"), ("Excel", "report.xlsx"), ("CSV", "report.csv")];
const FURTHER: [(&str, &str); 3] = [
    ("Word theo đề cương của đơn vị", "outline.docx"),
    ("Biểu cho hệ thống của thành phố (Excel)", "sheet.xlsx"),
    ("CSV của biểu", "sheet.csv"),
];

/// Those of [`FURTHER`] that a user may be led to: the outline is kept by the people of the plan's own unit.
fn further_of<'a>(user: &SignedIn, measured: &Measured) -> &'a [(&'static str, &'static str)] {
    if user.covers(&measured.plan.unit) { &FURTHER } else { &FURTHER[1..] }
}

/// Addresses of files of what the page shows.
fn files(measured: &Measured, view: &View, files: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    files.iter().map(|(name, file)| (*name, address_of(measured, view, file))).collect()
}

/// The address of something else about the same figures.
pub(super) fn address_of(measured: &Measured, view: &View, last: &str) -> String {
    let (plan, period) = (percent_encode(&measured.plan.key), percent_encode(&measured.period.key));
    let unit = percent_encode(&measured.unit.code);
    let slash = if last.is_empty() { "" } else { "/" };
    let mut address = format!("/staff/plans/{plan}/{period}{slash}{last}?unit={unit}");
    let (series, suspects) = (view.series.as_ref().map(word), view.suspects.as_ref().map(word));
    for (name, value) in [("series", series), ("suspects", suspects)] {
        if let Some(value) = value {
            // Writing to a String cannot fail.
            let _ = write!(address, "&{name}={value}");
        }
    }
    if let Some(version) = view.version {
        let _ = write!(address, "&version={version}");
    }
    address
}

/// A part of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// The first screen, and every target.
    #[default]
    Glance,
    /// Fields and factors.
    Fields,
    /// Criteria, the weakest first.
    Criteria,
    /// Offices and points.
    Places,
    /// Who answered, and how much was covered.
    Respondents,
    /// Remedies and tasks.
    Work,
    /// How it was measured, and figures of others.
    Method,
    /// Everything on one page, to print.
    All,
}

impl Tab {
    const ALL: [Tab; 8] =
        [Tab::Glance, Tab::Fields, Tab::Criteria, Tab::Places, Tab::Respondents, Tab::Work, Tab::Method, Tab::All];

    fn name(self) -> &'static str {
        match self {
            Tab::Glance => "Tổng quan",
            Tab::Fields => "Lĩnh vực, yếu tố",
            Tab::Criteria => "Tiêu chí",
            Tab::Places => "Đơn vị, điểm",
            Tab::Respondents => "Người trả lời",
            Tab::Work => "Khắc phục, nhiệm vụ",
            Tab::Method => "Cách đo",
            Tab::All => "Tất cả",
        }
    }

    /// The part in which a table stands.
    fn of(kind: TableKind) -> Self {
        match kind {
            TableKind::Targets | TableKind::TargetsByField | TableKind::Counts | TableKind::City => Tab::Glance,
            TableKind::Fields | TableKind::UnitFactors | TableKind::Factors => Tab::Fields,
            TableKind::Criteria | TableKind::Weak => Tab::Criteria,
            TableKind::Units | TableKind::Points => Tab::Places,
            TableKind::Profile
            | TableKind::Coverage
            | TableKind::CoveragePoints
            | TableKind::Questionnaire
            | TableKind::Choices
            | TableKind::Change
            | TableKind::Round
            | TableKind::Designed
            | TableKind::DesignedTargets
            | TableKind::DesignedVolunteers
            | TableKind::DesignedOutcomes
            | TableKind::DesignedWeights
            | TableKind::DesignedTotals
            | TableKind::InterviewList => Tab::Respondents,
            TableKind::Remedies | TableKind::Tasks => Tab::Work,
            TableKind::Ministry | TableKind::External | TableKind::Template | TableKind::Explored => Tab::Method,
        }
    }

    /// The part in which some blocks under one heading stand; those without a table are the method where they are last.
    fn of_blocks<'a>(mut blocks: impl Iterator<Item = &'a Block>, last: bool) -> Self {
        let table = blocks.find_map(|block| if let Block::Table(table) = block { Some(table.kind) } else { None });
        match table {
            Some(kind) => Tab::of(kind),
            None if last => Tab::Method,
            // Nothing to show yet: one sentence, after the targets.
            None => Tab::Glance,
        }
    }
}

/// The blocks of a report under its headings, without what the page's head says already.
fn headed(blocks: Vec<Block>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for block in blocks {
        if let Block::Heading(heading) = block {
            parts.push(Part { heading: heading.text, folded: false, blocks: Vec::new() });
        } else if let Some(part) = parts.last_mut() {
            part.blocks.push(block);
        }
    }
    // The first part repeats the page's head.
    if !parts.is_empty() {
        parts.remove(0);
    }
    parts
}

/// The parts of the page that have something in them.
fn tabs(measured: &Measured, view: &View, blocks: &[Block]) -> Vec<(&'static str, String, bool)> {
    let parts = headed(blocks.to_vec());
    let last = parts.len();
    let filled: Vec<Tab> =
        parts.iter().enumerate().map(|(place, part)| Tab::of_blocks(part.blocks.iter(), place + 1 == last)).collect();
    let here = view.part.unwrap_or_default();
    let shown = |tab: &Tab| matches!(tab, Tab::Glance | Tab::All) || filled.contains(tab) || *tab == here;
    let address = |tab: Tab| {
        let mut address = address_of(measured, view, "");
        if tab != Tab::Glance {
            // Writing to a String cannot fail.
            let _ = write!(address, "&part={}", word(&tab));
        }
        address
    };
    Tab::ALL.into_iter().filter(shown).map(|tab| (tab.name(), address(tab), tab == here)).collect()
}

/// The report's parts that stand on a part of the page, in the order in which a screen is read: targets, what to mend, fields. Numbers of headings
/// and tables are left out: they belong to the letter, whose order is another.
fn parts(blocks: Vec<Block>, tab: Tab) -> Vec<Part> {
    let parts = headed(blocks);
    let last = parts.len();
    let place_of = |tab: Tab| Tab::ALL.iter().position(|known| *known == tab).unwrap_or(0);
    let mut placed: Vec<(usize, Part)> = Vec::new();
    for (number, part) in parts.into_iter().enumerate() {
        let own = Tab::of_blocks(part.blocks.iter(), number + 1 == last);
        if tab == Tab::All || own == tab {
            // Folded where other things stand on the page; long tables are what the other parts are for.
            let folded = matches!(tab, Tab::All | Tab::Glance);
            let weak =
                part.blocks.iter().any(|block| matches!(block, Block::Table(table) if table.kind == TableKind::Weak));
            placed.push((place_of(own) * 2 + usize::from(!weak), Part { folded, ..part }));
        }
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, part)| part).collect()
}
