//! A report as DOCX in the layout of Decree 30/2020: A4, heading in two columns, Times New Roman, signature block.
//!
//! The elements stand in `templates/docx`; here is what they show, piece by piece. The same report gives the same bytes.

use std::borrow::Cow;

use askama::Template;
use zip::result::ZipError;

use super::chart::Drawing;
use super::chart::emf::emf;
use super::model::{Annex, Block, Letter, Report, Row, Table};
use super::package::{Relation, content_types, one_line, relations, zipped};

/// Twentieths of a point; 1 mm is 56.6929 of them.
type Twips = u32;

/// A4 less 30 mm on the left and 15 mm on the right.
const TEXT_WIDTH: Twips = 11_906 - 1_701 - 850;
/// The tallest chart, 95 mm: it stands on the page of the words before it, which would else be left half empty.
const CHART_MAX: Twips = 5_386;
/// A4 across, less 20 mm on either side.
const WIDTH_ACROSS: Twips = 16_838 - 1_134 - 1_134;
/// English metric units of a twip.
const EMU: u32 = 635;
/// "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in 13 pt bold needs so much.
const RIGHT_OF_HEADING: Twips = 5_855;
/// More columns than this are set smaller.
const COLUMNS_AT_FULL_SIZE: usize = 6;

/// Why a DOCX could not be made; in memory there is no cause for it but a part of 4 GiB.
#[derive(Debug, thiserror::Error)]
pub enum DocxError {
    /// A part was not rendered.
    #[error(transparent)]
    Template(#[from] askama::Error),
    /// The zip was not put together.
    #[error(transparent)]
    Zip(#[from] ZipError),
}

/// The bytes of the DOCX.
///
/// # Errors
/// When a part or the zip cannot be put together.
pub fn docx(report: &Report) -> Result<Vec<u8>, DocxError> {
    let language = report.language.choose("vi-VN", "en-GB");
    let creator = report.letter.agency.join(" ");
    let core = Core { title: &report.subject, creator: &creator, language };
    let numbered = report.banners.iter().map(|banner| paragraph("HeaderBanner", banner)).collect();
    // A header part needs a paragraph. Page 1 carries the banners in its body.
    let first = vec![paragraph("PageNumber", "")];
    let charts: Vec<&Drawing> = charts(report).collect();
    let names: Vec<String> = (1..=charts.len()).map(|number| format!("media/chart{number}.emf")).collect();
    let full_names: Vec<String> = names.iter().map(|name| format!("word/{name}")).collect();
    let mut types = TYPES.to_vec();
    types.extend(full_names.iter().map(|name| (name.as_str(), "image/x-emf")));
    let mut of_document = OF_DOCUMENT.to_vec();
    of_document.extend(names.iter().map(|name| (IMAGE, name.as_str())));
    let across = report.annexes.last().is_some_and(|annex| annex.landscape);
    let section = Section { across, first: report.annexes.is_empty() };
    let parts = [
        ("[Content_Types].xml", content_types(&types)?),
        ("_rels/.rels", relations(&ties(&OF_FILE))?),
        ("docProps/core.xml", core.render()?),
        ("word/document.xml", Document { pieces: pieces(report), section }.render()?),
        ("word/_rels/document.xml.rels", relations(&ties(&of_document))?),
        ("word/styles.xml", Styles { language }.render()?),
        ("word/settings.xml", Settings.render()?),
        ("word/first_header.xml", Header { numbered: false, paragraphs: first }.render()?),
        ("word/header.xml", Header { numbered: true, paragraphs: numbered }.render()?),
    ];
    let parts = parts.map(|(name, part)| (name, one_line(&part)));
    let pictures: Vec<Vec<u8>> = charts.into_iter().map(emf).collect();
    let texts = parts.iter().map(|(name, part)| ((*name).to_owned(), part.as_bytes()));
    let pictures = full_names.into_iter().zip(pictures.iter().map(Vec::as_slice));
    Ok(zipped(texts.chain(pictures))?)
}

/// The charts of a report in their order.
fn charts(report: &Report) -> impl Iterator<Item = &Drawing> {
    let annexed = report.annexes.iter().flat_map(|annex| &annex.blocks);
    report.blocks.iter().chain(annexed).filter_map(|block| match block {
        Block::Chart(drawing) => Some(drawing),
        _ => None,
    })
}

macro_rules! word {
    ($name:literal) => {
        concat!("application/vnd.openxmlformats-officedocument.wordprocessingml.", $name, "+xml")
    };
}

const TYPES: [(&str, &str); 6] = [
    ("word/document.xml", word!("document.main")),
    ("word/styles.xml", word!("styles")),
    ("word/settings.xml", word!("settings")),
    ("word/first_header.xml", word!("header")),
    ("word/header.xml", word!("header")),
    ("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
];

const OF_FILE: [(&str, &str); 2] = [
    ("http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument", "word/document.xml"),
    ("http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties", "docProps/core.xml"),
];

const OF_DOCUMENT: [(&str, &str); 4] = [
    ("http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles", "styles.xml"),
    ("http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings", "settings.xml"),
    ("http://schemas.openxmlformats.org/officeDocument/2006/relationships/header", "first_header.xml"),
    ("http://schemas.openxmlformats.org/officeDocument/2006/relationships/header", "header.xml"),
];

const IMAGE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image";

/// Kinds and targets, numbered from 1.
fn ties(ties: &[(&str, &str)]) -> Vec<Relation> {
    let tie = |(number, (kind, target)): (u32, &(&str, &str))| Relation {
        id: format!("rId{number}"),
        kind: (*kind).to_owned(),
        target: (*target).to_owned(),
        external: false,
    };
    (1..).zip(ties).map(tie).collect()
}

#[derive(Template)]
#[template(path = "docx/core.xml")]
struct Core<'a> {
    title: &'a str,
    creator: &'a str,
    language: &'a str,
}

#[derive(Template)]
#[template(path = "docx/styles.xml")]
struct Styles<'a> {
    language: &'a str,
}

#[derive(Template)]
#[template(path = "docx/settings.xml")]
struct Settings;

/// The page number in the top margin (not on page 1), and what must catch the eye on every page.
#[derive(Template)]
#[template(path = "docx/header.xml")]
struct Header<'a> {
    numbered: bool,
    paragraphs: Vec<Paragraph<'a>>,
}

