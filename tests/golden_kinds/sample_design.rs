//! Kinds of g11: sizes of samples, power, allocation, selection, totals of samples with unequal probabilities.

use std::path::Path;

use serde_json::{Map, Value, json};
use sipas::stats::sample_design::allocation::{
    Allocation, StratumPlan, largest_remainders, variance_of_mean, within_bounds,
};
use sipas::stats::sample_design::power::{AgainstTarget, ExactSize, Sides, TwoShares};
use sipas::stats::sample_design::selection::{Stages, inclusion_probabilities, systematic, two_stage};
use sipas::stats::sample_design::size::{WantedMargin, to_invite, yamane};
use sipas::stats::sample_design::unequal::{JointProbabilities, total};

use crate::Outcome;
use crate::table::{Table, confidence, number};

pub fn compute(case: &Value, meta: &Value, dir: &Path) -> Outcome {
    let args = &case["args"];
    Some(match case["kind"].as_str()? {
        "sample_size_proportion" => margin(case, meta),
        "sample_size_yamane" => yamane_size(args),
        "sample_size_one_sided_target" => against_target(args),
        "sample_size_two_proportions" => two_shares(case),
        "allocation" => allocation(args),
        "pps_systematic" => proportional_to_size(args),
        "pps_multistage" => in_stages(case, dir),
        "pps_total" => unequal_total(case, dir),
        _ => return None,
    })
}

fn real(args: &Value, key: &str) -> Result<f64, String> {
    match &args[key] {
        Value::String(text) if text == "Inf" => Ok(f64::INFINITY),
        value => value.as_f64().ok_or_else(|| format!("args.{key} is no number")),
    }
}

fn count(args: &Value, key: &str) -> Result<usize, String> {
    args[key].as_u64().and_then(|value| usize::try_from(value).ok()).ok_or_else(|| format!("args.{key} is no count"))
}

fn reals(args: &Value, key: &str) -> Result<Vec<f64>, String> {
    let values = args[key].as_array().ok_or_else(|| format!("args.{key} is no list"))?;
    values.iter().map(|value| value.as_f64().ok_or_else(|| format!("args.{key} holds {value}"))).collect()
}

fn margin(case: &Value, meta: &Value) -> Result<Value, String> {
    let args = &case["args"];
    let wanted = WantedMargin::new(real(args, "p")?, real(args, "e")?, confidence(case, meta)?)
        .and_then(|wanted| wanted.of_population(real(args, "N").unwrap_or(f64::INFINITY)))
        .and_then(|wanted| wanted.with_design_effect(real(args, "deff").unwrap_or(1.0)))
        .ok_or("such a margin cannot be planned")?;
    let rate = real(args, "response_rate").unwrap_or(1.0);
    let (after, before) = (wanted.effect_after_correction(), wanted.effect_before_correction());
    Ok(json!({
        "n0": wanted.unlimited(),
        "n_srs": wanted.simple_random(),
        "n_srs_simple": wanted.simple_random_short(),
        "n_fpc_then_deff": after,
        "n_deff_then_fpc": before,
        "ceil_srs": wanted.simple_random().ceil(),
        "ceil_fpc_then_deff": after.ceil(),
        "ceil_deff_then_fpc": before.ceil(),
        "invited_fpc_then_deff": to_invite(after, rate),
        "invited_deff_then_fpc": to_invite(before, rate),
    }))
}

fn yamane_size(args: &Value) -> Result<Value, String> {
    let n = yamane(real(args, "N")?, real(args, "e")?).ok_or("such a margin cannot be planned")?;
    Ok(json!({"n": n, "ceil": n.ceil()}))
}

/// As far as the reference searched (README, section 4).
const SEARCHED: u64 = 6000;

fn against_target(args: &Value) -> Result<Value, String> {
    let plan = AgainstTarget::new(real(args, "p0")?, real(args, "p1")?, real(args, "alpha")?, real(args, "power")?)
        .ok_or("such a share cannot be shown")?;
    let sizes = plan.exact_sizes(SEARCHED);
    let respondents = |size: Option<ExactSize>| size.map(|size| size.respondents);
    let power = |size: Option<ExactSize>| size.map(|size| size.power);
    Ok(json!({
        "n_normal": plan.normal_size(),
        "ceil_normal": plan.normal_size().ceil(),
        "n_arcsine": plan.arcsine_size(),
        "exact": {
            "first_n": respondents(sizes.first),
            "first_power": power(sizes.first),
            "first_critical_x": sizes.first.map(|size| size.critical_count),
            "stable_n": respondents(sizes.stable),
            "power_at_stable": power(sizes.stable),
        },
    }))
}

fn two_shares(case: &Value) -> Result<Value, String> {
    let args = &case["args"];
    let sides = match args["alt"].as_str() {
        Some("two.sided") => Sides::Two,
        Some("one.sided") => Sides::One,
        other => return Err(format!("alternative {other:?} is unknown")),
    };
    let power = real(args, "power")?;
    let plan = TwoShares::new(real(args, "p1")?, real(args, "p2")?, real(args, "alpha")?, sides)
        .ok_or("such shares cannot be told apart")?;
    let n = plan.size_per_group(power).ok_or("such a power cannot be had")?;
    let mut answer = Map::new();
    answer.insert("n_per_group".to_owned(), json!(n));
    answer.insert("ceil".to_owned(), json!(n.ceil()));
    answer.insert("n_power_prop_test".to_owned(), json!(n));
    answer.insert("n_arcsine".to_owned(), json!(plan.arcsine_size(power)));
    // The names of these two hold the size and the design effect they are about.
    for name in case["expect"].as_object().into_iter().flatten().map(|(name, _)| name) {
        let held = |prefix: &str| name.strip_prefix(prefix).and_then(|text| text.parse::<f64>().ok());
        if let Some(size) = held("power_at_n") {
            answer.insert(name.clone(), json!(plan.power_at(size)));
        } else if let Some(effect) = held("n_with_deff_") {
            answer.insert(name.clone(), json!((effect * n).ceil()));
        }
    }
    Ok(answer.into())
}

