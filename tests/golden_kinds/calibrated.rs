//! Kinds of g05: weights before and after calibration, and estimates made with them.

use std::path::Path;

use serde_json::{Map, Value, json};
use sipas::stats::calibration::{
    Auxiliaries, Calibrated, Control, Distance, Margin, Residuals, Trimming, WeightSummary, calibrate, post_stratify,
    rake, trim,
};
use sipas::stats::design::Design;
use sipas::stats::design_interval::ShareInterval;
use sipas::stats::domains::DegreesOf;
use sipas::stats::estimate::Responses;

use crate::Outcome;
use crate::table::{Table, confidence, design_spec, pair, strings};

pub fn compute(case: &Value, meta: &Value, dir: &Path) -> Outcome {
    match case["kind"].as_str()? {
        "weights_summary" => Some(base_weights(case, meta, dir)),
        "calibration" => Some(calibration(case, meta, dir)),
        _ => None,
    }
}

/// The layout of the questionnaire, README of the reference answers, section 2.
const FACTORS: [(&str, std::ops::RangeInclusive<usize>); 6] = [
    ("access", 1..=4),
    ("procedure", 5..=9),
    ("staff", 10..=15),
    ("result", 16..=18),
    ("feedback", 19..=22),
    ("all", 1..=22),
];

const QUANTILES: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

pub fn summary(weights: &[f64]) -> Result<Value, String> {
    let summary = WeightSummary::of(weights).ok_or("there are no weights")?;
    Ok(json!({
        "n": summary.n,
        "sum": summary.sum,
        "min": summary.min,
        "max": summary.max,
        "mean": summary.mean,
        "cv": summary.coefficient_of_variation,
        "kish_deff": summary.kish_design_effect,
        "kish_neff": summary.kish_effective_n,
        "quantiles_type7": QUANTILES.map(|probability| summary.quantile(probability)),
    }))
}

fn base_weights(case: &Value, meta: &Value, dir: &Path) -> Result<Value, String> {
    let table = Table::read(dir, &case["data"])?;
    let design = table.design(&design_spec(case, meta)?)?;
    Ok(json!({"weights": summary(design.weights())?}))
}

/// The known counts of the levels of `variables`, from the rows of the margins file called by their joined names.
fn margin(table: &Table, margins: &Table, variables: &[String]) -> Result<Margin, String> {
    let wanted = variables.join("_");
    let counted: Vec<bool> = margins.text("margin")?.iter().map(|name| *name == wanted).collect();
    let counted = margins.filtered(&counted);
    let levels = counted.joined(variables)?;
    let totals = counted.full_numbers("count")?;
    let level_of =
        |label: &String| levels.iter().position(|level| level == label).ok_or(format!("no count for {label}"));
    let level_of_row = table.joined(variables)?.iter().map(level_of).collect::<Result<Vec<_>, _>>()?;
    Ok(Margin { level_of_row, totals })
}

/// Model matrix of a formula such as 1+sex+age, columns named as in `totals`: "(Intercept)", and variable + level.
pub fn model_matrix(table: &Table, args: &Value) -> Result<(Auxiliaries, Vec<f64>), String> {
    let totals = args["totals"].as_object().ok_or("the case gives no totals")?;
    let formula = args["formula"].as_str().ok_or("the case gives no formula")?;
    let variables: Vec<&str> = formula.split('+').map(str::trim).filter(|term| *term != "1").collect();
    let names: Vec<&String> = totals.keys().collect();
    let mut rows: Vec<Vec<(usize, f64)>> = vec![Vec::new(); table.n_rows];
    for (at, name) in names.iter().enumerate() {
        if *name == "(Intercept)" {
            for row in &mut rows {
                row.push((at, 1.0));
            }
            continue;
        }
        let variable =
            variables.iter().find(|variable| name.starts_with(**variable)).ok_or(format!("{name} is in no term"))?;
        let level = &name[variable.len()..];
        if level.is_empty() {
            let values = table.full_numbers(variable)?;
            rows.iter_mut().zip(values).for_each(|(row, value)| row.push((at, value)));
        } else {
            let labels = table.text(variable)?;
            rows.iter_mut().zip(labels).filter(|(_, label)| *label == level).for_each(|(row, _)| row.push((at, 1.0)));
        }
    }
    let totals =
        totals.values().map(|total| total.as_f64().ok_or("a total is no number")).collect::<Result<Vec<_>, _>>()?;
    Ok((Auxiliaries::from_rows(names.len(), rows.into_iter()), totals))
}