#[derive(Template)]
#[template(path = "docx/document.xml")]
struct Document<'a> {
    pieces: Vec<Piece<'a>>,
    /// The last pages.
    section: Section,
}

/// Pages that lie the same way.
struct Section {
    /// Whether they lie across.
    across: bool,
    /// Whether they are the first.
    first: bool,
}

/// What follows one another in the body.
enum Piece<'a> {
    Paragraph(Paragraph<'a>),
    /// Columns side by side without a frame, each with its width.
    Columns([(Twips, Vec<Paragraph<'a>>); 2]),
    Table(Grid<'a>),
    Picture(Picture<'a>),
    /// Its pages end here.
    Section(Section),
}

/// A chart: its relation, its number, its size, and what it says.
struct Picture<'a> {
    relation: usize,
    number: usize,
    width: u32,
    height: u32,
    drawing: &'a Drawing,
}

struct Paragraph<'a> {
    style: &'static str,
    text: Cow<'a, str>,
    /// Whether it stays on the page of the next.
    kept: bool,
    /// A rule: the upper border of an all but invisible paragraph, so far from either side.
    rule_indent: Option<Twips>,
}

struct Grid<'a> {
    width: Twips,
    caption: String,
    columns: Vec<Twips>,
    rows: Vec<GridRow<'a>>,
}

struct GridRow<'a> {
    heading: bool,
    cells: Vec<GridCell<'a>>,
}

struct GridCell<'a> {
    width: Twips,
    columns: usize,
    paragraph: Paragraph<'a>,
}

fn paragraph<'a>(style: &'static str, text: impl Into<Cow<'a, str>>) -> Paragraph<'a> {
    Paragraph { style, text: text.into(), kept: false, rule_indent: None }
}

