//! The index as `docs/statistics.md` defines it, on tallies small enough to be counted by hand.

use std::collections::HashMap;

use chrono::NaiveDate;
use sipas::clock::day_number;
use sipas::index::counted::{Counted, Standing};
use sipas::index::group_differences::group_differences;
use sipas::index::projection::{FurtherSample, contributions};
use sipas::index::result::DeclaredEmpty;
use sipas::index::result::{LowPoint, Prospect};
use sipas::index::rounding::percent_digits;
use sipas::index::{FormView, IndexReport, Input, Node, PointView, Reason, Suspects, Verdict, compute};
use sipas::plan::Caseload;
use sipas::plan::{
    Channel, FieldOfService, IndexKind, Measure, Period, Plan, Respondents, Target, Weights, parse, parse_fields,
};
use sipas::sheet::tally::{Layout, Mode, Respondent, Series, Tally, TallyKey};
use sipas::survey::{ChoiceOption, Demographic, Factor, Feed, Item, Questionnaire, Section, Text};

#[path = "index/small_fields.rs"]
mod small_fields;

const UNIT: i32 = 1;

/// Two sections: `access` with two items, `facilities` (no factor) with one.
fn questionnaire(id: &str) -> Questionnaire {
    let item = |id: &str| Item {
        id: id.to_owned(),
        text: Text::default(),
        help: Text::default(),
        source: None,
        required: false,
        audio: Text::default(),
    };
    let section = |id: &str, factor, items: &[&str]| Section {
        id: id.to_owned(),
        factor,
        feeds: vec![Feed::Sipas, Feed::Procedures],
        title: Text::default(),
        items: items.iter().map(|id| item(id)).collect(),
        optional: false,
        ..Section::default()
    };
    Questionnaire {
        id: id.to_owned(),
        version: 1,
        fields: Vec::new(),
        languages: vec!["vi".to_owned()],
        title: Text::default(),
        intro: Text::default(),
        estimated_seconds: 60,
        levels: std::array::from_fn(|_| Text::default()),
        not_used: Text::default(),
        sections: vec![
            section("access", Some(Factor::Access), &["access_info", "access_place"]),
            section("facilities", None, &["facilities_clean"]),
        ],
        demographics: Vec::new(),
        comment: None,
        unreviewed: Vec::new(),
    }
}

/// A world of two fields (1 land, 2 health), two questionnaires (1 `counter`, 2 `online`) and points 1, 2 (counter), 3 (online).
struct World {
    forms: Vec<Questionnaire>,
    layouts: Vec<Layout>,
    plan: Plan,
    tallies: Vec<(TallyKey, Tally)>,
    volumes: Vec<Caseload>,
    today: NaiveDate,
    open_fields: [Vec<String>; 3],
    /// Codes of the fields 1, 2, …
    fields: Vec<String>,
    /// How the sheets of a field count, where they do not by themselves.
    standing: HashMap<i16, Standing>,
    declared: Vec<DeclaredEmpty>,
}

impl World {
    fn new(minimum: f64, fields: &[&str]) -> Self {
        let forms = vec![questionnaire("counter"), questionnaire("online")];
        let layouts = forms.iter().map(sipas::survey::Questionnaire::layout).collect();
        Self {
            forms,
            layouts,
            plan: plan(minimum, fields),
            tallies: Vec::new(),
            volumes: Vec::new(),
            today: date(20),
            open_fields: [vec!["land".to_owned()], vec!["health".to_owned()], Vec::new()],
            fields: vec!["land".to_owned(), "health".to_owned()],
            standing: HashMap::new(),
            declared: Vec::new(),
        }
    }

    /// `people` sheets with these answers at a point on a day of March 2026.
    fn answer(&mut self, people: u32, point: i32, field: i16, day: u32, answers: [u8; 3]) -> &mut Self {
        self.answer_as(people, key(point, field, day), answers)
    }

