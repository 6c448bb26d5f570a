//! Kinds of g12: ordinal, linear and logistic regression, and key drivers.

use std::path::Path;

use serde_json::{Value, json};
use sipas::stats::drivers::Correlations;
use sipas::stats::rank_correlation::{kendall, spearman};
use sipas::stats::regression::DesignFit;
use sipas::stats::regression::glm::{Family, Observation};
use sipas::stats::regression::linear::least_squares;
use sipas::stats::regression::ordinal::{OrdinalObservation, proportional_odds};

use crate::Outcome;
use crate::table::{Table, design_spec, matrix, strings};

pub fn compute(case: &Value, meta: &Value, dir: &Path) -> Outcome {
    Some(match case["kind"].as_str()? {
        "proportional_odds" => plain_ordinal(case, meta, dir),
        "proportional_odds_design" => designed_ordinal(case, meta, dir),
        "key_drivers" => key_drivers(case, meta, dir),
        "svyglm" => designed_regression(case, meta, dir),
        _ => return None,
    })
}

/// A name, and a value for every row that has one.
pub type Predictor = (String, Vec<Option<f64>>);

/// The columns of a data file and, joined by `id`, of a file of scores.
struct Columns {
    table: std::rc::Rc<Table>,
    scores: Option<(std::rc::Rc<Table>, Vec<Option<usize>>)>,
}

impl Columns {
    fn read(case: &Value, meta: &Value, dir: &Path) -> Result<Self, String> {
        let table = Table::read(dir, &case["data"])?;
        let file = if case["scores"].is_string() { &case["scores"] } else { &meta["factor_score_file"] };
        let scores = if file.is_string() {
            let scores = Table::read(dir, file)?;
            let rows: std::collections::HashMap<&String, usize> =
                scores.text("id")?.iter().enumerate().map(|(row, id)| (id, row)).collect();
            let row_of = table.text("id")?.iter().map(|id| rows.get(id).copied()).collect();
            Some((scores, row_of))
        } else {
            None
        };
        Ok(Self { table, scores })
    }

    fn numbers(&self, name: &str) -> Result<Vec<Option<f64>>, String> {
        match &self.scores {
            Some((scores, row_of)) if scores.text(name).is_ok() && self.table.text(name).is_err() => {
                let values = scores.numbers(name)?;
                Ok(row_of.iter().map(|row| row.and_then(|row| values[row])).collect())
            }
            _ => self.table.numbers(name),
        }
    }

    /// A predictor: its own column, or one column for each level but the base. "field (treatment contrasts, base=health, order
    /// health,education,…)" names the levels, base first; a column of text alone has them in alphabetical order.
    fn predictor(&self, text: &str) -> Result<Vec<Predictor>, String> {
        let (name, contrasts) = text.split_once(" (").map_or((text, None), |(name, rest)| (name, Some(rest)));
        if contrasts.is_none()
            && let Ok(values) = self.numbers(name)
        {
            return Ok(vec![(name.to_owned(), values)]);
        }
        let ordered =
            contrasts.and_then(|text| text.split_once("order ")).map(|(_, order)| order.trim_end_matches(')'));
        let labels = self.table.text(name)?;
        let levels = match ordered {
            Some(order) => order.split(',').map(|level| level.trim().to_owned()).collect(),
            None => levels_of(labels),
        };
        Ok(contrasts_of(name, labels, &levels))
    }

    /// An outcome such as `overall` or `overall>=4`.
    fn outcome(&self, text: &str) -> Result<Vec<Option<f64>>, String> {
        let Some((name, bound)) = text.split_once(">=") else { return self.numbers(text.trim()) };
        let bound: f64 = bound.trim().parse().map_err(|_| format!("{bound} is no bound"))?;
        let reaches = |value: Option<f64>| value.map(|value| f64::from(u8::from(value >= bound)));
        Ok(self.numbers(name.trim())?.into_iter().map(reaches).collect())
    }
}

/// One column for each level but the first, which is the base (R's treatment contrasts).
pub fn contrasts_of(name: &str, labels: &[String], levels: &[String]) -> Vec<Predictor> {
    let indicator = |level: &String| {
        let of_row = |label: &String| (!label.is_empty()).then(|| f64::from(u8::from(label == level)));
        (format!("{name}{level}"), labels.iter().map(of_row).collect())
    };
    levels.iter().skip(1).map(indicator).collect()
}