impl Paragraph<'_> {
    fn kept(self, kept: bool) -> Self {
        Self { kept, ..self }
    }
}

/// A rule of `length` in the middle of `width`.
fn rule<'a>(width: Twips, length: Twips) -> Paragraph<'a> {
    Paragraph { rule_indent: Some((width - length) / 2), ..paragraph("Rule", "") }
}

fn pieces(report: &Report) -> Vec<Piece<'_>> {
    let mut pieces = vec![heading(&report.letter)];
    let mut add = |paragraph| pieces.push(Piece::Paragraph(paragraph));
    add(paragraph("Title", &report.title));
    add(paragraph("Subtitle", &report.subject));
    // A third of the line under what the letter is about.
    add(rule(TEXT_WIDTH, TEXT_WIDTH / 4));
    report.banners.iter().for_each(|banner| add(paragraph("Banner", banner)));
    let mut drawn = 0;
    pieces.extend(body(&report.blocks, TEXT_WIDTH, &mut drawn));
    pieces.push(Piece::Paragraph(paragraph("BodyText", "").kept(true)));
    pieces.push(signature(&report.letter, report.language.choose("Nơi nhận:", "To:")));
    // Word wants a paragraph after a table at the end.
    pieces.push(Piece::Paragraph(paragraph("AfterTable", "")));
    let mut across = false;
    for (number, annex) in report.annexes.iter().enumerate() {
        pieces.push(Piece::Section(Section { across, first: number == 0 }));
        across = annex.landscape;
        pieces.extend(annexed(annex, &mut drawn));
    }
    pieces
}

/// An annex on pages of its own.
fn annexed<'a>(annex: &'a Annex, drawn: &mut usize) -> Vec<Piece<'a>> {
    let width = if annex.landscape { WIDTH_ACROSS } else { TEXT_WIDTH };
    let mut pieces = vec![
        Piece::Paragraph(paragraph("Title", &annex.title)),
        Piece::Paragraph(paragraph("Subtitle", &annex.subject)),
    ];
    pieces.extend(body(&annex.blocks, width, drawn));
    pieces
}

/// Blocks of the letter or of an annex, whose text is `width` wide.
fn body<'a>(blocks: &'a [Block], width: Twips, drawn: &mut usize) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    for (place, block) in blocks.iter().enumerate() {
        let next = blocks.get(place + 1);
        // A sentence stays with the table under it, and the signature does not stand alone on a page.
        let kept = next.is_none_or(|block| matches!(block, Block::Table(_)));
        pieces.extend(match block {
            Block::Heading(heading) => vec![Piece::Paragraph(paragraph("Heading1", heading.numbered()))],
            Block::Paragraph(text) => vec![Piece::Paragraph(paragraph("BodyText", text).kept(kept))],
            Block::Point(text) => vec![Piece::Paragraph(paragraph("ListPoint", format!("- {text}")).kept(kept))],
            Block::Table(table) => table_with_notes(table, width),
            Block::Chart(drawing) => {
                *drawn += 1;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "at most a page high or wide"
                )]
                let (width, height) = {
                    let height = (f64::from(width) * drawing.height / drawing.width) as u32;
                    let narrower = (f64::from(CHART_MAX) * drawing.width / drawing.height) as u32;
                    if height > CHART_MAX { (narrower, CHART_MAX) } else { (width, height) }
                };
                let (relation, number) = (OF_DOCUMENT.len() + *drawn, *drawn);
                vec![
                    Piece::Paragraph(paragraph("Caption", &drawing.title)),
                    Piece::Picture(Picture { relation, number, width: width * EMU, height: height * EMU, drawing }),
                ]
            }
        });
    }
    pieces
}

