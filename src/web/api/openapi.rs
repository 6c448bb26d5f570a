//! `/api/v1/openapi.json`: what programs may ask, as OpenAPI 3.1 (spec.openapis.org/oas/v3.1.1). The addresses, methods and rights are those
//! of the route table; a test fails for an address that has no words here.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde_json::{Map, Value, json};

use crate::cases::{CONTACT_MAX, Kind, TEXT_MAX};
use crate::web::row::{Need, Row, Scope, Verb};
use crate::web::status::json_answer;

/// What an address is for: method, path, summary, body's schema, statuses with their schemas.
struct Words {
    verb: Verb,
    path: &'static str,
    summary: &'static str,
    body: Option<&'static str>,
    answers: &'static [(&'static str, &'static str, &'static str)],
}

const REFUSED: (&str, &str, &str) = ("4XX", "refused, with a reason", "Problem");

const WORDS: [Words; 11] = [
    Words {
        verb: Verb::Get,
        path: "/api/v1/openapi.json",
        summary: "This description",
        body: None,
        answers: &[("200", "the description", "Anything")],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/points/{code}",
        summary: "A service point and the questionnaire it asks",
        body: None,
        answers: &[("200", "the point", "Point"), REFUSED],
    },
    Words {
        verb: Verb::Post,
        path: "/api/v1/points/{code}/responses",
        summary: "Sends an answer; sending it again stores it once",
        body: Some("Response"),
        answers: &[
            ("200", "stored before", "Stored"),
            ("201", "stored", "Stored"),
            REFUSED,
            ("503", "busy", "Problem"),
        ],
    },
    Words {
        verb: Verb::Post,
        path: "/api/v1/complaints",
        summary: "Leaves a complaint or a suggestion",
        body: Some("Complaint"),
        answers: &[
            ("200", "kept before", "ComplaintKept"),
            ("201", "kept", "ComplaintKept"),
            REFUSED,
            ("503", "busy", "Problem"),
        ],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/complaints/{reference}",
        summary: "Where a complaint stands",
        body: None,
        answers: &[("200", "its state", "ComplaintState"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/plans",
        summary: "Plans with their reporting periods and targets",
        body: None,
        answers: &[("200", "the plans", "List"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/plans/{plan}/rounds",
        summary: "Survey rounds of a plan, and what became of their sheets",
        body: None,
        answers: &[("200", "the rounds", "List"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/plans/{plan}/rounds/{round}",
        summary: "One survey round",
        body: None,
        answers: &[("200", "the round", "Anything"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/plans/{plan}/rounds/{round}/estimates",
        summary: "Weights and estimates of a round drawn from a frame; null before it is closed",
        body: None,
        answers: &[("200", "the estimates", "Anything"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/points",
        summary: "Service points",
        body: None,
        answers: &[("200", "the points", "List"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/plans/{plan}/periods/{period}/index",
        summary: "Indices, verdicts and their parts in a reporting period (YYYY-q1 … q4, YYYY-h1, YYYY-9m, YYYY-year, YYYY-m01 … m12, \
                  adhoc-FROM-TO)",
        body: None,
        answers: &[("200", "the figures", "Index"), REFUSED],
    },
];

/// `GET /api/v1/openapi.json`: those of `rows` that are for programs.
pub fn show(rows: impl Iterator<Item = &'static Row>) -> HttpResponse {
    let mut answer = json_answer(StatusCode::OK, &description(rows));
    answer.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("public, max-age=3600"));
    answer
}

fn description(rows: impl Iterator<Item = &'static Row>) -> Value {
    let mut paths = Map::new();
    for row in rows.filter(|row| row.scope == Scope::Programs) {
        let operations = paths.entry(row.path).or_insert_with(|| json!({}));
        if let (Value::Object(operations), Some(words)) = (operations, words_of(row)) {
            let verb = if row.verb == Verb::Get { "get" } else { "post" };
            operations.insert(verb.to_owned(), operation(row, words));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "sipas", "version": env!("CARGO_PKG_VERSION"),
            "description": "Satisfaction with public services in Vietnam's wards and communes. Fractions are 0 to 1, days ISO dates of Vietnam, \
                            instants UTC.",
            "license": {"name": env!("CARGO_PKG_LICENSE")},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "webhooks": webhooks(),
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}, "schemas": schemas()},
    })
}

/// What other programs are told where an administrator enters their address (docs/webhooks.md).
fn webhooks() -> Value {
    let texts = |names: &[&str]| -> Map<String, Value> {
        names.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect()
    };
    let mut told = Map::new();
    for (word, summary, names, number) in [
        (
            "answers.released",
            "Answers of a ward entered its figures, ten or more",
            &["unit", "read"][..],
            Some("sheets"),
        ),
        (
            "period.closed",
            "A reporting period was checked, approved, published, returned or reopened",
            &["unit", "plan", "period", "state", "read"],
            Some("version"),
        ),
        ("complaint.changed", "A complaint came or changed its state", &["unit", "complaint", "state", "read"], None),
        ("webhook.test", "Somebody tries the address", &["webhook"], None),
    ] {
        let mut properties = texts(names);
        properties.extend(number.map(|name| (name.to_owned(), json!({"type": "integer"}))));
        let body = json!({
            "type": "object", "required": ["type", "timestamp", "data"],
            "properties": {
                "type": {"const": word}, "timestamp": {"type": "string", "format": "date-time"},
                "data": {"type": "object", "properties": properties},
            },
        });
        let header = |name: &str| json!({"name": name, "in": "header", "required": true, "schema": {"type": "string"}});
        told.insert(
            word.to_owned(),
            json!({"post": {
                "summary": summary,
                "parameters": [header("webhook-id"), header("webhook-timestamp"), header("webhook-signature")],
                "requestBody": {"required": true, "content": {"application/json": {"schema": body}}},
                "responses": {"2XX": {"description": "taken; anything else is tried again"}},
            }}),
        );
    }
    Value::Object(told)
}

fn words_of(row: &Row) -> Option<&'static Words> {
    WORDS.iter().find(|words| words.verb == row.verb && words.path == row.path)
}

fn operation(row: &Row, words: &Words) -> Value {
    let refer = |schema: &str| json!({"$ref": format!("#/components/schemas/{schema}")});
    let answers = words.answers.iter().map(|(status, text, schema)| {
        let content = json!({"description": text, "content": {"application/json": {"schema": refer(schema)}}});
        ((*status).to_owned(), content)
    });
    let mut operation = json!({"summary": words.summary, "responses": answers.collect::<Map<_, _>>()});
    let named = row.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = named
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}))
        .collect();
    if words.answers.iter().any(|(_, _, schema)| *schema == "Index") {
        parameters.push(json!({"name": "unit", "in": "query", "description": "a unit below the plan's", "schema": {"type": "string"}}));
        parameters.push(json!({"name": "series", "in": "query", "schema": {"enum": ["open", "ticket", "sample"]}}));
        parameters.push(json!({"name": "suspects", "in": "query", "schema": {"enum": ["in", "out"]}}));
    }
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
    if let Some(body) = words.body {
        operation["requestBody"] = json!({"required": true, "content": {"application/json": {"schema": refer(body)}}});
    }
    if matches!(row.need, Need::May(_)) {
        operation["security"] = json!([{"key": []}]);
    }
    operation
}

fn schemas() -> Value {
    let text = json!({"type": "string"});
    let texts = json!({"type": "object", "additionalProperties": {"type": "string"}});
    let problem = json!({"type": "object", "required": ["error", "code"], "properties": {
        "error": {"type": "string", "description": "a sentence for a reader"},
        "code": {"type": "string", "description": "a word for a program"},
        "errors": {"type": "array", "items": {"type": "object", "required": ["field", "code", "message"],
            "properties": {"field": text, "code": text, "message": text}}},
        "reference": {"type": "string", "description": "under which the log knows more"},
    }});
    let answer =
        json!({"oneOf": [{"type": "integer"}, {"type": "string"}, {"type": "array", "items": {"type": "string"}}]});
    let response = json!({"type": "object", "required": ["attempt", "form", "answers"], "additionalProperties": false, "properties": {
        "attempt": {"type": "string", "format": "uuid", "description": "made by the sender; the same for every try of one answer"},
        "form": {"type": "string", "pattern": "^[a-z0-9-]+@[0-9]+$"},
        "answers": {"type": "object", "additionalProperties": answer, "description": "1 to 5 or na for a level; an option, several, a number or a text for other questions"},
        "demographics": texts, "field": text, "respondent": {"enum": ["person", "organisation"]},
        "answered_on": {"type": "string", "format": "date", "description": "at most three days back"},
        "comment": {"type": "string", "maxLength": 1200}, "ticket": text, "lang": text, "mode": {"enum": ["phone", "kiosk"]},
    }});
    let point = json!({"type": "object", "required": ["code", "name", "unit", "form", "items", "demographics", "fields", "languages"],
        "properties": {"code": text, "name": text, "unit": text, "form": text, "items": {"type": "array"}, "demographics": {"type": "array"},
            "fields": {"type": "array", "items": text}, "languages": {"type": "array", "items": text}}});
    let index = json!({"type": "object", "required": ["plan", "period", "from", "to", "unit", "series", "basis", "targets", "fields"],
        "description": "the same as `sipas index --json`", "properties": {"plan": text, "period": text, "unit": text,
            "from": {"type": "string", "format": "date"}, "to": {"type": "string", "format": "date"},
            "series": text, "basis": text, "targets": {"type": "array"}, "fields": {"type": "array"}}});
    let reference = json!({"type": "string", "pattern": "^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$"});
    let kind = json!({"enum": Kind::ALL.map(Kind::name)});
    let complaint = json!({"type": "object", "required": ["unit", "kind", "text"], "additionalProperties": false, "properties": {
        "unit": {"type": "string", "description": "code of the ward, or of an office, whose ward answers for it"},
        "kind": kind, "text": {"type": "string", "minLength": 1, "maxLength": TEXT_MAX},
        "contact": {"type": "string", "maxLength": CONTACT_MAX},
        "once": {"type": "string", "format": "uuid", "description": "made by the sender; the same for every try of one complaint"},
    }});
    let state = json!({"type": "object", "required": ["reference", "unit", "kind", "received_on", "state", "due", "answer"],
        "properties": {"reference": reference, "unit": {"type": ["string", "null"]}, "kind": kind,
            "received_on": {"type": "string", "format": "date"}, "state": text,
            "due": {"type": ["string", "null"], "format": "date"}, "answer": {"type": ["string", "null"]}}});
    json!({
        "Complaint": complaint, "ComplaintState": state,
        "ComplaintKept": {"type": "object", "required": ["reference"], "properties": {"reference": reference}},
        "Problem": problem, "Response": response, "Point": point, "Index": index,
        "Stored": {"type": "object", "required": ["status"], "properties": {"status": {"enum": ["stored", "stored_before"]}}},
        "List": {"type": "array", "items": {"type": "object"}},
        "Anything": {"type": "object"},
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::routes::rows as all;

    #[test]
    fn every_address_for_programs_is_described_and_nothing_else() {
        let rows: Vec<&Row> = all().filter(|row| row.scope == Scope::Programs).collect();
        for row in &rows {
            assert!(words_of(row).is_some(), "{:?} {} has no words", row.verb, row.path);
        }
        assert_eq!(rows.len(), WORDS.len(), "words of an address that is gone");
        let description = description(all());
        let index = &description["paths"]["/api/v1/plans/{plan}/periods/{period}/index"]["get"];
        assert_eq!(index["security"], json!([{"key": []}]));
        assert_eq!(index["parameters"][0]["name"], "plan");
        assert!(
            description["paths"]["/api/v1/points/{code}/responses"]["post"]["security"].is_null(),
            "citizens need no key"
        );
        // Every schema that is named is there.
        let text = description.to_string();
        for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(description["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }
}
