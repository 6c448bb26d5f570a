//! What the program does, the same for page, API, command and timer: figures, targets, closing, files, imports, rounds, seeding.

pub mod closing;
pub mod comments;
pub mod communes;
pub mod complaints;
pub mod explore;
pub mod figures;
pub mod hotline;
pub mod imports;
pub mod issuing;
pub mod report_file;
pub mod rounds;
pub mod samples;
pub mod seeding;
pub mod targets;
pub mod tickets;
pub mod today;
