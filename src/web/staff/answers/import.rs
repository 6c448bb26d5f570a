//! Answer sheets from a file: those that were kept in a spreadsheet.

use std::sync::Arc;

use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};

use crate::access::AuditedAction;
use crate::db::{DbError, ImportKind};
use crate::error::{Reason, Refusal};
use crate::exchange::export::fill_in;
use crate::exchange::import::responses::COLUMNS;
use crate::service::report_file::Format;
use crate::web::http::block::block;
use crate::web::staff::download::attachment;
use crate::web::staff::imports::{self, Words};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

pub(super) const WORDS: Words = Words {
    kind: ImportKind::Responses,
    address: "/staff/entry/import",
    begins: None,
    template: "/staff/entry/template.xlsx",
    file: "phieu.xlsx",
    done: "/staff/entry?done=imported&count=",
    list: "/staff/entry",
    list_name: "Nhập phiếu",
    heading: "Nhập phiếu từ tệp",
    about: "Mỗi dòng một phiếu: điểm, ngày trả lời, hình thức (giấy, điện thoại, phỏng vấn), rồi mỗi câu hỏi một cột. Ít nhất 5 \
            phiếu; phiếu lẻ thì nhập từng phiếu. Đúng một tệp ấy không nhập được lần 2.",
    action: AuditedAction::ImportResponses,
};

/// `GET /staff/entry/import`.
pub async fn form(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    Ok(imports::form(&app, &user, WORDS))
}

/// `POST /staff/entry/import`.
pub async fn submit(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    imports::submit(&app, &user, &request, body, WORDS).await
}

/// What stands behind the `?` of the template.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Of {
    point: Option<String>,
}

/// `GET /staff/entry/template.xlsx`: empty, or for a point: with the questions of its questionnaire, and lists to choose from.
pub async fn template(app: Data<App>, user: Staff, of: Query<Of>) -> Result<HttpResponse, Refusal> {
    let Some(code) = of.point.clone().filter(|code| !code.is_empty()) else { return imports::template(WORDS).await };
    let (db, units) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<_>>());
    let read = move || {
        let point = db.point(&code)?.filter(|point| units.contains(&point.unit));
        let Some(point) = point else { return Ok(None) };
        let listed = db.points(Some(&[point.unit]))?.into_iter().find(|listed| listed.code == code);
        let Some(listed) = listed else { return Ok(None) };
        let fields = db.fields()?.into_iter().filter(|field| listed.field_codes.contains(&field.code));
        let fields: Vec<String> = fields.map(|field| field.name_vi).collect();
        Ok::<_, DbError>(Some((listed.name_vi, fields, Arc::clone(&point.form))))
    };
    let Some((point, fields, form)) = block(read).await?? else { return Err(Reason::NotYours.into()) };
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let lists = [
        ("point", vec![point]),
        ("mode", words(&["Giấy", "Điện thoại", "Phỏng vấn"])),
        ("field", fields),
        ("respondent", words(&["Người dân", "Doanh nghiệp, tổ chức"])),
    ];
    let asked = &form.questionnaire;
    let levels = (1..).zip(&asked.levels).map(|(digit, level)| format!("{digit} – {}", level.in_language("vi")));
    let levels: Vec<String> = levels.chain([asked.not_used.in_language("vi").to_owned()]).collect();
    let items = asked.numbered().map(|(_, item)| (item.text.in_language("vi").to_owned(), true, levels.clone()));
    let about = asked.demographics.iter().map(|asked| {
        let options = asked.options.iter().map(|option| option.text.in_language("vi").to_owned());
        (asked.text.in_language("vi").to_owned(), false, options.collect())
    });
    let further: Vec<fill_in::Further> = items.chain(about).collect();
    let file = block(move || fill_in::workbook("Phiếu", COLUMNS, &lists, &[], &further)).await?;
    Ok(attachment("phieu-cua-diem", Format::Xlsx, file.map_err(Refusal::fault)?))
}
