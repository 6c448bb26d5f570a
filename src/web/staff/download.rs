//! Files to take along.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};

use crate::service::report_file::Format;

/// A file to take along; its name needs no quoting.
pub(in crate::web::staff) fn attachment(name: &str, format: Format, file: Vec<u8>) -> HttpResponse {
    HttpResponse::build(StatusCode::OK)
        .insert_header((header::CONTENT_TYPE, format.media_type()))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{}\"", format.name())))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(file)
}
