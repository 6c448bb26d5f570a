//! The words of a period's report, part by part, figures bound; and the charts in its annex.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use askama::Template;

use super::found::{Found, found, state_of};
use crate::access::{Action, AuditedAction};
use crate::clock;
use crate::db::TextsRefused;
use crate::error::{Reason, Refusal};
use crate::plan::closing::State;
use crate::report::Language;
use crate::report::official::palette::Offered;
use crate::report::official::sentences::Part;
use crate::report::words::plan::PlanWords as _;
use crate::service::letter::{self, CHARACTERS_MAX, CHARTS_MAX, Draft, Edited, Outcome, Wrong};
use crate::service::quotations::{self, NotQuoted, QUOTATIONS_MAX, QuotationAction, change};
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::staff::explore::refused;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// The largest body of the page: six parts of the longest, percent-encoded, and the palette.
pub const BODY_BYTES_MAX: usize = 6 * CHARACTERS_MAX * 9 + 64 * 1024;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
    /// The comments from which one was quoted.
    back: Option<String>,
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
    /// The comments that somebody was reading.
    back: Option<String>,
    error: Option<String>,
    entry: &'a Entry,
    parts: Vec<PartView>,
    palette: String,
    offered: Vec<Offered>,
    charts: Vec<ChartView>,
    takes_charts: bool,
    explore: String,
    quotations: Vec<QuotationView>,
    quotations_revision: u32,
    may_quote: bool,
}

