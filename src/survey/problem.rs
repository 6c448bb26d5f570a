//! What can be wrong with a questionnaire and with its file: a place and a typed reason.
//!
//! The words stand elsewhere, a match over every reason each: `problem_english.rs` for authors of files, the pages for
//! their readers. A reason without words does not compile.

use super::Feed;

/// One thing wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file as the caller named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// The part it is about.
    pub place: Place,
    /// What is wrong.
    pub reason: Reason,
}

/// A place in a questionnaire: a part, the keys below it, the language where a text has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The part.
    pub part: Part,
    /// Keys below the part, the outermost first; empty where the part as a whole is meant.
    pub keys: Vec<String>,
    /// The language of a text that is checked.
    pub language: Option<String>,
}

/// A part of a questionnaire as people find it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// What stands before the sections, or the questionnaire as a whole.
    Head,
    /// The name of a level, from 1.
    Level(usize),
    /// A section.
    Section(Called),
    /// An item.
    Item(Called),
    /// A question of a further kind.
    Question(Called),
    /// A demographic question.
    Demographic(Called),
    /// An option of a demographic question.
    Option(Called, Called),
}

/// A part by its id, or by its place from 1 while the id is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Called {
    /// Its id.
    Id(String),
    /// Its place among its like, from 1.
    Place(usize),
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The text is no TOML.
    Syntax(toml::de::Error),
    /// A key that the part does not have.
    KeyUnknown {
        /// The key.
        key: String,
        /// The keys it has.
        allowed: &'static [&'static str],
    },
    /// A value that has to be there.
    Missing,
    /// A value of another type.
    WrongType {
        /// What was found.
        found: Kind,
        /// What belongs there.
        allowed: Shape,
    },
    /// A number below 0, or too large to be counted.
    NotFromZero {
        /// The number as written.
        found: String,
    },
    /// The file has another name than the questionnaire.
    FileName {
        /// The questionnaire.
        id: String,
        /// The file, without its folders.
        file: String,
    },
    /// Not five levels.
    LevelCount {
        /// How many.
        found: usize,
    },
    /// No feed of this name.
    FeedUnknown {
        /// The name.
        feed: String,
    },
    /// No kind of question of this name.
    KindUnknown {
        /// The name.
        kind: String,
    },
    /// A scale of too few or too many levels.
    ScaleCount {
        /// How many.
        found: usize,
    },
    /// A number that may be nothing, or too much.
    NumberBounds,
    /// Too many questions of further kinds.
    TooManyQuestions {
        /// How many.
        found: usize,
    },
    /// A condition on a question that does not come before, or has no options.
    ConditionQuestion {
        /// The question.
        question: String,
    },
    /// A condition on no option, or on one that the question does not have.
    ConditionOption {
        /// Those it has.
        known: Vec<String>,
    },
    /// No factor of this name.
    FactorUnknown {
        /// The name.
        factor: String,
    },
    /// The questionnaire's id holds other characters, or is too long.
    QuestionnaireId {
        /// The id.
        id: String,
    },
    /// A version outside of the numbers a version may have.
    VersionOutOfRange {
        /// The version.
        found: u32,
    },
    /// No field of service is named.
    NoFields {
        /// Those that the installation knows.
        known: Vec<String>,
    },
    /// No field of service of this name.
    FieldUnknown {
        /// The name.
        field: String,
        /// Those that the installation knows.
        known: Vec<String>,
    },
    /// A field of service named twice.
    FieldTwice {
        /// The field.
        field: String,
    },
    /// No language is named.
    NoLanguages,
    /// The first language is not Vietnamese.
    FirstLanguage {
        /// The first language.
        found: String,
    },
    /// No tag of a language.
    LanguageTag {
        /// What was found.
        language: String,
    },
    /// A language named twice.
    LanguageTwice {
        /// The language.
        language: String,
    },
    /// `unreviewed` names a language that the questionnaire does not speak.
    UnreviewedLanguage {
        /// The language.
        language: String,
        /// Those it may name.
        others: Vec<String>,
    },
    /// More or fewer seconds than a questionnaire may claim to take.
    SecondsOutOfRange {
        /// How many.
        found: u32,
    },
    /// No section.
    NoSections,
    /// Too many items in all.
    TooManyItems {
        /// How many.
        found: usize,
    },
    /// A section behind an optional one.
    BehindOptional {
        /// Id of the optional one.
        optional: String,
    },
    /// The first section is optional.
    FirstIsOptional,
    /// No item in a section, or too many.
    ItemsInSection {
        /// How many.
        found: usize,
    },
    /// A feed named twice.
    FeedTwice {
        /// The feed.
        feed: Feed,
    },
    /// The policy part feeds a service index as well.
    PolicyBesideOthers,
    /// Either the factor or the feeds are policy, but not both.
    PolicyInOneOfTwo,
    /// A recording in a language that the questionnaire does not speak.
    AudioLanguage {
        /// The language.
        language: String,
        /// Those it speaks.
        languages: Vec<String>,
    },
    /// A recording whose name could lead out of its folder, or is of no known kind.
    AudioFile {
        /// The name.
        file: String,
    },
    /// A required item in an optional section.
    RequiredInOptional,
    /// Too many demographic questions.
    TooManyDemographics {
        /// How many.
        found: usize,
    },
    /// A question about sensitive personal data.
    Sensitive {
        /// The word that gives it away.
        word: &'static str,
    },
    /// Too few or too many options.
    OptionCount {
        /// How many.
        found: usize,
    },
    /// The id of an option holds other characters, or is too long.
    OptionId,
    /// Two options of one id.
    OptionTwice,
    /// The id of a section, item or demographic question holds other characters, or is too long.
    PartId {
        /// The id.
        id: String,
    },
    /// Two parts of a kind with one id.
    PartTwice {
        /// The id.
        id: String,
    },
    /// A text is left out in languages of the questionnaire.
    TextMissing {
        /// The languages in which it is left out.
        missing: Vec<String>,
        /// All of the questionnaire.
        languages: Vec<String>,
    },
    /// A text in a language that the questionnaire does not speak.
    TextLanguage {
        /// The language.
        language: String,
        /// Those it speaks.
        languages: Vec<String>,
    },
    /// A text of nothing but spaces.
    Empty,
    /// A text with a space at an end.
    SpaceAtEnd,
    /// A text too long for its place.
    TooLong {
        /// Its characters.
        found: usize,
        /// The most it may have.
        most: usize,
    },
    /// A control character.
    ControlCharacter(char),
    /// A mark that makes a text read otherwise than it is stored.
    DirectionMark(char),
    /// A loose mark where a composed letter exists.
    CombiningMark(char),
}

