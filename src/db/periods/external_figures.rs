//! Earlier and official figures of others. A row said again takes the place of the one of its unit, index, field, period and
//! source.

use std::collections::HashMap;

use diesel::{ExpressionMethods, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::imports::{self, ImportFile};
use crate::db::engine::codes::Coded;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::{field, outside_figure};
use crate::db::{Db, DbError, Noted};
use crate::plan::ExternalFigure;
use crate::plan::IndexKind;

/// Stands in the key for all fields: no field has this number.
const ALL_FIELDS: i16 = 0;
/// Shares are kept in millionths.
const MILLION: f64 = 1_000_000.0;

impl Coded for IndexKind {
    const WHAT: &'static str = "index";
    const CODES: &'static [(Self, i16)] =
        &[(Self::Sipas, 1), (Self::Procedures, 2), (Self::PublicServices, 3), (Self::Policy, 4)];
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outside_figure)]
struct Row {
    unit_id: i32,
    index_kind: i16,
    field_id: i16,
    period: String,
    source: String,
    value: i32,
    respondents: Option<i32>,
}

impl Db {
    /// The figures about `units`, in the order of unit, index, field, period, source.
    pub fn outside_figures(&self, units: &[i32]) -> Result<Vec<ExternalFigure>, DbError> {
        let (rows, fields): (Vec<Row>, Vec<(i16, String)>) = self.read(|conn| {
            let key = (
                outside_figure::unit_id,
                outside_figure::index_kind,
                outside_figure::field_id,
                outside_figure::period,
                outside_figure::source,
            );
            let rows = in_parts(units, |some| {
                let of_units = outside_figure::table.filter(outside_figure::unit_id.eq_any(some)).order(key);
                Ok(of_units.select(Row::as_select()).load(conn)?)
            })?;
            Ok((rows, field::table.select((field::id, field::code)).load(conn)?))
        })?;
        let fields: HashMap<i16, String> = fields.into_iter().collect();
        let of_row = |row: Row| {
            Ok(ExternalFigure {
                unit: row.unit_id,
                index: IndexKind::of_code(row.index_kind)?,
                field: fields.get(&row.field_id).cloned(),
                period: row.period,
                value: f64::from(row.value) / MILLION,
                respondents: row.respondents.and_then(|respondents| u64::try_from(respondents).ok()),
                source: row.source,
            })
        };
        rows.into_iter().map(of_row).collect()
    }
}

impl Noted {
    /// Stores the figures of a file in one transaction.
    pub fn replace_outside_figures(&self, figures: Vec<ExternalFigure>, file: ImportFile) -> Result<(), DbError> {
        self.write(move |conn| {
            let fields: Vec<(String, i16)> = field::table.select((field::code, field::id)).load(conn)?;
            let fields: HashMap<String, i16> = fields.into_iter().collect();
            for figure in &figures {
                let field = match &figure.field {
                    None => ALL_FIELDS,
                    Some(code) => *fields.get(code).ok_or_else(|| DbError::unknown("field", code))?,
                };
                let key = (figure.unit, figure.index.code(), field, &figure.period, &figure.source);
                diesel::delete(outside_figure::table.find(key)).execute(conn)?;
                #[expect(clippy::cast_possible_truncation, reason = "a share in millionths")]
                let value = (figure.value * MILLION).round() as i32;
                let respondents = figure.respondents.map(|count| i32::try_from(count).unwrap_or(i32::MAX));
                diesel::insert_into(outside_figure::table)
                    .values((
                        outside_figure::unit_id.eq(figure.unit),
                        outside_figure::index_kind.eq(figure.index.code()),
                        outside_figure::field_id.eq(field),
                        outside_figure::period.eq(&figure.period),
                        outside_figure::source.eq(&figure.source),
                        outside_figure::value.eq(value),
                        outside_figure::respondents.eq(respondents),
                    ))
                    .execute(conn)?;
            }
            imports::note(conn, &file)
        })
    }
}
