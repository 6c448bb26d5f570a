//! The questionnaires of `survey_forms/`: each can be read and answered, and together they keep the rules of the house.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sipas::survey::check::faults;
use sipas::survey::follow_up::{follow_up, usual_seconds};
use sipas::survey::hash::{content_hash, from_json, to_json};
use sipas::survey::submission::{Asked, from_form};
use sipas::survey::{Factor, Feed, Problem, Questionnaire, parse, to_toml};

#[path = "survey_forms/ward_form.rs"]
mod ward_form;
#[path = "survey_forms/xlsform.rs"]
mod xlsform;

/// The fields of service that the plans and the questionnaires name.
const FIELDS: [&str; 14] = [
    "health",
    "education",
    "land",
    "construction",
    "investment",
    "environment",
    "judicial",
    "labour",
    "social_insurance",
    "planning",
    "fire_safety",
    "traffic",
    "online",
    "general",
];

fn known_fields() -> Vec<String> {
    FIELDS.map(str::to_owned).to_vec()
}

fn questionnaires() -> Vec<Questionnaire> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("survey_forms");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let read = files.iter().map(|file| {
        let name = format!("survey_forms/{}", file.file_name().expect("a name").to_string_lossy());
        let source = std::fs::read_to_string(file).expect("a text");
        parse(&name, &source, &known_fields())
    });
    let (right, wrong): (Vec<_>, Vec<_>) = read.partition(Result::is_ok);
    let problems: Vec<String> =
        wrong.into_iter().filter_map(Result::err).flatten().map(|problem: Problem| problem.to_string()).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    right.into_iter().filter_map(Result::ok).collect()
}

#[test]
fn every_questionnaire_written_as_a_file_comes_back() {
    for questionnaire in questionnaires() {
        let written = to_toml(&questionnaire);
        let back = parse(&format!("{}.toml", questionnaire.id), &written, &known_fields());
        assert_eq!(back.unwrap_or_else(|problems| panic!("{problems:#?}")), questionnaire);
    }
}

fn questionnaire(id: &str) -> Questionnaire {
    questionnaires().into_iter().find(|questionnaire| questionnaire.id == id).expect("a questionnaire of this id")
}

/// The criteria that its own sections name, without the overall question.
fn sources(questionnaire: &Questionnaire) -> Vec<&str> {
    questionnaire.items().skip(1).filter_map(|item| item.source.as_deref()).collect()
}

/// The page says how long a comment may be; what must not stand in it depends on what is asked.
#[test]
fn whoever_is_asked_for_a_comment_is_asked_to_leave_out_names() {
    for questionnaire in questionnaires() {
        let Some(comment) = &questionnaire.comment else { continue };
        assert!(comment.in_language("vi").contains("Xin đừng ghi tên"), "{}", questionnaire.id);
        assert!(comment.in_language("en").contains("Please leave out"), "{}", questionnaire.id);
    }
}

#[test]
fn every_questionnaire_first_asks_one_overall_question_that_feeds_nothing() {
    for questionnaire in questionnaires() {
        assert_eq!(questionnaire.overall(), Some(0), "{}", questionnaire.id);
        let first = &questionnaire.sections[0];
        assert!(first.items.len() == 1 && first.feeds.is_empty() && first.factor.is_none(), "{}", questionnaire.id);
    }
}

#[test]
fn the_questionnaires_of_the_plans_are_there() {
    let found: Vec<(String, usize)> = questionnaires().into_iter().map(|q| (q.id.clone(), q.items().count())).collect();
    let expected = [
        ("bo-noi-vu-2026", 40),
        ("chinh-sach", 15),
        ("dat-dai", 14),
        ("dich-vu-cong-truc-tuyen", 12),
        ("doi-thoai", 10),
        ("kham-ngoai-tru", 25),
        ("mam-non", 18),
        ("mau-so-02", 10),
        ("thu-tuc-hanh-chinh-day-du", 20),
        ("thu-tuc-hanh-chinh-ngan", 10),
        ("tiem-chung", 19),
        ("tram-y-te", 15),
        ("truong-pho-thong", 18),
        ("xay-dung-dau-tu", 14),
    ];
    assert_eq!(found, expected.map(|(id, items)| (id.to_owned(), items)));
}

