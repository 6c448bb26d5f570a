//! Pages of lines, boxes and codes as PDF/UA-1: the thin layer between this crate and `krilla`.
//!
//! Lengths are points (1/72 inch), from the top left corner. Every text is tagged with its role and language and every
//! drawing is marked as an artifact, so that a screen reader reads the page in the order in which it was written. The
//! same calls give the same bytes.

use std::collections::HashMap;

use icu_normalizer::ComposingNormalizer;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, BBox, ContentTag, Node, SpanTag, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Data, Document, SerializeSettings};
use skrifa::MetadataProvider;

use super::qr::Qr;
use crate::report::chart::Drawing;
use crate::report::chart::drawing::{Anchor, Shape};

/// Points of `millimetres`.
pub const fn mm(millimetres: f32) -> f32 {
    millimetres * 72.0 / 25.4
}

/// A4 upright, in points.
pub const A4: (f32, f32) = (mm(210.0), mm(297.0));
/// A5 upright, in points.
pub const A5: (f32, f32) = (mm(148.0), mm(210.0));

/// A colour: red, green, blue.
pub type Colour = (u8, u8, u8);
/// The colour of text.
pub const INK: Colour = (0x12, 0x29, 0x3d);
/// The colour of the one thing on a page that leads the eye.
pub const ACCENT: Colour = (0x0b, 0x55, 0x63);
/// Text of the second rank, 7:1 on white.
pub const GREY: Colour = (0x4a, 0x56, 0x61);
/// A light ground.
pub const TINT: Colour = (0xe8, 0xf2, 0xf4);
/// Paper.
pub const WHITE: Colour = (0xff, 0xff, 0xff);

/// Why there is no PDF.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// The address does not fit a code.
    #[error(transparent)]
    Code(#[from] super::qr::TooLong),
    /// A fault of this program: a font or a tag that the writer refuses.
    #[error("the PDF could not be written: {0}")]
    Writer(String),
}

/// The fonts in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Face {
    /// Arimo.
    Sans,
    /// Arimo bold.
    SansBold,
    /// Tinos.
    Serif,
    /// Tinos bold.
    SerifBold,
    /// Tinos italic.
    SerifItalic,
    /// Tinos bold italic.
    SerifBoldItalic,
}

impl Face {
    const ALL: [(Face, &'static [u8]); 6] = [
        (Face::Sans, include_bytes!("../../assets/fonts/Arimo-Regular.ttf")),
        (Face::SansBold, include_bytes!("../../assets/fonts/Arimo-Bold.ttf")),
        (Face::Serif, include_bytes!("../../assets/fonts/Tinos-Regular.ttf")),
        (Face::SerifBold, include_bytes!("../../assets/fonts/Tinos-Bold.ttf")),
        (Face::SerifItalic, include_bytes!("../../assets/fonts/Tinos-Italic.ttf")),
        (Face::SerifBoldItalic, include_bytes!("../../assets/fonts/Tinos-BoldItalic.ttf")),
    ];

    /// The font itself.
    pub(super) fn bytes(self) -> &'static [u8] {
        Self::ALL.iter().find(|(face, _)| *face == self).map_or(Self::ALL[0].1, |(_, bytes)| bytes)
    }
}

/// How high letters with marks rise above the base line, and how deep letters hang, in font sizes.
const ASCENT: f32 = 0.905;
/// Distance of two base lines in font sizes; Vietnamese capitals carry two marks.
const LEADING: f32 = 1.24;

/// A font with the letters it has: glyph and width (in font sizes) of each.
struct Letters {
    font: Font,
    glyphs: HashMap<char, (u32, f32)>,
}

impl Letters {
    fn of(bytes: &'static [u8]) -> Option<Self> {
        let font = Font::new(Data::from(bytes), 0)?;
        let parsed = skrifa::FontRef::new(bytes).ok()?;
        let size = skrifa::instance::Size::new(1.0);
        let metrics = parsed.glyph_metrics(size, skrifa::instance::LocationRef::default());
        let glyph = |(code, id): (u32, skrifa::GlyphId)| {
            Some((char::from_u32(code)?, (id.to_u32(), metrics.advance_width(id)?)))
        };
        let glyphs = parsed.charmap().mappings().filter_map(glyph).collect();
        Some(Self { font, glyphs })
    }

