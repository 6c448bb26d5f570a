//! Replicate weights of a file against textbook variances and against numbers that a textbook prints: nothing expected comes from this program.

use sipas::analyse::{AnalyseError, run};

use crate::written;

/// What replicate weights of a file give: estimate and standard error.
fn by_replicates(name: &str, rows: &[&str], says: &str) -> (f64, f64) {
    let data = written(&format!("{name}.csv"), &rows.join("\n"));
    let spec = format!(
        "[design]\nweight = \"w\"\n[[replicate]]\nmethod = \"given\"\ncolumn = \"y\"\nweights = [\"r*\"]\n{says}\n"
    );
    let answer = run(&data, &written(&format!("{name}.toml"), &spec)).unwrap_or_else(|error| panic!("{error}"));
    let found = &answer["replicates"][0];
    (found["estimate"].as_f64().expect("a mean"), found["standard_error"].as_f64().expect("an error"))
}

fn near(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-12 + 1e-10 * expected.abs(), "{what}: {found} for {expected}");
}

#[test]
fn a_weight_below_nought_is_refused_with_its_row_and_column() {
    let data = written("given-below.csv", "y,w,r1,r2\n1,1,2,0\n2,1,-1,2");
    let spec = "[design]\nweight = \"w\"\n[[replicate]]\nmethod = \"given\"\ncolumn = \"y\"\nweights = [\"r*\"]\nkind = \"BRR\"\n";
    let refused = run(&data, &written("given-below.toml", spec)).expect_err("a weight below nought");
    assert!(matches!(&refused, AnalyseError::ReplicateWeight { row: 2, column, .. } if column == "r1"), "{refused:?}");
    assert_eq!(refused.to_string(), "result y: row 2 of column r1 holds no weight, a number from 0 on");
}

/// For a mean each way is the textbook variance: Wolter (2007), doi:10.1007/978-0-387-35099-8, ch. 3 (balanced half-samples) and 4 (jackknife);
/// Cochran (1977) Sampling Techniques, ch. 2 and 5. All expected numbers by hand.
#[test]
fn jackknives_and_half_samples_of_the_file_give_the_textbook_variance_of_a_mean() {
    // JK1: 2, 4, 4, 6, 9 have the mean 5 and s² = (9 + 1 + 1 + 1 + 16)/4 = 7; V = s²/n = 7/5.
    let apart = [
        "y,w,r1,r2,r3,r4,r5",
        "2,3,0,1.25,1.25,1.25,1.25",
        "4,3,1.25,0,1.25,1.25,1.25",
        "4,3,1.25,1.25,0,1.25,1.25",
        "6,3,1.25,1.25,1.25,0,1.25",
        "9,3,1.25,1.25,1.25,1.25,0",
    ];
    let combined = [
        "y,w,r1,r2,r3,r4,r5",
        "2,3,0,3.75,3.75,3.75,3.75",
        "4,3,3.75,0,3.75,3.75,3.75",
        "4,3,3.75,3.75,0,3.75,3.75",
        "6,3,3.75,3.75,3.75,0,3.75",
        "9,3,3.75,3.75,3.75,3.75,0",
    ];
    for (name, rows, says) in [
        ("jk1-apart", &apart, "kind = \"JK1\"\ncombined = false"),
        ("jk1-combined", &combined, "kind = \"JK1\""),
        // The replicates of a mean have the mean as their mean.
        ("jk1-mse", &combined, "kind = \"JK1\"\nmse = true"),
    ] {
        let (mean, error) = by_replicates(name, rows, says);
        near(mean, 5.0, name);
        near(error * error, 7.0 / 5.0, name);
    }

    // JKn: of 60 rows 1, 2, 6 (mean 3, s² = 7), of 40 rows 5, 9 (mean 7, s² = 8), each row for twenty.
    // Σ W y = 0.6 · 3 + 0.4 · 7 = 4.6; V = Σ W² s²/n = 0.36 · 7/3 + 0.16 · 8/2 = 1.48, with both finite corrections of 1 − 1/20 less by 5 %.
    let rows = [
        "y,w,r1,r2,r3,r4,r5",
        "1,20,0,30,30,20,20",
        "2,20,30,0,30,20,20",
        "6,20,30,30,0,20,20",
        "5,20,20,20,20,0,40",
        "9,20,20,20,20,40,0",
    ];
    let (two_thirds, half) = (2.0 / 3.0, 0.5);
    for (part, variance) in [(1.0, 1.48), (0.95, 1.406)] {
        let scales =
            [two_thirds, two_thirds, two_thirds, half, half].map(|scale: f64| (scale * part).to_string()).join(", ");
        let (mean, error) = by_replicates("jkn", &rows, &format!("kind = \"JKn\"\nrscales = [{scales}]\nmse = true"));
        near(mean, 4.6, "JKn");
        near(error * error, variance, "JKn");
    }

    // BRR: three strata of weights 0.5, 0.3, 0.2 with the pairs (1, 3), (2, 8), (5, 4), signs from the Hadamard matrix of order 4.
    // Σ W ȳ = 0.5 · 2 + 0.3 · 5 + 0.2 · 4.5 = 3.4; V = Σ W² (y₁ − y₂)²/4 = 0.25 · 1 + 0.09 · 9 + 0.04 · 0.25 = 1.07.
    let signs = [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]];
    let pairs = [("25", ["1", "3"]), ("15", ["2", "8"]), ("10", ["5", "4"])];
    for (rho, says) in [(0.0, "kind = \"BRR\"\ncombined = false"), (0.3, "kind = \"Fay\"\nrho = 0.3\ncombined = false")]
    {
        let mut rows = vec!["y,w,r1,r2,r3,r4".to_owned()];
        for (stratum, (weight, pair)) in pairs.iter().enumerate() {
            for (place, y) in pair.iter().enumerate() {
                let factor = |signs: &[i32; 3]| {
                    let kept = (signs[stratum] == 1) == (place == 0);
                    (if kept { 2.0 - rho } else { rho }).to_string()
                };
                rows.push(format!("{y},{weight},{}", signs.each_ref().map(factor).join(",")));
            }
        }
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let (mean, error) = by_replicates("brr", &rows, says);
        near(mean, 3.4, says);
        near(error * error, 1.07, says);
    }
}

