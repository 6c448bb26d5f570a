//! Addresses of other programs that are told of events, for the administrator: entered with a unit and what they are told of, their
//! secret shown once; how deliveries do; events that were given up, to send again or to throw away.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use askama::Template;

use crate::access::AuditedAction;
use crate::clock;
use crate::db::{DbError, DeadEvent, HookEvent, NewWebhook, Noted, TOO_MANY, Webhook};
use crate::error::Refusal;
use crate::hooks::{BadAddress, checked, secret_text};
use crate::web::http::block::block;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::units::shown::is_open;
use crate::web::state::App;

/// Bytes of a secret, as Standard Webhooks recommends (24 to 64).
const SECRET_BYTES: usize = 32;
/// The most events listed that were given up.
const DEAD_MAX: i64 = 200;

/// What stands behind the `?` of the list's address.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/people/webhooks.html")]
struct Page<'a> {
    frame: Frame,
    done: Option<&'static str>,
    /// The secret of an address just entered: on this page and never again.
    made: Option<&'a str>,
    entry: &'a Entry,
    events: Vec<Choice>,
    units: Vec<Choice>,
    lines: Vec<Line>,
    dead: Vec<DeadLine>,
}

struct Line {
    id: i32,
    name: String,
    url: String,
    events: String,
    unit: String,
    last: String,
    trouble: Option<String>,
    waiting: u64,
}

struct DeadLine {
    webhook: i32,
    id: String,
    name: String,
    event: &'static str,
    unit: String,
    at: String,
    why: String,
}

/// `GET /staff/webhooks`.
pub async fn list(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let done = match ask.done.as_deref() {
        Some("test") => Some("Tin thử sẽ được gửi trong vòng một phút; tải lại trang này để xem kết quả."),
        Some("end") => Some("Đã ngừng báo tin tới địa chỉ ấy."),
        Some("again") => Some("Tin sẽ được gửi lại trong vòng một phút."),
        Some("drop") => Some("Đã bỏ tin ấy."),
        Some("gone") => Some("Mục ấy không còn trong danh sách."),
        _ => None,
    };
    let mut entry = Entry::default();
    for event in HookEvent::CHOSEN {
        entry.add("events", event.word());
    }
    page(&app, &user, &entry, done, None).await
}

