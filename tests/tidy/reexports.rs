//! A room shows its own names only. What it shows of another room's would be named through it by rooms that may not name the other,
//! and no arrow would tell.

use std::collections::BTreeSet;

use super::circles::told;
use super::rust_source::{Path, Stands, code_only, paths, without_tests};
use super::{Broken, ROOMS, Room, broken, files, only_for_tests, other_room, refuses, room_of};

/// What may be shown all the same: file, path, reason.
const SHOWN: &[(&str, &str, &str)] = &[
    (
        "src/survey/questionnaire.rs",
        "crate::sheet::tally::Feed",
        "which index a section feeds is a word of questionnaires, and every room that may name them may name `sheet`",
    ),
    (
        "src/db/mod.rs",
        "crate::clock::date_of",
        "goes no further than the database, whose files count days by the module in which it stands",
    ),
    (
        "src/db/mod.rs",
        "crate::clock::day_number",
        "goes no further than the database, whose files count days by the module in which it stands",
    ),
];

/// Names of other rooms that a file shows as if they were its own, with their lines.
fn shown(file: &str, text: &str) -> Vec<(usize, String)> {
    if room_of(file).is_none_or(|room| room == "lib") {
        return Vec::new();
    }
    let paths = paths(&without_tests(&code_only(text)));
    let of_another = |path: &Path| other_room(file, &path.names).is_some();
    // A name that came in by a `use` may go out by the next one.
    let came_in: BTreeSet<&str> = paths
        .iter()
        .filter(|path| path.stands == Stands::Use && of_another(path))
        .filter_map(|path| path.alias.as_ref().or(path.names.last()).map(String::as_str))
        .collect();
    let first = |path: &Path| path.names.iter().find(|name| *name != "self").cloned().unwrap_or_default();
    let goes_out = paths.iter().filter(|path| path.stands == Stands::PublicUse);
    let goes_out = goes_out.filter(|path| of_another(path) || came_in.contains(first(path).as_str()));
    goes_out.map(|path| (path.line, path.names.join("::"))).collect()
}

/// What files show of other rooms, exceptions left out; and exceptions that nothing needs.
fn shows(texts: &[(String, String)], allowed: &[(&str, &str, &str)]) -> Vec<Broken> {
    let mut found = Vec::new();
    let mut needed = vec![false; allowed.len()];
    for (file, text) in texts {
        for (line, path) in shown(file, text) {
            match allowed.iter().position(|(of, known, _)| of == file && *known == path) {
                Some(place) => needed[place] = true,
                None => found.push(broken(file, line, format!("`{path}` is another room's: name it where it stands"))),
            }
        }
    }
    let gone = allowed.iter().zip(needed).filter(|(_, needed)| !needed);
    found.extend(gone.map(|((file, path, _), _)| broken(file, 0, format!("`{path}` is not shown: take its row out"))));
    found
}

#[test]
fn a_room_shows_no_names_of_another() {
    let mut texts = files(&["src"], &[".rs"]);
    let tests: Vec<String> = texts.iter().flat_map(|(file, text)| only_for_tests(file, text)).collect();
    texts.retain(|(file, _)| {
        !tests.iter().any(|test| *file == format!("{test}.rs") || file.starts_with(&format!("{test}/")))
    });
    assert_eq!(told(shows(&texts, SHOWN)), "");
    // As the reason for `Feed` says.
    let of_survey: Vec<&Room> = ROOMS.iter().filter(|row| row.may_name("survey")).collect();
    assert!(of_survey.len() > 5 && of_survey.iter().all(|row| row.may_name("sheet")));
}

#[test]
fn a_name_of_another_room_that_is_shown_is_found_however_it_is_written() {
    let rule: fn(&str, &str) -> Vec<Broken> = |file, text| shows(&[(file.to_owned(), text.to_owned())], &[]);
    for text in [
        "\npub use crate::sheet::tally::Feed;",
        "\npub(crate) use crate::sheet;",
        "\npub use crate::{sheet::tally::*, survey::code};",
        "\npub use super::super::sheet::tally::Feed as Index;",
        "use crate::sheet::tally;\npub use tally::Feed;",
        "use crate::sheet::tally as counts;\npub use self::counts::Feed;",
        "pub mod a {\n    pub use crate::sheet::tally::Feed;\n}",
    ] {
        refuses(rule, "src/survey/questionnaire.rs", text, 2, "is another room's");
    }
}

#[test]
fn own_names_what_only_comes_in_and_the_crate_itself_are_allowed() {
    for (file, text) in [
        (
            "src/survey/mod.rs",
            "pub use questionnaire::*; pub use crate::survey::file::parse; pub use super::survey::code;",
        ),
        ("src/survey/check.rs", "use crate::sheet::tally::Feed; use super::Factor; pub(crate) use serde::Serialize;"),
        ("src/survey/check.rs", "#[cfg(test)] mod tests { pub use crate::sheet::tally::Feed; }"),
        ("src/lib.rs", "pub use crate::sheet::tally::Feed;"),
    ] {
        assert!(shown(file, text).is_empty(), "{file}: {text}");
    }
}

#[test]
fn an_exception_holds_for_its_file_and_path_and_is_told_of_once_nothing_needs_it() {
    let texts = ["src/survey/a.rs", "src/survey/b.rs"];
    let texts = texts.map(|file| (file.to_owned(), "pub use crate::sheet::tally::Feed;".to_owned()));
    let allowed = [("src/survey/a.rs", "crate::sheet::tally::Feed", ""), ("src/survey/a.rs", "crate::plan::Plan", "")];
    let found = shows(&texts, &allowed);
    let places: Vec<(&str, usize)> = found.iter().map(|one| (one.file.as_str(), one.line)).collect();
    assert_eq!(places, [("src/survey/b.rs", 1), ("src/survey/a.rs", 0)]);
    assert!(found[1].why.contains("take its row out"), "{}", found[1].why);
}
