//! Keys of programs that read figures over the API. The table keeps the hash of a secret, never the secret. A key has a role and
//! a unit like a person, a last day, and no session.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use crate::db::engine::conn::Conn;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::api_token;
use crate::db::{Db, DbError, Noted, day, instant};

/// A key to make.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// SHA-256 of the secret.
    pub token_hash: [u8; 32],
    /// What it is called: once in its unit.
    pub name: String,
    /// Its role, by name.
    pub role: String,
    /// Number of its unit.
    pub unit: i32,
    /// Who made it.
    pub made_by: String,
    /// Now.
    pub at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is called.
    pub name: String,
    /// Its role, by name.
    pub role: String,
    /// Number of its unit.
    pub unit: i32,
    /// Who made it.
    pub made_by: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// The civil day of its last use.
    pub used_on: Option<NaiveDate>,
    /// When somebody ended it before its time.
    pub revoked_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_token)]
struct Row {
    name: String,
    role: String,
    unit_id: i32,
    made_by: String,
    made_ms: i64,
    expires_ms: i64,
    used_day: Option<i32>,
    revoked_ms: Option<i64>,
}

impl Token {
    fn of_row(row: Row) -> Self {
        Self {
            name: row.name,
            role: row.role,
            unit: row.unit_id,
            made_by: row.made_by,
            made_at: instant::of_ms(row.made_ms),
            expires_at: instant::of_ms(row.expires_ms),
            used_on: day::of_option(row.used_day),
            revoked_at: row.revoked_ms.map(instant::of_ms),
        }
    }
}

impl Db {
    /// The key of a secret's hash that is in force at `now`. That it is used is written once a day, and nobody waits for that.
    pub fn api_token(&self, token_hash: &[u8; 32], now: DateTime<Utc>) -> Result<Option<Token>, DbError> {
        let hash = token_hash.to_vec();
        let row: Option<Row> = self.read(|conn| {
            let found = api_token::table.find(&hash).filter(api_token::revoked_ms.is_null());
            let found = found.filter(api_token::expires_ms.gt(now.timestamp_millis()));
            Ok(found.select(Row::as_select()).first(conn).optional()?)
        })?;
        let Some(token) = row.map(Token::of_row) else { return Ok(None) };
        let today = crate::clock::civil_date(now);
        if token.used_on != Some(today) {
            self.inner.writer.run_later("noting that a key is used", move |conn| {
                let used = api_token::used_day.eq(day::day_number(today));
                diesel::update(api_token::table.find(hash)).set(used).execute(conn)?;
                Ok(())
            });
        }
        Ok(Some(token))
    }

    /// The keys of `units`, ended ones included, by unit and name.
    pub fn api_tokens(&self, units: &[i32]) -> Result<Vec<Token>, DbError> {
        let rows: Vec<Row> = self.read(|conn| {
            in_parts(units, |some| {
                let theirs = api_token::table.filter(api_token::unit_id.eq_any(some));
                let theirs = theirs.order((api_token::unit_id, api_token::name));
                Ok(theirs.select(Row::as_select()).load(conn)?)
            })
        })?;
        Ok(rows.into_iter().map(Token::of_row).collect())
    }
}

impl Noted {
    /// Makes a key; one whose name is taken in its unit is refused.
    pub fn add_token(&self, new: &NewToken) -> Result<(), DbError> {
        let new = new.clone();
        self.write(move |conn| {
            let taken = api_token::table.filter(api_token::unit_id.eq(new.unit)).filter(api_token::name.eq(&new.name));
            if taken.count().get_result::<i64>(conn)? > 0 {
                return Err(DbError::exists("key of a program", new.name));
            }
            diesel::insert_into(api_token::table)
                .values((
                    api_token::token_hash.eq(new.token_hash.to_vec()),
                    api_token::name.eq(new.name),
                    api_token::role.eq(new.role),
                    api_token::unit_id.eq(new.unit),
                    api_token::made_by.eq(new.made_by),
                    api_token::made_ms.eq(new.at.timestamp_millis()),
                    api_token::expires_ms.eq(new.expires_at.timestamp_millis()),
                ))
                .execute(conn)?;
            Ok(())
        })
    }

    /// Ends a key now. Whether there is one of this name that was not ended before.
    pub fn revoke_token(&self, unit: i32, name: &str, at: DateTime<Utc>) -> Result<bool, DbError> {
        let name = name.to_owned();
        let revoke = move |conn: &mut Conn| {
            let found = api_token::table.filter(api_token::unit_id.eq(unit)).filter(api_token::name.eq(name));
            let open = found.filter(api_token::revoked_ms.is_null());
            Ok(diesel::update(open).set(api_token::revoked_ms.eq(at.timestamp_millis())).execute(conn)? > 0)
        };
        self.write_if_done(revoke, |done| *done)
    }
}
