//! Fields of service: seeded from the files, known by a code, a small number in the big tables.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, Queryable, RunQueryDsl,
    Selectable, SelectableHelper,
};

use crate::db::engine::schema::{field, point_field, service_point};
use crate::db::{Db, DbError, Noted};
use crate::plan::FieldOfService;

/// A field of service.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = field)]
pub struct Field {
    /// Its number in the tables.
    pub id: i16,
    /// Its code, as in `health`.
    pub code: String,
    /// Name: Vietnamese.
    pub name_vi: String,
    /// Name: English.
    pub name_en: String,
}

/// A field in the list of those who keep fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldListed {
    pub field: Field,
    /// Whether it was added or renamed on a page.
    pub own: bool,
    /// How many open points serve it.
    pub points: usize,
}

impl Db {
    /// Enters new fields and updates names and order of known ones; none is ever removed.
    pub fn seed_fields(&self, fields: &[FieldOfService]) -> Result<(), DbError> {
        let fields = fields.to_vec();
        self.write_reference(move |conn| {
            for (place, seed) in (1_i16..).zip(fields) {
                let known: Option<i16> = field::table
                    .filter(field::code.eq(&seed.id))
                    .select(field::id)
                    .order(field::id)
                    .first(conn)
                    .optional()?;
                let texts = (field::name_vi.eq(seed.name_vi), field::name_en.eq(seed.name_en), field::place.eq(place));
                if let Some(id) = known {
                    // What was renamed on a page keeps its name; its place is that of the files.
                    let seeded = field::table.find(id).filter(field::own.eq(false));
                    diesel::update(seeded).set(texts).execute(conn)?;
                } else {
                    let newest: Option<i16> = field::table.select(diesel::dsl::max(field::id)).get_result(conn)?;
                    let id = field::id.eq(newest.unwrap_or(0) + 1);
                    diesel::insert_into(field::table).values((id, field::code.eq(seed.id), texts)).execute(conn)?;
                }
            }
            Ok(())
        })
    }

    /// Every field with how many open points serve it, in the same order.
    pub fn fields_listed(&self) -> Result<Vec<FieldListed>, DbError> {
        self.read(|conn| {
            let columns = (Field::as_select(), field::own);
            let rows: Vec<(Field, bool)> = field::table.select(columns).order((field::place, field::id)).load(conn)?;
            let served: Vec<i16> = point_field::table
                .inner_join(service_point::table.on(
                    service_point::unit_id.eq(point_field::unit_id).and(service_point::id.eq(point_field::point_id)),
                ))
                .filter(service_point::retired_on.is_null())
                .select(point_field::field_id)
                .load(conn)?;
            let listed = |(field, own): (Field, bool)| FieldListed {
                points: served.iter().filter(|served| **served == field.id).count(),
                field,
                own,
            };
            Ok(rows.into_iter().map(listed).collect())
        })
    }

    /// Every field, in the order of the files.
    pub fn fields(&self) -> Result<Vec<Field>, DbError> {
        self.read(|conn| Ok(field::table.select(Field::as_select()).order((field::place, field::id)).load(conn)?))
    }
}

impl Noted {
    /// Adds a field of the ward's own, behind the others.
    pub fn add_field(&self, new: &FieldOfService) -> Result<(), DbError> {
        let new = new.clone();
        self.write_reference(move |conn| {
            let known: Option<i16> = field::table
                .filter(field::code.eq(&new.id))
                .select(field::id)
                .order(field::id)
                .first(conn)
                .optional()?;
            if known.is_some() {
                return Err(DbError::exists("field", &new.id));
            }
            let newest: Option<i16> = field::table.select(diesel::dsl::max(field::id)).get_result(conn)?;
            let last: Option<i16> = field::table.select(diesel::dsl::max(field::place)).get_result(conn)?;
            diesel::insert_into(field::table)
                .values((
                    field::id.eq(newest.unwrap_or(0) + 1),
                    field::code.eq(new.id),
                    field::name_vi.eq(new.name_vi),
                    field::name_en.eq(new.name_en),
                    field::place.eq(last.unwrap_or(0) + 1),
                    field::own.eq(true),
                ))
                .execute(conn)?;
            Ok(())
        })
    }

    /// Gives a field another name, which the seeds do not take back.
    pub fn rename_field(&self, code: &str, name_vi: &str, name_en: &str) -> Result<(), DbError> {
        let (code, name_vi, name_en) = (code.to_owned(), name_vi.to_owned(), name_en.to_owned());
        self.write_reference(move |conn| {
            let named = (field::name_vi.eq(name_vi), field::name_en.eq(name_en), field::own.eq(true));
            let changed = diesel::update(field::table.filter(field::code.eq(&code))).set(named).execute(conn)?;
            if changed == 0 { Err(DbError::unknown("field", &code)) } else { Ok(()) }
        })
    }
}
