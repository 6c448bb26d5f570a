//! A chart as a picture of pixels (PNG), for slides and messages that take no drawing: marks as areas, letters as the outlines of the program's own
//! font, edges softened. The same chart gives the same bytes.

use std::collections::HashMap;

use icu_normalizer::ComposingNormalizer;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use crate::report::chart::Drawing;
use crate::report::chart::drawing::{Anchor, Colour, Shape};

/// Pixels a unit of a drawing: sharp on a slide.
const SCALE: f64 = 2.0;
/// The widest and highest picture, in pixels.
const PIXELS_MAX: f64 = 6_000.0;
/// Rows of samples in a row of pixels.
const SAMPLES: usize = 5;
/// Straight lines in a circle.
const SIDES: usize = 40;
/// A dash and the gap behind it, in units.
const DASH: (f64, f64) = (6.0, 4.0);

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/Arimo-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../assets/fonts/Arimo-Bold.ttf");

type Point = (f64, f64);

/// Why there is no picture: a fault of this program.
#[derive(Debug, thiserror::Error)]
pub enum RasterError {
    /// A font in the program cannot be read.
    #[error("a font could not be read")]
    Font,
    /// The file could not be written.
    #[error(transparent)]
    Png(#[from] png::EncodingError),
}

/// The chart as PNG.
pub fn png(drawing: &Drawing) -> Result<Vec<u8>, RasterError> {
    let scale = SCALE.min(PIXELS_MAX / drawing.width).min(PIXELS_MAX / drawing.height);
    let (regular, bold) = (Letters::of(REGULAR)?, Letters::of(BOLD)?);
    let mut canvas = Canvas::new(whole((drawing.width * scale).ceil()), whole((drawing.height * scale).ceil()));
    for mark in &drawing.marks {
        let at = |(x, y): Point| (x * scale, y * scale);
        let outline: Vec<Point> = match &mark.shape {
            Shape::Bar(x, y, width, height) => {
                [(*x, *y), (x + width, *y), (x + width, y + height), (*x, y + height)].map(at).to_vec()
            }
            Shape::Line(places) | Shape::Area(places) => places.iter().copied().map(at).collect(),
            Shape::Dot(x, y, radius) => circle(at((*x, *y)), radius * scale),
            Shape::Words(x, y, anchor, size, text) => {
                let letters = if mark.bold { &bold } else { &regular };
                let colour = mark.fill.unwrap_or(crate::report::chart::drawing::INK);
                letters.set(&mut canvas, text, at((*x, *y)), *anchor, size * scale, colour);
                continue;
            }
        };
        let is_line = matches!(mark.shape, Shape::Line(_));
        if let Some(fill) = mark.fill.filter(|_| !is_line) {
            canvas.fill(std::slice::from_ref(&outline), fill);
        }
        if let Some((colour, width)) = mark.stroke {
            let mut path = outline;
            if !is_line {
                path.extend(path.first().copied());
            }
            let dash = mark.dashed.then_some((DASH.0 * scale, DASH.1 * scale));
            canvas.stroke(&path, width * scale, dash, colour);
        }
    }
    canvas.png()
}

/// A number of pixels.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a picture, none negative")]
fn whole(number: f64) -> usize {
    number.max(0.0) as usize
}

/// A size as fonts take it.
#[expect(clippy::cast_possible_truncation, reason = "letters are a few pixels high")]
fn size_of(size: f64) -> Size {
    Size::new(size as f32)
}

fn circle((x, y): Point, radius: f64) -> Vec<Point> {
    let side = |side: usize| {
        let angle = std::f64::consts::TAU * side as f64 / SIDES as f64;
        (x + radius * angle.cos(), y + radius * angle.sin())
    };
    (0..SIDES).map(side).collect()
}

/// White paper of pixels.
struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Canvas {
    fn new(width: usize, height: usize) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        Self { width, height, pixels: vec![0xff; width * height * 3] }
    }

