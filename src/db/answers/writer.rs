//! The thread that writes. It takes a job and all that wait behind it, stores them in one transaction, and
//! answers after COMMIT. No timer: while one batch goes to disk, the next gathers by itself.
//!
//! SQLite has one such thread a process, PostgreSQL as many as set; each has a connection and a slot of its own.
//! `store.rs` says what one transaction of answers does; everything else that writes comes as a closure.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use tokio::sync::oneshot;

use super::queue::{Queue, QueueLoad};
use super::sheet::{Stored, Submission};
use super::store;
use crate::db::engine::conn::{Conn, Manager, claim_slot, is_broken, lock_out_other_writers, write_transaction};
use crate::db::engine::open_file::{Found, OpenFile};
use crate::db::engine::place::named;
use crate::db::reference::questionnaires;
use crate::db::{DbError, Sizes};

/// Most sheets that one transaction may take whatever is set: 2 000 × 13 columns stays below SQLite's 32 766 values.
const BATCH_MAX: usize = 2_000;

type Answer = oneshot::Receiver<Result<Stored, DbError>>;

/// Other work, handed the connection.
type Work = Box<dyn FnOnce(&mut Link) + Send>;

enum Job {
    Submit(Submission, oneshot::Sender<Result<Stored, DbError>>),
    Run(Work),
}

/// What the writer of this process did since its start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Transactions of answers that were committed.
    pub batches: u64,
    /// Answers in them, repeats included.
    pub answers: u64,
    /// Answers in the largest of them.
    pub largest: u64,
    /// Transactions of answers that failed.
    pub errors: u64,
}

pub(in crate::db) struct Writer {
    queue: Arc<Queue<Job>>,
    written: Arc<Mutex<Written>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the threads, the first of which owns `conn`, to the SQLite file `file`. A `server` leaves an empty write-ahead log behind.
    pub(in crate::db) fn start(
        manager: &Manager,
        conn: Conn,
        sizes: Sizes,
        forms: &Arc<questionnaires::Cache>,
        file: Option<&Arc<OpenFile>>,
        server: bool,
    ) -> Result<Self, DbError> {
        let queue = Arc::new(Queue::new(sizes.queue_length_max));
        let writer = Self { queue, written: Arc::default(), threads: Mutex::default() };
        let n_writers = if matches!(conn, Conn::Sqlite(_)) { 1 } else { sizes.writers.max(1) };
        let mut opened = Some(conn);
        for number in 0..n_writers {
            let conn = opened.take().map_or_else(|| manager.open(), Ok)?;
            let worker = Worker {
                manager: manager.clone(),
                link: Some(Link::new(conn, file.cloned())?),
                file: file.cloned(),
                forms: Arc::clone(forms),
                written: Arc::clone(&writer.written),
                batch_max: sizes.batch_max.clamp(1, BATCH_MAX),
                server,
            };
            let jobs = Arc::clone(&writer.queue);
            let thread = std::thread::Builder::new().name(format!("db-writer-{number}"));
            let thread = thread.spawn(move || worker.live(&jobs));
            let thread =
                thread.map_err(|error| DbError::Failed(format!("a thread of the writer does not start: {error}")))?;
            writer.threads().push(thread);
        }
        Ok(writer)
    }

    /// None: whatever is to be written is refused as by one that is closed.
    pub(in crate::db) fn none() -> Self {
        let writer = Self { queue: Arc::new(Queue::new(0)), written: Arc::default(), threads: Mutex::default() };
        writer.queue.close();
        writer
    }

    fn threads(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues one submission.
    pub(in crate::db) fn submit(&self, submission: Submission) -> Result<Answer, DbError> {
        let (sender, receiver) = oneshot::channel();
        self.queue.push(Job::Submit(submission, sender))?;
        Ok(receiver)
    }

    /// Runs `work` in one write transaction and waits for COMMIT.
    pub(in crate::db) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, DbError> {
        self.run_in_slot(|conn, _| {
            lock_out_other_writers(conn)?;
            work(conn)
        })
    }

    /// [`Writer::run`] for answers: told the writer's slot, and waiting for nobody who changes other things.
    pub(in crate::db) fn run_in_slot<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn, i16) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, DbError> {
        self.begin(work)?.recv().unwrap_or_else(|_| Err(not_answered()))
    }