    /// `text` as this font can set it: marks composed with their letters, control characters dropped, letters that the
    /// font lacks replaced by `?`.
    fn settable(&self, text: &str) -> String {
        let composed = ComposingNormalizer::new_nfc().normalize(text);
        let letters = composed.chars().filter(|letter| !letter.is_control());
        letters.map(|letter| if self.glyphs.contains_key(&letter) { letter } else { '?' }).collect()
    }

    fn width(&self, text: &str) -> f32 {
        text.chars().filter_map(|letter| self.glyphs.get(&letter)).map(|(_, width)| width).sum()
    }
}

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style<'a> {
    /// Font.
    pub face: Face,
    /// Size in points.
    pub size: f32,
    pub colour: Colour,
    /// Where lines stand in their width.
    pub align: Align,
    /// Language of the text, as in `vi`.
    pub language: &'a str,
}

/// Where lines stand in their width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    /// In the middle.
    Centre,
    Right,
}

/// What a text is to a reader who cannot see the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The heading of a page.
    Heading,
    /// A heading under it.
    Subheading,
    Paragraph,
    /// Nothing: page numbers, marks for cutting.
    Artifact,
}

/// A PDF in the making.
pub struct Pdf {
    document: Document,
    letters: HashMap<Face, Letters>,
    tree: TagTree,
    outline: Outline,
    pages: usize,
}

impl Pdf {
    /// A document with a title, in a language.
    pub fn new(title: &str, language: &str) -> Result<Self, PdfError> {
        let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
        let configuration = configuration.map_err(|error| PdfError::Writer(format!("{error:?}")))?;
        let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
        let language = language.to_owned();
        document.set_metadata(
            Metadata::new().title(title.to_owned()).language(language.clone()).creator("sipas".to_owned()),
        );
        let mut letters = HashMap::new();
        for (face, bytes) in Face::ALL {
            let known = Letters::of(bytes).ok_or_else(|| PdfError::Writer(format!("font {face:?} cannot be read")))?;
            letters.insert(face, known);
        }
        Ok(Self {
            document,
            letters,
            tree: TagTree::new().with_lang(Some(language)),
            outline: Outline::new(),
            pages: 0,
        })
    }

    /// Adds a page, listed under `entry` in the outline, with what `draw` puts on it.
    pub fn page(
        &mut self,
        (width, height): (f32, f32),
        entry: &str,
        draw: impl FnOnce(&mut Sheet<'_, '_>),
    ) -> Result<(), PdfError> {
        let settings =
            PageSettings::from_wh(width, height).ok_or_else(|| PdfError::Writer("no page size".to_owned()))?;
        let mut page = self.document.start_page_with(settings);
        let groups = {
            let surface = page.surface();
            let mut sheet = Sheet { surface, letters: &self.letters, groups: Vec::new(), number: self.pages };
            draw(&mut sheet);
            let Sheet { surface, groups, .. } = sheet;
            surface.finish();
            groups
        };
        page.finish();
        for group in groups {
            self.tree.push(group);
        }
        let top = XyzDestination::new(self.pages, Point::from_xy(0.0, 0.0));
        self.outline.push_child(OutlineNode::new(entry.to_owned(), top));
        self.pages += 1;
        Ok(())
    }

    /// What measures texts before they are set.
    pub fn ruler(&self) -> Ruler<'_> {
        Ruler { letters: &self.letters }
    }

    /// The bytes.
    pub fn finish(mut self) -> Result<Vec<u8>, PdfError> {
        self.document.set_outline(self.outline);
        self.document.set_tag_tree(self.tree);
        self.document.finish().map_err(|error| PdfError::Writer(format!("{error:?}")))
    }
}

/// A page in the making.
pub struct Sheet<'document, 'surface> {
    surface: Surface<'surface>,
    letters: &'document HashMap<Face, Letters>,
    groups: Vec<TagGroup>,
    number: usize,
}

