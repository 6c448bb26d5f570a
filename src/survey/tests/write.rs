//! A questionnaire written as a file comes back as itself.

use super::{KITCHEN_SINK, kitchen_sink, known_fields};
use crate::survey::{Questionnaire, Text, parse, to_toml};

fn read_back(questionnaire: &Questionnaire) -> Questionnaire {
    let written = to_toml(questionnaire);
    parse(&format!("{}.toml", questionnaire.id), &written, &known_fields())
        .unwrap_or_else(|problems| panic!("{problems:#?}\n{written}"))
}

#[test]
fn a_questionnaire_with_a_bit_of_everything_comes_back() {
    let mut questionnaire = kitchen_sink();
    assert_eq!(read_back(&questionnaire), questionnaire);
    questionnaire.levels[0].0.insert("vi".to_owned(), "Tệ".to_owned());
    questionnaire.not_used.0.insert("en".to_owned(), "None of it".to_owned());
    questionnaire.comment = None;
    questionnaire.sections[0].title.0.insert("vi".to_owned(), r#"Ô "một cửa" \ 'hai' # [x] = {y}"#.to_owned());
    assert_eq!(read_back(&questionnaire), questionnaire);
}

#[test]
fn a_third_language_comes_back_in_its_place() {
    let mut questionnaire = kitchen_sink();
    questionnaire.languages.insert(1, "zh-Hant".to_owned());
    let json = serde_json::to_string(&questionnaire).expect("JSON");
    let mut value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    add_language(&mut value);
    let questionnaire: Questionnaire = serde_json::from_value(value).expect("a questionnaire");
    assert_eq!(
        questionnaire.title,
        Text(
            [("vi", "Phiếu thử"), ("en", "Test form"), ("zh-Hant", "漢")]
                .map(|(tag, words)| (tag.to_owned(), words.to_owned()))
                .into()
        )
    );
    assert_eq!(read_back(&questionnaire), questionnaire);
}

/// Gives every text of a questionnaire a word in a third language.
fn add_language(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(map) if map.contains_key("vi") => {
            map.insert("zh-Hant".to_owned(), "漢".into());
        }
        serde_json::Value::Object(map) => map.values_mut().for_each(add_language),
        serde_json::Value::Array(list) => list.iter_mut().for_each(add_language),
        _ => {}
    }
}

#[test]
fn what_is_written_reads_like_a_file_of_the_project() {
    let written = to_toml(&kitchen_sink());
    let first = KITCHEN_SINK.lines().skip(1).take(2).collect::<Vec<_>>().join("\n");
    assert!(written.starts_with(&first), "{written}");
    assert!(written.contains("\n\n[[sections.items]]\nid = \"access_signs\"\ntext.vi = "), "{written}");
    assert!(!written.contains("levels"), "official names are left out:\n{written}");
}
