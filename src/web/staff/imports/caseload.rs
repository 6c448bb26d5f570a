//! Cases handled: what is known by unit, field and month, and the file that brings more.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{Datelike, Months, NaiveDate};

use super::Words;
use crate::access::{Action, AuditedAction, may};
use crate::clock;
use crate::db::{Db, DbError, ImportFile, ImportKind, Unit};
use crate::error::Refusal;
use crate::exchange::export::fill_in;
use crate::exchange::import::caseload::COLUMNS;
use crate::report::{Language, format};
use crate::service::report_file::Format;
use crate::web::http::block::block;
use crate::web::staff::download::attachment;
use crate::web::staff::imports;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::Staff;
use crate::web::staff::units::shown::is_open;
use crate::web::state::App;

/// So many months are shown, the newest last.
const MONTHS_SHOWN: u32 = 15;
/// So many files are listed.
const FILES_SHOWN: u32 = 10;

const WORDS: Words = Words {
    kind: ImportKind::Volumes,
    address: "/staff/volumes/import",
    begins: None,
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
pub struct Params {
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
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
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
        // Names of files are others' words: for whoever imports.
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

/// What stands behind the `?` of the file to fill in.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Filled {
    /// Whether units, fields and months stand in it already.
    filled: Option<String>,
}

/// `GET /staff/volumes/template.xlsx`: empty, or with everything but the numbers: the months of the year that are over and of which
/// nothing is known yet, by unit and field.
pub async fn template(app: Data<App>, user: Staff, ask: Query<Filled>) -> Result<HttpResponse, Refusal> {
    if ask.filled.is_none() {
        return imports::template(WORDS).await;
    }
    let today = clock::today();
    let db = app.db.clone();
    let units = user.units.clone();
    let file = block(move || {
        let rows = missing(&db, &units, today)?;
        let names = units.iter().filter(|unit| is_open(unit, today)).map(|unit| unit.name_vi.clone()).collect();
        let fields = db.fields()?.into_iter().map(|field| field.name_vi).collect();
        let lists = [("unit", names), ("field", fields)];
        Ok::<_, DbError>(fill_in::workbook("Số hồ sơ", COLUMNS, &lists, &rows, &[]))
    });
    Ok(attachment("so-ho-so-dien-san", Format::Xlsx, file.await??.map_err(Refusal::fault)?))
}

/// Unit, field and month of every number that is to be known and is not: of the months since the year began that are over, of the one
/// before in January.
fn missing(db: &Db, units: &[Unit], today: NaiveDate) -> Result<Vec<Vec<(&'static str, String)>>, DbError> {
    let ids: Vec<i32> = units.iter().map(|unit| unit.id).collect();
    let this = today.with_day(1).unwrap_or(today);
    let months_over = today.month0().max(1);
    let months: Vec<NaiveDate> =
        (1..=months_over).rev().filter_map(|ago| this.checked_sub_months(Months::new(ago))).collect();
    let known: BTreeSet<(i32, i16, NaiveDate)> = db
        .volumes(&ids, months.first().copied().unwrap_or(this), today)?
        .iter()
        .map(|volume| (volume.unit, volume.field, volume.month))
        .collect();
    let (points, fields) = (db.points(Some(&ids))?, db.fields()?);
    let mut rows = Vec::new();
    for unit in units.iter().filter(|unit| is_open(unit, today)) {
        let open = points.iter().filter(|point| point.unit == unit.id && point.retired_on.is_none_or(|on| on > today));
        let served: BTreeSet<i16> = open.flat_map(|point| point.fields.iter().copied()).collect();
        for field in fields.iter().filter(|field| served.contains(&field.id)) {
            for month in months.iter().filter(|month| !known.contains(&(unit.id, field.id, **month))) {
                rows.push(vec![
                    ("unit", unit.name_vi.clone()),
                    ("field", field.name_vi.clone()),
                    ("month", month.format("%m/%Y").to_string()),
                ]);
            }
        }
    }
    Ok(rows)
}
