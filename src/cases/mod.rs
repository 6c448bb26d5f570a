//! Complaints and suggestions: what one says, how it is checked, by what it is found again. Pure. Knows no rating: a
//! complaint and an answer of the same person share nothing.

use sha2::{Digest, Sha256};

/// The longest text, in characters: two pages of handwriting.
pub const TEXT_MAX: usize = 4_000;
/// The longest contact, in characters.
pub const CONTACT_MAX: usize = 200;
/// Symbols of a reference: 12 of 32 are 60 bits, out of reach of guessing at any rate that is let through.
const SYMBOLS: usize = 12;
/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What a citizen leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something went wrong.
    Complaint,
    /// Something could be better.
    Suggestion,
}

impl Kind {
    /// Every kind, as pages offer them.
    pub const ALL: [Kind; 2] = [Kind::Complaint, Kind::Suggestion];

    /// The name in forms and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Complaint => "complaint",
            Kind::Suggestion => "suggestion",
        }
    }

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How far a case is. More states come with the work on cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It came in; nobody has answered it yet.
    Received,
}

impl State {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            State::Received => "received",
        }
    }
}

/// What was written, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What it is.
    pub kind: Kind,
    /// The words, trimmed, lines parted by `\n`; never empty.
    pub text: String,
    /// How to reach who wrote it, if they want to be reached.
    pub contact: Option<String>,
}

/// What is wrong with what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No kind, or an unknown one.
    Kind,
    /// No words.
    TextMissing,
    /// Too many words.
    TextTooLong,
    /// A contact that is too long.
    ContactTooLong,
}

impl Fault {
    /// The form field it belongs to.
    pub fn field(self) -> &'static str {
        match self {
            Fault::Kind => "kind",
            Fault::TextMissing | Fault::TextTooLong => "text",
            Fault::ContactTooLong => "contact",
        }
    }
}

/// Checks what was typed; every fault at once.
pub fn check(kind: &str, text: &str, contact: &str) -> Result<Written, Vec<Fault>> {
    let text = plain(text);
    let contact = plain(contact).replace('\n', " ");
    let kind = Kind::named(kind);
    let mut faults = Vec::new();
    if kind.is_none() {
        faults.push(Fault::Kind);
    }
    if text.is_empty() {
        faults.push(Fault::TextMissing);
    } else if text.chars().count() > TEXT_MAX {
        faults.push(Fault::TextTooLong);
    }
    if contact.chars().count() > CONTACT_MAX {
        faults.push(Fault::ContactTooLong);
    }
    match kind {
        Some(kind) if faults.is_empty() => {
            Ok(Written { kind, text, contact: (!contact.is_empty()).then_some(contact) })
        }
        _ => Err(faults),
    }
}

/// Trimmed, with plain line ends and without control characters, which nobody typed.
fn plain(words: &str) -> String {
    let words = words.replace("\r\n", "\n").replace(['\r', '\t'], " ");
    words.chars().filter(|c| !c.is_control() || *c == '\n').collect::<String>().trim().to_owned()
}

/// The reference of the case that was sent under `once`, 16 random bytes made when its page was opened: sent twice, it
/// is the same case with the same reference. As it is shown: `7K2M-9QXA-41TD`.
pub fn reference(once: &[u8; 16]) -> String {
    let digest = Sha256::new().chain_update(b"sipas complaint reference 1").chain_update(once).finalize();
    let bits = digest[..8].iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let symbols: Vec<char> =
        (0..SYMBOLS).map(|place| char::from(ALPHABET[(bits >> (5 * place) & 31) as usize])).collect();
    symbols.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A reference as people type it, in its one spelling; none when it cannot be one.
pub fn normalise(typed: &str) -> Option<String> {
    let symbols: Option<Vec<char>> = typed
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '–'))
        .map(|c| match c.to_ascii_uppercase() {
            'O' => Some('0'),
            'I' | 'L' => Some('1'),
            c => c.is_ascii().then_some(c).filter(|c| ALPHABET.contains(&(*c as u8))),
        })
        .collect();
    let symbols = symbols.filter(|symbols| symbols.len() == SYMBOLS)?;
    Some(symbols.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

/// What is looked up in the place of a reference, so that the database holds none.
pub fn hash(reference: &str) -> [u8; 32] {
    Sha256::new().chain_update(b"sipas complaint hash 1").chain_update(reference).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_twelve_symbols_and_survives_being_typed_by_hand() {
        let reference = reference(&[7; 16]);
        assert_eq!(reference.len(), 14);
        assert_eq!(normalise(&reference).as_deref(), Some(reference.as_str()));
        let typed = reference.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(normalise(&typed).as_deref(), Some(reference.as_str()));
        assert_eq!(normalise("7K2M-9QXA-41T"), None);
        assert_eq!(normalise("7K2M-9QXA-41TU"), None, "U is no symbol");
    }

    #[test]
    fn other_pages_have_other_references() {
        let mut seen = std::collections::BTreeSet::new();
        assert!((0..1_000_u32).all(|n| seen.insert(reference(&(u128::from(n)).to_be_bytes()))));
    }

    #[test]
    fn every_fault_is_told_and_good_words_are_kept_as_they_are() {
        let long = "ế".repeat(TEXT_MAX + 1);
        assert_eq!(
            check("praise", " \r\n", &"9".repeat(201)),
            Err(vec![Fault::Kind, Fault::TextMissing, Fault::ContactTooLong])
        );
        assert_eq!(check("complaint", &long, ""), Err(vec![Fault::TextTooLong]));
        let written = check("suggestion", " Thêm ghế\r\ncho người già\u{7} ", " 0912 ").expect("good words");
        assert_eq!(written.text, "Thêm ghế\ncho người già");
        assert_eq!(written.contact.as_deref(), Some("0912"));
    }
}
