//! The data of a case: a CSV file as columns of text, the design a case names, the answers it pools.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde_json::{Value, json};
use sipas::stats::design::{ClusterLabels, Design, DesignColumns};
use sipas::stats::estimate::Responses;

/// A CSV file in memory; an empty field is missing.
pub struct Table {
    columns: HashMap<String, Vec<String>>,
    /// Number of rows.
    pub n_rows: usize,
}

thread_local! {
    static READ: std::cell::RefCell<HashMap<PathBuf, Rc<Table>>> = std::cell::RefCell::default();
}

impl Table {
    /// Reads a file once per thread.
    pub fn read(dir: &Path, file: &Value) -> Result<Rc<Self>, String> {
        let name = file.as_str().ok_or("the case names no data file")?;
        let path = dir.join(name);
        if let Some(table) = READ.with_borrow(|read| read.get(&path).cloned()) {
            return Ok(table);
        }
        let mut reader = csv::Reader::from_path(&path).map_err(|error| format!("{name}: {error}"))?;
        let header: Vec<String> =
            reader.headers().map_err(|error| error.to_string())?.iter().map(str::to_owned).collect();
        let mut columns: Vec<Vec<String>> = vec![Vec::new(); header.len()];
        for record in reader.records() {
            let record = record.map_err(|error| format!("{name}: {error}"))?;
            for (column, field) in columns.iter_mut().zip(record.iter()) {
                column.push(field.to_owned());
            }
        }
        let n_rows = columns.first().map_or(0, Vec::len);
        let table = Rc::new(Self { columns: header.into_iter().zip(columns).collect(), n_rows });
        READ.with_borrow_mut(|read| read.insert(path, Rc::clone(&table)));
        Ok(table)
    }

    /// The rows for which `keep` is true.
    pub fn filtered(&self, keep: &[bool]) -> Self {
        let kept = |values: &[String]| {
            values.iter().zip(keep).filter(|(_, keep)| **keep).map(|(value, _)| value.clone()).collect()
        };
        Self {
            columns: self.columns.iter().map(|(name, values)| (name.clone(), kept(values))).collect(),
            n_rows: keep.iter().filter(|keep| **keep).count(),
        }
    }

    /// A column of text.
    pub fn text(&self, name: &str) -> Result<&[String], String> {
        self.columns.get(name).map(Vec::as_slice).ok_or_else(|| format!("there is no column {name}"))
    }

    /// A column of numbers, `None` where empty.
    pub fn numbers(&self, name: &str) -> Result<Vec<Option<f64>>, String> {
        let parse = |field: &String| match field.as_str() {
            "" | "NA" => Ok(None),
            text => text.parse().map(Some).map_err(|_| format!("column {name}: {text} is no number")),
        };
        self.text(name)?.iter().map(parse).collect()
    }

    /// A column of numbers without gaps.
    pub fn full_numbers(&self, name: &str) -> Result<Vec<f64>, String> {
        let values = self.numbers(name)?;
        values.into_iter().map(|value| value.ok_or_else(|| format!("column {name} has gaps"))).collect()
    }

    /// The labels of several columns joined with ":" row by row.
    pub fn joined(&self, names: &[String]) -> Result<Vec<String>, String> {
        let columns = names.iter().map(|name| self.text(name)).collect::<Result<Vec<_>, _>>()?;
        let of_row = |row: usize| columns.iter().map(|column| column[row].as_str()).collect::<Vec<_>>().join(":");
        Ok((0..self.n_rows).map(of_row).collect())
    }

    fn codes(&self, name: &str) -> Result<Vec<usize>, String> {
        self.text(name).map(codes_of)
    }

    /// Weights of a design that names none, as R takes them: units in the population/units in the sample at every stage whose
    /// sizes are known, 1 without sizes.
    fn weights_from_sizes(
        &self,
        strata: &[String],
        ids: &[String],
        sizes: &[&Option<Vec<f64>>; 2],
    ) -> Result<Vec<f64>, String> {
        let mut weights = vec![1.0; self.n_rows];
        for (stage, sizes) in sizes.iter().enumerate() {
            let Some(sizes) = sizes else { continue };
            let within = [strata, &ids[..stage.min(ids.len())]].concat();
            let groups = self.joined(&within)?;
            let members: Vec<String> = match ids.get(stage) {
                Some(id) => self.joined(&[&within[..], std::slice::from_ref(id)].concat())?,
                None => (0..self.n_rows).map(|row| row.to_string()).collect(),
            };
            let mut sampled: HashMap<&String, std::collections::HashSet<&String>> = HashMap::new();
            for (group, member) in groups.iter().zip(&members) {
                sampled.entry(group).or_default().insert(member);
            }
            for ((weight, size), group) in weights.iter_mut().zip(sizes).zip(&groups) {
                *weight *= size / sampled[group].len() as f64;
            }
        }
        Ok(weights)
    }

    /// The rows that `where` of a case selects, one value or one of a list for a column; `null` selects all.
    pub fn selected(&self, filter: &Value) -> Result<Vec<bool>, String> {
        let mut selected = vec![true; self.n_rows];
        for (column, wanted) in filter.as_object().into_iter().flatten() {
            let in_words = |wanted: &Value| wanted.as_str().map_or_else(|| wanted.to_string(), str::to_owned);
            let wanted: Vec<String> = match wanted {
                Value::Array(values) => values.iter().map(in_words).collect(),
                value => vec![in_words(value)],
            };
            for (selected, value) in selected.iter_mut().zip(self.text(column)?) {
                *selected &= wanted.iter().any(|wanted| value == wanted || same_number(value, wanted));
            }
        }
        Ok(selected)
    }

