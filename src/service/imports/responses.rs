//! Answer sheets from a file to the sheets of the database. They go in as every answer does: tallied in the same transaction,
//! shown in releases, and none whose day lies in frozen periods only.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::{
    Checked, CheckedRow, Heading, IntakeError, Payload, RowOutcome, TemplateSpec, Value, book, hash_of, too_late,
};
use crate::db::{Db, Form, ImportKind, Sheet, Unit};
use crate::exchange::import::responses::{self, AskedAt};
use crate::exchange::import::{Place, Reason, Refused, TooLate, template, template_words};
use crate::sheet::tally::{Respondent, Series, TallyKey};
use crate::survey::RespondentKind;
use crate::table::Table;

pub(in crate::service::imports) fn check(
    db: &Db,
    table: &Table,
    units: &[Unit],
    series: Series,
    today: NaiveDate,
) -> Result<Checked, IntakeError> {
    let book = book(db, units)?;
    let ids: Vec<i32> = units.iter().map(|unit| unit.id).collect();
    let points = db.points(Some(&ids))?;
    // The versions of each questionnaire that is asked, the one in force first.
    let mut forms: HashMap<String, Vec<Arc<Form>>> = HashMap::new();
    let published = db.all_forms()?;
    for point in points.iter().filter(|point| point.retired_on.is_none_or(|retired| retired > today)) {
        if !forms.contains_key(&point.form) {
            let versions = published.iter().rev().filter(|form| form.questionnaire.id == point.form);
            forms.insert(point.form.clone(), versions.cloned().collect());
        }
    }
    let forms_of = |code: &str| {
        let point = points.iter().find(|point| point.code == code)?;
        Some((point, forms.get(&point.form)?))
    };
    let asked: Vec<AskedAt<'_>> = points
        .iter()
        .filter_map(|point| {
            let versions = forms_of(&point.code)?.1.iter().map(|form| &form.questionnaire).collect();
            Some(AskedAt { point: &point.code, versions })
        })
        .collect();
    let mut read = responses::read(table, &book, &asked, today);
    let fields = db.fields()?;
    let mut late_days: HashMap<(i32, NaiveDate), Option<TooLate>> = HashMap::new();
    let (mut lines, mut sheets, mut spelled) = (Vec::new(), Vec::new(), Vec::new());
    for (place, row) in &read.rows {
        let Some((point, forms)) = forms_of(&row.point) else { continue };
        let Some(form) = forms.iter().find(|form| form.questionnaire.reference() == row.form) else { continue };
        let Some(field) = fields.iter().find(|field| field.code == row.keyed.field) else { continue };
        let day = row.keyed.day;
        if let std::collections::hash_map::Entry::Vacant(entry) = late_days.entry((point.unit, day)) {
            entry.insert(too_late(db, point.unit, day)?);
        }
        if let Some(Some(late)) = late_days.get(&(point.unit, day)) {
            read.refused.push(Refused::new(place.clone(), responses::heading("day"), Reason::Late(late.clone())));
            continue;
        }
        if day < point.opened_on || point.retired_on.is_some_and(|retired| retired <= day) {
            read.refused.push(Refused::new(place.clone(), responses::heading("day"), Reason::PointClosed { day }));
            continue;
        }
        let person = row.keyed.respondent == RespondentKind::Person;
        let key = TallyKey {
            unit: point.unit,
            day: crate::clock::day_number(day),
            point: point.point,
            field: field.id,
            form: form.id,
            series,
            mode: row.mode,
            respondent: if person { Respondent::Person } else { Respondent::Organisation },
            suspect: false,
        };
        let answers: String = row.keyed.answers.iter().map(|answer| sign(*answer)).collect();
        spelled.push(format!(
            "{}\u{1f}{day}\u{1f}{}\u{1f}{:?}\u{1f}{person}\u{1f}{answers}\u{1f}{:?}\u{1f}{:?}",
            row.point, field.code, row.mode, row.keyed.demographics, row.keyed.comment
        ));
        lines.push(CheckedRow {
            place: place.clone(),
            cells: vec![
                Value::Text(point.name_vi.clone()),
                Value::Day(day),
                Value::Mode(row.mode),
                Value::Text(field.name_vi.clone()),
                Value::Respondent(row.keyed.respondent),
                Value::Text(answers),
            ],
            fate: RowOutcome::New,
        });
        sheets.push(Sheet {
            key,
            channel: point.channel,
            answers: row.keyed.answers.clone(),
            demographics: row.keyed.demographics.clone(),
            comment: row.keyed.comment.clone(),
        });
    }
    let hash = hash_of(spelled);
    if let Some(before) = db.import_file(ImportKind::Responses, &hash)?.filter(|_| !lines.is_empty()) {
        let on = crate::clock::civil_date(before.at);
        read.refused.push(Refused::new(Place::line(1), "", Reason::TakenBefore { on, name: before.name }));
    }
    Ok(Checked {
        kind: ImportKind::Responses,
        name: String::new(),
        headings: &[Heading::Point, Heading::Day, Heading::Mode, Heading::Field, Heading::Respondent, Heading::Answers],
        lines,
        refused: read.refused,
        before: None,
        notes: read.notes,
        hash,
        payload: Payload::Responses(sheets),
    })
}

/// An answer as keyed: a digit, 0 for "not used", a dot for blank.
fn sign(answer: u8) -> char {
    match answer {
        1..=5 => char::from(b'0' + answer),
        6 => '0',
        _ => '·',
    }
}

/// Headings of the template, whether each is required, and what to write.
pub(in crate::service::imports) fn template() -> TemplateSpec {
    let mut columns = template::headings(responses::COLUMNS);
    columns.extend([("Câu 1", true), ("Câu 2", true), ("Câu 3", true)]);
    TemplateSpec { columns, explained: template_words::RESPONSES }
}
