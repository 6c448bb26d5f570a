//! A drawing as an Enhanced Metafile: lines and letters that Word and `LibreOffice` print at any size, in a DOCX that holds no pixel.
//!
//! # Source
//! \[MS-EMF\] Enhanced Metafile Format, v20240423: records `EMR_HEADER`, `EMR_CREATEPEN`, `EMR_EXTCREATEFONTINDIRECTW` and so on.

use super::drawing::{Anchor, Colour, Drawing, Shape};

/// Logical units of a unit of the drawing: finer than any printer.
const FINE: f64 = 20.0;
/// Hundredths of a millimetre across: the text width of a letter, A4 less 30 mm and 15 mm.
const ACROSS: f64 = 16_500.0;

const HEADER: u32 = 1;
const POLYGON: u32 = 3;
const POLYLINE: u32 = 4;
const SET_WINDOW_EXTENT: u32 = 9;
const SET_WINDOW_ORIGIN: u32 = 10;
const SET_VIEWPORT_EXTENT: u32 = 11;
const SET_VIEWPORT_ORIGIN: u32 = 12;
const END: u32 = 14;
const SET_MAP_MODE: u32 = 17;
const SET_BACKGROUND_MODE: u32 = 18;
const SET_TEXT_ALIGN: u32 = 22;
const SET_TEXT_COLOUR: u32 = 24;
const SELECT: u32 = 37;
const CREATE_PEN: u32 = 38;
const CREATE_BRUSH: u32 = 39;
const DELETE: u32 = 40;
const ELLIPSE: u32 = 42;
const RECTANGLE: u32 = 43;
const FONT: u32 = 82;
const TEXT: u32 = 84;

const NO_BRUSH: u32 = 0x8000_0005;
const NO_PEN: u32 = 0x8000_0008;
const NO_FONT: u32 = 0x8000_000d;
const ANISOTROPIC: u32 = 8;
const TRANSPARENT: u32 = 1;
const ON_BASE_LINE: u32 = 24;
/// The one object in use beside the stock ones; made, used and given back, shape by shape.
const OURS: [u32; 2] = [1, 2];

/// The bytes of the metafile.
pub fn emf(drawing: &Drawing) -> Vec<u8> {
    let size = (fine(drawing.width), fine(drawing.height));
    let mut file = Metafile::default();
    file.record(SET_MAP_MODE, &[ANISOTROPIC]);
    file.record(SET_WINDOW_ORIGIN, &[0, 0]);
    file.record(SET_WINDOW_EXTENT, &[size.0, size.1]);
    file.record(SET_VIEWPORT_ORIGIN, &[0, 0]);
    file.record(SET_VIEWPORT_EXTENT, &[size.0, size.1]);
    file.record(SET_BACKGROUND_MODE, &[TRANSPARENT]);
    for mark in &drawing.marks {
        match &mark.shape {
            Shape::Words(x, y, anchor, letters, text) => {
                file.words((*x, *y), *anchor, (*letters, mark.bold), mark.fill.unwrap_or(super::drawing::INK), text);
            }
            shape => file.shape(shape, mark.fill, mark.stroke, mark.dashed),
        }
    }
    file.record(END, &[0, 16, 20]);
    file.finish(drawing, size)
}

#[derive(Default)]
struct Metafile {
    records: Vec<u8>,
    count: u32,
}

impl Metafile {
    fn record(&mut self, kind: u32, words: &[u32]) {
        let length = 8 + 4 * words.len() as u32;
        for word in [kind, length].iter().chain(words) {
            self.records.extend(word.to_le_bytes());
        }
        self.count += 1;
    }

    fn shape(&mut self, shape: &Shape, fill: Option<Colour>, stroke: Option<(Colour, f64)>, dashed: bool) {
        let style = u32::from(dashed);
        match stroke {
            // A pen of one unit would be a hair; dashes are drawn by pens of any width in printers and word processors of today.
            Some((colour, width)) => {
                self.record(CREATE_PEN, &[OURS[0], style, fine(width), 0, reference(colour)]);
                self.record(SELECT, &[OURS[0]]);
            }
            None => self.record(SELECT, &[NO_PEN]),
        }
        match fill {
            Some(colour) => {
                self.record(CREATE_BRUSH, &[OURS[1], 0, reference(colour), 0]);
                self.record(SELECT, &[OURS[1]]);
            }
            None => self.record(SELECT, &[NO_BRUSH]),
        }
        match shape {
            Shape::Bar(x, y, width, height) => {
                self.record(RECTANGLE, &[fine(*x), fine(*y), fine(x + width), fine(y + height)]);
            }
            Shape::Dot(x, y, radius) => {
                self.record(ELLIPSE, &[fine(x - radius), fine(y - radius), fine(x + radius), fine(y + radius)]);
            }
            Shape::Line(places) => self.places(POLYLINE, places),
            Shape::Area(places) => self.places(POLYGON, places),
            Shape::Words(..) => {}
        }
        // What is selected may not be deleted.
        self.record(SELECT, &[NO_PEN]);
        self.record(SELECT, &[NO_BRUSH]);
        for (used, number) in [stroke.is_some(), fill.is_some()].into_iter().zip(OURS) {
            if used {
                self.record(DELETE, &[number]);
            }
        }
    }

