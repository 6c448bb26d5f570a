//! A report as PDF in the layout of an administrative document (Decree 30/2020/NĐ-CP, annex I): A4, margins 20 – 15 – 20 – 30 mm,
//! heading in two columns, page numbers at the top from the second page on, signature block.
//!
//! The same content model as the page, the text and the DOCX; nothing is computed here. Tinos has the widths of Times New
//! Roman. A table that goes over a page repeats its headings. Annexes follow on pages of their own, across where they are wide.

use std::borrow::Cow;

use super::pdf::{A4, Align, Colour, Face, Pdf, PdfError, Role, Ruler, Sheet, Style, height, mm};
use crate::report::chart::Drawing;
use crate::report::model::{Annex, Block, Letter, Report, Row, Table};

/// The page that pieces are laid out on.
#[derive(Clone, Copy)]
struct Area {
    page: (f32, f32),
    left: f32,
    top: f32,
    width: f32,
    bottom: f32,
}

/// Upright, with the margins of a letter.
const UPRIGHT: Area =
    Area { page: A4, left: mm(30.0), top: mm(20.0), width: A4.0 - mm(30.0) - mm(15.0), bottom: A4.1 - mm(20.0) };
/// Across, for wide tables.
const ACROSS: Area =
    Area { page: (A4.1, A4.0), left: mm(20.0), top: mm(20.0), width: A4.1 - mm(40.0), bottom: A4.0 - mm(15.0) };
/// A document of an office is black.
const INK: Colour = (0, 0, 0);
/// The ground of headings of tables.
const TINT: Colour = (0xed, 0xed, 0xed);
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
    let mut number = 0;
    let mut add = |pdf: &mut Pdf, setter: &Setter<'_>, section: &Section<'_>| -> Result<(), PdfError> {
        let pages = setter.pages(pdf.ruler(), section);
        for pieces in &pages {
            number += 1;
            let entry = format!("{} {number}", report.language.choose("Trang", "Page"));
            let area = setter.area;
            pdf.page(area.page, &entry, |sheet| {
                if number > 1 {
                    let style = Style { align: Align::Centre, ..setter.style(Face::Serif, 13.0) };
                    sheet.text(Role::Artifact, style, (area.left, mm(10.0)), area.width, &number.to_string());
                }
                setter.draw(sheet, pieces);
            })?;
        }
        Ok(())
    };
    add(&mut pdf, &Setter { report, language, area: UPRIGHT }, &Section::Letter)?;
    for annex in &report.annexes {
        let area = if annex.landscape { ACROSS } else { UPRIGHT };
        add(&mut pdf, &Setter { report, language, area }, &Section::Annex(annex))?;
    }
    pdf.finish()
}

/// What begins on a page of its own.
enum Section<'a> {
    Letter,
    Annex(&'a Annex),
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
    },
    /// Justified, its first line indented.
    Paragraph(Style<'a>, Cow<'a, str>),
    /// A short line under what the letter is about.
    Rule,
    Chart(&'a Drawing),
    /// A row of a table; its headings where there is none.
    Row(&'a Table, Option<&'a Row>),
    Signature,
}

/// The tallest chart: half of what a page has, so that it seldom has to wait for the next one.
const CHART_MAX: f32 = mm(100.0);

/// A piece and where it begins.
type Placed<'a> = (f32, Piece<'a>);

struct Setter<'a> {
    report: &'a Report,
    language: &'a str,
    area: Area,
}

