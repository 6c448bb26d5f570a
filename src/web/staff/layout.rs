//! What staff pages share: the signed-in user, the frame, the headers.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;
use sha2::{Digest, Sha256};

use super::signed_in::SignedIn;
use crate::access::{Action, Role, may};
use crate::error::Refusal;
use crate::secrets::hex::hex;
use crate::web::state::App;

/// The style of the staff pages.
pub const CSS: &str = include_str!("../../../assets/staff.css");

/// The script that makes keying quick.
const KEYING_JS: &str = include_str!("../../../assets/keying.js");

/// Address of the script of keying, with its hash.
pub static KEYING_ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let hash = hex(&Sha256::digest(KEYING_JS.as_bytes())[..4]);
    format!("/static/keying.{hash}.js")
});

/// The script that keeps a draft of a questionnaire while it is typed.
const EDITOR_JS: &str = include_str!("../../../assets/form-editor.js");

/// Address of the script of editing, with its hash.
pub static EDITOR_ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let hash = hex(&Sha256::digest(EDITOR_JS.as_bytes())[..4]);
    format!("/static/form-editor.{hash}.js")
});

/// Address of the style; the hash makes it safe to keep for ever.
pub static STYLE_ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let hash = hex(&Sha256::digest(CSS.as_bytes())[..4]);
    format!("/static/staff.{hash}.css")
});

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
                      frame-src 'self'; frame-ancestors 'none'";

/// The frame around a staff page.
#[derive(Debug)]
pub struct Frame {
    /// Name of the user signed in.
    pub user: Option<String>,
    /// The parts of the navigation that the user may open.
    pub parts: Vec<Link>,
    /// The pages of the part that the page stands in.
    pub links: Vec<Link>,
    /// Whether the data are for demonstration.
    pub demo: bool,
}

/// One entry of the navigation.
#[derive(Debug)]
pub struct Link {
    /// Where to.
    pub address: &'static str,
    /// Its word.
    pub text: &'static str,
    /// Whether the page shown stands under it.
    pub here: bool,
}

impl SignedIn {
    /// The frame of their pages.
    pub fn frame(&self, app: &App) -> Frame {
        let (parts, links) = links(self.role, &self.path);
        Frame { user: Some(self.display_name.clone()), parts, links, demo: app.demo() }
    }
}

/// A page of the navigation: address, word, who may go there.
type Entry = (&'static str, &'static str, Action);

/// The navigation: parts, and under each its pages.
const NAVIGATION: [(&str, &[Entry]); 6] = [
    ("Tổng quan", &[("/staff/", "Hôm nay", Action::SeeFigures)]),
    (
        "Kết quả",
        &[
            ("/staff/targets", "Chỉ tiêu", Action::SeeFigures),
            ("/staff/overview", "Tổng hợp các đơn vị", Action::SeeFigures),
            ("/staff/explore", "Phân tích", Action::SeeFigures),
            ("/staff/warnings", "Cảnh báo sớm", Action::SeeFigures),
            ("/staff/progress", "Tiến độ đơn vị", Action::SeeFigures),
        ],
    ),
    (
        "Ý kiến người dân",
        &[
            ("/staff/complaints", "Phản ánh, kiến nghị", Action::ReadComplaints),
            ("/staff/comments", "Góp ý trong phiếu", Action::ReadComments),
            ("/staff/remedies", "Khắc phục", Action::SeeFigures),
            ("/staff/telling", "Thông tin đến dân", Action::SeeFigures),
        ],
    ),
    (
        "Thu thập phiếu",
        &[
            ("/staff/points", "Điểm phục vụ", Action::SeePoints),
            ("/staff/points/silent", "Điểm không phát sinh phiếu", Action::SeeFigures),
            ("/staff/entry", "Nhập phiếu giấy", Action::KeySheets),
            ("/staff/points/tickets", "Thẻ mời", Action::SeeFigures),
            ("/staff/points/voidings", "Phiếu bị loại", Action::SeeFigures),
        ],
    ),
    (
        "Báo cáo",
        &[
            ("/staff/due", "Hạn báo cáo", Action::SeeFigures),
            ("/staff/volumes", "Số hồ sơ", Action::SeeFigures),
            ("/staff/figures", "Số liệu của cơ quan khác", Action::SeeFigures),
        ],
    ),
    (
        "Thiết lập",
        &[
            ("/staff/units", "Đơn vị", Action::SeePoints),
            ("/staff/forms", "Phiếu hỏi", Action::ReadDocuments),
            ("/staff/users", "Người dùng", Action::ManageUsers),
            ("/staff/notice", "Thông báo riêng tư", Action::ChangeNotice),
            ("/staff/audit", "Nhật ký", Action::ReadAudit),
            ("/staff/guide", "Hướng dẫn", Action::ReadDocuments),
        ],
    ),
];