    fn answer_as(&mut self, people: u32, key: TallyKey, answers: [u8; 3]) -> &mut Self {
        let layout = &self.layouts[usize::try_from(key.form).expect("a form") - 1];
        let mut tally = Tally::empty(layout);
        for _ in 0..people {
            tally.add(layout, &answers, &[]);
        }
        match self.tallies.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => known.merge(&tally),
            None => self.tallies.push((key, tally)),
        }
        self
    }

    fn report(&self) -> IndexReport {
        self.report_with(Series::Open, Suspects::In)
    }

    fn report_with(&self, series: Series, suspects: Suspects) -> IndexReport {
        self.with_input(series, suspects, compute)
    }

    fn with_input<T>(&self, series: Series, suspects: Suspects, make: impl FnOnce(&Input<'_>) -> T) -> T {
        let view = |number: usize| FormView { questionnaire: &self.forms[number], layout: &self.layouts[number] };
        let point = |number: usize, channel, form: &str| PointView {
            channel,
            questionnaire: form.to_owned(),
            fields: self.open_fields[number].clone(),
            open: true,
        };
        make(&Input {
            plan: &self.plan,
            period: &self.plan.periods[0],
            unit: "ward",
            live: false,
            today: self.today,
            forms: &HashMap::from([(1, view(0)), (2, view(1))]),
            fields: &(1..).zip(self.fields.iter().cloned()).collect(),
            order: &self.fields,
            points: &HashMap::from([
                ((UNIT, 1), point(0, Channel::Counter, "counter")),
                ((UNIT, 2), point(1, Channel::Counter, "counter")),
                ((UNIT, 3), point(2, Channel::Online, "online")),
            ]),
            counted: &Counted::of(
                series,
                suspects,
                &self.tallies,
                |key| self.standing.get(&key.field).copied().unwrap_or(Standing::Counts),
                |form| self.layouts.get(usize::try_from(form).expect("a form") - 1),
            ),
            volumes: &self.volumes,
            declared: &self.declared,
            whole: true,
        })
    }
}

fn date(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, day).expect("a date")
}

fn key(point: i32, field: i16, day: u32) -> TallyKey {
    TallyKey {
        unit: UNIT,
        day: day_number(date(day)),
        point,
        field,
        form: if point == 3 { 2 } else { 1 },
        series: Series::Open,
        mode: Mode::Phone,
        respondent: Respondent::Person,
        suspect: false,
    }
}

