//! Cases handled, from a file to the numbers of the database.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{
    Before, Checked, CheckedRow, Heading, IntakeError, Payload, RowOutcome, TemplateSpec, Value, book, hash_of,
};
use crate::db::{Db, ImportKind, Unit};
use crate::exchange::import::{caseload, template, template_words};
use crate::plan::Caseload;
use crate::table::Table;

pub(in crate::service::imports) fn check(
    db: &Db,
    table: &Table,
    units: &[Unit],
    today: NaiveDate,
) -> Result<Checked, IntakeError> {
    let book = book(db, units)?;
    let read = caseload::read(table, &book, today);
    let ids: Vec<i32> = units.iter().map(|unit| unit.id).collect();
    let points = db.points(Some(&ids))?;
    let fields = db.fields()?;
    let months = || read.rows.iter().map(|(_, row)| row.month);
    let stored = match (months().min(), months().max()) {
        (Some(first), Some(last)) => db.volumes(&ids, first, last)?,
        _ => Vec::new(),
    };
    let key = |volume: &Caseload| (volume.unit, volume.field, volume.month);
    let mut in_place: HashMap<_, Vec<&Caseload>> = HashMap::new();
    for volume in &stored {
        in_place.entry(key(volume)).or_default().push(volume);
    }
    let (mut lines, mut rows, mut spelled) = (Vec::new(), Vec::new(), Vec::new());
    for (place, row) in &read.rows {
        let unit = units.iter().find(|unit| unit.code == row.unit);
        let field = fields.iter().find(|field| field.code == row.field);
        let point = points.iter().find(|point| Some(&point.code) == row.point.as_ref());
        let (Some(unit), Some(field)) = (unit, field) else { continue };
        let volume = Caseload {
            unit: unit.id,
            point: point.map(|point| point.point),
            field: field.id,
            month: row.month,
            cases: row.cases,
        };
        let before: Vec<&&Caseload> = in_place
            .get(&key(&volume))
            .into_iter()
            .flatten()
            .filter(|known| volume.point.is_none() || known.point.is_none() || known.point == volume.point)
            .collect();
        let fate = match before[..] {
            [] => RowOutcome::New,
            [one] if **one == volume => RowOutcome::Same,
            [one] if one.point == volume.point => RowOutcome::Replaces(Before::Cases(one.cases)),
            [one] if one.point.is_none() => RowOutcome::Replaces(Before::CasesOfUnit(one.cases)),
            ref several => RowOutcome::Replaces(Before::CasesOfPoints(several.iter().map(|known| known.cases).sum())),
        };
        spelled.push(format!(
            "{}\u{1f}{:?}\u{1f}{}\u{1f}{}\u{1f}{}",
            row.unit, row.point, row.field, row.month, row.cases
        ));
        lines.push(CheckedRow {
            place: place.clone(),
            cells: vec![
                Value::Text(unit.name_vi.clone()),
                point.map_or(Value::WholeUnit, |point| Value::Text(point.name_vi.clone())),
                Value::Text(field.name_vi.clone()),
                Value::Month(row.month),
                Value::Count(row.cases),
            ],
            fate,
        });
        rows.push(volume);
    }
    Ok(Checked {
        kind: ImportKind::Volumes,
        name: String::new(),
        headings: &[Heading::Unit, Heading::Point, Heading::Field, Heading::Month, Heading::Cases],
        lines,
        refused: read.refused,
        before: None,
        notes: read.notes,
        hash: hash_of(spelled),
        payload: Payload::Volumes(rows),
    })
}

/// Headings of the template, whether each is required, and what to write.
pub(in crate::service::imports) fn template() -> TemplateSpec {
    TemplateSpec { columns: template::headings(caseload::COLUMNS), explained: template_words::CASELOAD }
}
