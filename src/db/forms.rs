//! Published questionnaires: never changed, hence kept in memory once read.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::NaiveDate;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::conn::Conn;
use super::schema::form;
use super::{Db, DbError, day};
use crate::index::tally::Layout;
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
    /// Version.
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

/// Questionnaires by their number.
#[derive(Default)]
pub(in crate::db) struct Cache(RwLock<HashMap<i32, Arc<Form>>>);

impl Cache {
    pub(in crate::db) fn form(&self, conn: &mut Conn, id: i32) -> Result<Arc<Form>, DbError> {
        if let Some(form) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Ok(Arc::clone(form));
        }
        let row: Option<(String, String, i32)> =
            form::table.find(id).select((form::hash, form::content, form::published_on)).first(conn).optional()?;
        let (hash, content, published_on) =
            row.ok_or_else(|| DbError::unknown("questionnaire number", id.to_string()))?;
        let questionnaire: Questionnaire = serde_json::from_str(&content)
            .map_err(|error| DbError::Damaged(format!("questionnaire number {id}: {error}")))?;
        let layout = Layout::of(&questionnaire);
        let form = Arc::new(Form { id, questionnaire, layout, hash, published_on: day::date_of(published_on) });
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&form));
        Ok(form)
    }
}

impl Db {
    /// Publishes a version. The same content again changes nothing; other content under a published version is
    /// refused.
    pub fn publish(
        &self,
        questionnaire: &Questionnaire,
        hash: &str,
        content_json: &str,
        on: NaiveDate,
    ) -> Result<Published, DbError> {
        let (code, reference) = (questionnaire.id.clone(), questionnaire.reference());
        let title = questionnaire.title.in_language("vi").to_owned();
        let version = i32::try_from(questionnaire.version)
            .map_err(|_| DbError::Refused(format!("questionnaire {reference}: the version is too large")))?;
        let (hash, content) = (hash.to_owned(), content_json.to_owned());
        self.write_reference(move |conn| {
            let known: Option<String> = form::table
                .filter(form::code.eq(&code))
                .filter(form::version.eq(version))
                .select(form::hash)
                .order(form::id)
                .first(conn)
                .optional()?;
            match known {
                Some(known) if known == hash => return Ok(Published::Same),
                Some(_) => return Err(DbError::Changed(reference)),
                None => {}
            }
            let newest: Option<i32> = form::table.select(diesel::dsl::max(form::id)).get_result(conn)?;
            diesel::insert_into(form::table)
                .values((
                    form::id.eq(newest.unwrap_or(0) + 1),
                    form::code.eq(code),
                    form::version.eq(version),
                    form::hash.eq(hash),
                    form::title.eq(title),
                    form::content.eq(content),
                    form::published_on.eq(day::day_number(on)),
                ))
                .execute(conn)?;
            Ok(Published::New)
        })
    }

    /// Every published version, by identifier and version.
    pub fn forms(&self) -> Result<Vec<FormListed>, DbError> {
        let rows: Vec<(i32, String, i32, String, String, i32)> = self.read(|conn| {
            Ok(form::table
                .select((form::id, form::code, form::version, form::hash, form::title, form::published_on))
                .order((form::code, form::version))
                .load(conn)?)
        })?;
        let listed = rows.into_iter().map(|(id, code, version, hash, title, published_on)| FormListed {
            id,
            code,
            version: version.unsigned_abs(),
            hash,
            title,
            published_on: day::date_of(published_on),
        });
        Ok(listed.collect())
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
        self.read(|conn| self.inner.forms.form(conn, id))
    }

    pub(in crate::db) fn newest_form_on(&self, conn: &mut Conn, code: &str) -> Result<Option<Arc<Form>>, DbError> {
        newest_id(conn, code)?.map(|id| self.inner.forms.form(conn, id)).transpose()
    }
}

/// The number of the newest version of a questionnaire.
fn newest_id(conn: &mut Conn, code: &str) -> Result<Option<i32>, DbError> {
    let newest = form::table.filter(form::code.eq(code)).select(form::id).order(form::version.desc());
    Ok(newest.first(conn).optional()?)
}
