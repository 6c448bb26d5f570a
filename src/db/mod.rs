//! The only place that names diesel: schema, migrations, the writer, and the questions asked of the data.
//!
//! Everything outside talks to [`Db`]: a cheap handle whose methods block (web handlers call them in
//! `web::block`), except [`Db::submit`], which waits for COMMIT without holding a thread. Reads take a connection
//! from a pool; whatever writes goes through one thread (`answers/writer.rs`), so that within a process nothing waits for
//! a lock. Civil days are [`chrono::NaiveDate`] here, except in [`TallyKey`](crate::sheet::tally::TallyKey).
//!
//! Read next: `answers/writer.rs` (how an answer is stored), `answers/release.rs` (how answers enter figures),
//! `migrations/README.md` (the tables).

pub(in crate::db) mod answers;
pub(in crate::db) mod audit;
pub(in crate::db) mod cases;
pub(in crate::db) mod engine;
mod error;
pub(in crate::db) mod outgoing;
pub(in crate::db) mod people;
pub(in crate::db) mod periods;
pub(in crate::db) mod reference;
mod refused;
pub(in crate::db) mod upkeep;
mod voided_among;

use std::sync::{Arc, OnceLock, RwLock};
use std::time::Duration;

pub use answers::daily_sums::SumReader;
pub use answers::paper_batches::{BATCH_SHEETS_MAX, BatchState, BatchStored, KeyedRow, NewPaperBatch, PaperBatch};
pub use answers::queue::QueueLoad;
pub use answers::rounds::{NewRound, NewRoundOffice, Round, RoundClosed, RoundOffice};
pub use answers::samples::{CellStored, DrawnStored, FrameState, FrameStored, Standing};
pub use answers::shares::Share;
pub use answers::sheet::{Attempt, Comment, Sheet, SheetFilter, Stored};
pub use answers::tallies::TallyFilter;
pub use answers::tickets::{TicketCount, TicketIssue};
pub use answers::voided::VOIDED_FROM_DAYS;
pub use answers::voidings::{NewVoiding, Voiding};
pub use audit::{AuditHead, AuditRow, BrokenRow, Note, Noted, Outcome};
pub use cases::Kept;
pub use cases::complaint_contacts::news_key;
pub use cases::complaint_rows::{Arrival, Complaint, ComplaintKey, ComplaintStep, Contact};
pub use cases::complaints::{EnteredComplaint, complaint_key};
pub use cases::dialogues::Dialogue;
pub use cases::plan_tasks::{TaskStanding, task_key};
pub use cases::remedies::{Remedy, RemedyStands};
pub use cases::tellings::{Telling, TellingDeed, TellingDone, Texts, Told, Wording};
pub use cases::warnings::{WarningKept, WatchKept};
pub use engine::codes::UnitKind;
pub use engine::distribute::{DISTRIBUTED, REFERENCE, distribute, statements};
pub use engine::leader::Lead;
pub use engine::migrate::{HEAD, Migrated, migrate, revert_everything};
pub use engine::replica::FiguresRead;
pub use engine::url::DatabaseUrl;
pub use error::DbError;
pub use outgoing::outbox::{GivenUp, LeasedLetter, LetterChoice, LetterFailed, LetterState, NewLetter, OutboxLoad};
pub use outgoing::webhook_events::{EVENT_WAITS, HookEvent, LeasedEvent, NotTaken, TIME_IN_LAP};
pub use outgoing::webhooks::{DeadEvent, NewWebhook, TOO_MANY, Webhook, WebhookLoad};
pub use people::api_tokens::{NewToken, Token};
pub use people::first_start::{FirstStart, FirstStarted};
pub use people::one_time_links::{Invitation, LinkPurpose, NewLink};
pub use people::saved_views::VIEWS_MAX;
pub use people::sessions::{FirstFactor, NewSession, SessionFound, SessionListed, Stage};
pub use people::single_sign_on::SignOnAccount;
pub use people::together::Together;
pub use people::users::{NewUser, StaffUser};
pub use periods::closings::{Closing, ClosingPart, FILES, NewStep, Step, StepNoted, content_hash};
pub use periods::declared_fields::{Declared, DeclaredField, NewDeclaration};
pub use periods::imports::{ImportFile, ImportKind};
pub use periods::issued::{IssuedReport, NewIssue, NotIssued, NumberTaken};
pub use periods::kept_figures::KeptFigures;
pub use periods::report_templates::{ReportTemplate, of_answers};
pub use periods::report_texts::{ChartRefused, NewText, ReportChart, ReportPart, ReportText, TextsRefused};
pub use reference::fields::{Field, FieldListed};
pub use reference::form_drafts::{DraftKept, DraftPublished, FormDraft, NewFormDraft};
pub use reference::plan_book::PlanBook;
pub use reference::plans::{PlanChanged, PlanStored, plan_content};
pub use reference::point_lookup::{PointFound, PointStatus};
pub use reference::points::{CodeIssued, NewPoint, PointListed, PointsAdded};
pub use reference::questionnaires::{Form, FormListed, Published, PublishedOnPage};
pub use reference::successions::FormerName;
pub use reference::tree::Tree;
pub use reference::units::{NewUnit, Unit};
pub use refused::{
    BackupRefused, ContentRefused, PointRefused, Refused, SheetRefused, TransferRefused, UnitRefused, VoidingRefused,
};
pub use upkeep::backup::{BackedUp, LAST_BACKUP, Restored, restore};
pub use upkeep::doctor::{Checkup, Finding};
pub use upkeep::leftovers::{Surroundings, is_part_of_a_night};
pub use upkeep::transfer::{Moved, Progress, require_not_moved, transfer};

