//! Kinds of g14: estimates of many sorts on published data sets, also after post-stratification, raking and calibration.

use std::path::Path;

use serde_json::{Value, json};
use sipas::stats::Confidence;
use sipas::stats::basics::Interval;
use sipas::stats::calibration::{Auxiliaries, Control, Distance, Margin, Residuals, calibrate, post_stratify, rake};
use sipas::stats::design::Design;
use sipas::stats::estimate::Responses;
use sipas::stats::replicates::{Centre, ReplicatedEstimates, Replicates};

use crate::calibrated::model_matrix;
use crate::regression::{contrasts_of, family, laid_out, observation};
use crate::replicates::{dot, made, means};
use crate::table::{Table, confidence, design_spec, pair, same_number, strings};
use crate::{Outcome, weighted};

pub fn compute(case: &Value, meta: &Value, dir: &Path) -> Outcome {
    let kind: fn(&Sample<'_>) -> Result<Value, String> = match case["kind"].as_str()? {
        "pkg_svymean" => mean,
        "pkg_svytotal" => total,
        "pkg_svyratio" => ratio,
        "pkg_svyciprop" => share,
        "pkg_svyby" => by_domain,
        "pkg_svyquantile" => quantiles,
        "pkg_svychisq" => table_test,
        "pkg_svyglm" => regression,
        _ => return None,
    };
    Some(Sample::read(case, meta, dir).and_then(|sample| kind(&sample)))
}

/// A case with its data, its design (calibrated where it says so) and its domain.
struct Sample<'a> {
    args: &'a Value,
    table: std::rc::Rc<Table>,
    design: Design,
    replicates: Option<Replicates>,
    inside: Vec<bool>,
    confidence: Confidence,
}

fn in_words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

impl<'a> Sample<'a> {
    fn read(case: &'a Value, meta: &Value, dir: &Path) -> Result<Self, String> {
        let args = &case["args"];
        let table = Table::read(dir, &case["data"])?;
        let design = adjusted(table.design(&design_spec(case, meta)?)?, &table, args)?;
        let replicates = match args["replicate"]["type"].as_str() {
            Some(method) => Some(made(method, args["replicate"]["rho"].as_f64(), &design)?),
            None => None,
        };
        let inside = table.selected(&case["where"])?;
        Ok(Self { args, design, replicates, inside, confidence: confidence(case, meta)?, table })
    }

    /// The variable a case describes as {var, op, value}, inside the domain.
    fn variable(&self, key: &str) -> Result<Vec<Option<f64>>, String> {
        let described = &self.args[key];
        let name = described["var"].as_str().ok_or_else(|| format!("args.{key} names no column"))?;
        let wanted = &described["value"];
        let indicator = |holds: bool| f64::from(u8::from(holds));
        let mut values: Vec<Option<f64>> = match described["op"].as_str() {
            Some("value") => self.table.numbers(name)?,
            Some("==") => {
                let wanted = wanted.as_str().map_or_else(|| wanted.to_string(), str::to_owned);
                let is = |text: &String| indicator(*text == wanted || same_number(text, &wanted));
                let known = |text: &&String| !text.is_empty() && *text != "NA";
                self.table.text(name)?.iter().map(|text| Some(text).filter(known).map(is)).collect()
            }
            Some(op @ (">=" | "<=")) => {
                let bound = wanted.as_f64().ok_or_else(|| format!("args.{key}.value is no number"))?;
                let holds = |value: f64| indicator(if op == ">=" { value >= bound } else { value <= bound });
                self.table.numbers(name)?.into_iter().map(|value| value.map(holds)).collect()
            }
            other => return Err(format!("operation {other:?} is unknown")),
        };
        for (value, inside) in values.iter_mut().zip(&self.inside) {
            *value = value.filter(|_| *inside);
        }
        Ok(values)
    }

    fn limits(&self, estimate: f64, error: f64, degrees_of_freedom: f64) -> Value {
        let t = self.confidence.student_critical(degrees_of_freedom);
        pair(t.map(|t| Interval::around(estimate, t * error)))
    }

