//! What can be wrong with a plan file: a place and a typed reason.
//!
//! The words stand elsewhere, a match over every reason each: `problem_english.rs` for authors of files, the pages for
//! their readers. A reason without words does not compile.

use chrono::NaiveDate;

/// One problem of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Name of the file, as the caller gave it.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: Reason,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The text is no TOML.
    Syntax(toml::de::Error),
    /// A key that has to be there.
    Lacks {
        table: Table,
        key: String,
        /// What to write.
        shape: Shape,
    },
    /// A key that the table does not have.
    KeyUnknown {
        table: Table,
        key: String,
        /// The keys it has.
        allowed: &'static [&'static str],
    },
    /// A value of another type or range than belongs under its key.
    NotA {
        key: String,
        /// What was found.
        found: Found,
        /// What belongs there.
        shape: Shape,
    },
    /// A code with other letters than addresses bear.
    NotACode {
        key: String,
        /// What was found.
        found: String,
        /// A code as it could be.
        example: &'static str,
    },
    /// A text of nothing but spaces.
    Empty { key: String },
    /// A confidence that makes an interval the whole scale, or says nothing.
    Confidence {
        /// What was found.
        found: f64,
    },
    /// One name for two things.
    Twice {
        /// What bears it.
        what: Named,
        name: String,
        /// The line on which it stands first.
        first_line: usize,
    },
    /// The word for all fields as the id of one.
    FieldIdKept,
    /// No field of service.
    NoFields,
    /// All fields and single ones in one list.
    AllBesideOthers,
    /// No field of service of this name.
    FieldUnknown {
        /// The name.
        field: String,
        /// The fields that are known.
        known: Vec<String>,
    },
    /// A last day before the first.
    ToBeforeFrom {
        /// The first day.
        from: NaiveDate,
        /// The last day.
        to: NaiveDate,
    },
    /// A report due before its cut-off.
    DueBeforeCutOff {
        /// The day on which it is due.
        due: NaiveDate,
        /// The cut-off.
        to: NaiveDate,
    },
    /// A day on which a task is due, but not the plan's words for it.
    DueWithoutDeadline,
    /// `part_of` names no target.
    PartOfUnknown {
        /// The name.
        wider: String,
        /// The other targets of the plan.
        others: Vec<String>,
    },
    /// `part_of` leads back to its own target.
    PartOfCircle {
        /// The way from the target back to itself.
        way: Vec<String>,
    },
    /// No key of a period.
    PeriodKey {
        /// What was found.
        key: String,
    },
    /// A period of one year that ends in another.
    PeriodYear {
        key: String,
        /// The year of the key.
        year: i32,
        /// The last day.
        to: NaiveDate,
    },
    /// A period that leaves the plan's days.
    PeriodOutside {
        key: String,
        /// Its first and last day.
        days: (NaiveDate, NaiveDate),
        /// The plan's first and last day.
        plan: (NaiveDate, NaiveDate),
    },
    /// A period that ends before the one above it.
    PeriodOrder {
        key: String,
        /// The one above it.
        above: String,
    },
    /// A target that binds on none of the plan's days.
    TargetOutside {
        id: String,
        /// Its first and last day.
        days: (NaiveDate, NaiveDate),
        /// The plan's first and last day.
        plan: (NaiveDate, NaiveDate),
    },
    /// The file has another name than the plan.
    FileName {
        /// Key of the plan.
        key: String,
        /// The file, without its folders.
        file: String,
    },
}

/// A table of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// A plan's file itself.
    Plan,
    /// The file of fields of service itself.
    Fields,
    /// `[[target]]`.
    Target,
    /// `[[count]]`.
    Count,
    /// `[[period]]`.
    Period,
    /// `[[task]]`.
    Task,
    /// `[[field]]`.
    Field,
}

/// What bears a name that may stand only once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// A field in the list of a target.
    Field,
    /// The id of a field of service.
    FieldId,
    /// The id of a target.
    TargetId,
    /// The key of a period.
    PeriodKey,
    /// What a task decides.
    Serves,
}

/// A value as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Text(String),
    /// A number, as written.
    Number(String),
    /// `true` or `false`.
    Flag(bool),
    /// A date or time, as written.
    Moment(String),
    List,
    Table,
}

/// What belongs under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    Text,
    /// A civil day.
    Day,
    /// A share above 0 and at most 1.
    Share,
    /// A whole number from the least to the most.
    Number {
        least: u32,
        most: u32,
    },
    /// `true` or `false`.
    Flag,
    /// One of a few words.
    OneOf(Vec<&'static str>),
    /// A list of texts.
    Texts,
    /// A list of fields of service, or all.
    Fields,
    /// Tables with this heading.
    Tables(Table),
}
