//! The results as JSON.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::AnalyseError;
use super::analysis::{Analysis, compared, components, levels};
use super::labels::WeightSums;
use super::plan::{Adjustment, IndexPlan, Kind, Plan, ResultPlan};
use super::words::variance_text;
use crate::stats::basics::Interval;
use crate::stats::domains::{DegreesOf, JointMeans};
use crate::stats::estimate::{Estimate, MeanEstimate};
use crate::stats::multiplicity::{benjamini_hochberg, benjamini_yekutieli, bonferroni, hochberg, holm};
use crate::stats::sums::{Cell, Statistic};
use crate::stats::variance::VarianceError;

/// Writes everything that was asked for.
pub fn report(plan: &Plan, analysis: &Analysis, responses: &Path) -> Result<Value, AnalyseError> {
    let mut results = Vec::new();
    let mut comparisons = Vec::new();
    for (at, result) in plan.results.iter().enumerate() {
        let refuse = |error| refused(&result.name, &error, analysis);
        for &grouping in &result.groupings {
            for (level, label) in ordered(plan, analysis, grouping) {
                let cell = Cell { level, result: at };
                let mut entry = heading(plan, &result.name, result.kind.name(), grouping, label);
                entry.append(&mut estimate(plan, analysis, result, grouping, cell).map_err(refuse)?);
                results.push(Value::Object(entry));
            }
            if let (Some(adjustment), true) = (result.compare, grouping > 0) {
                comparisons.push(comparison(plan, analysis, at, grouping, adjustment).map_err(refuse)?);
            }
        }
    }
    let mut indices = Vec::new();
    for index in &plan.indices {
        for &grouping in &index.groupings {
            for (level, label) in ordered(plan, analysis, grouping) {
                let entry = index_entry(plan, analysis, index, grouping, (level, label));
                indices.push(entry.map_err(|error| refused(&index.name, &error, analysis))?);
            }
        }
    }
    let frame = &analysis.frame;
    let mut answer = json!({
        "file": responses.file_name().map(|name| name.to_string_lossy().into_owned()),
        "confidence": plan.confidence.level(),
        "design": {
            "rows": analysis.weights.rows,
            "rows_in_filter": analysis.weights.rows_in_filter,
            "strata": frame.strata.len(),
            "clusters": frame.strata.iter().map(|stratum| stratum.n_clusters).sum::<usize>(),
            "degrees_of_freedom": frame.degrees_of_freedom(&vec![true; frame.clusters.len()]),
            "two_stage": frame.two_stage,
            "weights": weights(&analysis.weights),
        },
    });
    if let (Some(calibrated), Some(wanted)) = (&analysis.calibration, &plan.calibration) {
        answer["calibration"] = json!({
            "method": wanted.method.name(),
            "margins": wanted.margins.iter().map(|margin| margin.name.clone()).collect::<Vec<_>>(),
            "iterations": calibrated.iterations,
            "largest_gap": calibrated.largest_gap,
            "ratio_min": calibrated.ratio_min,
            "ratio_max": calibrated.ratio_max,
            "weights": weights(&calibrated.weights),
        });
    }
    answer["results"] = results.into();
    if !comparisons.is_empty() {
        answer["comparisons"] = comparisons.into();
    }
    if !indices.is_empty() {
        answer["indices"] = indices.into();
    }
    Ok(answer)
}

fn ordered<'a>(plan: &Plan, analysis: &'a Analysis, grouping: usize) -> Vec<(usize, &'a str)> {
    let mut levels = levels(analysis, grouping);
    if plan.groupings[grouping].levels.is_none() {
        levels.sort_by_key(|(_, label)| *label);
    }
    levels
}

fn refused(result: &str, error: &VarianceError, analysis: &Analysis) -> AnalyseError {
    let text = variance_text(error, &analysis.stratum_labels, &analysis.cluster_labels);
    AnalyseError::Result { result: result.to_owned(), text }
}

fn weights(sums: &WeightSums) -> Value {
    json!({
        "sum": sums.sum,
        "min": sums.min,
        "max": sums.max,
        "kish_effective_n": sums.sum * sums.sum / sums.squares,
    })
}

