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

/// Changes files line by line. Files of one kind have the same keys, and each text is read anew: so a key that stands on many lines is changed
/// on the first few of a file, and in the first few files that have it.
#[derive(Default)]
pub struct Spoiler {
    /// On how many lines a key was changed.
    changed: HashMap<String, usize>,
}

const OF_A_FILE: usize = 2;
const OF_ALL: usize = 3;

impl Spoiler {
    /// The text with its lines changed in turn: left out, doubled, given values of every kind.
    pub fn spoil(&mut self, text: &str) -> Vec<String> {
        let lines: Vec<&str> = text.lines().collect();
        let mut here: HashMap<&str, usize> = HashMap::new();
        let mut texts = Vec::new();
        for (place, line) in lines.iter().enumerate() {
            let (key, value) = line.split_once(" = ").map_or((*line, None), |(key, value)| (key, Some(value)));
            let (here, changed) = (here.entry(key).or_default(), self.changed.entry(key.to_owned()).or_default());
            if *here == OF_A_FILE || *changed == OF_ALL {
                continue;
            }
            *here += 1;
            *changed += 1;
            spoil_line(&lines, place, (key, value), &mut texts);
        }
        texts
    }
}

fn spoil_line(lines: &[&str], place: usize, (key, value): (&str, Option<&str>), texts: &mut Vec<String>) {
    let line = lines[place];
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

/// What a problem says, without what it quotes and counts.
pub fn kind_of(english: &str) -> String {
    let own: String = english.split('`').step_by(2).collect::<Vec<_>>().join("…");
    own.split_once(": ").map_or(own.as_str(), |(_, words)| words).replace(|c: char| c.is_ascii_digit(), "")
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
