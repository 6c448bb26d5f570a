//! One sign-in under way: state, nonce and code verifier, all of them made of one secret that only the browser holds. So nothing is
//! kept here meanwhile, and what comes back in another browser fits nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use std::fmt;

/// Bytes of the secret, as text: 256 random bits.
const SECRET_LENGTH: usize = 43;

/// A sign-in under way.
#[derive(Clone, PartialEq, Eq)]
pub struct Ask(String);

/// Without the secret.
impl fmt::Debug for Ask {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a sign-in under way")
    }
}

impl Ask {
    /// A new one; none where the system gives no random bytes.
    pub fn new() -> Option<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// That of a secret which a browser brings; none where it is none.
    pub fn of_secret(secret: &str) -> Option<Self> {
        let fits = secret.len() == SECRET_LENGTH && URL_SAFE_NO_PAD.decode(secret).is_ok();
        fits.then(|| Self(secret.to_owned()))
    }

    /// What the browser keeps.
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// What comes back with the answer, so that nobody slips an answer into another's browser.
    pub fn state(&self) -> String {
        self.derived("state")
    }

    /// What comes back within the ID token, so that no token of another sign-in is taken.
    pub fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// What proves at the exchange that it began here (RFC 7636).
    pub(super) fn verifier(&self) -> String {
        self.derived("code verifier")
    }

    /// The verifier's hash, which goes ahead.
    pub(super) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier().as_bytes()))
    }

    /// Whether an answer belongs to this sign-in.
    pub fn has_state(&self, state: &str) -> bool {
        self.state().as_bytes().ct_eq(state.as_bytes()).into()
    }

    fn derived(&self, what: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(b"sipas sign-in 1\0");
        hash.update(what.as_bytes());
        hash.update([0]);
        hash.update(self.0.as_bytes());
        URL_SAFE_NO_PAD.encode(hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sign_in_has_its_own_and_none_tells_another() {
        let (one, other) = (Ask::new().expect("random"), Ask::new().expect("random"));
        let all =
            [&one, &other].map(|ask| [ask.state(), ask.nonce(), ask.verifier(), ask.secret().to_owned()]).concat();
        for (place, text) in all.iter().enumerate() {
            // RFC 7636, 4.1: 43 to 128 characters.
            assert_eq!(text.len(), 43);
            assert!(!all[..place].contains(text));
        }
        assert!(one.has_state(&one.state()) && !one.has_state(&other.state()) && !one.has_state(""));
        assert_eq!(Ask::of_secret(one.secret()), Some(one));
        for no_secret in ["", "x", &"!".repeat(43), &"A".repeat(44)] {
            assert_eq!(Ask::of_secret(no_secret), None);
        }
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636() {
        // Appendix B of RFC 7636.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
