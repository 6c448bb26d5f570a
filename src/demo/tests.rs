//! The demonstration held against what it promises.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::calendar::civil;
use super::*;
use crate::plan::{Plan, Respondents};
use crate::sheet::tally::{Mode, Respondent, Series};
use crate::survey::{Feed, Questionnaire};

const UNTIL: (i32, u32, u32) = (2026, 11, 22);

/// The two first forms, and copies of them under the names of forms that serve other fields.
fn questionnaires() -> Vec<Questionnaire> {
    let fields = crate::plan::parse_fields("fields.toml", include_str!("../../plans/fields.toml")).expect("fields");
    let fields: Vec<String> = fields.into_iter().map(|field| field.id).collect();
    let short = include_str!("../../survey_forms/thu-tuc-hanh-chinh-ngan.toml");
    let short = crate::survey::file::parse("thu-tuc-hanh-chinh-ngan.toml", short, &fields).expect("a form");
    let station = include_str!("../../survey_forms/tram-y-te.toml");
    let station = crate::survey::file::parse("tram-y-te.toml", station, &fields).expect("a form");
    let copy = |of: &Questionnaire, id: &str, field: &str| Questionnaire {
        id: id.to_owned(),
        fields: vec![field.to_owned()],
        ..of.clone()
    };
    vec![
        copy(&short, "dich-vu-cong-truc-tuyen", "online"),
        copy(&short, "dat-dai", "land"),
        copy(&station, "truong-pho-thong", "education"),
        short,
        station,
    ]
}

fn plans() -> Vec<Plan> {
    let fields = crate::plan::parse_fields("fields.toml", include_str!("../../plans/fields.toml")).expect("fields");
    [
        ("cau-giay-2026.toml", include_str!("../../plans/cau-giay-2026.toml")),
        ("cau-giay-tuyen-truyen-2026.toml", include_str!("../../plans/cau-giay-tuyen-truyen-2026.toml")),
        ("o-cho-dua-2025.toml", include_str!("../../plans/o-cho-dua-2025.toml")),
        ("o-dien-2026-2030.toml", include_str!("../../plans/o-dien-2026-2030.toml")),
        ("thanh-dong-2026.toml", include_str!("../../plans/thanh-dong-2026.toml")),
    ]
    .map(|(name, source)| crate::plan::parse(name, source, &fields).expect("a plan"))
    .into()
}

fn demo(responses: usize, seed: u64) -> Demo {
    generate(&questionnaires(), &plans(), responses, seed, civil(UNTIL))
}

fn everybody() -> Whose {
    Whose { from: NaiveDate::MIN, to: NaiveDate::MAX, respondents: Respondents::All, channel: None }
}

/// Satisfied or not, of every answer on the levels 1 to 5.
fn satisfied(sheet: &DemoSheet) -> Vec<f64> {
    let given = sheet.answers.iter().filter(|answer| (1..=5).contains(*answer));
    given.map(|&answer| f64::from(u8::from(answer >= 4))).collect()
}

/// The intraclass correlation of groups, by one-way analysis of variance (Donner 1986, Int. Stat. Rev. 54, 67–82).
fn intraclass_correlation(groups: &[Vec<f64>]) -> f64 {
    let n: f64 = groups.iter().map(|group| group.len() as f64).sum();
    let k = groups.len() as f64;
    let mean = groups.iter().flatten().sum::<f64>() / n;
    let (mut between, mut within, mut squares) = (0.0, 0.0, 0.0);
    for group in groups {
        let size = group.len() as f64;
        let own = group.iter().sum::<f64>() / size;
        between += size * (own - mean).powi(2);
        within += group.iter().map(|value| (value - own).powi(2)).sum::<f64>();
        squares += size * size;
    }
    let (between, within) = (between / (k - 1.0), within / (n - k));
    (between - within) / (between + ((n - squares / n) / (k - 1.0) - 1.0) * within)
}

