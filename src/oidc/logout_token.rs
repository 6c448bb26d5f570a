//! A logout token, by which a provider says that somebody has signed out there (`OpenID` Connect Back-Channel Logout 1.0, 2.4 and 2.6):
//! signed like an ID token, and never to be taken for one, nor an ID token for it.

use serde_json::{Map, Value};

use super::Fault;
use super::id_token::{self, Issued};

/// The member of `events` that makes a token a logout token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// The longest identifier of a token.
const ID_MAX: usize = 255;

/// Who has signed out at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOut {
    /// The provider's name for the person.
    pub subject: String,
    /// The token's own name, given once.
    pub id: String,
}

/// Who has signed out, if the claims of a token whose signature holds say so to this program.
pub(super) fn checked(claims: &Map<String, Value>, expected: &Issued<'_>) -> Result<SignedOut, Fault> {
    id_token::issued(claims, expected)?;
    // What an ID token carries makes it none, whatever else it says.
    let is_event = claims.get("events").and_then(|events| events.get(EVENT)).is_some_and(Value::is_object);
    if !is_event || claims.contains_key("nonce") {
        return Err(Fault::NoLogout);
    }
    let id = claims.get("jti").and_then(Value::as_str).filter(|id| (1..=ID_MAX).contains(&id.len()));
    let id = id.ok_or(Fault::NoIdentifier)?.to_owned();
    // One that names a session of the provider only cannot be followed: its sessions are not kept here.
    let subject = id_token::subject(claims)?.to_owned();
    Ok(SignedOut { subject, id })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn check(changes: &[(&str, Value)]) -> Result<SignedOut, Fault> {
        let mut claims = json!({
            "iss": "https://sso.example.vn", "sub": "248", "aud": "sipas", "iat": NOW, "exp": NOW + 120, "jti": "bWJq",
            "sid": "08a5019c-17e1-4977-8f42-65a12843ea02", "events": {EVENT: {}},
        });
        for (name, value) in changes {
            claims[*name] = value.clone();
        }
        let Value::Object(mut claims) = claims else { panic!("an object") };
        claims.retain(|_, value| !value.is_null());
        checked(&claims, &Issued { issuer: "https://sso.example.vn", client_id: "sipas", now: NOW, must_end: false })
    }

    #[test]
    fn every_claim_of_a_logout_token_is_checked() {
        assert_eq!(check(&[]), Ok(SignedOut { subject: "248".to_owned(), id: "bWJq".to_owned() }));
        let good = [
            ("sid", Value::Null),
            // Drafts of the standard had no end.
            ("exp", Value::Null),
            ("exp", json!(NOW - 59)),
            ("iat", json!(NOW - 660)),
            ("aud", json!(["sipas"])),
            ("events", json!({EVENT: {}, "https://example.vn/other": {}})),
        ];
        for (name, value) in good {
            assert!(check(&[(name, value.clone())]).is_ok(), "{name} {value}");
        }
        let bad = [
            ("iss", json!("https://other.example.vn"), Fault::Issuer),
            ("iss", Value::Null, Fault::Issuer),
            ("aud", json!("another"), Fault::Audience),
            ("aud", json!(["sipas", "another"]), Fault::Audience),
            ("aud", Value::Null, Fault::Audience),
            ("exp", json!(NOW - 60), Fault::Expired),
            ("exp", json!("soon"), Fault::Expired),
            ("iat", json!(NOW + 61), Fault::IssuedAt),
            ("iat", json!(NOW - 661), Fault::IssuedAt),
            ("iat", Value::Null, Fault::IssuedAt),
            ("events", Value::Null, Fault::NoLogout),
            ("events", json!({}), Fault::NoLogout),
            ("events", json!({EVENT: true}), Fault::NoLogout),
            ("events", json!([EVENT]), Fault::NoLogout),
            ("events", json!(EVENT), Fault::NoLogout),
            ("nonce", json!("n"), Fault::NoLogout),
            ("nonce", json!(7), Fault::NoLogout),
            ("jti", Value::Null, Fault::NoIdentifier),
            ("jti", json!(""), Fault::NoIdentifier),
            ("jti", json!("x".repeat(256)), Fault::NoIdentifier),
            ("jti", json!(7), Fault::NoIdentifier),
            ("sub", Value::Null, Fault::Subject),
            ("sub", json!(248), Fault::Subject),
        ];
        for (name, value, fault) in bad {
            assert_eq!(check(&[(name, value.clone())]), Err(fault), "{name} {value}");
        }
    }
}