    /// [`Writer::run`] for whoever cannot wait longer than `patience`; the work may be done all the same.
    pub(in crate::db) fn run_within<T: Send + 'static>(
        &self,
        patience: Duration,
        work: impl FnOnce(&mut Conn) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, DbError> {
        self.begin(|conn, _| work(conn))?.recv_timeout(patience).unwrap_or_else(|_| Err(not_answered()))
    }

    fn begin<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn, i16) -> Result<T, DbError> + Send + 'static,
    ) -> Result<mpsc::Receiver<Result<T, DbError>>, DbError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.queue.push(Job::Run(Box::new(move |link| {
            // Nobody waits any more when sending fails; the work is done all the same.
            let _ = sender.send(link.write(work));
        })))?;
        Ok(receiver)
    }

    /// Runs `work` outside any transaction and waits for it.
    pub(in crate::db) fn hold(&self, work: impl FnOnce() + Send + 'static) -> Result<(), DbError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.queue.push(Job::Run(Box::new(move |_| {
            work();
            let _ = sender.send(());
        })))?;
        receiver.recv().map_err(|_| not_answered())
    }

    /// Runs `work` when its turn comes; nobody waits for it, and a failure is only logged.
    pub(in crate::db) fn run_later(
        &self,
        what: &'static str,
        work: impl FnOnce(&mut Conn) -> Result<(), DbError> + Send + 'static,
    ) {
        let job = Job::Run(Box::new(move |link| {
            if let Err(error) = link.write(|conn, _| work(conn)) {
                tracing::warn!(%error, "{what} failed");
            }
        }));
        if let Err(error) = self.queue.push(job) {
            tracing::debug!(%error, "{what} was left out");
        }
    }

    pub(in crate::db) fn written(&self) -> Written {
        *self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(in crate::db) fn load(&self) -> QueueLoad {
        self.queue.load()
    }

    /// Closes the queue, waits until it is drained and the threads have ended. A second call does nothing.
    pub(in crate::db) fn close(&self) {
        self.queue.close();
        let threads = std::mem::take(&mut *self.threads());
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the writer ended in a panic");
            }
        }
    }
}

/// Also when opening fails half-way.
impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

/// What a caller is told whose answer was lost on the way. The attempt may be sent again: the ledger knows it.
pub(in crate::db) fn not_answered() -> DbError {
    DbError::Unavailable("the writer gave no answer".into())
}

struct Link {
    conn: Conn,
    slot: i16,
    /// The SQLite file, and the write-ahead log that this connection writes.
    file: Option<(Arc<OpenFile>, Option<Found>)>,
}

impl Link {
    fn new(mut conn: Conn, file: Option<Arc<OpenFile>>) -> Result<Self, DbError> {
        let slot = claim_slot(&mut conn)?;
        let file = file.map(|file| {
            let log = file.log();
            (file, log)
        });
        Ok(Self { conn, slot, file })
    }

    /// Runs `work` in one write transaction. It is taken back where, as it is about to be committed, the file does not stand under its path
    /// any more: what is in no file is not stored.
    fn write<T>(&mut self, work: impl FnOnce(&mut Conn, i16) -> Result<T, DbError>) -> Result<T, DbError> {
        let Self { conn, slot, file } = self;
        let done = write_transaction(conn, |conn| {
            let done = work(conn, *slot)?;
            if let Some((file, log)) = file {
                file.require_there(log.as_ref())?;
            }
            Ok(done)
        });
        // Whoever asked: a full disk and a file that cannot be written are told with their path.
        done.map_err(|error| match file {
            Some((file, _)) => named(file.path(), error),
            None => error,
        })
    }
}

struct Worker {
    manager: Manager,
    link: Option<Link>,
    file: Option<Arc<OpenFile>>,
    forms: Arc<questionnaires::Cache>,
    written: Arc<Mutex<Written>>,
    batch_max: usize,
    server: bool,
}

