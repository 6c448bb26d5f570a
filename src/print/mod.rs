//! Codes.
pub mod qr;
