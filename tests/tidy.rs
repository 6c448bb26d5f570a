//! The rules of the house, as tables with a reason per row. A broken rule fails with its file, its line and that reason.
//! Rooms, files and folders that do not exist yet are fine. Each rule is also shown a bad sample, so that it can fail.

#[path = "tidy/blocking.rs"]
mod blocking;
#[path = "tidy/circles.rs"]
mod circles;
#[path = "tidy/documents.rs"]
mod documents;
#[path = "tidy/guide.rs"]
mod guide;
#[path = "tidy/reexports.rs"]
mod reexports;
#[path = "tidy/replaced.rs"]
mod replaced;
#[path = "tidy/rows.rs"]
mod rows;
#[path = "support/rust_source.rs"]
mod rust_source;
#[path = "tidy/security.rs"]
mod security;
#[path = "tidy/served_by.rs"]
mod served_by;
#[path = "tidy/settings.rs"]
mod settings;
#[path = "tidy/words.rs"]
mod words;

use std::{collections::BTreeSet, fs, path::Path};

use Others::{AllAboveBut, Only};
use rust_source::{code_only, paths, without_tests};

/// What a room of `src/` may name of the other rooms. A room is a folder or a file right under `src/`.
struct Room {
    name: &'static str,
    may_name: Others,
    because: &'static str,
}

enum Others {
    /// These.
    Only(&'static [&'static str]),
    /// All that stand above it, but not these.
    AllAboveBut(&'static [&'static str]),
}

const fn room(name: &'static str, may_name: Others, because: &'static str) -> Room {
    Room { name, may_name, because }
}

/// Arrows between rooms run one way: a row names only rooms that stand above it.
const ROOMS: &[Room] = &[
    room("clock", Only(&[]), "the clock is asked by others and asks nobody"),
    room("sheet", Only(&[]), "the words of an answer sheet are everybody's, so they know nobody"),
    room("survey", Only(&["sheet"]), "a questionnaire is data: it is read and checked without the rest of the program"),
    room("plan", Only(&["sheet"]), "a plan is data: it is read and checked without the rest of the program"),
    room("access", Only(&[]), "who may do what is one table, which nothing else can bend"),
    room("cases", Only(&[]), "a complaint moves by its own rules, wherever it is kept or shown"),
    room("stats", Only(&[]), "statistics take numbers and give numbers: they know no survey, no plan, no file"),
    room(
        "sampling",
        Only(&["stats"]),
        "who is drawn, and with what weight answers stand for others, is computed from what is handed over",
    ),
    room("unzip", Only(&[]), "a zip is taken apart within bounds the same way, whatever is in it and whoever asks"),
    room("vitals", Only(&[]), "signs of life are entered by whoever works, and read by whoever watches"),
    room("secrets", Only(&[]), "hashes and codes are made of what is handed over"),
    room(
        "index",
        Only(&["sheet", "survey", "plan", "stats"]),
        "an index is computed once, from tallies, the same everywhere",
    ),
    room(
        "report",
        Only(&["sheet", "survey", "plan", "stats", "sampling", "index", "unzip"]),
        "a report shows an index that it is handed, and computes none",
    ),
    room(
        "print",
        Only(&["sheet", "survey", "plan", "stats", "index", "report"]),
        "paper is made from what is handed over",
    ),
    room("config", Only(&[]), "settings are read before anything else exists"),
    room("table", Only(&["unzip"]), "a file becomes rows of text: what the rows mean, others know"),
    room("analyse", Only(&["stats", "table"]), "survey statistics on any data file: no plan, no index, no database"),
    room(
        "exchange",
        Only(EXCHANGED),
        "files in and out are rows and sheets, of people by the words of their roles too; whoever calls it stores them",
    ),
    room("demo", Only(DATA), "demonstration data are sheets made from a seed; whoever calls it stores them"),
    room(
        "db",
        Only(&["sheet", "survey", "plan", "access", "cases", "sampling", "clock", "config", "secrets", "vitals"]),
        "the database keeps and tallies; it computes no figure",
    ),
    room("mail", Only(&["clock", "config"]), "a letter is text and addresses; its writer stands elsewhere"),
    room("oidc", Only(&["config"]), "who somebody is, a provider says; what they may do here, others decide"),
    room(
        "hooks",
        Only(&["config"]),
        "a message is an address, a text and a secret that are handed over; which networks it may enter is a setting",
    ),
    room(
        "error",
        Only(&["db", "secrets"]),
        "the catalogue gathers the reasons that rooms own; it does not know who stumbled over them",
    ),
    room(
        "service",
        AllAboveBut(&["demo"]),
        "what the program does, one way for page, API, command and timer; it knows none of them",
    ),
    room("jobs", AllAboveBut(&["demo", "analyse"]), "what a timer starts knows no page and no command"),
    room("web", AllAboveBut(&["demo", "jobs", "analyse"]), "pages know no command and nothing that a timer starts"),
    room(
        "app",
        AllAboveBut(&["analyse"]),
        "the program is put together here, for the command line and for tests alike",
    ),
    room("cli", AllAboveBut(&[]), "a command may ask everything; nothing asks a command"),
    room("main", Only(&["cli"]), "the binary is thin: it hands over to the command line"),
];