    /// Fills what closed outlines enclose; what two of them enclose in opposite directions is a hole.
    fn fill(&mut self, outlines: &[Vec<Point>], Colour(red, green, blue): Colour) {
        let points = || outlines.iter().flatten();
        let (top, bottom) = points().fold((f64::MAX, f64::MIN), |(top, bottom), (_, y)| (top.min(*y), bottom.max(*y)));
        if top > bottom {
            return;
        }
        let edges: Vec<(Point, Point)> = outlines
            .iter()
            .flat_map(|outline| outline.iter().copied().zip(outline.iter().copied().cycle().skip(1)))
            .filter(|(from, to)| (from.1 - to.1).abs() > f64::EPSILON)
            .collect();
        let mut covered = vec![0.0_f64; self.width];
        let rows = whole(top.max(0.0))..whole(bottom.max(0.0).ceil()).min(self.height);
        for row in rows {
            covered.fill(0.0);
            for sample in 0..SAMPLES {
                let y = row as f64 + (sample as f64 + 0.5) / SAMPLES as f64;
                let mut crossings: Vec<(f64, i32)> = edges
                    .iter()
                    .filter(|((_, from), (_, to))| (*from <= y) != (*to <= y))
                    .map(|((x, from), (end, to))| {
                        (x + (y - from) / (to - from) * (end - x), if to > from { 1 } else { -1 })
                    })
                    .collect();
                crossings.sort_by(|one, other| one.0.total_cmp(&other.0));
                let mut winding = 0;
                for pair in crossings.windows(2) {
                    winding += pair[0].1;
                    if winding != 0 {
                        cover(&mut covered, pair[0].0, pair[1].0);
                    }
                }
            }
            for (column, covered) in covered.iter().enumerate().filter(|(_, covered)| **covered > 0.0) {
                let share = (covered / SAMPLES as f64).min(1.0);
                let at = (row * self.width + column) * 3;
                for (pixel, paint) in self.pixels[at..at + 3].iter_mut().zip([red, green, blue]) {
                    let mixed = f64::from(*pixel) + (f64::from(paint) - f64::from(*pixel)) * share;
                    *pixel = u8::try_from(whole(mixed.round())).unwrap_or(u8::MAX);
                }
            }
        }
    }

    /// Draws along a path.
    fn stroke(&mut self, path: &[Point], width: f64, dash: Option<Point>, colour: Colour) {
        let half = width / 2.0;
        let mut pieces: Vec<Vec<Point>> = Vec::new();
        let mut gone = 0.0;
        for pair in path.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let (along, down) = (to.0 - from.0, to.1 - from.1);
            let length = along.hypot(down);
            if length <= f64::EPSILON {
                continue;
            }
            let place = |at: f64| (from.0 + along * at / length, from.1 + down * at / length);
            let (aside, below) = (-down / length * half, along / length * half);
            let mut add = |from: f64, to: f64| {
                let ((x, y), (end, low)) = (place(from), place(to));
                // All in one direction, so that what overlaps is no hole.
                pieces.push(vec![
                    (x + aside, y + below),
                    (x - aside, y - below),
                    (end - aside, low - below),
                    (end + aside, low + below),
                ]);
            };
            match dash {
                None => add(0.0, length),
                Some((on, off)) => {
                    let period = on + off;
                    let mut at = -(gone % period);
                    while at < length {
                        if at + on > 0.0 {
                            add(at.max(0.0), (at + on).min(length));
                        }
                        at += period;
                    }
                }
            }
            gone += length;
        }
        // Round corners.
        if dash.is_none() && width > 2.0 && path.len() > 2 {
            for corner in &path[1..path.len() - 1] {
                let mut round = circle(*corner, half);
                round.reverse();
                pieces.push(round);
            }
        }
        // Each by itself: a piece is wound one way or the other.
        for piece in pieces {
            self.fill(&[piece], colour);
        }
    }

    fn png(&self) -> Result<Vec<u8>, RasterError> {
        let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, side(self.width), side(self.height));
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(&self.pixels)?;
        Ok(bytes)
    }
}

/// Adds what lies between two places of a row of samples.
fn cover(covered: &mut [f64], from: f64, to: f64) {
    let (from, to) = (from.max(0.0), to.min(covered.len() as f64));
    if from >= to {
        return;
    }
    let (first, last) = (whole(from), whole(to).min(covered.len() - 1));
    if first == last {
        covered[first] += to - from;
        return;
    }
    covered[first] += first as f64 + 1.0 - from;
    for pixel in &mut covered[first + 1..last] {
        *pixel += 1.0;
    }
    covered[last] += to - last as f64;
}

/// A font in the program.
struct Letters {
    font: FontRef<'static>,
    glyphs: HashMap<char, GlyphId>,
}

impl Letters {
    fn of(bytes: &'static [u8]) -> Result<Self, RasterError> {
        let font = FontRef::new(bytes).map_err(|_| RasterError::Font)?;
        let glyphs = font.charmap().mappings().filter_map(|(code, id)| Some((char::from_u32(code)?, id))).collect();
        Ok(Self { font, glyphs })
    }

