//! `/staff/remedies`: what was weak, who does what about it by when, what shows that it was done, and what came of it.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{Days, NaiveDate};

use crate::access::{Action, AuditedAction};
use crate::cases::remedy::{Progress, Source};
use crate::clock;
use crate::db::{DbError, Kept, Remedy, RemedyStands, Unit};
use crate::error::{Reason, Refusal};
use crate::index::result::WorkState;
use crate::report::{Language, format, work};
use crate::service::figures::{MeasureError, Question, measure, official_series};
use crate::survey::masking::masked_with_names;
use crate::web::http::block::block;
use crate::web::http::query;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::seen::{is_stale, mark, tell_newer};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::ward::{Ward, ward_of};
use crate::web::staff::{layout, upload};
use crate::web::state::App;

/// The most characters of a field of several lines.
const TEXT_MAX: usize = 1_000;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    number: Option<i32>,
    source: Option<String>,
    of: Option<String>,
    said: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/work/remedies.html")]
struct ListPage {
    frame: Frame,
    ward: String,
    may_keep: bool,
    kept: bool,
    lines: Vec<Line>,
    /// Where one is added, the notice to print, the tasks of the plan.
    add: String,
    notice: String,
    tasks: String,
}

struct Line {
    /// Where it is changed, by whoever may.
    address: Option<String>,
    work: String,
    said: String,
    who: String,
    due: String,
    state: &'static str,
    class: &'static str,
    result: String,
    compared: Option<String>,
    /// What is said of its publication.
    published: String,
    evidence: Option<(String, String)>,
}

/// The state of a remedy in words.
fn state_words(remedy: &Remedy, today: NaiveDate) -> (&'static str, &'static str) {
    let late = remedy.state.is_late(remedy.due, today);
    let state = match remedy.state {
        Progress::Planned => WorkState::Planned,
        Progress::UnderWay => WorkState::UnderWay,
        Progress::Done => WorkState::Done,
        Progress::Dropped => WorkState::Dropped,
    };
    let class = match (remedy.state, late) {
        (_, true) => "not_met",
        (Progress::Done, _) => "met",
        _ => "cannot_say",
    };
    (work::state(state, late, Language::Vi), class)
}

/// Whether everybody reads a remedy, or will.
fn published_words(remedy: &Remedy) -> String {
    match remedy.published_on {
        Some(day) if remedy.state == Progress::Done => format!("Đã công khai {}. ", format::date(day)),
        Some(_) if remedy.state.is_owed() => "Sẽ được công khai khi đã xong. ".to_owned(),
        _ => String::new(),
    }
}

