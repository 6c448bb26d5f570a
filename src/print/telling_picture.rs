//! The picture of a telling for Zalo and other places where links are passed on: 1200 × 630, legible on a phone.

use super::canvas::{Canvas, lines, width};
use super::pdf::{ACCENT, Colour, Face, GREY, INK, TINT, WHITE};
use super::qr::Qr;
use crate::report::telling::{Facts, Slide, bare_address, slides};

/// The shape that link previews show.
const SIZE: (usize, usize) = (1200, 630);
const EDGE: f32 = 56.0;
/// The column of the words; the code stands at its right.
const ROOM: f32 = 760.0;
const WARN: Colour = (0x8a, 0x1c, 0x1c);

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The address does not fit a code.
    #[error(transparent)]
    Code(#[from] super::qr::TooLong),
    /// A fault of this program.
    #[error(transparent)]
    Writer(#[from] png::EncodingError),
}

/// The picture as a PNG.
///
/// # Errors
/// When the address is too long for a code, or the writer refuses.
pub fn telling_picture(facts: &Facts, heading: &str, mended: bool) -> Result<Vec<u8>, PictureError> {
    let mut canvas = Canvas::new(SIZE.0, SIZE.1, WHITE);
    let whole = SIZE.0 as f32;
    canvas.ground((0.0, 0.0), (whole, 178.0), 0.0, ACCENT);
    let plate = (Face::SansBold, 30.0);
    canvas.line((EDGE, 30.0), plate, WHITE, &facts.unit.to_uppercase());
    let mut size = 50.0;
    while size > 34.0 && lines((Face::SansBold, size), whole - 2.0 * EDGE, 9, heading).len() > 1 {
        size -= 2.0;
    }
    let title = (Face::SansBold, size);
    let shown = lines(title, whole - 2.0 * EDGE, 2, heading);
    let top = if shown.len() > 1 { 74.0 } else { 84.0 };
    for (place, line) in shown.iter().enumerate() {
        canvas.line((EDGE, top + place as f32 * size * 1.24), title, WHITE, line);
    }

    let mut y = 214.0;
    for slide in slides(facts, mended) {
        // What does not fit stays on the page that the code opens.
        if y + tall(&slide) > 540.0 {
            break;
        }
        y += draw(&mut canvas, &slide, y) + 22.0;
    }
    code(&mut canvas, facts)?;
    let foot = if facts.demo {
        ("SỐ LIỆU MINH HỌA, KHÔNG PHẢI KẾT QUẢ THẬT".to_owned(), WARN)
    } else {
        (foot(facts), GREY)
    };
    for (place, line) in lines((Face::Sans, 22.0), ROOM, 2, &foot.0).iter().enumerate() {
        canvas.line((EDGE, 552.0 + place as f32 * 28.0), (Face::Sans, 22.0), foot.1, line);
    }
    Ok(canvas.png()?)
}

fn foot(facts: &Facts) -> String {
    facts.figures.as_ref().map_or_else(String::new, |figures| figures.disclaimer.clone())
}

/// What is said in a slide: the type, its colour, the most lines, the words. The small words begin with the verdict, which takes one line at
/// most; the figure after it is not cut either unless its title is very long.
fn said(slide: &Slide) -> [((Face, f32), Colour, usize, &str); 2] {
    [((Face::SansBold, 34.0), INK, 2, &slide.big), ((Face::Sans, 25.0), GREY, 3, &slide.small)]
}

/// The height of a row of dots.
const DOTS: f32 = 52.0;

fn tall(slide: &Slide) -> f32 {
    let dots = if slide.ten.is_some() { DOTS } else { 0.0 };
    let words = said(slide).map(|(font, _, most, text)| lines(font, ROOM, most, text).len() as f32 * font.1 * 1.24);
    dots + words.iter().sum::<f32>()
}

/// One slide; its height.
fn draw(canvas: &mut Canvas, slide: &Slide, top: f32) -> f32 {
    let mut y = top;
    if let Some(ten) = slide.ten {
        let step = 44.0;
        for place in 0..10_u8 {
            let colour = if place < ten { ACCENT } else { TINT };
            canvas.dot((EDGE + 18.0 + f32::from(place) * step, y + 20.0), 18.0, colour);
        }
        y += DOTS;
    }
    for (font, colour, most, text) in said(slide) {
        for line in lines(font, ROOM, most, text) {
            canvas.line((EDGE, y), font, colour, &line);
            y += font.1 * 1.24;
        }
    }
    y - top
}

/// The code of the results, with its address under it.
fn code(canvas: &mut Canvas, facts: &Facts) -> Result<(), PictureError> {
    let qr = Qr::of(&facts.address)?;
    let (left, side) = (880.0, 220.0_f32);
    let module = (side / qr.side() as f32).floor();
    let whole = module * qr.side_with_margin() as f32;
    canvas.code(&qr, (left, 214.0), side);
    let font = (Face::SansBold, 22.0);
    let said = "Xem kết quả, cho ý kiến";
    canvas.line((left + (whole - width(font, said)) / 2.0, 214.0 + whole), font, INK, said);
    let mut small = (Face::Sans, 20.0);
    let host = bare_address(&facts.address);
    while small.1 > 12.0 && width(small, host) > 264.0 {
        small.1 -= 1.0;
    }
    canvas.line((left + (whole - width(small, host)) / 2.0, 246.0 + whole), small, GREY, host);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_verdict_stands_whole_in_the_small_words_however_long_the_rest_is() {
        // As the slides say it; tests of `report::telling` hold them to it.
        let verdict = "Chưa đủ người trả lời để nói chắc là đạt hay chưa.";
        let small = format!("{verdict} {}: 78,4%, mức đặt ra 80%.", "Tỷ lệ hài lòng rất dài ".repeat(20));
        let slide = Slide { ten: Some(8), big: "8 trên 10 người hài lòng".to_owned(), small };
        let [_, (font, _, most, words)] = said(&slide);
        let shown = lines(font, ROOM, most, words);
        assert!(shown.len() == most && shown.concat().ends_with('…'), "so long that something is cut: {shown:?}");
        assert!(shown.join(" ").starts_with(verdict), "{shown:?}");
    }
}
