//! Closing a period: how far it is, who did which step, what the next one is and who may take it; every version with its
//! hash and its files.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use askama::Template;

use super::found::{Found, address, figures_address, found, state_of};
use super::missing::{Missing, missing};
use super::{declared, issue, steps};
use crate::access::{Action, AuditedAction};
use crate::clock;
use crate::db::{Closing, Note, Outcome};
use crate::error::{Reason, Refusal};
use crate::plan::closing::{ClosingStep, REASON_MIN, Refused, State};
use crate::report::words::plan::PlanWords as _;
use crate::report::{Language, format};
use crate::service::closing::{Asked, ClosingError, take};
use crate::service::report_file::Format;
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::http::form_body::FormBody;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/periods/closing.html")]
pub(super) struct ClosingPage {
    frame: Frame,
    plan: String,
    about: String,
    figures: String,
    heading: String,
    unit: String,
    days: String,
    due: Option<String>,
    stages: Vec<Stage>,
    /// What is to be done now, in a sentence or two.
    now: Vec<String>,
    offers: Vec<Offer>,
    versions: Vec<Version>,
    error: Option<String>,
    done: Option<&'static str>,
    command: String,
    /// Fields declared to be without cases.
    declared: declared::Part,
    /// Where they are declared; none where the user may not now.
    declare: Option<String>,
    /// What was typed and refused.
    typed: String,
}

/// One of the four states on the way.
struct Stage {
    name: &'static str,
    /// `past`, `here` or nothing yet.
    class: &'static str,
}

/// A step that the user may take now.
struct Offer {
    action: String,
    version: u32,
    heading: &'static str,
    text: &'static str,
    /// What the step costs who takes it, or what it does to a document that went out.
    warning: Option<String>,
    /// What the report that is approved lacks.
    missing: Vec<Missing>,
    button: &'static str,
    /// Whether a reason is asked for, and what was typed.
    reason: Option<String>,
    main: bool,
    /// Whether it asks who signs the files.
    signs: bool,
}

struct Version {
    number: u32,
    state: &'static str,
    in_force: bool,
    steps: Vec<StepLine>,
    hash: String,
    figures: String,
    files: Vec<(&'static str, String)>,
}

struct StepLine {
    name: &'static str,
    by: String,
    at: String,
    reason: String,
}

/// The words of a step that was taken.
fn step_name(deed: ClosingStep) -> &'static str {
    match deed {
        ClosingStep::Check => "Kiểm tra, khóa số liệu",
        ClosingStep::Approve => "Duyệt",
        ClosingStep::Publish => "Công bố",
        ClosingStep::Return => "Trả lại",
        ClosingStep::Reopen => "Mở lại kỳ",
    }
}

/// The last part of the address at which a step is taken.
fn way(deed: ClosingStep) -> &'static str {
    match deed {
        ClosingStep::Check => "check",
        ClosingStep::Approve => "approve",
        ClosingStep::Publish => "publish",
        ClosingStep::Return => "return",
        ClosingStep::Reopen => "reopen",
    }
}

