//! A grid of shares: things down, things across, each cell its figure on a shade. The figure is written in every cell, so the shade only guides the eye.

use super::drawing::{Anchor, Colour, Drawing, EDGE, INK, Mark, PAPER, TARGET, wrapped};
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

const WIDTH: f64 = 720.0;
const LEFT: f64 = 196.0;
const RIGHT: f64 = 714.0;
const ROW: f64 = 34.0;
const SMALL: f64 = 13.0;

/// The drawing.
pub fn heat(grid: &Grid<'_>) -> Drawing {
    let Grid { title, columns, lines, minimum, minima, language } = *grid;
    let room = (RIGHT - LEFT) / columns.len().max(1) as f64;
    let heads: Vec<Vec<String>> = columns.iter().map(|name| wrapped(name, 12.0, room - 6.0, 4)).collect();
    let top = 14.0 * heads.iter().map(Vec::len).max().unwrap_or(1) as f64 + 14.0;
    let bottom = top + ROW * lines.len().max(1) as f64;
    let mut drawing = Drawing::new("heat", title, (WIDTH, bottom + 6.0));
    for (place, head) in heads.into_iter().enumerate() {
        let first = top - 8.0 - 14.0 * (head.len() as f64 - 1.0);
        for (number, part) in head.into_iter().enumerate() {
            let at = (LEFT + room * (place as f64 + 0.5), first + 14.0 * number as f64);
            drawing.add(Mark::words("column", at, Anchor::Middle, 12.0, part));
        }
    }
    let mut said = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let y = top + ROW * place as f64;
        let name = wrapped(&line.name, SMALL, LEFT - 14.0, 2);
        let first = y + ROW / 2.0 + 4.5 - 7.5 * (name.len() as f64 - 1.0);
        for (number, part) in name.into_iter().enumerate() {
            drawing.add(Mark::words("name", (LEFT - 10.0, first + 15.0 * number as f64), Anchor::End, SMALL, part));
        }
        let mut parts = Vec::new();
        for (column, cell) in line.cells.iter().enumerate() {
            let (x, at) = (LEFT + room * column as f64, (LEFT + room * (column as f64 + 0.5), y + ROW / 2.0 + 4.5));
            let (fill, ink, text) = match cell {
                Cell::Share(share) => {
                    let (_, fill, ink) = SHADES.into_iter().find(|(below, ..)| share < below).unwrap_or(SHADES[4]);
                    (fill, ink, format::share(*share, minima, language))
                }
                Cell::Hidden => (PAPER, INK, "×".to_owned()),
                Cell::Empty => continue,
            };
            let below = matches!((cell, minimum), (Cell::Share(share), Some(minimum)) if falls_short(*share, minimum));
            drawing.add(Mark::bar("cell", (x + 1.0, y + 1.0), (room - 2.0, ROW - 2.0), fill).edged(EDGE));
            if below {
                // A thick frame: told without colour.
                let frame = Mark::bar("below", (x + 2.5, y + 2.5), (room - 5.0, ROW - 5.0), fill);
                drawing.add(Mark { stroke: Some((TARGET, 3.0)), ..frame });
            }
            let words = Mark::words("figure", at, Anchor::Middle, SMALL, &*text).filled(ink);
            drawing.add(if below { words.bold() } else { words });
            parts.push(format!("{} {text}", columns[column]));
        }
        said.push(format!("{}: {}", line.name, parts.join(", ")));
    }
    if lines.is_empty() {
        let place = (f64::midpoint(LEFT, RIGHT), top + ROW / 2.0 + 4.5);
        let text = language.choose("Chưa có số liệu", "There are no figures yet");
        drawing.add(Mark::words("nothing", place, Anchor::Middle, 14.0, text));
    }
    drawing.description = said.join("; ") + ".";
    drawing
}
