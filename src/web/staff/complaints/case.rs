//! `/staff/complaints/{case}`: one complaint, what was done to it, and what the reader may do next.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use askama::Template;

use super::list::due_words;
use super::opened::{Opened, is_late, open};
use super::{news, words};
use crate::access::{Action, AuditedAction};
use crate::cases::{CaseAction, Hand, NotMoved, Subject, moved};
use crate::clock;
use crate::db::{ComplaintStep, Contact};
use crate::error::{Reason, Refusal};
use crate::exchange::import::count;
use crate::report::format;
use crate::service::complaints::{Doer, NotDone, Request, do_deed};
use crate::survey::masking::masked_with_names;
use crate::web::http::block::block;
use crate::web::public::complaint_words::complaint_words;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send, told};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::ward::address_of_unit;
use crate::web::state::App;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/complaints/case.html")]
struct CasePage<'a> {
    frame: Frame,
    entry: &'a Entry,
    address: String,
    title: String,
    number: String,
    /// Where a remedy is written down that comes of it.
    remedy: String,
    told: Option<&'static str>,
    reference: Option<String>,
    error: Option<&'static str>,
    state: &'static str,
    due: String,
    due_class: &'static str,
    facts: Vec<(&'static str, String)>,
    paragraphs: Vec<String>,
    contact: Option<Contact>,
    has_contact: bool,
    answer: Vec<String>,
    published: Option<(Vec<String>, Vec<String>)>,
    history: Vec<(String, String, String, Vec<String>)>,
    can: Vec<CaseAction>,
    offices: Vec<Choice>,
    subjects: Vec<Choice>,
    fields: Vec<Choice>,
    abouts: Vec<Choice>,
    extension: u32,
    is_desk: bool,
    is_late: bool,
}

impl CasePage<'_> {
    fn can(&self, deed: &str) -> bool {
        self.can.iter().any(|known| known.name() == deed)
    }
}

/// Who asks, as the service wants to know it.
pub(super) fn doer(user: &SignedIn) -> Doer {
    Doer {
        name: user.name.clone(),
        role: user.role,
        units: user.units.iter().map(|unit| unit.id).collect(),
        at: clock::now(),
        today: clock::today(),
    }
}

/// `GET /staff/complaints/{case}`.
pub async fn show(
    app: Data<App>,
    user: Staff,
    path: Path<String>,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let opened = open(&app, &user, &path).await?;
    let told = ask.done.as_deref().and_then(CaseAction::named).map(words::told);
    let entry = first_entry(&opened);
    Ok(page(&app, &user, &opened, &entry, Shown { told, ..Shown::default() }))
}

/// The case that was just entered, with what its citizen finds it by: in the answer to the form and at no address, since the reference is kept
/// nowhere. Whoever may not open the case itself is told the reference all the same.
pub(super) async fn entered(
    app: &App,
    user: &SignedIn,
    number: &str,
    reference: String,
) -> Result<HttpResponse, Refusal> {
    let opened = match open(app, user, number).await {
        Ok(opened) => opened,
        Err(refusal) if refusal.reason == Reason::NotYours => {
            let sentence =
                format!("Mã tra cứu trao cho người dân: {reference}. Mã chỉ hiện lần này; hệ thống không giữ mã.");
            return Ok(told(app, user, StatusCode::OK, "Đã nhập phản ánh", &sentence));
        }
        Err(refusal) => return Err(refusal),
    };
    let told = Some(words::told(CaseAction::Receive));
    let shown = Shown { told, reference: Some(reference), ..Shown::default() };
    Ok(page(app, user, &opened, &first_entry(&opened), shown))
}

