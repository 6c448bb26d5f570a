//! The figures of a period as one flat table: the same as `sipas index --json`, a row a node. A hidden node keeps its
//! names and says `hidden`, and nothing else.

use serde_json::Value;

use super::{Cell, Table, TableError};
use crate::index::IndexReport;

const COLUMNS: [&str; 66] = [
    "plan",
    "period",
    "from",
    "to",
    "unit",
    "series",
    "basis",
    "suspects",
    "live",
    "so_far",
    "node",
    "clause",
    "target",
    "index",
    "fields",
    "channel",
    "respondents_asked",
    "field",
    "factor",
    "item",
    "hidden",
    "minimum",
    "value",
    "low",
    "high",
    "confidence",
    "method",
    "respondents",
    "answers",
    "clusters",
    "design_effect",
    "mean_score",
    "verdict",
    "reason",
    "point_reached",
    "respondents_to_settle",
    "level_1",
    "level_2",
    "level_3",
    "level_4",
    "level_5",
    "not_used",
    "blank",
    "questionnaire",
    "section",
    "sheets",
    "question",
    "option",
    "measure",
    "other_value",
    "other_low",
    "other_high",
    "other_respondents",
    "weight",
    "of_unit",
    "point",
    "cases",
    "share",
    "criteria",
    "policy_share",
    "kind",
    "wanted",
    "reached",
    "late",
    "open",
    "published",
];

/// Writes the table.
pub fn write(report: &IndexReport, table: &mut dyn Table) -> Result<(), TableError> {
    // One shape for the API, the command and this table: what is hidden there cannot be shown here.
    let report = serde_json::to_value(report).map_err(TableError::of)?;
    table.row(&COLUMNS.map(Cell::Text))?;
    let mut rows = Rows { report: &report, table };
    for target in list(&report, "targets") {
        rows.node("target", &[target])?;
        let of_target = ["clause", "target", "index", "minimum"].map(|key| (key.to_owned(), target[key].clone()));
        let of_target = Value::Object(of_target.into_iter().collect());
        for field in list(target, "by_field") {
            rows.node("target_field", &[field, &of_target])?;
        }
        rows.some("target_other_fields", &target["other_fields"], &of_target)?;
        for missing in list(target, "missing") {
            rows.node("target_missing", &[missing, &of_target])?;
        }
    }
    for count in list(&report, "counts") {
        rows.node("count", &[count])?;
    }
    for factor in list(&report, "factors") {
        rows.node("unit_factor", &[factor])?;
    }
    for unit in list(&report, "units") {
        rows.node("office", &[unit, &renamed(unit, "unit", "of_unit")])?;
    }
    for point in list(&report, "points") {
        let number = format!("{}/{}", point["unit"], point["point"]);
        rows.node("point", &[&without(point, "point"), &named("point", Value::from(number))])?;
    }
    rows.some("ministry", &report["ministry"], &Value::Null)?;
    for part in ["service", "policy"] {
        rows.some("ministry_part", &report["ministry"][part], &named("section", Value::from(part)))?;
    }
    rows.some("other_fields", &report["other_fields"], &Value::Null)?;
    for field in list(&report, "fields") {
        rows.node("field", &[field])?;
        let of_field = name(field, "field");
        for factor in list(field, "factors") {
            rows.node("factor", &[factor, &of_field])?;
            let of_factor = name(factor, "factor");
            for item in list(factor, "criteria") {
                rows.node("criterion", &[item, &of_factor, &of_field])?;
            }
        }
    }
    for question in list(&report, "profile") {
        let named = name(question, "question");
        for option in list(question, "options") {
            rows.node("profile", &[option, &named])?;
        }
    }
    for questionnaire in list(&report, "questionnaires") {
        let named = name(questionnaire, "questionnaire");
        rows.node("questionnaire", &[questionnaire])?;
        for section in list(questionnaire, "sections") {
            let section_name = name(section, "section");
            for choice in list(section, "choices") {
                rows.node("choice", &[choice, &section_name, &named])?;
                let of_choice = name(choice, "item");
                for option in list(choice, "options") {
                    rows.node("option", &[option, &of_choice, &section_name, &named])?;
                }
            }
            for question in list(section, "questions") {
                rows.node("question", &[question, &section_name, &named])?;
            }
        }
        for field in list(questionnaire, "by_field") {
            let of_field = name(field, "field");
            for section in list(field, "sections") {
                let section_name = name(section, "section");
                for question in list(section, "questions") {
                    rows.node("question", &[question, &section_name, &of_field, &named])?;
                }
            }
        }
    }
    Ok(())
}

