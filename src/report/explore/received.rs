//! How many sheets came, over time and by the way they came: in whole tens, so that nobody reads from it that somebody answered.

use super::exhibit::{Exhibit, Step, row, table};
use crate::report::chart::bars::{Bar, Bars, bars, narrow_bars};
use crate::report::format::{self, Language};
use crate::report::model::Cell;

/// So many sheets of something, in whole tens, rounded down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// Of what.
    pub name: String,
    /// A short name for an axis.
    pub short: String,
    /// How many.
    pub tens: u64,
}

impl Count {
    /// Of a number of sheets.
    pub fn of(name: String, short: String, sheets: u64) -> Self {
        Self { name, short, tens: sheets / 10 * 10 }
    }
}

/// Sheets over time.
pub fn received(title: &str, counts: &[Count], language: Language) -> Exhibit {
    let drawn: Vec<Bar> =
        counts.iter().map(|count| Bar { label: count.short.clone(), count: Some(count.tens) }).collect();
    let usual =
        (counts.len() > 1).then(|| counts.iter().map(|count| count.tens as f64).sum::<f64>() / counts.len() as f64);
    let chart = Bars { title, counts: &drawn, usual, limits: &[], limit_name: "", language };
    let (heading, first) = (title.to_owned(), language.choose("Thời gian", "Time"));
    Exhibit {
        id: "received",
        drawing: Some(bars(&chart)),
        narrow: Some(narrow_bars(&chart)),
        legend: language.choose("Đường gạch: trung bình.", "Dashed: the mean.").to_owned(),
        says: Vec::new(),
        table: table_of(title, first, counts, language),
        steps: vec![Step::Nowhere; counts.len()],
        heading,
    }
}

/// Sheets by what they are told apart by: a table says it.
pub fn counts(id: &'static str, title: &str, of: &str, counts: &[Count], language: Language) -> Exhibit {
    Exhibit {
        id,
        heading: title.to_owned(),
        says: Vec::new(),
        drawing: None,
        narrow: None,
        legend: String::new(),
        table: table_of(title, of, counts, language),
        steps: vec![Step::Nowhere; counts.len()],
    }
}

fn table_of(title: &str, of: &str, counts: &[Count], language: Language) -> crate::report::model::Table {
    let sheets = language.choose("Số phiếu (chục)", "Sheets (tens)");
    let mut table = table(title, &[(of, false, 40), (sheets, true, 16)]);
    for count in counts {
        let cell = if count.tens == 0 {
            Cell::Hidden(language.choose("dưới 10", "fewer than 10").to_owned())
        } else {
            Cell::Count(count.tens, format::count(count.tens, language))
        };
        table.rows.push(row(vec![Cell::Text(count.name.clone()), cell]));
    }
    table.notes.push(
        language
            .choose(
                "Phiếu đã được đưa vào số liệu, đếm theo chục, làm tròn xuống.",
                "Sheets that have entered figures, in whole tens, rounded down.",
            )
            .to_owned(),
    );
    table
}