impl<'document> Sheet<'document, '_> {
    /// Sets `text` in lines of `width` from `(x, y)` down; gives their height.
    pub fn text(&mut self, role: Role, style: Style<'_>, (x, y): (f32, f32), width: f32, text: &str) -> f32 {
        let ruler = self.ruler();
        let lines = ruler.lines(style, width, text);
        let tag: TagKind = match role {
            Role::Heading => heading(1, text),
            Role::Subheading => heading(2, text),
            Role::Paragraph | Role::Artifact => Tag::P.with_lang(Some(style.language.to_owned())).into(),
        };
        let mut group = TagGroup::new(tag);
        for (place, line) in lines.iter().enumerate() {
            let baseline = y + (ASCENT + LEADING * place as f32) * style.size;
            let room = width - ruler.width(style, line);
            let start = match style.align {
                Align::Left => x,
                Align::Centre => x + room / 2.0,
                Align::Right => x + room,
            };
            let tag = match role {
                Role::Artifact => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Other)),
                _ => ContentTag::Span(SpanTag::empty().with_lang(Some(style.language))),
            };
            let content = self.surface.start_tagged(tag);
            self.line((start, baseline), style, line);
            self.surface.end_tagged();
            if role != Role::Artifact {
                group.push(Node::Leaf(content));
            }
        }
        if role != Role::Artifact {
            self.groups.push(group);
        }
        height(style, lines.len())
    }

    /// Sets a paragraph in justified lines, the first of them indented; gives its height.
    pub fn paragraph(&mut self, style: Style<'_>, (x, y): (f32, f32), width: f32, indent: f32, text: &str) -> f32 {
        let ruler = self.ruler();
        let lines = ruler.paragraph(style, width, indent, text);
        let mut group = TagGroup::new(Tag::P.with_lang(Some(style.language.to_owned())));
        for (place, line) in lines.iter().enumerate() {
            let baseline = y + (ASCENT + LEADING * place as f32) * style.size;
            let left = if place == 0 { indent } else { 0.0 };
            let spaces = line.matches(' ').count();
            // The last line ends where it ends.
            let room = if place + 1 == lines.len() { 0.0 } else { width - left - ruler.width(style, line) };
            let wider = if spaces == 0 { 0.0 } else { room.max(0.0) / spaces as f32 };
            let tag = ContentTag::Span(SpanTag::empty().with_lang(Some(style.language)));
            let content = self.surface.start_tagged(tag);
            self.spaced((x + left, baseline), style, line, wider);
            self.surface.end_tagged();
            group.push(Node::Leaf(content));
        }
        self.groups.push(group);
        height(style, lines.len())
    }

    /// A chart in a box `width` wide; it is read by what it says in words.
    #[expect(clippy::cast_possible_truncation, reason = "charts are some hundred units wide")]
    pub fn chart(&mut self, chart: &Drawing, (x, y): (f32, f32), width: f32, language: &str) {
        let unit = width / chart.width as f32;
        let at = |(across, down): (f64, f64)| (x + across as f32 * unit, y + down as f32 * unit);
        let content = self.surface.start_tagged(ContentTag::Other);
        for mark in &chart.marks {
            let paint = mark.fill.map(|colour| fill((colour.0, colour.1, colour.2)));
            let line = mark.stroke.map(|(colour, width)| {
                let dash = mark.dashed.then(|| StrokeDash { array: vec![6.0 * unit, 4.0 * unit], offset: 0.0 });
                Stroke { dash, ..stroke((colour.0, colour.1, colour.2), width as f32 * unit) }
            });
            let path = match &mark.shape {
                Shape::Bar(left, top, width, height) => {
                    let (left, top) = at((*left, *top));
                    rounded((left, top), (*width as f32 * unit, *height as f32 * unit), 0.0)
                }
                Shape::Dot(across, down, radius) => {
                    let radius = *radius as f32 * unit;
                    let (across, down) = at((*across, *down));
                    rounded((across - radius, down - radius), (2.0 * radius, 2.0 * radius), radius)
                }
                Shape::Line(places) => through(places.iter().copied().map(at), false),
                Shape::Area(places) => through(places.iter().copied().map(at), true),
                Shape::Words(across, down, anchor, size, text) => {
                    let face = if mark.bold { Face::SansBold } else { Face::Sans };
                    let colour = mark.fill.map_or(INK, |colour| (colour.0, colour.1, colour.2));
                    let style = Style { face, size: *size as f32 * unit, colour, align: Align::Left, language };
                    let Some(letters) = self.letters.get(&face) else { continue };
                    let text = letters.settable(text);
                    let (across, down) = at((*across, *down));
                    let back = match anchor {
                        Anchor::Start => 0.0,
                        Anchor::Middle => self.ruler().width(style, &text) / 2.0,
                        Anchor::End => self.ruler().width(style, &text),
                    };
                    self.line((across - back, down), style, &text);
                    continue;
                }
            };
            if let Some(path) = path {
                self.surface.set_fill(paint);
                self.surface.set_stroke(line);
                self.surface.draw_path(&path);
            }
        }
        self.surface.end_tagged();
        let bounds =
            Rect::from_xywh(x, y, width, chart.height as f32 * unit).map(|bounds| BBox::new(self.number, bounds));
        let figure = Tag::Figure(Some(chart.description.clone())).with_bbox(bounds);
        self.groups.push(TagGroup::with_children(figure, vec![Node::Leaf(content)]));
    }

    /// A table, of the rows that `draw` sets.
    pub fn table(&mut self, draw: impl FnOnce(&mut Self)) {
        self.under(Tag::Table.into(), draw);
    }

    /// A row of a table, of the cells that `draw` sets.
    pub fn row(&mut self, draw: impl FnOnce(&mut Self)) {
        self.under(Tag::TR.into(), draw);
    }

    /// A cell of a row, over so many columns: the heading of a column, or what stands under it.
    pub fn cell(&mut self, heading: bool, spans: usize, draw: impl FnOnce(&mut Self)) {
        let spans = u32::try_from(spans).ok().filter(|spans| *spans > 1).and_then(std::num::NonZeroU32::new);
        let tag: TagKind = if heading {
            Tag::TH(TableHeaderScope::Column).with_col_span(spans).into()
        } else {
            Tag::TD.with_col_span(spans).into()
        };
        self.under(tag, draw);
    }

    /// Puts what `draw` sets under one tag.
    fn under(&mut self, tag: TagKind, draw: impl FnOnce(&mut Self)) {
        let before = std::mem::take(&mut self.groups);
        draw(self);
        let children = std::mem::replace(&mut self.groups, before);
        self.groups.push(TagGroup::with_children(tag, children.into_iter().map(Node::Group).collect()));
    }

    /// What measures texts before they are set.
    pub fn ruler(&self) -> Ruler<'document> {
        Ruler { letters: self.letters }
    }

    fn line(&mut self, place: (f32, f32), style: Style<'_>, text: &str) {
        self.spaced(place, style, text, 0.0);
    }

    /// A line whose spaces are wider by so much.
    fn spaced(&mut self, (x, baseline): (f32, f32), style: Style<'_>, text: &str, wider: f32) {
        let Some(letters) = self.letters.get(&style.face) else { return };
        let glyph = |(at, letter): (usize, char)| {
            let (id, advance) = letters.glyphs.get(&letter)?;
            let range = at..at + letter.len_utf8();
            let more = if letter == ' ' { wider / style.size } else { 0.0 };
            Some(KrillaGlyph::new(GlyphId::new(*id), *advance + more, 0.0, 0.0, 0.0, range, None))
        };
        let glyphs: Vec<KrillaGlyph> = text.char_indices().filter_map(glyph).collect();
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(fill(style.colour)));
        self.surface.draw_glyphs(Point::from_xy(x, baseline), &glyphs, letters.font.clone(), text, style.size, false);
    }

    /// A filled box with round corners.
    pub fn ground(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), radius: f32, colour: Colour) {
        self.drawing(rounded((x, y), (width, height), radius), Some(fill(colour)), None);
    }

    /// An empty box with a line around it.
    pub fn outline(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), radius: f32, line: f32, colour: Colour) {
        self.drawing(rounded((x, y), (width, height), radius), None, Some(stroke(colour, line)));
    }

    /// A straight line.
    pub fn rule(&mut self, from: (f32, f32), to: (f32, f32), line: f32, colour: Colour) {
        self.drawing(straight(from, to), None, Some(stroke(colour, line)));
    }

    /// A line of dashes, to cut along.
    pub fn dashes(&mut self, from: (f32, f32), to: (f32, f32), line: f32, colour: Colour) {
        let dash = StrokeDash { array: vec![4.0, 4.0], offset: 0.0 };
        self.drawing(straight(from, to), None, Some(Stroke { dash: Some(dash), ..stroke(colour, line) }));
    }

    /// A code whose symbol, without its margin, is `side` wide; `(x, y)` is the corner of the margin.
    pub fn code(&mut self, qr: &Qr, (x, y): (f32, f32), side: f32, alternative: &str) {
        let module = side / qr.side() as f32;
        let mut path = PathBuilder::new();
        for (column, row, length) in qr.bars() {
            // A hair more than a module high, so that no light seam shows between two rows.
            let (left, top) = (x + column as f32 * module, y + row as f32 * module);
            if let Some(bar) = Rect::from_xywh(left, top, length as f32 * module, module * 1.02) {
                path.push_rect(bar);
            }
        }
        let whole = qr.side_with_margin() as f32 * module;
        let content = self.surface.start_tagged(ContentTag::Other);
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(fill((0, 0, 0))));
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
        self.surface.end_tagged();
        let bounds = Rect::from_xywh(x, y, whole, whole).map(|bounds| BBox::new(self.number, bounds));
        let figure = Tag::Figure(Some(alternative.to_owned())).with_bbox(bounds);
        self.groups.push(TagGroup::with_children(figure, vec![Node::Leaf(content)]));
    }

    fn drawing(&mut self, path: Option<Path>, fill: Option<Fill>, stroke: Option<Stroke>) {
        let Some(path) = path else { return };
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        self.surface.set_fill(fill);
        self.surface.set_stroke(stroke);
        self.surface.draw_path(&path);
        self.surface.end_tagged();
    }
}

