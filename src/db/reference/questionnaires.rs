//! Published questionnaires: never changed, hence kept in memory once read.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::NaiveDate;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use crate::db::engine::conn::Conn;
use crate::db::engine::meta;
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::form;
use crate::db::{ContentRefused, Db, DbError, Noted, append_if, day};
use crate::sheet::tally::Layout;
use crate::survey::Questionnaire;

/// A published questionnaire version.
#[derive(Debug)]
pub struct Form {
    /// Its number in the tables.
    pub id: i32,
    /// What it asks.
    pub questionnaire: Questionnaire,
    /// Its shape for tallies.
    pub layout: Layout,
    /// Hash of its content.
    pub hash: String,
    /// Day of publication.
    pub published_on: NaiveDate,
}

/// A published version without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormListed {
    /// Its number in the tables.
    pub id: i32,
    /// Questionnaire identifier.
    pub code: String,
    pub version: u32,
    /// Hash of its content.
    pub hash: String,
    /// Vietnamese title.
    pub title: String,
    /// Day of publication.
    pub published_on: NaiveDate,
}

/// What publishing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// This version is published now.
    New,
    /// It was published before, with this content.
    Same,
}

/// What publishing on a page did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublishedOnPage {
    /// This version is published now.
    New,
    /// A version as high or higher is published already; nothing was changed.
    NotNewer {
        /// The newest version.
        newest: u32,
    },
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = form)]
struct Row {
    id: i32,
    hash: String,
    content: String,
    published_on: i32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = form)]
struct ListedRow {
    id: i32,
    code: String,
    version: i32,
    hash: String,
    title: String,
    published_on: i32,
}

/// Questionnaires by their number.
#[derive(Default)]
pub(in crate::db) struct Cache(RwLock<HashMap<i32, Arc<Form>>>);

impl Cache {
    pub(in crate::db) fn form(&self, conn: &mut Conn, id: i32) -> Result<Arc<Form>, DbError> {
        if let Some(form) = self.in_memory(id) {
            return Ok(form);
        }
        let row: Option<Row> = form::table.find(id).select(Row::as_select()).first(conn).optional()?;
        self.keep(row.ok_or_else(|| unknown(id))?)
    }

    /// Those of some numbers, in their order. What is not in memory is read together.
    fn forms(&self, conn: &mut Conn, ids: &[i32]) -> Result<Vec<Arc<Form>>, DbError> {
        let unread: Vec<i32> = ids.iter().copied().filter(|id| self.in_memory(*id).is_none()).collect();
        let rows: Vec<Row> = in_parts(&unread, |some| {
            Ok(form::table.filter(form::id.eq_any(some)).select(Row::as_select()).order(form::id).load(conn)?)
        })?;
        for row in rows {
            self.keep(row)?;
        }
        ids.iter().map(|id| self.in_memory(*id).ok_or_else(|| unknown(*id))).collect()
    }

    fn in_memory(&self, id: i32) -> Option<Arc<Form>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id).map(Arc::clone)
    }

    fn keep(&self, row: Row) -> Result<Arc<Form>, DbError> {
        let Row { id, hash, content, published_on } = row;
        let questionnaire: Questionnaire = serde_json::from_str(&content)
            .map_err(|error| DbError::Damaged(format!("questionnaire number {id}: {error}")))?;
        let layout = questionnaire.layout();
        let form = Arc::new(Form { id, questionnaire, layout, hash, published_on: day::date_of(published_on) });
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&form));
        Ok(form)
    }
}

fn unknown(id: i32) -> DbError {
    DbError::unknown("questionnaire number", id.to_string())
}

impl Db {
    /// Whether a version of the questionnaire was published on a page, so that the ward keeps it from here on.
    pub fn form_is_kept_on_pages(&self, code: &str) -> Result<bool, DbError> {
        Ok(self.meta(&kept_on_pages(code))?.is_some())
    }

    /// Every published version, by identifier and version.
    pub fn forms(&self) -> Result<Vec<FormListed>, DbError> {
        let rows: Vec<ListedRow> = self.read(|conn| {
            Ok(form::table.select(ListedRow::as_select()).order((form::code, form::version)).load(conn)?)
        })?;
        let listed = rows.into_iter().map(|row| FormListed {
            id: row.id,
            code: row.code,
            version: row.version.unsigned_abs(),
            hash: row.hash,
            title: row.title,
            published_on: day::date_of(row.published_on),
        });
        Ok(listed.collect())
    }

    /// [`Db::forms`] with their content.
    pub fn all_forms(&self) -> Result<Vec<Arc<Form>>, DbError> {
        self.read(|conn| {
            let ids: Vec<i32> = form::table.select(form::id).order((form::code, form::version)).load(conn)?;
            self.inner.forms.forms(conn, &ids)
        })
    }

    /// The newest published version of every questionnaire, by identifier.
    pub fn newest_forms(&self) -> Result<Vec<Arc<Form>>, DbError> {
        self.read(|conn| {
            let mut listed: Vec<(String, i32)> =
                form::table.select((form::code, form::id)).order((form::code, form::version.desc())).load(conn)?;
            listed.dedup_by(|next, newest| next.0 == newest.0);
            let ids: Vec<i32> = listed.into_iter().map(|(_, id)| id).collect();
            self.inner.forms.forms(conn, &ids)
        })
    }

    /// The newest published version of a questionnaire.
    pub fn newest_form(&self, code: &str) -> Result<Option<Arc<Form>>, DbError> {
        self.read(|conn| self.newest_form_on(conn, code))
    }

