//! The vocabulary of an answer sheet: series, mode, respondent, key, packed answers, and the tallies they add up to. Pure.

pub mod choice;
pub mod day_sum;
pub mod tally;