/// `POST /staff/webhooks`: enters an address and shows its secret, once.
pub async fn add(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let name = entry.required_line("name", "Nhập tên của phần mềm nhận tin, như Hệ thống một cửa của phường.");
    let url = entry.required_line("url", "Nhập địa chỉ nhận tin, bắt đầu bằng https://.");
    if !url.is_empty()
        && let Err(bad) = checked(&url, &app.config.webhook_private)
    {
        entry.refuse("url", bad_address(bad));
    }
    let chosen = HookEvent::CHOSEN.into_iter().filter(|event| entry.holds("events", event.word()));
    let events: Vec<HookEvent> = chosen.collect();
    if events.is_empty() {
        entry.refuse("events", "Chọn ít nhất một loại tin.");
    }
    let unit = user.unit_of_code(entry.value("unit")).filter(|unit| is_open(unit, clock::today())).cloned();
    if unit.is_none() {
        entry.refuse("unit", "Chọn một đơn vị trong danh sách.");
    }
    let (Some(unit), false) = (unit, entry.is_wrong()) else {
        return page(&app, &user, &entry, None, None).await;
    };
    let mut secret = vec![0; SECRET_BYTES];
    getrandom::fill(&mut secret).map_err(Refusal::fault)?;
    let shown = secret_text(&secret);
    let (made_by, at) = (user.name.clone(), clock::now());
    let new = NewWebhook { unit: unit.id, name: name.clone(), url, events, secret, made_by, at };
    let db = app.db.noting(user.note(AuditedAction::AddWebhook, &unit.code, name));
    match block(move || db.add_webhook(&new)).await? {
        Ok(_) => page(&app, &user, &Entry::default(), None, Some(&shown)).await,
        Err(DbError::Exists { .. }) => {
            entry.refuse("name", "Đơn vị này đã có địa chỉ nhận tin mang tên ấy; hãy đặt tên khác.");
            page(&app, &user, &entry, None, None).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /staff/webhooks/test`: sends an event that says nothing.
pub async fn test(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    act(&app, &user, &body, AuditedAction::TryWebhook, "test", |db, id, _| db.try_webhook(id, clock::now())).await
}

/// `POST /staff/webhooks/end`: tells an address nothing more.
pub async fn end(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    act(&app, &user, &body, AuditedAction::EndWebhook, "end", |db, id, _| db.end_webhook(id, clock::now())).await
}

/// `POST /staff/webhooks/again`: sends an event again that was given up.
pub async fn again(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let again = |db: &Noted, id, event: &str| db.resend_event(id, event, clock::now());
    act(&app, &user, &body, AuditedAction::ResendEvent, "again", again).await
}

/// `POST /staff/webhooks/drop`: throws an event away that was given up.
pub async fn drop_it(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    act(&app, &user, &body, AuditedAction::DropEvent, "drop", Noted::drop_event).await
}

/// Does something to an address of the user's units.
async fn act(
    app: &Data<App>,
    user: &SignedIn,
    body: &Bytes,
    action: AuditedAction,
    word: &'static str,
    deed: impl FnOnce(&Noted, i32, &str) -> Result<bool, DbError> + Send + 'static,
) -> Result<HttpResponse, Refusal> {
    let entry = Entry::sent(body);
    let (db, units) = (app.db.clone(), units_of(user));
    let theirs = block(move || db.webhooks(&units)).await??;
    let id: Option<i32> = entry.value("webhook").parse().ok();
    let found = theirs.into_iter().find(|webhook| Some(webhook.id) == id);
    // Somebody else may just have ended it.
    let Some(webhook) = found else { return Ok(see_other("/staff/webhooks?done=gone")) };
    let db = app.db.noting(user.note(action, user.code_of_unit(webhook.unit), webhook.name));
    let event = entry.value("event").to_owned();
    let done = block(move || deed(&db, webhook.id, &event)).await??;
    Ok(see_other(&format!("/staff/webhooks?done={}", if done { word } else { "gone" })))
}

fn units_of(user: &SignedIn) -> Vec<i32> {
    user.units.iter().map(|unit| unit.id).collect()
}

async fn page(
    app: &Data<App>,
    user: &SignedIn,
    entry: &Entry,
    done: Option<&'static str>,
    made: Option<&str>,
) -> Result<HttpResponse, Refusal> {
    let (db, units) = (app.db.clone(), units_of(user));
    let known = block(move || db.webhooks(&units)).await??;
    let (db, ids): (_, Vec<i32>) = (app.db.clone(), known.iter().map(|webhook| webhook.id).collect());
    let dead = block(move || db.dead_events(&ids, DEAD_MAX)).await??;
    let page = Page {
        frame: user.frame(app),
        done,
        made,
        entry,
        events: HookEvent::CHOSEN
            .map(|event| Choice::new(event.word(), event_words(event)).with_note(event_note(event)))
            .into(),
        units: crate::web::staff::units::shown::open_units(user, clock::today()),
        lines: known.iter().map(|webhook| line(user, webhook)).collect(),
        dead: dead.iter().map(|event| dead_line(user, &known, event)).collect(),
    };
    Ok(send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}

fn unit_name(user: &SignedIn, id: i32) -> String {
    user.tree.unit(id).map(|unit| unit.name_vi.clone()).unwrap_or_default()
}

fn line(user: &SignedIn, webhook: &Webhook) -> Line {
    let events: Vec<&str> = webhook.events.iter().map(|event| event_words(*event)).collect();
    let trouble = webhook.last_failed.filter(|_| !webhook.last_reason.is_empty());
    Line {
        id: webhook.id,
        name: webhook.name.clone(),
        url: webhook.url.clone(),
        events: events.join("; "),
        unit: unit_name(user, webhook.unit),
        last: webhook.last_sent.map_or_else(|| "chưa có".to_owned(), clock::date_and_time),
        trouble: trouble.map(|at| format!("{}: {}", clock::date_and_time(at), why(&webhook.last_reason))),
        waiting: webhook.waiting,
    }
}

fn dead_line(user: &SignedIn, known: &[Webhook], event: &DeadEvent) -> DeadLine {
    let webhook = known.iter().find(|webhook| webhook.id == event.webhook);
    DeadLine {
        webhook: event.webhook,
        id: event.id.clone(),
        name: webhook.map(|webhook| webhook.name.clone()).unwrap_or_default(),
        event: event_words(event.event),
        unit: unit_name(user, event.unit),
        at: clock::date_and_time(event.given_up),
        why: why(&event.reason),
    }
}

fn event_words(event: HookEvent) -> &'static str {
    match event {
        HookEvent::AnswersReleased => "Có phiếu mới được tính vào số liệu",
        HookEvent::PeriodClosed => "Kỳ báo cáo được khóa, duyệt, công bố, trả lại hoặc mở lại",
        HookEvent::ComplaintChanged => "Phản ánh mới hoặc chuyển trạng thái",
        HookEvent::Test => "Tin thử",
    }
}

fn event_note(event: HookEvent) -> &'static str {
    match event {
        HookEvent::AnswersReleased => "chỉ báo số phiếu, từ mười phiếu trở lên; không kèm câu trả lời",
        HookEvent::PeriodClosed => "báo kế hoạch, kỳ và trạng thái; không kèm số liệu",
        HookEvent::ComplaintChanged => {
            "chỉ báo số hiệu và trạng thái, vào đầu giờ kế tiếp; không kèm nội dung, họ tên, điện thoại"
        }
        HookEvent::Test => "",
    }
}

fn bad_address(bad: BadAddress) -> &'static str {
    match bad {
        BadAddress::Unreadable => {
            "Địa chỉ phải có dạng https://tên-máy/đường-dẫn, không kèm tên đăng nhập, mật khẩu hay dấu #."
        }
        BadAddress::Plain => "Địa chỉ phải bắt đầu bằng https://, để không ai đọc được trên đường truyền.",
        BadAddress::Inner => {
            "Đây là địa chỉ trong mạng nội bộ. Người vận hành máy chủ cho phép mạng ấy bằng cài đặt WEBHOOK_PRIVATE."
        }
    }
}

/// Why a message was not taken, from the word that is kept.
fn why(word: &str) -> String {
    match word {
        "address" => {
            "tên máy dẫn vào mạng nội bộ chưa được phép (cài đặt WEBHOOK_PRIVATE), hoặc không dùng https".to_owned()
        }
        "late" => "phần mềm nhận không trả lời trong 10 giây".to_owned(),
        "certificate" => "chứng thư của phần mềm nhận không hợp lệ".to_owned(),
        "redirect" => "phần mềm nhận chuyển sang địa chỉ khác; hãy nhập đúng địa chỉ cuối".to_owned(),
        "unreachable" => "không kết nối được tới địa chỉ".to_owned(),
        TOO_MANY => "đã có quá nhiều tin chờ gửi tới địa chỉ này, nên tin cũ nhất không được gửi nữa".to_owned(),
        _ => match word.strip_prefix("status ") {
            Some(status) => format!("phần mềm nhận từ chối, mã trạng thái {status}"),
            None => "không rõ".to_owned(),
        },
    }
}