fn share(demo: &Demo, of: impl Fn(&DemoSheet) -> bool) -> f64 {
    demo.sheets.iter().filter(|sheet| of(sheet)).count() as f64 / demo.sheets.len() as f64
}

#[test]
fn the_same_arguments_give_the_same_demonstration_and_another_seed_another() {
    assert_eq!(demo(2_000, 3), demo(2_000, 3));
    let (one, other) = (demo(2_000, 3), demo(2_000, 4));
    assert_eq!((&one.units, &one.points), (&other.units, &other.points));
    assert_ne!(one.sheets, other.sheets);
}

#[test]
fn exactly_as_many_sheets_are_made_as_were_asked_for() {
    for responses in [0, 1, 7, 100, 2_345] {
        assert_eq!(demo(responses, 1).sheets.len(), responses);
    }
}

#[test]
fn nothing_is_made_before_any_plan_begins() {
    let demo = generate(&questionnaires(), &plans(), 100, 1, civil((2025, 6, 30)));
    assert!(demo.units.is_empty() && demo.points.is_empty() && demo.sheets.is_empty());
    let first = generate(&questionnaires(), &plans(), 100, 1, civil((2025, 7, 1)));
    assert_eq!(first.sheets.len(), 100);
    assert!(first.sheets.iter().all(|sheet| sheet.day == civil((2025, 7, 1))));
}

#[test]
fn the_four_communes_stand_under_their_cities_with_every_kind_of_unit() {
    let demo = demo(0, 1);
    let mut known = BTreeSet::new();
    for unit in &demo.units {
        assert!(unit.parent.as_ref().is_none_or(|parent| known.contains(parent)), "{} before its parent", unit.code);
        assert!(known.insert(unit.code.clone()), "{} twice", unit.code);
    }
    let count = |kind: &str| demo.units.iter().filter(|unit| unit.kind == kind).count();
    let kinds = ["city", "ward", "commune", "one_stop_centre", "office", "health_station", "school"];
    assert_eq!(kinds.map(count), [2, 3, 1, 4, 12, 4, 12]);
    let keys: BTreeSet<&String> = demo.points.iter().map(|point| &point.key).collect();
    assert_eq!(keys.len(), demo.points.len());
    for (place, questionnaire) in questionnaires().iter().enumerate() {
        let asking = demo.points.iter().filter(|point| point.questionnaire == place && known.contains(&point.unit));
        assert!(asking.count() >= 4, "too few points ask {}", questionnaire.id);
    }
}

#[test]
fn a_questionnaire_unknown_to_the_table_gets_a_point_in_each_commune() {
    let mut questionnaires = questionnaires();
    let again = Questionnaire { id: "do-lai".to_owned(), version: 1, ..questionnaires[3].clone() };
    questionnaires.push(Questionnaire { version: 2, ..again.clone() });
    questionnaires.push(again);
    let demo = generate(&questionnaires, &plans(), 6_000, 1, civil(UNTIL));
    assert_eq!(demo.points.iter().filter(|point| point.questionnaire == 5).count(), 4);
    assert!(demo.points.iter().all(|point| point.questionnaire != 6), "only the newest version is asked");
    assert!(demo.sheets.iter().any(|sheet| sheet.questionnaire == 5));
}

#[test]
fn a_questionnaire_that_nobody_compared_with_its_source_has_points_and_no_answers() {
    let usual = demo(400, 3);
    let mut forms = questionnaires();
    let unknown = Questionnaire { id: "another".to_owned(), unreviewed: vec!["vi".to_owned()], ..forms[3].clone() };
    forms.push(unknown);
    let with = generate(&forms, &plans(), 400, 3, civil(UNTIL));
    let points: Vec<usize> =
        (0..with.points.len()).filter(|place| with.points[*place].questionnaire == forms.len() - 1).collect();
    assert_eq!(points.len(), 4, "one in each commune");
    assert!(with.sheets.iter().all(|sheet| !points.contains(&sheet.point)));
    let of = |demo: &Demo| demo.sheets.iter().map(|sheet| demo.points[sheet.point].key.clone()).collect::<Vec<_>>();
    assert_eq!(of(&with), of(&usual), "and takes none from others");
}

