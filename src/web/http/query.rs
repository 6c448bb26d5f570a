//! Values behind the `?` of an address that are one of a few: an empty one is none, an unknown one is refused, and nothing
//! unknown silently means the default.

use serde::de::IntoDeserializer;
use serde::de::value::{Error, StringDeserializer};
use serde::{Deserialize, Deserializer};

use crate::error::{Reason, Refusal};

/// One of the values of `T`, or none where nothing was chosen.
pub fn chosen<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    let Some(value) = Option::<String>::deserialize(from)?.filter(|value| !value.is_empty()) else { return Ok(None) };
    let value: StringDeserializer<Error> = value.into_deserializer();
    T::deserialize(value).map(Some).map_err(serde::de::Error::custom)
}

/// The word of `words` that was asked for, the usual one where none was; another is refused.
pub fn one_of<'a>(
    asked: Option<&str>,
    words: impl IntoIterator<Item = &'a str>,
    usual: &'a str,
) -> Result<&'a str, Refusal> {
    match asked.filter(|asked| !asked.is_empty()) {
        None => Ok(usual),
        Some(asked) => words.into_iter().find(|word| *word == asked).ok_or_else(|| Reason::BadQuery.into()),
    }
}

/// What `read` makes of a word that was asked for, none where none was; a word of which it makes nothing is refused.
pub fn known<T>(asked: Option<&str>, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Refusal> {
    let asked = asked.filter(|asked| !asked.is_empty());
    asked.map(|asked| read(asked).ok_or_else(|| Reason::BadQuery.into())).transpose()
}

/// The word of a value, as addresses have it.
pub fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