/// What the forms hold before anybody has typed.
fn first_entry(opened: &Opened) -> Entry {
    let case = &opened.case;
    let mut entry = Entry::fresh(&[
        ("answer", &case.answer),
        ("public_words", &masked_with_names(&case.written.text)),
        ("public_answer", &masked_with_names(&case.answer)),
        ("subject", case.subject.map_or("", Subject::name)),
        ("days", "5"),
    ]);
    let code_of = |id: Option<i32>| opened.units.iter().find(|unit| Some(unit.id) == id).map(|unit| unit.code.as_str());
    entry.add("about", code_of(case.about).unwrap_or_default());
    entry.add("lead", code_of(case.lead).unwrap_or_default());
    let field = opened.fields.iter().find(|field| Some(field.id) == case.field);
    entry.add("field", field.map_or("", |field| field.code.as_str()));
    for helper in &opened.helpers {
        entry.add("helper", code_of(Some(*helper)).unwrap_or_default());
    }
    entry
}

/// `POST /staff/complaints/{case}/contact`: how to reach who wrote it; who asks stands in the audit log.
pub async fn contact(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let opened = open(&app, &user, &path).await?;
    let note = user.note(AuditedAction::ReadContact, &opened.ward.code, opened.case.key.number());
    let (db, key) = (app.db.noting(note), opened.case.key);
    let contact = block(move || db.read_contact(key)).await??;
    let entry = first_entry(&opened);
    Ok(page(&app, &user, &opened, &entry, Shown { contact: Some(contact.unwrap_or_default()), ..Shown::default() }))
}

/// `POST /staff/complaints/{case}`: one deed.
pub async fn act(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let opened = open(&app, &user, &path).await?;
    let mut entry = Entry::sent(&body);
    if entry.value("do") == "erase" {
        return erase(&app, &user, &opened).await;
    }
    let Some(request) = request(&entry, &opened) else {
        entry.refuse("do", "Chọn một việc, và đơn vị nếu việc ấy cần.");
        return Ok(page(&app, &user, &opened, &entry, Shown::default()));
    };
    let deed = request.deed();
    let (db, doer, unit, case) = (app.db.clone(), doer(&user), opened.ward.code.clone(), opened.case.clone());
    let done = block(move || do_deed(&db, &doer, &unit, &case, &request)).await?;
    let error = match done {
        Ok(()) => {
            tracing::info!(user = user.id, case = opened.case.key.number(), deed = deed.name(), "complaint moved");
            news::write(&app, &opened, deed).await?;
            return Ok(see_other(&format!("/staff/complaints/{}?done={}", opened.case.key.number(), deed.name())));
        }
        Err(NotDone::Database(error)) => return Err(error.into()),
        Err(NotDone::NotMoved(NotMoved::NotYours)) => return Err(Reason::RoleMayNot.into()),
        Err(NotDone::NotMoved(NotMoved::NotFromHere) | NotDone::MovedMeanwhile) => {
            "Phản ánh vừa chuyển sang tình trạng khác; xem lại rồi làm tiếp."
        }
        Err(NotDone::NotMoved(NotMoved::ReopenedBefore)) => "Mỗi phản ánh chỉ được xem xét lại một lần.",
        Err(NotDone::WordsMissing(field)) => {
            entry.refuse(field_of(deed, field), "Viết rõ bằng một câu (ít nhất 10 ký tự).");
            ""
        }
        Err(NotDone::TooLong(field)) => {
            entry.refuse(field_of(deed, field), "Dài quá 4.000 ký tự; hãy rút gọn.");
            ""
        }
        Err(NotDone::TooLate { most }) => {
            entry.refuse("days", format!("Chỉ gia hạn được một lần, nhiều nhất {most} ngày làm việc."));
            ""
        }
        Err(NotDone::NoOtherCase) => {
            entry.refuse("with", "Không có phản ánh nào khác của phường, xã mang số này.");
            ""
        }
    };
    let shown = Shown { error: Some(error).filter(|error| !error.is_empty()), ..Shown::default() };
    Ok(page(&app, &user, &opened, &entry, shown))
}

