//! Cards with one-time codes for the slip on which a result is handed over: eight on an A4 sheet, to be cut.
//!
//! Each has the code as a QR code and in symbols to type, how long it may be used, and what a citizen wants to know first: that
//! it is free, and that nobody can tell which code came with which answers. The symbol is 32 mm wide, for a phone held
//! at a forearm's length.

use chrono::NaiveDate;

use super::pdf::{A4, ACCENT, Align, Colour, Face, GREY, INK, Pdf, PdfError, Role, Sheet, Style, TINT, height, mm};
use super::qr::{Qr, ticket_url, typed_url};
use crate::survey::code::ticket_in_groups;

/// What all cards of a point share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cards<'a> {
    /// Who asks, as in `Ủy ban nhân dân phường Cầu Giấy`.
    pub office: &'a str,
    /// The point's name.
    pub point: &'a str,
    /// The address of the server.
    pub public_url: &'a str,
    /// The point's code.
    pub code: &'a str,
    /// Last civil day of an answer with one of the codes.
    pub last_day: NaiveDate,
}

const COLUMNS: usize = 2;
const ROWS: usize = 4;
const SIZE: (f32, f32) = (A4.0 / COLUMNS as f32, A4.1 / ROWS as f32);
const EDGE: f32 = mm(5.5);
const SYMBOL: f32 = mm(32.0);

const PROMISE: &str =
    "Trả lời miễn phí, không bắt buộc. Mã chỉ cho biết Ông/Bà đã được phục vụ; không ai biết mã nào đi với phiếu nào.";
const PROMISE_EN: &str =
    "Answering is free and up to you. The code only shows that you were served; it cannot be traced to your answers.";

/// One PDF with a card for every one-time code of `codes`.
pub fn tickets(cards: &Cards<'_>, codes: &[String]) -> Result<Vec<u8>, PdfError> {
    let mut pdf = Pdf::new(&format!("Thẻ mã dùng một lần: {}, {}", cards.point, cards.office), "vi")?;
    for (number, page) in codes.chunks(COLUMNS * ROWS).enumerate() {
        let symbols = page.iter().map(|code| Qr::of(&ticket_url(cards.public_url, cards.code, code)));
        let symbols: Vec<Qr> = symbols.collect::<Result<_, _>>()?;
        pdf.page(A4, &format!("Tờ {}", number + 1), |sheet| {
            for (place, (code, symbol)) in page.iter().zip(&symbols).enumerate() {
                let corner = ((place % COLUMNS) as f32 * SIZE.0, (place / COLUMNS) as f32 * SIZE.1);
                card(sheet, cards, code, symbol, corner);
            }
            for column in 1..COLUMNS {
                let x = column as f32 * SIZE.0;
                sheet.dashes((x, 0.0), (x, A4.1), 0.5, GREY);
            }
            for row in 1..ROWS {
                let y = row as f32 * SIZE.1;
                sheet.dashes((0.0, y), (A4.0, y), 0.5, GREY);
            }
        })?;
    }
    pdf.finish()
}

fn card(sheet: &mut Sheet<'_, '_>, cards: &Cards<'_>, code: &str, symbol: &Qr, corner: (f32, f32)) {
    let (left, width) = (corner.0 + EDGE, SIZE.0 - 2.0 * EDGE);
    let mut y = corner.1 + EDGE;

    let office = style(Face::SansBold, 7.0, GREY, "vi");
    let office_text = cards.office.to_uppercase();
    let office = sheet.ruler().fitted(office, 5.5, width, 1, &office_text);
    y += sheet.text(Role::Paragraph, office, (left, y), width, &office_text);
    let point = sheet.ruler().fitted(style(Face::SansBold, 11.0, ACCENT, "vi"), 7.5, width, 1, cards.point);
    y += sheet.text(Role::Heading, point, (left, y), width, cards.point) + mm(0.8);

    // The code to scan at the left, everything to type at its right.
    let whole = SYMBOL * symbol.side_with_margin() as f32 / symbol.side() as f32;
    let typed = typed_url(cards.public_url, cards.code);
    let printed = ticket_in_groups(code);
    sheet.code(symbol, (left - mm(2.0), y), SYMBOL, &format!("Mã QR mở phiếu khảo sát {typed} với mã {printed}"));
    let (at, room) = (left + whole - mm(0.5), width - whole + mm(0.5));
    let mut right = y + mm(2.2);
    let last = cards.last_day.format("%d/%m/%Y").to_string();
    let lines = [
        (style(Face::SansBold, 9.0, INK, "vi"), "Xin Ông/Bà cho ý kiến".to_owned(), 0.0),
        (style(Face::Sans, 7.0, GREY, "en"), "Please tell us how we served you".to_owned(), 1.0),
        (style(Face::Sans, 7.0, INK, "vi"), "Quét mã; hoặc mở trang sau rồi nhập mã / or type:".to_owned(), 0.4),
        (sheet.ruler().fitted(style(Face::SansBold, 8.5, INK, "vi"), 4.5, room, 1, &typed), typed.clone(), 0.6),
    ];
    for (style, text, space) in lines {
        right += sheet.text(Role::Paragraph, style, (at, right), room, &text) + mm(space);
    }
    let number = sheet.ruler().fitted(style(Face::SansBold, 14.0, INK, "vi"), 10.0, room - mm(3.0), 1, &printed);
    let plate = height(number, 1) + mm(1.6);
    sheet.ground((at, right), (room, plate), mm(1.2), TINT);
    sheet.text(Role::Paragraph, number, (at + mm(1.5), right + mm(0.8)), room - mm(3.0), &printed);
    right += plate + mm(1.0);
    let until = format!("Dùng một lần, đến hết {last} / once, until then");
    right += sheet.text(Role::Paragraph, style(Face::Sans, 7.0, INK, "vi"), (at, right), room, &until);

    y = (y + whole).max(right) + mm(0.4);
    y += sheet.text(Role::Paragraph, style(Face::Sans, 7.4, INK, "vi"), (left, y), width, PROMISE) + mm(0.4);
    sheet.text(Role::Paragraph, style(Face::Sans, 7.0, GREY, "en"), (left, y), width, PROMISE_EN);
}

fn style(face: Face, size: f32, colour: Colour, language: &'static str) -> Style<'static> {
    Style { face, size, colour, align: Align::Left, language }
}
