//! Kinds of g04 and g09: domains with covariance, composite indices, association tests, two periods.

use std::path::Path;

use serde_json::{Map, Value, json};
use sipas::stats::Confidence;
use sipas::stats::association::Ties;
use sipas::stats::basics::Interval;
use sipas::stats::design::Design;
use sipas::stats::domains::{DegreesOf, JointMeans};
use sipas::stats::estimate::Responses;
use sipas::stats::multiplicity::{benjamini_hochberg, bonferroni, holm};

use crate::Outcome;
use crate::table::{Table, confidence, design_spec, matrix, pair, strings};

pub fn compute(case: &Value, meta: &Value, dir: &Path) -> Outcome {
    let kind: fn(&Value, &Value, &Table, &Design) -> Result<Value, String> = match case["kind"].as_str()? {
        "domain_shares_cov" => domain_shares,
        "composite_index" => composite_index,
        "svychisq" => table_test,
        "svyttest" => two_groups,
        "svyranktest" => rank_test,
        "two_period_difference" => two_periods,
        _ => return None,
    };
    Some((|| {
        let table = Table::read(dir, &case["data"])?;
        let design = table.design(&design_spec(case, meta)?)?;
        kind(case, meta, &table, &design)
    })())
}

fn joint_means(design: &Design, sets: &[Responses], degrees_of: DegreesOf) -> Result<JointMeans, String> {
    design
        .joint_means(sets, degrees_of)
        .map_err(|error| error.to_string())?
        .ok_or_else(|| "a domain has no answers".to_owned())
}

/// Distinct labels in alphabetical order.
fn levels_of(labels: &[String]) -> Vec<String> {
    let mut levels = labels.to_vec();
    levels.sort();
    levels.dedup();
    levels
}

/// The reference compares all pairs of at most this many levels.
const PAIRED_LEVELS_MAX: usize = 6;

fn domain_shares(case: &Value, meta: &Value, table: &Table, design: &Design) -> Result<Value, String> {
    let labels = table.joined(&strings(&case["by"]))?;
    let mut levels = strings(&case["expect"]["levels"]); // gives the order only
    let found = levels_of(&labels);
    if levels_of(&levels) != found {
        levels = found;
    }
    let responses = table.pooled_satisfied(&strings(&case["items"]))?;
    let of_level = |level: &String| {
        let inside: Vec<bool> = labels.iter().map(|label| label == level).collect();
        responses.within(&inside)
    };
    let sets: Vec<Responses> = levels.iter().map(of_level).collect();
    let joint = joint_means(design, &sets, DegreesOf::WholeDesign)?;
    let pairs =
        if levels.len() <= PAIRED_LEVELS_MAX { pairs(&joint, &levels, confidence(case, meta)?) } else { Value::Null };
    Ok(json!({
        "levels": levels,
        "est": joint.means,
        "se": joint.standard_errors(),
        "vcov": matrix(&joint.covariance),
        "df": joint.degrees_of_freedom,
        "pairs": pairs,
    }))
}

fn pairs(joint: &JointMeans, levels: &[String], confidence: Confidence) -> Value {
    let mut rows = Vec::new();
    let mut p_values = Vec::new();
    for first in 0..levels.len() {
        for second in first + 1..levels.len() {
            let difference = joint.difference(first, second);
            p_values.push(difference.p_two_sided());
            rows.push(json!({
                "a": levels[first],
                "b": levels[second],
                "diff": difference.difference,
                "se": difference.standard_error,
                "se_independent": difference.standard_error_if_independent,
                "t": difference.t(),
                "p": difference.p_two_sided(),
                "ci": pair(difference.interval(confidence)),
            }));
        }
    }
    let adjusted =
        [("p_holm", holm(&p_values)), ("p_bh", benjamini_hochberg(&p_values)), ("p_bonferroni", bonferroni(&p_values))];
    for (name, values) in adjusted {
        for (row, value) in rows.iter_mut().zip(values) {
            row[name] = json!(value);
        }
    }
    rows.into()
}

