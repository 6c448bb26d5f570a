//! What the tables keep of a complaint: its row, the small numbers of its kinds, and what the rest of the program is handed.

use chrono::NaiveDate;
use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use crate::cases::{CaseAction, Channel, Kind, State, Subject, Written};
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::Conn;
use crate::db::engine::schema::complaint;
use crate::db::{DbError, day};

/// Which complaint: the unit it is addressed to, the day it came, a number made of its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComplaintKey {
    /// Number of the unit.
    pub unit: i32,
    /// The day it came.
    pub day: NaiveDate,
    /// Number.
    pub random: i64,
}

impl ComplaintKey {
    /// The number by which staff call it, 16 hexadecimal digits; it is not the citizen's reference and does not lead to it.
    pub fn number(&self) -> String {
        format!("{:016x}", self.random)
    }
}

/// What is known of a complaint besides its words when it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// How it came.
    pub channel: Channel,
    /// Its number elsewhere; empty where it has none.
    pub outside_number: String,
    /// What it is about.
    pub subject: Option<Subject>,
    /// Number of the field of service.
    pub field: Option<i16>,
    /// The unit it is about.
    pub about: Option<i32>,
    /// The point it is about, of that unit.
    pub point: Option<i32>,
    /// The unit that receives it; none for the ward itself.
    pub desk: Option<i32>,
    /// By when it is to be answered.
    pub due: NaiveDate,
    /// Where news may be sent; empty where nobody asked.
    pub news: String,
}

/// A complaint as it stands, without contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Which it is.
    pub key: ComplaintKey,
    /// What was written; never with the contact.
    pub written: Written,
    /// How far it is.
    pub state: State,
    /// What it is about.
    pub subject: Option<Subject>,
    /// How it came.
    pub channel: Channel,
    /// Its number elsewhere.
    pub outside_number: String,
    /// The point it is about.
    pub point: Option<i32>,
    /// The field of service.
    pub field: Option<i16>,
    /// The unit it is about.
    pub about: Option<i32>,
    /// The unit that receives it; none for the ward itself.
    pub desk: Option<i32>,
    /// The office that answers it.
    pub lead: Option<i32>,
    /// By when; none for what came before there were due days.
    pub due: Option<NaiveDate>,
    /// Since when the citizen is asked, and the clock stands.
    pub waiting_since: Option<NaiveDate>,
    /// The answer, drafted or approved.
    pub answer: String,
    /// The day of the answer, or of the decision not to take it up.
    pub decided_on: Option<NaiveDate>,
    /// Whether it was decided late.
    pub was_late: bool,
    /// To whom it was sent on, with which it was merged, why it was refused.
    pub outcome: String,
    /// When it was published.
    pub published_on: Option<NaiveDate>,
    pub published_words: String,
    pub published_answer: String,
    /// The citizen's rating of the answer, 1 to 5.
    pub rating: Option<u8>,
    /// Whether it was taken up once more.
    pub reopened: bool,
}

/// How to reach who wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// As they left it; empty where they left none.
    pub contact: String,
    /// Where news may be sent; empty where nobody asked.
    pub news: String,
}

/// Something that was done to a complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComplaintStep {
    /// When.
    pub on: NaiveDate,
    /// What.
    pub deed: CaseAction,
    /// Name of the user; empty for the citizen and the program.
    pub by: String,
    /// The words that belong to it.
    pub words: String,
}

impl Coded for Kind {
    const WHAT: &'static str = "kind of a complaint";
    const CODES: &'static [(Self, i16)] = &[(Self::Complaint, 1), (Self::Suggestion, 2)];
}

impl Coded for State {
    const WHAT: &'static str = "state of a complaint";
    const CODES: &'static [(Self, i16)] = &[
        (Self::Received, 1),
        (Self::Accepted, 2),
        (Self::Assigned, 3),
        (Self::Drafted, 4),
        (Self::Approved, 5),
        (Self::Published, 6),
        (Self::Private, 7),
        (Self::Rated, 8),
        (Self::Closed, 9),
        (Self::Reopened, 10),
        (Self::Forwarded, 11),
        (Self::Merged, 12),
        (Self::Refused, 13),
    ];
}

impl Coded for Subject {
    const WHAT: &'static str = "subject of a complaint";
    const CODES: &'static [(Self, i16)] = &[
        (Self::Procedure, 1),
        (Self::Rules, 2),
        (Self::Attitude, 3),
        (Self::Harassment, 4),
        (Self::Facilities, 5),
        (Self::Praise, 6),
        (Self::Other, 7),
    ];
}

impl Coded for Channel {
    const WHAT: &'static str = "way of a complaint";
    const CODES: &'static [(Self, i16)] =
        &[(Self::Page, 1), (Self::InPerson, 2), (Self::Telephone, 3), (Self::Letter, 4), (Self::IHanoi, 5)];
}

