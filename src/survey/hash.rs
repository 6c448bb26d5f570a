//! The published form of a questionnaire: its JSON, and the hash by which a version is known.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::Questionnaire;

/// SHA-256 of [`to_json`], in 64 hexadecimal digits.
///
/// Comments, blanks and the order of keys in the file do not count; every id, text, switch and the order of items do.
/// Versions already published are compared with this hash for as long as they live. A field added to
/// [`Questionnaire`] later must therefore leave no trace in the JSON while it holds its default
/// (`skip_serializing_if`); a test pins the hash of one questionnaire.
pub fn content_hash(questionnaire: &Questionnaire) -> String {
    let mut hash = String::with_capacity(64);
    for byte in Sha256::digest(to_json(questionnaire)) {
        // Writing to a string cannot fail.
        let _ = write!(hash, "{byte:02x}");
    }
    hash
}

/// The questionnaire as JSON, always in the same bytes: fields in the order of the types, texts in the order of their
/// language tags.
pub fn to_json(questionnaire: &Questionnaire) -> String {
    // Strings, numbers, lists and maps keyed by strings: none of them can fail to become JSON.
    serde_json::to_string(questionnaire).expect("a questionnaire is always valid JSON")
}

/// A published version read back from the database.
pub fn from_json(json: &str) -> Result<Questionnaire, serde_json::Error> {
    serde_json::from_str(json)
}
