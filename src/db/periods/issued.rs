//! Reports that went out as documents: what stands on each, and its files, both only added to. A corrected document is a further issue
//! of the same version, with a number of its own.

use chrono::{DateTime, Datelike, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
    TextExpressionMethods,
};
use sha2::{Digest, Sha256};

use super::closings::{deflate, inflate, standing};
use crate::db::engine::conn::{Conn, lock_out_other_writers};
use crate::db::engine::parts::in_parts;
use crate::db::engine::schema::{issued_file, issued_report};
use crate::db::{Db, DbError, Noted, append_if, instant};
use crate::plan::closing::State;
use crate::plan::issuing::IssueDetails;
use crate::secrets::hex::hex;

/// A document that went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedReport {
    /// The version of the closed period that it reports.
    pub version: u32,
    /// From 1.
    pub issue: u32,
    /// What stands on it.
    pub details: IssueDetails,
    /// Who issued it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Names of its files and their SHA-256, as digits.
    pub files: Vec<(String, String)>,
}

/// A document to issue.
#[derive(Debug, Clone)]
pub struct NewIssue {
    /// Key of the plan.
    pub plan: String,
    /// Key of the period.
    pub period: String,
    /// The version that it reports.
    pub version: u32,
    /// What stands on it.
    pub details: IssueDetails,
    /// Number and name of the person who issues it.
    pub by: (i32, String),
    /// When.
    pub at: DateTime<Utc>,
    pub files: Vec<(String, Vec<u8>)>,
}

/// Why a document was not issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotIssued {
    /// The version is not the one that may go out, or no longer; the state that the period is in.
    NotNow(State),
    /// A document of the same ward and year has the number.
    NumberTaken(Box<NumberTaken>),
}

/// A document that has a number already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberTaken {
    /// Key of its plan.
    pub plan: String,
    /// Key of the period that it reports.
    pub period: String,
    /// What stands on it.
    pub details: IssueDetails,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = issued_report)]
struct Row {
    version: i32,
    issue: i32,
    details: String,
    user_name: String,
    at_ms: i64,
}

/// What stands on a document, and where it was issued.
#[derive(Queryable, Selectable)]
#[diesel(table_name = issued_report)]
struct Known {
    plan: String,
    period: String,
    version: i32,
    issue: i32,
    details: String,
    user_id: i32,
}

/// A file without its content.
#[derive(Queryable, Selectable)]
#[diesel(table_name = issued_file)]
struct FileRow {
    version: i32,
    issue: i32,
    name: String,
    hash: Vec<u8>,
}

impl Db {
    /// Every document of a period, by version and issue.
    pub fn issued_reports(&self, plan: &str, period: &str) -> Result<Vec<IssuedReport>, DbError> {
        let (plan, period) = (plan.to_owned(), period.to_owned());
        let (rows, files) = self.read(|conn| {
            let of_period =
                issued_report::table.filter(issued_report::plan.eq(&plan)).filter(issued_report::period.eq(&period));
            let rows: Vec<Row> =
                of_period.select(Row::as_select()).order((issued_report::version, issued_report::issue)).load(conn)?;
            let files: Vec<FileRow> = issued_file::table
                .filter(issued_file::plan.eq(&plan))
                .filter(issued_file::period.eq(&period))
                .select(FileRow::as_select())
                .order((issued_file::version, issued_file::issue, issued_file::name))
                .load(conn)?;
            Ok((rows, files))
        })?;
        let report = |Row { version, issue, details, user_name: by, at_ms }: Row| {
            let details = read_details(&details, &plan, &period)?;
            let of_issue = files.iter().filter(|file| (file.version, file.issue) == (version, issue));
            Ok(IssuedReport {
                version: version.unsigned_abs(),
                issue: issue.unsigned_abs(),
                details,
                by,
                at: instant::of_ms(at_ms),
                files: of_issue.map(|file| (file.name.clone(), hex(&file.hash))).collect(),
            })
        };
        rows.into_iter().map(report).collect()
    }

    /// A file of an issue; damaged where it is no longer what its hash was made of.
    pub fn issued_file(
        &self,
        plan: &str,
        period: &str,
        (version, issue): (u32, u32),
        name: &str,
    ) -> Result<Option<Vec<u8>>, DbError> {
        let found = issued_file::table.find((plan, period, number(version), number(issue), name));
        let found = found.select((issued_file::hash, issued_file::body));
        let kept: Option<(Vec<u8>, Vec<u8>)> = self.read(|conn| Ok(found.first(conn).optional()?))?;
        let Some((hash, body)) = kept else { return Ok(None) };
        let content = inflate(&body, name)?;
        if Sha256::digest(&content).as_slice() != hash {
            return Err(DbError::Damaged(format!("{name} of an issued report of {plan}/{period} was changed")));
        }
        Ok(Some(content))
    }
}

