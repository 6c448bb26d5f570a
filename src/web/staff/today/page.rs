//! `/staff/`: what is to be done, how it stands, and the periods: the present on top, what is past folded.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use chrono::NaiveDate;

use super::first_steps;
use super::tasks::{LISTED, Owed, Task, tasks};
use super::tiles::{Tile, tiles};
use crate::access::Action;
use crate::clock;
use crate::db::UnitKind;
use crate::error::Refusal;
use crate::plan::closing::State;
use crate::plan::{Period, Plan};
use crate::report::format;
use crate::report::words::plan::PlanWords as _;
use crate::service::figures::MeasureError;
use crate::service::second_person::{self, Approver};
use crate::service::today::{PlanToday, Whose, today};
use crate::web::http::address::percent_encode;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::periods::standing;
use crate::web::staff::signed_in::Staff;
use crate::web::staff::ward::{office_told, sole_ward};
use crate::web::staff::warnings::unread;
use crate::web::state::App;

/// The most complaints that are counted.
const COMPLAINTS_MAX: u32 = 1000;

#[derive(Template)]
#[template(path = "staff/today/page.html")]
struct TodayPage {
    frame: Frame,
    day: String,
    tasks: Vec<Task>,
    /// Those that are less urgent.
    further: Vec<Task>,
    tiles: Vec<Tile>,
    plans: Vec<PlanPart>,
    past: Vec<PlanPart>,
    /// Plans of other units that stand in the overview.
    elsewhere: usize,
    may_change_plans: bool,
    /// What a plan owner of an office is told.
    office: Option<String>,
    /// How many of the first steps are behind, and of how many, while some are not.
    first_steps: Option<(usize, usize)>,
}

struct PlanPart {
    title: String,
    about: Option<String>,
    unit: String,
    number: String,
    /// The periods that run or wait for something.
    now: Vec<Line>,
    /// Those that are out.
    done: Vec<Line>,
    /// Those that have not begun.
    coming: Vec<Line>,
}

struct Line {
    name: String,
    address: String,
    days: String,
    due: String,
    state: String,
    current: bool,
    assumed: bool,
}

/// `GET /staff/`.
pub async fn show(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    if !user.may(Action::SeeFigures) {
        // Whoever only keys sheets begins there.
        return Ok(see_other("/staff/entry"));
    }
    let day = clock::today();
    let ward = sole_ward(&app, &user).await?;
    let of_tasks = ward.as_ref().map(|ward| ward.code.clone());
    let wards = user.units.iter().filter(|unit| matches!(unit.kind, UnitKind::Ward | UnitKind::Commune)).count();
    let approver = Approver {
        name: user.name.clone(),
        units: user.units.iter().filter(|_| user.may(Action::ApproveComplaints)).map(|unit| unit.id).collect(),
        ward: ward
            .as_ref()
            .filter(|ward| user.may(Action::PublishPeriods) && user.covers(&ward.code))
            .map(|ward| ward.id),
        quotes: user.may(Action::CheckPeriods),
    };
    let whose = Whose {
        ward: ward.filter(|ward| ward.id == user.unit || wards < 2).map(|ward| ward.id),
        units: user.units.iter().map(|unit| (unit.id, unit.code.clone())).collect(),
        own: user.unit,
        own_code: user.own_unit().map(|unit| unit.code.clone()).unwrap_or_default(),
        approves: user.may(Action::ApprovePeriods),
    };
    let (db, reads, who) = (app.db.clone(), user.may(Action::ReadComplaints), user.clone());
    let read = move || {
        let ids: Vec<i32> = whose.units.iter().map(|(id, _)| *id).collect();
        let complaints = if reads { db.complaints(&ids, COMPLAINTS_MAX)? } else { Vec::new() };
        let owed = Owed::of(&complaints, day);
        let found = db.figures(|db| today(db, &whose, day))?;
        let waiting = second_person::waiting(&db, &approver, &complaints, &found.plans)?;
        Ok::<_, MeasureError>((found, owed, waiting, unread(&db, &who)?))
    };
    let (found, owed, waiting, warnings) = app.costly.run(read).await??;
    let mut tasks = tasks(&user, &found, (owed, &waiting), of_tasks.as_deref(), day);
    let further = tasks.split_off(tasks.len().min(LISTED));
    let tiles = tiles(&found, reads.then_some(owed.open), warnings);
    let first_steps = if user.may(Action::SetUp) {
        let steps = first_steps::of(&app, &user).await?;
        steps.next().map(|_| (steps.behind(), steps.steps.len()))
    } else {
        None
    };
    let unit = user.own_unit().map(|unit| unit.code.clone()).unwrap_or_default();
    let (past, present): (Vec<&PlanToday>, Vec<&PlanToday>) =
        found.plans.iter().partition(|plan| plan.plan.to < day && waits_for_nothing(plan, day));
    let part = |plan: &PlanToday| part(plan, &unit, day);
    let page = TodayPage {
        frame: user.frame(&app),
        day: format::date(day),
        tasks,
        further,
        tiles,
        plans: present.into_iter().map(part).collect(),
        past: past.into_iter().map(part).collect(),
        elsewhere: found.elsewhere,
        may_change_plans: user.may(Action::ChangePlans),
        office: office_told(&user),
        first_steps,
    };
    Ok(send(StatusCode::OK, &page))
}

/// Whether every period of a plan is out, or has been over for a year.
fn waits_for_nothing(plan: &PlanToday, day: NaiveDate) -> bool {
    let over = |period: &Period| (day - period.to).num_days() > 365;
    let out = |period: &Period| standing::state_of(period, &plan.closings) == State::Published;
    plan.plan.periods.iter().all(|period| over(period) || out(period))
}

fn part(found: &PlanToday, unit: &str, day: NaiveDate) -> PlanPart {
    let plan = &found.plan;
    // Who belongs to a part of the plan's unit is shown that part, and not the plan's own page.
    let of_unit = if found.covers { String::new() } else { format!("?unit={}", percent_encode(unit)) };
    let running = plan.current_period(day).filter(|period| period.contains(day)).map(|period| period.key.clone());
    let (mut now, mut done, mut coming) = (Vec::new(), Vec::new(), Vec::new());
    for period in &plan.periods {
        let state = standing::state_of(period, &found.closings);
        let line = line(plan, period, state, running.as_deref(), &of_unit, day);
        match state {
            _ if day < period.from => coming.push(line),
            State::Published => done.push(line),
            _ => now.push((period.to, line)),
        }
    }
    // The running ones first, the nearest cut-off on top; then what waits, the newest first.
    now.sort_by_key(|(to, _)| (*to < day, if *to < day { day - *to } else { *to - day }));
    PlanPart {
        title: plan.title_vi.clone(),
        about: found.covers.then(|| format!("/staff/plans/{}/about", plan.key)),
        unit: plan.unit_name.clone(),
        number: plan.number.clone().unwrap_or_default(),
        now: now.into_iter().map(|(_, line)| line).collect(),
        done,
        coming,
    }
}

fn line(plan: &Plan, period: &Period, state: State, running: Option<&str>, of_unit: &str, day: NaiveDate) -> Line {
    Line {
        name: period.name_vi(),
        address: format!("/staff/plans/{}/{}{of_unit}", plan.key, period.key),
        days: format!("{} – {}", format::date(period.from), format::date(period.to)),
        due: period.due.map_or_else(|| "–".to_owned(), format::date),
        state: standing::standing(period, state, day),
        current: running == Some(&period.key),
        assumed: period.assumed,
    }
}
