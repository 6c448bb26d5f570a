//! The words of a period's report, part by part, figures bound; and the charts in its annex.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query, block};
use askama::Template;

use super::closing::{Found, found, state_of};
use crate::access::{Action, AuditedAction};
use crate::clock;
use crate::error::{Reason, Refusal};
use crate::plan::closing::State;
use crate::report::Language;
use crate::report::official::palette::Offered;
use crate::report::official::sentences::Part;
use crate::service::letter::{self, CHARACTERS_MAX, Draft, Edited, Outcome, Wrong};
use crate::web::staff::explore::refused;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::{Frame, percent_encode, see_other, send};
use crate::web::staff::session::{SignedIn, Staff};
use crate::web::state::App;

/// The largest body of the page: six parts of the longest, percent-encoded, and the palette.
pub const BODY_BYTES_MAX: usize = 6 * CHARACTERS_MAX * 9 + 64 * 1024;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Ask {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/periods/letter.html")]
struct LetterPage<'a> {
    frame: Frame,
    heading: String,
    figures: String,
    here: String,
    /// Why nothing can be written now; none where it can.
    not_now: Option<&'static str>,
    done: Option<&'static str>,
    error: Option<&'static str>,
    entry: &'a Entry,
    parts: Vec<PartView>,
    palette: String,
    offered: Vec<Offered>,
    charts: Vec<ChartView>,
    takes_charts: bool,
    explore: String,
}

struct PartView {
    word: &'static str,
    name: &'static str,
    edited: String,
    lines: Vec<String>,
    by: Option<String>,
    revision: u32,
    unwritten: bool,
    error: Option<String>,
}

struct ChartView {
    heading: String,
    sentence: String,
    svg: Option<String>,
    remove: String,
}

/// `GET /staff/plans/{plan}/{period}/letter`.
pub async fn show(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    ask: Query<Ask>,
) -> Result<HttpResponse, Refusal> {
    let Some(found) = found(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let done = match ask.done.as_deref() {
        Some("kept") => Some("Đã lưu. Báo cáo Word và PDF của kỳ dùng lời này."),
        Some("same") => Some("Không có phần nào thay đổi."),
        Some("chart") => Some("Đã chép hình vào phụ lục của báo cáo."),
        Some("removed") => Some("Đã bỏ hình khỏi phụ lục."),
        _ => None,
    };
    page(&app, &user, &found, &Entry::fresh(&[]), (StatusCode::OK, done, None)).await
}

/// `POST` of the same: keeps what was changed.
pub async fn keep(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let Some(found) = found(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let mut entry = Entry::sent(&body);
    if not_now(&found).is_some() {
        return page(&app, &user, &found, &entry, (StatusCode::CONFLICT, None, not_now(&found))).await;
    }
    let edited: Vec<Edited> = Part::ALL
        .into_iter()
        .filter(|part| entry.names().any(|name| name == part.word()))
        .map(|part| Edited {
            part,
            seen: entry.value(&format!("{}_revision", part.word())).parse().unwrap_or(0),
            text: entry.value(part.word()).to_owned(),
        })
        .collect();
    let palette = entry.value("palette").to_owned();
    let object = format!("{}/{}", found.plan.key, found.period.key);
    let db = app.db.noting(user.note(AuditedAction::WriteReport, &found.plan.unit, object));
    let (plan, period, by) = (found.plan.key.clone(), found.period.key.clone(), user.name.clone());
    let kept = app.costly.run(move || letter::keep(&db, (&plan, &period), &palette, &edited, (&by, clock::now())));
    match kept.await?.map_err(refused)? {
        Outcome::Kept(count) => {
            let done = if count == 0 { "same" } else { "kept" };
            Ok(see_other(&format!("{}?done={done}", address(&found))))
        }
        Outcome::Meanwhile => {
            let error = "Có người vừa sửa phần này. Chép lại lời của bạn, mở lại trang rồi sửa tiếp.";
            page(&app, &user, &found, &entry, (StatusCode::CONFLICT, None, Some(error))).await
        }
        Outcome::Wrong(wrong) => {
            for (part, wrong) in wrong {
                entry.refuse(part.word(), words(wrong));
            }
            page(&app, &user, &found, &entry, (StatusCode::UNPROCESSABLE_ENTITY, None, None)).await
        }
    }
}

/// `POST …/letter/charts/{version}/{issue}/remove`.
pub async fn remove(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String, u32, u32)>,
) -> Result<HttpResponse, Refusal> {
    let (plan, period, version, number) = path.into_inner();
    let Some(found) = found(&app, &user, &Path::from((plan.clone(), period.clone()))).await? else {
        return Err(Reason::NotYours.into());
    };
    let newest = found.closings.last().map(|closing| closing.version);
    if newest != Some(version) || !letter::takes_charts(state_of(&found.closings)) {
        let error = Some("Kỳ báo cáo đã duyệt, hoặc đã mở lại: phụ lục không đổi nữa.");
        return page(&app, &user, &found, &Entry::fresh(&[]), (StatusCode::CONFLICT, None, error)).await;
    }
    let object = format!("{plan}/{period}");
    let db = app.db.noting(user.note(AuditedAction::WriteReport, &found.plan.unit, object));
    block(move || db.remove_report_chart(&plan, &period, version, number)).await??;
    Ok(see_other(&format!("{}?done=removed", address(&found))))
}

/// The address of the page.
pub fn address_of(plan: &str, period: &str) -> String {
    format!("/staff/plans/{}/{}/letter", percent_encode(plan), percent_encode(period))
}

fn address(found: &Found) -> String {
    address_of(&found.plan.key, &found.period.key)
}

fn not_now(found: &Found) -> Option<&'static str> {
    let state = state_of(&found.closings);
    (!letter::can_be_written(state)).then_some(match state {
        State::Published => "Kỳ báo cáo đã công bố: lời của báo cáo không sửa được nữa. Mở lại kỳ thì sửa được.",
        _ => "Lãnh đạo đã duyệt kỳ báo cáo: lời của báo cáo giữ như khi duyệt. Trả lại thì sửa được.",
    })
}

