//! Kinds of g13: outcome rates, R-indicators, weighting classes, bias of what is known, intraclass correlation.

use std::path::Path;

use serde_json::{Map, Value, json};
use sipas::stats::calibration::WeightSummary;
use sipas::stats::intraclass::OneWay;
use sipas::stats::nonresponse::outcome_rates::Outcomes;
use sipas::stats::nonresponse::representativity::Propensities;
use sipas::stats::nonresponse::{KnownMean, WeightingClasses, response_rate};
use sipas::stats::regression::glm::{Family, fit};

use crate::Outcome;
use crate::calibrated::summary;
use crate::regression::levels_of;
use crate::table::{Table, strings};

pub fn compute(case: &Value, _meta: &Value, dir: &Path) -> Outcome {
    Some(match case["kind"].as_str()? {
        "aapor_rates" => outcome_rates(&case["args"]),
        "response_rate" => rates(case, dir),
        "r_indicator" => indicator(case, dir),
        "weighting_class" => weighting_class(case, dir),
        "nonresponse_bias" => bias(case, dir),
        "icc_deff" => clustering(case, dir),
        _ => return None,
    })
}

fn outcome_rates(args: &Value) -> Result<Value, String> {
    let count = |key: &str| args[key].as_u64().ok_or_else(|| format!("args.{key} is no count"));
    let rates = Outcomes {
        complete: count("I")?,
        partial: count("P")?,
        refused: count("R")?,
        not_reached: count("NC")?,
        other: count("O")?,
        unknown_address: count("UH")?,
        unknown_other: count("UO")?,
        not_eligible: count("NE")?,
    }
    .rates();
    let mut answer = Map::new();
    answer.insert("e".to_owned(), json!(rates.eligible_share));
    let numbered: [(&str, &[Option<f64>]); 4] =
        [("RR", &rates.response), ("COOP", &rates.cooperation), ("REF", &rates.refusal), ("CON", &rates.contact)];
    for (name, values) in numbered {
        for (at, value) in values.iter().enumerate() {
            answer.insert(format!("{name}{}", at + 1), json!(value));
        }
    }
    Ok(answer.into())
}

/// Everybody invited: base weights, and who answered.
struct Invited {
    table: std::rc::Rc<Table>,
    weights: Vec<f64>,
    answered: Vec<bool>,
}

impl Invited {
    fn read(case: &Value, dir: &Path) -> Result<Self, String> {
        let table = Table::read(dir, &case["data"])?;
        let weights = table.full_numbers("w_base")?;
        let answered = table.full_numbers("responded")?.iter().map(|answered| *answered > 0.5).collect();
        Ok(Self { table, weights, answered })
    }

    /// Small labels of the values of several columns together, and these values in order.
    fn classes(&self, names: &[String]) -> Result<(Vec<usize>, Vec<String>), String> {
        // The first column runs fastest, as R lays out such tables.
        let backwards: Vec<String> = names.iter().rev().cloned().collect();
        let keys = self.table.joined(&backwards)?;
        let sorted = levels_of(&keys);
        let labels = keys.iter().filter_map(|key| sorted.binary_search(key).ok()).collect();
        let named = |key: &String| key.split(':').rev().collect::<Vec<_>>().join(":");
        Ok((labels, sorted.iter().map(named).collect()))
    }

    fn weighted(&self, names: &[String]) -> Result<(WeightingClasses, Vec<String>), String> {
        let (labels, names) = self.classes(names)?;
        let classes =
            WeightingClasses::new(&self.weights, &self.answered, &labels).map_err(|error| error.to_string())?;
        Ok((classes, names))
    }
}

fn rates(case: &Value, dir: &Path) -> Result<Value, String> {
    let invited = Invited::read(case, dir)?;
    let selected = invited.table.selected(&case["where"])?;
    let kept = |at: &usize| selected[*at];
    let rows: Vec<usize> = (0..invited.weights.len()).filter(kept).collect();
    let weights: Vec<f64> = rows.iter().map(|row| invited.weights[*row]).collect();
    let answered: Vec<bool> = rows.iter().map(|row| invited.answered[*row]).collect();
    Ok(json!({
        "unweighted": response_rate(&vec![1.0; rows.len()], &answered),
        "weighted": response_rate(&weights, &answered),
        "invited": rows.len(),
        "responded": answered.iter().filter(|answered| **answered).count(),
    }))
}

