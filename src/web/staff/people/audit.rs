//! The audit log as a page: newest first, of the user's units and of none.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query, block};
use askama::Template;

use crate::clock;
use crate::db::{AuditRow, DbError};
use crate::error::Refusal;
use crate::secrets::hex::hex;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::session::Staff;
use crate::web::state::App;

/// Rows on a page.
const ROWS: u32 = 50;

/// What stands behind the `?`: rows before this number.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Ask {
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "staff/people/audit.html")]
struct AuditPage {
    frame: Frame,
    rows: Vec<Line>,
    older: Option<i64>,
    head_number: i64,
    head_hash: String,
}

struct Line {
    number: i64,
    at: String,
    actor: String,
    deed: String,
    object: String,
    unit: String,
    refused: bool,
}

/// What each word of the log means to its reader.
pub const DEEDS: [(&str, &str); 43] = [
    ("sign_in", "Đăng nhập"),
    ("sign_out", "Đăng xuất"),
    ("second_factor", "Xác thực hai bước"),
    ("set_up_second_factor", "Thiết lập xác thực hai bước"),
    ("use_recovery_code", "Dùng mã dự phòng"),
    ("renew_recovery_codes", "Tạo lại mã dự phòng"),
    ("clear_second_factor", "Bỏ xác thực hai bước của"),
    ("change_password", "Đổi mật khẩu của mình"),
    ("set_password", "Đặt mật khẩu cho"),
    ("set_password_by_link", "Đặt mật khẩu qua liên kết"),
    ("invite", "Mời"),
    ("reset_link", "Tạo liên kết đặt lại mật khẩu cho"),
    ("end_session", "Kết thúc phiên đăng nhập của mình"),
    ("end_sessions_of", "Đăng xuất ở mọi nơi"),
    ("add_user", "Thêm người dùng"),
    ("retire_user", "Ngừng tài khoản"),
    ("open_page", "Mở trang không thuộc quyền"),
    ("first_start", "Thiết lập lần đầu"),
    ("add_unit", "Thêm đơn vị"),
    ("retire_unit", "Kết thúc đơn vị"),
    ("add_point", "Thêm điểm"),
    ("add_points", "Thêm nhiều điểm"),
    ("import_volumes", "Nhập số hồ sơ từ tệp"),
    ("import_responses", "Nhập phiếu từ tệp"),
    ("import_figures", "Nhập số liệu trước đây từ tệp"),
    ("retire_point", "Ngừng điểm"),
    ("replace_code", "Đổi mã điểm"),
    ("publish_form", "Ban hành phiếu hỏi"),
    ("change_plan", "Sửa kế hoạch"),
    ("check_period", "Kiểm tra, khóa kỳ báo cáo"),
    ("approve_period", "Duyệt kỳ báo cáo"),
    ("publish_period", "Công bố kỳ báo cáo"),
    ("return_period", "Trả lại kỳ báo cáo"),
    ("reopen_period", "Mở lại kỳ báo cáo"),
    ("void", "Loại nhóm phiếu khỏi số liệu, điểm"),
    ("undo_voiding", "Tính lại nhóm phiếu"),
    ("issue_tickets", "Phát mã một lần cho điểm"),
    ("change_outline", "Đổi đề cương báo cáo"),
    ("change_notice", "Sửa thông báo quyền riêng tư"),
    ("change_guide", "Sửa hướng dẫn, trang"),
    ("begin_batch", "Bắt đầu nhập chồng phiếu của điểm"),
    ("discard_batch", "Bỏ chồng phiếu của điểm"),
    ("store_batch", "Đưa phiếu giấy vào kết quả, điểm"),
];

fn deed(action: &str) -> String {
    let known = DEEDS.iter().find(|(word, _)| *word == action);
    known.map_or(action, |(_, deed)| deed).to_owned()
}

fn line(row: AuditRow, name_of_unit: impl Fn(&str) -> String) -> Line {
    Line {
        number: row.number,
        at: clock::date_and_time(row.at),
        actor: row.actor,
        deed: deed(&row.action),
        object: row.object,
        unit: name_of_unit(&row.unit),
        refused: row.outcome == "refused",
    }
}

/// `GET /staff/audit`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Ask>) -> Result<HttpResponse, Refusal> {
    let (db, before) = (app.db.clone(), ask.before);
    let units: Vec<String> = user.units.iter().map(|unit| unit.code.clone()).collect();
    let read = move || Ok::<_, DbError>((db.audit_rows(&units, before, ROWS + 1)?, db.audit_head()?));
    let (mut rows, head) = block(read).await??;
    let more = rows.len() > ROWS as usize;
    rows.truncate(ROWS as usize);
    let older = rows.last().map(|row| row.number).filter(|_| more);
    let name = |code: &str| user.unit_of_code(code).map_or_else(|| code.to_owned(), |unit| unit.name_vi.clone());
    let page = AuditPage {
        frame: user.frame(&app),
        rows: rows.into_iter().map(|row| line(row, name)).collect(),
        older,
        head_number: head.number,
        head_hash: hex(&head.hash),
    };
    Ok(send(StatusCode::OK, &page))
}
