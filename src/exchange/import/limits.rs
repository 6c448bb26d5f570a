//! How much a file of rows may hold, a row of it, and why a file is no table that can be read.

/// The largest file.
pub const BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most rows, the heading and lines above it included.
pub(super) const ROWS_MAX: usize = 10_000;
/// The most columns.
pub(super) const COLUMNS_MAX: usize = 120;
/// The most characters of a cell: more than the longest comment.
pub(super) const CELL_CHARACTERS_MAX: usize = 5_000;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line of the file, from 1; in a workbook the number of the row.
    pub line: u64,
    /// Cells, white space at their ends removed. Numbers of a workbook stand as a Vietnamese writes them: `1234`, `87,5`;
    /// days as `14/03/2026`.
    pub cells: Vec<String>,
}

/// Why a file is no table that can be read: a sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// Nothing in it.
    #[error("Tệp không có dòng nào. Hãy chọn lại tệp, hoặc điền vào tệp mẫu.")]
    Empty,
    /// Too many bytes.
    #[error("Tệp lớn hơn {} MB. Hãy chia thành nhiều tệp.", BYTES_MAX / 1024 / 1024)]
    TooLarge,
    /// Too many rows or columns, or a cell too long.
    #[error(
        "Bảng có hơn {ROWS_MAX} dòng, hơn {COLUMNS_MAX} cột, hoặc một ô dài hơn {CELL_CHARACTERS_MAX} ký tự ({0}). Hãy xóa phần thừa hoặc chia thành nhiều tệp."
    )]
    TooMuch(String),
    /// An old code page.
    #[error("Tệp CSV không phải UTF-8. Trong Excel chọn Lưu thành (Save As) › CSV UTF-8, hoặc gửi tệp .xlsx.")]
    Encoding,
    /// A workbook of another kind, or a broken one.
    #[error("Không đọc được tệp Excel ({0}). Hãy lưu lại dạng .xlsx, không đặt mật khẩu.")]
    Workbook(String),
    /// A CSV that cannot be taken apart.
    #[error("Không đọc được tệp CSV: {0}.")]
    Csv(String),
}

/// Adds a row within the bounds; empty cells at its end are dropped.
pub(super) fn push(rows: &mut Vec<Row>, mut row: Row) -> Result<(), FileFault> {
    while row.cells.last().is_some_and(String::is_empty) {
        row.cells.pop();
    }
    let too_much = if rows.len() >= ROWS_MAX {
        "quá nhiều dòng"
    } else if row.cells.len() > COLUMNS_MAX {
        "quá nhiều cột"
    } else if row.cells.iter().any(|cell| cell.chars().count() > CELL_CHARACTERS_MAX) {
        "ô quá dài"
    } else {
        rows.push(row);
        return Ok(());
    };
    Err(FileFault::TooMuch(format!("{too_much}, dòng {}", row.line)))
}
