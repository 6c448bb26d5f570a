//! The staff pages, behind a sign-in.

pub mod account;
pub mod answers;
pub mod bulk;
pub mod comments;
pub mod complaints;
mod days;
pub mod explore;
pub mod fields;
pub mod form;
pub mod help;
pub mod imports;
pub mod layout;
mod pages;
pub mod people;
pub mod periods;
pub mod plans;
pub mod points;
pub mod questionnaires;
pub mod seen;
pub mod session;
pub mod telling;
pub mod today;
pub mod units;
pub mod upload;
pub mod ward;
pub mod warnings;
pub mod work;
