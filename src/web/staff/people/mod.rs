//! Users, keys of programs, and the audit log.

pub mod audit;
pub mod tokens;
pub mod users;
