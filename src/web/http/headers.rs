//! Security headers on every answer, whoever made it.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, AcceptEncoding, Encoding, Header};
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::web::state::App;

/// Adds the headers that every answer carries, unless a handler set its own.
pub async fn headers(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let secure = request.app_data::<Data<App>>().is_some_and(|app| app.config.secure_cookies());
    if takes_nothing(&request) {
        // The answer as it is helps more than a refusal in nobody's words.
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    let mut set = |name: header::HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, header::HeaderValue::from_static(value));
        }
    };
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // The path names a service point, a complaint, a one-time secret: a proxy that logs what comes under `Referer`, as most do,
    // would tie it to an address and a second.
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(header::HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    if secure {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    Ok(response)
}

/// Whether what is said of encodings leaves none in which the answer could be sent.
fn takes_nothing(request: &ServiceRequest) -> bool {
    let encodings = [Encoding::gzip(), Encoding::deflate(), Encoding::identity()];
    let accepted = AcceptEncoding::parse(request);
    accepted.is_ok_and(|accepted| accepted.negotiate(encodings.iter()).is_none())
}
