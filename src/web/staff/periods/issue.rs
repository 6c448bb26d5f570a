//! "Phát hành văn bản": the report of an approved period goes out as a document of the office, with number, symbol, day, signer and recipients;
//! the signed scan is filed beside it. Publishing the figures is another matter.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::found::{Found, found, state_of};
use super::missing::{Missing, missing};
use crate::access::{Action, AuditedAction};
use crate::clock;
use crate::db::{Closing, IssuedReport, NumberTaken};
use crate::error::{Reason, Refusal};
use crate::plan::closing::{ClosingStep, State};
use crate::plan::issuing::{Fault, IssueDetails, SignerForm, Typed};
use crate::report::format;
use crate::report::words::plan::PlanWords as _;
use crate::service::closing::ClosingError;
use crate::service::issuing::{self, version_to_issue};
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::upload;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "staff/periods/issue.html")]
struct Page<'a> {
    frame: Frame,
    heading: String,
    figures: String,
    here: String,
    /// Why nothing can go out now; none where it can.
    not_now: Option<&'static str>,
    may_issue: bool,
    entry: &'a Entry,
    forms: Vec<Choice>,
    confirm: Vec<Choice>,
    error: Option<&'static str>,
    issued: Vec<Line>,
    /// What the report lacks that would go out.
    missing: Vec<Missing>,
    /// The document in whose place the next one would stand.
    replacing: Option<String>,
}

/// A document that went out.
struct Line {
    number: String,
    dated: String,
    signer: String,
    by: String,
    /// Of which version of the figures, and when it went out.
    of: String,
    /// The document in whose place it stands, and the one that stands in its place.
    replaces: Option<String>,
    replaced_by: Option<String>,
    /// Whether its figures hold no more, and since when.
    fallen: Option<String>,
    files: Vec<(String, String, String)>,
    signed: bool,
    file_at: String,
}

