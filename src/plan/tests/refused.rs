//! Wrong files are refused, with every sentence pinned.
//!
//! Each case takes one valid file and spoils one thing in it; the message is what its author reads.

use proptest::prelude::*;

use super::{FIELDS, FILES, day, fields};
use crate::plan::{Problem, parse, parse_fields};

/// A valid plan in which every key stands once. Line numbers in the tests count from its first line.
const GOOD: &str = r#"key = "good-2026"
number = "1/KH-UBND"
title_vi = "Kế hoạch"
title_en = "Plan"
unit = "phuong-mot"
unit_name = "Phường Một"
parent_unit = "thanh-pho-hai"
parent_name = "Thành phố Hai"
dated = 2026-01-05
from = 2026-01-01
to = 2026-12-31
weights = "equal"
confidence = 0.95
[[target]]
id = "wide"
clause = "I.1"
index = "sipas"
fields = ["all"]
respondents = "all"
from = 2026-01-01
to = 2026-12-31
minimum = 0.9
title_vi = "Rộng"
title_en = "Wide"
[[target]]
id = "narrow"
clause = "I.1"
index = "public_services"
fields = ["health", "education"]
respondents = "person"
channel = "counter"
from = 2026-01-01
to = 2026-06-30
minimum = 0.85
part_of = "wide"
title_vi = "Hẹp"
title_en = "Narrow"
[[period]]
key = "2026-q1"
from = 2026-01-01
to = 2026-03-14
due = 2026-03-18
clause = "II"
[[period]]
key = "2026-h1"
from = 2026-01-01
to = 2026-06-14
assumed = true
clause = "II"
[[task]]
clause = "annex 1"
title_vi = "Việc"
title_en = "Work"
product = "Báo cáo"
leader = "Bà A"
lead = "Phòng B"
coordinates = ["Phòng C", "Phòng D"]
deadline = "Tháng 6"
due = 2026-06-30
served_by = "Báo cáo / report"
serves = "complaints"
"#;

