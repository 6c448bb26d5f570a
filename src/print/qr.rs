//! QR codes: the address in the code, and the code as SVG, PNG and text for terminals.
//!
//! Error correction level Q (a quarter of the code may be dirty), a margin of four modules on every side, the
//! smallest version that fits (ISO/IEC 18004). Dark on white, no logo, no frame.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use crate::report::markup::escape;

/// Light modules on every side (ISO/IEC 18004, 5.3.8).
pub const MARGIN: usize = 4;
/// Longest text accepted. An address of this length already needs version 8; posters want 3.
const LENGTH_MAX: usize = 150;

/// Why there is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a QR code takes {LENGTH_MAX} bytes at most, this text has {0}; use a shorter PUBLIC_URL")]
pub struct TooLong(pub usize);

/// The address in the code of a point.
///
/// QR codes pack capitals, digits and `$%*+-./:` denser than other letters (alphanumeric mode), and scheme and host
/// are case-insensitive: `https://khaosat.example.vn` and `2A3B4C5` make `HTTPS://KHAOSAT.EXAMPLE.VN/S/2A3B4C5`. A
/// path in `public_url` is case-sensitive: with small letters in it, the address stays as it is.
pub fn scan_url(public_url: &str, code: &str) -> String {
    let base = public_url.trim().trim_end_matches('/');
    let after_scheme = base.find("://").map_or(0, |at| at + 3);
    let path = base[after_scheme..].find('/').map_or(base.len(), |at| after_scheme + at);
    let (origin, path) = base.split_at(path);
    let (capitals, code_capitals) = (origin.to_ascii_uppercase(), code.to_ascii_uppercase());
    if [&capitals, path, &code_capitals].iter().all(|part| part.bytes().all(is_alphanumeric)) {
        format!("{capitals}{path}/S/{code_capitals}")
    } else {
        format!("{base}/s/{code}")
    }
}

/// The address in the code of a one-time card: both codes behind `/T/`, so that it stays within the capitals that a QR code
/// packs densely, and its modules are large.
pub fn ticket_url(public_url: &str, code: &str, ticket: &str) -> String {
    let of_point = scan_url(public_url, code);
    let base = of_point.strip_suffix(code).unwrap_or(&of_point);
    let base = base.strip_suffix("/S/").or_else(|| base.strip_suffix("/s/")).unwrap_or(base);
    format!("{base}/T/{code}{ticket}")
}

/// The address as people type it: without the scheme, in small letters but for the code.
pub fn typed_url(public_url: &str, code: &str) -> String {
    let base = public_url.trim().trim_end_matches('/');
    let base = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://")).unwrap_or(base);
    format!("{base}/s/{code}")
}

/// Where the published results stand, as people type it.
pub fn results_url(public_url: &str) -> String {
    let of_point = typed_url(public_url, "");
    format!("{}/results", of_point.trim_end_matches("/s/"))
}

/// Whether alphanumeric mode holds this byte (ISO/IEC 18004, table 5).
fn is_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase() || b" $%*+-./:".contains(&byte)
}

/// A QR code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    text: String,
    side: usize,
    dark: Vec<bool>,
}

impl Qr {
    /// The code of `text`, at level Q.
    pub fn of(text: &str) -> Result<Self, TooLong> {
        if text.len() > LENGTH_MAX {
            return Err(TooLong(text.len()));
        }
        let code = QrCode::with_error_correction_level(text, EcLevel::Q).map_err(|_| TooLong(text.len()))?;
        let dark = code.to_colors().into_iter().map(|colour| colour == Color::Dark).collect();
        Ok(Self { text: text.to_owned(), side: code.width(), dark })
    }

    /// The text in the code.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Modules on a side, without the margin.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Modules on a side, with the margin.
    pub fn side_with_margin(&self) -> usize {
        self.side + 2 * MARGIN
    }

    /// Version 1 to 40: 21 modules and 4 more a version.
    pub fn version(&self) -> usize {
        (self.side - 17) / 4
    }

