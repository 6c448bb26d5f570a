//! One-time links: an invitation, a new password. The database keeps the hash of the secret, never the secret. A link, the letter that
//! carries it and, where it invites, the account are one transaction: whatever fails leaves none of them.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper};

use super::users::{NewUser, Row, StaffUser, insert_user, set_password};
use crate::access::EmailAddress;
use crate::db::audit::{self, Note, append_if};
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::Conn;
use crate::db::engine::schema::{one_time_link, staff_user};
use crate::db::outgoing::outbox::{self, NewLetter};
use crate::db::{Db, DbError, Noted};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// The first password of a new user.
    Invitation,
    /// A new password.
    Reset,
}

/// A link to make.
#[derive(Clone)]
pub struct NewLink {
    pub purpose: LinkPurpose,
    /// Hash of its secret.
    pub hash: [u8; 32],
    /// Now.
    pub at: DateTime<Utc>,
    /// Until when it opens.
    pub expires_at: DateTime<Utc>,
    /// The letter that carries it; none where it is handed over.
    pub letter: Option<NewLetter>,
}

/// An account to add together with the link that opens it first.
#[derive(Clone)]
pub struct Invitation {
    pub user: NewUser,
    pub link: NewLink,
    /// What the audit log keeps of the link, behind what it keeps of the account.
    pub note: Note,
}

impl Coded for LinkPurpose {
    const WHAT: &'static str = "purpose of a link";
    const CODES: &'static [(Self, i16)] = &[(Self::Invitation, 1), (Self::Reset, 2)];
}

impl Db {
    /// The user of a link that still opens, and what it is for.
    pub fn link(&self, hash: &[u8; 32], now: DateTime<Utc>) -> Result<Option<(StaffUser, LinkPurpose)>, DbError> {
        let hash = hash.to_vec();
        self.read(|conn| find(conn, hash, now))
    }

    /// Uses a link up: sets the password, which ends this and every other link and session of the user, in one transaction
    /// with its row in the audit log. None when the link does not open any more; then nothing was changed.
    pub fn use_link(
        &self,
        hash: &[u8; 32],
        now: DateTime<Utc>,
        password_hash: &str,
        note: impl FnOnce(&StaffUser) -> Note + Send + 'static,
    ) -> Result<Option<StaffUser>, DbError> {
        let (hash, password_hash) = (hash.to_vec(), password_hash.to_owned());
        self.write(move |conn| {
            let Some((user, _)) = find(conn, hash, now)? else { return Ok(None) };
            set_password(conn, user.id, &password_hash)?;
            audit::append(conn, &note(&user))?;
            Ok(Some(user))
        })
    }

    /// Forgets links that are over; how many there were.
    pub fn prune_links(&self, now: DateTime<Utc>) -> Result<usize, DbError> {
        let now_ms = now.timestamp_millis();
        self.write(move |conn| {
            Ok(diesel::delete(one_time_link::table.filter(one_time_link::expires_ms.le(now_ms))).execute(conn)?)
        })
    }
}

impl Noted {
    /// Sets where letters to a user go; none for nowhere. Links for a new password that went to the old address end.
    pub fn set_email(&self, user: i32, email: Option<&EmailAddress>) -> Result<(), DbError> {
        let email = email.map(|email| email.as_str().to_owned());
        self.write(move |conn| update_email(conn, user, email.as_deref()))
    }

    /// [`Noted::set_email`] with the letter that tells the address of before, whatever it is by then: `letter` makes it for that address. One
    /// transaction: no change goes untold, and none that was not made is told. Nothing is written where there was no address, or the same.
    pub fn set_email_telling(
        &self,
        user: i32,
        email: Option<&EmailAddress>,
        at: DateTime<Utc>,
        letter: impl FnOnce(String) -> NewLetter + Send + 'static,
    ) -> Result<(), DbError> {
        let email = email.map(|email| email.as_str().to_owned());
        self.write(move |conn| {
            let before: Option<String> = staff_user::table.find(user).select(staff_user::email).first(conn)?;
            update_email(conn, user, email.as_deref())?;
            let Some(before) = before.filter(|before| email.as_ref() != Some(before)) else { return Ok(()) };
            let letter = letter(before);
            if outbox::insert(conn, &letter, at, None)? { Ok(()) } else { Err(DbError::exists("letter", letter.key)) }
        })
    }

    /// Makes a link for a user in place of those made before, and writes its letter. False where a letter of that key was written
    /// before; then nothing was changed.
    pub fn make_link(&self, user: i32, new: &NewLink) -> Result<bool, DbError> {
        let new = new.clone();
        self.write_if_done(move |conn| insert_link(conn, user, &new), |made| *made)
    }

    /// Adds a user and invites them. Their number.
    pub fn invite_user(&self, new: &Invitation) -> Result<i32, DbError> {
        let (new, note) = (new.clone(), self.note.clone());
        self.db.write(move |conn| {
            let id = insert_user(conn, &new.user)?;
            append_if(conn, note.as_ref())?;
            insert_invitation(conn, id, &new)?;
            Ok(id)
        })
    }
}

fn update_email(conn: &mut Conn, user: i32, email: Option<&str>) -> Result<(), DbError> {
    diesel::update(staff_user::table.find(user)).set(staff_user::email.eq(email)).execute(conn)?;
    let resets = one_time_link::table
        .filter(one_time_link::user_id.eq(user))
        .filter(one_time_link::purpose.eq(LinkPurpose::Reset.code()));
    diesel::delete(resets).execute(conn)?;
    Ok(())
}

/// The link of an account just added, its letter and its row in the audit log.
pub(in crate::db) fn insert_invitation(conn: &mut Conn, user: i32, new: &Invitation) -> Result<(), DbError> {
    if !insert_link(conn, user, &new.link)? {
        let key = new.link.letter.as_ref().map_or("", |letter| letter.key.as_str());
        return Err(DbError::exists("letter", key));
    }
    audit::append(conn, &new.note)
}

/// [`Noted::make_link`] on a connection.
fn insert_link(conn: &mut Conn, user: i32, new: &NewLink) -> Result<bool, DbError> {
    if let Some(letter) = &new.letter
        && !outbox::insert(conn, letter, new.at, None)?
    {
        return Ok(false);
    }
    diesel::delete(one_time_link::table.filter(one_time_link::user_id.eq(user))).execute(conn)?;
    diesel::insert_into(one_time_link::table)
        .values((
            one_time_link::hash.eq(new.hash.to_vec()),
            one_time_link::purpose.eq(new.purpose.code()),
            one_time_link::user_id.eq(user),
            one_time_link::expires_ms.eq(new.expires_at.timestamp_millis()),
        ))
        .execute(conn)?;
    Ok(true)
}

fn find(conn: &mut Conn, hash: Vec<u8>, now: DateTime<Utc>) -> Result<Option<(StaffUser, LinkPurpose)>, DbError> {
    let link: Option<(i16, i32, i64)> = one_time_link::table
        .find(hash)
        .select((one_time_link::purpose, one_time_link::user_id, one_time_link::expires_ms))
        .first(conn)
        .optional()?;
    let Some((purpose, user, _)) = link.filter(|link| now.timestamp_millis() < link.2) else { return Ok(None) };
    let row = staff_user::table.find(user).select(Row::as_select()).first(conn)?;
    let user = StaffUser::of_row(row);
    Ok(if user.retired_at.is_some() { None } else { Some((user, LinkPurpose::of_code(purpose)?)) })
}
