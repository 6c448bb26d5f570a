//! Why a rule of the data forbids something: one list of reasons a feature, so that whoever is refused can be told which of
//! them it was, in words of their own. The sentences here are for the log and for commands.

use chrono::NaiveDate;

/// Which rule forbids it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Something that is named is not there.
    #[error("it names a unit, point, field or questionnaire that the database does not have")]
    NoSuchReference,
    /// What was added as one table is in use, or is not there any more.
    #[error("what was added as one table is in use or was taken back before; nothing was taken back")]
    TogetherInUse,
    /// A unit.
    #[error(transparent)]
    Unit(#[from] UnitRefused),
    /// A point or its code.
    #[error(transparent)]
    Point(#[from] PointRefused),
    /// A questionnaire or a plan that is to be kept.
    #[error(transparent)]
    Content(#[from] ContentRefused),
    /// An answer sheet.
    #[error(transparent)]
    Sheet(#[from] SheetRefused),
    /// A group of sheets that is not to count, or to count again.
    #[error(transparent)]
    Voiding(#[from] VoidingRefused),
    /// A backup, or the way back.
    #[error(transparent)]
    Backup(#[from] BackupRefused),
    /// The move to another engine.
    #[error(transparent)]
    Transfer(#[from] TransferRefused),
}

/// Why a unit cannot end so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitRefused {
    /// It was to be its own successor.
    #[error("unit `{0}` cannot follow itself")]
    FollowsItself(String),
    /// Its last day lies before its first.
    #[error("unit `{unit}` is valid from {first}; it cannot end before")]
    EndsBeforeItBegan {
        /// Its code.
        unit: String,
        /// Its first day.
        first: NaiveDate,
    },
    /// Sheets were written after its last day.
    #[error("unit `{unit}` has sheets up to {last}; it cannot end before: name that day or a later one")]
    SheetsAfter {
        /// Its code.
        unit: String,
        /// The day of its last sheet.
        last: NaiveDate,
    },
}

/// Why a point cannot be added, or its code replaced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PointRefused {
    /// Somebody has answered at a point that was to be taken back.
    #[error("a point of this batch has answers: retire its points one by one")]
    BatchAnswered,
    /// The questionnaire is not made for a field of it.
    #[error("questionnaire `{form}` does not serve the field `{field}`; it serves {}", .served.join(", "))]
    NotServed {
        /// Questionnaire identifier.
        form: String,
        /// Code of the field.
        field: String,
        /// Codes of the fields that it serves.
        served: Vec<String>,
    },
    /// A field is named twice.
    #[error("the field `{0}` is named twice")]
    FieldTwice(String),
    /// No field is named.
    #[error("a point serves one field at least")]
    NoField,
    /// Another code took the place of this one already.
    #[error("the code {0} was replaced before")]
    CodeReplaced(String),
    /// It takes no answers any more, so that a new code would lead nowhere.
    #[error("the point of the code {code} is retired since {on}; it gets no new code")]
    Retired {
        /// The code that was given.
        code: String,
        /// Its first day without answers.
        on: NaiveDate,
    },
}

/// Why the content of a questionnaire or plan is not kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentRefused {
    /// The text to keep would be read as something else.
    #[error("{what}: the content to keep is not its JSON")]
    NotItsJson {
        /// `questionnaire short@1`, `plan cau-giay-2026`.
        what: String,
    },
    /// The number of the version is beyond the column.
    #[error("questionnaire {0}: the version is too large")]
    VersionTooLarge(String),
}

/// Why a sheet is not stored: what would spoil tallies, or can be kept by one engine only. The edge checks everything else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetRefused {
    /// It has more or fewer answers than its questionnaire asks, or one that means nothing.
    #[error("a sheet of {form} holds {items} answers from 0 to 6, not {found}")]
    Answers {
        /// The questionnaire, `short@1`.
        form: String,
        /// Answers that it asks.
        items: usize,
        /// Answers that came.
        found: usize,
    },
    /// PostgreSQL keeps no such text.
    #[error("a comment holds the character NUL, which PostgreSQL does not keep")]
    Nul,
}

/// Why a group of sheets goes on counting, or stays voided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VoidingRefused {
    /// The first day lies after the last one.
    #[error("the first day lies after the last one; exchange them")]
    DaysReversed,
    /// Answers of the last day may still arrive.
    #[error(
        "the last day is {to}, but answers kept offline may arrive for {open_days} days; days up to {last} can be voided"
    )]
    DaysOpen {
        /// The last day that was asked for.
        to: NaiveDate,
        /// The last day that can be voided.
        last: NaiveDate,
        /// How long answers may arrive.
        open_days: u64,
    },
    /// The reason is no sentence.
    #[error("a reason of at least {least} characters is needed, for people who ask later")]
    NoReason {
        /// Characters.
        least: usize,
    },
    /// The sheets of the first days are gone.
    #[error("sheets of days before {first} are forgotten, only their sums are kept; begin on {first} or later")]
    Forgotten {
        /// The first day whose sheets are all there.
        first: NaiveDate,
    },
    /// They were to count again, but are gone.
    #[error(
        "all sheets of this voiding are of days before {first} and were forgotten meanwhile (RETENTION_MONTHS), so that none can count \
         again; the voiding stays as it is"
    )]
    UndoForgotten {
        /// The first day whose sheets are all there.
        first: NaiveDate,
    },
    /// The figures before and after would tell what these few said.
    #[error(
        "{sheets} sheets would stop counting, and fewer than {least} are never voided: the figures before and after would \
         tell what those few said; take more days"
    )]
    TooFew {
        /// Sheets of the group that count.
        sheets: u64,
        /// The fewest.
        least: u64,
    },
    /// Somebody has undone it before.
    #[error("voiding {0} is undone already")]
    Undone(i32),
}

