//! Work that waits (the database, a password's hash) on the threads that may wait. It is the library's own `block`, but for this:
//! the machinery of a task is compiled once, where three hundred closures of their own type made it a ninth of all the code.

use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::rt::task::{JoinHandle, spawn_blocking};

/// Work in the background broke off: it panicked, as standard error says, or the server is stopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("work in the background broke off: it panicked, as standard error says, or the server is stopping")]
pub struct Broken;

/// Does `work` on a thread that may wait. It begins at once, and is done to its end whether anybody waits for it or not.
///
/// # Errors
///
/// [`Broken`] is what the future gives if the work did not come to its end.
pub fn block<F, R>(work: F) -> Background<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    Background { task: begin(Box::new(move || Box::new(work()))), gives: PhantomData }
}

/// Work in the background, and the kind of thing that it gives.
#[must_use = "what it gives, an error too, is lost where nobody waits for it"]
pub struct Background<R> {
    task: JoinHandle<Given>,
    gives: PhantomData<fn() -> R>,
}

/// What work of any kind gives.
type Given = Box<dyn Any + Send>;

/// Not generic: this is what is to be compiled once.
fn begin(work: Box<dyn FnOnce() -> Given + Send>) -> JoinHandle<Given> {
    spawn_blocking(work)
}

/// Not generic, as [`begin`].
fn wait(task: &mut JoinHandle<Given>, context: &mut Context<'_>) -> Poll<Result<Given, Broken>> {
    Pin::new(task).poll(context).map_err(|_| Broken)
}

impl<R: 'static> Future for Background<R> {
    type Output = Result<R, Broken>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let given = ready!(wait(&mut self.task, context))?;
        // `block` is the only one who makes this, of work that gives an `R`.
        Poll::Ready(given.downcast().map(|given| *given).map_err(|_| Broken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn work_gives_what_it_makes_and_what_breaks_off_says_so() {
        assert_eq!(block(|| 7).await, Ok(7));
        assert_eq!(block(|| Err::<(), _>("no")).await, Ok(Err("no")));
        assert_eq!(block(|| -> i32 { panic!("as a test") }).await, Err(Broken));
    }

    #[actix_web::test]
    async fn work_is_done_though_nobody_waits_for_it() {
        let (told, hears) = std::sync::mpsc::channel();
        drop(block(move || told.send(())));
        let heard = block(move || hears.recv_timeout(std::time::Duration::from_secs(10))).await;
        assert_eq!(heard, Ok(Ok(())));
    }
}
