//! Rust source as `tests/tidy.rs` reads it: without comments and texts, and as the paths it names.
//! Not a parser: it knows just enough of the language to tell a name from a comment or a text.

#![allow(dead_code, reason = "each test program uses a part of what stands here")]

/// The code of `text`: comments, texts and character literals are blanked, so lines and columns stay where they were.
pub fn code_only(text: &str) -> String {
    with_texts_as(text, ' ')
}

/// Stands for a letter of a text where [`texts`] looks for texts; no source holds it.
const OF_A_TEXT: char = '\u{1}';

/// The texts in the code of `text`, tests left out, each line of a text by itself with its number.
pub fn texts(text: &str) -> Vec<(usize, String)> {
    let marked = without_tests(&with_texts_as(text, OF_A_TEXT));
    let (mut found, mut line, mut words) = (Vec::new(), 1, String::new());
    for (mark, letter) in marked.chars().zip(text.chars()) {
        if mark == OF_A_TEXT {
            words.push(letter);
        } else if !words.is_empty() {
            found.push((line, std::mem::take(&mut words)));
        }
        line += usize::from(letter == '\n');
    }
    found
}

/// The texts in the code of `text`, tests left out, each whole however many lines it has, with the number of its first line.
pub fn whole_texts(text: &str) -> Vec<(usize, String)> {
    let marked = without_tests(&with_texts_as(text, OF_A_TEXT));
    let marked: Vec<char> = marked.chars().collect();
    let (mut found, mut line, mut words): (_, _, Vec<(usize, char)>) = (Vec::new(), 1, Vec::new());
    for (at, letter) in text.chars().enumerate() {
        // The end of a line stays what it is: it is in a text where the text goes on behind it.
        let behind = marked[at..].iter().find(|mark| **mark != '\n');
        let goes_on = letter == '\n' && !words.is_empty() && behind == Some(&OF_A_TEXT);
        if marked[at] == OF_A_TEXT || goes_on {
            words.push((line, letter));
        } else if let Some((first, _)) = words.first() {
            found.push((*first, words.iter().map(|(_, letter)| letter).collect()));
            words.clear();
        }
        line += usize::from(letter == '\n');
    }
    found
}

/// `text` with its comments and characters blanked, and `letter` in the place of every letter of a text.
fn with_texts_as(text: &str, letter: char) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = end_of_skipped(&chars, at);
        if end > at {
            let sign = if matches!(chars[at], '"' | 'r') { letter } else { ' ' };
            code.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { sign }));
            at = end;
        } else {
            code.push(chars[at]);
            at += 1;
        }
    }
    code
}

/// Where the comment, text or character that starts at `at` ends; `at` itself when none starts there.
fn end_of_skipped(chars: &[char], at: usize) -> usize {
    let next = chars.get(at + 1).copied();
    match chars[at] {
        '/' if next == Some('/') => position(chars, at, |c| c == '\n'),
        '/' if next == Some('*') => end_of_block_comment(chars, at),
        '"' => end_of_text(chars, at + 1),
        'r' if !continues_a_name(chars, at) => end_of_raw_text(chars, at),
        '\'' => end_of_character(chars, at),
        _ => at,
    }
}

fn position(chars: &[char], from: usize, wanted: impl Fn(char) -> bool) -> usize {
    chars[from..].iter().position(|c| wanted(*c)).map_or(chars.len(), |offset| from + offset)
}

fn end_of_block_comment(chars: &[char], at: usize) -> usize {
    let (mut depth, mut here) = (0, at);
    while here < chars.len() {
        match (chars[here], chars.get(here + 1)) {
            ('/', Some('*')) => (depth, here) = (depth + 1, here + 2),
            ('*', Some('/')) => (depth, here) = (depth - 1, here + 2),
            _ => here += 1,
        }
        if depth == 0 {
            break;
        }
    }
    here
}

fn end_of_text(chars: &[char], from: usize) -> usize {
    let mut here = from;
    while here < chars.len() && chars[here] != '"' {
        here += if chars[here] == '\\' { 2 } else { 1 };
    }
    (here + 1).min(chars.len())
}

/// `r"…"` and `r#"…"#` (their byte forms end the same way); a raw name such as `r#type` is none.
fn end_of_raw_text(chars: &[char], at: usize) -> usize {
    let quote = position(chars, at + 1, |c| c != '#');
    let hashes = quote - at - 1;
    if chars.get(quote) != Some(&'"') {
        return at;
    }
    (quote + 1..chars.len())
        .find(|i| chars[*i] == '"' && (1..=hashes).all(|h| chars.get(i + h) == Some(&'#')))
        .map_or(chars.len(), |i| i + 1 + hashes)
}

/// `'x'`, `'\n'`, `'\u{1}'`; a lifetime or a label is none.
fn end_of_character(chars: &[char], at: usize) -> usize {
    match (chars.get(at + 1), chars.get(at + 2)) {
        (Some('\\'), Some(_)) => (position(chars, at + 3, |c| c == '\'') + 1).min(chars.len()),
        (Some(_), Some('\'')) => at + 3,
        _ => at,
    }
}

