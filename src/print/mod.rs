//! What is printed for citizens: QR codes, posters, cards with one-time codes, paper questionnaires. Pure: bytes and
//! strings out.

pub mod paper;
pub mod pdf;
pub mod poster;
pub mod qr;
pub mod ticket;