fn words(wrong: Wrong) -> String {
    match wrong {
        Wrong::TooLong => format!("Dài quá {CHARACTERS_MAX} chữ; hãy rút ngắn."),
        Wrong::NoFigure(number) => format!("Không có số liệu nào mang số [{number}]; xem danh sách bên dưới."),
    }
}

async fn page(
    app: &Data<App>,
    user: &SignedIn,
    found: &Found,
    entry: &Entry,
    (status, done, error): (StatusCode, Option<&'static str>, Option<&'static str>),
) -> Result<HttpResponse, Refusal> {
    let (db, plan, period) = (app.db.clone(), found.plan.key.clone(), found.period.key.clone());
    let draft = app.costly.run(move || letter::draft(&db, &plan, &period, clock::today())).await?.map_err(refused)?;
    let Draft { parts, offered, palette, charts } = draft;
    let here = address(found);
    let sent = |name: &str| entry.names().any(|known| known == name).then(|| entry.value(name).to_owned());
    let parts = parts.into_iter().map(|part| {
        let word = part.part.word();
        let revision = part.written.as_ref().map_or(0, |text| text.revision);
        let written = part.written.filter(|text| !text.body.is_empty());
        PartView {
            word,
            name: part.part.heading(Language::Vi),
            // What was typed and refused stays.
            edited: sent(word).unwrap_or(part.edited),
            lines: part.read.lines().map(str::to_owned).collect(),
            revision,
            by: written.map(|text| format!("{}, {}", text.by, clock::date_and_time(text.at))),
            unwritten: part.unwritten,
            error: entry.error(word).map(str::to_owned),
        }
    });
    let version = found.closings.last().map_or(0, |closing| closing.version);
    let charts = charts.into_iter().map(|(number, copied)| ChartView {
        svg: copied.kept.drawing.map(|drawing| drawing.svg(&format!("chart-{number}"))),
        heading: copied.heading,
        sentence: copied.sentence,
        remove: format!("{here}/charts/{version}/{number}/remove"),
    });
    let may = user.may(Action::CheckPeriods);
    let view = LetterPage {
        frame: user.frame(app),
        heading: format!("{} – {}", found.period.name_vi(), found.plan.unit_name),
        figures: here.trim_end_matches("/letter").to_owned(),
        not_now: not_now(found).or((!may).then_some("Lời của báo cáo do người phụ trách kế hoạch hoặc lãnh đạo soạn.")),
        done,
        error: error.filter(|error| Some(*error) != not_now(found)),
        entry,
        parts: parts.collect(),
        palette: sent("palette").unwrap_or(palette),
        offered,
        charts: charts.collect(),
        takes_charts: may && letter::takes_charts(state_of(&found.closings)),
        explore: format!(
            "/staff/explore?plan={}&period={}",
            percent_encode(&found.plan.key),
            percent_encode(&found.period.key)
        ),
        here,
    };
    Ok(send(status, &view))
}
