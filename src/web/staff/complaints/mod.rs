//! Complaints and suggestions as staff see them.

pub mod list;