const DATA: &[&str] = &["sheet", "survey", "plan", "cases", "stats", "sampling", "index", "clock", "unzip", "table"];
const EXCHANGED: &[&str] =
    &["sheet", "survey", "plan", "cases", "stats", "sampling", "index", "clock", "unzip", "table", "access"];

impl Room {
    fn may_name(&self, there: &str) -> bool {
        let above = || ROOMS.iter().take_while(|row| row.name != self.name).any(|row| row.name == there);
        match self.may_name {
            Only(rooms) => rooms.contains(&there),
            AllAboveBut(rooms) => above() && !rooms.contains(&there),
        }
    }
}

/// Where a name of the outside world may be written. `within` are rooms; tests inside a room count as that room.
struct Name {
    names: &'static [&'static str],
    within: Within,
    because: &'static str,
}

enum Within {
    In(&'static [&'static str]),
    NotIn(&'static [&'static str]),
}

const PURE: &[&str] =
    &["sheet", "survey", "plan", "access", "cases", "stats", "sampling", "index", "report", "print", "unzip", "table"];

const NAMES: &[Name] = &[
    Name {
        names: &["diesel", "diesel_migrations", "libsqlite3_sys"],
        within: Within::In(&["db"]),
        because: "SQL lives in src/db: two databases with one text of queries",
    },
    Name {
        names: &["lettre"],
        within: Within::In(&["mail"]),
        because: "letters leave through src/mail: SMTP, folder or memory by one setting",
    },
    Name {
        names: &["ureq"],
        within: Within::In(&["hooks", "oidc"]),
        because: "who calls other machines looks at every address before it connects",
    },
    Name {
        names: &["ring::signature"],
        within: Within::In(&["oidc"]),
        because: "whose signature is believed is read in one place",
    },
    Name {
        names: &["actix_web", "actix_rt", "actix_http", "actix_server", "actix"],
        within: Within::In(&["web"]),
        because: "HTTP and pages live in src/web: the rest runs without a server",
    },
    Name {
        names: &["Utc::now", "Local::now", "SystemTime"],
        within: Within::In(&["clock"]),
        because: "the wall clock is read in src/clock.rs: civil days are Vietnam's, and tests set the day",
    },
    Name {
        names: &["std::env"],
        within: Within::In(&["config", "main", "cli"]),
        because: "the environment is read in src/config, so that every setting has a default, a check and a reason",
    },
    Name {
        names: &["tokio", "std::fs", "std::net", "std::process", "std::thread", "Instant", "tracing_subscriber"],
        within: Within::NotIn(PURE),
        because: "a pure room is handed everything it needs: no files, network, threads, time",
    },
    Name {
        names: &["getrandom", "SysRng", "ThreadRng", "make_rng", "rand::rng", "rand::random", "Uuid::new_v4"],
        within: Within::NotIn(PURE),
        because: "chance in a pure room comes from a seed that it was handed: the same input gives the same figure",
    },
    Name {
        names: &["println!", "print!", "eprintln!", "eprint!"],
        within: Within::In(&["cli", "main"]),
        because: "only commands talk to the terminal; everything else logs or returns",
    },
    Name {
        names: &["by_nobody"],
        within: Within::In(&["db", "app", "cli"]),
        because: "what staff do leaves a row in the audit log: `db.noting(user.note(…))`; nobody is for seeds and demonstration",
    },
];

