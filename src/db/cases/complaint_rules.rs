//! By when a ward answers, as it set for itself.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use crate::cases::deadline::Rules;
use crate::db::engine::conn::Conn;
use crate::db::engine::schema::complaint_rule;
use crate::db::{Db, DbError, Noted};

#[derive(Queryable, Selectable)]
#[diesel(table_name = complaint_rule)]
struct RulesRow {
    #[diesel(column_name = answer_days)]
    answer: i32,
    #[diesel(column_name = extension_days)]
    extension: i32,
    #[diesel(column_name = close_days)]
    close: i32,
}

impl Db {
    /// The rules of a ward; those that hold until it sets its own.
    pub fn complaint_rules(&self, unit: i32) -> Result<Rules, DbError> {
        Ok(self.read(|conn| own_rules(conn, unit))?.unwrap_or_default())
    }
}

impl Noted {
    /// Keeps the rules of a ward; those that are its rules already change nothing.
    pub fn set_complaint_rules(&self, unit: i32, rules: Rules) -> Result<(), DbError> {
        let set = move |conn: &mut Conn| {
            if own_rules(conn, unit)? == Some(rules) {
                return Ok(false);
            }
            let number = |days: u32| i32::try_from(days).unwrap_or(i32::MAX);
            diesel::delete(complaint_rule::table.find(unit)).execute(conn)?;
            diesel::insert_into(complaint_rule::table)
                .values((
                    complaint_rule::unit_id.eq(unit),
                    complaint_rule::answer_days.eq(number(rules.answer_days)),
                    complaint_rule::extension_days.eq(number(rules.extension_days)),
                    complaint_rule::close_days.eq(number(rules.close_days)),
                ))
                .execute(conn)?;
            Ok(true)
        };
        self.write_if_done(set, |changed| *changed).map(drop)
    }
}

/// The rules that a ward set for itself.
fn own_rules(conn: &mut Conn, unit: i32) -> Result<Option<Rules>, DbError> {
    let found = complaint_rule::table.find(unit).select(RulesRow::as_select());
    let row: Option<RulesRow> = found.first(conn).optional()?;
    Ok(row.map(|row| Rules {
        answer_days: row.answer.unsigned_abs(),
        extension_days: row.extension.unsigned_abs(),
        close_days: row.close.unsigned_abs(),
    }))
}
