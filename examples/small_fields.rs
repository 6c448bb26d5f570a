//! How often do figures of small wards hold the truth, where fields are taken together or bounded? Prints a markdown table.
//!
//! `cargo run --release --example small_fields [quarters]`; the default of 40 000 quarters takes about a minute of one core. The same
//! number gives the same table again. Its reading stands in `docs/coverage.md`, the model of a ward in `tests/support/small_wards.rs`.

use std::collections::BTreeMap;
use std::io::Write;

#[path = "../tests/support/studies.rs"]
#[allow(dead_code, reason = "the example draws, and lays out wards of its own")]
mod studies;

#[path = "../tests/support/small_wards.rs"]
mod small_wards;

use studies::Draws;

const SEED: u64 = 20_261_129;
const QUARTERS: u64 = 40_000;

#[derive(Default)]
struct Did {
    quarters: f64,
    holds: f64,
    above: f64,
    below: f64,
    width: f64,
    verdicts: f64,
}

fn main() -> std::io::Result<()> {
    let quarters = std::env::args().nth(1).and_then(|number| number.parse().ok()).unwrap_or(QUARTERS);
    let mut kinds: BTreeMap<&str, Did> = BTreeMap::new();
    for stream in 0..quarters {
        let quarter = small_wards::quarter(&mut Draws::of(SEED, stream));
        let target = &quarter.report.targets[0];
        let Some(estimate) = &target.estimate else { continue };
        let kind = match (target.collapsed_fields.is_empty(), target.missing_fields.is_empty()) {
            (true, true) => "1 · every field by itself",
            (false, true) => "2 · some taken together",
            (true, false) => "3 · some bounded",
            (false, false) => "4 · some taken together, some bounded",
        };
        let did = kinds.entry(kind).or_default();
        let (above, below) = (estimate.low > quarter.truth + 1e-12, estimate.high < quarter.truth - 1e-12);
        did.quarters += 1.0;
        did.holds += f64::from(u8::from(!above && !below));
        did.above += f64::from(u8::from(above));
        did.below += f64::from(u8::from(below));
        did.width += estimate.high - estimate.low;
        did.verdicts += f64::from(u8::from(target.verdict != sipas::index::Verdict::CannotSay));
    }
    let mut out = std::io::stdout();
    writeln!(
        out,
        "| fields | quarters | holds | low > truth | high < truth | width | verdicts |\n|--|--|--|--|--|--|--|"
    )?;
    for (kind, did) in kinds {
        let percent = |part: f64| 100.0 * part / did.quarters;
        writeln!(
            out,
            "| {kind} | {} | {:.1} | {:.1} | {:.1} | {:.1} | {:.0} |",
            did.quarters,
            percent(did.holds),
            percent(did.above),
            percent(did.below),
            percent(did.width),
            percent(did.verdicts)
        )?;
    }
    Ok(())
}
