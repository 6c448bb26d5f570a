//! Fields with few answers taken together, bounded or declared empty; the factors of the whole unit; the ministry's way.

use std::collections::HashMap;

use sipas::index::counted::Standing;
use sipas::index::projection::{FurtherSample, contributions};
use sipas::index::result::DeclaredEmpty;
use sipas::index::{Node, Reason, Suspects, Verdict, targets_followed};
use sipas::plan::{Measure, Respondents, Weights};
use sipas::sheet::tally::Series;
use sipas::survey::OVERALL;

use super::{World, close};

fn world_of(fields: &[&str], minimum: f64) -> World {
    let mut world = World::new(minimum, &[]);
    world.fields = fields.iter().map(|field| (*field).to_owned()).collect();
    world.open_fields = [world.fields.clone(), Vec::new(), Vec::new()];
    world
}

/// Some people on each of the days 2 to 13, at the counter of land.
fn on_many_days(world: &mut World, people: u32, field: i16, answers: [u8; 3]) {
    for day in 2..=13 {
        world.answer(people, 1, field, day, answers);
    }
}

#[test]
fn sheets_that_entered_together_count_only_where_all_of_them_belong() {
    let mut world = world_of(&["land", "health", "labour"], 0.5);
    on_many_days(&mut world, 5, 1, [5, 5, 5]);
    world.answer(4, 1, 2, 2, [5, 5, 5]).answer(8, 1, 3, 3, [1, 1, 1]);
    world.standing = HashMap::from([(2, Standing::Together(7)), (3, Standing::Together(7))]);
    let report = world.report();
    let target = &report.targets[0];
    assert_eq!(target.collapsed_fields, ["health", "labour"]);
    // land at 1 with one weight, the others at 4/12 with two: (1 + 2 · 1/3) / 3.
    let estimate = target.estimate.as_ref().expect("an estimate");
    assert!(close(estimate.value, 5.0 / 9.0) && estimate.respondents == 72, "{estimate:?}");
    assert!(report.fields[1..].iter().all(|node| matches!(node, Node::Hidden(_))), "neither is shown by itself");
    // The factors of the whole unit count them as well: access at (1 + 2 · 1/3) / 3.
    let access = report.factors.iter().find(|factor| factor.factor == "access").expect("a factor");
    assert!(close(access.estimate.value, 5.0 / 9.0) && access.fields == ["land", "health", "labour"], "{access:?}");
    // Health alone would be a part of the release.
    world.plan.targets[0].fields = vec!["health".to_owned()];
    let alone = &world.report().targets[0];
    assert_eq!((alone.estimate.is_none(), alone.reason), (true, Some(Reason::SmallCell)));
    assert_eq!(alone.missing_fields, ["health"]);
    // Both of them are the whole of it.
    world.plan.targets[0].fields = vec!["health".to_owned(), "labour".to_owned()];
    let both = world.report().targets.remove(0);
    assert!(close(both.estimate.expect("an estimate").value, 1.0 / 3.0));
    // Of organisations alone there is nothing, of people all.
    world.plan.targets[0].fields = Vec::new();
    world.plan.targets[0].respondents = Respondents::Person;
    assert_eq!(world.report().targets[0].estimate.as_ref().expect("an estimate").respondents, 72);
    // Of one field it is a cell of that field.
    world.standing = HashMap::from([(2, Standing::Held), (3, Standing::Held), (1, Standing::Together(3))]);
    let report = world.report();
    assert_eq!(report.fields[0].shown().expect("land").estimate.respondents, 60);
    assert_eq!(report.targets[0].missing_fields, ["health", "labour"]);
}

#[test]
fn what_follows_targets_alone_says_the_same_of_them_and_of_what_pulls_them_down() {
    let mut world = world_of(&["land", "health", "labour"], 0.9);
    on_many_days(&mut world, 25, 1, [4, 2, 5]);
    on_many_days(&mut world, 25, 2, [5, 5, 5]);
    let whole = world.report();
    let followed = world.with_input(Series::Open, Suspects::In, targets_followed);
    assert_eq!(followed.targets, whole.targets);
    assert_eq!((&followed.fields, &followed.coverage), (&whole.fields, &whole.coverage));
    let pulls = contributions(&followed, &followed.targets[0]);
    assert_eq!(pulls, contributions(&whole, &whole.targets[0]));
    assert!(pulls.iter().any(|pull| pull.item.is_some()), "criteria are named from the fields: {pulls:?}");
    // All else is left to the period's own page.
    assert!(followed.points.is_empty() && followed.factors.is_empty() && followed.questionnaires.is_empty());
    assert!(!whole.points.is_empty() && !whole.factors.is_empty());
}