#[test]
fn every_sheet_fits_its_point_its_questionnaire_and_its_plan() {
    let (questionnaires, plans) = (questionnaires(), plans());
    let demo = demo(6_000, 2);
    for sheet in &demo.sheets {
        let point = &demo.points[sheet.point];
        let questionnaire = &questionnaires[sheet.questionnaire];
        assert_eq!(sheet.questionnaire, point.questionnaire);
        assert!(point.fields.contains(&sheet.field) && questionnaire.fields.contains(&sheet.field));
        assert_eq!(sheet.answers.len(), questionnaire.items().count());
        assert!(sheet.answers.iter().all(|answer| *answer <= 6) && !satisfied(sheet).is_empty());
        for (item, answer) in questionnaire.items().zip(&sheet.answers) {
            assert!(!item.required || *answer != 0, "{} is required", item.id);
        }
        assert_eq!(sheet.demographics.len(), questionnaire.demographics.len());
        for (question, choice) in questionnaire.demographics.iter().zip(&sheet.demographics) {
            assert!(usize::from(*choice) <= question.options.len());
        }
        let plan = plans.iter().find(|plan| plan.unit == point.commune && !plan.periods.is_empty()).expect("a plan");
        assert!((plan.from..=plan.to.min(civil(UNTIL))).contains(&sheet.day));
        assert!(point.opened <= sheet.day && point.last_day.is_none_or(|last| sheet.day <= last));
        assert_ne!(sheet.series, Series::Sample, "nobody was drawn by a sampling plan");
    }
    assert!(demo.sheets.is_sorted_by_key(|sheet| (sheet.day, sheet.point)));
}

#[test]
fn the_mobile_desk_closes_and_is_retired_only_once_it_has_closed() {
    let desk = |until| {
        let demo = generate(&questionnaires(), &plans(), 6_000, 1, until);
        let place = demo.points.iter().position(|point| point.key.ends_with("/luu-dong"));
        place.map(|place| (demo.points[place].clone(), demo.sheets.iter().filter(|sheet| sheet.point == place).count()))
    };
    assert_eq!(desk(civil((2026, 1, 4))), None);
    let (open, sheets) = desk(civil((2026, 3, 31))).expect("the desk");
    assert!(open.last_day.is_none() && sheets > 10);
    let (closed, _) = desk(civil(UNTIL)).expect("the desk");
    assert_eq!(closed.last_day, Some(civil((2026, 5, 29))));
}

#[test]
fn every_field_can_be_judged_in_every_period_that_has_ended() {
    let demo = demo(6_000, 1);
    let served: BTreeSet<(&str, &str)> = demo
        .points
        .iter()
        .flat_map(|point| point.fields.iter().map(|field| (point.commune.as_str(), field.as_str())))
        .collect();
    let plans = plans();
    let mut judged = 0;
    for (plan, period) in plans.iter().flat_map(|plan| plan.periods.iter().map(move |period| (plan, period))) {
        for (_, field) in served.iter().filter(|(commune, _)| *commune == plan.unit && period.to <= civil(UNTIL)) {
            let open = demo.sheets.iter().filter(|sheet| {
                sheet.series == Series::Open
                    && sheet.field == *field
                    && demo.points[sheet.point].commune == plan.unit
                    && (period.from..=period.to).contains(&sheet.day)
            });
            let open = open.count();
            assert!(open >= 30, "{} {} {field}: {open}", plan.key, period.key);
            judged += 1;
        }
    }
    assert!(judged > 100, "only {judged} were looked at");
}

#[test]
fn weekends_are_quiet_and_nobody_comes_during_tet() {
    use chrono::{Datelike, Weekday};
    let demo = demo(6_000, 1);
    let weekend = share(&demo, |sheet| matches!(sheet.day.weekday(), Weekday::Sat | Weekday::Sun));
    assert!((0.01..0.12).contains(&weekend), "{weekend}");
    let tet = civil((2026, 2, 16))..=civil((2026, 2, 21));
    assert!(demo.sheets.iter().all(|sheet| !tet.contains(&sheet.day)));
}

