//! What the golden kinds of plain counts ask for: intervals, target tests, two proportions, adjusted p-values.
//!
//! Each function lays its results out like `expect` of the case; comparing is done elsewhere.

use std::path::Path;

use serde_json::{Map, Value, json};
use sipas::stats::exact_test::{target_test, two_sided_target_p};
use sipas::stats::multiplicity;
use sipas::stats::proportion::{
    Proportion, agresti_coull, clopper_pearson, clopper_pearson_lower_bound, clopper_pearson_upper_bound, jeffreys,
    jeffreys_with_ends, mid_p, wald, wilson, wilson_continuity_corrected,
};
use sipas::stats::two_sample::{
    agresti_caffo, chi_squared_test, chi_squared_test_yates, cohen_h, difference, fisher_two_sided, miettinen_nurminen,
    newcombe, newcombe_continuity_corrected, wald_difference, z_test_pooled, z_test_unpooled,
};
use sipas::stats::{Confidence, Interval};

use crate::table::{Table, confidence, number, pair, strings};

/// The factors of the questionnaire in `sipas_main.csv`: first and last item of each (README, section 2).
const FACTORS: [(u32, u32); 5] = [(1, 4), (5, 9), (10, 15), (16, 18), (19, 22)];

/// The kinds of this file; `None` for any other.
pub fn compute(case: &Value, meta: &Value, dir: &Path) -> crate::Outcome {
    let args = &case["args"];
    Some(match case["kind"].as_str()? {
        "unweighted_share" => unweighted_share(case, meta, dir),
        "unweighted_macro" => unweighted_macro(case, dir),
        "binomial_ci" => binomial_ci(case, meta),
        "target_tests" => target_tests(args),
        "two_proportions" => two_proportions_case(case, meta),
        "p_adjust" => p_adjust(args),
        _ => return None,
    })
}

/// An interval for a proportion.
type Method = fn(Proportion, Confidence) -> Interval;

fn whole(args: &Value, key: &str) -> Result<u64, String> {
    args[key].as_u64().ok_or_else(|| format!("args.{key} is no count"))
}

/// The intervals of one proportion, all null when there are no trials.
fn intervals(share: Option<Proportion>, level: Confidence) -> Map<String, Value> {
    let methods: [(&str, Method); 8] = [
        ("wilson", wilson),
        ("wilson_cc", wilson_continuity_corrected),
        ("clopper_pearson", clopper_pearson),
        ("agresti_coull", agresti_coull),
        ("jeffreys", jeffreys),
        ("jeffreys_bcd", jeffreys_with_ends),
        ("wald", wald),
        ("mid_p", mid_p),
    ];
    methods.iter().map(|(name, method)| ((*name).to_owned(), pair(share.map(|share| method(share, level))))).collect()
}

