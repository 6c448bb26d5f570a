//! The words that are kept of a sheet: its comment, and behind it the short texts with their questions.

/// Between the comment and the short texts of a sheet, and between those. No comment holds it: control characters are refused.
const RECORD: char = '\u{1e}';
/// Between a question and its text.
const UNIT: char = '\u{1f}';

/// The words that are kept of a sheet: its comment, and behind it each short text with its question.
pub fn words(comment: Option<&str>, texts: &[(String, String)]) -> Option<String> {
    if texts.is_empty() {
        return comment.map(str::to_owned);
    }
    let mut words = comment.unwrap_or_default().to_owned();
    for (question, text) in texts {
        words.push(RECORD);
        words.push_str(question);
        words.push(UNIT);
        words.push_str(text);
    }
    Some(words)
}

/// The comment and the short texts that kept words hold.
pub fn comment_and_texts(words: &str) -> (Option<&str>, Vec<(&str, &str)>) {
    let mut parts = words.split(RECORD);
    let comment = parts.next().filter(|comment| !comment.is_empty());
    (comment, parts.filter_map(|part| part.split_once(UNIT)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_and_short_texts_are_kept_together_and_come_apart_again() {
        let texts = [("other".to_owned(), "loa phường".to_owned()), ("why".to_owned(), "xa".to_owned())];
        let kept = words(Some("Chờ lâu\nquá"), &texts).expect("words");
        assert_eq!(comment_and_texts(&kept), (Some("Chờ lâu\nquá"), vec![("other", "loa phường"), ("why", "xa")]));
        let alone = words(None, &texts[..1]).expect("words");
        assert_eq!(comment_and_texts(&alone), (None, vec![("other", "loa phường")]));
        assert_eq!(words(Some("Chỉ góp ý"), &[]).as_deref(), Some("Chỉ góp ý"));
        assert_eq!(comment_and_texts("Chỉ góp ý"), (Some("Chỉ góp ý"), vec![]));
    }
}
