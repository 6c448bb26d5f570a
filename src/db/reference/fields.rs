//! Fields of service: seeded from the files, known by a code, a small number in the big tables.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::db::engine::schema::field;
use crate::db::{Db, DbError};
use crate::plan::FieldOfService;

/// A field of service.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable)]
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
                    diesel::update(field::table.find(id)).set(texts).execute(conn)?;
                } else {
                    let newest: Option<i16> = field::table.select(diesel::dsl::max(field::id)).get_result(conn)?;
                    let id = field::id.eq(newest.unwrap_or(0) + 1);
                    diesel::insert_into(field::table).values((id, field::code.eq(seed.id), texts)).execute(conn)?;
                }
            }
            Ok(())
        })
    }

    /// Every field, in the order of the files.
    pub fn fields(&self) -> Result<Vec<Field>, DbError> {
        self.read(|conn| {
            let columns = (field::id, field::code, field::name_vi, field::name_en);
            Ok(field::table.select(columns).order((field::place, field::id)).load(conn)?)
        })
    }
}
