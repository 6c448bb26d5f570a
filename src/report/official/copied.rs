//! Charts that the office put into the report from the pages of exploring: each with the sentence that is said of it, as it stood that day.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::report::chart::Drawing;
use crate::report::explore::Exhibit;
use crate::report::format::{Language, date};
use crate::report::model::{Annex, Block, Table};

/// A chart with its table, to keep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The chart; none where a table says it better.
    pub drawing: Option<Drawing>,
    /// What its marks mean.
    pub legend: String,
    /// The figures.
    pub table: Table,
}

impl Kept {
    /// Of an exhibit.
    pub fn of(exhibit: Exhibit) -> Self {
        Self { drawing: exhibit.drawing, legend: exhibit.legend, table: exhibit.table }
    }
}

/// A chart in the annex.
#[derive(Debug, Clone, PartialEq)]
pub struct Copied {
    /// What it shows.
    pub heading: String,
    /// What is said of it.
    pub sentence: String,
    /// Chart and table.
    pub kept: Kept,
    /// The day of its figures.
    pub taken_on: NaiveDate,
}

/// Tables of more columns than this are set across.
const WIDE: usize = 6;

/// The annex of the charts; none without any.
pub(super) fn annex(copied: &[Copied], number: usize, language: Language) -> Option<Annex> {
    if copied.is_empty() {
        return None;
    }
    let mut blocks = Vec::new();
    for one in copied {
        for line in one.sentence.lines().map(str::trim).filter(|line| !line.is_empty()) {
            blocks.push(Block::Paragraph(line.to_owned()));
        }
        blocks.extend(one.kept.drawing.clone().map(Block::Chart));
        let mut table = one.kept.table.clone();
        if !one.kept.legend.is_empty() {
            table.notes.insert(0, one.kept.legend.clone());
        }
        let day = date(one.taken_on);
        table.notes.push(language.choose(format!("Số liệu lấy ngày {day}."), format!("Figures of {day}.")));
        table.caption.clone_from(&one.heading);
        blocks.push(Block::Table(table));
    }
    let landscape = copied.iter().any(|one| one.kept.table.columns.len() > WIDE);
    Some(Annex {
        title: format!("{} {number}", language.choose("Phụ lục", "Annex")),
        subject: language.choose("Phân tích kèm theo", "Further analysis").to_owned(),
        landscape,
        blocks,
    })
}
