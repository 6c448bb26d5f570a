//! Earlier and official figures of others: those known, and the file that brings more.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::Words;
use crate::access::{Action, AuditedAction, may};
use crate::db::{DbError, ImportKind};
use crate::error::Refusal;
use crate::plan::ExternalFigure;
use crate::report::external::index_name;
use crate::report::words::plan::period_name;
use crate::report::{Language, format};
use crate::web::http::block::block;
use crate::web::staff::imports;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

const WORDS: Words = Words {
    kind: ImportKind::Figures,
    address: "/staff/figures/import",
    begins: None,
    template: "/staff/figures/template.xlsx",
    file: "so-lieu-truoc-day.xlsx",
    done: "/staff/figures?done=",
    list: "/staff/figures",
    list_name: "Số liệu trước đây",
    heading: "Nhập số liệu trước đây từ tệp",
    about: "Mỗi dòng một kết quả: đơn vị, chỉ số, lĩnh vực (để trống là tất cả), kỳ, tỷ lệ hài lòng, số người trả lời nếu có, và \
            nguồn. Dòng mới thay dòng cũ của cùng đơn vị, chỉ số, lĩnh vực, kỳ và nguồn.",
    action: AuditedAction::ImportFigures,
};

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<usize>,
}

#[derive(Template)]
#[template(path = "staff/imports/external_figures.html")]
struct FiguresPage {
    frame: Frame,
    done: Option<String>,
    may_import: bool,
    lines: Vec<Line>,
}

struct Line {
    unit: String,
    index: &'static str,
    field: String,
    period: String,
    value: String,
    respondents: String,
    source: String,
}

/// `GET /staff/figures`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let (db, ids) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<i32>>());
    let (figures, fields) = block(move || Ok::<_, DbError>((db.outside_figures(&ids)?, db.fields()?))).await??;
    let language = Language::Vi;
    let line = |figure: ExternalFigure| Line {
        unit: user
            .units
            .iter()
            .find(|unit| unit.id == figure.unit)
            .map_or_else(String::new, |unit| unit.name_vi.clone()),
        index: index_name(figure.index, language),
        field: figure.field.map_or_else(
            || "Tất cả lĩnh vực".to_owned(),
            |code| fields.iter().find(|field| field.code == code).map_or(code.clone(), |field| field.name_vi.clone()),
        ),
        period: period_name(&figure.period, language),
        value: format::share(figure.value, &[], language),
        respondents: figure.respondents.map_or_else(|| "–".to_owned(), |count| format::count(count, language)),
        source: figure.source,
    };
    let page = FiguresPage {
        done: ask.done.map(|rows| format!("Đã lưu {} dòng.", format::count(rows as u64, language))),
        may_import: may(user.role, Action::ImportNumbers),
        lines: figures.into_iter().map(line).collect(),
        frame: user.frame(&app),
    };
    Ok(send(StatusCode::OK, &page))
}

/// `GET /staff/figures/import`.
pub async fn form(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    Ok(imports::form(&app, &user, WORDS))
}

/// `POST /staff/figures/import`.
pub async fn submit(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    imports::submit(&app, &user, &request, body, WORDS).await
}

/// `GET /staff/figures/template.xlsx`.
pub async fn template() -> Result<HttpResponse, Refusal> {
    imports::template(WORDS).await
}
