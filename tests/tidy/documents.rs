//! What the documents name exists: files, tests, terms.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Documents whose names must exist now. Decisions stay out: they tell what was so on their day.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in [".", "docs", "docs/huong-dan", "docs/img", "migrations", "plans", "survey_forms", "data"] {
        for entry in fs::read_dir(root.join(folder)).expect("a folder").flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "md") {
                found.push(entry.path());
            }
        }
    }
    found
}

fn files_under(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files_under(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Everything that is written in Rust.
fn code() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches", "examples"] {
        files_under(&root.join(folder), &mut files);
    }
    files.iter().map(|file| fs::read_to_string(file).expect("text")).collect()
}

/// The words between back-ticks, outside of blocks of code.
fn marks(text: &str) -> Vec<&str> {
    text.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2)).collect()
}

/// What a document names that is not there.
fn missing(root: &Path, text: &str, functions: &BTreeSet<&str>) -> Vec<String> {
    let mut missing = Vec::new();
    for mark in marks(text) {
        let (file, name) = mark.split_once("::").map_or((mark, None), |(file, name)| (file, Some(name)));
        let is_path = ["src/", "tests/", "templates/", "assets/", "docs/", "benches/", "examples/", "packaging/"]
            .iter()
            .any(|folder| file.starts_with(folder));
        // A file of the program is named without `src/` where it is plain that it is one.
        let of_program = !is_path
            && file.contains('/')
            && Path::new(file).extension().is_some_and(|extension| extension == "rs")
            && file.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_/.".contains(c));
        if of_program && !root.join("src").join(file).exists() {
            missing.push(mark.to_owned());
        }
        if is_path && !file.contains(['*', '{', ' ', '<']) && !root.join(file).exists() {
            missing.push(mark.to_owned());
        }
        // A test is a sentence.
        let test = name.filter(|_| is_path).unwrap_or(mark);
        // Names of metrics begin with the program's.
        let sentence = test.matches('_').count() >= 4
            && !test.starts_with("sipas_")
            && test.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if sentence && !functions.contains(test) {
            missing.push(mark.to_owned());
        }
    }
    missing
}

fn functions(code: &str) -> BTreeSet<&str> {
    let names = code.split("fn ").skip(1);
    // Tests on both databases are made by a macro that is handed their names.
    let made =
        code.split("on_both!").skip(1).flat_map(|rest| rest.split([',', '(', '{', ')', '\n', ' ', ';']).take(40));
    names
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default())
        .chain(made)
        .collect()
}

#[test]
fn every_file_and_every_test_that_a_document_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let code = code();
    let functions = functions(&code);
    let mut faults = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(&document).expect("text");
        for name in missing(root, &text, &functions) {
            faults.push(format!("{}: {name} is not there", document.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // The rule sees what is wrong.
    let bad = "`src/nowhere.rs`, `web/nowhere.rs`, `tests/http/edge.rs::a_test_that_nobody_ever_wrote`, `another_test_that_nobody_wrote`";
    assert_eq!(missing(root, bad, &functions).len(), 4);
}

#[test]
fn every_term_of_the_glossary_has_its_name_in_the_code() {
    let glossary = include_str!("../../docs/glossary.md");
    let code = code();
    let rows: Vec<&str> = glossary.lines().filter(|line| line.starts_with("| ") && line.ends_with("` |")).collect();
    assert!(rows.len() >= 60, "{}", rows.len());
    for row in rows {
        let name = row.trim_end_matches("` |").rsplit('`').next().unwrap_or_default();
        assert!(code.contains(name), "{name}: no such name in the code");
    }
}

/// Words that a reader of English stumbles over, and what to write instead.
const BANNED: &[(&str, &str)] = &[
    (concat!("friends ", "and foes"), "people and programs"),
    (concat!(" for ", "who "), "for whoever, for those who"),
    (concat!(" to ", "who "), "to whoever, to those who"),
    (concat!(" than ", "who "), "than whoever, than those who"),
    (concat!("name of ", "who "), "name of the person who"),
    (concat!("those of ", "who "), "those of the person who"),
    (concat!("One row ", "a deed"), "one row for each action"),
];

#[test]
fn no_document_and_no_comment_holds_a_banned_phrase() {
    let mut texts: Vec<(String, String)> = documents()
        .into_iter()
        .map(|path| (path.display().to_string(), fs::read_to_string(&path).expect("text")))
        .collect();
    texts.push(("the code".to_owned(), code()));
    let mut faults = Vec::new();
    for (name, text) in &texts {
        for (phrase, instead) in BANNED {
            if text.contains(phrase) {
                faults.push(format!("{name}: `{phrase}`: write `{instead}`"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
