//! The form in which the parts of a closed period are kept: its number, a reader of every form ever written, and what differs
//! between two computations of one figure.
//!
//! A field that is added to what is kept is read as absent from older parts (`#[serde(default)]`). Where a field gets another name or another
//! meaning, [`FORMAT`] is counted up, and `brought_up` learns the step from the form before. `tests/fixtures` has a closing of every form.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::db::{Closing, Db, DbError};
use crate::index::METHOD;
use crate::sheet::tally::Series;

/// The form that this program writes:
///
/// 1. figures without points below the minimum, outlooks, weights and cases; no `input/volumes.json`;
/// 2. with them; `input/rules.json` has no numbers yet;
/// 3. `input/rules.json` says the format, the method, the confidence of the plan and the official series.
pub const FORMAT: u32 = 3;

/// The rules by which figures were made.
pub const RULES: &str = "input/rules.json";
/// Cases handled; from format 2 on.
pub const VOLUMES: &str = "input/volumes.json";
/// Parts whose names begin so are figures of a unit.
pub const FIGURES: &str = "figures/";

/// Relative difference up to which two numbers are one: another machine's logarithm may differ in the last place.
const SAME: f64 = 1e-12;

/// `input/rules.json`. What older forms lack is absent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Rules {
    /// Version of the program.
    pub program: String,
    /// Number of the form; none in forms 1 and 2.
    #[serde(default)]
    pub format: Option<u32>,
    /// Number of the method; none in forms 1 and 2.
    #[serde(default)]
    pub method_number: Option<u32>,
    /// The official series, of which report and publication are made; none in forms 1 and 2, where it was volunteers.
    #[serde(default)]
    pub official: Option<Series>,
    /// Where the method is described.
    pub method: String,
    /// Confidence of intervals and verdicts.
    pub confidence: f64,
    /// Power at which respondents that settle a verdict are counted.
    pub settling_power: f64,
    /// The fewest respondents shown.
    pub shown_from: u64,
    /// Answers entered figures in groups of so many, formed anew at every look; none since releases are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_in_groups_of: Option<u64>,
    /// Answers enter figures in kept releases of so many at least; none before.
    #[serde(default)]
    pub released_from: Option<u64>,
    /// What became of answers that waited.
    pub waiting: String,
}

/// Reads the parts of one version.
pub struct Reader<'a> {
    db: &'a Db,
    closing: &'a Closing,
    format: u32,
    method: u32,
    official: Series,
}

impl<'a> Reader<'a> {
    /// Finds out in which form a version is kept.
    pub fn open(db: &'a Db, closing: &'a Closing) -> Result<Self, DbError> {
        let at = |what: &str| {
            DbError::Damaged(format!("{RULES} of the closed period {} {} {what}", closing.plan, closing.period))
        };
        let rules = db.closing_part(closing, RULES)?.ok_or_else(|| at("is missing"))?;
        let rules: Value = serde_json::from_slice(&rules).map_err(|error| at(&error.to_string()))?;
        let number = |name: &str| rules[name].as_u64().and_then(|number| u32::try_from(number).ok());
        let format = match number("format") {
            Some(format) => format,
            None if db.closing_part(closing, VOLUMES)?.is_some() => 2,
            None => 1,
        };
        if format > FORMAT {
            return Err(at(&format!("says format {format}: a newer program wrote it, this one reads up to {FORMAT}")));
        }
        let official = serde_json::from_value(rules["official"].clone()).unwrap_or(Series::Open);
        Ok(Self { db, closing, format, method: number("method_number").unwrap_or(1), official })
    }

    /// The series of which report and publication are made.
    pub fn official(&self) -> Series {
        self.official
    }

    /// The number of the form.
    pub fn format(&self) -> u32 {
        self.format
    }

    /// The number of the method by which its figures were computed, where it is not this program's.
    pub fn older_method(&self) -> Option<u32> {
        Some(self.method).filter(|method| *method != METHOD)
    }

