//! The catalogue of refusals: why something was not done, as a reason that its feature owns, with the class that says how it
//! ends for whoever asked, the word of its kind, and what the log keeps. Words for readers stand at the edge, an exhaustive
//! match a language, so that a reason without words does not compile.

use std::fmt;

use crate::db::DbError;
use crate::secrets::hasher::NotHashed;
use crate::secrets::hex::hex;

/// How a refusal ends for whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// There is nothing here.
    Missing,
    /// It was here and is no more.
    Gone,
    /// Nobody has signed in.
    Unknown,
    /// This person may not.
    Forbidden,
    /// What was asked cannot be read.
    Malformed,
    /// What was sent needs another look.
    Invalid,
    /// It stands against what is there already.
    Conflict,
    /// The address knows other methods.
    WrongMethod,
    /// More bytes than are taken here.
    TooLarge,
    /// Another kind of body is wanted.
    WrongType,
    /// It took too long to arrive.
    TooSlow,
    /// Too often from one place.
    TooMany,
    /// Nothing was stored; come again in a moment.
    Busy,
    /// What the program needs is out of reach for now.
    Unavailable,
    /// A fault of the program.
    Fault,
}

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// No page has this address.
    UnknownAddress,
    /// There is a page, but none of this user's.
    NotYours,
    /// The address takes these methods only, as the header `Allow` lists them.
    WrongMethod {
        /// `GET, HEAD, POST`.
        allowed: &'static str,
    },
    /// The part after `?` cannot be read.
    BadQuery,
    /// A part of the path cannot be read.
    BadPath,
    /// The body is longer than this address takes.
    BodyTooLong {
        /// Bytes taken.
        max: usize,
    },
    /// The body broke off or cannot be read.
    BodyBroken,
    /// The body is of another kind than this address takes.
    WrongType {
        /// The kind it takes.
        wanted: &'static str,
    },
    /// The body is compressed, or encoded otherwise.
    BodyEncoded,
    /// The request took too long.
    TooSlow,
    /// So many bodies are on their way that no more are held.
    TooManyBodies,
    /// The browser says that another site sent this.
    OtherSite,
    /// Nobody has signed in.
    NotSignedIn,
    /// The role may not do this.
    RoleMayNot,
    /// No service point has this code.
    UnknownPoint,
    /// The code is no longer used.
    RetiredPoint {
        /// The code that took its place.
        replaced_by: Option<String>,
    },
    /// The answers are for another questionnaire than the point's.
    OtherForm {
        /// The questionnaire that the point asks, `<id>@<version>`.
        asked: String,
    },
    /// Fields of what was sent need another look.
    Fields,
    /// The attempt was used for other content.
    OtherContent,
    /// The one-time code cannot be used.
    TicketUnusable,
    /// The point has no tablet.
    NoKiosk,
    /// Nothing was left under this reference.
    UnknownReference,
    /// Too many from one place.
    TooMany,
    /// The writer's queue is full.
    Busy,
    /// Too many passwords wait to be hashed.
    PasswordsBusy,
    /// What is kept of a closed period cannot be read; its files can still be taken.
    KeptUnreadable,
    /// The database, whose words are for the log.
    Database(DbError),
    /// Anything else that should not have happened; its cause stands in the log.
    Fault,
}

impl Reason {
    /// How it ends for whoever asked.
    pub fn class(&self) -> Class {
        match self {
            Self::UnknownAddress | Self::NotYours | Self::UnknownPoint | Self::UnknownReference | Self::BadPath => {
                Class::Missing
            }
            Self::RetiredPoint { .. } => Class::Gone,
            Self::NotSignedIn => Class::Unknown,
            Self::OtherSite | Self::RoleMayNot => Class::Forbidden,
            Self::BadQuery | Self::BodyBroken => Class::Malformed,
            Self::OtherForm { .. } | Self::Fields | Self::TicketUnusable | Self::NoKiosk => Class::Invalid,
            Self::OtherContent => Class::Conflict,
            Self::WrongMethod { .. } => Class::WrongMethod,
            Self::BodyTooLong { .. } => Class::TooLarge,
            Self::WrongType { .. } | Self::BodyEncoded => Class::WrongType,
            Self::TooSlow => Class::TooSlow,
            Self::TooMany => Class::TooMany,
            Self::TooManyBodies | Self::Busy | Self::PasswordsBusy | Self::Database(DbError::Busy) => Class::Busy,
            Self::Database(DbError::Unavailable(_) | DbError::Closed) => Class::Unavailable,
            Self::KeptUnreadable | Self::Database(_) | Self::Fault => Class::Fault,
        }
    }

