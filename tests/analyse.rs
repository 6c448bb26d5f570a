//! `sipas analyse` against the golden answers, and what it refuses.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sipas::analyse::{AnalyseError, run};

#[path = "analyse/given_replicates.rs"]
mod given_replicates;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn golden(file: &str) -> PathBuf {
    root().join("tests/golden").join(file)
}

fn example(file: &str) -> PathBuf {
    root().join("tests/data/analyse").join(file)
}

/// `expect` of a golden case.
fn expected(file: &str, id: &str) -> Value {
    let text = std::fs::read_to_string(golden(file)).expect("a golden file");
    let file: Value = serde_json::from_str(&text).expect("a JSON file");
    let cases = file["cases"].as_array().expect("a list of cases");
    let case = cases.iter().find(|case| case["id"] == id).unwrap_or_else(|| panic!("no golden case {id}"));
    case["expect"].clone()
}

fn analysed(data: &str, spec: &str) -> Value {
    run(&golden(data), &example(spec)).unwrap_or_else(|error| panic!("{error}"))
}

/// The entry of a result, for the whole sample or one level of a domain.
fn entry<'a>(answer: &'a Value, list: &str, result: &str, domain: Option<(&str, &str)>) -> &'a Value {
    let fits = |entry: &&Value| {
        entry["result"] == result
            && match domain {
                None => entry.get("domain").is_none(),
                Some((name, "")) => entry["domain"] == name,
                Some((name, level)) => entry["domain"] == name && entry["level"] == level,
            }
    };
    answer[list].as_array().expect("a list").iter().find(fits).unwrap_or_else(|| panic!("no {result} {domain:?}"))
}

/// Class `linalg` of the golden answers: relative 1e-8, absolute 1e-12.
fn assert_close(actual: &Value, expected: &Value, relative: f64, what: &str) {
    match (actual, expected) {
        (Value::Array(actual), Value::Array(expected)) => {
            assert_eq!(actual.len(), expected.len(), "{what}");
            for (actual, expected) in actual.iter().zip(expected) {
                assert_close(actual, expected, relative, what);
            }
        }
        (actual, Value::Object(named)) if named.len() == 1 => {
            named.values().for_each(|expected| assert_close(actual, expected, relative, what));
        }
        _ => {
            let (actual, expected) = (actual.as_f64().expect(what), expected.as_f64().expect(what));
            let allowed = 1e-12 + relative * expected.abs();
            assert!((actual - expected).abs() <= allowed, "{what}: {actual}, the reference has {expected}");
        }
    }
}

const LINALG: f64 = 1e-8;

fn assert_fields(actual: &Value, expected: &Value, names: &[(&str, &str)], what: &str) {
    for (ours, theirs) in names {
        assert_close(&actual[*ours], &expected[*theirs], LINALG, &format!("{what} {ours}"));
    }
}

const SHARE_FIELDS: [(&str, &str); 10] = [
    ("n", "n"),
    ("satisfied", "x"),
    ("weight_sum", "sum_w"),
    ("estimate", "p"),
    ("standard_error", "se"),
    ("degrees_of_freedom", "df"),
    ("design_effect", "deff"),
    ("design_effect_replace", "deff_replace"),
    ("kish_effective_n", "kish_neff"),
    ("effective_n_korn_graubard", "n_eff_kg"),
];

const FIELDS: [&str; 5] = ["health", "education", "land", "civil_status", "construction"];

