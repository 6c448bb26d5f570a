//! `/staff/dialogues`: dialogues of the ward and its offices, planned and held; what was asked, answered, promised.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use askama::Template;

use crate::access::{Action, AuditedAction};
use crate::cases::dialogue::Held;
use crate::cases::plain;
use crate::clock;
use crate::db::{Dialogue, Kept, Unit, UnitKind};
use crate::error::{Reason, Refusal};
use crate::report::format;
use crate::web::http::block::block;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::seen::{is_stale, mark, tell_newer};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::units::shown::open_units;
use crate::web::staff::ward::address_of_unit;
use crate::web::state::App;

/// The most characters of what was asked or answered.
const TEXT_MAX: usize = 8_000;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    unit: Option<String>,
    number: Option<i32>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/work/dialogues.html")]
struct ListPage {
    frame: Frame,
    may_keep: bool,
    kept: bool,
    lines: Vec<Line>,
    /// The office whose dialogues alone are shown, where the user has no ward.
    office: Option<String>,
}

struct Line {
    address: String,
    remedy: String,
    topic: String,
    unit: String,
    day: String,
    state: &'static str,
    led_by: String,
    by_head: bool,
    people: u32,
    asked: Vec<String>,
    answered: Vec<String>,
}

fn state_name(state: Held) -> &'static str {
    match state {
        Held::Planned => "Dự kiến",
        Held::Held => "Đã tổ chức",
        Held::CalledOff => "Không tổ chức",
    }
}

/// `GET /staff/dialogues`.
pub async fn list(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let found = of_user(&app, &user).await?;
    let lines = |text: &str| text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let line = |one: Dialogue| {
        let unit = user.units.iter().find(|unit| unit.id == one.unit);
        let code = unit.map(|unit| unit.code.clone()).unwrap_or_default();
        Line {
            address: format!("/staff/dialogues/edit?unit={code}&number={}", one.number),
            remedy: address_of_unit(
                &user,
                &format!("/staff/remedies/edit?source=dialogue&of={code}-{}", one.number),
                &code,
            ),
            topic: one.topic.clone(),
            unit: unit.map(|unit| unit.name_vi.clone()).unwrap_or_default(),
            day: format::date(one.on),
            state: state_name(one.state),
            by_head: one.by_head,
            people: one.people,
            asked: lines(&one.asked),
            answered: lines(&one.answered),
            led_by: one.led_by,
        }
    };
    let page = ListPage {
        frame: user.frame(&app),
        may_keep: user.may(Action::KeepWork),
        kept: ask.done.is_some(),
        lines: found.into_iter().map(line).collect(),
        office: user.own_unit().filter(|_| !user.units.iter().any(is_ward)).map(|own| own.name_vi.clone()),
    };
    Ok(send(StatusCode::OK, &page))
}

fn is_ward(unit: &Unit) -> bool {
    matches!(unit.kind, UnitKind::Ward | UnitKind::Commune)
}

async fn of_user(app: &App, user: &SignedIn) -> Result<Vec<Dialogue>, Refusal> {
    let (db, ids) = (app.db.clone(), user.units.iter().map(|unit| unit.id).collect::<Vec<_>>());
    Ok(block(move || db.dialogues(&ids)).await??)
}

#[derive(Template)]
#[template(path = "staff/work/dialogue.html")]
struct EditPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    units: Vec<Choice>,
    states: Vec<Choice>,
    /// The mark of what stands.
    seen: String,
}

/// `GET /staff/dialogues/edit?unit=…&number=…`; without a number a new one.
pub async fn form(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let (entry, known) = match ask.number {
        None => {
            let today = clock::today().to_string();
            let own = user.units.iter().find(|unit| is_ward(unit)).or_else(|| user.own_unit());
            let own = own.map(|unit| unit.code.clone()).unwrap_or_default();
            (Entry::fresh(&[("unit", &own), ("on", &today), ("state", "planned"), ("people", "0")]), None)
        }
        Some(number) => {
            let code = ask.unit.as_deref().unwrap_or_default();
            let unit = user.unit_of_code(code).map(|unit| unit.id);
            let found = of_user(&app, &user).await?;
            let known = found.into_iter().find(|one| Some(one.unit) == unit && one.number == number);
            let known = known.ok_or(Reason::NotYours)?;
            (entry_of(&known, code), Some(known))
        }
    };
    Ok(edit_page(&app, &user, &entry, known.as_ref()))
}

