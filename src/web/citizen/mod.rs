//! The citizens' pages: the form of a service point and what follows it. Whole without script, cookie and storage.

pub mod audio;
pub mod complaint_words;
pub mod complaints;
pub mod form;
pub mod page;
pub mod privacy;
pub mod results;
pub mod scripts;
pub mod sheet;
