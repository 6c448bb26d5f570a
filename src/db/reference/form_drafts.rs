//! Drafts of questionnaires: what people edit on pages, until it is published or thrown away.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::questionnaires::{NewForm, PublishedOnPage};
use crate::db::engine::conn::Conn;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::form_draft;
use crate::db::{ContentRefused, Db, DbError, Noted, append_if, instant};
use crate::survey::{Questionnaire, content_hash, hash};

/// A draft to begin.
#[derive(Debug, Clone)]
pub struct NewFormDraft {
    /// Number of the unit whose draft it is.
    pub unit: i32,
    /// The published version it began from; 0 for none.
    pub based_on: u32,
    /// What it asks, with whatever faults it has.
    pub content: Questionnaire,
    /// Whether its identifier was given to it, by a file or by what it follows; else it is one that nobody has.
    pub is_named: bool,
    /// What a file held that could not be taken, a sentence each.
    pub remarks: Vec<String>,
    /// Who begins.
    pub by: String,
    /// Now.
    pub at: DateTime<Utc>,
}

/// A draft as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormDraft {
    /// Its number.
    pub id: i32,
    /// Number of the unit whose draft it is.
    pub unit: i32,
    /// The published version it began from; 0 for none.
    pub based_on: u32,
    /// What it asks.
    pub content: Questionnaire,
    /// What a file held that could not be taken.
    pub remarks: Vec<String>,
    /// How often it was kept.
    pub revision: u32,
    /// Who began it.
    pub made_by: String,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: DateTime<Utc>,
}

/// What became of a change of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftKept {
    /// It is kept, as this revision.
    As(u32),
    /// Somebody else kept another revision meanwhile; nothing was changed.
    Overtaken {
        /// Theirs.
        revision: u32,
    },
    /// There is no such draft any more.
    Gone,
}

/// What became of a draft that was to be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftPublished {
    /// It is a version now, and no draft any more.
    New,
    /// A version as high is published already.
    NotNewer {
        /// The newest version.
        newest: u32,
    },
    /// The draft was changed, published or thrown away meanwhile.
    Changed,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = form_draft)]
struct Row {
    id: i32,
    unit_id: i32,
    based_on: i32,
    content: String,
    remarks: String,
    revision: i32,
    made_by: String,
    changed_by: String,
    changed_ms: i64,
}

impl FormDraft {
    fn of_row(row: Row) -> Result<Self, DbError> {
        let Row { id, unit_id: unit, based_on, content, remarks, revision, made_by, changed_by, changed_ms } = row;
        let content = hash::from_json(&content)
            .map_err(|error| DbError::Damaged(format!("draft {id} of a questionnaire: {error}")))?;
        let remarks = remarks.lines().map(str::to_owned).collect();
        let (based_on, revision) = (based_on.unsigned_abs(), revision.unsigned_abs());
        let changed_at = instant::of_ms(changed_ms);
        Ok(Self { id, unit, based_on, content, remarks, revision, made_by, changed_by, changed_at })
    }
}

impl Db {
    /// The drafts of `units`, the one changed last first.
    pub fn form_drafts(&self, units: &[i32]) -> Result<Vec<FormDraft>, DbError> {
        let rows: Vec<Row> = self.read(|conn| {
            in_parts(units, |some| {
                let of_units = form_draft::table.filter(form_draft::unit_id.eq_any(some)).order(form_draft::id);
                Ok(of_units.select(Row::as_select()).load(conn)?)
            })
        })?;
        let mut found = rows.into_iter().map(FormDraft::of_row).collect::<Result<Vec<_>, _>>()?;
        found.sort_by_key(|draft| (std::cmp::Reverse(draft.changed_at), draft.id));
        Ok(found)
    }

    /// The identifiers of all questionnaires that are drafted, of whatever unit.
    pub fn form_draft_codes(&self) -> Result<Vec<String>, DbError> {
        self.read(|conn| Ok(form_draft::table.select(form_draft::code).distinct().load(conn)?))
    }

    /// One draft; none when it was published or thrown away.
    pub fn form_draft(&self, id: i32) -> Result<Option<FormDraft>, DbError> {
        let found = form_draft::table.find(id).select(Row::as_select());
        let row = self.read(|conn| Ok(found.first(conn).optional()?))?;
        row.map(FormDraft::of_row).transpose()
    }
}