fn entry_of(known: &Dialogue, unit: &str) -> Entry {
    let (number, on, people) = (known.number.to_string(), known.on.to_string(), known.people.to_string());
    Entry::fresh(&[
        ("number", &number),
        ("unit", unit),
        ("on", &on),
        ("state", known.state.name()),
        ("topic", &known.topic),
        ("place", &known.place),
        ("led_by", &known.led_by),
        ("by_head", if known.by_head { "yes" } else { "" }),
        ("people", &people),
        ("asked", &known.asked),
        ("answered", &known.answered),
    ])
}

/// The page where another changed the dialogue meanwhile: what they kept beside what was typed.
fn newer_page(app: &App, user: &SignedIn, entry: &mut Entry, now: &Dialogue) -> HttpResponse {
    let fields = ["topic", "on", "state", "place", "led_by", "by_head", "people", "asked", "answered"];
    let shown = |name: &str, value: &str| match name {
        "state" => Held::named(value).map(state_name),
        "by_head" if value == "yes" => Some("Người đứng đầu phường, xã chủ trì"),
        "by_head" => Some("Người khác chủ trì"),
        _ => None,
    };
    let unit = entry.value("unit").to_owned();
    tell_newer(entry, &entry_of(now, &unit), &fields, |name, value| shown(name, value).map(str::to_owned));
    edit_page(app, user, entry, Some(now))
}

/// `POST /staff/dialogues/edit`.
pub async fn keep(app: Data<App>, user: Staff, body: Bytes) -> Result<HttpResponse, Refusal> {
    let mut entry = Entry::sent(&body);
    let unit = user.unit_of_code(entry.value("unit")).cloned();
    if unit.is_none() {
        entry.refuse("unit", "Chọn đơn vị tổ chức.");
    }
    let number = entry.value("number").parse::<i32>().unwrap_or(0).max(0);
    let known = of_user(&app, &user).await?;
    let of_unit = unit.as_ref().map(|unit| unit.id);
    let before = known.into_iter().find(|one| Some(one.unit) == of_unit && one.number == number);
    if before.is_none() && number > 0 {
        entry.refuse("unit", "Không có cuộc đối thoại này ở đơn vị đã chọn.");
    }
    let on = entry.day("on");
    let state = Held::named(entry.value("state")).unwrap_or(Held::Planned);
    if state == Held::Held && on.is_some_and(|on| on > clock::today()) {
        entry.refuse("on", "Cuộc đã tổ chức không thể ở tương lai.");
    }
    let topic = entry.required_line("topic", "Ghi nội dung đối thoại.");
    let (place, led_by) = (entry.line("place"), entry.line("led_by"));
    let people = entry.whole("people", 0..=99_999, "Nhập số người dự, 0 nếu chưa biết.");
    let mut text = |name: &str| {
        let typed = plain(entry.value(name));
        if typed.chars().count() > TEXT_MAX {
            entry.refuse(name, format!("Dài quá {TEXT_MAX} ký tự; hãy viết gọn lại."));
        }
        typed
    };
    let (asked, answered) = (text("asked"), text("answered"));
    let by_head = entry.value("by_head") == "yes";
    let overtaken = before.as_ref().filter(|now| is_stale(&entry, Some(*now)));
    let (Some(unit), Some(on), Some(people), false) = (unit, on, people, entry.is_wrong()) else {
        return Ok(match overtaken {
            Some(now) => newer_page(&app, &user, &mut entry, now),
            None => edit_page(&app, &user, &entry, before.as_ref()),
        });
    };
    let kept = Dialogue { unit: unit.id, number, on, state, topic, place, led_by, by_head, people, asked, answered };
    // What stands already is kept, whichever page it came from: a double press overtakes itself.
    if let Some(now) = overtaken.filter(|now| **now != kept) {
        return Ok(newer_page(&app, &user, &mut entry, now));
    }
    let db = app.db.noting(user.note(AuditedAction::KeepDialogue, &unit.code, format!("{on} {}", state.name())));
    if block(move || db.keep_dialogue(before.as_ref(), &kept)).await?? == Kept::Stale {
        let now = of_user(&app, &user).await?.into_iter().find(|one| one.unit == unit.id && one.number == number);
        return Ok(newer_page(&app, &user, &mut entry, &now.ok_or(Reason::NotYours)?));
    }
    Ok(see_other("/staff/dialogues?done=kept"))
}

fn edit_page(app: &App, user: &SignedIn, entry: &Entry, known: Option<&Dialogue>) -> HttpResponse {
    let page = EditPage {
        frame: user.frame(app),
        entry,
        seen: mark(known),
        units: open_units(user, clock::today()),
        states: Held::ALL.map(|state| Choice::new(state.name(), state_name(state))).to_vec(),
    };
    send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}
