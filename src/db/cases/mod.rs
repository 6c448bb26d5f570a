//! Complaints and suggestions.

pub(in crate::db) mod complaints;