#[test]
fn shares_of_a_clustered_sample_equal_r_survey_for_the_whole_sample_and_every_field() {
    let answer = analysed("sipas_main.csv", "shares.toml");
    for item in ["q01", "q07", "q12", "q20", "overall"] {
        let unit = if item == "overall" { "question" } else { "item" };
        for field in ["all"].iter().chain(&FIELDS) {
            let id = format!("wt.D2.{unit}.{item}.{field}");
            let expected = expected("g03_weighted_shares.json", &id);
            let domain = (*field != "all").then_some(("field", *field));
            let actual = entry(&answer, "results", item, domain);
            assert_fields(actual, &expected, &SHARE_FIELDS, &id);
            let names = [("mean", "mean"), ("logit", "xlogit"), ("asin", "asin"), ("beta", "beta")];
            for (ours, theirs) in names.into_iter().chain([("wilson_t", "wilson_t"), ("wilson_z", "wilson_z")]) {
                assert_close(&actual["intervals"][ours], &expected["ci"][theirs], LINALG, &format!("{id} {ours}"));
            }
            // Class `loose`: R interpolates the profile likelihood.
            assert_close(&actual["intervals"]["likelihood"], &expected["ci"]["likelihood"], 1e-3, &id);
            let at_90 = expected["targets"].as_array().expect("targets").iter().find(|test| test["target"] == 0.9);
            let names = [("t", "t"), ("p_greater", "p_greater"), ("p_greater_logit", "p_greater_logit")];
            assert_fields(&actual["targets"][1], at_90.expect("a test at 0.9"), &names, &id);
        }
    }
}

#[test]
fn pooled_factors_and_scores_equal_r_survey_with_covariance_and_adjusted_comparisons() {
    let answer = analysed("sipas_main.csv", "shares.toml");
    for field in FIELDS {
        let share = expected("g03_weighted_shares.json", &format!("wt.D2.factor.staff.{field}"));
        assert_fields(entry(&answer, "results", "staff", Some(("field", field))), &share, &SHARE_FIELDS, field);
        let score = expected("g07_scores.json", &format!("score.D2.factor.staff.{field}"));
        let names =
            [("estimate", "mean"), ("standard_error", "se"), ("standard_deviation", "sd_w"), ("design_effect", "deff")];
        assert_fields(entry(&answer, "results", "staff_score", Some(("field", field))), &score, &names, field);
    }
    let expected = expected("g04_domains_composites.json", "dom.D2.staff.field");
    let comparison = entry(&answer, "comparisons", "staff", Some(("field", "")));
    let pairs = comparison["pairs"].as_array().expect("pairs");
    for theirs in expected["pairs"].as_array().expect("pairs") {
        // Ours are in alphabetical order, so a pair may stand the other way round.
        let same = |pair: &&Value| {
            (pair["a"] == theirs["a"] && pair["b"] == theirs["b"])
                || (pair["a"] == theirs["b"] && pair["b"] == theirs["a"])
        };
        let ours = pairs.iter().find(same).expect("every pair is compared");
        let names = [("standard_error", "se"), ("p", "p"), ("p_adjusted", "p_holm")];
        assert_fields(ours, theirs, &names, "pair");
    }
}

#[test]
fn covariance_of_domains_of_two_columns_equals_r_survey() {
    let answer = analysed("sipas_main.csv", "shares.toml");
    let expected = expected("g04_domains_composites.json", "dom.D2.all_items.sex_age");
    let comparison = entry(&answer, "comparisons", "all_items", Some(("sex_age", "")));
    let ours = comparison["levels"].as_array().expect("levels");
    let theirs = expected["levels"].as_array().expect("levels");
    for (i, level) in theirs.iter().enumerate() {
        let at = ours.iter().position(|label| label == level).expect("the level is there");
        assert_close(&comparison["estimates"][at], &expected["est"][i], LINALG, "estimate");
        for (j, other) in theirs.iter().enumerate() {
            let at_other = ours.iter().position(|label| label == other).expect("the level is there");
            assert_close(&comparison["covariance"][at][at_other], &expected["vcov"][i][j], LINALG, "covariance");
        }
    }
}

#[test]
fn composite_indices_equal_r_survey() {
    let answer = analysed("sipas_main.csv", "index.toml");
    let names = [("estimate", "index"), ("standard_error", "se"), ("degrees_of_freedom", "df"), ("interval", "ci_t")];
    for (index, id, domain) in [
        ("mean_of_factors", "comp.D2.mean_of_factors.all", None),
        ("custom_weights", "comp.D2.custom_weights.all", None),
        ("mean_of_factors", "comp.D2.mean_of_factors.land", Some(("field", "land"))),
        ("mean_of_factors", "comp.D2.mean_of_factors.health", Some(("field", "health"))),
    ] {
        assert_fields(
            entry(&answer, "indices", index, domain),
            &expected("g04_domains_composites.json", id),
            &names,
            id,
        );
    }
}

