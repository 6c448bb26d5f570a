//! The problems of questionnaire and plan texts in Vietnamese, for pages. The readers of `survey` and `plan` speak to authors of
//! files, in English; here their sentences are said again for the ward's staff. What has no row stays as it is.

/// A sentence as a reader says it, and the same in Vietnamese. `{}` stands for what was found, in the same order.
const SENTENCES: &[(&str, &str)] = &[("not valid TOML: {}", "Sai cú pháp TOML: {}")];

/// The sentence in Vietnamese, or as it is.
pub fn in_vietnamese(message: &str) -> String {
    SENTENCES
        .iter()
        .find_map(|(said, meant)| Some(fill(meant, &parts(said, message)?)))
        .unwrap_or_else(|| message.to_owned())
}

/// What stands in `message` where `pattern` has `{}`; none when it is another sentence.
fn parts<'m>(pattern: &str, message: &'m str) -> Option<Vec<&'m str>> {
    let mut words = pattern.split("{}");
    let mut rest = message.strip_prefix(words.next()?)?;
    let mut found = Vec::new();
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        let end = if words.peek().is_none() && word.is_empty() { rest.len() } else { rest.find(word)? };
        found.push(&rest[..end]);
        rest = &rest[end + word.len()..];
    }
    rest.is_empty().then_some(found)
}

fn fill(pattern: &str, parts: &[&str]) -> String {
    let mut parts = parts.iter();
    let mut words = pattern.split("{}");
    let mut filled = words.next().unwrap_or_default().to_owned();
    for word in words {
        filled.push_str(parts.next().unwrap_or(&""));
        filled.push_str(word);
    }
    filled
}
