//! Words that the glossary replaced stand in no text of the program, the templates and the documents, shown in the test town or not.
//! What its pages show is read by `tests/http/edge/spoken.rs`.

use super::circles::told;
use super::rust_source::whole_texts;
use super::{Broken, broken, files, only_for_tests};

/// Longer words in which a replaced one stands and says something else: in small letters, with the reason.
const ALLOWED: &[(&str, &str)] = &[
    ("mã qr mở trang", "what the code does is open a page; no kind of sheet is meant"),
    ("mã qr mở phiếu khảo sát", "what the code does is open a questionnaire; no kind of sheet is meant"),
    ("phiếu không tính vào phiên bản", "answers that wait are in no figure yet: nobody took them out"),
    ("thủ trưởng đơn vị", "is the word to be said, and holds the shorter one"),
];

/// A text: its file, its first line, its words.
type Text = (String, usize, String);

/// What is said now and what was said before, in small letters: the last table of the glossary.
fn replaced() -> Vec<(String, String)> {
    let glossary = include_str!("../../docs/glossary.md");
    let table = glossary.split_once("| not said any more |").expect("the table").1;
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.trim_matches('|').split_once('|'));
    let words: Vec<_> = cells.map(|(now, gone)| (now.trim().to_owned(), gone.trim().to_lowercase())).collect();
    assert!(words.len() > 15, "{words:?}");
    words
}

/// A text as it is read, in small letters and with one space for each gap, and the line of each of its bytes.
fn read(first: usize, text: &str) -> (String, Vec<usize>) {
    let (mut words, mut lines, mut line) = (String::new(), Vec::new(), first);
    let mut letters = text.chars().peekable();
    while let Some(mut letter) = letters.next() {
        // A line that goes on behind its end, and the end of a line as code writes it.
        if letter == '\\' && letters.peek().is_some_and(|next| "\nn".contains(*next)) {
            letter = letters.next().map_or(' ', |next| if next == 'n' { ' ' } else { next });
        }
        if letter.is_whitespace() {
            if !words.ends_with(' ') {
                words.push(' ');
            }
        } else {
            words.extend(letter.to_lowercase());
        }
        lines.resize(words.len(), line);
        line += usize::from(letter == '\n');
    }
    (words, lines)
}

/// Where a replaced word is said, longer words that hold it left out; and longer words that nothing needs.
fn said(texts: &[Text], replaced: &[(String, String)], allowed: &[(&str, &str)]) -> Vec<Broken> {
    let mut found = Vec::new();
    let mut needed = vec![false; allowed.len()];
    for (file, first, text) in texts {
        let (words, lines) = read(*first, text);
        for (now, gone) in replaced {
            for (at, _) in words.match_indices(gone.as_str()) {
                let stands_in = |longer: &str| {
                    let mut places = words.match_indices(longer);
                    places.any(|(start, _)| start <= at && at + gone.len() <= start + longer.len())
                };
                match allowed.iter().position(|(longer, _)| stands_in(longer)) {
                    Some(place) => needed[place] = true,
                    None => {
                        found.push(broken(file, lines[at], format!("`{gone}` is not said any more: write `{now}`")));
                    }
                }
            }
        }
    }
    let gone = allowed.iter().zip(needed).filter(|(_, needed)| !needed);
    found.extend(gone.map(|((longer, _), _)| broken("tests/tidy/replaced.rs", 0, format!("`{longer}`: take it out"))));
    found
}

/// Texts of the program, without those of its tests, templates and documents. Decisions tell what was said on their day.
fn texts() -> Vec<Text> {
    let mut code = files(&["src"], &[".rs"]);
    let tests: Vec<String> = code.iter().flat_map(|(file, text)| only_for_tests(file, text)).collect();
    code.retain(|(file, _)| {
        !tests.iter().any(|test| *file == format!("{test}.rs") || file.starts_with(&format!("{test}/")))
    });
    let code = code.iter().flat_map(|(file, text)| {
        whole_texts(text).into_iter().map(|(line, words)| (file.clone(), line, words)).collect::<Vec<_>>()
    });
    let pages = files(&["templates", "docs"], &[".html", ".svg", ".xml", ".txt", ".md"]).into_iter();
    let pages = pages.filter(|(file, _)| file != "docs/glossary.md" && !file.starts_with("docs/decisions/"));
    code.chain(pages.map(|(file, text)| (file, 1, text))).collect()
}

#[test]
fn no_text_says_a_word_that_was_replaced() {
    let texts = texts();
    for folder in ["src/", "templates/", "docs/"] {
        assert!(texts.iter().any(|(file, ..)| file.starts_with(folder)), "{folder} is searched");
    }
    assert_eq!(told(said(&texts, &replaced(), ALLOWED)), "");
}

// --- the rule is shown what it must refuse ---------------------------------------------------------------------------

/// Lines in which the rule finds something in a file of code.
fn lines(code: &str, allowed: &[(&str, &str)]) -> Vec<usize> {
    let texts: Vec<Text> =
        whole_texts(code).into_iter().map(|(line, words)| ("src/a.rs".to_owned(), line, words)).collect();
    said(&texts, &replaced(), allowed).iter().map(|found| found.line).collect()
}

#[test]
fn a_replaced_word_is_found_however_it_is_written() {
    for code in [
        "\nlet a = \"Chồng phiếu của ô\";",
        "\nlet a = format!(\"{n} CHỒNG PHIẾU\");",
        "\nlet a = \"mỗi chồng \\\n         phiếu\";",
        "let a = \"một dòng,\n  chồng\n\n  phiếu\";",
        "\nlet a = r#\"a \"chồng phiếu\" b\"#;",
        "\nlet a = \"một\\nchồng phiếu\";",
    ] {
        assert_eq!(lines(code, &[]), [2], "{code}");
    }
    let page = ("templates/a.html".to_owned(), 1, "<p>\n\nMỗi chồng\n  phiếu</p>".to_owned());
    let found = said(&[page], &replaced(), &[]);
    assert_eq!(found, [broken("templates/a.html", 3, "`chồng phiếu` is not said any more: write `tập phiếu`")]);
}

#[test]
fn comments_tests_and_the_words_to_be_said_are_allowed() {
    for code in [
        "// chồng phiếu\nlet a = \"tập phiếu\";",
        "#[cfg(test)]\nmod tests { fn a() { \"chồng phiếu\"; } }",
        "let a = [\"chồng\", \"phiếu\"];",
    ] {
        assert_eq!(lines(code, &[]), [0; 0], "{code}");
    }
}

#[test]
fn a_longer_word_is_allowed_where_it_stands_and_told_of_once_nothing_needs_it() {
    let allowed = [("thủ trưởng đơn vị", "is to be said")];
    assert_eq!(lines("let a = \"Thủ trưởng đơn vị\";", &allowed), [0; 0]);
    assert_eq!(lines("let a = \"Thủ trưởng đơn vị\";\nlet b = \"Trưởng đơn vị\";", &allowed), [2]);
    let found = said(&[], &replaced(), &allowed);
    assert_eq!(told(found), "tests/tidy/replaced.rs:0: `thủ trưởng đơn vị`: take it out\n");
}
