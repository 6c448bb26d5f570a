//! How often does the interval hold the truth? A seeded simulation over a design of settings that prints markdown tables.
//!
//! `cargo run --release --example coverage [repetitions [settings]]`; the default of 2000 repetitions of 500 settings takes about five
//! minutes of one core and gives a coverage of 95 % with a standard error of 0.5 points. The same numbers give the same tables
//! again. Their reading stands in `docs/coverage.md`, the model of a study in `tests/support/studies.rs`.
//!
//! The design draws every setting from the whole grid: points 1–12, days 1–60, respondents 10–2000, fields 1–14 of equal or very
//! unequal size with 10 people or more each, weights alike or not, rates 0.5–0.99, ICC of a person 0–0.8, ICC of a day 0–0.1.

use std::collections::BTreeMap;
use std::io::Write;

use sipas::stats::proportion::wilson_effective;
use sipas::stats::{Confidence, DayCluster, Interval, weighted_rate};

#[path = "../tests/support/studies.rs"]
mod studies;

use studies::{Draws, Setting};

const SEED: u64 = 20_261_122;
const REPETITIONS: u32 = 2000;
const SETTINGS: u32 = 500;
/// Rates at which targets stand, and others.
const RATES: [f64; 9] = [0.5, 0.7, 0.85, 0.87, 0.89, 0.9, 0.95, 0.97, 0.99];
const TARGETS: [f64; 5] = [0.85, 0.87, 0.89, 0.9, 0.95];
/// What is asked of the interval.
const COVERED: f64 = 0.93;
const TOO_HIGH: f64 = 0.035;
const TOO_CAREFUL: f64 = 0.97;

/// One of some.
fn of_these(draws: &mut Draws, these: &[f64]) -> f64 {
    these[draws.below(u32::try_from(these.len()).unwrap_or(1)) as usize]
}

/// The whole part of a number from 0 to some thousands.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers of people and days are small and not negative"
)]
fn whole(number: f64) -> u32 {
    number as u32
}

/// A setting of the design.
fn setting(draws: &mut Draws) -> Setting {
    let points = 1 + draws.below(12);
    // Half of them with few days.
    let days = if draws.happens(0.5) { 1 + draws.below(60) } else { whole(60_f64.powf(draws.uniform()).round()) };
    let respondents = whole((10.0 * 200_f64.powf(draws.uniform())).round());
    let fields = 1 + draws.below((respondents / 10).min(14));
    let kind = draws.below(4);
    let raw: Vec<f64> = (0..fields)
        .map(|field| match kind {
            0 => 1.0,
            1 => {
                if field == 0 {
                    400.0
                } else {
                    12.0
                }
            }
            2 => (400_f64 / 12.0).powf(draws.uniform()),
            _ => draws.gamma(1.0) + 0.03,
        })
        .collect();
    let (sum, spare) = (raw.iter().sum::<f64>(), f64::from(respondents - 10 * fields));
    let mut sizes: Vec<u32> = raw.iter().map(|size| 10 + whole(size / sum * spare)).collect();
    sizes[0] += respondents - sizes.iter().sum::<u32>();
    // Alike; of no relation to the sizes; cases, of which answers are a varying part.
    let weighed = draws.below(3);
    let weight = |draws: &mut Draws, size: &u32| match weighed {
        0 => 1.0,
        1 => draws.normal().exp(),
        _ => f64::from(*size) * (0.5 * draws.normal()).exp(),
    };
    let weights: Vec<f64> = sizes.iter().map(|size| weight(draws, size)).collect();
    let total: f64 = weights.iter().sum();
    let rate = if draws.happens(0.7) { of_these(draws, &RATES) } else { 0.5 + 0.49 * draws.uniform() };
    let differ = draws.happens(0.4);
    let of_field = |draws: &mut Draws| {
        let logit = (rate / (1.0 - rate)).ln() + 0.5 * draws.normal();
        if differ { (1.0 / (1.0 + (-logit).exp())).clamp(0.5, 0.99) } else { rate }
    };
    let often = |draws: &mut Draws, these: &[f64], most: f64| {
        if draws.happens(0.5) { of_these(draws, these) } else { most * draws.uniform() }
    };
    Setting {
        points,
        days,
        rates: sizes.iter().map(|_| of_field(draws)).collect(),
        weights: weights.iter().map(|weight| weight / total).collect(),
        sizes,
        person_icc: often(draws, &[0.0, 0.2, 0.3, 0.5, 0.8], 0.8),
        day_icc: often(draws, &[0.0, 0.02, 0.05, 0.1], 0.1),
        items: [(1, 1), (3, 3), (5, 9), (5, 9), (5, 9), (12, 22)][draws.below(6) as usize],
        shared_days: draws.happens(0.6),
        own_points: draws.happens(0.2),
        own_rates: draws.happens(0.4),
    }
}

