//! Messages to other programs over HTTPS, by ureq, which besides only `oidc` names. Which addresses may be reached is in `place.rs`, how a
//! message is signed in `signature.rs`; what is told, to whom and when is known elsewhere.

mod place;
mod signature;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ureq::config::Config as Settings;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

pub use place::{BadAddress, checked, is_public};
pub use signature::{secret_text, sign};

use crate::config::Network;

/// For so long a receiver is waited for, from the look-up of its name to the first line of its answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most bytes of the head of an answer; of its body none is read.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// A message as it goes.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// Where to.
    pub url: &'a str,
    /// Its identifier: the same at every try.
    pub id: &'a str,
    /// Seconds since 1970, of this try.
    pub timestamp: i64,
    /// JSON.
    pub body: &'a str,
    /// What it is signed with.
    pub secret: &'a [u8],
}

/// Why a message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untaken {
    /// The address leads into a network that was not allowed, or is none.
    Address,
    /// Nobody was reached.
    Unreachable,
    /// No answer in time.
    Late,
    /// The certificate does not hold.
    Certificate,
    /// The receiver sent us elsewhere.
    Redirect,
    /// The receiver said this status.
    Status(u16),
}

impl Untaken {
    /// The word that is kept.
    pub fn word(self) -> String {
        match self {
            Self::Address => "address".to_owned(),
            Self::Unreachable => "unreachable".to_owned(),
            Self::Late => "late".to_owned(),
            Self::Certificate => "certificate".to_owned(),
            Self::Redirect => "redirect".to_owned(),
            Self::Status(status) => format!("status {status}"),
        }
    }

    /// Whether the next message to the same address would end so too.
    pub fn is_of_the_receiver(self) -> bool {
        !matches!(self, Self::Status(_))
    }
}

/// Sends messages.
#[derive(Debug)]
pub struct Sender {
    agent: Agent,
}

impl Sender {
    /// A sender that reaches public addresses over HTTPS, and those of `private` networks.
    pub fn new(private: &[Network]) -> Self {
        let settings = Settings::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // A proxy would look names up itself, past the check of addresses.
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .max_response_header_size(HEAD_BYTES_MAX)
            // A kept connection would outlive the check of its address.
            .max_idle_connections(0)
            .user_agent("sipas")
            .accept("*/*")
            .build();
        let resolver = Checked { private: private.into(), names: DefaultResolver::default() };
        Self { agent: Agent::with_parts(settings, DefaultConnector::default(), resolver) }
    }

    /// Sends a message and waits until it was taken (a status of 200 to 299) or not. Nothing of the answer's body is read.
    pub fn send(&self, message: &Message<'_>) -> Result<(), Untaken> {
        let signature = sign(message.secret, message.id, message.timestamp, message.body);
        let request = self
            .agent
            .post(message.url)
            .header("content-type", "application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.timestamp.to_string())
            .header("webhook-signature", signature);
        let status = match request.send(message.body) {
            Ok(answer) => answer.status().as_u16(),
            Err(error) => return Err(untaken(&error)),
        };
        match status {
            200..=299 => Ok(()),
            300..=399 => Err(Untaken::Redirect),
            other => Err(Untaken::Status(other)),
        }
    }
}

fn untaken(error: &Error) -> Untaken {
    match error {
        Error::Other(inner) if inner.is::<NotAllowed>() => Untaken::Address,
        Error::BadUri(_) | Error::Http(_) | Error::RequireHttpsOnly(_) => Untaken::Address,
        Error::Timeout(_) => Untaken::Late,
        Error::Io(inner) if inner.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<NotAllowed>) => {
            Untaken::Address
        }
        Error::Io(inner) if inner.kind() == std::io::ErrorKind::TimedOut => Untaken::Late,
        // A handshake that fails is an error of the stream.
        Error::Io(inner) if inner.kind() == std::io::ErrorKind::InvalidData => Untaken::Certificate,
        Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) => Untaken::Certificate,
        Error::RedirectFailed | Error::TooManyRedirects => Untaken::Redirect,
        _ => Untaken::Unreachable,
    }
}

/// The address of a receiver lies where messages must not go.
#[derive(Debug, thiserror::Error)]
#[error("the address is not allowed")]
struct NotAllowed;

/// Looks names up and refuses what lies in a network that was not allowed. The connection then goes to the very address that was
/// looked at, so a name that changes its mind in between changes nothing.
#[derive(Debug)]
struct Checked {
    private: Arc<[Network]>,
    names: DefaultResolver,
}

impl Resolver for Checked {
    fn resolve(&self, uri: &Uri, settings: &Settings, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.names.resolve(uri, settings, timeout)?;
        let plain = uri.scheme_str() != Some("https");
        for address in found.iter().map(SocketAddr::ip) {
            let allowed = self.private.iter().any(|network| network.contains(address));
            if !allowed && (plain || !is_public(address)) {
                return Err(Error::Other(Box::new(NotAllowed)));
            }
        }
        Ok(found)
    }
}
