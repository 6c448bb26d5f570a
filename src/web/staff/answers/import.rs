//! Answer sheets from a file: those that were kept in a spreadsheet.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::access::AuditedAction;
use crate::db::ImportKind;
use crate::error::Refusal;
use crate::web::staff::imports::{self, Words};
use crate::web::staff::session::Staff;
use crate::web::state::App;

pub(super) const WORDS: Words = Words {
    kind: ImportKind::Responses,
    address: "/staff/entry/import",
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

/// `GET /staff/entry/template.xlsx`.
pub async fn template() -> Result<HttpResponse, Refusal> {
    imports::template(WORDS).await
}
