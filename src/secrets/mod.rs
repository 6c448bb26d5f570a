//! Secrets: passwords, codes of the second factor, the key of one-time codes, digits of bytes.

pub mod hasher;
pub mod hex;
pub mod password;
pub mod totp;