impl<'a> Setter<'a> {
    fn style(&self, face: Face, size: f32) -> Style<'a> {
        Style { face, size, colour: INK, align: Align::Left, language: self.language }
    }

    fn text(&self, ruler: Ruler<'_>, style: Style<'a>, (role, text): (Role, &'a str), before: f32) -> Piece<'a> {
        let height = ruler.height(style, self.area.width, text);
        Piece { kind: Kind::Text { role, style, text: text.into() }, before, height, keep: true }
    }

    fn pieces(&self, ruler: Ruler<'_>, section: &Section<'a>) -> Vec<Piece<'a>> {
        let report = self.report;
        let centred = |face, size| Style { align: Align::Centre, ..self.style(face, size) };
        let title = centred(Face::SerifBold, 14.0);
        match section {
            Section::Letter => {
                let mut pieces = vec![
                    Piece { kind: Kind::Head, before: 0.0, height: self.head_height(ruler), keep: true },
                    self.text(ruler, title, (Role::Heading, &report.title), 18.0),
                    self.text(ruler, title, (Role::Paragraph, &report.subject), 0.0),
                    Piece { kind: Kind::Rule, before: 3.0, height: 3.0, keep: true },
                ];
                let banner = centred(Face::SerifBoldItalic, 12.0);
                pieces.extend(report.banners.iter().map(|line| self.text(ruler, banner, (Role::Paragraph, line), 6.0)));
                self.body(ruler, &report.blocks, &mut pieces);
                let height = self.signature_height(ruler);
                pieces.push(Piece { kind: Kind::Signature, before: 24.0, height, keep: false });
                pieces
            }
            Section::Annex(annex) => {
                let mut pieces = vec![
                    self.text(ruler, title, (Role::Heading, &annex.title), 0.0),
                    self.text(ruler, title, (Role::Paragraph, &annex.subject), 0.0),
                ];
                self.body(ruler, &annex.blocks, &mut pieces);
                // What was kept for the signature has nothing to wait for here.
                if let Some(last) = pieces.last_mut() {
                    last.keep = false;
                }
                pieces
            }
        }
    }

    fn body(&self, ruler: Ruler<'_>, blocks: &'a [Block], pieces: &mut Vec<Piece<'a>>) {
        let style = self.style(Face::Serif, 13.0);
        for (place, block) in blocks.iter().enumerate() {
            // A sentence stays with the table under it, and the signature does not stand alone.
            let keep = blocks.get(place + 1).is_none_or(|next| matches!(next, Block::Table(_)));
            let paragraph = |text: Cow<'a, str>, before| {
                let lines = ruler.paragraph(style, self.area.width, INDENT, &text).len();
                Piece { kind: Kind::Paragraph(style, text), before, height: height(style, lines), keep }
            };
            match block {
                Block::Heading(heading) => {
                    let style = self.style(Face::SerifBold, 13.0);
                    let text = heading.numbered();
                    let height = ruler.height(style, self.area.width, &text);
                    let kind = Kind::Text { role: Role::Subheading, style, text: text.into() };
                    pieces.push(Piece { kind, before: 12.0, height, keep: true });
                }
                Block::Paragraph(words) => pieces.push(paragraph(words.into(), 6.0)),
                Block::Point(words) => pieces.push(paragraph(format!("- {words}").into(), 4.0)),
                Block::Table(table) => self.table(ruler, table, pieces),
                Block::Chart(chart) => {
                    let style = Style { align: Align::Centre, ..self.style(Face::SerifBold, 12.0) };
                    pieces.push(self.text(ruler, style, (Role::Paragraph, &chart.title), 10.0));
                    #[expect(clippy::cast_possible_truncation, reason = "charts are some hundred units wide")]
                    let height = (self.area.width * (chart.height / chart.width) as f32).min(CHART_MAX);
                    pieces.push(Piece { kind: Kind::Chart(chart), before: 2.0, height, keep: false });
                }
            }
        }
    }

    fn table(&self, ruler: Ruler<'_>, table: &'a Table, pieces: &mut Vec<Piece<'a>>) {
        let style = Style { align: Align::Centre, ..self.style(Face::SerifBold, 12.0) };
        let title = table.title();
        let height = ruler.height(style, self.area.width, &title);
        let kind = Kind::Text { role: Role::Paragraph, style, text: title.into() };
        pieces.push(Piece { kind, before: 10.0, height, keep: true });
        pieces.push(self.row(ruler, table, None));
        let last = table.rows.len();
        for (place, row) in table.rows.iter().enumerate() {
            let keep = row.group || (place + 1 == last && !table.notes.is_empty());
            pieces.push(Piece { keep, ..self.row(ruler, table, Some(row)) });
        }
        let style = self.style(Face::SerifItalic, 10.5);
        for note in &table.notes {
            let kind = Kind::Text { role: Role::Paragraph, style, text: note.into() };
            pieces.push(Piece { kind, before: 3.0, height: ruler.height(style, self.area.width, note), keep: false });
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
            self.area.width * own as f32 / all as f32
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
    fn pages(&self, ruler: Ruler<'_>, section: &Section<'a>) -> Vec<Vec<Placed<'a>>> {
        let pieces = self.pieces(ruler, section);
        let Area { top, bottom, .. } = self.area;
        let mut pages: Vec<Vec<Placed<'a>>> = vec![Vec::new()];
        let mut y = top;
        for (place, piece) in pieces.iter().enumerate() {
            let ahead = &pieces[place + 1..];
            let kept = pieces[place..].iter().zip(ahead).take_while(|(piece, _)| piece.keep);
            let together: f32 = piece.height + kept.map(|(_, next)| next.before + next.height).sum::<f32>();
            let page_has_text = pages.last().is_some_and(|page| !page.is_empty());
            // What is kept together but longer than a page is parted all the same.
            let needed = if together > bottom - top { piece.height } else { together };
            if page_has_text && y + piece.before + needed > bottom {
                pages.push(Vec::new());
                y = top;
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
                Kind::Text { role, style, text } => {
                    sheet.text(*role, *style, (self.area.left, y), self.area.width, text);
                }
                Kind::Paragraph(style, text) => {
                    sheet.paragraph(*style, (self.area.left, y), self.area.width, INDENT, text);
                }
                Kind::Rule => rule(sheet, self.area.left, self.area.width, self.area.width / 4.0, y),
                Kind::Chart(chart) => {
                    #[expect(clippy::cast_possible_truncation, reason = "charts are some hundred units wide")]
                    let width = self.area.width.min(piece.height * (chart.width / chart.height) as f32);
                    let left = self.area.left + (self.area.width - width) / 2.0;
                    sheet.chart(chart, (left, y), width, self.language);
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
            let mut x = self.area.left;
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
        let Area { left, width, .. } = self.area;
        let centred = |face, size| Style { align: Align::Centre, ..self.style(face, size) };
        let state = Style { language: "vi", ..centred(Face::SerifBold, 13.0) };
        let left_width = width - RIGHT_OF_HEADING;
        let mut y = top;
        // The lines are one name, that of the office which issues it.
        for line in agency {
            y += sheet.text(Role::Paragraph, centred(Face::SerifBold, 13.0), (left, y), left_width, line);
        }
        rule(sheet, left, left_width, left_width * 0.4, y + 2.0);
        sheet.text(Role::Paragraph, centred(Face::Serif, 13.0), (left, y + 8.0), left_width, number);

        let right = left + left_width;
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
        let agency: f32 = agency.map(|line| ruler.height(bold, self.area.width - RIGHT_OF_HEADING, line)).sum();
        agency.max(height(bold, 2)) + 8.0 + height(bold, 1)
    }

    fn signature(&self, sheet: &mut Sheet<'_, '_>, top: f32) {
        let Letter { recipients, signer, signer_name, .. } = &self.report.letter;
        let (margin, half) = (self.area.left, self.area.width / 2.0);
        let label = self.report.language.choose("Nơi nhận:", "To:");
        let mut y = top;
        y += sheet.text(Role::Paragraph, self.style(Face::SerifBoldItalic, 12.0), (margin, y), half, label);
        for line in recipients {
            let line = format!("- {line}{}", if line.ends_with('.') { "" } else { ";" });
            y += sheet.text(Role::Paragraph, self.style(Face::Serif, 11.0), (margin, y), half, &line);
        }
        let mut y = top;
        for line in signer {
            let style = Style { align: Align::Centre, ..self.style(Face::SerifBold, 13.0) };
            y += sheet.text(Role::Paragraph, style, (margin + half, y), half, line);
        }
        if !signer_name.is_empty() {
            let style = Style { align: Align::Centre, ..self.style(Face::SerifBold, 13.0) };
            // Below the room for signature and seal.
            let below = y + SIGNATURE - height(style, 1);
            sheet.text(Role::Paragraph, style, (margin + half, below), half, signer_name);
        }
    }

    fn signature_height(&self, ruler: Ruler<'_>) -> f32 {
        let Letter { recipients, signer, .. } = &self.report.letter;
        let half = self.area.width / 2.0;
        let lines = |size, lines: &[String]| -> f32 {
            lines.iter().map(|line| ruler.height(self.style(Face::SerifBold, size), half, line)).sum()
        };
        let left = height(self.style(Face::Serif, 12.0), 1) + lines(11.0, recipients);
        left.max(lines(13.0, signer) + SIGNATURE)
    }
}

/// How far the first line of a paragraph stands in.
const INDENT: f32 = mm(12.7);

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
