//! Cases handled, by unit or point, field and month. A row said again takes the place of the one before.

use chrono::{Datelike, NaiveDate};
use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::imports::{self, ImportFile};
use crate::db::engine::conn::on_backend;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::volume;
use crate::db::{Db, DbError, Noted, day};
use crate::plan::Caseload;

/// Stands in the key for the unit as a whole: no point has this number.
const WHOLE_UNIT: i32 = 0;
/// Rows in one statement: 1 000 × 5 columns stays below SQLite's 32 766 bound values.
const ROWS_PER_STATEMENT: usize = 1_000;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = volume, treat_none_as_default_value = false)]
pub(super) struct VolumeRow {
    pub(super) unit_id: i32,
    pub(super) field_id: i16,
    pub(super) month: i32,
    pub(super) point_id: i32,
    pub(super) cases: i64,
}

impl Db {
    /// The cases of `units` in the months of which a day lies between `from` and `to`, in the order of unit, field, month,
    /// point.
    pub fn volumes(&self, units: &[i32], from: NaiveDate, to: NaiveDate) -> Result<Vec<Caseload>, DbError> {
        let first = day::day_number(from.with_day(1).unwrap_or(from));
        let rows: Vec<VolumeRow> = self.read(|conn| {
            in_parts(units, |some| {
                let found = volume::table.filter(volume::unit_id.eq_any(some));
                let found = found.filter(volume::month.between(first, day::day_number(to)));
                let ordered = found.order((volume::unit_id, volume::field_id, volume::month, volume::point_id));
                Ok(ordered.select(VolumeRow::as_select()).load(conn)?)
            })
        })?;
        let of_row = |row: VolumeRow| Caseload {
            unit: row.unit_id,
            point: (row.point_id != WHOLE_UNIT).then_some(row.point_id),
            field: row.field_id,
            month: day::date_of(row.month),
            cases: u64::try_from(row.cases).unwrap_or(0),
        };
        Ok(rows.into_iter().map(of_row).collect())
    }
}

impl Noted {
    /// Stores the rows of a file in one transaction. A row takes the place of the one of its unit, point, field and month; a
    /// row of the whole unit takes that of all points of it, and a point's that of the whole unit.
    pub fn replace_volumes(&self, volumes: Vec<Caseload>, file: ImportFile) -> Result<(), DbError> {
        self.write(move |conn| {
            for new in &volumes {
                let of_month = volume::table
                    .filter(volume::unit_id.eq(new.unit))
                    .filter(volume::field_id.eq(new.field))
                    .filter(volume::month.eq(day::day_number(new.month)));
                match new.point {
                    None => diesel::delete(of_month).execute(conn)?,
                    Some(point) => {
                        diesel::delete(of_month.filter(volume::point_id.eq_any([WHOLE_UNIT, point]))).execute(conn)?
                    }
                };
            }
            let row = |new: &Caseload| VolumeRow {
                unit_id: new.unit,
                field_id: new.field,
                month: day::day_number(new.month),
                point_id: new.point.unwrap_or(WHOLE_UNIT),
                cases: i64::try_from(new.cases).unwrap_or(i64::MAX),
            };
            let rows: Vec<VolumeRow> = volumes.iter().map(row).collect();
            for rows in rows.chunks(ROWS_PER_STATEMENT) {
                on_backend!(conn, |c| diesel::insert_into(volume::table).values(rows).execute(c))?;
            }
            imports::note(conn, &file)
        })
    }
}
