//! Why a row, or a value of a row, cannot be taken: typed, with what stands in the file. The words stand at the edge, a match over
//! every reason for each language: the pages of imports and the command line.

use std::sync::Arc;

use chrono::NaiveDate;

/// One row, or one value of a row, that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// Where it stands.
    pub place: Place,
    /// Heading of the column as the file or the template has it; empty where the whole row is meant.
    pub column: String,
    /// What is wrong.
    pub reason: Reason,
}

impl Refused {
    /// A refusal.
    pub fn new(place: Place, column: &str, reason: Reason) -> Self {
        Self { place, column: column.to_owned(), reason }
    }
}

/// A row of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The worksheet, where there are several.
    pub sheet: Option<Arc<str>>,
    /// Line of the file, from 1; in a workbook the number of the row.
    pub line: u64,
}

impl Place {
    /// A line of a file with one table.
    pub fn line(line: u64) -> Self {
        Self { sheet: None, line }
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// No row of the first ones holds headings that are known.
    NoHeading {
        /// The headings that the file may have.
        known: Vec<&'static str>,
    },
    /// A heading that means no column of this kind of file.
    ColumnUnknown {
        /// As typed.
        heading: String,
        /// The headings that the file may have.
        known: Vec<&'static str>,
    },
    /// Two columns that mean the same.
    ColumnTwice {
        /// The second heading as typed.
        heading: String,
    },
    /// A column that the file has to have.
    ColumnMissing {
        /// Its heading in the template.
        heading: &'static str,
    },
    /// A question of the questionnaire without a column.
    QuestionMissing {
        /// Its number, from 1.
        number: usize,
        /// Its wording.
        text: String,
    },
    /// A column of a question that the questionnaire does not have.
    QuestionUnknown {
        /// As typed.
        heading: String,
        /// The questionnaire and its version.
        form: String,
    },
    /// Nothing under the headings.
    NoRows,
    /// An empty cell that has to be filled.
    Blank(Wanted),
    /// A value that cannot be understood.
    NotUnderstood {
        /// As it stands in the file.
        typed: String,
        /// What belongs there.
        wanted: Wanted,
    },
    /// No unit of this name among those of whoever imports.
    UnitUnknown {
        typed: String,
        /// A name much like it, where there is one.
        near: Option<String>,
    },
    /// Several units of this name.
    UnitAmbiguous { typed: String, codes: Vec<String> },
    /// No point of this code or name.
    PointUnknown {
        typed: String,
        /// Whether it was looked for in the unit of the row only.
        in_unit: bool,
        /// A name much like it, where there is one.
        near: Option<String>,
    },
    /// Several points of this name.
    PointAmbiguous { typed: String, codes: Vec<String> },
    /// No field of this code or name.
    FieldUnknown {
        typed: String,
        /// A name much like it, where there is one.
        near: Option<String>,
        /// The names that are known.
        known: Vec<String>,
    },
    /// The point does not serve the field.
    FieldElsewhere {
        /// Name of the point.
        point: String,
        /// The field as typed.
        field: String,
    },
    /// The point asks nothing any more.
    PointAsksNothing {
        /// Name of the point.
        point: String,
    },
    /// A point that asks another questionnaire than the rows above.
    OtherQuestionnaire {
        /// What this point asks.
        asks: String,
        /// What the rows above ask.
        first: String,
    },
    /// A month that has not come, or of another age.
    MonthOutOfRange {
        /// Its first day.
        month: NaiveDate,
    },
    /// A day still to come.
    DayAhead { day: NaiveDate },
    /// The point was not open on the day.
    PointClosed { day: NaiveDate },
    /// The sheet's day is reported.
    Late(TooLate),
    /// A sheet without one answer.
    NoAnswers,
    /// Too many words, or characters that cannot be kept.
    Comment,
    /// The cases of a unit's field and month are said by point and as a whole.
    TwoWays {
        /// The row that said it first.
        place: Place,
        /// Whether that line said it by point.
        by_point: bool,
    },
    /// The same place is said twice.
    Twice {
        /// The row that said it first.
        place: Place,
        /// What the lines share.
        kind: TwiceKind,
    },
    /// Fewer sheets than a file must have.
    TooFewSheets {
        /// How many there are.
        sheets: usize,
    },
    /// More sheets than a file may have.
    TooManySheets {
        /// How many there are.
        sheets: usize,
    },
    /// The very sheets were taken in before.
    TakenBefore {
        /// When.
        on: NaiveDate,
        /// The file's name then.
        name: String,
    },
    /// A formula whose value the file does not know: none is kept, or the file itself asks to be computed anew.
    NotComputed {
        formula: String,
        /// The value that is kept, where one is.
        kept: Option<String>,
    },
    /// A cell with an error of the spreadsheet.
    ErrorValue {
        /// As in `#REF!`.
        typed: String,
    },
    /// A number in a cell that is merged over several rows.
    MergedNumber {
        /// As it stands in the file.
        typed: String,
    },
    /// A number where the name of a thing belongs, kept by the workbook in a way that may have lost signs of it.
    NameAsNumber {
        /// As it stands in the file.
        typed: String,
    },
    /// Questions by number only, where the questionnaire has several versions: a number means another question in each.
    WhichVersion {
        /// The versions, as in `dat-dai@2`.
        versions: Vec<String>,
    },
    /// The questionnaire has no such version, or the point does not ask it.
    VersionUnknown {
        typed: String,
        /// The versions that are known.
        versions: Vec<String>,
    },
    /// Letters of an old Vietnamese font.
    OldFont {
        /// As it stands in the file.
        typed: String,
    },
}

/// A sheet whose day lies in frozen periods only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TooLate {
    /// The day written on the sheet.
    pub day: NaiveDate,
    /// Every period that contains it.
    pub periods: Vec<FrozenPeriod>,
}

