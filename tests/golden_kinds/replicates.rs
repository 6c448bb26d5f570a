//! Kinds of g06: variances by replicate weights, made here or given in a file.

use std::path::Path;

use serde_json::{Map, Value, json};
use sipas::stats::design::Design;
use sipas::stats::estimate::Responses;
use sipas::stats::replicates::{Centre, ReplicatedEstimates, Replicates};

use crate::Outcome;
use crate::table::{Table, design_spec, matrix, strings};

pub fn compute(case: &Value, meta: &Value, dir: &Path) -> Outcome {
    match case["kind"].as_str()? {
        "replicate_variance" => Some(of_shares(case, meta, dir)),
        "replicate_variance_small" => Some(of_totals(case, meta, dir)),
        _ => None,
    }
}

/// A list, or one number for all.
fn scales(args: &Value, n_replicates: usize) -> Result<Vec<f64>, String> {
    match &args["rscales"] {
        Value::Array(values) => {
            values.iter().map(|value| value.as_f64().ok_or_else(|| format!("args.rscales holds {value}"))).collect()
        }
        value => Ok(vec![value.as_f64().unwrap_or(1.0); n_replicates]),
    }
}

/// Replicates of the method a case names, from the design.
pub fn made(method: &str, fay: Option<f64>, design: &Design) -> Result<Replicates, String> {
    let frame = design.frame();
    match method {
        "JK1" => Replicates::jackknife(frame),
        "JKn" => Replicates::jackknife_by_strata(frame),
        "BRR" => Replicates::balanced(frame, 0.0),
        "Fay" => Replicates::balanced(frame, fay.unwrap_or(0.0)),
        other => return Err(format!("method {other} is unknown")),
    }
    .map_err(|error| error.to_string())
}

/// What the case says of the replicates must be true of those made here.
fn checked(replicates: Replicates, args: &Value) -> Result<Replicates, String> {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-12 + 1e-10 * b.abs();
    let expected = scales(args, replicates.scales().len())?;
    let scales = expected.len() == replicates.scales().len()
        && expected.iter().zip(replicates.scales()).all(|(expected, scale)| near(*scale, *expected));
    let scale = args["scale"].as_f64().is_none_or(|scale| near(replicates.scale(), scale));
    if scales && scale {
        Ok(replicates)
    } else {
        Err(format!("scale {} and scales {:?} are not those of the case", replicates.scale(), replicates.scales()))
    }
}

/// Factors by cluster from a file whose first column names the clusters, in the order of the design.
fn from_file(case: &Value, dir: &Path, table: &Table, cluster: &str) -> Result<Replicates, String> {
    let args = &case["args"];
    if args["combined_weights"] == json!(true) {
        return Err("replicate weights that hold the design weights are not read".to_owned());
    }
    let file = Table::read(dir, &case["replicate_file"])?;
    let listed = file.text(cluster)?;
    let mut clusters: Vec<&String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for label in table.text(cluster)? {
        if seen.insert(label) {
            clusters.push(label);
        }
    }
    let find = |label: &&String| {
        listed.iter().position(|listed| listed == *label).ok_or_else(|| format!("no factors for cluster {label}"))
    };
    let rows = clusters.iter().map(find).collect::<Result<Vec<usize>, _>>()?;
    let n_replicates = args["n_replicates"].as_u64().ok_or("args.n_replicates is no count")?;
    let mut factors = Vec::new();
    for replicate in 1..=n_replicates {
        let column = file.full_numbers(&format!("r{replicate:03}"))?;
        factors.push(rows.iter().map(|row| column[*row]).collect());
    }
    let scales = scales(args, factors.len())?;
    Replicates::given(factors, args["scale"].as_f64().unwrap_or(1.0), scales).map_err(|error| error.to_string())
}

/// Σ w s / Σ w m of each set of responses.
pub fn means(design: &Design, replicates: &Replicates, sets: &[Responses]) -> Result<ReplicatedEstimates, String> {
    let mean = |weights: &[f64], responses: &Responses| {
        let dot = |values: &[f64]| -> f64 { weights.iter().zip(values).map(|(weight, value)| weight * value).sum() };
        let below = dot(&responses.counts);
        (below > 0.0).then(|| dot(&responses.sums) / below)
    };
    design
        .replicated(replicates, |weights| sets.iter().map(|responses| mean(weights, responses)).collect())
        .ok_or_else(|| "a replicate has no answers".to_owned())
}

