//! What holds for any input: nothing panics, and what is accepted is inside its bounds.

use proptest::prelude::*;

use super::{KITCHEN_SINK, kitchen_sink, known_fields};
use crate::survey::check::faults;
use crate::survey::file::parse;
use crate::survey::submission::{
    Asked, COMMENT_CHARACTERS_MAX, FieldError, Submission, content_for_tag, from_form, from_json, peek_form, peek_json,
};

/// Keys that mean something, and any other.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "attempt",
            "form",
            "field",
            "respondent",
            "answered_on",
            "comment",
            "ticket",
            "lang",
            "answers",
            "demographics",
            "q.access_info",
            "q.access_signs",
            "q.facilities_clean",
            "d.age",
            "q.",
            "d.",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ]
}

/// Values that mean something somewhere, and any other.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "1",
            "5",
            "6",
            "na",
            "",
            "vi",
            "en",
            "kitchen-sink@3",
            "kitchen-sink@4",
            "land",
            "health",
            "person",
            "18_24",
            "6f1f5f3e-6d3a-4d0e-9a56-0f5a6c1d2e3f",
            "2026-03-12",
            "2026-03-32",
            "0000-01-01",
            "-9999-01-01",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ]
}

/// JSON that looks like a submission here and there.
fn json() -> impl Strategy<Value = String> {
    let string = |words: String| serde_json::Value::String(words).to_string();
    let leaf = prop_oneof![
        value().prop_map(string),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| serde_json::json!(number).to_string()),
        prop::sample::select(vec!["null", "true", "4", "1"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 24, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|list| format!("[{}]", list.join(","))),
            prop::collection::vec((key(), inner), 0..8).prop_map(move |members| {
                let members: Vec<String> =
                    members.into_iter().map(|(key, value)| format!("{}:{value}", string(key))).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

/// Checks what was accepted, and the words for what was refused.
fn check(result: Result<Submission, Vec<FieldError>>) -> Result<(), TestCaseError> {
    let questionnaire = kitchen_sink();
    match result {
        Ok(submission) => {
            prop_assert_eq!(submission.answers.len(), 3);
            prop_assert!(submission.answers.iter().all(|answer| *answer <= 6) && submission.answers[0] != 0);
            prop_assert!(submission.demographics.iter().all(|option| *option <= 2));
            prop_assert!(["land", "health"].contains(&submission.field.as_str()));
            let length = submission.comment.as_ref().map_or(1, |comment| comment.chars().count());
            prop_assert!((1..=COMMENT_CHARACTERS_MAX).contains(&length));
            content_for_tag(&submission, "CODE");
        }
        Err(errors) => {
            prop_assert!(!errors.is_empty());
            for error in errors {
                for language in ["vi", "en"] {
                    let message = error.message(language, &questionnaire);
                    prop_assert!(!message.is_empty() && !message.chars().any(char::is_control), "{}", message);
                }
            }
        }
    }
    Ok(())
}

fn asked<T>(check: impl FnOnce(&Asked<'_>) -> T) -> T {
    let questionnaire = kitchen_sink();
    let fields = ["land".to_owned(), "health".to_owned()];
    let today = "2026-03-14".parse().expect("a day");
    check(&Asked { questionnaire: &questionnaire, fields: &fields, today, page_keys: &["send"] })
}

proptest! {
    #[test]
    fn any_form_is_accepted_within_bounds_or_refused_in_words(pairs in prop::collection::vec((key(), value()), 0..20)) {
        peek_form(&pairs);
        check(asked(|asked| from_form(&pairs, asked)))?;
    }

    #[test]
    fn any_json_is_accepted_within_bounds_or_refused_in_words(body in json()) {
        peek_json(body.as_bytes());
        check(asked(|asked| from_json(body.as_bytes(), asked)))?;
    }

    #[test]
    fn any_bytes_are_refused_in_words(body in prop::collection::vec(any::<u8>(), 0..200)) {
        peek_json(&body);
        check(asked(|asked| from_json(&body, asked)))?;
    }

    #[test]
    fn any_file_is_read_or_refused_with_lines_inside_it(start in 0_usize..KITCHEN_SINK.len(), length in 0_usize..40,
        instead in prop_oneof![any::<String>(), "[a-z\\[\\]{}\"'=#.,\n 0-9]{0,20}"]) {
        let start = KITCHEN_SINK.floor_char_boundary(start);
        let end = KITCHEN_SINK.floor_char_boundary((start + length).min(KITCHEN_SINK.len())).max(start);
        let source = format!("{}{instead}{}", &KITCHEN_SINK[..start], &KITCHEN_SINK[end..]);
        match parse("survey_forms/kitchen-sink.toml", &source, &known_fields()) {
            Ok(questionnaire) => prop_assert_eq!(faults(&questionnaire, &known_fields()), []),
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                let lines = source.split('\n').count();
                for problem in problems {
                    prop_assert!((1..=lines).contains(&problem.line), "{}", problem);
                    prop_assert!(!problem.to_string().contains('\n'), "{}", problem);
                }
            }
        }
    }
}
