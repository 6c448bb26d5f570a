//! The codebook: every column of the responses, every level and option, every code, in Vietnamese and English.

use super::responses::{FIXED, columns_of};
use super::words::{self, Word};
use super::{Cell, Table, TableError};
use crate::survey::{Factor, QuestionKind, Questionnaire, Text};

/// A code with its names, as units, points and fields have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub code: String,
    /// Vietnamese name.
    pub vi: String,
    /// English name.
    pub en: String,
}

/// What the codebook explains.
#[derive(Debug)]
pub struct Codebook<'a> {
    pub units: Vec<Named>,
    /// Service points.
    pub points: Vec<Named>,
    /// Fields of service.
    pub fields: Vec<Named>,
    /// Questionnaire versions.
    pub forms: Vec<&'a Questionnaire>,
}

/// `column` is the column of the responses, `value` what may stand in it (empty: the column itself).
const HEADER: [&str; 8] = ["column", "value", "form", "section", "factor", "vi", "en", "source"];

impl Codebook<'_> {
    /// Writes it.
    pub fn write(&self, table: &mut dyn Table) -> Result<(), TableError> {
        table.row(&HEADER.map(Cell::Text))?;
        for (column, vi, en) in FIXED {
            line(table, column, "", (vi, en))?;
            match column {
                "unit" => names(table, column, &self.units)?,
                "point" => names(table, column, &self.points)?,
                "field" => names(table, column, &self.fields)?,
                "form" => {
                    for form in &self.forms {
                        line(table, column, &form.reference(), both(&form.title))?;
                    }
                }
                "series" => kinds(table, column, words::SERIES.map(words::series))?,
                "mode" => kinds(table, column, words::MODES.map(words::mode))?,
                "respondent" => kinds(table, column, words::RESPONDENTS.map(words::respondent))?,
                "channel" => kinds(table, column, words::CHANNELS.map(words::channel))?,
                "flagged" => kinds(table, column, [("true", "Có", "Yes"), ("false", "Không", "No")])?,
                _ => {}
            }
        }
        for form in &self.forms {
            questions(table, form)?;
        }
        line(
            table,
            "comment",
            "",
            ("Ý kiến bằng lời (chỉ có khi xuất với --comments)", "Free comment (only with --comments)"),
        )
    }
}

fn questions(table: &mut dyn Table, form: &Questionnaire) -> Result<(), TableError> {
    let reference = form.reference();
    for section in &form.sections {
        for item in &section.items {
            let column = format!("q.{}", item.id);
            let (vi, en) = both(&item.text);
            let factor = section.factor.map_or("", Factor::as_str);
            table.row(&[
                Cell::Text(&column),
                Cell::Empty,
                Cell::Text(&reference),
                Cell::Text(&section.id),
                Cell::Text(factor),
                Cell::Text(vi),
                Cell::Text(en),
                Cell::Text(item.source.as_deref().unwrap_or_default()),
            ])?;
            let levels = ["1", "2", "3", "4", "5"].into_iter().zip(&form.levels);
            for (value, text) in levels.chain([("na", &form.not_used)]) {
                option(table, &column, value, &reference, both(text))?;
            }
            option(table, &column, "(trống)", &reference, ("Không trả lời", "Left blank: an empty cell"))?;
        }
    }
    for question in form.questions() {
        let several = matches!(question.kind, QuestionKind::Several { .. });
        for name in columns_of(question) {
            option(table, &format!("q.{name}"), "", &reference, both(&question.text))?;
        }
        for choice in question.kind.options() {
            let (vi, en) = both(&choice.text);
            if several {
                let column = format!("q.{}.{}", question.id, choice.id);
                option(table, &column, "1", &reference, (vi, en))?;
                option(table, &column, "0", &reference, (&format!("Không chọn: {vi}"), &format!("Not chosen: {en}")))?;
            } else {
                option(table, &format!("q.{}", question.id), &choice.id, &reference, (vi, en))?;
            }
        }
    }
    for question in &form.demographics {
        let column = format!("d.{}", question.id);
        option(table, &column, "", &reference, both(&question.text))?;
        for choice in &question.options {
            option(table, &column, &choice.id, &reference, both(&choice.text))?;
        }
    }
    Ok(())
}

fn option(
    table: &mut dyn Table,
    column: &str,
    value: &str,
    form: &str,
    (vi, en): (&str, &str),
) -> Result<(), TableError> {
    let empty = Cell::Empty;
    table.row(&[
        Cell::Text(column),
        Cell::Text(value),
        Cell::Text(form),
        empty,
        empty,
        Cell::Text(vi),
        Cell::Text(en),
        empty,
    ])
}

fn line(table: &mut dyn Table, column: &str, value: &str, names: (&str, &str)) -> Result<(), TableError> {
    option(table, column, value, "", names)
}

fn names(table: &mut dyn Table, column: &str, named: &[Named]) -> Result<(), TableError> {
    named.iter().try_for_each(|one| line(table, column, &one.code, (&one.vi, &one.en)))
}

fn kinds(table: &mut dyn Table, column: &str, words: impl IntoIterator<Item = Word>) -> Result<(), TableError> {
    words.into_iter().try_for_each(|(value, vi, en)| line(table, column, value, (vi, en)))
}

/// A text in both languages; where English is missing the Vietnamese stands for it.
fn both(text: &Text) -> (&str, &str) {
    (text.in_language("vi"), text.in_language("en"))
}
