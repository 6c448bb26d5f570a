//! Plans: seeded from the files. Every content that was ever in force is kept, because closed periods were judged
//! by it; the newest revision is the plan. Once a plan was changed on a page, its file no longer touches it.

use std::sync::Arc;

use chrono::NaiveDate;
use diesel::{ExpressionMethods, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};
use sha2::{Digest, Sha256};

use super::marks::{PLANS, mark_changed};
use crate::db::engine::conn::Conn;
use crate::db::engine::meta;
use crate::db::engine::schema::plan;
use crate::db::{ContentRefused, Db, DbError, Noted, append_if, day};
use crate::plan::Plan;
use crate::secrets::hex::hex;

/// A plan as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanStored {
    pub plan: Plan,
    /// Revision, from 1.
    pub revision: u32,
    /// Hash of its content.
    pub hash: String,
    /// Day on which this revision came in.
    pub seeded_on: NaiveDate,
}

/// What changing a plan on a page did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanChanged {
    /// The plan has this revision now.
    To(u32),
    /// The content was in force already.
    Same,
    /// Somebody else changed the plan meanwhile; nothing was changed.
    Overtaken,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = plan)]
pub(super) struct Row {
    pub(super) key: String,
    pub(super) revision: i32,
    hash: String,
    content: String,
    seeded_on: i32,
}

impl PlanStored {
    pub(super) fn of_row(row: Row) -> Result<Self, DbError> {
        let Row { key, revision, hash, content, seeded_on } = row;
        let plan = serde_json::from_str(&content)
            .map_err(|error| DbError::Damaged(format!("plan {key}, revision {revision}: {error}")))?;
        Ok(Self { plan, revision: revision.unsigned_abs(), hash, seeded_on: day::date_of(seeded_on) })
    }
}

impl Db {
    /// Keeps a plan as its newest revision, unless this content is known already or the plan was changed on a page;
    /// whether it was new.
    pub fn seed_plan(&self, seed: &Plan, hash: &str, content_json: &str, on: NaiveDate) -> Result<bool, DbError> {
        let new = NewRevision::of(seed, hash, content_json, on)?;
        if self.meta(&changed_on_page(&seed.key))?.is_some() {
            return Ok(false);
        }
        self.write(move |conn| {
            let known = revisions(conn, &new.key)?;
            if known.iter().any(|(_, known)| *known == new.hash) {
                return Ok(false);
            }
            new.insert(conn, &known)?;
            Ok(true)
        })
    }

    /// The newest revision of every plan that can be read, by key. Pages ask for those of their unit ([`Db::plans_about`]).
    pub fn plans(&self) -> Result<Vec<PlanStored>, DbError> {
        Ok(self.plan_book()?.all().iter().map(|stored| PlanStored::clone(stored)).collect())
    }

    /// Every revision of one plan, the oldest first.
    pub fn plan_revisions(&self, key: &str) -> Result<Vec<PlanStored>, DbError> {
        let rows = plan::table.filter(plan::key.eq(key)).order(plan::revision);
        let rows: Vec<Row> = self.read(|conn| Ok(rows.select(Row::as_select()).load(conn)?))?;
        rows.into_iter().map(PlanStored::of_row).collect()
    }

    /// The newest revision of one plan.
    pub fn plan(&self, key: &str) -> Result<Option<PlanStored>, DbError> {
        Ok(self.plan_shared(key)?.map(|stored| PlanStored::clone(&stored)))
    }

    /// [`Db::plan`] without a copy of its own.
    pub fn plan_shared(&self, key: &str) -> Result<Option<Arc<PlanStored>>, DbError> {
        let book = self.plan_book()?;
        match book.damaged().get(key) {
            Some(why) => Err(DbError::Damaged(why.clone())),
            None => Ok(book.plan(key).map(Arc::clone)),
        }
    }
}

impl Noted {
    /// Keeps a plan as its newest revision, if `after` still is the newest one: 0 for a plan that is new. Content of an
    /// older revision may come back: that is a change like any other.
    pub fn change_plan(
        &self,
        changed: &Plan,
        hash: &str,
        content_json: &str,
        after: u32,
        on: NaiveDate,
    ) -> Result<PlanChanged, DbError> {
        let new = NewRevision::of(changed, hash, content_json, on)?;
        let note = self.note.clone();
        self.db.write(move |conn| {
            let known = revisions(conn, &new.key)?;
            if known.last().map_or(0, |(revision, _)| revision.unsigned_abs()) != after {
                return Ok(PlanChanged::Overtaken);
            }
            if known.last().is_some_and(|(_, newest)| *newest == new.hash) {
                return Ok(PlanChanged::Same);
            }
            meta::keep(conn, &changed_on_page(&new.key), "1")?;
            let revision = new.insert(conn, &known)?;
            append_if(conn, note.as_ref())?;
            Ok(PlanChanged::To(revision))
        })
    }
}

/// A revision to keep.
struct NewRevision {
    key: String,
    hash: String,
    content: String,
    on: NaiveDate,
}

impl NewRevision {
    fn of(plan: &Plan, hash: &str, content_json: &str, on: NaiveDate) -> Result<Self, DbError> {
        let key = plan.key.clone();
        if serde_json::from_str::<Plan>(content_json).is_err() {
            return Err(ContentRefused::NotItsJson { what: format!("plan {key}") }.into());
        }
        Ok(Self { key, hash: hash.to_owned(), content: content_json.to_owned(), on })
    }

    /// Inserts it behind the revisions known and returns its number.
    fn insert(self, conn: &mut Conn, known: &[(i32, String)]) -> Result<u32, DbError> {
        let revision = known.last().map_or(1, |(revision, _)| revision + 1);
        diesel::insert_into(plan::table)
            .values((
                plan::key.eq(self.key),
                plan::revision.eq(revision),
                plan::hash.eq(self.hash),
                plan::content.eq(self.content),
                plan::seeded_on.eq(day::day_number(self.on)),
            ))
            .execute(conn)?;
        mark_changed(conn, PLANS)?;
        Ok(revision.unsigned_abs())
    }
}

/// Number and hash of every revision of a plan, the oldest first.
fn revisions(conn: &mut Conn, key: &str) -> Result<Vec<(i32, String)>, DbError> {
    let rows = plan::table.filter(plan::key.eq(key)).select((plan::revision, plan::hash)).order(plan::revision);
    Ok(rows.load(conn)?)
}

/// The fact in `meta` that a plan was changed on a page.
fn changed_on_page(key: &str) -> String {
    format!("plan.{key}.on_page")
}

/// What the database keeps of a plan: the hash of its content, and the content.
pub fn plan_content(plan: &Plan) -> Result<(String, String), DbError> {
    let content =
        serde_json::to_string(plan).map_err(|error| DbError::Failed(format!("plan {}: {error}", plan.key)))?;
    let digest = hex(&Sha256::digest(content.as_bytes()));
    Ok((digest, content))
}
