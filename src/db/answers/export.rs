//! Answer sheets on their way out: in the order of their keys, and only those that shown figures count.

use std::ops::ControlFlow;

use super::read::visit_with_release;
use super::sheet::{Sheet, SheetFilter};
use crate::db::engine::conn::read_transaction;
use crate::db::{Db, DbError};

impl Db {
    /// Shows the sheets of `filter` to `visit`, in the order of unit, day and random key, never in that of their arrival,
    /// from one state of the database and in flat memory. How many were left out.
    ///
    /// A sheet is shown once it was released, so that rows, like figures, arrive in tens; with `live` all are.
    pub fn export_sheets(
        &self,
        filter: &SheetFilter,
        live: bool,
        comments: bool,
        mut visit: impl FnMut(&Sheet) -> ControlFlow<()>,
    ) -> Result<u64, DbError> {
        self.read(|conn| {
            read_transaction(conn, |conn| {
                let mut left_out = 0;
                visit_with_release(conn, filter, comments, &mut |sheet, release| {
                    if release == 0 && !live {
                        left_out += 1;
                        return ControlFlow::Continue(());
                    }
                    visit(sheet)
                })?;
                Ok(left_out)
            })
        })
    }

    /// Shows every sheet of `filter` that was released and is not voided to `visit`, with the number of its release, in flat memory and from one
    /// state of the database.
    pub fn for_each_released_sheet(
        &self,
        filter: &SheetFilter,
        mut visit: impl FnMut(&Sheet, i32),
    ) -> Result<(), DbError> {
        self.read(|conn| {
            read_transaction(conn, |conn| {
                visit_with_release(conn, filter, false, &mut |sheet, release| {
                    if release != 0 {
                        visit(sheet, release);
                    }
                    ControlFlow::Continue(())
                })
            })
        })
    }
}