#[test]
fn a_field_declared_to_be_without_cases_is_no_part_of_the_index() {
    let mut world = world_of(&["land", "labour"], 0.8);
    on_many_days(&mut world, 25, 1, [5, 5, 5]);
    // Half of the weight is missing: from half of what is known to that and a half more.
    let open = world.report().targets.remove(0);
    assert_eq!((open.verdict, open.reason), (Verdict::CannotSay, Some(Reason::Incomplete)));
    assert!(open.estimate.expect("an estimate").low < 0.5 && open.missing_fields == ["labour"]);
    world.declared = vec![DeclaredEmpty { field: "labour".to_owned(), reason: "Không có hồ sơ".to_owned() }];
    let target = world.report().targets.remove(0);
    assert_eq!((target.verdict, target.reason), (Verdict::Met, None));
    assert_eq!((target.missing.len(), target.declared_empty.len()), (0, 1));
    // Who answers after all makes it void.
    world.answer(3, 1, 2, 2, [1, 1, 1]);
    let target = world.report().targets.remove(0);
    assert_eq!((target.declared_empty.len(), &target.missing_fields[..]), (0, &["labour".to_owned()][..]));
}

#[test]
fn what_is_missing_widens_the_other_measure_too() {
    let mut world = world_of(&["land", "labour"], 0.8);
    // No questionnaire here has an overall question: the share of answers is the other measure of a target on people.
    world.plan.targets[0].measure = Measure::People;
    on_many_days(&mut world, 25, 1, [5, 5, 1]);
    let open = world.report().targets.remove(0).other_measure.expect("the share of answers");
    world.declared = vec![DeclaredEmpty { field: "labour".to_owned(), reason: "Không có hồ sơ".to_owned() }];
    let whole = world.report().targets.remove(0).other_measure.expect("the share of answers");
    assert!(close(open.value, whole.value) && whole.high < 1.0, "{whole:?}");
    // By hand, of docs/statistics.md: two fields weigh alike and w = 1/2 is missing, so [L, H] becomes [L/2, H/2 + 1/2].
    assert!(close(open.low, whole.low / 2.0) && close(open.high, whole.high / 2.0 + 0.5), "{open:?} {whole:?}");
}

#[test]
fn a_questionnaire_of_no_field_in_particular_leaves_nothing_open_where_nobody_used_it() {
    let mut world = world_of(&["land", "general"], 0.8);
    on_many_days(&mut world, 25, 1, [5, 5, 5]);
    let unused = world.report().targets.remove(0);
    assert_eq!((unused.verdict, unused.reason, unused.missing.len()), (Verdict::Met, None, 0));
    // As soon as somebody answers it belongs to the index like every field: half of the weight is not known.
    world.answer(3, 1, 2, 2, [1, 1, 1]);
    let begun = world.report().targets.remove(0);
    assert_eq!((begun.verdict, begun.reason), (Verdict::CannotSay, Some(Reason::Incomplete)));
    assert_eq!(begun.missing_fields, ["general"]);
    // 300 people satisfied with one half of the weight, 40 not satisfied with the other.
    world.answer(37, 1, 2, 3, [1, 1, 1]);
    assert!(close(world.report().targets.remove(0).estimate.expect("an estimate").value, 0.5));
    // A plan that names the field asks for it.
    let mut named = world_of(&["land", "general"], 0.8);
    named.plan.targets[0].fields = vec!["land".to_owned(), "general".to_owned()];
    on_many_days(&mut named, 25, 1, [5, 5, 5]);
    assert_eq!(named.report().targets[0].missing_fields, ["general"]);
}

#[test]
fn the_other_measure_is_as_open_as_what_says_nothing_of_it() {
    let mut world = World::new(0.5, &["land", "health"]);
    // The questionnaire of health asks no overall question, that of land does.
    world.forms[0].sections[1].items[0].id = OVERALL.to_owned();
    world.layouts[0] = world.forms[0].layout();
    for day in 2..=13 {
        world.answer(25, 1, 1, day, [5, 5, 5]).answer(25, 3, 2, day, [5, 5, 5]);
    }
    let target = world.report().targets.remove(0);
    assert!(target.estimate.expect("an estimate").low > 0.9, "of answers every field says something");
    // Land is at 1 with half of the weight, the other half may be anything: from (1 − ½) · L < ½ to 1.
    let people = target.other_measure.expect("a share of people");
    assert!(close(people.value, 1.0) && close(people.high, 1.0), "{people:?}");
    assert!(people.low > 0.4 && people.low < 0.5, "{people:?}");
}

