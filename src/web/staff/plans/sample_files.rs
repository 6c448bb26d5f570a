//! What a sample hands out and takes back: the template of a frame, lists for those who ask, and what became of each number.

use std::collections::BTreeSet;

use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::rounds::round_of;
use super::sample_known::{Known, address, known};
use super::sample_words as words;
use crate::access::AuditedAction;
use crate::db::{DrawnStored, FrameState, Standing};
use crate::error::{Reason, Refusal};
use crate::exchange::import::{frame, template};
use crate::plan::round::{Selection, printed};
use crate::print::letter::letter;
use crate::report::interview_list::{Listed, list};
use crate::report::{Language, designed, xlsx};
use crate::sampling::outcome::Outcome;
use crate::service::report_file::Format;
use crate::service::samples;
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

/// Numbers on one page of outcomes.
const PER_PAGE: usize = 40;
/// The most calls that are counted.
const CALLS_MAX: u16 = 20;

/// What stands behind the `?` of the outcomes.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    page: Option<usize>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/plans/sample_outcomes.html")]
struct OutcomesPage {
    frame: Frame,
    name: String,
    back: String,
    action: String,
    done: Option<String>,
    open: bool,
    lines: Vec<OutcomeLine>,
    outcomes: Vec<(&'static str, &'static str)>,
    page: usize,
    pages: usize,
    previous: Option<usize>,
    next: Option<usize>,
    entry: Entry,
}

struct OutcomeLine {
    sheet: u32,
    printed: String,
    number: String,
    place: String,
    /// The outcome's code and the calls, each with what is wrong with it.
    code: (String, Option<String>),
    calls: (String, Option<String>),
    /// What is kept of both, so that a page left open puts nothing back.
    was: String,
}

/// `GET …/sample/template.xlsx`: an empty frame.
pub async fn frame_template(app: Data<App>, user: Staff, path: Path<(String, i32)>) -> Result<HttpResponse, Refusal> {
    round_of(&app, &user, path.into_inner()).await?;
    let made = block(|| {
        let explained = [
            ("Mã số", "Mã số riêng của khung, như số hồ sơ. Không ghi họ tên, số điện thoại, địa chỉ hay số giấy tờ."),
            ("Tầng", "Nhóm lớn cần có mẫu riêng, như lĩnh vực hoặc đơn vị. Để trống nếu không chia."),
            ("Nhóm", "Cách chia mà tổng số đã biết, như trực tiếp và trực tuyến. Để trống nếu không có."),
            ("Cụm", "Khu vực, tổ dân phố hoặc ngày, để xếp lịch đi hỏi và để chọn nhiều giai đoạn."),
            ("Quy mô", "Số người hoặc số lượt của dòng, để chọn với xác suất tỷ lệ với quy mô. Để trống là 1."),
        ];
        template::workbook(&template::headings(frame::COLUMNS), &explained)
    });
    let bytes = made.await?.map_err(Refusal::fault)?;
    Ok(sent("khung-mau.xlsx", Format::Xlsx, bytes))
}

fn sent(name: &str, format: Format, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, format.media_type()))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(bytes)
}

/// `GET …/sample/lists.{format}`: whom to ask, by day and area, as PDF or workbook.
pub async fn lists(app: Data<App>, user: Staff, path: Path<(String, i32, String)>) -> Result<HttpResponse, Refusal> {
    let (key, number, wanted) = path.into_inner();
    let known = known(&app, &user, (key, number)).await?;
    let format = match wanted.as_str() {
        "pdf" => Format::Pdf,
        "xlsx" => Format::Xlsx,
        _ => return Err(Reason::BadQuery.into()),
    };
    if known.drawn.is_empty() {
        return Ok(see_other(&format!("{}/sample", address(&known.plan.key, number))));
    }
    let unit = user.units.iter().find(|unit| unit.code == known.plan.unit);
    let unit = unit.map_or_else(|| known.plan.title_vi.clone(), |unit| unit.name_vi.clone());
    let made = app.costly.run(move || -> Result<Vec<u8>, Refusal> {
        let turns = known.selection.as_ref().map(|selection| samples::turns(&known.units, selection));
        let turns = turns.transpose()?.unwrap_or_default();
        let turn =
            |sheet: u32| turns.get(sheet as usize - 1).map(|turn| format!(" – người thứ {turn}")).unwrap_or_default();
        let listed = known.drawn.iter().filter(|drawn| drawn.standing != Standing::Spare);
        let listed = listed.map(|drawn| Listed {
            sheet: drawn.sheet,
            number: format!("{}{}", drawn.unit.number, turn(drawn.sheet)),
            stratum: drawn.unit.stratum.clone(),
            area: drawn.unit.cluster.clone(),
            substitute: drawn.standing == Standing::CalledIn,
        });
        let report = list(&unit, &known.round.name, known.round.days, listed.collect(), !turns.is_empty());
        match format {
            Format::Pdf => letter(&report).map_err(Refusal::fault),
            _ => xlsx::xlsx(&report).map_err(Refusal::fault),
        }
    });
    let bytes = made.await??;
    Ok(sent(&format!("danh-sach-phong-van-{number}.{wanted}"), format, bytes))
}