/// Why a backup is not made or not put in place. Files by their path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackupRefused {
    /// PostgreSQL has a tool for it.
    #[error(
        "a PostgreSQL database is copied by its own tool: run  pg_dump --format=custom --no-owner --file={to} --dbname={url}"
    )]
    PostgresMakesItsOwn {
        /// The file, as one word of a shell.
        to: String,
        /// The address without a password, as one word of a shell.
        url: String,
    },
    /// PostgreSQL has a tool for it.
    #[error(
        "a PostgreSQL database is brought back by its own tool: into an empty database, run  pg_restore --no-owner \
         --exit-on-error --single-transaction --dbname={url} {from}  and then  sipas doctor"
    )]
    PostgresBringsItsOwn {
        /// The address without a password, as one word of a shell.
        url: String,
        /// The file, as one word of a shell.
        from: String,
    },
    /// A backup overwrites nothing.
    #[error("{0} exists already; a backup overwrites nothing")]
    FileExists(String),
    /// A folder was named where a file is meant.
    #[error("{0} is a folder; name a file in it, as in {0}/sipas-2026-03-14.db")]
    IsAFolder(String),
    /// SQLite takes paths in UTF-8.
    #[error("the path of the backup is not UTF-8")]
    PathNotUtf8,
    /// A folder that is not there is not made: a typo makes none.
    #[error("there is no folder {0}")]
    NoFolder(String),
    /// It would be put in its own place.
    #[error("{0} is the database itself")]
    IsTheDatabase(String),
    /// Something would be lost.
    #[error("{0} holds data; with --replace the backup takes its place and it is kept under another name")]
    HoldsData(String),
    /// It is no SQLite file.
    #[error("{0} is no backup: it is no SQLite file")]
    NotSqlite(String),
    /// Its last changes lie in another file.
    #[error(
        "{from} has a write-ahead log beside it, {log}: it is a database in use or one that ended by force, not a backup; \
         make one with `sipas backup`"
    )]
    HasLog {
        /// The file.
        from: String,
        log: String,
    },
    /// It was cut off, or its pages do not hang together.
    #[error(
        "{from} is damaged or was cut off ({words}), and was not put in place; nothing was changed. Carry the backup over anew, or take an \
         older one; both copies of a whole file have one `sha256sum`"
    )]
    Cut {
        /// The file.
        from: String,
        /// What SQLite says of it.
        words: String,
    },
    /// Another program made it.
    #[error("{0} is no database of this program")]
    Foreign(String),
    /// Its tallies are not those of its sheets.
    #[error(
        "{from} is not put in place: {warning}. Copy it, set DATABASE_URL to the copy, run `sipas doctor --rebuild`, and \
         restore that"
    )]
    Unsound {
        /// The file.
        from: String,
        /// What the check-up says.
        warning: String,
    },
    /// The operating system refused, in its own words.
    #[error("{file}: {words}")]
    File {
        /// The file or folder.
        file: String,
        /// What the system said.
        words: String,
    },
}

/// Why nothing is moved from SQLite to PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransferRefused {
    /// Both are SQLite.
    #[error("DATABASE_URL and --to are both SQLite databases; `sipas backup` copies one")]
    BothSqlite,
    /// Both are PostgreSQL.
    #[error("DATABASE_URL and --to are both PostgreSQL; pg_dump and pg_restore copy one")]
    BothPostgres,
    /// It was moved away before.
    #[error(
        "this database was moved to {0} and is kept as it was; set DATABASE_URL to the new place. Only if the move is to be \
         undone and nothing was stored in the new place: `sipas move --unmark`"
    )]
    MovedAway(String),
    /// Something was stored while it was moved: what.
    #[error(
        "something was stored in this database while it was moved: {0}. The copy lacks it, so this database is not marked and stays the \
         one in use; stop whatever runs on it, empty the new database and move again"
    )]
    Meanwhile(String),
    /// The check-up of the copy found something.
    #[error("nothing was moved, because the check-up of the copy says: {0}")]
    Unsound(String),
    /// There is something already.
    #[error(
        "the database to move to is not empty: table {table} holds rows. Give --to an empty database (a server that was \
         started on it once has filled in questionnaires and plans)"
    )]
    NotEmpty {
        /// The first table that holds rows.
        table: String,
    },
}
