//! What needs all rows at once: quantiles, regressions, errors by replicates. The rows were checked before; they are read once more and
//! kept, with the numbers that are asked for only.

use std::path::Path;

use serde_json::{Value, json};

use super::AnalyseError;
use super::engine::{is_missing, number};
use super::given::{self, GivenReplicates};
use super::labels::Labels;
use super::plan::{Plan, ReplicateMethod, WholePlan};
use super::rows::{RowError, RowReader};
use super::words::{design_text, variance_text};
use crate::stats::basics::Interval;
use crate::stats::calibration::trimming::trim;
use crate::stats::design::{Design, DesignColumns};
use crate::stats::regression::RegressionError;
use crate::stats::regression::glm::{Family, Observation};
use crate::stats::replicates::{Centre, ReplicateError, ReplicatedEstimates, Replicates};
use crate::stats::variance::VarianceError;

/// The rows of the file, column by column.
#[derive(Default)]
struct Rows {
    weights: Vec<f64>,
    strata: Vec<usize>,
    clusters: Vec<usize>,
    clusters_in_population: Vec<f64>,
    units_in_population: Vec<f64>,
    inside: Vec<bool>,
    /// Values of the wanted columns, missing ones none.
    values: Vec<Vec<Option<f64>>>,
}

/// What is at hand for a result.
struct Whole<'a> {
    plan: &'a Plan,
    design: Design,
    rows: Rows,
    /// The columns of [`Rows::values`].
    columns: Vec<usize>,
    strata: Labels,
    clusters: Labels,
}

/// Adds the results to the answer.
pub fn add(answer: &mut Value, plan: &Plan, path: &Path) -> Result<(), AnalyseError> {
    let whole = Whole::read(plan, path)?;
    let (mut quantiles, mut regressions, mut replicates) = (Vec::new(), Vec::new(), Vec::new());
    for wanted in &plan.whole {
        match wanted {
            WholePlan::Quantile { column, probabilities } => quantiles.extend(whole.quantiles(*column, probabilities)?),
            WholePlan::Regression { family, outcome, predictors } => {
                regressions.push(whole.regression(*family, *outcome, predictors)?);
            }
            WholePlan::Replicate { method, column } => replicates.push(whole.replicated(*method, *column)?),
            WholePlan::Given { given, column } => replicates.push(whole.given(given, *column)?),
        }
    }
    for (list, entries) in [("quantiles", quantiles), ("regressions", regressions), ("replicates", replicates)] {
        if !entries.is_empty() {
            answer[list] = entries.into();
        }
    }
    Ok(())
}

impl<'a> Whole<'a> {
    fn read(plan: &'a Plan, path: &Path) -> Result<Self, AnalyseError> {
        let mut columns: Vec<usize> = plan.whole.iter().flat_map(WholePlan::columns).collect();
        columns.sort_unstable();
        columns.dedup();
        let (mut strata, mut clusters) = (Labels::default(), Labels::default());
        let rows = read(plan, path, &columns, (&mut strata, &mut clusters))?;
        let units: Vec<usize> = (0..rows.weights.len()).collect();
        let design = Design::new(&DesignColumns {
            weights: &rows.weights,
            strata: plan.strata.map(|_| rows.strata.as_slice()),
            clusters: plan.cluster.map(|_| rows.clusters.as_slice()),
            labels: plan.labels,
            units: plan.units_in_population.map(|_| units.as_slice()),
            clusters_in_population: plan.clusters_in_population.map(|_| rows.clusters_in_population.as_slice()),
            units_in_population: plan.units_in_population.map(|_| rows.units_in_population.as_slice()),
        });
        let design = design.map_err(|error| AnalyseError::Design {
            path: path.to_path_buf(),
            text: design_text(&error, &strata.texts, &clusters.texts),
        })?;
        Ok(Self { plan, design: design.with_lonely_rule(plan.lonely), rows, columns, strata, clusters })
    }

    /// The values of a column, none outside the filter.
    fn values(&self, column: usize) -> Vec<Option<f64>> {
        let place = self.columns.binary_search(&column).unwrap_or_default();
        let values = self.rows.values[place].iter().zip(&self.rows.inside);
        values.map(|(value, inside)| value.filter(|_| *inside)).collect()
    }

    fn name(&self, column: usize) -> String {
        self.plan.header[column].clone()
    }

    fn refused(&self, column: usize, text: String) -> AnalyseError {
        AnalyseError::Result { result: self.name(column), text }
    }

    fn variance_text(&self, error: &VarianceError) -> String {
        variance_text(error, &self.strata.texts, &self.clusters.texts)
    }

