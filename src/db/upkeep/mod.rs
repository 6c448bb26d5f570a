//! Backup, check and move of a whole database.

pub(in crate::db) mod backup;
pub(in crate::db) mod doctor;
pub(in crate::db) mod leftovers;
mod postgres_schema;
mod soundness;
pub(in crate::db) mod transfer;
