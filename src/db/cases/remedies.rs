//! Remedies of a ward, with what shows that they were done.

use chrono::NaiveDate;
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use super::{FileMark, file_mark};
use crate::cases::remedy::{Progress, Source};
use crate::db::engine::codes::Coded;
use crate::db::engine::conn::{Conn, on_backend};
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::remedy;
use crate::db::{Db, DbError, Kept, Noted, day};

impl Coded for Source {
    const WHAT: &'static str = "source of a remedy";
    const CODES: &'static [(Self, i16)] =
        &[(Self::Criterion, 1), (Self::Theme, 2), (Self::Complaint, 3), (Self::Dialogue, 4), (Self::Hand, 5)];
}

impl Coded for Progress {
    const WHAT: &'static str = "state of a remedy or task";
    const CODES: &'static [(Self, i16)] =
        &[(Self::Planned, 1), (Self::UnderWay, 2), (Self::Done, 3), (Self::Dropped, 4)];
}

/// A remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// Number of the ward.
    pub unit: i32,
    /// Its number within the ward; 0 before it is stored.
    pub number: i32,
    /// Where it came from.
    pub source: Source,
    /// Which: `plan/period/field/item` of a criterion, a theme's name, a number.
    pub source_of: String,
    /// What citizens said, in words that can be shown.
    pub said: String,
    /// What is done.
    pub work: String,
    /// Who does it.
    pub person: String,
    /// The office that answers for it.
    pub office: Option<i32>,
    /// What it answers for.
    pub duty: String,
    /// By when.
    pub due: NaiveDate,
    /// What shall have come of it.
    pub result: String,
    /// Who decides on it.
    pub authority: String,
    /// How far it is.
    pub state: Progress,
    /// How it goes.
    pub note: String,
    /// When it was written down.
    pub made_on: NaiveDate,
    /// When it was done.
    pub done_on: Option<NaiveDate>,
    /// When it was published.
    pub published_on: Option<NaiveDate>,
    /// Name of the file that shows it; empty where there is none.
    pub evidence_name: String,
}

/// A remedy as it stands, with the mark of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemedyStands {
    /// It.
    pub remedy: Remedy,
    /// What its file is known by.
    pub file: FileMark,
}

impl RemedyStands {
    /// Whether its file is this one, byte for byte.
    pub fn is_of_file(&self, file: &[u8]) -> bool {
        self.file == file_mark(Some(file))
    }
}

/// Everything but the file.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = remedy, treat_none_as_default_value = false)]
struct Row {
    unit_id: i32,
    number: i32,
    source: i16,
    source_of: String,
    said: String,
    work: String,
    person: String,
    office_id: Option<i32>,
    duty: String,
    due_day: i32,
    result: String,
    authority: String,
    state: i16,
    note: String,
    made_day: i32,
    done_day: Option<i32>,
    published_day: Option<i32>,
    evidence_name: String,
}

/// With the file.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = remedy, treat_none_as_default_value = false)]
struct RowWithFile {
    #[diesel(embed)]
    row: Row,
    evidence: Option<Vec<u8>>,
}

fn of_row(row: Row) -> Result<Remedy, DbError> {
    Ok(Remedy {
        unit: row.unit_id,
        number: row.number,
        source: Source::of_code(row.source)?,
        source_of: row.source_of,
        said: row.said,
        work: row.work,
        person: row.person,
        office: row.office_id,
        duty: row.duty,
        due: day::date_of(row.due_day),
        result: row.result,
        authority: row.authority,
        state: Progress::of_code(row.state)?,
        note: row.note,
        made_on: day::date_of(row.made_day),
        done_on: day::of_option(row.done_day),
        published_on: day::of_option(row.published_day),
        evidence_name: row.evidence_name,
    })
}

/// A remedy and its file.
type WithFile = (Remedy, Option<Vec<u8>>);

/// The remedy of a number with its file.
fn of_number(conn: &mut Conn, unit: i32, number: i32) -> Result<Option<WithFile>, DbError> {
    let found = remedy::table.find((unit, number)).select(RowWithFile::as_select()).first(conn).optional()?;
    found.map(|RowWithFile { row, evidence }| Ok((of_row(row)?, evidence))).transpose()
}

