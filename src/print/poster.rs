//! Posters and table cards: a big code, the address to type, who asks, what happens with the answers.
//!
//! The symbol is at least a tenth of the distance from which it is scanned: 100 mm on A4 for one metre, 62 mm on A5,
//! 45 mm on a card for half an arm; it is larger where short names leave room. The margin of four modules stays free of everything. Vietnamese first, English
//! under it; no address is set smaller than 14 pt.

use super::pdf::{
    A4, A5, ACCENT, Align, Colour, Face, GREY, INK, Pdf, PdfError, Role, Sheet, Style, TINT, WHITE, height, mm,
};
use super::qr::{Qr, results_url, scan_url, typed_url};

/// What stands on a poster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Poster<'a> {
    /// Who asks, as in `Ủy ban nhân dân phường Cầu Giấy`.
    pub office: &'a str,
    /// The point's name, as in `Quầy 3: Tư pháp – Hộ tịch`.
    pub point: &'a str,
    /// The address of the server, as in `https://khaosat.example.vn`.
    pub public_url: &'a str,
    /// The point's code.
    pub code: &'a str,
    /// How long answering takes, seconds.
    pub seconds: u32,
    /// A telephone number for questions, if the office names one.
    pub hotline: Option<&'a str>,
}

/// On what a poster is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One A4 sheet a point, read from a metre.
    A4,
    /// One A5 sheet a point.
    A5,
    /// One A4 sheet with four cards of the same point, to be cut into A6.
    Card,
}

/// Measures of a poster; lengths in points, texts in point sizes.
struct Measures {
    size: (f32, f32),
    edge: f32,
    symbol: f32,
    symbol_least: f32,
    office: f32,
    point: f32,
    headline: f32,
    headline_en: f32,
    how: f32,
    address: f32,
    promise: f32,
    small: f32,
    gap: f32,
}

const MEASURES_A4: Measures = Measures {
    size: A4,
    edge: mm(14.0),
    symbol: mm(108.0),
    symbol_least: mm(100.0),
    office: 15.0,
    point: 26.0,
    headline: 35.0,
    headline_en: 18.0,
    how: 14.0,
    address: 24.0,
    promise: 17.0,
    small: 12.0,
    gap: mm(4.8),
};

const MEASURES_A5: Measures = Measures {
    size: A5,
    edge: mm(9.0),
    symbol: mm(70.0),
    symbol_least: mm(62.0),
    office: 11.0,
    point: 18.0,
    headline: 23.0,
    headline_en: 12.5,
    how: 10.0,
    address: 18.0,
    promise: 12.0,
    small: 8.5,
    gap: mm(3.0),
};

const MEASURES_CARD: Measures = Measures {
    size: (A4.0 / 2.0, A4.1 / 2.0),
    edge: mm(7.0),
    symbol: mm(48.0),
    symbol_least: mm(45.0),
    office: 8.0,
    point: 12.0,
    headline: 15.0,
    headline_en: 9.0,
    how: 8.0,
    address: 14.0,
    promise: 9.0,
    small: 7.0,
    gap: mm(1.8),
};

/// The address under a code is never smaller.
const ADDRESS_MIN: f32 = 14.0;

