//! The citizens' pages: the form of a service point and what follows it. Whole without script, cookie and storage.

pub mod alive;
pub mod audio;
pub mod form;
pub mod page;
pub mod prerendered_form;
pub mod scripts;
pub mod sheet;
pub mod size;
pub mod words;
