//! How often do the intervals hold the truth? A seeded simulation that prints markdown tables.
//!
//! `cargo run --release --example coverage [repetitions]`; the default of 4000 repetitions takes about three minutes of one core and
//! gives every figure with a standard error of 0.35 points at 95 %. The same seed gives the same tables again.
//! The reading of the tables stands in `docs/statistics.md`.
//!
//! The model: respondents fall on point × day clusters at random. A day has its own rate from a beta distribution with
//! variance (day ICC) · r(1 − r). A person answers 5 to 9 items; each answer follows the person's mood, itself satisfied at
//! the day's rate, with probability √(respondent ICC), else the day's rate afresh: so two answers of one person on a given day
//! have the correlation (respondent ICC).
//!
//! "Capped" is the house interval with the effective size held at or below the number of respondents: not what is published, but
//! what a more careful rule for small numbers would give.

use std::collections::BTreeMap;
use std::io::Write;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sipas::stats::Confidence;
use sipas::stats::house_rate::{CellSums, DayCluster, RateMethod, weighted_rate};
use sipas::stats::proportion::{Proportion, wilson, wilson_effective};

const SEED: u64 = 20_261_122;
const REPETITIONS: u32 = 4000;
const RATES: [f64; 6] = [0.5, 0.7, 0.85, 0.9, 0.95, 0.97];
const RESPONDENT_ICCS: [f64; 4] = [0.0, 0.3, 0.5, 0.8];
const DAY_ICCS: [f64; 4] = [0.0, 0.02, 0.05, 0.1];
/// HOUSE coverage below this is printed bold.
const LOW_COVERAGE: f64 = 0.93;

/// A size of study: how many people over how many points and days.
struct Size {
    respondents: u32,
    points: u32,
    days: u32,
}

const SIZES: [Size; 4] = [
    Size { respondents: 30, points: 1, days: 10 },
    Size { respondents: 100, points: 2, days: 12 },
    Size { respondents: 400, points: 3, days: 20 },
    Size { respondents: 2000, points: 4, days: 60 },
];

/// Draws from the seeded generator.
struct Draws(ChaCha8Rng);