#[test]
fn answers_of_one_person_are_alike() {
    let demo = demo(12_000, 5);
    // Within one commune, field and questionnaire, so that their differences do not count as likeness.
    let mut cells: BTreeMap<(&str, &str, usize), Vec<Vec<f64>>> = BTreeMap::new();
    for sheet in &demo.sheets {
        let cell = (demo.points[sheet.point].commune.as_str(), sheet.field.as_str(), sheet.questionnaire);
        cells.entry(cell).or_default().push(satisfied(sheet));
    }
    let correlations: Vec<f64> =
        cells.values().filter(|cell| cell.len() > 60).map(|cell| intraclass_correlation(cell)).collect();
    let mean = correlations.iter().sum::<f64>() / correlations.len() as f64;
    assert!(correlations.len() > 30 && (0.42..0.58).contains(&mean), "{mean}");
    assert!(correlations.iter().all(|correlation| (0.2..0.8).contains(correlation)), "{correlations:?}");
}

#[test]
fn people_of_one_day_at_one_counter_are_a_little_alike() {
    let short: Vec<Questionnaire> = questionnaires().into_iter().filter(|form| form.id.ends_with("-ngan")).collect();
    let plans: Vec<Plan> = plans().into_iter().filter(|plan| plan.key == "thanh-dong-2026").collect();
    let demo = generate(&short, &plans, 20_000, 1, civil(UNTIL));
    let mut points: BTreeMap<usize, BTreeMap<NaiveDate, Vec<f64>>> = BTreeMap::new();
    for sheet in demo.sheets.iter().filter(|sheet| demo.points[sheet.point].fields[0] == sheet.field) {
        let given = satisfied(sheet);
        let rate = given.iter().sum::<f64>() / given.len() as f64;
        points.entry(sheet.point).or_default().entry(sheet.day).or_default().push(rate);
    }
    let of_point =
        |days: BTreeMap<NaiveDate, Vec<f64>>| intraclass_correlation(&days.into_values().collect::<Vec<_>>());
    let correlations: Vec<f64> = points.into_values().map(of_point).collect();
    let mean = correlations.iter().sum::<f64>() / correlations.len() as f64;
    assert!((0.015..0.065).contains(&mean), "{correlations:?}");
}

#[test]
fn the_mix_of_people_is_believable() {
    let demo = demo(12_000, 6);
    let between = |name: &str, share: f64, low: f64, high: f64| {
        assert!((low..high).contains(&share), "{name}: {share}");
    };
    between("organisations", share(&demo, |sheet| sheet.respondent == Respondent::Organisation), 0.08, 0.16);
    between("phone", share(&demo, |sheet| sheet.mode == Mode::Phone), 0.65, 0.85);
    for mode in [Mode::Kiosk, Mode::Paper, Mode::Telephone, Mode::Interview] {
        between("another mode", share(&demo, |sheet| sheet.mode == mode), 0.005, 0.2);
    }
    between("ticket", share(&demo, |sheet| sheet.series == Series::Ticket), 0.05, 0.10);
    between("suspect", share(&demo, |sheet| sheet.suspect), 0.005, 0.015);
    between("comment", share(&demo, |sheet| sheet.comment.is_some()), 0.04, 0.08);
    between(
        "one level",
        share(&demo, |sheet| sheet.answers.iter().all(|answer| *answer == sheet.answers[0])),
        0.02,
        0.15,
    );
    let online = share(&demo, |sheet| demo.points[sheet.point].channel == crate::plan::Channel::Online);
    between("online", online, 0.03, 0.2);
    let comments: BTreeSet<&String> = demo.sheets.iter().filter_map(|sheet| sheet.comment.as_ref()).collect();
    assert!(comments.len() >= 40 && comments.iter().all(|comment| !comment.chars().any(|c| c.is_ascii_digit())));
}

