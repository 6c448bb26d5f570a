//! What the program does, the same for page, API, command and timer: figures, targets, closing, files, imports, rounds, seeding.

pub mod change;
pub mod closing;
pub mod comments;
pub mod communes;
pub mod complaints;
pub mod drivers;
pub mod explore;
pub mod figures;
pub mod first_steps;
pub mod form_sheets;
pub mod hotline;
pub mod imports;
pub mod issuing;
pub mod letter;
pub mod overview;
pub mod report_file;
pub mod rounds;
pub mod samples;
pub mod seeding;
pub mod single_sign_on;
pub mod soundness;
pub mod targets;
pub mod telling;
pub mod tickets;
pub mod today;
pub mod warnings;