/// The type of a value of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    String,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Float,
    /// `true` or `false`.
    Boolean,
    /// A date, a time, or both.
    Datetime,
    /// A list.
    Array,
    /// A table.
    Table,
}

/// What belongs in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A string.
    String,
    /// A whole number.
    WholeNumber,
    /// `true` or `false`.
    TrueOrFalse,
    /// A list of strings.
    Strings,
    /// A text per language.
    TextPerLanguage,
    /// A list of tables.
    Tables,
    /// `{ question = "…", options = ["…"] }`.
    Condition,
}

impl Place {
    /// A key before the sections.
    pub(super) fn head(key: &str) -> Self {
        Self::from(Part::Head).at(key)
    }

    /// A key below this place.
    pub(super) fn at(&self, key: &str) -> Self {
        let mut place = self.clone();
        place.keys.push(key.to_owned());
        place
    }

    /// This place in one language.
    pub(super) fn in_language(&self, language: &str) -> Self {
        Self { language: Some(language.to_owned()), ..self.clone() }
    }

    /// The innermost key; empty where the part as a whole is meant.
    pub fn key(&self) -> &str {
        self.keys.last().map_or("", String::as_str)
    }
}

impl From<Part> for Place {
    fn from(part: Part) -> Self {
        Self { part, keys: Vec::new(), language: None }
    }
}

impl Called {
    /// By its id, or by its place, counted from 0, while the id is missing.
    pub(super) fn new(id: &str, position: usize) -> Self {
        if id.is_empty() { Self::Place(position + 1) } else { Self::Id(id.to_owned()) }
    }
}

/// A character that cannot be shown, as `U+0301`.
pub fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}