#[test]
fn the_sheets_have_the_true_rates() {
    let questionnaires = questionnaires();
    let truths = true_field_rates(&questionnaires, &plans(), 20_000, civil(UNTIL), &everybody());
    let demo = demo(20_000, 8);
    assert!(truths.len() > 40);
    let sipas = Feed::Sipas as usize;
    for truth in truths {
        let sheets = demo.sheets.iter().filter(|sheet| {
            demo.points[sheet.point].commune == truth.commune
                && sheet.field == truth.field
                && sheet.questionnaire == truth.questionnaire
        });
        let sheets: Vec<Vec<f64>> = sheets.map(satisfied).collect();
        let (n, m) = (sheets.len() as f64, sheets.iter().map(Vec::len).sum::<usize>() as f64);
        assert!((n - truth.sheets).abs() < 1e-6, "{truth:?}: {n} sheets");
        let expected = truth.rates[sipas].expect("both forms feed SIPAS");
        assert!((0.75..0.97).contains(&expected), "{truth:?}");
        let rate = sheets.iter().flatten().sum::<f64>() / m;
        // Answers of one person at 0.55, days at 0.06 with the people of a day: bounds of the tests above.
        let per_day = n / 100.0;
        let variance = expected * (1.0 - expected) / m * (1.0 + (m / n - 1.0) * 0.55) * (1.0 + per_day * 0.06);
        assert!((rate - expected).abs() < 4.0 * variance.sqrt(), "{truth:?}: {rate} of {n}");
    }
}

#[test]
fn weak_spots_are_true_and_a_remedy_lifts_them() {
    let questionnaires = questionnaires();
    let rates = |from, to| {
        let whose = Whose { from, to, ..everybody() };
        true_field_rates(&questionnaires, &plans(), 20_000, civil(UNTIL), &whose)
    };
    let item_rate = |rates: &[TrueRate], commune: &str, field: &str, item: &str| {
        let truth = rates.iter().find(|truth| truth.commune == commune && truth.field == field)?;
        let place = questionnaires[truth.questionnaire].items().position(|known| known.id == item)?;
        truth.items.get(place).copied()
    };
    let early = rates(NaiveDate::MIN, civil((2026, 6, 14)));
    for (commune, field, item) in [
        ("phuong-cau-giay", "land", "results_on_time"),
        ("xa-o-dien", "judicial", "feedback_easy"),
        ("phuong-o-cho-dua", "construction", "procedures_fee"),
        ("phuong-thanh-dong", "health", "procedures_care_wait"),
        ("phuong-thanh-dong", "investment", "procedures_papers"),
        ("phuong-o-cho-dua", "health", "facilities_care_toilets"),
    ] {
        let weak = item_rate(&early, commune, field, item).expect("a rate");
        let others =
            ["phuong-cau-giay", "phuong-o-cho-dua", "phuong-thanh-dong"].into_iter().filter(|of| *of != commune);
        for other in others {
            let elsewhere = item_rate(&early, other, field, item).expect("a rate");
            assert!(weak < elsewhere - 0.05, "{commune} {field} {item}: {weak}, {other}: {elsewhere}");
        }
    }
    let late = rates(civil((2026, 6, 15)), NaiveDate::MAX);
    let land = |rates: &[TrueRate]| item_rate(rates, "phuong-cau-giay", "land", "results_on_time").expect("a rate");
    assert!(land(&late) > land(&early) + 0.15, "{} then {}", land(&early), land(&late));
}

#[test]
fn every_weak_spot_concerns_an_item_that_is_asked() {
    let questionnaires = questionnaires();
    let demo = demo(0, 1);
    for spot in &WEAK_SPOTS {
        let asked = demo.points.iter().any(|point| {
            point.fields.iter().any(|field| {
                questionnaires[point.questionnaire].items().any(|item| spot.concerns(&point.commune, field, &item.id))
            })
        });
        assert!(asked, "{spot:?}");
        assert!(!spot.concerns("phuong-o-cho-dua", "construction", "feedback_easy"), "a fee is not feedback");
    }
}
