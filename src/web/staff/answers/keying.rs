//! Keying paper sheets: the batches under way, and the form of one sheet. A pile is keyed twice; `reconcile.rs`
//! compares the two and stores it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use askama::Template;

use super::keying_overtaken::{self, ENDED, GONE};
use super::keying_sheet::{KeyPage, OpenBatch, SheetLine, fault_vi};
use super::reconcile;
use crate::access::AuditedAction;
use crate::clock;
use crate::db::{BATCH_SHEETS_MAX, BatchState, DbError, KeyedRow, NewPaperBatch, PaperBatch, PointListed, StaffUser};
use crate::error::Refusal;
use crate::report::format;
use crate::survey::keyed;
use crate::web::http::block::block;
use crate::web::http::form_body::FormBody;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send, send_with_script};
use crate::web::staff::seen::mark;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// What stands behind the `?` of these addresses.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
    count: Option<usize>,
    sheet: Option<usize>,
}

#[derive(Template)]
#[template(path = "staff/answers/keying_list.html")]
struct ListPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    done: Option<String>,
    batches: Vec<BatchLine>,
    points: Vec<Choice>,
    open_points: Vec<Choice>,
}

struct BatchLine {
    id: i32,
    point: String,
    unit: String,
    state: String,
    action: &'static str,
    by: String,
    since: String,
    /// Whether the second keying would be by the person of the first.
    own: bool,
}

/// `GET /staff/entry`.
pub async fn list(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let done = match ask.done.as_deref() {
        Some("first") => {
            Some("Đã nhập xong lần 1. Chuyển tập phiếu, vẫn theo thứ tự ấy, cho một đồng nghiệp nhập lần 2.".to_owned())
        }
        Some("stored") => Some(format!("Đã đưa {} phiếu vào kết quả. Bản nhập tạm đã xoá.", ask.count.unwrap_or(0))),
        Some("imported") => Some(format!("Đã đưa {} phiếu từ tệp vào kết quả.", ask.count.unwrap_or(0))),
        Some("discarded") => Some("Đã bỏ tập phiếu đang nhập; không phiếu nào được tính.".to_owned()),
        Some("gone") => Some("Tập phiếu này không còn: đã đưa vào kết quả hoặc đã bỏ.".to_owned()),
        _ => None,
    };
    list_page(&app, &user, &Entry::default(), done).await
}

