//! The keys with which a provider signs (RFC 7517), kept for an hour and asked for anew when a token names an unknown one: so a
//! provider may change its keys at any time, and nobody makes this program ask it without end.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;

use super::{FAILURE_LIFE, Failure, Fault};

/// How long keys are believed: one that was withdrawn opens nothing after that.
const LIFE: Duration = Duration::from_hours(1);
/// A token may make this program ask for keys before their time: so often in [`WINDOW`], and no more.
const FORCED_MAX: usize = 3;
const WINDOW: Duration = Duration::from_mins(1);
/// The most keys that are looked at.
const KEYS_MAX: usize = 50;
/// Bytes of a coordinate of a point on P-256.
const COORDINATE: usize = 32;

/// How a token may be signed. There is no way to name another, none and those with a shared secret included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Es256,
}

impl Algorithm {
    /// That of a name in a token or a key.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// A point, uncompressed.
    P256(Vec<u8>),
}

impl Key {
    /// Whether it made this signature. The algorithm is the key's own, never the token's word for it.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> Result<(), Fault> {
        let held = match self {
            // Keys of less than 2048 bits are refused.
            Self::Rsa { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
            Self::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature),
        };
        held.map_err(|_| Fault::Signature)
    }
}

/// The keys of one answer.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<(Option<String>, Algorithm, Key)>);

#[derive(Deserialize)]
struct Raw {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Keys {
    /// Reads a list of keys; those of other kinds and for other ends are passed over.
    pub(super) fn read(json: &Value) -> Result<Self, Failure> {
        let list = json.get("keys").and_then(Value::as_array).ok_or(Failure::Unusable("its keys are no list"))?;
        Ok(Self(list.iter().take(KEYS_MAX).filter_map(one).collect()))
    }

    /// How many can be used.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The key of a name; where a token names none, the only one of its kind.
    fn find(&self, algorithm: Algorithm, id: Option<&str>) -> Option<&Key> {
        let mut fitting =
            self.0.iter().filter(|(known, of, _)| *of == algorithm && (id.is_none() || known.as_deref() == id));
        let first = fitting.next()?;
        fitting.next().is_none().then_some(&first.2)
    }
}

fn one(json: &Value) -> Option<(Option<String>, Algorithm, Key)> {
    let raw = Raw::deserialize(json).ok()?;
    let bytes = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_ref()?).ok();
    if raw.purpose.as_deref().is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    let (algorithm, key) = match (raw.kty.as_str(), raw.crv.as_deref()) {
        ("RSA", _) => {
            let without_zeros = |bytes: Vec<u8>| bytes.into_iter().skip_while(|byte| *byte == 0).collect();
            let (n, e) = (without_zeros(bytes(&raw.n)?), without_zeros(bytes(&raw.e)?));
            (Algorithm::Rs256, Key::Rsa { n, e })
        }
        ("EC", Some("P-256")) => {
            let (x, y) = (bytes(&raw.x)?, bytes(&raw.y)?);
            if x.len() != COORDINATE || y.len() != COORDINATE {
                return None;
            }
            (Algorithm::Es256, Key::P256([vec![4], x, y].concat()))
        }
        _ => return None,
    };
    let as_named = raw.alg.as_deref().is_none_or(|name| Algorithm::of_name(name) == Some(algorithm));
    as_named.then_some((raw.kid, algorithm, key))
}

/// Whose token makes this program ask. A sign-in brings its token from the provider itself; anybody can send a logout token, and must
/// not use up the questions of those who sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    SignIn,
    Anybody,
}

/// The keys that are known, and how the last questions for them ended.
#[derive(Debug, Default)]
pub(super) struct KeyRing {
    keys: Option<(Keys, Instant)>,
    /// When tokens made this program ask before the time of the keys was over.
    forced: Vec<(Asker, Instant)>,
    failed: Option<(Failure, Instant)>,
}

impl KeyRing {
    /// A known key.
    pub(super) fn find(&self, algorithm: Algorithm, id: Option<&str>, now: Instant) -> Option<Key> {
        self.fresh(now)?.find(algorithm, id).cloned()
    }

    fn fresh(&self, now: Instant) -> Option<&Keys> {
        self.keys.as_ref().filter(|(_, at)| now.duration_since(*at) < LIFE).map(|(keys, _)| keys)
    }

    /// Whether the provider may be asked now, for a key that is not known. What is counted is only that a token's word makes it
    /// necessary: where keys are missing or over, they are asked for anyhow, unless that failed a moment ago.
    pub(super) fn may_ask(&mut self, asker: Asker, now: Instant) -> Result<(), Failure> {
        if let Some((failure, at)) = &self.failed
            && now.duration_since(*at) < FAILURE_LIFE
        {
            return Err(failure.clone());
        }
        if self.fresh(now).is_none() {
            return Ok(());
        }
        self.forced.retain(|(_, at)| now.duration_since(*at) < WINDOW);
        if self.forced.iter().filter(|(of, _)| *of == asker).count() >= FORCED_MAX {
            return Err(Failure::Token(Fault::UnknownKey));
        }
        self.forced.push((asker, now));
        Ok(())
    }

