//! "Hôm nay": where staff begin. What is to be done, by role, and four tiles that say how it stands.

pub mod first_steps;
pub mod page;
mod tasks;
mod tiles;