/// One PDF with a sheet for every poster.
pub fn posters(posters: &[Poster<'_>], format: Format) -> Result<Vec<u8>, PdfError> {
    let title = match posters {
        [poster] => format!("Mã QR khảo sát: {}, {}", poster.point, poster.office),
        _ => format!("Mã QR khảo sát: {} điểm", posters.len()),
    };
    let mut pdf = Pdf::new(&title, "vi")?;
    for poster in posters {
        let qr = Qr::of(&scan_url(poster.public_url, poster.code))?;
        match format {
            Format::A4 => pdf.page(A4, poster.point, |sheet| draw(sheet, poster, &qr, &MEASURES_A4, (0.0, 0.0)))?,
            Format::A5 => pdf.page(A5, poster.point, |sheet| draw(sheet, poster, &qr, &MEASURES_A5, (0.0, 0.0)))?,
            Format::Card => pdf.page(A4, poster.point, |sheet| cards(sheet, poster, &qr))?,
        }
    }
    pdf.finish()
}

fn cards(sheet: &mut Sheet<'_, '_>, poster: &Poster<'_>, qr: &Qr) {
    let (width, height) = MEASURES_CARD.size;
    for corner in [(0.0, 0.0), (width, 0.0), (0.0, height), (width, height)] {
        draw(sheet, poster, qr, &MEASURES_CARD, corner);
    }
    sheet.dashes((width, 0.0), (width, A4.1), 0.5, GREY);
    sheet.dashes((0.0, height), (A4.0, height), 0.5, GREY);
}

fn draw(sheet: &mut Sheet<'_, '_>, poster: &Poster<'_>, qr: &Qr, measures: &Measures, corner: (f32, f32)) {
    let Measures { size, edge, gap, .. } = *measures;
    let (left, width) = (corner.0 + edge, size.0 - 2.0 * edge);
    let mut y = corner.1 + edge;

    y = name_plate(sheet, poster, measures, (left, y), width);
    y += gap;
    let mut put = |sheet: &mut Sheet<'_, '_>, role, style: Style<'_>, text: &str| {
        y += sheet.text(role, style, (left, y), width, text);
    };
    let headline = centred(Face::SansBold, measures.headline, ACCENT, "vi");
    put(sheet, Role::Subheading, headline, "Xin Ông/Bà cho ý kiến");
    let headline_en = centred(Face::Sans, measures.headline_en, GREY, "en");
    put(sheet, Role::Paragraph, headline_en, "Please tell us what you think");

    let typed = typed_url(poster.public_url, poster.code);
    let foot = foot_height(sheet, poster, measures, width);
    let bottom = corner.1 + size.1 - edge;

    // The code takes what the texts under it leave.
    let ruler = sheet.ruler();
    let how = centred(Face::Sans, measures.how, INK, "vi");
    let how_en = centred(Face::Sans, measures.how - 1.5, GREY, "en");
    let under = ruler.height(how, width, HOW) + ruler.height(how_en, width, HOW_EN) + gap;
    let under = under + address_lines(sheet, measures, width, &typed).iter().map(|line| height(line.0, 1)).sum::<f32>();
    let modules = qr.side_with_margin() as f32 / qr.side() as f32;
    let symbol = ((bottom - foot - under - y) / modules).clamp(measures.symbol_least, measures.symbol);
    let whole = symbol * modules;
    let code_left = corner.0 + (size.0 - whole) / 2.0;
    sheet.code(qr, (code_left, y), symbol, &format!("Mã QR mở trang khảo sát {typed}"));
    y += whole;

    y += sheet.text(Role::Paragraph, how, (left, y), width, HOW);
    y += sheet.text(Role::Paragraph, how_en, (left, y), width, HOW_EN) + gap * 0.4;
    for (style, line) in address_lines(sheet, measures, width, &typed) {
        y += sheet.text(Role::Paragraph, style, (left, y), width, &line);
    }
    y += gap * 0.6;

    // What is left of the page belongs to the promises; they sit at its foot.
    promises(sheet, poster, measures, (left, (bottom - foot).max(y)), width);
}

/// Who asks and where: white on a dark ground.
fn name_plate(
    sheet: &mut Sheet<'_, '_>,
    poster: &Poster<'_>,
    measures: &Measures,
    (left, top): (f32, f32),
    width: f32,
) -> f32 {
    let inner = width - 2.0 * measures.gap;
    let office_text = poster.office.to_uppercase();
    let office = centred(Face::SansBold, measures.office, WHITE, "vi");
    let office = sheet.ruler().fitted(office, measures.office * 0.7, inner, 2, &office_text);
    let point = centred(Face::SansBold, measures.point, WHITE, "vi");
    let point = sheet.ruler().fitted(point, measures.point * 0.55, inner, 2, poster.point);
    let (office_lines, point_lines) =
        (sheet.ruler().lines(office, inner, &office_text), sheet.ruler().lines(point, inner, poster.point));
    let space = measures.gap * 0.8;
    let between = measures.gap * 0.25;
    let plate = 2.0 * space + height(office, office_lines.len()) + between + height(point, point_lines.len());
    sheet.ground((left, top), (width, plate), measures.gap * 0.7, ACCENT);
    let mut y = top + space;
    y += sheet.text(Role::Paragraph, office, (left + measures.gap, y), inner, &office_text) + between;
    sheet.text(Role::Heading, point, (left + measures.gap, y), inner, poster.point);
    top + plate
}

