//! What may be wrong with a report template: a place and a reason, each typed. Their words are in `words.rs`.

use super::values::{ListOfFields, Vocabulary};
use crate::unzip::UnzipError;

/// What is wrong with a report template, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateProblem {
    pub place: Place,
    /// What is wrong.
    pub reason: Reason,
}

/// A place of a report template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A part of the zip, by name.
    Part(String),
    /// A paragraph of a text that readers see.
    Paragraph {
        /// Which text.
        text: Text,
        /// From 1.
        number: usize,
        /// How it begins.
        begins: String,
    },
}

/// A text that fields may stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    Body,
    Header,
    Footer,
    /// Footnotes or endnotes.
    Notes,
}

/// Why a report template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// More bytes than taken.
    TooLarge { most: usize },
    /// A compound file: Word before 2007, or a password.
    OldOrLocked,
    /// No zip, or none that may be unpacked.
    Zip(UnzipError),
    /// A zip without the parts of a Word file.
    NotWord,
    /// A part that is not XML as Word writes it.
    Xml(XmlFault),
    /// Something that Word would run, or take from somewhere else.
    Forbidden(Forbidden),
    /// An image of another kind than PNG, JPEG, GIF.
    Image,
    /// The text shows a part by this relation that is missing or is not taken along.
    Unknown(String),
    /// A field of Word's own whose code is not known to be harmless.
    FieldCode(String),
    /// `{{` without `}}`, or the reverse.
    LoneBraces,
    /// No field of this name, here.
    NoField {
        name: String,
        /// The list around it.
        within: Option<&'static ListOfFields>,
        /// What may be named.
        known: &'static Vocabulary,
    },
    /// No list of this name.
    NoList {
        name: String,
        /// What may be named.
        known: &'static Vocabulary,
    },
    /// A list must begin in a table row.
    ListOutsideRow(&'static str),
    /// A list ends in another table than it began.
    ListOverTables(&'static str),
    /// `{{/closed}}` follows `{{#opened}}`.
    ListCrossed {
        /// The end.
        closed: String,
        /// The beginning.
        opened: &'static str,
    },
    /// An end without a beginning.
    ListNotBegun(String),
    /// A beginning without an end.
    ListNotEnded(&'static str),
    /// Two lists share a table row.
    ListsInOneRow(&'static str),
    /// Filled with this report it would grow beyond all measure.
    FilledTooLarge {
        /// The most bytes.
        most: usize,
    },
    /// The zip of the filled report cannot be written.
    Unwritten,
    /// Further problems, not told one by one.
    More,
}

/// Why a part is no XML to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XmlFault {
    /// Another encoding, or none.
    NotUtf8,
    /// A document type, which may declare entities.
    Doctype,
    /// Not well formed at this byte.
    IllFormed {
        /// The byte.
        at: usize,
    },
    /// Elements in elements without end.
    TooDeep,
}

/// What Word would run or fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forbidden {
    Macro,
    /// A template attached to the document, from which Word takes macros and styles.
    AttachedTemplate,
    /// A file of another program inside.
    Object,
    /// An `ActiveX` control.
    Control,
    /// Another document, taken in when the file is opened.
    Chunk,
    /// A chart or a diagram: they carry a workbook inside.
    Drawing,
    /// Fonts inside the file.
    Font,
    /// Records for letters, from a database or a file.
    MailMerge,
    /// Anything that lies outside the file, but for a link to be clicked.
    External,
    /// A link to something else than a page or an address of mail.
    Link,
}
