//! Tables in: the columns of a file found by their Vietnamese headings, every row checked, every fault told with its place, its
//! column and a typed reason, and what was left out told too.
//!
//! Nothing is stored here: `service::imports` looks names up in the database and stores what was read, whole or not at all.

pub mod caseload;
pub mod columns;
pub mod complaints;
pub mod external_figures;
pub mod foreign;
pub mod frame;
pub mod known_totals;
mod names;
pub mod notes;
pub mod places;
pub mod plan;
pub mod points;
pub mod reason;
pub mod responses;
pub mod template;
pub mod template_words;
#[cfg(test)]
mod tests;
mod values;
pub mod ward_form;
pub mod xlsform;
mod xlsform_cells;
mod xlsform_levels;
mod xlsform_reason;
mod xlsform_syntax;

pub use columns::{Column, Columns};
pub use names::plain;
pub use names::{Meant, meant};
pub use notes::{LeftOut, Note};
#[cfg(test)]
pub use reason::too_late_for_two;
pub use reason::{FrozenPeriod, Place, Reason, Refused, TooLate, TwiceKind, Wanted};
pub use values::count;

use crate::plan::FieldOfService;
use crate::table::{Row, Table};

/// The rows of a file that can be taken, with their lines, and the refusals of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read<T> {
    /// Place and row.
    pub rows: Vec<(Place, T)>,
    /// What is wrong.
    pub refused: Vec<Refused>,
    /// What was read and what was left out.
    pub notes: Vec<Note>,
}

/// Reads each row of a table of `known` columns with `one`; of rows that are the same by `is_same` the first is taken.
fn each_once<T>(
    table: &Table,
    known: &'static [Column],
    kind: TwiceKind,
    one: impl Fn(&Columns<'_>, &Row) -> Result<T, Vec<Refused>>,
    is_same: impl Fn(&T, &T) -> bool,
) -> Read<T> {
    let found = columns::find(table, known, &|_| false);
    let no_rows = found.refused.is_empty() && found.row_count() == 0;
    let mut read = Read { rows: Vec::new(), refused: found.refused, notes: found.notes };
    if no_rows {
        read.refused.push(Refused::new(Place::line(1), "", Reason::NoRows));
    }
    for (columns, row) in found.blocks.iter().flat_map(|columns| columns.rows.iter().map(move |row| (columns, *row))) {
        let here = columns.place(row);
        match one(columns, row) {
            Err(refused) => read.refused.extend(refused),
            Ok(new) => match read.rows.iter().find(|(_, known)| is_same(known, &new)) {
                Some((first, _)) => {
                    let reason = Reason::Twice { place: first.clone(), kind };
                    read.refused.push(Refused::new(here, "", reason));
                }
                None => read.rows.push((here, new)),
            },
        }
    }
    read
}

/// What the names of a file may mean: the units, points and fields that whoever imports may name.
#[derive(Debug, Clone, Default)]
pub struct Book {
    pub units: Vec<NamedUnit>,
    /// Service points of these units.
    pub points: Vec<NamedPoint>,
    /// Fields of service.
    pub fields: Vec<FieldOfService>,
}

/// A unit by its code and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedUnit {
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

impl Book {
    /// The unit of a code or name.
    fn unit(&self, typed: &str) -> Result<&NamedUnit, Reason> {
        let units = self.units.iter().map(|unit| (unit, [unit.code.as_str(), unit.name.as_str()].into_iter()));
        let near = match meant(typed, units) {
            Meant::One(unit) => return Ok(unit),
            Meant::Several(units) => {
                let codes = units.into_iter().map(|unit| unit.code.clone()).collect();
                return Err(Reason::UnitAmbiguous { typed: typed.to_owned(), codes });
            }
            Meant::Near(unit) => Some(unit.name.clone()),
            Meant::None => None,
        };
        Err(Reason::UnitUnknown { typed: typed.to_owned(), near })
    }

    /// The field of a code or name.
    fn field(&self, typed: &str) -> Result<&FieldOfService, Reason> {
        let fields = self.fields.iter().map(|field| {
            let names = [field.id.as_str(), field.name_vi.as_str(), field.name_en.as_str()];
            (field, names.into_iter().filter(|name| !name.is_empty()))
        });
        let near = match meant(typed, fields) {
            Meant::One(field) => return Ok(field),
            Meant::Several(_) | Meant::None => None,
            Meant::Near(field) => Some(field.name_vi.clone()),
        };
        let known = self.fields.iter().map(|field| field.name_vi.clone()).collect();
        Err(Reason::FieldUnknown { typed: typed.to_owned(), near, known })
    }

    /// The point of a code, or of a name within `unit` where one is named.
    fn point(&self, typed: &str, unit: Option<&str>) -> Result<&NamedPoint, Reason> {
        let within = self.points.iter().filter(|point| unit.is_none_or(|unit| point.unit == unit));
        let as_code = crate::survey::code::normalise(typed);
        if let Some(found) = within.clone().find(|point| Some(&point.code) == as_code.as_ref()) {
            return Ok(found);
        }
        let near = match meant(typed, within.map(|point| (point, std::iter::once(point.name.as_str())))) {
            Meant::One(point) => return Ok(point),
            Meant::Several(points) => {
                let codes = points.into_iter().map(|point| point.code.clone()).collect();
                return Err(Reason::PointAmbiguous { typed: typed.to_owned(), codes });
            }
            Meant::Near(point) => Some(point.name.clone()),
            Meant::None => None,
        };
        Err(Reason::PointUnknown { typed: typed.to_owned(), in_unit: unit.is_some(), near })
    }
}
