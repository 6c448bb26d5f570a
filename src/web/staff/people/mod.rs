//! Users, keys of programs, addresses that are told of events, and the audit log.

pub mod audit;
pub mod bulk_add;
pub mod person;
pub mod single_sign_on;
pub mod tokens;
pub mod users;
pub mod webhooks;
pub(in crate::web::staff) mod words;
