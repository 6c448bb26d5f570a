//! The statistics room against reference values worked out elsewhere (`tests/stats_data`, each with the script that made it).

#[path = "stats_reference/designed_survey.rs"]
mod designed_survey;
#[path = "stats_reference/groups.rs"]
mod groups;

use std::path::Path;

use serde_json::Value;
use sipas::stats::Confidence;
use sipas::stats::{CellSums, DayCluster, weighted_rate};

/// The text of a reference file.
fn reference(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stats_data").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Relative 1e-10 or absolute 1e-13: the class `closed` of the golden answers.
fn assert_close(found: f64, expected: f64, what: &str) {
    let allowed = 1e-13 + 1e-10 * expected.abs();
    assert!((found - expected).abs() <= allowed, "{what}: found {found:e}, expected {expected:e}");
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is not a number"))
}

fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is not a count"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is not a list"))
}

fn cell_of(row: &Value) -> CellSums {
    let at = |position: usize| count(&row[position]);
    CellSums {
        cell: usize::try_from(at(0)).expect("cells are small numbers"),
        respondents: at(1),
        y: at(2),
        m: at(3),
        yy: at(4),
        ym: at(5),
        mm: at(6),
    }
}

fn cluster_of(cluster: &Value) -> DayCluster {
    DayCluster {
        stratum: u32::try_from(count(&cluster["stratum"])).expect("strata are small numbers"),
        cells: list(&cluster["cells"]).iter().map(cell_of).collect(),
    }
}

#[test]
fn the_weighted_rate_from_sums_is_the_one_worked_out_from_single_respondents() {
    let file: Value = serde_json::from_str(&reference("weighted_rate.json")).expect("weighted_rate.json is JSON");
    for case in list(&file["cases"]) {
        let name = case["name"].as_str().expect("every case has a name");
        let weights: Vec<f64> = list(&case["weights"]).iter().map(number).collect();
        let clusters: Vec<DayCluster> = list(&case["clusters"]).iter().map(cluster_of).collect();
        let confidence = Confidence::new(number(&case["level"])).expect("levels are levels");
        let found = weighted_rate(&weights, &clusters, confidence).unwrap_or_else(|| panic!("{name}: undefined"));
        let expected = &case["expect"];
        assert_eq!(expected["method"], found.method.name(), "{name}: method");
        let counts = [
            ("respondents", found.respondents),
            ("answers", found.answers),
            ("clusters", found.clusters),
            ("strata", found.strata),
        ];
        for (key, value) in counts {
            assert_eq!(count(&expected[key]), value, "{name}: {key}");
        }
        let numbers = [
            ("value", found.value),
            ("low", found.low),
            ("high", found.high),
            ("effective_answers", found.effective_answers),
            ("standard_error", found.standard_error),
            ("degrees_of_freedom", found.degrees_of_freedom),
        ];
        for (key, value) in numbers {
            assert_close(value, number(&expected[key]), &format!("{name}: {key}"));
        }
        match found.design_effect {
            Some(value) => assert_close(value, number(&expected["design_effect"]), &format!("{name}: design_effect")),
            None => assert!(expected["design_effect"].is_null(), "{name}: design_effect"),
        }
    }
}

/// The value of this crate for a line of quantiles.csv.
fn found_for(kind: &str, at: f64, a: f64, b: f64) -> Option<f64> {
    use sipas::stats::quantile as q;
    match kind {
        "normal" => q::normal_quantile(at),
        "t" => q::student_quantile(at, a),
        "beta" => q::beta_quantile(at, a, b),
        "f" => q::f_quantile(at, a, b),
        "chi_squared" => q::chi_squared_quantile(at, a),
        "normal_sf" => Some(q::normal_sf(at)),
        "t_sf" => q::student_sf(at, a),
        "chi_squared_sf" => q::chi_squared_sf(at, a),
        "f_sf" => q::f_sf(at, a, b),
        _ => panic!("{kind} is not a kind of quantiles.csv"),
    }
}

#[test]
fn quantiles_and_tails_agree_with_scipy_from_one_in_a_million_on() {
    let text = reference("quantiles.csv");
    let mut worst: Vec<String> = Vec::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let parsed: Vec<f64> = fields[1..].iter().map(|field| field.parse().expect("a number")).collect();
        let expected = parsed[3];
        let found =
            found_for(fields[0], parsed[0], parsed[1], parsed[2]).unwrap_or_else(|| panic!("{line}: undefined"));
        // Relative only, so that tiny quantiles and tails count; 1e-15 for a median of exactly 0.
        if (found - expected).abs() > 1e-10 * expected.abs() + if expected.abs() < 1e-15 { 1e-15 } else { 0.0 } {
            worst.push(format!("{line}: found {found:e}, off by {:e}", (found - expected).abs() / expected.abs()));
        }
    }
    assert!(worst.is_empty(), "{} lines:\n{}", worst.len(), worst.join("\n"));
}

#[test]
fn tiny_exact_p_values_agree_with_r_in_relative_terms() {
    use sipas::stats::exact_test::target_test;
    use sipas::stats::proportion::Proportion;

    // The golden classes allow 1e-13 absolutely, which says nothing about p-values of 1e-60; these are held to 1e-9 relatively.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/g01_unweighted.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let file: Value = serde_json::from_str(&text).expect("a JSON file");
    let mut compared = 0;
    for case in list(&file["cases"]) {
        let expected = &case["expect"];
        let Some(targets) = expected["targets"].as_array() else {
            continue;
        };
        let share = Proportion::new(count(&expected["x"]), count(&expected["n"])).expect("usable counts");
        for wanted in targets {
            let test = target_test(share, number(&wanted["target"])).expect("a target inside");
            let pairs = [("p_greater", test.p_greater), ("p_less", test.p_less), ("p_z_greater", test.p_z_greater)];
            for (key, found) in pairs {
                let value = number(&wanted[key]);
                // Below 1e-300 R's own result has lost digits.
                if value > 1e-300 {
                    compared += 1;
                    assert!((found - value).abs() <= 1e-9 * value, "{} {key}: {found:e}, not {value:e}", case["id"]);
                }
            }
        }
    }
    assert!(compared > 100, "only {compared} p-values compared");
}
