//! Texts of a questionnaire in all its languages, and choices named by them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A text in every language of the questionnaire, keyed by language tag (`vi`, `en`, …).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub BTreeMap<String, String>);

impl Text {
    /// Whether it says nothing in any language.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text in `language`, else in Vietnamese, else empty.
    pub fn in_language(&self, language: &str) -> &str {
        self.0.get(language).or_else(|| self.0.get("vi")).map_or("", String::as_str)
    }
}

/// One choice of a demographic or context question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceOption {
    /// Identifier, unique in the question.
    pub id: String,
    /// Wording.
    pub text: Text,
}
