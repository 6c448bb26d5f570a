//! Lists of choices of an XLSForm, and which of them are the five levels of satisfaction: known by their words, whatever they are called
//! and in whatever order they stand.

use crate::exchange::export::xlsform::LEVEL_NAMES;
use crate::survey::{ChoiceOption, Text, official_levels};

/// A list of choices.
#[derive(Clone)]
pub(super) struct Choices {
    /// Names as the file has them, with the choice.
    pub choices: Vec<(String, ChoiceOption)>,
}

/// A name of a level with the official words in languages that it lacks.
pub(super) fn with_official(mut text: Text, place: usize) -> Text {
    for (language, words) in official_levels()[place] {
        text.0.entry((*language).to_owned()).or_insert_with(|| (*words).to_owned());
    }
    text
}

/// The five levels of a list, the least first, and "not used" where the list has it; none where it is another list.
pub(super) fn levels_of(list: &Choices) -> Option<Vec<Text>> {
    let (mut levels, mut not_used): (Vec<Option<Text>>, Option<Text>) = (vec![None; 5], None);
    for (name, option) in &list.choices {
        let words = || option.text.0.values().map(|words| words.to_lowercase());
        if words().any(|words| is_not_used(&words)) || name == LEVEL_NAMES[5] {
            if not_used.replace(option.text.clone()).is_some() {
                return None;
            }
            continue;
        }
        let place = words().find_map(|words| level_of(&words))?;
        if levels[place].replace(option.text.clone()).is_some() {
            return None;
        }
    }
    let mut levels: Vec<Text> = levels.into_iter().collect::<Option<_>>()?;
    levels.extend(not_used);
    Some(levels)
}

/// Whether words of a choice say that there is no opinion.
fn is_not_used(words: &str) -> bool {
    [
        "không sử dụng",
        "không có ý kiến",
        "không áp dụng",
        "không biết",
        "not used",
        "no opinion",
        "not applicable",
        "don't know",
        "n/a",
    ]
    .iter()
    .any(|known| words.contains(known))
}

/// The level that words of satisfaction or agreement name, from 0.
fn level_of(words: &str) -> Option<usize> {
    let says = |known: &[&str]| known.iter().any(|known| words.contains(known));
    let good = says(&["hài lòng", "đồng ý", "satisf", "agree"]);
    let very = says(&["rất", "hoàn toàn", "very", "strongly", "extremely", "completely"]);
    let bad = says(&["không", "chưa", "dissatisf", "unsatisf", "disagree", "not "]);
    if says(&["bình thường", "phân vân", "trung lập", "trung bình", "neither", "neutral", "average"]) {
        return Some(2);
    }
    match (good, bad, very) {
        (true, true, true) => Some(0),
        (true, true, false) => Some(1),
        (true, false, false) => Some(3),
        (true, false, true) => Some(4),
        (false, ..) => None,
    }
}