impl Worker {
    /// Works until the queue is closed and drained, whatever panics on the way: without this thread nothing is stored.
    fn live(mut self, queue: &Queue<Job>) {
        while catch_unwind(AssertUnwindSafe(|| self.work(queue))).is_err() {
            self.link = None;
        }
    }

    fn work(&mut self, queue: &Queue<Job>) {
        while let Some(jobs) = queue.take(self.batch_max, |job| matches!(job, Job::Submit(..))) {
            // A panic must not end the writer: whoever waits is told, and the next job gets a new connection.
            if catch_unwind(AssertUnwindSafe(|| self.answer(jobs))).is_err() {
                tracing::error!("a job of the writer panicked");
                self.link = None;
            }
        }
        self.checkpoint();
    }

    fn answer(&mut self, jobs: Vec<Job>) {
        let mut submissions = Vec::with_capacity(jobs.len());
        let mut senders = Vec::with_capacity(jobs.len());
        for job in jobs {
            match job {
                Job::Submit(submission, sender) => {
                    submissions.push(submission);
                    senders.push(sender);
                }
                Job::Run(work) => match self.link() {
                    Ok(link) => work(link),
                    // Dropping the work drops its sender, which tells whoever waits.
                    Err(error) => tracing::warn!(%error, "a job of the writer was not run"),
                },
            }
        }
        if submissions.is_empty() {
            return;
        }
        let answers = self.store(&submissions);
        for (sender, answer) in senders.into_iter().zip(answers) {
            // The handler may be gone (client hung up); the answer is stored all the same.
            let _ = sender.send(answer);
        }
    }

    /// Stores a batch in one transaction; when that fails, one by one, so that only the bad one is refused.
    fn store(&mut self, submissions: &[Submission]) -> Vec<Result<Stored, DbError>> {
        match self.store_together(submissions) {
            Ok(stored) => stored.into_iter().map(Ok).collect(),
            Err(error) => {
                let lost = self.link.as_mut().is_none_or(|link| is_broken(&mut link.conn));
                let hopeless = matches!(error, DbError::Unavailable(_)) && !lost;
                if hopeless || (submissions.len() == 1 && !lost) || self.link().is_err() {
                    return vec![Err(error); submissions.len()];
                }
                tracing::info!(batch.rows = submissions.len(), %error, "storing a batch one by one");
                // After a lost connection the batch may be stored already; then the ledger answers "before".
                let one_by_one = submissions.iter().map(|submission| {
                    let stored = self.store_together(std::slice::from_ref(submission))?;
                    stored.first().copied().ok_or_else(not_answered)
                });
                one_by_one.collect()
            }
        }
    }

    fn store_together(&mut self, submissions: &[Submission]) -> Result<Vec<Stored>, DbError> {
        let forms = Arc::clone(&self.forms);
        let stored =
            self.link().and_then(|link| link.write(|conn, slot| store::store(conn, slot, &forms, submissions)));
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if stored.is_ok() {
            let answers = submissions.len() as u64;
            written.batches += 1;
            written.answers += answers;
            written.largest = written.largest.max(answers);
        } else {
            written.errors += 1;
        }
        drop(written);
        stored
    }

    /// The connection, opened anew when it was lost.
    fn link(&mut self) -> Result<&mut Link, DbError> {
        let lost = self.link.as_mut().is_none_or(|link| is_broken(&mut link.conn));
        if lost {
            self.link = None;
            // SQLite would make a new file where there is none.
            self.file.as_ref().map_or(Ok(()), |file| file.require_there(None))?;
            let link = Link::new(self.manager.open()?, self.file.clone())?;
            return Ok(self.link.insert(link));
        }
        self.link.as_mut().ok_or_else(not_answered)
    }

    /// Folds the write-ahead log into the file and empties it, so that a copy of the file is whole and the log
    /// does not keep the order of the last answers. A command leaves this to the server, which it would hold up.
    fn checkpoint(&mut self) {
        if self.server
            && let Some(Link { conn: Conn::Sqlite(sqlite), .. }) = &mut self.link
            && let Err(error) = sqlite.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
        {
            tracing::warn!(%error, "the write-ahead log stays beside the database");
        }
    }
}
