//! Files of numbers and answers on their way in, for command and page alike: read, checked against the database, shown, and
//! stored whole or not at all.

mod caseload;
mod complaints;
mod external_figures;
mod late;
mod responses;

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest, Sha256};

use crate::db::{Db, DbError, EnteredComplaint, ImportFile, ImportKind, Noted, Sheet, Unit};
use crate::exchange::import::{Book, NamedPoint, NamedUnit, Note, Place, Refused, template};
use crate::plan::Caseload;
use crate::plan::ExternalFigure;
use crate::plan::FieldOfService;
use crate::plan::IndexKind;
use crate::secrets::hex::hex;
use crate::sheet::tally::{Mode, Series};
use crate::survey::RespondentKind;
use crate::table::{FileFault, Table};
pub use late::too_late;

/// The most characters of a file's name that are kept.
const NAME_CHARACTERS_MAX: usize = 120;

/// Why a file was not taken up.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// It is no table that can be read.
    #[error("no table that can be read: {0:?}")]
    File(FileFault),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
    /// Rows of it were refused, so nothing was stored.
    #[error("rows were refused; nothing was stored")]
    Refused,
    /// The template could not be made: a fault of this program.
    #[error("the template could not be written: {0}")]
    Template(String),
}

/// What would become of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum RowOutcome {
    /// Nothing stands in its place.
    New,
    /// It takes the place of this.
    Replaces(Before),
    /// The same stands there already.
    Same,
}

/// What stood in the place of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Before {
    /// Cases of the same place.
    Cases(u64),
    /// Cases of the unit as a whole, where the row is of a point.
    CasesOfUnit(u64),
    /// Cases of points, where the row is of the unit as a whole.
    CasesOfPoints(u64),
    Share(f64),
}

/// A column of what was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heading {
    Unit,
    /// The service point.
    Point,
    /// The field of service.
    Field,
    Month,
    /// Cases handled.
    Cases,
    /// The day on the sheet.
    Day,
    /// How it was asked.
    Mode,
    /// Who answers.
    Respondent,
    /// The answers, a sign each.
    Answers,
    /// What was measured.
    Index,
    /// The reporting period.
    Period,
    /// The share satisfied.
    Share,
    /// How many answered.
    Respondents,
    /// Who measured it.
    Source,
    /// The number that a complaint has elsewhere.
    OutsideNumber,
    /// The day it came.
    DayReceived,
    /// What was written.
    Told,
}

/// A value as it was understood.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A name, a source, the signs of the answers.
    Text(String),
    /// The unit as a whole, no single point.
    WholeUnit,
    AllFields,
    NotStated,
    /// A number of cases or people.
    Count(u64),
    /// A civil day.
    Day(NaiveDate),
    /// A month, by its first day.
    Month(NaiveDate),
    /// How it was asked.
    Mode(Mode),
    /// Who answers.
    Respondent(RespondentKind),
    /// What was measured.
    Index(IndexKind),
    /// A period by its key.
    Period(String),
    Share(f64),
}

/// A row that can be taken, as it was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedRow {
    /// Row of the file.
    pub place: Place,
    /// What was understood, in the order of [`Checked::headings`].
    pub cells: Vec<Value>,
    /// What would become of it.
    pub fate: RowOutcome,
}

/// A file as it was understood.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What it holds.
    pub kind: ImportKind,
    pub name: String,
    /// Headings of the cells of [`CheckedRow`].
    pub headings: &'static [Heading],
    /// Rows that can be taken.
    pub lines: Vec<CheckedRow>,
    /// What is wrong with the others; nothing is stored while there is any.
    pub refused: Vec<Refused>,
    /// The file with the same rows that was taken in before, if any.
    pub before: Option<ImportFile>,
    /// What was read and what was left out.
    pub notes: Vec<Note>,
    hash: [u8; 32],
    payload: Payload,
}

/// What a template shows.
struct TemplateSpec {
    /// Headings, and whether each is required.
    columns: Vec<(&'static str, bool)>,
    /// What is explained, and how.
    explained: &'static [(&'static str, &'static str)],
}

/// What is to be stored.
#[derive(Debug, Clone)]
enum Payload {
    Volumes(Vec<Caseload>),
    Responses(Vec<Sheet>),
    Figures(Vec<ExternalFigure>),
    Complaints(Vec<EnteredComplaint>),
}

impl Checked {
    /// How many rows are new, take another's place, stand there already.
    pub fn fates(&self) -> [usize; 3] {
        let of = |is: fn(&RowOutcome) -> bool| self.lines.iter().filter(|line| is(&line.fate)).count();
        [
            of(|fate| *fate == RowOutcome::New),
            of(|fate| matches!(fate, RowOutcome::Replaces(_))),
            of(|fate| *fate == RowOutcome::Same),
        ]
    }

