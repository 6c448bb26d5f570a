//! What was read of a file and what was left out: typed, the words at the edge.

use super::Place;

/// Something that whoever tries a file must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// These rows were read.
    Read {
        /// The worksheet, where there are several.
        sheet: Option<String>,
        /// Line of the first row.
        first: u64,
        /// Line of the last row.
        last: u64,
        /// How many say something.
        rows: usize,
    },
    /// A worksheet that the workbook hides is not read.
    SheetHidden {
        /// Its name.
        sheet: String,
        /// How many rows it has.
        rows: usize,
    },
    /// A worksheet without the headings of this kind of file is not read.
    SheetOther {
        /// Its name.
        sheet: String,
        /// How many rows it has.
        rows: usize,
    },
    /// A row is not read.
    Row {
        /// Where it stands.
        place: Place,
        /// Why not.
        kind: LeftOut,
        /// What stands in it.
        typed: String,
    },
    /// A column that people number or note for themselves is not read.
    ColumnPassed {
        /// The worksheet, where there are several.
        sheet: Option<String>,
        heading: String,
    },
    /// A column without a heading is not read.
    ColumnUnnamed {
        /// The worksheet, where there are several.
        sheet: Option<String>,
        /// Its place, from 0.
        column: usize,
    },
    /// Rows that the workbook hides are read like others.
    HiddenRows {
        /// The worksheet, where there are several.
        sheet: Option<String>,
        /// How many.
        rows: usize,
    },
    /// Cells are formulas, of which the kept values are read.
    Formulas {
        /// The worksheet, where there are several.
        sheet: Option<String>,
        /// How many.
        cells: usize,
    },
    /// The text was in Windows-1258.
    Windows1258,
    /// Rows of months of which nothing was filled in are not read.
    NotFilled {
        /// How many.
        rows: usize,
    },
    /// A total of the file is not the sum of its rows.
    TotalDiffers {
        /// Where the total stands.
        place: Place,
        /// What it says.
        said: u64,
        /// What the rows add up to.
        sum: u64,
    },
}

/// Why a row is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// It adds others up.
    Total,
    /// A signature, a place and day, a remark.
    Signature,
    /// The headings once more.
    Heading,
    /// The numbers of the columns.
    Numbers,
}