/// Distinct labels, sorted, missing ones left out.
pub fn levels_of(labels: &[String]) -> Vec<String> {
    let mut levels: Vec<String> = labels.iter().filter(|label| !label.is_empty()).cloned().collect();
    levels.sort();
    levels.dedup();
    levels
}

/// Names of the predictors, and each row's (predictors, outcome) where all are there.
struct Data {
    names: Vec<String>,
    rows: Vec<Option<(Vec<f64>, f64)>>,
}

impl Data {
    fn read(case: &Value, columns: &Columns) -> Result<Self, String> {
        let args = &case["args"];
        let mut predictors = Vec::new();
        for text in strings(&args["predictors"]) {
            predictors.extend(columns.predictor(&text)?);
        }
        let outcome = columns.outcome(args["response"].as_str().ok_or("args.response is no text")?)?;
        let of_row = |row: usize| {
            let values = predictors.iter().map(|(_, values)| values[row]).collect::<Option<Vec<f64>>>()?;
            Some((values, outcome[row]?))
        };
        let rows = (0..columns.table.n_rows).map(of_row).collect();
        Ok(Self { names: predictors.into_iter().map(|(name, _)| name).collect(), rows })
    }

    fn complete(&self) -> (Vec<Vec<f64>>, Vec<f64>) {
        self.rows.iter().flatten().cloned().unzip()
    }

    /// The weights of the complete rows where the case asks for weights, else 1.
    fn weights(&self, case: &Value, columns: &Columns) -> Result<Vec<f64>, String> {
        let weights = if case["args"]["weights"] == json!(true) {
            columns.table.full_numbers("w")?
        } else {
            vec![1.0; self.rows.len()]
        };
        Ok(weights.into_iter().zip(&self.rows).filter(|(_, row)| row.is_some()).map(|(weight, _)| weight).collect())
    }
}

fn in_words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "scores are small whole numbers")]
fn level(score: f64) -> usize {
    score.round() as usize
}

fn plain_ordinal(case: &Value, meta: &Value, dir: &Path) -> Result<Value, String> {
    let columns = Columns::read(case, meta, dir)?;
    let data = Data::read(case, &columns)?;
    let (rows, outcomes) = data.complete();
    let levels: Vec<usize> = outcomes.iter().map(|score| level(*score)).collect();
    let fit = proportional_odds(&rows, &levels, &data.weights(case, &columns)?).map_err(in_words)?;
    let errors = fit.standard_errors();
    let (of_thresholds, of_coefficients) = errors.split_at(fit.thresholds.len());
    let z: Vec<f64> = fit.coefficients.iter().zip(of_coefficients).map(|(b, error)| b / error).collect();
    Ok(json!({
        "n": rows.len(),
        "levels": fit.levels.iter().map(usize::to_string).collect::<Vec<_>>(),
        "beta": fit.coefficients,
        "zeta": fit.thresholds,
        "se_beta": of_coefficients,
        "se_zeta": of_thresholds,
        "vcov_zeta_beta": matrix(&fit.covariance),
        "loglik": fit.log_likelihood,
        "deviance": -2.0 * fit.log_likelihood,
        "z": z,
        "odds_ratio": fit.coefficients.iter().map(|b| b.exp()).collect::<Vec<f64>>(),
        "polr": {
            "beta": fit.coefficients,
            "zeta": fit.thresholds,
            "se": of_coefficients.iter().chain(of_thresholds).collect::<Vec<_>>(),
        },
    }))
}

fn designed_ordinal(case: &Value, meta: &Value, dir: &Path) -> Result<Value, String> {
    let columns = Columns::read(case, meta, dir)?;
    let data = Data::read(case, &columns)?;
    let design = columns.table.design(&design_spec(case, meta)?)?;
    let observation = |row: &Option<(Vec<f64>, f64)>| {
        row.as_ref().map(|(x, score)| OrdinalObservation { predictors: x.clone(), level: level(*score) })
    };
    let observations: Vec<_> = data.rows.iter().map(observation).collect();
    let fit = design.proportional_odds(&observations).map_err(in_words)?;
    let n_thresholds = fit.coefficients.len() - data.names.len();
    let errors = fit.standard_errors();
    let (zeta, beta) = fit.coefficients.split_at(n_thresholds);
    let (se_zeta, se_beta) = errors.split_at(n_thresholds);
    Ok(json!({
        "n": observations.iter().flatten().count(),
        "beta": beta,
        "zeta": zeta,
        "se_beta": se_beta,
        "se_zeta": se_zeta,
        "df": fit.degrees_of_freedom,
        "svyolr": {"beta": beta, "se_beta": se_beta},
    }))
}

