//! Complaints and suggestions: stored, found, moved on. Nothing here has a key in common with answers: neither an attempt nor a
//! random number, and no time but the civil day. What was done to each stands in `complaint_steps.rs`, and apart from that in
//! `complaint_contacts.rs` how to reach who wrote it.

use chrono::NaiveDate;
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper};
use sha2::{Digest, Sha256};

use super::complaint_contacts::{contact_of, insert_contact};
use super::complaint_rows::{Arrival, Complaint, ComplaintKey, ComplaintStep, Contact, Row, readable};
use super::complaint_steps::{PublishedAnswers, add_step, is_said};
use crate::cases::{State, Written, hash, reference};
use crate::db::answers::sheet::Stored;
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::{Conn, on_backend};
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::{complaint, complaint_helper};
use crate::db::outgoing::webhook_events;
use crate::db::periods::imports;
use crate::db::{Db, DbError, ImportFile, Noted, day};

impl Db {
    /// Stores what was written to `unit` on the page opened with `once`; sent again it is not stored again.
    pub fn add_complaint(
        &self,
        unit: i32,
        once: &[u8; 16],
        written: &Written,
        arrival: &Arrival,
        on: NaiveDate,
    ) -> Result<Stored, DbError> {
        let (once, written, arrival) = (*once, written.clone(), arrival.clone());
        self.write(move |conn| insert(conn, unit, &once, &written, &arrival, on))
    }

    /// What [`Db::add_complaint`] would say of a page opened with `once` that was sent before; none where it was not.
    pub fn complaint_before(&self, unit: i32, once: &[u8; 16], written: &Written) -> Result<Option<Stored>, DbError> {
        self.read(|conn| before(conn, unit, once, written))
    }

    /// The complaint of a reference in its one spelling, without contact.
    pub fn complaint(&self, reference: &str) -> Result<Option<Complaint>, DbError> {
        let key = hash(reference);
        let row: Option<Row> = self.read(|conn| {
            let found = complaint::table.filter(complaint::reference_hash.eq(key.to_vec()));
            let found = found.order((complaint::unit_id, complaint::day, complaint::random));
            Ok(found.select(Row::as_select()).first(conn).optional()?)
        })?;
        row.map(Row::complaint).transpose()
    }

    /// The complaint that staff of `units` call by `number`, if it is addressed to one of them, received, answered or helped
    /// with there.
    pub fn complaint_of_number(&self, units: &[i32], number: &str) -> Result<Option<Complaint>, DbError> {
        let Ok(random) = u64::from_str_radix(number, 16) else { return Ok(None) };
        // Whoever asks for this one must know that it cannot be read.
        self.complaint_rows(units, Some(random.cast_signed()), None, 1)?
            .into_iter()
            .next()
            .map(Row::complaint)
            .transpose()
    }

    /// The newest complaints that `units` have to do with, at most `limit`. Of one day they come in no order of arrival.
    pub fn complaints(&self, units: &[i32], limit: u32) -> Result<Vec<Complaint>, DbError> {
        readable(self.complaint_rows(units, None, None, limit)?, Row::complaint)
    }

    /// A page of [`Db::complaints`], in the order of day, unit and number: those after `after`, and where the next page begins,
    /// if there is one. A row that cannot be read takes its place in the page and is in no page.
    pub fn complaints_page(
        &self,
        units: &[i32],
        after: Option<ComplaintKey>,
        limit: u32,
    ) -> Result<(Vec<Complaint>, Option<ComplaintKey>), DbError> {
        let mut rows = self.complaint_rows(units, None, after, limit.saturating_add(1))?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(Row::key);
        Ok((readable(rows, Row::complaint)?, next))
    }

