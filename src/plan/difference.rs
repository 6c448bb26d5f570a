//! What two contents of a plan differ in, cell by cell, for people who keep it. Rows are matched by what they are called.

use super::Plan;
use super::draft::{Draft, Part, Row};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A cell says something else.
    Cell {
        part: Part,
        /// What the row is called; empty for the head.
        row: String,
        /// The key of the cell.
        key: &'static str,
        /// What it said.
        before: String,
        /// What it says.
        after: String,
    },
    /// A row is new.
    Added {
        part: Part,
        /// What it is called.
        row: String,
    },
    /// A row is gone.
    Removed {
        part: Part,
        /// What it was called.
        row: String,
    },
}

/// The differences from one content to the next, in the order of the form.
pub fn difference(before: &Plan, after: &Plan) -> Vec<Change> {
    let (before, after) = (named(before), named(after));
    let mut changes = cells(Part::Head, "", &before.head, &after.head);
    for part in Part::TABLES {
        let old = before.rows(part);
        let mut left: Vec<&Row> = old.iter().collect();
        let mut added = Vec::new();
        for row in after.rows(part) {
            let same = |other: &&Row| identity(part, other) == identity(part, row);
            match left.iter().position(same) {
                Some(place) => changes.extend(cells(part, &name(part, row), left.remove(place), row)),
                None => added.push(Change::Added { part, row: name(part, row) }),
            }
        }
        changes.extend(added);
        changes.extend(left.into_iter().map(|row| Change::Removed { part, row: name(part, row) }));
    }
    changes
}

/// A plan as cells, a target's wider target by its title: numbers of rows move.
fn named(plan: &Plan) -> Draft {
    let mut draft = Draft::of(plan);
    let titles: Vec<String> = draft.targets.iter().map(|row| row.get("title_vi").to_owned()).collect();
    for row in &mut draft.targets {
        let number = row.get("part_of").parse::<usize>().ok();
        if let Some(title) = number.and_then(|number| titles.get(number.checked_sub(1)?)) {
            row.set("part_of", title);
        }
    }
    draft
}

fn cells(part: Part, row: &str, before: &Row, after: &Row) -> Vec<Change> {
    let differs = part.keys().iter().filter(|key| before.get(key) != after.get(key));
    differs
        .map(|key| Change::Cell {
            part,
            row: row.to_owned(),
            key,
            before: before.get(key).to_owned(),
            after: after.get(key).to_owned(),
        })
        .collect()
}

/// What makes a row the same row in two contents.
fn identity(part: Part, row: &Row) -> String {
    match part {
        Part::Head => String::new(),
        Part::Target => row.get("id").to_owned(),
        Part::Period => format!("{}-{}", row.get("year"), row.get("kind")),
        Part::Task => format!("{} {}", row.get("clause"), row.get("title_vi")),
    }
}

/// What people call a row.
fn name(part: Part, row: &Row) -> String {
    match part {
        Part::Period => identity(part, row),
        _ => row.get("title_vi").to_owned(),
    }
}