/// The field of the page that a field of the request is typed in.
fn field_of(deed: CaseAction, field: &'static str) -> &'static str {
    match (deed, field) {
        (CaseAction::Publish, "words") => "public_words",
        (CaseAction::Publish, "answer") => "public_answer",
        (CaseAction::Forward, "reason") => "forward_reason",
        (CaseAction::Refuse, "reason") => "refuse_reason",
        (CaseAction::GiveBack, "reason") => "back_reason",
        (CaseAction::KeepPrivate, "reason") => "private_reason",
        (CaseAction::Extend, "reason") => "extend_reason",
        (CaseAction::Reopen, "reason") => "reopen_reason",
        (CaseAction::Assign, "note") => "assign_note",
        _ => field,
    }
}

fn request(entry: &Entry, opened: &Opened) -> Option<Request> {
    let value = |name: &str| entry.value(name).to_owned();
    let unit =
        |code: &str| opened.units.iter().find(|unit| unit.code == code).map(|unit| (unit.id, unit.name_vi.clone()));
    Some(match CaseAction::named(entry.value("do"))? {
        CaseAction::Accept => Request::Accept,
        CaseAction::Forward => Request::Forward { to: value("to"), reason: value("forward_reason") },
        CaseAction::Merge => Request::Merge { with: value("with") },
        CaseAction::Refuse => Request::Refuse { reason: value("refuse_reason") },
        CaseAction::Assign => Request::Assign {
            lead: unit(entry.value("lead"))?,
            helpers: entry.values("helper").filter_map(unit).collect(),
            note: value("assign_note"),
        },
        CaseAction::Draft => Request::Draft { answer: value("answer") },
        CaseAction::GiveBack => Request::GiveBack { reason: value("back_reason") },
        CaseAction::Approve => Request::Approve,
        CaseAction::Publish => Request::Publish { words: value("public_words"), answer: value("public_answer") },
        CaseAction::KeepPrivate => Request::KeepPrivate { reason: value("private_reason") },
        CaseAction::Extend => {
            let days = count(entry.value("days")).and_then(|days| u32::try_from(days).ok());
            Request::Extend { days: days.unwrap_or(0), reason: value("extend_reason") }
        }
        CaseAction::Ask => Request::Ask { question: value("question") },
        CaseAction::Note => Request::Note { words: value("note") },
        CaseAction::Sort => Request::Sort {
            subject: Subject::named(entry.value("subject")),
            field: opened.fields.iter().find(|field| field.code == entry.value("field")).map(|field| field.id),
            about: unit(entry.value("about")).map(|(id, _)| id),
        },
        CaseAction::Reopen => Request::Reopen { reason: value("reopen_reason") },
        CaseAction::Rate | CaseAction::Close | CaseAction::Say | CaseAction::Receive => return None,
    })
}

/// Deletes how to reach the citizen, who asked for it at the counter or by telephone.
async fn erase(app: &App, user: &SignedIn, opened: &Opened) -> Result<HttpResponse, Refusal> {
    if !doer(user).hands(&opened.case, &opened.helpers).contains(&Hand::Desk) {
        return Err(Reason::RoleMayNot.into());
    }
    let note = user.note(AuditedAction::EraseContact, &opened.ward.code, opened.case.key.number());
    let (db, key) = (app.db.noting(note), opened.case.key);
    block(move || db.erase_contact_on_request(key)).await??;
    Ok(see_other(&format!("/staff/complaints/{}", opened.case.key.number())))
}

/// What a page shows besides the case.
#[derive(Default)]
struct Shown {
    told: Option<&'static str>,
    reference: Option<String>,
    error: Option<&'static str>,
    contact: Option<Contact>,
}

fn page(app: &App, user: &SignedIn, opened: &Opened, entry: &Entry, shown: Shown) -> HttpResponse {
    let Opened { case, ward, units, .. } = opened;
    let today = clock::today();
    let hands = doer(user).hands(case, &opened.helpers);
    let can: Vec<CaseAction> =
        CaseAction::ALL.into_iter().filter(|deed| moved(case.state, *deed, &hands, case.reopened).is_ok()).collect();
    let name_of = |id: Option<i32>| units.iter().find(|unit| Some(unit.id) == id).map(|unit| unit.name_vi.clone());
    let (due, due_class) = due_words(case, today);
    let offices: Vec<Choice> = units
        .iter()
        .filter(|unit| unit.valid_to.is_none_or(|last| last >= today))
        .map(|unit| Choice::new(unit.code.clone(), unit.name_vi.clone()))
        .collect();
    let none = || Choice::new("", "Chưa rõ");
    let published = case.published_on.map(|_| (lines(&case.published_words), lines(&case.published_answer)));
    let wrong = entry.is_wrong() || shown.error.is_some();
    let content = CasePage {
        frame: user.frame(app),
        entry,
        address: format!("/staff/complaints/{}", case.key.number()),
        title: format!("{}, {}", complaint_words("vi").kind_name(case.written.kind), format::date(case.key.day)),
        number: case.key.number(),
        remedy: address_of_unit(
            user,
            &format!("/staff/remedies/edit?source=complaint&of={}", case.key.number()),
            &ward.code,
        ),
        told: shown.told.filter(|told| !told.is_empty()),
        reference: shown.reference,
        error: shown.error,
        state: words::state(case.state),
        due,
        due_class,
        facts: facts(opened, &name_of),
        paragraphs: lines(&case.written.text),
        contact: shown.contact,
        has_contact: opened.has_contact,
        answer: lines(&case.answer),
        published,
        history: opened.steps.iter().map(|step| history_line(opened, step)).collect(),
        can,
        subjects: [none()]
            .into_iter()
            .chain(Subject::ALL.map(|subject| Choice::new(subject.name(), words::subject(subject))))
            .collect(),
        fields: [none()]
            .into_iter()
            .chain(opened.fields.iter().map(|field| Choice::new(field.code.clone(), field.name_vi.clone())))
            .collect(),
        abouts: [none()].into_iter().chain(offices.iter().cloned()).collect(),
        offices: [Choice::new("", "Chọn đơn vị")]
            .into_iter()
            .chain(offices.into_iter().filter(|office| office.value != ward.code))
            .collect(),
        extension: opened.rules.extension_days,
        is_desk: hands.contains(&Hand::Desk) && user.may(Action::HandleComplaints),
        is_late: is_late(opened),
    };
    send(if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &content)
}

fn facts(opened: &Opened, name_of: &impl Fn(Option<i32>) -> Option<String>) -> Vec<(&'static str, String)> {
    let case = &opened.case;
    let helpers: Vec<String> = opened.helpers.iter().filter_map(|id| name_of(Some(*id))).collect();
    let number = if case.outside_number.is_empty() { String::new() } else { format!(", số {}", case.outside_number) };
    let field = opened.fields.iter().find(|field| Some(field.id) == case.field);
    let rows = [
        ("Gửi đến", Some(opened.ward.name_vi.clone())),
        ("Đến bằng", Some(format!("{}{number}", words::channel(case.channel)))),
        ("Về việc", case.subject.map(|subject| words::subject(subject).to_owned())),
        ("Lĩnh vực", field.map(|field| field.name_vi.clone())),
        ("Đơn vị liên quan", name_of(case.about)),
        ("Nơi tiếp nhận", Some(name_of(case.desk).unwrap_or_else(|| opened.ward.name_vi.clone()))),
        ("Đơn vị trả lời", name_of(case.lead)),
        ("Phối hợp", Some(helpers.join(", ")).filter(|names| !names.is_empty())),
        ("Kết quả", Some(case.outcome.clone()).filter(|outcome| !outcome.is_empty())),
        ("Người dân đánh giá", case.rating.map(|level| format!("mức {level} trong 5"))),
    ];
    rows.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
}

fn history_line(opened: &Opened, step: &ComplaintStep) -> (String, String, String, Vec<String>) {
    let by = opened.names.get(&step.by).unwrap_or(&step.by).clone();
    let (mut deed, mut said) = (words::done(step.deed).to_owned(), step.words.as_str());
    // A rating begins with its level, and the reason may follow it.
    if step.deed == CaseAction::Rate {
        let (level, why) = said.split_once(". ").unwrap_or((said, ""));
        deed = format!("{deed}: mức {level} trong 5");
        said = why;
    }
    (format::date(step.on), deed, by, lines(said))
}

fn lines(text: &str) -> Vec<String> {
    text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}
