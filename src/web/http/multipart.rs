//! A multipart body (`multipart/form-data`, RFC 7578) taken apart: what a page with a file sends. The body is in memory and
//! bounded by the route; nothing is written anywhere.

use actix_web::HttpRequest;
use actix_web::http::header;

/// One part.
#[derive(Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// Name of the field.
    pub name: String,
    /// Name of the file, where it is one.
    pub file_name: Option<String>,
    /// What it holds.
    pub bytes: &'a [u8],
}

/// The most parts that a page of ours sends.
const PARTS_MAX: usize = 24;

/// The parts of a body of this content type; none where it is no such body.
pub fn parts<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("boundary="))?;
    let boundary = boundary.trim_matches('"');
    if boundary.is_empty() || boundary.len() > 70 {
        return None;
    }
    let open = format!("--{boundary}");
    let between = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(open.as_bytes())?;
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let head_end = find(rest, b"\r\n\r\n")?;
        let (head, body) =
            (std::str::from_utf8(&rest[..head_end]).ok().filter(|head| !head.contains('\0'))?, &rest[head_end + 4..]);
        let end = find(body, between.as_bytes())?;
        let disposition = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
        })?;
        let name = parameter(disposition, "name")?;
        parts.push(Part { name, file_name: parameter(disposition, "filename"), bytes: &body[..end] });
        if parts.len() > PARTS_MAX {
            return None;
        }
        rest = &body[end + between.len()..];
    }
}

/// A quoted parameter of a header; browsers write `"` in it as `%22`.
fn parameter(header: &str, name: &str) -> Option<String> {
    let start = header.find(&format!("; {name}=\""))? + name.len() + 4;
    let value = header[start..].split('"').next()?;
    Some(value.replace("%22", "\""))
}

/// The content type that a request says it has.
pub fn content_type(request: &HttpRequest) -> &str {
    request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

impl<'a> Part<'a> {
    /// What it holds, as text; none where it is not UTF-8 or holds NUL, which PostgreSQL keeps in no text.
    pub fn text(&self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes).ok().filter(|text| !text.contains('\0'))
    }
}

/// The text of a field; empty where it is not there or no text.
pub fn text_of<'a>(parts: &[Part<'a>], name: &str) -> &'a str {
    parts.iter().find(|part| part.name == name).and_then(Part::text).unwrap_or_default()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=----WebKitFormBoundaryAb12";

    #[test]
    fn a_browsers_body_comes_apart() {
        let body = "------WebKitFormBoundaryAb12\r\nContent-Disposition: form-data; name=\"file\"; filename=\"Số hồ sơ.csv\"\r\n\
                    Content-Type: text/csv\r\n\r\na;b\r\n--\r\n1;2\r\n------WebKitFormBoundaryAb12\r\n\
                    Content-Disposition: form-data; name=\"do\"\r\n\r\ncheck\r\n------WebKitFormBoundaryAb12--\r\n";
        let parts = parts(TYPE, body.as_bytes()).expect("parts");
        assert_eq!((parts[0].name.as_str(), parts[0].file_name.as_deref()), ("file", Some("Số hồ sơ.csv")));
        assert_eq!(parts[0].bytes, b"a;b\r\n--\r\n1;2");
        assert_eq!(
            (parts[1].name.as_str(), parts[1].file_name.as_deref(), parts[1].bytes),
            ("do", None, &b"check"[..])
        );
    }

    #[test]
    fn what_is_cut_off_or_of_another_kind_is_none() {
        let whole = b"------WebKitFormBoundaryAb12\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n------WebKitFormBoundaryAb12--";
        assert!(parts(TYPE, whole).is_some());
        for end in 0..whole.len() - 2 {
            assert_eq!(parts(TYPE, &whole[..end]), None, "{end}");
        }
        assert_eq!(parts("application/x-www-form-urlencoded", whole), None);
        assert_eq!(parts("multipart/form-data; boundary=", whole), None);
    }
}