    /// One published version.
    pub fn form_by_reference(&self, code: &str, version: u32) -> Result<Option<Arc<Form>>, DbError> {
        let Ok(version) = i32::try_from(version) else { return Ok(None) };
        self.read(|conn| {
            let id: Option<i32> = form::table
                .filter(form::code.eq(code))
                .filter(form::version.eq(version))
                .select(form::id)
                .order(form::id)
                .first(conn)
                .optional()?;
            id.map(|id| self.inner.forms.form(conn, id)).transpose()
        })
    }

    /// A published version by its number in the tables.
    pub fn form_by_id(&self, id: i32) -> Result<Arc<Form>, DbError> {
        match self.inner.forms.in_memory(id) {
            // No connection is asked for: on PostgreSQL each is tried before it is given.
            Some(form) => Ok(form),
            None => self.read(|conn| self.inner.forms.form(conn, id)),
        }
    }

    pub(in crate::db) fn newest_form_on(&self, conn: &mut Conn, code: &str) -> Result<Option<Arc<Form>>, DbError> {
        newest_id(conn, code)?.map(|id| self.inner.forms.form(conn, id)).transpose()
    }
}

impl Noted {
    /// Publishes a version. The same content again changes nothing; other content under a published version is
    /// refused.
    pub fn publish(
        &self,
        questionnaire: &Questionnaire,
        hash: &str,
        content_json: &str,
        on: NaiveDate,
    ) -> Result<Published, DbError> {
        let reference = questionnaire.reference();
        let new = NewForm::of(questionnaire, hash, content_json, on)?;
        self.write_reference(move |conn| {
            let known: Option<String> = form::table
                .filter(form::code.eq(&new.code))
                .filter(form::version.eq(new.version))
                .select(form::hash)
                .order(form::id)
                .first(conn)
                .optional()?;
            match known {
                Some(known) if known == new.hash => return Ok(Published::Same),
                Some(_) => return Err(DbError::Changed(reference)),
                None => {}
            }
            new.insert(conn)?;
            Ok(Published::New)
        })
    }

    /// Publishes a version written on a page, if it is newer than every other. From then on the files that seed the
    /// database no longer touch this questionnaire: see [`Db::form_is_kept_on_pages`].
    pub fn publish_on_page(
        &self,
        questionnaire: &Questionnaire,
        hash: &str,
        content_json: &str,
        on: NaiveDate,
    ) -> Result<PublishedOnPage, DbError> {
        let new = NewForm::of(questionnaire, hash, content_json, on)?;
        let note = self.note.clone();
        self.db.write_reference(move |conn| {
            let published = new.insert_newer(conn)?;
            if published == PublishedOnPage::New {
                append_if(conn, note.as_ref())?;
            }
            Ok(published)
        })
    }
}

/// A row to insert.
pub(super) struct NewForm {
    code: String,
    version: i32,
    hash: String,
    title: String,
    content: String,
    published_on: NaiveDate,
}

impl NewForm {
    pub(super) fn of(
        questionnaire: &Questionnaire,
        hash: &str,
        content_json: &str,
        on: NaiveDate,
    ) -> Result<Self, DbError> {
        let reference = questionnaire.reference();
        if serde_json::from_str::<Questionnaire>(content_json).ok().as_ref() != Some(questionnaire) {
            return Err(ContentRefused::NotItsJson { what: format!("questionnaire {reference}") }.into());
        }
        let version = i32::try_from(questionnaire.version).map_err(|_| ContentRefused::VersionTooLarge(reference))?;
        Ok(Self {
            code: questionnaire.id.clone(),
            version,
            hash: hash.to_owned(),
            title: questionnaire.title.in_language("vi").to_owned(),
            content: content_json.to_owned(),
            published_on: on,
        })
    }

    /// Publishes it if it is newer than every other version; from then on it is kept on pages.
    pub(super) fn insert_newer(self, conn: &mut Conn) -> Result<PublishedOnPage, DbError> {
        let newest = form::table.filter(form::code.eq(&self.code)).select(diesel::dsl::max(form::version));
        let newest: Option<i32> = newest.get_result(conn)?;
        if let Some(newest) = newest.filter(|newest| *newest >= self.version) {
            return Ok(PublishedOnPage::NotNewer { newest: newest.unsigned_abs() });
        }
        meta::keep(conn, &kept_on_pages(&self.code), "1")?;
        self.insert(conn)?;
        Ok(PublishedOnPage::New)
    }

    fn insert(self, conn: &mut Conn) -> Result<(), DbError> {
        let newest: Option<i32> = form::table.select(diesel::dsl::max(form::id)).get_result(conn)?;
        diesel::insert_into(form::table)
            .values((
                form::id.eq(newest.unwrap_or(0) + 1),
                form::code.eq(self.code),
                form::version.eq(self.version),
                form::hash.eq(self.hash),
                form::title.eq(self.title),
                form::content.eq(self.content),
                form::published_on.eq(day::day_number(self.published_on)),
            ))
            .execute(conn)?;
        Ok(())
    }
}

/// The fact in `meta` that a questionnaire was published on a page.
fn kept_on_pages(code: &str) -> String {
    format!("form.{code}.on_page")
}

/// The number of the newest version of a questionnaire.
fn newest_id(conn: &mut Conn, code: &str) -> Result<Option<i32>, DbError> {
    let newest = form::table.filter(form::code.eq(code)).select(form::id).order(form::version.desc());
    Ok(newest.first(conn).optional()?)
}
