//! The staff pages, behind a sign-in.

pub mod editor;
pub mod entry;
pub mod form_edit;
pub mod forms;
pub mod frame;
pub mod interview;
pub mod keying;
mod keying_page;
pub mod keying_settle;
pub mod notice;
pub mod overview;
pub mod own_password;
pub mod paste;
pub mod person;
pub mod plan_about;
pub mod plan_edit;
pub mod points;
pub mod prints;
mod problem_words;
pub mod set_up;
pub mod sign_in;
pub mod silent;
pub mod slug;
pub mod tickets;
pub mod units;
pub mod users;
pub mod weak;