/// Measures texts.
#[derive(Clone, Copy)]
pub struct Ruler<'a> {
    letters: &'a HashMap<Face, Letters>,
}

impl Ruler<'_> {
    /// Width of `text` on one line.
    pub fn width(self, style: Style<'_>, text: &str) -> f32 {
        self.letters.get(&style.face).map_or(0.0, |letters| letters.width(&letters.settable(text)) * style.size)
    }

    /// Lines of `text` in `width`, broken at spaces, and inside a word where it is wider than that. Centred lines are
    /// made about equally long, so that no single word is left over.
    pub fn lines(self, style: Style<'_>, width: f32, text: &str) -> Vec<String> {
        let Some(letters) = self.letters.get(&style.face) else { return Vec::new() };
        let text = letters.settable(text);
        let broken = lines(letters, style.size, width, &text);
        if style.align != Align::Centre || broken.len() < 2 {
            return broken;
        }
        let widest = text.split_whitespace().map(|word| letters.width(word) * style.size).fold(0.0, f32::max);
        let narrower =
            (1..=20_u8).rev().map(|step| width * f32::from(step) / 20.0).take_while(|width| *width >= widest);
        let tried = narrower.map(|width| lines(letters, style.size, width, &text));
        tried.take_while(|tried| tried.len() == broken.len()).last().unwrap_or(broken)
    }

    /// Lines of a paragraph in `width`, the first shorter by `indent`.
    pub fn paragraph(self, style: Style<'_>, width: f32, indent: f32, text: &str) -> Vec<String> {
        let Some(letters) = self.letters.get(&style.face) else { return Vec::new() };
        let text = letters.settable(text);
        let first = lines(letters, style.size, width - indent, &text).into_iter().next().unwrap_or_default();
        let rest = text.split_whitespace().skip(first.split_whitespace().count()).collect::<Vec<_>>().join(" ");
        let mut all = vec![first];
        all.extend(lines(letters, style.size, width, &rest));
        all
    }

    /// Height of `text` in `width`.
    pub fn height(self, style: Style<'_>, width: f32, text: &str) -> f32 {
        height(style, self.lines(style, width, text).len())
    }

    /// `style`, made smaller down to `least` points until `text` takes at most `lines_max` lines of `width`.
    pub fn fitted<'a>(self, style: Style<'a>, least: f32, width: f32, lines_max: usize, text: &str) -> Style<'a> {
        let mut style = style;
        while style.size > least && self.lines(style, width, text).len() > lines_max {
            style.size = (style.size - 0.5).max(least);
        }
        style
    }
}

