//! How to reach who wrote a complaint, apart from what they wrote.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, TextExpressionMethods};

use super::complaint_rows::{ComplaintKey, Contact};
use crate::db::engine::conn::Conn;
use crate::db::engine::schema::{complaint_contact, outbox};
use crate::db::{Db, DbError, Noted, day};

impl Db {
    /// How to reach who wrote it, for the program itself; staff go by [`Noted::read_contact`].
    pub fn complaint_contact(&self, key: ComplaintKey) -> Result<Option<Contact>, DbError> {
        self.read(|conn| contact_of(conn, key))
    }

    /// Keeps where the citizen wants news of the case; empty for nowhere.
    pub fn set_complaint_news(&self, key: ComplaintKey, news: &str) -> Result<(), DbError> {
        let news = news.to_owned();
        self.write(move |conn| {
            let known = contact_of(conn, key)?;
            let contact = Contact { news, ..known.unwrap_or_default() };
            forget_contact(conn, key)?;
            insert_contact(conn, key, &contact)
        })
    }

    /// Deletes how to reach the citizen, and the addresses of letters that went there.
    pub fn erase_contact(&self, key: ComplaintKey) -> Result<(), DbError> {
        self.write(move |conn| erase(conn, key))
    }
}

impl Noted {
    /// How to reach who wrote it. Who asks stands in the audit log.
    pub fn read_contact(&self, key: ComplaintKey) -> Result<Option<Contact>, DbError> {
        self.write(move |conn| contact_of(conn, key))
    }

    /// [`Db::erase_contact`] by staff, whom the citizen asked.
    pub fn erase_contact_on_request(&self, key: ComplaintKey) -> Result<(), DbError> {
        self.write(move |conn| erase(conn, key))
    }
}

/// How the key of a letter with news of a case begins.
pub fn news_key(key: ComplaintKey) -> String {
    format!("news/{}/{}/", key.unit, key.number())
}

pub(super) fn insert_contact(conn: &mut Conn, key: ComplaintKey, contact: &Contact) -> Result<(), DbError> {
    if *contact == Contact::default() {
        return Ok(());
    }
    diesel::insert_into(complaint_contact::table)
        .values((
            complaint_contact::unit_id.eq(key.unit),
            complaint_contact::day.eq(day::day_number(key.day)),
            complaint_contact::random.eq(key.random),
            complaint_contact::contact.eq(&contact.contact),
            complaint_contact::news.eq(&contact.news),
        ))
        .execute(conn)?;
    Ok(())
}

fn forget_contact(conn: &mut Conn, key: ComplaintKey) -> Result<(), DbError> {
    diesel::delete(complaint_contact::table.find((key.unit, day::day_number(key.day), key.random))).execute(conn)?;
    Ok(())
}

fn erase(conn: &mut Conn, key: ComplaintKey) -> Result<(), DbError> {
    forget_contact(conn, key)?;
    let letters = outbox::table.filter(outbox::key.like(format!("{}%", news_key(key))));
    diesel::delete(letters).execute(conn)?;
    Ok(())
}

pub(super) fn contact_of(conn: &mut Conn, key: ComplaintKey) -> Result<Option<Contact>, DbError> {
    let found: Option<(String, String)> = complaint_contact::table
        .find((key.unit, day::day_number(key.day), key.random))
        .select((complaint_contact::contact, complaint_contact::news))
        .first(conn)
        .optional()?;
    Ok(found.map(|(contact, news)| Contact { contact, news }))
}
