//! Stored passwords: Argon2id with the parameters of OWASP's Password Storage Cheat Sheet (19 MiB, 2 passes).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// The fewest characters of a new password (ASVS 5.0, 6.2.1 asks for 8 and recommends 15).
pub const CHARACTERS_MIN: usize = 12;
/// The most bytes hashed: a longer text is refused, never cut.
pub const BYTES_MAX: usize = 1024;

/// Why a password cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// Too few characters.
    #[error("the password has fewer than {CHARACTERS_MIN} characters; use a sentence")]
    TooShort,
    /// Too many bytes.
    #[error("the password is longer than {BYTES_MAX} bytes; use a shorter one")]
    TooLong,
    /// It could not be hashed.
    #[error("the password could not be hashed: {0}")]
    NotHashed(String),
}

/// Hashes a new password with a salt of its own. Takes tens of milliseconds: never on a thread that serves requests.
pub fn hash(password: &str) -> Result<String, BadPassword> {
    if password.chars().count() < CHARACTERS_MIN {
        return Err(BadPassword::TooShort);
    }
    if password.len() > BYTES_MAX {
        return Err(BadPassword::TooLong);
    }
    let hashed = Argon2::default().hash_password(password.as_bytes());
    hashed.map(|hash| hash.to_string()).map_err(|error| BadPassword::NotHashed(error.to_string()))
}

/// Whether `password` is the one that was hashed. Takes as long as [`hash`].
pub fn verify(password: &str, hash: &str) -> bool {
    password.len() <= BYTES_MAX
        && PasswordHash::new(hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A hash that no password has, of the same cost: verifying against it for an unknown name takes as long as for a
/// known one, so that the time does not tell which names exist.
pub fn nobody() -> &'static str {
    "$argon2id$v=19$m=19456,t=2,p=1$c2lwYXMtbm9ib2R5LXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_another_is_not() {
        let hash = hash("một câu dài để nhớ").expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("một câu dài để nhớ", &hash));
        assert!(!verify("Một câu dài để nhớ", &hash));
        assert_eq!(super::hash("ngắn"), Err(BadPassword::TooShort));
    }

    #[test]
    fn nobody_has_a_readable_hash_that_no_password_fits() {
        assert!(PasswordHash::new(nobody()).is_ok());
        assert!(!verify("", nobody()));
    }
}
