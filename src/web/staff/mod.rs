//! The staff pages, behind a sign-in.

pub mod entry;
pub mod frame;
pub mod overview;
pub mod own_password;
pub mod paste;
pub mod person;
pub mod points;
pub mod set_up;
pub mod sign_in;
pub mod silent;
pub mod slug;
pub mod units;
pub mod users;
