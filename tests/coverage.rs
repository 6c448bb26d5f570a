//! Does the interval hold what it promises on data that look like a ward's? The demonstration's model knows the true
//! rates in closed form; many seeds of it tell how often the interval of the index holds them. And where it is hardest, few days and
//! small fields of large weight, simulated studies tell it apart from the interval used before, which fails there. The whole design
//! is the example `coverage`.

use std::collections::HashMap;

use chrono::NaiveDate;
use sipas::clock::day_number;
use sipas::demo::{Whose, generate, true_field_rates};
use sipas::index::counted::{Counted, Standing};
use sipas::index::{FormView, Input, Node, PointView, Suspects, compute};
use sipas::plan::Respondents;
use sipas::service::seeding;
use sipas::sheet::tally::{Layout, Series, Tally, TallyKey};
use sipas::stats::{Confidence, Interval, weighted_rate};
use sipas::survey::Feed;

#[path = "support/studies.rs"]
mod studies;

#[path = "support/small_wards.rs"]
mod small_wards;

#[path = "support/two_groups.rs"]
mod two_groups;

use studies::{Draws, Setting};
use two_groups::TwoGroups;

const SEEDS: u64 = 16;
const SHEETS: usize = 8_000;
const PERIODS: [(&str, &str); 4] = [
    ("cau-giay-2026", "2026-year"),
    ("o-cho-dua-2025", "2025-year"),
    ("o-dien-2026-2030", "2026-year"),
    ("thanh-dong-2026", "2026-year"),
];

/// 16 seeds × four communes × their fields of one questionnaire with enough respondents: at least 150 intervals at 95 %.
/// Were each of them exact, a share under 90 % or over 99,5 % would come in fewer than 1 of 100 such tests (binomial,
/// n = 150); the seeds are fixed, so the test passes or fails for good.
#[test]
fn the_interval_holds_the_truth_as_often_as_it_says() {
    let seeds = seeding::read(None, None).expect("seeds");
    let until = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a date");
    let layouts: Vec<Layout> = seeds.forms.iter().map(sipas::survey::Questionnaire::layout).collect();
    let forms: HashMap<i32, FormView<'_>> = (0_i32..)
        .zip(seeds.forms.iter().zip(&layouts))
        .map(|(number, (questionnaire, layout))| (number, FormView { questionnaire, layout }))
        .collect();
    let codes: HashMap<i16, String> = (0_i16..).zip(seeds.fields.iter().map(|field| field.id.clone())).collect();
    let order: Vec<String> = seeds.fields.iter().map(|field| field.id.clone()).collect();
    let truth = |(plan, period): (&'static str, &str)| {
        let period =
            seeds.plans.iter().find(|known| known.key == plan).and_then(|plan| plan.period(period)).expect("a period");
        let whose = Whose { from: period.from, to: period.to, respondents: Respondents::All, channel: None };
        (plan, true_field_rates(&seeds.forms, &seeds.plans, SHEETS, until, &whose))
    };
    let truths: HashMap<&str, _> = PERIODS.into_iter().map(truth).collect();
    let (mut intervals, mut holding, mut below, mut above) = (0_u32, 0_u32, 0_u32, 0_u32);
    for seed in 0..SEEDS {
        let demo = generate(&seeds.forms, &seeds.plans, SHEETS, seed, until);
        for (plan, period) in PERIODS {
            let plan = seeds.plans.iter().find(|known| known.key == plan).expect("a plan");
            let period = plan.period(period).expect("a period");
            let truth: Vec<_> = truths[plan.key.as_str()].iter().filter(|rate| rate.commune == plan.unit).collect();
            let mut tallies: HashMap<TallyKey, Tally> = HashMap::new();
            let mut points = HashMap::new();
            for sheet in &demo.sheets {
                let point = &demo.points[sheet.point];
                if point.commune != plan.unit || sheet.day < period.from || sheet.day > period.to {
                    continue;
                }
                let number = i32::try_from(sheet.point).expect("few points");
                points.entry((1, number)).or_insert_with(|| PointView {
                    channel: point.channel,
                    questionnaire: seeds.forms[point.questionnaire].id.clone(),
                    fields: point.fields.clone(),
                    open: true,
                });
                let key = TallyKey {
                    unit: 1,
                    day: day_number(sheet.day),
                    point: number,
                    field: *codes.iter().find(|(_, code)| **code == sheet.field).expect("a field").0,
                    form: i32::try_from(sheet.questionnaire).expect("few forms"),
                    // The truth is that of all sheets, whatever their series.
                    series: Series::Open,
                    mode: sheet.mode,
                    respondent: sheet.respondent,
                    suspect: sheet.suspect,
                };
                let layout = &layouts[sheet.questionnaire];
                tallies.entry(key).or_insert_with(|| Tally::empty(layout)).add(
                    layout,
                    &sheet.answers,
                    &sheet.demographics,
                );
            }
            let tallies: Vec<(TallyKey, Tally)> = tallies.into_iter().collect();
            let report = compute(&Input {
                plan,
                period: &period,
                unit: &plan.unit,
                live: true,
                today: until,
                forms: &forms,
                fields: &codes,
                order: &order,
                points: &points,
                counted: &Counted::of(
                    Series::Open,
                    Suspects::In,
                    &tallies,
                    |_| Standing::Counts,
                    |form| forms.get(&form).map(|form| form.layout),
                ),
                volumes: &[],
                declared: &[],
                whole: false,
            });
            for field in report.fields.iter().filter_map(Node::shown) {
                // Fields of one questionnaire only: there the figure is the very rate of the truth.
                let sipas = Feed::Sipas as usize;
                let mut of_field = truth.iter().filter(|rate| rate.field == field.field && rate.rates[sipas].is_some());
                let (Some(rate), None) = (of_field.next(), of_field.next()) else { continue };
                let Some(true_rate) = rate.rates[sipas].filter(|_| !field.estimate.is_approximate()) else { continue };
                intervals += 1;
                holding += u32::from(field.estimate.low <= true_rate && true_rate <= field.estimate.high);
                below += u32::from(field.estimate.high < true_rate);
                above += u32::from(field.estimate.low > true_rate);
            }
        }
    }
    let share = f64::from(holding) / f64::from(intervals);
    println!("{holding} of {intervals} hold the truth ({:.1} %), {below} lie below it, {above} above", 100.0 * share);
    assert!(intervals >= 150, "only {intervals} intervals were looked at");
    assert!((0.90..=0.995).contains(&share), "{share}");
}