use answers::writer::Writer;
pub use answers::writer::Written;
use engine::conn::{Conn, Manager, Readers};
use engine::lock::ServerLock;
use engine::open_file::OpenFile;
use engine::read_only::Reading;

use crate::secrets::hex::hex;

/// Sizes that tests and the configuration may vary.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Jobs that may wait for the writer; one more is answered [`DbError::Busy`].
    pub queue_length_max: usize,
    /// Sheets in one transaction: 256 × 13 columns stays far below SQLite's 32 766 bound values.
    pub batch_max: usize,
    /// Connections that read.
    pub readers: u32,
    /// Threads that write on PostgreSQL; SQLite always has one.
    pub writers: u32,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { queue_length_max: 1_024, batch_max: 256, readers: 8, writers: 1 }
    }
}

/// A handle on the database; clones share one pool, one writer and the caches.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
    lane: Lane,
}

/// Whose work it is that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    /// Answers', and that of whoever waits for a page.
    Open,
    /// The timer's.
    Jobs,
}

/// Dropped in this order: the writer drains before the lock of the file is given up.
struct Inner {
    url: DatabaseUrl,
    writer: Writer,
    /// What the jobs of a server on PostgreSQL write goes through a thread, a connection and a slot of its own: no answer stands behind it.
    /// SQLite lets one write at a time, whoever it is.
    jobs: OnceLock<Writer>,
    readers: Readers,
    forms: Arc<reference::questionnaires::Cache>,
    points: RwLock<reference::point_lookup::Cache>,
    tree: reference::marks::Kept<Tree>,
    plans: reference::marks::Kept<PlanBook>,
    replica: OnceLock<engine::replica::Replica>,
    /// The file of SQLite as it was when it was opened.
    file: Option<Arc<OpenFile>>,
    _lock: Option<ServerLock>,
}

/// How the database does, for `/health/ready` and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// What waits for the writer.
    pub queue: QueueLoad,
}

impl Db {
    /// Opens an existing, migrated database for a command. It works beside a running server.
    ///
    /// A missing SQLite file is refused, not made; so is a database of another version of the program.
    pub fn open(url: &DatabaseUrl) -> Result<Self, DbError> {
        Self::open_with(url, Sizes::default())
    }

    /// [`Db::open`] for a command that only reads: also where nothing can be written to the SQLite file or beside it.
    pub fn open_to_read(url: &DatabaseUrl) -> Result<Self, DbError> {
        let refused = match Self::open(url) {
            Err(error @ (DbError::Unavailable(_) | DbError::Failed(_))) => error,
            done => return done,
        };
        let Some(reading) = url.file().and_then(Reading::of) else { return Err(refused) };
        let url = DatabaseUrl::reading(reading);
        let start = || {
            let manager = Manager(url.clone());
            engine::migrate::require_head(&mut manager.open()?)?;
            Ok(Self::made(
                &url,
                readers_of(manager, Sizes::default().readers, READER_WAIT),
                Writer::none(),
                Arc::default(),
                (None, None),
            ))
        };
        start().map_err(|error| named(&url, error))
    }

