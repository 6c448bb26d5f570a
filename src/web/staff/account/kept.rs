//! `/staff/kept/{secret}`: what was typed when the sign-in had ended, to be sent again with one press.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use crate::error::Refusal;
use crate::web::http::form_body::FormBody;
use crate::web::staff::layout::{Frame, send, told};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "staff/account/kept.html")]
struct KeptPage {
    frame: Frame,
    address: String,
    pairs: Vec<(String, String)>,
}

/// `GET /staff/kept/{secret}`.
pub async fn show(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let Some(typed) = app.kept.find(&path, user.id) else {
        let sentence = "Những gì đã nhập trước khi phiên đăng nhập kết thúc không còn được giữ: quá một giờ, máy chủ đã khởi \
                        động lại, hoặc đó là của người khác. Hãy mở lại trang và nhập lại.";
        return Ok(told(&app, &user, StatusCode::CONFLICT, "Không còn giữ", sentence));
    };
    let pairs = FormBody::parse(&typed.body).pairs;
    Ok(send(StatusCode::OK, &KeptPage { frame: user.frame(&app), address: typed.address, pairs }))
}
