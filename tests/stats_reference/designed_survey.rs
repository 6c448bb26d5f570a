//! A designed survey from the frame to its estimates, against R's `survey` on the same file (`tests/stats_data/designed_survey.R`).

use std::collections::BTreeMap;

use serde_json::Value;
use sipas::sampling::cells::{Number, form};
use sipas::sampling::draw::{Drawn, Method, Selection, draw};
use sipas::sampling::estimate::{Figure, Row, Sample};
use sipas::sampling::frame::{Frame, FrameUnit};
use sipas::sampling::outcome::Outcome;
use sipas::sampling::totals::{KnownTotals, Named, Totals, Way, adjust};
use sipas::sampling::weights::{Weighting, weigh};

use crate::{assert_close, number, reference};

/// 12,000 dossiers of three strata, two groups and 60 areas.
fn dossiers(grouped: bool) -> Frame {
    let unit = |at: usize| FrameUnit {
        number: format!("HS-{at:05}"),
        stratum: ["Đất đai", "Tư pháp", "Kinh doanh"][usize::from(at % 24 >= 10) + usize::from(at % 24 >= 19)]
            .to_owned(),
        group: if !grouped {
            ""
        } else if at * 7 % 10 < 6 {
            "Trực tiếp"
        } else {
            "Trực tuyến"
        }
        .to_owned(),
        cluster: format!("Khu {:02}", at / 24 % 60),
        size: 1,
    };
    Frame::new((0..12_000).map(unit).collect()).expect("a frame")
}

/// The plan of a sample of 384.
fn plan(method: Method) -> Selection {
    Selection {
        method,
        drawn: 384,
        per_cluster: 16,
        substitutes: 0,
        shares: BTreeMap::new(),
        seed: 2026,
        in_full: true,
    }
}

/// What became of a sheet: 210 of 384 answer, 10 do not belong, the others are silent in four ways. 7919 has no divisor in common with 384.
fn outcome(sheet: usize) -> Option<Outcome> {
    match sheet * 7_919 % 384 {
        0..200 => Some(Outcome::Complete),
        200..210 => Some(Outcome::Partial),
        210..220 => Some(Outcome::NotEligible),
        220..270 => Some(Outcome::Refused),
        270..340 => Some(Outcome::NotReached),
        _ => None,
    }
}

fn numbers(frame: &Frame, drawn: &[Drawn], clustered: bool) -> Vec<Number> {
    let number = |(at, drawn): (usize, &Drawn)| {
        let unit = &frame.units()[drawn.unit];
        Number {
            sheet: u32::try_from(at + 1).expect("small"),
            stratum: unit.stratum.clone(),
            group: unit.group.clone(),
            cluster: if clustered { unit.cluster.clone() } else { String::new() },
            probability: drawn.probability,
            substitute: false,
            outcome: outcome(at + 1),
        }
    };
    drawn.iter().enumerate().map(number).collect()
}

struct Case {
    weighting: Weighting,
    rows: Vec<Row>,
    expected: Value,
}

/// The sample of a method, checked number by number against the file that R read, and its weights.
fn case(method: Method, name: &str) -> Case {
    let clustered = method == Method::Clusters;
    let frame = dossiers(!clustered);
    let drawn = draw(&frame, &plan(method)).expect("drawn");
    let numbers = numbers(&frame, &drawn, clustered);
    let cells = form(&numbers);
    let cell_of = |sheet: u32| cells.iter().position(|cell| cell.sheets.contains(&sheet));
    let file = reference(&format!("designed_survey_{name}.csv"));
    let mut rows = Vec::new();
    let mut lines = 0;
    // sheet,number,stratum,group,cluster,probability,outcome,cell,satisfied,answers,person
    for (line, number) in file.lines().skip(1).zip(&numbers) {
        let fields: Vec<&str> = line.split(',').collect();
        let unit = &frame.units()[drawn[lines].unit];
        assert_eq!((fields[1], fields[2]), (unit.number.as_str(), unit.stratum.as_str()), "the same people are drawn");
        assert_close(number.probability, fields[5].parse().expect("a number"), "probability");
        lines += 1;
        let Some(cell) = cell_of(number.sheet) else { continue };
        let count = |at: usize| fields[at].parse::<u32>().expect("a count");
        rows.push(Row { cell, part: 0, satisfied: count(8), answers: count(9), person: Some(fields[10] == "1") });
    }
    assert_eq!((lines, file.lines().count(), rows.len()), (384, 385, 210));
    let stored: Vec<u32> = cells.iter().map(|cell| u32::try_from(cell.sheets.len()).expect("small")).collect();
    let count = |(label, (rows, _)): (&str, (usize, usize))| (label.to_owned(), u32::try_from(rows).expect("small"));
    let strata = frame.strata().into_iter().map(count).collect();
    let groups = frame.groups().into_iter().map(|(label, rows)| count((label, (rows, 0)))).collect();
    let weighting = weigh(&cells, &stored, &strata, &groups).expect("weights");
    let all: Value = serde_json::from_str(&reference("designed_survey.json")).expect("JSON");
    Case { weighting, rows, expected: all[name].clone() }
}