/// Messages of a file, as a reader sees them.
fn sentences(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

/// What is said about `GOOD` after every change of `from` to `to`.
fn said(changes: &[(&str, &str)]) -> Vec<String> {
    let mut source = GOOD.to_owned();
    for (from, to) in changes {
        assert!(source.contains(from), "the valid file has no `{from}`");
        source = source.replacen(from, to, 1);
    }
    match parse("good-2026.toml", &source, &fields()) {
        Ok(_) => Vec::new(),
        Err(problems) => sentences(&problems),
    }
}

#[track_caller]
fn refused(from: &str, to: &str, sentence: &str) {
    assert_eq!(said(&[(from, to)]), [sentence]);
}

#[test]
fn the_file_that_the_other_tests_spoil_is_valid() {
    let plan = parse("some/folder/good-2026.toml", GOOD, &fields()).expect("a valid file");
    assert_eq!(plan.targets[0].fields, Vec::<String>::new());
    assert_eq!(plan.targets[1].fields, ["health", "education"]);
    assert_eq!(plan.targets[1].part_of.as_deref(), Some("wide"));
    assert_eq!(plan.periods[0].due, Some(day("2026-03-18")));
    assert!(plan.periods[1].assumed && !plan.periods[0].assumed);
    assert_eq!(plan.tasks[0].coordinates, ["Phòng C", "Phòng D"]);
}

#[test]
fn what_a_document_may_leave_blank_may_be_left_out() {
    let source = GOOD
        .lines()
        .filter(|line| {
            let blank = [
                "number",
                "dated",
                "confidence",
                "channel",
                "part_of",
                "due",
                "assumed",
                "product",
                "leader",
                "lead",
                "coordinates",
                "deadline",
                "served_by",
                "serves",
            ];
            !blank.iter().any(|key| line.starts_with(&format!("{key} =")))
        })
        .collect::<Vec<_>>()
        .join("\n");
    let plan = parse("good-2026.toml", &source, &fields()).expect("a valid file");
    assert_eq!(plan.number, None);
    assert!((plan.confidence - 0.95).abs() < 1e-12);
    assert_eq!(plan.targets[1].channel, None);
    assert_eq!(plan.tasks[0].lead, None);
    assert!(plan.tasks[0].coordinates.is_empty());
}

#[test]
fn a_plan_without_tables_is_a_plan() {
    let (head, _) = GOOD.split_once("[[target]]").expect("a head");
    let plan = parse("good-2026.toml", head, &fields()).expect("a valid file");
    assert!(plan.targets.is_empty() && plan.periods.is_empty() && plan.tasks.is_empty());
}

#[test]
fn a_text_that_is_not_toml_is_refused_with_the_line() {
    assert_eq!(
        said(&[("weights = \"equal\"", "weights = ")]),
        ["good-2026.toml:12: not valid TOML: string values must be quoted, expected literal string"]
    );
    assert_eq!(
        said(&[("weights = \"equal\"", "key = \"again\"")]),
        ["good-2026.toml:12: not valid TOML: duplicate key"]
    );
    assert_eq!(
        said(&[("to = 2026-03-14", "to = 2026-02-30")]),
        ["good-2026.toml:41: not valid TOML: invalid date, expected day between 01 and 28"]
    );
}

#[test]
fn unknown_keys_are_refused_wherever_they_stand() {
    refused(
        "number =",
        "nummer =",
        "good-2026.toml:2: unknown key `nummer` in the plan; allowed are key, number, title_vi, title_en, unit, \
         unit_name, parent_unit, parent_name, dated, from, to, weights, confidence, series, ministry_policy_share, target, count, period, \
         task",
    );
    refused(
        "channel =",
        "chanel =",
        "good-2026.toml:31: unknown key `chanel` in [[target]]; allowed are id, clause, index, fields, respondents, \
         channel, measure, from, to, minimum, part_of, title_vi, title_en",
    );
    refused(
        "assumed =",
        "guessed =",
        "good-2026.toml:48: unknown key `guessed` in [[period]]; allowed are key, from, to, due, assumed, clause",
    );
    refused(
        "leader =",
        "boss =",
        "good-2026.toml:55: unknown key `boss` in [[task]]; allowed are clause, title_vi, title_en, product, leader, \
         lead, coordinates, deadline, due, served_by, serves",
    );
}

#[test]
fn what_must_be_there_is_asked_for_at_the_head_of_its_table() {
    refused("key = \"good-2026\"\n", "", "good-2026.toml:1: the plan lacks `key`; write a text in quotes");
    refused(
        "weights = \"equal\"\n",
        "",
        "good-2026.toml:1: the plan lacks `weights`; write one of volumes, equal, respondents",
    );
    refused(
        "index = \"sipas\"\n",
        "",
        "good-2026.toml:14: [[target]] lacks `index`; write one of sipas, procedures, public_services, policy",
    );
    refused(
        "fields = [\"all\"]\n",
        "",
        "good-2026.toml:14: [[target]] lacks `fields`; write a list of fields, or [\"all\"]",
    );
    refused("minimum = 0.9\n", "", "good-2026.toml:14: [[target]] lacks `minimum`; write a share, as in 0.9 for 90 %");
    refused(
        "to = 2026-03-14\n",
        "",
        "good-2026.toml:38: [[period]] lacks `to`; write a day without quotes, as in 2026-03-14",
    );
    refused("title_en = \"Work\"\n", "", "good-2026.toml:50: [[task]] lacks `title_en`; write a text in quotes");
}

#[test]
fn texts_are_texts_and_say_something() {
    refused(
        "title_vi = \"Kế hoạch\"",
        "title_vi = 5",
        "good-2026.toml:3: `title_vi` is 5; allowed is a text in quotes",
    );
    refused(
        "leader = \"Bà A\"",
        "leader = \" \"",
        "good-2026.toml:55: `leader` is empty; write it, or leave the key out where the plan says nothing",
    );
    refused(
        "coordinates = [\"Phòng C\", \"Phòng D\"]",
        "coordinates = \"Phòng C\"",
        "good-2026.toml:57: `coordinates` is a text; allowed is a list of texts, as in [\"…\", \"…\"]",
    );
    refused("\"Phòng D\"", "2026-01-01", "good-2026.toml:57: `coordinates` is 2026-01-01; allowed is a text in quotes");
}

#[test]
fn codes_go_into_addresses_and_have_plain_letters() {
    refused(
        "unit = \"phuong-mot\"",
        "unit = \"Phường Một\"",
        "good-2026.toml:5: `unit` is `Phường Một`; allowed are lower-case letters a-z and digits in groups joined by \
         - or _, as in `phuong-cau-giay`",
    );
    refused(
        "parent_unit = \"thanh-pho-hai\"",
        "parent_unit = \"thanh--pho\"",
        "good-2026.toml:7: `parent_unit` is `thanh--pho`; allowed are lower-case letters a-z and digits in groups \
         joined by - or _, as in `thanh-pho-ha-noi`",
    );
}

#[test]
fn words_of_a_choice_are_listed_when_another_is_found() {
    refused(
        "index = \"sipas\"",
        "index = \"sipass\"",
        "good-2026.toml:17: `index` is the text `sipass`; allowed are sipas, procedures, public_services, policy",
    );
    refused(
        "channel = \"counter\"",
        "channel = \"phone\"",
        "good-2026.toml:31: `channel` is the text `phone`; allowed are counter, online",
    );
    refused(
        "respondents = \"person\"",
        "respondents = 1",
        "good-2026.toml:30: `respondents` is 1; allowed are all, person, organisation",
    );
    refused(
        "weights = \"equal\"",
        "weights = [\"equal\"]",
        "good-2026.toml:12: `weights` is a list; allowed are volumes, equal, respondents",
    );
    refused(
        "assumed = true",
        "assumed = \"yes\"",
        "good-2026.toml:48: `assumed` is the text `yes`; allowed are true and false",
    );
    refused(
        "serves = \"complaints\"",
        "serves = \"people\"",
        "good-2026.toml:61: `serves` is the text `people`; allowed are complaints",
    );
}

#[test]
fn fields_of_a_target_are_known_and_named_once() {
    let known = "health, education, land, construction, investment, environment, judicial, labour, social_insurance, \
                 planning, fire_safety, traffic, certification, essential, online, general";
    refused(
        "[\"health\", \"education\"]",
        "[\"health\", \"helth\"]",
        &format!("good-2026.toml:29: field `helth` is unknown; allowed are all, {known} (see fields.toml)"),
    );
    refused(
        "[\"health\", \"education\"]",
        "[\"health\", \"health\"]",
        "good-2026.toml:29: field `health` stands twice, first on line 29; allowed is once",
    );
    refused(
        "[\"health\", \"education\"]",
        "[\"health\", \"all\"]",
        "good-2026.toml:29: `fields` names `all` beside others; allowed is [\"all\"] alone, or fields without it",
    );
    refused(
        "[\"health\", \"education\"]",
        "[]",
        "good-2026.toml:29: `fields` is an empty list; name the fields, or write [\"all\"]",
    );
}

#[test]
fn a_minimum_is_a_share_and_no_percentage() {
    let cases = [
        ("90", "90"),
        ("0", "0"),
        ("0.0", "0.0"),
        ("-0.5", "-0.5"),
        ("1.0001", "1.0001"),
        ("nan", "nan"),
        ("\"0.9\"", "the text `0.9`"),
        ("0x1", "1"),
    ];
    for (written, found) in cases {
        if written == "0x1" {
            // Hexadecimal 1 is 1: a share like any other.
            assert!(said(&[("minimum = 0.9", "minimum = 0x1")]).is_empty());
            continue;
        }
        let sentence = format!(
            "good-2026.toml:22: `minimum` is {found}; allowed is a share above 0 and at most 1, as in 0.9 for 90 %"
        );
        refused("minimum = 0.9", &format!("minimum = {written}"), &sentence);
    }
    assert!(said(&[("minimum = 0.9", "minimum = 1")]).is_empty());
}

#[test]
fn a_confidence_is_neither_certain_nor_a_coin() {
    refused(
        "confidence = 0.95",
        "confidence = 1.0",
        "good-2026.toml:13: `confidence` is 1; allowed is 0.5 or more and below 1, as in 0.95",
    );
    refused(
        "confidence = 0.95",
        "confidence = 0.4",
        "good-2026.toml:13: `confidence` is 0.4; allowed is 0.5 or more and below 1, as in 0.95",
    );
    refused(
        "confidence = 0.95",
        "confidence = 95",
        "good-2026.toml:13: `confidence` is 95; allowed is a share above 0 and at most 1, as in 0.9 for 90 %",
    );
}

#[test]
fn days_are_civil_days_and_stand_in_order() {
    let days = "allowed is a day of the years 2000 to 2100 without quotes, as in 2026-03-14";
    refused(
        "dated = 2026-01-05",
        "dated = \"05/01/2026\"",
        &format!("good-2026.toml:9: `dated` is the text `05/01/2026`; {days}"),
    );
    refused(
        "dated = 2026-01-05",
        "dated = 2026-01-05T08:00:00",
        &format!("good-2026.toml:9: `dated` is 2026-01-05T08:00:00; {days}"),
    );
    refused("dated = 2026-01-05", "dated = 0026-01-05", &format!("good-2026.toml:9: `dated` is 0026-01-05; {days}"));
    refused(
        "to = 2026-12-31\nweights",
        "to = 2025-12-31\nweights",
        "good-2026.toml:11: `to` 2025-12-31 is before `from` 2026-01-01; allowed is that day or a later one",
    );
    refused(
        "to = 2026-06-30",
        "to = 2025-06-30",
        "good-2026.toml:33: `to` 2025-06-30 is before `from` 2026-01-01; allowed is that day or a later one",
    );
    refused(
        "due = 2026-03-18",
        "due = 2026-03-13",
        "good-2026.toml:42: `due` 2026-03-13 is before the cut-off `to` 2026-03-14; allowed is that day or a later one",
    );
    assert!(said(&[("due = 2026-03-18", "due = 2026-03-14")]).is_empty());
    refused(
        "deadline = \"Tháng 6\"\n",
        "",
        "good-2026.toml:58: `due` stands without `deadline`; write beside it how the plan words the deadline",
    );
}

#[test]
fn periods_have_known_keys_lie_in_the_plan_and_stand_in_order() {
    for key in ["2026-q5", "2026-m1", "q1-2026", "adhoc-2026-01-01-2026-03-14"] {
        refused(
            "key = \"2026-q1\"",
            &format!("key = \"{key}\""),
            &format!(
                "good-2026.toml:39: period key `{key}` is unknown; allowed are YYYY-q1 to YYYY-q4, YYYY-h1, YYYY-9m and \
                 YYYY-year, as in 2026-q1"
            ),
        );
    }
    refused(
        "key = \"2026-q1\"",
        "key = \"2025-q1\"",
        "good-2026.toml:39: period key `2025-q1` has year 2025, but the period ends on 2026-03-14; allowed is the \
         year of `to`",
    );
    refused(
        "key = \"2026-h1\"",
        "key = \"2026-q1\"",
        "good-2026.toml:45: period key `2026-q1` stands twice, first on line 39; allowed is once",
    );
    refused(
        "from = 2026-01-01\nto = 2026-03-14",
        "from = 2025-12-15\nto = 2026-03-14",
        "good-2026.toml:38: period `2026-q1` runs 2025-12-15 to 2026-03-14; allowed are the plan's own days, \
         2026-01-01 to 2026-12-31",
    );
    refused(
        "to = 2026-06-14",
        "to = 2026-02-14",
        "good-2026.toml:44: period `2026-h1` ends before `2026-q1` above it; allowed is the order of the last days",
    );
}

#[test]
fn targets_have_their_own_names_and_lead_to_wider_ones() {
    refused(
        "id = \"narrow\"",
        "id = \"wide\"",
        "good-2026.toml:26: target id `wide` stands twice, first on line 15; allowed is once",
    );
    refused(
        "part_of = \"wide\"",
        "part_of = \"broad\"",
        "good-2026.toml:35: `part_of` names `broad`, which is no target of this plan; allowed are wide",
    );
    let (only_one, _) = GOOD.split_once("[[target]]\nid = \"narrow\"").expect("a second target");
    let problems = parse("good-2026.toml", &format!("{only_one}part_of = \"broad\"\n"), &fields());
    assert_eq!(
        sentences(&problems.expect_err("a part of nothing")),
        [
            "good-2026.toml:25: `part_of` names `broad`, which is no target of this plan; there is no other, leave the key \
          out"
        ]
    );
    refused(
        "part_of = \"wide\"",
        "part_of = \"narrow\"",
        "good-2026.toml:35: `part_of` goes round in a circle, narrow → narrow; allowed is a wider target",
    );
    assert_eq!(
        said(&[("minimum = 0.9\n", "minimum = 0.9\npart_of = \"narrow\"\n")]),
        [
            "good-2026.toml:23: `part_of` goes round in a circle, wide → narrow → wide; allowed is a wider target",
            "good-2026.toml:36: `part_of` goes round in a circle, narrow → wide → narrow; allowed is a wider target",
        ]
    );
    refused(
        "from = 2026-01-01\nto = 2026-06-30",
        "from = 2027-01-01\nto = 2027-06-30",
        "good-2026.toml:32: target `narrow` binds 2027-01-01 to 2027-06-30; allowed is a phase that meets the plan's \
         days, 2026-01-01 to 2026-12-31",
    );
}

#[test]
fn one_task_of_a_plan_receives_complaints() {
    let second = "[[task]]\nclause = \"2\"\ntitle_vi = \"Việc\"\ntitle_en = \"Work\"\n";
    let task = |mark: &str| parse("good-2026.toml", &format!("{GOOD}{second}{mark}"), &fields());
    assert!(task("").is_ok());
    assert_eq!(
        sentences(&task("serves = \"complaints\"\n").expect_err("two of them")),
        ["good-2026.toml:66: a task that serves `complaints` stands twice, first on line 61; allowed is once"]
    );
}

#[test]
fn a_file_is_named_for_its_plan() {
    let problems = parse("plans/other.toml", GOOD, &fields()).expect_err("another name");
    assert_eq!(
        sentences(&problems),
        ["plans/other.toml:1: `key` is `good-2026`, the file is named `other.toml`; allowed is the name \
          `good-2026.toml`"]
    );
}

#[test]
fn tables_are_headed_with_two_brackets() {
    let (head, _) = GOOD.split_once("[[target]]").expect("a head");
    let problems = parse("good-2026.toml", &format!("{head}[target]\nid = \"x\"\n"), &fields());
    assert_eq!(
        sentences(&problems.expect_err("a single table")),
        ["good-2026.toml:14: `target` is a table; allowed are tables, each headed [[target]]"]
    );
    let problems = parse("good-2026.toml", &format!("period = [1]\n{head}"), &fields());
    assert_eq!(
        sentences(&problems.expect_err("a list of numbers")),
        ["good-2026.toml:1: `period` is a list; allowed are tables, each headed [[period]]"]
    );
}

#[test]
fn all_problems_come_at_once_in_the_order_of_lines_and_none_is_an_echo() {
    // The wide target has a wrong minimum; the narrow one still finds it.
    let said = said(&[
        ("weights = \"equal\"", "weights = \"even\""),
        ("minimum = 0.9\n", "minimum = 90\n"),
        ("[\"health\", \"education\"]", "[\"helth\", \"education\"]"),
        ("due = 2026-03-18", "due = 2026-03-10"),
        ("lead = \"Phòng B\"", "lead = \"\""),
    ]);
    let starts = said.iter().map(|sentence| sentence.split(';').next().unwrap_or_default());
    assert_eq!(
        starts.collect::<Vec<_>>(),
        [
            "good-2026.toml:12: `weights` is the text `even`",
            "good-2026.toml:22: `minimum` is 90",
            "good-2026.toml:29: field `helth` is unknown",
            "good-2026.toml:42: `due` 2026-03-10 is before the cut-off `to` 2026-03-14",
            "good-2026.toml:56: `lead` is empty",
        ]
    );
}

#[test]
fn lines_are_counted_right_with_windows_line_ends_and_vietnamese_letters() {
    let source = GOOD.replace("minimum = 0.9\n", "minimum = 90\n").replace('\n', "\r\n");
    let problems = parse("good-2026.toml", &source, &fields()).expect_err("a wrong minimum");
    assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [22]);
}