    /// An estimate by replicates, laid out like `expect`.
    fn replicated(&self, estimate: &ReplicatedEstimates, replicates: &Replicates, responses: &Responses) -> Value {
        let (value, error) = (estimate.estimates[0], estimate.standard_errors(Centre::Replicates)[0]);
        let df = self.design.replicate_degrees_of_freedom(replicates, &responses.answered());
        json!({
            "n": responses.counts.iter().sum::<f64>(),
            "est": value,
            "se": error,
            "df": df,
            "ci_t": self.limits(value, error, df),
            "ci_z": self.limits(value, error, f64::INFINITY),
            "deff": null,
            "deff_replace": null,
        })
    }
}

/// The known counts in a case: [{variable: level, …, "Freq": count}, …].
fn margin(table: &Table, described: &Value) -> Result<Margin, String> {
    let variables = strings(&described["by"]);
    let cells = described["population"].as_array().ok_or("the case gives no population")?;
    let key = |cell: &Value| {
        let level = |variable: &String| match &cell[variable] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        variables.iter().map(level).collect::<Vec<_>>().join(":")
    };
    let keys: Vec<String> = cells.iter().map(key).collect();
    let totals =
        cells.iter().map(|cell| cell["Freq"].as_f64().ok_or("a cell has no count")).collect::<Result<_, _>>()?;
    let level_of = |label: &String| keys.iter().position(|key| key == label).ok_or(format!("no count for {label}"));
    let level_of_row = table.joined(&variables)?.iter().map(level_of).collect::<Result<_, _>>()?;
    Ok(Margin { level_of_row, totals })
}

/// The design after the adjustment of weights that a case asks for.
fn adjusted(design: Design, table: &Table, args: &Value) -> Result<Design, String> {
    let base = design.weights().to_vec();
    let (weights, residuals) = if args["poststratify"].is_object() {
        let cells = margin(table, &args["poststratify"])?;
        let weights = post_stratify(&base, &cells).map_err(in_words)?.weights;
        (weights, Residuals::of_regression(Auxiliaries::from_margins(&[cells]), base))
    } else if let Some(described) = args["rake"].as_array() {
        let margins = described.iter().map(|described| margin(table, described)).collect::<Result<Vec<_>, _>>()?;
        let weights = rake(&base, &margins, Control::default()).map_err(in_words)?.weights;
        // The reference raked with R's `rake`, whose variance is its own.
        (weights, Residuals::of_raking_sweeps(margins))
    } else if args["calibrate"].is_object() {
        let described = &args["calibrate"];
        let (auxiliaries, totals) = model_matrix(table, described)?;
        let bounds = described["bounds"][0].as_f64().zip(described["bounds"][1].as_f64());
        let distance = match (described["calfun"].as_str(), bounds) {
            (Some("linear"), None) => Distance::Linear,
            (Some("linear"), Some((low, high))) => Distance::Truncated { low, high },
            (Some("raking"), _) => Distance::Exponential,
            (Some("logit"), Some((low, high))) => Distance::Logit { low, high },
            (other, _) => return Err(format!("calibration {other:?} is unknown")),
        };
        let weights = calibrate(&base, &auxiliaries, &totals, distance, Control::default()).map_err(in_words)?.weights;
        (weights, Residuals::of_regression(auxiliaries, base))
    } else {
        return Ok(design);
    };
    design.calibrated(weights, residuals).map_err(in_words)
}

