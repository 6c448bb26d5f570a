//! Complaints and suggestions, and apart from them how to reach who wrote them. Nothing here has a key in common with
//! answers: neither an attempt nor a random number, and no time but the civil day.

use chrono::NaiveDate;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use sha2::{Digest, Sha256};

use crate::cases::{Kind, State, Written, hash, reference};
use crate::db::answers::sheet::Stored;
use crate::db::engine::codes::Coded;
use crate::db::engine::schema::{complaint, complaint_contact};
use crate::db::{Db, DbError, day};

/// A complaint as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Number of the unit it is addressed to.
    pub unit: i32,
    /// The day it came.
    pub received_on: NaiveDate,
    /// What was written; the contact only where it was asked for.
    pub written: Written,
    /// How far it is.
    pub state: State,
}

impl Coded for Kind {
    const WHAT: &'static str = "kind of a complaint";
    const CODES: &'static [(Self, i16)] = &[(Self::Complaint, 1), (Self::Suggestion, 2)];
}

impl Coded for State {
    const WHAT: &'static str = "state of a complaint";
    const CODES: &'static [(Self, i16)] = &[(Self::Received, 1)];
}

type Row = (i32, i32, i64, i16, i16, String);

impl Db {
    /// Stores what was written to `unit` on the page opened with `once`; sent again it is not stored again.
    pub fn add_complaint(
        &self,
        unit: i32,
        once: &[u8; 16],
        written: &Written,
        on: NaiveDate,
    ) -> Result<Stored, DbError> {
        let (key, random, written) = (hash(&reference(once)), random_of(once), written.clone());
        self.write(move |conn| {
            let known: Option<Row> = complaint::table
                .filter(complaint::reference_hash.eq(key.to_vec()))
                .select(COLUMNS)
                .order((complaint::unit_id, complaint::day, complaint::random))
                .first(conn)
                .optional()?;
            if let Some((known_unit, known_day, random, ..)) = &known {
                let contact: Option<String> = complaint_contact::table
                    .find((known_unit, known_day, random))
                    .select(complaint_contact::contact)
                    .first(conn)
                    .optional()?;
                let same = known.map(|row| of_row(row, contact)).transpose()?;
                let same = same.is_some_and(|known| known.unit == unit && known.written == written);
                return Ok(if same { Stored::Before } else { Stored::OtherContent });
            }
            let row =
                (complaint::unit_id.eq(unit), complaint::day.eq(day::day_number(on)), complaint::random.eq(random));
            diesel::insert_into(complaint::table)
                .values((
                    row,
                    complaint::reference_hash.eq(key.to_vec()),
                    complaint::kind.eq(written.kind.code()),
                    complaint::state.eq(State::Received.code()),
                    complaint::words.eq(&written.text),
                ))
                .execute(conn)?;
            if let Some(contact) = &written.contact {
                diesel::insert_into(complaint_contact::table)
                    .values((
                        complaint_contact::unit_id.eq(unit),
                        complaint_contact::day.eq(day::day_number(on)),
                        complaint_contact::random.eq(random),
                        complaint_contact::contact.eq(contact),
                    ))
                    .execute(conn)?;
            }
            Ok(Stored::New)
        })
    }

    /// The complaint of a reference in its one spelling, without contact.
    pub fn complaint(&self, reference: &str) -> Result<Option<Complaint>, DbError> {
        let key = hash(reference);
        let row: Option<Row> = self.read(|conn| {
            let found = complaint::table.filter(complaint::reference_hash.eq(key.to_vec())).select(COLUMNS);
            Ok(found.order((complaint::unit_id, complaint::day, complaint::random)).first(conn).optional()?)
        })?;
        row.map(|row| of_row(row, None)).transpose()
    }

    /// The newest complaints to `units`, at most `limit`, with contacts. Of one day they come in no order of arrival.
    pub fn complaints(&self, units: &[i32], limit: u32) -> Result<Vec<Complaint>, DbError> {
        self.read(|conn| {
            let of_units = complaint::table.filter(complaint::unit_id.eq_any(units.to_vec()));
            let order = (complaint::day.desc(), complaint::unit_id, complaint::random);
            let rows: Vec<Row> = of_units.order(order).limit(i64::from(limit)).select(COLUMNS).load(conn)?;
            rows.into_iter()
                .map(|row| {
                    let contact: Option<String> = complaint_contact::table
                        .find((row.0, row.1, row.2))
                        .select(complaint_contact::contact)
                        .first(conn)
                        .optional()?;
                    of_row(row, contact)
                })
                .collect()
        })
    }
}

type Columns =
    (complaint::unit_id, complaint::day, complaint::random, complaint::kind, complaint::state, complaint::words);

const COLUMNS: Columns =
    (complaint::unit_id, complaint::day, complaint::random, complaint::kind, complaint::state, complaint::words);

fn of_row((unit, day, _, kind, state, text): Row, contact: Option<String>) -> Result<Complaint, DbError> {
    let written = Written { kind: Kind::of_code(kind)?, text, contact };
    Ok(Complaint { unit, received_on: day::date_of(day), written, state: State::of_code(state)? })
}

/// The random part of the key, made of what its page was opened with, so that a repeat meets its first.
fn random_of(once: &[u8; 16]) -> i64 {
    let digest = Sha256::new().chain_update(b"sipas complaint row 1").chain_update(once).finalize();
    digest[..8].iter().fold(0_i64, |bits, byte| bits << 8 | i64::from(*byte))
}
