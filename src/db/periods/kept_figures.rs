//! Figures of plans' periods as they were computed last, with the hash of what they were made of: what a page of many wards reads.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel::{ExpressionMethods, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};
use sha2::{Digest, Sha256};

use super::caseload::VolumeRow;
use crate::db::engine::conn::{Conn, on_backend};
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::{
    closing_step, declared_field, kept_figure, kept_share, point_field, service_point, voiding, volume,
};
use crate::db::voided_among::voided_among;
use crate::db::{Db, DbError, day};

/// The kept figures of a plan's period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFigures {
    /// Number of the plan's unit.
    pub unit: i32,
    /// Key of the plan.
    pub plan: String,
    /// Key of the period.
    pub period: String,
    /// Hash of what they were made of.
    pub inputs: Vec<u8>,
    /// The figures as JSON.
    pub figures: String,
    /// The day on which they were computed.
    pub on: NaiveDate,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = kept_figure)]
struct Row {
    unit_id: i32,
    plan: String,
    period: String,
    inputs: Vec<u8>,
    figures: String,
    on_day: i32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = kept_share)]
struct ShareRow {
    unit_id: i32,
    release_id: i32,
    sheets: i32,
    scope_id: i32,
    cut_day: i32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = service_point)]
struct PointRow {
    unit_id: i32,
    id: i32,
    opened_on: i32,
    retired_on: Option<i32>,
    form_code: String,
}

impl Db {
    /// What is kept of the plans of `units`, by unit, plan and period; of one period only where it is named.
    pub fn kept_figures(&self, units: &[i32], period: Option<&str>) -> Result<Vec<KeptFigures>, DbError> {
        let rows: Vec<Row> = self.read(|conn| {
            in_parts(units, |some| {
                let mut found = kept_figure::table
                    .filter(kept_figure::unit_id.eq_any(some))
                    .order((kept_figure::unit_id, kept_figure::plan, kept_figure::period))
                    .into_boxed();
                if let Some(period) = period {
                    found = found.filter(kept_figure::period.eq(period));
                }
                Ok(found.select(Row::as_select()).load(conn)?)
            })
        })?;
        let kept = |row: Row| KeptFigures {
            unit: row.unit_id,
            plan: row.plan,
            period: row.period,
            inputs: row.inputs,
            figures: row.figures,
            on: day::date_of(row.on_day),
        };
        Ok(rows.into_iter().map(kept).collect())
    }

    /// Keys of the periods of which something is kept of `units`, with how many plans have it.
    pub fn kept_periods(&self, units: &[i32]) -> Result<Vec<(String, i64)>, DbError> {
        let rows: Vec<(String, i64)> = self.read(|conn| {
            in_parts(units, |some| {
                Ok(kept_figure::table
                    .filter(kept_figure::unit_id.eq_any(some))
                    .group_by(kept_figure::period)
                    .select((kept_figure::period, diesel::dsl::count_star()))
                    .order(kept_figure::period)
                    .load(conn)?)
            })
        })?;
        let mut counts = std::collections::BTreeMap::new();
        for (period, count) in rows {
            *counts.entry(period).or_insert(0) += count;
        }
        Ok(counts.into_iter().collect())
    }

    /// Keeps figures in the place of those before.
    pub fn keep_figures(&self, all: Vec<KeptFigures>) -> Result<(), DbError> {
        self.write(move |conn| {
            for kept in all {
                let row = (
                    kept_figure::unit_id.eq(kept.unit),
                    kept_figure::plan.eq(kept.plan),
                    kept_figure::period.eq(kept.period),
                    kept_figure::inputs.eq(&kept.inputs),
                    kept_figure::figures.eq(&kept.figures),
                    kept_figure::on_day.eq(day::day_number(kept.on)),
                );
                let news = (
                    kept_figure::inputs.eq(&kept.inputs),
                    kept_figure::figures.eq(&kept.figures),
                    kept_figure::on_day.eq(day::day_number(kept.on)),
                );
                on_backend!(conn, |c| {
                    diesel::insert_into(kept_figure::table)
                        .values(row)
                        .on_conflict((kept_figure::unit_id, kept_figure::plan, kept_figure::period))
                        .do_update()
                        .set(news)
                        .execute(c)
                })?;
            }
            Ok(())
        })
    }

