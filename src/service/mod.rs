//! What the program does, the same for page, API, command and timer: figures, targets, closing, files, imports, seeding.

pub mod closing;
pub mod comments;
pub mod communes;
pub mod figures;
pub mod imports;
pub mod report_file;
pub mod seeding;
pub mod targets;
pub mod tickets;
