//! The page on which a questionnaire or a plan is written as text: every problem at its line, nothing typed is lost.

use askama::Template;

use crate::web::staff::layout::Frame;

/// The largest body of an edited text: the longest file of the project, percent-encoded, fits ten times over.
pub const BODY_BYTES_MAX: usize = 512 * 1024;

/// The page.
#[derive(Template)]
#[template(path = "staff/questionnaires/editor.html")]
pub struct EditorPage {
    /// The frame.
    pub frame: Frame,
    /// The way back: text and address.
    pub back: (String, String),
    /// Heading and title.
    pub heading: String,
    /// What to know before writing.
    pub hints: &'static [&'static str],
    /// Where the text is sent.
    pub action: String,
    /// Further values sent with it.
    pub hidden: Vec<(&'static str, String)>,
    /// Where a preview of the text is asked for, a language each; empty where there is none.
    pub previews: Vec<(String, String)>,
    /// What is wrong with the text.
    pub problems: Vec<ProblemLine>,
    /// Whether it was checked and nothing was found.
    pub sound: bool,
    /// The text.
    pub text: String,
    /// What the button that keeps the text says.
    pub button: &'static str,
}

impl EditorPage {
    #[expect(clippy::unused_self, reason = "called from the template, which has the page at hand")]
    /// A sentence in pieces; every second one stood between backticks and is shown as code.
    fn pieces<'s>(&self, sentence: &'s str) -> Vec<&'s str> {
        sentence.split('`').collect()
    }
}

/// One problem of a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProblemLine {
    /// Line, from 1.
    pub line: usize,
    /// What was found and what is allowed.
    pub message: String,
    /// The line itself.
    pub found: String,
}

impl ProblemLine {
    /// A problem of `text` at a line.
    pub fn new(text: &str, line: usize, message: impl Into<String>) -> Self {
        let found = text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim();
        Self { line, message: message.into(), found: found.chars().take(120).collect() }
    }

    /// A problem of `text` at the line that begins with `key`.
    pub fn at_key(text: &str, key: &str, message: impl Into<String>) -> Self {
        Self::new(text, line_of_key(text, key), message)
    }
}

/// The first line that gives `key`; the first of all where none does.
fn line_of_key(text: &str, key: &str) -> usize {
    let gives = |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    text.lines().position(gives).map_or(1, |place| place + 1)
}

/// What a text says under `key` at its top, without a complaint where it cannot be read.
pub fn peek(text: &str, key: &str) -> Option<String> {
    let table: toml::Table = toml::from_str(text).ok()?;
    table.get(key)?.as_str().map(str::to_owned)
}

/// Text as a browser sends it, with the line ends of a file.
pub fn with_unix_line_ends(text: &str) -> String {
    text.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_shown_with_its_line() {
        let text = "id = \"a\"\nversion_of = 1\n  version = 2\n";
        assert_eq!(ProblemLine::at_key(text, "version", "x").line, 3);
        assert_eq!(ProblemLine::at_key(text, "version", "x").found, "version = 2");
        assert_eq!(ProblemLine::at_key(text, "fields", "x").line, 1);
        assert_eq!(ProblemLine::new(text, 99, "x").found, "");
    }

    #[test]
    fn a_text_with_faults_is_peeked_at_without_harm() {
        assert_eq!(peek("id = \"a\"", "id").as_deref(), Some("a"));
        assert_eq!(peek("id = 3", "id"), None);
        assert_eq!(peek("id = ", "id"), None);
    }
}
