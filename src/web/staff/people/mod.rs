//! Users, keys of programs, and the audit log.

pub mod audit;
pub mod bulk_add;
pub mod single_sign_on;
pub mod tokens;
pub mod users;
