//! One telling: its texts with their counts, its versions, its files, and what is decided about it.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use super::{opened_anew_words, state_words, topic_words};
use crate::access::{Action, AuditedAction};
use crate::cases::plain;
use crate::cases::telling::{State, TellingAction};
use crate::clock;
use crate::db::{DbError, Kept, Telling, Texts, Told, Unit, Wording};
use crate::error::{Reason, Refusal};
use crate::report::format;
use crate::report::spoken::syllables;
use crate::report::telling::{BROADCAST_SYLLABLES, Facts, ITEM_WORDS, word_count};
use crate::service::telling::{Span, opened_anew};
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::seen::mark;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::ward::{Ward, ward_of};
use crate::web::state::App;

/// The most characters of a text.
const TEXT_MAX: usize = 4_000;

/// Said where another kept a newer version meanwhile.
const NEWER: &str = "Người khác vừa lưu bản mới hơn; hãy mở lại trang để không ghi đè.";

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    pub(super) number: Option<i32>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/telling/edit.html")]
struct EditPage<'a> {
    frame: Frame,
    entry: &'a Entry,
    /// Where the list is, the picture, the notice, and where each form is sent.
    list: String,
    picture: String,
    notice: String,
    decide: String,
    keep: String,
    told: String,
    number: i32,
    version: u32,
    topic: &'static str,
    state: &'static str,
    class: &'static str,
    done: Option<&'static str>,
    refused: Option<String>,
    /// That its figures hold no more.
    fallen: Option<String>,
    may_keep: bool,
    /// Word, button and whether it is the next step.
    deeds: Vec<(&'static str, &'static str, bool)>,
    /// Why nobody can approve here who looks at it.
    own: bool,
    approved_by: String,
    counts: [String; 3],
    days: &'a Entry,
    /// The mark of the days that stand.
    days_seen: String,
    versions: Vec<String>,
    figures: Vec<(String, String)>,
    basis: String,
    public: Option<String>,
}

/// A telling of the ward.
pub(super) struct Known {
    pub(super) telling: Telling,
    pub(super) versions: Vec<Wording>,
    /// Since when its figures hold no more.
    pub(super) opened_anew: Option<NaiveDate>,
}

/// The telling of this number.
pub(super) async fn known(app: &App, ward: &Unit, number: i32) -> Result<Known, Refusal> {
    let (db, id) = (app.db.clone(), ward.id);
    let found = block(move || {
        let Some(telling) = db.tellings(id)?.into_iter().find(|one| one.number == number) else { return Ok(None) };
        let versions = db.telling_versions(id, number)?;
        let opened_anew = opened_anew(&db, std::slice::from_ref(&telling))?.pop().flatten();
        Ok::<_, DbError>(Some(Known { telling, versions, opened_anew }))
    });
    found.await??.ok_or_else(|| Reason::NotYours.into())
}

/// The fields of the days on which a telling was told elsewhere.
pub(super) const DAYS_TOLD: [&str; 3] = ["broadcast_on", "sent_on", "accepted_on"];

/// Those days.
pub(super) fn days_told(telling: &Telling) -> [Option<NaiveDate>; 3] {
    [telling.broadcast_on, telling.sent_on, telling.accepted_on]
}

/// The same as their form shows them.
pub(super) fn days_entry(telling: &Telling) -> Entry {
    let days = days_told(telling).map(|day| day.map(|day| day.to_string()).unwrap_or_default());
    let shown: Vec<(&str, &str)> = DAYS_TOLD.into_iter().zip(days.iter().map(String::as_str)).collect();
    Entry::fresh(&shown)
}

/// `GET /staff/telling/edit?number=…`.
pub async fn form(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward,
        Err(choice) => return Ok(choice),
    };
    let Some(number) = ask.number else { return Ok(see_other(&ward.at("/staff/telling"))) };
    let found = known(&app, &ward, number).await?;
    let done = ask.done.as_deref().map(|done| match done {
        "approve" => "Đã duyệt.",
        "publish" => "Đã đăng.",
        "take_back" if found.telling.out_version.is_some() => "Đã bỏ duyệt bản mới; bản đang công khai giữ nguyên.",
        "take_back" | "withdraw" => "Đã gỡ: bài này không còn công khai.",
        _ => "Đã lưu.",
    });
    page(&app, &user, &ward, found, None, (done, None))
}

