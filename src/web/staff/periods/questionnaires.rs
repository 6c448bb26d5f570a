//! `/staff/plans/{plan}/{period}/questionnaires`: what was asked that feeds no index, question by question, and as a workbook.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;

use super::figures::{View, address_of, figures};
use crate::access::Action;
use crate::clock;
use crate::error::{Reason, Refusal};
use crate::report::model::Block;
use crate::report::questionnaires::{HEADING, part};
use crate::report::words::plan::PlanWords as _;
use crate::report::{Language, format, xlsx};
use crate::service::figures::content;
use crate::service::report_file::Format;
use crate::web::http::block::block;
use crate::web::staff::download::attachment;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "staff/periods/questionnaires.html")]
struct QuestionnairesPage {
    frame: Frame,
    heading: &'static str,
    period: String,
    unit: String,
    days: String,
    figures: String,
    file: Option<String>,
    blocks: Vec<Block>,
}

/// `GET /staff/plans/{plan}/{period}/questionnaires`.
pub async fn show(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    view: Query<View>,
) -> Result<HttpResponse, Refusal> {
    let measured = figures(&app, &user, path.into_inner(), &view).await?.ok_or(Reason::NotYours)?;
    let content = part(content(&measured, Language::Vi, clock::today(), app.demo()));
    let page = QuestionnairesPage {
        frame: user.frame(&app),
        heading: HEADING.0,
        period: measured.period.name_vi(),
        unit: measured.unit.name_vi.clone(),
        days: format!("{} – {}", format::date(measured.period.from), format::date(measured.period.to)),
        figures: address_of(&measured, &view, ""),
        file: user.may(Action::TakeReports).then(|| address_of(&measured, &view, "questionnaires.xlsx")),
        blocks: content.blocks,
    };
    Ok(send(StatusCode::OK, &page))
}

/// `GET /staff/plans/{plan}/{period}/questionnaires.xlsx`.
pub async fn take(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    view: Query<View>,
) -> Result<HttpResponse, Refusal> {
    let measured = figures(&app, &user, path.into_inner(), &view).await?.ok_or(Reason::NotYours)?;
    let demonstration = app.demo();
    let (name, file) = block(move || {
        let name = format!("phieu-hoi-{}-{}-{}", measured.plan.key, measured.period.key, measured.unit.code);
        let content = part(content(&measured, Language::Vi, clock::today(), demonstration));
        xlsx::xlsx(&content).map(|file| (name, file))
    })
    .await?
    .map_err(Refusal::fault)?;
    tracing::info!(user = user.id, file = name, format = Format::Xlsx.name(), "report taken");
    Ok(attachment(&name, Format::Xlsx, file))
}
