//! Pure rooms hold no Vietnamese for a reader. They hand on what they mean by type, and the edges have the words: what a page, a file or a
//! letter calls it, in which language. What a room only reads is no sentence: the names that people type into a plan.

use super::rust_source::texts;
use super::{Broken, allows, broken, files, keeps, only_for_tests, refuses, room_of};

/// The pure rooms that say nothing. `survey`, `report` and `print` do, by the rule of the house, and problems of a plan file have
/// English in `plan/problem_english.rs`, which this rule does not see; `unzip` and `table` read what others wrote.
const SILENT: &[&str] = &["sheet", "plan", "access", "cases", "stats", "sampling", "index"];

/// Files of these rooms in which Vietnamese stands, because what people type is read there.
const READS: &[(&str, &str)] = &[
    ("src/plan/spelled.rs", "the spellings of choices that a filled-in workbook may hold"),
    ("src/plan/typed.rs", "names of periods, and the ways to write that a target is for all fields"),
    ("src/plan/draft.rs", "the word for no in a column of a workbook"),
];

/// A text with Vietnamese letters where nothing is said.
fn says_nothing(file: &str, text: &str) -> Vec<Broken> {
    let is_silent = room_of(file).is_some_and(|room| SILENT.contains(&room));
    if !is_silent || READS.iter().any(|(known, _)| *known == file) {
        return Vec::new();
    }
    let room = room_of(file).unwrap_or_default();
    let vietnamese = texts(text).into_iter().filter(|(_, words)| words.chars().any(is_vietnamese));
    vietnamese
        .map(|(line, words)| {
            let why = "is Vietnamese for a reader; hand on what it means, and let `report::words` or the page say it";
            broken(file, line, format!("{words} in `{room}` {why}"))
        })
        .collect()
}

/// A letter that Vietnamese writes and English does not.
fn is_vietnamese(letter: char) -> bool {
    const OTHERS: &str = "àáâãèéêìíòóôõùúýăđĩũơư";
    matches!(letter, '\u{1ea0}'..='\u{1ef9}') || letter.to_lowercase().all(|small| OTHERS.contains(small))
}

#[test]
fn pure_rooms_say_nothing_to_readers() {
    let mut files = files(&["src"], &[".rs"]);
    let tests: Vec<String> = files.iter().flat_map(|(file, text)| only_for_tests(file, text)).collect();
    files.retain(|(file, _)| {
        !tests.iter().any(|test| *file == format!("{test}.rs") || file.starts_with(&format!("{test}/")))
    });
    keeps(says_nothing, &files);
    for (file, why) in READS {
        let text = files.iter().find(|(known, _)| known == file).map(|(_, text)| text);
        let reads = text.is_some_and(|text| texts(text).iter().any(|(_, words)| words.chars().any(is_vietnamese)));
        assert!(reads, "{file} reads no Vietnamese any more ({why}): take it out of READS");
    }
}

#[test]
fn a_vietnamese_text_in_a_pure_room_is_found() {
    let why = "is Vietnamese for a reader";
    refuses(says_nothing, "src/plan/period.rs", "//! A.\nfn a() -> &'static str { \"Quý I\" }", 2, why);
    refuses(says_nothing, "src/access/mod.rs", "match role {\n Role::Staff => \"C\u{e1}n bộ\",\n}", 2, why);
    refuses(says_nothing, "src/index/a.rs", "let a = \"one \\\n  hai, ĐÃ DUYỆT\";", 2, why);
    refuses(says_nothing, "src/cases/a.rs", "let a = r#\"a \"đơn\" b\"#;", 1, why);
    refuses(
        says_nothing,
        "src/stats/a.rs",
        "#[cfg(test)]\nmod tests { fn a() { \"ở đây\"; } }\nconst B: &str = \"cũng\";",
        3,
        why,
    );
}

#[test]
fn words_of_others_comments_tests_and_what_is_read_are_allowed() {
    allows(says_nothing, "src/report/words.rs", "const A: &str = \"Đạt\";");
    allows(says_nothing, "src/plan/period.rs", "/// As in `Quý I/2026`.\nfn a() {} // Quý\n/* Năm */");
    allows(says_nothing, "src/plan/typed.rs", "let a = \"quý\";");
    allows(says_nothing, "src/cases/themes.rs", "if letter == 'đ' { 'd' } else { letter }");
    allows(
        says_nothing,
        "src/plan/file.rs",
        "fn a() { \"plain, ASCII – and signs “”\" }\n#[cfg(test)]\nmod tests { fn b() { \"Năm\"; } }",
    );
}