    /// The word of its kind, which programs may rely on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownAddress => "unknown_address",
            Self::NotYours => "not_found",
            Self::WrongMethod { .. } => "wrong_method",
            Self::BadQuery => "bad_query",
            Self::BadPath => "bad_path",
            Self::BodyTooLong { .. } => "body_too_long",
            Self::BodyBroken => "body_broken",
            Self::WrongType { .. } | Self::BodyEncoded => "wrong_type",
            Self::TooSlow => "too_slow",
            Self::OtherSite => "other_site",
            Self::NotSignedIn => "not_signed_in",
            Self::RoleMayNot => "role_may_not",
            Self::UnknownPoint => "unknown_point",
            Self::RetiredPoint { .. } => "retired_point",
            Self::OtherForm { .. } => "other_form",
            Self::Fields => "invalid_fields",
            Self::OtherContent => "other_content",
            Self::TicketUnusable => "ticket_unusable",
            Self::NoKiosk => "no_kiosk",
            Self::UnknownReference => "unknown_reference",
            Self::TooMany => "too_many",
            Self::TooManyBodies | Self::Busy | Self::PasswordsBusy | Self::Database(DbError::Busy) => "busy",
            Self::Database(DbError::Unavailable(_) | DbError::Closed) => "unavailable",
            Self::KeptUnreadable => "kept_unreadable",
            Self::Database(_) | Self::Fault => "fault",
        }
    }

    /// After how many seconds it is worth coming again, where it is.
    pub fn retry_after(&self) -> Option<u32> {
        match self.class() {
            Class::TooMany => Some(300),
            Class::Busy => Some(5),
            Class::Unavailable => Some(10),
            _ => None,
        }
    }
}

/// A refusal on its way to whoever asked. What the log has to know of it was logged when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// Under which the log holds the cause, where there is one.
    pub reference: Option<String>,
}

impl Refusal {
    /// A fault of the program. Its cause goes into the log, under a reference that the page shows.
    pub fn fault(cause: impl fmt::Display) -> Self {
        Self::because(Reason::Fault, cause)
    }

    /// A reason with its cause, which goes into the log, under a reference that the page shows.
    pub fn because(reason: Reason, cause: impl fmt::Display) -> Self {
        Self { reason, reference: Some(logged(&cause)) }
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        let reference = match &reason {
            Reason::Database(error) => Some(logged(error)),
            _ => None,
        };
        Self { reason, reference }
    }
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        Reason::Database(error).into()
    }
}

impl From<NotHashed> for Refusal {
    fn from(error: NotHashed) -> Self {
        match error {
            NotHashed::Busy => Reason::PasswordsBusy.into(),
            NotHashed::Failed => Self::fault(error),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.code())
    }
}

impl std::error::Error for Refusal {}

/// Logs a cause; the reference under which it stands.
fn logged(cause: &impl fmt::Display) -> String {
    let mut bytes = [0; 5];
    // Without random bytes the reference is all zeros: less handy, never wrong.
    let _ = getrandom::fill(&mut bytes);
    let reference = hex(&bytes);
    tracing::error!(reference, cause = %cause, "a request failed");
    reference
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_by_itself_is_worth_coming_again() {
        let damaged = Reason::Database(DbError::Damaged("a tally".into()));
        assert_eq!((damaged.class(), damaged.code(), damaged.retry_after()), (Class::Fault, "fault", None));
        let away = Reason::Database(DbError::Unavailable("disk I/O error".into()));
        assert_eq!((away.class(), away.code(), away.retry_after()), (Class::Unavailable, "unavailable", Some(10)));
        let full = Reason::Database(DbError::Busy);
        assert_eq!((full.class(), full.code(), full.retry_after()), (Class::Busy, "busy", Some(5)));
    }
}
