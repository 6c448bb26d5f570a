//! A grid of shares: things down, things across, each cell its figure on a shade. The figure is written in every cell, so the shade only guides the eye.

use super::drawing::{Anchor, Colour, Drawing, EDGE, INK, Mark, PAPER, TARGET, width_of, wrapped};
use crate::report::format::{self, Language};
use crate::stats::threshold::falls_short;

/// A row of the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub name: String,
    /// A share a column.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// A share, 0–1.
    Share(f64),
    /// Too few people stand behind it.
    Hidden,
    /// The row does not ask for it.
    Empty,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid<'a> {
    /// What is measured.
    pub title: &'a str,
    /// Names of the columns.
    pub columns: &'a [String],
    /// From top to bottom.
    pub lines: &'a [Line],
    /// The minimum under which a cell is framed.
    pub minimum: Option<f64>,
    /// All minima of the page, so that figures are rounded as in its tables.
    pub minima: &'a [f64],
    pub language: Language,
}

/// Pale to dark, of one hue: low shares are dark, for they are what is looked for.
const SHADES: [(f64, Colour, Colour); 5] = [
    (0.75, Colour(0x12, 0x3f, 0x66), PAPER),
    (0.82, Colour(0x2b, 0x6c, 0xa3), PAPER),
    (0.88, Colour(0x86, 0xb4, 0xd8), INK),
    (0.93, Colour(0xc3, 0xdb, 0xee), INK),
    (f64::INFINITY, Colour(0xee, 0xf4, 0xf9), INK),
];

/// Where things stand.
struct Room {
    width: f64,
    left: f64,
    right: f64,
    /// Of a row and of its cells.
    row: f64,
    cell: f64,
    /// Whether names stand above their cells, and not left of them, and columns have numbers that are told above the grid.
    above: bool,
}

/// A page.
const WIDE: Room = Room { width: 720.0, left: 196.0, right: 714.0, row: 34.0, cell: 34.0, above: false };
/// A telephone: names beside the cells would leave them no room, nor would names of columns be read.
const NARROW: Room = Room { width: 340.0, left: 4.0, right: 336.0, row: 68.0, cell: 32.0, above: true };
const SMALL: f64 = 13.0;
/// Letters of the names of columns, and the height of a line of them.
const HEAD: f64 = 12.0;
const LINE: f64 = 14.0;

/// The drawing.
pub fn heat(grid: &Grid<'_>) -> Drawing {
    drawn(grid, &WIDE)
}

/// The same for a telephone.
pub fn narrow_heat(grid: &Grid<'_>) -> Drawing {
    drawn(grid, &NARROW)
}

/// Numbers over the columns with what they stand for, where names over them would not be read; of numbers nothing more need be said.
fn keys(columns: &[String], width: f64) -> Option<Vec<Vec<String>>> {
    if columns.iter().all(|name| name.parse::<u32>().is_ok()) {
        return None;
    }
    let key = |(name, number): (&String, u32)| wrapped(&format!("{number}. {name}"), HEAD, width, 2);
    Some(columns.iter().zip(1..).map(key).collect())
}

/// The letters in which every figure of a grid fits its cell with its sign, bold and within a frame; none where none do.
fn size_with_sign(grid: &Grid<'_>, room: f64) -> Option<f64> {
    let shares = grid.lines.iter().flat_map(|line| &line.cells).filter_map(|cell| match cell {
        Cell::Share(share) => Some(format::share(*share, grid.minima, grid.language)),
        Cell::Hidden | Cell::Empty => None,
    });
    let longest = shares.map(|text| width_of(&text, 1.0)).fold(0.0, f64::max);
    [SMALL, HEAD].into_iter().find(|size| longest * size * 1.1 <= room - 10.0)
}