/// Agency on the left, the name of the state and its motto on the right, each with its rule.
fn heading(letter: &Letter) -> Piece<'_> {
    let width = TEXT_WIDTH - RIGHT_OF_HEADING;
    let mut left: Vec<_> = letter.agency.iter().map(|line| paragraph("Agency", line)).collect();
    left.extend([rule(width, width * 2 / 5), paragraph("Number", &letter.number)]);
    let right = vec![
        paragraph("State", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        paragraph("Motto", "Độc lập - Tự do - Hạnh phúc"),
        rule(RIGHT_OF_HEADING, 3_330),
        paragraph("PlaceDate", &letter.place_and_date),
    ];
    Piece::Columns([(width, left), (RIGHT_OF_HEADING, right)])
}

fn signature<'a>(letter: &'a Letter, recipients: &'a str) -> Piece<'a> {
    let width = TEXT_WIDTH / 2;
    let ended = |line: &String| format!("- {line}{}", if line.ends_with('.') { "" } else { ";" });
    let mut left = vec![paragraph("Recipients", recipients)];
    left.extend(letter.recipients.iter().map(|line| paragraph("Recipient", ended(line))));
    let mut right: Vec<_> = letter.signer.iter().map(|line| paragraph("Signer", line)).collect();
    // Room for the signature and the seal, then for the name.
    right.extend((0..4).map(|_| paragraph("Signer", "")));
    right.push(paragraph("Signer", &letter.signer_name));
    Piece::Columns([(width, left), (TEXT_WIDTH - width, right)])
}

fn table_with_notes(table: &Table, width: Twips) -> Vec<Piece<'_>> {
    let small = table.columns.len() > COLUMNS_AT_FULL_SIZE;
    let styles = if small { ("CellSmall", "FigureSmall") } else { ("Cell", "Figure") };
    let widths = widths(table, width);
    let headings = table.columns.iter().zip(&widths).enumerate().map(|(place, (column, width))| {
        let style = if small { "CellHeadingSmall" } else { "CellHeading" };
        GridCell { width: *width, columns: 1, paragraph: paragraph(style, &column.heading).kept(place == 0) }
    });
    let mut rows = vec![GridRow { heading: true, cells: headings.collect() }];
    rows.extend(table.rows.iter().enumerate().map(|(place, row)| {
        // The notes stay with the last row.
        let kept = row.group || (place + 1 == table.rows.len() && !table.notes.is_empty());
        table_row(table, row, &widths, if row.group { ("GroupRow", "GroupRow") } else { styles }, kept)
    }));
    let mut pieces = vec![
        Piece::Paragraph(paragraph("Caption", table.title())),
        Piece::Table(Grid { width, caption: table.title(), columns: widths, rows }),
    ];
    pieces.extend(table.notes.iter().map(|note| Piece::Paragraph(paragraph("TableNote", note))));
    pieces.push(Piece::Paragraph(paragraph("AfterTable", "")));
    pieces
}

/// A row in the styles for words and for figures. What keeps a row with the next is its first paragraph.
fn table_row<'a>(
    table: &Table,
    row: &'a Row,
    widths: &[Twips],
    (words, figures): (&'static str, &'static str),
    kept: bool,
) -> GridRow<'a> {
    let last = row.cells.len().saturating_sub(1);
    let cells = row.cells.iter().enumerate().map(|(place, content)| {
        let spanned = if place == last { &widths[place..] } else { &widths[place..=place] };
        let style = if table.columns[place].figures && spanned.len() == 1 { figures } else { words };
        GridCell {
            width: spanned.iter().sum(),
            columns: spanned.len(),
            paragraph: paragraph(style, content.text()).kept(kept && place == 0),
        }
    });
    GridRow { heading: false, cells: cells.collect() }
}

/// The columns' relative widths scaled to the text's; the last takes what rounding leaves.
fn widths(table: &Table, text_width: Twips) -> Vec<Twips> {
    let all: u32 = table.columns.iter().map(|column| column.width).sum::<u32>().max(1);
    let mut widths: Vec<Twips> = table.columns.iter().map(|column| text_width * column.width / all).collect();
    let left_over = text_width - widths.iter().sum::<Twips>();
    if let Some(last) = widths.last_mut() {
        *last += left_over;
    }
    widths
}