    /// Whether the module is dark; the margin and what lies beyond is light.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = MARGIN..MARGIN + self.side;
        inside.contains(&x) && inside.contains(&y) && self.dark[(y - MARGIN) * self.side + (x - MARGIN)]
    }

    /// Dark modules as horizontal bars: column, row, length; the margin counts.
    pub fn bars(&self) -> Vec<(usize, usize, usize)> {
        let mut bars = Vec::new();
        for y in MARGIN..MARGIN + self.side {
            let mut x = MARGIN;
            while x < MARGIN + self.side {
                let length = (x..MARGIN + self.side).take_while(|&x| self.is_dark(x, y)).count();
                if length > 0 {
                    bars.push((x, y, length));
                }
                x += length.max(1);
            }
        }
        bars
    }

    /// An SVG of one unit a module; `label` says to screen readers where the code leads.
    pub fn svg(&self, label: &str) -> String {
        let side = self.side_with_margin();
        let mut path = String::new();
        for (x, y, length) in self.bars() {
            // Writing to a String cannot fail.
            let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
        }
        let label = escape(label);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"{0}\" height=\"{0}\" role=\"img\" \
             aria-label=\"{label}\" shape-rendering=\"crispEdges\"><title>{label}</title>\
             <path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/><path fill=\"#000\" d=\"{path}\"/></svg>\n",
            side * 8
        )
    }

    /// A PNG in black and white with `pixels` pixels a module (1 to 64).
    pub fn png(&self, pixels: usize) -> Result<Vec<u8>, png::EncodingError> {
        let pixels = pixels.clamp(1, 64);
        let side = self.side_with_margin() * pixels;
        let mut rows = Vec::with_capacity(side * side.div_ceil(8));
        for y in 0..side {
            let mut row = vec![0xff_u8; side.div_ceil(8)];
            for x in (0..side).filter(|x| self.is_dark(x / pixels, y / pixels)) {
                row[x / 8] &= !(0x80 >> (x % 8));
            }
            rows.extend(row);
        }
        let mut bytes = Vec::new();
        // At most 64 × (177 + 8) pixels.
        let width = u32::try_from(side).unwrap_or(u32::MAX);
        let mut encoder = png::Encoder::new(&mut bytes, width, width);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&rows)?;
        writer.finish()?;
        Ok(bytes)
    }

    /// The code in half-block letters for a terminal, in its own colours (black on white), so that it can be scanned
    /// on dark and light terminals alike. Each line ends with a reset and `\n`.
    pub fn terminal(&self) -> String {
        let mut text = String::new();
        for line in self.half_blocks().lines() {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "\u{1b}[38;5;231;48;5;16m{line}\u{1b}[0m");
        }
        text
    }

    /// The same without colours: light modules are drawn, as terminals are mostly dark.
    pub fn half_blocks(&self) -> String {
        let side = self.side_with_margin();
        let mut text = String::new();
        for y in (0..side).step_by(2) {
            for x in 0..side {
                // Below the last row of an odd number of rows lies more margin.
                text.push(match (self.is_dark(x, y), self.is_dark(x, y + 1)) {
                    (false, false) => '█',
                    (false, true) => '▀',
                    (true, false) => '▄',
                    (true, true) => ' ',
                });
            }
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "HTTPS://KHAOSAT.CAUGIAY.HANOI.GOV.VN/S/2A3B4C5";

    /// Reads what an independent decoder (rqrr) finds in grey pixels.
    fn decode(side: usize, dark: impl Fn(usize, usize) -> bool) -> (String, rqrr::MetaData) {
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| if dark(x, y) { 0 } else { 255 });
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1, "one code");
        let (about, text) = grids[0].decode().expect("a readable code");
        (text, about)
    }

    #[test]
    fn a_decoder_reads_the_address_back_from_the_png() {
        let qr = Qr::of(URL).expect("short enough");
        let bytes = qr.png(5).expect("a PNG");
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("a picture");
        let side = info.width as usize;
        assert_eq!(side, qr.side_with_margin() * 5);
        let row = info.line_size;
        let (text, about) = decode(side, |x, y| pixels[y * row + x / 8] & (0x80 >> (x % 8)) == 0);
        assert_eq!(text, URL);
        // rqrr numbers the levels as their two bits: L 1, M 0, Q 3, H 2.
        assert_eq!((about.version.0, about.ecc_level), (qr.version(), 3));
    }

    #[test]
    fn a_decoder_reads_the_address_back_from_the_svg_and_the_terminal() {
        let qr = Qr::of(URL).expect("short enough");
        let svg = qr.svg("Mở <phiếu> & trả lời");
        assert!(svg.contains("aria-label=\"Mở &lt;phiếu&gt; &amp; trả lời\""));
        let path = svg.split("d=\"").nth(2).and_then(|rest| rest.split('"').next()).expect("the dark path");
        let mut dark = std::collections::HashSet::new();
        for bar in path.split('M').skip(1) {
            let numbers: Vec<usize> = bar
                .split(|c: char| !c.is_ascii_digit())
                .filter(|part| !part.is_empty())
                .map(|part| part.parse().expect("a number"))
                .collect();
            dark.extend((0..numbers[2]).map(|step| (numbers[0] + step, numbers[1])));
        }
        let side = qr.side_with_margin();
        assert_eq!(decode(side * 4, |x, y| dark.contains(&(x / 4, y / 4))).0, URL);

        let lines: Vec<Vec<char>> = qr.half_blocks().lines().map(|line| line.chars().collect()).collect();
        let dark = |x: usize, y: usize| match lines[y / 2][x] {
            '█' => false,
            '▀' => !y.is_multiple_of(2),
            '▄' => y.is_multiple_of(2),
            _ => true,
        };
        assert_eq!(decode(side * 4, |x, y| dark(x / 4, y / 4)).0, URL);
    }

    #[test]
    fn capitals_make_a_smaller_code() {
        // Capacities at level Q, ISO/IEC 18004 table 7: 47 characters or 32 bytes in version 3, 46 bytes in version 4.
        assert_eq!(URL.len(), 46);
        assert_eq!(Qr::of(URL).expect("short enough").version(), 3);
        assert_eq!(Qr::of(&URL.to_lowercase()).expect("short enough").version(), 4);
    }

    #[test]
    fn the_margin_is_four_modules_wide_and_light() {
        let qr = Qr::of(URL).expect("short enough");
        let side = qr.side_with_margin();
        for at in 0..side {
            for edge in (0..MARGIN).chain(side - MARGIN..side) {
                assert!(!qr.is_dark(at, edge) && !qr.is_dark(edge, at));
            }
        }
        assert!(qr.is_dark(MARGIN, MARGIN));
    }

    #[test]
    fn scheme_and_host_are_capitals_and_a_path_keeps_its_letters() {
        assert_eq!(scan_url("http://127.0.0.1:8080", "2A3B4C5"), "HTTP://127.0.0.1:8080/S/2A3B4C5");
        assert_eq!(scan_url("https://khaosat.example.vn/", "2A3B4C5"), "HTTPS://KHAOSAT.EXAMPLE.VN/S/2A3B4C5");
        assert_eq!(scan_url("https://example.vn/KS", "2A3B4C5"), "HTTPS://EXAMPLE.VN/KS/S/2A3B4C5");
        assert_eq!(scan_url("https://example.vn/khao-sat/", "2A3B4C5"), "https://example.vn/khao-sat/s/2A3B4C5");
        assert_eq!(scan_url("https://khảosát.vn", "2A3B4C5"), "https://khảosát.vn/s/2A3B4C5");
        assert_eq!(scan_url("https://example.vn/a_b", "2A3B4C5"), "https://example.vn/a_b/s/2A3B4C5");
        assert_eq!(typed_url("https://khaosat.example.vn/", "2A3B4C5"), "khaosat.example.vn/s/2A3B4C5");
    }

    #[test]
    fn a_text_too_long_for_a_poster_is_refused_with_a_sentence() {
        let error = Qr::of(&"a".repeat(151)).expect_err("too long");
        assert_eq!(error.to_string(), "a QR code takes 150 bytes at most, this text has 151; use a shorter PUBLIC_URL");
        assert!(Qr::of(&"đ".repeat(75)).is_ok());
    }
}
