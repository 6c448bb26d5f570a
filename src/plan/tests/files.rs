//! The plan files say what the documents say.
//!
//! Expected rows are those of the documents, by clause: the table "Satisfaction targets" and the table "Reporting
//! periods" of the facts that were drawn from them. Nothing here is a number that the program printed.

use std::collections::BTreeSet;

use super::{FILES, day, fields, plan};
use crate::plan::{Channel, IndexKind, Plan, Respondents, Serves, Weights};

use IndexKind::{Procedures, PublicServices, Sipas};
use Respondents::{All, Person};

#[test]
fn every_plan_file_of_the_project_parses() {
    for (file, _) in FILES {
        let key = file.trim_end_matches(".toml");
        assert_eq!(plan(key).key, key);
    }
}

#[test]
fn fields_are_those_that_the_plans_name() {
    // Facts, "Fields (lĩnh vực) the plans name", and `general` for points that serve everything.
    let expected = [
        ("health", "Y tế công lập"),
        ("education", "Giáo dục công lập"),
        ("land", "Đất đai"),
        ("construction", "Xây dựng"),
        ("investment", "Đầu tư"),
        ("environment", "Tài nguyên và môi trường"),
        ("judicial", "Tư pháp – hộ tịch"),
        ("labour", "Lao động, người có công và xã hội"),
        ("social_insurance", "Bảo hiểm xã hội"),
        ("planning", "Quy hoạch"),
        ("fire_safety", "Phòng cháy, chữa cháy và cứu nạn, cứu hộ"),
        ("traffic", "Trật tự, an toàn giao thông"),
        // FACTS, second reading: asked about by II.1.2 and V.1 of plan 69, V.3.a of plan 45; and what wards certify every day.
        ("certification", "Chứng thực"),
        ("essential", "Dịch vụ thiết yếu dân sinh"),
        ("online", "Dịch vụ công trực tuyến"),
        ("general", "Chính sách, đối thoại (lĩnh vực chung)"),
    ];
    let fields = fields();
    let found = fields.iter().map(|field| (field.id.as_str(), field.name_vi.as_str()));
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

/// One target as the documents set it: clause, index, fields, respondents, channel, first and last day, minimum,
/// the wider target.
type TargetRow<'a> =
    (&'a str, IndexKind, Vec<&'a str>, Respondents, Option<Channel>, &'a str, &'a str, f64, Option<&'a str>);

fn assert_targets(plan: &Plan, expected: &[TargetRow<'_>]) {
    assert_eq!(plan.targets.len(), expected.len(), "{}", plan.key);
    for (target, row) in plan.targets.iter().zip(expected) {
        let (clause, index, fields, respondents, channel, from, to, minimum, wider) = row;
        let place = format!("{} {}", plan.key, target.id);
        assert_eq!(target.clause, *clause, "{place}");
        assert_eq!(target.index, *index, "{place}");
        assert_eq!(target.fields, *fields, "{place}");
        assert_eq!(target.respondents, *respondents, "{place}");
        assert_eq!(target.channel, *channel, "{place}");
        assert_eq!(target.from, day(from), "{place}");
        assert_eq!(target.to, day(to), "{place}");
        assert!((target.minimum - minimum).abs() < 1e-12, "{place}");
        assert_eq!(target.part_of.as_deref(), *wider, "{place}");
    }
}

#[test]
fn targets_of_cau_giay_are_those_of_plan_69() {
    // II.1.1: SIPAS of the ward from 90 %.
    assert_targets(
        &plan("cau-giay-2026"),
        &[("II.1.1", Sipas, vec![], All, None, "2026-01-01", "2026-12-31", 0.90, None)],
    );
}

#[test]
fn targets_of_o_cho_dua_are_those_of_plan_45() {
    // II.1.1: SIPAS at least 85 %, last 5 months of 2025.
    assert_targets(
        &plan("o-cho-dua-2025"),
        &[("II.1.1", Sipas, vec![], All, None, "2025-08-01", "2025-12-31", 0.85, None)],
    );
}

#[test]
fn targets_of_o_dien_are_those_of_its_two_phases() {
    let (health, land) = (vec!["health", "education"], vec!["land", "construction", "investment"]);
    let online = Some(Channel::Online);
    // I.2.1 and I.2.2, in the order of the table of facts by phase.
    assert_targets(
        &plan("o-dien-2026-2030"),
        &[
            ("I.2.1", Sipas, vec![], All, None, "2026-01-01", "2027-12-31", 0.89, None),
            (
                "I.2.1",
                PublicServices,
                health.clone(),
                Person,
                None,
                "2026-01-01",
                "2027-12-31",
                0.87,
                Some("sipas-2026-2027"),
            ),
            ("I.2.1", Procedures, vec![], All, online, "2026-01-01", "2027-12-31", 0.95, None),
            ("I.2.2", Procedures, vec![], All, None, "2028-01-01", "2030-12-31", 0.95, None),
            ("I.2.2", Procedures, land, All, None, "2028-01-01", "2030-12-31", 0.90, Some("procedures-2028-2030")),
            ("I.2.2", Sipas, vec![], All, None, "2028-01-01", "2030-12-31", 0.95, None),
            ("I.2.2", PublicServices, health, Person, None, "2028-01-01", "2030-12-31", 0.90, Some("sipas-2028-2030")),
        ],
    );
}

#[test]
fn targets_of_thanh_dong_are_the_three_separate_measures_of_decision_16() {
    let (from, to) = ("2026-01-01", "2026-12-31");
    let health = vec!["health", "education"];
    // I.2.e: three measures, all at least 90 %, none a part of another.
    assert_targets(
        &plan("thanh-dong-2026"),
        &[
            ("I.2.e", Procedures, vec![], All, None, from, to, 0.90, None),
            ("I.2.e", Sipas, vec![], All, None, from, to, 0.90, None),
            ("I.2.e", PublicServices, health, Person, None, from, to, 0.90, None),
        ],
    );
}

#[test]
fn the_communication_plan_sets_no_target_and_no_period_of_its_own() {
    let plan = plan("cau-giay-tuyen-truyen-2026");
    assert!(plan.targets.is_empty());
    // Annex 5: reported with the periodic reform reports of plan 69.
    assert!(plan.periods.is_empty());
    assert_eq!(plan.tasks.len(), 13);
}

/// One period: key, first day, cut-off, due day, whether assumed.
type PeriodRow<'a> = (&'a str, &'a str, &'a str, Option<&'a str>, bool);

fn assert_periods(plan: &Plan, expected: &[PeriodRow<'_>]) {
    let found =
        plan.periods.iter().map(|period| (period.key.clone(), period.from, period.to, period.due, period.assumed));
    let expected = expected
        .iter()
        .map(|(key, from, to, due, assumed)| ((*key).to_owned(), day(from), day(to), due.map(day), *assumed));
    assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

#[test]
fn periods_of_cau_giay_are_those_of_clause_iii_3() {
    assert_periods(
        &plan("cau-giay-2026"),
        &[
            ("2026-q1", "2025-12-15", "2026-03-14", Some("2026-03-18"), false),
            ("2026-h1", "2025-12-15", "2026-06-14", Some("2026-06-18"), false),
            ("2026-q3", "2026-06-15", "2026-09-14", Some("2026-09-18"), false),
            ("2026-year", "2025-12-15", "2026-12-14", Some("2026-12-18"), false),
        ],
    );
}

#[test]
fn periods_of_o_cho_dua_are_those_of_clause_iii() {
    assert_periods(
        &plan("o-cho-dua-2025"),
        &[("2025-q3", "2025-07-01", "2025-09-14", None, false), ("2025-year", "2025-07-01", "2025-12-14", None, false)],
    );
}

#[test]
fn periods_of_thanh_dong_are_due_by_the_ninth_and_their_days_are_marked_as_assumed() {
    // IV.1.c: due before the 10th. Cut-off assumed: last day of the month before the due day.
    assert_periods(
        &plan("thanh-dong-2026"),
        &[
            ("2026-q1", "2026-01-01", "2026-02-28", Some("2026-03-09"), true),
            ("2026-h1", "2026-01-01", "2026-05-31", Some("2026-06-09"), true),
            ("2026-q3", "2026-06-01", "2026-08-31", Some("2026-09-09"), true),
            ("2026-year", "2026-01-01", "2026-11-30", Some("2026-12-09"), true),
        ],
    );
}

#[test]
fn periods_of_o_dien_are_the_civil_ones_of_every_year_and_assumed() {
    let plan = plan("o-dien-2026-2030");
    assert_eq!(plan.periods.len(), 20);
    assert!(plan.periods.iter().all(|p| p.assumed && p.due.is_none()));
    let days = |key: &str| {
        let period = plan.period(key).expect("a period of the plan");
        (period.from, period.to)
    };
    for year in 2026..=2030 {
        let of = |from: &str, to: &str| (day(&format!("{year}-{from}")), day(&format!("{year}-{to}")));
        assert_eq!(days(&format!("{year}-q1")), of("01-01", "03-31"));
        assert_eq!(days(&format!("{year}-h1")), of("01-01", "06-30"));
        assert_eq!(days(&format!("{year}-q3")), of("07-01", "09-30"));
        assert_eq!(days(&format!("{year}-year")), of("01-01", "12-31"));
    }
}

#[test]
fn heads_of_the_plans_are_those_of_the_documents() {
    let expected = [
        ("cau-giay-2026", Some("69/KH-UBND"), Some("2026-02-26"), "phuong-cau-giay", "thanh-pho-ha-noi"),
        ("o-cho-dua-2025", Some("45/KH-UBND"), Some("2025-08-14"), "phuong-o-cho-dua", "thanh-pho-ha-noi"),
        // Number and day are blank in the source.
        ("o-dien-2026-2030", None, None, "xa-o-dien", "thanh-pho-ha-noi"),
        ("cau-giay-tuyen-truyen-2026", Some("81/KH-UBND"), Some("2026-03-10"), "phuong-cau-giay", "thanh-pho-ha-noi"),
        ("thanh-dong-2026", Some("16/QĐ-UBND"), Some("2026-01-14"), "phuong-thanh-dong", "thanh-pho-hai-phong"),
    ];
    for (key, number, dated, unit, parent) in expected {
        let plan = plan(key);
        assert_eq!(plan.number.as_deref(), number);
        assert_eq!(plan.dated, dated.map(day));
        assert_eq!(plan.unit, unit);
        assert_eq!(plan.parent_unit, parent);
        assert_eq!(plan.weights, Weights::Equal);
        assert!((plan.confidence - 0.95).abs() < 1e-12);
    }
}

#[test]
fn every_task_of_the_facts_is_in_its_plan() {
    // Facts, "Tasks the product makes possible" and "Also counted targets", by clause.
    let expected = [
        (
            "cau-giay-2026",
            vec![
                "annex 10", "annex 11", "annex 12", "annex 13", "annex 14", "annex 15", "II.1.1", "II.1.2", "V.1",
                "V.2, 1.1", "V.2, 1.3", "III.2", "III.3.2", "annex 3", "annex 5", "annex 8", "annex 9", "annex 18",
                "annex 39",
            ],
        ),
        (
            "o-cho-dua-2025",
            vec![
                "annex 9", "annex 10", "annex 18", "II.1.1", "II.1.2", "II.3.2", "V.1", "V.3.a", "V.3.b", "V.3.d",
                "annex 2", "annex 4", "annex 5", "annex 6", "annex 7", "annex 8", "annex 11", "annex 12", "annex 19",
                "annex 29",
            ],
        ),
        ("o-dien-2026-2030", vec!["II.1.b", "II.1.d", "II.1.đ", "II.1.f", "II.3.c", "II.4.đ", "V.1", "V.2"]),
        (
            "cau-giay-tuyen-truyen-2026",
            vec!["II.1", "II.2", "annex 2", "annex 3", "annex 4", "annex 5", "annex 7", "annex 8", "V.1", "V.5", "V.6"],
        ),
        (
            "thanh-dong-2026",
            vec![
                "annex I.2",
                "annex I.3",
                "annex I.4",
                "annex I.5",
                "annex I.6",
                "annex I.7",
                "annex III.6",
                "annex III.7",
                "I.2.d",
                "I.2.đ",
                "II.1.d",
                "II.3.đ",
                "II.7.e",
                "IV.2.f",
                "VII.2",
            ],
        ),
    ];
    for (key, clauses) in expected {
        let plan = plan(key);
        for clause in clauses {
            assert!(plan.tasks.iter().any(|task| task.clause == clause), "{key} lacks a task of {clause}");
        }
    }
}

#[test]
fn tasks_carry_leader_lead_and_deadline_where_the_document_names_them() {
    let cau_giay = plan("cau-giay-2026");
    let task = |clause: &str| {
        let found = cau_giay.tasks.iter().find(|task| task.clause == clause);
        found.expect("a task of the plan").clone()
    };
    // Annex 11 of plan 69.
    let own_survey = task("annex 11");
    assert_eq!(own_survey.leader.as_deref(), Some("Nguyễn Thị Thu Hà, Phó Chủ tịch UBND phường"));
    assert_eq!(own_survey.lead.as_deref(), Some("Phòng Văn hóa – Xã hội"));
    assert_eq!(own_survey.due, Some(day("2026-12-31")));
    assert_eq!(own_survey.product, None);
    // Annex 12: right after the ministry publishes; no day can be named.
    assert_eq!(task("annex 12").due, None);
    // The source names no product there (FACTS, second reading).
    for clause in ["annex 12", "annex 13", "annex 14"] {
        assert_eq!(task(clause).product, None, "{clause}");
    }
    assert!(task("annex 12").deadline.is_some());
    // Only plan 69 names leaders.
    for key in ["o-cho-dua-2025", "o-dien-2026-2030", "thanh-dong-2026"] {
        assert!(plan(key).tasks.iter().all(|task| task.leader.is_none()));
    }
    // Annex III.6 of decision 16: complaints are led by the one-stop centre.
    let thanh_dong = plan("thanh-dong-2026");
    let complaints = thanh_dong.tasks.iter().find(|task| task.clause == "annex III.6");
    assert_eq!(complaints.and_then(|task| task.lead.as_deref()), Some("Trung tâm Phục vụ hành chính công"));
}

#[test]
fn the_task_whose_lead_receives_complaints_is_marked_where_a_plan_has_one() {
    // The tasks by whose lead the program found the desk before there was a mark; plan 69 names none for its own, so the office is asked there.
    let expected = [
        ("cau-giay-2026", Some(("II.1.1", None))),
        ("o-cho-dua-2025", Some(("V.3.b", Some("Văn phòng HĐND và UBND")))),
        ("o-dien-2026-2030", None),
        ("cau-giay-tuyen-truyen-2026", None),
        ("thanh-dong-2026", Some(("annex III.6", Some("Trung tâm Phục vụ hành chính công")))),
    ];
    for (key, task) in expected {
        let plan = plan(key);
        let marked = plan.tasks.iter().find(|task| task.serves == Some(Serves::Complaints));
        assert_eq!(marked.map(|task| (task.clause.as_str(), task.lead.as_deref())), task, "{key}");
    }
}

#[test]
fn a_plan_without_a_mark_has_the_json_of_before_there_was_one() {
    for (file, _) in FILES {
        let mut plan = plan(file.trim_end_matches(".toml"));
        plan.tasks.iter_mut().for_each(|task| task.serves = None);
        let json = serde_json::to_value(&plan).expect("a plan is plain data");
        // The keys of a task as they were: hashes of stored plans and of closings are made of them.
        let before = [
            "clause",
            "title_vi",
            "title_en",
            "product",
            "leader",
            "lead",
            "coordinates",
            "deadline",
            "due",
            "served_by",
        ];
        for task in json["tasks"].as_array().expect("tasks") {
            let keys: BTreeSet<&str> = task.as_object().expect("a task").keys().map(String::as_str).collect();
            assert_eq!(keys, BTreeSet::from(before), "{file}");
        }
        let text = serde_json::to_string(&plan).expect("a plan is plain data");
        assert!(!text.contains("\"serves\""), "{file}");
        assert_eq!(serde_json::from_str::<Plan>(&text).expect("a plan of before"), plan);
    }
}

#[test]
fn a_plan_survives_the_way_through_json() {
    for (file, _) in FILES {
        let plan = plan(file.trim_end_matches(".toml"));
        let json = serde_json::to_string(&plan).expect("a plan is plain data");
        let back: Plan = serde_json::from_str(&json).expect("what was written can be read");
        assert_eq!(back, plan);
    }
}
