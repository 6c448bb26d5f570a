//! `/staff/complaints/new`: cases that came another way: told at a counter, by telephone, by letter, through iHanoi.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use askama::Template;
use uuid::Uuid;

use super::case::entered;
use super::words;
use crate::access::AuditedAction;
use crate::cases::{CaseAction, Channel, Kind, Subject, check, reference};
use crate::clock;
use crate::db::{ComplaintStep, DbError, Field, Stored, Unit, UnitKind, complaint_key};
use crate::error::Refusal;
use crate::service::complaints::{arrival, receiver_of};
use crate::web::http::block::block;
use crate::web::public::complaint_words::complaint_words;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// How long ago a case may have come that is entered now: longer would be a slip of the year.
const DAYS_BACK: i64 = 400;

#[derive(Template)]
#[template(path = "staff/complaints/entry.html")]
struct EntryPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    once: String,
    channels: Vec<Choice>,
    kinds: Vec<Choice>,
    subjects: Vec<Choice>,
    fields: Vec<Choice>,
    abouts: Vec<Choice>,
    wards: Vec<Choice>,
}

/// What the page is made of.
struct Known {
    wards: Vec<Unit>,
    below: Vec<Unit>,
    fields: Vec<Field>,
}

/// `GET /staff/complaints/new`.
pub async fn form(app: Data<App>, user: Staff) -> Result<HttpResponse, Refusal> {
    let known = known(&app, &user).await?;
    let today = clock::today().to_string();
    let mut entry = Entry::fresh(&[("received_on", &today), ("kind", Kind::Complaint.name())]);
    entry.add("unit", known.wards.first().map_or("", |ward| ward.code.as_str()));
    Ok(page(&app, &user, &entry, &known))
}

/// `POST /staff/complaints/new`.
pub async fn submit(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let known = known(&app, &user).await?;
    let ward = known.wards.iter().find(|ward| ward.code == entry.value("unit")).cloned();
    if ward.is_none() {
        entry.refuse("unit", "Chọn phường, xã nhận phản ánh.");
    }
    let channel = Channel::entered(entry.value("channel"));
    if channel.is_none() {
        entry.refuse("channel", "Chọn đường mà phản ánh đến.");
    }
    let number = entry.line("outside_number");
    if channel == Some(Channel::IHanoi) && number.is_empty() {
        entry.refuse("outside_number", "Nhập số của phản ánh trên iHanoi.");
    }
    let today = clock::today();
    let received = entry.day("received_on");
    if received.is_some_and(|day| day > today || (today - day).num_days() > DAYS_BACK) {
        entry.refuse("received_on", "Ngày nhận không thể ở tương lai hay quá 400 ngày trước.");
    }
    let written = check(entry.value("kind"), entry.value("text"), entry.value("contact"));
    if let Err(faults) = &written {
        let words = complaint_words("vi");
        for fault in faults {
            entry.refuse(fault.field(), words.fault(*fault));
        }
    }
    let (Some(ward), Some(channel), Some(on), Ok(written), false) =
        (ward, channel, received, written, entry.is_wrong())
    else {
        return Ok(page(&app, &user, &entry, &known));
    };
    let once = Uuid::try_parse(entry.value("once")).ok().filter(|once| !once.is_nil()).unwrap_or_else(Uuid::new_v4);
    let once = *once.as_bytes();
    let key = complaint_key(ward.id, &once, on);
    let db = app.db.noting(user.note(AuditedAction::EnterComplaint, &ward.code, key.number()));
    let subject = Subject::named(entry.value("subject"));
    let field = known.fields.iter().find(|field| field.code == entry.value("field")).map(|field| field.id);
    let about = known.below.iter().find(|unit| unit.code == entry.value("about")).map(|unit| unit.id);
    let step = ComplaintStep { on: today, deed: CaseAction::Receive, by: user.name.clone(), words: String::new() };
    let stored = block(move || {
        let mut arrival = arrival(&db, &ward, on)?;
        (arrival.channel, arrival.outside_number) = (channel, number);
        (arrival.subject, arrival.field, arrival.about) = (subject, field, about);
        db.enter_complaint(ward.id, &once, &written, &arrival, on, step)
    })
    .await??;
    if stored == Stored::OtherContent {
        entry.refuse("text", "Trang này đã được gửi với lời khác. Mở lại trang nếu đây là một phản ánh mới.");
        return Ok(page(&app, &user, &entry, &known));
    }
    entered(&app, &user, &key.number(), reference(&once)).await
}

/// The wards that the user may enter cases for: those they cover, else the one above them.
async fn known(app: &App, user: &SignedIn) -> Result<Known, Refusal> {
    let (db, own) = (app.db.clone(), user.own_unit().map(|unit| unit.code.clone()).unwrap_or_default());
    let is_ward = |unit: &&Unit| matches!(unit.kind, UnitKind::Ward | UnitKind::Commune);
    let mut wards: Vec<Unit> = user.units.iter().filter(is_ward).cloned().collect();
    block(move || {
        if wards.is_empty() {
            wards.extend(receiver_of(&db, &own, clock::today())?);
        }
        let mut below = Vec::new();
        let tree = db.tree()?;
        for ward in &wards {
            below.extend(tree.covered(ward.id).iter().cloned());
        }
        Ok::<_, DbError>(Known { wards, below, fields: db.fields()? })
    })
    .await?
    .map_err(Refusal::from)
}

fn page(app: &App, user: &SignedIn, entry: &Entry, known: &Known) -> HttpResponse {
    let w = complaint_words("vi");
    let none = || Choice::new("", "Chưa rõ");
    let unit = |unit: &Unit| Choice::new(unit.code.clone(), unit.name_vi.clone());
    let once = Uuid::try_parse(entry.value("once")).unwrap_or_else(|_| Uuid::new_v4());
    let content = EntryPage {
        frame: user.frame(app),
        entry,
        once: once.to_string(),
        channels: Channel::ENTERED.map(|channel| Choice::new(channel.name(), words::channel(channel))).to_vec(),
        kinds: Kind::ALL.map(|kind| Choice::new(kind.name(), w.kind_name(kind))).to_vec(),
        subjects: [none()]
            .into_iter()
            .chain(Subject::ALL.map(|subject| Choice::new(subject.name(), words::subject(subject))))
            .collect(),
        fields: [none()]
            .into_iter()
            .chain(known.fields.iter().map(|field| Choice::new(field.code.clone(), field.name_vi.clone())))
            .collect(),
        abouts: [none()].into_iter().chain(known.below.iter().map(unit)).collect(),
        wards: known.wards.iter().map(unit).collect(),
    };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &content)
}