/// Height of so many lines.
pub fn height(style: Style<'_>, lines: usize) -> f32 {
    LEADING * style.size * lines as f32
}

fn lines(letters: &Letters, size: f32, width: f32, text: &str) -> Vec<String> {
    let fits = |line: &str| letters.width(line) * size <= width + 0.01;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if fits(&format!("{line} {word}")) => {
                line.push(' ');
                line.push_str(word);
            }
            _ => {
                let mut part = String::new();
                for letter in word.chars() {
                    part.push(letter);
                    if part.chars().count() > 1 && !fits(&part) {
                        part.pop();
                        lines.push(std::mem::replace(&mut part, letter.to_string()));
                    }
                }
                lines.push(part);
            }
        }
    }
    lines
}

fn heading(level: u16, title: &str) -> TagKind {
    let title = Some(title.to_owned());
    std::num::NonZeroU16::new(level).map_or_else(|| Tag::P.into(), |level| Tag::Hn(level, title).into())
}

fn fill((red, green, blue): Colour) -> Fill {
    Fill { paint: krilla::color::rgb::Color::new(red, green, blue).into(), ..Fill::default() }
}

fn stroke((red, green, blue): Colour, width: f32) -> Stroke {
    Stroke { paint: krilla::color::rgb::Color::new(red, green, blue).into(), width, ..Stroke::default() }
}

