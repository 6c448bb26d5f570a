//! No circle between the files of a room: who reads one of them can read on downwards and arrives. And between the folders
//! of the database, one order.
//!
//! An arrow is a path that leads from one file to another of the same room, through re-exports to the file that defines the
//! name. What a file names of the modules that it stands in is left out: a folder's `mod.rs` is the roof of its files.

use std::collections::{BTreeMap, BTreeSet};

use super::rust_source::{Path, Stands, code_only, paths, without_tests};
use super::{Broken, broken, files, only_for_tests};

/// The folders of `db`: what stands in one of them names only what stands in those before it.
const FLOORS_OF_DB: &[(&str, &str)] = &[
    ("engine", "connections, schema and numbers of kinds know nothing of what is kept"),
    ("outgoing", "letters and events are written with whatever deed they tell of, so they know none of them"),
    ("reference", "units, fields, questionnaires, plans and points are there before anybody signs in or answers"),
    ("people", "who works here, and the log of what they do, belong to units"),
    (
        "periods",
        "what was closed and imported is known by plan, unit and person; answers ask whether their day is closed",
    ),
    ("answers", "sheets and tallies, of points and questionnaires, in files that were imported"),
    ("cases", "complaints are stored as answers are, and share no row with them"),
    ("upkeep", "the check-up, the backup and the move see everything"),
];

/// A file and what it leads to.
struct File<'a> {
    name: &'a str,
    /// Where it stands in the crate: `["db", "answers", "store"]`.
    module: Vec<String>,
    code: String,
    paths: Vec<Path>,
}

/// The module that a file is.
fn module_of(file: &str) -> Vec<String> {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').map(str::to_owned).collect()
}

/// Which file leads to which, with the line that does.
type Arrows = BTreeMap<usize, BTreeMap<usize, usize>>;

struct Crate<'a> {
    files: Vec<File<'a>>,
    by_module: BTreeMap<Vec<String>, usize>,
}

impl<'a> Crate<'a> {
    fn new(texts: &'a [(String, String)]) -> Self {
        let mut files = Vec::new();
        for (name, text) in texts {
            let code = without_tests(&code_only(text));
            files.push(File { name, module: module_of(name), paths: paths(&code), code });
        }
        let by_module = files.iter().enumerate().map(|(at, file)| (file.module.clone(), at)).collect();
        Self { files, by_module }
    }

    fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (at, file) in self.files.iter().enumerate() {
            for path in file.paths.iter().filter(|path| path.stands != Stands::PublicUse) {
                let Some(to) = self.whole(file, &path.names).and_then(|names| self.defined_in(names)) else { continue };
                let there = &self.files[to].module;
                if file.module[0] == there[0] && !file.module.starts_with(there) {
                    arrows.entry(at).or_default().entry(to).or_insert(path.line);
                }
            }
        }
        arrows
    }

    /// A path as seen from the crate; none for one that leads out of it or begins with a name of the file itself.
    fn whole(&self, file: &File<'_>, names: &[String]) -> Option<Vec<String>> {
        let first = names.first()?.as_str();
        let (base, rest) = match first {
            "crate" => (&[][..], &names[1..]),
            "self" => (&file.module[..], &names[1..]),
            "super" => {
                let up = names.iter().take_while(|name| *name == "super").count();
                (file.module.get(..file.module.len().checked_sub(up)?)?, &names[up..])
            }
            first => {
                let child: Vec<String> = file.module.iter().cloned().chain([first.to_owned()]).collect();
                self.by_module.get(&child)?;
                (&file.module[..], names)
            }
        };
        Some(base.iter().chain(rest).filter(|name| *name != "self").cloned().collect())
    }

    /// The file in which what `names` leads to is defined, through the re-exports on the way.
    fn defined_in(&self, mut names: Vec<String>) -> Option<usize> {
        // A re-export leads on to another one a few times at most.
        for _ in 0..8 {
            let length = (1..=names.len()).rev().find(|length| self.by_module.contains_key(&names[..*length]))?;
            let at = self.by_module[&names[..length]];
            let Some(name) = names.get(length) else { return Some(at) };
            let file = &self.files[at];
            let shown = file.paths.iter().filter(|path| path.stands != Stands::Code).find_map(|path| {
                let whole = self.whole(file, &path.names)?;
                let ends = path.alias.as_ref().or(path.names.last()) == Some(name);
                match path.glob {
                    false if ends => Some(whole),
                    true if self.by_module.get(&whole).is_some_and(|to| self.files[*to].defines(name)) => {
                        Some(whole.into_iter().chain([name.clone()]).collect())
                    }
                    _ => None,
                }
            });
            let Some(shown) = shown else { return Some(at) };
            names = shown.into_iter().chain(names.drain(length + 1..)).collect();
        }
        None
    }
}

