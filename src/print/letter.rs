//! A report as PDF in the layout of an administrative document (Decree 30/2020/NĐ-CP, annex I): A4, margins 20 – 15 – 20 – 30 mm,
//! heading in two columns, page numbers at the top from the second page on, signature block.
//!
//! The same content model as the page, the text and the DOCX; nothing is computed here. Tinos has the widths of Times New
//! Roman. A table that goes over a page repeats its headings.

use std::borrow::Cow;

use super::pdf::{A4, Align, Face, GREY, INK, Pdf, PdfError, Role, Ruler, Sheet, Style, TINT, height, mm};
use crate::report::model::{Block, Letter, Report, Row, Table};

const LEFT: f32 = mm(30.0);
const TOP: f32 = mm(20.0);
const WIDTH: f32 = A4.0 - LEFT - mm(15.0);
const BOTTOM: f32 = A4.1 - mm(20.0);
/// The name of the state in 13 pt bold, with a little air.
const RIGHT_OF_HEADING: f32 = mm(103.0);
/// Above and below the text of a cell, and at its sides.
const PAD: f32 = 3.0;
/// More columns than this are set smaller.
const COLUMNS_AT_FULL_SIZE: usize = 6;
/// Room for the signature and the seal.
const SIGNATURE: f32 = mm(28.0);

/// The report as PDF.
///
/// # Errors
/// When a font or a tag is refused: a fault of this program.
pub fn letter(report: &Report) -> Result<Vec<u8>, PdfError> {
    let language = report.language.choose("vi", "en");
    let mut pdf = Pdf::new(&format!("{} – {}", report.title, report.subject), language)?;
    let setter = Setter { report, language };
    let pages = setter.pages(pdf.ruler());
    for (place, pieces) in pages.iter().enumerate() {
        let number = place + 1;
        let entry = format!("{} {number}", report.language.choose("Trang", "Page"));
        pdf.page(A4, &entry, |sheet| {
            if number > 1 {
                let style = Style { align: Align::Centre, ..setter.style(Face::Serif, 13.0) };
                sheet.text(Role::Artifact, style, (LEFT, mm(10.0)), WIDTH, &number.to_string());
            }
            setter.draw(sheet, pieces);
        })?;
    }
    pdf.finish()
}

/// What is not parted over two pages.
#[derive(Clone)]
struct Piece<'a> {
    kind: Kind<'a>,
    /// Air above it, but at the top of a page.
    before: f32,
    height: f32,
    /// Whether it stays on the page of the next.
    keep: bool,
}

#[derive(Clone)]
enum Kind<'a> {
    Head,
    Text {
        role: Role,
        style: Style<'a>,
        text: Cow<'a, str>,
        point: bool,
    },
    /// A row of a table; its headings where there is none.
    Row(&'a Table, Option<&'a Row>),
    Signature,
}

/// A piece and where it begins.
type Placed<'a> = (f32, Piece<'a>);

struct Setter<'a> {
    report: &'a Report,
    language: &'a str,
}

