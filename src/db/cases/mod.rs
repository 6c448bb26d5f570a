//! Complaints, remedies, dialogues, tasks, warnings: what citizens say and what is done about it.

pub(in crate::db) mod complaint_rows;
pub(in crate::db) mod complaints;
pub(in crate::db) mod dialogues;
pub(in crate::db) mod plan_tasks;
pub(in crate::db) mod remedies;
pub(in crate::db) mod tellings;
pub(in crate::db) mod warnings;