/// Names that stand nowhere in the project's Rust.
const NOWHERE: &[(&str, &str)] = &[
    ("todo!", "unfinished work is an issue, not a panic"),
    ("unimplemented!", "unfinished work is an issue, not a panic"),
    ("dbg!", "a look while developing, not a line of the project"),
];

/// One broken rule: where, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
struct Broken {
    file: String,
    line: usize,
    why: String,
}

fn broken(file: &str, line: usize, why: impl Into<String>) -> Broken {
    Broken { file: file.to_owned(), line, why: why.into() }
}

// --- the rules -------------------------------------------------------------------------------------------------------

/// The room of a file under `src/`: `src/db/writer.rs` and `src/db.rs` are `db`.
fn room_of(file: &str) -> Option<&str> {
    file.strip_prefix("src/")?.split(['/', '.']).next()
}

/// How many `super` lead from a file to the crate: 1 from `src/plan/mod.rs`, 2 from `src/plan/target.rs`.
fn depth(file: &str) -> usize {
    file.trim_end_matches("/mod.rs").matches('/').count()
}

/// The other room to which a path in a file leads.
fn other_room<'a>(file: &str, names: &'a [String]) -> Option<&'a str> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let up = names.iter().take_while(|name| **name == "super").count();
    let there = match names[..] {
        ["crate", there, ..] => there,
        ["sipas", there, ..] if room_of(file) == Some("main") => there,
        // As far up as the crate; a module inside the file makes it one more.
        _ if up >= depth(file) => names.get(up).copied()?,
        _ => return None,
    };
    ROOMS.iter().any(|row| row.name == there && room_of(file) != Some(there)).then_some(there)
}

/// Arrows between rooms.
fn direction(file: &str, text: &str) -> Vec<Broken> {
    let Some(here) = room_of(file).filter(|room| *room != "lib") else { return Vec::new() };
    let Some(row) = ROOMS.iter().find(|row| row.name == here) else {
        return vec![broken(
            file,
            1,
            format!("`{here}` has no row in ROOMS of tests/tidy.rs: say what it may name, and why"),
        )];
    };
    let mut found = Vec::new();
    for path in paths(&code_only(text)) {
        if let Some(there) = other_room(file, &path.names).filter(|there| !row.may_name(there)) {
            found.push(broken(file, path.line, format!("`{here}` may not name `{there}`: {}", row.because)));
        }
    }
    found
}

/// Where the names of the outside world may stand. Tests of a room may print and read files.
fn names(file: &str, text: &str) -> Vec<Broken> {
    let here = room_of(file).unwrap_or_default();
    let mut found = Vec::new();
    for path in paths(&without_tests(&code_only(text))) {
        for row in NAMES {
            let allowed = match row.within {
                Within::In(rooms) => rooms.contains(&here),
                Within::NotIn(rooms) => !rooms.contains(&here),
            };
            if let (false, Some(name)) = (allowed, row.names.iter().find(|name| path.names_path(name))) {
                found.push(broken(file, path.line, format!("`{name}` is not for `{here}`: {}", row.because)));
            }
        }
    }
    found
}

/// What no Rust file of the project holds, and how long it may be.
fn every_rust_file(file: &str, text: &str) -> Vec<Broken> {
    let mut found = Vec::new();
    if !text.starts_with("//!") {
        found.push(broken(file, 1, "a file opens with `//!`: what it is, what it is not, where to read next"));
    }
    let lines = text.lines().count();
    if lines > LINES_MAX {
        found.push(broken(
            file,
            lines,
            format!("{lines} lines; {LINES_MAX} at most, so that a file is read in one sitting: split it"),
        ));
    }
    let code = code_only(text);
    for path in paths(&code) {
        if let Some((name, why)) = NOWHERE.iter().find(|(name, _)| path.names_path(name)) {
            found.push(broken(file, path.line, format!("`{name}`: {why}")));
        }
    }
    for (number, line) in code.lines().enumerate() {
        if line.replace(' ', "").contains("#[ignore") {
            found.push(broken(file, number + 1, "an ignored test shows nothing: repair it or remove it"));
        }
    }
    found
}

const LINES_MAX: usize = 700;

/// Words that promise work later.
fn promises(file: &str, text: &str) -> Vec<Broken> {
    let words = [concat!("FIX", "ME"), concat!("X", "XX"), concat!("TO", "DO")];
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| words.contains(word)) {
            found.push(broken(file, number + 1, format!("`{word}`: do it, or file it as an issue with its reason")));
        }
    }
    found
}