fn plan(minimum: f64, fields: &[&str]) -> Plan {
    Plan {
        key: "ward-2026".to_owned(),
        number: None,
        title_vi: String::new(),
        title_en: String::new(),
        unit: "ward".to_owned(),
        unit_name: String::new(),
        parent_unit: String::new(),
        parent_name: String::new(),
        dated: None,
        from: date(1),
        to: date(31),
        weights: Weights::Equal,
        confidence: 0.95,
        series: vec![Series::Open],
        ministry_policy_share: 32.0 / 51.0,
        targets: vec![Target {
            measure: Measure::Answers,
            id: "sipas".to_owned(),
            clause: "I".to_owned(),
            index: IndexKind::Sipas,
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            respondents: Respondents::All,
            channel: None,
            from: date(1),
            to: date(31),
            minimum,
            part_of: None,
            title_vi: String::new(),
            title_en: String::new(),
        }],
        counts: Vec::new(),
        periods: vec![Period {
            key: "2026-q1".to_owned(),
            from: date(1),
            to: date(14),
            due: None,
            assumed: false,
            clause: String::new(),
        }],
        tasks: Vec::new(),
    }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

#[test]
fn a_rate_is_satisfied_answers_by_answers_and_not_used_and_blank_never_count() {
    let mut world = World::new(0.5, &[]);
    // 10 people: 5, 4, not used → y 2, m 2. 10 people: 3, blank, 2 → y 0, m 2. So 20 of 40 answers.
    world.answer(10, 1, 1, 2, [5, 4, 6]).answer(10, 1, 1, 3, [3, 0, 2]);
    world.open_fields[1].clear();
    let report = world.report();
    let target = &report.targets[0];
    let estimate = target.estimate.as_ref().expect("an estimate");
    assert!(close(estimate.value, 0.5));
    assert_eq!((estimate.respondents, estimate.answers, estimate.clusters), (20, 40, 2));
    let field = report.fields[0].shown().expect("a field");
    // Levels: (5 + 4)·10 + (3 + 2)·10 over 40 answers.
    assert!(close(field.mean_score, 3.5));
    let access = field.factors[0].shown().expect("a factor");
    assert_eq!(access.factor, "access");
    // access: y 20 of 10·2 + 10·1 = 30.
    assert!(close(access.estimate.value, 20.0 / 30.0));
    let info = access.criteria[0].shown().expect("a criterion");
    assert_eq!((info.levels, info.not_used, info.blank, info.respondents), ([0, 0, 10, 0, 10], 0, 0, 20));
    let place = access.criteria[1].shown().expect("a criterion");
    assert_eq!((place.levels, place.not_used, place.blank, place.respondents), ([0, 0, 0, 10, 0], 0, 10, 10));
    assert_eq!(field.factors[1].shown().expect("a factor").factor, "facilities");
}

#[test]
fn fields_that_all_stand_on_the_minimum_reach_it_together() {
    for fields in 1..=14_i16 {
        let mut world = World::new(0.9, &[]);
        world.fields = (1..=fields).map(|field| format!("field-{field}")).collect();
        world.open_fields = Default::default();
        for field in 1..=fields {
            // 27 of 30 people: 81 of 90 answers, 90 %; in binary the mean of 3, 7 or 9 to 14 of these lies below 0.9.
            world.answer(27, 1, field, 2, [5, 5, 5]).answer(3, 1, field, 3, [1, 1, 1]);
        }
        let target = &world.report().targets[0];
        let estimate = target.estimate.as_ref().expect("an estimate");
        assert_eq!(target.point_reached, Some(true), "{fields} fields");
        assert!(estimate.value >= 0.9 && close(estimate.value, 0.9), "{fields} fields: {}", estimate.value);
        assert_eq!(percent_digits(estimate.value, &[0.9]), "90.0");
        // One answer fewer in one of them: below, and shown below.
        world.answer(1, 1, 1, 4, [1, 6, 6]);
        let target = &world.report().targets[0];
        let value = target.estimate.as_ref().expect("an estimate").value;
        assert_eq!(target.point_reached, Some(false), "{fields} fields");
        assert!(value < 0.9 && percent_digits(value, &[0.9]).starts_with("89."), "{value}");
    }
}

#[test]
fn fields_weigh_alike_however_many_answered() {
    let mut world = World::new(0.5, &[]);
    // land: 90 people, all satisfied; health: 10 people, none. Equal weights give 1/2, by respondents 0.9.
    world.answer(90, 1, 1, 2, [5, 5, 5]).answer(10, 2, 2, 2, [1, 1, 1]);
    assert!(close(world.report().targets[0].estimate.as_ref().expect("an estimate").value, 0.5));
    world.plan.weights = Weights::Respondents;
    assert!(close(world.report().targets[0].estimate.as_ref().expect("an estimate").value, 0.9));
}

impl World {
    /// The cases of March 2026 of a field: at a point, or at the unit as a whole.
    fn cases(&mut self, field: i16, point: Option<i32>, cases: u64) -> &mut Self {
        self.volumes.push(Caseload { unit: UNIT, point, field, month: date(1), cases });
        self
    }
}

#[test]
fn fields_weigh_by_their_cases_and_so_does_the_interval() {
    let mut world = World::new(0.5, &[]);
    world.plan.weights = Weights::Volumes;
    // land: 30 of 40 people satisfied with everything; health: 5 of 20. Cases 3 to 1.
    world.answer(30, 1, 1, 2, [5, 5, 5]).answer(10, 1, 1, 2, [1, 1, 1]);
    world.answer(5, 2, 2, 2, [5, 5, 5]).answer(15, 2, 2, 2, [1, 1, 1]);
    world.cases(1, None, 3000).cases(2, None, 1000);
    let report = world.report();
    assert_eq!((report.weights, report.volumes.as_ref().expect("known").missing.len()), (Weights::Volumes, 0));
    let estimate = report.targets[0].estimate.as_ref().expect("an estimate");
    // R = .75·.75 + .25·.25. The limits from single people by `work_out` of tests/stats_data/weighted_rate.py, for
    // [(1, 2, 0, 3, 3)]*30 + [(1, 2, 0, 0, 3)]*10 + [(2, 2, 1, 3, 3)]*5 + [(2, 2, 1, 0, 3)]*15 with weights .75 and .25: each field has one day,
    // which leaves nearly everything open.
    assert!(close(estimate.value, 0.625));
    assert!(
        (estimate.low - 0.236_865_923_9).abs() < 1e-8 && (estimate.high - 0.863_324_147_8).abs() < 1e-8,
        "{estimate:?}"
    );
    let weights: Vec<f64> =
        report.targets[0].by_field.iter().filter_map(Node::shown).filter_map(|field| field.weight).collect();
    assert!(close(weights[0], 0.75) && close(weights[1], 0.25), "land, health: {weights:?}");
    let coverage = report.coverage.as_ref().expect("coverage");
    // The period ends on 14 March: 3000 · 14/31 = 1354.8 cases.
    assert_eq!((coverage.fields[0].cases, coverage.fields[0].answered), (1355, Some(40)));
    assert!(close(coverage.fields[0].share.expect("a share"), 40.0 / (3000.0 * 14.0 / 31.0)));
}

#[test]
fn where_a_field_lacks_cases_every_field_weighs_alike_and_it_is_named() {
    let mut world = World::new(0.5, &[]);
    world.plan.weights = Weights::Volumes;
    world.answer(90, 1, 1, 2, [5, 5, 5]).answer(10, 2, 2, 2, [1, 1, 1]);
    let none = world.report();
    assert_eq!((none.weights, none.coverage.is_none()), (Weights::Equal, true));
    world.cases(1, None, 3000);
    let report = world.report();
    assert_eq!(report.weights, Weights::Equal);
    assert_eq!(report.volumes.as_ref().expect("known").missing, ["health"]);
    assert!(close(report.targets[0].estimate.as_ref().expect("an estimate").value, 0.5));
    // No cases at all are no weight either; one is.
    world.cases(2, None, 0);
    assert_eq!(world.report().volumes.expect("known").missing, ["health"]);
    world.volumes.pop();
    world.cases(2, None, 1);
    assert_eq!(world.report().weights, Weights::Volumes);
    // A field with cases in a month in which the other has none: the other lacks them.
    let february = NaiveDate::from_ymd_opt(2026, 2, 1).expect("a day");
    world.plan.periods[0].from = february;
    world.volumes.push(Caseload { unit: UNIT, point: None, field: 1, month: february, cases: 10 });
    assert_eq!(world.report().volumes.expect("known").missing, ["health"]);
}

#[test]
fn questionnaires_of_a_field_weigh_by_the_cases_of_their_points_or_alike() {
    let mut world = World::new(0.5, &["land"]);
    world.plan.weights = Weights::Volumes;
    world.open_fields[2] = vec!["land".to_owned()];
    // land at the counter 1, online 0; cases 1 to 3.
    world.answer(40, 1, 1, 2, [5, 5, 5]).answer(20, 3, 1, 2, [1, 1, 1]);
    world.cases(1, Some(1), 100).cases(1, Some(3), 300);
    let value = |world: &World| world.report().targets[0].estimate.as_ref().expect("an estimate").value;
    assert!(close(value(&world), 0.25));
    let points = world.report().coverage.expect("coverage").points;
    // 100 and 300 cases, of which 14 of 31 days.
    assert_eq!(
        points.iter().map(|point| (point.cases, point.answered_tens)).collect::<Vec<_>>(),
        [(45, 40), (135, 20)]
    );
    // Said for the unit as a whole, nothing tells the questionnaires apart: they weigh alike.
    world.volumes.clear();
    world.cases(1, None, 400);
    assert!(close(value(&world), 0.5));
    // A questionnaire with answers and without cases would drop out: they weigh alike too.
    world.volumes.clear();
    world.cases(1, Some(1), 100);
    assert!(close(value(&world), 0.5));
}

#[test]
fn a_target_is_predicted_while_its_period_runs() {
    let mut world = World::new(0.9, &["land"]);
    // Every day alike: were the dissatisfied all of one day, hardly anything would be known.
    for day in 1..=10 {
        world.answer(8, 1, 1, day, [5, 5, 5]).answer(2, 1, 1, day, [1, 1, 1]);
    }
    assert_eq!(world.report().targets[0].outlook, None, "after the cut-off there is nothing to predict");
    world.today = date(10);
    let outlook = world.report().targets[0].outlook.expect("an outlook");
    // 1 to 14 March: ten days past, four left, 100 people so far.
    assert_eq!((outlook.days_left, outlook.respondents_expected, outlook.heading), (4, 40, Prospect::OutOfReach));
    assert!(outlook.low < 0.8 && outlook.high > 0.8 && outlook.reaches < 0.01);
    world.plan.targets[0].minimum = 0.6;
    assert_eq!(world.report().targets[0].outlook.expect("an outlook").heading, Prospect::OnCourse);
    world.plan.targets[0].minimum = 0.8;
    assert_eq!(world.report().targets[0].outlook.expect("an outlook").heading, Prospect::Undecided);
    // On the last day nobody is to come, and before the first nothing is known.
    world.today = date(14);
    assert_eq!(world.report().targets[0].outlook.expect("an outlook").respondents_expected, 0);
    world.today = NaiveDate::from_ymd_opt(2026, 2, 20).expect("a day");
    assert_eq!(world.report().targets[0].outlook, None);
}

#[test]
fn what_pulls_a_target_down_adds_up_to_its_shortfall_and_comes_from_shown_figures() {
    let mut world = World::new(0.9, &[]);
    // land: 40 people, the second item bad for 20; health: 20 people, all content but for 5 with the first item.
    world.answer(20, 1, 1, 2, [5, 5, 5]).answer(20, 1, 1, 2, [5, 1, 5]);
    world.answer(15, 2, 2, 2, [5, 5, 5]).answer(5, 2, 2, 2, [1, 5, 5]);
    let report = world.report();
    let target = &report.targets[0];
    let found = contributions(&report, target);
    // land 5/6, health 11/12 above the minimum, alike: land takes (.9 − 5/6)/2 = 1/30; its second item, a third of
    // the answers at 1/2: .5·(1/3)·.4 = 1/15. health's first: .5·(1/3)·(.9 − .75) = 1/40.
    let named: Vec<(&str, Option<&str>)> =
        found.iter().map(|pull| (pull.field.as_str(), pull.item.as_deref())).collect();
    assert_eq!(named, [("land", None), ("land", Some("access_place")), ("health", Some("access_info"))]);
    for (pull, expected) in found.iter().zip([1.0 / 30.0, 1.0 / 15.0, 1.0 / 40.0]) {
        assert!(close(pull.shortfall, expected), "{pull:?}");
    }
    // Over all fields, also those above: t − R.
    let all: f64 = target
        .by_field
        .iter()
        .filter_map(Node::shown)
        .map(|field| field.weight.expect("a weight") * (0.9 - field.estimate.value))
        .sum();
    assert!(close(all, 0.9 - target.estimate.as_ref().expect("an estimate").value));
    // Nine people are named by nothing.
    let mut small = World::new(0.9, &[]);
    small.answer(40, 1, 1, 2, [5, 5, 5]).answer(9, 2, 2, 2, [1, 1, 1]);
    let report = small.report();
    assert_eq!(contributions(&report, &report.targets[0]), []);
    assert_eq!(
        (&report.targets[0].low_points[..], report.targets[0].further_sample()),
        (&[][..], FurtherSample::Incomplete)
    );
}

#[test]
fn a_point_is_named_when_thirty_people_leave_no_doubt() {
    let mut world = World::new(0.9, &["land"]);
    world.answer(90, 1, 1, 2, [5, 5, 5]);
    world.answer(5, 2, 1, 2, [5, 5, 5]).answer(10, 2, 1, 2, [1, 1, 1]);
    world.answer(5, 2, 1, 3, [5, 5, 5]).answer(9, 2, 1, 3, [1, 1, 1]);
    let low = |world: &World| world.report().targets[0].low_points.clone();
    assert_eq!(low(&world), [], "29 people");
    world.answer(1, 2, 1, 3, [1, 1, 1]);
    assert_eq!(low(&world), [LowPoint { unit: UNIT, point: 2 }]);
    world.plan.targets[0].minimum = 0.4;
    assert_eq!(low(&world), [], "10 of 30 may be 40 %");
}

#[test]
fn questionnaires_of_one_field_weigh_alike_within_it() {
    let mut world = World::new(0.5, &[]);
    // land at the counter 1.0 and online 0.5: 0.75; health 0.25. Fields alike: 0.5.
    world.open_fields[2] = vec!["land".to_owned()];
    world.answer(40, 1, 1, 2, [5, 5, 5]);
    world.answer(10, 3, 1, 2, [5, 5, 5]).answer(10, 3, 1, 3, [1, 1, 1]);
    world.answer(5, 2, 2, 2, [5, 5, 5]).answer(15, 2, 2, 3, [1, 1, 1]);
    let report = world.report();
    assert!(close(report.targets[0].estimate.as_ref().expect("an estimate").value, 0.5));
    let values: Vec<f64> = report.fields.iter().map(|field| field.shown().expect("a field").estimate.value).collect();
    assert!(close(values[0], 0.75) && close(values[1], 0.25), "land, health: {values:?}");
}

#[test]
fn a_target_on_one_small_field_is_null_with_its_reason() {
    let mut world = World::new(0.5, &["health"]);
    assert_eq!(world.report().targets[0].reason, Some(Reason::NoData));
    world.answer(9, 2, 2, 2, [5, 5, 5]);
    let report = world.report();
    let target = serde_json::to_value(&report.targets[0]).expect("JSON");
    assert_eq!(
        (&target["estimate"], &target["reason"], &target["verdict"]),
        (&serde_json::Value::Null, &serde_json::json!("small_cell"), &serde_json::json!("cannot_say"),)
    );
    world.answer(1, 2, 2, 2, [5, 5, 5]);
    assert_eq!(world.report().targets[0].reason, None, "ten are shown");
}

#[test]
fn nothing_is_rounded_across_a_target() {
    let mut world = World::new(0.9, &["land"]);
    // 8 996 of 10 000 answers: 89,96 % is not 90 %.
    world.answer(8_996, 1, 1, 2, [5, 0, 0]).answer(1_004, 1, 1, 3, [1, 0, 0]);
    let report = world.report();
    assert_eq!(report.targets[0].point_reached, Some(false));
    assert_ne!(report.targets[0].verdict, Verdict::Met);
}

#[test]
fn a_criterion_under_ten_hides_and_takes_the_next_smallest_along() {
    let mut world = World::new(0.5, &["land"]);
    world.answer(40, 1, 1, 2, [5, 4, 5]).answer(9, 1, 1, 3, [5, 6, 5]);
    // access_place: 40 answered, access_info: 49. Now a third of them leave access_place to nine.
    let mut small = World::new(0.5, &["land"]);
    small.answer(9, 1, 1, 2, [5, 4, 5]).answer(40, 1, 1, 3, [5, 6, 5]);
    let criteria = |world: &World| -> Vec<bool> {
        let report = world.report();
        let field = report.fields[0].shown().expect("a field");
        let access = field.factors[0].shown().expect("a factor");
        access.criteria.iter().map(|node| matches!(node, Node::Hidden(_))).collect()
    };
    assert_eq!(criteria(&world), [false, false]);
    assert_eq!(criteria(&small), [true, true], "49 − 9 would give the nine away by subtraction");
}

#[test]
fn an_item_that_a_new_version_moves_counts_under_each_versions_own_factor() {
    let mut world = World::new(0.85, &["land"]);
    // Version 2 asks about the place among the facilities.
    let mut moved = questionnaire("counter");
    moved.version = 2;
    let place = moved.sections[0].items.remove(1);
    moved.sections[1].items.push(place);
    world.layouts[1] = moved.layout();
    world.forms[1] = moved;
    // 30 sheets of version 1, satisfied with the place; 20 of version 2, not.
    let report = world.answer(30, 1, 1, 2, [5, 5, 5]).answer(20, 3, 1, 3, [5, 5, 2]).report();
    let field = report.fields.iter().find_map(Node::shown).expect("a field");
    let place_in = |factor: &str| {
        let factor =
            field.factors.iter().filter_map(Node::shown).find(|found| found.factor == factor).expect("a factor");
        let criteria = factor.criteria.iter().filter_map(Node::shown);
        let found = criteria.into_iter().find(|found| found.item == "access_place").expect("the criterion").clone();
        (found.respondents, found.estimate.value.to_bits())
    };
    assert_eq!(place_in("access"), (30, 1.0_f64.to_bits()));
    assert_eq!(place_in("facilities"), (20, 0.0_f64.to_bits()));
}

#[test]
fn series_suspects_respondents_and_channel_cut_what_is_counted() {
    let mut world = World::new(0.5, &["land"]);
    world.answer(20, 1, 1, 2, [5, 5, 5]);
    world.answer_as(30, TallyKey { series: Series::Ticket, ..key(1, 1, 2) }, [1, 1, 1]);
    world.answer_as(40, TallyKey { suspect: true, ..key(1, 1, 2) }, [1, 1, 1]);
    world.answer_as(50, TallyKey { respondent: Respondent::Organisation, ..key(1, 1, 2) }, [5, 5, 5]);
    world.answer(60, 3, 1, 2, [5, 5, 5]);
    let people = |world: &World, series, suspects| {
        world.report_with(series, suspects).targets[0].estimate.as_ref().map_or(0, |estimate| estimate.respondents)
    };
    assert_eq!(people(&world, Series::Open, Suspects::In), 170);
    assert_eq!(people(&world, Series::Open, Suspects::Out), 130);
    assert_eq!(people(&world, Series::Ticket, Suspects::In), 30);
    world.plan.targets[0].respondents = Respondents::Organisation;
    assert_eq!(people(&world, Series::Open, Suspects::In), 50);
    world.plan.targets[0].respondents = Respondents::All;
    world.plan.targets[0].channel = Some(Channel::Online);
    assert_eq!(people(&world, Series::Open, Suspects::In), 60);
}

#[test]
fn a_target_outside_its_phase_is_not_judged() {
    let mut world = World::new(0.5, &["land"]);
    world.plan.targets[0].from = date(15);
    assert!(world.report().targets.is_empty());
}

#[test]
fn every_period_of_every_plan_has_its_targets() {
    // Source: Ô Diên I.2.1 and I.2.2; Ô Diên has three targets until 2027 and four from 2028.
    let fields: Vec<FieldOfService> =
        parse_fields("plans/fields.toml", include_str!("../plans/fields.toml")).expect("fields");
    let o_dien =
        parse("plans/o-dien-2026-2030.toml", include_str!("../plans/o-dien-2026-2030.toml"), &fields).expect("a plan");
    let targets = |period: &str| o_dien.targets_in(&o_dien.period(period).expect("a period")).len();
    assert_eq!((targets("2026-q1"), targets("2027-year"), targets("2028-q1"), targets("2030-year")), (3, 3, 4, 4));
}

#[test]
fn groups_of_respondents_have_the_index_of_their_own_answers_and_few_who_told_nothing_hide_another() {
    let sex = Demographic {
        id: "sex".to_owned(),
        text: Text::default(),
        options: ["male", "female"].map(|id| ChoiceOption { id: id.to_owned(), text: Text::default() }).to_vec(),
    };
    let asked = |blank: u32, minimum: f64| {
        let mut world = World::new(minimum, &[]);
        world.forms[0].demographics = vec![sex.clone()];
        world.layouts[0] = world.forms[0].layout();
        let layout = world.layouts[0].clone();
        let mut add = |people: u32, point: i32, field: i16, answers: [u8; 3], sex: u8| {
            let mut tally = Tally::empty(&layout);
            for _ in 0..people {
                tally.add(&layout, &answers, &[sex]);
            }
            let key = key(point, field, 3 + u32::from(sex));
            world.tallies.push((key, tally));
        };
        // Men: two of three answers in land. Women: none in land, all in health. Others left the question blank.
        add(20, 1, 1, [5, 5, 2], 1);
        add(30, 1, 1, [2, 2, 2], 2);
        add(10, 2, 2, [4, 4, 4], 2);
        add(blank, 1, 1, [3, 3, 3], 0);
        let report = world.report();
        let told = report.profile.iter().find(|question| question.question == "sex").expect("asked").clone();
        let values: Vec<Option<f64>> =
            told.options.iter().map(|option| option.estimate.as_ref().map(|estimate| estimate.value)).collect();
        let sheets: Vec<u64> = told.options.iter().map(|option| option.sheets).collect();
        (values, sheets, told.blank)
    };
    // Fields weigh alike: women (0 + 1) / 2. A group has its own share whatever the target asks: below it, at it or above it.
    for minimum in [0.9, 0.6, 0.5, 0.1] {
        let (values, sheets, blank) = asked(10, minimum);
        assert!((values[0].expect("men") - 2.0 / 3.0).abs() < 1e-12, "{values:?} against {minimum}");
        assert_eq!((values[1], sheets, blank), (Some(0.5), vec![20, 40], 10), "against {minimum}");
    }
    // All less men less women would be three people.
    assert_eq!(asked(3, 0.9).0, [None, Some(0.5)]);
}

#[test]
fn groups_by_what_a_target_is_cut_by_are_not_told() {
    let mut world = World::new(0.5, &[]);
    // Land: 120 people at the counter, 60 online. Health: 30 at the counter, 4 online.
    for day in 1..=12 {
        world.answer(10, 1, 1, day, [5, 4, 3]).answer(5, 3, 1, day, [5, 5, 2]);
    }
    world.answer(30, 2, 2, 2, [5, 4, 2]).answer(3, 3, 2, 3, [5, 5, 5]).answer(1, 3, 2, 4, [1, 1, 1]);
    world.tallies.iter_mut().filter(|(key, _)| key.point == 1 && key.day % 2 == 0).for_each(|(key, _)| {
        key.respondent = Respondent::Organisation;
    });
    let told = |world: &World| -> Vec<String> {
        let found = world.with_input(Series::Open, Suspects::In, group_differences);
        found.into_iter().map(|pair| pair.question).collect()
    };
    assert_eq!(told(&world), ["respondent", "channel"]);
    let whole = world.plan.targets[0].clone();
    let online = Target { id: "online".to_owned(), channel: Some(Channel::Online), ..whole.clone() };
    world.plan.targets.push(online);
    // The target counts the sixty of land alone, the group would count the four of health too: their sum and the target's would tell
    // what four people said.
    let report = world.report();
    let of_target = report.targets[1].estimate.as_ref().expect("a figure").respondents;
    let online: u64 = world.tallies.iter().filter(|(key, _)| key.point == 3).map(|(_, tally)| tally.sheets).sum();
    assert_eq!((of_target, online), (60, 64));
    assert_eq!(told(&world), ["respondent"]);
    world.plan.targets[1] = Target { id: "people".to_owned(), respondents: Respondents::Person, ..whole };
    assert_eq!(told(&world), ["channel"]);
}