/// A reporting period whose figures are frozen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FrozenPeriod {
    /// Its key, as in `2026-q1`.
    pub period: String,
    /// Vietnamese title of its plan.
    pub plan_vi: String,
    /// English title of its plan.
    pub plan_en: String,
}

/// A sheet that two frozen periods contain, for tests of the words that say so.
#[cfg(test)]
pub fn too_late_for_two() -> TooLate {
    let frozen = |period: &str| FrozenPeriod {
        period: period.to_owned(),
        plan_vi: "Kế hoạch năm 2026".to_owned(),
        plan_en: "Plan of 2026".to_owned(),
    };
    let day = NaiveDate::from_ymd_opt(2026, 2, 3).expect("a day");
    TooLate { day, periods: vec![frozen("2026-q1"), frozen("2026-h1")] }
}

/// What two lines of a file may share and must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TwiceKind {
    /// Unit, point, field and month.
    Cases,
    /// Unit, index, field, period and source.
    Figure,
    /// The number of a complaint.
    Complaint,
}

/// What belongs in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    /// A unit's name or code.
    Unit,
    /// A unit or a point.
    UnitOrPoint,
    /// A point's code or name.
    Point,
    /// A field's name or code.
    Field,
    /// A field, because the point serves several.
    FieldOfPoint,
    /// Month and year.
    Month,
    /// A number of cases.
    Cases,
    /// The name of an index.
    Index,
    /// A year, a quarter, a half.
    Period,
    /// A share satisfied.
    Share,
    /// A number of respondents, or nothing.
    Respondents,
    /// Who measured it.
    Source,
    /// Paper, telephone or interview.
    Mode,
    /// The day on the sheet.
    Day,
    /// Person or organisation.
    Respondent,
    /// A level from 1 to 5, not used, or nothing.
    Level,
    /// An option of the question.
    Choice,
    /// The number that a complaint has elsewhere.
    OutsideNumber,
    /// The day a complaint came.
    DayReceived,
    /// What a citizen wrote.
    Told,
    /// The ward of a complaint, where several may be meant.
    Ward,
    /// Complaint or suggestion.
    ComplaintKind,
}