#[test]
fn every_questionnaire_has_its_own_content_hash_and_survives_storing() {
    let mut hashes = BTreeMap::new();
    for questionnaire in questionnaires() {
        assert_eq!(from_json(&to_json(&questionnaire)).expect("a stored version"), questionnaire);
        if let Some(other) = hashes.insert(content_hash(&questionnaire), questionnaire.id.clone()) {
            panic!("{other} and {} have the same content", questionnaire.id);
        }
    }
}

#[test]
fn every_item_is_short_and_names_its_source() {
    for questionnaire in questionnaires() {
        for item in questionnaire.items() {
            let words = item.text.in_language("vi").split_whitespace().count();
            assert!(words <= 15, "{} `{}` has {words} words", questionnaire.id, item.id);
            assert!(item.source.is_some(), "{} `{}` has no source", questionnaire.id, item.id);
            assert!(!item.required, "{} `{}`: citizens are told that they may skip any", questionnaire.id, item.id);
        }
    }
}

#[test]
fn every_item_is_named_for_its_part() {
    for questionnaire in questionnaires() {
        for section in &questionnaire.sections {
            let prefix = match section.factor {
                Some(factor) => factor.as_str(),
                None if section.id == "overall" => "overall",
                None if questionnaire.id == "doi-thoai" => "dialogue",
                None => section.id.as_str(),
            };
            for item in &section.items {
                assert!(item.id.starts_with(&format!("{prefix}_")), "{} `{}`", questionnaire.id, item.id);
            }
        }
    }
}

#[test]
fn an_item_id_stands_for_one_criterion_in_all_questionnaires() {
    let mut criteria: BTreeMap<String, (Option<String>, Option<Factor>)> = BTreeMap::new();
    for questionnaire in questionnaires() {
        for section in &questionnaire.sections {
            for item in &section.items {
                let criterion = (item.source.clone(), section.factor);
                let known = criteria.entry(item.id.clone()).or_insert_with(|| criterion.clone());
                assert_eq!(*known, criterion, "{} `{}`", questionnaire.id, item.id);
            }
        }
    }
}

#[test]
fn the_full_forms_follow_the_official_criteria_one_by_one() {
    let criterion = |number: u32| format!("SIPAS 2022, tiêu chí {number}");
    let full: Vec<String> = (15..=33).map(criterion).collect();
    assert_eq!(sources(&questionnaire("thu-tuc-hanh-chinh-day-du")), full);
    let policy: BTreeSet<String> = (1..=14).map(criterion).collect();
    let found: BTreeSet<String> = sources(&questionnaire("chinh-sach")).into_iter().map(str::to_owned).collect();
    assert_eq!(found, policy);
}

#[test]
fn forms_on_procedures_measure_all_five_factors() {
    let five = [Factor::Access, Factor::Procedures, Factor::Officials, Factor::Results, Factor::Feedback].map(Some);
    for id in [
        "thu-tuc-hanh-chinh-ngan",
        "thu-tuc-hanh-chinh-day-du",
        "dat-dai",
        "xay-dung-dau-tu",
        "dich-vu-cong-truc-tuyen",
    ] {
        let factors: Vec<_> = questionnaire(id).sections.iter().skip(1).map(|section| section.factor).collect();
        assert_eq!(factors, five, "{id}");
    }
}

#[test]
fn every_section_feeds_the_indices_of_its_field() {
    for questionnaire in questionnaires() {
        let public = questionnaire.fields.iter().any(|field| field == "health" || field == "education");
        let expected: &[Feed] = match questionnaire.id.as_str() {
            "chinh-sach" => &[Feed::Policy],
            "doi-thoai" => &[],
            // The policy part and the service part, and questions that feed nothing.
            "bo-noi-vu-2026" => continue,
            _ if public => &[Feed::Sipas, Feed::PublicServices],
            _ => &[Feed::Sipas, Feed::Procedures],
        };
        for section in questionnaire.sections.iter().skip(1) {
            assert_eq!(section.feeds, expected, "{} `{}`", questionnaire.id, section.id);
        }
    }
}