impl Draws {
    /// Uniform in 0..1.
    fn uniform(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    fn happens(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    fn below(&mut self, end: u32) -> u32 {
        let wide = u64::from(self.0.next_u32()) * u64::from(end);
        u32::try_from(wide >> 32).unwrap_or(0)
    }

    /// Standard normal (Box and Muller).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Gamma with scale 1 (Marsaglia and Tsang 2000, doi:10.1145/358407.358414).
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = (1.0 - self.uniform()).powf(1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && (1.0 - self.uniform()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// Beta with the given mean and intraclass correlation.
    fn rate_of_a_day(&mut self, mean: f64, icc: f64) -> f64 {
        if icc <= 0.0 {
            return mean;
        }
        let size = 1.0 / icc - 1.0;
        let (a, b) = (self.gamma(mean * size), self.gamma((1.0 - mean) * size));
        if a + b > 0.0 { a / (a + b) } else { mean }
    }
}

/// One simulated study, summed by cluster as the tallies do.
fn study(draws: &mut Draws, size: &Size, rate: f64, respondent_icc: f64, day_icc: f64) -> Vec<DayCluster> {
    let n_clusters = size.points * size.days;
    let rates: Vec<f64> = (0..n_clusters).map(|_| draws.rate_of_a_day(rate, day_icc)).collect();
    let mut sums = vec![CellSums::default(); rates.len()];
    let follows = respondent_icc.sqrt();
    for _ in 0..size.respondents {
        let cluster = draws.below(n_clusters) as usize;
        let of_day = rates[cluster];
        let mood = draws.happens(of_day);
        let m = u64::from(5 + draws.below(5));
        let answer = |draws: &mut Draws| if draws.happens(follows) { mood } else { draws.happens(of_day) };
        let y: u64 = (0..m).map(|_| u64::from(answer(draws))).sum();
        let cell = &mut sums[cluster];
        cell.respondents += 1;
        cell.y += y;
        cell.m += m;
        cell.yy += y * y;
        cell.ym += y * m;
        cell.mm += m * m;
    }
    let cluster_of =
        |(position, cell): (u32, CellSums)| DayCluster { stratum: position / size.days, cells: vec![cell] };
    (0..n_clusters).zip(sums).map(cluster_of).collect()
}

/// How often things came out, over the repetitions of one setting.
#[derive(Default)]
struct Counted {
    studies: u32,
    plain_holds: u32,
    house_holds: u32,
    house_above: u32,
    house_below: u32,
    capped_holds: u32,
    by_cluster: u32,
    width: f64,
}

impl Counted {
    fn add(&mut self, clusters: &[DayCluster], rate: f64) {
        let total = |of: fn(&CellSums) -> u64| clusters.iter().flat_map(|cluster| &cluster.cells).map(of).sum::<u64>();
        let answers = Proportion::new(total(|cell| cell.y), total(|cell| cell.m));
        let estimate = weighted_rate(&[1.0], clusters, Confidence::NINETY_FIVE);
        let (Some(answers), Some(estimate)) = (answers, estimate) else {
            return;
        };
        self.studies += 1;
        self.plain_holds += u32::from(wilson(answers, Confidence::NINETY_FIVE).contains(rate));
        self.house_holds += u32::from(estimate.interval().contains(rate));
        self.house_above += u32::from(estimate.low > rate);
        self.house_below += u32::from(estimate.high < rate);
        let size = estimate.effective_answers.min(estimate.respondents as f64);
        let capped = Confidence::NINETY_FIVE
            .student_critical(estimate.degrees_of_freedom)
            .and_then(|critical| wilson_effective(estimate.value, size, critical));
        self.capped_holds += u32::from(capped.is_some_and(|interval| interval.contains(rate)));
        self.by_cluster += u32::from(estimate.method == RateMethod::ClusterWilson);
        self.width += estimate.interval().width();
    }

    fn part(&self, count: u32) -> f64 {
        f64::from(count) / f64::from(self.studies.max(1))
    }

    /// "plain / house", the house bold where it is too low.
    fn shown(&self) -> String {
        let (plain, house) = (self.part(self.plain_holds), self.part(self.house_holds));
        let mark = if house < LOW_COVERAGE { "**" } else { "" };
        format!("{:.1} / {mark}{:.1}{mark}", 100.0 * plain, 100.0 * house)
    }
}

/// Worst and mean of one kind of setting.
#[derive(Default)]
struct Summary {
    settings: u32,
    house: f64,
    worst_house: Option<f64>,
    worst_plain: Option<f64>,
    capped: f64,
    worst_capped: Option<f64>,
    above: f64,
    below: f64,
    by_cluster: f64,
    width: f64,
}

impl Summary {
    fn add(&mut self, counted: &Counted) {
        let lower = |so_far: Option<f64>, value: f64| Some(so_far.map_or(value, |worst| worst.min(value)));
        self.settings += 1;
        self.house += counted.part(counted.house_holds);
        self.worst_house = lower(self.worst_house, counted.part(counted.house_holds));
        self.worst_plain = lower(self.worst_plain, counted.part(counted.plain_holds));
        self.capped += counted.part(counted.capped_holds);
        self.worst_capped = lower(self.worst_capped, counted.part(counted.capped_holds));
        self.above += counted.part(counted.house_above);
        self.below += counted.part(counted.house_below);
        self.by_cluster += counted.part(counted.by_cluster);
        self.width += counted.width / f64::from(counted.studies.max(1));
    }

    fn line(&self, label: &str) -> String {
        let mean = |sum: f64| 100.0 * sum / f64::from(self.settings.max(1));
        format!(
            "| {label} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.0} | {:.1} |",
            100.0 * self.worst_plain.unwrap_or(0.0),
            100.0 * self.worst_house.unwrap_or(0.0),
            mean(self.house),
            mean(self.above),
            mean(self.below),
            100.0 * self.worst_capped.unwrap_or(0.0),
            mean(self.capped),
            mean(self.by_cluster),
            mean(self.width),
        )
    }
}

fn main() -> std::io::Result<()> {
    let asked = std::env::args().nth(1).and_then(|text| text.parse().ok());
    let repetitions: u32 = asked.unwrap_or(REPETITIONS).clamp(1, 100_000);
    let mut out = std::io::stdout().lock();
    let mut summaries: BTreeMap<String, Summary> = BTreeMap::new();
    writeln!(out, "Seed {SEED}, {repetitions} studies a cell. Cells: coverage in %, plain / house.\n")?;
    for (number, size) in SIZES.iter().enumerate() {
        let Size { respondents, points, days } = size;
        writeln!(out, "### {respondents} respondents, {points} point(s) × {days} days\n")?;
        let columns: Vec<String> = DAY_ICCS.iter().map(|icc| format!("day ICC {icc}")).collect();
        writeln!(out, "| rate | respondent ICC | {} |", columns.join(" | "))?;
        writeln!(out, "|--|--|{}", "--|".repeat(DAY_ICCS.len()))?;
        for (rate_number, rate) in RATES.into_iter().enumerate() {
            for (row, respondent_icc) in RESPONDENT_ICCS.into_iter().enumerate() {
                let mut cells = Vec::new();
                for (column, day_icc) in DAY_ICCS.into_iter().enumerate() {
                    // A stream of its own for every cell, so that the grid can change without changing the rest.
                    let mut generator = ChaCha8Rng::seed_from_u64(SEED);
                    let stream = ((number * 100 + rate_number) * 100 + row) * 100 + column;
                    generator.set_stream(stream as u64);
                    let mut draws = Draws(generator);
                    let mut counted = Counted::default();
                    for _ in 0..repetitions {
                        counted.add(&study(&mut draws, size, rate, respondent_icc, day_icc), rate);
                    }
                    cells.push(counted.shown());
                    let rates = if rate > 0.92 { "0.95–0.97" } else { "0.5–0.9" };
                    for label in [
                        format!("1 · n = {respondents:4}"),
                        format!("2 · n = {respondents:4}, rate {rates}"),
                        format!("3 · day ICC {day_icc}, n = {respondents:4}"),
                    ] {
                        summaries.entry(label).or_default().add(&counted);
                    }
                }
                writeln!(out, "| {rate} | {respondent_icc} | {} |", cells.join(" | "))?;
            }
        }
        writeln!(out)?;
    }
    writeln!(out, "### Summary (%)\n")?;
    writeln!(
        out,
        "| settings | worst plain | worst house | mean house | low > truth | high < truth | worst capped | mean capped \
         | cluster interval taken | mean width |"
    )?;
    writeln!(out, "|--|--|--|--|--|--|--|--|--|--|")?;
    for (label, summary) in &summaries {
        writeln!(out, "{}", summary.line(label))?;
    }
    Ok(())
}
