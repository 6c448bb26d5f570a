//! The reference that a citizen keeps: made of what the page was opened with, found again by its hash.

use sha2::{Digest, Sha256};

/// Symbols of a reference: 12 of 32 are 60 bits, out of reach of guessing at any rate that is let through.
const SYMBOLS: usize = 12;
/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

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
}
