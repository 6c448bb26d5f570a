//! What a citizen sent, once it is checked. The checking itself stands in `sheet.rs`, the words for errors in
//! `field_error.rs`.

use chrono::NaiveDate;
use uuid::Uuid;

use super::Questionnaire;
use super::json::{self, Json};
use super::kept_words;

pub use super::field_error::{ErrorCode, FieldError};
pub use super::sheet::{from_form, from_json};

/// The longest comment, in characters after trimming (GOV.UK's feedback pages take the same).
pub const COMMENT_CHARACTERS_MAX: usize = 1200;
/// How many days back an answer kept offline may say it was given.
pub const ANSWERED_DAYS_BACK_MAX: u64 = 3;
/// The byte of an item answered "not used / no opinion".
pub const NOT_USED: u8 = 6;

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RespondentKind {
    /// A person for themselves.
    Person,
    /// A representative of a business or organisation.
    Organisation,
}

impl RespondentKind {
    /// Every kind, the default first.
    pub const ALL: [RespondentKind; 2] = [RespondentKind::Person, RespondentKind::Organisation];

    /// The name in forms and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            RespondentKind::Person => "person",
            RespondentKind::Organisation => "organisation",
        }
    }
}

/// One checked answer sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The idempotency key.
    pub attempt: Uuid,
    /// Id and version of the questionnaire answered.
    pub form: (String, u32),
    /// One byte an item in the order of the questionnaire: 0 blank, 1 to 5 the level, 6 not used.
    pub answers: Vec<u8>,
    /// One byte a demographic question: 0 blank, else the option's place from 1. Behind them the answers to questions of further
    /// kinds, packed as [`crate::sheet::shape::Shape`] says.
    pub demographics: Vec<u8>,
    /// Answers in a few words, by the question's identifier.
    pub texts: Vec<(String, String)>,
    /// The field of service.
    pub field: String,
    /// Who answers.
    pub respondent: RespondentKind,
    /// The civil day of an answer kept offline; none for an answer given now.
    pub answered_on: Option<NaiveDate>,
    /// Free words, trimmed, lines parted by `\n`; never empty.
    pub comment: Option<String>,
    /// One-time code as typed, trimmed; never empty.
    pub ticket: Option<String>,
    /// The language of the page.
    pub language: String,
    /// Whether it was filled in on a tablet at the counter.
    pub kiosk: bool,
}

/// What was asked: the measure of a submission.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The published version that the submission says it answers ([`peek_form`], [`peek_json`]).
    pub questionnaire: &'a Questionnaire,
    /// The fields of service of the point, at least one; the citizen chooses where there are several.
    pub fields: &'a [String],
    /// Today's civil day in Vietnam.
    pub today: NaiveDate,
    /// Further keys that the page sends for its own use (the button pressed, …): passed over in forms, unknown in JSON.
    pub page_keys: &'a [&'a str],
}

/// What has to be known of a submission before it can be checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peek {
    /// The attempt, when it is one.
    pub attempt: Option<Uuid>,
    /// Id and version of the questionnaire answered, when they can be read.
    pub form: Option<(String, u32)>,
}

/// Attempt and questionnaire of a form, without checking the rest.
pub fn peek_form(pairs: &[(String, String)]) -> Peek {
    let first = |key: &str| pairs.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value);
    Peek { attempt: parse_attempt(first("attempt")), form: parse_reference(first("form")) }
}

/// Attempt and questionnaire of a JSON body, without checking the rest.
pub fn peek_json(body: &[u8]) -> Peek {
    let Some(Json::Object(members)) = json::read(body) else { return Peek::default() };
    let first = |key: &str| match members.iter().find(|(name, _)| name == key) {
        Some((_, Json::String(value))) => value.as_str(),
        _ => "",
    };
    Peek { attempt: parse_attempt(first("attempt")), form: parse_reference(first("form")) }
}

/// Id and version of `<id>@<version>`, the reverse of [`Questionnaire::reference`].
pub fn parse_reference(reference: &str) -> Option<(String, u32)> {
    let (id, version) = reference.split_once('@')?;
    let spelled = !id.is_empty()
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && version.bytes().all(|b| b.is_ascii_digit())
        && !version.starts_with('0');
    if !spelled {
        return None;
    }
    Some((id.to_owned(), version.parse().ok()?))
}

/// An attempt as the page writes it, with hyphens. The nil UUID is no attempt: a broken client sends it every time.
pub fn parse_attempt(value: &str) -> Option<Uuid> {
    Uuid::try_parse(value).ok().filter(|attempt| value.len() == 36 && !attempt.is_nil())
}

/// The bytes that the ledger tags: all that a submission says, but neither the attempt, the language nor the mode, so that
/// a repeat in the other language is still a repeat. `point_code` is the code in its one canonical spelling.
pub fn content_for_tag(submission: &Submission, point_code: &str) -> Vec<u8> {
    // Named one by one, so that a field added later has to be decided on here.
    let Submission {
        attempt: _,
        language: _,
        kiosk: _,
        form: (form, version),
        answers,
        demographics,
        texts,
        field,
        respondent,
        answered_on,
        comment,
        ticket,
    } = submission;
    let words = kept_words::words(comment.as_deref(), texts);
    let answered_on = answered_on.map_or_else(String::new, |day| day.to_string());
    let parts: [&[u8]; 11] = [
        b"sipas content 1",
        point_code.as_bytes(),
        form.as_bytes(),
        &version.to_be_bytes(),
        answers,
        demographics,
        field.as_bytes(),
        respondent.as_str().as_bytes(),
        answered_on.as_bytes(),
        words.as_deref().unwrap_or_default().as_bytes(),
        ticket.as_deref().unwrap_or_default().as_bytes(),
    ];
    let mut bytes = Vec::new();
    for part in parts {
        // Each part after its length, so that no two submissions run into the same bytes.
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}
