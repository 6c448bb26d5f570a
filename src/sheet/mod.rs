//! The vocabulary of an answer sheet: series, mode, respondent, key, packed answers, the tallies they add up to, and the
//! releases in which they enter figures. Pure.

pub mod choice;
pub mod day_sum;
pub mod parts;
pub mod release;
pub mod shape;
pub mod tally;