fn mean(sample: &Sample<'_>) -> Result<Value, String> {
    let responses = Responses::single(&sample.variable("y")?);
    if let Some(replicates) = &sample.replicates {
        let estimate = means(&sample.design, replicates, std::slice::from_ref(&responses))?;
        return Ok(sample.replicated(&estimate, replicates, &responses));
    }
    let mean = sample.design.mean(&responses).map_err(in_words)?.ok_or("nobody answered")?;
    Ok(json!({
        "n": mean.moments.answers,
        "est": mean.mean,
        "se": mean.standard_error(),
        "df": mean.degrees_of_freedom,
        "ci_t": sample.limits(mean.mean, mean.standard_error(), mean.degrees_of_freedom),
        "ci_z": sample.limits(mean.mean, mean.standard_error(), f64::INFINITY),
        "deff": mean.design_effect(),
        "deff_replace": mean.design_effect_replace(),
    }))
}

fn total(sample: &Sample<'_>) -> Result<Value, String> {
    let responses = Responses::single(&sample.variable("y")?);
    if let Some(replicates) = &sample.replicates {
        let estimate = sample
            .design
            .replicated(replicates, |weights| Some(vec![dot(weights, &responses.sums)]))
            .ok_or("no total")?;
        return Ok(sample.replicated(&estimate, replicates, &responses));
    }
    let total = sample.design.total(&responses.sums, &responses.answered()).map_err(in_words)?;
    let mean = sample.design.mean(&responses).map_err(in_words)?.ok_or("nobody answered")?;
    Ok(json!({
        "est": total.value,
        "se": total.standard_error(),
        "df": total.degrees_of_freedom,
        "ci_t": sample.limits(total.value, total.standard_error(), total.degrees_of_freedom),
        "deff": mean.design_effect_of_total(total.variance),
    }))
}

fn ratio(sample: &Sample<'_>) -> Result<Value, String> {
    let (above, below) = (sample.variable("num")?, sample.variable("den")?);
    // Rows that lack either are outside.
    let both: Vec<Option<(f64, f64)>> = above.into_iter().zip(below).map(|(above, below)| above.zip(below)).collect();
    let column = |part: fn((f64, f64)) -> f64| both.iter().map(|pair| pair.map_or(0.0, part)).collect::<Vec<f64>>();
    let ratio = sample
        .design
        .ratio(&column(|pair| pair.0), &column(|pair| pair.1))
        .map_err(in_words)?
        .ok_or("nothing to divide by")?;
    let df = sample.design.degrees_of_freedom_where(|row| both[row].is_some());
    Ok(json!({"est": ratio.value, "se": ratio.standard_error(), "df": df}))
}

fn share(sample: &Sample<'_>) -> Result<Value, String> {
    let responses = Responses::single(&sample.variable("y")?);
    let share = sample.design.mean(&responses).map_err(in_words)?.ok_or("nobody answered")?;
    Ok(weighted::laid_out(&share, sample.confidence))
}

/// Levels of a column: numbers by size, texts by letter.
fn levels(table: &Table, name: &str) -> Result<Vec<String>, String> {
    let mut levels = crate::regression::levels_of(table.text(name)?);
    let number = |text: &String| text.parse::<f64>().ok();
    if levels.iter().all(|level| number(level).is_some()) {
        levels.sort_by(|a, b| number(a).partial_cmp(&number(b)).unwrap_or(std::cmp::Ordering::Equal));
    }
    Ok(levels)
}

