//! Demonstration data: the four communes of the plans, their service points, and answer sheets that look like those of
//! people. Everything is seeded; nothing is stored here, the command line does that.
//!
//! `traffic` is the simulator: visitors sent to a server on this machine.
//!
//! Reading order: [`generate()`] (what comes out), `communes` and `points` (where), `frame` (how many sheets, where and
//! when), `calendar` (which days are busy), `rates` (how satisfied people truly are, weak spots included), `model`
//! (how one person answers), `truth` (the rates that the model implies, against which intervals are tested).

mod calendar;
mod comments;
mod communes;
mod frame;
mod generate;
mod model;
mod points;
mod random;
mod rates;
#[cfg(test)]
mod tests;
pub mod traffic;
mod truth;

pub use communes::DemoUnit;
pub use generate::{Demo, DemoSheet, generate};
pub use points::DemoPoint;
pub use rates::{WEAK_SPOTS, WeakSpot};
pub use truth::{TrueRate, Whose, true_field_rates};
