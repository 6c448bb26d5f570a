//! The tree of units, with the days on which they are valid. A merged unit is followed by its successor; answers
//! stay with the unit that received them.

use chrono::NaiveDate;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable};

use super::marks::{UNITS, mark_changed};
use crate::db::engine::codes::{Coded, UnitKind};
use crate::db::engine::conn::Conn;
use crate::db::engine::schema::{sheet, unit};
use crate::db::{Db, DbError, Noted, UnitRefused, day, error};

/// A unit to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUnit {
    /// Its code, as in `phuong-cau-giay`; unique for ever.
    pub code: String,
    /// What it is.
    pub kind: UnitKind,
    /// Name: Vietnamese.
    pub name_vi: String,
    /// Name: English.
    pub name_en: String,
    /// Code of the unit above it; none at the top.
    pub parent: Option<String>,
    /// First day on which it is valid.
    pub valid_from: NaiveDate,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its number in the tables.
    pub id: i32,
    pub code: String,
    /// What it is.
    pub kind: UnitKind,
    /// Name: Vietnamese.
    pub name_vi: String,
    /// Name: English.
    pub name_en: String,
    /// The unit above it.
    pub parent: Option<i32>,
    /// First day on which it is valid.
    pub valid_from: NaiveDate,
    /// Last day on which it is valid; none while it is.
    pub valid_to: Option<NaiveDate>,
    /// The unit that followed it.
    pub successor: Option<i32>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = unit)]
pub(super) struct Row {
    pub(super) id: i32,
    pub(super) code: String,
    kind: i16,
    name_vi: String,
    name_en: String,
    parent_id: Option<i32>,
    valid_from: i32,
    valid_to: Option<i32>,
    successor_id: Option<i32>,
}

impl Unit {
    pub(super) fn of_row(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.id,
            code: row.code,
            kind: UnitKind::of_code(row.kind)?,
            name_vi: row.name_vi,
            name_en: row.name_en,
            parent: row.parent_id,
            valid_from: day::date_of(row.valid_from),
            valid_to: day::of_option(row.valid_to),
            successor: row.successor_id,
        })
    }
}

impl Db {
    /// Every unit, by code, retired ones included. Pages ask the tree ([`Db::tree`]), which copies nothing.
    pub fn units(&self) -> Result<Vec<Unit>, DbError> {
        Ok(self.tree()?.all().to_vec())
    }

    /// The unit with this code.
    pub fn unit_by_code(&self, code: &str) -> Result<Option<Unit>, DbError> {
        Ok(self.tree()?.of_code(code).cloned())
    }

    /// The unit with this code and all below it, retired ones included, ascending. Empty for an unknown code.
    pub fn subtree(&self, code: &str) -> Result<Vec<i32>, DbError> {
        let tree = self.tree()?;
        Ok(tree.of_code(code).map(|unit| tree.below(unit.id)).unwrap_or_default())
    }
}

impl Noted {
    /// Adds a unit and returns its number.
    pub fn add_unit(&self, new: &NewUnit) -> Result<i32, DbError> {
        let new = new.clone();
        self.write_reference(move |conn| insert_unit(conn, &new))
    }

    /// Ends a unit: `last_day` is the last on which it is valid. Its points are retired from the next day on.
    pub fn retire_unit(&self, code: &str, last_day: NaiveDate, successor: Option<&str>) -> Result<(), DbError> {
        let (code, successor) = (code.to_owned(), successor.map(str::to_owned));
        self.write_reference(move |conn| end_unit(conn, &code, last_day, successor.as_deref()))
    }
}

/// Ends a unit, which may be followed by another.
pub(in crate::db) fn end_unit(
    conn: &mut Conn,
    code: &str,
    last_day: NaiveDate,
    successor: Option<&str>,
) -> Result<(), DbError> {
    let id = id_of_code(conn, code)?;
    let successor = successor.map(|code| id_of_code(conn, code)).transpose()?;
    if successor == Some(id) {
        return Err(UnitRefused::FollowsItself(code.to_owned()).into());
    }
    let valid_from: i32 = unit::table.find(id).select(unit::valid_from).first(conn)?;
    if day::day_number(last_day) < valid_from {
        let first = day::date_of(valid_from);
        return Err(UnitRefused::EndsBeforeItBegan { unit: code.to_owned(), first }.into());
    }
    let later: Option<i32> = sheet::table
        .filter(sheet::unit_id.eq(id))
        .filter(sheet::day.gt(day::day_number(last_day)))
        .select(diesel::dsl::max(sheet::day))
        .get_result(conn)?;
    if let Some(last) = later.map(day::date_of) {
        return Err(UnitRefused::SheetsAfter { unit: code.to_owned(), last }.into());
    }
    diesel::update(unit::table.find(id))
        .set((unit::valid_to.eq(day::day_number(last_day)), unit::successor_id.eq(successor)))
        .execute(conn)?;
    mark_changed(conn, UNITS)
}

pub(in crate::db) fn insert_unit(conn: &mut Conn, new: &NewUnit) -> Result<i32, DbError> {
    let parent = new.parent.as_deref().map(|code| id_of_code(conn, code)).transpose()?;
    let newest: Option<i32> = unit::table.select(diesel::dsl::max(unit::id)).get_result(conn)?;
    let id = newest.unwrap_or(0) + 1;
    let inserted = diesel::insert_into(unit::table)
        .values((
            unit::id.eq(id),
            unit::code.eq(&new.code),
            unit::kind.eq(new.kind.code()),
            unit::name_vi.eq(&new.name_vi),
            unit::name_en.eq(&new.name_en),
            unit::parent_id.eq(parent),
            unit::valid_from.eq(day::day_number(new.valid_from)),
        ))
        .execute(conn);
    match inserted {
        Err(refused) if error::is_duplicate(&refused) => Err(DbError::exists("unit", &new.code)),
        other => {
            other?;
            mark_changed(conn, UNITS)?;
            Ok(id)
        }
    }
}

pub(in crate::db) fn id_of_code(conn: &mut Conn, code: &str) -> Result<i32, DbError> {
    let id: Option<i32> =
        unit::table.filter(unit::code.eq(code)).select(unit::id).order(unit::id).first(conn).optional()?;
    id.ok_or_else(|| DbError::unknown("unit", code))
}
