//! What is known of the people that a sample stands for, as a table: a question, a level of it, how many people. Which question and level are meant is for
//! whoever knows the questionnaire.

use super::columns;
use super::{Column, Place, Refused};
use crate::table::{FileFault, Table};

/// The columns of the table.
pub const COLUMNS: &[Column] = &[
    Column {
        key: "question",
        heading: "Câu hỏi",
        also: &["cau", "noi dung", "chi tieu", "phan theo", "question"],
        required: false,
    },
    Column {
        key: "level",
        heading: "Mức",
        also: &["nhom", "phuong an", "phuong an tra loi", "lua chon", "phan loai", "level", "category"],
        required: true,
    },
    Column {
        key: "total",
        heading: "Số người",
        also: &["tong", "tong so", "tong so nguoi", "so luong", "so ho so", "dan so", "total", "people"],
        required: true,
    },
];

/// A level with its people, as they stand in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Where.
    pub place: Place,
    /// The question; none where the file tells none. One that stands once above several levels is that of all.
    pub question: Option<String>,
    /// What it is called.
    pub name: String,
    /// How many, as it is written.
    pub total: String,
}

/// Why nothing can be read from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoTotals {
    /// The file cannot be read.
    File(FileFault),
    /// What is wrong with headings and cells.
    Refused(Box<Refused>),
    /// Headings, and nothing under them.
    Empty,
}

/// Reads a file.
/// # Errors
/// See [`NoTotals`].
pub fn read(bytes: &[u8]) -> Result<Vec<Level>, NoTotals> {
    let table = Table::read(bytes).map_err(NoTotals::File)?;
    let found = columns::find(&table, COLUMNS, &|_| false);
    if let Some(refused) = found.refused.first() {
        return Err(NoTotals::Refused(Box::new(refused.clone())));
    }
    let mut levels = Vec::new();
    for block in &found.blocks {
        let mut above: Option<String> = None;
        for row in &block.rows {
            let cell = |key: &str| block.cell(row, key).to_owned();
            let question = Some(cell("question")).filter(|question| !question.is_empty());
            above = question.or(above);
            let (level, total) = (cell("level"), cell("total"));
            // A line with the question alone stands above its levels.
            if !level.is_empty() || !total.is_empty() {
                levels.push(Level { place: block.place(row), question: above.clone(), name: level, total });
            }
        }
    }
    if levels.is_empty() { Err(NoTotals::Empty) } else { Ok(levels) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_stands_once_above_its_levels_or_beside_each_or_nowhere() {
        let of = |text: &str| -> Vec<(Option<String>, String, String)> {
            let read = read(text.as_bytes()).expect("totals");
            read.into_iter().map(|level| (level.question, level.name, level.total)).collect()
        };
        let row = |question: Option<&str>, level: &str, total: &str| {
            (question.map(str::to_owned), level.to_owned(), total.to_owned())
        };
        let sex = Some("Giới tính");
        let beside = of("Câu hỏi;Mức;Số người\nGiới tính;Nam;48.000\n;Nữ;52.000\nTuổi;18–24;9000\n");
        assert_eq!(beside, [row(sex, "Nam", "48.000"), row(sex, "Nữ", "52.000"), row(Some("Tuổi"), "18–24", "9000")]);
        assert_eq!(of("Category;Total\nNam;48\nNữ;52\n"), [row(None, "Nam", "48"), row(None, "Nữ", "52")]);
        assert_eq!(read("Mức;Số người\n".as_bytes()), Err(NoTotals::Empty));
        assert!(matches!(read("Mức;Ghi chú\nNam;x\n".as_bytes()), Err(NoTotals::Refused(_))));
    }
}
