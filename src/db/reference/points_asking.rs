//! Which points ask a questionnaire, for whoever shows or changes one. A point asks until it ends, or its unit does.

use std::collections::HashSet;

use chrono::NaiveDate;
use diesel::{BoolExpressionMethods, ExpressionMethods, JoinOnDsl, QueryDsl, RunQueryDsl};

use super::points::{PointListed, list};
use crate::db::engine::conn::Conn;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::{service_point, unit};
use crate::db::{Db, DbError, day};

impl Db {
    /// The points of any unit that ask a questionnaire and have not ended by `day`, by unit and number.
    pub fn points_asking(&self, form: &str, day: NaiveDate) -> Result<Vec<PointListed>, DbError> {
        self.read(|conn| {
            let asking: HashSet<(i32, i32)> = places(conn, form, day, None)?.into_iter().collect();
            let units: Vec<i32> = asking.iter().map(|(unit, _)| *unit).collect();
            let mut points = in_parts(&units, |some| list(conn, Some(some)))?;
            points.retain(|point| asking.contains(&(point.unit, point.point)));
            Ok(points)
        })
    }

    /// How many points of `units` ask a questionnaire and have not ended by `day`.
    pub fn count_points_asking(&self, form: &str, units: &[i32], day: NaiveDate) -> Result<usize, DbError> {
        self.read(|conn| Ok(in_parts(units, |some| places(conn, form, day, Some(some)))?.len()))
    }

    /// Those of some questionnaires that are asked at a point without an end, each with the numbers of the units where.
    pub fn units_asking(&self, forms: &[String]) -> Result<Vec<(String, i32)>, DbError> {
        self.read(|conn| {
            in_parts(forms, |some| {
                let joined = service_point::table.inner_join(unit::table.on(unit::id.eq(service_point::unit_id)));
                Ok(joined
                    .filter(service_point::form_code.eq_any(some))
                    .filter(service_point::retired_on.is_null())
                    .filter(unit::valid_to.is_null())
                    .select((service_point::form_code, service_point::unit_id))
                    .distinct()
                    .order((service_point::form_code, service_point::unit_id))
                    .load(conn)?)
            })
        })
    }
}

/// Unit and number of the points of `units`, or of all, that ask a questionnaire and have not ended by `day`.
fn places(conn: &mut Conn, form: &str, day: NaiveDate, units: Option<&[i32]>) -> Result<Vec<(i32, i32)>, DbError> {
    let day = day::day_number(day);
    let mut asking = service_point::table
        .inner_join(unit::table.on(unit::id.eq(service_point::unit_id)))
        .filter(service_point::form_code.eq(form))
        .filter(service_point::retired_on.is_null().or(service_point::retired_on.gt(day)))
        .filter(unit::valid_to.is_null().or(unit::valid_to.ge(day)))
        .select((service_point::unit_id, service_point::id))
        .order((service_point::unit_id, service_point::id))
        .into_boxed();
    if let Some(units) = units {
        asking = asking.filter(service_point::unit_id.eq_any(units));
    }
    Ok(asking.load(conn)?)
}
