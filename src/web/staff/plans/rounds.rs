//! `/staff/plans/{plan}/rounds`: survey rounds of a plan: begin one, see what became of its sheets, count what came back, close it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Query};
use askama::Template;
use chrono::NaiveDate;

use crate::access::{Action, AuditedAction};
use crate::clock;
use crate::db::{DbError, NewRound, NewRoundOffice, Round, RoundClosed, Unit};
use crate::error::{Reason, Refusal};
use crate::exchange::import;
use crate::plan::Plan;
use crate::plan::round::{QUOTA_MIN, Returns, SHEETS_MAX, Selection, printed};
use crate::report::round::{enough, rate, selection};
use crate::report::{Language, format};
use crate::service::samples::{self, SampleError};
use crate::survey::Questionnaire;
use crate::web::http::address::percent_encode;
use crate::web::http::block::block;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

/// What stands behind the `?`.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/plans/rounds.html")]
struct RoundsPage<'a> {
    frame: Frame,
    plan: String,
    about: String,
    action: String,
    entry: &'a Entry,
    can_begin: bool,
    rounds: Vec<RoundLine>,
    forms: Vec<Choice>,
    fields: Vec<Choice>,
    selections: Vec<Choice>,
    /// Field of the form and name of each office.
    offices: Vec<(String, String)>,
}

struct RoundLine {
    address: String,
    name: String,
    clause: String,
    days: String,
    state: &'static str,
    enough: String,
    counts: Counts,
}

/// What became of sheets, in words.
struct Counts {
    issued: String,
    collected: String,
    valid: String,
    refused: String,
    rate: String,
}

#[derive(Template)]
#[template(path = "staff/plans/round.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a right of whoever looks, and none excludes another")]
struct RoundPage<'a> {
    frame: Frame,
    plan: String,
    rounds: String,
    action: String,
    name: String,
    facts: Vec<(&'static str, String)>,
    entry: &'a Entry,
    done: Option<&'static str>,
    can_count: bool,
    can_close: bool,
    can_see: bool,
    can_take: bool,
    /// Address of the sample, where people are drawn from a frame.
    sample: Option<String>,
    /// Why it may not be wise to close it now.
    warnings: Vec<String>,
    offices: Vec<OfficeLine>,
    total: Counts,
}

struct OfficeLine {
    name: String,
    code: String,
    numbers: String,
    counts: Counts,
    /// Names of the two fields of the form.
    collected: String,
    refused: String,
}

fn counts(returns: Returns) -> Counts {
    let count = |number: u32| format::count(u64::from(number), Language::Vi);
    Counts {
        issued: count(returns.issued),
        collected: count(returns.collected),
        valid: count(returns.valid),
        refused: count(returns.refused),
        rate: rate(returns, Language::Vi),
    }
}

fn address(plan: &str) -> String {
    format!("/staff/plans/{}/rounds", percent_encode(plan))
}

fn days((from, to): (NaiveDate, NaiveDate)) -> String {
    format!("{} – {}", format::date(from), format::date(to))
}

/// A round that the user may see: of a plan of theirs, or with an office of theirs; the plan beside it.
pub(super) async fn round_of(
    app: &App,
    user: &SignedIn,
    (key, number): (String, i32),
) -> Result<(Plan, Round), Refusal> {
    let db = app.db.clone();
    let found = block(move || {
        let Some(stored) = db.plan(&key)? else { return Ok(None) };
        Ok::<_, DbError>(db.round(&key, number)?.map(|round| (stored.plan, round)))
    });
    let Some((plan, round)) = found.await?? else { return Err(Reason::NotYours.into()) };
    let theirs = round.offices.iter().any(|office| user.units.iter().any(|unit| unit.id == office.unit));
    if theirs || user.covers(&plan.unit) { Ok((plan, round)) } else { Err(Reason::NotYours.into()) }
}

/// `GET /staff/plans/{plan}/rounds`.
pub async fn list(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let fresh = Entry::fresh(&[("selection", Selection::Drawn.word()), ("quota", "200")]);
    list_page(&app, &user, &path, &fresh).await
}

