//! Designed surveys: who stands in the frame, who is drawn from it and with what probability, what became of each number, and with what
//! weight answers stand for the whole frame. Pure: chance comes from a seed.
//!
//! The road of a designed round: a [`frame`], a [`size`], a [`draw`], an [`outcome`] for each number drawn, [`cells`] of ten answered
//! sheets or more, which are all that an answer is known by, then [`weights`], calibrated to [`totals`] where
//! some are known, and an [`estimate`].

#![warn(missing_docs)]

pub mod cells;
pub mod draw;
pub mod estimate;
pub mod frame;
pub mod method;
pub mod outcome;
pub mod result;
pub mod size;
pub mod totals;
pub mod weights;