impl File<'_> {
    fn defines(&self, wanted: &str) -> bool {
        let words: Vec<&str> =
            self.code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
        let kinds = ["struct", "enum", "fn", "trait", "type", "const", "static", "mod"];
        words.windows(2).any(|pair| kinds.contains(&pair[0]) && pair[1] == wanted)
    }
}

/// The circles of the rooms, the shortest one of each file that stands in one.
fn circles(texts: &[(String, String)]) -> Vec<Broken> {
    let all = Crate::new(texts);
    let arrows = all.arrows();
    let mut found = Vec::new();
    let mut told: BTreeSet<BTreeSet<usize>> = BTreeSet::new();
    for (at, file) in all.files.iter().enumerate() {
        let Some(way) = shortest_circle(at, &arrows).filter(|way| told.insert(way.iter().copied().collect())) else {
            continue;
        };
        let names: Vec<&str> = way.iter().map(|file| all.files[*file].name).collect();
        let why = format!(
            "a circle, {} → {}: move what both need to a file of its own below them",
            names.join(" → "),
            file.name
        );
        let next = way.get(1).copied().unwrap_or(at);
        found.push(broken(file.name, arrows[&at][&next], why));
    }
    found
}

/// The shortest way that leads from a file back to it.
fn shortest_circle(start: usize, arrows: &Arrows) -> Option<Vec<usize>> {
    let mut ways = std::collections::VecDeque::from([vec![start]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in arrows.get(way.last()?).into_iter().flat_map(BTreeMap::keys) {
            if *next == start {
                return Some(way);
            }
            if seen.insert(*next) {
                ways.push_back(way.iter().copied().chain([*next]).collect());
            }
        }
    }
    None
}

/// What names a folder that stands above its own.
fn floors(texts: &[(String, String)], room: &str, order: &[(&str, &str)]) -> Vec<Broken> {
    let all = Crate::new(texts);
    let floor = |file: &File<'_>| match &file.module[..] {
        [first, folder, _, ..] if first == room => order.iter().position(|(name, _)| name == folder),
        _ => None,
    };
    let mut found = Vec::new();
    for (from, to) in all.arrows() {
        for (to, line) in to {
            let (from, to) = (&all.files[from], &all.files[to]);
            if let (Some(here), Some(there)) = (floor(from), floor(to))
                && here < there
            {
                let ((here, because), (there, _)) = (order[here], order[there]);
                found.push(broken(from.name, line, format!("`{here}` may not name `{there}`: {because}")));
            }
        }
    }
    found
}

/// The files of the program, without those that only tests see.
fn program() -> Vec<(String, String)> {
    let mut texts = files(&["src"], &[".rs"]);
    let tests: Vec<String> = texts.iter().flat_map(|(file, text)| only_for_tests(file, text)).collect();
    texts.retain(|(file, _)| {
        !tests.iter().any(|test| *file == format!("{test}.rs") || file.starts_with(&format!("{test}/")))
    });
    texts
}

pub(super) fn told(found: Vec<Broken>) -> String {
    let lines = found.into_iter().map(|Broken { file, line, why }| format!("{file}:{line}: {why}\n"));
    lines.collect()
}

#[test]
fn no_files_of_a_room_stand_in_a_circle() {
    assert_eq!(told(circles(&program())), "");
}

