//! Answer sheets on their way out: in the order of their keys, and only those that shown figures count.

use std::collections::HashSet;
use std::ops::ControlFlow;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use super::read::visit_sheets;
use super::sheet::{Sheet, SheetFilter};
use super::tallies::TallyRow;
use crate::db::engine::conn::{Conn, read_transaction};
use crate::db::engine::schema::{tally, unit};
use crate::db::{Db, DbError};
use crate::sheet::tally::TallyKey;

impl Db {
    /// Shows the sheets of `filter` to `visit`, in the order of unit, day and random key, never in that of their arrival,
    /// from one state of the database and in flat memory. How many were left out.
    ///
    /// A sheet is shown once no answer of its kind (same point, day, field, questionnaire, series, mode, respondent,
    /// flag) waits for its group of five, so that rows, like figures, arrive in groups; with `live` all are.
    pub fn export_sheets(
        &self,
        filter: &SheetFilter,
        live: bool,
        comments: bool,
        mut visit: impl FnMut(&Sheet) -> ControlFlow<()>,
    ) -> Result<u64, DbError> {
        self.read(|conn| {
            read_transaction(conn, |conn| {
                let waiting = if live { HashSet::new() } else { waiting(conn, filter)? };
                let mut left_out = 0;
                visit_sheets(conn, filter, comments, &mut |sheet| {
                    if !waiting.is_empty() && waiting.contains(&sheet.key) {
                        left_out += 1;
                        return ControlFlow::Continue(());
                    }
                    visit(sheet)
                })?;
                Ok(left_out)
            })
        })
    }
}

/// The keys for which answers wait.
fn waiting(conn: &mut Conn, filter: &SheetFilter) -> Result<HashSet<TallyKey>, DbError> {
    let units: Vec<i32> = match &filter.units {
        Some(units) => units.clone(),
        None => unit::table.select(unit::id).order(unit::id).load(conn)?,
    };
    let mut keys = HashSet::new();
    for unit in units {
        let of_unit = tally::table.filter(tally::unit_id.eq(unit)).filter(tally::released.eq(false));
        for row in of_unit.load::<TallyRow>(conn)? {
            keys.insert(row.key()?);
        }
    }
    Ok(keys)
}
