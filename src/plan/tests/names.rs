//! The words of files, and the names of fields as they are stored.

use super::fields;
use crate::plan::{Channel, CountKind, IndexKind, Respondents, Serves, Weights, field_name_vi};

#[test]
fn a_field_that_the_table_does_not_know_is_shown_by_its_identifier() {
    assert_eq!(field_name_vi(&fields(), "land"), "Đất đai");
    assert_eq!(field_name_vi(&fields(), "moon"), "moon");
}

#[test]
fn a_word_of_a_plan_file_is_the_word_of_json() {
    fn same<T: serde::Serialize>(words: &[(&str, T)]) {
        for (word, choice) in words {
            let json = serde_json::to_value(choice).expect("a plain word");
            assert_eq!(json, *word);
        }
    }
    same(&IndexKind::WORDS);
    same(&Channel::WORDS);
    same(&Respondents::WORDS);
    same(&Weights::WORDS);
    same(&CountKind::WORDS);
    same(&Serves::WORDS);
    assert!(IndexKind::WORDS.iter().all(|(word, index)| index.word() == *word));
    assert!(Serves::WORDS.iter().all(|(word, serves)| serves.word() == *word));
}