struct QuotationView {
    words: String,
    /// The whole comment, masked, where the quotation is a part of it.
    whole: Option<String>,
    about: String,
    by: String,
    approved_by: Option<String>,
    /// Whether the reader may approve it: it is another person's, and waits.
    approves: bool,
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
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let Some(found) = found(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let done = match ask.done.as_deref() {
        Some("kept") => Some("Đã lưu. Báo cáo Word và PDF của kỳ dùng lời này."),
        Some("same") => Some("Không có phần nào thay đổi."),
        Some("chart") => Some("Đã chép hình vào phụ lục của báo cáo."),
        Some("removed") => Some("Đã bỏ hình khỏi phụ lục."),
        Some("quoted") => Some("Đã chọn góp ý. Người thứ hai duyệt thì góp ý vào phụ lục của báo cáo."),
        Some("quotation") => Some("Đã lưu trích dẫn."),
        _ => None,
    };
    let error = match ask.done.as_deref() {
        Some("many") => {
            Some(format!("Phụ lục đã có {CHARTS_MAX} hình, nên chưa chép thêm hình này; hãy bỏ bớt một hình trước."))
        }
        Some("closed") => {
            Some("Chưa chép hình: kỳ chưa khóa, đã duyệt hoặc đã mở lại, nên phụ lục không nhận hình.".to_owned())
        }
        _ => None,
    };
    let entry = Entry::fresh(&[("back", ask.back.as_deref().unwrap_or_default())]);
    page(&app, &user, &found, &entry, (StatusCode::OK, done, error)).await
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
        return page(&app, &user, &found, &entry, (StatusCode::CONFLICT, None, not_now(&found).map(str::to_owned)))
            .await;
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
        Outcome::Refused(TextsRefused::Closed) => closed_meanwhile(&app, &user, &path, &entry).await,
        Outcome::Refused(TextsRefused::Meanwhile) => {
            let error = "Có người vừa sửa phần này. Chép lại lời của bạn, mở lại trang rồi sửa tiếp.";
            page(&app, &user, &found, &entry, (StatusCode::CONFLICT, None, Some(error.to_owned()))).await
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
    let fixed = Some("Kỳ báo cáo đã duyệt, hoặc đã mở lại: phụ lục không đổi nữa.");
    if newest != Some(version) || !state_of(&found.closings).takes_charts() {
        return page(&app, &user, &found, &Entry::fresh(&[]), (StatusCode::CONFLICT, None, fixed.map(str::to_owned)))
            .await;
    }
    let object = format!("{plan}/{period}");
    let db = app.db.noting(user.note(AuditedAction::WriteReport, &found.plan.unit, object));
    if !block(move || db.remove_report_chart(&plan, &period, version, number)).await?? {
        let gone = Some("Chưa bỏ hình nào: hình ấy không còn trong phụ lục, hoặc phụ lục không đổi nữa.");
        return page(&app, &user, &found, &Entry::fresh(&[]), (StatusCode::CONFLICT, None, gone.map(str::to_owned)))
            .await;
    }
    Ok(see_other(&format!("{}?done=removed", address(&found))))
}

/// `POST …/letter/quotations`: a quotation is approved, shortened or taken out.
pub async fn quotation(
    app: Data<App>,
    user: Staff,
    path: Path<(String, String)>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let Some(found) = found(&app, &user, &path).await? else { return Err(Reason::NotYours.into()) };
    let entry = Entry::sent(&body);
    if not_now(&found).is_some() {
        return page(
            &app,
            &user,
            &found,
            &Entry::fresh(&[]),
            (StatusCode::CONFLICT, None, not_now(&found).map(str::to_owned)),
        )
        .await;
    }
    let place: usize = entry.value("place").parse().map_err(|_| Reason::Fields)?;
    let deed = match entry.value("do") {
        "approve" => QuotationAction::Approve(place),
        "shorten" => QuotationAction::Shorten(place, entry.value("words").to_owned()),
        "remove" => QuotationAction::Remove(place),
        _ => return Err(Reason::Fields.into()),
    };
    let seen = entry.value("revision").parse().ok();
    let object = format!("{}/{}: {}", found.plan.key, found.period.key, entry.value("do"));
    let db = app.db.noting(user.note(AuditedAction::QuoteComment, &found.plan.unit, object));
    let (plan, period, by) = (found.plan.key.clone(), found.period.key.clone(), user.name.clone());
    match block(move || change(&db, (&plan, &period), seen, &deed, (&by, clock::now()))).await?? {
        Ok(()) => Ok(see_other(&format!("{}?done=quotation#quotations", address(&found)))),
        Err(NotQuoted::Closed) => closed_meanwhile(&app, &user, &path, &Entry::fresh(&[])).await,
        Err(refused) => {
            let error = not_quoted(not_quoted_word(refused));
            page(&app, &user, &found, &Entry::fresh(&[]), (StatusCode::UNPROCESSABLE_ENTITY, None, error)).await
        }
    }
}

/// The page of a period that was approved or published between the look and the click, with what was typed.
async fn closed_meanwhile(
    app: &Data<App>,
    user: &Staff,
    path: &Path<(String, String)>,
    entry: &Entry,
) -> Result<HttpResponse, Refusal> {
    let Some(found) = found(app, user, path).await? else { return Err(Reason::NotYours.into()) };
    page(app, user, &found, entry, (StatusCode::CONFLICT, None, not_now(&found).map(str::to_owned))).await
}

/// The word of a refusal, as an address carries it.
pub fn not_quoted_word(refused: NotQuoted) -> &'static str {
    match refused {
        NotQuoted::Meanwhile => "meanwhile",
        NotQuoted::Closed => "closed",
        NotQuoted::TooMany => "many",
        NotQuoted::Twice => "twice",
        NotQuoted::TooLong => "long",
        NotQuoted::OtherWords => "words",
        NotQuoted::Own => "own",
        NotQuoted::Gone => "gone",
    }
}

/// What is said of a refusal.
pub fn not_quoted(word: &str) -> Option<String> {
    let said = match word {
        "meanwhile" => "Có người vừa đổi các trích dẫn; hãy xem lại rồi làm tiếp.",
        "closed" => "Kỳ báo cáo vừa được duyệt hoặc công bố: trích dẫn không đổi nữa.",
        "many" => return Some(format!("Báo cáo đã có {QUOTATIONS_MAX} trích dẫn; hãy bỏ bớt một trích dẫn trước.")),
        "twice" => "Góp ý này đã được chọn cho báo cáo ấy.",
        "long" => {
            let most = quotations::CHARACTERS_MAX;
            return Some(format!("Trích dẫn dài quá {most} ký tự; hãy rút gọn trước khi duyệt."));
        }
        "words" => {
            "Chỉ bớt chữ, không thêm và không đổi chữ của người dân; mọi chỗ bớt, kể cả ở đầu và ở cuối, phải có dấu “…”."
        }
        "own" => "Người chọn hoặc rút gọn không tự duyệt; người thứ hai duyệt.",
        "gone" => "Trích dẫn này không còn.",
        _ => return None,
    };
    Some(said.to_owned())
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
    (!state.takes_words()).then_some(match state {
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
    (status, done, error): (StatusCode, Option<&'static str>, Option<String>),
) -> Result<HttpResponse, Refusal> {
    let (db, plan, period) = (app.db.clone(), found.plan.key.clone(), found.period.key.clone());
    let draft = app.costly.run(move || letter::draft(&db, &plan, &period, clock::today())).await?.map_err(refused)?;
    let Draft { parts, offered, palette, charts, quotations } = draft;
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
    let may_quote = may && not_now(found).is_none();
    let (quotations_revision, quotations) = quotations;
    let quotations = quotations.into_iter().map(|one| QuotationView {
        approves: may_quote && one.approved_by.is_none() && one.by != user.name,
        whole: (one.whole != one.words).then_some(one.whole),
        words: one.words,
        about: one.about,
        by: one.by,
        approved_by: one.approved_by,
    });
    let view = LetterPage {
        frame: user.frame(app),
        heading: format!("{} – {}", found.period.name_vi(), found.plan.unit_name),
        figures: here.trim_end_matches("/letter").to_owned(),
        not_now: not_now(found).or((!may).then_some("Lời của báo cáo do người phụ trách kế hoạch hoặc lãnh đạo soạn.")),
        done,
        // To comments and nowhere else.
        back: Some(entry.value("back").to_owned()).filter(|address| address.starts_with("/staff/comments?")),
        error: error.filter(|error| Some(error.as_str()) != not_now(found)),
        entry,
        parts: parts.collect(),
        palette: sent("palette").unwrap_or(palette),
        offered,
        charts: charts.collect(),
        takes_charts: may && state_of(&found.closings).takes_charts(),
        quotations: quotations.collect(),
        quotations_revision,
        may_quote,
        explore: format!(
            "/staff/explore?plan={}&period={}",
            percent_encode(&found.plan.key),
            percent_encode(&found.period.key)
        ),
        here,
    };
    Ok(send(status, &view))
}
