//! The second factor: six digits from a shared secret and the time (RFC 6238 over RFC 4226, SHA-1, steps of 30 seconds),
//! as every authenticator app makes them. Nothing here reads a clock.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

/// Bytes of a secret: 160 bits, the length of the hash (RFC 4226, section 4, requirement R6).
pub const SECRET_BYTES: usize = 20;
/// Seconds of a step.
const STEP: i64 = 30;
/// Letters of base 32 (RFC 4648), which apps and people type.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step of an instant, in seconds since 1970.
pub fn step(seconds: i64) -> i64 {
    seconds.div_euclid(STEP)
}

/// The code of a step: six digits.
pub fn code(secret: &[u8], step: i64) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return String::new() };
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    // RFC 4226, section 5.3: four bytes from where the last half byte points, without the sign.
    let at = usize::from(hash.last().copied().unwrap_or(0) & 0x0f);
    let number = hash[at..at + 4].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// The step whose code was typed: of the one at `seconds`, the one before and the one after, for clocks that differ. A
/// step up to `last_used` is refused, so that a code read over a shoulder opens nothing.
pub fn accepted(secret: &[u8], typed: &str, seconds: i64, last_used: i64) -> Option<i64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let now = step(seconds);
    // All three are computed whatever is found, so that the time tells nothing.
    let found = [now - 1, now, now + 1].map(|step| (step, code(secret, step).as_bytes().ct_eq(typed.as_bytes())));
    found.into_iter().find(|(step, same)| bool::from(*same) && *step > last_used).map(|(step, _)| step)
}

/// Bytes in base 32 without padding.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(LETTERS[(held >> bits & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(LETTERS[(held << (5 - bits) & 31) as usize]));
    }
    text
}

/// The address that an authenticator app reads from a QR code. `account` stands beside the code in the app.
pub fn address(secret: &[u8], account: &str) -> String {
    let account: String = account
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("otpauth://totp/SIPAS:{account}?secret={}&issuer=SIPAS", base32(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, table 1: SHA-1, secret "12345678901234567890", last six of the eight digits given there.
    const VECTORS: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];
    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_rfc_6238() {
        for (seconds, expected) in VECTORS {
            assert_eq!(code(SECRET, step(seconds)), expected, "at {seconds}");
        }
    }

    #[test]
    fn one_step_of_difference_is_taken_two_are_not_and_none_twice() {
        for (seconds, expected) in VECTORS {
            let at = step(seconds);
            for late in [-30, 0, 30] {
                assert_eq!(accepted(SECRET, expected, seconds + late, -1), Some(at), "{late} s");
            }
            assert_eq!(accepted(SECRET, expected, seconds + 60, -1), None);
            assert_eq!(accepted(SECRET, expected, seconds - 60, -1), None);
            assert_eq!(accepted(SECRET, expected, seconds, at), None, "a step is used once");
        }
        assert_eq!(accepted(SECRET, "287 082", 59, -1), Some(1));
        assert_eq!(accepted(SECRET, "", 59, -1), None);
        assert_eq!(accepted(SECRET, "28708", 59, -1), None);
    }

    #[test]
    fn base_32_is_that_of_rfc_4648() {
        // RFC 4648, section 10, without padding.
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        let address = address(SECRET, "nguyen lan@x");
        assert_eq!(
            address,
            "otpauth://totp/SIPAS:nguyen%20lan%40x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=SIPAS"
        );
    }
}
