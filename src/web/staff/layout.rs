//! What staff pages share: the signed-in user, the frame, the headers.

use std::fmt::Write;
use std::sync::LazyLock;

use actix_web::http::{StatusCode, header};
use actix_web::web::block;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use sha2::{Digest, Sha256};

use crate::access::{Action, Role, may, routes};
use crate::app::App;
use crate::clock;
use crate::db::{Note, Outcome, StaffUser, Stage, Unit};
use crate::secrets::hex::hex;
use crate::web::error::Failure;

/// The style of the staff pages.
pub const CSS: &str = include_str!("../../../assets/staff.css");

/// The script that makes keying quick.
const KEYING_JS: &str = include_str!("../../../assets/keying.js");

/// Address of the script of keying, with its hash.
pub static KEYING_ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let hash = hex(&Sha256::digest(KEYING_JS.as_bytes())[..4]);
    format!("/static/keying.{hash}.js")
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
    /// Where the user may go.
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

/// The navigation: address, word, who may go there.
const NAVIGATION: [(&str, &str, Action); 12] = [
    ("/staff/", "Chỉ tiêu", Action::SeeFigures),
    ("/staff/progress", "Tiến độ", Action::SeeFigures),
    ("/staff/due", "Hạn báo cáo", Action::SeeFigures),
    ("/staff/volumes", "Số hồ sơ", Action::SeeFigures),
    ("/staff/entry", "Nhập phiếu", Action::KeySheets),
    ("/staff/complaints", "Phản ánh", Action::ReadComplaints),
    ("/staff/points", "Điểm phục vụ", Action::SeePoints),
    ("/staff/units", "Đơn vị", Action::SeePoints),
    ("/staff/forms", "Phiếu hỏi", Action::ReadDocuments),
    ("/staff/users", "Người dùng", Action::ManageUsers),
    ("/staff/audit", "Nhật ký", Action::ReadAudit),
    ("/staff/guide", "Hướng dẫn", Action::ReadDocuments),
];

impl Frame {
    /// The frame of a page that needs no sign-in.
    pub fn anonymous(app: &App) -> Self {
        Self { user: None, links: Vec::new(), demo: app.demo() }
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

fn links(role: Role, path: &str) -> Vec<Link> {
    let here = |address: &str| match address {
        "/staff/" => {
            path == "/staff"
                || path == "/staff/"
                || path.starts_with("/staff/plans")
                || path == "/staff/targets"
                || path.starts_with("/staff/figures")
        }
        address => path == address || path.strip_prefix(address).is_some_and(|rest| rest.starts_with('/')),
    };
    let allowed = NAVIGATION.into_iter().filter(|(_, _, action)| may(role, *action));
    allowed.map(|(address, text, _)| Link { address, text, here: here(address) }).collect()
}

/// A user who has signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Their number.
    pub id: i32,
    /// Name they sign in with.
    pub name: String,
    /// Shown on pages.
    pub display_name: String,
    /// What they are.
    pub role: Role,
    /// Number of their unit.
    pub unit: i32,
    /// Their unit and those under it.
    pub units: Vec<Unit>,
    /// The path they asked for.
    pub path: String,
    /// Hash of the session's token.
    pub token_hash: [u8; 32],
}

impl SignedIn {
    /// Whether a unit of this code is theirs or under theirs.
    pub fn covers(&self, unit: &str) -> bool {
        self.units.iter().any(|known| known.code == unit)
    }

    /// The unit of this code, if it is theirs or under theirs.
    pub fn unit_of_code(&self, code: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.code == code)
    }

    /// Whether they may do `action` within their unit.
    pub fn may(&self, action: Action) -> bool {
        may(self.role, action)
    }

    /// The unit that they belong to: of those they cover the one at the top.
    pub fn own_unit(&self) -> Option<&Unit> {
        let covered = |id: i32| self.units.iter().any(|known| known.id == id);
        self.units.iter().find(|unit| !unit.parent.is_some_and(covered))
    }

    /// What the audit log keeps of something they do now.
    pub fn note(&self, action: &'static str, unit: &str, object: impl Into<String>) -> Note {
        let (unit, object) = (unit.to_owned(), object.into());
        Note { at: clock::now(), actor: self.name.clone(), action, unit, object, outcome: Outcome::Done }
    }

    /// The code of a unit of theirs by its number.
    pub fn code_of_unit(&self, id: i32) -> &str {
        self.units.iter().find(|unit| unit.id == id).map_or("", |unit| unit.code.as_str())
    }

    /// The frame of their pages.
    pub fn frame(&self, app: &App) -> Frame {
        Frame { user: Some(self.display_name.clone()), links: links(self.role, &self.path), demo: app.demo() }
    }
}