#[test]
fn two_stage_designs_equal_r_survey_in_single_estimates_and_comparisons() {
    let answer = analysed("sipas_main.csv", "two_stage.toml");
    for (result, id) in
        [("q01", "wt.D3.item.q01.all"), ("q07", "wt.D3.item.q07.all"), ("all_items", "wt.D3.overall.all_items.all")]
    {
        let expected = expected("g03_weighted_shares.json", id);
        assert_fields(entry(&answer, "results", result, None), &expected, &SHARE_FIELDS, id);
    }
    for field in FIELDS {
        let id = format!("wt.D3.overall.all_items.{field}");
        let expected = expected("g03_weighted_shares.json", &id);
        assert_fields(entry(&answer, "results", "all_items", Some(("field", field))), &expected, &SHARE_FIELDS, &id);
    }
    let expected = expected("g04_domains_composites.json", "dom.D3.q07.field");
    let pairs = entry(&answer, "comparisons", "q07", Some(("field", "")))["pairs"].as_array().expect("pairs").clone();
    for theirs in expected["pairs"].as_array().expect("pairs") {
        let names: [(&str, &str); 2] = [("standard_error", "se"), ("p_adjusted", "p_holm")];
        let mut both = [theirs["a"].as_str(), theirs["b"].as_str()];
        both.sort_unstable();
        let ours = pairs.iter().find(|pair| pair["a"].as_str() == both[0] && pair["b"].as_str() == both[1]);
        assert_fields(ours.expect("every pair is compared"), theirs, &names, "pair");
    }
}

#[test]
fn weights_without_clusters_equal_r_survey() {
    let spec = written(
        "weights_only",
        "[design]\nweight = \"w\"\n\n[[result]]\nkind = \"share\"\neach = [\"q01\", \"q20\"]\nintervals = [\"beta\"]\n",
    );
    let answer = run(&golden("sipas_main.csv"), &spec).expect("a good design");
    for item in ["q01", "q20"] {
        let id = format!("wt.D0.item.{item}.all");
        let expected = expected("g03_weighted_shares.json", &id);
        let actual = entry(&answer, "results", item, None);
        assert_fields(actual, &expected, &SHARE_FIELDS, &id);
        assert_close(&actual["intervals"]["beta"], &expected["ci"]["beta"], LINALG, &id);
    }
}

#[test]
fn a_filter_leaves_the_design_whole() {
    for (example_file, design) in [("shares.toml", "D2"), ("two_stage.toml", "D3")] {
        let text = std::fs::read_to_string(example(example_file)).expect("the example");
        let spec = written(&format!("filtered_{example_file}"), &format!("{text}\n[filter]\nfield = \"land\"\n"));
        let answer = run(&golden("sipas_main.csv"), &spec).expect("a good design");
        let id = format!("wt.{design}.overall.all_items.land");
        let expected = expected("g03_weighted_shares.json", &id);
        assert_fields(entry(&answer, "results", "all_items", None), &expected, &SHARE_FIELDS, &id);
        assert_eq!(answer["design"]["rows"], 2984);
    }
}

#[test]
fn the_same_file_with_quotes_and_windows_line_ends_says_the_same() {
    let text = std::fs::read_to_string(golden("sipas_main.csv")).expect("the data");
    let quoted: String = text
        .lines()
        .map(|line| line.split(',').map(|field| format!("\"{field}\"")).collect::<Vec<_>>().join(",") + "\r\n")
        .collect();
    let other = run(&written("quoted.csv", &quoted), &example("index.toml")).expect("a good design");
    assert_eq!(analysed("sipas_main.csv", "index.toml")["indices"], other["indices"]);
}

const ITEMS_OF_G05: [&str; 6] = ["overall", "q01", "q07", "q12", "q16", "q20"];

