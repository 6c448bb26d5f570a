//! The cells of a worksheet: values, formulas, errors, merged cells, hidden rows.

use std::collections::{BTreeMap, HashSet};

use super::limits::{Bound, COLUMNS_MAX, FileFault, ROWS_MAX, push};
use super::number_format::{self, Shows};
use super::shared::{Shared, unescaped};
use super::xml::{Xml, attribute, is_true, walk};
use super::{CellFault, Row};

/// A cell while it is read.
#[derive(Default)]
struct Cell {
    column: usize,
    kind: String,
    style: usize,
    value: Option<String>,
    formula: Option<String>,
}

/// Where a row's cells are read into.
struct Reading<'a> {
    shared: &'a Shared,
    /// The last line that may hold anything.
    most: usize,
    rows: BTreeMap<u64, Row>,
    /// Cells that hold a plain number, by line and column.
    numbers: HashSet<(u64, usize)>,
    /// Ranges of merged cells: first line and column, last line.
    merged: Vec<(u64, usize, u64)>,
}

/// The rows of a worksheet that are not empty, so many at the most.
pub(super) fn rows(content: &[u8], shared: &Shared, most: usize) -> Result<Vec<Row>, FileFault> {
    let mut reading = Reading { shared, most, rows: BTreeMap::new(), numbers: HashSet::new(), merged: Vec::new() };
    let (mut line, mut hidden, mut next_column) = (0_u64, false, 0_usize);
    let mut cell: Option<Cell> = None;
    // What the text at hand belongs to.
    let mut inside = "";
    let mut phonetic = false;
    walk(content, |xml| {
        match xml {
            Xml::Open("row", start) => {
                let said = attribute(start, "r").and_then(|line| line.parse().ok());
                line = said.unwrap_or(line + 1);
                (hidden, next_column) = (is_true(start, "hidden"), 0);
            }
            Xml::Open("c", start) => {
                let said = attribute(start, "r").and_then(|place| column_of(&place));
                let column = said.unwrap_or(next_column);
                next_column = column.saturating_add(1);
                let style = attribute(start, "s").and_then(|style| style.parse().ok()).unwrap_or(0);
                let kind = attribute(start, "t").unwrap_or_default();
                cell = Some(Cell { column, kind, style, ..Cell::default() });
            }
            Xml::Open("v", _) => inside = "v",
            Xml::Open("t", _) if !phonetic => inside = "v",
            Xml::Open("f", _) => {
                inside = "f";
                if let Some(cell) = &mut cell {
                    cell.formula = Some(String::new());
                }
            }
            Xml::Open("rPh", _) => phonetic = true,
            Xml::Close("rPh") => phonetic = false,
            Xml::Close("v" | "t" | "f") => inside = "",
            Xml::Text(text) => match (&mut cell, inside) {
                (Some(cell), "v") => cell.value.get_or_insert_default().push_str(text),
                (Some(cell), "f") => cell.formula.get_or_insert_default().push_str(text),
                _ => {}
            },
            Xml::Close("c") => {
                if let Some(cell) = cell.take() {
                    reading.take(line, hidden, &cell)?;
                }
            }
            Xml::Open("mergeCell", start) => reading.merged.extend(attribute(start, "ref").and_then(|range| {
                let (first, last) = range.split_once(':')?;
                Some((line_of(first)?, column_of(first)?, line_of(last)?))
            })),
            _ => {}
        }
        Ok(())
    })?;
    // Each is looked at row by row: the more rows may be, the fewer of them.
    if reading.merged.len().saturating_mul(most) > ROWS_MAX * ROWS_MAX {
        return Err(FileFault::TooMuch(Bound::Parts));
    }
    reading.spread_merged();
    let mut rows = Vec::new();
    for row in reading.rows.into_values() {
        push(&mut rows, row, most)?;
    }
    Ok(rows)
}

