//! What can go wrong in this room, in sentences for whoever runs the program. Nothing of diesel shows outside.

use diesel::result::{DatabaseErrorKind, Error as Diesel};

use super::refused::{
    BackupRefused, ContentRefused, PointRefused, Refused, SheetRefused, TransferRefused, UnitRefused, VoidingRefused,
};

/// Why the database did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// The address of the database cannot be used.
    #[error("{0}")]
    Url(String),
    /// The SQLite file is damaged.
    #[error("{0}")]
    FileDamaged(String),
    /// There is no database file, and this command does not make one.
    #[error("there is no database at {0}; `sipas serve`, `sipas demo` or `sipas migrate` makes one")]
    Missing(String),
    /// A newer program has migrated this database.
    #[error("database is at migration {database}, this program knows none after {program}; install a newer version")]
    TooNew {
        /// Newest migration of the database.
        database: String,
        /// Newest migration of this program.
        program: String,
    },
    /// The database waits for migrations of this program.
    #[error("database is at migration {database}, this program needs {program}; run `sipas migrate`")]
    TooOld {
        /// Newest migration of the database, or `none`.
        database: String,
        /// Newest migration of this program.
        program: String,
    },
    /// Another server holds the SQLite file.
    #[error("another server already serves {0}; stop it first, or give this one a database of its own")]
    ServerRunning(String),
    /// Something with this name exists.
    #[error("{what} `{value}` exists already")]
    Exists {
        /// Kind of thing, as in `unit`.
        what: &'static str,
        /// Its name or code.
        value: String,
    },
    /// Nothing has this name.
    #[error("{what} `{value}` is unknown{}", listed(.what))]
    Unknown {
        /// Kind of thing, as in `unit`.
        what: &'static str,
        /// What was asked for.
        value: String,
    },
    /// A published questionnaire version never changes.
    #[error("questionnaire {0} is published with other content; an edited file must carry a new version")]
    Changed(String),
    /// A rule of the data forbids it.
    #[error(transparent)]
    Refused(Refused),
    /// The queue of the writer is full. Nothing was stored; the same attempt may be sent again.
    #[error("the queue of the writer is full; send again in a moment")]
    Busy,
    /// The database was closed by an orderly shutdown. Nothing was stored.
    #[error("the database is closed because the program is stopping")]
    Closed,
    /// The database cannot be reached or written now.
    #[error("{OUT_OF_REACH}{0}")]
    Unavailable(String),
    /// A stored value does not mean anything to this program.
    #[error("stored data is damaged: {0}; run `sipas doctor`")]
    Damaged(String),
    /// Any other failure, in the words of the database: for the log, never for a page.
    #[error("database refused: {0}")]
    Failed(String),
}

/// The command that lists what there is of a kind.
fn listed(what: &str) -> &'static str {
    match what {
        "unit" => "; `sipas unit list` shows them",
        "user" => "; `sipas user list` shows them",
        "point" => "; `sipas point list` shows them",
        "questionnaire" => "; `sipas form list` shows them",
        "plan" => "; `sipas plan list` shows them",
        _ => "",
    }
}

/// How the sentence about a database out of reach begins.
const OUT_OF_REACH: &str = "database cannot be reached or written now: ";

impl DbError {
    /// The database cannot be reached or written now; the words may be this very sentence, handed on by another part.
    pub fn unreachable(words: impl std::fmt::Display) -> Self {
        let words = words.to_string();
        Self::Unavailable(words.rsplit(OUT_OF_REACH).next().unwrap_or_default().to_owned())
    }

    pub(in crate::db) fn unknown(what: &'static str, value: impl Into<String>) -> Self {
        Self::Unknown { what, value: value.into() }
    }

    pub(in crate::db) fn exists(what: &'static str, value: impl Into<String>) -> Self {
        Self::Exists { what, value: value.into() }
    }
}

/// The reason of a feature is a reason.
macro_rules! reasons {
    ($($reason:ty),* $(,)?) => {
        $(impl From<$reason> for DbError {
            fn from(reason: $reason) -> Self {
                Self::Refused(reason.into())
            }
        })*
    };
}

reasons! {
    UnitRefused, PointRefused, ContentRefused, SheetRefused, VoidingRefused, BackupRefused, TransferRefused,
}

impl From<Diesel> for DbError {
    fn from(error: Diesel) -> Self {
        match error {
            Diesel::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => Self::Refused(Refused::NoSuchReference),
            Diesel::DatabaseError(
                DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::SerializationFailure,
                ref info,
            ) => Self::Unavailable(info.message().to_owned()),
            // SQLite has no kinds for these; its own words are the documented texts of sqlite3_errstr().
            Diesel::DatabaseError(DatabaseErrorKind::Unknown, ref info)
                if ["database is locked", "disk I/O error", "database or disk is full", "readonly database"]
                    .iter()
                    .any(|words| info.message().contains(words)) =>
            {
                let message = info.message();
                let advice = if message.contains("disk is full") {
                    "; make room: a server that runs goes on by itself"
                } else if message.contains("readonly database") {
                    "; nothing can be stored: give the file and its folder to the user of the service, or mount its disk to be written"
                } else {
                    ""
                };
                Self::Unavailable(format!("{message}{advice}"))
            }
            Diesel::BrokenTransactionManager => Self::Unavailable("the connection was lost".into()),
            other => Self::Failed(other.to_string()),
        }
    }
}

impl From<diesel::ConnectionError> for DbError {
    fn from(error: diesel::ConnectionError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// Whether `error` says that a row with this key exists.
pub(in crate::db) fn is_duplicate(error: &Diesel) -> bool {
    matches!(error, Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}