/// `GET /staff/plans/{plan}/{period}/closing`.
pub async fn show(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let Some(found) = found(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let done =
        ClosingStep::ALL.into_iter().find(|deed| ask.done.as_deref() == Some(way(*deed))).map(|deed| match deed {
            ClosingStep::Check => "Đã khóa số liệu. Lãnh đạo được báo để duyệt.",
            ClosingStep::Approve => "Đã duyệt. Kỳ báo cáo có thể công bố.",
            ClosingStep::Publish => "Đã công bố. Các tệp báo cáo được lưu cùng mã kiểm chứng.",
            ClosingStep::Return => "Đã trả lại. Kỳ báo cáo mở để sửa và kiểm tra lại.",
            ClosingStep::Reopen => "Đã mở lại. Phiên bản cũ vẫn xem được bên dưới.",
        });
    let missing = missing_at_approval(&app, &user, &found).await?;
    Ok(send(StatusCode::OK, &page(&app, &user, &found, missing, (None, ""), done)))
}

/// `POST …/check`.
pub async fn check(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    step(app, user, path, body, ClosingStep::Check).await
}

/// `POST …/approve`.
pub async fn approve(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    step(app, user, path, body, ClosingStep::Approve).await
}

/// `POST …/publish`.
pub async fn publish(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    step(app, user, path, body, ClosingStep::Publish).await
}

/// `POST …/return`.
pub async fn give_back(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    step(app, user, path, body, ClosingStep::Return).await
}

/// `POST …/reopen`.
pub async fn reopen(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    step(app, user, path, body, ClosingStep::Reopen).await
}

async fn step(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    body: Bytes,
    deed: ClosingStep,
) -> Result<HttpResponse, Refusal> {
    let last = way(deed);
    let Some(found) = found(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let sent = FormBody::parse(&body);
    let reason = sent.get("reason").unwrap_or_default().to_owned();
    let asked = Asked {
        plan: found.plan.key.clone(),
        period: found.period.key.clone(),
        version: sent.get("version").and_then(|version| version.parse().ok()).unwrap_or(0),
        deed,
        // The name under which the log has it.
        by: (user.id, user.name.clone()),
        reason: reason.clone(),
        at: clock::now(),
        vice: sent.get("signer") == Some("vice"),
    };
    let unit = &found.plan.unit;
    let object = format!("{}/{}", found.plan.key, found.period.key);
    let note = match deed {
        ClosingStep::Check => user.note(AuditedAction::CheckPeriod, unit, object),
        ClosingStep::Approve => user.note(AuditedAction::ApprovePeriod, unit, object),
        ClosingStep::Publish => user.note(AuditedAction::PublishPeriod, unit, object),
        ClosingStep::Return => user.note(AuditedAction::ReturnPeriod, unit, object),
        ClosingStep::Reopen => user.note(AuditedAction::ReopenPeriod, unit, object),
    };
    let (db, demo, noted) = (app.db.noting(note.clone()), app.demo(), note);
    let refused = match app.costly.run(move || take(&db, asked, demo)).await? {
        Ok(closing) => {
            tracing::info!(user = user.id, plan = closing.plan, period = closing.period, step = last, "period closing");
            return Ok(see_other(&format!("{}?done={last}", address(&found.plan, &found.period))));
        }
        Err(ClosingError::Refused(refused)) => refused,
        Err(ClosingError::SoFar) => Refused::NotNow(State::Draft),
        // Kept before its kind was refused: its page says what is wrong.
        Err(ClosingError::ReportTemplate(_)) => {
            return Ok(see_other(&format!("/staff/plans/{}/outline", percent_encode(&found.plan.key))));
        }
        Err(error) => return Err(error.into()),
    };
    if refused == Refused::SamePerson {
        let db = app.db.clone();
        block(move || db.note(Note { outcome: Outcome::Refused, ..noted })).await??;
    }
    let (status, words) = match refused {
        Refused::NotNow(_) => (
            StatusCode::CONFLICT,
            "Bước này không làm được lúc này: kỳ báo cáo đã sang bước khác, hoặc chưa qua ngày chốt số liệu. Trang dưới đây là tình \
             trạng hiện tại."
                .to_owned(),
        ),
        Refused::SamePerson => {
            (StatusCode::CONFLICT, "Người đã kiểm tra không được tự duyệt. Cần một lãnh đạo khác.".to_owned())
        }
        Refused::NoReason => (
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("Hãy ghi lý do, ít nhất {REASON_MIN} ký tự, để người đọc sau này hiểu."),
        ),
    };
    let missing = missing_at_approval(&app, &user, &found).await?;
    Ok(send(status, &page(&app, &user, &found, missing, (Some(words), &reason), None)))
}

/// What the report lacks, where the user may approve it now.
pub(super) async fn missing_at_approval(app: &App, user: &SignedIn, found: &Found) -> Result<Vec<Missing>, Refusal> {
    let approves = ClosingStep::Approve.fits(state_of(&found.closings))
        && steps::may_take(user, ClosingStep::Approve, &found.closings);
    if approves { missing(app, found).await } else { Ok(Vec::new()) }
}

/// The page; `missing` is what [`missing_at_approval`] found.
pub(super) fn page(
    app: &App,
    user: &SignedIn,
    found: &Found,
    missing: Vec<Missing>,
    (error, reason): (Option<String>, &str),
    done: Option<&'static str>,
) -> ClosingPage {
    let Found { plan, period, closings, names, .. } = found;
    let today = clock::today();
    let state = state_of(closings);
    let figures = figures_address(plan, period);
    let way_on = [State::Draft, State::Checked, State::Approved, State::Published];
    let here = way_on.iter().position(|known| *known == state).unwrap_or(0);
    let stages = way_on.iter().enumerate().map(|(place, known)| Stage {
        name: known.name_vi(),
        class: match place.cmp(&here) {
            std::cmp::Ordering::Less => "past",
            std::cmp::Ordering::Equal => "here",
            std::cmp::Ordering::Greater => "",
        },
    });
    let versions = closings.iter().rev().map(|closing| version(user, names, &figures, closing));
    ClosingPage {
        frame: user.frame(app),
        plan: plan.title_vi.clone(),
        about: format!("/staff/plans/{}/about", percent_encode(&plan.key)),
        heading: period.name_vi(),
        unit: user.unit_of_code(&plan.unit).map_or_else(|| plan.unit_name.clone(), |unit| unit.name_vi.clone()),
        days: format!("{} – {}", format::date(period.from), format::date(period.to)),
        due: period.due.map(|due| format!("{} ({})", format::date(due), super::deadlines::left(due, today, state))),
        stages: stages.collect(),
        now: now(user, found, today),
        offers: offers(user, found, missing, reason, today),
        versions: versions.collect(),
        error,
        done,
        command: format!("sipas period verify --plan {} --period {}", plan.key, period.key),
        declared: found.declared.clone(),
        declare: may_declare(user, found).then(|| format!("{figures}/declare")),
        typed: reason.to_owned(),
        figures,
    }
}

/// Whether the user may declare fields of a period now: what is closed stays as it was.
pub(super) fn may_declare(user: &SignedIn, found: &Found) -> bool {
    user.may(Action::CheckPeriods) && state_of(&found.closings) == State::Draft
}

/// What stands to be done, and by whom.
fn now(user: &SignedIn, found: &Found, today: chrono::NaiveDate) -> Vec<String> {
    let Found { period, closings, .. } = found;
    let mut said = Vec::new();
    let theirs = |state| steps::next(user, state, closings, found.has_owner).is_some();
    if let Some(step) = closings.last().and_then(|closing| closing.steps.last()).filter(|step| !step.reason.is_empty())
    {
        let name = if step.deed == ClosingStep::Reopen {
            "Kỳ đã được mở lại"
        } else {
            "Số liệu đã bị trả lại"
        };
        said.push(format!("{name} ngày {}: {}", format::date(clock::civil_date(step.at)), step.reason));
    }
    said.push(match state_of(closings) {
        State::Draft if period.so_far(today) => {
            format!("Số liệu còn đang thu thập đến hết {}. Sau ngày đó mới khóa được.", format::date(period.to))
        }
        State::Draft if theirs(State::Draft) => {
            let late = " Phiếu giấy chưa nhập và câu trả lời còn lưu trên điện thoại của kỳ này vẫn nhận được đến khi khóa; sau đó chúng chỉ tính \
                        vào những kỳ chưa khóa có chứa ngày ghi trên phiếu.";
            format!("Đã qua ngày chốt số liệu. Hãy xem lại số liệu rồi khóa để trình lãnh đạo duyệt.{late}")
        }
        State::Draft => "Đã qua ngày chốt số liệu; chờ người phụ trách kế hoạch kiểm tra và khóa.".to_owned(),
        State::Checked if steps::checked_by(user, closings) => {
            "Chờ lãnh đạo duyệt. Bạn đã kiểm tra nên không được tự duyệt.".to_owned()
        }
        State::Checked => "Chờ lãnh đạo duyệt. Số liệu đã khóa, không thay đổi nữa.".to_owned(),
        State::Approved => "Đã được duyệt, chờ công bố. Khi công bố, các tệp báo cáo được tạo và lưu lại.".to_owned(),
        _ => "Kỳ báo cáo đã khóa và công bố. Trang số liệu, tệp báo cáo và JSON đều lấy từ bản đã lưu, không tính lại.".to_owned(),
    });
    if let Some((waiting, enter)) = found.waiting {
        let count = |number: usize| format::count(number as u64, Language::Vi);
        said.push(if waiting == 0 {
            "Không có phiếu nào của kỳ còn chờ tính vào số liệu (đến nửa đêm vừa qua).".to_owned()
        } else {
            format!(
                "Đến nửa đêm vừa qua còn {} phiếu của kỳ chờ tính vào số liệu; khi khóa, {} phiếu được tính, {} phiếu chưa đủ một lượt nên tiếp tục \
                 chờ.",
                count(waiting),
                count(enter),
                count(waiting - enter)
            )
        });
    }
    said
}

fn offers(
    user: &SignedIn,
    found: &Found,
    mut missing: Vec<Missing>,
    reason: &str,
    today: chrono::NaiveDate,
) -> Vec<Offer> {
    let state = state_of(&found.closings);
    let newest = found.closings.last().map_or(0, |closing| closing.version);
    let mut offers = Vec::new();
    for deed in ClosingStep::ALL {
        let too_early = deed == ClosingStep::Check && found.period.so_far(today);
        if !deed.fits(state) || !steps::may_take(user, deed, &found.closings) || too_early {
            continue;
        }
        let gives_up = steps::gives_up_approving(user, deed);
        let warning = gives_up.then_some(if found.has_owner {
            "Ai khóa số liệu thì không được tự duyệt. Đơn vị có người phụ trách kế hoạch: hãy để người ấy kiểm tra và khóa, rồi bạn duyệt."
        } else {
            "Ai khóa số liệu thì không được tự duyệt: bạn khóa thì phải có một lãnh đạo khác duyệt. Nếu chỉ có một lãnh đạo, hãy để quản trị \
             thêm người phụ trách kế hoạch trước khi khóa."
        });
        let warning = warning.map(str::to_owned).or_else(|| document_falls(found, deed, newest));
        let (heading, text, button) = match deed {
            ClosingStep::Check => (
                "Kiểm tra và khóa số liệu",
                "Số liệu của mọi đơn vị, phiếu hỏi, kế hoạch và cách tính được lưu nguyên như bây giờ, kèm mã kiểm chứng.",
                "Tôi đã kiểm tra, khóa số liệu",
            ),
            ClosingStep::Approve => (
                "Duyệt",
                "Bạn duyệt đúng những số liệu đã khóa. Hãy mở trang số liệu để xem trước khi duyệt.",
                "Duyệt kỳ báo cáo",
            ),
            ClosingStep::Publish => (
                "Công bố",
                "Tạo các tệp Word, PDF, Excel, CSV không còn chữ BẢN NHÁP và lưu lại cùng mã kiểm chứng.",
                "Công bố kỳ báo cáo",
            ),
            ClosingStep::Return => {
                ("Trả lại", "Số liệu đã khóa chưa đúng: trả lại để kiểm tra và khóa lần khác.", "Trả lại")
            }
            ClosingStep::Reopen => (
                "Mở lại kỳ",
                "Chỉ khi số liệu đã công bố có sai sót. Phiên bản này vẫn được giữ; lần khóa sau là phiên bản mới.",
                "Mở lại kỳ báo cáo",
            ),
        };
        offers.push(Offer {
            action: format!("{}/{}", figures_address(&found.plan, &found.period), way(deed)),
            version: if deed == ClosingStep::Check { newest + 1 } else { newest },
            heading,
            text,
            warning,
            missing: if deed == ClosingStep::Approve { std::mem::take(&mut missing) } else { Vec::new() },
            button,
            reason: matches!(deed, ClosingStep::Return | ClosingStep::Reopen).then(|| reason.to_owned()),
            main: !matches!(deed, ClosingStep::Return | ClosingStep::Reopen) && !gives_up,
            signs: deed == ClosingStep::Publish,
        });
    }
    offers
}

/// What going back does to the document that went out with the figures of a version.
fn document_falls(found: &Found, deed: ClosingStep, version: u32) -> Option<String> {
    let going_back = match deed {
        ClosingStep::Return => "Trả lại",
        ClosingStep::Reopen => "Mở lại",
        ClosingStep::Check | ClosingStep::Approve | ClosingStep::Publish => return None,
    };
    let document = found.issued.iter().rfind(|report| report.version == version)?;
    Some(format!(
        "Đã phát hành số {} theo số liệu này. {going_back} thì văn bản ấy không còn hiệu lực về số liệu; khóa và duyệt xong phải phát hành văn bản \
         thay thế.",
        issue::named(&document.details)
    ))
}

fn version(user: &SignedIn, names: &HashMap<i32, String>, figures: &str, closing: &Closing) -> Version {
    let number = closing.version;
    let steps = closing.steps.iter().map(|step| StepLine {
        name: step_name(step.deed),
        by: names.get(&step.user).map_or_else(|| step.by.clone(), |name| format!("{name} ({})", step.by)),
        at: clock::date_and_time(step.at),
        reason: step.reason.clone(),
    });
    let formats = [("Word", Format::Docx), ("PDF", Format::Pdf), ("Excel", Format::Xlsx), ("CSV", Format::Csv)];
    let takes = user.may(Action::TakeReports) && closing.was_published();
    let files = formats.into_iter().filter(|_| takes);
    let files =
        files.map(|(name, format)| (name, format!("{figures}/report.{}?version={number}", format.name()))).collect();
    Version {
        number,
        state: closing.state().name_vi(),
        in_force: !closing.state().is_open(),
        steps: steps.collect(),
        hash: closing.hash(),
        figures: format!("{figures}?version={number}"),
        files,
    }
}