/// Studies of each corner: of 600, a coverage of 93 % has a standard error of 1.0 points. `./dev soak groups` asks for more.
fn studies_of_each() -> u32 {
    std::env::var("SIPAS_TEST_STUDIES").map_or(600, |studies| studies.parse().expect("a number"))
}

/// One field of one rate; people answer 5 to 9 items.
fn plain(points: u32, days: u32, sizes: &[u32], rate: f64) -> Setting {
    Setting {
        points,
        days,
        sizes: sizes.to_vec(),
        weights: vec![1.0 / sizes.len() as f64; sizes.len()],
        rates: vec![rate; sizes.len()],
        person_icc: 0.5,
        day_icc: 0.05,
        items: (5, 9),
        shared_days: true,
        own_points: false,
        own_rates: false,
    }
}

/// How often an interval held the truth, and how often it lay above it, over the studies of a setting.
struct Held {
    holds: f64,
    above: f64,
}

impl Held {
    /// Whether it is what is promised: the truth held in 93 % or more, the lower limit above it in at most 3.5 %, at three
    /// standard errors.
    fn is_promised(&self) -> bool {
        let by_chance = |bound: f64| 3.0 * (bound * (1.0 - bound) / f64::from(studies_of_each())).sqrt();
        self.holds >= 0.93 - by_chance(0.93) && self.above <= 0.035 + by_chance(0.035)
    }
}