fn key_drivers(case: &Value, meta: &Value, dir: &Path) -> Result<Value, String> {
    let columns = Columns::read(case, meta, dir)?;
    let data = Data::read(case, &columns)?;
    let (rows, outcomes) = data.complete();
    let drivers = Correlations::of(&rows, &outcomes, &data.weights(case, &columns)?)
        .ok_or("something does not vary, or the criteria say the same")?;
    let r2 = drivers.r_squared();
    let shares = |values: &[f64]| values.iter().map(|value| value / r2).collect::<Vec<f64>>();
    let lmg = drivers.lmg().ok_or("too many criteria")?;
    let weights = drivers.relative_weights();
    let with_intercept: Vec<Vec<f64>> =
        rows.iter().map(|row| std::iter::once(1.0).chain(row.iter().copied()).collect()).collect();
    let ols = least_squares(&with_intercept, &outcomes).map_err(in_words)?;
    let column = |at: usize| rows.iter().map(|row| row[at]).collect::<Vec<f64>>();
    let ranked = |correlation: fn(&[f64], &[f64]) -> Option<f64>| {
        (0..data.names.len()).map(|at| correlation(&column(at), &outcomes)).collect::<Vec<_>>()
    };
    Ok(json!({
        "n": rows.len(),
        "ols": {
            "coef": ols.coefficients,
            "se": ols.standard_errors,
            "r2": ols.r_squared,
            "adj_r2": ols.adjusted_r_squared,
            "sigma": ols.sigma,
        },
        "vif": drivers.variance_inflation(),
        "r2": r2,
        "corr_xx": matrix(drivers.between()),
        "corr_xy": drivers.with_outcome(),
        "std_beta": drivers.standardised_coefficients(),
        "lmg_share": shares(&lmg),
        "lmg": lmg,
        "johnson_share": shares(&weights),
        "johnson_rw": weights,
        "first": drivers.alone(),
        "last": drivers.last(),
        "pratt": drivers.pratt(),
        "spearman": ranked(spearman),
        "kendall_tau_b": ranked(kendall),
    }))
}

/// The family a case names.
pub fn family(args: &Value) -> Result<Family, String> {
    match args["family"].as_str() {
        Some("gaussian") => Ok(Family::Linear),
        Some("quasibinomial" | "binomial") => Ok(Family::Logistic),
        other => Err(format!("family {other:?} is unknown")),
    }
}

/// Intercept first.
pub fn observation(row: Option<&(Vec<f64>, f64)>) -> Option<Observation> {
    row.map(|(x, outcome)| Observation {
        predictors: std::iter::once(1.0).chain(x.iter().copied()).collect(),
        outcome: *outcome,
    })
}

/// A fit laid out like `expect`.
pub fn laid_out(fit: &DesignFit, names: &[String]) -> Value {
    let names: Vec<&str> = std::iter::once("(Intercept)").chain(names.iter().map(String::as_str)).collect();
    json!({
        "names": names,
        "coef": fit.coefficients,
        "se": fit.standard_errors(),
        "df_resid": fit.degrees_of_freedom,
        "p": fit.p_values(),
    })
}

fn designed_regression(case: &Value, meta: &Value, dir: &Path) -> Result<Value, String> {
    let columns = Columns::read(case, meta, dir)?;
    let data = Data::read(case, &columns)?;
    let design = columns.table.design(&design_spec(case, meta)?)?;
    let observations: Vec<_> = data.rows.iter().map(|row| observation(row.as_ref())).collect();
    let fit = design.regression(family(&case["args"])?, &observations).map_err(in_words)?;
    Ok(laid_out(&fit, &data.names))
}
