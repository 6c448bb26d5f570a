//! `/staff/complaints/import`: complaints that were left elsewhere, from a file: read first, shown, then stored whole.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::access::AuditedAction;
use crate::db::ImportKind;
use crate::error::Refusal;
use crate::web::staff::imports::{self, Words};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

const WORDS: Words = Words {
    kind: ImportKind::Complaints,
    address: "/staff/complaints/import",
    begins: None,
    template: "/staff/complaints/template.xlsx",
    file: "phan-anh.xlsx",
    done: "/staff/complaints?imported=",
    list: "/staff/complaints",
    list_name: "Phản ánh, kiến nghị",
    heading: "Nhập phản ánh từ tệp",
    about: "Mỗi dòng một phản ánh đã gửi trên iHanoi hoặc kênh khác của Thành phố: số, ngày nhận, nguyên văn nội dung. Không cần tên và số \
            điện thoại của người gửi. Phản ánh đã có số ấy thì giữ nguyên, không nhập lần hai.",
    action: AuditedAction::EnterComplaint,
};

/// `GET /staff/complaints/import`.
pub async fn form(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    Ok(imports::form(&app, &user, WORDS))
}

/// `POST /staff/complaints/import`.
pub async fn submit(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    imports::submit(&app, &user, &request, body, WORDS).await
}

/// `GET /staff/complaints/template.xlsx`.
pub async fn template() -> Result<HttpResponse, Refusal> {
    imports::template(WORDS).await
}