    /// What to tell whoever reads a database that cannot be written, where it was opened as such.
    pub fn only_read(&self) -> Option<String> {
        self.url().only_read().map(Reading::words)
    }

    /// [`Db::open`] with other sizes.
    pub fn open_with(url: &DatabaseUrl, sizes: Sizes) -> Result<Self, DbError> {
        if let Some(path) = url.file() {
            engine::place::require_there(path)?;
        }
        Self::start(url, sizes, None).map_err(|error| named(url, error))
    }

    /// Makes or migrates the database, then opens it for the one server. A second server on the same SQLite file
    /// is refused; the lock ends with the process, however it ends.
    pub fn open_for_server(url: &DatabaseUrl, sizes: Sizes) -> Result<(Self, Migrated), DbError> {
        let mut lock = url.file().map(ServerLock::take).transpose()?;
        if let Some(file) = url.file().filter(|file| engine::lock::has_log(file)) {
            // Said because it tells the operator that the last server was killed; nothing is lost by it.
            tracing::warn!(file = %file.display(), "the last server did not end in order; its write-ahead log is taken up");
        }
        engine::whole::require_whole(url)?;
        let explained = |error| match url.file() {
            Some(file) => engine::place::explained(file, error),
            None => error,
        };
        let migrated = migrate(url).map_err(explained)?;
        if let Some(lock) = &mut lock {
            lock.database_stands();
        }
        let db = Self::start(url, sizes, lock).map_err(explained)?;
        db.require_not_moved()?;
        if url.file().is_none() {
            let manager = Manager(url.clone());
            let conn = manager.open()?;
            let jobs = Writer::start(&manager, conn, Sizes { writers: 1, ..sizes }, &db.inner.forms, None, true)?;
            // Nobody else has this handle yet.
            let _ = db.inner.jobs.set(jobs);
        }
        Ok((db, migrated))
    }

    fn start(url: &DatabaseUrl, sizes: Sizes, lock: Option<ServerLock>) -> Result<Self, DbError> {
        let manager = Manager(url.clone());
        let mut conn = manager.open()?;
        let file = url.file().map(OpenFile::at).transpose()?.map(Arc::new);
        engine::pooler::refuse_pooler(&manager, &mut conn)?;
        engine::migrate::require_head(&mut conn)?;
        let forms = Arc::new(reference::questionnaires::Cache::default());
        let writer = Writer::start(&manager, conn, sizes, &forms, file.as_ref(), lock.is_some())?;
        Ok(Self::made(url, readers_of(manager, sizes.readers, READER_WAIT), writer, forms, (file, lock)))
    }

    /// Opens a replica: nothing can be written through this handle.
    fn open_replica(url: &DatabaseUrl) -> Result<Self, DbError> {
        let manager = Manager(url.clone());
        engine::migrate::require_head(&mut manager.open()?)?;
        let readers = readers_of(manager, Sizes::default().readers, REPLICA_WAIT);
        Ok(Self::made(url, readers, Writer::none(), Arc::default(), (None, None)))
    }

    fn made(
        url: &DatabaseUrl,
        readers: Readers,
        writer: Writer,
        forms: Arc<reference::questionnaires::Cache>,
        (file, lock): (Option<Arc<OpenFile>>, Option<ServerLock>),
    ) -> Self {
        let (jobs, points, tree, plans, replica) = Default::default();
        let url = url.clone();
        let inner = Inner { url, writer, jobs, readers, forms, points, tree, plans, replica, file, _lock: lock };
        Self { inner: Arc::new(inner), lane: Lane::Open }
    }

