//! A picture in the making: areas, letters and codes on a ground, as a PNG. Nothing but lines between points is filled; curves are parted
//! into short lines. Edges are smooth: a row of pixels is eight rows of exact widths.

use skrifa::MetadataProvider;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};

use super::pdf::{Colour, Face};
use super::qr::Qr;

/// Rows that a row of pixels is parted into.
const PARTS: u16 = 8;
/// Lines that a curve becomes.
const STEPS: u8 = 6;
/// How high letters rise above their base line, in font sizes.
const ASCENT: f32 = 0.905;

/// A picture.
pub struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// Closed lines, each a list of points.
type Outline = Vec<Vec<(f32, f32)>>;

impl Canvas {
    /// A picture of one colour.
    pub fn new(width: usize, height: usize, (red, green, blue): Colour) -> Self {
        Self { width, height, pixels: [red, green, blue].repeat(width * height) }
    }

    /// A box with round corners.
    pub fn ground(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), radius: f32, colour: Colour) {
        let corners = [
            ((x + width - radius, y + radius), 0.75),
            ((x + width - radius, y + height - radius), 0.0),
            ((x + radius, y + height - radius), 0.25),
            ((x + radius, y + radius), 0.5),
        ];
        let turned = corners.iter().flat_map(|(centre, from)| arc(*centre, radius, *from, 0.25));
        self.fill(&[turned.collect()], colour);
    }

    /// A full circle.
    pub fn dot(&mut self, centre: (f32, f32), radius: f32, colour: Colour) {
        self.fill(&[arc(centre, radius, 0.0, 1.0).collect()], colour);
    }

    /// One line of text whose top is at `y`.
    pub fn line(&mut self, (x, y): (f32, f32), (face, size): (Face, f32), colour: Colour, text: &str) {
        let Ok(font) = skrifa::FontRef::new(face.bytes()) else { return };
        let (letters, outlines) = (font.charmap(), font.outline_glyphs());
        let metrics = font.glyph_metrics(Size::new(size), LocationRef::default());
        let (mut at, base) = (x, y + ASCENT * size);
        for letter in text.chars() {
            let Some(glyph) = letters.map(letter).or_else(|| letters.map('?')) else { continue };
            if let Some(outline) = outlines.get(glyph) {
                let mut pen = Pen { origin: (at, base), closed: Vec::new() };
                let settings = DrawSettings::unhinted(Size::new(size), LocationRef::default());
                if outline.draw(settings, &mut pen).is_ok() {
                    self.fill(&pen.closed, colour);
                }
            }
            at += metrics.advance_width(glyph).unwrap_or_default();
        }
    }

    /// A code, dark on the light ground that is there; `side` is its width without its margin, and whole pixels make a module.
    pub fn code(&mut self, qr: &Qr, (x, y): (f32, f32), side: f32) {
        let module = (side / qr.side() as f32).floor().max(1.0);
        for (column, row, length) in qr.bars() {
            let corner = (x + column as f32 * module, y + row as f32 * module);
            self.ground(corner, (length as f32 * module, module), 0.0, (0, 0, 0));
        }
    }

    /// The picture as a PNG.
    ///
    /// # Errors
    /// When the writer of PNG refuses: a fault of this program.
    pub fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let size = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, size(self.width), size(self.height));
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(bytes)
    }

    /// Fills what lies within closed lines (not zero times around).
    fn fill(&mut self, outline: &[Vec<(f32, f32)>], colour: Colour) {
        let edges: Vec<Edge> = outline.iter().flat_map(|closed| edges(closed)).collect();
        let top = edges.iter().map(|edge| edge.top.1).fold(f32::MAX, f32::min).max(0.0);
        let bottom = edges.iter().map(|edge| edge.bottom.1).fold(0.0, f32::max).min(self.height as f32);
        let mut cover = vec![0.0_f32; self.width];
        for row in pixel(top)..pixel(bottom.ceil()) {
            cover.fill(0.0);
            for part in 0..PARTS {
                let y = row as f32 + (f32::from(part) + 0.5) / f32::from(PARTS);
                let mut crossed: Vec<(f32, i32)> = edges.iter().filter_map(|edge| edge.crosses(y)).collect();
                crossed.sort_by(|one, other| one.0.total_cmp(&other.0));
                let mut around = 0;
                for pair in crossed.windows(2) {
                    around += pair[0].1;
                    if around != 0 {
                        self.widen(&mut cover, pair[0].0, pair[1].0);
                    }
                }
            }
            self.blend(row, &cover, colour);
        }
    }

    /// Adds the stretch from `from` to `to` to what a row covers.
    fn widen(&self, cover: &mut [f32], from: f32, to: f32) {
        let (from, to) = (from.max(0.0), to.min(self.width as f32));
        if to <= from {
            return;
        }
        for (place, covered) in cover.iter_mut().enumerate().take(pixel(to.ceil())).skip(pixel(from)) {
            let (left, right) = (place as f32, place as f32 + 1.0);
            *covered += (to.min(right) - from.max(left)).clamp(0.0, 1.0) / f32::from(PARTS);
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mix of two bytes is a byte")]
    fn blend(&mut self, row: usize, cover: &[f32], (red, green, blue): Colour) {
        let start = row * self.width * 3;
        let Some(row) = self.pixels.get_mut(start..start + self.width * 3) else { return };
        for (pixel, covered) in row.chunks_exact_mut(3).zip(cover) {
            if *covered > 0.0 {
                let part = covered.min(1.0);
                for (under, over) in pixel.iter_mut().zip([red, green, blue]) {
                    *under = (f32::from(*under) * (1.0 - part) + f32::from(over) * part).round() as u8;
                }
            }
        }
    }
}

/// Width of a line of text.
pub fn width((face, size): (Face, f32), text: &str) -> f32 {
    let Ok(font) = skrifa::FontRef::new(face.bytes()) else { return 0.0 };
    let letters = font.charmap();
    let metrics = font.glyph_metrics(Size::new(size), LocationRef::default());
    let glyphs = text.chars().filter_map(|letter| letters.map(letter).or_else(|| letters.map('?')));
    glyphs.filter_map(|glyph| metrics.advance_width(glyph)).sum()
}

/// Lines of `text` in a width, broken at spaces; the last of more than `most` ends with an ellipsis.
pub fn lines(font: (Face, f32), room: f32, most: usize, text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(font, &format!("{line} {word}")) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            while width(font, &format!("{last}…")) > room && last.pop().is_some() {}
            last.push('…');
        }
    }
    lines
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "places lie within the picture")]
fn pixel(place: f32) -> usize {
    place.max(0.0) as usize
}

