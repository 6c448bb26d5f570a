//! How often does the early warning cry for nothing, and how soon does it see a fall? A seeded simulation that prints markdown tables.
//!
//! `cargo run --release --example warnings [years]`; the default of 200 years a ward takes some minutes of one core. The same
//! number gives the same tables again. Their reading stands in `docs/statistics.md`.

use std::io::Write;

#[path = "../tests/support/quiet_wards.rs"]
mod quiet_wards;
#[allow(dead_code, reason = "draws are shared with the simulation of intervals")]
#[path = "../tests/support/studies.rs"]
mod studies;

use quiet_wards::{Fall, WEEKS, Ward, alarms, delay};
use studies::Draws;

const SEED: u64 = 20_261_129;
const YEARS: u32 = 200;
/// The week of the year in which something falls.
const FELL: u32 = 13;

fn main() -> std::io::Result<()> {
    let years = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(YEARS);
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "| points | fields | person, day alike | false a year: moved | silent | weeks between two | stated | ratio |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|")?;
    let sizes = [(5, 3), (30, 8), (120, 13)];
    for (number, (points, fields)) in (0..).zip(sizes) {
        for (kind, (person_icc, day_icc)) in (0..).zip([(0.4, 0.03), (0.2, 0.0), (0.6, 0.1)]) {
            let ward = Ward { points, fields, sheets: (0.7, 6.0), person_icc, day_icc };
            let (mut moved, mut silent, mut stated) = (0, 0, 0.0);
            for year in 0..years {
                let mut draws = Draws::of(SEED, number << 40 | kind << 32 | u64::from(year));
                let found = alarms(&ward.year(&mut draws, None));
                moved += found.0;
                silent += found.1;
                stated += 1.0 / found.2;
            }
            let of_year = |count: usize| count as f64 / f64::from(years);
            let between = f64::from(WEEKS) / of_year(moved + silent);
            let said = f64::from(years) / stated;
            writeln!(
                out,
                "| {points} | {fields} | {person_icc}, {day_icc} | {:.2} | {:.2} | {between:.1} | {said:.1} | {:.2} |",
                of_year(moved),
                of_year(silent),
                between / said
            )?;
            out.flush()?;
        }
    }
    writeln!(
        out,
        "\n| points | what falls by ten points | told within the year | weeks until then: half | nine of ten |"
    )?;
    writeln!(out, "|---|---|---|---|---|")?;
    for (number, (points, fields)) in (0..).zip(sizes) {
        for (kind, what) in (0..).zip([Fall::Field, Fall::Criterion, Fall::Point]) {
            let ward = Ward { points, fields, sheets: (0.7, 6.0), person_icc: 0.4, day_icc: 0.03 };
            let mut delays = Vec::new();
            for year in 0..years {
                let mut draws = Draws::of(SEED, 1 << 60 | number << 40 | kind << 32 | u64::from(year));
                let found = delay(&ward.year(&mut draws, Some((what, FELL))), (what, FELL), points);
                delays.push(found.unwrap_or(i64::MAX));
            }
            delays.sort_unstable();
            let told = delays.iter().filter(|delay| **delay < i64::MAX).count();
            let at = |tenths: usize| match delays[(delays.len() * tenths / 10).min(delays.len() - 1)] {
                i64::MAX => "–".to_owned(),
                weeks => weeks.to_string(),
            };
            writeln!(
                out,
                "| {points} | {what:?} | {:.0} % | {} | {} |",
                told as f64 / f64::from(years) * 100.0,
                at(5),
                at(9)
            )?;
            out.flush()?;
        }
    }
    Ok(())
}