/// Predictors named by a model such as "logit(responded) ~ 1 + sex + age + urban"; text by treatment contrasts, numbers as they are.
fn indicator(case: &Value, dir: &Path) -> Result<Value, String> {
    let invited = Invited::read(case, dir)?;
    let model = case["args"]["model"].as_str().ok_or("args.model is no text")?;
    let (_, terms) = model.split_once('~').ok_or("args.model has no ~")?;
    let variables: Vec<&str> = terms.split('+').map(str::trim).filter(|term| *term != "1").collect();
    let weights = match case["args"]["weights"].as_str() {
        Some(column) => invited.table.full_numbers(column)?,
        None => vec![1.0; invited.table.n_rows],
    };
    let mut rows = vec![vec![1.0]; invited.table.n_rows];
    let mut labels = Vec::new();
    for variable in &variables {
        let (of_row, levels) = invited.classes(&[(*variable).to_owned()])?;
        if let Ok(values) = invited.table.full_numbers(variable) {
            rows.iter_mut().zip(values).for_each(|(row, value)| row.push(value));
        } else {
            for (row, label) in rows.iter_mut().zip(&of_row) {
                row.extend((1..levels.len()).map(|level| f64::from(u8::from(level == *label))));
            }
        }
        labels.push(of_row);
    }
    let outcomes: Vec<f64> = invited.answered.iter().map(|answered| f64::from(u8::from(*answered))).collect();
    let fitted = fit(Family::Logistic, &rows, &outcomes, &weights).map_err(|error| error.to_string())?;
    let propensities = Propensities::new(&fitted.fitted, &weights).ok_or("there are no weights")?;
    let partial: Map<String, Value> = variables
        .iter()
        .zip(&labels)
        .map(|(variable, labels)| ((*variable).to_owned(), json!(propensities.partial(labels))))
        .collect();
    Ok(json!({
        "coef": fitted.coefficients,
        "rho_mean": propensities.mean(),
        "rho_sd": propensities.standard_deviation(),
        "R": propensities.indicator(),
        "R_divisor_N": propensities.indicator_with_divisor_n(),
        "cv_rho": propensities.coefficient_of_variation(),
        "max_std_bias": propensities.coefficient_of_variation(),
        "partial_unconditional": partial,
    }))
}

fn of_respondents(weights: &[f64]) -> Vec<f64> {
    weights.iter().copied().filter(|weight| *weight > 0.0).collect()
}

fn weighting_class(case: &Value, dir: &Path) -> Result<Value, String> {
    let invited = Invited::read(case, dir)?;
    let (classes, names) = invited.weighted(&strings(&case["by"]))?;
    Ok(json!({
        "levels": names,
        "factors": classes.factors,
        "sum_adjusted": classes.weights.iter().sum::<f64>(),
        "sum_base": invited.weights.iter().sum::<f64>(),
        "respondent_weights": summary(&of_respondents(&classes.weights))?,
    }))
}

/// The classes of the file's other case, which a case of bias does not repeat.
const CLASSES: [&str; 2] = ["sex", "age"];

fn bias(case: &Value, dir: &Path) -> Result<Value, String> {
    let invited = Invited::read(case, dir)?;
    let variable = case["args"]["variable"].as_str().ok_or("args.variable is no text")?;
    let inside = invited.table.selected(&json!({variable: case["args"]["level"]}))?;
    let values: Vec<f64> = inside.iter().map(|inside| f64::from(u8::from(*inside))).collect();
    let known = KnownMean::of(&values, &invited.weights, &invited.answered).ok_or("nobody answered")?;
    let by = if case["by"].is_array() { strings(&case["by"]) } else { CLASSES.map(str::to_owned).to_vec() };
    let (classes, _) = invited.weighted(&by)?;
    let after = KnownMean::of(&values, &classes.weights, &invited.answered).ok_or("nobody answered")?.answered;
    Ok(json!({
        "full": known.all,
        "respondents": known.answered,
        "nonrespondents": known.silent,
        "response_rate": known.response_rate,
        "bias": known.bias(),
        "bias_formula": known.bias_by_parts(),
        "relative_bias": known.relative_bias(),
        "after_weighting_class": after,
        "bias_after": after - known.all,
    }))
}

fn clustering(case: &Value, dir: &Path) -> Result<Value, String> {
    let table = Table::read(dir, &case["data"])?;
    let item = strings(&case["items"]).pop().ok_or("the case names no item")?;
    let by = strings(&case["by"]).pop().ok_or("the case names no clusters")?;
    let (satisfied, clusters, weights) = (table.satisfied(&item)?, table.text(&by)?, table.full_numbers("w")?);
    let names = levels_of(clusters);
    let (mut values, mut labels, mut of_answers) = (Vec::new(), Vec::new(), Vec::new());
    for ((value, cluster), weight) in satisfied.iter().zip(clusters).zip(weights) {
        if let (Some(value), Ok(label)) = (value, names.binary_search(cluster)) {
            values.push(*value);
            labels.push(label);
            of_answers.push(weight);
        }
    }
    let one_way = OneWay::of(&values, &labels).ok_or("there are fewer than two clusters")?;
    let weights = WeightSummary::of(&of_answers).ok_or("there are no weights")?;
    let of_clusters = one_way.design_effect();
    Ok(json!({
        "n": one_way.answers,
        "clusters": one_way.clusters,
        "n0": one_way.typical_size,
        "msb": one_way.between,
        "msw": one_way.within,
        "icc": one_way.intraclass_correlation(),
        "mean_cluster_size": one_way.mean_size(),
        "deff_cluster": of_clusters,
        "deff_weights": weights.kish_design_effect,
        "deff_product": of_clusters.map(|effect| effect * weights.kish_design_effect),
        "kish_neff": weights.kish_effective_n,
    }))
}
