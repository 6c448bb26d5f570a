//! Service points: list and change, many at once, posters and prints, one-time codes, silence.

pub mod bulk_add;
pub mod cards;
pub mod inactive;
pub mod list;
pub mod prints;
pub mod tickets;
