//! The citizens' pages: the form of a service point and what follows it. No script, no cookie, no storage.

pub mod form;
pub mod page;
pub mod privacy;
pub mod sheet;