/// Pages that no word of the navigation leads to, and the page beside which they stand.
const BELONGS: [(&str, &str); 6] = [
    ("/staff/plans", "/staff/targets"),
    ("/staff/tasks", "/staff/remedies"),
    ("/staff/dialogues", "/staff/remedies"),
    ("/staff/fields", "/staff/units"),
    ("/staff/tokens", "/staff/users"),
    ("/staff/webhooks", "/staff/users"),
];

impl Frame {
    /// The frame of a page that needs no sign-in.
    pub fn anonymous(app: &App) -> Self {
        Self { user: None, parts: Vec::new(), links: Vec::new(), demo: app.demo() }
    }

    #[expect(clippy::unused_self, reason = "called from templates, which have the frame at hand")]
    /// For templates.
    pub fn style_address(&self) -> &'static str {
        &STYLE_ADDRESS
    }

    #[expect(clippy::unused_self, reason = "called from templates, which have the frame at hand")]
    /// For templates.
    pub fn keying_address(&self) -> &'static str {
        &KEYING_ADDRESS
    }
}

/// The parts of the navigation, and the pages of the part that a path stands in; what the role may not open is in neither.
pub(super) fn links(role: Role, path: &str) -> (Vec<Link>, Vec<Link>) {
    let path = BELONGS.iter().find(|(part, _)| path.starts_with(part)).map_or(path, |(_, page)| page);
    let stands_under = |address: &str| {
        let address = address.trim_end_matches('/');
        path.strip_prefix(address)
            .is_some_and(|rest| rest.is_empty() || rest == "/" || (address != "/staff" && rest.starts_with('/')))
    };
    // Of two that fit, as a page and one under it, the longer.
    let all = NAVIGATION.iter().flat_map(|(_, pages)| pages.iter());
    let nearest =
        all.map(|(address, ..)| *address).filter(|address| stands_under(address)).max_by_key(|address| address.len());
    let (mut parts, mut here) = (Vec::new(), Vec::new());
    for (text, pages) in NAVIGATION {
        let allowed: Vec<&Entry> = pages.iter().filter(|(.., action)| may(role, *action)).collect();
        let Some((address, ..)) = allowed.first() else { continue };
        let is_here = pages.iter().any(|(address, ..)| nearest == Some(*address));
        parts.push(Link { address, text, here: is_here });
        if is_here && allowed.len() > 1 {
            here = allowed
                .iter()
                .map(|(address, text, _)| Link { address, text, here: nearest == Some(*address) })
                .collect();
        }
    }
    (parts, here)
}

#[derive(Template)]
#[template(path = "staff/message.html")]
struct Message<'a> {
    frame: Frame,
    heading: &'a str,
    sentence: &'a str,
    reference: Option<&'a str>,
}

/// A page with a heading and one sentence, and the reference under which the log knows more.
pub fn message(
    status: StatusCode,
    frame: Frame,
    heading: &str,
    sentence: &str,
    reference: Option<&str>,
) -> HttpResponse {
    send(status, &Message { frame, heading, sentence, reference })
}

/// A page with a heading and one sentence, for someone who has not signed in.
pub fn tell_anyone(app: &App, status: StatusCode, heading: &str, sentence: &str) -> HttpResponse {
    message(status, Frame::anonymous(app), heading, sentence, None)
}

/// On to another staff page, after something was done.
pub fn see_other(address: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, address))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// A page of one sentence.
pub fn told(app: &App, user: &SignedIn, status: StatusCode, heading: &str, sentence: &str) -> HttpResponse {
    message(status, user.frame(app), heading, sentence, None)
}

/// Sends a rendered staff page; never cached.
pub fn send(status: StatusCode, page: &impl Template) -> HttpResponse {
    let body = match page.render() {
        Ok(body) => body,
        Err(error) => return HttpResponse::from_error(Refusal::fault(error)),
    };
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        // With none at all older browsers would send their forms as from nowhere, which is refused.
        .insert_header((header::REFERRER_POLICY, "strict-origin"))
        .body(body)
}

/// [`send`] for a page that loads the script of keying; it works without.
pub fn send_with_script(status: StatusCode, page: &impl Template) -> HttpResponse {
    let mut answer = send(status, page);
    let policy = format!("script-src 'self'; {POLICY}");
    if let Ok(policy) = header::HeaderValue::from_str(&policy) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// [`send`] for a page that loads the script of editing, which sends what is typed; it works without.
pub fn send_with_editor(status: StatusCode, page: &impl Template) -> HttpResponse {
    let mut answer = send(status, page);
    let policy = format!("script-src 'self'; connect-src 'self'; {POLICY}");
    if let Ok(policy) = header::HeaderValue::from_str(&policy) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// `GET /static/form-editor.<hash>.js`.
pub async fn editor_script() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/javascript; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(EDITOR_JS)
}

/// `GET /static/keying.<hash>.js`.
pub async fn keying_script() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/javascript; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(KEYING_JS)
}

/// `GET /static/staff.<hash>.css`.
pub async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(CSS)
}
