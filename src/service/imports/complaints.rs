//! Complaints that were left elsewhere, from a file to the cases of the database.

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::{Checked, CheckedRow, Heading, IntakeError, Payload, RowOutcome, TemplateSpec, Value, book, hash_of};
use crate::cases::{CaseAction, Channel};
use crate::db::{ComplaintStep, Db, EnteredComplaint, ImportKind, Unit, UnitKind};
use crate::exchange::import::{complaints, template, template_words};
use crate::service::complaints::arrival;
use crate::table::Table;

pub(in crate::service::imports) fn check(
    db: &Db,
    table: &Table,
    units: &[Unit],
    today: NaiveDate,
) -> Result<Checked, IntakeError> {
    let is_ward = |unit: &&Unit| matches!(unit.kind, UnitKind::Ward | UnitKind::Commune);
    let mut wards: Vec<Unit> = units.iter().filter(is_ward).cloned().collect();
    if wards.is_empty() {
        // An office enters for the ward above it.
        let tree = db.tree()?;
        let above = units.first().into_iter().flat_map(|unit| tree.above(unit.id)).skip(1);
        wards.extend(above.filter(is_ward).cloned());
    }
    let read = complaints::read(table, &book(db, &wards)?, today);
    let days = || read.rows.iter().map(|(_, row)| row.on);
    let (mut lines, mut rows, mut spelled) = (Vec::new(), Vec::new(), Vec::new());
    let mut known = Vec::new();
    if let (Some(first), Some(last)) = (days().min(), days().max()) {
        for ward in &wards {
            known.extend(db.complaints_of_days(ward.id, first, last)?);
        }
    }
    for (place, row) in read.rows {
        let named = row.unit.as_ref().and_then(|code| wards.iter().find(|ward| ward.code == *code));
        let Some(ward) = named else { continue };
        let same = known
            .iter()
            .any(|case| case.key.unit == ward.id && complaints::same_number(&case.outside_number, &row.number));
        spelled.push(format!("{} {} {}", ward.code, row.number, row.on));
        lines.push(CheckedRow {
            place,
            cells: vec![
                Value::Text(ward.name_vi.clone()),
                Value::Text(row.number.clone()),
                Value::Day(row.on),
                Value::Text(row.written.text.clone()),
            ],
            fate: if same { RowOutcome::Same } else { RowOutcome::New },
        });
        if same {
            continue;
        }
        let digest = Sha256::new()
            .chain_update(b"sipas complaint of a file 1\0")
            .chain_update(&ward.code)
            .chain_update(b"\0")
            .chain_update(&row.number)
            .finalize();
        let mut once = [0; 16];
        once.copy_from_slice(&digest[..16]);
        let mut arrived = arrival(db, ward, row.on)?;
        (arrived.channel, arrived.outside_number) = (Channel::IHanoi, row.number);
        let step = ComplaintStep { on: today, deed: CaseAction::Receive, by: String::new(), words: String::new() };
        rows.push(EnteredComplaint { unit: ward.id, once, written: row.written, arrival: arrived, on: row.on, step });
    }
    Ok(Checked {
        kind: ImportKind::Complaints,
        name: String::new(),
        headings: &[Heading::Unit, Heading::OutsideNumber, Heading::DayReceived, Heading::Told],
        lines,
        refused: read.refused,
        before: None,
        notes: read.notes,
        hash: hash_of(spelled),
        payload: Payload::Complaints(rows),
    })
}

/// Headings of the template, whether each is required, and what to write.
pub(in crate::service::imports) fn template() -> TemplateSpec {
    let columns = template::headings(complaints::COLUMNS);
    TemplateSpec { columns, explained: template_words::COMPLAINTS }
}