/// `GET …/sample/outcomes?page=…`: what became of each number.
pub async fn outcomes(
    app: Data<App>,
    user: Staff,
    path: Path<(String, i32)>,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let known = known(&app, &user, path.into_inner()).await?;
    let done = ask.done.as_deref().and_then(|done| words::done(done, ""));
    let page = outcomes_page(user.frame(&app), &known, ask.page, done, Entry::default());
    Ok(send(StatusCode::OK, &page))
}

/// The outcomes as they are kept, or as they were typed and are refused.
fn outcomes_page(frame: Frame, known: &Known, page: Option<usize>, done: Option<String>, entry: Entry) -> OutcomesPage {
    let counted: Vec<&DrawnStored> = known.drawn.iter().filter(|drawn| drawn.standing != Standing::Spare).collect();
    let pages = counted.len().div_ceil(PER_PAGE).max(1);
    let page = page.unwrap_or(1).clamp(1, pages);
    let typed = |name: String, kept: String| {
        let value = entry.names().any(|known| *known == name).then(|| entry.value(&name).to_owned());
        (value.unwrap_or(kept), entry.error(&name).map(str::to_owned))
    };
    let line = |drawn: &&DrawnStored| OutcomeLine {
        sheet: drawn.sheet,
        printed: printed(drawn.sheet),
        number: drawn.unit.number.clone(),
        place: [&drawn.unit.stratum, &drawn.unit.cluster]
            .into_iter()
            .filter(|label| !label.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(", "),
        code: typed(outcome_name(drawn.sheet), drawn.outcome.map_or("", Outcome::code).to_owned()),
        calls: typed(calls_name(drawn.sheet), drawn.calls.to_string()),
        was: standing_of(drawn.outcome, drawn.calls),
    };
    let back = format!("{}/sample", address(&known.plan.key, known.round.id));
    OutcomesPage {
        frame,
        name: known.round.name.clone(),
        action: format!("{back}/outcomes?page={page}"),
        back,
        done,
        open: known.frame.as_ref().is_some_and(|frame| frame.state == FrameState::Drawn)
            && known.round.closed_on.is_none(),
        lines: counted.iter().skip((page - 1) * PER_PAGE).take(PER_PAGE).map(line).collect(),
        outcomes: Outcome::ALL
            .into_iter()
            .map(|outcome| (outcome.code(), designed::outcome(outcome, Language::Vi)))
            .collect(),
        page,
        pages,
        previous: (page > 1).then(|| page - 1),
        next: (page < pages).then_some(page + 1),
        entry,
    }
}

fn outcome_name(sheet: u32) -> String {
    format!("outcome-{sheet}")
}

fn calls_name(sheet: u32) -> String {
    format!("calls-{sheet}")
}

/// The name of the field that carries what the page showed of a number.
fn was_name(sheet: u32) -> String {
    format!("was-{sheet}")
}

/// What a page shows of a number, in one word.
fn standing_of(outcome: Option<Outcome>, calls: u16) -> String {
    format!("{}/{calls}", outcome.map_or("", Outcome::code))
}

/// The outcome and the calls that were sent of a number, those that are kept where nothing was; what is neither is refused, with its number and
/// what could stand there.
fn sent_of(
    entry: &mut Entry,
    drawn: &DrawnStored,
    [has_outcome, has_calls]: [bool; 2],
) -> Option<(Option<Outcome>, u16)> {
    let (outcome_name, calls_name) = (outcome_name(drawn.sheet), calls_name(drawn.sheet));
    let outcome = if has_outcome {
        match entry.value(&outcome_name).trim() {
            "" => Some(None),
            code => Outcome::of_code(code).map(Some),
        }
    } else {
        Some(drawn.outcome)
    };
    if outcome.is_none() {
        let codes: Vec<&str> = Outcome::ALL.into_iter().map(Outcome::code).collect();
        let sheet = printed(drawn.sheet);
        entry.refuse(
            &outcome_name,
            format!("Phiếu {sheet}: không có kết quả này. Chọn một trong {}.", codes.join(", ")),
        );
    }
    let calls = if has_calls {
        let sentence = format!("Phiếu {}: ghi số lần gọi từ 0 đến {CALLS_MAX}.", printed(drawn.sheet));
        entry.whole(&calls_name, 0..=u64::from(CALLS_MAX), &sentence)
    } else {
        Some(drawn.calls)
    };
    outcome.zip(calls)
}

/// `POST …/sample/outcomes`: keeps those that were sent, whatever page they stand on.
pub async fn keep_outcomes(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    path: Path<(String, i32)>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let known = known(&app, &user, path.into_inner()).await?;
    let here = format!("{}/sample", address(&known.plan.key, known.round.id));
    if known.round.selection != Selection::FromFrame || known.round.closed_on.is_some() {
        return Ok(see_other(&format!("{here}?done=late")));
    }
    let query =
        Query::<Params>::from_query(request.query_string()).map_err(|_| Refusal::from(Reason::BadQuery))?.into_inner();
    let mut entry = Entry::sent(&body);
    let sent: BTreeSet<String> = entry.names().map(str::to_owned).collect();
    let mut kept = Vec::new();
    for drawn in known.drawn.iter().filter(|drawn| drawn.standing != Standing::Spare) {
        let names = [outcome_name(drawn.sheet), calls_name(drawn.sheet)].map(|name| sent.contains(&name));
        let Some((outcome, calls)) = sent_of(&mut entry, drawn, names) else { continue };
        let (now, wanted) = (standing_of(drawn.outcome, drawn.calls), standing_of(outcome, calls));
        let was = Some(entry.value(&was_name(drawn.sheet)).to_owned()).filter(|was| !was.is_empty());
        if now == wanted {
            continue;
        }
        match was {
            // Nobody changed it on this page; what another wrote meanwhile stays, and is shown.
            Some(was) if was == wanted => {
                entry.put(&outcome_name(drawn.sheet), drawn.outcome.map_or("", Outcome::code));
                entry.put(&calls_name(drawn.sheet), &drawn.calls.to_string());
            }
            Some(was) if was != now => {
                let told = drawn
                    .outcome
                    .map_or_else(|| "chưa ghi".to_owned(), |now| designed::outcome(now, Language::Vi).to_owned());
                entry.refuse(
                    &outcome_name(drawn.sheet),
                    format!(
                        "Phiếu {}: người khác vừa ghi “{told}”, {} lần gọi. Xem lại rồi ghi lần nữa.",
                        printed(drawn.sheet),
                        drawn.calls
                    ),
                );
            }
            _ => kept.push((drawn.sheet, outcome, calls)),
        }
    }
    // All or nothing: who mends one row needs not ask which of the others were kept.
    if entry.is_wrong() {
        let page = outcomes_page(user.frame(&app), &known, query.page, None, entry);
        return Ok(send(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let next = query.page.unwrap_or(1);
    if kept.is_empty() {
        return Ok(see_other(&format!("{here}/outcomes?page={next}&done=kept")));
    }
    let object = format!("{}: {}, {} số", known.plan.key, known.round.name, kept.len());
    let db = app.db.noting(user.note(AuditedAction::KeepOutcomes, &known.plan.unit, object));
    let round = known.round.id;
    let done = block(move || db.keep_outcomes(round, kept)).await??;
    Ok(see_other(&if done { format!("{here}/outcomes?page={next}&done=kept") } else { format!("{here}?done=late") }))
}