/// The half-samples that Levy and Lemeshow print for survival of cardiac arrests (Sampling of Populations, p. 284; data `scd` and its replicate
/// weights in the help of R's `svrepdesign`): a ratio, for which the ways differ. By hand from the counts: in the whole 278 of 1811, in the
/// half-samples 135 of 975, 144 of 878, 124 of 793, 153 of 976.
#[test]
fn half_samples_that_a_textbook_prints_give_its_ratio_and_error() {
    let counts = [(120, 25), (78, 24), (185, 30), (228, 49), (670, 80), (530, 70)];
    let halves = [[1, 0, 1, 0, 1, 0], [1, 0, 0, 1, 0, 1], [0, 1, 1, 0, 0, 1], [0, 1, 0, 1, 1, 0]];
    let mut rows = vec!["y,w,r1,r2,r3,r4".to_owned()];
    for (at, (arrests, alive)) in counts.iter().enumerate() {
        // A ratio is the mean of alive/arrests weighed by arrests.
        let y = f64::from(*alive) / f64::from(*arrests);
        rows.push(format!("{y},{arrests},{}", halves.map(|half| (2 * half[at]).to_string()).join(",")));
    }
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let of_halves = [135.0 / 975.0, 144.0 / 878.0, 124.0 / 793.0, 153.0 / 976.0];
    let whole = 278.0 / 1811.0;
    let about = |centre: f64| of_halves.iter().map(|ratio: &f64| (ratio - centre).powi(2)).sum::<f64>() / 4.0;
    for (says, variance) in [("", about(of_halves.iter().sum::<f64>() / 4.0)), ("\nmse = true", about(whole))] {
        let (ratio, error) = by_replicates("scd", &rows, &format!("kind = \"BRR\"\ncombined = false{says}"));
        near(ratio, whole, "ratio");
        near(error * error, variance, "error");
    }
    // As R prints them: 0.1535064 and 0.009418401.
    let (ratio, error) = by_replicates("scd", &rows, "kind = \"BRR\"\ncombined = false");
    assert_eq!((format!("{ratio:.7}"), format!("{error:.9}")), ("0.1535064".to_owned(), "0.009418401".to_owned()));
}