/// `POST /staff/telling/edit`: a new version of the texts.
pub async fn keep(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward.decided_by(&user)?,
        Err(choice) => return Ok(choice),
    };
    let mut entry = Entry::sent(&body);
    let Ok(number) = entry.value("number").parse() else { return Err(Reason::Fields.into()) };
    let found = known(&app, &ward, number).await?;
    let title = entry.required_line("title", "Ghi tiêu đề.");
    let city_title = entry.required_line("city_title", "Ghi tiêu đề.");
    let item = text(&mut entry, "item");
    let city = text(&mut entry, "city");
    let broadcast = text(&mut entry, "broadcast");
    for (name, words) in [("item", &item), ("city", &city)] {
        let count = word_count(words);
        if count > ITEM_WORDS {
            entry.refuse(name, format!("Bài có {count} chữ; viết gọn lại trong {ITEM_WORDS} chữ."));
        }
    }
    let count = syllables(&broadcast);
    if count > BROADCAST_SYLLABLES {
        let most = BROADCAST_SYLLABLES;
        entry.refuse("broadcast", format!("Bài có {count} tiếng, dài hơn 2 phút; viết gọn lại trong {most} tiếng."));
    }
    if broadcast.chars().any(|c| c.is_ascii_digit()) {
        entry.refuse("broadcast", "Bài để đọc: viết số bằng chữ, như “chín mươi phẩy năm phần trăm”.");
    }
    let texts = Texts { title, item, broadcast, city_title, city };
    // What stands already is kept, whichever page it came from: a double press overtakes itself.
    if found.versions.last().is_some_and(|newest| newest.texts == texts) {
        return Ok(see_other(&ward.at(&format!("/staff/telling/edit?number={number}&done=kept"))));
    }
    if entry.value("version") != found.telling.version.to_string() {
        entry.refuse("title", NEWER);
    }
    if entry.is_wrong() {
        return page(&app, &user, &ward, found, Some(&entry), (None, None));
    }
    let about = (found.telling.topic, found.telling.span);
    let (by, on) = (user.name.clone(), clock::today());
    let told = Told { unit: ward.id, seen: (number, found.telling.version), about, facts: None, texts, by, on };
    let db = app.db.noting(user.note(AuditedAction::KeepTelling, &ward.code, number.to_string()));
    if block(move || db.keep_telling(&told)).await?? == Kept::Stale {
        entry.refuse("title", NEWER);
        let found = known(&app, &ward, number).await?;
        return page(&app, &user, &ward, found, Some(&entry), (None, None));
    }
    Ok(see_other(&ward.at(&format!("/staff/telling/edit?number={number}&done=kept"))))
}

fn text(entry: &mut Entry, name: &str) -> String {
    let typed = plain(entry.value(name));
    if typed.is_empty() {
        entry.refuse(name, "Ghi nội dung.");
    } else if typed.chars().count() > TEXT_MAX {
        entry.refuse(name, format!("Dài quá {TEXT_MAX} ký tự; hãy viết gọn lại."));
    }
    typed
}

/// Why a telling tells no figures.
fn without_figures(telling: &Telling, facts: &Facts) -> String {
    let why = match Span::of_key(&telling.span) {
        Some(Span::Period { .. }) => "kỳ này không có số liệu chỉ tiêu".to_owned(),
        _ => format!(
            "không có kỳ nào được công bố đến hết ngày {}, còn hiệu lực và có số liệu chỉ tiêu",
            format::date(facts.days.1)
        ),
    };
    format!("Bài không nêu số liệu: khi soạn (ngày {}), {why}.", format::date(telling.made_on))
}

