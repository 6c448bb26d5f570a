//! `/api/v1/openapi.json`: what programs may ask, as OpenAPI 3.1 (spec.openapis.org/oas/v3.1.1). The addresses, methods and rights are those
//! of the route table; a test fails for an address that has no words here.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde_json::{Map, Value, json};

use super::paging::LIMIT_MAX;
use crate::cases::{CONTACT_MAX, Kind, State, TEXT_MAX};
use crate::service::tickets::{COUNT_MAX, DAYS_MAX};
use crate::web::row::{Need, Row, Scope, Verb};
use crate::web::status::json_answer;

/// What an address is for: method, path, summary, what stands behind the `?`, body's schema, statuses with their schemas.
struct Words {
    verb: Verb,
    path: &'static str,
    summary: &'static str,
    query: &'static [&'static str],
    body: Option<&'static str>,
    answers: &'static [(&'static str, &'static str, &'static str)],
}

/// In the place of a schema: a table of text.
const TABLE: &str = "text/csv";
const REFUSED: (&str, &str, &str) = ("4XX", "refused, with a reason", "Problem");

const WORDS: [Words; 15] = [
    Words {
        verb: Verb::Get,
        path: "/api/v1/openapi.json",
        summary: "This description",
        query: &[],
        body: None,
        answers: &[("200", "the description", "Anything"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/points/{code}",
        summary: "A service point and the questionnaire it asks",
        query: &[],
        body: None,
        answers: &[("200", "the point", "Point"), REFUSED],
    },
    Words {
        verb: Verb::Post,
        path: "/api/v1/points/{code}/responses",
        summary: "Sends an answer; sending it again stores it once",
        query: &[],
        body: Some("Response"),
        answers: &[("200", "stored before", "Stored"), ("201", "stored", "Stored"), REFUSED],
    },
    Words {
        verb: Verb::Post,
        path: "/api/v1/complaints",
        summary: "Leaves a complaint or a suggestion",
        query: &[],
        body: Some("Complaint"),
        answers: &[("200", "kept before", "ComplaintKept"), ("201", "kept", "ComplaintKept"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/complaints/{reference}",
        summary: "Where a complaint stands",
        query: &[],
        body: None,
        answers: &[("200", "its state", "ComplaintState"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/plans",
        summary: "Plans with their reporting periods and targets",
        query: &["limit", "after"],
        body: None,
        answers: &[("200", "the plans", "Plans"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/plans/{plan}/rounds",
        summary: "Survey rounds of a plan, and what became of their sheets",
        query: &[],
        body: None,
        answers: &[("200", "the rounds", "List"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/plans/{plan}/rounds/{round}",
        summary: "One survey round",
        query: &[],
        body: None,
        answers: &[("200", "the round", "Anything"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/plans/{plan}/rounds/{round}/estimates",
        summary: "Weights and estimates of a round drawn from a frame; null before it is closed",
        query: &[],
        body: None,
        answers: &[("200", "the estimates", "Anything"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/points",
        summary: "Service points",
        query: &["limit", "after"],
        body: None,
        answers: &[("200", "the points", "Points"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/plans/{plan}/periods/{period}/index",
        summary: "Indices, verdicts and their parts in a reporting period (YYYY-q1 … q4, YYYY-h1, YYYY-9m, YYYY-year, YYYY-m01 … m12, \
                  adhoc-FROM-TO)",
        query: &["unit", "series", "suspects", "version"],
        body: None,
        answers: &[("200", "the figures", "Index"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/plans/{plan}/periods/{period}/index.csv",
        summary: "The same as one flat table, a row a node, for spreadsheet programs",
        query: &["unit", "series", "suspects", "version"],
        body: None,
        answers: &[("200", "the figures", TABLE), REFUSED],
    },
    Words {
        verb: Verb::Post,
        path: "/api/v1/points/{code}/tickets",
        summary: "Issues one-time codes for a point; sending it again with the same `once` on the same day gives the same codes",
        query: &[],
        body: Some("Issue"),
        answers: &[("200", "issued before", "Tickets"), ("201", "issued", "Tickets"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/complaints",
        summary: "Complaints of a unit and those under it, newest day first, without words and contacts",
        query: &["limit", "after", "state"],
        body: None,
        answers: &[("200", "the complaints", "Cases"), REFUSED],
    },
    Words {
        verb: Verb::Get,
        path: "/api/v1/complaints/cases/{case}",
        summary: "One of them, with its words, its answer and what was done; never with a contact",
        query: &[],
        body: None,
        answers: &[("200", "the complaint", "Case"), REFUSED],
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
        let content = match *schema {
            TABLE => json!({TABLE: {"schema": {"type": "string"}}}),
            schema => json!({"application/json": {"schema": refer(schema)}}),
        };
        ((*status).to_owned(), json!({"description": text, "content": content}))
    });
    let mut answers: Map<String, Value> = answers.collect();
    let is_kept = row.verb == Verb::Get && matches!(row.need, Need::May(_));
    if let Some(answer) = answers.get_mut("200").filter(|_| is_kept) {
        answer["headers"] = json!({"ETag": {"schema": {"type": "string"}}});
        if words.query.contains(&"after") {
            answer["headers"]["Link"] =
                json!({"description": "the next page, as rel=\"next\"", "schema": {"type": "string"}});
        }
        answers.insert("304".to_owned(), json!({"description": "the same as the ETag that If-None-Match names"}));
    }
    let mut refused = |status: &str, description: &str| {
        let problem = json!({"application/json": {"schema": refer("Problem")}});
        answers.insert(status.to_owned(), json!({"description": description, "content": problem}));
    };
    if matches!(row.need, Need::May(_)) {
        refused("429", "a key asked more than 600 times in 5 minutes; Retry-After says when it is worth coming again");
    }
    refused("500", "a fault of the program; the log knows more under the reference");
    refused("503", "busy or out of reach, and nothing was stored; Retry-After says when it is worth coming again");
    let mut operation = json!({"summary": words.summary, "responses": answers});
    let named = row.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = named
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}))
        .collect();
    parameters.extend(words.query.iter().map(|name| {
        let (description, schema) = parameter(name);
        json!({"name": name, "in": "query", "description": description, "schema": schema})
    }));
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

/// What a word behind the `?` means. Any other word is refused with 400.
fn parameter(name: &str) -> (&'static str, Value) {
    match name {
        "unit" => ("a unit below the plan's", json!({"type": "string"})),
        "series" => ("the plan's official series where it is left out", json!({"enum": ["open", "ticket", "sample"]})),
        "suspects" => ("whether flagged sheets count", json!({"enum": ["in", "out"]})),
        "version" => ("a version of a closed period", json!({"type": "integer", "minimum": 1})),
        "limit" => ("how many at most", json!({"type": "integer", "minimum": 1, "maximum": LIMIT_MAX})),
        "state" => ("only those of this state", json!({"enum": State::ALL.map(State::name)})),
        _ => ("the last of the page before, as the header Link has it", json!({"type": "string"})),
    }
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
        "replaced_by": {"type": ["string", "null"], "description": "with 410: the code that took the place of this one"},
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
    let id = |more: Value| {
        let mut properties = json!({"id": text});
        if let (Some(known), Value::Object(more)) = (properties.as_object_mut(), more) {
            known.extend(more);
        }
        let required: Vec<String> =
            properties.as_object().map(|known| known.keys().cloned().collect()).unwrap_or_default();
        json!({"type": "array", "items": {"type": "object", "required": required, "properties": properties}})
    };
    let number_or_none = json!({"type": ["integer", "null"]});
    let options = json!({"type": "array", "items": text});
    let when = json!({"type": ["object", "null"], "description": "asked only where one of these options of that question was chosen",
        "required": ["question", "options"], "properties": {"question": text, "options": options}});
    let point = json!({"type": "object",
        "required": ["code", "name", "unit", "form", "items", "demographics", "questions", "fields", "languages"],
        "properties": {"code": text, "name": text, "unit": text, "form": text,
            "items": id(json!({"section": text, "required": {"type": "boolean"}})),
            "demographics": id(json!({"options": options})),
            "questions": id(json!({"section": text, "kind": {"enum": ["one", "several", "scale", "number", "text"]},
                "required": {"type": "boolean"}, "when": when, "options": options, "least": number_or_none, "most": number_or_none})),
            "fields": {"type": "array", "items": text}, "languages": {"type": "array", "items": text}}});
    let tens = json!({"type": "integer", "minimum": 0, "multipleOf": 10});
    let index = json!({"type": "object", "required": ["plan", "period", "from", "to", "unit", "series", "basis", "targets", "fields"],
        "description": "the same as `sipas index --json`", "properties": {"plan": text, "period": text, "unit": text,
            "from": {"type": "string", "format": "date"}, "to": {"type": "string", "format": "date"},
            "series": text, "basis": text, "fields": {"type": "array"},
            "targets": {"type": "array", "items": {"type": "object", "properties": {"reason": {"enum": ["no_data", "small_cell", "across_border", "incomplete", null],
                "description": "why nothing can be said; across_border: of days chosen at will, sheets entered figures together with sheets of other days"}}}},
            "days": {"enum": ["at_will"], "description": "of days that do not begin and end with periods of the plan; left out elsewhere"},
            "beyond": {"type": "object", "required": ["sheets", "counted", "fields"], "properties": {"sheets": tens, "counted": tens,
                "fields": {"type": "object", "additionalProperties": {"type": "object", "properties": {"sheets": tens, "counted": tens}}}},
                "description": "of days chosen at will: sheets that their figures leave out, because they entered figures together with sheets of other days, and those counted, \
                                both to the nearest ten; no change is to be told where fewer are counted than left out"}}});
    let reference = json!({"type": "string", "pattern": "^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$"});
    let kind = json!({"enum": Kind::ALL.map(Kind::name)});
    let complaint = json!({"type": "object", "required": ["unit", "kind", "text"], "additionalProperties": false, "properties": {
        "unit": {"type": "string", "description": "code of the ward or commune, or of an office, whose ward answers for it; of a unit above those only where an office of its own receives complaints"},
        "kind": kind, "text": {"type": "string", "minLength": 1, "maxLength": TEXT_MAX},
        "contact": {"type": "string", "maxLength": CONTACT_MAX},
        "once": {"type": "string", "format": "uuid", "description": "made by the sender; the same for every try of one complaint"},
    }});
    let state_word = json!({"enum": State::ALL.map(State::name)});
    let day = json!({"type": "string", "format": "date"});
    let day_or_none = json!({"type": ["string", "null"], "format": "date"});
    let text_or_none = json!({"type": ["string", "null"]});
    let state = json!({"type": "object", "required": ["reference", "unit", "kind", "received_on", "state", "due", "answer"],
        "properties": {"reference": reference, "unit": {"type": ["string", "null"]}, "kind": kind,
            "received_on": {"type": "string", "format": "date"}, "state": state_word,
            "due": {"type": ["string", "null"], "format": "date"}, "answer": {"type": ["string", "null"]}}});
    let case = json!({"case": {"type": "string", "pattern": "^[0-9a-f]{16}$"}, "unit": text_or_none, "received_on": day, "kind": kind,
        "subject": text_or_none, "channel": text, "state": state_word, "due": day_or_none, "late": {"type": "boolean"},
        "lead": text_or_none, "decided_on": day_or_none, "rating": {"type": ["integer", "null"], "minimum": 1, "maximum": 5}});
    let mut whole_case = case.clone();
    whole_case["text"] = text.clone();
    whole_case["answer"] = text_or_none.clone();
    whole_case["steps"] = json!({"type": "array", "items": {"type": "object", "required": ["on", "deed"],
        "properties": {"on": day, "deed": text}}});
    let names = |properties: &Value| properties.as_object().map(|known| known.keys().cloned().collect::<Vec<_>>());
    let (required, all_required) = (names(&case), names(&whole_case));
    let period = json!({"type": "object", "required": ["period", "from", "to", "due", "index"], "properties": {
        "period": text, "from": day, "to": day, "due": day_or_none, "index": {"type": "string", "description": "the address of its figures"}}});
    let target = json!({"type": "object", "required": ["clause", "index", "fields", "minimum"], "properties": {
        "clause": text, "index": text, "fields": {"type": "array", "items": text}, "minimum": {"type": "number"}}});
    let plan = json!({"type": "object", "required": ["plan", "title", "unit", "from", "to", "periods", "targets"], "properties": {
        "plan": text, "number": text_or_none, "title": text, "unit": text, "from": day, "to": day,
        "periods": {"type": "array", "items": period}, "targets": {"type": "array", "items": target}}});
    let listed = json!({"type": "object", "required": ["code", "name", "unit", "field", "fields", "form", "url", "retired"], "properties": {
        "code": text, "name": text, "unit": text, "field": text_or_none, "fields": {"type": "array", "items": text}, "form": text,
        "url": {"type": "string", "format": "uri"}, "retired": day_or_none}});
    let issue = json!({"type": "object", "required": ["count", "days"], "additionalProperties": false, "properties": {
        "count": {"type": "integer", "minimum": 1, "maximum": COUNT_MAX},
        "days": {"type": "integer", "minimum": 1, "maximum": DAYS_MAX, "description": "from today on"},
        "once": {"type": "string", "format": "uuid", "description": "made by the sender; the same for every try of one issue; 409 for another count or days"}}});
    let ticket = json!({"type": "object", "required": ["code", "url"], "properties": {"code": text, "url": {"type": "string", "format": "uri"}}});
    json!({
        "Case": {"type": "object", "required": all_required, "properties": whole_case},
        "Cases": {"type": "array", "items": {"type": "object", "required": required, "properties": case}},
        "Plans": {"type": "array", "items": plan}, "Points": {"type": "array", "items": listed}, "Issue": issue,
        "Tickets": {"type": "object", "required": ["point", "unit", "last_day", "tickets"], "properties": {"point": text, "unit": text,
            "last_day": day, "tickets": {"type": "array", "items": ticket}}},
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
        // A fault may happen everywhere.
        for (path, operations) in description["paths"].as_object().expect("addresses") {
            for (verb, operation) in operations.as_object().expect("methods") {
                let schema = &operation["responses"]["500"]["content"]["application/json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Problem", "{verb} {path}");
            }
        }
        // Every schema that is named is there.
        let text = description.to_string();
        for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(description["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }
}
