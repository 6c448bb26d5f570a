//! Plans: seeded from the files. Every content that was ever in force is kept, because closed periods were judged
//! by it; the newest revision is the plan.

use chrono::NaiveDate;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::schema::plan;
use super::{Db, DbError, day};
use crate::plan::Plan;

/// A plan as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanStored {
    /// The plan.
    pub plan: Plan,
    /// Revision, from 1.
    pub revision: u32,
    /// Hash of its content.
    pub hash: String,
    /// Day on which this revision came in.
    pub seeded_on: NaiveDate,
}

type Row = (String, i32, String, String, i32);

impl PlanStored {
    fn of_row((key, revision, hash, content, seeded_on): Row) -> Result<Self, DbError> {
        let plan = serde_json::from_str(&content)
            .map_err(|error| DbError::Damaged(format!("plan {key}, revision {revision}: {error}")))?;
        Ok(Self { plan, revision: revision.unsigned_abs(), hash, seeded_on: day::date_of(seeded_on) })
    }
}

impl Db {
    /// Keeps a plan as its newest revision, unless this content is known already; whether it was new.
    pub fn seed_plan(&self, seed: &Plan, hash: &str, content_json: &str, on: NaiveDate) -> Result<bool, DbError> {
        let (key, hash, content) = (seed.key.clone(), hash.to_owned(), content_json.to_owned());
        self.write(move |conn| {
            let known: Vec<(i32, String)> = plan::table
                .filter(plan::key.eq(&key))
                .select((plan::revision, plan::hash))
                .order(plan::revision)
                .load(conn)?;
            if known.iter().any(|(_, known)| *known == hash) {
                return Ok(false);
            }
            diesel::insert_into(plan::table)
                .values((
                    plan::key.eq(key),
                    plan::revision.eq(known.last().map_or(1, |(revision, _)| revision + 1)),
                    plan::hash.eq(hash),
                    plan::content.eq(content),
                    plan::seeded_on.eq(day::day_number(on)),
                ))
                .execute(conn)?;
            Ok(true)
        })
    }

    /// The newest revision of every plan, by key.
    pub fn plans(&self) -> Result<Vec<PlanStored>, DbError> {
        let rows: Vec<Row> = self.read(|conn| Ok(plan::table.order((plan::key, plan::revision)).load(conn)?))?;
        let mut newest: Vec<Row> = Vec::new();
        for row in rows {
            if newest.last().is_some_and(|last| last.0 == row.0) {
                newest.pop();
            }
            newest.push(row);
        }
        newest.into_iter().map(PlanStored::of_row).collect()
    }

    /// The newest revision of one plan.
    pub fn plan(&self, key: &str) -> Result<Option<PlanStored>, DbError> {
        let newest = plan::table.filter(plan::key.eq(key)).order(plan::revision.desc());
        let row: Option<Row> = self.read(|conn| Ok(newest.first(conn).optional()?))?;
        row.map(PlanStored::of_row).transpose()
    }
}
