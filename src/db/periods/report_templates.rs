//! Outlines that offices made: a DOCX with fields a plan, for its reports, and one a ward, for its answers to complaints. Every one that
//! was ever in force is kept; the newest is used.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};
use sha2::{Digest, Sha256};

use crate::db::engine::conn::Conn;
use crate::db::engine::schema::outline;
use crate::db::{Db, DbError, Noted, instant};

/// An outline as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportTemplate {
    /// Key of the plan, or [`of_answers`].
    pub plan: String,
    /// 1 for the plan's first, then one more each.
    pub number: u32,
    /// Name of the file.
    pub name: String,
    /// Who brought it; empty for a file in the folder of plans.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The file; empty for "the report's own layout again".
    pub body: Vec<u8>,
}

/// The key under which the template of a ward's answers is kept: no plan's key holds a stroke.
pub fn of_answers(ward: &str) -> String {
    format!("answers/{ward}")
}

impl Db {
    /// The outline in force of a plan; none where the report has its own layout.
    pub fn outline(&self, plan: &str) -> Result<Option<ReportTemplate>, DbError> {
        let plan = plan.to_owned();
        Ok(self.read(|conn| newest(conn, &plan))?.filter(|outline| !outline.body.is_empty()))
    }
}

impl Noted {
    /// Keeps an outline as the plan's newest; an empty one takes the plan back to the report's own layout. The same content
    /// again changes nothing. Whether it was new.
    pub fn keep_report_template(
        &self,
        plan: &str,
        name: &str,
        body: Vec<u8>,
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, DbError> {
        let (plan, name, by, note) = (plan.to_owned(), name.to_owned(), by.to_owned(), self.note.clone());
        self.db.write(move |conn| {
            let last = newest(conn, &plan)?;
            if last.as_ref().map_or(body.is_empty(), |last| last.body == body) {
                return Ok(false);
            }
            // A file in the folder does not come back over what was brought on a page.
            if by.is_empty() && seen(conn, &plan, &body)? {
                return Ok(false);
            }
            let number = last.map_or(1, |last| last.number + 1);
            diesel::insert_into(outline::table)
                .values((
                    outline::plan.eq(plan),
                    outline::number.eq(i32::try_from(number).unwrap_or(i32::MAX)),
                    outline::name.eq(name),
                    outline::hash.eq(Sha256::digest(&body).to_vec()),
                    outline::body.eq(body),
                    outline::user_name.eq(by),
                    outline::at_ms.eq(at.timestamp_millis()),
                ))
                .execute(conn)?;
            crate::db::audit::append_if(conn, note.as_ref())?;
            Ok(true)
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outline)]
struct Row {
    plan: String,
    number: i32,
    name: String,
    body: Vec<u8>,
    user_name: String,
    at_ms: i64,
}

fn newest(conn: &mut Conn, plan: &str) -> Result<Option<ReportTemplate>, DbError> {
    let found = outline::table.filter(outline::plan.eq(plan)).order(outline::number.desc());
    let row: Option<Row> = found.select(Row::as_select()).first(conn).optional()?;
    Ok(row.map(|row| ReportTemplate {
        plan: row.plan,
        number: row.number.unsigned_abs(),
        name: row.name,
        by: row.user_name,
        at: instant::of_ms(row.at_ms),
        body: row.body,
    }))
}

fn seen(conn: &mut Conn, plan: &str, body: &[u8]) -> Result<bool, DbError> {
    let hash = Sha256::digest(body).to_vec();
    let known = outline::table.filter(outline::plan.eq(plan)).filter(outline::hash.eq(hash));
    let known: i64 = known.count().get_result(conn)?;
    Ok(known > 0)
}
