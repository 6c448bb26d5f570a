//! What every answer to a program or a phone has: the status of what happened, our own word in a header, JSON that is never
//! kept.

use actix_web::http::header::{ETag, EntityTag, Header, IfNoneMatch};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::Class;
use crate::secrets::hex::hex;

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

/// What a program reads again and again, as JSON: it may keep it, and asks each time whether it is still the same.
pub fn json_with_tag(request: &HttpRequest, body: &Value) -> HttpResponse {
    with_tag(request, "application/json", body.to_string().into_bytes())
}

/// Bytes with a tag made of them: where the request names it (`If-None-Match`), 304 without the bytes.
pub fn with_tag(request: &HttpRequest, kind: &'static str, bytes: Vec<u8>) -> HttpResponse {
    let hash: [u8; 32] = Sha256::digest(&bytes).into();
    let tag = EntityTag::new_weak(hex(&hash[..16]));
    let known = match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(&tag)),
        Err(_) => false,
    };
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((header::CACHE_CONTROL, "private, no-cache")).insert_header(ETag(tag));
    if known { answer.finish() } else { answer.content_type(kind).body(bytes) }
}

/// A JSON answer that is never cached.
pub fn json_answer(status: StatusCode, body: &Value) -> HttpResponse {
    HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}