    /// Newest day first.
    fn complaint_rows(
        &self,
        units: &[i32],
        random: Option<i64>,
        after: Option<ComplaintKey>,
        limit: u32,
    ) -> Result<Vec<Row>, DbError> {
        let after = after.map(|key| (day::day_number(key.day), key.unit, key.random));
        let beyond = |(on, unit, random): (i32, i32, i64)| {
            let of_unit = complaint::unit_id.eq(unit).and(complaint::random.gt(random));
            let of_day = complaint::day.eq(on).and(complaint::unit_id.gt(unit).or(of_unit));
            complaint::day.lt(on).or(of_day)
        };
        let order = (complaint::day.desc(), complaint::unit_id, complaint::random);
        let mut rows: Vec<Row> = self.read(|conn| {
            let mut rows = in_parts(units, |some| {
                let mut found = complaint::table
                    .into_boxed()
                    .filter(complaint::unit_id.eq_any(some))
                    .or_filter(complaint::desk_unit_id.eq_any(some))
                    .or_filter(complaint::lead_unit_id.eq_any(some));
                if let Some(random) = random {
                    found = found.filter(complaint::random.eq(random));
                }
                if let Some(after) = after {
                    found = found.filter(beyond(after));
                }
                Ok(found.order(order).limit(i64::from(limit)).select(Row::as_select()).load(conn)?)
            })?;
            let mut helped: Vec<i64> = in_parts(units, |some| {
                let helped = complaint_helper::table.filter(complaint_helper::helper_unit_id.eq_any(some));
                Ok(helped.select(complaint_helper::random).order(complaint_helper::random).load(conn)?)
            })?;
            helped.retain(|helped| random.is_none_or(|random| *helped == random));
            rows.extend(in_parts(&helped, |some| {
                let mut found = complaint::table.into_boxed().filter(complaint::random.eq_any(some));
                if let Some(after) = after {
                    found = found.filter(beyond(after));
                }
                Ok(found.order(order).limit(i64::from(limit)).select(Row::as_select()).load(conn)?)
            })?);
            Ok(rows)
        })?;
        // One may be found by its ward in one part, and by its desk or as helped with in another.
        rows.sort_by_key(|row| (std::cmp::Reverse(row.day), row.unit_id, row.random));
        rows.dedup_by_key(|row| (row.day, row.unit_id, row.random));
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(rows)
    }

    /// Every complaint addressed to `unit` that came in these days, oldest first.
    pub fn complaints_of_days(&self, unit: i32, from: NaiveDate, to: NaiveDate) -> Result<Vec<Complaint>, DbError> {
        let days = (day::day_number(from), day::day_number(to));
        let rows: Vec<Row> = self.read(|conn| {
            let found = complaint::table.filter(complaint::unit_id.eq(unit));
            let found = found.filter(complaint::day.between(days.0, days.1));
            Ok(found.order((complaint::day, complaint::random)).select(Row::as_select()).load(conn)?)
        })?;
        rows.into_iter().map(Row::complaint).collect()
    }

    /// Complaints that somebody still has to do something about, of wards among `units` (none for all): those that are owed, and
    /// those answered and not closed.
    pub fn complaints_under_way(&self, units: Option<&[i32]>) -> Result<Vec<Complaint>, DbError> {
        let over = [State::Closed, State::Forwarded, State::Merged, State::Refused].map(Coded::code);
        let rows: Vec<Row> = self.read(|conn| {
            let order = (complaint::unit_id, complaint::day, complaint::random);
            let under_way = || {
                let found = complaint::table.filter(complaint::state.ne_all(over.to_vec()));
                found.order(order).select(Row::as_select())
            };
            match units {
                None => Ok(under_way().load(conn)?),
                Some(units) => {
                    in_parts(units, |some| Ok(under_way().filter(complaint::unit_id.eq_any(some)).load(conn)?))
                }
            }
        })?;
        readable(rows, Row::complaint)
    }

    /// The newest published complaints of `unit`, at most `limit`, each with the day of the answer that is published. A case that is looked at once
    /// more was decided on no day, or on that of an answer that is not published yet.
    pub fn published_complaints(&self, unit: i32, limit: u32) -> Result<Vec<(Complaint, Option<NaiveDate>)>, DbError> {
        let (rows, answers) = self.read(|conn| {
            let found = complaint::table.filter(complaint::unit_id.eq(unit));
            let found = found.filter(complaint::published_day.is_not_null());
            let order = (complaint::published_day.desc(), complaint::random);
            let found = found.order(order).limit(i64::from(limit)).select(Row::as_select());
            let rows: Vec<Row> = found.load(conn)?;
            let cases: Vec<i64> = rows.iter().map(|row| row.random).collect();
            let answers = PublishedAnswers::of(conn, unit, &cases)?;
            Ok((rows, answers))
        })?;
        let with_day = |row: Row| {
            let case = row.complaint()?;
            let answered = answers.day_of(case.key).or(case.decided_on);
            Ok((case, answered))
        };
        readable(rows, with_day)
    }