fn by_domain(sample: &Sample<'_>) -> Result<Value, String> {
    let responses = Responses::single(&sample.variable("y")?);
    let variables = strings(&sample.args["by"]);
    // All combinations, the first variable running fastest, as R lays them out.
    let mut cells: Vec<Vec<String>> = vec![Vec::new()];
    for variable in &variables {
        let levels = levels(&sample.table, variable)?;
        cells = levels
            .iter()
            .flat_map(|level| cells.iter().map(move |cell| [cell.clone(), vec![level.clone()]].concat()))
            .collect();
    }
    let columns = variables.iter().map(|name| sample.table.text(name)).collect::<Result<Vec<_>, _>>()?;
    let (mut named, mut estimates, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for cell in cells {
        let is_inside = |row: usize| columns.iter().zip(&cell).all(|(column, level)| column[row] == *level);
        let of_cell = responses.within(&(0..sample.table.n_rows).map(is_inside).collect::<Vec<bool>>());
        let answered = of_cell.answered();
        if !answered.contains(&true) {
            continue;
        }
        let (estimate, error) = if sample.args["stat"] == json!("total") {
            let total = sample.design.total(&of_cell.sums, &answered).map_err(in_words)?;
            (total.value, total.standard_error())
        } else {
            let mean = sample.design.mean(&of_cell).map_err(in_words)?.ok_or("nobody answered")?;
            (mean.mean, mean.standard_error())
        };
        let names = variables.iter().cloned().zip(cell.iter().map(|level| json!(level)));
        named.push(Value::Object(names.collect()));
        estimates.push(estimate);
        errors.push(error);
    }
    Ok(json!({"levels": named, "est": estimates, "se": errors}))
}

fn quantiles(sample: &Sample<'_>) -> Result<Value, String> {
    let values = sample.variable("y")?;
    let probabilities: Vec<f64> =
        sample.args["probs"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    let quantile = |probability: &f64| {
        sample
            .design
            .quantile(&values, *probability, sample.confidence)
            .map_err(in_words)?
            .ok_or("nobody answered".to_owned())
    };
    let quantiles = probabilities.iter().map(quantile).collect::<Result<Vec<_>, String>>()?;
    Ok(json!({
        "probs": probabilities,
        "est": quantiles.iter().map(|quantile| quantile.value).collect::<Vec<f64>>(),
        "ci_lo": quantiles.iter().map(|quantile| quantile.interval.low).collect::<Vec<f64>>(),
        "ci_hi": quantiles.iter().map(|quantile| quantile.interval.high).collect::<Vec<f64>>(),
        "se": quantiles.iter().map(|quantile| quantile.standard_error).collect::<Vec<f64>>(),
        "qrule": "math",
        "interval_type": "mean (Woodruff)",
    }))
}

fn table_test(sample: &Sample<'_>) -> Result<Value, String> {
    let values = sample.variable("y")?;
    let by = strings(&sample.args["by"]);
    let levels = levels(&sample.table, by.first().ok_or("the case names no second variable")?)?;
    let labels = sample.table.text(&by[0])?;
    let cell = |(value, label): (&Option<f64>, &String)| {
        value.and_then(|value| levels.iter().position(|level| level == label).map(|at| (usize::from(value > 0.5), at)))
    };
    let cells: Vec<_> = values.iter().zip(labels).map(cell).collect();
    let test = sample.design.table_test(&cells).map_err(in_words)?.ok_or("the table has one row or column")?;
    match sample.args["statistic"].as_str() {
        Some("F") => {
            Ok(json!({"statistic": test.f, "ndf": test.numerator_df, "ddf": test.denominator_df, "p": test.p_f}))
        }
        Some("Chisq") => Ok(json!({"statistic": test.chi_squared, "ndf": null, "ddf": null, "p": test.p_chi_squared})),
        other => Err(format!("statistic {other:?} is unknown")),
    }
}

fn regression(sample: &Sample<'_>) -> Result<Value, String> {
    let outcome = sample.variable("y")?;
    let mut columns = Vec::new();
    for name in strings(&sample.args["x"]) {
        match sample.table.numbers(&name) {
            Ok(values) => columns.push((name, values)),
            Err(_) => {
                columns.extend(contrasts_of(&name, sample.table.text(&name)?, &levels(&sample.table, &name)?));
            }
        }
    }
    let row = |row: usize| {
        let predictors = columns.iter().map(|(_, values)| values[row]).collect::<Option<Vec<f64>>>()?;
        observation(Some(&(predictors, outcome[row]?)))
    };
    let observations: Vec<_> = (0..sample.table.n_rows).map(row).collect();
    let fit = sample.design.regression(family(sample.args)?, &observations).map_err(in_words)?;
    Ok(laid_out(&fit, &columns.into_iter().map(|(name, _)| name).collect::<Vec<_>>()))
}