    /// Sets words on their base line.
    fn set(&self, canvas: &mut Canvas, text: &str, (x, y): Point, anchor: Anchor, size: f64, colour: Colour) {
        let composed = ComposingNormalizer::new_nfc().normalize(text);
        let metrics = self.font.glyph_metrics(size_of(size), LocationRef::default());
        let glyphs: Vec<(GlyphId, f64)> = composed
            .chars()
            .filter(|letter| !letter.is_control())
            .filter_map(|letter| self.glyphs.get(&letter).or_else(|| self.glyphs.get(&'?')))
            .map(|id| (*id, f64::from(metrics.advance_width(*id).unwrap_or(0.0))))
            .collect();
        let all: f64 = glyphs.iter().map(|(_, width)| width).sum();
        let mut at = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - all / 2.0,
            Anchor::End => x - all,
        };
        let outlines = self.font.outline_glyphs();
        for (id, width) in glyphs {
            let mut pen = Pen { origin: (at, y), outlines: Vec::new() };
            if let Some(glyph) = outlines.get(id) {
                let settings = DrawSettings::unhinted(size_of(size), LocationRef::default());
                if glyph.draw(settings, &mut pen).is_ok() {
                    canvas.fill(&pen.outlines, colour);
                }
            }
            at += width;
        }
    }
}

/// Takes down the outline of a letter as straight lines.
struct Pen {
    origin: Point,
    outlines: Vec<Vec<Point>>,
}

/// Straight lines in a curve of a letter.
const STEPS: u32 = 6;

impl Pen {
    fn place(&self, x: f32, y: f32) -> Point {
        (self.origin.0 + f64::from(x), self.origin.1 - f64::from(y))
    }

    fn last(&self) -> Point {
        self.outlines.last().and_then(|outline| outline.last()).copied().unwrap_or(self.origin)
    }

    fn add(&mut self, point: Point) {
        if let Some(outline) = self.outlines.last_mut() {
            outline.push(point);
        }
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let point = self.place(x, y);
        self.outlines.push(vec![point]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let point = self.place(x, y);
        self.add(point);
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        let (from, over, to) = (self.last(), self.place(cx0, cy0), self.place(x, y));
        for step in 1..=STEPS {
            let t = f64::from(step) / f64::from(STEPS);
            let mix = |first: f64, middle: f64, last: f64| {
                (1.0 - t) * (1.0 - t) * first + 2.0 * t * (1.0 - t) * middle + t * t * last
            };
            self.add((mix(from.0, over.0, to.0), mix(from.1, over.1, to.1)));
        }
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let (from, one, other, to) = (self.last(), self.place(cx0, cy0), self.place(cx1, cy1), self.place(x, y));
        for step in 1..=STEPS {
            let t = f64::from(step) / f64::from(STEPS);
            let rest = 1.0 - t;
            let mix = |first: f64, second: f64, third: f64, last: f64| {
                let inner = 3.0 * rest * rest * t * second + 3.0 * rest * t * t * third;
                rest * rest * rest * first + inner + t * t * t * last
            };
            self.add((mix(from.0, one.0, other.0, to.0), mix(from.1, one.1, other.1, to.1)));
        }
    }

    fn close(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::drawing::{INK, Mark};

    /// Width, height, and the colour of a pixel.
    fn read(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("pixels");
        (info.width, info.height, pixels)
    }

    #[test]
    fn marks_cover_the_pixels_that_they_cover_on_paper() {
        let mut drawing = Drawing::new("x", "Hình", (40.0, 20.0));
        drawing.add(Mark::bar("bar", (10.0, 5.0), (10.0, 10.0), Colour(0, 0, 0)));
        let (width, height, pixels) = read(&png(&drawing).expect("a picture"));
        assert_eq!((width, height), (80, 40));
        let dark = pixels.chunks(3).filter(|pixel| pixel == &[0, 0, 0]).count();
        // Twenty by twenty pixels, to the edge.
        assert_eq!(dark, 400);
        assert_eq!(pixels.chunks(3).filter(|pixel| pixel == &[255, 255, 255]).count(), 80 * 40 - 400);
    }

    #[test]
    fn letters_with_marks_have_ink_where_they_stand() {
        let mut drawing = Drawing::new("x", "Hình", (120.0, 40.0));
        drawing.add(Mark::words("words", (60.0, 28.0), Anchor::Middle, 20.0, "Ưu ẫ ọ"));
        let bytes = png(&drawing).expect("a picture");
        assert_eq!(bytes, png(&drawing).expect("a picture"), "the same bytes");
        let (width, _, pixels) = read(&bytes);
        let Colour(red, ..) = INK;
        let ink: Vec<usize> = pixels
            .chunks(3)
            .enumerate()
            .filter(|(_, pixel)| pixel[0] == red)
            .map(|(at, _)| at % width as usize)
            .collect();
        let (first, last) = (ink.iter().min().expect("ink"), ink.iter().max().expect("ink"));
        // Six letters of about half the size each, around the middle.
        assert!(
            ink.len() > 100 && (60..110).contains(first) && (130..180).contains(last),
            "{first} {last} {}",
            ink.len()
        );
    }
}
