//! A report as plain text of at most [`WIDTH`] columns, for terminals, mails and diffs.

use super::model::{Block, Report, Row, Table};

/// Columns of a line at most.
pub const WIDTH: usize = 100;
/// Columns between two columns of a table.
const GUTTER: usize = 2;
/// Columns of words are not made narrower than this for the sake of others: the longest Vietnamese syllable.
const NARROWEST_WORDS: usize = 7;

/// The report in plain text; lines end with `\n`, none with a space.
pub fn text(report: &Report) -> String {
    let mut lines = heading(report);
    for block in &report.blocks {
        lines.push(String::new());
        match block {
            Block::Heading(heading) => lines.push(heading.numbered().to_uppercase()),
            Block::Paragraph(paragraph) => lines.extend(wrapped(paragraph, WIDTH)),
            Block::Point(point) => {
                // Points of one list stand close.
                if lines.iter().rev().nth(1).is_some_and(|line| line.starts_with("- ") || line.starts_with("  ")) {
                    lines.pop();
                }
                for (place, line) in wrapped(point, WIDTH - 2).into_iter().enumerate() {
                    lines.push(format!("{}{line}", if place == 0 { "- " } else { "  " }));
                }
            }
            // Its table stands in the same report.
            Block::Chart(_) => {}
            Block::Table(table) => lines.extend(table_lines(table)),
        }
    }
    let mut text = String::new();
    for line in lines {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn heading(report: &Report) -> Vec<String> {
    let letter = &report.letter;
    let mut lines: Vec<String> = letter.agency.clone();
    lines.push(letter.number.clone());
    lines.push(letter.place_and_date.clone());
    lines.push(String::new());
    lines.push(centred(&report.title));
    lines.extend(balanced(&report.subject, WIDTH - 20).iter().map(|line| centred(line)));
    for banner in &report.banners {
        lines.push(String::new());
        lines.extend(wrapped(&format!("*** {banner} ***"), WIDTH).iter().map(|line| centred(line)));
    }
    lines
}

fn table_lines(table: &Table) -> Vec<String> {
    let widths = widths(table);
    let all = widths.iter().sum::<usize>() + GUTTER * widths.len().saturating_sub(1);
    let mut lines = wrapped(&table.title(), WIDTH);
    lines.push("-".repeat(all));
    let headings: Vec<Vec<String>> =
        table.columns.iter().zip(&widths).map(|(column, width)| wrapped(&column.heading, *width)).collect();
    lines.extend(side_by_side(table, &widths, &headings));
    lines.push("-".repeat(all));
    let mut wrapped_rows = false;
    for row in &table.rows {
        let cells = row_cells(row, &widths);
        let tall = cells.iter().any(|cell| cell.len() > 1);
        // A row of several lines would run into the next without a blank line.
        if (tall || wrapped_rows) && lines.last().is_some_and(|line| !line.starts_with("---")) {
            lines.push(String::new());
        }
        wrapped_rows = tall;
        if row.group {
            lines.extend(cells.into_iter().flatten());
        } else {
            lines.extend(side_by_side(table, &widths, &cells));
        }
    }
    lines.push("-".repeat(all));
    for note in &table.notes {
        lines.extend(wrapped(note, WIDTH));
    }
    lines
}

/// The lines of every cell of a row; the last cell of a short row gets the width of the columns it spans.
fn row_cells(row: &Row, widths: &[usize]) -> Vec<Vec<String>> {
    let last = row.cells.len().saturating_sub(1);
    let cells = row.cells.iter().zip(widths).enumerate();
    cells
        .map(|(place, (cell, width))| {
            let spanned = if place == last { &widths[place..] } else { std::slice::from_ref(width) };
            wrapped(cell.text(), spanned.iter().sum::<usize>() + GUTTER * (spanned.len() - 1))
        })
        .collect()
}

fn side_by_side(table: &Table, widths: &[usize], cells: &[Vec<String>]) -> Vec<String> {
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    (0..height)
        .map(|level| {
            let mut line = String::new();
            for (place, (cell, width)) in cells.iter().zip(widths).enumerate() {
                let text = cell.get(level).map_or("", String::as_str);
                let room = " ".repeat(width.saturating_sub(columns_of(text)));
                let spans = place + 1 == cells.len() && cells.len() < widths.len();
                if place > 0 {
                    line.push_str(&" ".repeat(GUTTER));
                }
                if table.columns[place].figures && !spans {
                    line.push_str(&room);
                    line.push_str(text);
                } else {
                    line.push_str(text);
                    line.push_str(&room);
                }
            }
            line
        })
        .collect()
}

/// Widths of the columns: as much as the widest cell needs, or less, down to the longest word, where the line is full.
fn widths(table: &Table) -> Vec<usize> {
    let columns = table.columns.len();
    let (mut least, mut most) = (vec![1; columns], vec![1; columns]);
    let mut ask = |place: usize, text: &str| {
        most[place] = most[place].max(columns_of(text));
        least[place] = least[place].max(text.split_whitespace().map(columns_of).max().unwrap_or(1));
    };
    for (place, column) in table.columns.iter().enumerate() {
        ask(place, &column.heading);
    }
    for row in table.rows.iter().filter(|row| !row.group) {
        let full = row.cells.len() == columns;
        for (place, cell) in row.cells.iter().enumerate() {
            if full || place + 1 < row.cells.len() {
                ask(place, cell.text());
            }
        }
    }
    let room = WIDTH.saturating_sub(GUTTER * columns.saturating_sub(1));
    let mut widths = least.clone();
    let mut heights: Vec<usize> = (0..columns).map(|place| height(table, place, widths[place])).collect();
    // One column at a time goes to whoever stands tallest, until the line is full or every cell has one line.
    while widths.iter().sum::<usize>() < room {
        let hungry = (0..columns).filter(|&place| widths[place] < most[place]);
        let Some(place) = hungry.max_by(|&a, &b| heights[a].cmp(&heights[b]).then(b.cmp(&a))) else { break };
        widths[place] += 1;
        heights[place] = height(table, place, widths[place]);
    }
    // Words longer than the line allows are broken: the widest column of words gives way, figures only at the last.
    while widths.iter().sum::<usize>() > room {
        let may_give = |&place: &usize| !table.columns[place].figures && widths[place] > NARROWEST_WORDS;
        let widest = (0..columns).filter(may_give).max_by_key(|&place| widths[place]);
        match widest.or_else(|| (0..columns).max_by_key(|&place| widths[place])) {
            Some(place) if widths[place] > 1 => widths[place] -= 1,
            _ => break,
        }
    }
    widths
}

/// Lines of the tallest cell of a column.
fn height(table: &Table, place: usize, width: usize) -> usize {
    let cells =
        table.rows.iter().filter(|row| row.cells.len() == table.columns.len()).map(|row| row.cells[place].text());
    cells.chain([table.columns[place].heading.as_str()]).map(|text| wrapped(text, width).len()).max().unwrap_or(1)
}

/// `text` in lines of at most `width` columns, broken at spaces, and inside a word only where it is longer than that.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().filter(|letter| !letter.is_control()).collect();
        loop {
            let line = lines.len() - 1;
            let used = columns_of(&lines[line]);
            let gap = usize::from(used > 0);
            if used + gap + word.len() <= width {
                if gap > 0 {
                    lines[line].push(' ');
                }
                lines[line].extend(word);
                break;
            }
            if used > 0 {
                lines.push(String::new());
            } else {
                let rest = word.split_off(width.max(1));
                lines[line].extend(word);
                lines.push(String::new());
                word = rest;
            }
        }
    }
    lines
}

/// [`wrapped`], with lines of about the same length.
fn balanced(text: &str, width: usize) -> Vec<String> {
    let fewest = wrapped(text, width).len();
    let narrowest = (1..=width).find(|&width| wrapped(text, width).len() == fewest);
    wrapped(text, narrowest.unwrap_or(width))
}

fn centred(text: &str) -> String {
    format!("{}{text}", " ".repeat(WIDTH.saturating_sub(columns_of(text)) / 2))
}

/// Columns a text takes: one a letter. Vietnamese is kept composed (NFC), so a letter with its marks is one character.
fn columns_of(text: &str) -> usize {
    text.chars().filter(|letter| !('\u{300}'..='\u{36f}').contains(letter)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_vietnamese_letters_count_once() {
        assert_eq!(wrapped("Tỷ lệ hài lòng", 6), ["Tỷ lệ", "hài", "lòng"]);
        assert_eq!(wrapped("nghiêng", 3), ["ngh", "iên", "g"]);
        assert_eq!(wrapped("", 5), [""]);
        assert_eq!(columns_of("Ỷ lệ"), 4);
    }
}