/// `GET /staff/plans/{plan}/{period}/issue`.
pub async fn show(app: Data<App>, user: Staff, path: Path<(String, String)>) -> Result<HttpResponse, Refusal> {
    let Some(found) = found(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    page(&app, &user, &found, &usual(&found), StatusCode::OK, None).await
}

/// `POST /staff/plans/{plan}/{period}/issue`: makes the clean document and keeps it.
pub async fn submit(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let Some(found) = found(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let mut entry = Entry::sent(&body);
    let read = {
        let value = |name: &str| entry.value(name).to_owned();
        let [number, symbol, dated, form] = ["number", "symbol", "dated", "form"].map(value);
        let [title, signer, recipients, drafted_by] = ["title", "signer", "recipients", "drafted_by"].map(value);
        let typed = Typed {
            number: &number,
            symbol: &symbol,
            dated: &dated,
            form: &form,
            title: &title,
            signer: &signer,
            recipients: &recipients,
            drafted_by: &drafted_by,
        };
        typed.read(found.period.to, clock::today())
    };
    for fault in read.as_ref().err().into_iter().flatten() {
        entry.refuse(fault.part(), words(*fault));
    }
    if !entry.holds(CONFIRMED.0, CONFIRMED.1) {
        entry.refuse(CONFIRMED.0, "Kiểm tra số, ngày ký với sổ văn bản đi rồi đánh dấu vào ô này.");
    }
    let details = match read {
        Ok(details) if !entry.is_wrong() => details,
        _ => return page(&app, &user, &found, &entry, StatusCode::UNPROCESSABLE_ENTITY, None).await,
    };
    let object = format!("{}/{}, {}", found.plan.key, found.period.key, number_of(&details));
    let db = app.db.noting(user.note(AuditedAction::IssueReport, &found.plan.unit, object));
    let asked = issuing::Asked {
        plan: found.plan.key.clone(),
        period: found.period.key.clone(),
        details,
        by: (user.id, user.name.clone()),
        at: clock::now(),
    };
    let demo = app.demo();
    match app.costly.run(move || issuing::issue(&db, asked, demo)).await? {
        Ok(_) => Ok(see_other(&address(&found))),
        Err(ClosingError::Refused(_)) => {
            let error = "Chưa phát hành được: kỳ báo cáo chưa được duyệt, hoặc vừa được mở lại.";
            page(&app, &user, &found, &entry, StatusCode::CONFLICT, Some(error)).await
        }
        Err(ClosingError::NumberTaken(taken)) => {
            entry.refuse("number", taken_words(&app, &taken).await?);
            page(&app, &user, &found, &entry, StatusCode::CONFLICT, None).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST …/issue/{version}/{issue}/signed`: files the signed scan.
pub async fn file_signed(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    path: Path<(String, String, u32, u32)>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let (plan, period, version, issue) = path.into_inner();
    let of = Path::from((plan.clone(), period.clone()));
    let Some(found) = found(&app, &user, &of).await? else { return Err(Reason::NotYours.into()) };
    let db = app.db.clone();
    let (of_plan, of_period) = (plan.clone(), period.clone());
    let known = block(move || db.issued_reports(&of_plan, &of_period)).await??;
    if !known.iter().any(|report| (report.version, report.issue) == (version, issue)) {
        return Err(Reason::NotYours.into());
    }
    let (_, file) = upload::read(&request, &body);
    let Some((_, scan)) = file.filter(|(_, scan)| scan.starts_with(b"%PDF-")) else {
        let error = "Chọn tệp PDF là bản quét của văn bản đã ký.";
        return page(&app, &user, &found, &usual(&found), StatusCode::UNPROCESSABLE_ENTITY, Some(error)).await;
    };
    let object = format!("{plan}/{period}, phiên bản {version}, lần {issue}");
    let db = app.db.noting(user.note(AuditedAction::FileSignedReport, &found.plan.unit, object));
    block(move || db.file_signed(&plan, &period, (version, issue), &scan)).await??;
    Ok(see_other(&address(&found)))
}

/// `GET …/issue/{version}/{issue}/{name}`: a file of a document.
pub async fn take(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String, u32, u32, String)>,
) -> Result<HttpResponse, Refusal> {
    let (plan, period, version, issue, name) = path.into_inner();
    let of = Path::from((plan.clone(), period.clone()));
    if found(&app, &user, &of).await?.is_none() {
        return Err(Reason::NotYours.into());
    }
    let (db, wanted) = (app.db.clone(), name.clone());
    let file = block(move || db.issued_file(&plan, &period, (version, issue), &wanted)).await??;
    file.map(|file| upload::sent(&name, file)).ok_or_else(|| Reason::NotYours.into())
}

/// The tick without which nothing goes out, as the form sends it.
const CONFIRMED: (&str, &str) = ("confirmed", "yes");

/// Which report has a number.
async fn taken_words(app: &Data<App>, taken: &NumberTaken) -> Result<String, Refusal> {
    let (db, plan) = (app.db.clone(), taken.plan.clone());
    let plan = block(move || db.plan(&plan)).await??.map(|stored| stored.plan);
    let period = plan.as_ref().and_then(|plan| plan.period(&taken.period)).map(|period| period.name_vi());
    let IssueDetails { dated, .. } = &taken.details;
    Ok(format!(
        "Số {} năm {} đã cấp cho báo cáo {}{}, ngày {}. Kiểm tra sổ văn bản đi và nhập số khác.",
        number_of(&taken.details),
        dated.format("%Y"),
        format::lower_first(&period.unwrap_or_else(|| taken.period.clone())),
        plan.map_or_else(String::new, |plan| format!(" của “{}”", plan.title_vi)),
        format::date(*dated)
    ))
}

/// `45/BC-UBND`.
fn number_of(IssueDetails { number, symbol, .. }: &IssueDetails) -> String {
    format!("{number:02}/{symbol}")
}

/// `45/BC-UBND ngày 18/03/2026`.
pub(super) fn named(details: &IssueDetails) -> String {
    format!("{} ngày {}", number_of(details), format::date(details.dated))
}

fn address(found: &Found) -> String {
    format!("/staff/plans/{}/{}/issue", percent_encode(&found.plan.key), percent_encode(&found.period.key))
}

/// What stands in the form before anything was typed.
fn usual(found: &Found) -> Entry {
    let recipients = format!("UBND {};\nSở Nội vụ {};", found.plan.parent_name, found.plan.parent_name);
    let today = format::date(clock::today());
    Entry::fresh(&[
        ("symbol", "BC-UBND"),
        ("dated", &today),
        ("form", SignerForm::WORDS[0].0),
        ("recipients", &recipients),
        ("drafted_by", "VHXH"),
    ])
}

async fn page(
    app: &Data<App>,
    user: &SignedIn,
    found: &Found,
    entry: &Entry,
    status: StatusCode,
    error: Option<&'static str>,
) -> Result<HttpResponse, Refusal> {
    let (db, plan, period) = (app.db.clone(), found.plan.key.clone(), found.period.key.clone());
    let issued = block(move || db.issued_reports(&plan, &period)).await??;
    let here = address(found);
    let may_issue = user.may(Action::CheckPeriods);
    let missing = match version_to_issue(&found.closings) {
        Ok(_) if may_issue => missing(app, found).await?,
        _ => Vec::new(),
    };
    let not_now = match (version_to_issue(&found.closings), state_of(&found.closings)) {
        (Ok(_), _) => None,
        (Err(_), State::Checked) => Some("Kỳ báo cáo đã khóa, đang chờ lãnh đạo duyệt; duyệt xong thì phát hành được."),
        (Err(_), _) => {
            Some("Kỳ báo cáo chưa khóa. Kiểm tra, khóa số liệu và được lãnh đạo duyệt rồi mới phát hành được.")
        }
    };
    let forms = [
        ("chairman", "CHỦ TỊCH (TM. Ủy ban nhân dân)"),
        ("vice_chairman", "PHÓ CHỦ TỊCH (KT. Chủ tịch)"),
        ("by_order", "Thừa lệnh (TL. Chủ tịch)"),
    ];
    let page = Page {
        frame: user.frame(app),
        heading: format!("{} – {}", found.period.name_vi(), found.plan.unit_name),
        figures: here.trim_end_matches("/issue").to_owned(),
        not_now,
        may_issue,
        missing,
        entry,
        forms: forms.map(|(value, text)| Choice::new(value, text)).into(),
        confirm: vec![Choice::new(CONFIRMED.1, "Tôi đã kiểm tra số, ngày ký; văn bản đã phát hành không sửa được")],
        error,
        replacing: issued.last().map(|report| named(&report.details)),
        issued: (0..issued.len()).rev().map(|place| line(&issued, place, &found.closings, &here)).collect(),
        here,
    };
    Ok(send(status, &page))
}

/// One of a period's documents, which stand by version and issue: the next one stands in its place.
fn line(all: &[IssuedReport], place: usize, closings: &[Closing], here: &str) -> Line {
    let report = &all[place];
    let IssueDetails { dated, signer, .. } = &report.details;
    let at = format!("{here}/{}/{}", report.version, report.issue);
    let beside = |place: usize| all.get(place).map(|other| named(&other.details));
    let file = |name: &str| match name.rsplit_once('.') {
        Some((kind, _)) if kind.starts_with("signed") => "Bản đã ký (PDF)".to_owned(),
        Some((_, "docx")) => "Word".to_owned(),
        _ => "PDF".to_owned(),
    };
    Line {
        number: number_of(&report.details),
        dated: format::date(*dated),
        signer: signer.clone(),
        by: report.by.clone(),
        of: format!("phiên bản {} của số liệu, lập {}", report.version, clock::date_and_time(report.at)),
        replaces: place.checked_sub(1).and_then(beside),
        replaced_by: beside(place + 1),
        fallen: closings.iter().find(|closing| closing.version == report.version).and_then(fallen),
        files: report.files.iter().map(|(name, hash)| (file(name), format!("{at}/{name}"), hash.clone())).collect(),
        signed: report.files.iter().any(|(name, _)| name.starts_with("signed")),
        file_at: format!("{at}/signed"),
    }
}

/// That the figures of a version hold no more, where they were returned or opened anew.
fn fallen(closing: &Closing) -> Option<String> {
    let last = closing.steps.last()?;
    let what = match last.deed {
        ClosingStep::Return => "trả lại",
        ClosingStep::Reopen => "mở lại",
        ClosingStep::Check | ClosingStep::Approve | ClosingStep::Publish => return None,
    };
    let on = format::date(clock::civil_date(last.at));
    Some(format!("Số liệu của văn bản này đã bị {what} ngày {on}; văn bản không còn hiệu lực về số liệu."))
}

fn words(fault: Fault) -> &'static str {
    match fault {
        Fault::Number => "Nhập số văn bản trong sổ, như 45.",
        Fault::Symbol => "Nhập ký hiệu, như BC-UBND.",
        Fault::Day => "Nhập ngày văn bản, như 18/03/2026.",
        Fault::DayOutOfRange => "Ngày văn bản phải sau ngày chốt số liệu và không sau hôm nay.",
        Fault::Form => "Chọn thể thức ký.",
        Fault::Title => "Ký thừa lệnh thì ghi chức vụ của người ký, như CHÁNH VĂN PHÒNG.",
        Fault::Signer => "Nhập họ tên người ký.",
        Fault::Recipients => "Nhập ít nhất một nơi nhận, mỗi dòng một nơi.",
    }
}