fn drawn(grid: &Grid<'_>, within: &Room) -> Drawing {
    let Grid { title, columns, lines, minimum, minima, language } = *grid;
    let Room { width, left, right, row, cell: high, above } = *within;
    let room = (right - left) / columns.len().max(1) as f64;
    let keys = if above { keys(columns, right - left - 8.0) } else { None };
    let heads: Vec<Vec<String>> = match &keys {
        Some(keys) => (1..=keys.len()).map(|number| vec![number.to_string()]).collect(),
        None => columns.iter().map(|name| wrapped(name, HEAD, room - 6.0, 4)).collect(),
    };
    let mut told: Vec<(&str, String)> = keys.into_iter().flatten().flatten().map(|line| ("key", line)).collect();
    let size = size_with_sign(grid, room);
    if size.is_none() {
        // In cells so narrow the sign would cost the digits their room: it is said once, and every cell goes without it.
        told.push((
            "unit",
            language.choose("Số trong các ô là phần trăm (%).", "Figures are per cent (%).").to_owned(),
        ));
    }
    let apart = if told.is_empty() { 14.0 } else { 22.0 };
    let top = LINE * (told.len() + heads.iter().map(Vec::len).max().unwrap_or(1)) as f64 + apart;
    let bottom = top + row * lines.len().max(1) as f64;
    let mut drawing = Drawing::new("heat", title, (width, bottom + 6.0));
    for (number, (class, text)) in told.into_iter().enumerate() {
        drawing.add(Mark::words(class, (left, LINE * (number as f64 + 1.0)), Anchor::Start, HEAD, text));
    }
    for (place, head) in heads.into_iter().enumerate() {
        let first = top - 8.0 - LINE * (head.len() as f64 - 1.0);
        for (number, part) in head.into_iter().enumerate() {
            let at = (left + room * (place as f64 + 0.5), first + LINE * number as f64);
            drawing.add(Mark::words("column", at, Anchor::Middle, HEAD, part));
        }
    }
    let mut said = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let begin = top + row * place as f64;
        let y = begin + row - high;
        let (at, within) =
            if above { ((left + 2.0, y - 6.0), right - left) } else { ((left - 10.0, y + high / 2.0), left - 14.0) };
        drawing.add_name(&line.name, at, within, above);
        let mut parts = Vec::new();
        for (column, cell) in line.cells.iter().enumerate() {
            let (x, at) = (left + room * column as f64, (left + room * (column as f64 + 0.5), y + high / 2.0 + 4.5));
            let (fill, ink, text) = match cell {
                Cell::Share(share) => {
                    let (_, fill, ink) = SHADES.into_iter().find(|(below, ..)| share < below).unwrap_or(SHADES[4]);
                    (fill, ink, format::share(*share, minima, language))
                }
                Cell::Hidden => (PAPER, INK, "×".to_owned()),
                Cell::Empty => continue,
            };
            let below = matches!((cell, minimum), (Cell::Share(share), Some(minimum)) if falls_short(*share, minimum));
            drawing.add(Mark::bar("cell", (x + 1.0, y + 1.0), (room - 2.0, high - 2.0), fill).edged(EDGE));
            if below {
                // A thick frame: told without colour.
                let frame = Mark::bar("below", (x + 2.5, y + 2.5), (room - 5.0, high - 5.0), fill);
                drawing.add(Mark { stroke: Some((TARGET, 3.0)), ..frame });
            }
            let short = if size.is_some() { &*text } else { text.trim_end_matches('%') };
            let words = Mark::words("figure", at, Anchor::Middle, size.unwrap_or(HEAD), short).filled(ink);
            drawing.add(if below { words.bold() } else { words });
            let said = if *cell == Cell::Hidden { language.choose("không hiển thị", "not shown") } else { &*text };
            parts.push(format!("{} {said}", columns[column]));
        }
        said.push(format!("{}: {}", line.name, parts.join(", ")));
    }
    if lines.is_empty() {
        let place = (f64::midpoint(left, right), top + row / 2.0 + 4.5);
        let text = language.choose("Chưa có số liệu", "There are no figures yet");
        drawing.add(Mark::words("nothing", place, Anchor::Middle, 14.0, text));
    }
    drawing.describe(said);
    drawing
}