impl Coded for CaseAction {
    const WHAT: &'static str = "deed on a complaint";
    const CODES: &'static [(Self, i16)] = &[
        (Self::Accept, 1),
        (Self::Forward, 2),
        (Self::Merge, 3),
        (Self::Refuse, 4),
        (Self::Assign, 5),
        (Self::Draft, 6),
        (Self::GiveBack, 7),
        (Self::Approve, 8),
        (Self::Publish, 9),
        (Self::KeepPrivate, 10),
        (Self::Rate, 11),
        (Self::Reopen, 12),
        (Self::Close, 13),
        (Self::Extend, 14),
        (Self::Ask, 15),
        (Self::Say, 16),
        (Self::Note, 17),
        (Self::Sort, 18),
        (Self::Receive, 19),
    ];
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = complaint, treat_none_as_default_value = false)]
pub(super) struct Row {
    pub(super) unit_id: i32,
    pub(super) day: i32,
    pub(super) random: i64,
    pub(super) reference_hash: Vec<u8>,
    pub(super) kind: i16,
    pub(super) state: i16,
    pub(super) words: String,
    pub(super) subject: Option<i16>,
    pub(super) channel: i16,
    pub(super) outside_number: String,
    pub(super) point_id: Option<i32>,
    pub(super) field_id: Option<i16>,
    pub(super) about_unit_id: Option<i32>,
    pub(super) desk_unit_id: Option<i32>,
    pub(super) lead_unit_id: Option<i32>,
    pub(super) due_day: Option<i32>,
    pub(super) waiting_since: Option<i32>,
    pub(super) answer: String,
    pub(super) decided_day: Option<i32>,
    pub(super) was_late: bool,
    pub(super) outcome: String,
    pub(super) published_day: Option<i32>,
    pub(super) published_words: String,
    pub(super) published_answer: String,
    pub(super) rating: Option<i16>,
    pub(super) reopened: i16,
}

/// What `read` makes of rows. One that cannot be read is left out, because the others must not wait for it; the check-up names it.
pub(super) fn readable<T>(rows: Vec<Row>, read: impl Fn(Row) -> Result<T, DbError>) -> Result<Vec<T>, DbError> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let named = row.named();
        match read(row) {
            Ok(complaint) => found.push(complaint),
            Err(DbError::Damaged(why)) => {
                tracing::error!(
                    complaint = named,
                    why,
                    "a complaint cannot be read and is left out; run `sipas doctor`"
                );
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Every complaint read: how many there are, and what is wrong with those that cannot be read.
pub(in crate::db) fn all(conn: &mut Conn) -> Result<(usize, Vec<String>), DbError> {
    let keys: Vec<(i32, i32)> = complaint::table
        .select((complaint::unit_id, complaint::day))
        .distinct()
        .order((complaint::unit_id, complaint::day))
        .load(conn)?;
    let (mut read, mut faults) = (0, Vec::new());
    for (unit, day) in keys {
        let of_day = complaint::table.filter(complaint::unit_id.eq(unit)).filter(complaint::day.eq(day));
        let rows: Vec<Row> = of_day.select(Row::as_select()).load(conn)?;
        for row in rows {
            let named = row.named();
            match row.complaint() {
                Ok(_) => read += 1,
                Err(DbError::Damaged(why)) => faults.push(format!("{named}: {why}")),
                Err(error) => return Err(error),
            }
        }
    }
    Ok((read, faults))
}

impl Row {
    /// Unit, day and the number by which staff call it.
    fn named(&self) -> String {
        format!("complaint {:016x} of unit {} on {}", self.random, self.unit_id, day::date_of(self.day))
    }

    pub(super) fn key(&self) -> ComplaintKey {
        ComplaintKey { unit: self.unit_id, day: day::date_of(self.day), random: self.random }
    }

    pub(super) fn complaint(self) -> Result<Complaint, DbError> {
        Ok(Complaint {
            key: self.key(),
            written: Written { kind: Kind::of_code(self.kind)?, text: self.words, contact: None },
            state: State::of_code(self.state)?,
            subject: self.subject.map(Subject::of_code).transpose()?,
            channel: Channel::of_code(self.channel)?,
            outside_number: self.outside_number,
            point: self.point_id,
            field: self.field_id,
            about: self.about_unit_id,
            desk: self.desk_unit_id,
            lead: self.lead_unit_id,
            due: day::of_option(self.due_day),
            waiting_since: day::of_option(self.waiting_since),
            answer: self.answer,
            decided_on: day::of_option(self.decided_day),
            was_late: self.was_late,
            outcome: self.outcome,
            published_on: day::of_option(self.published_day),
            published_words: self.published_words,
            published_answer: self.published_answer,
            rating: self.rating.and_then(|level| u8::try_from(level).ok()),
            reopened: self.reopened > 0,
        })
    }
}