impl Db {
    /// A remedy as it stands.
    pub fn remedy(&self, unit: i32, number: i32) -> Result<Option<RemedyStands>, DbError> {
        let found = self.read(move |conn| of_number(conn, unit, number))?;
        Ok(found.map(|(remedy, file)| RemedyStands { remedy, file: file_mark(file.as_deref()) }))
    }

    /// The remedies of these wards, newest first.
    pub fn remedies(&self, units: &[i32]) -> Result<Vec<Remedy>, DbError> {
        let rows: Vec<Row> = self.read(|conn| {
            in_parts(units, |some| {
                let of_units = remedy::table.filter(remedy::unit_id.eq_any(some));
                Ok(of_units.order((remedy::unit_id, remedy::number.desc())).select(Row::as_select()).load(conn)?)
            })
        })?;
        rows.into_iter().map(of_row).collect()
    }

    /// The file that shows that a remedy was done.
    pub fn remedy_evidence(&self, unit: i32, number: i32) -> Result<Option<(String, Vec<u8>)>, DbError> {
        let found: Option<(String, Option<Vec<u8>>)> = self.read(|conn| {
            let columns = (remedy::evidence_name, remedy::evidence);
            Ok(remedy::table.find((unit, number)).select(columns).first(conn).optional()?)
        })?;
        Ok(found.and_then(|(name, file)| Some((name, file?))))
    }
}

impl Noted {
    /// Keeps a remedy: in the place of `before`, as it was seen, or a new one. What stands so already is kept once however often it is sent.
    /// Its file stays unless another comes.
    pub fn keep_remedy(
        &self,
        before: Option<&RemedyStands>,
        kept: &Remedy,
        evidence: Option<Vec<u8>>,
    ) -> Result<Kept, DbError> {
        let (before, kept) = (before.cloned(), kept.clone());
        let keep = move |conn: &mut Conn| {
            let mut file = None;
            let number = if let Some(before) = before {
                let number = before.remedy.number;
                let Some((stands, known)) = of_number(conn, kept.unit, number)? else { return Ok(Kept::Stale) };
                let stands = RemedyStands { remedy: stands, file: file_mark(known.as_deref()) };
                if stands.remedy == kept && evidence.as_deref().is_none_or(|file| stands.is_of_file(file)) {
                    return Ok(Kept::Already(number));
                }
                if stands != before {
                    return Ok(Kept::Stale);
                }
                file = known;
                number
            } else {
                let of_unit = remedy::table.filter(remedy::unit_id.eq(kept.unit)).order(remedy::number.desc());
                let rows: Vec<Row> = of_unit.select(Row::as_select()).load(conn)?;
                let known = rows.into_iter().map(of_row).collect::<Result<Vec<_>, _>>()?;
                for same in known.iter().filter(|one| Remedy { number: one.number, ..kept.clone() } == **one) {
                    let file = of_number(conn, same.unit, same.number)?.and_then(|(_, file)| file);
                    if file == evidence {
                        return Ok(Kept::Already(same.number));
                    }
                }
                known.first().map_or(0, |last| last.number) + 1
            };
            let row = Row {
                unit_id: kept.unit,
                number,
                source: kept.source.code(),
                source_of: kept.source_of,
                said: kept.said,
                work: kept.work,
                person: kept.person,
                office_id: kept.office,
                duty: kept.duty,
                due_day: day::day_number(kept.due),
                result: kept.result,
                authority: kept.authority,
                state: kept.state.code(),
                note: kept.note,
                made_day: day::day_number(kept.made_on),
                done_day: kept.done_on.map(day::day_number),
                published_day: kept.published_on.map(day::day_number),
                evidence_name: kept.evidence_name,
            };
            let row = RowWithFile { row, evidence: evidence.or(file) };
            diesel::delete(remedy::table.find((row.row.unit_id, number))).execute(conn)?;
            on_backend!(conn, |c| diesel::insert_into(remedy::table).values(&row).execute(c))?;
            Ok(Kept::As(number))
        };
        self.write_if_done(keep, Kept::is_new)
    }
}