fn tests_against(share: Option<Proportion>, targets: &Value) -> Result<Value, String> {
    let list = targets.as_array().ok_or("there is no list of targets")?;
    let one = |target: &Value| -> Result<Value, String> {
        let target = target.as_f64().ok_or("a target is no number")?;
        let test = share.and_then(|share| target_test(share, target));
        Ok(json!({
            "target": target,
            "p_greater": test.map(|test| test.p_greater),
            "p_less": test.map(|test| test.p_less),
            "z": test.map(|test| test.z),
            "p_z_greater": test.map(|test| test.p_z_greater),
        }))
    };
    list.iter().map(one).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

fn binomial_ci(case: &Value, meta: &Value) -> Result<Value, String> {
    let args = &case["args"];
    let share = Proportion::new(whole(args, "x")?, whole(args, "n")?);
    let level = confidence(case, meta)?;
    Ok(json!({
        "p": share.map(Proportion::value),
        "ci": intervals(share, level),
        "lower_1s_cp": share.map(|share| clopper_pearson_lower_bound(share, level)),
        "upper_1s_cp": share.map(|share| clopper_pearson_upper_bound(share, level)),
    }))
}

fn target_tests(args: &Value) -> Result<Value, String> {
    let share = Proportion::new(whole(args, "x")?, whole(args, "n")?);
    Ok(json!({
        "targets": tests_against(share, &args["targets"])?,
        // The name of the key holds its target.
        "p_two_sided_binom_090": share.and_then(|share| two_sided_target_p(share, 0.90)),
    }))
}

fn two_proportions_case(case: &Value, meta: &Value) -> Result<Value, String> {
    let args = &case["args"];
    let level = confidence(case, meta)?.level();
    Ok(two_proportions(whole(args, "x1")?, whole(args, "n1")?, whole(args, "x2")?, whole(args, "n2")?, level))
}

/// Everything about two proportions; `null` when one has no trials.
pub fn two_proportions(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Value {
    let usable = (Proportion::new(x1, n1), Proportion::new(x2, n2), Confidence::new(level));
    let (Some(first), Some(second), Some(level)) = usable else {
        return Value::Null;
    };
    let (pooled, unpooled) = (z_test_pooled(first, second), z_test_unpooled(first, second));
    let (plain, yates) = (chi_squared_test(first, second), chi_squared_test_yates(first, second));
    json!({
        "p1": first.value(),
        "p2": second.value(),
        "diff": difference(first, second),
        "ci": {
            "newcombe": pair(Some(newcombe(first, second, level))),
            "newcombe_cc": pair(Some(newcombe_continuity_corrected(first, second, level))),
            "wald": pair(Some(wald_difference(first, second, level))),
            "agresti_caffo": pair(Some(agresti_caffo(first, second, level))),
            "miettinen_nurminen": pair(Some(miettinen_nurminen(first, second, level))),
        },
        "z_pooled": number(pooled.map(|test| test.z)),
        "p_two_sided_pooled": pooled.map(|test| test.p_two_sided),
        "p_greater_pooled": pooled.map(|test| test.p_greater),
        "z_unpooled": number(unpooled.map(|test| test.z)),
        "p_two_sided_unpooled": unpooled.map(|test| test.p_two_sided),
        "chisq": plain.map(|test| test.statistic),
        "p_chisq": plain.map(|test| test.p_value),
        "chisq_yates": yates.map(|test| test.statistic),
        "p_chisq_yates": yates.map(|test| test.p_value),
        "p_fisher_two_sided": fisher_two_sided(first, second),
        "cohen_h": cohen_h(first, second),
    })
}

fn p_adjust(args: &Value) -> Result<Value, String> {
    let list = args["p"].as_array().ok_or("args.p is no list")?;
    let p: Vec<Option<f64>> = list.iter().map(Value::as_f64).collect();
    Ok(json!({
        "holm": multiplicity::holm(&p),
        "hochberg": multiplicity::hochberg(&p),
        "bonferroni": multiplicity::bonferroni(&p),
        "bh": multiplicity::benjamini_hochberg(&p),
        "by": multiplicity::benjamini_yekutieli(&p),
    }))
}

/// How often each score 1..=5 was given, and how often none, over the rows and items selected.
struct Counts {
    levels: [u64; 5],
    missing: u64,
}

impl Counts {
    fn of(table: &Table, selected: &[bool], items: &[String]) -> Result<Self, String> {
        let mut counts = Self { levels: [0; 5], missing: 0 };
        for item in items {
            let scores = table.numbers(item)?;
            for score in scores.iter().zip(selected).filter(|(_, selected)| **selected).map(|(score, _)| score) {
                match score {
                    None => counts.missing += 1,
                    Some(score) => {
                        let level = (1_u8..=5).position(|level| (f64::from(level) - score).abs() < 1e-9);
                        counts.levels[level.ok_or_else(|| format!("{score} is no score"))?] += 1;
                    }
                }
            }
        }
        Ok(counts)
    }

    fn satisfied(&self) -> u64 {
        self.levels[3] + self.levels[4]
    }

    fn answers(&self) -> u64 {
        self.levels.iter().sum()
    }

    fn share(&self) -> Option<Proportion> {
        Proportion::new(self.satisfied(), self.answers())
    }
}

fn unweighted_share(case: &Value, meta: &Value, dir: &Path) -> Result<Value, String> {
    let table = Table::read(dir, &case["data"])?;
    let selected = table.selected(&case["where"])?;
    let counts = Counts::of(&table, &selected, &strings(&case["items"]))?;
    let (share, level) = (counts.share(), confidence(case, meta)?);
    // The names of the one-sided bounds hold their level.
    let one_sided = Confidence::NINETY_FIVE;
    let mut result = json!({
        "n": counts.answers(),
        "x": counts.satisfied(),
        "p": share.map(Proportion::value),
        "ci": intervals(share, level),
        "lower95_1s_cp": share.map(|share| clopper_pearson_lower_bound(share, one_sided)),
        "upper95_1s_cp": share.map(|share| clopper_pearson_upper_bound(share, one_sided)),
        "counts": counts.levels,
        "missing": counts.missing,
    });
    if meta["targets"].is_array() {
        result["targets"] = tests_against(share, &meta["targets"])?;
    }
    Ok(result)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn unweighted_macro(case: &Value, dir: &Path) -> Result<Value, String> {
    let table = Table::read(dir, &case["data"])?;
    let selected = table.selected(&case["where"])?;
    let name = |item: u32| format!("q{item:02}");
    let all: Vec<String> = (1..=22).map(name).collect();
    let share_of = |items: &[String]| Ok(Counts::of(&table, &selected, items)?.share().map(Proportion::value));
    let items = all.iter().map(|item| share_of(std::slice::from_ref(item))).collect::<Result<Vec<_>, String>>()?;
    let factor = |(first, last): &(u32, u32)| share_of(&(*first..=*last).map(name).collect::<Vec<_>>());
    let factors = FACTORS.iter().map(factor).collect::<Result<Vec<_>, String>>()?;
    let mut tallies = vec![(0.0, 0.0); table.n_rows];
    for item in &all {
        for ((satisfied, answers), score) in tallies.iter_mut().zip(table.satisfied(item)?) {
            *satisfied += score.unwrap_or(0.0);
            *answers += f64::from(u8::from(score.is_some()));
        }
    }
    let chosen: Vec<(f64, f64)> =
        tallies.into_iter().zip(&selected).filter(|(_, selected)| **selected).map(|(tally, _)| tally).collect();
    let shares: Vec<f64> =
        chosen.iter().filter(|tally| tally.1 > 0.0).map(|(satisfied, answers)| satisfied / answers).collect();
    // A mean over items of which one has no answer is undefined, as in R.
    let mean_of =
        |shares: Vec<Option<f64>>| shares.into_iter().collect::<Option<Vec<f64>>>().and_then(|all| mean(&all));
    Ok(json!({
        "mean_of_item_shares": mean_of(items),
        "mean_of_factor_shares": mean_of(factors),
        "mean_of_respondent_shares": mean(&shares),
        "respondents_with_any_answer": shares.len(),
        "respondents_all_missing": chosen.len() - shares.len(),
    }))
}