impl<'a> Setter<'a> {
    fn style(&self, face: Face, size: f32) -> Style<'a> {
        Style { face, size, colour: INK, align: Align::Left, language: self.language }
    }

    fn pieces(&self, ruler: Ruler<'_>) -> Vec<Piece<'a>> {
        let report = self.report;
        let centred = |face, size| Style { align: Align::Centre, ..self.style(face, size) };
        let text = |role, style, text: Cow<'a, str>, before: f32, keep| {
            let height = ruler.height(style, WIDTH, &text);
            Piece { kind: Kind::Text { role, style, text, point: false }, before, height, keep }
        };
        let mut pieces = vec![
            Piece { kind: Kind::Head, before: 0.0, height: self.head_height(ruler), keep: true },
            text(Role::Heading, centred(Face::SerifBold, 14.0), report.title.as_str().into(), 18.0, true),
            text(Role::Paragraph, centred(Face::SerifBold, 14.0), report.subject.as_str().into(), 0.0, true),
        ];
        let banners = report.banners.iter();
        pieces.extend(
            banners.map(|line| text(Role::Paragraph, centred(Face::SerifBoldItalic, 12.0), line.into(), 6.0, true)),
        );
        let body = self.style(Face::Serif, 13.0);
        for (place, block) in report.blocks.iter().enumerate() {
            // A sentence stays with the table under it, and the signature does not stand alone.
            let keep = report.blocks.get(place + 1).is_none_or(|next| matches!(next, Block::Table(_)));
            match block {
                Block::Heading(heading) => {
                    let style = self.style(Face::SerifBold, 13.0);
                    pieces.push(text(Role::Subheading, style, heading.numbered().into(), 12.0, true));
                }
                Block::Paragraph(words) => pieces.push(text(Role::Paragraph, body, words.into(), 6.0, keep)),
                Block::Point(words) => {
                    let height = ruler.height(body, WIDTH - INDENT, words);
                    let kind = Kind::Text { role: Role::Paragraph, style: body, text: words.into(), point: true };
                    pieces.push(Piece { kind, before: 4.0, height, keep });
                }
                Block::Table(table) => self.table(ruler, table, &mut pieces),
            }
        }
        pieces.push(Piece { kind: Kind::Signature, before: 24.0, height: self.signature_height(ruler), keep: false });
        pieces
    }

    fn table(&self, ruler: Ruler<'_>, table: &'a Table, pieces: &mut Vec<Piece<'a>>) {
        let style = Style { align: Align::Centre, ..self.style(Face::SerifBold, 12.0) };
        let title = table.title();
        let height = ruler.height(style, WIDTH, &title);
        let kind = Kind::Text { role: Role::Paragraph, style, text: title.into(), point: false };
        pieces.push(Piece { kind, before: 10.0, height, keep: true });
        pieces.push(self.row(ruler, table, None));
        let last = table.rows.len();
        for (place, row) in table.rows.iter().enumerate() {
            let keep = row.group || (place + 1 == last && !table.notes.is_empty());
            pieces.push(Piece { keep, ..self.row(ruler, table, Some(row)) });
        }
        let style = Style { colour: GREY, ..self.style(Face::SerifItalic, 10.5) };
        for note in &table.notes {
            let kind = Kind::Text { role: Role::Paragraph, style, text: note.into(), point: false };
            pieces.push(Piece { kind, before: 3.0, height: ruler.height(style, WIDTH, note), keep: false });
        }
    }

    fn row(&self, ruler: Ruler<'_>, table: &'a Table, row: Option<&'a Row>) -> Piece<'a> {
        let cells = self.cells(table, row);
        let text = cells.iter().map(|cell| ruler.height(cell.style, cell.width - 2.0 * PAD, cell.text));
        let (before, height) = (if row.is_none() { 3.0 } else { 0.0 }, text.fold(0.0, f32::max) + 2.0 * PAD);
        Piece { kind: Kind::Row(table, row), before, height, keep: row.is_none() }
    }

    /// The cells of a row from left to right; the last one spans what is left.
    fn cells(&self, table: &'a Table, row: Option<&'a Row>) -> Vec<Cell<'a>> {
        let size = match table.columns.len() {
            n_columns if n_columns > COLUMNS_AT_FULL_SIZE => 10.0,
            COLUMNS_AT_FULL_SIZE => 10.5,
            _ => 11.5,
        };
        let all: u32 = table.columns.iter().map(|column| column.width).sum::<u32>().max(1);
        let width = |from: usize, to: usize| {
            let own: u32 = table.columns[from..to].iter().map(|column| column.width).sum();
            WIDTH * own as f32 / all as f32
        };
        let n_columns = table.columns.len();
        let Some(row) = row else {
            let style = Style { align: Align::Centre, ..self.style(Face::SerifBold, size) };
            let headings = table.columns.iter().enumerate();
            let cell = |(place, column): (usize, &'a crate::report::model::Column)| Cell {
                text: &column.heading,
                style,
                width: width(place, place + 1),
                spans: 1,
            };
            return headings.map(cell).collect();
        };
        let cells = row.cells.iter().take(n_columns).enumerate().map(|(place, content)| {
            let end = if place + 1 == row.cells.len() { n_columns } else { place + 1 };
            let figures = table.columns[place].figures && end == place + 1;
            let face = if row.group { Face::SerifBold } else { Face::Serif };
            let align = if figures { Align::Right } else { Align::Left };
            let style = Style { align, ..self.style(face, size) };
            Cell { text: content.text(), style, width: width(place, end), spans: end - place }
        });
        cells.collect()
    }

    /// All pages with their pieces in place.
    fn pages(&self, ruler: Ruler<'_>) -> Vec<Vec<Placed<'a>>> {
        let pieces = self.pieces(ruler);
        let mut pages: Vec<Vec<Placed<'a>>> = vec![Vec::new()];
        let mut y = TOP;
        for (place, piece) in pieces.iter().enumerate() {
            let ahead = &pieces[place + 1..];
            let kept = pieces[place..].iter().zip(ahead).take_while(|(piece, _)| piece.keep);
            let together: f32 = piece.height + kept.map(|(_, next)| next.before + next.height).sum::<f32>();
            let page_has_text = pages.last().is_some_and(|page| !page.is_empty());
            // What is kept together but longer than a page is parted all the same.
            let needed = if together > BOTTOM - TOP { piece.height } else { together };
            if page_has_text && y + piece.before + needed > BOTTOM {
                pages.push(Vec::new());
                y = TOP;
                if let Kind::Row(table, Some(_)) = piece.kind {
                    let headings = self.row(ruler, table, None);
                    pages.last_mut().into_iter().for_each(|page| page.push((y, headings.clone())));
                    y += headings.height;
                }
            } else if page_has_text {
                y += piece.before;
            }
            pages.last_mut().into_iter().for_each(|page| page.push((y, piece.clone())));
            y += piece.height;
        }
        pages
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>, pieces: &[Placed<'a>]) {
        let mut rest = pieces;
        while let Some((first, after)) = rest.split_first() {
            let (y, piece) = (first.0, &first.1);
            let rows = match piece.kind {
                Kind::Row(table, _) => rest
                    .iter()
                    .take_while(|(_, piece)| matches!(piece.kind, Kind::Row(of, _) if std::ptr::eq(of, table)))
                    .count(),
                _ => 0,
            };
            if rows > 0 {
                sheet.table(|sheet| rest[..rows].iter().for_each(|(y, piece)| self.draw_row(sheet, *y, piece)));
                rest = &rest[rows..];
                continue;
            }
            match &piece.kind {
                Kind::Head => self.head(sheet, y),
                Kind::Text { role, style, text, point } => {
                    let (role, style) = (*role, *style);
                    let left = if *point { INDENT } else { 0.0 };
                    if *point {
                        sheet.text(Role::Artifact, style, (LEFT, y), INDENT, "–");
                    }
                    sheet.text(role, style, (LEFT + left, y), WIDTH - left, text);
                }
                Kind::Signature => self.signature(sheet, y),
                Kind::Row(..) => {}
            }
            rest = after;
        }
    }

    fn draw_row(&self, sheet: &mut Sheet<'_, '_>, y: f32, piece: &Piece<'a>) {
        let Kind::Row(table, row) = piece.kind else { return };
        let cells = self.cells(table, row);
        sheet.row(|sheet| {
            let mut x = LEFT;
            for cell in &cells {
                if row.is_none_or(|row| row.group) {
                    sheet.ground((x, y), (cell.width, piece.height), 0.0, TINT);
                }
                sheet.outline((x, y), (cell.width, piece.height), 0.0, 0.6, INK);
                let width = cell.width - 2.0 * PAD;
                let free = piece.height - 2.0 * PAD - sheet.ruler().height(cell.style, width, cell.text);
                let at = (x + PAD, y + PAD + free / 2.0);
                sheet.cell(row.is_none(), cell.spans, |sheet| {
                    sheet.text(Role::Paragraph, cell.style, at, width, cell.text);
                });
                x += cell.width;
            }
        });
    }

    fn head(&self, sheet: &mut Sheet<'_, '_>, top: f32) {
        let Letter { agency, number, place_and_date, .. } = &self.report.letter;
        let centred = |face, size| Style { align: Align::Centre, ..self.style(face, size) };
        let state = Style { language: "vi", ..centred(Face::SerifBold, 13.0) };
        let left_width = WIDTH - RIGHT_OF_HEADING;
        let mut y = top;
        for (place, line) in agency.iter().enumerate() {
            let face = if place + 1 == agency.len() { Face::SerifBold } else { Face::Serif };
            y += sheet.text(Role::Paragraph, centred(face, 13.0), (LEFT, y), left_width, line);
        }
        rule(sheet, LEFT, left_width, left_width * 0.4, y + 2.0);
        sheet.text(Role::Paragraph, centred(Face::Serif, 13.0), (LEFT, y + 8.0), left_width, number);

        let right = LEFT + left_width;
        let mut y = top;
        y += sheet.text(Role::Paragraph, state, (right, y), RIGHT_OF_HEADING, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
        let motto = "Độc lập - Tự do - Hạnh phúc";
        y += sheet.text(Role::Paragraph, state, (right, y), RIGHT_OF_HEADING, motto);
        rule(sheet, right, RIGHT_OF_HEADING, sheet.ruler().width(state, motto), y + 2.0);
        let date = centred(Face::SerifItalic, 13.0);
        sheet.text(Role::Paragraph, date, (right, y + 8.0), RIGHT_OF_HEADING, place_and_date);
    }

    fn head_height(&self, ruler: Ruler<'_>) -> f32 {
        let bold = self.style(Face::SerifBold, 13.0);
        let agency = self.report.letter.agency.iter();
        let agency: f32 = agency.map(|line| ruler.height(bold, WIDTH - RIGHT_OF_HEADING, line)).sum();
        agency.max(height(bold, 2)) + 8.0 + height(bold, 1)
    }

    fn signature(&self, sheet: &mut Sheet<'_, '_>, top: f32) {
        let Letter { recipients, signer, .. } = &self.report.letter;
        let half = WIDTH / 2.0;
        let label = self.report.language.choose("Nơi nhận:", "To:");
        let mut y = top;
        y += sheet.text(Role::Paragraph, self.style(Face::SerifBoldItalic, 12.0), (LEFT, y), half, label);
        for line in recipients {
            let line = format!("- {line}{}", if line.ends_with('.') { "" } else { ";" });
            y += sheet.text(Role::Paragraph, self.style(Face::Serif, 11.0), (LEFT, y), half, &line);
        }
        let mut y = top;
        for line in signer {
            let style = Style { align: Align::Centre, ..self.style(Face::SerifBold, 13.0) };
            y += sheet.text(Role::Paragraph, style, (LEFT + half, y), half, line);
        }
    }

    fn signature_height(&self, ruler: Ruler<'_>) -> f32 {
        let Letter { recipients, signer, .. } = &self.report.letter;
        let half = WIDTH / 2.0;
        let lines = |size, lines: &[String]| -> f32 {
            lines.iter().map(|line| ruler.height(self.style(Face::SerifBold, size), half, line)).sum()
        };
        let left = height(self.style(Face::Serif, 12.0), 1) + lines(11.0, recipients);
        left.max(lines(13.0, signer) + SIGNATURE)
    }
}

/// How far the words of a point stand in.
const INDENT: f32 = mm(6.0);

struct Cell<'a> {
    text: &'a str,
    style: Style<'a>,
    width: f32,
    spans: usize,
}

/// A rule of `length` in the middle of a column.
fn rule(sheet: &mut Sheet<'_, '_>, left: f32, width: f32, length: f32, y: f32) {
    let start = left + (width - length) / 2.0;
    sheet.rule((start, y), (start + length, y), 0.75, INK);
}
