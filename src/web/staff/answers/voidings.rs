//! Groups of sheets that count no more: which, why, by whom; made and undone by whom the table of rights names.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use askama::Template;
use chrono::{DateTime, Days, NaiveDate, Utc};

use super::words::voiding_refused;
use crate::access::{Action, AuditedAction};
use crate::clock;
use crate::db::{DbError, NewVoiding, PointListed, Refused, VOIDED_FROM_DAYS, Voiding, VoidingRefused};
use crate::error::Refusal;
use crate::report::{Language, format};
use crate::web::http::block::block;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// Shorter reasons tell nobody anything a year later; the database refuses them too.
const REASON_MIN: usize = 10;
/// The most characters of a reason.
const REASON_MAX: usize = 1_000;

#[derive(Template)]
#[template(path = "staff/answers/voidings.html")]
struct VoidingsPage<'a> {
    frame: Frame,
    done: &'static str,
    lines: Vec<Line>,
    /// For whoever may void: the form, and its points.
    form: Option<(&'a Entry, Vec<Choice>)>,
    last_hint: String,
    which: [Choice; 2],
    /// What else the voiding takes out, to be confirmed.
    others: Option<String>,
}

struct Line {
    name: String,
    code: String,
    unit: String,
    days: String,
    sheets: String,
    suspects_only: bool,
    reason: String,
    by: String,
    on: String,
    undone: Option<String>,
    /// Unit and number, where it can be undone.
    id: Option<String>,
    /// What is wrong with the reason for undoing it, and what was typed.
    refused: Option<(String, String)>,
}

/// What was done just now.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /staff/points/voidings`.
pub async fn show(app: Data<App>, user: Staff, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let done = match done.done.as_str() {
        "voided" => "Nhóm phiếu này không còn tính vào số liệu.",
        "undone" => "Nhóm phiếu này lại được tính vào số liệu.",
        "undone-partly" => {
            "Những phiếu còn lưu của nhóm này lại được tính vào số liệu. Phiếu của các ngày đã quá thời hạn lưu đã được xóa nên không tính lại được."
        }
        _ => "",
    };
    page(&app, &user, done, &Entry::fresh(&[("which", "all")]), None).await
}

/// `POST /staff/points/voidings`.
pub async fn void(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let (points, _) = known(&app, &user).await?;
    let point = points.iter().find(|point| point.code == entry.value("point"));
    if point.is_none() {
        entry.refuse("point", "Chọn một điểm trong danh sách.");
    }
    let (from, to) = (entry.day("from"), entry.day("to"));
    let last = last_day();
    if to.is_some_and(|to| to > last) {
        let last = format::date(last);
        entry.refuse(
            "to",
            format!("Phiếu gửi chậm còn có thể đến trong ba ngày; chọn ngày cuối đến {last} là muộn nhất."),
        );
    }
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        entry.refuse("from", "Ngày đầu không thể sau ngày cuối.");
    }
    let reason = reason(&mut entry);
    let (Some(point), Some(from), Some(to)) = (point, from, to) else {
        return page(&app, &user, "", &entry, None).await;
    };
    if entry.is_wrong() {
        return page(&app, &user, "", &entry, None).await;
    }
    let suspects_only = entry.value("which") == "suspects";
    let by = user.name.clone();
    let new =
        NewVoiding { unit: point.unit, point: point.point, from, to, suspects_only, reason, by, at: clock::now() };
    if entry.value("sure").is_empty() {
        let (db, asked) = (app.db.clone(), new.clone());
        match block(move || db.would_void(&asked, clock::today())).await? {
            Ok((_, 0)) => {}
            Ok((named, others)) => {
                let count = |sheets: u64| format::count(sheets, Language::Vi);
                let told = format!(
                    "Nhóm này có {} phiếu, nhưng chúng đã vào số liệu cùng lượt với {} phiếu khác của các ngày hoặc điểm khác. Một lượt chỉ tính \
                     hoặc bỏ cả lượt, nên {} phiếu ấy cũng không tính nữa.",
                    count(named),
                    count(others),
                    count(others)
                );
                return page_asking(&app, &user, &entry, told).await;
            }
            Err(DbError::Refused(Refused::Voiding(reason))) => {
                let (field, words) = voiding_refused(&reason);
                entry.refuse(field, words);
                return page(&app, &user, "", &entry, None).await;
            }
            Err(error) => return Err(Refusal::from(error)),
        }
    }
    let object = format!("{}, {from} – {to}", point.code);
    let db = app.db.noting(user.note(AuditedAction::Void, &point.unit_code, object));
    match block(move || db.void(&new, clock::today())).await? {
        Ok(_) => Ok(see_other("/staff/points/voidings?done=voided")),
        Err(DbError::Refused(Refused::Voiding(reason))) => {
            let (field, words) = voiding_refused(&reason);
            entry.refuse(field, words);
            page(&app, &user, "", &entry, None).await
        }
        Err(error) => Err(Refusal::from(error)),
    }
}