fn composite_index(case: &Value, meta: &Value, table: &Table, design: &Design) -> Result<Value, String> {
    let inside = table.selected(&case["where"])?;
    let components = case["components"].as_object().ok_or("the case names no components")?;
    let mut sets = Vec::new();
    for items in components.values() {
        sets.push(table.pooled_satisfied(&strings(items))?.within(&inside));
    }
    let weights: Vec<f64> = case["weights"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    let mut joint = joint_means(design, &sets, DegreesOf::WholeDesign)?;
    // The reference takes the degrees of freedom of the domain's rows, answered or not.
    joint.degrees_of_freedom = design.degrees_of_freedom_where(|row| inside[row]);
    let index = joint.contrast(&weights);
    let t = confidence(case, meta)?.student_critical(index.degrees_of_freedom);
    Ok(json!({
        "est": joint.means,
        "vcov": matrix(&joint.covariance),
        "df": joint.degrees_of_freedom,
        "index": index.value,
        "se": index.standard_error(),
        "ci_t": pair(t.map(|t| Interval::around(index.value, t * index.standard_error()))),
    }))
}

/// The one item and the one grouping variable of a test, with the levels of the latter.
fn item_and_groups(case: &Value, table: &Table) -> Result<(String, Vec<String>, Vec<String>), String> {
    let item = strings(&case["items"]).pop().ok_or("the case names no item")?;
    let labels = table.joined(&strings(&case["by"]))?;
    let levels = levels_of(&labels);
    Ok((item, labels, levels))
}

fn table_test(case: &Value, _meta: &Value, table: &Table, design: &Design) -> Result<Value, String> {
    let (item, labels, levels) = item_and_groups(case, table)?;
    let satisfied = table.satisfied(&item)?;
    let cell = |(value, label): (&Option<f64>, &String)| {
        value.and_then(|value| levels.binary_search(label).ok().map(|column| (usize::from(value > 0.5), column)))
    };
    let cells: Vec<Option<(usize, usize)>> = satisfied.iter().zip(&labels).map(cell).collect();
    let test =
        design.table_test(&cells).map_err(|error| error.to_string())?.ok_or("the table has one row or column")?;
    match case["args"]["statistic"].as_str() {
        Some("F") => {
            // By the way of the pages' cross-tables.
            let sheets = cells.iter().flatten().count() as f64;
            let test = sipas::index::cross::test_of(design, &cells, sheets).ok_or("the table has one row or column")?;
            Ok(json!({"statistic": test.f, "ndf": test.numerator_df, "ddf": test.denominator_df, "p": test.p}))
        }
        Some("Chisq") => Ok(json!({"statistic": test.chi_squared, "ndf": null, "ddf": null, "p": test.p_chi_squared})),
        other => Err(format!("statistic {other:?} is unknown")),
    }
}

fn two_groups(case: &Value, _meta: &Value, table: &Table, design: &Design) -> Result<Value, String> {
    let (item, labels, levels) = item_and_groups(case, table)?;
    let [low, high] = levels.as_slice() else { return Err("a comparison needs two groups".to_owned()) };
    let responses = Responses::single(&table.satisfied(&item)?);
    let of = |level: &String| responses.within(&labels.iter().map(|label| label == level).collect::<Vec<bool>>());
    let difference = design
        .compare_means(&of(high), &of(low))
        .map_err(|error| error.to_string())?
        .ok_or("a group has no answers")?;
    let mut answer = Map::new();
    answer.insert(format!("diff_{high}_minus_{low}"), json!(difference.difference));
    answer.insert("t".to_owned(), json!(difference.t()));
    answer.insert("df".to_owned(), json!(difference.degrees_of_freedom));
    answer.insert("p".to_owned(), json!(difference.p_two_sided()));
    Ok(answer.into())
}

fn rank_test(case: &Value, _meta: &Value, table: &Table, design: &Design) -> Result<Value, String> {
    let (item, labels, levels) = item_and_groups(case, table)?;
    let [_, high] = levels.as_slice() else { return Err("a comparison needs two groups".to_owned()) };
    if case["args"]["test"] != json!("wilcoxon") {
        return Err(format!("test {} is unknown", case["args"]["test"]));
    }
    let scores = table.numbers(&item)?;
    let answers: Vec<Option<(f64, bool)>> =
        scores.iter().zip(&labels).map(|(score, label)| score.map(|score| (score, label == high))).collect();
    let difference = design
        .rank_test(&answers, Ties::FileOrder)
        .map_err(|error| error.to_string())?
        .ok_or("a group has no answers")?;
    Ok(json!({
        "t": difference.t(),
        "df": difference.degrees_of_freedom,
        "p": difference.p_two_sided(),
        "estimate": difference.difference,
    }))
}

fn two_periods(case: &Value, meta: &Value, table: &Table, design: &Design) -> Result<Value, String> {
    let confidence = confidence(case, meta)?;
    let inside = table.selected(&case["where"])?;
    let periods = table.text("period")?;
    let items = strings(&case["items"]);
    let of_period = |responses: &Responses, period: &str| {
        let rows: Vec<bool> = periods.iter().zip(&inside).map(|(label, inside)| *inside && label == period).collect();
        responses.within(&rows)
    };
    let both = |responses: &Responses| ["1", "2"].map(|period| of_period(responses, period));
    let shares = joint_means(design, &both(&table.pooled_satisfied(&items)?), DegreesOf::Answered)?;
    let scores = joint_means(design, &both(&table.pooled_scores(&items)?), DegreesOf::Answered)?;
    let change = shares.difference(1, 0);
    let logits = shares.on_logit_scale().map(|logits| logits.difference(1, 0));
    let score_change = scores.difference(1, 0);
    let [before, after] = [0, 1].map(|at| (counted(shares.moments[at].sum), counted(shares.moments[at].answers)));
    let independent = change.z_if_independent();
    Ok(json!({
        "p": shares.means,
        "vcov": matrix(&shares.covariance),
        "corr": shares.correlation(0, 1),
        "df": shares.degrees_of_freedom,
        "diff_p2_minus_p1": change.difference,
        "se": change.standard_error,
        "se_if_independent": change.standard_error_if_independent,
        "t": change.t(),
        "p_two_sided": change.p_two_sided(),
        "p_increase": change.p_greater(),
        "ci_t": pair(change.interval(confidence)),
        "z_if_independent": independent.map(|(z, _)| z),
        "p_two_sided_if_independent_z": independent.map(|(_, p)| p),
        "log_odds_ratio": logits.map(|logits| logits.difference),
        "se_log_odds_ratio": logits.map(|logits| logits.standard_error),
        "p_two_sided_logit": logits.and_then(|logits| logits.p_two_sided()),
        "mean_score": scores.means,
        "mean_score_diff": score_change.difference,
        "mean_score_diff_se": score_change.standard_error,
        "unweighted": crate::unweighted::two_proportions(after.0, after.1, before.0, before.1, confidence.level()),
    }))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sums of 0 and 1")]
fn counted(sum: f64) -> u64 {
    sum.round() as u64
}
