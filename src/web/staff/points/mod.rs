//! Service points: list and change, many at once, posters and prints, one-time codes, silence.

pub mod book;
pub mod bulk_add;
pub mod cards;
pub mod change;
pub mod inactive;
pub mod list;
pub mod new;
pub mod prints;
pub mod tickets;