fn allocation(args: &Value) -> Result<Value, String> {
    let (populations, deviations, costs) = (reals(args, "N")?, reals(args, "S")?, reals(args, "cost")?);
    let strata: Vec<StratumPlan> = populations
        .iter()
        .zip(&deviations)
        .zip(&costs)
        .map(|((population, deviation), cost)| StratumPlan {
            population: *population,
            deviation: *deviation,
            cost: *cost,
        })
        .collect();
    let (n, minimum) = (count(args, "n")? as u64, real(args, "min_per_stratum")?);
    let rules = [
        ("proportional", Allocation::Proportional),
        ("neyman", Allocation::Neyman),
        ("optimal_cost", Allocation::CostOptimal),
        ("equal", Allocation::Equal),
        ("power_half", Allocation::Power(0.5)),
    ];
    let mut answer = Map::new();
    for (name, rule) in rules {
        let quotas = rule.quotas(&strata, n as f64).ok_or("such strata cannot be shared by")?;
        let clamped = within_bounds(&quotas, n as f64, minimum, &populations).ok_or("the minima exceed the sample")?;
        let whole = largest_remainders(&clamped, rounded(clamped.iter().sum())).ok_or("a quota is negative")?;
        let variance = variance_of_mean(&strata, &whole);
        answer.insert(
            name.to_owned(),
            json!({
                "raw": quotas,
                "clamped": clamped,
                "int": whole,
                "largest_remainder_no_bounds": largest_remainders(&quotas, n),
                "var_mean": number(variance),
            }),
        );
    }
    Ok(answer.into())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of quotas")]
fn rounded(sum: f64) -> u64 {
    sum.round() as u64
}

fn from_one(positions: impl Iterator<Item = usize>) -> Vec<usize> {
    positions.map(|at| at + 1).collect()
}

fn proportional_to_size(args: &Value) -> Result<Value, String> {
    let sizes = reals(args, "sizes")?;
    let pi = inclusion_probabilities(&sizes, count(args, "n")?).ok_or("such a sample cannot be drawn")?;
    let selected = systematic(&pi, real(args, "u")?).ok_or("args.u is no start")?;
    let mut below = 0.0;
    let cumulated: Vec<f64> = pi
        .iter()
        .map(|pi| {
            below += pi;
            below
        })
        .collect();
    Ok(json!({
        "certainty": from_one((0..pi.len()).filter(|at| pi[*at] >= 1.0)),
        "selected": from_one(selected.iter().copied()),
        "weights": selected.iter().map(|at| 1.0 / pi[*at]).collect::<Vec<f64>>(),
        "cum_pi": cumulated,
        "pi": pi,
    }))
}

/// Communes in alphabetical order, their residential groups in the order of the file.
fn in_stages(case: &Value, dir: &Path) -> Result<Value, String> {
    let (args, table) = (&case["args"], Table::read(dir, &case["data"])?);
    let (communes, groups, sizes) = (table.text("commune")?, table.text("tdp")?, table.full_numbers("M")?);
    let mut names = communes.to_vec();
    names.sort();
    names.dedup();
    let rows_of = |name: &String| (0..table.n_rows).filter(|row| communes[*row] == *name).collect::<Vec<usize>>();
    let rows: Vec<Vec<usize>> = names.iter().map(rows_of).collect();
    let people: Vec<Vec<f64>> = rows.iter().map(|rows| rows.iter().map(|row| sizes[*row]).collect()).collect();
    let stages = Stages {
        areas: count(args, "n1")?,
        areas_start: real(args, "u1")?,
        clusters: count(args, "n2")?,
        clusters_start: real(args, "u2")?,
        people: real(args, "stage3_persons")?,
    };
    let drawn = two_stage(&people, &stages).ok_or("such a sample cannot be drawn")?;
    let range = drawn.iter().map(sipas::stats::sample_design::selection::DrawnCluster::probability);
    let (low, high) = range.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), pi| (low.min(pi), high.max(pi)));
    let selected = drawn.iter().map(|cluster| {
        json!({
            "commune": names[cluster.area],
            "tdp": groups[rows[cluster.area][cluster.cluster]],
            "pi1": cluster.area_probability,
            "pi2": cluster.cluster_probability,
            "pi3": cluster.person_probability,
            "pi": cluster.probability(),
            "weight": cluster.weight(),
        })
    });
    Ok(json!({"selected": selected.collect::<Vec<_>>(), "overall_pi_range": [low, high]}))
}

fn unequal_total(case: &Value, dir: &Path) -> Result<Value, String> {
    let (args, table) = (&case["args"], Table::read(dir, &case["data"])?);
    let column = |key: &str| args[key].as_str().ok_or_else(|| format!("args.{key} is no column"));
    let (values, pi) = (table.full_numbers(column("variable")?)?, table.full_numbers(column("pi")?)?);
    let joint = match args["method"].as_str() {
        Some("wr") => JointProbabilities::WithReplacement,
        Some("brewer") => JointProbabilities::Brewer,
        Some("overton") => JointProbabilities::Overton,
        Some("HR") => JointProbabilities::HartleyRao { squares_over_n: real(args, "hr_sum_pi2_over_n")? },
        other => return Err(format!("method {other:?} is unknown")),
    };
    let (total, variance) = total(&values, &pi, joint).ok_or("such a sample has no total")?;
    Ok(json!({"total": total, "se": variance.max(0.0).sqrt()}))
}
