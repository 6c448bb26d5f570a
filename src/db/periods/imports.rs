//! Files that were taken in: which, by whom, how many rows. Their rows stand in tables of their own.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use crate::db::engine::codes::Coded;
use crate::db::engine::conn::Conn;
use crate::db::engine::schema::import_file;
use crate::db::{Db, DbError, instant};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportKind {
    /// Cases handled.
    Volumes,
    /// Answer sheets.
    Responses,
    /// Earlier and official figures.
    Figures,
    /// Complaints that came another way.
    Complaints,
}

impl Coded for ImportKind {
    const WHAT: &'static str = "kind of import";
    const CODES: &'static [(Self, i16)] =
        &[(Self::Volumes, 1), (Self::Responses, 2), (Self::Figures, 3), (Self::Complaints, 4)];
}

/// A file that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFile {
    /// What it holds.
    pub kind: ImportKind,
    /// SHA-256 of its rows in one spelling and order.
    pub hash: [u8; 32],
    pub name: String,
    /// How many rows.
    pub rows: usize,
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = import_file)]
struct Row {
    kind: i16,
    hash: Vec<u8>,
    name: String,
    #[diesel(column_name = row_count)]
    rows: i32,
    done_by: String,
    done_ms: i64,
}

impl Db {
    /// The files of a kind, newest first, at most `limit`.
    pub fn import_files(&self, kind: ImportKind, limit: u32) -> Result<Vec<ImportFile>, DbError> {
        let rows: Vec<Row> = self.read(|conn| {
            let found = import_file::table.filter(import_file::kind.eq(kind.code()));
            let newest_first = found.order((import_file::done_ms.desc(), import_file::hash)).limit(i64::from(limit));
            Ok(newest_first.select(Row::as_select()).load(conn)?)
        })?;
        rows.into_iter().map(of_row).collect()
    }

    /// The file whose rows have this hash, if it was taken in before.
    pub fn import_file(&self, kind: ImportKind, hash: &[u8; 32]) -> Result<Option<ImportFile>, DbError> {
        self.read(|conn| find(conn, kind, hash))
    }
}

/// The file of a hash.
pub(in crate::db) fn find(conn: &mut Conn, kind: ImportKind, hash: &[u8; 32]) -> Result<Option<ImportFile>, DbError> {
    let found = import_file::table.find((kind.code(), hash.to_vec())).select(Row::as_select());
    let row = found.first(conn).optional()?;
    row.map(of_row).transpose()
}

/// Notes a file within the transaction that stores its rows; of the same rows taken in again the newer time stays.
pub(in crate::db) fn note(conn: &mut Conn, file: &ImportFile) -> Result<(), DbError> {
    diesel::delete(import_file::table.find((file.kind.code(), file.hash.to_vec()))).execute(conn)?;
    diesel::insert_into(import_file::table)
        .values((
            import_file::kind.eq(file.kind.code()),
            import_file::hash.eq(file.hash.to_vec()),
            import_file::name.eq(&file.name),
            import_file::row_count.eq(i32::try_from(file.rows).unwrap_or(i32::MAX)),
            import_file::done_by.eq(&file.by),
            import_file::done_ms.eq(file.at.timestamp_millis()),
        ))
        .execute(conn)?;
    Ok(())
}

fn of_row(row: Row) -> Result<ImportFile, DbError> {
    let hash = row.hash.try_into().map_err(|_| DbError::Damaged("a hash of a file is not 32 bytes".into()))?;
    Ok(ImportFile {
        kind: ImportKind::of_code(row.kind)?,
        hash,
        name: row.name,
        rows: usize::try_from(row.rows).unwrap_or(0),
        by: row.done_by,
        at: instant::of_ms(row.done_ms),
    })
}
