//! Fields of service: those that came with the program and a ward's own.

pub mod list;
