//! Shares of drivers with 500 bootstraps over a hundred thousand answer sheets. Prints seconds and the ratio to what is aimed at.
//!
//! `cargo bench --bench drivers [SHEETS]`.

use std::time::Instant;

use sipas::stats::driver_intervals::{Moments, shares};

/// Criteria of a long questionnaire.
const CRITERIA: usize = 22;
/// Days of points.
const CLUSTERS: usize = 2_000;
const DRAWS: usize = 500;
/// Seconds aimed at.
const AIM: f64 = 1.0;

/// A small generator (`SplitMix64`), so that the data are the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn main() {
    let sheets = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(100_000_usize);
    let mut numbers = Numbers(11);
    let rows: Vec<Vec<f64>> = (0..sheets)
        .map(|_| {
            let mood = numbers.uniform();
            let mut row: Vec<f64> =
                (0..CRITERIA).map(|_| (1.0 + 4.0 * f64::midpoint(mood, numbers.uniform())).round()).collect();
            let overall = f64::midpoint(row.iter().take(5).sum::<f64>() / 5.0, 1.0 + 4.0 * numbers.uniform());
            row.push(overall.round());
            row
        })
        .collect();
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let began = Instant::now();
        let mut clusters = vec![Moments::empty(CRITERIA + 1); CLUSTERS];
        for (at, row) in rows.iter().enumerate() {
            clusters[at % CLUSTERS].add(row);
        }
        let found = shares(&clusters, DRAWS, 1).unwrap_or_else(|| unreachable!("criteria that vary have shares"));
        best = best.min(began.elapsed().as_secs_f64());
        assert_eq!(found.of_each.len(), CRITERIA, "a share a criterion");
    }
    println!(
        "{sheets} sheets, {CRITERIA} criteria, {CLUSTERS} days of points, {DRAWS} draws: {best:.2} s, {:.2} of what is aimed at ({AIM} s)",
        best / AIM
    );
}
