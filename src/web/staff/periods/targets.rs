//! The registry of targets: every plan, every period that has begun, every target with its verdict, where it is heading, what
//! would settle it and what contributions it down.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDate;

use super::found::address;
use super::grid::{Grid, grid};
use crate::clock;
use crate::error::Refusal;
use crate::exchange::import::plain;
use crate::index::Verdict;
use crate::index::result::CountResult;
use crate::index::result::Prospect;
use crate::index::selection::{false_verdicts, hold_together, tipping, uneven};
use crate::plan::Plan;
use crate::report::words::plan::{PlanWords as _, clause};
use crate::report::{Language, counts, format, projection, selection, small_fields, words};
use crate::service::targets::{PeriodStanding, Standing, TargetTracking, standing};
use crate::sheet::tally::Series;
use crate::web::http::block::block;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::pages::Pages;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

#[derive(Template)]
#[template(path = "staff/periods/targets.html")]
struct TargetsPage {
    frame: Frame,
    counts: Vec<(&'static str, &'static str, usize)>,
    plans: Vec<PlanPart>,
    /// Plans whose days are over and whose periods are all closed.
    past: Vec<PlanPart>,
    /// Whether there are more plans than fit on a page.
    many: bool,
    q: String,
    /// Number, address, whether it is this one.
    pages: Vec<(usize, String, bool)>,
}

/// Plans on one page: each is computed in every period that has begun.
const PLANS_ON_A_PAGE: usize = 10;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    q: Option<String>,
    page: Option<usize>,
}

struct PlanPart {
    title: String,
    /// None for whoever belongs to a part of the plan's unit.
    about: Option<String>,
    unit: String,
    grid: Grid,
    periods: Vec<PeriodPart>,
    /// Closed periods that cannot be read: name, and the address of their files.
    unreadable: Vec<(String, Option<String>)>,
}

struct PeriodPart {
    name: String,
    address: String,
    days: String,
    so_far: bool,
    /// The series of its figures, in words.
    series: &'static str,
    targets: Vec<Line>,
    /// Of many verdicts: how many false ones are to be expected.
    many: Option<String>,
    /// Points whose answers and cases lie far apart.
    uneven: Option<String>,
    counted: Vec<CountLine>,
}

struct CountLine {
    title: String,
    clause: String,
    said: String,
    class: &'static str,
    verdict: String,
}

struct Line {
    title: String,
    clause: String,
    minimum: String,
    figure: Option<String>,
    interval: String,
    class: &'static str,
    verdict: &'static str,
    why: String,
    heading: Option<(&'static str, &'static str)>,
    outlook: Option<String>,
    settle: Option<String>,
    /// Whether the verdict holds among all of its list.
    holds: bool,
    /// Who answered beside who could have, and what would turn the verdict.
    selection: Option<String>,
    contributions: Vec<String>,
    points: Vec<String>,
}

/// `GET /staff/targets`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let (db, own) = (app.db.clone(), user.unit);
    let mut all = block(move || db.plans_about(own)).await??;
    let many = all.len() > PLANS_ON_A_PAGE;
    let wanted = plain(ask.q.as_deref().unwrap_or_default());
    all.retain(|stored| {
        let text = plain(&format!("{} {}", stored.plan.unit_name, stored.plan.title_vi));
        wanted.split(' ').all(|word| text.contains(word))
    });
    let today = clock::today();
    // What runs first, on whichever page; then what is over, and last what has not begun and has nothing to show.
    all.sort_by_key(|stored| (stored.plan.from > today, stored.plan.to < today));
    let query = [("q", ask.q.as_deref())];
    let Pages { shown, links } = Pages::of(all, ask.page, PLANS_ON_A_PAGE, "/staff/targets", &query);
    let db = app.db.clone();
    let who = user.clone();
    let read = move || db.figures(|db| standing(db, &shown, |plan| who.part_of(&plan.unit), today));
    let plans = app.costly.run(read).await??;
    let current: Vec<Standing<'_>> = plans
        .iter()
        .flat_map(|plan| &plan.periods)
        .filter(|period| period.report.so_far)
        .flat_map(PeriodStanding::targets)
        .collect();
    let headed = |wanted: Prospect| {
        current.iter().filter(|line| line.target.outlook.is_some_and(|outlook| outlook.heading == wanted)).count()
    };
    let heading_counts = [Prospect::OutOfReach, Prospect::AtRisk, Prospect::Undecided, Prospect::OnCourse]
        .map(|heading| (projection::heading(heading, Language::Vi), class_of(heading), headed(heading)));
    let parts =
        plans.iter().enumerate().map(|(place, plan)| (waits_for_nothing(plan, today), part(&user, plan, place)));
    let (past, present): (Vec<_>, Vec<_>) = parts.partition(|(past, _)| *past);
    let only = |parts: Vec<(bool, PlanPart)>| parts.into_iter().map(|(_, part)| part).collect();
    let page = TargetsPage {
        frame: user.frame(&app),
        counts: heading_counts.into_iter().filter(|(.., count)| *count > 0).collect(),
        plans: only(present),
        past: only(past),
        many,
        q: ask.q.clone().unwrap_or_default(),
        pages: links,
    };
    Ok(send(StatusCode::OK, &page))
}

