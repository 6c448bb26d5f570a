//! Which reports are late, which are due next, which are out: every period of the user's plans.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDate;

use super::found::{address, figures_address, state_of};
use crate::clock;
use crate::db::{Closing, DbError, PlanStored};
use crate::error::Refusal;
use crate::plan::closing::State;
use crate::plan::working_days::working_days_left;
use crate::plan::{Period, Plan};
use crate::report::format;
use crate::report::words::plan::PlanWords as _;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::pages::Pages;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// Reports due later than this many days ahead are not listed yet.
const AHEAD_DAYS: i64 = 92;
/// Periods on one page.
const LINES_ON_A_PAGE: usize = 200;

#[derive(Template)]
#[template(path = "staff/periods/deadlines.html")]
struct DuePage {
    frame: Frame,
    today: String,
    /// How many are late, and how many are out, on all pages.
    n_late: usize,
    n_out: usize,
    late: Vec<Line>,
    coming: Vec<Line>,
    open: Vec<Line>,
    out: Vec<Line>,
    /// Number, address, whether it is this one.
    pages: Vec<(usize, String, bool)>,
}

/// Under which heading a period stands, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Late,
    Coming,
    Open,
    Out,
}

/// What stands behind the `?` of the address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    page: Option<usize>,
}

struct Line {
    due: Option<NaiveDate>,
    unit: String,
    plan: String,
    period: String,
    address: String,
    cut_off: String,
    due_day: String,
    left: String,
    state: String,
    class: &'static str,
}

impl DuePage {
    fn groups(&self) -> Vec<(&'static str, &'static str, &Vec<Line>)> {
        let groups = [
            ("late", "Quá hạn", &self.late),
            ("coming", "Sắp đến hạn", &self.coming),
            ("open", "Hết thời gian thu thập, văn bản không nêu hạn", &self.open),
            ("out", "Đã công bố", &self.out),
        ];
        groups.into_iter().filter(|(_, _, lines)| !lines.is_empty()).collect()
    }
}

/// How long until a due day, or since, in working days; nothing where the report is out.
pub fn left(due: NaiveDate, today: NaiveDate, state: State) -> String {
    if state == State::Published {
        return "đã công bố".to_owned();
    }
    let left = working_days_left(today, due);
    match left {
        _ if due == today => "đến hạn hôm nay".to_owned(),
        left if due > today => format!("còn {left} ngày làm việc"),
        left => format!("quá hạn {} ngày làm việc", -left),
    }
}

/// `GET /staff/due`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let (db, who, today) = (app.db.clone(), user.clone(), clock::today());
    // Of a city's or the nation's plans there are many, and each has a line a period.
    let found = app.costly.run(move || {
        let plans = db.plans_about(who.unit)?;
        let keys: Vec<String> = plans.iter().map(|stored| stored.plan.key.clone()).collect();
        let closings = db.closings_of_plans(&keys)?;
        Ok::<_, DbError>(lines(&who, &plans, &closings, today))
    });
    let found = found.await??;
    let n_late = found.iter().filter(|(group, _)| *group == Group::Late).count();
    let n_out = found.iter().filter(|(group, _)| *group == Group::Out).count();
    let Pages { shown, links } = Pages::of(found, ask.page, LINES_ON_A_PAGE, "/staff/due", &[]);
    let mut page = DuePage {
        frame: user.frame(&app),
        today: format::date(today),
        n_late,
        n_out,
        late: Vec::new(),
        coming: Vec::new(),
        open: Vec::new(),
        out: Vec::new(),
        pages: links,
    };
    for (group, line) in shown {
        let lines = match group {
            Group::Late => &mut page.late,
            Group::Coming => &mut page.coming,
            Group::Open => &mut page.open,
            Group::Out => &mut page.out,
        };
        lines.push(line);
    }
    Ok(send(StatusCode::OK, &page))
}

/// The lines of all plans, in the order in which they stand in the pages.
fn lines(
    user: &SignedIn,
    plans: &[Arc<PlanStored>],
    closings: &HashMap<String, Vec<Closing>>,
    today: NaiveDate,
) -> Vec<(Group, Line)> {
    let mut found = Vec::new();
    for stored in plans {
        let closings = closings.get(&stored.plan.key).map_or(&[][..], Vec::as_slice);
        for period in &stored.plan.periods {
            let of_period: Vec<Closing> =
                closings.iter().filter(|closing| closing.period == period.key).cloned().collect();
            let state = state_of(&of_period);
            let line = line(user, &stored.plan, period, &of_period, today);
            let group = match period.due {
                _ if state == State::Published => Group::Out,
                Some(due) if due < today => Group::Late,
                Some(due) if (due - today).num_days() <= AHEAD_DAYS => Group::Coming,
                None if !period.so_far(today) => Group::Open,
                _ => continue,
            };
            found.push((group, line));
        }
    }
    found.sort_by(|(group, one), (other_group, other)| {
        let days = match group {
            Group::Out => other.due.cmp(&one.due),
            Group::Late | Group::Coming | Group::Open => {
                (one.due, &one.unit, &one.plan).cmp(&(other.due, &other.unit, &other.plan))
            }
        };
        group.cmp(other_group).then(days)
    });
    found
}

fn line(user: &SignedIn, plan: &Plan, period: &Period, closings: &[Closing], today: NaiveDate) -> Line {
    let state = state_of(closings);
    let reopened = closings.last().is_some_and(|closing| closing.state() == State::Reopened);
    let name = match state {
        State::Draft if reopened => "Đã mở lại, chưa khóa",
        State::Draft if period.so_far(today) => "Đang thu thập",
        State::Draft => "Chưa khóa",
        state => state.name_vi(),
    };
    let version = closings.last().filter(|closing| closing.version > 1 && !closing.state().is_open());
    let state_words = version.map_or(name.to_owned(), |closing| format!("{name} (phiên bản {})", closing.version));
    let late = period.due.is_some_and(|due| due < today) && state != State::Published;
    Line {
        due: period.due,
        unit: user.unit_of_code(&plan.unit).map_or_else(|| plan.unit_name.clone(), |unit| unit.name_vi.clone()),
        plan: plan.title_vi.clone(),
        period: period.name_vi(),
        // Closing is of the plan's whole unit; who belongs to a part of it is shown that part's figures.
        address: if user.covers(&plan.unit) { address(plan, period) } else { figures_address(plan, period) },
        cut_off: format::date(period.to),
        due_day: period.due.map_or_else(|| "–".to_owned(), format::date),
        left: period.due.map_or_else(String::new, |due| left(due, today, state)),
        state: state_words,
        class: match state {
            State::Published => "met",
            _ if late => "not_met",
            _ => "cannot_say",
        },
    }
}