    /// This handle for what a timer starts: on PostgreSQL a server's answers and its jobs do not stand in one queue.
    #[must_use]
    pub fn for_jobs(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), lane: Lane::Jobs }
    }

    /// Where the database is; shown without a password.
    pub fn url(&self) -> &DatabaseUrl {
        &self.inner.url
    }

    /// Refuses further writes, stores what waits, and on SQLite folds the write-ahead log into the file. Dropping
    /// the last handle does the same.
    pub fn close(&self) {
        self.inner.writer.close();
        if let Some(jobs) = self.inner.jobs.get() {
            jobs.close();
        }
        if let Some(file) = &self.inner.file {
            file.tell_at_the_end();
        }
    }

    /// Refuses a SQLite file that was removed or replaced since it was opened: a new connection would make an empty one in its place, or
    /// read another's.
    fn require_file(&self) -> Result<(), DbError> {
        self.inner.file.as_ref().map_or(Ok(()), |file| file.require_there(None))
    }

    /// What writes for this handle.
    fn writer(&self) -> &Writer {
        match self.lane {
            Lane::Open => &self.inner.writer,
            Lane::Jobs => self.inner.jobs.get().unwrap_or(&self.inner.writer),
        }
    }

    /// Asks the database for a sign of life.
    pub fn health(&self) -> Result<Health, DbError> {
        self.read(|conn| Ok(diesel::RunQueryDsl::execute(diesel::sql_query("SELECT 1"), conn)?))?;
        Ok(Health { queue: self.queue_load() })
    }

    /// Commits a row as answers are committed; an error says that none could be stored now, be it that the writer gives no
    /// answer for `patience`.
    pub fn prove_ready(&self, patience: Duration) -> Result<(), DbError> {
        // Another value each time: SQLite writes no page for a row that stays as it is, and would find no disk full.
        let mark = hex(&random::<32>()?);
        self.inner.writer.run_within(patience, move |conn| engine::meta::keep(conn, "ready", &mark))
    }

    /// What waits for the writer, without asking the database.
    pub fn queue_load(&self) -> QueueLoad {
        self.inner.writer.load()
    }

    /// What the writer did since this handle was opened, for metrics.
    pub fn written(&self) -> Written {
        self.inner.writer.written()
    }

    /// Runs `work` on the writer's thread while everything that writes gathers in the queue. Only for tests.
    #[doc(hidden)]
    pub fn hold_writer(&self, work: impl FnOnce() + Send + 'static) -> Result<(), DbError> {
        self.writer().hold(work)
    }

    fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, DbError>) -> Result<T, DbError> {
        self.require_file()?;
        let mut conn = self.inner.readers.get().map_err(|error| self.named(DbError::unreachable(error)))?;
        work(&mut conn).map_err(|error| self.named(error))
    }

    /// What SQLite says of its file, with the file's path and what to do.
    fn named(&self, error: DbError) -> DbError {
        named(&self.inner.url, error)
    }

    /// Runs `work` in one transaction on the writer's thread and waits for COMMIT.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, DbError> {
        self.writer().run(work).map_err(|error| self.named(error))
    }

    /// [`Db::write`] for what points show: units, fields, questionnaires, points.
    fn write_reference<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, DbError> {
        let done = self.write(work);
        self.forget_points();
        done
    }
}

/// How long a reader waits for a connection, to the database and to a replica, whose work the database takes over.
const READER_WAIT: Duration = Duration::from_secs(5);
const REPLICA_WAIT: Duration = Duration::from_secs(1);

/// Connections that read, opened when they are needed.
fn readers_of(manager: Manager, most: u32, wait: Duration) -> Readers {
    diesel::r2d2::Pool::builder()
        .max_size(most)
        .min_idle(Some(0))
        .test_on_check_out(manager.0.file().is_none())
        .connection_timeout(wait)
        .build_unchecked(manager)
}

/// What SQLite says of the file at `url`, with its path and what to do.
fn named(url: &DatabaseUrl, error: DbError) -> DbError {
    match url.file() {
        Some(file) => engine::place::named(file, error),
        None => error,
    }
}

/// Adds a row to the audit log where there is something to write.
fn append_if(conn: &mut Conn, note: Option<&Note>) -> Result<(), DbError> {
    audit::append_if(conn, note)
}

/// The day number of a civil date as the tables keep it, and back.
mod day {
    pub(in crate::db) use crate::clock::{date_of, day_number};
    use chrono::NaiveDate;

    pub(in crate::db) fn of_option(day: Option<i32>) -> Option<NaiveDate> {
        day.map(date_of)
    }
}

/// Instants as the tables keep them: milliseconds since 1970-01-01 UTC.
mod instant {
    use chrono::{DateTime, Utc};

    pub(in crate::db) fn of_ms(ms: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(ms).unwrap_or_default()
    }
}

/// `N` random bytes of the operating system.
fn random<const N: usize>() -> Result<[u8; N], DbError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| DbError::Failed(format!("no random bytes: {error}")))?;
    Ok(bytes)
}