    /// 1 where an item's score is 4 or 5, 0 where it is lower, `None` where it is missing.
    pub fn satisfied(&self, item: &str) -> Result<Vec<Option<f64>>, String> {
        let scores = self.numbers(item)?;
        Ok(scores.into_iter().map(|score| score.map(|score| f64::from(u8::from(score >= 4.0)))).collect())
    }

    /// The satisfied answers of several items pooled.
    pub fn pooled_satisfied(&self, items: &[String]) -> Result<Responses, String> {
        let columns = items.iter().map(|item| self.satisfied(item)).collect::<Result<Vec<_>, _>>()?;
        Ok(Responses::pooled(&columns))
    }

    /// The scores of several items pooled.
    pub fn pooled_scores(&self, items: &[String]) -> Result<Responses, String> {
        let columns = items.iter().map(|item| self.numbers(item)).collect::<Result<Vec<_>, _>>()?;
        Ok(Responses::pooled(&columns))
    }

    /// Builds the design described by `{ids, strata, weights, fpc, nest}`.
    pub fn design(&self, spec: &Value) -> Result<Design, String> {
        let names = |key: &str| strings(&spec[key]);
        let ids = names("ids");
        let sizes = names("fpc");
        let strata = spec["strata"].as_str().map(|column| self.codes(column)).transpose()?;
        let clusters = ids.first().map(|column| self.codes(column)).transpose()?;
        // Labels of the second stage may start anew in every cluster.
        let units = ids.get(1).map(|_| self.joined(&ids[..2]).map(|labels| codes_of(&labels))).transpose()?;
        let first_sizes = sizes.first().map(|column| self.full_numbers(column)).transpose()?;
        let second_sizes = sizes.get(1).map(|column| self.full_numbers(column)).transpose()?;
        let weights = match spec["weights"].as_str() {
            Some(column) => self.full_numbers(column)?,
            None => self.weights_from_sizes(&strings(&spec["strata"]), &ids, &[&first_sizes, &second_sizes])?,
        };
        let labels = if spec["nest"] == json!(true) { ClusterLabels::WithinStratum } else { ClusterLabels::Unique };
        Design::new(&DesignColumns {
            weights: &weights,
            strata: strata.as_deref(),
            clusters: clusters.as_deref(),
            labels,
            units: units.as_deref(),
            clusters_in_population: first_sizes.as_deref(),
            units_in_population: second_sizes.as_deref(),
        })
        .map_err(|error| error.to_string())
    }
}

/// Labels as numbers, in order of first appearance.
fn codes_of(labels: &[String]) -> Vec<usize> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut code = |label| {
        let next = seen.len();
        *seen.entry(label).or_insert(next)
    };
    labels.iter().map(|label| code(label.as_str())).collect()
}

/// The design a case names: in `meta.designs` of its file, else one of the four the README defines.
pub fn design_spec(case: &Value, meta: &Value) -> Result<Value, String> {
    if case["design"].is_object() {
        return Ok(case["design"].clone());
    }
    let name = case["design"].as_str().ok_or("the case names no design")?;
    if let Some(spec) = meta["designs"].get(name) {
        return Ok(spec.clone());
    }
    match name {
        "D0" => Ok(json!({"ids": ["id"], "strata": null, "weights": "w", "fpc": null})),
        "D1" => Ok(json!({"ids": ["tdp"], "strata": "commune", "weights": "w", "fpc": null})),
        "D2" => Ok(json!({"ids": ["tdp"], "strata": "commune", "weights": "w", "fpc": ["N_tdp"]})),
        "D4" => Ok(json!({"ids": ["tdp"], "strata": null, "weights": "w", "fpc": null})),
        "D3" => Ok(json!({"ids": ["tdp", "id"], "strata": "commune", "weights": "w", "fpc": ["N_tdp", "M"]})),
        other => Err(format!("design {other} is described nowhere")),
    }
}

/// The level of confidence of a case: `args.level`, else `meta.level`, else 0.95.
pub fn confidence(case: &Value, meta: &Value) -> Result<sipas::stats::Confidence, String> {
    let level = case["args"]["level"].as_f64().or_else(|| meta["level"].as_f64()).unwrap_or(0.95);
    sipas::stats::Confidence::new(level).ok_or_else(|| format!("{level} is no level of confidence"))
}

/// A text or a list of texts as a list.
pub fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Limits as `[low, high]`, nulls when undefined.
pub fn pair(interval: Option<sipas::stats::Interval>) -> Value {
    interval.map_or_else(|| json!([null, null]), |interval| json!([interval.low, interval.high]))
}

/// A matrix as a list of its rows.
pub fn matrix(matrix: &nalgebra::DMatrix<f64>) -> Value {
    matrix.row_iter().map(|row| row.iter().copied().collect::<Vec<f64>>()).collect::<Vec<_>>().into()
}

/// A number, `"Inf"` where it is infinite (JSON has none), `null` where undefined.
pub fn number(value: Option<f64>) -> Value {
    match value {
        Some(value) if value.is_infinite() => json!(if value > 0.0 { "Inf" } else { "-Inf" }),
        Some(value) => json!(value),
        None => Value::Null,
    }
}

/// A list, or `length` nulls where it is undefined.
pub fn numbers(values: Option<Vec<f64>>, length: usize) -> Value {
    values.map_or_else(|| vec![Value::Null; length].into(), Value::from)
}

pub fn same_number(a: &str, b: &str) -> bool {
    matches!((a.parse::<f64>(), b.parse::<f64>()), (Ok(a), Ok(b)) if (a - b).abs() < f64::EPSILON)
}