    fn places(&mut self, kind: u32, places: &[(f64, f64)]) {
        let mut words = bounds(places).to_vec();
        words.push(places.len() as u32);
        words.extend(places.iter().flat_map(|(x, y)| [fine(*x), fine(*y)]));
        self.record(kind, &words);
    }

    fn words(&mut self, (x, y): (f64, f64), anchor: Anchor, (size, bold): (f64, bool), colour: Colour, text: &str) {
        let letters: Vec<u16> = text.encode_utf16().collect();
        // LOGFONTW: height (negative: of the letters), then width, escapement, orientation, weight; flags; the face.
        let height = (-(size * FINE)).round() as i32;
        let mut words = vec![OURS[0], height.cast_unsigned(), 0, 0, 0, if bold { 700 } else { 400 }, 0, 0];
        let mut face: Vec<u16> = "Arial".encode_utf16().collect();
        face.resize(32, 0);
        words.extend(pairs(&face));
        // The rest of an extended font: full name, style, and numbers that are not used.
        words.resize(1 + 320 / 4, 0);
        self.record(FONT, &words);
        self.record(SELECT, &[OURS[0]]);
        self.record(SET_TEXT_COLOUR, &[reference(colour)]);
        let align = match anchor {
            Anchor::Start => 0,
            Anchor::Middle => 6,
            Anchor::End => 2,
        };
        self.record(SET_TEXT_ALIGN, &[align | ON_BASE_LINE]);
        let units = letters.len() as u32;
        let offset = 76;
        let padded = letters.len().div_ceil(2) as u32 * 4;
        // Bounds, graphics mode, scales; place; letters, where they begin, options, rectangle, where their widths begin.
        let mut words = vec![0, 0, u32::MAX, u32::MAX, 2, 1_f32.to_bits(), 1_f32.to_bits(), fine(x), fine(y)];
        words.extend([units, offset, 0, 0, 0, u32::MAX, u32::MAX, offset + padded]);
        words.extend(pairs(&letters));
        // Widths of the letters, without which some readers set them on one place.
        words.extend(letters.iter().map(|letter| fine(size * width_of(*letter, bold))));
        self.record(TEXT, &words);
        self.record(SELECT, &[NO_FONT]);
        self.record(DELETE, &[OURS[0]]);
    }

    /// The header before the records.
    fn finish(self, drawing: &Drawing, (width, height): (u32, u32)) -> Vec<u8> {
        let down = (ACROSS * drawing.height / drawing.width).round() as u32;
        let header_length = 88_u32;
        let mut file = Vec::with_capacity(self.records.len() + header_length as usize);
        let signature = u32::from_le_bytes(*b" EMF");
        let length = header_length + self.records.len() as u32;
        let words = [
            HEADER,
            header_length,
            // Bounds in units of the device, the frame in hundredths of a millimetre.
            0,
            0,
            width,
            height,
            0,
            0,
            ACROSS as u32,
            down,
            signature,
            0x1_0000,
            // Bytes, records, objects (the stock one counts); no description, no palette.
            length,
            self.count + 1,
            3,
            0,
            0,
            0,
            // A device on which a unit is as large as the frame says: pixels and millimetres.
            width,
            height,
            (ACROSS / 100.0) as u32,
            down / 100,
        ];
        for word in words {
            file.extend(word.to_le_bytes());
        }
        file.extend(self.records);
        file
    }
}

/// Two letters a word.
fn pairs(letters: &[u16]) -> impl Iterator<Item = u32> {
    letters.chunks(2).map(|pair| u32::from(pair[0]) | u32::from(pair.get(1).copied().unwrap_or(0)) << 16)
}

fn fine(value: f64) -> u32 {
    ((value * FINE).round() as i32).cast_unsigned()
}

fn reference(colour: Colour) -> u32 {
    u32::from(colour.0) | u32::from(colour.1) << 8 | u32::from(colour.2) << 16
}

fn bounds(places: &[(f64, f64)]) -> [u32; 4] {
    let mut found = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for (x, y) in places {
        found = [found[0].min(*x), found[1].min(*y), found[2].max(*x), found[3].max(*y)];
    }
    if places.is_empty() { [0; 4] } else { found.map(fine) }
}

/// The width of a letter of Arial relative to its size, near enough for a label.
fn width_of(letter: u16, bold: bool) -> f64 {
    let letter = char::from_u32(u32::from(letter)).unwrap_or('n');
    let width = match letter {
        'i' | 'j' | 'l' | 'í' | 'ì' | 'ị' | 'ĩ' | 'ỉ' => 0.222,
        ' ' | '.' | ',' | ':' | ';' | 't' | 'f' | 'I' | '/' | '!' => 0.278,
        '(' | ')' | '-' | 'r' => 0.333,
        'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' | 'ý' => 0.5,
        'm' | 'M' => 0.833,
        '%' => 0.889,
        'A' | 'B' | 'E' | 'K' | 'P' | 'S' | 'V' | 'X' | 'Y' | 'Đ' | 'w' => 0.7,
        'C' | 'D' | 'H' | 'N' | 'R' | 'U' | 'G' | 'O' | 'Q' => 0.74,
        _ => 0.556,
    };
    if bold { width * 1.06 } else { width }
}