#[test]
fn small_fields_are_one_cell_once_they_have_ten_together() {
    let mut world = world_of(&["land", "health", "labour", "traffic"], 0.5);
    on_many_days(&mut world, 5, 1, [5, 5, 5]);
    world.answer(4, 1, 2, 2, [5, 5, 5]).answer(4, 1, 3, 3, [5, 5, 5]);
    let report = world.report();
    // Eight in two fields: each is missing with a quarter of the weight, as is the one that nobody answered about.
    assert_eq!(report.targets[0].missing_fields, ["health", "labour", "traffic"]);
    assert!(report.targets[0].missing.iter().all(|missing| close(missing.weight, 0.25)));
    world.answer(4, 1, 4, 4, [1, 1, 1]);
    let report = world.report();
    let target = &report.targets[0];
    assert_eq!(target.collapsed_fields, ["health", "labour", "traffic"]);
    assert_eq!((target.missing.len(), target.missing_fields.len()), (0, 0));
    // land at 1 with one weight, the others at 8/12 with three: (1 + 3 · 2/3) / 4.
    let estimate = target.estimate.as_ref().expect("an estimate");
    assert!(close(estimate.value, 0.75), "{estimate:?}");
    assert_eq!(estimate.respondents, 72);
    let other = target.other_fields.as_ref().expect("the others");
    assert!(close(other.weight, 0.75) && close(other.estimate.value, 8.0 / 12.0));
    assert_eq!(other.estimate.respondents, 12);
    assert!(report.fields[1..].iter().all(|node| matches!(node, Node::Hidden(_))), "none is shown by itself");
    assert_eq!(report.other_fields.as_ref().map(|other| other.fields.len()), Some(3));
    // By cases: land 100, the others 300, 200 and 100 together 600: (100 + 600 · 2/3) / 700.
    world.plan.weights = Weights::Volumes;
    world.cases(1, None, 100).cases(2, None, 300).cases(3, None, 200).cases(4, None, 100);
    let value = world.report().targets[0].estimate.as_ref().expect("an estimate").value;
    assert!(close(value, 500.0 / 700.0), "{value}");
    // A target on some of them alone would be another group of people than the one that is shown.
    world.plan.targets[0].fields = vec!["health".to_owned(), "labour".to_owned()];
    let target = &world.report().targets[0];
    assert_eq!((target.estimate.is_none(), target.reason), (true, Some(Reason::SmallCell)));
}

#[test]
fn a_missing_field_leaves_open_only_what_it_can_turn() {
    let mut world = world_of(&["land", "health", "labour"], 0.55);
    on_many_days(&mut world, 25, 1, [5, 5, 5]);
    on_many_days(&mut world, 25, 2, [5, 5, 5]);
    world.answer(5, 1, 3, 2, [1, 1, 1]);
    let target = &world.report().targets[0];
    // Two thirds of the weight are at 1: even with nothing in the last third that is 0.667, and 0.55 is met.
    let estimate = target.estimate.as_ref().expect("an estimate");
    assert!(close(estimate.value, 1.0) && estimate.low > 0.6 && estimate.low < 2.0 / 3.0 && close(estimate.high, 1.0));
    assert_eq!((target.verdict, target.reason), (Verdict::Met, None));
    assert_eq!(target.missing_fields, ["labour"]);
    assert!(close(target.missing[0].weight, 1.0 / 3.0));
    // 0.7 it could turn: that is said, and by whom.
    world.plan.targets[0].minimum = 0.7;
    let target = &world.report().targets[0];
    assert_eq!((target.verdict, target.reason), (Verdict::CannotSay, Some(Reason::Incomplete)));
    assert_eq!((target.missing_fields.len(), target.further_sample()), (1, FurtherSample::Incomplete));
    // With nobody satisfied elsewhere it is at most a third: 0.55 is not met.
    let mut bad = world_of(&["land", "health", "labour"], 0.55);
    on_many_days(&mut bad, 25, 1, [1, 1, 1]);
    on_many_days(&mut bad, 25, 2, [1, 1, 1]);
    let target = &bad.report().targets[0];
    assert_eq!((target.verdict, target.reason), (Verdict::NotMet, None));
    // Where nothing could be said without the field either, more people are wanted, not that field.
    let mut open = world_of(&["land", "labour"], 0.8);
    on_many_days(&mut open, 2, 1, [5, 5, 1]);
    on_many_days(&mut open, 2, 1, [5, 5, 5]);
    assert_eq!(open.report().targets[0].reason, None);
}

