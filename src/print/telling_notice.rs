//! The notice of a telling, one A4 sheet to be hung up: the figures at a doorstep, what was mended, where to say more.

use super::pdf::{A4, ACCENT, Align, Colour, Face, GREY, INK, Pdf, PdfError, Role, Sheet, Style, TINT, WHITE, mm};
use super::qr::Qr;
use crate::report::telling::{Facts, Slide, bare_address, slides};

const EDGE: f32 = mm(16.0);
const WIDTH: f32 = A4.0 - 2.0 * EDGE;
const GAP: f32 = mm(4.5);
const CODE: f32 = mm(34.0);
const FOOT: f32 = mm(58.0);
const WARN: Colour = (0x8a, 0x1c, 0x1c);

/// The notice as a PDF.
///
/// # Errors
/// When the address is too long for a code, or a font or a tag is refused.
pub fn telling_notice(facts: &Facts, heading: &str, mended: bool) -> Result<Vec<u8>, PdfError> {
    let qr = Qr::of(&facts.address)?;
    let mut pdf = Pdf::new(&format!("{heading} – {}", facts.unit), "vi")?;
    pdf.page(A4, heading, |sheet| {
        let mut y = plate(sheet, facts, heading);
        let bottom = A4.1 - EDGE - FOOT;
        for slide in slides(facts, mended) {
            let tall = card_height(sheet, &slide);
            // What does not fit stays on the page of results, which the foot names.
            if y + tall > bottom {
                break;
            }
            card(sheet, &slide, y, tall);
            y += tall + GAP;
        }
        foot(sheet, facts, &qr);
    })?;
    pdf.finish()
}

fn style(face: Face, size: f32, colour: Colour) -> Style<'static> {
    Style { face, size, colour, align: Align::Left, language: "vi" }
}

fn plate(sheet: &mut Sheet<'_, '_>, facts: &Facts, heading: &str) -> f32 {
    let inner = WIDTH - 2.0 * GAP;
    let office = Style { align: Align::Centre, ..style(Face::SansBold, 15.0, WHITE) };
    let title = Style { align: Align::Centre, ..style(Face::SansBold, 27.0, WHITE) };
    let title = sheet.ruler().fitted(title, 17.0, inner, 3, heading);
    let unit = facts.unit.to_uppercase();
    let ruler = sheet.ruler();
    let tall = ruler.height(office, inner, &unit) + ruler.height(title, inner, heading) + 2.5 * GAP;
    sheet.ground((EDGE, EDGE), (WIDTH, tall), GAP * 0.7, ACCENT);
    let mut y = EDGE + GAP;
    y += sheet.text(Role::Paragraph, office, (EDGE + GAP, y), inner, &unit) + GAP * 0.4;
    sheet.text(Role::Heading, title, (EDGE + GAP, y), inner, heading);
    let mut y = EDGE + tall + GAP;
    if facts.demo {
        let warn = Style { align: Align::Centre, ..style(Face::SansBold, 13.0, WARN) };
        y += sheet.text(Role::Paragraph, warn, (EDGE, y), WIDTH, "SỐ LIỆU MINH HỌA, KHÔNG PHẢI KẾT QUẢ THẬT")
            + GAP * 0.6;
    }
    y
}

fn big() -> Style<'static> {
    style(Face::SansBold, 19.0, INK)
}

fn small() -> Style<'static> {
    style(Face::Sans, 14.0, INK)
}

const DOT: f32 = mm(3.4);
const DOTS: f32 = mm(10.0);

fn card_height(sheet: &Sheet<'_, '_>, slide: &Slide) -> f32 {
    let (ruler, inner) = (sheet.ruler(), WIDTH - 2.0 * GAP);
    let dots = if slide.ten.is_some() { DOTS } else { 0.0 };
    dots + ruler.height(big(), inner, &slide.big) + ruler.height(small(), inner, &slide.small) + 2.0 * GAP
}

fn card(sheet: &mut Sheet<'_, '_>, slide: &Slide, top: f32, tall: f32) {
    let inner = WIDTH - 2.0 * GAP;
    sheet.ground((EDGE, top), (WIDTH, tall), GAP * 0.5, TINT);
    let mut y = top + GAP;
    if let Some(ten) = slide.ten {
        for place in 0..10_u8 {
            let left = EDGE + GAP + f32::from(place) * (2.0 * DOT + mm(2.0));
            let colour = if place < ten { ACCENT } else { WHITE };
            sheet.ground((left, y), (2.0 * DOT, 2.0 * DOT), DOT, colour);
        }
        y += DOTS;
    }
    y += sheet.text(Role::Subheading, big(), (EDGE + GAP, y), inner, &slide.big);
    sheet.text(Role::Paragraph, small(), (EDGE + GAP, y), inner, &slide.small);
}

fn foot(sheet: &mut Sheet<'_, '_>, facts: &Facts, qr: &Qr) {
    let top = A4.1 - EDGE - FOOT + GAP;
    sheet.rule((EDGE, top), (EDGE + WIDTH, top), 1.0, ACCENT);
    let whole = CODE * qr.side_with_margin() as f32 / qr.side() as f32;
    let address = bare_address(&facts.address);
    sheet.code(qr, (EDGE, top + GAP * 0.4), CODE, &format!("Mã QR mở trang {address}"));
    let (left, width) = (EDGE + whole + GAP, WIDTH - whole - GAP);
    let mut y = top + GAP;
    let mut put = |sheet: &mut Sheet<'_, '_>, of: Style<'static>, text: &str, after: f32| {
        y += sheet.text(Role::Paragraph, of, (left, y), width, text) + after;
    };
    put(
        sheet,
        style(Face::SansBold, 15.0, INK),
        "Ông/Bà quét mã QR để xem kết quả, cho ý kiến, gửi phản ánh, kiến nghị.",
        3.0,
    );
    put(sheet, style(Face::SansBold, 14.0, ACCENT), address, 3.0);
    put(
        sheet,
        style(Face::Sans, 12.0, INK),
        "Không có điện thoại? Xin phiếu giấy tại nơi phục vụ. Phiếu không hỏi tên.",
        3.0,
    );
    if let Some(figures) = &facts.figures {
        put(sheet, style(Face::Sans, 11.0, GREY), &figures.disclaimer, 0.0);
    }
}
