//! Stored passwords: Argon2id with the parameters of OWASP's Password Storage Cheat Sheet (19 MiB, 2 passes).

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use icu_normalizer::DecomposingNormalizer;
use sha2::{Digest, Sha256};

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
    /// Attackers try it first, or little is left of it without digits and words of the office.
    #[error("the password is one that attackers try first; use a sentence")]
    Common,
    /// It could not be hashed.
    #[error("the password could not be hashed: {0}")]
    NotHashed(String),
}

/// SHA-256 of common passwords, their first 8 bytes, sorted; assets/common-passwords.md tells where they are from.
const COMMON: &[u8] = include_bytes!("../../assets/common-passwords.bin");
/// Words that stand in every office's mind. Longest first, so that none hides in another.
const OFFICE: [&str; 16] = [
    "hanhchinhcong",
    "trungtam",
    "khaosat",
    "hailong",
    "matkhau",
    "quantri",
    "phuong",
    "password",
    "sipas",
    "hanoi",
    "vietnam",
    "admin",
    "ubnd",
    "hcc",
    "tyt",
    "xa",
];
/// Letters that must be left when digits, signs and words of the office are taken away.
const LETTERS_LEFT: usize = 8;

/// Whether a password is too easy to guess: a common one, with digits or signs around it, twice the same; or made of `words`
/// (names of the office and of the user) and digits only.
pub fn is_common(password: &str, words: &[&str]) -> bool {
    let plain = plain(password);
    let is_listed = |text: &str| {
        let hash = Sha256::digest(text.as_bytes());
        let (entries, _) = COMMON.as_chunks::<8>();
        entries.binary_search_by(|entry| entry.as_slice().cmp(&hash[..8])).is_ok()
    };
    let lower = password.to_lowercase();
    let core = lower.trim_matches(|letter: char| !letter.is_alphabetic());
    let half = &lower[..lower.char_indices().nth(lower.chars().count() / 2).map_or(0, |(at, _)| at)];
    if is_listed(&lower) || is_listed(core) || (lower == half.repeat(2) && is_listed(half)) {
        return true;
    }
    let mut left: String = plain.chars().filter(|letter| letter.is_alphabetic()).collect();
    let names: Vec<String> = words.iter().map(|word| self::plain(word)).collect();
    for word in names.iter().map(String::as_str).chain(OFFICE).filter(|word| word.len() > 1) {
        left = left.replace(word, "");
    }
    let mut letters: Vec<char> = left.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    // Few different letters, as in `aaaaaaaaaaaa`, are few letters.
    left.chars().count() < LETTERS_LEFT || letters.len() < 4
}

/// Small letters without marks and spaces: `Cầu Giấy` becomes `caugiay`.
fn plain(text: &str) -> String {
    // The marks that decomposing sets loose are no letters.
    let decomposed = DecomposingNormalizer::new_nfd().normalize(text);
    let letters = decomposed.chars().flat_map(char::to_lowercase).filter(|letter| letter.is_alphanumeric());
    letters.map(|letter| if letter == 'đ' { 'd' } else { letter }).collect()
}

/// The memory that one hash is worked out in: 19 MiB from its first use on, and the same for every hash after that.
#[derive(Default)]
pub struct Memory(Vec<Block>);

impl Memory {
    fn of(&mut self, params: &Params) -> Result<&mut [Block], argon2::Error> {
        let more = params.block_count().saturating_sub(self.0.len());
        self.0.try_reserve_exact(more).map_err(|_| argon2::Error::OutOfMemory)?;
        self.0.resize(self.0.len() + more, Block::new());
        Ok(&mut self.0)
    }
}

/// Hashes a new password with a salt of its own. Takes tens of milliseconds: never on a thread that serves requests.
pub fn hash(password: &str) -> Result<String, BadPassword> {
    hash_in(&mut Memory::default(), password)
}