/// `POST /staff/points/voidings/undo`.
pub async fn undo(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let (_, voidings) = known(&app, &user).await?;
    let wanted = entry.value("voiding").to_owned();
    let found = voidings.iter().find(|voiding| voiding.undone.is_none() && id(&user, voiding) == wanted);
    // Somebody else was faster: the list says who.
    let Some(found) = found else { return Ok(see_other("/staff/points/voidings")) };
    let reason = reason(&mut entry);
    if let Some(error) = entry.error("reason") {
        let refused = UndoRefused { voiding: wanted, error: error.to_owned(), typed: reason };
        return page(&app, &user, "", &Entry::fresh(&[("which", "all")]), Some(refused)).await;
    }
    let (unit, number, by) = (found.what.unit, found.number, user.name.clone());
    let db = app.db.noting(user.note(AuditedAction::UndoVoiding, user.code_of_unit(unit), wanted.clone()));
    let why = reason.clone();
    match block(move || db.undo_voiding(unit, number, &why, &by, clock::now())).await? {
        Ok(None) => Ok(see_other("/staff/points/voidings?done=undone")),
        Ok(Some(_)) => Ok(see_other("/staff/points/voidings?done=undone-partly")),
        // Somebody else was faster: the list says who.
        Err(DbError::Refused(Refused::Voiding(VoidingRefused::Undone(_)))) => Ok(see_other("/staff/points/voidings")),
        Err(DbError::Refused(Refused::Voiding(why))) => {
            let (_, error) = voiding_refused(&why);
            let refused = UndoRefused { voiding: wanted, error, typed: reason };
            page(&app, &user, "", &Entry::fresh(&[("which", "all")]), Some(refused)).await
        }
        Err(error) => Err(Refusal::from(error)),
    }
}

/// The last day that can be voided today.
fn last_day() -> NaiveDate {
    clock::today() - Days::new(VOIDED_FROM_DAYS)
}

/// A reason, one paragraph.
fn reason(entry: &mut Entry) -> String {
    let reason = crate::web::staff::form::fold(entry.value("reason"));
    match reason.chars().count() {
        0..REASON_MIN => entry.refuse("reason", "Nêu lý do bằng một câu, để sau này ai cũng hiểu."),
        REASON_MIN..=REASON_MAX => {}
        _ => entry.refuse("reason", format!("Dài quá {REASON_MAX} ký tự; hãy viết gọn lại.")),
    }
    reason
}

/// Points and voidings of the user's units.
async fn known(app: &App, user: &SignedIn) -> Result<(Vec<PointListed>, Vec<Voiding>), Refusal> {
    let (db, ids) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<i32>>());
    Ok(block(move || Ok::<_, DbError>((db.points(Some(&ids))?, db.voidings(&ids)?))).await??)
}

fn id(user: &SignedIn, voiding: &Voiding) -> String {
    format!("{}/{}", user.code_of_unit(voiding.what.unit), voiding.number)
}

/// An undoing that was refused: of which voiding, why, and what was typed.
struct UndoRefused {
    voiding: String,
    error: String,
    typed: String,
}

/// The page with the form as it was sent, asking whether what goes with it may go too.
async fn page_asking(app: &App, user: &SignedIn, entry: &Entry, told: String) -> Result<HttpResponse, Refusal> {
    page_with(app, user, "", entry, None, Some(told)).await
}

async fn page(
    app: &App,
    user: &SignedIn,
    done: &'static str,
    entry: &Entry,
    refused: Option<UndoRefused>,
) -> Result<HttpResponse, Refusal> {
    page_with(app, user, done, entry, refused, None).await
}

async fn page_with(
    app: &App,
    user: &SignedIn,
    done: &'static str,
    entry: &Entry,
    refused: Option<UndoRefused>,
    others: Option<String>,
) -> Result<HttpResponse, Refusal> {
    let (points, mut voidings) = known(app, user).await?;
    voidings.sort_by_key(|voiding| std::cmp::Reverse(voiding.what.at));
    let on = |at: DateTime<Utc>| format::date(clock::civil_date(at));
    let unit_name = |code: &str| user.unit_of_code(code).map(|unit| unit.name_vi.clone()).unwrap_or_default();
    let may = user.may(Action::VoidSheets);
    let lines = voidings.into_iter().filter_map(|voiding| {
        let point = points.iter().find(|point| (point.unit, point.point) == (voiding.what.unit, voiding.what.point))?;
        let id = (may && voiding.undone.is_none()).then(|| id(user, &voiding));
        let wrong = refused.as_ref().filter(|refused| id.as_ref() == Some(&refused.voiding));
        let what = voiding.what;
        Some(Line {
            name: point.name_vi.clone(),
            code: point.code.clone(),
            unit: unit_name(&point.unit_code),
            days: format!("{} – {}", format::date(what.from), format::date(what.to)),
            sheets: format::count(voiding.sheets, Language::Vi),
            suspects_only: what.suspects_only,
            reason: what.reason,
            by: what.by,
            on: on(what.at),
            undone: voiding.undone.map(|(reason, by, at)| format!("Khôi phục {} bởi {by}: {reason}", on(at))),
            id,
            refused: wrong.map(|wrong| (wrong.error.clone(), wrong.typed.clone())),
        })
    });
    let choices = points.iter().map(|point| {
        Choice::new(&point.code, format!("{} – {}", point.name_vi, unit_name(&point.unit_code))).with_note(&point.code)
    });
    let choices = [Choice::new("", "Chọn điểm")].into_iter().chain(choices).collect();
    let wrong = entry.is_wrong() || refused.is_some();
    let page = VoidingsPage {
        frame: user.frame(app),
        done,
        lines: lines.collect(),
        form: may.then_some((entry, choices)),
        last_hint: format!("Muộn nhất là {}: phiếu gửi chậm còn có thể đến trong ba ngày.", format::date(last_day())),
        which: [
            Choice::new("all", "Mọi phiếu của điểm trong những ngày này"),
            Choice::new("suspects", "Chỉ các phiếu có dấu hiệu bất thường"),
        ],
        others,
    };
    Ok(send(if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}