fn check(found: &Figure, expected: &Value, what: &str) {
    // Raking stops at 1e-13 here and at 1e-12 in R: the class `linalg` of the golden answers.
    for (name, found) in
        [("value", found.value), ("se", found.standard_error), ("low", found.low), ("high", found.high)]
    {
        if let Some(expected) = expected.get(name).filter(|value| !value.is_null()) {
            let expected = number(expected);
            assert!(
                (found - expected).abs() <= 1e-12 + 1e-8 * expected.abs(),
                "{what}, {name}: {found} for {expected}"
            );
        }
    }
}

fn agrees(method: Method, name: &str) {
    let Case { weighting, rows, expected } = case(method, name);
    let sample = Sample::new(&rows, &weighting, method == Method::Clusters, None).expect("a design");
    let weights: Vec<f64> = rows.iter().map(|row| weighting.cells[row.cell].weight).collect();
    compare(&sample, &weights, &weighting, &expected);
}

fn compare(sample: &Sample<'_>, weights: &[f64], weighting: &Weighting, expected: &Value) {
    let theirs: Vec<f64> = expected["weights"].as_array().expect("a list").iter().map(number).collect();
    assert_eq!(weights.len(), theirs.len());
    for (found, expected) in weights.iter().zip(theirs) {
        assert!((found - expected).abs() <= 1e-8 * expected, "weight {found} for {expected}");
    }
    let whole = sample.figures(|_| true);
    check(&whole.answers.expect("shown"), &expected["answers"], "answers");
    check(&whole.people.expect("shown"), &expected["people"], "people");
    for (at, figures) in sample.strata().into_iter().enumerate() {
        let label = &weighting.strata[at].labels[0];
        check(&figures.answers.expect("shown"), &expected["strata"][label], label);
    }
}

#[test]
fn a_stratified_sample_raked_to_strata_and_groups_gives_the_estimates_of_r() {
    agrees(Method::Proportional, "stratified");
}

#[test]
fn a_sample_of_clusters_gives_the_estimates_of_r() {
    agrees(Method::Clusters, "clusters");
}

/// What the sheets of the stratified sample say of sex and age (`designed_survey_profile.csv`), as places of levels.
fn said() -> [Vec<Option<usize>>; 2] {
    let file = reference("designed_survey_profile.csv");
    let column = |at: usize, levels: &[&str]| {
        let said = file.lines().skip(1).map(|line| line.split(',').nth(at).expect("a column").to_owned());
        said.map(|said| levels.iter().position(|level| *level == said)).collect()
    };
    [column(1, &["male", "female"]), column(2, &["18_24", "25_34", "35_49", "50_60", "over_60"])]
}

/// The totals of `designed_survey_totals.R`.
fn totals(way: Way) -> Totals {
    let named = |id: &str| Named { id: id.to_owned(), vi: id.to_owned(), en: id.to_owned() };
    let known = |question: &str, levels: &[(&str, u64)]| KnownTotals {
        question: named(question),
        levels: levels.iter().map(|(level, total)| (named(level), *total)).collect(),
    };
    let age = [("18_24", 9_000), ("25_34", 24_000), ("35_49", 31_000), ("50_60", 20_000), ("over_60", 16_000)];
    Totals { way, questions: vec![known("sex", &[("male", 48_000), ("female", 52_000)]), known("age", &age)] }
}

#[test]
fn weights_calibrated_to_known_totals_give_the_estimates_of_r() {
    let Case { weighting, rows, .. } = case(Method::Proportional, "stratified");
    let cells: Vec<usize> = rows.iter().map(|row| row.cell).collect();
    let all: Value = serde_json::from_str(&reference("designed_survey_totals.json")).expect("JSON");
    for (way, name) in [(Way::Raking, "raking"), (Way::Bounded { low: 0.6, high: 1.8 }, "bounded")] {
        let found = adjust(&weighting, &cells, &totals(way), &said()).expect("weights");
        assert!(found.adjusted.left_out.is_empty() && !found.adjusted.trimmed, "{name}");
        // One sheet is of 18-24: that level is with the next.
        assert_eq!(found.adjusted.questions[1].levels.len(), 4, "{name}");
        let sample = Sample::new(&rows, &weighting, false, Some(&found)).expect("a design");
        compare(&sample, &found.weights, &weighting, &all[name]);
    }
}
