//! Signs of life of this process, for whoever watches it: lines of the log that were lost, and when each job last did its
//! work, which `/metrics` shows; when the tablet of a point was last on, which staff see.

mod job_book;
pub mod log_stream;
mod tablets;

pub use job_book::{JobBook, JobRecord};
pub use tablets::{Tablet, Tablets};
