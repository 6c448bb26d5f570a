//! Compares a computed tree with `expect`, number by number, each within its tolerance class.

use serde_json::Value;

/// Absolute and relative tolerance of a class: it passes if |a − b| ≤ abs + rel·|b|.
fn tolerance(class: &str) -> Option<(f64, f64)> {
    match class {
        "exact" => Some((0.0, 0.0)),
        "closed" => Some((1e-13, 1e-10)),
        "linalg" | "convention" => Some((1e-12, 1e-8)),
        "iter" => Some((1e-9, 1e-6)),
        "loose" => Some((1e-5, 1e-3)),
        _ => None,
    }
}

/// All differences between `actual` and the `expect` of `case`.
pub fn compare_case(case: &Value, actual: &Value) -> Vec<String> {
    let mut comparison = Comparison { case, problems: Vec::new() };
    comparison.compare(&case["expect"], Some(actual), &mut Vec::new());
    comparison.problems
}

struct Comparison<'a> {
    case: &'a Value,
    problems: Vec<String>,
}

impl Comparison<'_> {
    /// The class of a path: `tol_override` where one of its paths leads here, else `tol`.
    fn class_of(&self, path: &[String]) -> &str {
        let overriding = self.case["tol_override"].as_object().and_then(|overrides| {
            overrides.iter().find(|(pattern, _)| leads_to(pattern, path)).and_then(|(_, class)| class.as_str())
        });
        overriding.or_else(|| self.case["tol"].as_str()).unwrap_or("no tolerance class")
    }

    fn compare(&mut self, expected: &Value, actual: Option<&Value>, path: &mut Vec<String>) {
        let Some(actual) = actual else {
            // `error: null` says "not refused", which the caller has seen already.
            if path.as_slice() != ["error"] || !expected.is_null() {
                self.problem(path, "was not computed");
            }
            return;
        };
        match expected {
            Value::Null => {
                if !is_undefined(actual) {
                    self.problem(path, &format!("is {actual}, expected nothing"));
                }
            }
            Value::Number(number) => self.compare_number(number.as_f64().unwrap_or(f64::NAN), actual, path),
            Value::Array(expected) => match actual.as_array() {
                Some(actual) if actual.len() == expected.len() => {
                    for (expected, actual) in expected.iter().zip(actual) {
                        self.compare(expected, Some(actual), path);
                    }
                }
                _ => self.problem(path, &format!("is {actual}, expected a list of {}", expected.len())),
            },
            // A named R value of length one: {"health": 0.1} stands for 0.1.
            Value::Object(fields) if fields.len() == 1 && !actual.is_object() => {
                for expected in fields.values() {
                    self.compare(expected, Some(actual), path);
                }
            }
            Value::Object(fields) => {
                for (key, expected) in fields {
                    path.push(key.clone());
                    if self.class_of(path) == "convention" {
                        self.compare_convention(fields, key, actual, path);
                    } else if !self.is_named_alternative(fields, key, path) {
                        self.compare(expected, actual.get(key), path);
                    }
                    path.pop();
                }
            }
            Value::String(_) | Value::Bool(_) => {
                if expected != actual {
                    self.problem(path, &format!("is {actual}, expected {expected}"));
                }
            }
        }
    }

    fn compare_number(&mut self, expected: f64, actual: &Value, path: &[String]) {
        let class = self.class_of(path);
        let Some((absolute, relative)) = tolerance(class) else {
            let text = format!("has the unknown tolerance class {class}");
            return self.problem(path, &text);
        };
        match actual.as_f64() {
            Some(actual) if (actual - expected).abs() <= absolute + relative * expected.abs() => {}
            Some(actual) => {
                let text =
                    format!("is {actual:e}, expected {expected:e} (off by {:e}, {class})", (actual - expected).abs());
                self.problem(path, &text);
            }
            None => self.problem(path, &format!("is {actual}, expected {expected:e}")),
        }
    }

    /// Two documented values exist: `key`, and `key_…` beside it. Either passes.
    fn compare_convention(
        &mut self,
        fields: &serde_json::Map<String, Value>,
        key: &str,
        actual: &Value,
        path: &mut Vec<String>,
    ) {
        let before = self.problems.len();
        for (name, expected) in fields.iter().filter(|(name, _)| *name == key || is_alternative(name, key)) {
            let at = self.problems.len();
            self.compare(expected, actual.get(key), path);
            if self.problems.len() == at {
                self.problems.truncate(before);
                return;
            }
            if let Some(problem) = self.problems.last_mut() {
                problem.push_str(" as ");
                problem.push_str(name);
            }
        }
    }

    fn is_named_alternative(&self, fields: &serde_json::Map<String, Value>, name: &str, path: &[String]) -> bool {
        fields.keys().filter(|key| is_alternative(name, key)).any(|key| {
            let mut path = path.to_vec();
            path.pop();
            path.push(key.clone());
            self.class_of(&path) == "convention"
        })
    }

    fn problem(&mut self, path: &[String], text: &str) {
        self.problems.push(format!("{} {text}", path.join(".")));
    }
}

fn is_alternative(name: &str, key: &str) -> bool {
    name.strip_prefix(key).is_some_and(|rest| rest.starts_with('_'))
}

/// Whether `pattern` names `path` or something above it. `ci.logit` names expect.ci.logit and all below;
/// `estimates.se` names `se` of every entry of `estimates`.
fn leads_to(pattern: &str, path: &[String]) -> bool {
    let mut wanted = pattern.split('.').peekable();
    if wanted.peek().copied() != path.first().map(String::as_str) {
        return false;
    }
    for key in path {
        if wanted.peek() == Some(&key.as_str()) {
            wanted.next();
        }
    }
    wanted.peek().is_none()
}

fn is_undefined(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.iter().all(is_undefined),
        Value::Object(fields) => fields.values().all(is_undefined),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn path(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    #[test]
    fn golden_override_paths_name_what_they_say() {
        assert!(leads_to("ci.logit", &path(&["ci", "logit"])));
        assert!(!leads_to("ci.logit", &path(&["ci", "xlogit"])));
        assert!(leads_to("estimates.se", &path(&["estimates", "q01", "se"])));
        assert!(!leads_to("estimates.se", &path(&["estimates", "q01", "est"])));
        assert!(!leads_to("p", &path(&["pairs", "p"])));
    }

    #[test]
    fn golden_comparison_notices_a_wrong_number_a_missing_key_and_a_value_where_none_should_be() {
        let case = json!({"tol": "closed", "expect": {"a": 1.0, "b": [1.0, null], "c": 2.0}});
        let problems = compare_case(&case, &json!({"a": 1.0001, "b": [1.0, 3.0]}));
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(compare_case(&case, &json!({"a": 1.0, "b": [1.0, null], "c": 2.0})).is_empty());
    }

    #[test]
    fn golden_convention_class_takes_either_documented_value() {
        let case = json!({"tol": "linalg", "tol_override": {"t": "convention"}, "expect": {"t": 8.0, "t_other": 4.0}});
        assert!(compare_case(&case, &json!({"t": 4.0})).is_empty());
        assert!(compare_case(&case, &json!({"t": 8.0})).is_empty());
        assert!(!compare_case(&case, &json!({"t": 5.0})).is_empty());
    }
}
