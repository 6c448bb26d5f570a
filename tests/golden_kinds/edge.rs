//! Kind of g15: tiny designs at the edge of what can be estimated.

use std::path::Path;

use serde_json::{Value, json};
use sipas::stats::design_interval::ShareInterval;
use sipas::stats::estimate::Responses;
use sipas::stats::variance::{LonelyCluster, LonelyRule};

use crate::Outcome;
use crate::table::{Table, confidence, design_spec, pair};

pub fn compute(case: &Value, meta: &Value, dir: &Path) -> Outcome {
    (case["kind"] == json!("edge")).then(|| edge(case, meta, dir))
}

fn lonely_rule(args: &Value) -> Result<LonelyRule, String> {
    let clusters = match args["lonely_psu"].as_str() {
        None | Some("fail") => LonelyCluster::Fail,
        Some("remove") => LonelyCluster::Remove,
        Some("certainty") => LonelyCluster::Certainty,
        Some("adjust") => LonelyCluster::Adjust,
        Some("average") => LonelyCluster::Average,
        Some(other) => return Err(format!("lonely rule {other} is unknown")),
    };
    Ok(LonelyRule { clusters, in_domains: args["adjust_domain_lonely"] == json!(true) })
}

fn edge(case: &Value, meta: &Value, dir: &Path) -> Result<Value, String> {
    let file = Table::read(dir, &case["data"])?;
    let name = case["case"].as_str().ok_or("the case names no part of the file")?;
    let part: Vec<bool> = file.text("case")?.iter().map(|label| label == name).collect();
    let table = file.filtered(&part);
    let design = table.design(&design_spec(case, meta)?)?.with_lonely_rule(lonely_rule(&case["args"])?);
    let values = table.numbers("y")?;
    let inside = match case["args"]["domain"].as_str() {
        None => vec![true; table.n_rows],
        Some(condition) => {
            let (column, wanted) =
                condition.split_once("==").ok_or(format!("condition {condition} is not column==value"))?;
            table.text(column.trim())?.iter().map(|value| value == wanted.trim()).collect()
        }
    };
    let responses = Responses::single(&values).within(&inside);
    let answered = responses.answered();
    let Some(share) = design.mean(&responses).map_err(|error| error.to_string())? else {
        return Ok(json!({"n": 0, "est": null, "se": null, "df": null}));
    };
    let total = design.total(&responses.sums, &answered).map_err(|error| error.to_string())?;
    let confidence = confidence(case, meta)?;
    let limits = |method| pair(share.interval(method, confidence));
    // The reference gives limits only where there is something to say: 0 < p < 1, a positive error, degrees of freedom.
    let ci = if share.effective_n().is_some() && share.degrees_of_freedom > 0.0 {
        json!({
            "xlogit": limits(ShareInterval::Logit),
            "beta": limits(ShareInterval::Beta),
            "mean": limits(ShareInterval::Mean),
        })
    } else {
        Value::Null
    };
    Ok(json!({
        "n": share.moments.answers,
        "est": share.mean,
        "se": share.standard_error(),
        "df": share.degrees_of_freedom,
        "deff": share.design_effect(),
        "total": total.value,
        "total_se": total.standard_error(),
        "kish_neff": share.kish_effective_n(),
        "ci": ci,
    }))
}
