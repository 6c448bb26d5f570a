//! Passwords hashed for the server: on two threads of their own, in memory that these keep, from a short queue.
//!
//! Argon2id works in 19 MiB. Were they taken anew by whichever thread is free, the allocator would keep a piece of that size for
//! every thread that ever had one, and strangers who try to sign in would fill the machine. As it is they cost 38 MiB and two
//! cores at most, and who comes when the queue is full is told so at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::password::{self, BadPassword, Memory};

/// Passwords hashed at once: each takes a core for tens of milliseconds, and citizens need some too.
const THREADS: usize = 2;
/// Passwords that may wait: about a second's work of two slow cores.
const WAITING_MAX: usize = 32;

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// The threads; they end when this is dropped and the queue is empty.
#[derive(Debug)]
pub struct Hasher {
    queue: SyncSender<Job>,
}

/// Why a password was not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotHashed {
    /// Too many wait already.
    #[error("too many passwords wait to be hashed")]
    Busy,
    /// The hashing itself failed, which it never should.
    #[error("a thread that hashes passwords panicked")]
    Failed,
}

impl Hasher {
    /// Starts the threads; none holds memory before its first password.
    pub fn start() -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel::<Job>(WAITING_MAX);
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 0..THREADS {
            let jobs = Arc::clone(&jobs);
            std::thread::Builder::new().name(format!("passwords-{number}")).spawn(move || work(&jobs))?;
        }
        Ok(Self { queue })
    }

    /// Hashes a new password.
    pub async fn hash(&self, password: String) -> Result<Result<String, BadPassword>, NotHashed> {
        self.run(move |memory| password::hash_in(memory, &password)).await
    }

    /// Whether `password` is the one that was hashed.
    pub async fn verify(&self, password: String, hash: String) -> Result<bool, NotHashed> {
        self.run(move |memory| password::verify_in(memory, &password, &hash)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, NotHashed> {
        let (tell, told) = oneshot::channel();
        let job = move |memory: &mut Memory| {
            // Who asked may have gone while it waited.
            if !tell.is_closed() {
                let _ = tell.send(job(memory));
            }
        };
        self.queue.try_send(Box::new(job)).map_err(|_| NotHashed::Busy)?;
        told.await.map_err(|_| NotHashed::Failed)
    }
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    let mut memory = Memory::default();
    loop {
        // One thread waits for the next job, the other for this lock.
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // Whoever waits for it is told by the channel that it drops; the thread must live on for the others.
        let _ = catch_unwind(AssertUnwindSafe(|| job(&mut memory)));
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::mpsc::channel;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(work)
    }

    #[test]
    fn a_password_is_hashed_and_known_again() {
        let hasher = Hasher::start().expect("threads");
        block_on(async {
            let hash = hasher.hash("một câu dài để nhớ".to_owned()).await.expect("room").expect("a hash");
            assert_eq!(hasher.verify("một câu dài để nhớ".to_owned(), hash.clone()).await, Ok(true));
            assert_eq!(hasher.verify("một câu dài để quên".to_owned(), hash).await, Ok(false));
            assert_eq!(hasher.hash("ngắn".to_owned()).await, Ok(Err(BadPassword::TooShort)));
        });
    }

    #[test]
    fn a_full_queue_says_so_and_has_room_again_once_the_threads_go_on() {
        let hasher = Hasher::start().expect("threads");
        let (has_begun, begun) = channel();
        let (go_on, told) = channel::<()>();
        let told = Arc::new(Mutex::new(told));
        let mut context = Context::from_waker(Waker::noop());
        let mut held = Vec::new();
        for _ in 0..THREADS {
            let (has_begun, told) = (has_begun.clone(), Arc::clone(&told));
            let hold = move |_: &mut Memory| {
                has_begun.send(()).expect("the test waits");
                let _ = told.lock().expect("no panic").recv();
            };
            let mut job = Box::pin(hasher.run(hold));
            assert!(job.as_mut().poll(&mut context).is_pending());
            held.push(job);
        }
        for _ in 0..THREADS {
            begun.recv().expect("a thread took it");
        }
        let mut waiting = Vec::new();
        for _ in 0..WAITING_MAX {
            let mut job = Box::pin(hasher.run(|_| ()));
            assert!(job.as_mut().poll(&mut context).is_pending());
            waiting.push(job);
        }
        assert_eq!(pin!(hasher.run(|_| ())).poll(&mut context), Poll::Ready(Err(NotHashed::Busy)));
        drop(go_on);
        for job in held {
            assert_eq!(block_on(job), Ok(()));
        }
        for job in waiting {
            assert_eq!(block_on(job), Ok(()));
        }
        assert_eq!(block_on(hasher.run(|_| 7)), Ok(7));
    }

    #[test]
    fn a_job_that_panics_takes_no_thread_with_it() {
        let hasher = Hasher::start().expect("threads");
        for _ in 0..2 * THREADS {
            assert_eq!(block_on(hasher.run(|_| -> u8 { panic!("on purpose") })), Err(NotHashed::Failed));
        }
        assert_eq!(block_on(hasher.run(|_| 7)), Ok(7));
    }
}
