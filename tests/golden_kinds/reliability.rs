//! Kinds of g08: Cronbach's alpha with what stands around it, from answers or from a small matrix.

use std::path::Path;

use serde_json::{Value, json};
use sipas::stats::reliability::{Answers, Scale, ScaleItem};

use crate::Outcome;
use crate::table::{Table, confidence, matrix, pair, strings};

pub fn compute(case: &Value, meta: &Value, dir: &Path) -> Outcome {
    match case["kind"].as_str()? {
        "cronbach_alpha" => Some(of_answers(case, meta, dir)),
        "cronbach_alpha_matrix" => Some(of_matrix(case, meta)),
        _ => None,
    }
}

fn answer(rows: &[Answers], case: &Value, meta: &Value) -> Result<Value, String> {
    let scale = Scale::of_complete(rows);
    let by_pairs = Scale::of_pairs(rows);
    let confidence = confidence(case, meta)?;
    let scale = scale.as_ref();
    let items = scale.map(Scale::items);
    let of_items = |part: fn(&ScaleItem) -> Option<f64>| -> Value {
        items.as_ref().map_or(Value::Null, |items| items.iter().map(part).collect::<Vec<_>>().into())
    };
    Ok(json!({
        "k": rows.first().map_or(0, Vec::len),
        "n_complete": rows.iter().filter(|row| row.iter().all(Option::is_some)).count(),
        "alpha": scale.and_then(Scale::alpha),
        "alpha_standardized": scale.and_then(Scale::alpha_standardised),
        "mean_inter_item_r": scale.and_then(Scale::mean_correlation),
        "ci_feldt": pair(scale.and_then(|scale| scale.alpha_interval(confidence))),
        "guttman_lambda6": scale.and_then(Scale::guttman_lambda6),
        "item_total_r": of_items(|item| item.item_total),
        "item_rest_r": of_items(|item| item.item_rest),
        "alpha_if_dropped": of_items(|item| item.alpha_if_dropped),
        "item_means": of_items(|item| Some(item.mean)),
        "item_sd": of_items(|item| Some(item.standard_deviation)),
        "pairwise": {
            "n_any": rows.iter().filter(|row| row.iter().any(Option::is_some)).count(),
            "alpha": by_pairs.as_ref().and_then(Scale::alpha),
            "alpha_standardized": by_pairs.as_ref().and_then(Scale::alpha_standardised),
        },
        // The reference leaves the matrix out of some cases (`null`); there is nothing to compare then.
        "cov": if case["expect"]["cov"].is_null() { Value::Null } else { scale.map_or(Value::Null, |scale| matrix(scale.covariance())) },
    }))
}

fn of_answers(case: &Value, meta: &Value, dir: &Path) -> Result<Value, String> {
    let table = Table::read(dir, &case["data"])?;
    let selected = table.selected(&case["where"])?;
    let items = strings(&case["items"]).iter().map(|item| table.numbers(item)).collect::<Result<Vec<_>, String>>()?;
    let rows: Vec<Answers> = (0..table.n_rows)
        .filter(|row| selected[*row])
        .map(|row| items.iter().map(|item| item[row]).collect())
        .collect();
    answer(&rows, case, meta)
}

fn of_matrix(case: &Value, meta: &Value) -> Result<Value, String> {
    let given = case["args"]["matrix"].as_array().ok_or("args.matrix is no matrix")?;
    let row = |row: &Value| row.as_array().map(|row| row.iter().map(Value::as_f64).collect::<Answers>());
    let rows = given.iter().map(row).collect::<Option<Vec<_>>>().ok_or("args.matrix is no matrix")?;
    answer(&rows, case, meta)
}
