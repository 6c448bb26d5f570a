//! Files in and out.

pub mod analyse;
pub mod export;
pub mod import;
