//! The two keyings of a pile side by side: what differs is settled with the paper in hand, then the pile is stored.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use askama::Template;

use super::keying_sheet::OpenBatch;
use crate::access::AuditedAction;
use crate::db::{BatchState, BatchStored, KeyedRow, Note};
use crate::error::Refusal;
use crate::sheet::tally::Series;
use crate::survey::{Asked, keyed};
use crate::web::http::block::block;
use crate::web::http::form_body::FormBody;
use crate::web::staff::layout::{Frame, see_other, send};
use crate::web::staff::seen::mark;
use crate::web::staff::signed_in::{SignedIn, Staff};
use crate::web::state::App;

#[derive(Template)]
#[template(path = "staff/answers/reconcile.html")]
struct SettlePage {
    frame: Frame,
    id: i32,
    begun: i64,
    unit: String,
    point: String,
    sheets: usize,
    lengths: [usize; 2],
    same_person: bool,
    differing: Vec<SheetDiffering>,
    values: usize,
    late: Vec<String>,
    /// The mark of both keyings.
    seen: String,
    /// Whether they changed while somebody chose.
    changed: bool,
}

struct SheetDiffering {
    place: usize,
    fields: Vec<Difference>,
    /// The keying that has the sheet, when only one has.
    only_in: Option<u8>,
}

struct Difference {
    name: String,
    label: String,
    first: String,
    second: String,
}

/// The page of a batch that was keyed twice; `changed` while somebody chose.
pub(in crate::web::staff) async fn page(
    app: &App,
    user: &SignedIn,
    desk: &OpenBatch,
    late: Vec<String>,
    changed: bool,
) -> Result<HttpResponse, Refusal> {
    let first = desk.keyed_sheets(app, 1).await?;
    let second = desk.keyed_sheets(app, 2).await?;
    let differing = differing(desk, &first, &second);
    let status = if late.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = SettlePage {
        frame: user.frame(app),
        id: desk.batch.id,
        begun: desk.begun(),
        unit: desk.unit_name.clone(),
        point: desk.point.name_vi.clone(),
        sheets: first.len(),
        lengths: [first.len(), second.len()],
        same_person: desk.batch.second_by == Some(desk.batch.first_by),
        values: differing.iter().map(|sheet| sheet.fields.len().max(1)).sum(),
        differing,
        late,
        seen: mark(Some(&(first.as_slice(), second.as_slice()))),
        changed,
    };
    Ok(send(status, &page))
}

fn differing(desk: &OpenBatch, first: &[KeyedRow], second: &[KeyedRow]) -> Vec<SheetDiffering> {
    let fields = desk.field_codes();
    let asked = desk.asked(&fields);
    let pairs = |row: &KeyedRow| keyed::pairs(&desk.keyed(row), &asked);
    let sheet = |at: usize| match (first.get(at), second.get(at)) {
        (Some(a), Some(b)) => {
            let differences = pairs(a).into_iter().zip(pairs(b)).filter(|(a, b)| a != b);
            let fields = differences.map(|((name, a), (_, b))| Difference {
                label: desk.label(&name),
                first: desk.worded(&name, &a),
                second: desk.worded(&name, &b),
                name,
            });
            SheetDiffering { place: at + 1, fields: fields.collect(), only_in: None }
        }
        (Some(_), None) => SheetDiffering { place: at + 1, fields: Vec::new(), only_in: Some(1) },
        _ => SheetDiffering { place: at + 1, fields: Vec::new(), only_in: Some(2) },
    };
    let all = (0..first.len().max(second.len())).map(sheet);
    all.filter(|sheet| sheet.only_in.is_some() || !sheet.fields.is_empty()).collect()
}

/// `POST /staff/entry/{batch}/settle`: takes the choices that were made; what is left open comes back.
pub async fn settle(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let sent = FormBody::parse(&body);
    let Some(desk) = OpenBatch::find(&app, &user, &path, sent.get("begun")).await? else {
        return Ok(see_other("/staff/entry?done=gone"));
    };
    let back = see_other(&format!("/staff/entry/{}", desk.batch.id));
    if desk.batch.state != BatchState::Compared {
        return Ok(back);
    }
    let (first, second) = (desk.keyed_sheets(&app, 1).await?, desk.keyed_sheets(&app, 2).await?);
    if !is_as_seen(&sent, &first, &second) {
        return Ok(changed(&desk));
    }
    let settled = settled(&desk, &sent, &first, &second);
    let note = user.note(AuditedAction::SettleBatch, user.code_of_unit(desk.batch.unit), desk.point.code.as_str());
    let (db, id) = (app.db.noting(note), desk.batch.id);
    let done = block(move || db.settle_entry_batch(id, [first, second], settled)).await??;
    Ok(if done { back } else { changed(&desk) })
}