fn assert_calibration(answer: &Value, id: &str) {
    let expected = expected("g05_calibration.json", id);
    assert_close(&answer["calibration"]["ratio_min"], &expected["g_min"], LINALG, id);
    assert_close(&answer["calibration"]["ratio_max"], &expected["g_max"], LINALG, id);
    assert_close(&answer["calibration"]["weights"]["kish_effective_n"], &expected["weights"]["kish_neff"], LINALG, id);
    for item in ITEMS_OF_G05 {
        let actual = entry(answer, "results", item, None);
        let names = [("estimate", "est"), ("standard_error", "se"), ("degrees_of_freedom", "df")];
        assert_fields(actual, &expected["estimates"][item], &names, &format!("{id} {item}"));
    }
    let overall = &entry(answer, "results", "overall", None)["intervals"];
    assert_close(&overall["logit"], &expected["overall_ci"]["xlogit"], LINALG, id);
    assert_close(&overall["beta"], &expected["overall_ci"]["beta"], LINALG, id);
    for (at, field) in FIELDS.iter().enumerate() {
        let actual = entry(answer, "results", "overall", Some(("field", field)));
        assert_close(&actual["estimate"], &expected["overall_by_field"]["est"][at], LINALG, field);
        assert_close(&actual["standard_error"], &expected["overall_by_field"]["se"][at], LINALG, field);
    }
}

#[test]
fn raked_weights_and_their_variances_equal_r_survey() {
    assert_calibration(&analysed("sipas_main.csv", "rake.toml"), "cal.rake_sex_age_commune");
}

#[test]
fn every_other_calibration_equals_r_survey() {
    let rake = std::fs::read_to_string(example("rake.toml")).expect("the example");
    let (head, rest) = rake.split_once("[calibration]").expect("the example calibrates");
    let (_, results) = rest.split_once("[[domain]]").expect("the example has a domain");
    let sex = "[[calibration.margin]]\ncolumns = [\"sex\"]\ntotals = { F = 88891, M = 84845 }\n";
    let age = "[[calibration.margin]]\ncolumns = [\"age\"]\ntotals = { \"18-34\" = 58984, \"35-54\" = 69653, \"55+\" = 45099 }\n";
    let cells = format!(
        "[[calibration.margin]]\ncolumns = [\"sex\", \"age\"]\nfile = '{}'\ncount = \"count\"\nwhere = {{ margin = \"sex_age\" }}\n",
        golden("sipas_margins.csv").display()
    );
    for (method, margins, id) in [
        ("\"poststratify\"", cells.as_str(), "cal.ps_sex_age"),
        ("\"rake\"", &format!("{sex}{age}"), "cal.rake_sex_age"),
        ("\"linear\"", &format!("{sex}{age}"), "cal.cal_linear"),
        ("\"exponential\"", &format!("{age}{sex}"), "cal.cal_raking"),
        ("\"logit\"\nbounds = [0.5, 2.0]", &format!("{sex}{age}"), "cal.cal_logit"),
    ] {
        let text = format!("{head}[calibration]\nmethod = {method}\n{margins}\n[[domain]]{results}");
        let answer =
            run(&golden("sipas_main.csv"), &written(id, &text)).unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_calibration(&answer, id);
    }
}

#[test]
fn the_change_between_two_periods_with_shared_clusters_equals_r_survey() {
    let answer = run(&golden("sipas_panel.csv"), &example("change.toml")).expect("a good design");
    let expected = expected("g09_trend_multiplicity.json", "trend.D2.all");
    let share = &entry(&answer, "comparisons", "satisfied", Some(("period", "")))["pairs"][0];
    let names =
        [("difference", "diff_p2_minus_p1"), ("standard_error", "se"), ("p", "p_two_sided"), ("interval", "ci_t")];
    assert_fields(share, &expected, &names, "share");
    let score = &entry(&answer, "comparisons", "score", Some(("period", "")))["pairs"][0];
    assert_fields(
        score,
        &expected,
        &[("difference", "mean_score_diff"), ("standard_error", "mean_score_diff_se")],
        "score",
    );
}