    /// The offices that help with a complaint.
    pub fn complaint_helpers(&self, key: ComplaintKey) -> Result<Vec<i32>, DbError> {
        self.read(|conn| {
            let of_case = complaint_helper::table
                .filter(complaint_helper::unit_id.eq(key.unit))
                .filter(complaint_helper::day.eq(day::day_number(key.day)))
                .filter(complaint_helper::random.eq(key.random));
            Ok(of_case.select(complaint_helper::helper_unit_id).order(complaint_helper::helper_unit_id).load(conn)?)
        })
    }

    /// [`Noted::change_complaint`] by the citizen or the program, of whom the audit log says nothing.
    pub fn complaint_moves(
        &self,
        key: ComplaintKey,
        expected: State,
        steps: Vec<ComplaintStep>,
        change: impl FnOnce(&mut Complaint) + Send + 'static,
    ) -> Result<bool, DbError> {
        self.write(move |conn| {
            if is_said(conn, key, &steps)? {
                return Ok(true);
            }
            apply(conn, key, expected, &steps, None, change)
        })
    }
}

/// A complaint that came another way, as a file brings it.
#[derive(Debug, Clone)]
pub struct EnteredComplaint {
    /// The unit it is addressed to.
    pub unit: i32,
    /// What its number is made of; the same for the same complaint.
    pub once: [u8; 16],
    /// What was written.
    pub written: Written,
    /// What is known of it.
    pub arrival: Arrival,
    /// The day it came.
    pub on: NaiveDate,
    /// Its first step.
    pub step: ComplaintStep,
}

impl Noted {
    /// Stores a case that staff enter, with its first step.
    pub fn enter_complaint(
        &self,
        unit: i32,
        once: &[u8; 16],
        written: &Written,
        arrival: &Arrival,
        on: NaiveDate,
        step: ComplaintStep,
    ) -> Result<Stored, DbError> {
        let (once, written, arrival, note) = (*once, written.clone(), arrival.clone(), self.note.clone());
        self.db.write(move |conn| {
            let stored = insert(conn, unit, &once, &written, &arrival, on)?;
            if stored == Stored::New {
                let key = ComplaintKey { unit, day: on, random: random_of(&once) };
                add_step(conn, key, &step)?;
                crate::db::append_if(conn, note.as_ref())?;
            }
            Ok(stored)
        })
    }

    /// Stores complaints of a file, each with its first step, in one transaction with the file; those that are there already stay as they are.
    pub fn enter_complaints(&self, cases: Vec<EnteredComplaint>, file: ImportFile) -> Result<(), DbError> {
        self.write(move |conn| {
            for case in &cases {
                let EnteredComplaint { unit, once, written, arrival, on, .. } = case;
                if insert(conn, *unit, once, written, arrival, *on)? == Stored::New {
                    add_step(conn, ComplaintKey { unit: *unit, day: *on, random: random_of(once) }, &case.step)?;
                }
            }
            imports::note(conn, &file)
        })
    }

    /// Changes a complaint that is in state `expected` and enters what was done, all or nothing; false when it has moved
    /// meanwhile, and then nothing is written. `helpers` replace those there were.
    pub fn change_complaint(
        &self,
        key: ComplaintKey,
        expected: State,
        steps: Vec<ComplaintStep>,
        helpers: Option<Vec<i32>>,
        change: impl FnOnce(&mut Complaint) + Send + 'static,
    ) -> Result<bool, DbError> {
        let note = self.note.clone();
        self.db.write(move |conn| {
            let done = apply(conn, key, expected, &steps, helpers, change)?;
            if done {
                crate::db::append_if(conn, note.as_ref())?;
            }
            Ok(done)
        })
    }
}

/// What was stored of a page before, beside what is written now; none where nothing was.
fn before(conn: &mut Conn, unit: i32, once: &[u8; 16], written: &Written) -> Result<Option<Stored>, DbError> {
    let known: Option<Row> = complaint::table
        .filter(complaint::reference_hash.eq(hash(&reference(once)).to_vec()))
        .order((complaint::unit_id, complaint::day, complaint::random))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    let Some(known) = known.map(Row::complaint).transpose()? else { return Ok(None) };
    let contact = contact_of(conn, known.key)?.map(|known| known.contact).filter(|known| !known.is_empty());
    let before = Written { contact, ..known.written };
    Ok(Some(if known.key.unit == unit && before == *written { Stored::Before } else { Stored::OtherContent }))
}

