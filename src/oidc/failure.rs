//! Why nobody was identified, in words for the log: nothing of tokens, codes or people stands in them.

/// Why the provider's answer names nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Too many calls to the provider are under way.
    #[error("too many calls to the provider are under way")]
    Busy,
    /// It does not answer.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// It answers what cannot be used.
    #[error("the provider's answer cannot be used: {0}")]
    Unusable(&'static str),
    /// It says that the code is used, over, or not ours.
    #[error("the provider refuses the code")]
    CodeRefused,
    /// It does not know this program, or not with this secret.
    #[error(
        "the provider refuses this program (`{0}`): compare OIDC_CLIENT_ID, its secret and the callback address with what is set there"
    )]
    ProgramRefused(String),
    /// Its token does not hold.
    #[error("the token is refused: {0}")]
    Token(Fault),
}

/// What of a token does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is no signed token.
    #[error("it is no signed token")]
    Malformed,
    /// It is signed in a way that is not taken.
    #[error("its algorithm is none of RS256 and ES256")]
    Algorithm,
    /// Nobody knows its key.
    #[error("its key is none of the provider's")]
    UnknownKey,
    /// The signature is not that of its key.
    #[error("its signature does not hold")]
    Signature,
    /// Another provider made it.
    #[error("it is another issuer's")]
    Issuer,
    /// It is for another program.
    #[error("it is for another program")]
    Audience,
    /// It is over, or says not until when it holds.
    #[error("it is over")]
    Expired,
    /// It was made long ago, in the future, or says not when.
    #[error("it was not made just now; compare the clocks of both machines")]
    IssuedAt,
    /// It belongs to another sign-in.
    #[error("it belongs to another sign-in")]
    Nonce,
    /// It names nobody, or somebody else than what came beside it.
    #[error("it names nobody, or somebody else than what came beside it")]
    Subject,
    /// It says nothing of a sign-out, or is an ID token.
    #[error("it is no logout token")]
    NoLogout,
    /// It has no name of its own, by which a repetition would be known.
    #[error("it has no identifier")]
    NoIdentifier,
    /// The access token beside it is another's.
    #[error("the access token beside it is another's")]
    AccessToken,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Token(fault)
    }
}

impl Failure {
    /// What the word of a token endpoint means (RFC 6749, 5.2). A word is small letters and `_`; of anything else nothing is kept.
    pub(super) fn refused(word: &str) -> Self {
        let is_word =
            (1..=40).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        match word {
            "invalid_grant" => Self::CodeRefused,
            word if is_word => Self::ProgramRefused(word.to_owned()),
            _ => Self::Unusable("its refusal has no word"),
        }
    }
}
