//! What a survey round hands out: numbered sheets and cards as PDF, its own figures as a page and as files.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Query};
use askama::Template;

use super::rounds::round_of;
use crate::clock;
use crate::db::{Round, RoundOffice, Unit};
use crate::error::{Reason, Refusal};
use crate::plan::round::{Returns, Selection, printed};
use crate::print::paper::{Paper, numbered};
use crate::print::round_card::{RoundCards, round_cards};
use crate::report::model::Block;
use crate::report::{Language, format};
use crate::service::report_file::{Format, bytes};
use crate::service::rounds;
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// What is asked for.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    /// `sheets` or `cards`.
    what: Option<String>,
    /// Code of the office; the first of the user's if left out.
    office: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/plans/round_figures.html")]
struct FiguresPage {
    frame: Frame,
    round: String,
    back: String,
    /// Address of the file without its ending; none for whoever may not take it.
    files: Option<String>,
    notes: Vec<String>,
    blocks: Vec<Block>,
}

/// `GET /staff/plans/{plan}/rounds/{round}/print.pdf?what=sheets|cards&office=…`: those of one office.
pub async fn print(
    app: Data<App>,
    user: Staff,
    path: Path<(String, i32)>,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let (_, round) = round_of(&app, &user, path.into_inner()).await?;
    let cards = match ask.what.as_deref() {
        None | Some("sheets") => false,
        Some("cards") => true,
        Some(_) => return Err(Reason::BadQuery.into()),
    };
    let wanted = ask.office.as_deref().filter(|office| !office.is_empty());
    let found = round.offices.iter().find_map(|office| {
        let unit = user.units.iter().find(|unit| unit.id == office.unit)?;
        wanted.is_none_or(|wanted| wanted == unit.code).then(|| (office.clone(), unit.clone()))
    });
    // Sheets of a sample from a frame are numbered before anybody is put into a cell.
    let found = match round.selection {
        Selection::FromFrame => whole_sample(&app, &user, &round).await?,
        Selection::Drawn | Selection::AsTheyCome => found,
    };
    let (office, unit) = found.ok_or(Reason::NotYours)?;
    let name =
        format!("{}-{}-{}", if cards { "the" } else { "phieu" }, printed(office.numbers.0), printed(office.numbers.1));
    let state = app.clone();
    // Hundreds of pages: never on a thread that serves requests.
    let made = app
        .costly
        .run(move || -> Result<Vec<u8>, Refusal> {
            let of = office.numbers.1.max(round.returns().issued);
            let numbers = office.numbers.0..=office.numbers.1;
            if cards {
                let until = format!("Xin trả phiếu trước hết ngày {}.", format::date(round.days.1));
                let cards = RoundCards { office: &unit.name_vi, round: &round.name, until: &until, of };
                return round_cards(&cards, numbers).map_err(Refusal::fault);
            }
            let form = state.db.form_by_id(round.form)?;
            let point = state.db.points(Some(&[office.unit]))?.into_iter().find(|point| point.point == office.point);
            let fields = state.db.fields()?.into_iter();
            let asked = point.as_ref().map(|point| point.fields.clone()).unwrap_or_default();
            let fields: Vec<String> =
                fields.filter(|field| asked.contains(&field.id)).map(|field| field.name_vi).collect();
            let paper = Paper {
                office: &unit.name_vi,
                point: &round.name,
                public_url: state.config.public_url.as_str(),
                code: point.as_ref().map_or("", |point| point.code.as_str()),
                questionnaire: &form.questionnaire,
                language: "vi",
                fields: if fields.len() > 1 { &fields } else { &[] },
            };
            numbered(&paper, numbers, of).map_err(Refusal::fault)
        })
        .await??;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/pdf"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.pdf\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(made))
}

/// All numbers drawn, substitutes included, under the plan's unit; none before people are drawn.
async fn whole_sample(app: &App, user: &SignedIn, round: &Round) -> Result<Option<(RoundOffice, Unit)>, Refusal> {
    let (db, id) = (app.db.clone(), round.id);
    let last = block(move || db.drawn(id)).await??.last().map(|drawn| drawn.sheet);
    let unit = user.units.iter().find(|unit| unit.id == round.unit).cloned();
    Ok(last.zip(unit).map(|(last, unit)| {
        let returns = Returns { issued: last, ..Returns::default() };
        (RoundOffice { unit: round.unit, point: 0, numbers: (1, last), returns, cell: None }, unit)
    }))
}

/// `GET /staff/plans/{plan}/rounds/{round}/figures`.
pub async fn show(app: Data<App>, user: Staff, path: Path<(String, i32)>) -> Result<HttpResponse, Refusal> {
    let (key, number) = path.into_inner();
    let back = format!("/staff/plans/{}/rounds/{number}", percent_encode(&key));
    let (plan, round) = round_of(&app, &user, (key, number)).await?;
    if !user.covers(&plan.unit) {
        return Err(Reason::NotYours.into());
    }
    let (db, name, demonstration) = (app.db.clone(), round.name.clone(), app.demo());
    let made = app.costly.run(move || rounds::report(&db, &round, Language::Vi, clock::today(), demonstration)).await?;
    let (_, report) = made?;
    let page = FiguresPage {
        frame: user.frame(&app),
        round: name,
        files: user.may(crate::access::Action::TakeReports).then(|| format!("{back}/report")),
        back,
        notes: report.banners,
        blocks: report.blocks,
    };
    Ok(send(StatusCode::OK, &page))
}

/// `GET /staff/plans/{plan}/rounds/{round}/report.{format}`.
pub async fn take(app: Data<App>, user: Staff, path: Path<(String, i32, String)>) -> Result<HttpResponse, Refusal> {
    let (key, number, format) = path.into_inner();
    let (plan, round) = round_of(&app, &user, (key, number)).await?;
    let format = Format::from_name(&format).filter(|_| user.covers(&plan.unit)).ok_or(Reason::NotYours)?;
    let (db, demonstration) = (app.db.clone(), app.demo());
    let made = app.costly.run(move || -> Result<Vec<u8>, Refusal> {
        let made = rounds::report(&db, &round, Language::Vi, clock::today(), demonstration);
        let (measured, report) = made?;
        bytes(&report, &measured.report, format).map_err(Refusal::fault)
    });
    let file = made.await??;
    tracing::info!(user = user.id, round = number, format = format.name(), "report of a survey round taken");
    let name = format!("dot-khao-sat-{}-{number}.{}", plan.key, format.name());
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, format.media_type()))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(file))
}
