//! What is printed: QR codes, posters, cards with one-time codes, paper questionnaires, the letter of a report. Pure: bytes
//! and strings out.

pub mod letter;
pub mod mark;
pub mod paper;
pub mod pdf;
pub mod poster;
pub mod qr;
pub mod raster;
pub mod round_card;
pub mod ticket;
