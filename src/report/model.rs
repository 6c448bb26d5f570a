//! What a report consists of, before it becomes a page, plain text or DOCX: headings, paragraphs, tables.
//!
//! Cells carry the figure and the text that stands for it. Renderers print the text and nothing else, so a figure
//! reads the same everywhere; spreadsheets take the figure.

use serde::{Deserialize, Serialize};

use super::chart::Drawing;
use super::format::{Language, long_date};
use crate::index::result::Verdict;
use crate::plan::issuing::{IssueDetails, SignerForm};

/// A whole report.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Language of every text in it.
    pub language: Language,
    /// The frame of an official letter.
    pub letter: Letter,
    /// Kind of document: "BÁO CÁO".
    pub title: String,
    /// What it is about.
    pub subject: String,
    /// Lines that must catch the eye: draft, demonstration data.
    pub banners: Vec<String>,
    /// The body.
    pub blocks: Vec<Block>,
    /// What follows the signature, each on pages of its own.
    pub annexes: Vec<Annex>,
}

impl Report {
    /// The first table of a kind.
    pub fn table(&self, kind: TableKind) -> Option<&Table> {
        self.tables().find(|table| table.kind == kind)
    }

    /// All tables in order.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        let annexed = self.annexes.iter().flat_map(|annex| &annex.blocks);
        self.blocks.iter().chain(annexed).filter_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        })
    }
}

/// An annex: what the letter refers to.
#[derive(Debug, Clone, PartialEq)]
pub struct Annex {
    /// As in `Phụ lục 1`.
    pub title: String,
    /// What it is about.
    pub subject: String,
    /// Whether its pages lie across.
    pub landscape: bool,
    /// Its body.
    pub blocks: Vec<Block>,
}

/// The frame of an administrative document (Decree 30/2020).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The agency that issues it, one entry a line, as in `ỦY BAN NHÂN DÂN`, `PHƯỜNG CẦU GIẤY`.
    pub agency: Vec<String>,
    /// Number and symbol, as in `Số:       /BC-UBND`.
    pub number: String,
    pub place_and_date: String,
    /// Who signs, one entry a line.
    pub signer: Vec<String>,
    /// Name of the person who signs; empty where it is left to the pen.
    pub signer_name: String,
    /// "Nơi nhận".
    pub recipients: Vec<String>,
}

impl Letter {
    /// Writes what stands on a document that goes out: number, day, signer, recipients, drafting office.
    pub fn issued(&mut self, issue: &IssueDetails, language: Language) {
        let (number, symbol) = (issue.number, &issue.symbol);
        // Numbers below ten carry a nought (Decree 30/2020, appendix I, II.3).
        self.number = language.choose(format!("Số: {number:02}/{symbol}"), format!("No. {number:02}/{symbol}"));
        let place = self.place_and_date.split(',').next().unwrap_or_default();
        self.place_and_date = format!("{place}, {}", long_date(issue.dated, language));
        match issue.form {
            SignerForm::Chairman => {}
            SignerForm::ViceChairman => self.signed_by_a_vice_chairman(language),
            SignerForm::ByOrder => {
                let form = language.choose("TL. CHỦ TỊCH", "BY ORDER OF THE CHAIRMAN");
                self.signer = vec![form.to_owned(), issue.title.to_uppercase()];
            }
        }
        self.signer_name.clone_from(&issue.signer);
        self.recipients.clone_from(&issue.recipients);
        let drafted = if issue.drafted_by.is_empty() { String::new() } else { format!(", {}", issue.drafted_by) };
        self.recipients.push(language.choose(format!("Lưu: VT{drafted}."), format!("Files{drafted}.")));
    }

    /// Puts a vice chairman's form in the place of the signer (Decree 30/2020, appendix I, II.7): "KT." for the chairman.
    pub fn signed_by_a_vice_chairman(&mut self, language: Language) {
        let forms = language.choose(
            ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
            ["FOR THE PEOPLE'S COMMITTEE", "FOR THE CHAIRMAN", "VICE CHAIRMAN"],
        );
        self.signer = forms.map(str::to_owned).to_vec();
    }
}

/// A piece of the body.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    Heading(Heading),
    Paragraph(String),
    /// A point of a list.
    Point(String),
    Table(Table),
    /// A chart, its words in it.
    Chart(Drawing),
}

/// A heading. Its number belongs to the letter; pages, whose order is another, show the words alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// As in `II`.
    pub number: &'static str,
    /// The words.
    pub text: String,
}

impl Heading {
    /// Number and words, as the letter has them.
    pub fn numbered(&self) -> String {
        format!("{}. {}", self.number, self.text)
    }
}