    fn quantiles(&self, column: usize, probabilities: &[f64]) -> Result<Vec<Value>, AnalyseError> {
        let values = self.values(column);
        let n = values.iter().flatten().count();
        let quantile = |probability: &f64| {
            let found = self.design.quantile(&values, *probability, self.plan.confidence);
            let found = found.map_err(|error| self.refused(column, self.variance_text(&error)))?;
            let found = found.map_or(json!({"estimate": null}), |found| {
                json!({
                    "estimate": found.value,
                    "standard_error": found.standard_error,
                    "interval": limits(Some(found.interval)),
                })
            });
            Ok(joined(json!({"column": self.name(column), "probability": probability, "n": n}), found))
        };
        probabilities.iter().map(quantile).collect()
    }

    fn regression(&self, family: Family, outcome: usize, predictors: &[usize]) -> Result<Value, AnalyseError> {
        let outcomes = self.values(outcome);
        let columns: Vec<Vec<Option<f64>>> = predictors.iter().map(|at| self.values(*at)).collect();
        let observation = |row: usize| {
            let own = columns.iter().map(|column| column[row]);
            let predictors = std::iter::once(Some(1.0)).chain(own).collect::<Option<Vec<f64>>>()?;
            Some(Observation { predictors, outcome: outcomes[row]? })
        };
        let observations: Vec<Option<Observation>> = (0..outcomes.len()).map(observation).collect();
        let fit = self.design.regression(family, &observations).map_err(|error| {
            let text = match &error {
                RegressionError::Variance(error) => self.variance_text(error),
                error => error.to_string(),
            };
            self.refused(outcome, text)
        })?;
        let names = std::iter::once("(intercept)".to_owned()).chain(predictors.iter().map(|at| self.name(*at)));
        let lines = names.zip(&fit.coefficients).zip(fit.standard_errors()).zip(fit.p_values());
        let coefficients = lines.map(|(((name, estimate), error), p)| {
            json!({
                "predictor": name,
                "estimate": estimate,
                "standard_error": error,
                "p": p,
                "interval": limits(self.interval(*estimate, error, fit.degrees_of_freedom)),
            })
        });
        Ok(json!({
            "outcome": self.name(outcome),
            "kind": if family == Family::Linear { "linear" } else { "logistic" },
            "n": observations.iter().flatten().count(),
            "degrees_of_freedom": fit.degrees_of_freedom,
            "coefficients": coefficients.collect::<Vec<_>>(),
        }))
    }

    /// The mean of a column with its error by replicates.
    fn replicated(&self, method: ReplicateMethod, column: usize) -> Result<Value, AnalyseError> {
        let values = self.values(column);
        let made = made(&self.design, method)
            .map_err(|source| AnalyseError::Replicates { result: self.name(column), source })?;
        let found = self.design.replicated(&made, mean_of(&values));
        let inside: Vec<bool> = values.iter().map(Option::is_some).collect();
        let df = self.design.replicate_degrees_of_freedom(&made, &inside);
        let moved = found.map(|found| (found, Centre::Replicates, df));
        Ok(self.replicate_line((column, method.name(), made.factors().len()), &inside, moved.as_ref()))
    }

    /// The same by the replicate weights of the file.
    fn given(&self, given: &GivenReplicates, column: usize) -> Result<Value, AnalyseError> {
        let values = self.values(column);
        let of = |column: &usize| self.rows.values[self.columns.binary_search(column).unwrap_or_default()].as_slice();
        let weights: Vec<&[Option<f64>]> = given.columns.iter().map(of).collect();
        let made = given.replicates(&self.name(column), &self.rows.weights, &weights, &self.plan.header)?;
        let inside: Vec<bool> = values.iter().map(Option::is_some).collect();
        let centre = if given.mse { Centre::Estimate } else { Centre::Replicates };
        let found = made.of_rows(&self.rows.weights, mean_of(&values));
        let moved = found.map(|found| (found, centre, made.degrees_of_freedom(&inside)));
        Ok(self.replicate_line((column, given::METHOD, given.columns.len()), &inside, moved.as_ref()))
    }

    /// An estimate by replicates: column, method and number of replicates, who is in it, what came out.
    fn replicate_line(
        &self,
        (column, method, replicates): (usize, &str, usize),
        inside: &[bool],
        moved: Option<&(ReplicatedEstimates, Centre, f64)>,
    ) -> Value {
        let line = moved.map_or(json!({"estimate": null}), |(found, centre, df)| {
            let (estimate, error) = (found.estimates[0], found.standard_errors(*centre)[0]);
            json!({
                "estimate": estimate,
                "standard_error": error,
                "degrees_of_freedom": df,
                "interval": limits(self.interval(estimate, error, *df)),
            })
        });
        let head = json!({
            "column": self.name(column),
            "method": method,
            "replicates": replicates,
            "n": inside.iter().filter(|inside| **inside).count(),
        });
        joined(head, line)
    }

    fn interval(&self, estimate: f64, error: f64, degrees_of_freedom: f64) -> Option<Interval> {
        let t = self.plan.confidence.student_critical(degrees_of_freedom)?;
        Some(Interval::around(estimate, t * error))
    }
}