/// A part of a circle from a turn on, over a part of a turn, clockwise from the right.
fn arc(centre: (f32, f32), radius: f32, from: f32, turn: f32) -> impl Iterator<Item = (f32, f32)> {
    const POINTS: u8 = 48;
    (0..=POINTS).map(move |step| {
        let angle = (from + turn * f32::from(step) / f32::from(POINTS)) * std::f32::consts::TAU;
        (centre.0 + radius * angle.cos(), centre.1 + radius * angle.sin())
    })
}

struct Edge {
    top: (f32, f32),
    bottom: (f32, f32),
    /// +1 downwards, −1 upwards.
    way: i32,
}

impl Edge {
    fn crosses(&self, y: f32) -> Option<(f32, i32)> {
        if y < self.top.1 || y >= self.bottom.1 {
            return None;
        }
        let part = (y - self.top.1) / (self.bottom.1 - self.top.1);
        Some((self.top.0 + part * (self.bottom.0 - self.top.0), self.way))
    }
}

fn edges(closed: &[(f32, f32)]) -> impl Iterator<Item = Edge> {
    let next = closed.iter().skip(1).chain(closed.first());
    closed.iter().zip(next).map(|(from, to)| {
        if from.1 <= to.1 {
            Edge { top: *from, bottom: *to, way: 1 }
        } else {
            Edge { top: *to, bottom: *from, way: -1 }
        }
    })
}

