//! `/staff/plans/{plan}/rounds/{round}/sample`: a sample drawn from a frame, step by step: the frame, the size, the draw, what became of
//! the numbers, the cells.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::sample_known::{Known, address, changeable, is_open, known};
use super::sample_totals_told::{self, TotalsTold};
use super::sample_words as words;
use crate::access::{Action, AuditedAction};
use crate::clock;
use crate::db::{CellStored, DrawnStored, FrameState, Standing};
use crate::error::Refusal;
use crate::exchange::import::frame;
use crate::plan::round::{QUOTA_MIN, SHEETS_MAX, printed};
use crate::plan::typed;
use crate::report::{Language, designed, format};
use crate::sampling::draw::{Method, Selection};
use crate::sampling::frame::Frame;
use crate::sampling::outcome::{Outcome, counted};
use crate::sampling::size::{Aim, Plan as SizePlan, size};
use crate::service::samples::{self, SampleError};
use crate::web::http::block::block;
use crate::web::staff::form::{Choice, Entry};
use crate::web::staff::layout::{Frame as PageFrame, see_other, send};
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::staff::upload;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "staff/plans/sample.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a right or a step, and none excludes another")]
struct SamplePage<'a> {
    frame: PageFrame,
    name: String,
    back: String,
    action: String,
    entry: &'a Entry,
    size: &'a Entry,
    done: Option<String>,
    /// Whether the round draws from a frame at all.
    from_frame: bool,
    can_change: bool,
    can_key: bool,
    closed: bool,
    /// Name of the file of the frame, and its rows.
    listed: Option<(String, String)>,
    strata: Vec<(String, String, String)>,
    groups: Vec<(String, String)>,
    /// Field and name of each stratum's expected share.
    shares: Vec<(String, String)>,
    has_clusters: bool,
    aims: Vec<Choice>,
    size_words: Option<String>,
    methods: Vec<Choice>,
    drawn: Option<DrawnTold>,
    cells: Vec<CellLine>,
    has_result: bool,
    totals: TotalsTold,
}

struct DrawnTold {
    how: String,
    strata: Vec<DrawnLine>,
    outcomes: Vec<(&'static str, &'static str, String)>,
    missing: String,
    rates: String,
    substitutes: Vec<SubstituteLine>,
    may_make_cells: bool,
    answered: usize,
}

struct DrawnLine {
    stratum: String,
    rows: String,
    drawn: String,
    probability: String,
    answered: String,
}

struct SubstituteLine {
    place: String,
    called: String,
    waiting: String,
    /// The sheet of the next, where somebody drawn there is silent for good.
    next: Option<u32>,
}

struct CellLine {
    name: String,
    code: String,
    sheets: String,
    answered: String,
    stored: String,
}

/// `GET …/sample`, with the fields of the size behind the `?`.
pub async fn show(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    path: Path<(String, i32)>,
) -> Result<HttpResponse, Refusal> {
    let known = known(&app, &user, path.into_inner()).await?;
    let mut asked = Entry::sent(request.query_string().as_bytes());
    let done = words::done(asked.value("done"), asked.value("count"));
    let mut told = None;
    if asked.value("aim").is_empty() {
        asked = Entry::fresh(&words::SIZE_DEFAULTS);
    } else {
        told = size_words(&mut asked, known.units.len());
    }
    let quota = known.round.quota.to_string();
    let seed = (clock::now().timestamp_millis() % 1_000_000).to_string();
    let first = known.methods().next().unwrap_or(Method::Proportional);
    let mut entry = Entry::fresh(&[
        ("method", first.word()),
        ("drawn", &quota),
        ("per_cluster", "20"),
        ("substitutes", "10"),
        ("seed", &seed),
        ("share", "85"),
    ]);
    sample_totals_told::fill(&mut entry, &known);
    Ok(page(&app, &user, &known, (&entry, &asked), (told, done)))
}

/// What is typed where percent are asked for, as a share: 5 is 5 %. Below 1 it might be a fraction, and is none without its sign.
fn as_percent(text: &str) -> Option<f64> {
    let text = text.trim();
    match text.strip_suffix('%') {
        Some(_) => typed::share(text),
        None => typed::share(&format!("{text}%")).filter(|share| *share >= 0.01),
    }
}