fn heading(plan: &Plan, name: &str, kind: &str, grouping: usize, label: &str) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("result".to_owned(), json!(name));
    entry.insert("kind".to_owned(), json!(kind));
    if grouping > 0 {
        entry.insert("domain".to_owned(), json!(plan.groupings[grouping].name));
        entry.insert("level".to_owned(), json!(label));
    }
    entry
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn limits(interval: Option<Interval>) -> Value {
    interval.map_or(Value::Null, |interval| json!([interval.low, interval.high]))
}

fn estimate(
    plan: &Plan,
    analysis: &Analysis,
    result: &ResultPlan,
    grouping: usize,
    cell: Cell,
) -> Result<Map<String, Value>, VarianceError> {
    let design = analysis.design(plan, grouping);
    let statistic = if matches!(result.kind, Kind::Total(_)) { Statistic::Total } else { Statistic::Mean };
    let scatter = analysis.scatter(grouping, &[cell], statistic);
    if statistic == Statistic::Total {
        let total = design.total(cell, scatter)?;
        return Ok(object(with_n(analysis.answers(grouping, cell), simple_estimate(plan, total))));
    }
    let mean = design.mean(cell, scatter)?;
    Ok(object(match (&result.kind, mean) {
        (Kind::Ratio(..), mean) => {
            let estimate = mean.map(|mean| Estimate {
                value: mean.mean,
                variance: mean.variance,
                degrees_of_freedom: mean.degrees_of_freedom,
            });
            with_n(analysis.pairs(plan, grouping, cell), simple_estimate(plan, estimate))
        }
        (_, None) => json!({"n": 0, "estimate": null}),
        (_, Some(mean)) => mean_entry(plan, result, &mean),
    }))
}

/// An estimate with the number of rows that it rests on.
fn with_n(n: f64, mut estimate: Value) -> Value {
    estimate["n"] = json!(n);
    estimate
}

fn simple_estimate(plan: &Plan, estimate: Option<Estimate>) -> Value {
    let Some(estimate) = estimate else {
        return json!({"estimate": null});
    };
    let t = plan.confidence.student_critical(estimate.degrees_of_freedom);
    json!({
        "estimate": estimate.value,
        "standard_error": estimate.standard_error(),
        "degrees_of_freedom": estimate.degrees_of_freedom,
        "interval": limits(t.map(|t| Interval::around(estimate.value, t * estimate.standard_error()))),
    })
}

fn mean_entry(plan: &Plan, result: &ResultPlan, mean: &MeanEstimate) -> Value {
    let is_share = matches!(result.kind, Kind::Share(_));
    let mut entry = json!({"n": mean.moments.answers});
    if is_share {
        entry["satisfied"] = json!(mean.moments.sum);
    }
    entry["weight_sum"] = json!(mean.moments.weight);
    entry["estimate"] = json!(mean.mean);
    entry["standard_error"] = json!(mean.standard_error());
    entry["degrees_of_freedom"] = json!(mean.degrees_of_freedom);
    if !is_share {
        entry["standard_deviation"] = json!(mean.value_variance().map(f64::sqrt));
    }
    entry["design_effect"] = json!(mean.design_effect());
    entry["design_effect_replace"] = json!(mean.design_effect_replace());
    entry["kish_effective_n"] = json!(mean.kish_effective_n());
    if is_share {
        entry["effective_n"] = json!(mean.effective_n());
        entry["effective_n_korn_graubard"] = json!(mean.effective_n_korn_graubard(plan.confidence.tail()));
    }
    let mut intervals = Map::new();
    for method in &result.intervals {
        intervals.insert(method.name().to_owned(), limits(mean.interval(*method, plan.confidence)));
    }
    if !intervals.is_empty() {
        entry["intervals"] = intervals.into();
    }
    let target_entry = |target: &f64| match mean.against_target(*target) {
        None => json!({"target": target, "t": null, "p_greater": null, "t_logit": null, "p_greater_logit": null}),
        Some(test) => json!({
            "target": target,
            "t": test.t,
            "p_greater": test.p_greater,
            "t_logit": test.t_logit,
            "p_greater_logit": test.p_greater_logit,
        }),
    };
    if !result.targets.is_empty() {
        entry["targets"] = result.targets.iter().map(target_entry).collect();
    }
    entry
}

fn matrix(joint: &JointMeans) -> Vec<Vec<f64>> {
    let v = &joint.covariance;
    (0..v.nrows()).map(|i| (0..v.ncols()).map(|j| v[(i, j)]).collect()).collect()
}