/// `GET /staff/remedies`.
pub async fn list(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward,
        Err(choice) => return Ok(choice),
    };
    let (db, id, code) = (app.db.clone(), ward.id, ward.code.clone());
    let today = clock::today();
    // What came of them: of each plan the figures of its newest period that has begun.
    let read = app.costly.run(move || {
        let remedies = db.remedies(&[id])?;
        let mut compared = Vec::new();
        for plan in db.plan_book()?.of_unit(&code).map(|stored| &stored.plan) {
            if !remedies.iter().any(|remedy| remedy.source_of.starts_with(&format!("{}/", plan.key))) {
                continue;
            }
            let begun = plan.periods.iter().filter(|period| period.from <= today);
            let Some(period) = begun.max_by_key(|period| (period.to, period.from)) else { continue };
            let series = match official_series(&db, &plan.key, &period.key, None) {
                Ok(series) => series,
                Err(MeasureError::Database(error)) => return Err(error),
                Err(_) => continue,
            };
            let question = Question {
                plan: plan.key.clone(),
                period: period.key.clone(),
                unit: None,
                series,
                suspects: crate::index::Suspects::In,
                live: false,
                today,
            };
            match measure(&db, &question) {
                Ok(measured) => compared.extend(measured.report.remedies),
                Err(MeasureError::Database(error)) => return Err(error),
                Err(error) => tracing::warn!(%error, "remedies are shown without their figures"),
            }
        }
        Ok::<_, DbError>((remedies, compared, db.tree()?))
    });
    let (remedies, compared, tree) = read.await??;
    let line = |remedy: &Remedy| {
        let (state, class) = state_words(remedy, today);
        let office = remedy.office.and_then(|office| tree.unit(office)).map_or("", |unit| unit.name_vi.as_str());
        let figures = compared.iter().find(|known| known.number == remedy.number && known.compared.is_some());
        Line {
            address: (user.may(Action::KeepWork) && is_theirs(&user, &ward, remedy))
                .then(|| ward.at(&format!("/staff/remedies/edit?number={}", remedy.number))),
            work: remedy.work.clone(),
            said: remedy.said.clone(),
            who: [remedy.person.as_str(), office]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" · "),
            due: format::date(remedy.due),
            state,
            class,
            result: remedy.result.clone(),
            compared: figures
                .and_then(|known| known.compared.as_ref())
                .map(|compared| work::compared(compared, Language::Vi)),
            published: published_words(remedy),
            evidence: (!remedy.evidence_name.is_empty())
                .then(|| (evidence_address(&ward, remedy), remedy.evidence_name.clone())),
        }
    };
    let page = ListPage {
        frame: user.frame(&app),
        ward: ward.name_vi.clone(),
        may_keep: user.may(Action::KeepWork),
        kept: ask.done.is_some(),
        lines: remedies.iter().map(line).collect(),
        add: ward.at("/staff/remedies/edit"),
        notice: ward.at("/staff/remedies/notice"),
        tasks: ward.at("/staff/tasks"),
    };
    Ok(send(StatusCode::OK, &page))
}

#[derive(Template)]
#[template(path = "staff/work/remedy.html")]
struct EditPage<'a> {
    frame: Frame,
    ward: &'a str,
    /// Where the list is, and where the form is sent.
    list: String,
    action: String,
    entry: &'a Entry,
    offices: Vec<Choice>,
    states: Vec<Choice>,
    may_publish: bool,
    /// Whether everybody reads it now, and whether they will once it is done.
    is_published: bool,
    is_promised: bool,
    evidence: Option<(String, String)>,
    /// The mark of what stands.
    seen: String,
}

/// `GET /staff/remedies/edit?number=…`, or a new one from `source` and `of`.
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
    let known = known(&app, &user, &ward, ask.number).await?;
    let entry = if let Some(stands) = &known {
        entry_of(&app, &stands.remedy, &ward).await?
    } else {
        let due = (clock::today() + Days::new(30)).to_string();
        let source = query::known(ask.source.as_deref(), Source::named)?.unwrap_or(Source::Hand);
        let of = ask.of.clone().unwrap_or_default();
        let said = ask.said.as_deref().map(masked_with_names).unwrap_or_default();
        let mut entry = Entry::fresh(&[("source", source.name()), ("due", &due), ("state", "planned")]);
        entry.add("of", &of);
        entry.add("said", &said);
        entry
    };
    edit_page(&app, &user, &ward, &entry, known.as_ref()).await
}

/// Whether a remedy is a user's to change: the ward's people change every one, an office's those that their office answers for.
fn is_theirs(user: &SignedIn, ward: &Unit, remedy: &Remedy) -> bool {
    user.covers(&ward.code) || remedy.office.is_some_and(|office| user.units.iter().any(|unit| unit.id == office))
}

/// Where the file is that shows what was done.
fn evidence_address(ward: &Ward, remedy: &Remedy) -> String {
    ward.at(&format!("/staff/remedies/evidence?number={}", remedy.number))
}

/// The name of a file that was sent, and the file.
type SentFile = (String, Vec<u8>);

/// Whether no file was sent, or the very one that stands.
fn brings_nothing_new(file: Option<&SentFile>, stands: &RemedyStands) -> bool {
    file.is_none_or(|(_, file)| stands.is_of_file(file))
}

