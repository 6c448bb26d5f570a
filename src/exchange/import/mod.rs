//! Tables in: a CSV or XLSX file read within bounds, its columns found by their Vietnamese headings, every row checked and
//! every fault told with line, column, what is wrong and what to do.
//!
//! Nothing is stored here: `intake` looks names up in the database and stores what was read, whole or not at all.

pub mod caseload;
pub mod columns;
pub mod external_figures;
mod limits;
pub mod reason;
pub mod responses;
pub mod table;
pub mod template;
pub mod template_words;
mod words;
mod workbook;

pub use columns::{Column, Columns};
pub use limits::{BYTES_MAX, CELL_CHARACTERS_MAX, COLUMNS_MAX, ROWS_MAX, Row, UNPACKED_MAX};
pub use reason::{Bound, FileFault, Reason, Refused, TwiceKind, Wanted};
pub use table::Table;

use crate::plan::FieldOfService;

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

/// The one thing whose code or name is `typed`, or the several of that name.
fn find<'a, T>(
    typed: &str,
    things: impl Iterator<Item = &'a T> + Clone,
    code: impl Fn(&T) -> &str,
    name: impl Fn(&T) -> &str,
) -> Result<&'a T, Vec<&'a T>> {
    if let Some(found) = things.clone().find(|thing| code(thing) == typed) {
        return Ok(found);
    }
    let wanted = words::plain(typed);
    let named: Vec<&T> = things.filter(|thing| words::plain(name(thing)) == wanted).collect();
    match named[..] {
        [one] => Ok(one),
        _ => Err(named),
    }
}

impl Book {
    /// The unit of a code or name.
    fn unit(&self, typed: &str) -> Result<&NamedUnit, Reason> {
        find(typed, self.units.iter(), |unit| &unit.code, |unit| &unit.name).map_err(|several| {
            let typed = typed.to_owned();
            if several.is_empty() {
                return Reason::UnitUnknown { typed, near: None };
            }
            Reason::UnitAmbiguous { typed, codes: several.into_iter().map(|unit| unit.code.clone()).collect() }
        })
    }

    /// The field of a code or name.
    fn field(&self, typed: &str) -> Result<&FieldOfService, Reason> {
        find(typed, self.fields.iter(), |field| &field.id, |field| &field.name_vi).map_err(|_| Reason::FieldUnknown {
            typed: typed.to_owned(),
            near: None,
            known: self.fields.iter().map(|field| field.name_vi.clone()).collect(),
        })
    }

    /// The point of a code, or of a name within `unit` where one is named.
    fn point(&self, typed: &str, unit: Option<&str>) -> Result<&NamedPoint, Reason> {
        let within = self.points.iter().filter(|point| unit.is_none_or(|unit| point.unit == unit));
        let as_code = crate::survey::code::normalise(typed);
        if let Some(found) = within.clone().find(|point| Some(&point.code) == as_code.as_ref()) {
            return Ok(found);
        }
        find(typed, within, |point| &point.code, |point| &point.name).map_err(|several| {
            let typed = typed.to_owned();
            if several.is_empty() {
                return Reason::PointUnknown { typed, in_unit: unit.is_some(), near: None };
            }
            Reason::PointAmbiguous { typed, codes: several.into_iter().map(|point| point.code.clone()).collect() }
        })
    }
}