/// All pairs of levels of a domain, with the covariance through shared clusters.
fn comparison(
    plan: &Plan,
    analysis: &Analysis,
    result: usize,
    grouping: usize,
    adjustment: Adjustment,
) -> Result<Value, VarianceError> {
    let cells = compared(analysis, grouping, result);
    let heading = heading(plan, &plan.results[result].name, "comparison", grouping, "");
    let mut entry = Value::Object(heading);
    if let Some(fields) = entry.as_object_mut() {
        fields.remove("level");
    }
    let scatter = analysis.scatter(grouping, &cells, Statistic::Mean);
    let joint = analysis.design(plan, grouping).joint_means(&cells, DegreesOf::WholeDesign, scatter)?;
    let Some(joint) = joint.filter(|joint| joint.means.len() > 1) else {
        entry["pairs"] = json!([]);
        return Ok(entry);
    };
    let order: Vec<(usize, &str)> = ordered(plan, analysis, grouping)
        .into_iter()
        .filter_map(|(level, label)| cells.iter().position(|cell| cell.level == level).map(|at| (at, label)))
        .collect();
    let mut pairs = Vec::new();
    let mut p_values = Vec::new();
    for (i, (first, first_label)) in order.iter().enumerate() {
        for (second, second_label) in &order[i + 1..] {
            let difference = joint.difference(*first, *second);
            p_values.push(difference.p_two_sided());
            pairs.push(json!({
                "a": first_label,
                "b": second_label,
                "difference": difference.difference,
                "standard_error": difference.standard_error,
                "t": difference.t(),
                "p": difference.p_two_sided(),
                "interval": limits(difference.interval(plan.confidence)),
            }));
        }
    }
    let adjusted = match adjustment {
        Adjustment::None => p_values,
        Adjustment::Holm => holm(&p_values),
        Adjustment::Hochberg => hochberg(&p_values),
        Adjustment::Bonferroni => bonferroni(&p_values),
        Adjustment::BenjaminiHochberg => benjamini_hochberg(&p_values),
        Adjustment::BenjaminiYekutieli => benjamini_yekutieli(&p_values),
    };
    if adjustment != Adjustment::None {
        for (pair, p) in pairs.iter_mut().zip(adjusted) {
            pair["p_adjusted"] = json!(p);
        }
    }
    let reordered = JointMeans {
        moments: order.iter().map(|(at, _)| joint.moments[*at]).collect(),
        means: order.iter().map(|(at, _)| joint.means[*at]).collect(),
        covariance: joint.covariance.select_rows(order.iter().map(|(at, _)| at)),
        degrees_of_freedom: joint.degrees_of_freedom,
    };
    let reordered =
        JointMeans { covariance: reordered.covariance.select_columns(order.iter().map(|(at, _)| at)), ..reordered };
    entry["levels"] = order.iter().map(|(_, label)| json!(label)).collect();
    entry["estimates"] = json!(reordered.means);
    entry["covariance"] = json!(matrix(&reordered));
    entry["degrees_of_freedom"] = json!(reordered.degrees_of_freedom);
    entry["pairs"] = pairs.into();
    Ok(entry)
}

fn index_entry(
    plan: &Plan,
    analysis: &Analysis,
    index: &IndexPlan,
    grouping: usize,
    (level, label): (usize, &str),
) -> Result<Value, VarianceError> {
    let cells = components(index, level);
    let scatter = analysis.scatter(grouping, &cells, Statistic::Mean);
    let mut entry = Value::Object(heading(plan, &index.name, "index", grouping, label));
    let joint = analysis.design(plan, grouping).joint_means(&cells, DegreesOf::Answered, scatter)?;
    let Some(joint) = joint else {
        entry["estimate"] = Value::Null;
        return Ok(entry);
    };
    let contrast = joint.contrast(&index.weights);
    for (name, value) in object(simple_estimate(plan, Some(contrast))) {
        entry[name] = value;
    }
    let names = index.components.iter().map(|result| plan.results[*result].name.clone());
    let parts = names.zip(&joint.means).zip(&index.weights);
    entry["components"] =
        parts.map(|((name, mean), weight)| json!({"result": name, "weight": weight, "estimate": mean})).collect();
    Ok(entry)
}
