//! What is done about what citizens say: remedies, dialogues, tasks of the plan.

pub mod dialogues;
pub mod remedies;
pub mod tasks;
