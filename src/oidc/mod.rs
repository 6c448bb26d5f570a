//! Single sign-on by `OpenID` Connect: the one place that asks a provider who somebody is (authorization code flow with PKCE, state and
//! nonce). What becomes of the answer here, `service/single_sign_on.rs` decides; why it is built so, `docs/decisions/0042-single-sign-on.md`.
//!
//! Calls block the thread they run on, for six seconds each at most; few run at once. Nothing of tokens, codes or secrets stands in
//! a [`Failure`], which is what the log keeps.

mod ask;
mod failure;
mod id_token;
mod identity;
mod keys;
mod logout_token;
mod metadata;
mod wire;

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

pub use ask::Ask;
pub use failure::{Failure, Fault};
pub use identity::Identity;
pub use logout_token::SignedOut;

use crate::config::SingleSignOn;
use id_token::Issued;
use keys::{Asker, KeyRing};
use metadata::Metadata;
use wire::Wire;

/// Path of the address to which the provider sends people back.
pub const CALLBACK: &str = "/staff/sign-in/oidc/callback";
/// Path of the address at which the provider says that somebody has signed out there.
pub const SIGNED_OUT: &str = "/staff/sign-in/oidc/backchannel-logout";

/// How long the provider's description of itself is believed.
const METADATA_LIFE: Duration = Duration::from_hours(1);
/// After a failed try to read it nobody waits for another one for so long.
const FAILURE_LIFE: Duration = Duration::from_secs(5);
/// Claims about a sign-in, which are believed of a signed token only.
const OF_THE_TOKEN: [&str; 12] =
    ["iss", "aud", "azp", "exp", "iat", "nbf", "nonce", "auth_time", "acr", "amr", "at_hash", "sid"];
/// Calls to the provider that may be under way for whoever signs in: each holds a thread.
const CALLS_MAX: usize = 8;
/// The same for whoever brings a logout token: anybody can, and must not take the threads of those who sign in.
const STRANGERS_CALLS_MAX: usize = 2;

/// The provider of the settings.
pub struct Provider {
    settings: SingleSignOn,
    secret: String,
    callback: String,
    wire: Wire,
    metadata: Mutex<Option<Read>>,
    keys: Mutex<KeyRing>,
    calls: AtomicUsize,
    strangers_calls: AtomicUsize,
}

/// Without the secret.
impl fmt::Debug for Provider {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the provider {}", self.settings.issuer)
    }
}

/// What came of the last try to read the provider's description.
#[derive(Debug, Clone)]
enum Read {
    Well(Arc<Metadata>, Instant),
    Badly(Failure, Instant),
}

/// A call under way; gives its place back when it ends.
struct Call<'a>(&'a AtomicUsize);

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A setting that cannot be used: a sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadSetting(pub String);

impl Provider {
    /// The provider of the settings, for a program that is served at `public_url`. Nothing is asked yet.
    pub fn new(settings: &SingleSignOn, public_url: &str) -> Result<Self, BadSetting> {
        let secret = match (&settings.client_secret_file, &settings.client_secret) {
            (Some(file), _) => secret_in(file)?,
            (None, secret) => secret.clone().unwrap_or_default(),
        };
        Ok(Self {
            secret,
            callback: format!("{public_url}{CALLBACK}"),
            wire: Wire::new(settings.ca_file.as_deref())?,
            metadata: Mutex::default(),
            keys: Mutex::default(),
            calls: AtomicUsize::default(),
            strangers_calls: AtomicUsize::default(),
            settings: settings.clone(),
        })
    }

    /// Whose account it is, for people.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Where a browser goes to sign in there.
    pub fn sign_in_address(&self, ask: &Ask) -> Result<String, Failure> {
        let _call = self.call(Asker::SignIn)?;
        let metadata = self.metadata()?;
        let mut address = metadata.authorization_endpoint.clone();
        let (state, nonce, challenge) = (ask.state(), ask.nonce(), ask.challenge());
        let acr = self.settings.second_factor_acr.join(" ");
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", &self.settings.client_id),
            ("redirect_uri", &self.callback),
            ("scope", &self.settings.scopes),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        if !acr.is_empty() {
            pairs.push(("acr_values", &acr));
        }
        for (name, value) in pairs {
            address.push(if address.contains('?') { '&' } else { '?' });
            address.push_str(name);
            address.push('=');
            address.push_str(&wire::encoded(value));
        }
        Ok(address)
    }

