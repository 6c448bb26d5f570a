//! Files in and out.

pub mod analyse;