    /// The hash of all that figures of `units` are made of but the plan itself: releases, what is left out, cases handled, fields
    /// declared empty, points, and the steps of closing the plan's periods. Equal hashes, equal figures.
    pub fn figure_inputs(&self, units: &[i32], plan: &str) -> Result<[u8; 32], DbError> {
        self.read(|conn| {
            let mut hash = Sha256::new();
            in_parts(units, |some| {
                releases(conn, some, &mut hash)?;
                beside(conn, some, &mut hash)?;
                Ok(Vec::<()>::new())
            })?;
            let steps: Vec<(String, i32, i32)> = closing_step::table
                .filter(closing_step::plan.eq(plan))
                .select((closing_step::period, closing_step::version, closing_step::number))
                .order((closing_step::period, closing_step::version, closing_step::number))
                .load(conn)?;
            add(&mut hash, "closings", &steps);
            Ok(hash.finalize().into())
        })
    }
}

/// Adds rows, so that rows of two tables are never taken for one another.
fn add(hash: &mut Sha256, what: &str, rows: &impl std::fmt::Debug) {
    hash.update(format!("{what}:{rows:?};"));
}

fn releases(conn: &mut Conn, units: &[i32], hash: &mut Sha256) -> Result<(), DbError> {
    let rows: Vec<ShareRow> = kept_share::table
        .filter(kept_share::unit_id.eq_any(units))
        .select(ShareRow::as_select())
        .order((kept_share::unit_id, kept_share::release_id))
        .load(conn)?;
    let hashed = rows.iter().map(|row| (row.unit_id, row.release_id, row.sheets, row.scope_id, row.cut_day));
    add(hash, "releases", &hashed.collect::<Vec<_>>());
    // A release goes whole: with the voiding of another ward's point the sheets of these units in it go as well.
    let out = voided_among(conn, rows.iter().map(|row| row.release_id))?;
    if !out.is_empty() {
        add(hash, "releases left out", &out.into_iter().collect::<BTreeSet<i32>>());
    }
    let rows: Vec<(i32, i32, i32, Option<i64>)> = voiding::table
        .filter(voiding::unit_id.eq_any(units))
        .select((voiding::unit_id, voiding::number, voiding::sheets, voiding::undone_ms))
        .order((voiding::unit_id, voiding::number))
        .load(conn)?;
    add(hash, "left out", &rows);
    Ok(())
}

fn beside(conn: &mut Conn, units: &[i32], hash: &mut Sha256) -> Result<(), DbError> {
    let rows: Vec<VolumeRow> = volume::table
        .filter(volume::unit_id.eq_any(units))
        .select(VolumeRow::as_select())
        .order((volume::unit_id, volume::field_id, volume::month, volume::point_id))
        .load(conn)?;
    let hashed = rows.iter().map(|row| (row.unit_id, row.field_id, row.month, row.point_id, row.cases));
    add(hash, "cases", &hashed.collect::<Vec<_>>());
    let rows: Vec<(i32, String, String, i16)> = declared_field::table
        .filter(declared_field::unit_id.eq_any(units))
        .select((declared_field::unit_id, declared_field::plan, declared_field::period, declared_field::field_id))
        .order((declared_field::unit_id, declared_field::plan, declared_field::period, declared_field::field_id))
        .load(conn)?;
    add(hash, "declared", &rows);
    let rows: Vec<PointRow> = service_point::table
        .filter(service_point::unit_id.eq_any(units))
        .select(PointRow::as_select())
        .order((service_point::unit_id, service_point::id))
        .load(conn)?;
    let hashed = rows.iter().map(|row| (row.unit_id, row.id, row.opened_on, row.retired_on, &row.form_code));
    add(hash, "points", &hashed.collect::<Vec<_>>());
    let rows: Vec<(i32, i32, i16)> = point_field::table
        .filter(point_field::unit_id.eq_any(units))
        .select((point_field::unit_id, point_field::point_id, point_field::field_id))
        .order((point_field::unit_id, point_field::point_id, point_field::field_id))
        .load(conn)?;
    add(hash, "fields", &rows);
    Ok(())
}