impl Noted {
    /// Keeps a document with its files; its number among the issues of the version. Within the ward and the year of its day no other document has
    /// its number and symbol. What is sent twice goes out once.
    pub fn issue_report(&self, new: &NewIssue) -> Result<Result<u32, NotIssued>, DbError> {
        let new = new.clone();
        let note = self.note.clone();
        let details = serde_json::to_string(&new.details)
            .map_err(|error| DbError::Failed(format!("details of an issue: {error}")))?;
        let files = packed(&new.files)?;
        let book = self.plan_book()?;
        let mut of_ward: Vec<String> = match book.plan(&new.plan) {
            Some(stored) => book.of_unit(&stored.plan.unit).map(|stored| stored.plan.key.clone()).collect(),
            None => Vec::new(),
        };
        of_ward.push(new.plan.clone());
        self.db.write(move |conn| {
            // Two who issue at once get two numbers.
            lock_out_other_writers(conn)?;
            let (state, newest) = standing(conn, &new.plan, &new.period)?;
            if newest != new.version || !matches!(state, State::Approved | State::Published) {
                return Ok(Err(NotIssued::NotNow(state)));
            }
            let known = issued_in(conn, &of_ward)?;
            let is_of_version = |(row, _): &&(Known, IssueDetails)| {
                (&row.plan, &row.period, row.version) == (&new.plan, &new.period, number(new.version))
            };
            let last = known.iter().filter(is_of_version).max_by_key(|(row, _)| row.issue);
            if let Some((row, details)) = last
                && (details, row.user_id) == (&new.details, new.by.0)
            {
                return Ok(Ok(row.issue.unsigned_abs()));
            }
            if let Some((row, details)) = known.iter().find(|(_, details)| has_number_of(details, &new.details)) {
                let (plan, period, details) = (row.plan.clone(), row.period.clone(), details.clone());
                return Ok(Err(NotIssued::NumberTaken(Box::new(NumberTaken { plan, period, details }))));
            }
            let issue = last.map_or(0, |(row, _)| row.issue) + 1;
            diesel::insert_into(issued_report::table)
                .values((
                    issued_report::plan.eq(&new.plan),
                    issued_report::period.eq(&new.period),
                    issued_report::version.eq(number(new.version)),
                    issued_report::issue.eq(issue),
                    issued_report::details.eq(details),
                    issued_report::user_id.eq(new.by.0),
                    issued_report::user_name.eq(&new.by.1),
                    issued_report::at_ms.eq(new.at.timestamp_millis()),
                ))
                .execute(conn)?;
            for file in files {
                insert_file(conn, (&new.plan, &new.period), (number(new.version), issue), file)?;
            }
            append_if(conn, note.as_ref())?;
            Ok(Ok(issue.unsigned_abs()))
        })
    }

    /// Files the signed document of an issue as it was scanned. A second scan stands beside the first.
    pub fn file_signed(
        &self,
        plan: &str,
        period: &str,
        (version, issue): (u32, u32),
        scan: &[u8],
    ) -> Result<String, DbError> {
        let (plan, period, note) = (plan.to_owned(), period.to_owned(), self.note.clone());
        let packed = packed(&[(String::new(), scan.to_vec())])?;
        self.db.write(move |conn| {
            // Two who file at once get two names.
            lock_out_other_writers(conn)?;
            let known: i64 = issued_file::table
                .filter(issued_file::plan.eq(&plan))
                .filter(issued_file::period.eq(&period))
                .filter(issued_file::version.eq(number(version)))
                .filter(issued_file::issue.eq(number(issue)))
                .filter(issued_file::name.like("signed%"))
                .count()
                .get_result(conn)?;
            let name = if known == 0 { "signed.pdf".to_owned() } else { format!("signed-{}.pdf", known + 1) };
            for file in packed {
                let file = Packed { name: name.clone(), ..file };
                insert_file(conn, (&plan, &period), (number(version), number(issue)), file)?;
            }
            append_if(conn, note.as_ref())?;
            Ok(name)
        })
    }
}

fn read_details(details: &str, plan: &str, period: &str) -> Result<IssueDetails, DbError> {
    serde_json::from_str(details).map_err(|error| DbError::Damaged(format!("issued report {plan}/{period}: {error}")))
}

/// Every document of these plans.
fn issued_in(conn: &mut Conn, plans: &[String]) -> Result<Vec<(Known, IssueDetails)>, DbError> {
    let rows: Vec<Known> = in_parts(plans, |some| {
        let of_plans = issued_report::table.filter(issued_report::plan.eq_any(some));
        Ok(of_plans.select(Known::as_select()).load(conn)?)
    })?;
    let read = |row: Known| {
        let details = read_details(&row.details, &row.plan, &row.period)?;
        Ok((row, details))
    };
    rows.into_iter().map(read).collect()
}

/// Whether a register that begins anew each year would hold both documents at one place.
fn has_number_of(known: &IssueDetails, new: &IssueDetails) -> bool {
    let place = |details: &IssueDetails| (details.number, details.symbol.to_lowercase(), details.dated.year());
    place(known) == place(new)
}

/// A file as it is kept.
struct Packed {
    name: String,
    hash: Vec<u8>,
    body: Vec<u8>,
}

/// Not on the writer's thread, for which answers wait.
fn packed(files: &[(String, Vec<u8>)]) -> Result<Vec<Packed>, DbError> {
    let pack = |(name, content): &(String, Vec<u8>)| {
        Ok(Packed { name: name.clone(), hash: Sha256::digest(content).to_vec(), body: deflate(content)? })
    };
    files.iter().map(pack).collect()
}

fn insert_file(
    conn: &mut Conn,
    (plan, period): (&str, &str),
    (version, issue): (i32, i32),
    file: Packed,
) -> Result<(), DbError> {
    diesel::insert_into(issued_file::table)
        .values((
            issued_file::plan.eq(plan),
            issued_file::period.eq(period),
            issued_file::version.eq(version),
            issued_file::issue.eq(issue),
            issued_file::name.eq(file.name),
            issued_file::hash.eq(file.hash),
            issued_file::body.eq(file.body),
        ))
        .execute(conn)?;
    Ok(())
}

fn number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
