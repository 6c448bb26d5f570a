//! Rows of four columns and more are known by the names of their columns. Two columns of one type in a row that is read by position change
//! places without a word from the compiler, and with them the figures.

use super::circles::told;
use super::rust_source::{code_only, without_tests};
use super::{Broken, broken, files};

/// The tuples of four and more that may stand in `src/db`: file, tuple, reason.
const TUPLES: &[(&str, &str, &str)] = &[
    (
        "src/db/periods/kept_figures.rs",
        "(i32, i32, i32, Option<i64>)",
        "only added to a hash, whose columns nobody names",
    ),
    (
        "src/db/periods/kept_figures.rs",
        "(i32, String, String, i16)",
        "only added to a hash, whose columns nobody names",
    ),
];

/// The structs whose names of columns other files ask for: file, name, reason.
const SELECTED_ELSEWHERE: &[(&str, &str, &str)] = &[
    (
        "src/db/answers/sheet.rs",
        "SheetRow",
        "reading, releasing and writing anew read sheets, this file knows what a row of them is",
    ),
    ("src/db/reference/units.rs", "Row", "`reference::tree` reads the units, this file knows what a row of them is"),
];

/// The structs that may be read by position: file, name, reason.
const BY_POSITION: &[(&str, &str, &str)] = &[];

/// So many columns in a row nobody counts by eye.
const MANY: usize = 4;

const PLAIN: [&str; 14] =
    ["i16", "i32", "i64", "u8", "u16", "u32", "u64", "usize", "f64", "bool", "str", "String", "Vec", "Option"];

fn in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// What stands between the bracket at the beginning and its other half, parted by commas.
fn parts(code: &str) -> Vec<&str> {
    let (mut found, mut depth, mut angles, mut from) = (Vec::new(), 0, 0, 1);
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '<' => angles += 1,
            '>' if !code[..at].ends_with('-') => angles -= 1,
            ',' if depth == 1 && angles == 0 => {
                found.push(&code[from..at]);
                from = at + 1;
            }
            _ => {}
        }
        if depth == 0 {
            found.push(&code[from..at]);
            break;
        }
    }
    found.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The name of a type without the path to it, and without what it is made of: `Vec` of `Vec<u8>`.
fn type_name(part: &str) -> Option<&str> {
    if part.contains(|c: char| !in_name(c) && !"&'<>[]();:, ".contains(c)) {
        return None;
    }
    let part = part.trim_start_matches(['&', '[', '(']);
    let part = part.strip_prefix('\'').and_then(|part| part.split_once(' ')).map_or(part, |(_, named)| named);
    let path = part.split(|c: char| !in_name(c) && c != ':').next()?;
    path.rsplit("::").next().filter(|name| PLAIN.contains(name) || name.starts_with(char::is_uppercase))
}

/// Types that are tuples of four and more, with their lines.
fn tuples(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices('(') {
        // Behind a name stand arguments.
        if code[..at].ends_with(|c: char| in_name(c) || "!>".contains(c)) {
            continue;
        }
        let parts = parts(&code[at..]);
        let Some(names) = parts.iter().map(|part| type_name(part)).collect::<Option<Vec<_>>>() else { continue };
        // Names in capitals alone may be values.
        if names.len() >= MANY && names.iter().any(|name| PLAIN.contains(name)) {
            let line = code[..at].matches('\n').count() + 1;
            found.push((line, format!("({})", parts.join(", "))));
        }
    }
    found
}

/// Structs that derive `Queryable` and not the names of their columns, with their lines.
fn by_position(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("struct ") {
        let before = &code[..at];
        let attributes = &before[before.rfind(['}', ';']).unwrap_or_default()..];
        let has = |wanted: &str| attributes.split(|c| !in_name(c)).any(|word| word == wanted);
        if has("Queryable") && !has("Selectable") && !has("QueryableByName") {
            let name = code[at + "struct ".len()..].split(|c| !in_name(c)).next().unwrap_or_default();
            found.push((before.matches('\n').count() + 1, name.to_owned()));
        }
    }
    found
}

/// Structs that derive the names of their columns and are never read by them in the file: diesel reads them by position where a statement does not ask
/// for the names.
fn never_selected(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("struct ") {
        let before = &code[..at];
        let attributes = &before[before.rfind(['}', ';']).unwrap_or_default()..];
        let has = |wanted: &str| attributes.split(|c| !in_name(c)).any(|word| word == wanted);
        let name = code[at + "struct ".len()..].split(|c| !in_name(c)).next().unwrap_or_default();
        let asked = |how: &str| code.contains(&format!("{name}::{how}()"));
        if has("Queryable") && has("Selectable") && !asked("as_select") && !asked("as_returning") {
            found.push((before.matches('\n').count() + 1, name.to_owned()));
        }
    }
    found
}