/// Whether a plan is over and every period of it was closed: nobody has anything to do about it any more.
fn waits_for_nothing(standing: &TargetTracking, today: NaiveDate) -> bool {
    let closed = |period: &PeriodStanding| period.closed;
    standing.plan.to < today && standing.unreadable.is_empty() && standing.periods.iter().all(closed)
}

fn class_of(heading: Prospect) -> &'static str {
    match heading {
        Prospect::OnCourse => "met",
        Prospect::AtRisk | Prospect::Undecided => "cannot_say",
        Prospect::OutOfReach => "not_met",
    }
}

fn part(user: &SignedIn, standing: &TargetTracking, place: usize) -> PlanPart {
    let plan = &standing.plan;
    let whole = user.covers(&plan.unit);
    let periods = standing.periods.iter().map(|period| {
        let results = &period.report.targets;
        let list: Vec<_> =
            results.iter().map(|target| (target.estimate.as_ref(), target.minimum, target.verdict)).collect();
        let holds = hold_together(&list);
        let figures = list.iter().filter(|(estimate, ..)| estimate.is_some()).count();
        let many = (figures > 1).then(|| {
            let holding = holds.iter().filter(|holds| **holds).count();
            selection::many(figures, holding, false_verdicts(figures), Language::Vi)
        });
        PeriodPart {
            name: period.period.name_vi(),
            address: format!("/staff/plans/{}/{}", plan.key, period.period.key),
            days: format!("{} – {}", format::date(period.period.from), format::date(period.period.to)),
            so_far: period.report.so_far,
            series: words::series(period.report.series, Language::Vi),
            targets: period.targets().zip(holds).map(|(target, holds)| line(plan, period, &target, holds)).collect(),
            many,
            uneven: selection::uneven(&uneven(period.report.coverage.as_ref()), &period.names, Language::Vi),
            counted: period.report.counts.iter().map(|count| count_line(plan, count)).collect(),
        }
    });
    PlanPart {
        title: plan.title_vi.clone(),
        about: whole.then(|| format!("/staff/plans/{}/about", plan.key)),
        unit: user.own_unit().filter(|_| !whole).map_or_else(
            || plan.unit_name.clone(),
            |own| format!("{}: phần của {}", plan.unit_name, format::in_a_sentence(&own.name_vi)),
        ),
        grid: grid(standing, place),
        periods: periods.collect(),
        unreadable: standing
            .unreadable
            .iter()
            .map(|period| (period.name_vi(), whole.then(|| address(plan, period))))
            .collect(),
    }
}

fn count_line(plan: &Plan, count: &CountResult) -> CountLine {
    let language = Language::Vi;
    CountLine {
        title: counts::name(plan, count, language),
        clause: clause(&count.clause, Language::Vi),
        said: counts::said(count, language),
        class: class_of_verdict(count.verdict),
        verdict: counts::verdict(count, language),
    }
}

pub(super) fn class_of_verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "met",
        Verdict::NotMet => "not_met",
        Verdict::CannotSay => "cannot_say",
    }
}

fn line(plan: &Plan, period: &PeriodStanding, standing: &Standing<'_>, holds: bool) -> Line {
    let (target, language) = (standing.target, Language::Vi);
    let minima = [target.minimum];
    let title = plan.target(&target.target).map_or_else(|| target.target.clone(), |known| known.title_vi.clone());
    Line {
        title,
        clause: clause(&target.clause, Language::Vi),
        minimum: format::minimum(target.minimum, language),
        figure: target.estimate.as_ref().map(|estimate| format::share(estimate.value, &minima, language)),
        interval: target
            .estimate
            .as_ref()
            .map_or_else(String::new, |estimate| format::interval(estimate.low, estimate.high, &minima, language)),
        class: class_of_verdict(target.verdict),
        verdict: words::verdict(target.verdict, language),
        why: small_fields::why(target, &period.names, language),
        heading: target.outlook.map(|known| (projection::heading(known.heading, language), class_of(known.heading))),
        outlook: projection::outlook(target, language),
        settle: projection::further_sample(target, language),
        holds,
        selection: (period.report.series == Series::Open)
            .then(|| selection::said(target, tipping(target, period.report.coverage.as_ref()), language))
            .flatten(),
        contributions: standing
            .contributions
            .iter()
            .map(|pull| projection::pull(pull, &period.names, target.minimum, language))
            .collect(),
        points: target.low_points.iter().map(|point| period.names.point(point.unit, point.point)).collect(),
    }
}
