//! A database that is slow must not hold the threads that answer everybody: a handler asks it in a closure, which `block` or the
//! costly pool runs elsewhere, and never by itself.

use super::rust_source::{code_only, without_tests};
use super::{Broken, broken, files};

/// What a handler may ask by itself: what is answered from memory, or waits without a thread.
const AT_ONCE: &[(&str, &str)] = &[
    ("point_in_memory", "in memory"),
    ("queue_load", "in memory"),
    ("written", "in memory"),
    ("figures_read", "in memory"),
    ("close", "the end of the program"),
    ("submit", "waits for the writer's word without a thread"),
    ("submit_with_ticket", "waits for the writer's word without a thread"),
];

/// What gives a handle of the database.
const HANDLES: [&str; 3] = ["clone", "noting", "by_nobody"];

/// What is called of what a call gives: `add` in `db.by_nobody().add(…)`.
fn behind(code: &str) -> Option<&str> {
    let open = code.find('(')?;
    let chars: Vec<char> = code[open..].chars().collect();
    let end: usize = chars[..=closed(&chars, 0)].iter().map(|c| c.len_utf8()).sum();
    let next = code[open + end..].trim_start().strip_prefix('.')?;
    next.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

/// Where the bracket that opens at `at` is closed.
fn closed(code: &[char], at: usize) -> usize {
    let mut depth = 0;
    for (place, c) in code.iter().enumerate().skip(at) {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return place;
        }
    }
    code.len().saturating_sub(1)
}

/// Where the closure ends whose first bar stands at `at`.
fn end_of_closure(code: &[char], at: usize) -> usize {
    let mut place = at + 1;
    while code.get(place).is_some_and(|c| *c != '|') {
        place += 1;
    }
    place += 1;
    let named: String = code[place..].iter().skip_while(|c| c.is_whitespace()).take(2).collect();
    if named == "->" {
        // Of a closure that names its type a block follows.
        let block = code[place..].iter().position(|c| *c == '{').unwrap_or_default();
        return closed(code, place + block);
    }
    let (mut depth, mut types) = (0, 0);
    while let Some(c) = code.get(place) {
        match c {
            '{' if depth == 0 => return closed(code, place),
            // The comma in `Ok::<_, Error>(…)` ends nothing.
            '<' if types > 0 || code[..place].ends_with(&[':', ':']) => types += 1,
            '>' if types > 0 && code[place - 1] != '-' => types -= 1,
            _ if types > 0 => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' | ',' | ';' if depth == 0 => return place,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        place += 1;
    }
    code.len()
}

/// Whether a bar behind `before` begins a closure: it is no “or” there.
fn begins_closure(before: &[char]) -> bool {
    let last: String = before.iter().rev().skip_while(|c| c.is_whitespace()).take(5).collect();
    last.starts_with(|c| "(,={&".contains(c)) || last.starts_with("evom")
}

/// The code of a function without its closures, which are blanked.
fn without_closures(body: &[char]) -> String {
    let mut kept = String::with_capacity(body.len());
    let (mut place, mut blank_to) = (0, 0);
    while let Some(c) = body.get(place) {
        if *c == '|' && place >= blank_to && begins_closure(&body[..place]) {
            blank_to = end_of_closure(body, place);
        }
        kept.push(if place < blank_to && *c != '\n' { ' ' } else { *c });
        place += 1;
    }
    kept
}

/// Every place where an `async fn` asks the database by itself.
fn asked_by_itself(file: &str, text: &str) -> Vec<Broken> {
    let code: Vec<char> = without_tests(&code_only(text)).chars().collect();
    let whole: String = code.iter().collect();
    let mut found = Vec::new();
    for (at, _) in whole.match_indices("async fn ") {
        let at = whole[..at].chars().count();
        let Some(open) = (at..code.len()).find(|place| code[*place] == '{') else { continue };
        let body = without_closures(&code[open..=closed(&code, open)]);
        for (place, _) in body.match_indices("db.") {
            let named = body[place + 3..].split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
            let called = body[place + 3 + named.len()..].starts_with('(');
            // Behind a handle the next call is the question.
            let (named, called) = if HANDLES.contains(&named) {
                behind(&body[place..]).map_or((named, false), |next| (next, true))
            } else {
                (named, called)
            };
            let whole_word = !body[..place].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if called && whole_word && AT_ONCE.iter().all(|(known, _)| *known != named) {
                let lines = |chars: &[char]| chars.iter().filter(|c| **c == '\n').count();
                let line = lines(&code[..open]) + body[..place].matches('\n').count() + 1;
                let why = format!("`{named}` asks the database on a thread that answers everybody; ask it in `block`");
                found.push(broken(file, line, why));
            }
        }
    }
    found
}

#[test]
fn no_handler_asks_the_database_by_itself() {
    let all = files(&["src/web"], &[".rs"]);
    let told: Vec<String> = all
        .iter()
        .flat_map(|(file, text)| asked_by_itself(file, text))
        .map(|Broken { file, line, why }| format!("{file}:{line}: {why}"))
        .collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn a_handler_that_asks_by_itself_is_refused_and_one_that_asks_in_a_closure_is_not() {
    let refused = [
        "async fn show(app: &App) {\n    let tree = app.db.tree()?;\n}",
        "async fn show(db: Db) {\n    let a = b || c;\n    send(db.users()?);\n}",
        "async fn show(db: Db) {\n    block(move || db.users()).await;\n    db.fields()\n}",
        "async fn show(app: &App) { app.db.noting(note(1)).keep_task(2)?; let db = app.db.noting(note(3)); }",
    ];
    let lines: Vec<usize> = refused.iter().flat_map(|text| asked_by_itself("a.rs", text)).map(|one| one.line).collect();
    assert_eq!(lines, [2, 3, 3, 1]);
    let allowed = [
        "async fn show(app: &App) {\n    let db = app.db.clone();\n    block(move || db.tree()).await\n}",
        "async fn show(app: &App) {\n    let read = move || {\n        let all = db.tree()?;\n        db.users()\n    };\n    block(read).await\n}",
        "async fn show(db: Db) { block(move || Ok::<Vec<A<B>>, Wrong>((db.tree()?, db.users()?))).await }",
        "async fn show(db: Db) { block(move || -> Result<A, Wrong> { db.tree() }).await }",
        "async fn show(app: &App) { act(&app, |db, id| db.end(id, now())).await; app.db.submit(sheet).await }",
        "fn read(db: &Db) { db.tree() }\n#[cfg(test)]\nmod tests { async fn f() { db.tree() } }",
    ];
    assert_eq!(allowed.iter().flat_map(|text| asked_by_itself("a.rs", text)).collect::<Vec<_>>(), []);
}