#[test]
fn the_hand_case_comes_out_from_its_file() {
    let answer = run(&example("hand.csv"), &example("hand.toml")).expect("a good design");
    let edge = expected("g15_edge.json", "edge.hand.st");
    let share = entry(&answer, "results", "satisfied", None);
    let names =
        [("estimate", "est"), ("standard_error", "se"), ("design_effect", "deff"), ("kish_effective_n", "kish_neff")];
    assert_fields(share, &edge, &names, "hand case");
    assert_close(&share["intervals"]["mean"], &edge["ci"]["mean"], LINALG, "hand case");
    // By hand: totals of w · visits per group are 6, 8, 9, 15, so T = 38 and V = 2·(1² + 1²) + 2·(3² + 3²) = 40.
    let visits = entry(&answer, "results", "visits", None);
    assert_close(&visits["estimate"], &Value::from(38.0), 1e-14, "total of visits");
    assert_close(&visits["standard_error"], &Value::from(40.0_f64.sqrt()), 1e-14, "its standard error");
    // By hand: seven rows have minutes; Σ w minutes = 2·102 + 3·80 = 444, Σ w visits = 2·7 + 3·4 = 26.
    let ratio = entry(&answer, "results", "minutes_per_visit", None);
    assert_close(&ratio["estimate"], &Value::from(444.0 / 26.0), 1e-14, "minutes per visit");
}

/// Writes a file for one test.
fn written(name: &str, text: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("sipas-analyse-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory for the test");
    let path = dir.join(name);
    std::fs::write(&path, text).expect("a file for the test");
    path
}

/// The refusal of `csv` under the hand design with `change` made to its text.
fn refusal(name: &str, csv: &str, change: (&str, &str)) -> AnalyseError {
    let spec = std::fs::read_to_string(example("hand.toml")).expect("the example");
    assert!(spec.contains(change.0), "the example holds {:?}", change.0);
    let spec = written(&format!("{name}.toml"), &spec.replacen(change.0, change.1, 1));
    run(&written(&format!("{name}.csv"), csv), &spec).expect_err("must be refused")
}

fn hand_csv() -> String {
    std::fs::read_to_string(example("hand.csv")).expect("the example")
}

const UNCHANGED: (&str, &str) = ("", "");

#[test]
fn bad_rows_are_all_reported_with_line_and_column() {
    let csv = hand_csv()
        .replace("north,1,2,4,1,A,15,2", "north,1,0,4,1,A,15,2")
        .replace("north,2,2,4,1,A,30,1", "north,2,2,4,7,A,30,1")
        .replace("south,3,3,6,0,B,50,2", "south,3,3,6,0,B,fifty,2")
        .replace("south,4,3,6,1,B,10,1", "south,4,3,6,1,B,10");
    let AnalyseError::Rows { problems, .. } = refusal("bad_rows", &csv, UNCHANGED) else { panic!("rows are refused") };
    let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "line 3, column weight: the weight is \"0\"; it must be a number larger than 0",
            "line 4, column satisfied: the answer is \"7\"; it must be 0 to 1 or missing",
            "line 6, column minutes: \"fifty\" is not a number",
            "line 8: has 7 fields, the header has 8",
        ]
    );
}

#[test]
fn a_cluster_in_two_strata_is_refused_with_both_names() {
    let csv = hand_csv().replace("south,3,3,6,1,A,20,1", "south,1,3,6,1,A,20,1");
    let text = refusal("two_strata", &csv, UNCHANGED).to_string();
    assert!(text.contains("line 7, column group: cluster 1 occurs in stratum north and in stratum south"), "{text}");
}

#[test]
fn a_population_smaller_than_the_sample_is_refused() {
    let with_sizes = ("cluster = \"group\"", "cluster = \"group\"\nclusters_in_population = \"groups_in_commune\"");
    let csv = hand_csv().replace("north,1,2,4", "north,1,2,1").replace("north,2,2,4", "north,2,2,1");
    let text = refusal("small_population", &csv, with_sizes).to_string();
    assert!(text.contains("stratum north has 2 sampled clusters but only 1 in the population"), "{text}");
}

#[test]
fn a_stratum_with_one_cluster_is_refused_by_name_unless_a_rule_is_given() {
    let csv = hand_csv().replace("south,4,", "south,3,");
    let text = refusal("lonely", &csv, UNCHANGED).to_string();
    assert!(text.contains("stratum south has only one cluster"), "{text}");
}