fn percent(entry: &mut Entry, field: &str, most: f64) -> Option<f64> {
    let share = as_percent(entry.value(field)).filter(|share| *share <= most);
    if share.is_none() {
        entry.refuse(
            field,
            "Ghi một số phần trăm lớn hơn 0 và nhỏ hơn 100, như 85 hoặc 87,5; nhỏ hơn 1 thì viết cả dấu %.",
        );
    }
    share
}

/// The sum of the size in words.
fn size_words(entry: &mut Entry, population: usize) -> Option<String> {
    let share = percent(entry, "share", 0.9999);
    let response = percent(entry, "response", 1.0);
    let effect = entry.value("effect").trim().replace(',', ".").parse::<f64>().ok();
    let effect = effect.filter(|effect| (0.2..=20.0).contains(effect));
    if effect.is_none() {
        entry.refuse("effect", "Ghi hệ số thiết kế từ 0,2 đến 20; chọn đơn giản theo tầng thì ghi 1.");
    }
    let parts = entry.whole("parts", 1..=50, "Ghi số lĩnh vực cần kết quả riêng, từ 1 đến 50.");
    let aim = if entry.value("aim") == "target" {
        let (target, power) = (percent(entry, "target", 0.9999), percent(entry, "power", 0.9999));
        target.zip(power).map(|(target, power)| Aim::Target { target, power })
    } else {
        percent(entry, "margin", 0.5).map(Aim::Margin)
    };
    let plan = SizePlan { aim: aim?, share: share?, design_effect: effect?, response: response?, parts: parts? };
    let found = size(&plan, population);
    if found.is_none() {
        entry.refuse("target", "Tỷ lệ dự kiến phải cao hơn chỉ tiêu thì mới chứng tỏ được là đạt.");
    }
    found.map(|found| words::size(&plan, &found, population))
}

