//! Texts of questionnaires and plans spoilt line by line, for tests: what is wrong with them is said in Vietnamese.

use std::collections::HashMap;

/// What is written in place of a value: every type, every kind of slip, and words that other keys would take.
const VALUES: &[&str] = &[
    "\"\"",
    "\" x\\u0301\"",
    "\"x\\u0007\"",
    "\"x\\u200e\"",
    "\"X Y\"",
    "\"Câu 1.wav\"",
    "\"dân tộc\"",
    "\"policy\"",
    "-1",
    "99999",
    "1.5",
    "true",
    "2001-01-01",
    "2026-13-01",
    "[]",
    "[1]",
    "[\"x\", \"x\"]",
    "[\"all\", \"health\"]",
    "[\"vi\", \"en\", \"en\"]",
    "[\"en\", \"vi\"]",
    "[\"sipas\", \"sipas\"]",
    "[\"sipas\", \"policy\"]",
    "{}",
    "{ xx = \"x\" }",
    "Kế hoạch",
    "“Kế hoạch”",
    "05/01/2026",
    "90%",
    "1,5",
    "\"x",
    "[\"x\" \"y\"]",
    "[\"x\"",
    "= 1",
    "",
];

/// What is written between two lines.
const LINES: &[&str] = &["nonsense = 1", "mã = 1", "xin chào", "[[target]", "audio.km = \"c1.mp3\"", "optional = true"];

/// The text with its lines changed in turn: left out, doubled, given values of every kind. A key that stands on many lines is
/// changed on the first few of them.
pub fn spoilt(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut texts = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let (key, value) = line.split_once(" = ").map_or((*line, None), |(key, value)| (key, Some(value)));
        let times = seen.entry(key).or_default();
        *times += 1;
        if *times > 2 {
            continue;
        }
        let mut with = |instead: &[&str]| {
            let (above, below) = (&lines[..place], &lines[place + 1..]);
            texts.push([above, instead, below].concat().join("\n"));
        };
        with(&[]);
        with(&[line, line]);
        for between in LINES {
            with(&[line, between]);
        }
        if value.is_some() {
            for value in VALUES {
                with(&[&format!("{key} = {value}")]);
            }
            with(&[&format!("{key} = \"{}\"", "x".repeat(400))]);
        }
    }
    texts
}

/// Fails where `vietnamese` has no Vietnamese letter, or says a piece of `english`. Codes, which both quote, are no piece.
pub fn assert_vietnamese(vietnamese: &str, english: &str) {
    let is_vietnamese = |c: char| c.is_alphabetic() && !c.is_ascii();
    let own: String = vietnamese.split('`').step_by(2).collect();
    assert!(own.chars().any(is_vietnamese), "no Vietnamese letter: {vietnamese}");
    assert!(vietnamese.ends_with('.'), "no sentence: {vietnamese}");
    let is_word = |word: &&str| word.chars().all(|c| c.is_ascii_alphabetic());
    let words: Vec<&str> = english.split(' ').collect();
    for piece in words.windows(3).filter(|piece| piece.iter().all(is_word)) {
        let piece = piece.join(" ");
        assert!(!vietnamese.contains(&piece), "“{piece}” of “{english}” is left in “{vietnamese}”");
    }
}

#[test]
#[should_panic(expected = "is left in")]
fn a_piece_of_english_is_found() {
    assert_vietnamese("Dòng này sai: give it again please.", "x is missing; give it again please");
}

#[test]
#[should_panic(expected = "no Vietnamese letter")]
fn a_sentence_without_vietnamese_is_found() {
    assert_vietnamese("`mã` is missing.", "id is absent");
}