#[test]
fn a_margin_that_misses_a_level_is_refused_in_either_direction() {
    let margin = |totals: &str| {
        format!(
            "[calibration]\nmethod = \"rake\"\n[[calibration.margin]]\ncolumns = [\"counter\"]\ntotals = {totals}\n\n[[domain]]"
        )
    };
    let text = refusal("missing_level", &hand_csv(), ("[[domain]]", &margin("{ A = 20 }"))).to_string();
    assert!(text.contains("line 5, column counter: \"B\" has no total in the margin counter"), "{text}");
    let text = refusal("empty_level", &hand_csv(), ("[[domain]]", &margin("{ A = 8, B = 8, C = 4 }"))).to_string();
    assert!(text.contains("the margin counter counts 4 people in C, but nobody in the file is there"), "{text}");
}

#[test]
fn mistakes_in_the_description_are_refused_with_their_line() {
    for (name, change, line, says) in [
        ("unknown_key", ("strata = ", "startum = "), 9, "unknown field `startum`"),
        ("unknown_column", ("\"commune\"", "\"ward\""), 9, "the file has no column \"ward\"; it has commune, group"),
        (
            "unknown_kind",
            ("\"ratio\"", "\"rate\""),
            24,
            "kind \"rate\" is unknown; use one of share, mean, total, ratio",
        ),
        ("unknown_interval", ("\"mean\"]", "\"wald\"]"), 20, "\"wald\" is unknown; use one of mean, logit"),
        ("unknown_domain", ("[\"counter\"]\nintervals", "[\"office\"]\nintervals"), 19, "\"office\" is unknown"),
    ] {
        let AnalyseError::Spec { line: at, text, .. } = refusal(name, &hand_csv(), change) else {
            panic!("{name} is refused by the description")
        };
        assert!(text.contains(says), "{name}: {text}");
        assert_eq!(at, line, "{name}: {text}");
    }
}

#[test]
fn the_order_of_the_rows_changes_nothing_but_the_last_digits() {
    let text = std::fs::read_to_string(golden("sipas_main.csv")).expect("the data");
    let mut lines: Vec<&str> = text.lines().collect();
    let header = lines.remove(0);
    lines.reverse();
    lines.sort_by_key(|line| line.len() % 7); // clusters and strata interleaved
    let shuffled = written("shuffled.csv", &format!("{header}\n{}\n", lines.join("\n")));
    for spec in ["shares.toml", "rake.toml", "two_stage.toml"] {
        let plain = analysed("sipas_main.csv", spec);
        let other = run(&shuffled, &example(spec)).expect("a good design");
        for (a, b) in
            plain["results"].as_array().into_iter().flatten().zip(other["results"].as_array().into_iter().flatten())
        {
            assert_close(&b["estimate"], &a["estimate"], 1e-12, spec);
            assert_close(&b["standard_error"], &a["standard_error"], 1e-9, spec);
        }
    }
}