/// A design with new weights; after raking also the one whose variance follows R's `rake`.
struct Recalibrated {
    calibrated: Calibrated,
    design: Design,
    as_r_rake: Option<Design>,
}

fn recalibrate(case: &Value, table: &Table, dir: &Path, design: &Design) -> Result<Recalibrated, String> {
    let args = &case["args"];
    let base = design.weights().to_vec();
    let with = |weights: &[f64], residuals: Residuals| {
        design.clone().calibrated(weights.to_vec(), residuals).map_err(|error| error.to_string())
    };
    let in_words = |error: sipas::stats::calibration::CalibrationError| error.to_string();
    let method = case["method"].as_str().ok_or("the case names no method")?;
    let finish = |calibrated: Calibrated, residuals: Residuals, as_r_rake: Option<Design>| {
        let design = with(&calibrated.weights, residuals)?;
        Ok(Recalibrated { calibrated, design, as_r_rake })
    };
    match method {
        "poststratify" => {
            let margins = Table::read(dir, &case["margins"])?;
            let cells = margin(table, &margins, &strings(&args["cells"]))?;
            let calibrated = post_stratify(&base, &cells).map_err(in_words)?;
            finish(calibrated, Residuals::of_regression(Auxiliaries::from_margins(&[cells]), base), None)
        }
        "rake_ipf" => {
            let file = Table::read(dir, &case["margins"])?;
            let named = args["margins"].as_array().ok_or("the case names no margins")?;
            let margins =
                named.iter().map(|names| margin(table, &file, &strings(names))).collect::<Result<Vec<_>, _>>()?;
            let calibrated = rake(&base, &margins, Control::default()).map_err(in_words)?;
            let sweeps = with(&calibrated.weights, Residuals::of_raking_sweeps(margins.clone()))?;
            finish(calibrated, Residuals::of_regression(Auxiliaries::from_margins(&margins), base), Some(sweeps))
        }
        "trim" => {
            let upper = args["upper"].as_f64().ok_or("the case gives no bound")?;
            let trimming = if args["strict"] == json!(true) { Trimming::Strict } else { Trimming::Once };
            let calibrated = trim(&base, upper, trimming).map_err(in_words)?;
            let design = design.clone().with_weights(calibrated.weights.clone()).map_err(|error| error.to_string())?;
            Ok(Recalibrated { calibrated, design, as_r_rake: None })
        }
        _ => {
            let (auxiliaries, totals) = model_matrix(table, args)?;
            let distance = match (method, args["bounds"][0].as_f64(), args["bounds"][1].as_f64()) {
                ("calibrate_linear", None, None) => Distance::Linear,
                ("calibrate_linear", Some(low), Some(high)) => Distance::Truncated { low, high },
                ("calibrate_raking", ..) => Distance::Exponential,
                ("calibrate_logit", Some(low), Some(high)) => Distance::Logit { low, high },
                _ => return Err(format!("method {method} is unknown")),
            };
            let calibrated = calibrate(&base, &auxiliaries, &totals, distance, Control::default()).map_err(in_words)?;
            finish(calibrated, Residuals::of_regression(auxiliaries, base), None)
        }
    }
}

