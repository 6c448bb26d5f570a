//! A form-encoded body (`application/x-www-form-urlencoded`, WHATWG URL §5) read into pairs, once, strictly.

/// The pairs of a body in their order; a part that is not UTF-8 after decoding, or holds the character NUL, which PostgreSQL keeps in no text, is marked.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FormBody {
    /// Name and value, decoded. Unreadable bytes, and NUL, stand as U+FFFD.
    pub pairs: Vec<(String, String)>,
    /// Names of the pairs whose value or name could not be read.
    pub unreadable: Vec<String>,
}

impl FormBody {
    /// Reads a body.
    pub fn parse(body: &[u8]) -> Self {
        let mut form = Self::default();
        for part in body.split(|byte| *byte == b'&').filter(|part| !part.is_empty()) {
            let mut halves = part.splitn(2, |byte| *byte == b'=');
            let (name, name_broken) = decode(halves.next().unwrap_or_default());
            let (value, value_broken) = decode(halves.next().unwrap_or_default());
            if name_broken || value_broken {
                form.unreadable.push(name.clone());
            }
            form.pairs.push((name, value));
        }
        form
    }

    /// The first value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn decode(bytes: &[u8]) -> (String, bool) {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, tail)) = rest.split_first() {
        let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        rest = tail;
        match (byte, tail) {
            (b'+', _) => decoded.push(b' '),
            (b'%', [high, low, after @ ..]) => {
                if let (Some(high), Some(low)) = (hex(*high), hex(*low)) {
                    decoded.push(16 * high + low);
                    rest = after;
                } else {
                    decoded.push(b'%');
                }
            }
            _ => decoded.push(byte),
        }
    }
    match String::from_utf8(decoded) {
        Ok(text) if text.contains('\0') => (text.replace('\0', "\u{fffd}"), true),
        Ok(text) => (text, false),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_happens_once() {
        let form = FormBody::parse(b"comment=a%2520b+c%0D%0A%C4%91%E1%BB%83&q.x=5&q.x=1&empty");
        assert_eq!(form.get("comment"), Some("a%20b c\r\nđể"));
        assert_eq!(form.pairs.len(), 4);
        assert!(form.unreadable.is_empty());
    }

    #[test]
    fn nul_is_no_character_of_a_text() {
        let form = FormBody::parse(b"name=a%00b&x=1");
        assert_eq!((form.get("name"), form.unreadable.as_slice()), (Some("a\u{fffd}b"), &["name".to_owned()][..]));
    }

    #[test]
    fn broken_bytes_are_marked_and_kept_readable() {
        let form = FormBody::parse(b"comment=%C4%zz&%ff=1");
        assert_eq!(form.unreadable, ["comment", "\u{fffd}"]);
        assert_eq!(form.get("comment"), Some("\u{fffd}%zz"));
    }
}
