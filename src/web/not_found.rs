//! What answers where no row of the table does: the way to the address that was meant, where a slash too many stands at its
//! end, else a refusal.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use crate::error::{Reason, Refusal};

/// Any method, any path that no row knows.
pub fn show(request: &HttpRequest, is_known: fn(&str) -> bool) -> Result<HttpResponse, Refusal> {
    let path = request.path().trim_end_matches('/');
    // Only to an address that is known: a path like `//elsewhere/` must not lead there.
    if path.len() < request.path().len() && is_known(path) {
        let query = request.uri().query().map_or_else(String::new, |query| format!("?{query}"));
        let address = format!("{path}{query}");
        return Ok(HttpResponse::PermanentRedirect().insert_header((header::LOCATION, address)).finish());
    }
    Err(Reason::UnknownAddress.into())
}