/// The interval of somebody who knows the true rates' variance: Wilson's on the true effective size.
fn knowing_interval(setting: &Setting, clusters: &[DayCluster]) -> Option<Interval> {
    let (totals, rate) = setting.totals(clusters);
    let within = setting.day_icc + (1.0 - setting.day_icc) * setting.person_icc;
    let mut variance = 0.0;
    for (field, total) in totals.iter().enumerate() {
        let (weight, p) = (setting.weights[field], setting.rates[field]);
        let (m, mm) = (total.m as f64, total.mm as f64);
        variance += (weight / m).powi(2) * p * (1.0 - p) * (m + within * (mm - m));
    }
    for cluster in clusters {
        let (mut sum, mut squares, mut own) = (0.0, 0.0, 0.0);
        for cell in &cluster.cells {
            let p = setting.rates[cell.cell];
            let scale = setting.weights[cell.cell] / totals[cell.cell].m as f64 * (p * (1.0 - p)).sqrt();
            sum += scale * cell.m as f64;
            squares += (scale * cell.m as f64).powi(2);
            own += scale * scale * cell.mm as f64;
        }
        variance += setting.day_icc * (if setting.shared_days { sum * sum } else { squares } - own);
    }
    let truth = setting.truth();
    wilson_effective(rate, truth * (1.0 - truth) / variance, Confidence::NINETY_FIVE.normal_critical())
}

/// How one interval did, over the repetitions of one setting.
#[derive(Default, Clone, Copy)]
struct Did {
    holds: f64,
    above: f64,
    below: f64,
    width: f64,
}

impl Did {
    fn add(&mut self, interval: Interval, truth: f64) {
        // Limits that only rounding keeps off the truth hold it.
        let (above, below) = (interval.low > truth + 1e-12, interval.high < truth - 1e-12);
        self.holds += f64::from(u8::from(!above && !below));
        self.above += f64::from(u8::from(above));
        self.below += f64::from(u8::from(below));
        self.width += interval.width();
    }

    fn per(self, studies: f64) -> Self {
        Self {
            holds: self.holds / studies,
            above: self.above / studies,
            below: self.below / studies,
            width: self.width / studies,
        }
    }
}

/// A setting with what came out.
struct Outcome {
    setting: Setting,
    /// Days of points with an answer, on average.
    clusters: f64,
    before: Did,
    now: Did,
    knowing: Did,
}

impl Outcome {
    fn of(number: u32, repetitions: u32) -> Self {
        let mut draws = Draws::of(SEED, u64::from(number));
        let setting = setting(&mut draws);
        let (mut clusters, mut before, mut now, mut knowing) = (0.0, Did::default(), Did::default(), Did::default());
        let (mut studies, truth) = (0.0, setting.truth());
        for _ in 0..repetitions {
            let study = setting.study(&mut draws);
            let estimate = weighted_rate(&setting.weights, &study, Confidence::NINETY_FIVE);
            let (Some(own), Some(old), Some(best)) =
                (estimate, setting.before(&study), knowing_interval(&setting, &study))
            else {
                continue;
            };
            studies += 1.0;
            clusters += study.len() as f64;
            now.add(own.interval(), truth);
            before.add(old, truth);
            knowing.add(best, truth);
        }
        let (before, now, knowing) = (before.per(studies), now.per(studies), knowing.per(studies));
        Self { setting, clusters: clusters / studies, before, now, knowing }
    }

    /// Enough days, people and dissatisfied people for an interval that is not too careful.
    fn is_rich(&self) -> bool {
        let respondents = f64::from(self.setting.respondents());
        self.clusters >= 20.0 && respondents >= 100.0 && respondents * (1.0 - self.setting.truth()) >= 10.0
    }

    fn groups(&self) -> Vec<String> {
        let truth = self.setting.truth();
        let days = if self.clusters < 20.0 { "1 · under 20 days of points" } else { "1 · 20 days of points or more" };
        let people = match self.setting.respondents() {
            ..100 => "2 · under 100 respondents",
            100..400 => "2 · 100 to 399 respondents",
            _ => "2 · 400 respondents or more",
        };
        let rate = if truth < 0.9 {
            "3 · rate under 0.9"
        } else if truth < 0.95 {
            "3 · rate 0.9 to 0.95"
        } else {
            "3 · rate 0.95 or more"
        };
        let sizes = (self.setting.sizes.iter().max().unwrap_or(&1), self.setting.sizes.iter().min().unwrap_or(&1));
        let fields = match self.setting.sizes.len() {
            1 => "4 · one field",
            _ if *sizes.0 >= 5 * sizes.1 => "4 · fields, the largest 5 times the smallest or more",
            _ => "4 · fields of like size",
        };
        let rich = if self.is_rich() { "5 · 20 days, 100 people, 10 of them dissatisfied" } else { "5 · the others" };
        ["0 · all", days, people, rate, fields, rich].map(str::to_owned).to_vec()
    }
}