/// Whether a user decides what the ward publishes.
fn publishes(user: &SignedIn, ward: &Unit) -> bool {
    user.may(Action::PublishPeriods) && user.covers(&ward.code)
}

/// The remedy of a number, which the user may change; none for a new one.
async fn known(app: &App, user: &SignedIn, ward: &Unit, number: Option<i32>) -> Result<Option<RemedyStands>, Refusal> {
    let Some(number) = number.filter(|number| *number > 0) else { return Ok(None) };
    let (db, id) = (app.db.clone(), ward.id);
    let found = block(move || db.remedy(id, number)).await??;
    found.filter(|stands| is_theirs(user, ward, &stands.remedy)).ok_or_else(|| Reason::NotYours.into()).map(Some)
}

async fn entry_of(app: &App, remedy: &Remedy, ward: &Unit) -> Result<Entry, Refusal> {
    let db = app.db.clone();
    let tree = block(move || db.tree()).await??;
    let office = remedy.office.and_then(|office| tree.unit(office)).unwrap_or(ward);
    let (number, due) = (remedy.number.to_string(), remedy.due.to_string());
    Ok(Entry::fresh(&[
        ("number", &number),
        ("source", remedy.source.name()),
        ("of", &remedy.source_of),
        ("said", &remedy.said),
        ("work", &remedy.work),
        ("person", &remedy.person),
        ("office", &office.code),
        ("duty", &remedy.duty),
        ("due", &due),
        ("result", &remedy.result),
        ("authority", &remedy.authority),
        ("state", remedy.state.name()),
        ("note", &remedy.note),
        ("published", if remedy.published_on.is_some() { "yes" } else { "" }),
    ]))
}

