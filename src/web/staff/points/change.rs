//! What is done to a service point that is there: ending it, replacing its code, its tablet.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;

use super::book::{Book, Line, is_retired};
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{DbError, PointListed, PointRefused, Refused};
use crate::error::{Reason, Refusal};
use crate::web::http::block::block;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

#[derive(Template)]
#[template(path = "staff/points/change.html")]
struct ChangePage {
    frame: Frame,
    heading: &'static str,
    point: Line,
    unit: String,
    sentences: &'static [&'static str],
    action: String,
    button: &'static str,
}

/// What is asked before something that cannot be taken back.
struct Change {
    heading: &'static str,
    sentences: &'static [&'static str],
    button: &'static str,
    path: &'static str,
}

const RETIRE: Change = Change {
    heading: "Ngừng điểm phục vụ",
    sentences: &[
        "Từ lúc này không ai gửi được ý kiến qua mã của điểm. Ai quét mã sẽ đọc được rằng điểm đã ngừng.",
        "Ý kiến đã nhận vẫn được tính. Việc này không quay lại được: muốn mở lại thì thêm điểm mới.",
    ],
    button: "Ngừng điểm này",
    path: "retire",
};

const REPLACE: Change = Change {
    heading: "Đổi mã của điểm phục vụ",
    sentences: &[
        "Dùng khi áp phích bị lấy mất, mã bị chia sẻ ra ngoài hoặc có dấu hiệu gửi phiếu hàng loạt.",
        "Điểm nhận một mã mới ngay bây giờ. Ai quét mã cũ sẽ đọc được rằng mã đã đổi, kèm liên kết sang mã mới. Áp phích phải in lại.",
    ],
    button: "Đổi mã",
    path: "replace",
};

/// `GET /staff/points/{code}/retire`.
pub async fn retire_form(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    change_form(&app, &user, &path, &RETIRE).await
}

/// `POST /staff/points/{code}/retire`.
pub async fn retire(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let (_, point) = point_to_change(&app, &user, &path).await?;
    let note = user.note(AuditedAction::RetirePoint, &point.unit_code, point.code.as_str());
    let (db, code) = (app.db.noting(note), point.code.clone());
    block(move || db.retire_point(&code, clock::today())).await??;
    tracing::info!(user = user.id, code = point.code, "point retired");
    Ok(see_other("/staff/points?done=retired"))
}

const KIOSK_ON: Change = Change {
    heading: "Cho trả lời trên máy tính bảng",
    sentences: &[
        "Máy tính bảng đặt tại quầy mở địa chỉ của điểm, thêm ?kiosk ở cuối. Máy hỏi từng câu, tự xoá sau mỗi người, không lưu gì và không mở trang nào khác.",
        "Phiếu từ máy này được ghi riêng là “máy tính bảng” trong số liệu. Chỉ bật ở điểm thật sự có máy; đặt máy sao cho cán bộ không nhìn thấy màn hình.",
    ],
    button: "Bật máy tính bảng",
    path: "kiosk?on=1",
};

const KIOSK_OFF: Change = Change {
    heading: "Thôi trả lời trên máy tính bảng",
    sentences: &["Trang ?kiosk của điểm sẽ không mở nữa. Phiếu đã nhận vẫn được tính."],
    button: "Tắt máy tính bảng",
    path: "kiosk?on=0",
};

/// Whether the tablet is to be on.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Switch {
    on: Option<String>,
}

/// `GET /staff/points/{code}/kiosk`.
pub async fn kiosk_form(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let (db, code) = (app.db.clone(), path.to_uppercase());
    let on = block(move || db.point(&code)).await??.is_some_and(|point| point.kiosk);
    change_form(&app, &user, &path, if on { &KIOSK_OFF } else { &KIOSK_ON }).await
}

/// `POST /staff/points/{code}/kiosk?on=1`.
pub async fn kiosk(
    app: Data<App>,
    user: Staff,
    path: Path<String>,
    switch: Query<Switch>,
) -> Result<HttpResponse, Refusal> {
    let (_, point) = point_to_change(&app, &user, &path).await?;
    let on = match switch.on.as_deref() {
        Some("1") => true,
        Some("0") => false,
        _ => return Err(Reason::BadQuery.into()),
    };
    let db = app.db.noting(user.note(AuditedAction::SetKiosk, &point.unit_code, point.code.as_str()));
    let code = point.code.clone();
    block(move || db.set_kiosk(&code, on)).await??;
    tracing::info!(user = user.id, code = point.code, on, "kiosk switched");
    let done = if on { "kiosk" } else { "no-kiosk" };
    Ok(see_other(&format!("/staff/points?done={done}&code={}", point.code)))
}

/// `GET /staff/points/{code}/replace`.
pub async fn replace_form(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    change_form(&app, &user, &path, &REPLACE).await
}

/// `POST /staff/points/{code}/replace`.
pub async fn replace(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let (_, point) = point_to_change(&app, &user, &path).await?;
    let note = user.note(AuditedAction::ReplaceCode, &point.unit_code, point.code.as_str());
    let (db, code) = (app.db.noting(note), point.code.clone());
    let replaced = block(move || db.replace_code(&code, clock::today())).await?;
    if let Ok(new) = &replaced {
        tracing::info!(user = user.id, code = point.code, new, "code replaced");
    }
    Ok(see_other(&after_replacing(replaced)?))
}

/// Where the list stands after a code was to be replaced. Where somebody else was quicker, it says so.
fn after_replacing(replaced: Result<String, DbError>) -> Result<String, Refusal> {
    match replaced {
        Ok(new) => Ok(format!("/staff/points?done=replaced&code={new}")),
        Err(DbError::Refused(Refused::Point(PointRefused::CodeReplaced(_)))) => {
            Ok("/staff/points?done=replaced-before".to_owned())
        }
        Err(DbError::Refused(Refused::Point(PointRefused::Retired { .. }))) => {
            Ok("/staff/points?done=retired-before".to_owned())
        }
        Err(error) => Err(error.into()),
    }
}

async fn change_form(app: &App, user: &SignedIn, typed: &str, change: &Change) -> Result<HttpResponse, Refusal> {
    let (book, point) = point_to_change(app, user, typed).await?;
    let page = ChangePage {
        frame: user.frame(app),
        heading: change.heading,
        unit: user.unit_of_code(&point.unit_code).map(|unit| unit.name_vi.clone()).unwrap_or_default(),
        action: format!("/staff/points/{}/{}", point.code, change.path),
        point: book.line(&point),
        sentences: change.sentences,
        button: change.button,
    };
    Ok(send(StatusCode::OK, &page))
}

/// The point of a code that the user may change and that still answers, or the answer to give instead.
async fn point_to_change(app: &App, user: &SignedIn, typed: &str) -> Result<(Book, PointListed), Refusal> {
    let book = Book::of(app, user).await?;
    let point = book.point(typed).filter(|point| !is_retired(point, clock::today())).cloned();
    Ok((book, point.ok_or(Reason::NotYours)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_too_late_is_led_to_the_list_that_says_why() {
        let day = "2026-03-14".parse().expect("a day");
        for (refused, done) in [
            (PointRefused::Retired { code: "AT32X2P".to_owned(), on: day }, "retired-before"),
            (PointRefused::CodeReplaced("AT32X2P".to_owned()), "replaced-before"),
        ] {
            let place = after_replacing(Err(refused.into())).expect("a place");
            assert_eq!(place, format!("/staff/points?done={done}"));
        }
        assert!(after_replacing(Err(DbError::Busy)).is_err());
    }
}