#[test]
fn what_comes_before_send_now_takes_two_minutes_at_most() {
    // The ministry's form is answered on paper, or at home in one or two days.
    for questionnaire in questionnaires().into_iter().filter(|questionnaire| questionnaire.id != "bo-noi-vu-2026") {
        let core: usize = questionnaire.sections.iter().filter(|s| !s.optional).map(|s| s.items.len()).sum();
        assert!(usual_seconds(core, 0) <= 120, "{}: {core} items", questionnaire.id);
        let usual = usual_seconds(questionnaire.items().count(), questionnaire.demographics.len());
        assert_eq!(questionnaire.estimated_seconds, usual, "{}", questionnaire.id);
    }
}

#[test]
fn respondents_are_asked_for_sex_age_and_the_case_alone() {
    let allowed = BTreeSet::from([
        "sex",
        "age",
        "education",
        "outcome",
        "case",
        "visits",
        "extra_papers",
        "insurance",
        "vaccinated",
        "class",
        "level",
        "help",
        "role",
        "job",
    ]);
    for questionnaire in questionnaires() {
        for demographic in &questionnaire.demographics {
            assert!(allowed.contains(demographic.id.as_str()), "{} `{}`", questionnaire.id, demographic.id);
        }
    }
}

#[test]
fn every_questionnaire_can_be_answered_in_each_of_its_languages() {
    for questionnaire in questionnaires() {
        for language in &questionnaire.languages {
            let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
            let mut pairs = vec![
                pair("attempt", "6f1f5f3e-6d3a-4d0e-9a56-0f5a6c1d2e3f"),
                pair("form", &questionnaire.reference()),
                pair("lang", language),
            ];
            pairs.extend(questionnaire.items().map(|item| pair(&format!("q.{}", item.id), "5")));
            let choices = questionnaire.demographics.iter();
            pairs.extend(choices.map(|asked| pair(&format!("d.{}", asked.id), &asked.options[0].id)));
            let asked = Asked {
                questionnaire: &questionnaire,
                fields: &questionnaire.fields[..1],
                today: "2026-03-14".parse().expect("a day"),
                page_keys: &[],
            };
            let submission = from_form(&pairs, &asked).expect("accepted");
            assert_eq!(submission.answers, vec![5; questionnaire.items().count()]);
            let asked = questionnaire.demographics.len();
            assert_eq!(submission.demographics[..asked], vec![1; asked]);
            assert_eq!(submission.language, *language);
        }
    }
}

#[test]
fn every_questionnaire_can_be_followed_up() {
    for questionnaire in questionnaires() {
        let weak: Vec<String> = questionnaire.items().step_by(3).map(|item| item.id.clone()).collect();
        let made = follow_up(&questionnaire, &weak, 1).expect("made");
        assert_eq!(faults(&made, &known_fields()), [], "{}", questionnaire.id);
    }
}

#[test]
fn the_table_of_the_readme_is_true() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("survey_forms/README.md");
    let readme = std::fs::read_to_string(readme).expect("the readme");
    for questionnaire in questionnaires() {
        let start = format!("| `{}` |", questionnaire.id);
        let row = readme.lines().find(|line| line.starts_with(&start)).expect("a row in the readme");
        let core: usize = questionnaire.sections.iter().filter(|s| !s.optional).map(|s| s.items.len()).sum();
        let feeds = questionnaire.sections.iter().flat_map(|section| &section.feeds);
        let mut feeds: Vec<_> = feeds.collect();
        feeds.sort_unstable();
        feeds.dedup();
        let feeds: Vec<String> = feeds.into_iter().map(|f| format!("`{}`", f.as_str())).collect();
        let feeds = if feeds.is_empty() { "none".to_owned() } else { feeds.join(", ") };
        let (items, seconds) = (questionnaire.items().count(), questionnaire.estimated_seconds);
        assert!(row.contains(&format!("| {items} ({core}) | {seconds} | {feeds} |")), "{row}");
    }
}