fn held(
    corner: u64,
    setting: &Setting,
    interval: impl Fn(&Setting, &[sipas::stats::DayCluster]) -> Option<Interval>,
) -> Held {
    let (mut draws, truth) = (Draws::of(2_026, corner), setting.truth());
    let (mut holds, mut above) = (0_u32, 0_u32);
    for _ in 0..studies_of_each() {
        let interval = interval(setting, &setting.study(&mut draws)).expect("an interval");
        holds += u32::from(interval.contains(truth));
        above += u32::from(interval.low > truth);
    }
    let part = |count: u32| f64::from(count) / f64::from(studies_of_each());
    Held { holds: part(holds), above: part(above) }
}

#[test]
fn the_interval_keeps_its_word_in_the_corners_in_which_the_one_before_broke_it() {
    let few_satisfied =
        Setting { rates: vec![0.85, 0.97, 0.97, 0.97, 0.97], ..plain(3, 20, &[400, 12, 12, 12, 12], 0.0) };
    let corners = [
        ("a large field and a small one of the same weight", plain(3, 20, &[400, 12], 0.9)),
        ("the same at 0.95", plain(3, 20, &[400, 12], 0.95)),
        ("a large field and four small ones that are better", few_satisfied),
        ("eight days of one point", plain(1, 8, &[400], 0.85)),
        ("five days of one point", Setting { day_icc: 0.1, ..plain(1, 5, &[600], 0.87) }),
        ("a single day", Setting { day_icc: 0.1, ..plain(1, 1, &[100], 0.9) }),
        ("nearly everybody satisfied", Setting { day_icc: 0.1, ..plain(2, 12, &[100], 0.97) }),
    ];
    for (number, (name, setting)) in (0..).zip(&corners) {
        let before = held(number, setting, Setting::before);
        let now = held(number, setting, |setting, study| {
            weighted_rate(&setting.weights, study, Confidence::NINETY_FIVE).map(|estimate| estimate.interval())
        });
        println!(
            "{name}: before {:.3} ({:.3} above), now {:.3} ({:.3} above)",
            before.holds, before.above, now.holds, now.above
        );
        assert!(!before.is_promised(), "{name}: the interval used before holds here, so the corner tells nothing");
        assert!(now.is_promised(), "{name}: holds {:.3}, above {:.3}", now.holds, now.above);
    }
}

/// A short round of the example `small_fields`. 600 quarters of which most have small fields: were a share of 93 % held, under 90 % of the
/// fewer than 300 of one kind would come in fewer than 1 of 40 such tests (binomial); the seed is fixed, so the test passes or fails for
/// good. `docs/coverage.md` has the long run.
#[test]
fn figures_of_fields_taken_together_or_bounded_hold_the_truth() {
    let (mut together, mut bounded) = ((0_u32, 0_u32), (0_u32, 0_u32));
    for stream in 0..600 {
        let quarter = small_wards::quarter(&mut Draws::of(20_261_129, stream));
        let target = &quarter.report.targets[0];
        let Some(estimate) = &target.estimate else { continue };
        let holds = u32::from(estimate.low <= quarter.truth && quarter.truth <= estimate.high);
        if !target.missing_fields.is_empty() {
            bounded = (bounded.0 + 1, bounded.1 + holds);
        } else if !target.collapsed_fields.is_empty() {
            together = (together.0 + 1, together.1 + holds);
        }
    }
    for (quarters, holding) in [together, bounded] {
        assert!(quarters >= 50, "{quarters} quarters");
        assert!(f64::from(holding) >= 0.9 * f64::from(quarters), "{holding} of {quarters}");
    }
}

/// Two like groups; people answer 5 to 9 items.
fn alike(points: u32, days: u32, people: [u32; 2], rate: f64) -> TwoGroups {
    TwoGroups {
        points,
        days,
        people: people.map(|people| vec![people]),
        second_comes: days,
        crowded: 0,
        rate,
        person_icc: 0.5,
        day_icc: 0.05,
        shared_days: true,
        items: (5, 9),
    }
}

