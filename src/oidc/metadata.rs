//! What a provider says of itself (`OpenID` Connect Discovery 1.0): where it takes what, and whether that can be used.

use serde::Deserialize;
use serde_json::Value;

use super::Failure;
use crate::config::is_safe_address;

/// The parts of the description that are used.
#[derive(Debug)]
pub(super) struct Metadata {
    /// Its name for itself, as its tokens carry it.
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub jwks_uri: String,
    pub userinfo_endpoint: Option<String>,
    /// Whether the secret goes in the header, else in the body.
    pub takes_basic: bool,
    /// Whether its answers say whose they are (RFC 9207).
    pub names_itself: bool,
}

#[derive(Deserialize)]
struct Raw {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Reads a description that was found under the address of `issuer`.
    pub(super) fn read(json: &Value, issuer: &str) -> Result<Self, Failure> {
        let raw = Raw::deserialize(json).map_err(|_| Failure::Unusable("its description lacks an address"))?;
        // Who can place a description under another's address must not speak in that one's name.
        if raw.issuer.trim_end_matches('/') != issuer {
            return Err(Failure::Unusable("its description is another issuer's than OIDC_ISSUER"));
        }
        let addresses = [&raw.authorization_endpoint, &raw.token_endpoint, &raw.jwks_uri];
        if !addresses.into_iter().chain(&raw.userinfo_endpoint).all(|address| is_safe_address(address)) {
            return Err(Failure::Unusable("its description names an address that is not https"));
        }
        if raw.authorization_endpoint.contains('#') {
            return Err(Failure::Unusable("its authorization endpoint has a fragment"));
        }
        let lists = |list: &Option<Vec<String>>, wanted: &[&str]| {
            list.as_ref().is_none_or(|list| list.iter().any(|one| wanted.contains(&one.as_str())))
        };
        if !lists(&raw.code_challenge_methods_supported, &["S256"]) {
            return Err(Failure::Unusable("it knows no PKCE with S256"));
        }
        if !lists(&raw.id_token_signing_alg_values_supported, &["RS256", "ES256"]) {
            return Err(Failure::Unusable("it signs neither with RS256 nor with ES256"));
        }
        let takes_basic = lists(&raw.token_endpoint_auth_methods_supported, &["client_secret_basic"]);
        if !takes_basic && !lists(&raw.token_endpoint_auth_methods_supported, &["client_secret_post"]) {
            return Err(Failure::Unusable("it takes no secret of a program"));
        }
        Ok(Self {
            issuer: raw.issuer,
            authorization_endpoint: raw.authorization_endpoint,
            token_endpoint: raw.token_endpoint,
            jwks_uri: raw.jwks_uri,
            userinfo_endpoint: raw.userinfo_endpoint,
            takes_basic,
            names_itself: raw.authorization_response_iss_parameter_supported,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn description() -> Value {
        json!({
            "issuer": "https://sso.example.vn/", "authorization_endpoint": "https://sso.example.vn/auth",
            "token_endpoint": "https://token.example.vn/", "jwks_uri": "https://sso.example.vn/keys",
            "userinfo_endpoint": "https://sso.example.vn/me",
        })
    }

    fn refused(name: &str, value: Value) -> Failure {
        let mut spoilt = description();
        spoilt[name] = value;
        Metadata::read(&spoilt, "https://sso.example.vn").expect_err("refused")
    }

    #[test]
    fn a_description_is_taken_with_what_it_leaves_out_and_refused_where_it_cannot_be_trusted() {
        let read = Metadata::read(&description(), "https://sso.example.vn").expect("read");
        assert_eq!(
            (read.issuer.as_str(), read.takes_basic, read.names_itself),
            ("https://sso.example.vn/", true, false)
        );
        assert!(Metadata::read(&description(), "https://other.example.vn").is_err());
        for (name, value) in [
            ("token_endpoint", json!("http://sso.example.vn/token")),
            ("jwks_uri", json!("http://sso.example.vn/keys")),
            ("userinfo_endpoint", json!("http://sso.example.vn/me")),
            ("authorization_endpoint", json!("javascript:alert(1)")),
            ("authorization_endpoint", json!("https://sso.example.vn/auth#x")),
            ("code_challenge_methods_supported", json!(["plain"])),
            ("id_token_signing_alg_values_supported", json!(["HS256", "none"])),
            ("token_endpoint_auth_methods_supported", json!(["private_key_jwt"])),
            ("jwks_uri", Value::Null),
        ] {
            assert!(matches!(refused(name, value), Failure::Unusable(_)), "{name}");
        }
    }

    #[test]
    fn the_secret_goes_where_the_provider_takes_it() {
        let mut post = description();
        post["token_endpoint_auth_methods_supported"] = json!(["client_secret_post", "private_key_jwt"]);
        assert!(!Metadata::read(&post, "https://sso.example.vn").expect("read").takes_basic);
    }
}
