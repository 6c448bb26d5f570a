//! What staff do with complaints: the inbox, one case, cases of other channels, counts, the ward's rules.

pub mod answer;
pub mod answer_template;
pub mod case;
pub mod counts;
pub mod entry;
pub mod import;
pub mod list;
mod news;
pub mod opened;
pub mod rules;
mod words;
