//! The body that programs send: its kind, and what it must be.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::error::{Reason, Refusal};
use crate::web::error::problem;

/// Refuses a body that does not say that it is JSON: a form of another site is sent as a form or as plain text.
pub fn must_be_json(request: &HttpRequest) -> Result<(), Refusal> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(Reason::WrongType { wanted: "application/json" }.into())
    }
}

/// What a body says: one object. Without being asked, the reader of a struct takes a list of its values too. A text with NUL in it is none:
/// PostgreSQL keeps none.
pub fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, Box<HttpResponse>> {
    let refused = |message: String| {
        let errors = json!([{"field": "", "code": "body_unreadable", "message": message}]);
        Box::new(problem(&Reason::Fields.into(), json!({"errors": errors})))
    };
    match serde_json::from_slice(body) {
        Ok(sent @ Value::Object(_)) if holds_nul(&sent) => Err(refused("a text holds NUL".to_owned())),
        // Read anew: of a key that comes twice the tree has kept one.
        Ok(Value::Object(_)) => serde_json::from_slice(body).map_err(|error| refused(error.to_string())),
        Ok(_) => Err(refused("send one JSON object".to_owned())),
        Err(error) => Err(refused(error.to_string())),
    }
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Pair {
        count: u32,
        name: String,
    }

    #[test]
    fn a_body_is_one_object_with_each_key_once_and_no_nul() {
        let read = |body: &str| object::<Pair>(body.as_bytes()).map_err(|refused| refused.status().as_u16());
        let pair = read(r#"{"count":2,"name":"a"}"#).expect("an object");
        assert_eq!((pair.count, pair.name.as_str()), (2, "a"));
        for body in [
            r#"[2,"a"]"#,
            r#""a""#,
            "null",
            "",
            r#"{"count":2}"#,
            r#"{"count":2,"name":"a","name":"b"}"#,
            r#"{"count":2,"name":"a\u0000"}"#,
            r#"{"count":2,"name":"a","more":1}"#,
        ] {
            assert_eq!(read(body).err(), Some(422), "{body}");
        }
    }
}
