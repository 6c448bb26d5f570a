//! How a unit stands in the running periods, for whoever answers for it: its own figures so far, target by target, and how long
//! until the cut-off. Nothing of any other unit.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;

use crate::clock;
use crate::db::{Db, DbError};
use crate::error::{Reason, Refusal};
use crate::index::{Suspects, Verdict};
use crate::report::words::plan::PlanWords as _;
use crate::report::{Language, format, projection, small_fields, words};
use crate::service::figures::{self, MeasureError, Measured, Question, measure, official_series};
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::Staff;
use crate::web::staff::ward::{address_of_unit, sole_ward, ward_above};
use crate::web::state::App;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    unit: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/periods/progress.html")]
struct ProgressPage {
    frame: Frame,
    unit: String,
    /// Code, name, chosen.
    units: Vec<(String, String, bool)>,
    plans: Vec<PlanLine>,
    /// Remedies that the unit answers for and still owes: work, due day, whether it is late.
    remedies: Vec<(String, String, bool)>,
    all_remedies: String,
    /// Closed periods of which nothing can be read: name of the period, title of the plan, address of its closing.
    unreadable: Vec<(String, String, String)>,
}

struct PlanLine {
    title: String,
    period: String,
    days: String,
    left: String,
    address: String,
    respondents: String,
    series: &'static str,
    waiting: Option<String>,
    targets: Vec<TargetLine>,
}

struct TargetLine {
    title: String,
    minimum: String,
    figure: String,
    interval: String,
    class: &'static str,
    verdict: &'static str,
    /// Why nothing can be said, and which fields and questionnaires have too few answers.
    why: String,
    /// What the verdict will most likely be at the cut-off.
    heading: Option<&'static str>,
}

/// `GET /staff/progress?unit=…`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let asked = ask.unit.as_deref().filter(|code| !code.is_empty());
    let found = match asked {
        Some(code) => user.unit_of_code(code),
        None => user.own_unit(),
    };
    let Some(unit) = found.cloned() else { return Err(Reason::NotYours.into()) };
    let (db, code) = (app.db.clone(), unit.code.clone());
    let Running { measured, unreadable } = app.costly.run(move || db.figures(|db| read(db, &code))).await??;
    // The ward of the unit that is shown, not of whoever looks.
    let ward = match ward_above(&user, &unit.code) {
        Some(ward) => Some(ward.clone()),
        None => sole_ward(&app, &user).await?,
    };
    let all_remedies = address_of_unit(&user, "/staff/remedies", &unit.code);
    let (db, id, today) = (app.db.clone(), unit.id, clock::today());
    let remedies = block(move || ward.map_or(Ok(Vec::new()), |ward| db.remedies(&[ward.id]))).await??;
    let owed = remedies.into_iter().filter(|remedy| {
        remedy.state.is_owed() && (remedy.office == Some(id) || (remedy.office.is_none() && remedy.unit == id))
    });
    let page = ProgressPage {
        remedies: owed
            .map(|remedy| (remedy.work, format::date(remedy.due), remedy.state.is_late(remedy.due, today)))
            .collect(),
        all_remedies,
        frame: user.frame(&app),
        unit: unit.name_vi,
        units: user
            .units
            .iter()
            .filter(|known| known.valid_to.is_none())
            .map(|known| (known.code.clone(), known.name_vi.clone(), known.code == unit.code))
            .collect(),
        plans: measured.iter().map(line).collect(),
        unreadable,
    };
    Ok(send(StatusCode::OK, &page))
}

/// What stands on the page.
#[derive(Default)]
struct Running {
    measured: Vec<Measured>,
    unreadable: Vec<(String, String, String)>,
}

/// The figures of a unit in the running period of every plan that binds it.
fn read(db: &Db, unit: &str) -> Result<Running, DbError> {
    let today = clock::today();
    let mut found = Running::default();
    let tree = db.tree()?;
    let binding = tree.of_code(unit).map(|unit| Ok::<_, DbError>(db.plan_book()?.binding(&tree, unit.id)));
    for plan in binding.transpose()?.unwrap_or_default().iter().map(|stored| &stored.plan) {
        let Some(period) = plan.current_period(today).filter(|period| period.from <= today) else { continue };
        let question = Question {
            plan: plan.key.clone(),
            period: period.key.clone(),
            unit: Some(unit.to_owned()),
            series: match official_series(db, &plan.key, &period.key, None) {
                Ok(series) => series,
                Err(MeasureError::Database(error)) => return Err(error),
                Err(_) => continue,
            },
            suspects: Suspects::In,
            live: false,
            today,
        };
        match measure(db, &question) {
            Ok(measured) => found.measured.push(measured),
            Err(MeasureError::Database(error)) => return Err(error),
            Err(error @ MeasureError::Unreadable { .. }) => {
                tracing::error!(%error, "a closed period is only named");
                let address = super::found::address(plan, period);
                found.unreadable.push((period.name_vi(), plan.title_vi.clone(), address));
            }
            // A plan of another ward.
            Err(_) => {}
        }
    }
    Ok(found)
}

fn line(measured: &Measured) -> PlanLine {
    let Measured { plan, period, report, unit, .. } = measured;
    let language = Language::Vi;
    let minima: Vec<f64> = report.targets.iter().map(|target| target.minimum).collect();
    let most =
        report.fields.iter().filter_map(|node| node.shown()).map(|field| field.estimate.respondents).sum::<u64>();
    let today = clock::today();
    let names = figures::names(measured, language);
    let targets = report.targets.iter().map(|target| {
        let estimate = target.estimate.as_ref();
        TargetLine {
            title: plan.target(&target.target).map_or_else(|| target.target.clone(), |known| known.title_vi.clone()),
            minimum: format::minimum(target.minimum, language),
            figure: estimate.map_or_else(|| "–".to_owned(), |found| format::share(found.value, &minima, language)),
            interval: estimate
                .map_or_else(String::new, |found| format::interval(found.low, found.high, &minima, language)),
            class: match target.verdict {
                Verdict::Met => "met",
                Verdict::NotMet => "not_met",
                Verdict::CannotSay => "cannot_say",
            },
            verdict: words::verdict(target.verdict, language),
            why: small_fields::why(target, &names, language),
            heading: target.outlook.map(|known| projection::heading(known.heading, language)),
        }
    });
    PlanLine {
        title: plan.title_vi.clone(),
        period: period.name_vi(),
        days: format!("{} – {}", format::date(period.from), format::date(period.to)),
        left: match (period.to - today).num_days() {
            days if days > 0 => format!("còn {days} ngày đến ngày chốt số liệu"),
            0 => "hôm nay là ngày chốt số liệu".to_owned(),
            _ => "hết thời gian thu thập".to_owned(),
        },
        address: format!(
            "/staff/plans/{}/{}?unit={}",
            percent_encode(&plan.key),
            percent_encode(&period.key),
            percent_encode(&unit.code)
        ),
        respondents: format::count(most, language),
        series: words::series(report.series, language),
        waiting: if report.unit == plan.unit {
            words::waiting(report, language)
        } else {
            Some(words::offices_as_of(report, language))
        },
        targets: targets.collect(),
    }
}