/// Vietnamese is written with whole letters (Unicode NFC): a letter and a loose mark look alike and compare unequal.
/// Marks that no whole letter has are fine: p̂ of a formula, the ơ̆ of Ê Đê.
fn whole_letters(file: &str, text: &str) -> Vec<Broken> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let pairs = line.chars().zip(line.chars().skip(1));
        if let Some((letter, mark)) = pairs.into_iter().find(|(letter, mark)| is_split(*letter, *mark)) {
            let code = u32::from(mark);
            let why =
                format!("the letter `{letter}` and the loose mark U+{code:04X}: write one whole letter (Unicode NFC)");
            found.push(broken(file, number + 1, why));
        }
    }
    found
}

/// Does Vietnamese have one letter for `letter` with `mark`?
fn is_split(letter: char, mark: char) -> bool {
    let letters = match mark {
        // Grave, acute, tilde, hook above, dot below.
        '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => "aăâeêioôơuưy",
        '\u{302}' => "aeo",
        '\u{306}' => "a",
        '\u{31b}' => "ou",
        _ => return false,
    };
    letter.to_lowercase().any(|letter| letters.contains(letter))
}

/// Pages carry no handlers and no styles in attributes: the content security policy forbids both.
fn page_attributes(file: &str, text: &str) -> Vec<Broken> {
    let mut found = Vec::new();
    for (line, attribute) in attributes(text) {
        let name = attribute.split('=').next().unwrap_or_default().to_ascii_lowercase();
        if name == "style" || (name.starts_with("on") && name.len() > 2) {
            let why = "is refused by the content security policy: use a class, or a listener in a script file";
            found.push(broken(file, line, format!("attribute `{name}` {why}")));
        }
        if attribute.to_ascii_lowercase().contains("javascript:") {
            found.push(broken(file, line, "a `javascript:` address is refused by the content security policy"));
        }
    }
    found
}

/// The attributes of an HTML page with their lines.
fn attributes(page: &str) -> Vec<(usize, String)> {
    let page = markup_only(page);
    let mut found = Vec::new();
    let (mut line, mut in_tag, mut quote, mut word) = (1, false, None, String::new());
    for c in page.chars() {
        if in_tag && quote.is_none() && (c.is_whitespace() || c == '>') {
            if !word.is_empty() && !word.starts_with('<') {
                found.push((line, word.clone()));
            }
            word.clear();
        } else if in_tag {
            word.push(c);
        }
        match (c, quote) {
            ('\n', _) => line += 1,
            ('<', None) if !in_tag => (in_tag, word) = (true, "<".to_owned()),
            ('>', None) => in_tag = false,
            ('"' | '\'', None) if in_tag => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
    }
    found
}

/// `page` with what is not markup blanked: words of the template language, comments, what stands in scripts and styles.
fn markup_only(page: &str) -> String {
    let mut page = page.to_owned();
    for (open, close) in [("{#", "#}"), ("{%", "%}"), ("{{", "}}"), ("<!--", "-->")] {
        blank_between(&mut page, open, "", close);
    }
    for (open, close) in [("<script", "</script"), ("<style", "</style")] {
        blank_between(&mut page, open, ">", close);
    }
    page
}

/// Blanks from each `open` (from behind the `until` that follows it) to `close`.
fn blank_between(page: &mut String, open: &str, until: &str, close: &str) {
    let mut from = 0;
    while let Some(opened) = page[from..].find(open).map(|offset| from + offset) {
        let start = page[opened..].find(until).map_or(page.len(), |offset| opened + offset + until.len());
        let end = page[start..].find(close).map_or(page.len(), |offset| start + offset);
        let blank: String = page[start..end].chars().map(|c| if c == '\n' { '\n' } else { '_' }).collect();
        let tail = if until.is_empty() { page.len().min(end + close.len()) } else { end };
        page.replace_range(start..tail, &blank);
        from = start + blank.len();
    }
}

/// Both databases have the same migrations, each with a way back.
fn same_migrations(sqlite: &BTreeSet<String>, postgres: &BTreeSet<String>) -> Vec<Broken> {
    sqlite
        .symmetric_difference(postgres)
        .map(|name| {
            let missing = if sqlite.contains(name) { "postgres" } else { "sqlite" };
            let why = "every migration exists for both databases under the same name";
            broken(&format!("migrations/{missing}/{name}"), 1, why)
        })
        .collect()
}

// --- the project is shown to the rules -------------------------------------------------------------------------------

/// Every file under `folders` that ends in one of `endings`: path from the project's folder, and text.
fn files(folders: &[&str], endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in folders {
        collect(folder, endings, &mut found);
    }
    found.sort();
    found
}

fn collect(folder: &str, endings: &[&str], found: &mut Vec<(String, String)>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return };
    for entry in entries.map(|entry| entry.expect("an entry of a folder")) {
        let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&name, endings, found);
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let text = fs::read_to_string(entry.path()).unwrap_or_else(|e| panic!("{name}: {e}"));
            found.push((name, text));
        }
    }
}

