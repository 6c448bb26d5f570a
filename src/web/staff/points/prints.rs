//! What is printed for service points: posters by the browser; as PDF posters A4 and A5, table cards, paper questionnaires.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Query};
use askama::Template;

use super::book::{Book, is_retired, shown_units};
use crate::clock;
use crate::db::{PointListed, Unit};
use crate::error::{Reason, Refusal};
use crate::print::paper::{Paper, paper};
use crate::print::poster::{self, Format, Poster};
use crate::print::qr;
use crate::service::hotline::hotline;
use crate::survey::code;
use crate::web::http::address::percent_encode;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

/// What is asked for.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    unit: Option<String>,
    code: Option<String>,
    what: Option<String>,
    lang: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/points/posters.html")]
struct PostersPage {
    frame: Frame,
    print: String,
    paper: Option<String>,
    posters: Vec<Shown>,
}

/// A poster on the page.
struct Shown {
    unit: String,
    unit_en: String,
    point: String,
    point_en: String,
    code: String,
    address: String,
}

/// `GET /staff/points/posters`: a sheet of paper a point, printed by the browser.
pub async fn posters(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let Some(units) = shown_units(&user, ask.unit.as_deref()) else { return Err(Reason::NotYours.into()) };
    let book = Book::of(&app, &user).await?;
    let today = clock::today();
    let units: HashMap<i32, &Unit> = units.iter().map(|unit| (unit.id, unit)).collect();
    let wanted = match ask.code.as_deref() {
        None => None,
        Some(typed) => match book.point(typed) {
            Some(point) => Some(point.code.clone()),
            None => return Err(Reason::NotYours.into()),
        },
    };
    let posters = book.points.iter().filter(|point| !is_retired(point, today)).filter_map(|point| {
        let unit = units.get(&point.unit)?;
        wanted.as_ref().is_none_or(|code| *code == point.code).then(|| Shown {
            unit: unit.name_vi.clone(),
            unit_en: unit.name_en.clone(),
            point: point.name_vi.clone(),
            point_en: point.name_en.clone(),
            code: point.code.clone(),
            address: qr::typed_url(&app.config.public_url, &point.code),
        })
    });
    let posters: Vec<Shown> = posters.collect();
    let print = match (&wanted, ask.unit.as_deref()) {
        (Some(code), _) => format!("/staff/points/print.pdf?code={code}"),
        (None, Some(unit)) => format!("/staff/points/print.pdf?unit={}", percent_encode(unit)),
        (None, None) => "/staff/points/print.pdf?unit=".to_owned(),
    };
    let paper = wanted.is_some().then(|| format!("{print}&what=paper"));
    Ok(send(StatusCode::OK, &PostersPage { frame: user.frame(&app), print, paper, posters }))
}

/// `GET /staff/points/print.pdf?what=a4|a5|card|paper&code=…` or `&unit=…`: every open point of the user's that is meant.
pub async fn pdf(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let wanted_code = ask.code.as_deref().map(code::normalise);
    let what = ask.what.clone().unwrap_or_else(|| "a4".to_owned());
    if !["a4", "a5", "card", "paper"].contains(&what.as_str()) {
        return Err(Reason::BadQuery.into());
    }
    let lang = ask.lang.clone().unwrap_or_else(|| "vi".to_owned());
    let unit = ask.unit.clone().filter(|unit| !unit.is_empty());
    let covered: Vec<i32> = user.units.iter().map(|unit| unit.id).collect();
    if unit.as_deref().is_some_and(|unit| !user.covers(unit)) {
        return Err(Reason::NotYours.into());
    }
    let state = app.clone();
    // Laying out a hundred posters takes a second: never on a thread that serves requests.
    let made = app
        .costly
        .run(move || -> Result<Option<Vec<u8>>, Refusal> {
            let db = &state.db;
            let mut units = covered;
            if let Some(unit) = unit {
                let below = db.subtree(&unit)?;
                units.retain(|id| below.contains(id));
            }
            let today = clock::today();
            let mut points: Vec<PointListed> = db.points(Some(&units))?;
            points.retain(|point| point.retired_on.is_none_or(|day| day > today));
            if let Some(code) = wanted_code {
                points.retain(|point| Some(&point.code) == code.as_ref());
            }
            if points.is_empty() {
                return Ok(None);
            }
            render(&state, &points, &what, &lang).map(Some)
        })
        .await??;
    let Some(bytes) = made else { return Err(Reason::NotYours.into()) };
    let name = ask.code.as_deref().and_then(code::normalise).unwrap_or_else(|| "cac-diem".to_owned());
    let disposition = format!("attachment; filename=\"sipas-{name}.pdf\"");
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/pdf"))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(bytes))
}

fn render(app: &App, points: &[PointListed], what: &str, lang: &str) -> Result<Vec<u8>, Refusal> {
    let tree = app.db.tree()?;
    let office = |point: &PointListed| tree.unit(point.unit).map_or("", |unit| unit.name_vi.as_str());
    let public_url = app.config.public_url.as_str();
    if what == "paper" {
        let point = &points[0];
        let Some(form) = app.db.newest_form(&point.form)? else {
            return Err(Refusal::fault("a point asks a questionnaire that is not published"));
        };
        let fields = app.db.fields()?.into_iter().filter(|field| point.fields.contains(&field.id));
        let fields: Vec<String> =
            fields.map(|field| if lang == "en" { field.name_en } else { field.name_vi }).collect();
        let sheet = Paper {
            office: office(point),
            point: &point.name_vi,
            public_url,
            code: &point.code,
            questionnaire: &form.questionnaire,
            language: lang,
            fields: if fields.len() > 1 { &fields } else { &[] },
        };
        return paper(&sheet).map_err(Refusal::fault);
    }
    let format = match what {
        "a5" => Format::A5,
        "card" => Format::Card,
        _ => Format::A4,
    };
    // A ward has many points and few units and questionnaires: each is asked for once.
    let (mut hotlines, mut seconds) = (HashMap::new(), HashMap::new());
    for point in points {
        if let Entry::Vacant(unknown) = hotlines.entry(point.unit) {
            unknown.insert(hotline(&app.db, point.unit)?);
        }
        if let Entry::Vacant(unknown) = seconds.entry(&*point.form) {
            let form = app.db.newest_form(&point.form)?;
            unknown.insert(form.map_or(60, |form| form.questionnaire.estimated_seconds));
        }
    }
    let list = points.iter().map(|point| Poster {
        office: office(point),
        point: &point.name_vi,
        public_url,
        code: &point.code,
        seconds: seconds[&*point.form],
        hotline: hotlines[&point.unit].as_deref(),
    });
    poster::posters(&list.collect::<Vec<_>>(), format).map_err(Refusal::fault)
}
