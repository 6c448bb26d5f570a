//! Groups of one period beside each other, against R's `svyby` and `svycontrast` on the same file (`tests/stats_data/groups.R`).

use std::collections::BTreeMap;

use serde_json::Value;
use sipas::stats::group_differences::{GroupSums, group_differences};
use sipas::stats::multiplicity::holm;

use crate::{list, number, reference};

#[test]
fn groups_that_share_days_differ_as_r_says() {
    let file = reference("groups.csv");
    let rows: Vec<Vec<&str>> = file.lines().skip(1).map(|line| line.split(',').collect()).collect();
    // Days of points, in order; the point is the stratum.
    let days: BTreeMap<(&str, &str), usize> = rows.iter().map(|row| ((row[0], row[1]), 0)).collect();
    let days: BTreeMap<(&str, &str), usize> = days.into_keys().zip(0..).collect();
    let points: Vec<&str> = days.keys().map(|(point, _)| *point).collect();
    let strata: Vec<usize> =
        points.iter().map(|point| points.iter().position(|known| known == point).expect("a point")).collect();
    let sums: Vec<GroupSums> = rows
        .iter()
        .filter_map(|row| {
            Some(GroupSums {
                group: ["young", "middle", "old"].iter().position(|age| *age == row[2])?,
                cell: usize::from(row[3] == "land"),
                cluster: days[&(row[0], row[1])],
                satisfied: row[4].parse().expect("a count"),
                answers: row[5].parse().expect("a count"),
            })
        })
        .collect();
    let alike = vec![(0, 0.5), (1, 0.5)];
    let pairs = group_differences(&strata, &sums, &[alike.clone(), alike.clone(), alike]).expect("pairs");
    let expected: Value = serde_json::from_str(&reference("groups.json")).expect("JSON");
    let p: Vec<Option<f64>> = pairs.iter().map(|pair| pair.difference.p_two_sided()).collect();
    let corrected = holm(&p);
    let close = |found: f64, expected: &Value, what: &str| {
        // The class `linalg` of the golden answers.
        let expected = number(expected);
        assert!((found - expected).abs() <= 1e-12 + 1e-8 * expected.abs(), "{what}: {found} for {expected}");
    };
    assert_eq!(pairs.len(), 3);
    for (at, pair) in pairs.iter().enumerate() {
        close(pair.difference.degrees_of_freedom, &expected["df"], "df");
        close(pair.rates.0, &expected["rates"][at][0], "first rate");
        close(pair.rates.1, &expected["rates"][at][1], "second rate");
        close(pair.difference.difference, &expected["difference"][at], "difference");
        close(pair.difference.standard_error, &expected["se"][at], "standard error");
        close(p[at].expect("p"), &expected["p"][at], "p");
        close(corrected[at].expect("p"), &expected["p_holm"][at], "corrected p");
    }
    assert_eq!(list(&expected["p"]).len(), 3);
}
