//! Kind of g10: control charts of a series of counts.

use std::path::Path;

use serde_json::{Value, json};
use sipas::stats::basics::Interval;
use sipas::stats::control_charts::{PChart, moving_average_of_z_limits};

use crate::Outcome;
use crate::table::{Table, numbers, strings};

pub fn compute(case: &Value, _meta: &Value, dir: &Path) -> Outcome {
    (case["kind"] == json!("control_chart")).then(|| control_chart(case, dir))
}

/// What the reference fixes (README, section 4): limits at three sigma, runs of eight, allowance and threshold of the sums.
const WIDTH: f64 = 3.0;
const RUN: usize = 8;
const ALLOWANCE: f64 = 0.5;
const THRESHOLD: f64 = 5.0;

fn counts(case: &Value) -> Result<Vec<(u64, u64)>, String> {
    let list = |key: &str| -> Result<Vec<u64>, String> {
        let values = case["args"][key].as_array().ok_or_else(|| format!("args.{key} is no list"))?;
        values.iter().map(|value| value.as_u64().ok_or_else(|| format!("args.{key} holds {value}"))).collect()
    };
    let (x, n) = (list("x")?, list("n")?);
    if x.len() != n.len() {
        return Err("args.x and args.n differ in length".to_owned());
    }
    Ok(x.into_iter().zip(n).collect())
}

/// Where the case names data as well, its counts must be those of the data.
fn check_against_data(case: &Value, dir: &Path, counts: &[(u64, u64)]) -> Result<(), String> {
    let by = strings(&case["by"]);
    let (Some(_), Some(period)) = (case["data"].as_str(), by.first()) else { return Ok(()) };
    let table = Table::read(dir, &case["data"])?;
    let periods = table.numbers(period)?;
    let mut found = vec![(0_u64, 0_u64); counts.len()];
    for item in strings(&case["items"]) {
        for (period, satisfied) in periods.iter().zip(table.satisfied(&item)?) {
            let at = (1..=counts.len()).position(|number| *period == Some(number as f64));
            if let (Some(at), Some(satisfied)) = (at, satisfied) {
                found[at].0 += u64::from(satisfied > 0.5);
                found[at].1 += 1;
            }
        }
    }
    if found == counts { Ok(()) } else { Err(format!("args.x and args.n are not those of the data: {found:?}")) }
}

fn from_one(positions: &[usize]) -> Vec<usize> {
    positions.iter().map(|at| at + 1).collect()
}

fn lows(limits: &[Interval]) -> Vec<f64> {
    limits.iter().map(|limits| limits.low).collect()
}

fn highs(limits: &[Interval]) -> Vec<f64> {
    limits.iter().map(|limits| limits.high).collect()
}

fn clipped(limits: &[Interval]) -> Vec<Interval> {
    limits.iter().map(|limits| limits.within_unit()).collect()
}

fn control_chart(case: &Value, dir: &Path) -> Result<Value, String> {
    let counts = counts(case)?;
    check_against_data(case, dir, &counts)?;
    let chart = PChart::new(&counts).ok_or("a period has no answers")?;
    let lambda = case["args"]["lambda"].as_f64().ok_or("args.lambda is no number")?;
    let width = case["args"]["L"].as_f64().ok_or("args.L is no number")?;
    let average = chart.moving_average(lambda, width).ok_or("args.lambda is no weight")?;
    let of_z = chart.moving_average_of_z(lambda, width);
    let z_limits = moving_average_of_z_limits(counts.len(), lambda, width).ok_or("args.lambda is no weight")?;
    let sums = chart.cumulative_sums(ALLOWANCE, THRESHOLD);
    let limits = clipped(&chart.limits(WIDTH));
    let laney = chart.laney_sigma();
    let laney_limits = laney.map(|sigma| clipped(&chart.limits(WIDTH * sigma)));
    Ok(json!({
        "p": chart.shares(),
        "pbar": chart.centre(),
        "sigma": chart.sigmas(),
        "z": numbers(chart.z_scores(), counts.len()),
        "lcl": lows(&limits),
        "ucl": highs(&limits),
        "out_3sigma": from_one(&chart.signals(WIDTH)),
        "laney_sigma_z": laney,
        "laney_lcl": numbers(laney_limits.as_deref().map(lows), counts.len()),
        "laney_ucl": numbers(laney_limits.as_deref().map(highs), counts.len()),
        "laney_out": from_one(&laney.map_or_else(Vec::new, |sigma| chart.signals(WIDTH * sigma))),
        "ewma": average.values,
        "ewma_lcl": lows(&average.limits),
        "ewma_ucl": highs(&average.limits),
        "ewma_out": from_one(&average.signals),
        "ewma_z": numbers(of_z.as_ref().map(|of_z| of_z.values.clone()), counts.len()),
        "ewma_z_limit": highs(&z_limits),
        "ewma_z_out": from_one(&of_z.map_or_else(Vec::new, |of_z| of_z.signals)),
        "run8_positions": from_one(&chart.runs(RUN)),
        "cusum_pos": numbers(sums.as_ref().map(|sums| sums.up.clone()), counts.len()),
        "cusum_neg": numbers(sums.as_ref().map(|sums| sums.down.clone()), counts.len()),
        "cusum_out_h5": from_one(&sums.map_or_else(Vec::new, |sums| sums.signals)),
    }))
}
