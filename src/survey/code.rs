//! Codes that people type: the short one of a service point, which the QR carries, and the one-time code of a ticket.
//!
//! Six random symbols (a ticket has ten) and a check symbol, out of 32 that are hard to mix up (no I, O, 0, 1). The check is linear
//! over GF(32) with distinct weights, so every single wrong symbol and every swap of two symbols is noticed
//! (the argument is the one for Damm- and Reed–Solomon-type check digits: a difference of one symbol d times a
//! non-zero weight is never 0, nor is (a − b) times the difference of two distinct weights).

/// The symbols, in the order of their value.
pub const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Random symbols before the check symbol of a point's code.
pub const RANDOM_SYMBOLS: usize = 6;

/// Symbols of a point's code.
pub const LENGTH: usize = RANDOM_SYMBOLS + 1;
/// Random symbols before the check symbol of a ticket: 50 bits. Who tries 1 000 an hour for 30 days finds one of a
/// million live tickets with a chance of 6 in 10 000.
pub const TICKET_RANDOM_SYMBOLS: usize = 10;

/// Makes a point's code from 30 random bits (the lowest of `random`).
pub fn from_random(random: u32) -> String {
    spell(u64::from(random), RANDOM_SYMBOLS)
}

/// Makes a ticket's code from 50 random bits (the lowest of `random`).
pub fn ticket_from_random(random: u64) -> String {
    spell(random, TICKET_RANDOM_SYMBOLS)
}

/// A point's code in its one spelling (capitals, no spaces or hyphens), or none when it cannot be a code.
pub fn normalise(typed: &str) -> Option<String> {
    read(typed, RANDOM_SYMBOLS)
}

/// A ticket's code in its one spelling (capitals, no spaces or hyphens), or none when it cannot be one.
pub fn normalise_ticket(typed: &str) -> Option<String> {
    read(typed, TICKET_RANDOM_SYMBOLS)
}

/// A ticket's code in groups of four, as it is printed: `ABCD-EFGH-JKL`.
pub fn ticket_in_groups(code: &str) -> String {
    let symbols: Vec<char> = code.chars().collect();
    symbols.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

fn spell(random: u64, symbols: usize) -> String {
    let values: Vec<u8> = (0..symbols).map(|place| ((random >> (5 * place)) & 31) as u8).collect();
    let check = check(&values);
    values.into_iter().chain([check]).map(|value| char::from(ALPHABET[usize::from(value)])).collect()
}

fn read(typed: &str, symbols: usize) -> Option<String> {
    let mut values: Vec<u8> = Vec::with_capacity(symbols + 1);
    for symbol in typed.bytes().filter(|symbol| !matches!(symbol, b' ' | b'-')) {
        let symbol = symbol.to_ascii_uppercase();
        values.push((0..).zip(ALPHABET).find(|(_, known)| **known == symbol)?.0);
    }
    let (last, body) = values.split_last()?;
    (body.len() == symbols && check(body) == *last)
        .then(|| values.iter().map(|value| char::from(ALPHABET[usize::from(*value)])).collect())
}

fn check(values: &[u8]) -> u8 {
    let mut weight = 2; // α, then α², …: all distinct and never 1, the weight of the check symbol itself.
    values.iter().fold(0, |sum, value| {
        let sum = sum ^ multiply(weight, *value);
        weight = multiply(weight, 2);
        sum
    })
}

/// Product in GF(32) modulo the primitive polynomial x⁵ + x² + 1.
fn multiply(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b > 0 {
        if b & 1 == 1 {
            product ^= a;
        }
        a <<= 1;
        if a & 32 != 0 {
            a ^= 0b10_0101;
        }
        b >>= 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_single_wrong_symbol_and_every_swap_is_noticed() {
        for seed in 0..200_u32 {
            let code = from_random(seed.wrapping_mul(2_654_435_761) >> 2);
            assert_eq!(normalise(&code.to_lowercase()), Some(code.clone()));
            let bytes = code.as_bytes();
            for place in 0..bytes.len() {
                for symbol in ALPHABET.iter().filter(|symbol| **symbol != bytes[place]) {
                    let mut wrong = bytes.to_vec();
                    wrong[place] = *symbol;
                    assert_eq!(normalise(&String::from_utf8_lossy(&wrong)), None, "{code} with {symbol} at {place}");
                }
                for other in place + 1..bytes.len() {
                    let mut swapped = bytes.to_vec();
                    swapped.swap(place, other);
                    let swapped = String::from_utf8_lossy(&swapped).into_owned();
                    assert_eq!(normalise(&swapped), (swapped == code).then(|| code.clone()));
                }
            }
        }
    }

    #[test]
    fn every_single_wrong_symbol_and_every_swap_in_a_ticket_is_noticed() {
        for seed in 1..=50_u64 {
            let code = ticket_from_random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 13);
            assert_eq!(code.len(), 11);
            let printed = ticket_in_groups(&code);
            assert_eq!(printed.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 3]);
            assert_eq!(normalise_ticket(&format!(" {} ", printed.to_lowercase())), Some(code.clone()));
            assert_eq!(normalise(&code), None, "a ticket is not a point");
            let bytes = code.as_bytes();
            for place in 0..bytes.len() {
                for symbol in ALPHABET.iter().filter(|symbol| **symbol != bytes[place]) {
                    let mut wrong = bytes.to_vec();
                    wrong[place] = *symbol;
                    assert_eq!(normalise_ticket(&String::from_utf8_lossy(&wrong)), None);
                }
                for other in place + 1..bytes.len() {
                    let mut swapped = bytes.to_vec();
                    swapped.swap(place, other);
                    let swapped = String::from_utf8_lossy(&swapped).into_owned();
                    assert_eq!(normalise_ticket(&swapped), (swapped == code).then(|| code.clone()));
                }
            }
        }
    }

    #[test]
    fn spaces_and_hyphens_are_forgiven_and_nonsense_is_not() {
        let code = from_random(123_456_789);
        assert_eq!(normalise(&format!("{}-{}", &code[..3], &code[3..])), Some(code));
        for nonsense in ["", "2", "ABC", "IIIIIII", "22222222", "đđđđđđđ", "%%%"] {
            assert_eq!(normalise(nonsense), None, "{nonsense}");
        }
    }
}