/// [`hash`] in memory that the caller keeps.
pub fn hash_in(memory: &mut Memory, password: &str) -> Result<String, BadPassword> {
    if password.chars().count() < CHARACTERS_MIN {
        return Err(BadPassword::TooShort);
    }
    if password.len() > BYTES_MAX {
        return Err(BadPassword::TooLong);
    }
    let mut salt = [0; Salt::RECOMMENDED_LENGTH];
    getrandom::fill(&mut salt).map_err(|error| BadPassword::NotHashed(error.to_string()))?;
    let hashed = Salt::new(&salt).map_err(argon2::password_hash::Error::from).and_then(|salt| {
        let params = Params::default();
        let output = output(memory, password, &salt, Version::default(), params.clone())?;
        Ok(PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::default().into()),
            params: ParamsString::try_from(&params)?,
            salt: Some(salt),
            hash: Some(output),
        })
    });
    hashed.map(|hash| hash.to_string()).map_err(|error| BadPassword::NotHashed(error.to_string()))
}

/// Whether `password` is the one that was hashed. Takes as long as [`hash`].
pub fn verify(password: &str, hash: &str) -> bool {
    verify_in(&mut Memory::default(), password, hash)
}

/// [`verify`] in memory that the caller keeps.
pub fn verify_in(memory: &mut Memory, password: &str, hash: &str) -> bool {
    if password.len() > BYTES_MAX {
        return false;
    }
    let Ok(known) = PasswordHash::new(hash) else { return false };
    let (Some(salt), Some(expected)) = (&known.salt, &known.hash) else { return false };
    let version = known.version.map_or(Ok(Version::default()), Version::try_from);
    let (Ok(version), Ok(params)) = (version, Params::try_from(&known)) else { return false };
    // The comparison of two `Output`s takes the same time wherever they differ.
    known.algorithm == ARGON2ID_IDENT
        && output(memory, password, salt, version, params).is_ok_and(|output| output == *expected)
}

fn output(
    memory: &mut Memory,
    password: &str,
    salt: &Salt,
    version: Version,
    params: Params,
) -> Result<Output, argon2::password_hash::Error> {
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let blocks = memory.of(&params)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, version, params);
    let mut bytes = [0; Output::MAX_LENGTH];
    let bytes = bytes.get_mut(..length).ok_or(argon2::password_hash::Error::OutputSize)?;
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, bytes, blocks)?;
    Ok(Output::new(bytes)?)
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
    fn common_passwords_and_words_of_the_office_are_refused_and_sentences_are_not() {
        // From the lists that attackers use: "password" with a year, "qwertyuiop" and digits, "iloveyou" twice.
        for bad in [
            "password2026!!",
            "Qwertyuiop12345",
            "iloveyouiloveyou",
            "111111111111",
            "aaaaaaaaaaaaaa",
            "sipas-hanoi-2026",
            "Phường Cầu Giấy 2026",
            "caugiay@123456",
            "NguyenLan19901990",
            "matkhau@ubnd2026",
        ] {
            assert!(is_common(bad, &["Phường Cầu Giấy", "cau giay", "nguyen.lan"]), "{bad}");
        }
        for good in ["một câu dài để nhớ", "mưa rào trên mái tôn", "correct horse battery staple", "vq7-hmp2-xrt9-kelw"]
        {
            assert!(!is_common(good, &["Phường Cầu Giấy", "nguyen.lan"]), "{good}");
        }
    }

    #[test]
    fn memory_that_held_another_password_changes_no_hash() {
        let mut memory = Memory::default();
        let first = hash_in(&mut memory, "một câu dài để nhớ").expect("a hash");
        let second = hash_in(&mut memory, "mưa rào trên mái tôn").expect("a hash");
        for (password, hash) in [("một câu dài để nhớ", &first), ("mưa rào trên mái tôn", &second)] {
            assert!(verify_in(&mut memory, password, hash));
            // The reference implementation, which takes memory of its own.
            let parsed = PasswordHash::new(hash).expect("a hash");
            assert!(
                argon2::PasswordVerifier::verify_password(&Argon2::default(), password.as_bytes(), &parsed).is_ok()
            );
        }
        assert!(!verify_in(&mut memory, "một câu dài để nhớ", &second));
        assert!(!verify_in(&mut memory, "một câu dài để nhớ", &first.replace("argon2id", "argon2i")));
        assert_eq!(memory.0.len(), 19_456, "KiB: what one hash needs, however many were made");
    }

    #[test]
    fn nobody_has_a_readable_hash_that_no_password_fits() {
        assert!(PasswordHash::new(nobody()).is_ok());
        assert!(!verify("", nobody()));
    }
}
