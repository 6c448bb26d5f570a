//! The staff pages, behind a sign-in.

pub mod frame;
pub mod overview;
pub mod sign_in;
