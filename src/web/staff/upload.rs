//! A form that may bring one file along.

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};

use super::form::Entry;
use crate::web::http::address::percent_encode;
use crate::web::http::multipart::parts;

/// The longest body of such a form.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The longest name of a file that is kept, in characters.
const NAME_MAX: usize = 120;

/// What was typed, and the file with its name where one came.
pub fn read(request: &HttpRequest, body: &Bytes) -> (Entry, Option<(String, Vec<u8>)>) {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(parts) = parts(kind, body) else { return (Entry::sent(body), None) };
    let (mut entry, mut file) = (Entry::fresh(&[]), None);
    for part in parts {
        match part.file_name {
            Some(name) if !part.bytes.is_empty() => file = Some((plain(&name), part.bytes.to_vec())),
            Some(_) => {}
            None => match part.text() {
                Some(value) => entry.add(&part.name, value),
                None => entry.refuse(&part.name, "Có ký tự không đọc được; hãy nhập lại."),
            },
        }
    }
    (entry, file)
}

/// The name of a file without its folder and without what would end a header.
fn plain(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|letter| !letter.is_control() && !matches!(letter, '"' | ';')).take(NAME_MAX).collect()
}

/// A kept file as a download, never shown in the browser.
pub fn sent(name: &str, file: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/octet-stream"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename*=UTF-8''{}", percent_encode(name).replace('/', "_")),
        ))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(file)
}
