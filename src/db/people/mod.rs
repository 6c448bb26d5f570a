//! People: users, keys of programs, sessions, single sign-on, second factor, one-time links, the first start; units and people that
//! were added as one table.

pub(in crate::db) mod api_tokens;
pub(in crate::db) mod first_start;
pub(in crate::db) mod one_time_links;
pub(in crate::db) mod saved_views;
pub(in crate::db) mod second_factor;
pub(in crate::db) mod sessions;
pub(in crate::db) mod single_sign_on;
pub(in crate::db) mod together;
pub(in crate::db) mod users;