fn calibration(case: &Value, meta: &Value, dir: &Path) -> Result<Value, String> {
    let table = Table::read(dir, &case["data"])?;
    let Recalibrated { calibrated, design, as_r_rake } =
        recalibrate(case, &table, dir, &table.design(&design_spec(case, meta)?)?)?;
    check_weights_file(case, meta, dir, &calibrated.weights)?;
    let weighted = |variable: &str| -> Result<Value, String> {
        let labels = table.text(variable)?;
        let mut levels = labels.to_vec();
        levels.sort();
        levels.dedup();
        let sum = |level: &String| -> f64 {
            labels.iter().zip(design.weights()).filter(|(label, _)| *label == level).map(|(_, weight)| weight).sum()
        };
        Ok(levels.iter().map(|level| json!({"level": level, "weighted": sum(level)})).collect::<Vec<_>>().into())
    };
    let asked = |key: &str| case["expect"][key].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    let mut margins = Map::new();
    for variable in asked("margins") {
        margins.insert(variable.clone(), weighted(&variable)?);
    }
    let mut estimates = Map::new();
    for name in asked("estimates") {
        estimates.insert(name.clone(), estimate(&name, &table, &design, as_r_rake.as_ref())?);
    }
    let overall = Responses::single(&table.satisfied("overall")?);
    let share = design.mean(&overall).map_err(|error| error.to_string())?.ok_or("nobody answered")?;
    let confidence = confidence(case, meta)?;
    let fields = table.text("field")?;
    let levels = strings(&case["expect"]["overall_by_field"]["levels"]);
    let of_field = |field: &String| overall.within(&fields.iter().map(|label| label == field).collect::<Vec<bool>>());
    let by_field = design
        .joint_means(&levels.iter().map(of_field).collect::<Vec<_>>(), DegreesOf::WholeDesign)
        .map_err(|error| error.to_string())?
        .ok_or("a field has no answers")?;
    let (g_min, g_max) = calibrated.ratio_range();
    Ok(json!({
        "weights": summary(&calibrated.weights)?,
        "g_min": g_min,
        "g_max": g_max,
        "margins": margins,
        "estimates": estimates,
        "overall_ci": {
            "xlogit": pair(share.interval(ShareInterval::Logit, confidence)),
            "beta": pair(share.interval(ShareInterval::Beta, confidence)),
        },
        "overall_by_field": {"levels": levels, "est": by_field.means, "se": by_field.standard_errors()},
    }))
}

/// The answer file holds every weight of every calibration, in a column named after the case.
fn check_weights_file(case: &Value, meta: &Value, dir: &Path, weights: &[f64]) -> Result<(), String> {
    let (Some(name), Some(id)) = (meta["weights_file"].as_str(), case["id"].as_str()) else { return Ok(()) };
    if !dir.join(name).exists() {
        return Ok(());
    }
    let file = Table::read(dir, &meta["weights_file"])?;
    let column = format!("w_{}", id.trim_start_matches("cal."));
    for (row, (expected, actual)) in file.full_numbers(&column)?.iter().zip(weights).enumerate() {
        if (actual - expected).abs() > 1e-12 + 1e-8 * expected.abs() {
            return Err(format!("weight of row {} is {actual}, {column} has {expected}", row + 1));
        }
    }
    Ok(())
}

fn estimate(name: &str, table: &Table, design: &Design, as_r_rake: Option<&Design>) -> Result<Value, String> {
    let items = match name.strip_prefix("pooled_") {
        Some(factor) => {
            let (_, range) =
                FACTORS.iter().find(|(known, _)| *known == factor).ok_or(format!("factor {factor} is unknown"))?;
            range.clone().map(|item| format!("q{item:02}")).collect()
        }
        None => vec![name.to_owned()],
    };
    let responses = table.pooled_satisfied(&items)?;
    let share = design.mean(&responses).map_err(|error| error.to_string())?.ok_or("nobody answered")?;
    let mut answer = json!({"est": share.mean, "se": share.standard_error(), "df": share.degrees_of_freedom});
    if let Some(design) = as_r_rake {
        let share = design.mean(&responses).map_err(|error| error.to_string())?.ok_or("nobody answered")?;
        answer["se_r_rake"] = json!(share.standard_error());
    }
    Ok(answer)
}