/// The mean of values under weights; none where nobody has weight.
fn mean_of(values: &[Option<f64>]) -> impl Fn(&[f64]) -> Option<Vec<f64>> {
    |weights: &[f64]| {
        let taken = || values.iter().zip(weights).filter_map(|(value, weight)| Some(((*value)?, *weight)));
        let sum: f64 = taken().map(|(_, weight)| weight).sum();
        (sum > 0.0).then(|| vec![taken().map(|(value, weight)| value * weight).sum::<f64>() / sum])
    }
}

fn limits(interval: Option<Interval>) -> Value {
    interval.map_or(Value::Null, |interval| json!([interval.low, interval.high]))
}

fn joined(mut head: Value, rest: Value) -> Value {
    if let (Some(head), Value::Object(rest)) = (head.as_object_mut(), rest) {
        head.extend(rest);
    }
    head
}

fn made(design: &Design, method: ReplicateMethod) -> Result<Replicates, ReplicateError> {
    let frame = &design.frame;
    match method {
        ReplicateMethod::Jackknife => Replicates::jackknife(frame),
        ReplicateMethod::JackknifeByStrata => Replicates::jackknife_by_strata(frame),
        ReplicateMethod::Balanced => Replicates::balanced(frame, 0.0),
        ReplicateMethod::Bootstrap { draws, seed } => {
            let mut state = seed;
            // SplitMix64 (Steele and others 2014, doi:10.1145/2660193.2660195).
            let uniform = move || {
                state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mut z = state;
                z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
            };
            Replicates::bootstrap_rao_wu(frame, usize::try_from(draws).unwrap_or(usize::MAX), uniform)
        }
    }
}

fn read(
    plan: &Plan,
    path: &Path,
    columns: &[usize],
    (strata, clusters): (&mut Labels, &mut Labels),
) -> Result<Rows, AnalyseError> {
    let failed = |error: RowError| match error {
        RowError::Read(source) => AnalyseError::Read { path: path.to_path_buf(), source },
        RowError::Bad(problem) => AnalyseError::Rows { path: path.to_path_buf(), problems: vec![problem] },
    };
    let mut reader = RowReader::open(path).map_err(failed)?;
    let mut rows = Rows { values: vec![Vec::new(); columns.len()], ..Rows::default() };
    let mut is_header = true;
    while let Some(row) = reader.next().map_err(failed)? {
        if std::mem::take(&mut is_header) {
            continue;
        }
        let of = |column: Option<usize>| column.and_then(|column| number(row.field(column)));
        rows.weights.push(if plan.weight.is_some() { of(plan.weight).unwrap_or(0.0) } else { 1.0 });
        let label = |column: Option<usize>, labels: &mut Labels| {
            column.and_then(|column| labels.number(row.field(column))).unwrap_or_default()
        };
        rows.strata.push(label(plan.strata, strata));
        rows.clusters.push(label(plan.cluster, clusters));
        rows.clusters_in_population.push(of(plan.clusters_in_population).unwrap_or(0.0));
        rows.units_in_population.push(of(plan.units_in_population).unwrap_or(0.0));
        rows.inside.push(plan.filter.iter().all(|(column, wanted)| row.field(*column) == wanted.as_bytes()));
        for (column, values) in columns.iter().zip(&mut rows.values) {
            let field = row.field(*column);
            let value = if is_missing(plan, field) { None } else { number(field) };
            if value.is_none() && !is_missing(plan, field) {
                let problem = super::RowProblem {
                    line: row.line,
                    column: Some(plan.header[*column].clone()),
                    text: "must be a number or one of the texts for missing".to_owned(),
                };
                return Err(failed(RowError::Bad(problem)));
            }
            values.push(value);
        }
    }
    if let Some((upper, trimming)) = plan.trim {
        let trimmed = trim(&rows.weights, upper, trimming);
        rows.weights = trimmed.map_err(|error| AnalyseError::Calibration { text: error.to_string() })?.weights;
    }
    Ok(rows)
}

impl WholePlan {
    fn columns(&self) -> Vec<usize> {
        match self {
            Self::Quantile { column, .. } | Self::Replicate { column, .. } => vec![*column],
            Self::Given { given, column } => given.columns.iter().copied().chain(std::iter::once(*column)).collect(),
            Self::Regression { outcome, predictors, .. } => {
                predictors.iter().copied().chain(std::iter::once(*outcome)).collect()
            }
        }
    }
}

impl ReplicateMethod {
    fn name(self) -> &'static str {
        match self {
            Self::Jackknife => "jackknife",
            Self::JackknifeByStrata => "jackknife_by_strata",
            Self::Balanced => "balanced",
            Self::Bootstrap { .. } => "bootstrap",
        }
    }
}
