//! Signs of life of this process, for whoever watches it: lines of the log that were lost, and when each job last did its
//! work. `/metrics` shows them.

mod job_book;
pub mod log_stream;

pub use job_book::{JobBook, JobRecord};