    /// Keeps what it said.
    pub(super) fn keep(&mut self, keys: Keys, now: Instant) {
        self.keys = Some((keys, now));
        self.failed = None;
    }

    /// Notes that what was asked for at `asked` did not come; it does not count.
    pub(super) fn keep_failure(&mut self, failure: Failure, asked: Instant, now: Instant) {
        if let Some(place) = self.forced.iter().position(|(_, at)| *at == asked) {
            self.forced.swap_remove(place);
        }
        self.failed = Some((failure, now));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn point(id: &str) -> Value {
        // The coordinates of the key in RFC 7515, appendix A.3.
        json!({
            "kty": "EC", "crv": "P-256", "kid": id, "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        })
    }

    #[test]
    fn keys_of_other_kinds_and_ends_are_passed_over() {
        let with = |name: &str, value: Value| {
            let mut key = point("a");
            key[name] = value;
            key
        };
        let list = [
            with("use", json!("enc")),
            with("alg", json!("HS256")),
            with("alg", json!("RS256")),
            with("crv", json!("P-384")),
            with("x", json!("AAAA")),
            with("kty", json!("oct")),
            json!({"kty": "oct", "k": "AAAA"}),
            json!("no key"),
        ];
        assert_eq!(Keys::read(&json!({ "keys": list })).expect("a list").len(), 0);
        assert!(Keys::read(&json!({"keys": "none"})).is_err());
        assert_eq!(Keys::read(&json!({"keys": [with("use", json!("sig")), point("b")]})).expect("a list").len(), 2);
    }

    #[test]
    fn a_key_is_found_by_its_name_and_without_one_only_where_there_is_no_choice() {
        let now = Instant::now();
        let mut ring = KeyRing::default();
        assert_eq!(ring.find(Algorithm::Es256, None, now), None);
        ring.keep(Keys::read(&json!({"keys": [point("a")]})).expect("a list"), now);
        assert!(ring.find(Algorithm::Es256, Some("a"), now).is_some());
        assert!(ring.find(Algorithm::Es256, None, now).is_some());
        assert_eq!(ring.find(Algorithm::Es256, Some("b"), now), None);
        assert_eq!(ring.find(Algorithm::Rs256, Some("a"), now), None, "a key has one algorithm");
        assert_eq!(ring.find(Algorithm::Es256, Some("a"), now + LIFE), None, "withdrawn keys are forgotten");
        ring.keep(Keys::read(&json!({"keys": [point("a"), point("b")]})).expect("a list"), now);
        assert_eq!(ring.find(Algorithm::Es256, None, now), None);
        assert!(ring.find(Algorithm::Es256, Some("b"), now).is_some());
    }

    #[test]
    fn tokens_make_it_ask_a_few_times_a_minute_and_nothing_else_is_counted() {
        let (mut ring, now) = (KeyRing::default(), Instant::now());
        let keys = || Keys::read(&json!({"keys": [point("a")]})).expect("a list");
        // There are no keys: they are asked for, whoever comes.
        for _ in 0..5 {
            assert_eq!(ring.may_ask(Asker::SignIn, now), Ok(()));
        }
        ring.keep(keys(), now);
        // What did not come does not count, and is not asked for again at once.
        let down = Failure::Unreachable("x".to_owned());
        assert_eq!(ring.may_ask(Asker::SignIn, now), Ok(()));
        ring.keep_failure(down.clone(), now, now);
        assert_eq!(ring.may_ask(Asker::SignIn, now), Err(down));
        let later = now + FAILURE_LIFE;
        let asked: Vec<bool> = (0..5).map(|_| ring.may_ask(Asker::SignIn, later).is_ok()).collect();
        assert_eq!(asked, [true, true, true, false, false]);
        assert_eq!(ring.may_ask(Asker::SignIn, later), Err(Failure::Token(Fault::UnknownKey)));
        // What anybody may send takes nothing from those who sign in, nor they from it.
        assert_eq!(ring.may_ask(Asker::Anybody, later), Ok(()));
        assert_eq!(ring.may_ask(Asker::SignIn, later + WINDOW), Ok(()));
        // An hour later they are over, and asked for though the minute is full.
        let (kept, over) = (now + Duration::from_mins(59), now + LIFE);
        ring.keep(keys(), kept);
        for _ in 0..3 {
            assert_eq!(ring.may_ask(Asker::SignIn, over), Ok(()));
        }
        assert!(ring.may_ask(Asker::SignIn, over).is_err());
        assert_eq!(ring.may_ask(Asker::SignIn, kept + LIFE), Ok(()));
    }
}