/// `POST /staff/remedies/edit`.
pub async fn keep(app: Data<App>, user: Staff, request: HttpRequest, body: Bytes) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward,
        Err(choice) => return Ok(choice),
    };
    let (mut entry, file) = upload::read(&request, &body);
    let before = known(&app, &user, &ward, entry.value("number").parse().ok()).await?;
    let known_before = before.as_ref().map(|stands| &stands.remedy);
    let overtaken = before.as_ref().filter(|now| is_stale(&entry, Some(*now)));
    let offices = offices(&app, &user, &ward).await?;
    let today = clock::today();
    let said = text(&mut entry, "said", "Ghi điều người dân chưa hài lòng, không nêu tên người.");
    let work = text(&mut entry, "work", "Ghi việc phải làm.");
    let person = entry.required_line("person", "Ghi người làm.");
    let office = offices.iter().find(|unit| unit.code == entry.value("office")).map(|unit| unit.id);
    if office.is_none() {
        entry.refuse("office", "Chọn đơn vị chịu trách nhiệm.");
    }
    let due = entry.day("due");
    let result = text(&mut entry, "result", "Ghi kết quả phải đạt.");
    let (duty, authority) = (entry.line("duty"), entry.line("authority"));
    let note = crate::cases::plain(entry.value("note")).chars().take(TEXT_MAX).collect::<String>();
    let state = Progress::named(entry.value("state")).unwrap_or(Progress::Planned);
    if known_before.is_some_and(|known| !known.state.leads_to(state)) {
        entry.refuse("state", "Việc đã bắt đầu không trở lại “chưa làm” được.");
    }
    let wanted = entry.value("published") == "yes";
    let (Some(due), false) = (due, entry.is_wrong()) else {
        if let Some(now) = overtaken {
            return newer_page(&app, &user, &ward, (&mut entry, file), now).await;
        }
        choose_again(&mut entry, file.as_ref());
        return edit_page(&app, &user, &ward, &entry, before.as_ref()).await;
    };
    let number = known_before.map_or(0, |known| known.number);
    let evidence_name = match &file {
        Some((name, _)) => name.clone(),
        None => known_before.map(|known| known.evidence_name.clone()).unwrap_or_default(),
    };
    let published_before = known_before.and_then(|known| known.published_on);
    let approved = if publishes(&user, &ward) {
        wanted.then(|| published_before.unwrap_or(today))
    } else {
        // What everybody reads was approved in these words: whoever may not publish takes it back by changing them. How far it is, is theirs to
        // say: what was approved before it was done goes out when it is.
        let same = known_before.is_some_and(|known| (&known.said, &known.work) == (&said, &work));
        published_before.filter(|_| same)
    };
    let is_done_now = state == Progress::Done && known_before.is_none_or(|known| known.state != Progress::Done);
    let remedy = Remedy {
        unit: ward.id,
        number,
        source: known_before
            .map_or_else(|| Source::named(entry.value("source")).unwrap_or(Source::Hand), |known| known.source),
        source_of: known_before.map_or_else(|| entry.line("of"), |known| known.source_of.clone()),
        said,
        work,
        person,
        office,
        duty,
        due,
        result,
        authority,
        state,
        note,
        made_on: known_before.map_or(today, |known| known.made_on),
        done_on: (state == Progress::Done).then(|| known_before.and_then(|known| known.done_on).unwrap_or(today)),
        // What is not done after all is not published some day by itself.
        published_on: approved.filter(|_| state != Progress::Dropped).map(|day| if is_done_now { today } else { day }),
        evidence_name,
    };
    // What stands already is kept, whichever page it came from: a double press overtakes itself.
    if let Some(now) = overtaken.filter(|now| now.remedy != remedy || !brings_nothing_new(file.as_ref(), now)) {
        return newer_page(&app, &user, &ward, (&mut entry, file), now).await;
    }
    let object = format!("{number} {}", state.name());
    let db = app.db.noting(user.note(AuditedAction::KeepRemedy, &ward.code, object));
    let evidence = file.as_ref().map(|(_, file)| file.clone());
    if block(move || db.keep_remedy(before.as_ref(), &remedy, evidence)).await?? == Kept::Stale {
        let now = known(&app, &user, &ward, Some(number)).await?.ok_or(Reason::NotYours)?;
        return newer_page(&app, &user, &ward, (&mut entry, file), &now).await;
    }
    Ok(see_other(&ward.at("/staff/remedies?done=kept")))
}

/// Says that a file that came along was not kept: no browser sends it a second time by itself.
fn choose_again(entry: &mut Entry, file: Option<&SentFile>) {
    if let Some((name, _)) = file {
        entry.refuse("evidence", format!("Tệp “{name}” chưa được lưu; hãy chọn lại tệp rồi bấm Lưu."));
    }
}

fn text(entry: &mut Entry, name: &str, missing: &str) -> String {
    let typed = crate::cases::plain(entry.value(name));
    if typed.is_empty() {
        entry.refuse(name, missing);
    } else if typed.chars().count() > TEXT_MAX {
        entry.refuse(name, format!("Dài quá {TEXT_MAX} ký tự; hãy viết gọn lại."));
    }
    typed
}

/// The units that may answer for a remedy: those of the ward that are the user's.
async fn offices(app: &App, user: &SignedIn, ward: &Unit) -> Result<Vec<Unit>, Refusal> {
    let (db, id) = (app.db.clone(), ward.id);
    Ok(block(move || {
        let units = db.tree()?.covered(id);
        Ok::<_, DbError>(units.iter().filter(|unit| unit.valid_to.is_none()).cloned().collect::<Vec<_>>())
    })
    .await??
    .into_iter()
    .filter(|unit| user.covers(&unit.code))
    .collect())
}

/// The states in words.
const STATES: [(Progress, &str); 4] = [
    (Progress::Planned, "Chưa làm"),
    (Progress::UnderWay, "Đang làm"),
    (Progress::Done, "Đã xong"),
    (Progress::Dropped, "Không thực hiện"),
];