    /// Whether the answer that a browser brings back is this provider's, as far as it says whose it is (RFC 9207).
    pub fn is_own_answer(&self, iss: Option<&str>) -> Result<bool, Failure> {
        let _call = self.call(Asker::SignIn)?;
        let metadata = self.metadata()?;
        Ok(match iss {
            Some(iss) => iss == metadata.issuer,
            None => !metadata.names_itself,
        })
    }

    /// Who brings this code, after everything that can be checked was checked.
    pub fn identify(&self, code: &str, ask: &Ask, now: DateTime<Utc>) -> Result<Identity, Failure> {
        let _call = self.call(Asker::SignIn)?;
        let metadata = self.metadata()?;
        let answer = self.exchange(&metadata, code, ask)?;
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        let id_token = text("id_token").ok_or(Failure::Unusable("its answer holds no ID token"))?;
        let access_token = text("access_token");
        let signed = id_token::Signed::read(id_token)?;
        let key = self.key(&metadata, &signed, Asker::SignIn)?;
        let expected = self.expected(&metadata, now, true);
        let mut claims = id_token::checked(signed.verified_by(&key)?, &expected, &ask.nonce(), access_token)?;
        if identity::lacks(&claims, &self.settings)
            && let (Some(address), Some(token)) = (&metadata.userinfo_endpoint, access_token)
        {
            self.add_user_info(address, token, &mut claims)?;
        }
        identity::of(&claims, &self.settings)
    }

    /// Who has signed out at the provider, as this logout token says, after everything that can be checked was checked.
    pub fn signed_out(&self, token: &str, now: DateTime<Utc>) -> Result<SignedOut, Failure> {
        // What is no token at all asks nobody.
        let signed = id_token::Signed::read(token)?;
        let (metadata, key) = if let Some(known) = self.known(&signed) {
            known
        } else {
            let _call = self.call(Asker::Anybody)?;
            let metadata = self.metadata()?;
            let key = self.key(&metadata, &signed, Asker::Anybody)?;
            (metadata, key)
        };
        Ok(logout_token::checked(&signed.verified_by(&key)?, &self.expected(&metadata, now, false))?)
    }

