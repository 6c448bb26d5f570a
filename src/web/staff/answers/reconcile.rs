//! The two keyings of a pile side by side: what differs is settled with the paper in hand, then the pile is stored.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, block};
use askama::Template;

use super::keying_sheet::Desk;
use crate::access::AuditedAction;
use crate::db::{BatchStored, DbError, EntryState, KeyedRow, Note};
use crate::error::Refusal;
use crate::sheet::tally::Series;
use crate::survey::keyed;
use crate::web::http::form_body::FormBody;
use crate::web::staff::layout::{Frame, see_other, send};
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

/// The page of a batch that was keyed twice.
pub(in crate::web::staff) async fn page(
    app: &App,
    user: &SignedIn,
    desk: &Desk,
    late: Vec<String>,
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
    };
    Ok(send(status, &page))
}

fn differing(desk: &Desk, first: &[KeyedRow], second: &[KeyedRow]) -> Vec<SheetDiffering> {
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
    let Some(desk) = Desk::find(&app, &user, &path).await? else { return Ok(see_other("/staff/entry?done=gone")) };
    let back = see_other(&format!("/staff/entry/{}", desk.batch.id));
    if desk.batch.state != EntryState::Compared {
        return Ok(back);
    }
    let sent = FormBody::parse(&body);
    let (first, second) = (desk.keyed_sheets(&app, 1).await?, desk.keyed_sheets(&app, 2).await?);
    let fields = desk.field_codes();
    let asked = desk.asked(&fields);
    let mut settled: Vec<(i32, KeyedRow)> = Vec::new();
    let mut dropped: Vec<(i16, i32)> = Vec::new();
    for sheet in differing(&desk, &first, &second) {
        let place = i32::try_from(sheet.place).unwrap_or(0);
        let (a, b) = (first.get(sheet.place - 1), second.get(sheet.place - 1));
        match (a, b) {
            (Some(a), Some(b)) => {
                let (mut pairs, other) = (keyed::pairs(&desk.keyed(a), &asked), keyed::pairs(&desk.keyed(b), &asked));
                let chosen = |name: &str| sent.get(&format!("k.{place}.{name}"));
                let all = sheet.fields.iter().all(|field| matches!(chosen(&field.name), Some("1" | "2")));
                for (pair, other) in pairs.iter_mut().zip(other) {
                    if chosen(&pair.0) == Some("2") {
                        *pair = other;
                    }
                }
                let row = keyed::read(&pairs, &asked).ok().and_then(|sheet| desk.row(&sheet)).filter(|_| all);
                settled.extend(row.map(|row| (place, row)));
            }
            (Some(only), None) | (None, Some(only)) => match sent.get(&format!("k.{place}.only")) {
                Some("keep") => settled.push((place, only.clone())),
                Some("drop") => dropped.push((if a.is_some() { 1 } else { 2 }, place)),
                _ => {}
            },
            (None, None) => {}
        }
    }
    let (db, id) = (app.db.clone(), desk.batch.id);
    block(move || {
        for (place, row) in settled {
            let before = usize::try_from(place - 1).ok().and_then(|at| first.get(at));
            db.keep_keyed(id, EntryState::Compared, &[1, 2], place, (before, &row))?;
        }
        let mut lengths = [first.len(), second.len()];
        // From the end, so that places stay what they were.
        for (pass, place) in dropped.into_iter().rev() {
            let length = &mut lengths[usize::from(pass == 2)];
            if db.drop_keyed(id, pass, (place, *length))? {
                *length -= 1;
            }
        }
        Ok::<_, DbError>(())
    })
    .await??;
    Ok(back)
}

/// `POST /staff/entry/{batch}/again`: the second keying from the start, when a sheet was passed over.
pub async fn again(app: Data<App>, user: Staff, path: Path<String>) -> Result<HttpResponse, Refusal> {
    let desk = Desk::open(&app, &user, &path).await?;
    let (unit, point) = (user.code_of_unit(desk.batch.unit), desk.point.code.as_str());
    let db = app.db.noting(user.note(AuditedAction::RepeatSecondKeying, unit, point));
    let id = desk.batch.id;
    block(move || db.repeat_second_keying(id)).await??;
    Ok(see_other(&format!("/staff/entry/{id}")))
}

/// `POST /staff/entry/{batch}/store`: stores the pile, once.
pub async fn store(app: Data<App>, user: Staff, path: Path<String>, body: Bytes) -> Result<HttpResponse, Refusal> {
    let Some(desk) = Desk::find(&app, &user, &path).await? else { return Ok(see_other("/staff/entry?done=gone")) };
    let sheets = desk.keyed_sheets(&app, 1).await?;
    // A period may have been frozen since the sheets were keyed.
    let late = desk.all_refused(&app, &sheets).await?;
    if !late.is_empty() {
        return page(&app, &user, &desk, late).await;
    }
    let (db, id) = (app.db.clone(), desk.batch.id);
    let again =
        if desk.batch.second_by == Some(desk.batch.first_by) { ", một người nhập hai lần" } else { "" };
    let note = user.note(AuditedAction::StoreBatch, user.code_of_unit(desk.batch.unit), "");
    let code = desk.point.code.clone();
    // What is not said to be drawn by a sampling plan is not.
    let sampled = FormBody::parse(&body).get("series") == Some("sample");
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