#[test]
fn the_folders_of_the_database_stand_one_on_another() {
    let texts = program();
    assert_eq!(told(floors(&texts, "db", FLOORS_OF_DB)), "");
    let folders: BTreeSet<String> = texts
        .iter()
        .filter_map(|(file, _)| Some(file.strip_prefix("src/db/")?.split_once('/')?.0.to_owned()))
        .collect();
    let rows: BTreeSet<String> = FLOORS_OF_DB.iter().map(|(folder, _)| (*folder).to_owned()).collect();
    assert_eq!(folders, rows, "each folder has its row");
}

// --- the rules are shown what they must refuse -----------------------------------------------------------------------

fn sample(texts: &[(&str, &str)]) -> Vec<(String, String)> {
    texts.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn a_circle_is_refused_however_it_is_written() {
    let pairs = [
        // Straight, by `super`, in a group, and in the middle of the code.
        ("use crate::a::two::Two;", "use crate::a::one::One;"),
        ("use super::two::Two;", "use super::{one, other::Thing};"),
        ("fn f() { super::two::f() }", "fn f() -> crate::a::one::One { f() }"),
        // Through the re-exports of the folder, renamed or all at once.
        ("use super::Two;", "use super::Uno;"),
        ("use super::two::Two;", "use crate::a::Everything;"),
    ];
    for (one, two) in pairs {
        let texts = sample(&[
            ("src/a/mod.rs", "pub mod one; pub mod two; pub use one::{One as Uno, *}; pub(crate) use two::Two;"),
            ("src/a/one.rs", &format!("{one} pub struct One; pub struct Everything;")),
            ("src/a/two.rs", &format!("{two} pub struct Two;")),
        ]);
        let found = told(circles(&texts));
        assert!(found.contains("src/a/one.rs → src/a/two.rs → src/a/one.rs"), "{one} {two}: {found:?}");
    }
}

#[test]
fn a_circle_over_three_files_and_a_folder_with_code_is_refused() {
    let texts = sample(&[
        ("src/a.rs", "mod one; mod two;"),
        ("src/a/one.rs", "use super::two::f;"),
        ("src/a/two/mod.rs", "mod three; use three::G; pub fn f() { G }"),
        ("src/a/two/three.rs", "use crate::a::one::One; pub struct G;"),
    ]);
    assert!(told(circles(&texts)).contains("src/a/one.rs → src/a/two/mod.rs → src/a/two/three.rs → src/a/one.rs"));
}

#[test]
fn a_tree_and_what_only_tests_name_are_no_circle() {
    let texts = sample(&[
        // The folder names its files, and they name what stands in it: one thing.
        ("src/a/mod.rs", "pub mod one; pub mod two; use one::One; pub struct Roof; fn f() -> One { two::f() }"),
        ("src/a/one.rs", "use super::Roof; pub struct One; #[cfg(test)] mod tests { use crate::a::two::f; }"),
        ("src/a/two.rs", "use super::{Roof, one::One}; // crate::a::three\npub fn f() -> One { one() }"),
        // A folder that only shows another's names does not lead to them.
        ("src/a/three/mod.rs", "mod four; pub use four::Four; pub use super::two::f;"),
        ("src/a/three/four.rs", "use crate::a::two::f; pub struct Four;"),
        ("src/b/mod.rs", "use crate::a::one::One;"),
    ]);
    assert_eq!(told(circles(&texts)), "");
}

#[test]
fn a_folder_that_names_one_above_it_is_refused() {
    let order = [("low", "the ground knows no roof"), ("high", "")];
    let texts = sample(&[
        ("src/db/mod.rs", "mod low; mod high; pub use high::b::B;"),
        ("src/db/high/mod.rs", "pub mod b;"),
        ("src/db/low/a.rs", "\nuse crate::db::B;"),
        ("src/db/high/b.rs", "use crate::db::low::a; pub struct B;"),
    ]);
    assert_eq!(
        told(floors(&texts, "db", &order)),
        "src/db/low/a.rs:2: `low` may not name `high`: the ground knows no roof\n"
    );
}