#[test]
fn fields_of_service_are_checked_alike() {
    let refused = |source: &str| {
        let problems = parse_fields("fields.toml", source).expect_err("a wrong file");
        sentences(&problems)
    };
    assert_eq!(refused(""), ["fields.toml:1: the file lacks `field`; write at least one [[field]]"]);
    assert_eq!(
        refused("[[field]]\nid = \"all\"\nname_vi = \"Tất cả\"\nname_en = \"All\"\n"),
        ["fields.toml:2: field id `all` is kept for all fields; choose another word"]
    );
    assert_eq!(
        refused("[[field]]\nid = \"Y tế\"\nname_vi = \"\"\nname = \"x\"\n"),
        [
            "fields.toml:1: [[field]] lacks `name_en`; write a text in quotes",
            "fields.toml:2: `id` is `Y tế`; allowed are lower-case letters a-z and digits in groups joined by - or _, \
             as in `health`",
            "fields.toml:3: `name_vi` is empty; write it, or leave the key out where the plan says nothing",
            "fields.toml:4: unknown key `name` in [[field]]; allowed are id, name_vi, name_en",
        ]
    );
    let twice = "[[field]]\nid = \"land\"\nname_vi = \"Đất\"\nname_en = \"Land\"\n";
    assert_eq!(
        refused(&twice.repeat(2)),
        ["fields.toml:6: field id `land` stands twice, first on line 2; allowed is once"]
    );
}

proptest! {
    /// Whatever stands in a file, reading it ends in a plan or in problems with real lines.
    #[test]
    fn no_text_makes_the_reading_panic(source in "\\PC{0,200}", cut in 0_usize..4000, junk in "\\PC{0,6}") {
        let _ = parse("x.toml", &source, &fields());
        let _ = parse_fields("fields.toml", &source);
        for good in [GOOD, FILES[0].1, FIELDS] {
            let cut = (0..=cut.min(good.len())).rev().find(|at| good.is_char_boundary(*at)).unwrap_or(0);
            let spoilt = format!("{}{junk}{}", &good[..cut], &good[cut..]);
            if let Err(problems) = parse("good-2026.toml", &spoilt, &fields()) {
                prop_assert!(!problems.is_empty());
                let lines = spoilt.lines().count().max(1) + 1;
                prop_assert!(problems.iter().all(|problem| (1..=lines).contains(&problem.line)));
            }
        }
    }
}