/// The bound that a frequency may pass by chance: three standard errors.
fn by_chance(bound: f64, repetitions: u32) -> f64 {
    3.0 * (bound * (1.0 - bound) / f64::from(repetitions)).sqrt()
}

fn line(of: &[&Outcome], interval: impl Fn(&Outcome) -> Did) -> String {
    let all = || of.iter().map(|outcome| interval(outcome));
    let count = of.len() as f64;
    let mean = |part: fn(&Did) -> f64| 100.0 * all().map(|did| part(&did)).sum::<f64>() / count;
    let least = all().map(|did| did.holds).fold(1.0, f64::min);
    let most = all().map(|did| did.above).fold(0.0, f64::max);
    let ratio = of.iter().map(|outcome| interval(outcome).width / outcome.knowing.width).sum::<f64>() / count;
    format!(
        "{:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {ratio:.2}",
        100.0 * least,
        mean(|did| did.holds),
        100.0 * most,
        mean(|did| did.above),
        mean(|did| did.below)
    )
}

fn main() -> std::io::Result<()> {
    let asked = |place: usize| std::env::args().nth(place).and_then(|text| text.parse().ok());
    let repetitions: u32 = asked(1).unwrap_or(REPETITIONS).clamp(1, 100_000);
    let settings: u32 = asked(2).unwrap_or(SETTINGS).clamp(1, 10_000);
    let outcomes: Vec<Outcome> = (0..settings).map(|number| Outcome::of(number, repetitions)).collect();
    let mut out = std::io::stdout().lock();
    writeln!(out, "Seed {SEED}, {settings} settings, {repetitions} studies each.\n")?;
    let head = "least | mean | low > truth, most | mean | high < truth, mean | width";
    writeln!(out, "| settings | number | interval | {head} |\n|--|--|--|--|--|--|--|--|--|")?;
    let mut groups: BTreeMap<String, Vec<&Outcome>> = BTreeMap::new();
    for outcome in &outcomes {
        for group in outcome.groups() {
            groups.entry(group).or_default().push(outcome);
        }
    }
    for (name, of) in &groups {
        let count = of.len();
        writeln!(out, "| {name} | {count} | before | {} |", line(of, |outcome| outcome.before))?;
        writeln!(out, "| | | now | {} |", line(of, |outcome| outcome.now))?;
    }
    writeln!(out, "\n| minimum = truth | settings | false \"met\", before | now | false \"not met\", before | now |")?;
    writeln!(out, "|--|--|--|--|--|--|")?;
    for target in TARGETS {
        let of: Vec<&Outcome> =
            outcomes.iter().filter(|outcome| (outcome.setting.truth() - target).abs() < 1e-9).collect();
        let mean =
            |part: fn(&Outcome) -> f64| 100.0 * of.iter().map(|outcome| part(outcome)).sum::<f64>() / of.len() as f64;
        let (met, met_now) = (mean(|one| one.before.above), mean(|one| one.now.above));
        let (not, not_now) = (mean(|one| one.before.below), mean(|one| one.now.below));
        writeln!(out, "| {target} | {} | {met:.1} | {met_now:.1} | {not:.1} | {not_now:.1} |", of.len())?;
    }
    writeln!(out, "\n| asked of every setting, at three standard errors | before | now |\n|--|--|--|")?;
    let failing = |fails: &dyn Fn(&Outcome, Did) -> bool| {
        let count = |interval: fn(&Outcome) -> Did| outcomes.iter().filter(|one| fails(one, interval(one))).count();
        format!("{} | {}", count(|one| one.before), count(|one| one.now))
    };
    let held = COVERED - by_chance(COVERED, repetitions);
    let high = TOO_HIGH + by_chance(TOO_HIGH, repetitions);
    let careful = TOO_CAREFUL + by_chance(TOO_CAREFUL, repetitions);
    writeln!(out, "| holds the truth in less than 93 % | {} |", failing(&|_, did| did.holds < held))?;
    writeln!(out, "| lower limit above the truth in more than 3.5 % | {} |", failing(&|_, did| did.above > high))?;
    let too_careful = failing(&|one, did| one.is_rich() && did.holds > careful);
    writeln!(out, "| more than 97 % where there are 20 days, 100 people, 10 dissatisfied | {too_careful} |")?;
    writeln!(out, "\nSettings in which the interval of now misses what is asked:\n")?;
    for (number, one) in outcomes.iter().enumerate() {
        if one.now.holds < held || one.now.above > high || (one.is_rich() && one.now.holds > careful) {
            let Did { holds, above, below, .. } = one.now;
            writeln!(out, "- {number}: {holds:.4} (above {above:.4}, below {below:.4}), {:?}", one.setting)?;
        }
    }
    Ok(())
}
