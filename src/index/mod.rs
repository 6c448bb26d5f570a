//! Tallies, questionnaires, plans and statistics made into indices and verdicts. Pure: nothing is read or written.

pub mod tally;