/// Four rows in one stratum, analysed as `wanted` says.
fn four_rows(name: &str, wanted: &str) -> Result<Value, AnalyseError> {
    let folder = std::env::temp_dir().join(format!("sipas-whole-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let (data, spec) = (folder.join("rows.csv"), folder.join("spec.toml"));
    std::fs::write(&data, "x,y,w\n0,1,1\n0,3,1\n1,4,1\n1,6,5\n").expect("written");
    std::fs::write(&spec, wanted).expect("written");
    let answer = run(&data, &spec);
    std::fs::remove_dir_all(&folder).expect("gone");
    answer
}

#[test]
fn quantiles_regressions_and_replicates_are_those_counted_by_hand() {
    let wanted = "[[quantile]]\ncolumn = \"y\"\nprobabilities = [0.5]\n[[regression]]\nkind = \"linear\"\noutcome = \"y\"\npredictors = \
                  [\"x\"]\n[[replicate]]\nmethod = \"jackknife\"\ncolumn = \"y\"\n";
    let answer = four_rows("hand", wanted).unwrap_or_else(|error| panic!("{error}"));
    // The second of 1, 3, 4, 6 is where half of the weight is reached.
    assert_close(&answer["quantiles"][0]["estimate"], &serde_json::json!(3.0), 1e-12, "the median");
    // By hand: y = 2 + 3x, residuals ∓1; influences of the slope ±½, so its variance is 4/3 · 4 · ¼ (R: sqrt(4/3) by svyglm).
    let slope = &answer["regressions"][0]["coefficients"][1];
    assert_close(&slope["estimate"], &serde_json::json!(3.0), 1e-9, "the slope");
    assert_close(&slope["standard_error"], &serde_json::json!((4.0_f64 / 3.0).sqrt()), 1e-9, "its error");
    // The jackknife of a mean is its usual error: √(s²/n), s² = (2.5² + 0.5² + 0.5² + 2.5²)/3 = 13/3.
    let mean = &answer["replicates"][0];
    assert_close(&mean["estimate"], &serde_json::json!(3.5), 1e-12, "the mean");
    assert_close(&mean["standard_error"], &serde_json::json!((13.0_f64 / 12.0).sqrt()), 1e-9, "its error");
}

#[test]
fn weights_are_cut_for_every_result_and_what_cannot_be_is_refused() {
    let wanted = "[design]\nweight = \"w\"\ntrim = 3.0\n[[result]]\nkind = \"total\"\ncolumn = \"x\"\n[[replicate]]\nmethod = \
                  \"jackknife\"\ncolumn = \"x\"\n";
    let answer = four_rows("trim", wanted).unwrap_or_else(|error| panic!("{error}"));
    // 5 is cut to 3, and the 2 are spread over three rows: 5/3 each. Rows with x = 1 weigh 5/3 + 3 of 8.
    assert_close(&entry(&answer, "results", "x", None)["estimate"], &serde_json::json!(14.0 / 3.0), 1e-12, "the total");
    assert_close(&answer["replicates"][0]["estimate"], &serde_json::json!(14.0 / 24.0), 1e-12, "the mean");
    for wanted in [
        "[design]\ntrim = 3.0\n",
        "[[quantile]]\ncolumn = \"y\"\nprobabilities = [50.0]\n",
        "[[regression]]\nkind = \"cubic\"\noutcome = \"y\"\npredictors = [\"x\"]\n",
    ] {
        let wanted = format!("{wanted}[[result]]\nkind = \"total\"\ncolumn = \"x\"\n");
        assert!(matches!(four_rows("refused", &wanted), Err(AnalyseError::Spec { .. })), "{wanted}");
    }
}

/// The R code of the documentation runs as it stands there, where R and its package `survey` are installed (Debian: r-cran-survey).
#[test]
fn the_r_code_of_the_documentation_runs_where_r_is_installed() {
    let r = |code: &str| {
        let code = format!("suppressMessages(library(survey))\n{code}");
        std::process::Command::new("Rscript").arg("-e").arg(code).current_dir(root()).output()
    };
    if !r("").is_ok_and(|ran| ran.status.success()) {
        eprintln!("skipped: R with its package survey is not installed here (Debian: apt-get install r-cran-survey)");
        return;
    }
    let text = include_str!("../docs/analyse.md");
    let snippets: Vec<&str> = text.split("```r\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(snippets.len() >= 4, "{}", snippets.len());
    // One after the other: each goes on with what those before it made.
    let ran = r(&snippets.join("\n")).expect("R starts");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn replicate_weights_of_the_file_give_the_errors_of_r() {
    // The factors that R drew for each group, written beside each row; g06 holds what svrepdesign makes of them.
    let factors = std::fs::read_to_string(golden("sipas_reps_boot_raowu_D1.csv")).expect("factors");
    let of_group: HashMap<&str, &str> = factors.lines().filter_map(|line| line.split_once(',')).collect();
    let main = std::fs::read_to_string(golden("sipas_main.csv")).expect("answers");
    let satisfied = |answer: &str| match answer.parse::<u8>() {
        Ok(level) => u8::from(level >= 4).to_string(),
        Err(_) => "NA".to_owned(),
    };
    let mut combined = Vec::new();
    let mut apart = Vec::new();
    for (at, line) in main.lines().enumerate() {
        let fields: Vec<&str> = line.split(',').collect();
        let own = of_group[fields[2]];
        if at == 0 {
            apart.push(format!("commune,tdp,w,y,{own}"));
            combined.push(format!("commune,tdp,w,y,{own}"));
            continue;
        }
        let begin = format!("{},{},{},{}", fields[1], fields[2], fields[8], satisfied(fields[36]));
        let weight: f64 = fields[8].parse().expect("a weight");
        let times = |factor: &str| (weight * factor.parse::<f64>().expect("a factor")).to_string();
        apart.push(format!("{begin},{own}"));
        combined.push(format!("{begin},{}", own.split(',').map(times).collect::<Vec<_>>().join(",")));
    }
    let expect = expected("g06_replicates.json", "rep.boot_raowu_D1");
    let expect = &expect["estimates"]["overall"];
    for (name, rows, says) in [
        ("given-apart", &apart, "kind = \"bootstrap\"\ncombined = false"),
        ("given-combined", &combined, "kind = \"bootstrap\""),
        ("given-other", &combined, "kind = \"other\"\nscale = 0.02564102564102564\nmse = true"),
    ] {
        let data = written(&format!("{name}.csv"), &rows.join("\n"));
        let spec = format!(
            "[responses]\nmissing = [\"NA\"]\n[design]\nweight = \"w\"\nstrata = \"commune\"\ncluster = \"tdp\"\n[[replicate]]\nmethod = \"given\"\ncolumn = \"y\"\nweights = [\"r*\"]\n{says}\n"
        );
        let answer = run(&data, &written(&format!("{name}.toml"), &spec)).unwrap_or_else(|error| panic!("{error}"));
        let found = &answer["replicates"][0];
        assert_eq!((&found["method"], &found["replicates"]), (&Value::from("given"), &Value::from(40)));
        assert_close(&found["estimate"], &expect["est"], 1e-8, name);
        let error = if says.contains("mse") { "se_mse" } else { "se" };
        assert_close(&found["standard_error"], &expect[error], 1e-8, name);
        assert_close(&found["degrees_of_freedom"], &expect["df"], 1e-8, name);
    }
    let data = written("given-bad.csv", &apart.join("\n"));
    for (says, wanted) in [
        ("weights = [\"x*\"]\nkind = \"JK1\"", "has no column"),
        ("weights = [\"r*\"]\nkind = \"JKn\"", "needs rscales"),
        ("weights = [\"r*\"]\nkind = \"JKn\"\nrscales = [1.0, 1.0]", "rscales has 2 numbers for 40 columns"),
        ("weights = [\"r*\"]\nkind = \"Fay\"", "needs rho"),
        ("weights = [\"r*\"]\nkind = \"other\"", "needs scale"),
        ("kind = \"JK1\"", "needs weights"),
    ] {
        let spec = format!("[design]\nweight = \"w\"\n[[replicate]]\nmethod = \"given\"\ncolumn = \"y\"\n{says}\n");
        let error = run(&data, &written("given-bad.toml", &spec)).expect_err(says);
        assert!(error.to_string().contains(wanted), "{says}: {error}");
    }
}

#[test]
fn the_python_code_of_the_documentation_gives_what_the_command_gives() {
    let python = |code: &str| std::process::Command::new("python3").arg("-c").arg(code).current_dir(root()).output();
    if !python("").is_ok_and(|ran| ran.status.success()) {
        eprintln!("skipped: Python 3 is not installed here (Debian: apt-get install python3)");
        return;
    }
    let text = include_str!("../docs/analyse.md");
    let snippets: Vec<&str> = text.split("```python\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let ran = python(&snippets.join("\n")).expect("Python starts");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let printed = String::from_utf8(ran.stdout).expect("text");
    let number = |word: &str| Value::from(word.parse::<f64>().expect("a number"));
    let lines: Vec<Vec<Value>> = printed.lines().map(|line| line.split(' ').map(number).collect()).collect();
    let hand = run(&example("hand.csv"), &example("hand.toml")).unwrap_or_else(|error| panic!("{error}"));
    let shares = analysed("sipas_main.csv", "shares.toml");
    let found = [entry(&hand, "results", "satisfied", None), entry(&shares, "results", "q01", None)];
    assert_eq!(lines.len(), found.len());
    for (line, found) in lines.iter().zip(found) {
        assert_close(&found["estimate"], &line[0], 1e-8, "share");
        assert_close(&found["standard_error"], &line[1], 1e-8, "standard error");
    }
}