/// Does the letter at `at` only go on with a name? The `b` of `br"…"` and the `c` of `cr"…"` are not such a name.
fn continues_a_name(chars: &[char], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map(|i| chars[i]).is_some_and(in_name);
    before(1) && (before(2) || !matches!(chars[at - 1], 'b' | 'c'))
}

fn in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// `code` without the blocks that only tests see: `#[cfg(test)] mod … { … }` and the like, blanked.
pub fn without_tests(code: &str) -> String {
    let mut left = code.to_owned();
    while let Some(start) = left.find("#[cfg(test)]") {
        let rest = &left[start..];
        let end = match (rest.find('{'), rest.find(';')) {
            (Some(brace), semicolon) if semicolon.is_none_or(|s| brace < s) => end_of_block(rest, brace),
            (_, Some(semicolon)) => semicolon + 1,
            _ => rest.len(),
        };
        let blank: String = rest[..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        left.replace_range(start..start + end, &blank);
    }
    left
}

fn end_of_block(code: &str, brace: usize) -> usize {
    let mut depth = 0;
    for (i, c) in code[brace..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return brace + i + 1;
        }
    }
    code.len()
}

/// A path as code names it: `["crate", "survey", "Level"]`. The name of a macro keeps its `!`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Line in the file, from 1.
    pub line: usize,
    /// The names between the `::`.
    pub names: Vec<String>,
    /// Where it stands.
    pub stands: Stands,
    /// Whether it ends in `::*`.
    pub glob: bool,
    /// The name given to it by `as`.
    pub alias: Option<String>,
}

/// Where a path stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// In code.
    Code,
    /// In a `use`.
    Use,
    /// In a `pub use`, however far it is shown.
    PublicUse,
}

impl Path {
    /// Does the path name `wanted` (`std::fs`, `Utc::now`, `diesel`), at its start or further in?
    pub fn names_path(&self, wanted: &str) -> bool {
        (0..self.names.len()).any(|start| {
            let mut names = self.names[start..].iter();
            wanted.split("::").all(|wanted| names.next().is_some_and(|name| name == wanted))
        })
    }
}

/// Every path in `code` (which [`code_only`] made); the groups `{…}` of a `use` are written out.
pub fn paths(code: &str) -> Vec<Path> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].1 == "use" {
            let stands = if is_public(&tokens[..at]) { Stands::PublicUse } else { Stands::Use };
            at = read_path(&tokens, at + 1, &[], stands, &mut found);
        } else if is_name(&tokens[at].1) {
            at = read_path(&tokens, at, &[], Stands::Code, &mut found);
        } else {
            at += 1;
        }
    }
    found
}

/// Do these tokens end in `pub`, `pub(crate)` or `pub(in a::b)`?
fn is_public(before: &[(usize, String)]) -> bool {
    let mut before = before.iter().rev().map(|token| token.1.as_str());
    match before.next() {
        Some("pub") => true,
        Some(")") => before.find(|token| *token == "(").is_some() && before.next() == Some("pub"),
        _ => false,
    }
}

/// Reads one path that goes on from `before`, with its groups, and returns where it ends.
fn read_path(
    tokens: &[(usize, String)],
    start: usize,
    before: &[String],
    stands: Stands,
    found: &mut Vec<Path>,
) -> usize {
    let text = |i: usize| tokens.get(i).map_or("", |token| token.1.as_str());
    let mut names = before.to_vec();
    let mut at = start;
    loop {
        if text(at) == "{" {
            at += 1;
            while !text(at).is_empty() && text(at) != "}" {
                let reads = is_name(text(at)) || text(at) == "*" || text(at) == "::";
                at = if reads { read_path(tokens, at, &names, stands, found) } else { at + 1 };
            }
            return at + 1;
        }
        if text(at) == "::" && names.len() == before.len() {
            at += 1;
        }
        if !is_name(text(at)) {
            break;
        }
        names.push(text(at).to_owned());
        at += 1;
        if text(at) == "!" && text(at + 1) != "=" {
            *names.last_mut().expect("a name was just pushed") += "!";
        }
        if text(at) != "::" {
            break;
        }
        at += 1;
    }
    let in_use = stands != Stands::Code;
    let glob = in_use && text(at) == "*";
    at += usize::from(glob);
    let alias = (in_use && text(at) == "as").then(|| text(at + 1).to_owned());
    at += if alias.is_some() { 2 } else { 0 };
    found.push(Path { line: tokens.get(start).map_or(0, |token| token.0), names, stands, glob, alias });
    at
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single signs, each with its line.
fn tokens(code: &str) -> Vec<(usize, String)> {
    let mut tokens: Vec<(usize, String)> = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = if in_name(first) {
                rest.find(|c| !in_name(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            tokens.push((number + 1, rest[..length].to_owned()));
            rest = rest[length..].trim_start();
        }
    }
    tokens
}
