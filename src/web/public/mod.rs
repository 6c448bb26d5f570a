//! Pages for everyone beside the form: results, complaints, privacy, pictures of codes, and whether the server lives.

pub mod complaint_case;
pub mod complaint_words;
pub mod complaints;
pub mod front;
pub mod health;
pub mod mark;
pub mod news;
pub mod open_data;
pub mod privacy;
pub mod published;
pub mod qr;
pub mod results;
pub mod screen;