/// Both keyings after the choices that were made. A sheet of one keying that is kept stands in both; behind one of which nothing was said yet it
/// waits too, since its place in the other keying is not known.
fn settled(desk: &OpenBatch, sent: &FormBody, first: &[KeyedRow], second: &[KeyedRow]) -> [Vec<KeyedRow>; 2] {
    let fields = desk.field_codes();
    let asked = desk.asked(&fields);
    let mut settled = [Vec::new(), Vec::new()];
    let mut all_said = true;
    for at in 0..first.len().max(second.len()) {
        let place = at + 1;
        match (first.get(at), second.get(at)) {
            (Some(a), Some(b)) => {
                let row = chosen(desk, sent, place, (a, b), &asked);
                settled[0].push(row.clone().unwrap_or_else(|| a.clone()));
                settled[1].push(row.unwrap_or_else(|| b.clone()));
            }
            (Some(only), None) | (None, Some(only)) => match sent.get(&format!("k.{place}.only")) {
                Some("drop") => {}
                Some("keep") if all_said => settled.iter_mut().for_each(|keying| keying.push(only.clone())),
                _ => {
                    all_said = false;
                    settled[usize::from(first.get(at).is_none())].push(only.clone());
                }
            },
            (None, None) => {}
        }
    }
    settled
}

/// The sheet that was chosen of two which differ; none where not every choice was made.
fn chosen(
    desk: &OpenBatch,
    sent: &FormBody,
    place: usize,
    (a, b): (&KeyedRow, &KeyedRow),
    asked: &Asked<'_>,
) -> Option<KeyedRow> {
    let mut pairs = keyed::pairs(&desk.keyed(a), asked);
    for (pair, other) in pairs.iter_mut().zip(keyed::pairs(&desk.keyed(b), asked)) {
        if *pair != other {
            match sent.get(&format!("k.{place}.{}", pair.0)) {
                Some("1") => {}
                Some("2") => *pair = other,
                _ => return None,
            }
        }
    }
    keyed::read(&pairs, asked).ok().and_then(|sheet| desk.row(&sheet))
}

/// Whether the keyings stand as the page showed them.
fn is_as_seen(sent: &FormBody, first: &[KeyedRow], second: &[KeyedRow]) -> bool {
    sent.get("seen").is_none_or(|seen| seen == mark(Some(&(first, second))))
}

/// On to the page as it stands now: somebody else changed it, or the same person by a press before.
fn changed(desk: &OpenBatch) -> HttpResponse {
    see_other(&format!("/staff/entry/{}?done=changed", desk.batch.id))
}

/// `POST /staff/entry/{batch}/again`: the second keying from the start, when a sheet was passed over.
pub async fn again(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let sent = FormBody::parse(&body);
    let Some(desk) = OpenBatch::find(&app, &user, &path, sent.get("begun")).await? else {
        return Ok(see_other("/staff/entry?done=gone"));
    };
    let back = see_other(&format!("/staff/entry/{}", desk.batch.id));
    if desk.batch.state != BatchState::Compared {
        return Ok(back);
    }
    let (first, second) = (desk.keyed_sheets(&app, 1).await?, desk.keyed_sheets(&app, 2).await?);
    if !is_as_seen(&sent, &first, &second) {
        return Ok(changed(&desk));
    }
    let (unit, point) = (user.code_of_unit(desk.batch.unit), desk.point.code.as_str());
    let db = app.db.noting(user.note(AuditedAction::RepeatSecondKeying, unit, point));
    let id = desk.batch.id;
    let done = block(move || db.repeat_second_keying(id, [first, second])).await??;
    Ok(if done { back } else { changed(&desk) })
}

/// `POST /staff/entry/{batch}/store`: stores the pile, once.
pub async fn store(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let sent = FormBody::parse(&body);
    let Some(desk) = OpenBatch::find(&app, &user, &path, sent.get("begun")).await? else {
        return Ok(see_other("/staff/entry?done=gone"));
    };
    let sheets = desk.keyed_sheets(&app, 1).await?;
    // A period may have been frozen since the sheets were keyed.
    let late = desk.all_refused(&app, &sheets).await?;
    if !late.is_empty() {
        return page(&app, &user, &desk, late, false).await;
    }
    let (db, id) = (app.db.clone(), desk.batch.id);
    let again =
        if desk.batch.second_by == Some(desk.batch.first_by) { ", một người nhập hai lần" } else { "" };
    let note = user.note(AuditedAction::StoreBatch, user.code_of_unit(desk.batch.unit), "");
    let code = desk.point.code.clone();
    // What is not said to be drawn by a sampling plan is not.
    let sampled = sent.get("series") == Some("sample");
    let (series, drawn) = if sampled { (Series::Sample, ", theo mẫu điều tra") } else { (Series::Open, "") };
    let note = move |count: usize| Note { object: format!("{code}: {count} phiếu{again}{drawn}"), ..note };
    Ok(match block(move || db.store_entry_batch(id, series, note)).await?? {
        BatchStored::Stored(count) => {
            tracing::info!(user = user.id, batch = id, count, "a batch of paper sheets stored");
            see_other(&format!("/staff/entry?done=stored&count={count}"))
        }
        BatchStored::Different => see_other(&format!("/staff/entry/{id}")),
        BatchStored::Gone => see_other("/staff/entry?done=gone"),
    })
}
