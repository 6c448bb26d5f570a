//! Reference data: units, fields, questionnaires, plans, points and their codes.

pub(in crate::db) mod fields;
pub(in crate::db) mod form_drafts;
pub(in crate::db) mod marks;
pub(in crate::db) mod plan_book;
pub(in crate::db) mod plans;
pub(in crate::db) mod point_lookup;
pub(in crate::db) mod points;
mod points_asking;
pub(in crate::db) mod questionnaires;
pub(in crate::db) mod successions;
pub(in crate::db) mod tree;
pub(in crate::db) mod units;
