//! Why something of an XLSForm was not taken, or not as it stands.

use crate::survey::ITEMS_PER_SECTION_MAX;
use crate::survey::question::NUMBER_MAX;

/// Something that could not be taken, or not as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub sheet: &'static str,
    /// Its row, from 1.
    pub row: u64,
    /// The name that the row gives, or its label.
    pub name: String,
    /// Why.
    pub reason: XlsformReason,
}

/// Why something of an XLSForm was not taken, or not as it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XlsformReason {
    /// A type that a questionnaire here does not have.
    #[error("type `{0}` is not asked here; left out")]
    Type(String),
    /// A part that is asked several times.
    #[error("begin_repeat: a questionnaire here asks everything once; left out")]
    Repeat,
    /// A row within such a part.
    #[error("within begin_repeat; left out")]
    InRepeat,
    /// A value that is computed.
    #[error("calculate: nothing is computed on the sheet; left out")]
    Calculate,
    /// What the device notes by itself.
    #[error("noted by the device, which nothing here is; left out")]
    Metadata,
    /// A list that `choices` does not have.
    #[error("there is no list `{0}` in choices; left out")]
    ListUnknown(String),
    /// Too few or too many choices.
    #[error("{0} choices, 2 to 12 can be asked; left out")]
    ChoiceCount(usize),
    /// Choices that depend on an answer.
    #[error("choice_filter: all choices are shown")]
    ChoiceFilter,
    /// A condition that cannot be asked here.
    #[error("condition `{0}` is no choice of one question before; everybody is asked")]
    Condition(String),
    /// A condition on a question that was left out, or comes later.
    #[error("condition on `{0}`, which was left out or has no such choice; everybody is asked")]
    ConditionQuestion(String),
    /// A condition within a group that has one.
    #[error("the group has a condition too; only the question's own is kept")]
    ConditionInGroup,
    /// Items of a group with a condition: they are shown, and not counted for those whom it leaves out.
    #[error("the condition of the group: its items are shown to all, and not counted for those it leaves out")]
    GroupOfItems,
    /// Numbers with a fraction.
    #[error("decimal: whole numbers are asked")]
    Decimal,
    /// Bounds that are no two numbers.
    #[error("constraint `{0}` is not two whole numbers; 0 to {NUMBER_MAX} is allowed")]
    Constraint(String),
    /// A check of words.
    #[error("constraint `{0}` is not checked")]
    ConstraintOfWords(String),
    /// Words to read that no question comes after.
    #[error("note: no question comes after it; left out")]
    Note,
    /// Words of help that have no place.
    #[error("guidance_hint, or hint of a question about the person: left out")]
    Hint,
    /// A picture, a sound or a film.
    #[error("media: left out")]
    Media,
    /// A value put in before anybody answers.
    #[error("default: nothing is answered beforehand")]
    Default,
    /// Words with an answer inside.
    #[error("`${{…}}` within the words: no answer is shown there")]
    Piped,
    /// A language that nobody knows.
    #[error("language `{0}` is not known; its column is left out")]
    Language(String),
    /// Whatever someone chose, something else can be written: a choice and a question were added.
    #[error("or_other: a choice \"Khác\" and a question for a few words were added")]
    OrOther,
    /// A group without an end, or an end without a group.
    #[error("groups do not match: {0}")]
    Groups(&'static str),
    /// A section with too many items was cut.
    #[error("more than {ITEMS_PER_SECTION_MAX} items in a group: it was cut in two sections")]
    Cut,
    /// A row that is switched off.
    #[error("disabled; left out")]
    Disabled,
}
