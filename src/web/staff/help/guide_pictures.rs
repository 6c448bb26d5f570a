//! The pictures of the guide, `docs/huong-dan/hinh`: taken by a browser from demonstration data, see `./dev pictures`.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;

use crate::error::{Reason, Refusal};

/// Lists the pictures with their bytes.
macro_rules! pictures {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_bytes!(concat!("../../../../docs/huong-dan/hinh/", $name)).as_slice())),*]
    };
}

/// Name of the file, the file.
const PICTURES: [(&str, &[u8]); 14] = pictures![
    "cac-buoc.webp",
    "chi-tieu.webp",
    "diem-phuc-vu.webp",
    "dieu-tra.webp",
    "hom-nay.webp",
    "khoa-duyet.webp",
    "ky-bao-cao.webp",
    "may-tinh-bang.webp",
    "nhap-phieu.webp",
    "phan-anh.webp",
    "phan-tich.webp",
    "phieu.webp",
    "soan-ke-hoach.webp",
    "soan-phieu.webp",
];

/// A picture as the guide's pages show it.
pub struct Shown {
    /// Where it is served.
    pub address: String,
    /// In pixels.
    pub width: u16,
    /// In pixels.
    pub height: u16,
}

/// The picture that a page of the guide names as `hinh/NAME`; none where there is no such one.
pub fn shown(written: &str) -> Option<Shown> {
    let name = written.strip_prefix("hinh/")?;
    let (_, file) = PICTURES.into_iter().find(|(known, _)| *known == name)?;
    let (width, height) = size(file)?;
    Some(Shown { address: format!("/static/guide/{name}"), width, height })
}

/// Width and height of a WebP picture. Extended: 24 bits each, less one (RFC 9649, 2.7); lossy alone: 14 bits each behind the start code
/// of its frame (RFC 6386, 9.1).
fn size(file: &[u8]) -> Option<(u16, u16)> {
    let u24 = |at: usize| file.get(at..at + 3).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]));
    let u14 = |at: usize| file.get(at..at + 2).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]) & 0x3fff);
    match file.get(8..16)? {
        b"WEBPVP8X" => Some((u16::try_from(u24(24)? + 1).ok()?, u16::try_from(u24(27)? + 1).ok()?)),
        b"WEBPVP8 " => Some((u14(26)?, u14(28)?)),
        _ => None,
    }
}

/// `GET /static/guide/{name}`: for everybody, as they show demonstration data only.
pub async fn picture(name: Path<String>) -> Result<HttpResponse, Refusal> {
    let found = PICTURES.into_iter().find(|(known, _)| *known == *name);
    let (_, file) = found.ok_or(Reason::NotYours)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/webp"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .body(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_tells_its_size_and_stands_on_a_page() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/huong-dan");
        let mut pages = String::new();
        for entry in std::fs::read_dir(&root).expect("the guide").flatten().filter(|entry| entry.path().is_file()) {
            pages += &std::fs::read_to_string(entry.path()).expect("a page");
        }
        for (name, _) in PICTURES {
            let shown = shown(&format!("hinh/{name}")).expect("a size");
            assert!((300..=1_280).contains(&shown.width) && shown.height >= 200, "{name}");
            assert!(pages.contains(&format!("](hinh/{name})")), "{name} stands on no page");
        }
        let files = std::fs::read_dir(root.join("hinh")).expect("the pictures").count();
        assert_eq!(files, PICTURES.len(), "each file is one of the list");
        assert!(shown("hinh/../../../etc/passwd").is_none() && shown("x.png").is_none());
    }
}