/// The page of a telling: with what was typed where it was refused, with what stands there else.
pub(super) fn page(
    app: &App,
    user: &SignedIn,
    ward: &Ward,
    Known { telling, versions, opened_anew }: Known,
    typed: Option<&Entry>,
    (done, refused): (Option<&'static str>, Option<String>),
) -> Result<HttpResponse, Refusal> {
    let newest = versions.last().ok_or_else(|| Refusal::fault("a telling without a version"))?;
    let facts: Facts = serde_json::from_str(&telling.facts).map_err(Refusal::fault)?;
    let texts = &newest.texts;
    let kept = Entry::fresh(&[
        ("title", &texts.title),
        ("item", &texts.item),
        ("broadcast", &texts.broadcast),
        ("city_title", &texts.city_title),
        ("city", &texts.city),
    ]);
    // One of the page's two forms was sent; the other shows what is kept.
    let sent = |name: &str| typed.filter(|typed| typed.names().any(|known| known == name));
    let entry = sent("title").unwrap_or(&kept);
    let kept_days = days_entry(&telling);
    let days = sent("broadcast_on").unwrap_or(&kept_days);
    let own = newest.by == user.name;
    let may_decide = user.may(Action::PublishPeriods) && user.covers(&ward.code);
    let next = |deed| {
        let goes_out = matches!(deed, TellingAction::Approve | TellingAction::Publish);
        !(goes_out && opened_anew.is_some())
            && telling.state.after(deed, own).is_ok()
            && (deed != TellingAction::Withdraw || telling.out_version.is_some())
    };
    let take_back =
        if telling.state == State::Published { "Gỡ khỏi trang của phường" } else { "Bỏ duyệt" };
    let deeds = [
        (TellingAction::Approve, "Duyệt", true),
        (TellingAction::Publish, "Đăng trên trang của phường", true),
        (TellingAction::TakeBack, take_back, false),
        (TellingAction::Withdraw, "Gỡ bản đang công khai", false),
    ];
    let deeds = deeds.into_iter().filter(|(deed, ..)| may_decide && next(*deed));
    let (state, class) = state_words(telling.state, telling.out_version.is_some());
    let figures = facts.figures.iter().flat_map(|figures| &figures.targets);
    let basis = facts.figures.as_ref().map_or_else(
        || without_figures(&telling, &facts),
        |figures| format!("Số liệu đã công bố của {}.", figures.period),
    );
    let wrong = typed.is_some_and(Entry::is_wrong) || refused.is_some();
    let number = telling.number;
    let page = EditPage {
        frame: user.frame(app),
        list: ward.at("/staff/telling"),
        picture: ward.at(&format!("/staff/telling/picture.png?number={number}")),
        notice: ward.at(&format!("/staff/telling/notice.pdf?number={number}")),
        decide: ward.at("/staff/telling/decide"),
        keep: ward.at("/staff/telling/edit"),
        told: ward.at("/staff/telling/told"),
        fallen: opened_anew.map(|on| opened_anew_words(on, telling.out_version.is_some())),
        number,
        version: telling.version,
        topic: topic_words(telling.topic),
        state,
        class,
        done,
        refused,
        may_keep: user.may(Action::KeepWork) && user.covers(&ward.code),
        deeds: deeds.map(|(deed, button, first)| (deed.name(), button, first)).collect(),
        own: own && may_decide && telling.state == State::Draft && opened_anew.is_none(),
        approved_by: telling.approved_by.clone(),
        counts: [
            format!("{} trên {ITEM_WORDS} chữ", word_count(entry.value("item"))),
            format!("{} trên {BROADCAST_SYLLABLES} tiếng (2 phút)", syllables(entry.value("broadcast"))),
            format!("{} trên {ITEM_WORDS} chữ", word_count(entry.value("city"))),
        ],
        entry,
        days,
        days_seen: mark(Some(&days_told(&telling))),
        versions: versions
            .iter()
            .rev()
            .map(|one| format!("Bản {}: {}, {}", one.version, one.by, format::date(one.on)))
            .collect(),
        figures: figures
            .map(|one| (one.title.clone(), format!("{} (mức đặt ra {})", one.share, one.minimum)))
            .collect(),
        basis,
        public: telling.out_version.map(|_| format!("/results/news?unit={}&number={}", ward.code, telling.number)),
    };
    Ok(send(if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}