    /// What is in memory to check a token with, for which nobody need be asked; none where something is missing.
    fn known(&self, signed: &id_token::Signed<'_>) -> Option<(Arc<Metadata>, keys::Key)> {
        let metadata = match &*self.metadata.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(Read::Well(metadata, at)) if at.elapsed() < METADATA_LIFE => Arc::clone(metadata),
            _ => return None,
        };
        let ring = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        Some((metadata, ring.find(signed.algorithm(), signed.key_id(), Instant::now())?))
    }

    fn expected<'a>(&'a self, metadata: &'a Metadata, now: DateTime<Utc>, must_end: bool) -> Issued<'a> {
        let client_id = &self.settings.client_id;
        Issued { issuer: &metadata.issuer, client_id, now: now.timestamp(), must_end }
    }

    /// Asks the provider for its description and its keys, as `sipas doctor` does: how many keys can be used.
    pub fn probe(&self) -> Result<usize, Failure> {
        let metadata = self.metadata()?;
        let keys = keys::Keys::read(&self.wire.get_json(&metadata.jwks_uri, None)?)?;
        Ok(keys.len())
    }

    fn call(&self, asker: Asker) -> Result<Call<'_>, Failure> {
        let (calls, most) = match asker {
            Asker::SignIn => (&self.calls, CALLS_MAX),
            Asker::Anybody => (&self.strangers_calls, STRANGERS_CALLS_MAX),
        };
        let before = calls.fetch_add(1, Ordering::Relaxed);
        // Made before it is looked at, so that its place is given back.
        let call = Call(calls);
        if before < most { Ok(call) } else { Err(Failure::Busy) }
    }

    fn metadata(&self) -> Result<Arc<Metadata>, Failure> {
        let known = self.metadata.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match known {
            Some(Read::Well(metadata, at)) if at.elapsed() < METADATA_LIFE => return Ok(metadata),
            Some(Read::Badly(failure, at)) if at.elapsed() < FAILURE_LIFE => return Err(failure),
            _ => {}
        }
        // Not under the lock: of several that come now each asks, and none waits for another.
        let address = format!("{}/.well-known/openid-configuration", self.settings.issuer);
        let read = self.wire.get_json(&address, None).and_then(|json| Metadata::read(&json, &self.settings.issuer));
        let at = Instant::now();
        let (kept, answer) = match read {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                (Read::Well(Arc::clone(&metadata), at), Ok(metadata))
            }
            Err(failure) => (Read::Badly(failure.clone(), at), Err(failure)),
        };
        *self.metadata.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        answer
    }

    /// The key that signed; asked for anew where it is unknown, which it is after the provider has changed its keys.
    fn key(&self, metadata: &Metadata, signed: &id_token::Signed<'_>, asker: Asker) -> Result<keys::Key, Failure> {
        let ring = || self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = ring().find(signed.algorithm(), signed.key_id(), Instant::now()) {
            return Ok(key);
        }
        let asked = Instant::now();
        ring().may_ask(asker, asked)?;
        // Not under the lock: nobody waits for another's question.
        let read = self.wire.get_json(&metadata.jwks_uri, None).and_then(|json| keys::Keys::read(&json));
        let mut ring = ring();
        match read {
            Ok(keys) => ring.keep(keys, Instant::now()),
            Err(failure) => {
                ring.keep_failure(failure.clone(), asked, Instant::now());
                return Err(failure);
            }
        }
        ring.find(signed.algorithm(), signed.key_id(), Instant::now()).ok_or(Failure::Token(Fault::UnknownKey))
    }

    /// The code against tokens.
    fn exchange(&self, metadata: &Metadata, code: &str, ask: &Ask) -> Result<Map<String, Value>, Failure> {
        let verifier = ask.verifier();
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.callback),
            ("code_verifier", &verifier),
        ];
        let (id, secret) = (&self.settings.client_id, &self.secret);
        let basic = metadata.takes_basic.then(|| {
            // RFC 6749, 2.3.1: each is encoded as a form does before they are joined.
            STANDARD.encode(format!("{}:{}", wire::encoded(id), wire::encoded(secret)))
        });
        if basic.is_none() {
            pairs.extend([("client_id", id.as_str()), ("client_secret", secret.as_str())]);
        }
        match self.wire.post_form(&metadata.token_endpoint, &pairs, basic.as_deref())? {
            (200, Value::Object(answer)) => Ok(answer),
            (400 | 401, Value::Object(answer)) => {
                let word = answer.get("error").and_then(Value::as_str).unwrap_or_default();
                Err(Failure::refused(word))
            }
            _ => Err(Failure::Unusable("its token endpoint answered neither with tokens nor with a refusal")),
        }
    }

    /// Adds what the provider tells of a person beside the ID token; what the token says stays, and how somebody has signed in only the
    /// signed token says: this answer carries no signature.
    fn add_user_info(&self, address: &str, token: &str, claims: &mut Map<String, Value>) -> Result<(), Failure> {
        let Value::Object(told) = self.wire.get_json(address, Some(token))? else {
            return Err(Failure::Unusable("what it tells of a person is no object"));
        };
        // OpenID Connect Core, 5.3.2: what is told of somebody else is not taken.
        if told.get("sub") != claims.get("sub") {
            return Err(Failure::Token(Fault::Subject));
        }
        for (name, value) in told.into_iter().filter(|(name, _)| !OF_THE_TOKEN.contains(&name.as_str())) {
            claims.entry(name).or_insert(value);
        }
        Ok(())
    }
}

fn secret_in(file: &Path) -> Result<String, BadSetting> {
    let text = std::fs::read_to_string(file).map_err(|cause| {
        BadSetting(format!(
            "OIDC_CLIENT_SECRET_FILE is `{}`, which cannot be read: {cause}; correct the path, and let the server's user read it",
            file.display()
        ))
    })?;
    match text.trim() {
        "" => Err(BadSetting(format!("OIDC_CLIENT_SECRET_FILE is `{}`, which is empty", file.display()))),
        secret => Ok(secret.to_owned()),
    }
}
