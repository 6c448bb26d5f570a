//! What tells one prepared first page of the form from another.

use super::size::Size;

/// A field of service that may be chosen: identifier and name.
pub type FieldChoice = (String, String);

/// What the form's first page depends on besides its `Texts`: the questionnaire version, the language, the fields to
/// choose from, whether one-time codes were given out, the size of its
/// letters.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct PrerenderedForm {
    pub(super) form: i32,
    pub(super) lang: String,
    pub(super) fields: Vec<FieldChoice>,
    pub(super) has_tickets: bool,
    pub(super) size: Size,
}
