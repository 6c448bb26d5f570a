//! Charts, all made of one small grammar: a [`scale`] says where a value lies, a [`drawing`] holds marks (bars, lines, areas, dots, words), and a
//! kind of chart says which marks stand for its figures. The marks become SVG on a page and a picture in DOCX and PDF.
//!
//! No script and no `style` attribute (the pages' content security policy forbids both). Every chart says its figures in words to screen readers,
//! and stands beside a table with the same figures. Nothing is told by colour alone: what differs also differs in shape, place, shade or words.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "charts are some hundred units wide, and counts far below 2^53"
)]

pub mod bars;
mod bullet;
pub mod changes;
pub mod dots;
pub mod drawing;
pub mod emf;
pub mod figure;
pub mod funnel;
pub mod heat;
pub mod levels;
pub mod quadrant;
pub mod scale;
pub mod spark;
#[cfg(test)]
mod tests;
pub mod trend;

pub use bullet::{Bullet, Scale, bullet};
pub use drawing::Drawing;
pub use figure::Figure;
