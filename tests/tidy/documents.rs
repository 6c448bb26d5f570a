//! What the documents name exists: files, tests, terms. What they tell of rooms is what the rules say.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Others, PURE, ROOMS};

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

/// Folders of the files that a document names by their whole path.
fn folders(root: &Path, text: &str) -> BTreeSet<PathBuf> {
    let files = marks(text).into_iter().map(|mark| mark.split("::").next().unwrap_or_default());
    files.filter_map(|file| Some(root.join(file).parent()?.to_owned())).filter(|folder| folder != root).collect()
}

/// What a document names that is not there.
fn missing(root: &Path, text: &str, functions: &BTreeSet<&str>) -> Vec<String> {
    let mut missing = Vec::new();
    let folders = folders(root, text);
    for mark in marks(text) {
        let (file, name) = mark.split_once("::").map_or((mark, None), |(file, name)| (file, Some(name)));
        let is_path = ["src/", "tests/", "templates/", "assets/", "docs/", "benches/", "examples/", "packaging/"]
            .iter()
            .any(|folder| file.starts_with(folder));
        // A file of the program is named without `src/` where it is plain that it is one.
        let of_program = !is_path
            && Path::new(file).extension().is_some_and(|extension| extension == "rs")
            && file.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_/.".contains(c));
        // A name without a folder is right under `src/`, or beside a file that the document names with its folder.
        let beside = || !file.contains('/') && folders.iter().any(|folder| folder.join(file).exists());
        if of_program && !root.join("src").join(file).exists() && !beside() {
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
    let bad = "`src/nowhere.rs`, `web/nowhere.rs`, `tests/http/edge/edge.rs::a_test_that_nobody_ever_wrote`, `another_test_that_nobody_wrote`";
    assert_eq!(missing(root, bad, &functions).len(), 4);
    // A name without its folder is known where the document names a file beside it, or where it is right under `src/`.
    assert_eq!(missing(root, "`config.rs`, `keying.rs`, `clock.rs`", &functions), ["config.rs", "keying.rs"]);
    let beside = "`tests/http/edge/edge.rs`, `load.rs`, `nowhere.rs`";
    assert_eq!(missing(root, beside, &functions), ["nowhere.rs"]);
}

/// What stands right in a folder of `src/` and its row of `docs/architecture.md` does not name.
fn not_in_row(room: &str, architecture: &str) -> Vec<String> {
    let row = architecture.lines().find(|line| line.starts_with(&format!("| `{room}` |"))).unwrap_or_default();
    let named: BTreeSet<&str> = marks(row).into_iter().collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room);
    let inside = fs::read_dir(folder).expect("a room").flatten();
    let stems: BTreeSet<String> =
        inside.filter_map(|entry| Some(entry.path().file_stem()?.to_str()?.to_owned())).collect();
    stems.into_iter().filter(|stem| stem != "mod" && !named.contains(stem.as_str())).collect()
}

#[test]
fn the_rows_of_the_largest_rooms_name_every_file_and_folder_in_them() {
    let architecture = include_str!("../../docs/architecture.md");
    for room in ["service", "db"] {
        assert_eq!(not_in_row(room, architecture), [""; 0], "{room}");
    }
    let without = architecture.replace("`hotline`", "").replace("`outgoing`", "`letters`");
    assert_eq!(not_in_row("service", &without), ["hotline"]);
    assert_eq!(not_in_row("db", &without), ["outgoing"]);
}

/// Words parted by commas.
fn list(words: &str) -> Vec<&str> {
    words.split(',').map(str::trim).collect()
}

/// What is drawn between rooms and is not as `ROOMS` says.
fn untrue_arrows(drawn: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in drawn.lines() {
        if let Some(rooms) = line.strip_suffix(" name nothing else of the crate") {
            let nothing = ROOMS.iter().filter(|row| matches!(row.may_name, Others::Only([])));
            let nothing: BTreeSet<&str> = nothing.map(|row| row.name).collect();
            let told: BTreeSet<&str> = list(rooms).into_iter().collect();
            found.extend(told.symmetric_difference(&nothing).map(|room| format!("{room}: names nothing, or not?")));
            continue;
        }
        for chain in line.split(';') {
            let groups: Vec<Vec<&str>> = chain.split('→').map(list).collect();
            for pair in groups.windows(2) {
                for from in &pair[0] {
                    let row = ROOMS.iter().find(|row| row.name == *from);
                    let untrue = pair[1].iter().filter(|to| !row.is_some_and(|row| row.may_name(to)));
                    found.extend(untrue.map(|to| format!("{from} → {to}")));
                }
            }
        }
    }
    found
}

#[test]
fn the_arrows_that_are_drawn_are_those_of_the_rule() {
    let architecture = include_str!("../../docs/architecture.md");
    let drawn = architecture.split_once("## Arrows").and_then(|(_, rest)| rest.split("```").nth(1)).expect("arrows");
    assert_eq!(untrue_arrows(drawn), [""; 0]);
    assert!(drawn.matches('→').count() > 15, "{drawn}");
    assert_eq!(untrue_arrows("db → sheet; plan, stats → sheet\nnobody → db"), ["stats → sheet", "nobody → db"]);
    assert!(
        untrue_arrows("clock, db name nothing else of the crate").contains(&"db: names nothing, or not?".to_owned())
    );
}

#[test]
fn the_documents_call_pure_what_the_rule_holds_pure() {
    let pure: BTreeSet<&str> = PURE.iter().copied().collect();
    let architecture = include_str!("../../docs/architecture.md");
    let rows = architecture.lines().filter(|line| line.ends_with("| yes |"));
    let told: BTreeSet<&str> =
        rows.filter_map(|row| marks(row).first().map(|room| room.trim_end_matches(".rs"))).collect();
    assert_eq!(told, pure);
    let contributing = include_str!("../../CONTRIBUTING.md");
    let told = contributing.split_once("stands in a pure room:").and_then(|(_, rest)| rest.split_once('.'));
    let told: BTreeSet<&str> = told.map(|(rooms, _)| marks(rooms).into_iter().collect()).unwrap_or_default();
    assert_eq!(told, pure);
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
    (concat!(" of ", "who "), "of whoever, of the person who, that says who"),
    (concat!("hrough which ", "door"), "by which channel"),
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
