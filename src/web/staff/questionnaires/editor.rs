//! Texts that come from a browser or a file: their line ends, and what they say at their top.

/// The largest body of an edited text: the longest file of the project, percent-encoded, fits ten times over.
pub const BODY_BYTES_MAX: usize = 512 * 1024;

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
    fn a_text_with_faults_is_peeked_at_without_harm() {
        assert_eq!(peek("id = \"a\"", "id").as_deref(), Some("a"));
        assert_eq!(peek("id = 3", "id"), None);
        assert_eq!(peek("id = ", "id"), None);
    }
}
