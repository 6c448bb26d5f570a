//! Costly work of staff, on threads of its own: figures, reports, report templates, posters. However many ask at once, few are
//! made at a time, at a lower priority than a citizen's page, with few of the connections that read, and the rest waits in
//! turn. Work goes on to its end when who asked has left, so that leaving and asking again does not add to it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::db::DbError;
use crate::error::Refusal;

/// Made at once on a small machine: a long report does not keep a page waiting. Each reads with one of eight connections.
const THREADS_MIN: usize = 2;
/// On a large one: half of the connections that read stay for everything else.
const THREADS_MAX: usize = 4;
/// What may wait; whoever comes then is asked to come again.
const WAITING_MAX: usize = 64;
/// How much less than others these threads want a core (0 to 19): citizens come first.
const NICE: i32 = 10;

type Work = Box<dyn FnOnce() + Send>;

/// The threads; they end when this is dropped and the queue is empty.
#[derive(Debug)]
pub struct Costly {
    queue: SyncSender<Work>,
}

impl Costly {
    /// Starts the threads.
    pub fn start() -> std::io::Result<Self> {
        let (queue, works) = sync_channel::<Work>(WAITING_MAX);
        let works = Arc::new(Mutex::new(works));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        for number in 0..(cores / 2).clamp(THREADS_MIN, THREADS_MAX) {
            let works = Arc::clone(&works);
            std::thread::Builder::new().name(format!("costly-{number}")).spawn(move || go_on(&works))?;
        }
        Ok(Self { queue })
    }

    /// Does `work` when its turn comes.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        let (sender, receiver) = oneshot::channel();
        let work = Box::new(move || {
            let _ = sender.send(work());
        });
        match self.queue.try_send(work) {
            Ok(()) => receiver.await.map_err(|_| Refusal::fault("costly work panicked")),
            Err(TrySendError::Full(_)) => Err(DbError::Busy.into()),
            Err(TrySendError::Disconnected(_)) => Err(Refusal::fault("no thread does costly work")),
        }
    }
}

fn go_on(works: &Mutex<Receiver<Work>>) {
    // On Linux the calling thread only. Where it is refused the work is done all the same.
    let _ = rustix::process::nice(NICE);
    loop {
        let next = works.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        // Dropping the work drops its sender, which tells whoever waits.
        let _ = catch_unwind(AssertUnwindSafe(work));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[actix_web::test]
    async fn few_work_at_once_a_full_queue_says_so_and_a_panic_ends_no_thread() {
        let costly = Arc::new(Costly::start().expect("threads"));
        let (working, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        assert!(costly.run(|| panic!("on purpose")).await.is_err());
        let (free, held) = std::sync::mpsc::channel::<()>();
        let (held, come) = (Arc::new(Mutex::new(held)), Arc::new(AtomicUsize::new(0)));
        let asked: Vec<_> = (0..=WAITING_MAX + THREADS_MAX)
            .map(|_| {
                let (costly, held) = (Arc::clone(&costly), Arc::clone(&held));
                let (working, most, come) = (Arc::clone(&working), Arc::clone(&most), Arc::clone(&come));
                actix_web::rt::spawn(async move {
                    // Counted in the same turn in which it is put into the queue.
                    come.fetch_add(1, Ordering::SeqCst);
                    let work = move || {
                        most.fetch_max(working.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        let _ = held.lock().unwrap_or_else(PoisonError::into_inner).recv();
                        working.fetch_sub(1, Ordering::SeqCst);
                    };
                    costly.run(work).await.is_ok()
                })
            })
            .collect();
        // Every one of them has asked before the first is let go.
        while come.load(Ordering::SeqCst) < WAITING_MAX + THREADS_MAX + 1 {
            actix_web::rt::task::yield_now().await;
        }
        drop(free);
        let mut refused = 0;
        for one in asked {
            refused += usize::from(!one.await.expect("an answer"));
        }
        assert!(refused >= 1, "one more than fits");
        assert!((1..=THREADS_MAX).contains(&most.load(Ordering::SeqCst)));
        assert!(costly.run(|| ()).await.is_ok(), "there is room again");
    }
}