type Finder = fn(&str) -> Vec<(usize, String)>;

/// What a finder finds in files of the database, exceptions left out; and exceptions that nothing needs.
fn read_by_position(
    texts: &[(String, String)],
    finder: Finder,
    allowed: &[(&str, &str, &str)],
    why: &str,
) -> Vec<Broken> {
    let mut found = Vec::new();
    let mut needed = vec![false; allowed.len()];
    for (file, text) in texts {
        for (line, what) in finder(&without_tests(&code_only(text))) {
            match allowed.iter().position(|(of, known, _)| of == file && *known == what) {
                Some(place) => needed[place] = true,
                None => found.push(broken(file, line, format!("`{what}` {why}"))),
            }
        }
    }
    let gone = allowed.iter().zip(needed).filter(|(_, needed)| !needed);
    found.extend(gone.map(|((file, what, _), _)| broken(file, 0, format!("`{what}` is not there: take its row out"))));
    found
}

const TUPLE: &str = "is read by position: name its columns in a struct, `#[derive(Queryable, Selectable)]`";
const STRUCT: &str = "is read by position: derive `Selectable` and read it by `.select(…::as_select())`";

#[test]
fn rows_of_the_database_are_read_by_the_names_of_their_columns() {
    let texts = files(&["src/db"], &[".rs"]);
    assert_eq!(told(read_by_position(&texts, tuples, TUPLES, TUPLE)), "");
    assert_eq!(told(read_by_position(&texts, by_position, BY_POSITION, STRUCT)), "");
    assert_eq!(told(read_by_position(&texts, never_selected, SELECTED_ELSEWHERE, STRUCT)), "");
}

#[test]
fn a_row_that_is_read_by_position_is_found_however_it_is_written() {
    let lines =
        |finder: Finder, text: &str| finder(&code_only(text)).into_iter().map(|(line, _)| line).collect::<Vec<_>>();
    for text in [
        "\ntype Row = (i32, i32, String, Option<i64>);",
        "\nlet rows: Vec<(i32, String, day::Number, Vec<u8>)> = found.load(conn)?;",
        "\nlet row = found.first::<(i32, (i16, i16), &'a str, bool)>(conn)?;",
        "\nfn of_row((a, b, c, d): (\n    i32,\n    i16,\n    Vec<(u8, u8)>,\n    bool,\n)) {}",
        "\nfn find(conn: &mut Conn) -> Result<Option<(i32, i32, i32, i32)>, DbError> {}",
    ] {
        assert_eq!(lines(tuples, text), [2], "{text}");
    }
    for text in [
        "type Pair = (i32, i32, String);",
        "let (unit, day, random, point) = (1, 2, 3, 4);",
        "let key = (FIELD, CRITERION, POINT, OTHER); f(key.0, i32::MAX, i16::MAX, u8::MAX)",
        "fn f(a: i32, b: i32, c: i32, d: i32) {} struct S(i32, i32, i32, i32);",
        "// type Row = (i32, i32, i32, i32);",
        "table.select((unit::id, unit::code, unit::kind, unit::name_vi))",
    ] {
        assert_eq!(lines(tuples, text), [0; 0], "{text}");
    }
    assert_eq!(
        lines(by_position, "struct A;\n#[derive(Debug, Queryable)]\n#[diesel(table_name = unit)]\nstruct Row {}"),
        [4]
    );
    assert_eq!(
        lines(by_position, "use diesel::Queryable;\n#[derive(diesel::Queryable, Insertable)] pub struct Row {}"),
        [2]
    );
    for text in ["#[derive(Queryable, Selectable)]\nstruct Row {}", "#[derive(QueryableByName)] struct Row {}"] {
        assert_eq!(lines(by_position, text), [0; 0], "{text}");
    }
}

#[test]
fn an_exception_holds_for_its_file_and_is_told_of_once_nothing_needs_it() {
    let texts =
        [("src/db/a.rs", "type Row = (i32, i32, i32, i32);"), ("src/db/b.rs", "type Row = (i32, i32, i32, i32);")];
    let texts = texts.map(|(file, text)| (file.to_owned(), text.to_owned()));
    let allowed =
        [("src/db/a.rs", "(i32, i32, i32, i32)", "hashed"), ("src/db/a.rs", "(i32, i32, i32, bool)", "was hashed")];
    let found = read_by_position(&texts, tuples, &allowed, TUPLE);
    let places: Vec<(&str, usize)> = found.iter().map(|one| (one.file.as_str(), one.line)).collect();
    assert_eq!(places, [("src/db/b.rs", 1), ("src/db/a.rs", 0)]);
    assert!(found[1].why.contains("take its row out"), "{}", found[1].why);
}