fn straight(from: (f32, f32), to: (f32, f32)) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(from.0, from.1);
    path.line_to(to.0, to.1);
    path.finish()
}

fn through(places: impl Iterator<Item = (f32, f32)>, closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (number, (x, y)) in places.enumerate() {
        if number == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    if closed {
        path.close();
    }
    path.finish()
}

fn rounded((x, y): (f32, f32), (width, height): (f32, f32), radius: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    if radius <= 0.0 {
        path.push_rect(Rect::from_xywh(x, y, width, height)?);
        return path.finish();
    }
    let (right, bottom) = (x + width, y + height);
    // A quarter of a circle as a cubic curve: its handles reach 0.5523 of the radius.
    let handle = radius * (1.0 - 0.5523);
    path.move_to(x + radius, y);
    path.line_to(right - radius, y);
    path.cubic_to(right - handle, y, right, y + handle, right, y + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - handle, right - handle, bottom, right - radius, bottom);
    path.line_to(x + radius, bottom);
    path.cubic_to(x + handle, bottom, x, bottom - handle, x, bottom - radius);
    path.line_to(x, y + radius);
    path.cubic_to(x, y + handle, x + handle, y, x + radius, y);
    path.close();
    path.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_font_has_every_vietnamese_letter_and_the_signs_of_reports() {
        let vowels = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ";
        let letters = format!("{vowels}{}0123456789%–—“”…·†‡≤≥≈−₫*\u{a0}", vowels.to_uppercase());
        for (face, bytes) in Face::ALL {
            let known = Letters::of(bytes).expect("a font");
            assert_eq!(known.settable(&letters), letters, "{face:?}");
        }
    }

    #[test]
    fn letters_written_in_parts_are_put_together_and_strange_ones_are_marked() {
        let known = Letters::of(Face::ALL[0].1).expect("a font");
        assert_eq!(known.settable("Quâ\u{300}y sô\u{301} 3 \u{4e2d}\u{0}"), "Quầy số 3 ?");
    }
}
