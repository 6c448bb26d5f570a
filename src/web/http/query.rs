//! Values behind the `?` of an address that are one of a few: an empty one is none, an unknown one is refused, and nothing
//! unknown silently means the default.

use chrono::{Datelike, NaiveDate};
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StringDeserializer};
use serde::{Deserialize, Deserializer};

use crate::clock;
use crate::plan::{adhoc_key, typed};

/// One of the values of `T`, or none where nothing was chosen.
pub fn chosen<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    let Some(value) = Option::<String>::deserialize(from)?.filter(|value| !value.is_empty()) else { return Ok(None) };
    let value: StringDeserializer<Error> = value.into_deserializer();
    T::deserialize(value).map(Some).map_err(serde::de::Error::custom)
}

/// A day as people write it, or none where nothing was written.
pub fn typed_day<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)?.filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    typed::day(&text).map(Some).ok_or_else(|| serde::de::Error::custom("no day"))
}

/// The key of the period of days chosen at will: a first day alone reaches to today, a last day alone goes back to the start of its year.
pub fn period_of_days(first: Option<NaiveDate>, last: Option<NaiveDate>) -> Option<String> {
    let (first, last) = match (first, last) {
        (None, None) => return None,
        (Some(first), None) => (first, clock::today()),
        (None, Some(last)) => (last.with_day(1)?.with_month(1)?, last),
        (Some(first), Some(last)) => (first, last),
    };
    Some(adhoc_key(first.min(last), first.max(last)))
}

/// The word of a value, as addresses have it.
pub fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
