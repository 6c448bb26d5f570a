//! JSON as it was sent: an object keeps every key, also one that comes twice.
//!
//! `serde_json`'s own map keeps the last of two equal keys, so that `{"a":1,"a":5}` would mean whatever the reader
//! likes. Here the second one is seen and can be refused.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A JSON value, as far as a submission has use for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    Integer(u64),
    String(String),
    /// Members in the order sent.
    Object(Vec<(String, Json)>),
    /// The values in their order.
    Array(Vec<Json>),
    /// Null, true, false, or a number that is no whole number from 0: allowed nowhere.
    Other,
}

/// The one value of a body; none when it is not JSON in UTF-8 or when anything follows it.
pub(super) fn read(body: &[u8]) -> Option<Json> {
    serde_json::from_slice(body).ok()
}

/// The first member of each key, and the keys that come again.
pub(super) fn split_repeated(members: &[(String, Json)]) -> (Vec<(&str, &Json)>, BTreeSet<&str>) {
    let mut seen = BTreeSet::new();
    let mut repeated = BTreeSet::new();
    let mut first = Vec::new();
    for (key, value) in members {
        if seen.insert(key.as_str()) {
            first.push((key.as_str(), value));
        } else {
            repeated.insert(key.as_str());
        }
    }
    (first, repeated)
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Integer(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(u64::try_from(number).map_or(Json::Other, Json::Integer))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_str<E: serde::de::Error>(self, string: &str) -> Result<Json, E> {
        self.visit_string(string.to_owned())
    }

    /// A text with NUL in it is none: PostgreSQL keeps none.
    fn visit_string<E: serde::de::Error>(self, string: String) -> Result<Json, E> {
        if string.contains('\0') { Err(E::custom("a text holds NUL")) } else { Ok(Json::String(string)) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Json::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }
}
