//! Released sheets of a ward by questionnaire version, for what must be asked of whole sheets: what drives satisfaction, whether a form is
//! sound. Of whole months that are over and of the whole ward, since releases are: nobody chooses days or offices.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::db::{Db, DbError, Form, SheetFilter, Unit};
use crate::sheet::tally::Series;

/// So many months are read.
const MONTHS: u32 = 24;

/// The sheets of a version.
#[derive(Debug, Clone)]
pub struct FormSheets {
    /// The version.
    pub form: Arc<Form>,
    /// The answers of each, one byte an item.
    pub answers: Vec<Vec<u8>>,
    /// Point and day of each: a label from 0.
    pub clusters: Vec<usize>,
}

/// First and last day that are read, seen from `today`.
pub fn days(today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let month = today.with_day(1).unwrap_or(today);
    (month.checked_sub_months(Months::new(MONTHS)).unwrap_or(month), month - Days::new(1))
}

/// The sheets of every version that was answered, the most answered first. Flagged sheets and those of samples are left out.
pub fn of_ward(db: &Db, ward: &Unit, today: NaiveDate) -> Result<Vec<FormSheets>, DbError> {
    let (from, to) = days(today);
    let filter = SheetFilter { units: Some(db.subtree(&ward.code)?), from: Some(from), to: Some(to) };
    let mut found: BTreeMap<i32, (Vec<Vec<u8>>, Vec<usize>)> = BTreeMap::new();
    let mut labels: BTreeMap<(i32, i32, i32), usize> = BTreeMap::new();
    db.export_sheets(&filter, false, false, |sheet| {
        let key = &sheet.key;
        if key.series != Series::Sample && !key.suspect {
            let next = labels.len();
            let label = *labels.entry((key.unit, key.point, key.day)).or_insert(next);
            let of_form = found.entry(key.form).or_default();
            of_form.0.push(sheet.answers.clone());
            of_form.1.push(label);
        }
        ControlFlow::Continue(())
    })?;
    let mut forms = Vec::new();
    for (form, (answers, clusters)) in found {
        forms.push(FormSheets { form: db.form_by_id(form)?, answers, clusters });
    }
    forms.sort_by_key(|form| std::cmp::Reverse(form.answers.len()));
    Ok(forms)
}