/// The address on one line, or on two, parted before the code.
fn address_lines(sheet: &Sheet<'_, '_>, measures: &Measures, width: f32, typed: &str) -> Vec<(Style<'static>, String)> {
    let ruler = sheet.ruler();
    let style = centred(Face::SansBold, measures.address, INK, "vi");
    let one = ruler.fitted(style, ADDRESS_MIN, width, 1, typed);
    if ruler.width(one, typed) <= width {
        return vec![(one, typed.to_owned())];
    }
    let (host, path) = typed.split_at(typed.rfind("/s/").unwrap_or(0));
    let style = ruler.fitted(style, ADDRESS_MIN, width, 1, host);
    ruler.lines(style, width, &format!("{host} {path}")).into_iter().map(|line| (style, line)).collect()
}

const HOW: &str = "Quét bằng máy ảnh điện thoại hoặc Zalo, hoặc gõ địa chỉ:";
const HOW_EN: &str = "Scan with your phone, or type this address:";
const NO_PHONE: &str = "Không có điện thoại? Xin phiếu giấy tại đây.";
const WHAT_HAPPENS: &str = "Phiếu không hỏi tên và không ghi ai đã trả lời. Cơ quan dùng kết quả chung để sửa cách phục vụ \
                            và báo cáo.";
const WHAT_HAPPENS_EN: &str = "No phone? Ask for a paper form. The form neither asks nor records who you are. The office uses the combined results to improve \
                               its service and to report on it.";

fn minutes(seconds: u32) -> u32 {
    seconds.div_ceil(60).max(1)
}

/// The texts at the foot with their styles: the promise, then what happens, then the point's code.
fn foot_texts(poster: &Poster<'_>, measures: &Measures) -> Vec<(Style<'static>, String)> {
    let minutes = minutes(poster.seconds);
    let plural = if minutes == 1 { "" } else { "s" };
    let spoken = poster.hotline.map_or_else(String::new, |hotline| format!("Hỏi đáp / Questions: {hotline}   ·   "));
    let results = results_url(poster.public_url);
    vec![
        (
            centred(Face::SansBold, measures.promise, INK, "vi"),
            format!("Không cần đăng nhập, không thu phí, khoảng {minutes} phút"),
        ),
        (
            centred(Face::Sans, measures.small, GREY, "en"),
            format!("No sign-in, no charge, about {minutes} minute{plural}"),
        ),
        (centred(Face::Sans, measures.small, INK, "vi"), format!("{NO_PHONE} {WHAT_HAPPENS}")),
        (centred(Face::Sans, measures.small - 0.5, GREY, "en"), WHAT_HAPPENS_EN.to_owned()),
        (
            centred(Face::Sans, measures.small - 0.5, GREY, "vi"),
            format!("{spoken}Mã điểm / Point: {}   ·   Kết quả / Results: {results}", poster.code),
        ),
    ]
}

fn foot_height(sheet: &Sheet<'_, '_>, poster: &Poster<'_>, measures: &Measures, width: f32) -> f32 {
    let inner = width - 2.0 * measures.gap;
    let texts = foot_texts(poster, measures);
    let heights = texts.iter().map(|(style, text)| sheet.ruler().height(*style, inner, text));
    heights.sum::<f32>() + measures.gap * 2.7
}

fn promises(sheet: &mut Sheet<'_, '_>, poster: &Poster<'_>, measures: &Measures, (left, top): (f32, f32), width: f32) {
    let gap = measures.gap;
    let inner = width - 2.0 * gap;
    let texts = foot_texts(poster, measures);
    let ruler = sheet.ruler();
    let tall = |(style, text): &(Style<'_>, String)| ruler.height(*style, inner, text);
    let plate = texts[..4].iter().map(tall).sum::<f32>() + gap * 2.1;
    sheet.ground((left, top), (width, plate), gap * 0.7, TINT);
    let mut y = top + gap * 0.8;
    for (place, (style, text)) in texts.iter().enumerate() {
        y += match place {
            2 => gap * 0.5,
            4 => gap * 1.4,
            _ => 0.0,
        };
        y += sheet.text(Role::Paragraph, *style, (left + gap, y), inner, text);
    }
}

fn centred(face: Face, size: f32, colour: Colour, language: &'static str) -> Style<'static> {
    Style { face, size, colour, align: Align::Centre, language }
}
