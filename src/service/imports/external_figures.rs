//! Earlier and official figures, from a file to the table of figures of others.

use super::{
    Before, Checked, CheckedRow, Heading, IntakeError, Payload, RowOutcome, TemplateSpec, Value, book, hash_of,
};
use crate::db::{Db, ImportKind, Unit};
use crate::exchange::import::{external_figures, template, template_words};
use crate::plan::ExternalFigure;
use crate::table::Table;

pub(in crate::service::imports) fn check(db: &Db, table: &Table, units: &[Unit]) -> Result<Checked, IntakeError> {
    let book = book(db, units)?;
    let read = external_figures::read(table, &book);
    let ids: Vec<i32> = units.iter().map(|unit| unit.id).collect();
    let stored = db.outside_figures(&ids)?;
    let (mut lines, mut rows, mut spelled) = (Vec::new(), Vec::new(), Vec::new());
    for (place, row) in &read.rows {
        let Some(unit) = units.iter().find(|unit| unit.code == row.unit) else { continue };
        let figure = ExternalFigure {
            unit: unit.id,
            index: row.index,
            field: row.field.clone(),
            period: row.period.clone(),
            value: f64::from(row.value) / 1_000_000.0,
            respondents: row.respondents.map(u64::from),
            source: row.source.clone(),
        };
        let key = |figure: &ExternalFigure| {
            let ExternalFigure { unit, index, field, period, source, .. } = figure.clone();
            (unit, index, field, period, source)
        };
        let fate = match stored.iter().find(|known| key(known) == key(&figure)) {
            None => RowOutcome::New,
            Some(known) if *known == figure => RowOutcome::Same,
            Some(known) => RowOutcome::Replaces(Before::Share(known.value)),
        };
        spelled.push(format!("{row:?}"));
        let field = row.field.as_ref().map_or_else(
            || Value::AllFields,
            |code| {
                let known = book.fields.iter().find(|field| field.id == *code);
                Value::Text(known.map_or_else(|| code.clone(), |field| field.name_vi.clone()))
            },
        );
        lines.push(CheckedRow {
            place: place.clone(),
            cells: vec![
                Value::Text(unit.name_vi.clone()),
                Value::Index(row.index),
                field,
                Value::Period(row.period.clone()),
                Value::Share(figure.value),
                row.respondents.map_or(Value::NotStated, |count| Value::Count(u64::from(count))),
                Value::Text(row.source.clone()),
            ],
            fate,
        });
        rows.push(figure);
    }
    Ok(Checked {
        kind: ImportKind::Figures,
        name: String::new(),
        headings: &[
            Heading::Unit,
            Heading::Index,
            Heading::Field,
            Heading::Period,
            Heading::Share,
            Heading::Respondents,
            Heading::Source,
        ],
        lines,
        refused: read.refused,
        before: None,
        notes: read.notes,
        hash: hash_of(spelled),
        payload: Payload::Figures(rows),
    })
}

/// Headings of the template, whether each is required, and what to write.
pub(in crate::service::imports) fn template() -> TemplateSpec {
    let columns = template::headings(external_figures::COLUMNS);
    TemplateSpec { columns, explained: template_words::EXTERNAL_FIGURES }
}
