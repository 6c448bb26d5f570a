//! What every answer to a program or a phone has: the status of what happened, our own word in a header, JSON that is never
//! kept.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde_json::Value;

use crate::error::Class;

/// The status of a class.
pub fn status(class: Class) -> StatusCode {
    match class {
        Class::Missing => StatusCode::NOT_FOUND,
        Class::Gone => StatusCode::GONE,
        Class::Unknown => StatusCode::UNAUTHORIZED,
        Class::Forbidden => StatusCode::FORBIDDEN,
        Class::Malformed => StatusCode::BAD_REQUEST,
        Class::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Class::Conflict => StatusCode::CONFLICT,
        Class::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
        Class::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Class::WrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Class::TooSlow => StatusCode::REQUEST_TIMEOUT,
        Class::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Class::Busy | Class::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Class::Fault => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The header by which a phone knows the server's own word from what a hotel's sign-in page or a firewall says in its place:
/// a code word of ours.
pub const SAID: header::HeaderName = header::HeaderName::from_static("sipas-said");

/// A JSON answer that is never cached.
pub fn json_answer(status: StatusCode, body: &Value) -> HttpResponse {
    HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}