impl Reading<'_> {
    fn take(&mut self, line: u64, hidden: bool, cell: &Cell) -> Result<(), FileFault> {
        let (text, fault) = self.text_of(line, cell);
        if text.trim().is_empty() && fault.is_none() {
            return Ok(());
        }
        if cell.column >= COLUMNS_MAX {
            return Err(FileFault::TooMuch(Bound::Columns(line)));
        }
        // Of the template and of tables out of reports: lines far down mean more rows than may be.
        if line > self.most as u64 {
            return Err(FileFault::TooMuch(Bound::Rows(line)));
        }
        let number = match cell.kind.as_str() {
            "" | "n" => cell.value.as_deref().and_then(|value| value.trim().parse::<f64>().ok()),
            _ => None,
        };
        let digits = self.shared.digits.get(cell.style).copied().unwrap_or_default();
        let row = self.rows.entry(line).or_insert_with(|| Row { line, hidden, ..Row::default() });
        if row.cells.len() <= cell.column {
            row.cells.resize(cell.column + 1, String::new());
        }
        row.cells[cell.column] = text;
        row.numbers.extend(number.map(|number| (cell.column, number_format::spelled(number, digits))));
        match fault {
            Some(fault) => row.faults.push((cell.column, fault)),
            None if cell.formula.is_some() => row.formulas.push(cell.column),
            None => {}
        }
        Ok(())
    }

    /// The text of a cell, and why it is not to be believed.
    fn text_of(&mut self, line: u64, cell: &Cell) -> (String, Option<CellFault>) {
        let value = cell.value.as_deref().unwrap_or_default();
        let text = match cell.kind.as_str() {
            "s" => value.trim().parse().ok().and_then(|place: usize| self.shared.strings.get(place)).cloned(),
            "inlineStr" | "str" => Some(unescaped(value)),
            "b" => Some(if value.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned()),
            "e" => Some(value.to_owned()),
            "d" => Some(value.trim_end_matches("T00:00:00").to_owned()),
            _ => value.trim().parse::<f64>().ok().map(|number| {
                let shows = self.shared.styles.get(cell.style).copied().unwrap_or(Shows::Number);
                if matches!(shows, Shows::Number | Shows::Percent) {
                    self.numbers.insert((line, cell.column));
                }
                number_format::text(number, shows, self.shared.from_1904)
            }),
        };
        let text = text.unwrap_or_default();
        let fault = match &cell.formula {
            // A formula may have an empty text as its value, and then says so by its kind.
            Some(formula) if self.shared.to_compute || (text.is_empty() && cell.kind != "str") => {
                let formula = if formula.is_empty() { "…".to_owned() } else { formula.clone() };
                Some(CellFault::NotComputed { formula, kept: Some(text.clone()).filter(|text| !text.is_empty()) })
            }
            _ => (cell.kind == "e").then_some(CellFault::Error),
        };
        (text, fault)
    }

    /// What a cell merged over several rows says belongs to each of these rows; a number does not.
    fn spread_merged(&mut self) {
        for (first, column, last) in std::mem::take(&mut self.merged) {
            let said = self.rows.get(&first).and_then(|row| row.cells.get(column)).cloned().unwrap_or_default();
            if said.is_empty() {
                continue;
            }
            // A count that was typed as text is a count.
            let is_number = self.numbers.contains(&(first, column)) || is_count_or_share(&said);
            for (_, row) in self.rows.range_mut(first..=last.max(first)).skip(1) {
                if row.cells.len() <= column {
                    row.cells.resize(column + 1, String::new());
                }
                if row.cells[column].is_empty() {
                    row.cells[column].clone_from(&said);
                    row.faults.extend(is_number.then_some((column, CellFault::MergedNumber)));
                }
            }
        }
    }
}

/// Digits with nothing but commas, spaces and a percent sign among them, and dots between thousands; `1.1` is the number of a clause.
fn is_count_or_share(said: &str) -> bool {
    let is_number = |sign: char| sign.is_ascii_digit() || matches!(sign, '.' | ',' | ' ' | '\u{a0}' | '%');
    said.contains(|sign: char| sign.is_ascii_digit())
        && said.chars().all(is_number)
        && said.split('.').skip(1).all(|group| group.len() == 3)
}

/// The column of a place as in `AB12`, from 0.
fn column_of(place: &str) -> Option<usize> {
    let mut letters = place.trim_start_matches('$').bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.try_fold(0_usize, |sum, letter| {
        sum.checked_mul(26)?.checked_add(usize::from(letter.to_ascii_uppercase() - b'A') + 1)
    })?;
    number.checked_sub(1)
}

fn line_of(place: &str) -> Option<u64> {
    place.trim_start_matches(|letter: char| !letter.is_ascii_digit()).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(data: &str) -> Vec<Row> {
        let content = format!("<x:worksheet xmlns:x=\"u\">{data}</x:worksheet>");
        rows(content.as_bytes(), &Shared::default(), ROWS_MAX).expect("rows")
    }

    #[test]
    fn formulas_errors_and_hidden_rows_are_told() {
        let rows = read(
            "<sheetData><row r=\"2\" hidden=\"1\"><c r=\"A2\"><f>1+2</f><v></v></c><c r=\"B2\"><f>1+2</f><v>3</v></c>\
             <c r=\"C2\" t=\"str\"><f>IF(1,\"\")</f><v></v></c><c r=\"D2\" t=\"e\"><v>#REF!</v></c></row></sheetData>",
        );
        let row = &rows[0];
        assert_eq!((row.line, row.hidden, row.formulas.clone()), (2, true, vec![1]));
        assert_eq!(row.cells, ["", "3", "", "#REF!"]);
        let not_computed = CellFault::NotComputed { formula: "1+2".to_owned(), kept: None };
        assert_eq!(row.faults, [(0, not_computed), (3, CellFault::Error)]);
    }

    #[test]
    fn words_of_merged_cells_belong_to_all_their_rows_and_numbers_to_none_below() {
        let rows = read(
            "<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Trạm</t></is></c><c r=\"B1\"><v>7</v></c></row>\
             <row><c t=\"inlineStr\"/><c/><c><v>8</v></c></row></sheetData>\
             <mergeCells><mergeCell ref=\"A1:A3\"/><mergeCell ref=\"B1:B2\"/></mergeCells>",
        );
        assert_eq!(rows.len(), 2, "an empty row stays empty");
        assert_eq!((rows[1].line, rows[1].cells.clone()), (2, ["Trạm", "7", "8"].map(str::to_owned).to_vec()));
        assert_eq!(rows[1].faults, [(1, CellFault::MergedNumber)]);
        // A count typed as text is a count; the number of a clause is a name.
        for (said, faults) in [("1.109", 1), ("109", 1), ("87,5%", 1), ("1.1", 0), ("II.1", 0)] {
            let rows = read(&format!(
                "<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{said}</t></is></c><c r=\"B1\"><v>7</v></c></row>\
                 <row r=\"2\"><c r=\"B2\"><v>8</v></c></row></sheetData><mergeCells><mergeCell ref=\"A1:A2\"/></mergeCells>",
            ));
            assert_eq!(rows[1].faults.len(), faults, "{said}");
        }
    }
}
