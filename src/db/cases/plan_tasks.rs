//! How far the tasks of plans are, and the ward's own list of themes.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};
use sha2::{Digest, Sha256};

use super::file_mark;
use crate::cases::remedy::Progress;
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::Conn;
use crate::db::engine::schema::{plan_task, theme_list};
use crate::db::{Db, DbError, Noted, day};
use crate::plan::Task;
use crate::secrets::hex::hex;

/// How far a task is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskStanding {
    /// Which task, as [`task_key`] has it.
    pub task: String,
    /// How far it is.
    pub state: Progress,
    pub note: String,
    /// When this was said.
    pub on: NaiveDate,
    /// By whom.
    pub by: String,
    /// Name of the product's file; empty where there is none.
    pub product_name: String,
}

/// What a task is known by through revisions of its plan: its clause and its title.
pub fn task_key(task: &Task) -> String {
    let digest = Sha256::new()
        .chain_update(b"sipas plan task 1\0")
        .chain_update(&task.clause)
        .chain_update(b"\0")
        .chain_update(&task.title_vi)
        .finalize();
    hex(&digest[..8])
}

/// Everything but the file.
#[derive(Queryable, Selectable)]
#[diesel(table_name = plan_task)]
struct Row {
    task: String,
    state: i16,
    note: String,
    on_day: i32,
    by_name: String,
    product_name: String,
}

fn of_row(row: Row) -> Result<TaskStanding, DbError> {
    Ok(TaskStanding {
        task: row.task,
        state: Progress::of_code(row.state)?,
        note: row.note,
        on: day::date_of(row.on_day),
        by: row.by_name,
        product_name: row.product_name,
    })
}

impl Db {
    /// What is known of the tasks of a plan.
    pub fn task_standings(&self, plan: &str) -> Result<Vec<TaskStanding>, DbError> {
        let of_plan = plan_task::table.filter(plan_task::plan.eq(plan)).order(plan_task::task);
        let rows: Vec<Row> = self.read(|conn| Ok(of_plan.select(Row::as_select()).load(conn)?))?;
        rows.into_iter().map(of_row).collect()
    }

    /// What is known of the tasks of all plans, by the plan's key: for whoever asks of many.
    pub fn all_task_standings(&self) -> Result<HashMap<String, Vec<TaskStanding>>, DbError> {
        let rows: Vec<(String, Row)> = self.read(|conn| {
            let rows = plan_task::table.order((plan_task::plan, plan_task::task));
            Ok(rows.select((plan_task::plan, Row::as_select())).load(conn)?)
        })?;
        let mut all: HashMap<String, Vec<TaskStanding>> = HashMap::new();
        for (plan, row) in rows {
            all.entry(plan).or_default().push(of_row(row)?);
        }
        Ok(all)
    }

    /// The file of a task's product.
    pub fn task_product(&self, plan: &str, task: &str) -> Result<Option<(String, Vec<u8>)>, DbError> {
        let found: Option<(String, Option<Vec<u8>>)> = self.read(|conn| {
            let columns = (plan_task::product_name, plan_task::product);
            Ok(plan_task::table.find((plan, task)).select(columns).first(conn).optional()?)
        })?;
        Ok(found.and_then(|(name, file)| Some((name, file?))))
    }

    /// A ward's own list of themes.
    pub fn theme_list(&self, unit: i32) -> Result<Option<String>, DbError> {
        self.read(|conn| Ok(theme_list::table.find(unit).select(theme_list::words).first(conn).optional()?))
    }
}

impl Noted {
    /// Says how far a task of a plan is, in the place of `before`, as it was seen; its file stays unless another comes. Nothing is said anew
    /// where the same is said already. False where somebody said otherwise meanwhile.
    pub fn keep_task(
        &self,
        plan: &str,
        before: Option<&TaskStanding>,
        kept: &TaskStanding,
        product: Option<Vec<u8>>,
    ) -> Result<bool, DbError> {
        let (plan, before, kept) = (plan.to_owned(), before.cloned(), kept.clone());
        let keep = move |conn: &mut Conn| {
            let found: Option<(Row, Option<Vec<u8>>)> = plan_task::table
                .find((&plan, &kept.task))
                .select((Row::as_select(), plan_task::product))
                .first(conn)
                .optional()?;
            let (now, known) = match found {
                Some((now, file)) => (Some(of_row(now)?), file),
                None => (None, None),
            };
            let same_file = |now: &TaskStanding| match &product {
                Some(file) => {
                    now.product_name == kept.product_name && file_mark(Some(file)) == file_mark(known.as_deref())
                }
                None => true,
            };
            let says_so = |now: &TaskStanding| (now.state, &now.note) == (kept.state, &kept.note) && same_file(now);
            if now.as_ref().is_some_and(says_so) {
                return Ok((true, false));
            }
            if now != before {
                return Ok((false, false));
            }
            let (name, file) = match product {
                Some(file) => (kept.product_name, Some(file)),
                None => (now.map(|now| now.product_name).unwrap_or_default(), known),
            };
            diesel::delete(plan_task::table.find((&plan, &kept.task))).execute(conn)?;
            diesel::insert_into(plan_task::table)
                .values((
                    plan_task::plan.eq(&plan),
                    plan_task::task.eq(&kept.task),
                    plan_task::state.eq(kept.state.code()),
                    plan_task::note.eq(&kept.note),
                    plan_task::on_day.eq(day::day_number(kept.on)),
                    plan_task::by_name.eq(&kept.by),
                    plan_task::product_name.eq(name),
                    plan_task::product.eq(file),
                ))
                .execute(conn)?;
            Ok((true, true))
        };
        Ok(self.write_if_done(keep, |(_, anew)| *anew)?.0)
    }

    /// Keeps a ward's list of themes; an empty one is the program's again.
    pub fn set_theme_list(&self, unit: i32, words: &str) -> Result<(), DbError> {
        let words = words.to_owned();
        let set = move |conn: &mut Conn| {
            let known: Option<String> =
                theme_list::table.find(unit).select(theme_list::words).first(conn).optional()?;
            if known.unwrap_or_default() == words {
                return Ok(false);
            }
            diesel::delete(theme_list::table.find(unit)).execute(conn)?;
            if !words.is_empty() {
                diesel::insert_into(theme_list::table)
                    .values((theme_list::unit_id.eq(unit), theme_list::words.eq(words)))
                    .execute(conn)?;
            }
            Ok(true)
        };
        self.write_if_done(set, |changed| *changed).map(drop)
    }
}
