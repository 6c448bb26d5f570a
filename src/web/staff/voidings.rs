//! Groups of sheets that count no more: which, why, by whom. They are made and undone at the command line.

use actix_web::http::StatusCode;
use actix_web::web::{Data, block};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::frame::{Frame, require, send};
use crate::access::Action;
use crate::app::App;
use crate::clock;
use crate::db::DbError;
use crate::report::{Language, format};
use crate::web::failure::Failure;

#[derive(Template)]
#[template(path = "staff/voidings.html")]
struct VoidingsPage {
    frame: Frame,
    lines: Vec<Line>,
}

struct Line {
    name: String,
    code: String,
    unit: String,
    days: String,
    sheets: String,
    suspects_only: bool,
    reason: String,
    by: String,
    on: String,
    undone: Option<String>,
}

/// `GET /staff/points/voidings`.
pub async fn show(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    let user = match require(&app, &request, Action::SeeFigures).await? {
        Ok(user) => user,
        Err(answer) => return Ok(answer),
    };
    let (db, ids) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<i32>>());
    let (points, mut voidings) =
        block(move || Ok::<_, DbError>((db.points(Some(&ids))?, db.voidings(&ids)?))).await??;
    voidings.sort_by_key(|voiding| std::cmp::Reverse(voiding.what.at));
    let on = |at| format::date(clock::civil_date(at));
    let lines = voidings.into_iter().filter_map(|voiding| {
        let what = voiding.what;
        let point = points.iter().find(|point| (point.unit, point.point) == (what.unit, what.point))?;
        Some(Line {
            name: point.name_vi.clone(),
            code: point.code.clone(),
            unit: user.unit_of_code(&point.unit_code).map(|unit| unit.name_vi.clone()).unwrap_or_default(),
            days: format!("{} – {}", format::date(what.from), format::date(what.to)),
            sheets: format::count(voiding.sheets, Language::Vi),
            suspects_only: what.suspects_only,
            reason: what.reason,
            by: what.by,
            on: on(what.at),
            undone: voiding.undone.map(|(reason, by, at)| format!("Khôi phục {} bởi {by}: {reason}", on(at))),
        })
    });
    let lines = lines.collect();
    Ok(send(StatusCode::OK, &VoidingsPage { frame: user.frame(&app), lines }))
}