    /// Whether it can be stored.
    pub fn is_sound(&self) -> bool {
        self.refused.is_empty() && !self.lines.is_empty()
    }

    /// Hash of the rows in one spelling and order, as hexadecimal digits.
    pub fn hash(&self) -> String {
        hex(&self.hash)
    }
}

/// Where a file comes from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub name: &'a str,
    /// What stands in it.
    pub table: &'a Table,
    /// The series that answers in it are of.
    pub series: Series,
}

/// Reads what stands in a file and looks its names up among `units`; nothing is stored.
pub fn check(
    db: &Db,
    kind: ImportKind,
    Source { name, table, series }: Source<'_>,
    units: &[Unit],
    today: NaiveDate,
) -> Result<Checked, IntakeError> {
    let name: String = name.chars().filter(|letter| !letter.is_control()).take(NAME_CHARACTERS_MAX).collect();
    let mut checked = match kind {
        ImportKind::Volumes => caseload::check(db, table, units, today)?,
        ImportKind::Responses => responses::check(db, table, units, series, today)?,
        ImportKind::Figures => external_figures::check(db, table, units)?,
        ImportKind::Complaints => complaints::check(db, table, units, today)?,
    };
    checked.name = name;
    checked.refused.sort();
    checked.before = db.import_file(kind, &checked.hash)?;
    Ok(checked)
}

/// Stores what was checked, in one transaction; how many rows. Refused where a row was.
pub fn store(db: &Noted, checked: &Checked, by: &str, at: DateTime<Utc>) -> Result<usize, IntakeError> {
    if !checked.is_sound() {
        return Err(IntakeError::Refused);
    }
    let rows = checked.lines.len();
    let file =
        ImportFile { kind: checked.kind, hash: checked.hash, name: checked.name.clone(), rows, by: by.to_owned(), at };
    match &checked.payload {
        Payload::Volumes(volumes) => db.replace_volumes(volumes.clone(), file)?,
        Payload::Responses(sheets) => db.store_imported(sheets.clone(), file)?,
        Payload::Figures(figures) => db.replace_outside_figures(figures.clone(), file)?,
        Payload::Complaints(cases) => {
            let mut cases = cases.clone();
            for case in &mut cases {
                by.clone_into(&mut case.step.by);
            }
            db.enter_complaints(cases, file)?;
        }
    }
    Ok(rows)
}

/// A workbook to fill in, with words of how.
pub fn template(kind: ImportKind) -> Result<Vec<u8>, IntakeError> {
    let blank = match kind {
        ImportKind::Volumes => caseload::template(),
        ImportKind::Responses => responses::template(),
        ImportKind::Figures => external_figures::template(),
        ImportKind::Complaints => complaints::template(),
    };
    template::workbook(&blank.columns, blank.explained).map_err(|error| IntakeError::Template(error.to_string()))
}

/// The names that a file may use: those of `units`, their points, and all fields.
fn book(db: &Db, units: &[Unit]) -> Result<Book, DbError> {
    let ids: Vec<i32> = units.iter().map(|unit| unit.id).collect();
    let points = db.points(Some(&ids))?.into_iter();
    let points = points.map(|point| NamedPoint {
        unit: point.unit_code,
        code: point.code,
        name: point.name_vi,
        fields: point.field_codes,
    });
    let fields = db.fields()?.into_iter();
    let fields = fields.map(|field| FieldOfService { id: field.code, name_vi: field.name_vi, name_en: field.name_en });
    let unit = |unit: &Unit| NamedUnit { code: unit.code.clone(), name: unit.name_vi.clone() };
    Ok(Book { units: units.iter().map(unit).collect(), points: points.collect(), fields: fields.collect() })
}

/// SHA-256 over rows spelled as text, in their sorted order, each after its length.
fn hash_of(mut rows: Vec<String>) -> [u8; 32] {
    rows.sort_unstable();
    let mut hasher = Sha256::new();
    for row in rows {
        hasher.update((row.len() as u64).to_be_bytes());
        hasher.update(row.as_bytes());
    }
    hasher.finalize().into()
}
