//! Kinds of g03 and g07: weighted shares and mean scores of items, factors and all items.

use std::path::Path;

use serde_json::{Map, Value, json};
use sipas::stats::design_interval::ShareInterval;
use sipas::stats::estimate::{MeanEstimate, Responses};

use crate::Outcome;
use crate::table::{Table, confidence, design_spec, pair, strings};

pub fn compute(case: &Value, meta: &Value, dir: &Path) -> Outcome {
    match case["kind"].as_str()? {
        "weighted_share" => Some(weighted_share(case, meta, dir)),
        "mean_score" => Some(mean_score(case, meta, dir)),
        "respondent_factor_score" => Some(factor_score(case, meta, dir)),
        _ => None,
    }
}

/// The eight intervals of g03; R's "logit" is the "xlogit" one up to the convergence of a glm.
const INTERVALS: [(&str, ShareInterval); 8] = [
    ("mean", ShareInterval::Mean),
    ("logit", ShareInterval::Logit),
    ("xlogit", ShareInterval::Logit),
    ("likelihood", ShareInterval::Likelihood),
    ("asin", ShareInterval::Arcsine),
    ("beta", ShareInterval::Beta),
    ("wilson_t", ShareInterval::WilsonStudent),
    ("wilson_z", ShareInterval::WilsonNormal),
];

/// All intervals of a share.
pub fn intervals(share: &MeanEstimate, confidence: sipas::stats::Confidence) -> Value {
    INTERVALS
        .iter()
        .map(|(name, method)| ((*name).to_owned(), pair(share.interval(*method, confidence))))
        .collect::<Map<_, _>>()
        .into()
}

fn weighted_share(case: &Value, meta: &Value, dir: &Path) -> Result<Value, String> {
    let table = Table::read(dir, &case["data"])?;
    let design = table.design(&design_spec(case, meta)?)?;
    let confidence = confidence(case, meta)?;
    let responses = table.pooled_satisfied(&strings(&case["items"]))?.within(&table.selected(&case["where"])?);
    let share = design.mean(&responses).map_err(|error| error.to_string())?.ok_or("nobody answered")?;
    let asked =
        |value: &Value| -> Vec<f64> { value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect() };
    let mut targets = asked(&meta["targets"]);
    if targets.is_empty() {
        let expected = case["expect"]["targets"].as_array();
        targets = expected.into_iter().flatten().filter_map(|target| target["target"].as_f64()).collect();
    }
    let tests = targets.iter().map(|target| match share.against_target(*target) {
        Some(test) => json!({
            "target": target, "t": test.t, "p_greater": test.p_greater,
            "t_logit": test.t_logit, "p_greater_logit": test.p_greater_logit,
        }),
        None => json!({"target": target}),
    });
    let mut answer = laid_out(&share, confidence);
    answer["targets"] = tests.collect::<Vec<_>>().into();
    Ok(answer)
}

/// A share with its precision and all intervals, laid out like `expect`.
pub fn laid_out(share: &MeanEstimate, confidence: sipas::stats::Confidence) -> Value {
    json!({
        "n": share.moments.answers,
        "x": share.moments.sum,
        "sum_w": share.moments.weight,
        "p": share.mean,
        "se": share.standard_error(),
        "var": share.variance,
        "cv": share.coefficient_of_variation(),
        "df": share.degrees_of_freedom,
        "deff": share.design_effect(),
        "deff_replace": share.design_effect_replace(),
        "kish_neff": share.kish_effective_n(),
        "n_eff": share.effective_n(),
        "n_eff_kg": share.effective_n_korn_graubard(confidence.tail()),
        "ci": intervals(share, confidence),
    })
}

fn mean_score(case: &Value, meta: &Value, dir: &Path) -> Result<Value, String> {
    let table = Table::read(dir, &case["data"])?;
    let design = table.design(&design_spec(case, meta)?)?;
    let items = strings(&case["items"]);
    let inside = table.selected(&case["where"])?;
    let responses = table.pooled_scores(&items)?.within(&inside);
    let mean = design.mean(&responses).map_err(|error| error.to_string())?.ok_or("nobody answered")?;
    let (mut counts, mut shares, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    let columns = items.iter().map(|item| table.numbers(item)).collect::<Result<Vec<_>, _>>()?;
    for level in 1..=5 {
        let is_level =
            |score: &Option<f64>| score.map(|score| f64::from(u8::from((score - f64::from(level)).abs() < 0.5)));
        let indicators: Vec<Vec<Option<f64>>> =
            columns.iter().map(|column| column.iter().map(is_level).collect()).collect();
        let of_level = Responses::pooled(&indicators).within(&inside);
        let share = design.mean(&of_level).map_err(|error| error.to_string())?.ok_or("nobody answered")?;
        counts.push(share.moments.sum);
        shares.push(share.mean);
        errors.push(share.standard_error());
    }
    Ok(json!({
        "n": mean.moments.answers,
        "mean": mean.mean,
        "se": mean.standard_error(),
        "df": mean.degrees_of_freedom,
        "ci_t": pair(mean.interval(ShareInterval::Mean, confidence(case, meta)?)),
        "deff": mean.design_effect(),
        "deff_replace": mean.design_effect_replace(),
        "sd_w": mean.value_variance().map(f64::sqrt),
        "mean_unw": mean.moments.plain_mean(),
        "sd_unw": mean.moments.plain_standard_deviation(),
        "counts": counts,
        "shares_w": shares,
        "shares_se": errors,
    }))
}

/// Mean of the answered items of a respondent who answered at least half of them.
fn factor_score(case: &Value, meta: &Value, dir: &Path) -> Result<Value, String> {
    let table = Table::read(dir, &case["data"])?;
    let design = table.design(&design_spec(case, meta)?)?;
    let items = strings(&case["items"]);
    let pooled = table.pooled_scores(&items)?;
    let enough = |(count, sum): (&f64, &f64)| (*count >= items.len() as f64 / 2.0).then(|| sum / count);
    let scores: Vec<Option<f64>> = pooled.counts.iter().zip(&pooled.sums).map(enough).collect();
    let responses = Responses::single(&scores).within(&table.selected(&case["where"])?);
    let mean = design.mean(&responses).map_err(|error| error.to_string())?.ok_or("nobody answered")?;
    Ok(json!({
        "n": mean.moments.answers,
        "mean": mean.mean,
        "se": mean.standard_error(),
        "mean_unw": mean.moments.plain_mean(),
        "sd_unw": mean.moments.plain_standard_deviation(),
    }))
}
