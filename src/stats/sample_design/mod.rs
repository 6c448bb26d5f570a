//! Planning a sample: how many, from where, and who.
//!
//! - [`size`]: respondents for a wanted margin, with population, design effect and expected response;
//! - [`power`]: respondents for showing that a target is reached, or that two shares differ;
//! - [`allocation`]: how many from each stratum;
//! - [`selection`]: who is drawn, with what probability: simple random, systematic, proportional to size, in two stages;
//! - [`unequal`]: totals of a sample drawn with unequal probabilities, and their variance.
//!
//! Chance is handed over by the caller as numbers between 0 and 1, so that a selection can be repeated and checked.

pub mod allocation;
pub mod power;
pub mod selection;
pub mod size;
pub mod unequal;
