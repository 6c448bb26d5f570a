//! What is printed: QR codes, posters, cards with one-time codes, paper questionnaires, the letter of a report, what is told of it. Pure: bytes
//! and strings out.

mod canvas;
pub mod letter;
pub mod mark;
pub mod paper;
pub mod pdf;
pub mod poster;
pub mod qr;
pub mod raster;
pub mod round_card;
pub mod telling_notice;
pub mod telling_picture;
pub mod ticket;