impl Noted {
    /// Begins a draft; its number. One that the same person began of the same, and nobody touched since, is begun already: a second press
    /// leads to it.
    pub fn begin_form_draft(&self, new: NewFormDraft) -> Result<i32, DbError> {
        let content = hash::to_json(&new.content);
        let begin = move |conn: &mut Conn| {
            let of_theirs = form_draft::table
                .filter(form_draft::unit_id.eq(new.unit))
                .filter(form_draft::made_by.eq(&new.by))
                .filter(form_draft::based_on.eq(number(new.based_on)?))
                .filter(form_draft::revision.eq(1));
            let known: Vec<(i32, String)> =
                of_theirs.order(form_draft::id).select((form_draft::id, form_draft::content)).load(conn)?;
            if let Some((id, _)) = known.into_iter().find(|(_, known)| is_same(known, &new)) {
                return Ok((id, false));
            }
            let newest: Option<i32> = form_draft::table.select(diesel::dsl::max(form_draft::id)).get_result(conn)?;
            let (id, at) = (newest.unwrap_or(0) + 1, new.at.timestamp_millis());
            let remarks: Vec<String> = new.remarks.iter().map(|remark| remark.replace(['\n', '\r'], " ")).collect();
            diesel::insert_into(form_draft::table)
                .values((
                    form_draft::id.eq(id),
                    form_draft::unit_id.eq(new.unit),
                    form_draft::code.eq(new.content.id),
                    form_draft::based_on.eq(number(new.based_on)?),
                    form_draft::content.eq(content),
                    form_draft::remarks.eq(remarks.join("\n")),
                    form_draft::revision.eq(1),
                    form_draft::made_by.eq(new.by.clone()),
                    form_draft::made_ms.eq(at),
                    form_draft::changed_by.eq(new.by),
                    form_draft::changed_ms.eq(at),
                ))
                .execute(conn)?;
            Ok((id, true))
        };
        Ok(self.write_if_done(begin, |(_, anew)| *anew)?.0)
    }

    /// Keeps a change of a draft, if it still is of the revision that was looked at. The log gets a row for each person and day, not
    /// for each change: pages keep a draft every few seconds, and the draft itself says who changed it last.
    pub fn keep_form_draft(
        &self,
        id: i32,
        revision: u32,
        content: &Questionnaire,
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<DraftKept, DbError> {
        let (json, code, by, note) = (hash::to_json(content), content.id.clone(), by.to_owned(), self.note.clone());
        self.db.write(move |conn| {
            let Some(before) = stamp(conn, id)? else { return Ok(DraftKept::Gone) };
            if before.revision != revision {
                return Ok(DraftKept::Overtaken { revision: before.revision });
            }
            let known = before.changed_by == by && crate::clock::civil_date(before.at) == crate::clock::civil_date(at);
            diesel::update(form_draft::table.find(id))
                .set((
                    form_draft::code.eq(code),
                    form_draft::content.eq(json),
                    form_draft::revision.eq(number(revision + 1)?),
                    form_draft::changed_by.eq(by),
                    form_draft::changed_ms.eq(at.timestamp_millis()),
                ))
                .execute(conn)?;
            if !known {
                append_if(conn, note.as_ref())?;
            }
            Ok(DraftKept::As(revision + 1))
        })
    }

    /// Takes what is said of the file that a draft was made of off the draft: it was read.
    pub fn clear_draft_remarks(&self, id: i32) -> Result<(), DbError> {
        self.db.write(move |conn| {
            diesel::update(form_draft::table.find(id)).set(form_draft::remarks.eq("")).execute(conn)?;
            Ok(())
        })
    }

    /// Throws a draft away; whether there was one.
    pub fn discard_form_draft(&self, id: i32) -> Result<bool, DbError> {
        let note = self.note.clone();
        self.db.write(move |conn| {
            let gone = diesel::delete(form_draft::table.find(id)).execute(conn)? > 0;
            if gone {
                append_if(conn, note.as_ref())?;
            }
            Ok(gone)
        })
    }

    /// Publishes a draft as a version, if the draft still is of this revision and the version newer than every other, and takes it
    /// off the drafts, in one transaction.
    pub fn publish_form_draft(
        &self,
        id: i32,
        revision: u32,
        version: &Questionnaire,
        on: NaiveDate,
    ) -> Result<DraftPublished, DbError> {
        let new = NewForm::of(version, &content_hash(version), &hash::to_json(version), on)?;
        let note = self.note.clone();
        self.db.write_reference(move |conn| {
            if stamp(conn, id)?.is_none_or(|found| found.revision != revision) {
                return Ok(DraftPublished::Changed);
            }
            if let PublishedOnPage::NotNewer { newest } = new.insert_newer(conn)? {
                return Ok(DraftPublished::NotNewer { newest });
            }
            diesel::delete(form_draft::table.find(id)).execute(conn)?;
            append_if(conn, note.as_ref())?;
            Ok(DraftPublished::New)
        })
    }
}

/// Whether a kept draft asks what a new one does; of one that got its identifier from us the second got the next number.
fn is_same(known: &str, new: &NewFormDraft) -> bool {
    let Ok(known) = hash::from_json(known) else { return false };
    let id = if new.is_named { &new.content.id } else { &known.id };
    Questionnaire { id: id.clone(), ..new.content.clone() } == known
}

/// Who changed a draft last, when, and how often it was kept.
struct Stamp {
    revision: u32,
    changed_by: String,
    at: DateTime<Utc>,
}

fn stamp(conn: &mut Conn, id: i32) -> Result<Option<Stamp>, DbError> {
    let columns = (form_draft::revision, form_draft::changed_by, form_draft::changed_ms);
    let found: Option<(i32, String, i64)> = form_draft::table.find(id).select(columns).first(conn).optional()?;
    Ok(found.map(|(revision, changed_by, ms)| Stamp {
        revision: revision.unsigned_abs(),
        changed_by,
        at: instant::of_ms(ms),
    }))
}

fn number(number: u32) -> Result<i32, DbError> {
    i32::try_from(number).map_err(|_| ContentRefused::VersionTooLarge(number.to_string()).into())
}