struct Rows<'a> {
    report: &'a Value,
    table: &'a mut dyn Table,
}

impl Rows<'_> {
    /// A row of a node that may not be there.
    fn some(&mut self, kind: &str, node: &Value, of: &Value) -> Result<(), TableError> {
        if node.is_null() { Ok(()) } else { self.node(kind, &[node, of]) }
    }

    /// A row of what `parts` say, the first that says something.
    fn node(&mut self, kind: &str, parts: &[&Value]) -> Result<(), TableError> {
        let node = parts.first().copied().unwrap_or(&Value::Null);
        let values: Vec<Value> = COLUMNS
            .iter()
            .map(|column| match *column {
                "node" => Value::from(kind),
                "plan" | "period" | "from" | "to" | "unit" | "series" | "basis" | "suspects" | "live" | "so_far" => {
                    self.report[*column].clone()
                }
                // Of an office or point with too few people the line alone is there.
                "hidden" if matches!(kind, "office" | "point") => Value::Bool(node["estimate"].is_null()),
                "hidden" => Value::Bool(node["hidden"] == true),
                // Made of criteria, these have no estimate of their own.
                "value" | "low" | "high" | "confidence" | "respondents" if kind.starts_with("ministry") => {
                    node[*column].clone()
                }
                "respondents_asked" if kind == "target" => node["respondents"].clone(),
                "respondents_asked" => Value::Null,
                "value" | "low" | "high" | "confidence" | "method" | "respondents" | "answers" | "clusters"
                | "design_effect" => node["estimate"][*column].clone(),
                "other_value" => node["other_measure"]["value"].clone(),
                "other_low" => node["other_measure"]["low"].clone(),
                "other_high" => node["other_measure"]["high"].clone(),
                "other_respondents" => node["other_measure"]["respondents"].clone(),
                "fields" => Value::from(words(&node["fields"], ";")),
                "level_1" => node["levels"][0].clone(),
                "level_2" => node["levels"][1].clone(),
                "level_3" => node["levels"][2].clone(),
                "level_4" => node["levels"][3].clone(),
                "level_5" => node["levels"][4].clone(),
                column => {
                    let said = parts.iter().map(|part| &part[column]).find(|value| !value.is_null());
                    said.cloned().unwrap_or(Value::Null)
                }
            })
            .collect();
        let cells: Vec<Cell<'_>> = values.iter().map(cell).collect();
        self.table.row(&cells)
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn name(node: &Value, key: &str) -> Value {
    renamed(node, key, key)
}

/// One value under its name.
fn named(key: &str, value: Value) -> Value {
    Value::Object([(key.to_owned(), value)].into_iter().collect())
}

/// A value of a node under another name.
fn renamed(node: &Value, key: &str, new: &str) -> Value {
    named(new, node[key].clone())
}

/// A node less one of its values.
fn without(node: &Value, key: &str) -> Value {
    let mut node = node.clone();
    if let Some(values) = node.as_object_mut() {
        values.remove(key);
    }
    node
}

fn words(value: &Value, between: &str) -> String {
    let words = value.as_array().map_or(&[][..], Vec::as_slice).iter().filter_map(Value::as_str);
    words.collect::<Vec<_>>().join(between)
}

fn cell(value: &Value) -> Cell<'_> {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => Cell::Empty,
        Value::Bool(truth) => Cell::Truth(*truth),
        Value::String(text) if text.is_empty() => Cell::Empty,
        Value::String(text) => Cell::Text(text),
        Value::Number(number) => match (number.as_u64(), number.as_f64()) {
            (Some(whole), _) => Cell::Whole(whole),
            (None, Some(number)) => Cell::Number(number),
            _ => Cell::Empty,
        },
    }
}
