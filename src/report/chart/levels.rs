//! The five levels of things as bars around the middle of level 3: what is dissatisfied lies left of the line, what is satisfied right of it, so that
//! the bars compare at a glance. The scale is the same for all bars of a drawing.

use super::drawing::{Anchor, Colour, Drawing, EDGE, INK, Mark, PAPER, width_of};
use crate::report::format::{self, Language};
use crate::report::words;

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub name: String,
    /// Counts of the levels 1 to 5; none where too few people stand behind it.
    pub levels: Option<[u64; 5]>,
}

/// Shades of the five levels, worst first: brown and blue stay apart for colour-blind readers, and the side of the middle
/// line tells them apart in grey print. Every share is written where it fits and stands in the table beside.
const FILLS: [Colour; 5] = [
    Colour(0x8c, 0x4a, 0x12),
    Colour(0xdb, 0xa2, 0x6a),
    Colour(0xe8, 0xe8, 0xe8),
    Colour(0x7f, 0xb0, 0xd8),
    Colour(0x1f, 0x5a, 0x8c),
];
const INKS: [Colour; 5] = [PAPER, INK, INK, INK, PAPER];

/// Where things stand.
struct Room {
    width: f64,
    left: f64,
    right: f64,
    /// Of a row and of its bar.
    row: f64,
    bar: f64,
    /// Whether names stand above their bars, and not left of them.
    above: bool,
}

/// A page.
const WIDE: Room = Room { width: 720.0, left: 262.0, right: 712.0, row: 36.0, bar: 26.0, above: false };
/// A telephone: names beside the bars would leave them no room.
const NARROW: Room = Room { width: 340.0, left: 6.0, right: 334.0, row: 68.0, bar: 26.0, above: true };
const SMALL: f64 = 13.0;

/// The shares of the five levels.
pub fn shares(levels: [u64; 5]) -> [f64; 5] {
    let total: u64 = levels.iter().sum();
    levels.map(|number| if total == 0 { 0.0 } else { number as f64 / total as f64 })
}

/// The drawing.
pub fn levels(title: &str, lines: &[Line], language: Language) -> Drawing {
    drawn(title, lines, &WIDE, language)
}

/// The same for a telephone.
pub fn narrow_levels(title: &str, lines: &[Line], language: Language) -> Drawing {
    drawn(title, lines, &NARROW, language)
}

fn drawn(title: &str, lines: &[Line], room: &Room, language: Language) -> Drawing {
    let Room { width, row, bar: high, above, .. } = *room;
    let keys = keys(width, language);
    let top = keys.last().map_or(0.0, |(_, y, ..)| *y) + 36.0;
    let bottom = top + row * lines.len().max(1) as f64;
    let mut drawing = Drawing::new("levels", title, (width, bottom + 8.0));
    let shares: Vec<Option<[f64; 5]>> = lines.iter().map(|line| line.levels.map(shares)).collect();
    // As much room on either side as the longest bar there needs.
    let side = |of: fn(&[f64; 5]) -> f64| shares.iter().flatten().map(of).fold(0.08, f64::max);
    let left = side(|shares| shares[0] + shares[1] + shares[2] / 2.0);
    let right = side(|shares| shares[2] / 2.0 + shares[3] + shares[4]);
    let unit = (room.right - room.left) / (left + right);
    let middle = room.left + left * unit;
    for (x, y, name, fill) in keys {
        drawing.add(Mark::bar("key", (x, y), (14.0, 14.0), fill).edged(EDGE));
        drawing.add(Mark::words("key", (x + 19.0, y + 12.0), Anchor::Start, SMALL, name));
    }
    if lines.is_empty() {
        let place = (f64::midpoint(8.0, width), top + row / 2.0 + 4.5);
        let text = language.choose("Chưa có số liệu", "There are no figures yet");
        drawing.add(Mark::words("nothing", place, Anchor::Middle, 14.0, text));
    } else {
        // Under the bars: seen between them, and through no number.
        drawing.add(Mark::line("middle", vec![(middle, top - 2.0), (middle, bottom)], INK, 1.0).dashed());
    }
    let mut said = Vec::new();
    for (place, (line, shares)) in lines.iter().zip(&shares).enumerate() {
        // The upper edge of the bar.
        let y = top + row * place as f64 + if above { row - high - 3.0 } else { (row - high) / 2.0 };
        let (at, within) = if above {
            ((room.left, y - 6.0), room.right - room.left)
        } else {
            ((room.left - 12.0, y + high / 2.0), room.left - 16.0)
        };
        drawing.add_name(&line.name, at, within, above);
        let Some(shares) = shares else {
            let text = language.choose("dưới 10 người: không hiển thị", "fewer than 10: not shown");
            let at = (room.left + 6.0, y + high / 2.0 + 4.5);
            drawing.add_on_paper(Mark::words("hidden", at, Anchor::Start, SMALL, text));
            said.push(format!("{}: {}", line.name, words::small_cell(language).to_lowercase()));
            continue;
        };
        let mut x = middle - (shares[0] + shares[1] + shares[2] / 2.0) * unit;
        for (level, share) in shares.iter().enumerate() {
            let width = share * unit;
            if width > 0.0 {
                drawing.add(Mark::bar("level", (x, y), (width, high), FILLS[level]).edged(EDGE));
            }
            let text = format!("{:.0}", share * 100.0);
            if width >= width_of(&text, SMALL) + 4.0 {
                let at = (x + width / 2.0, y + high / 2.0 + 4.5);
                drawing.add(Mark::words("share", at, Anchor::Middle, SMALL, text).filled(INKS[level]));
            }
            x += width;
        }
        let names = words::levels(language);
        let parts: Vec<String> = (0..5)
            .map(|level| format!("{} {}", names[level].to_lowercase(), format::share(shares[level], &[], language)))
            .collect();
        said.push(format!("{}: {}", line.name, parts.join(", ")));
    }
    drawing.describe(said);
    drawing
}

/// What the shades are: left, upper edge, name and shade of each, over as many lines as they need.
fn keys(width: f64, language: Language) -> Vec<(f64, f64, &'static str, Colour)> {
    let (mut x, mut y) = (8.0, 8.0);
    let mut keys = Vec::new();
    for (name, fill) in words::levels(language).into_iter().zip(FILLS) {
        let room = 19.0 + width_of(name, SMALL);
        if x > 8.0 && x + room > width {
            (x, y) = (8.0, y + 20.0);
        }
        keys.push((x, y, name, fill));
        x += room + 16.0;
    }
    keys
}
