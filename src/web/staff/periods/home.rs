//! Where the staff pages begin: the plans of the user's units with their periods.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, block};
use askama::Template;

use crate::access::Action;
use crate::clock;
use crate::error::Refusal;
use crate::plan::{Period, Plan};
use crate::report::format;
use crate::web::staff::layout::{Frame, percent_encode, see_other, send};
use crate::web::staff::session::Staff;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "staff/periods/home.html")]
struct ChoosePage {
    frame: Frame,
    plans: Vec<PlanLine>,
    can_add: bool,
}

struct PlanLine {
    title: String,
    about: Option<String>,
    number: String,
    unit: String,
    /// Periods with answers: closed ones and the running ones.
    periods: Vec<PeriodLine>,
    /// Periods that have not begun.
    coming: Vec<PeriodLine>,
    targets: usize,
}

struct PeriodLine {
    name: String,
    address: String,
    days: String,
    due: String,
    state: String,
    current: bool,
    assumed: bool,
}

/// `GET /`: to the staff pages; citizens come by code.
pub async fn home() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, "/staff/")).finish()
}

/// `GET /staff/`: the plans of the user's units.
pub async fn show(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    if !user.may(Action::SeeFigures) {
        // Whoever only keys sheets begins there.
        return Ok(see_other("/staff/entry"));
    }
    let db = app.db.clone();
    let covered: Vec<String> = user.units.iter().map(|unit| unit.code.clone()).collect();
    let (own, unit) = (user.unit, user.own_unit().map(|unit| unit.code.clone()).unwrap_or_default());
    let plans = block(move || {
        let mut found = Vec::new();
        for plan in db.plans()?.into_iter().map(|stored| stored.plan) {
            let covers = covered.contains(&plan.unit);
            if covers || db.subtree(&plan.unit)?.contains(&own) {
                found.push((plan, covers));
            }
        }
        Ok::<_, crate::db::DbError>(found)
    });
    let today = clock::today();
    let lines = plans.await??.into_iter().map(|(plan, covers)| {
        // Who belongs to a part of the plan's unit is shown that part, and not the plan's own page.
        let of_unit = if covers { String::new() } else { format!("?unit={}", percent_encode(&unit)) };
        let (coming, begun): (Vec<&Period>, Vec<&Period>) = plan.periods.iter().partition(|period| today < period.from);
        PlanLine {
            about: covers.then(|| format!("/staff/plans/{}/about", plan.key)),
            periods: period_lines(&plan, &begun, today, &of_unit),
            coming: period_lines(&plan, &coming, today, &of_unit),
            title: plan.title_vi,
            number: plan.number.unwrap_or_default(),
            unit: plan.unit_name,
            targets: plan.targets.len(),
        }
    });
    let plans = lines.collect();
    Ok(send(StatusCode::OK, &ChoosePage { frame: user.frame(&app), plans, can_add: user.may(Action::ChangePlans) }))
}

fn period_lines(plan: &Plan, periods: &[&Period], today: chrono::NaiveDate, of_unit: &str) -> Vec<PeriodLine> {
    let running = plan.current_period(today).filter(|period| period.contains(today)).map(|period| period.key.as_str());
    let line = |period: &Period| PeriodLine {
        name: period.name_vi(),
        address: format!("/staff/plans/{}/{}{of_unit}", plan.key, period.key),
        days: format!("{} – {}", format::date(period.from), format::date(period.to)),
        due: period.due.map_or_else(|| "–".to_owned(), format::date),
        state: state_of(period, today),
        current: running == Some(&period.key),
        assumed: period.assumed,
    };
    periods.iter().map(|period| line(period)).collect()
}

/// How far a period is, in words.
pub(in crate::web::staff) fn state_of(period: &Period, today: chrono::NaiveDate) -> String {
    if today < period.from {
        "Chưa bắt đầu".to_owned()
    } else if period.so_far(today) {
        "Đang thu thập".to_owned()
    } else {
        match period.working_days_left(today) {
            Some(left) if left >= 0 => format!("Đã chốt số liệu, còn {left} ngày làm việc để báo cáo"),
            _ => "Đã chốt số liệu".to_owned(),
        }
    }
}
