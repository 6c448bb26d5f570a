//! The known totals of a sample on its page: a form with a number for each level of each question, and what was given.

use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::sample;
use super::sample_known::{address, changeable, is_open, known};
use super::sample_totals_told::field;
use super::sample_words as words;
use crate::access::AuditedAction;
use crate::error::Refusal;
use crate::exchange::import::known_totals::{self, Level};
use crate::exchange::import::plain;
use crate::sampling::totals::{KnownTotals, Named, TOTAL_MAX, Totals, Way};
use crate::service::samples::totals;
use crate::web::http::block::block;
use crate::web::staff::form::Entry;
use crate::web::staff::layout::see_other;
use crate::web::staff::signed_in::Staff;
use crate::web::staff::upload;
use crate::web::state::App;

/// `POST …/sample/totals`: keeps what is known of the people; all fields empty take it back.
pub async fn keep(
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
    if let Some((_, bytes)) = file {
        match block(move || known_totals::read(&bytes)).await? {
            Ok(levels) => take(&mut entry, &levels, &known.askable),
            Err(fault) => entry.refuse(FILE, words::no_totals(&fault)),
        }
        if entry.is_wrong() {
            return Ok(sample::wrong(&app, &user, &known, &entry));
        }
    }
    let Some(found) = read(&mut entry, &known.askable) else {
        return Ok(sample::wrong(&app, &user, &known, &entry));
    };
    let written = totals::written(&found)?;
    let object = format!("{}: {}", known.plan.key, known.round.name);
    let db = app.db.noting(user.note(AuditedAction::KeepTotals, &known.plan.unit, object));
    let kept = block(move || db.keep_totals(known.round.id, written)).await??;
    let count = found.questions.len();
    Ok(see_other(&if kept { format!("{here}?done=totals&count={count}") } else { format!("{here}?done=late") }))
}

/// Puts what a file says in the place of what was typed: all of a question that it names.
fn take(entry: &mut Entry, levels: &[Level], askable: &[KnownTotals]) {
    let is_called = |named: &Named, name: &str| {
        [&named.id, &named.vi, &named.en].into_iter().any(|known| plain(known) == plain(name))
    };
    let mut taken: Vec<(String, String)> = Vec::new();
    for one in levels {
        let of_question =
            |asked: &&KnownTotals| one.question.as_ref().is_none_or(|name| is_called(&asked.question, name));
        let fields = askable.iter().filter(of_question).flat_map(|asked| {
            let own = asked.levels.iter().filter(|(level, _)| is_called(level, &one.name));
            own.map(|(level, _)| field(&asked.question.id, &level.id))
        });
        let fields: Vec<String> = fields.collect();
        match fields.as_slice() {
            [field] if taken.iter().any(|(known, _)| known == field) => {
                entry.refuse(FILE, words::level_twice(one));
                return;
            }
            [field] => taken.push((field.clone(), one.total.clone())),
            found => {
                entry.refuse(FILE, words::level_unknown(one, found.len()));
                return;
            }
        }
    }
    for asked in askable {
        let fields = || asked.levels.iter().map(|(level, _)| field(&asked.question.id, &level.id));
        if fields().any(|field| taken.iter().any(|(known, _)| *known == field)) {
            fields().for_each(|field| entry.put(&field, ""));
        }
    }
    for (field, total) in &taken {
        entry.put(field, total);
    }
}

/// The field of the file.
const FILE: &str = "totals_file";

fn read(entry: &mut Entry, askable: &[KnownTotals]) -> Option<Totals> {
    let mut questions = Vec::new();
    for question in askable {
        let fields: Vec<String> =
            question.levels.iter().map(|(level, _)| field(&question.question.id, &level.id)).collect();
        if fields.iter().all(|field| entry.value(field).trim().is_empty()) {
            continue;
        }
        let mut levels = Vec::new();
        for (field, (level, _)) in fields.iter().zip(&question.levels) {
            let sentence = format!(
                "Ghi số người của “{}”, một số nguyên; hoặc để trống cả câu “{}”.",
                level.vi, question.question.vi
            );
            if let Some(total) = entry.whole(field, 0..=TOTAL_MAX, &sentence) {
                levels.push((level.clone(), total));
            }
        }
        if levels.len() == fields.len() && levels.iter().filter(|(_, total)| *total > 0).count() < 2 {
            entry.refuse(&fields[0], "Cần ít nhất hai mức có người.");
        }
        questions.push(KnownTotals { question: question.question.clone(), levels });
    }
    let way = if entry.value("way") == "bounded" {
        let bound = |entry: &mut Entry, field: &str, least: f64, most: f64, sentence: &str| {
            let typed = entry.value(field).trim().replace(',', ".").parse::<f64>().ok();
            let found = typed.filter(|bound| (least..=most).contains(bound));
            if found.is_none() {
                entry.refuse(field, sentence);
            }
            found
        };
        let low = bound(entry, "low", 0.01, 0.99, "Ghi hệ số nhỏ nhất, từ 0,01 đến 0,99.");
        let high = bound(entry, "high", 1.01, 100.0, "Ghi hệ số lớn nhất, từ 1,01 đến 100.");
        low.zip(high).map(|(low, high)| Way::Bounded { low, high })
    } else {
        Some(Way::Raking)
    };
    way.filter(|_| !entry.is_wrong()).map(|way| Totals { way, questions })
}