/// The modules that a file declares for tests alone, as paths without an ending: `src/plan/tests`.
fn only_for_tests(file: &str, text: &str) -> Vec<String> {
    let code = code_only(text);
    let folder = file.strip_suffix("/mod.rs").or_else(|| file.strip_suffix(".rs")).unwrap_or(file);
    code.split("#[cfg(test)]")
        .skip(1)
        .filter_map(|rest| rest.trim_start().trim_start_matches("pub(crate) ").strip_prefix("mod "))
        .filter_map(|rest| rest.split_once(';').map(|(name, _)| format!("{folder}/{}", name.trim())))
        .filter(|path| !path.contains(['{', ' ']))
        .collect()
}

fn keeps(rule: fn(&str, &str) -> Vec<Broken>, files: &[(String, String)]) {
    let found: Vec<String> = files
        .iter()
        .flat_map(|(file, text)| rule(file, text))
        .map(|Broken { file, line, why }| format!("{file}:{line}: {why}"))
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn arrows_between_rooms_run_one_way() {
    keeps(direction, &files(&["src"], &[".rs"]));
}

#[test]
fn every_row_names_only_rooms_above_it() {
    for (i, row) in ROOMS.iter().enumerate() {
        let (Only(names) | AllAboveBut(names)) = row.may_name;
        for name in names {
            let above = ROOMS[..i].iter().any(|above| above.name == *name);
            assert!(above, "{}: no room named {name} stands above it", row.name);
        }
    }
}

#[test]
fn the_outside_world_is_named_where_it_belongs() {
    let mut files = files(&["src"], &[".rs"]);
    let tests: Vec<String> = files.iter().flat_map(|(file, text)| only_for_tests(file, text)).collect();
    files.retain(|(file, _)| {
        !tests.iter().any(|test| *file == format!("{test}.rs") || file.starts_with(&format!("{test}/")))
    });
    keeps(names, &files);
}

#[test]
fn every_rust_file_is_introduced_finished_and_short() {
    keeps(every_rust_file, &files(&["src", "tests", "benches", "examples"], &[".rs"]));
}

#[test]
fn nothing_is_promised_for_later() {
    keeps(promises, &files(&["src", "tests", "benches", "examples"], &[".rs"]));
    keeps(promises, &files(&["templates", "migrations", "survey_forms", "plans"], &[".html", ".txt", ".sql", ".toml"]));
    keeps(promises, &files(&["assets"], &[".css", ".js"]));
}

#[test]
fn texts_are_written_with_whole_letters() {
    keeps(whole_letters, &files(&["src", "tests", "benches", "examples"], &[".rs"]));
    keeps(whole_letters, &files(&["templates", "survey_forms", "plans", "docs"], &[".html", ".txt", ".toml", ".md"]));
}

#[test]
fn pages_have_no_inline_style_and_no_inline_handler() {
    keeps(page_attributes, &files(&["templates"], &[".html", ".svg"]));
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |backend: &str| -> BTreeSet<String> {
        let folder = format!("migrations/{backend}");
        files(&[&folder], &[""]).into_iter().map(|(file, _)| file[folder.len() + 1..].to_owned()).collect()
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    assert_eq!(same_migrations(&sqlite, &postgres), []);
    for up in sqlite.iter().filter(|name| name.ends_with("/up.sql")) {
        assert!(sqlite.contains(&up.replace("/up.sql", "/down.sql")), "{up} has no way back: write its down.sql");
    }
}

// --- every rule is shown what it must refuse -------------------------------------------------------------------------

fn refuses(rule: fn(&str, &str) -> Vec<Broken>, file: &str, text: &str, line: usize, why: &str) {
    let found = rule(file, text);
    assert!(found.iter().any(|b| b.line == line && b.why.contains(why)), "not refused: {text}\nfound: {found:?}");
}

fn allows(rule: fn(&str, &str) -> Vec<Broken>, file: &str, text: &str) {
    assert_eq!(rule(file, text), [], "{text}");
}

#[test]
fn an_arrow_that_runs_back_is_refused() {
    refuses(
        direction,
        "src/stats/mean.rs",
        "use crate::survey::Level;",
        1,
        "`stats` may not name `survey`: statistics",
    );
    refuses(
        direction,
        "src/survey/mod.rs",
        "\nuse crate::{\n survey::Item,\n plan::{Plan, Target},\n};",
        4,
        "`survey` may not",
    );
    refuses(direction, "src/index/mod.rs", "fn f() { crate::db::tallies() }", 1, "`index` may not name `db`");
    refuses(direction, "src/plan/mod.rs", "use super::survey::Level;", 1, "`plan` may not name `survey`");
    refuses(direction, "src/plan/target.rs", "use super::super::survey::Level;", 1, "`plan` may not name `survey`");
    refuses(
        direction,
        "src/plan/tests/a.rs",
        "use super::super::{Plan, super::survey};",
        1,
        "`plan` may not name `survey`",
    );
    refuses(direction, "src/jobs/mod.rs", "use crate::web::page;", 1, "`jobs` may not name `web`");
    refuses(direction, "src/db/mod.rs", "use crate::app::App;", 1, "`db` may not name `app`");
    refuses(direction, "src/web/mod.rs", "use crate::app::DEMO_USER;", 1, "`web` may not name `app`");
    refuses(direction, "src/main.rs", "use sipas::db::open;", 1, "`main` may not name `db`");
    refuses(direction, "src/helpers/mod.rs", "", 1, "`helpers` has no row");
}

#[test]
fn an_arrow_that_runs_forward_is_allowed() {
    allows(direction, "src/index/tally.rs", "use crate::{index::Part, sheet::Mode, survey::Questionnaire};");
    allows(
        direction,
        "src/stats/mod.rs",
        "//! See crate::survey.\nconst A: &str = \"crate::survey\"; mod tests { use super::*; }",
    );
    allows(direction, "src/survey/code.rs", "use super::plan;");
    allows(direction, "src/plan/tests/files.rs", "use super::super::Plan; use super::survey;");
    allows(direction, "src/web/mod.rs", "use crate::{access::Role, db::Db};");
    allows(direction, "src/lib.rs", "pub mod web;");
}

#[test]
fn a_name_out_of_place_is_refused() {
    refuses(names, "src/web/staff.rs", "use diesel::prelude::*;", 1, "`diesel` is not for `web`: SQL lives");
    refuses(names, "src/jobs/outbox.rs", "lettre::Message::builder()", 1, "`lettre` is not for `jobs`");
    refuses(names, "src/app.rs", "#[actix_web::main]", 1, "`actix_web` is not for `app`");
    refuses(names, "src/web/mod.rs", "use chrono::Utc;\nlet now = Utc::now();", 2, "`Utc::now` is not for `web`");
    refuses(names, "src/db/mod.rs", "use std::{collections::BTreeMap, env};", 1, "`std::env` is not for `db`");
    refuses(
        names,
        "src/plan/mod.rs",
        "use std::{\n fs::{self, File},\n};",
        2,
        "`std::fs` is not for `plan`: a pure room",
    );
    refuses(names, "src/report/docx.rs", "let start = std::time::Instant::now();", 1, "`Instant` is not for `report`");
    refuses(names, "src/stats/bootstrap.rs", "let mut rng = rand::rng();", 1, "`rand::rng` is not for `stats`: chance");
    refuses(names, "src/web/staff/units/list.rs", "db.by_nobody().add_unit(&new)", 1, "`by_nobody` is not for `web`");
    refuses(names, "src/web/mod.rs", "fn f() { println!(\"x\") }", 1, "`println!` is not for `web`");
}

#[test]
fn a_name_in_its_place_is_allowed() {
    allows(names, "src/db/writer.rs", "use diesel::prelude::*; let started = std::time::Instant::now();");
    allows(names, "src/cli/index.rs", "println!(\"{json}\");");
    allows(names, "src/clock.rs", "chrono::Utc::now()");
    allows(names, "src/stats/bootstrap.rs", "use rand::{Rng, SeedableRng}; // not rand::rng\nlet s = r#\"std::fs\"#;");
    allows(names, "src/survey/mod.rs", "fn a() {}\n#[cfg(test)]\nmod tests { use std::fs; fn b() { println!() } }");
    allows(names, "src/web/mod.rs", "if clock != now { writeln!(out) } else { env!(\"CARGO_PKG_VERSION\") }");
}

#[test]
fn modules_for_tests_alone_are_known() {
    let text = "mod a;\n#[cfg(test)]\nmod tests;\n#[cfg(test)]\npub(crate) mod sample;\n#[cfg(test)]\nmod inline { fn a() {} }";
    assert_eq!(only_for_tests("src/plan/mod.rs", text), ["src/plan/tests", "src/plan/sample"]);
    assert_eq!(only_for_tests("src/db/writer.rs", "#[cfg(test)] mod tests;"), ["src/db/writer/tests"]);
}

#[test]
fn an_unfinished_nameless_or_endless_file_is_refused() {
    refuses(every_rust_file, "src/a.rs", "fn a() {}", 1, "opens with `//!`");
    refuses(every_rust_file, "src/a.rs", "//! A.\nfn a() { todo!() }", 2, "`todo!`");
    refuses(every_rust_file, "src/a.rs", "//! A.\nfn a() { std::dbg!(1); }", 2, "`dbg!`");
    refuses(every_rust_file, "tests/a.rs", "//! A.\n#[test]\n#[ignore = \"slow\"]\nfn a() {}", 3, "ignored test");
    refuses(every_rust_file, "src/a.rs", &format!("//! A.\n{}", "\n".repeat(700)), 701, "701 lines; 700 at most");
    allows(every_rust_file, "src/a.rs", &format!("//! A todo!() in a comment.\n{}", "\n".repeat(699)));
    refuses(promises, "src/a.rs", concat!("\n// FIX", "ME: later"), 2, "do it, or file it");
    allows(promises, "dev", "mktemp sipas.XXXXXX");
}

#[test]
fn a_loose_mark_is_refused() {
    refuses(whole_letters, "survey_forms/a.toml", "a\nHa\u{300}i lo\u{300}ng", 2, "NFC");
    refuses(whole_letters, "plans/a.toml", "Đ\u{1b0}\u{323}c", 1, "U+0323");
    allows(whole_letters, "survey_forms/a.toml", "Rất hài lòng, đường Nguyễn Khánh Toàn");
    allows(whole_letters, "src/stats/a.rs", "p\u{302}, y\u{304}, \u{1a1}\u{306}");
}

#[test]
fn an_inline_style_or_handler_is_refused() {
    refuses(page_attributes, "templates/a.html", "<p>\n<p class=\"a\" style=\"color: red\">", 2, "attribute `style`");
    refuses(
        page_attributes,
        "templates/a.html",
        "<a {% if a > b %}x{% endif %} onclick='go()'>",
        1,
        "attribute `onclick`",
    );
    refuses(page_attributes, "templates/a.html", "<body\n  OnLoad=go>", 2, "attribute `onload`");
    refuses(page_attributes, "templates/a.html", "<a href=\"javascript:go()\">", 1, "`javascript:`");
    refuses(page_attributes, "templates/a.html", "<style>a > b {}</style><p style=''>", 1, "attribute `style`");
    let good = "<style nonce='{{ n }}'>a { b: c }</style><p title=\"put style=x on y=z\">1 < 2, on = off</p>\
                <script src=\"/a.js\">if (a<b) { style = onx; }</script><!-- <p style=x> -->{# <p style=x> #}";
    allows(page_attributes, "templates/a.html", good);
}

#[test]
fn a_migration_of_one_database_only_is_refused() {
    let set = |names: &[&str]| names.iter().map(ToString::to_string).collect::<BTreeSet<String>>();
    let found = same_migrations(&set(&["1/up.sql", "2/up.sql"]), &set(&["1/up.sql"]));
    assert_eq!(found[0].file, "migrations/postgres/2/up.sql");
}