async fn list_page(app: &App, user: &SignedIn, key: &str, entry: &Entry) -> Result<HttpResponse, Refusal> {
    let (db, plan) = (app.db.clone(), key.to_owned());
    let read = block(move || {
        let Some(stored) = db.plan(&plan)? else { return Ok(None) };
        let forms = db.newest_forms()?;
        let choice = |asked: &Questionnaire| Choice::new(asked.id.clone(), asked.title.in_language("vi"));
        let forms: Vec<Choice> = forms.iter().map(|form| choice(&form.questionnaire)).collect();
        Ok::<_, DbError>(Some((stored.plan, db.rounds(&plan)?, forms, db.fields()?)))
    });
    let Some((plan, mut rounds, forms, fields)) = read.await?? else { return Err(Reason::NotYours.into()) };
    let whole = user.covers(&plan.unit);
    let mine = |round: &Round| round.offices.iter().any(|office| user.units.iter().any(|unit| unit.id == office.unit));
    rounds.retain(|round| whole || mine(round));
    if !whole && rounds.is_empty() {
        return Err(Reason::NotYours.into());
    }
    let here = address(&plan.key);
    let line = |round: &Round| RoundLine {
        address: format!("{here}/{}", round.id),
        name: round.name.clone(),
        clause: round.clause.clone(),
        days: days(round.days),
        state: if round.closed_on.is_some() { "đã kết thúc" } else { "đang thực hiện" },
        enough: enough(round.returns(), round.quota, Language::Vi),
        counts: counts(round.returns()),
    };
    let page = RoundsPage {
        frame: user.frame(app),
        plan: plan.title_vi.clone(),
        about: format!("/staff/plans/{}/about", percent_encode(&plan.key)),
        action: here.clone(),
        entry,
        can_begin: whole && user.may(Action::ChangePlans),
        rounds: rounds.iter().map(line).collect(),
        forms,
        fields: fields.into_iter().map(|field| Choice::new(field.code, field.name_vi)).collect(),
        selections: selections(),
        offices: offices(user).map(|unit| (field_of(unit), unit.name_vi.clone())).collect(),
    };
    Ok(send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}

fn selections() -> Vec<Choice> {
    let name = |known: Selection| Choice::new(known.word(), selection(known, Language::Vi));
    Selection::ALL.into_iter().map(name).collect()
}

/// The units that may hand out sheets.
fn offices(user: &SignedIn) -> impl Iterator<Item = &Unit> {
    user.units.iter().filter(|unit| unit.valid_to.is_none_or(|last| last >= clock::today()))
}

/// The field of the form with an office's number of sheets.
fn field_of(unit: &Unit) -> String {
    format!("sheets-{}", unit.code)
}

/// `POST /staff/plans/{plan}/rounds`: begins a round.
pub async fn begin(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let (db, key) = (app.db.clone(), path.into_inner());
    let asked = key.clone();
    let stored = block(move || db.plan(&asked)).await??.filter(|stored| user.covers(&stored.plan.unit));
    let plan = stored.ok_or(Reason::NotYours)?.plan;
    let mut entry = Entry::sent(&body);
    let Some(new) = read_new(&mut entry, &user, &plan, &app).await? else {
        return list_page(&app, &user, &key, &entry).await;
    };
    let db = app.db.noting(user.note(AuditedAction::BeginRound, &plan.unit, format!("{}: {}", plan.key, new.name)));
    match block(move || db.add_round(&new)).await? {
        Ok(number) => Ok(see_other(&format!("{}/{number}?done=begun", address(&key)))),
        Err(DbError::Exists { .. }) => {
            entry.refuse(
                "name",
                "Đã có đợt mang tên này, cùng mục và cùng ngày: xem trong danh sách, hoặc đặt tên khác.",
            );
            list_page(&app, &user, &key, &entry).await
        }
        Err(DbError::Refused(_) | DbError::Unknown { .. }) => {
            entry
                .refuse("fields", "Phiếu này không dùng cho một lĩnh vực đã chọn; hãy chọn lĩnh vực mà phiếu phục vụ.");
            list_page(&app, &user, &key, &entry).await
        }
        Err(error) => Err(Refusal::from(error)),
    }
}

async fn read_new(entry: &mut Entry, user: &SignedIn, plan: &Plan, app: &App) -> Result<Option<NewRound>, Refusal> {
    let name = entry.required_line("name", "Đặt tên đợt khảo sát.");
    let clause = entry.required_line("clause", "Ghi mục của kế hoạch giao việc này, như “phụ lục 11”.");
    let (db, id) = (app.db.clone(), entry.value("form").to_owned());
    let form = block(move || db.newest_form(&id)).await??;
    if form.is_none() {
        entry.refuse("form", "Chọn phiếu hỏi.");
    }
    let (from, to) = (entry.day("from"), entry.day("to"));
    if let (Some(from), Some(to)) = (from, to)
        && (to < from || to < plan.from || from > plan.to)
    {
        let valid = days((plan.from, plan.to));
        entry.refuse(
            "to",
            format!("Ngày cuối không trước ngày đầu, và đợt nằm trong thời gian của kế hoạch ({valid})."),
        );
    }
    let chosen = Selection::of_word(entry.value("selection"));
    if chosen.is_none() {
        entry.refuse("selection", "Chọn cách chọn người trả lời.");
    }
    let mut given = Vec::new();
    for unit in offices(user) {
        let field = field_of(unit);
        match entry.value(&field).trim() {
            "" | "0" => {}
            _ => {
                let sentence = format!("Ghi số phiếu giao, tối đa {SHEETS_MAX}.");
                if let Some(sheets) = entry.whole(&field, 1..=SHEETS_MAX.into(), &sentence) {
                    given.push(NewRoundOffice { unit: unit.code.clone(), sheets });
                }
            }
        }
    }
    let all: u32 = given.iter().map(|office| office.sheets).fold(0, u32::saturating_add);
    let sentence = format!("Ghi số phiếu hợp lệ cần có, ít nhất {QUOTA_MIN}.");
    let quota: Option<u32> = entry.whole("quota", QUOTA_MIN.into()..=u32::MAX.into(), &sentence);
    match quota {
        Some(_) if all > SHEETS_MAX => entry.refuse("quota", format!("Cả đợt giao {all} phiếu; tối đa {SHEETS_MAX}.")),
        Some(quota) if all < quota && chosen != Some(Selection::FromFrame) && !entry.is_wrong() => {
            entry.refuse("quota", format!("Mới giao {all} phiếu cho các đơn vị, ít hơn {quota} phiếu cần có."));
        }
        Some(_) | None => {}
    }
    let mut fields: Vec<String> = entry.values("fields").map(str::to_owned).collect();
    if let (true, Some(form)) = (fields.is_empty(), &form) {
        fields.clone_from(&form.questionnaire.fields);
    }
    let (Some(form), Some(from), Some(to), Some(selection), Some(quota), false) =
        (form, from, to, chosen, quota, entry.is_wrong())
    else {
        return Ok(None);
    };
    Ok(Some(NewRound {
        plan: plan.key.clone(),
        unit: plan.unit.clone(),
        clause,
        name,
        form: form.questionnaire.id.clone(),
        fields,
        quota,
        selection,
        days: (from, to),
        offices: if selection == Selection::FromFrame { Vec::new() } else { given },
    }))
}

/// `GET /staff/plans/{plan}/rounds/{round}`.
pub async fn show(
    app: Data<App>,
    user: Staff,
    path: Path<(String, i32)>,
    ask: Query<Params>,
) -> Result<HttpResponse, Refusal> {
    let (plan, round) = round_of(&app, &user, path.into_inner()).await?;
    let done = match ask.done.as_deref() {
        Some("begun") if round.selection == Selection::FromFrame => {
            Some("Đã lập đợt khảo sát. Tiếp theo: nhập khung mẫu ở trang “Chọn mẫu”.")
        }
        Some("begun") => Some("Đã lập đợt khảo sát. In phiếu có số cho từng đơn vị ở bảng dưới."),
        Some("counted") => Some("Đã ghi số phiếu thu về và từ chối."),
        Some("closed") => Some("Đã kết thúc đợt; phiếu của đợt đã vào kết quả."),
        Some("keying") => {
            Some("Chưa kết thúc được: còn tập phiếu của đợt đang nhập. Nhập xong hoặc bỏ tập phiếu ấy trước.")
        }
        _ => None,
    };
    let mut entry = Entry::default();
    for office in &round.offices {
        entry.add(&format!("collected-{}", office.unit), &office.returns.collected.to_string());
        entry.add(&format!("refused-{}", office.unit), &office.returns.refused.to_string());
    }
    round_page(&app, &user, (&plan, &round), &entry, done).await
}

async fn round_page(
    app: &App,
    user: &SignedIn,
    (plan, round): (&Plan, &Round),
    entry: &Entry,
    done: Option<&'static str>,
) -> Result<HttpResponse, Refusal> {
    let (db, id) = (app.db.clone(), round.form);
    let (form, tree) = block(move || Ok::<_, DbError>((db.form_by_id(id)?, db.tree()?))).await??;
    let all = round.returns();
    let open = round.closed_on.is_none();
    let mut facts = vec![
        ("Căn cứ", round.clause.clone()),
        ("Ngày", days(round.days)),
        ("Phiếu hỏi", format!("{} (bản {})", form.questionnaire.title.in_language("vi"), form.questionnaire.version)),
        ("Người trả lời", selection(round.selection, Language::Vi).to_owned()),
        ("Số phiếu", enough(all, round.quota, Language::Vi)),
        ("Tỷ lệ phản hồi", rate(all, Language::Vi)),
    ];
    if let Some(day) = round.closed_on {
        facts.push(("Kết thúc", format::date(day)));
    }
    let mut warnings = Vec::new();
    if all.wanting(round.quota) > 0 {
        warnings.push(format!("Còn thiếu {} phiếu hợp lệ.", all.wanting(round.quota)));
    }
    if all.outstanding() > 0 {
        warnings.push(format!("{} phiếu phát ra chưa rõ thu về hay bị từ chối.", all.outstanding()));
    }
    if all.valid > all.collected {
        warnings.push("Số phiếu đã nhập nhiều hơn số thu về đã ghi; hãy ghi lại số thu về.".to_owned());
    }
    let name = |id: i32| tree.unit(id).map_or("", |unit| unit.name_vi.as_str());
    let code = |id: i32| tree.unit(id).map_or("", |unit| unit.code.as_str());
    let whole = user.covers(&plan.unit);
    let page = RoundPage {
        frame: user.frame(app),
        plan: plan.title_vi.clone(),
        rounds: address(&plan.key),
        action: format!("{}/{}", address(&plan.key), round.id),
        name: round.name.clone(),
        facts,
        entry,
        done,
        can_count: open && user.may(Action::KeySheets) && round.selection != Selection::FromFrame,
        can_close: open && whole && user.may(Action::ChangePlans),
        can_see: whole && user.may(Action::SeeFigures),
        can_take: whole && user.may(Action::TakeReports),
        sample: (round.selection == Selection::FromFrame)
            .then(|| format!("{}/{}/sample", address(&plan.key), round.id)),
        warnings,
        offices: round
            .offices
            .iter()
            .map(|office| OfficeLine {
                name: office.cell.clone().unwrap_or_else(|| name(office.unit).to_owned()),
                code: percent_encode(code(office.unit)),
                numbers: format!("{} – {}", printed(office.numbers.0), printed(office.numbers.1)),
                counts: counts(office.returns),
                collected: format!("collected-{}", office.unit),
                refused: format!("refused-{}", office.unit),
            })
            .collect(),
        total: counts(all),
    };
    Ok(send(if entry.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}

/// `POST /staff/plans/{plan}/rounds/{round}/returns`: what came back and what was refused, counted by hand.
pub async fn count(
    app: Data<App>,
    user: Staff,
    path: Path<(String, i32)>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let (plan, round) = round_of(&app, &user, path.into_inner()).await?;
    let mut entry = Entry::sent(&body);
    let mut counted = Vec::new();
    for office in round.offices.iter().filter(|office| user.units.iter().any(|unit| unit.id == office.unit)) {
        let read = |kind: &str, known: u32| match entry.value(&format!("{kind}-{}", office.unit)).trim() {
            "" => Some(known),
            typed => import::count(typed).and_then(|sheets| u32::try_from(sheets).ok()),
        };
        let (collected, refused) =
            (read("collected", office.returns.collected), read("refused", office.returns.refused));
        let (field, issued) = (format!("collected-{}", office.unit), office.returns.issued);
        match (collected, refused) {
            (Some(collected), Some(refused)) if (Returns { collected, refused, ..office.returns }).is_possible() => {
                counted.push((office.unit, collected, refused));
            }
            _ => entry
                .refuse(&field, format!("Ghi số phiếu; thu về và từ chối cộng lại không quá {issued} phiếu phát ra.")),
        }
    }
    if entry.is_wrong() {
        return round_page(&app, &user, (&plan, &round), &entry, None).await;
    }
    let object = format!("{}: {}", plan.key, round.name);
    let db = app.db.noting(user.note(AuditedAction::CountRound, &plan.unit, object));
    block(move || db.keep_returns(round.id, counted)).await??;
    Ok(see_other(&format!("{}/{}?done=counted", address(&plan.key), round.id)))
}

/// `POST /staff/plans/{plan}/rounds/{round}/close`: lets its sheets into figures.
pub async fn close(app: Data<App>, user: Staff, path: Path<(String, i32)>) -> Result<HttpResponse, Refusal> {
    let (plan, round) = round_of(&app, &user, path.into_inner()).await?;
    if !user.covers(&plan.unit) {
        return Err(Reason::NotYours.into());
    }
    let object = format!("{}: {}", plan.key, round.name);
    let db = app.db.noting(user.note(AuditedAction::CloseRound, &plan.unit, object));
    let (key, number) = (plan.key.clone(), round.id);
    let closed = app.costly.run(move || -> Result<RoundClosed, SampleError> {
        let closed = db.close_round(round.id, clock::today())?;
        // Of a sample from a frame weights and estimates are computed once, now; of a round closed before where that broke off.
        if !matches!(closed, RoundClosed::Keying(_))
            && let Some(round) = db.round(&plan.key, round.id)?
        {
            samples::conclude(&db, &plan, &round, clock::today())?;
        }
        Ok(closed)
    });
    let done = match closed.await?? {
        RoundClosed::Keying(_) => "keying",
        RoundClosed::Closed(_) | RoundClosed::Gone => "closed",
    };
    Ok(see_other(&format!("{}/{number}?done={done}", address(&key))))
}
