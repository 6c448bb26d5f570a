//! Cases handled: what is known by unit, field and month, and the file that brings more.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query, block};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{Months, NaiveDate};

use super::Words;
use crate::access::{Action, AuditedAction, may};
use crate::clock;
use crate::db::{DbError, ImportFile, ImportKind};
use crate::error::Refusal;
use crate::report::{Language, format};
use crate::web::staff::imports;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::session::Staff;
use crate::web::state::App;

/// So many months are shown, the newest last.
const MONTHS_SHOWN: u32 = 15;
/// So many files are listed.
const FILES_SHOWN: u32 = 10;

const WORDS: Words = Words {
    kind: ImportKind::Volumes,
    address: "/staff/volumes/import",
    template: "/staff/volumes/template.xlsx",
    file: "so-ho-so.xlsx",
    done: "/staff/volumes?done=",
    list: "/staff/volumes",
    list_name: "Số hồ sơ",
    heading: "Nhập số hồ sơ từ tệp",
    about: "Mỗi dòng: đơn vị hoặc điểm phục vụ, lĩnh vực, tháng, số hồ sơ đã giải quyết. Tên cột viết có dấu hay không dấu \
            đều được; dòng mới thay dòng cũ của cùng đơn vị, điểm, lĩnh vực và tháng.",
    action: AuditedAction::ImportVolumes,
};

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Ask {
    done: Option<usize>,
}

#[derive(Template)]
#[template(path = "staff/imports/caseload.html")]
struct VolumesPage {
    frame: Frame,
    done: Option<String>,
    may_import: bool,
    months: Vec<String>,
    units: Vec<UnitPart>,
    files: Vec<FileLine>,
}

struct UnitPart {
    name: String,
    /// Field, whether it is said by points, cases of each month shown.
    fields: Vec<(String, bool, Vec<String>)>,
}

struct FileLine {
    name: String,
    rows: String,
    by: String,
    on: String,
}

/// `GET /staff/volumes`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Ask>) -> Result<HttpResponse, Refusal> {
    let today = clock::today();
    let first = today.checked_sub_months(Months::new(MONTHS_SHOWN - 1)).unwrap_or(today);
    let (db, ids) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<i32>>());
    let (volumes, fields, files) = block(move || {
        Ok::<_, DbError>((
            db.volumes(&ids, first, today)?,
            db.fields()?,
            db.import_files(ImportKind::Volumes, FILES_SHOWN)?,
        ))
    })
    .await??;
    let months: BTreeSet<NaiveDate> = volumes.iter().map(|volume| volume.month).collect();
    let mut cells: BTreeMap<(i32, i16), BTreeMap<NaiveDate, (u64, bool)>> = BTreeMap::new();
    for volume in &volumes {
        let cell = cells.entry((volume.unit, volume.field)).or_default().entry(volume.month).or_default();
        cell.0 += volume.cases;
        cell.1 |= volume.point.is_some();
    }
    let count = |cases: u64| format::count(cases, Language::Vi);
    let units = user.units.iter().filter_map(|unit| {
        let lines = cells.range((unit.id, i16::MIN)..=(unit.id, i16::MAX)).map(|((_, field), of_months)| {
            let name = fields.iter().find(|known| known.id == *field).map_or("", |known| known.name_vi.as_str());
            let of =
                |month: &NaiveDate| of_months.get(month).map_or_else(|| "–".to_owned(), |(cases, _)| count(*cases));
            (name.to_owned(), of_months.values().any(|(_, by_point)| *by_point), months.iter().map(of).collect())
        });
        let fields: Vec<_> = lines.collect();
        (!fields.is_empty()).then(|| UnitPart { name: unit.name_vi.clone(), fields })
    });
    let file = |file: ImportFile| FileLine {
        name: file.name,
        rows: count(file.rows as u64),
        by: file.by,
        on: clock::date_and_time(file.at),
    };
    let may_import = may(user.role, Action::ImportNumbers);
    let page = VolumesPage {
        done: ask.done.map(|rows| format!("Đã lưu {} dòng.", count(rows as u64))),
        may_import,
        months: months.iter().map(|month| month.format("%m/%Y").to_string()).collect(),
        units: units.collect(),
        // Names of files are others' words: for who imports.
        files: if may_import { files.into_iter().map(file).collect() } else { Vec::new() },
        frame: user.frame(&app),
    };
    Ok(send(StatusCode::OK, &page))
}

/// `GET /staff/volumes/import`.
pub async fn form(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    Ok(imports::form(&app, &user, WORDS))
}

/// `POST /staff/volumes/import`.
pub async fn submit(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    imports::submit(&app, &user, &request, body, WORDS).await
}

/// `GET /staff/volumes/template.xlsx`.
pub async fn template() -> Result<HttpResponse, Refusal> {
    imports::template(WORDS).await
}
