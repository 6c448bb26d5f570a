//! The way to the provider, by ureq, which besides only `hooks` names: short calls, no redirect followed, no proxy of the environment, bodies
//! within a bound.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

use super::{BadSetting, Failure};

/// The longest that a call may take, from the name's look-up to the last byte.
pub(super) const TIME_MAX: Duration = Duration::from_secs(6);
const CONNECT_MAX: Duration = Duration::from_secs(3);
/// The longest answer: lists of keys have a few kilobytes.
const BYTES_MAX: u64 = 256 * 1024;

/// The way to the provider.
#[derive(Debug)]
pub(super) struct Wire(Agent);

impl Wire {
    /// A way over certificates that the world knows, or only those that `ca_file` signed.
    pub(super) fn new(ca_file: Option<&Path>) -> Result<Self, BadSetting> {
        let roots = match ca_file {
            None => RootCerts::WebPki,
            Some(file) => RootCerts::Specific(Arc::new(certificates(file)?)),
        };
        let config = Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .timeout_global(Some(TIME_MAX))
            .timeout_connect(Some(CONNECT_MAX))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .proxy(None)
            .max_idle_connections(2)
            .user_agent("sipas")
            .accept("application/json");
        Ok(Self(config.build().new_agent()))
    }

    /// The JSON at an address, asked for in the name of the person who has this token.
    pub(super) fn get_json(&self, address: &str, token: Option<&str>) -> Result<Value, Failure> {
        let mut request = self.0.get(address);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut answer = request.call().map_err(|cause| unreachable(&cause))?;
        if answer.status() != 200 {
            return Err(Failure::Unreachable(format!("it answers {} to what everybody may read", answer.status())));
        }
        json(answer.body_mut())
    }

    /// Sends a form; status and JSON of the answer.
    pub(super) fn post_form(
        &self,
        address: &str,
        pairs: &[(&str, &str)],
        basic: Option<&str>,
    ) -> Result<(u16, Value), Failure> {
        let mut request = self.0.post(address);
        if let Some(basic) = basic {
            request = request.header("authorization", format!("Basic {basic}"));
        }
        let mut answer = request.send_form(pairs.iter().copied()).map_err(|cause| unreachable(&cause))?;
        let status = answer.status().as_u16();
        if status >= 500 {
            return Err(Failure::Unreachable(format!("it answers {status}")));
        }
        Ok((status, json(answer.body_mut())?))
    }
}

fn json(body: &mut Body) -> Result<Value, Failure> {
    let bytes = body.with_config().limit(BYTES_MAX).read_to_vec().map_err(|cause| unreachable(&cause))?;
    serde_json::from_slice(&bytes).map_err(|_| Failure::Unusable("it is no JSON"))
}

/// What went wrong on the way; ureq's words hold hosts and causes, never what was sent.
fn unreachable(cause: &ureq::Error) -> Failure {
    Failure::Unreachable(cause.to_string())
}

fn certificates(file: &Path) -> Result<Vec<Certificate<'static>>, BadSetting> {
    let bad = |cause: &dyn std::fmt::Display| {
        BadSetting(format!("OIDC_CA_FILE is `{}`, which holds no certificate (PEM): {cause}", file.display()))
    };
    let pem = std::fs::read(file).map_err(|cause| bad(&cause))?;
    let mut found = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|cause| bad(&cause))? {
            found.push(certificate);
        }
    }
    if found.is_empty() { Err(bad(&"there is none in it")) } else { Ok(found) }
}

/// Percent-encodes all but unreserved characters (RFC 3986), as a query or a form takes it.
pub(super) fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