/// Takes a letter's outline; fonts count upwards, pictures downwards.
struct Pen {
    origin: (f32, f32),
    closed: Outline,
}

impl Pen {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (self.origin.0 + x, self.origin.1 - y)
    }

    fn last(&self) -> (f32, f32) {
        self.closed.last().and_then(|line| line.last()).copied().unwrap_or(self.origin)
    }

    fn add(&mut self, point: (f32, f32)) {
        if let Some(line) = self.closed.last_mut() {
            line.push(point);
        }
    }
}

/// Between two points.
fn between(one: (f32, f32), other: (f32, f32), part: f32) -> (f32, f32) {
    (one.0 + (other.0 - one.0) * part, one.1 + (other.1 - one.1) * part)
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let point = self.place(x, y);
        self.closed.push(vec![point]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let point = self.place(x, y);
        self.add(point);
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        let (from, control, to) = (self.last(), self.place(cx0, cy0), self.place(x, y));
        for step in 1..=STEPS {
            let part = f32::from(step) / f32::from(STEPS);
            self.add(between(between(from, control, part), between(control, to, part), part));
        }
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let (from, one, two, to) = (self.last(), self.place(cx0, cy0), self.place(cx1, cy1), self.place(x, y));
        for step in 1..=STEPS {
            let part = f32::from(step) / f32::from(STEPS);
            let (first, middle, last) = (between(from, one, part), between(one, two, part), between(two, to, part));
            self.add(between(between(first, middle, part), between(middle, last, part), part));
        }
    }

    fn close(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shade(canvas: &Canvas, x: usize, y: usize) -> u8 {
        canvas.pixels[(y * canvas.width + x) * 3]
    }

    #[test]
    fn a_box_covers_its_pixels_and_half_a_pixel_is_half_a_shade() {
        let mut canvas = Canvas::new(10, 10, (255, 255, 255));
        canvas.ground((2.0, 2.0), (4.5, 4.0), 0.0, (0, 0, 0));
        assert_eq!((shade(&canvas, 1, 3), shade(&canvas, 2, 3), shade(&canvas, 5, 5)), (255, 0, 0));
        assert_eq!((shade(&canvas, 6, 3), shade(&canvas, 7, 3), shade(&canvas, 3, 6)), (128, 255, 255));
    }

    #[test]
    fn a_ring_of_two_ways_around_is_empty_inside_and_a_letter_has_ink_where_it_should() {
        let mut canvas = Canvas::new(40, 40, (255, 255, 255));
        let mut hole: Vec<(f32, f32)> = arc((20.0, 20.0), 8.0, 0.0, 1.0).collect();
        hole.reverse();
        canvas.fill(&[arc((20.0, 20.0), 16.0, 0.0, 1.0).collect(), hole], (0, 0, 0));
        assert_eq!((shade(&canvas, 20, 20), shade(&canvas, 20, 8), shade(&canvas, 1, 1)), (255, 0, 255));
        // An I of 40 pixels: ink in the middle of its height, none at its sides.
        let mut canvas = Canvas::new(40, 60, (255, 255, 255));
        canvas.line((0.0, 0.0), (Face::SansBold, 40.0), (0, 0, 0), "I");
        let middle = pixel(width((Face::SansBold, 40.0), "I") / 2.0);
        assert_eq!((shade(&canvas, middle, 25), shade(&canvas, 30, 25), shade(&canvas, middle, 50)), (0, 255, 255));
    }

    #[test]
    fn text_that_does_not_fit_is_cut_with_an_ellipsis() {
        let font = (Face::Sans, 20.0);
        let cut = lines(font, 100.0, 2, "một hai ba bốn năm sáu bảy tám chín mười mười một mười hai");
        assert_eq!(cut.len(), 2);
        assert!(cut[1].ends_with('…') && width(font, &cut[1]) <= 100.0, "{cut:?}");
        assert_eq!(lines(font, 500.0, 2, "ngắn"), ["ngắn"]);
    }
}
