//! The queue before the writer: bounded, without a timer, with its length and the age of its oldest job.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::db::DbError;

/// What waits for the writer now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueLoad {
    /// Jobs that wait.
    pub length: usize,
    /// How long the oldest of them has waited; zero when none does.
    pub oldest_wait: Duration,
}

pub(in crate::db) struct Queue<Job> {
    state: Mutex<State<Job>>,
    changed: Condvar,
    length_max: usize,
}

struct State<Job> {
    jobs: VecDeque<(Instant, Job)>,
    closed: bool,
}

impl<Job> Queue<Job> {
    pub(in crate::db) fn new(length_max: usize) -> Self {
        let state = State { jobs: VecDeque::with_capacity(length_max.min(1_024)), closed: false };
        Self { state: Mutex::new(state), changed: Condvar::new(), length_max }
    }

    /// Puts `job` at the end, unless the queue is full or closed.
    pub(in crate::db) fn push(&self, job: Job) -> Result<(), DbError> {
        let mut state = self.state();
        if state.closed {
            return Err(DbError::Closed);
        }
        if state.jobs.len() >= self.length_max {
            return Err(DbError::Busy);
        }
        state.jobs.push_back((Instant::now(), job));
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits for a job, then takes it and those behind it that `joins` accepts, at most `jobs_max`. None when the
    /// queue is closed and empty.
    pub(in crate::db) fn take(&self, jobs_max: usize, joins: impl Fn(&Job) -> bool) -> Option<Vec<Job>> {
        let mut state = self.state();
        loop {
            if let Some((_, first)) = state.jobs.pop_front() {
                let mut taken = vec![first];
                if joins(&taken[0]) {
                    while taken.len() < jobs_max && state.jobs.front().is_some_and(|(_, job)| joins(job)) {
                        taken.extend(state.jobs.pop_front().map(|(_, job)| job));
                    }
                }
                return Some(taken);
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Accepts no further job; those that wait are still taken.
    pub(in crate::db) fn close(&self) {
        self.state().closed = true;
        self.changed.notify_all();
    }

    pub(in crate::db) fn load(&self) -> QueueLoad {
        let state = self.state();
        let oldest_wait = state.jobs.front().map_or(Duration::ZERO, |(since, _)| since.elapsed());
        QueueLoad { length: state.jobs.len(), oldest_wait }
    }

    /// No code panics while it holds the lock, so a poisoned lock still guards a whole queue.
    fn state(&self) -> MutexGuard<'_, State<Job>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_refuses_and_a_closed_one_drains() {
        let queue = Queue::new(2);
        assert_eq!((queue.push(1), queue.push(2), queue.push(3)), (Ok(()), Ok(()), Err(DbError::Busy)));
        assert_eq!(queue.load().length, 2);
        queue.close();
        assert_eq!(queue.push(4), Err(DbError::Closed));
        assert_eq!(queue.take(8, |_| true), Some(vec![1, 2]));
        assert_eq!(queue.take(8, |_| true), None);
        assert_eq!(queue.load(), QueueLoad { length: 0, oldest_wait: Duration::ZERO });
    }

    #[test]
    fn only_jobs_that_join_are_taken_together() {
        let queue = Queue::new(8);
        for job in [1, 3, 4, 5, 7, 9] {
            assert_eq!(queue.push(job), Ok(()));
        }
        let odd = |job: &i32| job % 2 == 1;
        let taken: Vec<_> = (0..4).filter_map(|_| queue.take(2, odd)).collect();
        assert_eq!(taken, [vec![1, 3], vec![4], vec![5, 7], vec![9]]);
    }
}
