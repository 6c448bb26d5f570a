//! The kind of body that programs send.

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::error::{Reason, Refusal};

/// Refuses a body that does not say that it is JSON: a form of another site is sent as a form or as plain text.
pub fn must_be_json(request: &HttpRequest) -> Result<(), Refusal> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(Reason::WrongType { wanted: "application/json" }.into())
    }
}