/// How often two groups that do not differ are told apart at 5 %, the second said to be better and worse.
fn told_apart(corner: u64, setting: &TwoGroups, held_back: bool) -> (f64, f64) {
    let mut draws = Draws::of(20_261_129, corner);
    let (mut better, mut worse) = (0_u32, 0_u32);
    for _ in 0..studies_of_each() {
        let (pair, behind) = setting.study(&mut draws).expect("two groups");
        let pair = if held_back { pair.held_back(&behind) } else { pair };
        // Nothing between them and no error at all is no difference either.
        if pair.difference.p_two_sided().is_some_and(|p| p < 0.05) {
            better += u32::from(pair.difference.difference > 0.0);
            worse += u32::from(pair.difference.difference < 0.0);
        }
    }
    (f64::from(better) / f64::from(studies_of_each()), f64::from(worse) / f64::from(studies_of_each()))
}

/// The bound of `docs/coverage.md` on each tail: at most 3.5 %, at three standard errors.
#[test]
fn two_groups_that_do_not_differ_are_told_apart_no_more_often_than_said() {
    let bound = 0.035 + 3.0 * (0.035 * 0.965 / f64::from(studies_of_each())).sqrt();
    let rich = [
        ("twenty days of one point", alike(1, 20, [100, 100], 0.85)),
        ("the same with much in common", TwoGroups { day_icc: 0.1, ..alike(1, 20, [400, 100], 0.85) }),
        (
            "a good day is good for one group only",
            TwoGroups { day_icc: 0.1, shared_days: false, ..alike(1, 20, [400, 100], 0.85) },
        ),
        (
            "a group that comes on twenty days of sixty",
            TwoGroups { second_comes: 20, day_icc: 0.1, ..alike(1, 60, [600, 100], 0.9) },
        ),
        (
            "days of which a tenth has most of the people",
            TwoGroups { crowded: 1, day_icc: 0.1, ..alike(2, 30, [500, 200], 0.8) },
        ),
        (
            "the same, good for one group only",
            TwoGroups { crowded: 1, shared_days: false, ..alike(2, 30, [500, 200], 0.8) },
        ),
        ("points with few days each", TwoGroups { day_icc: 0.1, ..alike(8, 4, [200, 120], 0.85) }),
        ("nearly everybody satisfied", alike(2, 15, [150, 100], 0.97)),
        ("answers of a person nearly the same", TwoGroups { person_icc: 0.8, ..alike(3, 20, [300, 150], 0.75) }),
        (
            "answers of a person hardly alike",
            TwoGroups { person_icc: 0.1, day_icc: 0.1, ..alike(3, 20, [300, 150], 0.75) },
        ),
        (
            "two cells, one of them small",
            TwoGroups { people: [vec![400, 20], vec![100, 12]], ..alike(2, 20, [0, 0], 0.9) },
        ),
    ];
    for (number, (name, setting)) in (0..).zip(&rich) {
        let (better, worse) = told_apart(number, setting, true);
        println!("{name}: {better:.3} better, {worse:.3} worse");
        assert!(better <= bound && worse <= bound, "{name}: {better:.3} better, {worse:.3} worse");
    }
    // Of so few days nothing is judged; and even then the floor keeps what the days alone do not.
    let few = [
        ("three days of one point", TwoGroups { day_icc: 0.0, ..alike(1, 3, [200, 200], 0.85) }),
        (
            "a group that comes on two days of twenty",
            TwoGroups { second_comes: 2, day_icc: 0.0, ..alike(1, 20, [400, 40], 0.85) },
        ),
    ];
    for (number, (name, setting)) in (100..).zip(&few) {
        let (days_alone, held) = (told_apart(number, setting, false), told_apart(number, setting, true));
        println!("{name}: by days alone {days_alone:.3?}, held back {held:.3?}");
        assert!(held.0 <= bound && held.1 <= bound, "{name}: {held:?}");
        let (_, behind) = setting.study(&mut Draws::of(20_261_129, number)).expect("two groups");
        assert!(behind.iter().any(|own| own.clusters < 20), "{name} is not judged");
    }
    let by_days_alone = told_apart(101, &few[1].1, false);
    assert!(
        by_days_alone.0.max(by_days_alone.1) > bound,
        "the floor and the degrees of freedom change nothing: {by_days_alone:?}"
    );
}