/// The user of a request who may do `action`, or the answer to give instead.
pub async fn require(
    app: &App,
    request: &HttpRequest,
    action: Action,
) -> Result<Result<SignedIn, HttpResponse>, Failure> {
    let pattern = request.match_pattern().unwrap_or_default();
    if routes::action(request.method().as_str(), &pattern) != Some(action) {
        // A page and the table of rights that disagree: shut, whoever asks.
        return Err(Failure::unexpected(format!("{} {pattern} does not ask for {action:?}", request.method())));
    }
    let Some(user) = signed_in(app, request).await? else {
        let next = request.uri().path_and_query().map_or("/staff/", |address| address.as_str());
        let address = format!("/staff/sign-in?next={}", percent_encode(next));
        let answer = HttpResponse::SeeOther()
            .insert_header((header::LOCATION, address))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish();
        return Ok(Err(answer));
    };
    if may(user.role, action) {
        return Ok(Ok(user));
    }
    let note = Note { outcome: Outcome::Refused, ..user.note("open_page", user.code_of_unit(user.unit), pattern) };
    let db = app.db.clone();
    block(move || db.note(note)).await??;
    Ok(Err(forbidden(app, &user)))
}

/// The user of a request, if any: with a session that is past the second factor.
pub async fn signed_in(app: &App, request: &HttpRequest) -> Result<Option<SignedIn>, Failure> {
    Ok(session(app, request).await?.filter(|(_, stage)| *stage == Stage::Full).map(|(user, _)| user))
}

/// The user of a request's session and how far the sign-in is.
pub async fn session(app: &App, request: &HttpRequest) -> Result<Option<(SignedIn, Stage)>, Failure> {
    let Some(cookie) = request.cookie(super::account::sign_in::cookie_name(app)) else { return Ok(None) };
    let token_hash: [u8; 32] = Sha256::digest(cookie.value().as_bytes()).into();
    let db = app.db.clone();
    let found = block(move || {
        let Some(session) = db.session(&token_hash, clock::now())? else { return Ok(None) };
        let mut units = db.units()?;
        let own = units.iter().find(|unit| unit.id == session.user.unit).map(|unit| unit.code.clone());
        let below = own.map(|code| db.subtree(&code)).transpose()?.unwrap_or_default();
        units.retain(|unit| below.contains(&unit.id));
        Ok::<_, crate::db::DbError>(Some((session.user, session.stage, units)))
    })
    .await??;
    Ok(found.and_then(|(user, stage, units)| {
        let role = Role::from_name(&user.role)?;
        let path = request.path().to_owned();
        let StaffUser { id, name, display_name, unit, .. } = user;
        Some((SignedIn { id, name, display_name, role, unit, units, path, token_hash }, stage))
    }))
}

#[derive(Template)]
#[template(path = "staff/message.html")]
struct Message<'a> {
    frame: Frame,
    heading: &'a str,
    sentence: &'a str,
}

fn forbidden(app: &App, user: &SignedIn) -> HttpResponse {
    let sentence = "Vai trò của bạn không xem được trang này. Nếu cần, hãy hỏi người quản trị.";
    send(StatusCode::FORBIDDEN, &Message { frame: user.frame(app), heading: "Không có quyền", sentence })
}

/// The page for an address under `/staff/` that does not exist, or that is none of the user's business.
pub fn not_found(app: &App, user: &SignedIn) -> HttpResponse {
    let sentence = "Địa chỉ này không có trang nào, hoặc thuộc đơn vị khác.";
    send(StatusCode::NOT_FOUND, &Message { frame: user.frame(app), heading: "Không tìm thấy", sentence })
}

/// A page with a heading and one sentence, for someone who has not signed in.
pub fn tell_anyone(app: &App, status: StatusCode, heading: &str, sentence: &str) -> HttpResponse {
    send(status, &Message { frame: Frame::anonymous(app), heading, sentence })
}

/// On to another staff page, after something was done.
pub fn see_other(address: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, address))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// The page for a text that is longer than any we take.
pub fn too_large(app: &App, user: &SignedIn) -> HttpResponse {
    let sentence = "Nội dung gửi lên quá dài nên chưa được lưu. Hãy quay lại, rút ngắn rồi gửi lại.";
    told(app, user, StatusCode::PAYLOAD_TOO_LARGE, "Nội dung quá dài", sentence)
}

/// A page of one sentence.
pub fn told(app: &App, user: &SignedIn, status: StatusCode, heading: &str, sentence: &str) -> HttpResponse {
    send(status, &Message { frame: user.frame(app), heading, sentence })
}

/// Sends a rendered staff page; never cached.
pub fn send(status: StatusCode, page: &impl Template) -> HttpResponse {
    let Ok(body) = page.render() else {
        return HttpResponse::InternalServerError().finish();
    };
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
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

/// Percent-encodes what stands in a path or a query (RFC 3986, unreserved characters and `/` stay).
pub fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