async fn list_page(app: &App, user: &SignedIn, entry: &Entry, done: Option<String>) -> Result<HttpResponse, Refusal> {
    let (batches, points, people) = read(app, user).await?;
    let unit_name = |id: i32| user.units.iter().find(|unit| unit.id == id).map_or("", |unit| unit.name_vi.as_str());
    let line = |batch: PaperBatch| {
        let found = points.iter().find(|point| point.unit == batch.unit && point.point == batch.point);
        let [first, second] = batch.keyed;
        let (state, action) = match batch.state {
            BatchState::First => (format!("Đang nhập lần 1: {first} phiếu"), "Nhập tiếp"),
            BatchState::Second => (format!("Nhập lần 2: {second} trong {first} phiếu"), "Nhập lần 2"),
            BatchState::Compared => (format!("Đã nhập hai lần: {first} phiếu"), "Đối chiếu"),
        };
        let name = |id: i32| people.iter().find(|known| known.id == id).map_or("", |known| known.display_name.as_str());
        let second_by = batch.second_by.map(|id| format!(", {}", name(id))).unwrap_or_default();
        BatchLine {
            id: batch.id,
            point: found.map(|point| point.name_vi.clone()).unwrap_or_default(),
            unit: unit_name(batch.unit).to_owned(),
            state,
            action,
            by: format!("{}{second_by}", name(batch.first_by)),
            since: format::date(clock::civil_date(batch.created_at)),
            own: batch.state == BatchState::Second && batch.first_by == user.id,
        }
    };
    let today = clock::today();
    let choice = |point: &PointListed| {
        Choice::new(point.code.clone(), format!("{} · {}", point.name_vi, unit_name(point.unit)))
            .with_note(point.code.clone())
    };
    let is_open = |point: &&PointListed| point.retired_on.is_none_or(|day| day > today);
    let page = ListPage {
        frame: user.frame(app),
        entry,
        done,
        batches: batches.into_iter().map(line).collect(),
        points: points.iter().map(choice).collect(),
        open_points: points.iter().filter(is_open).map(choice).collect(),
    };
    Ok(send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}

async fn read(app: &App, user: &SignedIn) -> Result<(Vec<PaperBatch>, Vec<PointListed>, Vec<StaffUser>), Refusal> {
    let db = app.db.clone();
    let units: Vec<i32> = user.units.iter().map(|unit| unit.id).collect();
    let read = move || {
        let mut points = db.points(Some(&units))?;
        points.sort_by_key(|point| point.retired_on.is_some());
        let batches = db.entry_batches(&units)?;
        let hands: Vec<i32> =
            batches.iter().flat_map(|batch| [Some(batch.first_by), batch.second_by]).flatten().collect();
        let people = db.users_of_ids(&hands)?;
        Ok::<_, DbError>((batches, points, people))
    };
    Ok(block(read).await??)
}

/// `POST /staff/entry`: begins a batch.
pub async fn begin(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let (_, points, _) = read(&app, &user).await?;
    let Some(point) = points.into_iter().find(|point| point.code == entry.value("point")) else {
        entry.refuse("point", "Chọn điểm phục vụ ghi trên phiếu.");
        return list_page(&app, &user, &entry, None).await;
    };
    let typed = entry.value("version").trim().to_owned();
    let version = if typed.is_empty() { Some(point.form_version) } else { typed.parse().ok() };
    let (db, id) = (app.db.clone(), point.form.clone());
    let found = match version {
        Some(version) => block(move || db.form_by_reference(&id, version)).await??,
        None => None,
    };
    let Some(form) = found else {
        let newest = point.form_version;
        entry.refuse("version", format!("Phiếu hỏi của điểm này không có phiên bản đó; bản mới nhất là {newest}."));
        return list_page(&app, &user, &entry, None).await;
    };
    let new = NewPaperBatch { unit: point.unit, point: point.point, form: form.id, by: user.id, at: clock::now() };
    let db = app.db.noting(user.note(AuditedAction::BeginBatch, user.code_of_unit(point.unit), point.code.as_str()));
    let batch = block(move || db.begin_entry_batch(new)).await??;
    tracing::info!(user = user.id, batch, "a batch of paper sheets begun");
    Ok(see_other(&format!("/staff/entry/{batch}")))
}

/// `GET /staff/entry/{batch}`: the next sheet, or `?sheet=` one keyed before; the differences once it was keyed twice.
pub async fn show(
    app: Data<App>,
    user: Staff,
    path: Path<String>,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let desk = OpenBatch::open(&app, &user, &path).await?;
    if desk.batch.state == BatchState::Compared && ask.sheet.is_none() {
        return reconcile::page(&app, &user, &desk, Vec::new(), ask.done.as_deref() == Some("changed")).await;
    }
    let sheets = desk.keyed_sheets(&app, pass_of(desk.batch.state)).await?;
    let place = ask.sheet.filter(|place| (1..=sheets.len()).contains(place)).unwrap_or(sheets.len() + 1);
    let fields = desk.field_codes();
    let asked = desk.asked(&fields);
    let pairs = match (sheets.get(place - 1), sheets.last()) {
        (Some(kept), _) => keyed::pairs(&desk.keyed(kept), &asked),
        // The day goes on from sheet to sheet of a pile.
        (None, Some(last)) => vec![("day".to_owned(), last.day.to_string())],
        (None, None) => Vec::new(),
    };
    let done = ask.done.as_deref().filter(|done| *done == "kept").and(ask.count);
    let page = KeyPage {
        done: done.map(|place| format!("Đã lưu phiếu số {place}.")),
        ..KeyPage::new(&app, &user, &desk, place, &pairs)
    };
    Ok(key_page(&desk, &user, page, &sheets))
}

/// The number of the keying that a state shows; a correction begins with the first.
fn pass_of(state: BatchState) -> i16 {
    if state == BatchState::Second { 2 } else { 1 }
}

fn key_page(desk: &OpenBatch, user: &SignedIn, mut page: KeyPage, sheets: &[KeyedRow]) -> HttpResponse {
    page.seen.get_or_insert_with(|| mark(sheets.get(page.place - 1)));
    page.pass = match desk.batch.state {
        BatchState::First => 1,
        BatchState::Second => 2,
        BatchState::Compared => 3,
    };
    page.is_new = page.place > sheets.len();
    page.same_person = desk.batch.state == BatchState::Second && desk.batch.first_by == user.id;
    let key = |answer: &u8| match answer {
        0 => '·',
        6 => '0',
        level => char::from(b'0' + level),
    };
    let line = |(at, row): (usize, &KeyedRow)| SheetLine {
        place: at + 1,
        day: format::date(row.day),
        keys: row.answers.iter().map(key).collect(),
        here: at + 1 == page.place,
    };
    page.sheets = sheets.iter().enumerate().map(line).collect();
    let status = match (page.changed, page.errors.is_empty()) {
        (true, _) => StatusCode::CONFLICT,
        (false, true) => StatusCode::OK,
        (false, false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    send_with_script(status, &page)
}

/// The batch that a page of keying was of, with what was sent; none with the answer where it is no more, or is another one now.
async fn desk_of(
    app: &App,
    user: &SignedIn,
    number: &str,
    sent: &FormBody,
) -> Result<Result<OpenBatch, HttpResponse>, Refusal> {
    if let Some(desk) = OpenBatch::find(app, user, number, sent.get("begun")).await? {
        return Ok(Ok(desk));
    }
    let typed = sent.pairs.iter().any(|(name, value)| is_answer(name) && !value.trim().is_empty());
    let of_page = if typed { OpenBatch::of_page(app, user, sent).await? } else { None };
    Ok(Err(match of_page {
        Some(desk) => keying_overtaken::page(app, user, &desk, sent, GONE),
        None => see_other("/staff/entry?done=gone"),
    }))
}

/// `POST /staff/entry/{batch}`: keeps one sheet, and goes on to the next or to the one of `then`.
pub async fn keep(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let sent = FormBody::parse(&body);
    let desk = match desk_of(&app, &user, &path, &sent).await? {
        Ok(desk) => desk,
        Err(gone) => return Ok(gone),
    };
    let back = format!("/staff/entry/{}", desk.batch.id);
    let then = number(&sent, "then");
    if then > 0 && is_no_sheet(&desk, &sent) {
        return Ok(see_other(&format!("{back}?sheet={then}")));
    }
    Ok(match keep_sheet(&app, &user, &desk, &sent).await? {
        Kept::Not(page) => page,
        Kept::Yes if then > 0 => see_other(&format!("{back}?sheet={then}")),
        Kept::Yes if desk.batch.state != BatchState::Compared => {
            see_other(&format!("{back}?done=kept&count={}", number(&sent, "place")))
        }
        Kept::Yes | Kept::Before => see_other(&back),
    })
}

/// What became of a sheet that was sent.
enum Kept {
    Yes,
    /// It stands so in a keying that is over, as after a double press.
    Before,
    /// It is unsound, or somebody else was there before: the page that says so, with what was typed.
    Not(HttpResponse),
}

fn number(sent: &FormBody, name: &str) -> usize {
    sent.get(name).and_then(|value| value.parse().ok()).unwrap_or(0)
}

fn is_answer(name: &str) -> bool {
    name == "comment" || name.starts_with("q.") || name.starts_with("d.")
}

/// Whether a form holds no answer and is of no sheet that was keyed before: the day and what a list stands on make no sheet.
fn is_no_sheet(desk: &OpenBatch, sent: &FormBody) -> bool {
    let keyed = desk.batch.keyed[usize::from(pass_of(desk.batch.state) == 2)];
    let place = number(sent, "place");
    (place == 0 || place > keyed) && sent.pairs.iter().all(|(name, value)| !is_answer(name) || value.trim().is_empty())
}

/// Checks a sheet and keeps it.
async fn keep_sheet(app: &App, user: &SignedIn, desk: &OpenBatch, sent: &FormBody) -> Result<Kept, Refusal> {
    let place = number(sent, "place");
    let (passes, pass): (&[i16], usize) = match desk.batch.state {
        BatchState::First => (&[1], 1),
        BatchState::Second => (&[2], 2),
        BatchState::Compared => (&[1, 2], 3),
    };
    let fields = desk.field_codes();
    let read = keyed::read(&sent.pairs, &desk.asked(&fields));
    if number(sent, "pass") != pass {
        let of_pass = if number(sent, "pass") == 2 { 2 } else { 1 };
        let stands = desk.keyed_sheets(app, of_pass).await?.into_iter().nth(place.wrapping_sub(1));
        let typed = read.ok().and_then(|sheet| desk.row(&sheet));
        return Ok(match typed {
            Some(_) if typed == stands => Kept::Before,
            _ => Kept::Not(keying_overtaken::page(app, user, desk, sent, ENDED)),
        });
    }
    let mut errors: Vec<(String, String)> = match &read {
        Err(faults) => faults.iter().map(|(name, fault)| (name.clone(), fault_vi(*fault))).collect(),
        Ok(_) => Vec::new(),
    };
    if let Ok(sheet) = &read
        && let Some(sentence) = desk.refused(app, sheet.day).await?
    {
        errors.push(("day".to_owned(), sentence));
    }
    if place > BATCH_SHEETS_MAX {
        let full = format!(
            "Tập đã đủ {BATCH_SHEETS_MAX} phiếu nên phiếu này chưa được lưu. Nhập tờ này trong một tập mới: xóa các ô ở đây rồi bấm “Hoàn thành”."
        );
        errors.push(("keying".to_owned(), full));
    }
    let sheets = desk.keyed_sheets(app, pass_of(desk.batch.state)).await?;
    let row = read.ok().and_then(|sheet| desk.row(&sheet)).filter(|_| errors.is_empty());
    let Some(row) = row else {
        let mut page = KeyPage::new(app, user, desk, place.max(1), &sent.pairs);
        page.mark(errors);
        // What this page saw at its place, not what stands there now.
        page.seen = Some(sent.get("seen").unwrap_or_default().to_owned());
        return Ok(Kept::Not(key_page(desk, user, page, &sheets)));
    };
    let stands = sheets.get(place.wrapping_sub(1));
    if mark(stands) != sent.get("seen").unwrap_or_default() && stands != Some(&row) {
        return Ok(Kept::Not(changed_page(app, user, desk, sent, &sheets)));
    }
    let (db, batch, state, by, before) = (app.db.clone(), desk.batch, desk.batch.state, user.id, stands.cloned());
    let kept = block(move || {
        if state == BatchState::Second && batch.second_by != Some(by) {
            db.move_entry_batch(batch.id, BatchState::Second, BatchState::Second, Some(by))?;
        }
        db.keep_keyed(batch.id, state, passes, i32::try_from(place).unwrap_or(0), (before.as_ref(), &row))
    });
    if kept.await?? {
        return Ok(Kept::Yes);
    }
    // Somebody was faster by a moment: the same question once more, to what stands now.
    match OpenBatch::find(app, user, &desk.batch.id.to_string(), sent.get("begun")).await? {
        Some(now) if now.batch.state == state => {
            let sheets = now.keyed_sheets(app, pass_of(state)).await?;
            Ok(Kept::Not(changed_page(app, user, &now, sent, &sheets)))
        }
        Some(now) => Ok(Kept::Not(keying_overtaken::page(app, user, &now, sent, ENDED))),
        None => Ok(Kept::Not(keying_overtaken::page(app, user, desk, sent, GONE))),
    }
}

/// The page of a sheet whose place somebody else took or changed: what was typed, at the next free place where it is a new one.
fn changed_page(app: &App, user: &SignedIn, desk: &OpenBatch, sent: &FormBody, sheets: &[KeyedRow]) -> HttpResponse {
    let typed_at = number(sent, "place").max(1);
    let is_new = sent.get("seen").is_none_or(str::is_empty) || typed_at > sheets.len();
    let place = if is_new { sheets.len() + 1 } else { typed_at };
    let why = if is_new {
        format!(
            "Người khác vừa thay đổi các phiếu của lần nhập này nên phiếu số {typed_at} bạn gõ chưa được lưu. Nếu tờ này là phiếu số {place} của tập thì bấm Lưu lần nữa."
        )
    } else {
        format!("Người khác vừa thay phiếu số {place}. Điều bạn gõ còn ở dưới; xem lại tờ phiếu rồi bấm Lưu lần nữa.")
    };
    let mut page = KeyPage::new(app, user, desk, place, &sent.pairs);
    page.changed = true;
    page.mark(vec![("keying".to_owned(), why)]);
    key_page(desk, user, page, sheets)
}

/// `POST /staff/entry/{batch}/finish`: ends the first or the second keying; a sheet that is being typed is kept before.
pub async fn finish(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let sent = FormBody::parse(&body);
    let mut desk = match desk_of(&app, &user, &path, &sent).await? {
        Ok(desk) => desk,
        Err(gone) => return Ok(gone),
    };
    let (id, pass) = (desk.batch.id, number(&sent, "pass"));
    let back = format!("/staff/entry/{id}");
    let ended = |pass: usize| if pass == 1 { "/staff/entry?done=first".to_owned() } else { back.clone() };
    if !is_no_sheet(&desk, &sent) {
        match keep_sheet(&app, &user, &desk, &sent).await? {
            Kept::Not(page) => return Ok(page),
            Kept::Before => return Ok(see_other(&ended(pass))),
            Kept::Yes => desk = OpenBatch::open(&app, &user, &path).await?,
        }
    }
    if pass > 0 && pass != usize::from(pass_of(desk.batch.state).unsigned_abs()) {
        // The page is of a keying that is over, and no sheet of it is under way.
        return Ok(see_other(&ended(pass)));
    }
    let [first, second] = desk.batch.keyed;
    let (from, to, pass) = match desk.batch.state {
        BatchState::First if first > 0 => (BatchState::First, BatchState::Second, 1),
        BatchState::Second if second > 0 => (BatchState::Second, BatchState::Compared, 2),
        _ => return Ok(see_other(&back)),
    };
    let db = app.db.clone();
    block(move || db.move_entry_batch(id, from, to, None)).await??;
    Ok(see_other(&ended(pass)))
}

/// `POST /staff/entry/{batch}/drop`: takes a sheet out of the keying under way.
pub async fn drop_sheet(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let sent = FormBody::parse(&body);
    let desk = match desk_of(&app, &user, &path, &sent).await? {
        Ok(desk) => desk,
        Err(gone) => return Ok(gone),
    };
    let (id, pass) = (desk.batch.id, pass_of(desk.batch.state));
    let is_of_page =
        desk.batch.state != BatchState::Compared && number(&sent, "pass") == usize::from(pass.unsigned_abs());
    if let (true, Ok(place)) = (is_of_page, i32::try_from(number(&sent, "place"))) {
        let stands = desk.keyed_sheets(&app, pass).await?.into_iter().nth(number(&sent, "place").wrapping_sub(1));
        let is_seen = |stands: &KeyedRow| sent.get("seen").is_none_or(|seen| seen == mark(Some(stands)));
        if let Some(stands) = stands.filter(is_seen) {
            let unit = user.code_of_unit(desk.batch.unit);
            let note = user.note(AuditedAction::DropKeyedSheet, unit, desk.point.code.as_str());
            let (db, of) = (app.db.noting(note), number(&sent, "of"));
            block(move || db.drop_keyed(id, pass, (place, of), &stands)).await??;
        }
    }
    Ok(see_other(&format!("/staff/entry/{id}")))
}

/// `POST /staff/entry/{batch}/discard`: throws the batch away.
pub async fn discard(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let desk = match desk_of(&app, &user, &path, &FormBody::parse(&body)).await? {
        Ok(desk) => desk,
        Err(gone) => return Ok(gone),
    };
    let note = user.note(AuditedAction::DiscardBatch, user.code_of_unit(desk.batch.unit), desk.point.code.as_str());
    let (db, id) = (app.db.noting(note), desk.batch.id);
    block(move || db.discard_entry_batch(id)).await??;
    tracing::info!(user = user.id, batch = id, "a batch of paper sheets thrown away");
    Ok(see_other("/staff/entry?done=discarded"))
}