/// The page where another changed the remedy meanwhile: what they kept beside what was typed.
async fn newer_page(
    app: &App,
    user: &SignedIn,
    ward: &Ward,
    (entry, file): (&mut Entry, Option<SentFile>),
    now: &RemedyStands,
) -> Result<HttpResponse, Refusal> {
    let fields =
        ["said", "work", "person", "office", "duty", "due", "result", "authority", "state", "note", "published"];
    // Whoever may not publish was not asked about it.
    let fields = if publishes(user, ward) { &fields[..] } else { &fields[..fields.len() - 1] };
    let stands = entry_of(app, &now.remedy, ward).await?;
    let shown = |name: &str, value: &str| match name {
        "office" => user.tree.of_code(value).map(|unit| unit.name_vi.clone()),
        "state" => STATES.iter().find(|(state, _)| state.name() == value).map(|(_, words)| (*words).to_owned()),
        "published" => Some(if value == "yes" { "Công khai khi đã xong" } else { "Không công khai" }.to_owned()),
        _ => None,
    };
    tell_newer(entry, &stands, fields, shown);
    choose_again(entry, file.as_ref());
    edit_page(app, user, ward, entry, Some(now)).await
}

async fn edit_page(
    app: &App,
    user: &SignedIn,
    ward: &Ward,
    entry: &Entry,
    stands: Option<&RemedyStands>,
) -> Result<HttpResponse, Refusal> {
    let offices = offices(app, user, ward).await?;
    let known = stands.map(|stands| &stands.remedy);
    let evidence = known.filter(|known| !known.evidence_name.is_empty());
    let published = known.filter(|known| known.published_on.is_some()).map(|known| known.state);
    let page = EditPage {
        frame: user.frame(app),
        ward: &ward.name_vi,
        list: ward.at("/staff/remedies"),
        action: ward.at("/staff/remedies/edit"),
        entry,
        offices: offices.iter().map(|unit| Choice::new(unit.code.clone(), unit.name_vi.clone())).collect(),
        states: STATES.map(|(state, name)| Choice::new(state.name(), name)).to_vec(),
        seen: mark(stands),
        may_publish: publishes(user, ward),
        is_published: published == Some(Progress::Done),
        is_promised: published.is_some_and(Progress::is_owed),
        evidence: evidence.map(|known| (evidence_address(ward, known), known.evidence_name.clone())),
    };
    Ok(layout::send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}

/// `GET /staff/remedies/evidence?number=…`: the file that shows that it was done.
pub async fn evidence(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward,
        Err(choice) => return Ok(choice),
    };
    let (db, id, number) = (app.db.clone(), ward.id, ask.number.unwrap_or_default());
    Ok(match block(move || db.remedy_evidence(id, number)).await?? {
        Some((name, file)) => upload::sent(&name, file),
        None => see_other(&ward.at("/staff/remedies")),
    })
}

#[derive(Template)]
#[template(path = "staff/work/notice.html")]
struct NoticePage {
    frame: Frame,
    ward: String,
    list: String,
    lines: Vec<(String, String, String)>,
}

/// `GET /staff/remedies/notice`: what was published, to be printed and hung up.
pub async fn notice(app: Data<App>, user: Staff, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let ward = match ward_of(&app, &user, &request).await? {
        Ok(ward) => ward,
        Err(choice) => return Ok(choice),
    };
    let (db, id) = (app.db.clone(), ward.id);
    let remedies = block(move || db.remedies(&[id])).await??.into_iter();
    let published = remedies.filter(|remedy| remedy.published_on.is_some() && remedy.state == Progress::Done);
    let lines = published.map(|remedy| {
        let done = remedy.done_on.map(format::date).unwrap_or_default();
        (remedy.said, remedy.work, done)
    });
    let page = NoticePage {
        frame: user.frame(&app),
        ward: ward.name_vi.clone(),
        list: ward.at("/staff/remedies"),
        lines: lines.collect(),
    };
    Ok(send(StatusCode::OK, &page))
}
