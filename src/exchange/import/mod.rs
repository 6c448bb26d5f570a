//! Tables in: a CSV or XLSX file read within bounds, its columns found by their Vietnamese headings, every row checked and
//! every fault told with line, column, what is wrong and what to do.
//!
//! Nothing is stored here: `intake` looks names up in the database and stores what was read, whole or not at all.

pub mod caseload;
pub mod columns;
pub mod external_figures;
mod limits;
pub mod responses;
pub mod table;
pub mod template;
mod words;
mod workbook;

use serde::Serialize;

pub use columns::{Column, Columns};
pub use limits::{BYTES_MAX, FileFault, Row};
pub use table::Table;

use crate::plan::FieldOfService;

/// One row, or one value of a row, that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Refused {
    /// Line of the file, from 1; in a workbook the number of the row.
    pub line: u64,
    /// Heading of the column; empty where the whole row is meant.
    pub column: String,
    /// What is wrong, with the value as it stands in the file.
    pub what: String,
    /// What to do.
    pub todo: String,
}

impl Refused {
    /// A refusal.
    pub fn new(line: u64, column: &str, what: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { line, column: column.to_owned(), what: what.into(), todo: todo.into() }
    }
}

/// The rows of a file that can be taken, with their lines, and the refusals of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read<T> {
    /// Line and row.
    pub rows: Vec<(u64, T)>,
    /// What is wrong, in the order of lines.
    pub refused: Vec<Refused>,
}

/// What the names of a file may mean: the units, points and fields that whoever imports may name.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// Units.
    pub units: Vec<NamedUnit>,
    /// Service points of these units.
    pub points: Vec<NamedPoint>,
    /// Fields of service.
    pub fields: Vec<FieldOfService>,
}

/// A unit by its code and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedUnit {
    /// Its code.
    pub code: String,
    /// Its Vietnamese name.
    pub name: String,
}

/// A service point by its code and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPoint {
    /// Code of its unit.
    pub unit: String,
    /// Its code, as on the wall, without a hyphen.
    pub code: String,
    /// Its Vietnamese name.
    pub name: String,
    /// Codes of the fields it serves.
    pub fields: Vec<String>,
}

/// The one thing whose code or name is `typed`, or what to say instead.
fn find<'a, T>(
    typed: &str,
    things: impl Iterator<Item = &'a T> + Clone,
    code: impl Fn(&T) -> &str,
    name: impl Fn(&T) -> &str,
) -> Result<&'a T, usize> {
    if let Some(found) = things.clone().find(|thing| code(thing) == typed) {
        return Ok(found);
    }
    let wanted = words::plain(typed);
    let named: Vec<&T> = things.filter(|thing| words::plain(name(thing)) == wanted).collect();
    match named[..] {
        [one] => Ok(one),
        _ => Err(named.len()),
    }
}

impl Book {
    /// The unit of a code or name.
    fn unit(&self, line: u64, column: &str, typed: &str) -> Result<&NamedUnit, Refused> {
        find(typed, self.units.iter(), |unit| &unit.code, |unit| &unit.name).map_err(|count| match count {
            0 => Refused::new(
                line,
                column,
                format!("không có đơn vị “{typed}” trong các đơn vị của bạn"),
                "Ghi đúng tên hoặc mã như trên trang Đơn vị.",
            ),
            several => {
                Refused::new(line, column, format!("có {several} đơn vị tên “{typed}”"), "Ghi mã đơn vị thay cho tên.")
            }
        })
    }

    /// The field of a code or name.
    fn field(&self, line: u64, column: &str, typed: &str) -> Result<&FieldOfService, Refused> {
        find(typed, self.fields.iter(), |field| &field.id, |field| &field.name_vi).map_err(|_| {
            let known: Vec<&str> = self.fields.iter().map(|field| field.name_vi.as_str()).collect();
            Refused::new(
                line,
                column,
                format!("không có lĩnh vực “{typed}”"),
                format!("Ghi một trong: {}.", known.join("; ")),
            )
        })
    }

    /// The point of a code, or of a name within `unit` where one is named.
    fn point(&self, line: u64, column: &str, typed: &str, unit: Option<&str>) -> Result<&NamedPoint, Refused> {
        let within = self.points.iter().filter(|point| unit.is_none_or(|unit| point.unit == unit));
        let as_code = crate::survey::code::normalise(typed);
        if let Some(found) = within.clone().find(|point| Some(&point.code) == as_code.as_ref()) {
            return Ok(found);
        }
        find(typed, within, |point| &point.code, |point| &point.name).map_err(|count| match count {
            0 => Refused::new(
                line,
                column,
                format!("không có điểm phục vụ “{typed}”{}", if unit.is_some() { " ở đơn vị này" } else { "" }),
                "Ghi mã điểm như trên trang Điểm phục vụ.",
            ),
            several => {
                Refused::new(line, column, format!("có {several} điểm tên “{typed}”"), "Ghi mã điểm thay cho tên.")
            }
        })
    }
}
