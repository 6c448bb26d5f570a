//! Numbered cards of a survey round: one goes with each sheet to whom it is handed, eight on an A4 sheet, to be cut.

use std::ops::RangeInclusive;

use super::pdf::{A4, ACCENT, Align, Colour, Face, GREY, INK, Pdf, PdfError, Role, Sheet, Style, mm};
use crate::plan::round::printed;

/// What all cards of a round share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundCards<'a> {
    /// Who asks.
    pub office: &'a str,
    /// The round's name.
    pub round: &'a str,
    /// Until when the sheet is wanted back, in words.
    pub until: &'a str,
    /// How many sheets the round has.
    pub of: u32,
}

const COLUMNS: u32 = 2;
const ROWS: u32 = 4;
const SIZE: (f32, f32) = (A4.0 / COLUMNS as f32, A4.1 / ROWS as f32);
const EDGE: f32 = mm(8.0);

const INVITED: &str =
    "Mời Ông/Bà trả lời phiếu khảo sát mang số này. Trả lời không bắt buộc; xin đừng ghi tên lên phiếu.";
const NUMBER: &str = "Số chỉ để đếm phiếu phát ra và thu về, không lưu cùng câu trả lời.";

/// One PDF with a card for every number.
pub fn round_cards(cards: &RoundCards<'_>, numbers: RangeInclusive<u32>) -> Result<Vec<u8>, PdfError> {
    let mut pdf = Pdf::new(&format!("Thẻ khảo sát: {}, {}", cards.round, cards.office), "vi")?;
    let numbers: Vec<u32> = numbers.collect();
    for (page, numbers) in numbers.chunks((COLUMNS * ROWS) as usize).enumerate() {
        pdf.page(A4, &format!("Tờ {}", page + 1), |sheet| {
            for (place, number) in (0..).zip(numbers) {
                let corner = ((place % COLUMNS) as f32 * SIZE.0, (place / COLUMNS) as f32 * SIZE.1);
                card(sheet, cards, *number, corner);
            }
            sheet.dashes((SIZE.0, 0.0), (SIZE.0, A4.1), 0.5, GREY);
            for row in 1..ROWS {
                let y = row as f32 * SIZE.1;
                sheet.dashes((0.0, y), (A4.0, y), 0.5, GREY);
            }
        })?;
    }
    pdf.finish()
}

fn card(sheet: &mut Sheet<'_, '_>, cards: &RoundCards<'_>, number: u32, corner: (f32, f32)) {
    let (left, width) = (corner.0 + EDGE, SIZE.0 - 2.0 * EDGE);
    let mut y = corner.1 + EDGE;
    let office_text = cards.office.to_uppercase();
    let office = sheet.ruler().fitted(style(Face::SansBold, 8.0, GREY), 5.5, width, 1, &office_text);
    y += sheet.text(Role::Paragraph, office, (left, y), width, &office_text) + mm(1.0);
    let round = sheet.ruler().fitted(style(Face::SansBold, 12.0, ACCENT), 8.0, width, 2, cards.round);
    y += sheet.text(Role::Heading, round, (left, y), width, cards.round) + mm(2.0);
    let shown = format!("{}/{}", printed(number), printed(cards.of));
    y += sheet.text(Role::Paragraph, style(Face::SansBold, 24.0, INK), (left, y), width, &shown) + mm(2.0);
    for text in [INVITED, cards.until, NUMBER] {
        y += sheet.text(Role::Paragraph, style(Face::Sans, 9.0, INK), (left, y), width, text) + mm(1.2);
    }
}

fn style(face: Face, size: f32, colour: Colour) -> Style<'static> {
    Style { face, size, colour, align: Align::Left, language: "vi" }
}