/// What a table shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TableKind {
    /// What became of the sheets of a survey round.
    Round,
    /// Estimates of a designed survey.
    Designed,
    /// Targets by them.
    DesignedTargets,
    /// Volunteers beside them.
    DesignedVolunteers,
    /// What became of the numbers drawn.
    DesignedOutcomes,
    /// Weights by cell.
    DesignedWeights,
    /// Known totals that the weights of a designed survey were calibrated to.
    DesignedTotals,
    /// An interviewer's list.
    InterviewList,
    /// Who answered.
    Profile,
    /// Every target.
    Targets,
    /// Targets over several fields, field by field.
    TargetsByField,
    /// Every counted target.
    Counts,
    /// Every remedy.
    Remedies,
    /// Every task of the plan.
    Tasks,
    /// Every field.
    Fields,
    /// The factors of the whole unit.
    UnitFactors,
    /// Every office.
    Units,
    /// Every service point.
    Points,
    /// The estimate by the ministry's way.
    Ministry,
    /// Every factor, field by field.
    Factors,
    /// The criteria of one field.
    Criteria,
    /// The questions of one questionnaire that feed no index.
    Questionnaire,
    /// Its questions of further kinds.
    Choices,
    /// A follow-up beside the measurement before it.
    Change,
    /// The criteria to mend first.
    Weak,
    /// How much was covered.
    Coverage,
    /// The same, point by point.
    CoveragePoints,
    /// Figures of others.
    External,
    /// The sheet for the city's system.
    City,
    /// A row of fields in a report template.
    Template,
    /// The figures behind a chart of the pages of exploring.
    Explored,
}

impl TableKind {
    /// Its name in addresses and files.
    fn name(self) -> &'static str {
        match self {
            Self::Round => "round",
            Self::Designed => "designed",
            Self::DesignedTargets => "designed-targets",
            Self::DesignedVolunteers => "designed-volunteers",
            Self::DesignedOutcomes => "designed-outcomes",
            Self::DesignedWeights => "designed-weights",
            Self::DesignedTotals => "designed-totals",
            Self::InterviewList => "list",
            Self::Profile => "profile",
            Self::Targets => "targets",
            Self::TargetsByField => "targets-by-field",
            Self::Counts => "counts",
            Self::Remedies => "remedies",
            Self::Tasks => "tasks",
            Self::Fields => "fields",
            Self::UnitFactors => "unit-factors",
            Self::Units => "units",
            Self::Points => "points",
            Self::Ministry => "ministry",
            Self::Factors => "factors",
            Self::Criteria => "criteria",
            Self::Questionnaire => "questionnaire",
            Self::Choices => "choices",
            Self::Change => "change",
            Self::Weak => "weak",
            Self::Coverage => "coverage",
            Self::CoveragePoints => "coverage-points",
            Self::External => "outside",
            Self::City => "city",
            Self::Template => "template",
            Self::Explored => "explored",
        }
    }
}

/// The field of service, or the questionnaire, that a table is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutField {
    /// Its code, as in `health`.
    pub code: String,
    pub name: String,
}

/// A table with a caption. All rows belong to the columns; see [`Row`] for short ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// What it shows.
    pub kind: TableKind,
    /// Of which field or questionnaire, where it is of one.
    pub field: Option<AboutField>,
    /// Its number in the letter, as in `Bảng 3`; none where it stands alone.
    pub number: Option<String>,
    /// Caption, without the number.
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// What must be known to read it: series, modes, method, marks.
    pub notes: Vec<String>,
}

impl Table {
    /// Stable name for links, styles and sheets, as in `targets`, `criteria-health`.
    pub fn id(&self) -> String {
        match &self.field {
            Some(field) => format!("{}-{}", self.kind.name(), field.code),
            None => self.kind.name().to_owned(),
        }
    }

    /// Number and caption, as the letter has them.
    pub fn title(&self) -> String {
        match &self.number {
            Some(number) => format!("{number}. {}", self.caption),
            None => self.caption.clone(),
        }
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub heading: String,
    /// Whether it holds figures, which are set to the right.
    pub figures: bool,
    /// Width relative to the other columns, on paper.
    pub width: u32,
}

/// A row. Where it has fewer cells than the table has columns, its last cell spans the rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Whether the row only names the group of rows under it.
    pub group: bool,
    pub cells: Vec<Cell>,
}

/// A cell: what is said, and the figure behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A share, 0–1.
    Share(f64, String),
    /// Bounds of an interval, 0–1.
    Interval(f64, f64, String),
    Count(u64, String),
    /// A mean of the levels, 1–5.
    Mean(f64, String),
    /// What the interval says about a target.
    Verdict(Verdict, String),
    /// Too few people stand behind it: only this text may be shown.
    Hidden(String),
    /// Nothing to say.
    Empty,
}

impl Cell {
    /// The text that stands in the cell.
    pub fn text(&self) -> &str {
        match self {
            Cell::Text(text)
            | Cell::Share(_, text)
            | Cell::Interval(_, _, text)
            | Cell::Count(_, text)
            | Cell::Mean(_, text)
            | Cell::Verdict(_, text)
            | Cell::Hidden(text) => text,
            Cell::Empty => "–",
        }
    }
}