    /// A part as it is kept, brought up to the present form.
    pub fn read<T: DeserializeOwned>(&self, name: &str) -> Result<T, DbError> {
        let at = || format!("{name} of the closed period {} {}", self.closing.plan, self.closing.period);
        let damaged = |error: serde_json::Error| DbError::Damaged(format!("{}: {error}", at()));
        let content = self.db.closing_part(self.closing, name)?;
        let content = match content {
            Some(content) => content,
            None if name == VOLUMES && self.format == 1 => b"[]".to_vec(),
            None => return Err(DbError::Damaged(format!("{} is missing", at()))),
        };
        if self.format == FORMAT {
            return serde_json::from_slice(&content).map_err(damaged);
        }
        let value = serde_json::from_slice(&content).map_err(damaged)?;
        serde_json::from_value(brought_up(self.format, name, value)).map_err(damaged)
    }
}

/// A part of an older form in the present one.
fn brought_up(format: u32, name: &str, mut value: Value) -> Value {
    if format == 1
        && name.starts_with(FIGURES)
        && let Some(targets) = value.pointer_mut("/report/targets").and_then(Value::as_array_mut)
    {
        for target in targets.iter_mut().filter_map(Value::as_object_mut) {
            target.entry("low_points").or_insert_with(|| Value::Array(Vec::new()));
        }
    }
    value
}

/// A number or word that comes out otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Where, as in `report.targets.0.estimate.value`.
    pub at: String,
    /// What was kept.
    pub kept: Value,
    /// What comes out now; none where nothing does.
    pub now: Option<Value>,
}

/// What of the kept figures comes out otherwise now. What was not kept yet is no difference.
pub fn differences(kept: &Value, now: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(String::new(), kept, Some(now), &mut found);
    found
}

fn walk(at: String, kept: &Value, now: Option<&Value>, found: &mut Vec<Difference>) {
    let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    match (kept, now) {
        (Value::Object(kept), Some(Value::Object(now))) => {
            for (name, kept) in kept {
                walk(below(name), kept, now.get(name), found);
            }
        }
        (Value::Array(kept), Some(Value::Array(now))) => {
            for (place, kept) in kept.iter().enumerate() {
                walk(below(&place.to_string()), kept, now.get(place), found);
            }
            for (place, more) in now.iter().enumerate().skip(kept.len()) {
                found.push(Difference { at: below(&place.to_string()), kept: Value::Null, now: Some(more.clone()) });
            }
        }
        (Value::Number(kept), Some(Value::Number(now))) if same(kept.as_f64(), now.as_f64()) => {}
        // A field that is left out where there is nothing to say.
        (Value::Null, None) => {}
        (kept, Some(now)) if kept == now => {}
        (kept, now) => found.push(Difference { at, kept: kept.clone(), now: now.cloned() }),
    }
}

fn same(one: Option<f64>, other: Option<f64>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return false };
    (one - other).abs() <= SAME * one.abs().max(other.abs())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_differs_is_named_and_what_was_added_is_not() {
        let kept = json!({"report": {"targets": [{"value": 0.9, "outlook": null, "gone": null}], "n": 40}});
        let now = json!({"report": {"targets": [{"value": 0.912_345, "outlook": null, "added": 1}], "n": 40.0}});
        let found = differences(&kept, &now);
        let value =
            Difference { at: "report.targets.0.value".to_owned(), kept: json!(0.9), now: Some(json!(0.912_345)) };
        assert_eq!(found, [value]);
        assert_eq!(differences(&json!([1, 2]), &json!([1])).len(), 1);
        assert_eq!(differences(&json!([1]), &json!([1, 2])).len(), 1);
        // One place in the sixteenth digit.
        assert_eq!(differences(&json!(0.7), &json!(0.700_000_000_000_000_1)), []);
        assert_eq!(differences(&json!(0.7), &json!(0.700_000_001)).len(), 1);
    }

    #[test]
    fn figures_of_the_first_form_get_what_they_lack() {
        let old = json!({"report": {"targets": [{"target": "sipas"}]}});
        let up = brought_up(1, "figures/a/open/in.json", old.clone());
        assert_eq!(up["report"]["targets"][0]["low_points"], json!([]));
        assert_eq!(brought_up(1, "input/plan.json", old.clone()), old);
    }
}
