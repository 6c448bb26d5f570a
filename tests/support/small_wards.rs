//! Quarters of small wards whose true index is known, for the example `small_fields` and the test of coverage: a few points, many fields,
//! few answers, so that some fields are taken together and some are bounded.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use sipas::clock::day_number;
use sipas::index::counted::{Counted, Standing};
use sipas::index::{FormView, IndexReport, Input, PointView, Suspects, compute};
use sipas::plan::{Channel, IndexKind, Measure, Period, Plan, Respondents, Target, Weights};
use sipas::sheet::tally::{Layout, Mode, Respondent, Series, Tally, TallyKey};
use sipas::survey::{Factor, Feed, Item, Questionnaire, Section, Text};

use crate::studies::Draws;

/// Items of the questionnaire.
const ITEMS: usize = 5;
/// Days of the quarter on which points were open.
const DAYS: u32 = 62;

/// A quarter of a ward: what is true, and what the index says.
pub struct Quarter {
    /// The mean of the true rates of all fields that the ward serves.
    pub truth: f64,
    /// The report, made of sheets as they enter at the closing of the quarter.
    pub report: IndexReport,
}

/// One ward of 3 to 12 points and fields, with 20 to 400 answers in a quarter: fields of very unequal size, rates that differ
/// between them, people whose answers are alike and days that differ.
pub fn quarter(draws: &mut Draws) -> Quarter {
    let (points, fields) = (3 + draws.below(10), 3 + draws.below(10));
    let answers = (20.0 * 20_f64.powf(draws.uniform())).round();
    let base = 0.6 + 0.38 * draws.uniform();
    let (person, of_day) = (0.5 * draws.uniform(), 0.05 * draws.uniform());
    let spread = 0.6 * draws.uniform();
    let rates: Vec<f64> =
        (0..fields).map(|_| 1.0 / (1.0 + (-((base / (1.0 - base)).ln() + spread * draws.normal())).exp())).collect();
    let sizes: Vec<f64> = (0..fields).map(|_| draws.gamma(0.5) + 0.01).collect();
    let all: f64 = sizes.iter().sum();
    let layout = questionnaire().layout();
    let mut tallies: HashMap<TallyKey, Tally> = HashMap::new();
    let mut days: HashMap<(u32, u32, usize), f64> = HashMap::new();
    for _ in 0..whole(answers) {
        let mut left = draws.uniform() * all;
        let field = sizes.iter().position(|size| {
            left -= size;
            left < 0.0
        });
        let field = field.unwrap_or(0);
        let (point, day) = (draws.below(points), draws.below(DAYS));
        let rate = *days.entry((point, day, field)).or_insert_with(|| draws.beta(rates[field], of_day));
        let own = draws.beta(rate, person);
        let sheet: [u8; ITEMS] = std::array::from_fn(|_| if draws.happens(own) { 5 } else { 2 });
        let key = TallyKey {
            unit: 1,
            day: day_number(first() + Days::new(u64::from(day))),
            point: i32::try_from(point).unwrap_or(0),
            field: i16::try_from(field).unwrap_or(0),
            form: 1,
            series: Series::Open,
            mode: Mode::Phone,
            respondent: Respondent::Person,
            suspect: false,
        };
        tallies.entry(key).or_insert_with(|| Tally::empty(&layout)).add(&layout, &sheet, &[]);
    }
    let tallies: Vec<(TallyKey, Tally)> = tallies.into_iter().collect();
    let truth = rates.iter().sum::<f64>() / f64::from(fields);
    Quarter { truth, report: report(fields, points, &tallies, &layout) }
}

/// The index of sheets as a closing lets them in: fields of ten by themselves, few of several fields together, the rest not.
fn report(fields: u32, points: u32, tallies: &[(TallyKey, Tally)], layout: &Layout) -> IndexReport {
    let mut people: HashMap<i16, u64> = HashMap::new();
    for (key, tally) in tallies {
        *people.entry(key.field).or_default() += tally.sheets;
    }
    let few: u64 = people.values().filter(|people| **people < 10).sum();
    let standing = |field: i16| match (people[&field], few) {
        (10.., _) => Standing::Counts,
        (_, 10..) => Standing::Together(1),
        _ => Standing::Held,
    };
    let names: Vec<String> = (0..fields).map(|field| format!("field-{field}")).collect();
    let questionnaire = questionnaire();
    let form = FormView { questionnaire: &questionnaire, layout };
    let view = |point: u32| {
        let view = PointView {
            channel: Channel::Counter,
            questionnaire: questionnaire.id.clone(),
            fields: names.clone(),
            open: true,
        };
        ((1, i32::try_from(point).unwrap_or(0)), view)
    };
    let plan = plan();
    compute(&Input {
        plan: &plan,
        period: &plan.periods[0],
        unit: "ward",
        live: false,
        today: plan.to,
        forms: &HashMap::from([(1, form)]),
        fields: &(0..).zip(names.iter().cloned()).collect(),
        order: &names,
        points: &(0..points).map(view).collect(),
        counted: &Counted::of(Series::Open, Suspects::In, tallies, |key| standing(key.field), |_| Some(layout)),
        volumes: &[],
        declared: &[],
        whole: true,
    })
}

fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date")
}

/// The whole part of a number from 0 to some hundreds.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers of answers are small and not negative"
)]
fn whole(number: f64) -> u32 {
    number as u32
}

fn questionnaire() -> Questionnaire {
    let item = |number: usize| Item {
        id: format!("item-{number}"),
        text: Text::default(),
        help: Text::default(),
        source: None,
        required: false,
        audio: Text::default(),
    };
    Questionnaire {
        id: "short".to_owned(),
        version: 1,
        fields: Vec::new(),
        languages: vec!["vi".to_owned()],
        title: Text::default(),
        intro: Text::default(),
        estimated_seconds: 60,
        levels: std::array::from_fn(|_| Text::default()),
        not_used: Text::default(),
        sections: vec![Section {
            questions: Vec::new(),
            unless: None,
            id: "access".to_owned(),
            factor: Some(Factor::Access),
            feeds: vec![Feed::Sipas],
            title: Text::default(),
            items: (0..ITEMS).map(item).collect(),
            optional: false,
        }],
        demographics: Vec::new(),
        comment: None,
        unreviewed: Vec::new(),
    }
}

fn plan() -> Plan {
    let (from, to) = (first(), first() + Days::new(u64::from(DAYS)));
    Plan {
        key: "ward-2026".to_owned(),
        number: None,
        title_vi: String::new(),
        title_en: String::new(),
        unit: "ward".to_owned(),
        unit_name: String::new(),
        parent_unit: "city".to_owned(),
        parent_name: String::new(),
        dated: None,
        from,
        to,
        weights: Weights::Equal,
        confidence: 0.95,
        series: vec![Series::Open],
        ministry_policy_share: 32.0 / 51.0,
        counts: Vec::new(),
        targets: vec![Target {
            id: "sipas".to_owned(),
            clause: "1".to_owned(),
            index: IndexKind::Sipas,
            measure: Measure::Answers,
            fields: Vec::new(),
            respondents: Respondents::All,
            channel: None,
            from,
            to,
            minimum: 0.85,
            part_of: None,
            title_vi: String::new(),
            title_en: String::new(),
        }],
        periods: vec![Period { key: "2026-q1".to_owned(), from, to, due: None, assumed: false, clause: String::new() }],
        tasks: Vec::new(),
    }
}