fn insert(
    conn: &mut Conn,
    unit: i32,
    once: &[u8; 16],
    written: &Written,
    arrival: &Arrival,
    on: NaiveDate,
) -> Result<Stored, DbError> {
    if let Some(stored) = before(conn, unit, once, written)? {
        return Ok(stored);
    }
    let (hashed, random) = (hash(&reference(once)), random_of(once));
    let row = Row {
        unit_id: unit,
        day: day::day_number(on),
        random,
        reference_hash: hashed.to_vec(),
        kind: written.kind.code(),
        state: State::Received.code(),
        words: written.text.clone(),
        subject: arrival.subject.map(Coded::code),
        channel: arrival.channel.code(),
        outside_number: arrival.outside_number.clone(),
        point_id: arrival.point,
        field_id: arrival.field,
        about_unit_id: arrival.about,
        desk_unit_id: arrival.desk,
        lead_unit_id: None,
        due_day: Some(day::day_number(arrival.due)),
        waiting_since: None,
        answer: String::new(),
        decided_day: None,
        was_late: false,
        outcome: String::new(),
        published_day: None,
        published_words: String::new(),
        published_answer: String::new(),
        rating: None,
        reopened: 0,
    };
    on_backend!(conn, |c| diesel::insert_into(complaint::table).values(&row).execute(c))?;
    let key = ComplaintKey { unit, day: on, random };
    let contact = Contact { contact: written.contact.clone().unwrap_or_default(), news: arrival.news.clone() };
    insert_contact(conn, key, &contact)?;
    webhook_events::complaint_changed(conn, unit, &key.number(), State::Received.name())?;
    Ok(Stored::New)
}

fn apply(
    conn: &mut Conn,
    key: ComplaintKey,
    expected: State,
    steps: &[ComplaintStep],
    helpers: Option<Vec<i32>>,
    change: impl FnOnce(&mut Complaint),
) -> Result<bool, DbError> {
    let place = (key.unit, day::day_number(key.day), key.random);
    let row: Option<Row> = complaint::table.find(place).select(Row::as_select()).first(conn).optional()?;
    let Some(mut case) = row.map(Row::complaint).transpose()? else { return Ok(false) };
    if case.state != expected {
        return Ok(false);
    }
    change(&mut case);
    let state = case.state.name();
    let day_of = |day: Option<NaiveDate>| day.map(day::day_number);
    diesel::update(complaint::table.find(place))
        .set((
            complaint::state.eq(case.state.code()),
            complaint::subject.eq(case.subject.map(Coded::code)),
            complaint::point_id.eq(case.point),
            complaint::field_id.eq(case.field),
            complaint::about_unit_id.eq(case.about),
            complaint::lead_unit_id.eq(case.lead),
            complaint::due_day.eq(day_of(case.due)),
            complaint::waiting_since.eq(day_of(case.waiting_since)),
            complaint::answer.eq(case.answer),
            complaint::decided_day.eq(day_of(case.decided_on)),
            complaint::was_late.eq(case.was_late),
            complaint::outcome.eq(case.outcome),
            complaint::published_day.eq(day_of(case.published_on)),
            complaint::published_words.eq(case.published_words),
            complaint::published_answer.eq(case.published_answer),
            complaint::rating.eq(case.rating.map(i16::from)),
            complaint::reopened.eq(i16::from(case.reopened)),
        ))
        .execute(conn)?;
    for step in steps {
        add_step(conn, key, step)?;
    }
    if let Some(helpers) = helpers {
        let of_case = complaint_helper::table
            .filter(complaint_helper::unit_id.eq(place.0))
            .filter(complaint_helper::day.eq(place.1))
            .filter(complaint_helper::random.eq(place.2));
        diesel::delete(of_case).execute(conn)?;
        for helper in helpers {
            diesel::insert_into(complaint_helper::table)
                .values((
                    complaint_helper::unit_id.eq(place.0),
                    complaint_helper::day.eq(place.1),
                    complaint_helper::random.eq(place.2),
                    complaint_helper::helper_unit_id.eq(helper),
                ))
                .execute(conn)?;
        }
    }
    webhook_events::complaint_changed(conn, key.unit, &key.number(), state)?;
    Ok(true)
}

/// The random part of the key, made of what its page was opened with, so that a repeat meets its first.
fn random_of(once: &[u8; 16]) -> i64 {
    let digest = Sha256::new().chain_update(b"sipas complaint row 1").chain_update(once).finalize();
    digest[..8].iter().fold(0_i64, |bits, byte| bits << 8 | i64::from(*byte))
}

/// The key of the case that was sent on the page opened with `once`.
pub fn complaint_key(unit: i32, once: &[u8; 16], on: NaiveDate) -> ComplaintKey {
    ComplaintKey { unit, day: on, random: random_of(once) }
}
