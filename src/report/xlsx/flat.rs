//! A table of a report without what makes it hard to sort: rows that name a group become a column, an interval two columns.

use super::super::format::Language;
use super::super::model::{Cell, Table};

/// The narrowest column, in letters.
const COLUMN_MIN: f64 = 9.0;

/// What stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// A share, 0 to 1.
    Share(f64),
    Count(u64),
    /// A mean of levels.
    Mean(f64),
    Words(&'a str),
    Nothing,
}

/// A heading; no two of a table are alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// The words.
    pub text: String,
    /// Width, in letters.
    pub width: f64,
}

/// A figure with all that it is told by.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure<'a> {
    /// The group that its row stands under; empty for none.
    pub group: &'a str,
    pub row: &'a str,
    /// Its column.
    pub measure: String,
    /// What stands there.
    pub value: Value<'a>,
}

/// The headings as they are flat.
pub fn heads(table: &Table, language: Language) -> Vec<Head> {
    let mut heads: Vec<Head> = Vec::new();
    let mut add = |text: &str, width: u32| {
        let width = f64::from(width).max(COLUMN_MIN);
        let known = |text: &str| heads.iter().any(|head| head.text.eq_ignore_ascii_case(text));
        let mut unique = text.to_owned();
        let mut number = 2;
        while known(&unique) {
            unique = format!("{text} ({number})");
            number += 1;
        }
        heads.push(Head { text: unique, width });
    };
    if grouped(table) {
        add(language.choose("Nhóm", "Group"), 24);
    }
    for (place, column) in table.columns.iter().enumerate() {
        if wide(table, place) {
            add(&format!("{} – {}", column.heading, language.choose("cận dưới", "lower")), column.width.div_ceil(2));
            add(&format!("{} – {}", column.heading, language.choose("cận trên", "upper")), column.width.div_ceil(2));
        } else {
            add(&column.heading, column.width);
        }
    }
    heads
}

/// The rows as they are flat, each as long as the headings.
pub fn rows(table: &Table) -> Vec<Vec<Value<'_>>> {
    let grouped = grouped(table);
    let all = table.columns.iter().enumerate().map(|(place, _)| if wide(table, place) { 2 } else { 1 }).sum::<usize>()
        + usize::from(grouped);
    let mut group = "";
    let mut rows = Vec::new();
    for row in &table.rows {
        if row.group {
            group = row.cells.first().map_or("", Cell::text);
            continue;
        }
        let mut values = Vec::new();
        if grouped {
            values.push(if group.is_empty() { Value::Nothing } else { Value::Words(group) });
        }
        for (place, cell) in row.cells.iter().enumerate() {
            match (cell, wide(table, place)) {
                (Cell::Interval(low, high, _), _) => values.extend([Value::Share(*low), Value::Share(*high)]),
                (cell, true) => values.extend([value(cell), Value::Nothing]),
                (cell, false) => values.push(value(cell)),
            }
        }
        values.resize(all, Value::Nothing);
        rows.push(values);
    }
    rows
}

/// Every figure of a table. The first column of words names the row.
pub fn figures(table: &Table, language: Language) -> Vec<Figure<'_>> {
    let heads = heads(table, language);
    let grouped = usize::from(grouped(table));
    let mut figures = Vec::new();
    for row in rows(table) {
        let group = match row.first() {
            Some(Value::Words(group)) if grouped == 1 => *group,
            _ => "",
        };
        // A clause or a number before the name is no name.
        let named = row.iter().enumerate().skip(grouped).filter(|(_, value)| matches!(value, Value::Words(_)));
        let longest = named
            .take(2)
            .max_by_key(|(_, value)| if let Value::Words(text) = value { text.chars().count() } else { 0 });
        let Some((at, Value::Words(name))) = longest.map(|(at, value)| (at, *value)) else { continue };
        for (place, value) in row.iter().enumerate().skip(grouped) {
            if place != at && *value != Value::Nothing {
                figures.push(Figure { group, row: name, measure: heads[place].text.clone(), value: *value });
            }
        }
    }
    figures
}

fn value(cell: &Cell) -> Value<'_> {
    match cell {
        Cell::Share(share, _) => Value::Share(*share),
        Cell::Count(count, _) => Value::Count(*count),
        Cell::Mean(mean, _) => Value::Mean(*mean),
        Cell::Interval(low, ..) => Value::Share(*low),
        Cell::Text(text) | Cell::Verdict(_, text) | Cell::Hidden(text) => Value::Words(text),
        Cell::Empty => Value::Nothing,
    }
}

fn grouped(table: &Table) -> bool {
    table.rows.iter().any(|row| row.group)
}

/// Whether a column holds intervals.
fn wide(table: &Table, place: usize) -> bool {
    table.rows.iter().any(|row| matches!(row.cells.get(place), Some(Cell::Interval(..))))
}

#[cfg(test)]
mod tests {
    use super::super::super::model::{Column, Row, TableKind};
    use super::*;

    #[test]
    fn groups_become_a_column_intervals_two_and_no_two_headings_are_alike() {
        let column = |heading: &str| Column { heading: heading.to_owned(), figures: true, width: 10 };
        let text = |text: &str| Cell::Text(text.to_owned());
        let row = |group: bool, cells: Vec<Cell>| Row { group, cells };
        let table = Table {
            kind: TableKind::Criteria,
            field: None,
            number: None,
            caption: String::new(),
            columns: ["Tiêu chí", "Tỷ lệ", "Khoảng", "Tỷ lệ"].map(column).to_vec(),
            rows: vec![
                row(true, vec![text("Yếu tố 1")]),
                row(
                    false,
                    vec![
                        text("Lối vào"),
                        Cell::Share(0.5, "50,0%".to_owned()),
                        Cell::Interval(0.4, 0.6, String::new()),
                        Cell::Empty,
                    ],
                ),
                row(false, vec![text("Chỗ ngồi"), Cell::Hidden("dưới 10".to_owned())]),
            ],
            notes: Vec::new(),
        };
        let names: Vec<String> = heads(&table, Language::Vi).into_iter().map(|head| head.text).collect();
        assert_eq!(names, ["Nhóm", "Tiêu chí", "Tỷ lệ", "Khoảng – cận dưới", "Khoảng – cận trên", "Tỷ lệ (2)"]);
        let english = heads(&table, Language::En).into_iter().map(|head| head.text).collect::<Vec<_>>();
        assert_eq!((english[0].as_str(), english[3].as_str()), ("Group", "Khoảng – lower"), "of what the program adds");
        let group = Value::Words("Yếu tố 1");
        assert_eq!(
            rows(&table)[0],
            [group, Value::Words("Lối vào"), Value::Share(0.5), Value::Share(0.4), Value::Share(0.6), Value::Nothing]
        );
        assert_eq!(rows(&table)[1][2..], [Value::Words("dưới 10"), Value::Nothing, Value::Nothing, Value::Nothing]);
        let found = figures(&table, Language::Vi);
        assert_eq!(found.len(), 4);
        assert_eq!(
            (found[1].group, found[1].row, found[1].measure.as_str()),
            ("Yếu tố 1", "Lối vào", "Khoảng – cận dưới")
        );
    }
}
