//! What stands before every handler: security headers on every answer, and unsafe methods from other sites refused.

use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};

use crate::app::App;

/// Adds the headers that every answer carries, unless a handler set its own.
pub async fn headers(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let secure = request.app_data::<Data<App>>().is_some_and(|app| app.config.secure_cookies());
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    let mut set = |name: header::HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, header::HeaderValue::from_static(value));
        }
    };
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // The path names the service point: it must not travel to other sites.
    set(header::REFERRER_POLICY, "same-origin");
    set(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(header::HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    if secure {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    Ok(response)
}

/// Longest time for one request of somebody who need not sign in, its body included. A body that trickles in, or a disk
/// that is stuck, must not hold a request for ever; an answer stored meanwhile is known when it is sent again.
const TIME_MAX: Duration = Duration::from_secs(30);

/// Ends requests that take too long with 408, except those of staff who are signed in: documents take their time.
pub async fn in_time(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let staff = request.path().starts_with("/staff") && request.path() != "/staff/sign-in";
    if *request.method() != Method::POST || staff {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    if let Ok(answer) = tokio::time::timeout(TIME_MAX, next.call(request)).await {
        return Ok(answer?.map_into_boxed_body());
    }
    let late = HttpResponse::RequestTimeout()
        .insert_header((header::CONNECTION, "close"))
        .content_type("text/plain; charset=utf-8")
        .body(
            "Gửi quá lâu nên đã dừng. Hãy gửi lại: phiếu không bị ghi hai lần.\n\
             This took too long and was ended. Send again: nothing is stored twice.\n",
        );
    Err(InternalError::from_response("a request took too long", late).into())
}

/// Refuses unsafe methods on staff pages that a browser says come from another site.
///
/// Browsers send `Sec-Fetch-Site`, older ones at least `Origin`; the session cookie is `SameSite=Lax` besides. Citizens'
/// pages carry no session, so there is nothing there that another site could abuse.
pub async fn same_origin(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !safe && request.path().starts_with("/staff") && !is_same_origin(&request) {
        let refused = HttpResponse::Forbidden().content_type("text/plain; charset=utf-8").body(
            "Yêu cầu này đến từ một trang khác nên bị từ chối. Hãy mở lại trang cán bộ rồi thử lại.\n\
             This request came from another site and was refused. Open the staff page again and retry.\n",
        );
        return Ok(request.into_response(refused).map_into_boxed_body());
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn is_same_origin(request: &ServiceRequest) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    match (header("sec-fetch-site"), header("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = header("host").unwrap_or_default();
            let public = request.app_data::<Data<App>>().map(|app| app.config.public_url.clone());
            public.as_deref() == Some(origin) || origin.split_once("://").is_some_and(|(_, from)| from == host)
        }
        // Neither: not a browser of this decade, so no other site is at work.
        (None, None) => true,
    }
}