#[test]
fn a_small_questionnaire_beside_others_waits_and_blocks_nothing() {
    let mut world = World::new(0.5, &["land"]);
    world.open_fields[2] = vec!["land".to_owned()];
    on_many_days(&mut world, 10, 1, [5, 5, 5]);
    world.answer(5, 3, 1, 2, [1, 1, 1]);
    let report = world.report();
    let target = &report.targets[0];
    assert_eq!((target.verdict, target.reason), (Verdict::Met, None));
    assert_eq!(target.estimate.as_ref().expect("an estimate").respondents, 120);
    assert_eq!((target.missing[0].questionnaire.as_deref(), target.missing[0].weight), (Some("online"), 0.0));
    let field = report.fields[0].shown().expect("a field");
    assert_eq!((field.reason, &field.waiting[..]), (None, &["online".to_owned()][..]));
    // Two small ones that are ten together are one cell of their field: 6 of 12.
    let mut both = World::new(0.5, &["land"]);
    both.answer(6, 1, 1, 2, [5, 5, 5]).answer(6, 3, 1, 2, [1, 1, 1]);
    let report = both.report();
    let estimate = report.targets[0].estimate.as_ref().expect("an estimate");
    assert!(close(estimate.value, 0.5) && estimate.respondents == 12);
    let field = report.fields[0].shown().expect("a field");
    assert_eq!((field.estimate.respondents, field.factors.len()), (12, 2));
}

#[test]
fn a_field_under_ten_that_could_turn_the_verdict_is_named() {
    let mut world = World::new(0.5, &[]);
    on_many_days(&mut world, 10, 1, [5, 5, 5]);
    world.answer(9, 2, 2, 2, [1, 1, 1]);
    let report = world.report();
    let target = &report.targets[0];
    assert_eq!((target.verdict, target.reason), (Verdict::CannotSay, Some(Reason::Incomplete)));
    assert_eq!(target.missing_fields, ["health"]);
    assert_eq!(target.estimate.as_ref().expect("an estimate").respondents, 120, "the nine are not in the figure");
    let hidden = serde_json::to_value(&report.fields[1]).expect("JSON");
    assert_eq!(hidden, serde_json::json!({"field": "health", "hidden": true}), "the contract's hidden node");
    assert_eq!(serde_json::to_value(&target.by_field[1]).expect("JSON"), hidden);
}

#[test]
fn no_more_people_are_asked_for_than_had_a_case() {
    let mut world = world_of(&["land"], 0.85);
    // 20 of 24 people: 83 %, so that a minimum of 85 % stays open for a long time.
    world.answer(20, 1, 1, 2, [5, 5, 5]).answer(4, 1, 1, 3, [1, 1, 1]);
    let open = world.report().targets.remove(0);
    let more = open.respondents_to_settle.expect("a number");
    assert!(more > 100 && matches!(open.further_sample(), FurtherSample::Needs(_)), "{more}");
    // 62 cases in March of which 14 of 31 days lie in the period: 28, and 24 of them answered.
    world.cases(1, None, 62);
    let target = world.report().targets.remove(0);
    assert_eq!(target.further_sample(), FurtherSample::BeyondCases(4), "{target:?}");
}

#[test]
fn the_factors_of_the_unit_weigh_fields_alike_and_use_only_what_is_shown() {
    let mut world = World::new(0.5, &[]);
    // access: land 1 of 90 people, health 1/4 of 20 (5 of 20): fields alike, (1 + .25)/2. The section without a factor is none.
    world.answer(90, 1, 1, 2, [5, 5, 1]);
    world.answer(5, 2, 2, 2, [5, 5, 1]).answer(15, 2, 2, 2, [1, 1, 1]);
    let report = world.report();
    let factor = &report.factors[0];
    assert_eq!((factor.factor.as_str(), report.factors.len()), ("access", 1));
    assert!(close(factor.estimate.value, 0.625) && close(factor.mean_score, 3.5));
    assert_eq!((factor.estimate.respondents, &factor.fields[..]), (110, &["land".to_owned(), "health".to_owned()][..]));
    // Nine in a field are in no factor.
    let mut small = World::new(0.5, &[]);
    small.answer(90, 1, 1, 2, [5, 5, 1]).answer(9, 2, 2, 2, [1, 1, 1]);
    assert_eq!(small.report().factors[0].fields, ["land"]);
}

#[test]
fn the_ministrys_way_weighs_criteria_alike_and_the_policy_part_by_its_share() {
    let mut world = World::new(0.5, &[]);
    // The first item 60 of 60; the second 30 of 60; the third, of a section that maps to no factor, 0 of 60.
    world.answer(30, 1, 1, 2, [5, 5, 1]).answer(30, 1, 1, 3, [5, 1, 1]);
    let report = world.report();
    let estimate = report.ministry.expect("an estimate");
    assert!(close(estimate.value, (1.0 + 0.5 + 0.0) / 3.0), "{estimate:?}");
    assert!(estimate.low < estimate.value && estimate.value < estimate.high);
    assert_eq!((estimate.policy.is_none(), estimate.service.expect("a part").criteria), (true, 3));
}
