//! Values behind the `?` of an address that are one of a few: an empty one is none, an unknown one is refused, and nothing
//! unknown silently means the default.

use serde::de::IntoDeserializer;
use serde::de::value::{Error, StringDeserializer};
use serde::{Deserialize, Deserializer};

/// One of the values of `T`, or none where nothing was chosen.
pub fn chosen<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    let Some(value) = Option::<String>::deserialize(from)?.filter(|value| !value.is_empty()) else { return Ok(None) };
    let value: StringDeserializer<Error> = value.into_deserializer();
    T::deserialize(value).map(Some).map_err(serde::de::Error::custom)
}

/// The word of a value, as addresses have it.
pub fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