fn page(
    app: &App,
    user: &SignedIn,
    known: &Known,
    (entry, size): (&Entry, &Entry),
    (size_words, done): (Option<String>, Option<String>),
) -> HttpResponse {
    let Known { plan, round, .. } = known;
    let count = |number: usize| format::count(number as u64, Language::Vi);
    let state = known.frame.as_ref().map(|frame| frame.state);
    let frame = Frame::new(known.units.clone()).ok();
    let whole = user.covers(&plan.unit);
    let label = |label: &str| if label.is_empty() { "(không chia)".to_owned() } else { label.to_owned() };
    let strata = frame.as_ref().map(Frame::strata).unwrap_or_default();
    let groups = frame.as_ref().map(Frame::groups).unwrap_or_default();
    let back = address(&plan.key, round.id);
    let method = |method: Method| Choice::new(method.word(), words::capital(designed::method(method, Language::Vi)));
    let page = SamplePage {
        frame: user.frame(app),
        name: round.name.clone(),
        action: format!("{back}/sample"),
        back,
        entry,
        size,
        done,
        from_frame: round.selection == crate::plan::round::Selection::FromFrame,
        can_change: whole && user.may(Action::ChangePlans) && round.closed_on.is_none(),
        can_key: user.may(Action::KeySheets) && round.closed_on.is_none(),
        closed: round.closed_on.is_some(),
        listed: known.frame.as_ref().map(|frame| (frame.file.clone(), count(known.units.len()))),
        strata: strata.iter().map(|(name, (rows, clusters))| (label(name), count(*rows), count(*clusters))).collect(),
        groups: groups.iter().filter(|_| groups.len() > 1).map(|(name, rows)| (label(name), count(*rows))).collect(),
        shares: strata.keys().map(|name| (format!("share-{name}"), label(name))).collect(),
        has_clusters: frame.as_ref().is_some_and(Frame::has_clusters),
        aims: words::aims(),
        size_words,
        methods: known.methods().map(method).collect(),
        drawn: known.selection.as_ref().map(|selection| drawn(known, selection, state, &strata)),
        cells: cells(known),
        has_result: known.frame.as_ref().is_some_and(|frame| !frame.result.is_empty()),
        totals: sample_totals_told::told(known),
    };
    let wrong = entry.is_wrong() || size.is_wrong();
    send(if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

fn drawn(
    known: &Known,
    selection: &Selection,
    state: Option<FrameState>,
    strata: &BTreeMap<&str, (usize, usize)>,
) -> DrawnTold {
    let count = |number: usize| format::count(number as u64, Language::Vi);
    let main = || known.drawn.iter().filter(|drawn| drawn.standing == Standing::Main);
    let called = || known.drawn.iter().filter(|drawn| drawn.standing != Standing::Spare);
    let answered = |drawn: &DrawnStored| drawn.outcome.is_some_and(Outcome::answered);
    let lines = strata.iter().map(|(stratum, (rows, _))| {
        let own: Vec<&DrawnStored> = main().filter(|drawn| drawn.unit.stratum == *stratum).collect();
        let probabilities = || own.iter().map(|drawn| drawn.probability);
        let (low, high) = (probabilities().fold(1.0, f64::min), probabilities().fold(0.0, f64::max));
        let share = |share: f64| format::share(share, &[], Language::Vi);
        let probability = if own.is_empty() {
            "–".to_owned()
        } else if high - low < 1e-9 {
            share(low)
        } else {
            format!("{} – {}", share(low), share(high))
        };
        DrawnLine {
            stratum: if stratum.is_empty() { "(không chia)".to_owned() } else { (*stratum).to_owned() },
            rows: count(*rows),
            drawn: count(own.len()),
            probability,
            answered: count(called().filter(|drawn| drawn.unit.stratum == *stratum && answered(drawn)).count()),
        }
    });
    let of = |outcome| called().filter(|drawn| drawn.outcome == Some(outcome)).count();
    let outcomes = Outcome::ALL
        .into_iter()
        .map(|outcome| (outcome.code(), designed::outcome(outcome, Language::Vi), count(of(outcome))));
    let given = called().filter(|drawn| answered(drawn)).count();
    let open = state == Some(FrameState::Drawn);
    DrawnTold {
        how: words::how(selection, main().count()),
        strata: lines.collect(),
        outcomes: outcomes.collect(),
        missing: count(called().filter(|drawn| drawn.outcome.is_none()).count()),
        rates: words::rates(&counted(called().map(|drawn| drawn.outcome)).rates()),
        substitutes: if open { substitutes(known, selection) } else { Vec::new() },
        may_make_cells: open,
        answered: given,
    }
}

/// Where substitutes come from: the stratum, or the cluster where clusters were drawn.
fn place(drawn: &DrawnStored, method: Method) -> (String, String) {
    let cluster = if method.clustered() { drawn.unit.cluster.clone() } else { String::new() };
    (drawn.unit.stratum.clone(), cluster)
}

/// Substitutes by place. One is called in only for somebody who is silent for good, in the order drawn.
fn substitutes(known: &Known, selection: &Selection) -> Vec<SubstituteLine> {
    let mut places: BTreeMap<(String, String), (usize, usize, Vec<u32>)> = BTreeMap::new();
    for drawn in &known.drawn {
        let (silent, called, waiting) = places.entry(place(drawn, selection.method)).or_default();
        match drawn.standing {
            Standing::Spare => waiting.push(drawn.sheet),
            Standing::CalledIn | Standing::Main => {
                *called += usize::from(drawn.standing == Standing::CalledIn);
                *silent += usize::from(drawn.outcome.is_some_and(|outcome| !outcome.answered()));
            }
        }
    }
    let lines = places.into_iter().filter(|(_, (_, called, waiting))| called + waiting.len() > 0);
    let line = |((stratum, cluster), (silent, called, waiting)): ((String, String), (usize, usize, Vec<u32>))| {
        let labels: Vec<&str> =
            [stratum.as_str(), cluster.as_str()].into_iter().filter(|label| !label.is_empty()).collect();
        SubstituteLine {
            place: if labels.is_empty() { "cả khung mẫu".to_owned() } else { labels.join(", ") },
            called: called.to_string(),
            waiting: waiting.len().to_string(),
            next: waiting.first().copied().filter(|_| silent > called),
        }
    };
    lines.map(line).collect()
}

fn cells(known: &Known) -> Vec<CellLine> {
    let line = |cell: &CellStored| {
        let point = known.points.iter().find(|point| (point.unit, point.point) == (cell.unit, cell.point));
        let office = known.round.offices.iter().find(|office| (office.unit, office.point) == (cell.unit, cell.point));
        let sheets: Vec<String> = cell.body.sheets.iter().map(|sheet| printed(*sheet)).collect();
        CellLine {
            name: cell.name.clone(),
            code: point.map_or_else(String::new, |point| point.code.clone()),
            sheets: sheets.join(", "),
            answered: cell.body.sheets.len().to_string(),
            stored: office.map_or(0, |office| office.returns.valid).to_string(),
        }
    };
    known.cells.iter().map(line).collect()
}

pub(super) fn wrong(app: &App, user: &SignedIn, known: &Known, entry: &Entry) -> HttpResponse {
    page(app, user, known, (entry, &Entry::fresh(&words::SIZE_DEFAULTS)), (None, None))
}

/// `POST …/sample/frame`: the file of the frame.
pub async fn keep_frame(
    app: Data<App>,
    user: Staff,
    request: HttpRequest,
    path: Path<(String, i32)>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let known = known(&app, &user, path.into_inner()).await?;
    changeable(&user, &known)?;
    let here = format!("{}/sample", address(&known.plan.key, known.round.id));
    let (mut entry, file) = upload::read(&request, &body);
    if !is_open(&known) {
        return Ok(see_other(&format!("{here}?done=late")));
    }
    let Some((name, bytes)) = file else {
        entry.refuse("file", "Chọn tệp khung mẫu, dạng Excel hoặc CSV.");
        return Ok(wrong(&app, &user, &known, &entry));
    };
    let read = block(move || frame::read(&bytes)).await?;
    let frame = match read {
        Ok(frame) => frame,
        Err(fault) => {
            entry.refuse("file", words::no_frame(&fault));
            return Ok(wrong(&app, &user, &known, &entry));
        }
    };
    let rows = frame.units().len();
    let object = format!("{}: {}", known.plan.key, known.round.name);
    let db = app.db.noting(user.note(AuditedAction::KeepFrame, &known.plan.unit, object));
    let kept = block(move || db.keep_frame(known.round.id, &name, frame.units().to_vec())).await??;
    Ok(see_other(&if kept { format!("{here}?done=frame&count={rows}") } else { format!("{here}?done=late") }))
}

/// `POST …/sample/draw`: draws the sample.
pub async fn draw(
    app: Data<App>,
    user: Staff,
    path: Path<(String, i32)>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let known = known(&app, &user, path.into_inner()).await?;
    changeable(&user, &known)?;
    let here = format!("{}/sample", address(&known.plan.key, known.round.id));
    let mut entry = Entry::sent(&body);
    if !is_open(&known) || known.frame.as_ref().is_none_or(|frame| frame.state != FrameState::Listed) {
        return Ok(see_other(&format!("{here}?done=late")));
    }
    let Some(selection) = read_selection(&mut entry, &known) else { return Ok(wrong(&app, &user, &known, &entry)) };
    let object = format!("{}: {} ({}, {})", known.plan.key, known.round.name, selection.method.word(), selection.seed);
    let db = app.db.noting(user.note(AuditedAction::DrawSample, &known.plan.unit, object));
    let round = known.round.id;
    match app.costly.run(move || samples::select(&db, round, &selection, clock::today())).await? {
        Ok(()) => Ok(see_other(&format!("{here}?done=drawn"))),
        Err(SampleError::NotNow) => Ok(see_other(&format!("{here}?done=late"))),
        Err(SampleError::Draw(problem)) => {
            entry.refuse("drawn", words::draw_problem(problem));
            Ok(wrong(&app, &user, &known, &entry))
        }
        Err(SampleError::DaysBegun) => {
            entry.refuse("drawn", words::DAYS_BEGUN);
            Ok(wrong(&app, &user, &known, &entry))
        }
        Err(error) => Err(error.into()),
    }
}

fn read_selection(entry: &mut Entry, known: &Known) -> Option<Selection> {
    let method = Method::of_word(entry.value("method")).filter(|method| known.methods().any(|known| known == *method));
    if method.is_none() {
        entry.refuse("method", "Chọn cách chọn mẫu.");
    }
    let number = |entry: &mut Entry, field: &str, least: u32, most: u32, sentence: String| -> Option<u32> {
        entry.whole(field, least.into()..=most.into(), &sentence)
    };
    let drawn = number(
        entry,
        "drawn",
        QUOTA_MIN,
        SHEETS_MAX,
        format!("Ghi số người cần chọn, từ {QUOTA_MIN} đến {SHEETS_MAX}."),
    );
    let per_cluster = if method.is_some_and(Method::clustered) {
        number(entry, "per_cluster", 2, 500, "Ghi số người chọn trong mỗi cụm, từ 2 đến 500.".to_owned())
    } else {
        Some(0)
    };
    let substitutes =
        number(entry, "substitutes", 0, 100, "Ghi số người dự phòng cho 100 người được chọn, từ 0 đến 100.".to_owned());
    let seed = number(
        entry,
        "seed",
        0,
        u32::MAX,
        "Ghi số khởi tạo: một số nguyên bất kỳ, như ngày bốc thăm 20261129.".to_owned(),
    );
    let mut shares = BTreeMap::new();
    if method == Some(Method::Neyman) {
        for stratum in strata(known) {
            let field = format!("share-{stratum}");
            if entry.value(&field).trim().is_empty() {
                continue;
            }
            match as_percent(entry.value(&field)).filter(|share| *share < 1.0) {
                Some(share) => {
                    shares.insert(stratum, share);
                }
                None => {
                    entry
                        .refuse("method", format!("Tỷ lệ dự kiến của tầng “{stratum}” phải lớn hơn 0 và nhỏ hơn 100."));
                }
            }
        }
    }
    let (Some(method), Some(drawn), Some(per_cluster), Some(substitutes), Some(seed), false) =
        (method, drawn, per_cluster, substitutes, seed, entry.is_wrong())
    else {
        return None;
    };
    Some(Selection { method, drawn, per_cluster, substitutes, shares, seed: seed.into(), in_full: true })
}

fn strata(known: &Known) -> Vec<String> {
    let mut strata: Vec<String> = known.units.iter().map(|unit| unit.stratum.clone()).collect();
    strata.sort_unstable();
    strata.dedup();
    strata
}

/// `POST …/sample/substitute`: calls the next substitute of a place in.
pub async fn substitute(
    app: Data<App>,
    user: Staff,
    path: Path<(String, i32)>,
    body: Bytes,
) -> Result<HttpResponse, Refusal> {
    let known = known(&app, &user, path.into_inner()).await?;
    let here = format!("{}/sample", address(&known.plan.key, known.round.id));
    let sheet = Entry::sent(&body).value("sheet").trim().parse::<u32>().ok();
    let may =
        |selection: &Selection, sheet: u32| substitutes(&known, selection).iter().any(|line| line.next == Some(sheet));
    let next = known.selection.as_ref().zip(sheet).filter(|(selection, sheet)| may(selection, *sheet));
    let Some((_, sheet)) = next.filter(|_| is_open(&known)) else {
        return Ok(see_other(&format!("{here}?done=late")));
    };
    let object = format!("{}: {}, phiếu {}", known.plan.key, known.round.name, printed(sheet));
    let db = app.db.noting(user.note(AuditedAction::CallSubstitute, &known.plan.unit, object));
    let called = block(move || db.call_in(known.round.id, sheet)).await??;
    Ok(see_other(&if called { format!("{here}?done=called&count={sheet}") } else { format!("{here}?done=late") }))
}

/// `POST …/sample/cells`: makes the cells.
pub async fn make_cells(app: Data<App>, user: Staff, path: Path<(String, i32)>) -> Result<HttpResponse, Refusal> {
    let known = known(&app, &user, path.into_inner()).await?;
    changeable(&user, &known)?;
    let here = format!("{}/sample", address(&known.plan.key, known.round.id));
    if !is_open(&known) {
        return Ok(see_other(&format!("{here}?done=late")));
    }
    let object = format!("{}: {}", known.plan.key, known.round.name);
    let db = app.db.noting(user.note(AuditedAction::MakeCells, &known.plan.unit, object));
    match block(move || samples::make_cells(&db, &known.plan, &known.round)).await? {
        Ok(cells) => Ok(see_other(&format!("{here}?done=cells&count={cells}"))),
        Err(SampleError::TooFew) => Ok(see_other(&format!("{here}?done=few"))),
        Err(SampleError::NotNow) => Ok(see_other(&format!("{here}?done=late"))),
        Err(error) => Err(error.into()),
    }
}