fn of_shares(case: &Value, meta: &Value, dir: &Path) -> Result<Value, String> {
    let table = Table::read(dir, &case["data"])?;
    let spec = design_spec(case, meta)?;
    let design = table.design(&spec)?;
    let method = case["method"].as_str().ok_or("the case names no method")?;
    let replicates = if case["replicate_file"].is_string() {
        let cluster = strings(&spec["ids"]).into_iter().next().ok_or("the design has no clusters")?;
        from_file(case, dir, &table, &cluster)?
    } else {
        let name = method.split('_').next().unwrap_or(method);
        checked(made(name, case["args"]["rho"].as_f64(), &design)?, &case["args"])?
    };
    let mut estimates = Map::new();
    for name in case["expect"]["estimates"].as_object().into_iter().flatten().map(|(name, _)| name) {
        let items = if name == "pooled_all" {
            (1..=22).map(|item| format!("q{item:02}")).collect()
        } else {
            vec![name.clone()]
        };
        let responses = table.pooled_satisfied(&items)?;
        let estimate = means(&design, &replicates, std::slice::from_ref(&responses))?;
        estimates.insert(
            name.clone(),
            json!({
                "est": estimate.estimates[0],
                "se": estimate.standard_errors(Centre::Replicates)[0],
                "se_mse": estimate.standard_errors(Centre::Estimate)[0],
                "df": design.replicate_degrees_of_freedom(&replicates, &responses.answered()),
                "replicates": estimate.replicates.iter().map(|replicate| replicate[0]).collect::<Vec<f64>>(),
            }),
        );
    }
    let fields = table.text("field")?;
    let levels = strings(&case["expect"]["overall_by_field"]["levels"]);
    let overall = table.pooled_satisfied(&["overall".to_owned()])?;
    let of_field = |level: &String| overall.within(&fields.iter().map(|label| label == level).collect::<Vec<bool>>());
    let by_field = means(&design, &replicates, &levels.iter().map(of_field).collect::<Vec<_>>())?;
    Ok(json!({
        "estimates": estimates,
        "overall_by_field": {
            "levels": levels,
            "est": by_field.estimates,
            "se": by_field.standard_errors(Centre::Replicates),
            "vcov": matrix(&by_field.covariance(Centre::Replicates)),
        },
    }))
}

/// The factors a case lists: a row a cluster, a column a replicate.
fn listed(args: &Value) -> Option<Vec<Vec<f64>>> {
    let rows: Vec<Vec<f64>> = args["replicate_factors"]
        .as_array()?
        .iter()
        .map(|row| row.as_array().into_iter().flatten().filter_map(Value::as_f64).collect())
        .collect();
    let n_replicates = rows.first()?.len();
    Some(
        (0..n_replicates)
            .map(|replicate| rows.iter().filter_map(|row| row.get(replicate).copied()).collect())
            .collect(),
    )
}

/// Balanced replicates depend on the choice of a Hadamard matrix, so those of the case are taken; a jackknife is made here.
fn of_totals(case: &Value, meta: &Value, dir: &Path) -> Result<Value, String> {
    let (args, table) = (&case["args"], Table::read(dir, &case["data"])?);
    let spec = if case["design_spec"].is_object() { case["design_spec"].clone() } else { design_spec(case, meta)? };
    let design = table.design(&spec)?;
    let method = case["method"].as_str().ok_or("the case names no method")?;
    let replicates = match (method, listed(args)) {
        ("BRR" | "Fay", Some(factors)) => {
            let scales = scales(args, factors.len())?;
            Replicates::given(factors, args["scale"].as_f64().unwrap_or(1.0), scales)
                .map_err(|error| error.to_string())?
        }
        (_, listed) => {
            let replicates = checked(made(method, args["rho"].as_f64(), &design)?, args)?;
            if listed.is_some_and(|listed| listed != replicates.factors()) {
                return Err(format!("the factors are {:?}", replicates.factors()));
            }
            replicates
        }
    };
    let mut answer = Map::new();
    for name in case["expect"].as_object().into_iter().flatten().map(|(name, _)| name) {
        let estimate = if let Some(column) = name.strip_prefix("total_") {
            let values = table.full_numbers(column)?;
            design.replicated(&replicates, |weights| Some(vec![dot(weights, &values)]))
        } else {
            let (above, below) = two_columns(&table, name)?;
            design.replicated(&replicates, |weights| Some(vec![dot(weights, &above) / dot(weights, &below)]))
        };
        let estimate = estimate.ok_or("a replicate has no answers")?;
        answer.insert(
            name.clone(),
            json!({"est": estimate.estimates[0], "se": estimate.standard_errors(Centre::Replicates)[0]}),
        );
    }
    Ok(answer.into())
}

pub fn dot(weights: &[f64], values: &[f64]) -> f64 {
    weights.iter().zip(values).map(|(weight, value)| weight * value).sum()
}

/// The columns in a name such as `ratio_alive_arrests`.
fn two_columns(table: &Table, name: &str) -> Result<(Vec<f64>, Vec<f64>), String> {
    let names = name.strip_prefix("ratio_").ok_or_else(|| format!("estimate {name} is unknown"))?;
    let mut split = names.match_indices('_').map(|(at, _)| (&names[..at], &names[at + 1..]));
    split
        .find_map(|(above, below)| table.full_numbers(above).ok().zip(table.full_numbers(below).ok()))
        .ok_or_else(|| format!("no two columns in {name}"))
}
