//! An ID token, believed only after every check of `OpenID` Connect Core 1.0, 3.1.3.7: signature by a key of the provider, issuer,
//! audience, authorized party, time, nonce, the access token beside it. Its own word for how it is signed chooses between two
//! algorithms and nothing else; there is no way to take one without a signature or with a shared secret.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Fault;
use super::keys::{Algorithm, Key};

/// Seconds by which the clocks of both machines may differ.
const SKEW_S: i64 = 60;
/// Seconds after which a token that was made is no answer to a question asked just now.
const AGE_MAX_S: i64 = 10 * 60;
/// The longest token that is looked at.
const BYTES_MAX: usize = 32 * 1024;
/// The longest name of a person at the provider (`OpenID` Connect Core, 2).
const SUBJECT_MAX: usize = 255;

/// A token that is signed, by whom is not known yet.
#[derive(Debug)]
pub(super) struct Signed<'a> {
    message: &'a str,
    signature: Vec<u8>,
    claims: &'a str,
    algorithm: Algorithm,
    key_id: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

impl<'a> Signed<'a> {
    /// Takes a token apart; nothing of it is believed.
    pub(super) fn read(token: &'a str) -> Result<Self, Fault> {
        if token.len() > BYTES_MAX {
            return Err(Fault::Malformed);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Fault::Malformed)?;
        let (header, claims) =
            message.split_once('.').filter(|(_, rest)| !rest.contains('.')).ok_or(Fault::Malformed)?;
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| Fault::Malformed);
        let header: Header = serde_json::from_slice(&bytes(header)?).map_err(|_| Fault::Malformed)?;
        // RFC 7515, 4.1.11: what must be understood and is not.
        if header.crit.is_some() {
            return Err(Fault::Malformed);
        }
        let algorithm = Algorithm::of_name(&header.alg).ok_or(Fault::Algorithm)?;
        Ok(Self { message, signature: bytes(signature)?, claims, algorithm, key_id: header.kid })
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// What it says, if this key signed it.
    pub(super) fn verified_by(&self, key: &Key) -> Result<Map<String, Value>, Fault> {
        key.verifies(self.message.as_bytes(), &self.signature)?;
        let bytes = URL_SAFE_NO_PAD.decode(self.claims).map_err(|_| Fault::Malformed)?;
        serde_json::from_slice(&bytes).map_err(|_| Fault::Malformed)
    }
}

/// What every token of the provider must say.
#[derive(Debug)]
pub(super) struct Issued<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    /// Seconds since 1970-01-01 UTC.
    pub now: i64,
    /// Whether it must say until when it holds.
    pub must_end: bool,
}

/// Whether a token was made by this provider, for this program, just now.
pub(super) fn issued(claims: &Map<String, Value>, expected: &Issued<'_>) -> Result<(), Fault> {
    if claims.get("iss").and_then(Value::as_str) != Some(expected.issuer) {
        return Err(Fault::Issuer);
    }
    is_for(expected.client_id, claims.get("aud"), claims.get("azp"))?;
    let now = expected.now;
    // A claim of another type counts as none, and none is refused.
    let time = |name: &str| claims.get(name).and_then(Value::as_f64).filter(|time| time.is_finite());
    // Seconds since 1970 stay far below 2^53.
    let at = |seconds: i64| seconds as f64;
    let ends = expected.must_end || claims.contains_key("exp");
    if ends && time("exp").is_none_or(|until| at(now - SKEW_S) >= until) {
        return Err(Fault::Expired);
    }
    if time("iat").is_none_or(|made| made > at(now + SKEW_S) || made < at(now - AGE_MAX_S - SKEW_S)) {
        return Err(Fault::IssuedAt);
    }
    if claims.contains_key("nbf") && time("nbf").is_none_or(|from| from > at(now + SKEW_S)) {
        return Err(Fault::IssuedAt);
    }
    Ok(())
}

/// The person whom a token names.
pub(super) fn subject(claims: &Map<String, Value>) -> Result<&str, Fault> {
    let named = claims.get("sub").and_then(Value::as_str);
    named
        .filter(|subject| (1..=SUBJECT_MAX).contains(&subject.len()) && !subject.chars().any(char::is_control))
        .ok_or(Fault::Subject)
}

/// The claims of a token whose signature holds, if they are those of the sign-in with this nonce.
pub(super) fn checked(
    claims: Map<String, Value>,
    expected: &Issued<'_>,
    nonce: &str,
    access_token: Option<&str>,
) -> Result<Map<String, Value>, Fault> {
    issued(&claims, expected)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let same = |one: &str, other: &str| bool::from(one.as_bytes().ct_eq(other.as_bytes()));
    if !text("nonce").is_some_and(|own| same(own, nonce)) {
        return Err(Fault::Nonce);
    }
    if let Some(hash) = claims.get("at_hash") {
        // The left half of the hash of the algorithm, which for both is SHA-256 (3.1.3.6).
        let own = access_token.map(|token| URL_SAFE_NO_PAD.encode(&Sha256::digest(token.as_bytes())[..16]));
        if !matches!((hash.as_str(), own), (Some(hash), Some(own)) if same(hash, &own)) {
            return Err(Fault::AccessToken);
        }
    }
    subject(&claims)?;
    Ok(claims)
}

/// Whether a token is for this program: among those it is for, and where there are several, the one it was made for.
fn is_for(client_id: &str, audience: Option<&Value>, party: Option<&Value>) -> Result<(), Fault> {
    let all: Vec<&str> = match audience {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(list)) => list.iter().map(Value::as_str).collect::<Option<_>>().ok_or(Fault::Audience)?,
        _ => return Err(Fault::Audience),
    };
    let made_for = match party {
        None => all.len() == 1,
        Some(party) => party.as_str() == Some(client_id),
    };
    if all.contains(&client_id) && made_for { Ok(()) } else { Err(Fault::Audience) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::keys::{KeyRing, Keys};
    use super::*;

    /// RFC 7515, appendix A.2.
    const RSA_TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    const RSA_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    /// RFC 7515, appendix A.3.
    const EC_TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    fn ring() -> KeyRing {
        let keys = json!({"keys": [
            {"kty": "RSA", "n": RSA_N, "e": "AQAB"},
            {"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
        ]});
        let mut ring = KeyRing::default();
        ring.keep(Keys::read(&keys).expect("a list"), std::time::Instant::now());
        ring
    }

    fn verified(token: &str) -> Result<Map<String, Value>, Fault> {
        let signed = Signed::read(token)?;
        let key =
            ring().find(signed.algorithm(), signed.key_id(), std::time::Instant::now()).ok_or(Fault::UnknownKey)?;
        signed.verified_by(&key)
    }

    #[test]
    fn the_signatures_of_rfc_7515_hold_and_no_changed_letter_does() {
        for token in [RSA_TOKEN, EC_TOKEN] {
            let claims = verified(token).expect("the token of the RFC");
            assert_eq!((claims["iss"].as_str(), claims["exp"].as_i64()), (Some("joe"), Some(1_300_819_380)));
            let (message, signature) = token.rsplit_once('.').expect("three parts");
            let other = if signature.starts_with('A') { 'B' } else { 'A' };
            let forged = [
                format!("{message}.{other}{}", &signature[1..]),
                format!("{}.{signature}", message.replace("qb2UiLA0K", "qb3UiLA0K")),
                format!("{message}."),
            ];
            for forged in forged {
                assert_eq!(verified(&forged), Err(Fault::Signature), "{forged}");
            }
        }
    }

    #[test]
    fn a_token_chooses_between_two_algorithms_and_names_no_other() {
        let with = |header: Value| {
            let (_, rest) = EC_TOKEN.split_once('.').expect("three parts");
            format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
        };
        for alg in ["none", "None", "HS256", "HS512", "RS512", "PS256", "ES384", "EdDSA", "es256", ""] {
            assert_eq!(verified(&with(json!({ "alg": alg }))), Err(Fault::Algorithm), "{alg}");
        }
        // The key of one kind is never used as the other's.
        assert_eq!(verified(&with(json!({"alg": "RS256"}))), Err(Fault::Signature));
        assert_eq!(verified(&with(json!({"alg": "ES256", "kid": "another"}))), Err(Fault::UnknownKey));
        assert_eq!(verified(&with(json!({"alg": "ES256", "crit": ["b64"], "b64": false}))), Err(Fault::Malformed));
        assert_eq!(verified(&with(json!({"kid": "x"}))), Err(Fault::Malformed));
        for token in ["", ".", "..", "a.b", "a.b.c.d", "e30.e30.", &"a".repeat(BYTES_MAX + 1)] {
            assert_eq!(verified(token), Err(Fault::Malformed), "{token}");
        }
    }

    const NOW: i64 = 1_800_000_000;

    fn claims() -> Value {
        json!({"iss": "https://sso.example.vn", "sub": "248", "aud": "sipas", "exp": NOW + 300, "iat": NOW, "nonce": "n"})
    }

    fn check(changes: &[(&str, Value)]) -> Result<(), Fault> {
        let mut claims = claims();
        for (name, value) in changes {
            claims[*name] = value.clone();
        }
        let Value::Object(mut claims) = claims else { panic!("an object") };
        claims.retain(|_, value| !value.is_null());
        let expected = Issued { issuer: "https://sso.example.vn", client_id: "sipas", now: NOW, must_end: true };
        // The access token of appendix A.3 of OpenID Connect Core is `jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y`.
        checked(claims, &expected, "n", Some("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y")).map(|_| ())
    }

    #[test]
    fn every_claim_is_checked() {
        assert_eq!(check(&[]), Ok(()));
        let good = [
            ("aud", json!(["sipas"])),
            ("azp", json!("sipas")),
            ("exp", json!(NOW - 59)),
            ("iat", json!(NOW + 60)),
            ("iat", json!(f64::from(1_800_000_000) - 0.5)),
            ("nbf", json!(NOW)),
            // Appendix A.3 of OpenID Connect Core.
            ("at_hash", json!("77QmUPtjPfzWtF2AnpK9RQ")),
        ];
        for (name, value) in good {
            assert_eq!(check(&[(name, value.clone())]), Ok(()), "{name} {value}");
        }
        assert_eq!(check(&[("aud", json!(["sipas", "other"])), ("azp", json!("sipas"))]), Ok(()));
        let bad = [
            ("iss", json!("https://sso.example.vn/"), Fault::Issuer),
            ("iss", Value::Null, Fault::Issuer),
            ("aud", json!("other"), Fault::Audience),
            ("aud", json!(["sipas", "other"]), Fault::Audience),
            ("aud", json!([]), Fault::Audience),
            ("aud", json!(["sipas", 7]), Fault::Audience),
            ("aud", Value::Null, Fault::Audience),
            ("azp", json!("other"), Fault::Audience),
            ("azp", json!(7), Fault::Audience),
            ("exp", json!(NOW - 60), Fault::Expired),
            ("exp", json!("1900000000"), Fault::Expired),
            ("exp", Value::Null, Fault::Expired),
            ("iat", json!(NOW + 61), Fault::IssuedAt),
            ("iat", json!(NOW - 661), Fault::IssuedAt),
            ("iat", Value::Null, Fault::IssuedAt),
            ("nbf", json!(NOW + 61), Fault::IssuedAt),
            ("nbf", json!("soon"), Fault::IssuedAt),
            ("nonce", json!("m"), Fault::Nonce),
            ("nonce", Value::Null, Fault::Nonce),
            ("at_hash", json!("77QmUPtjPfzWtF2AnpK9RR"), Fault::AccessToken),
            ("sub", json!(""), Fault::Subject),
            ("sub", json!("x".repeat(256)), Fault::Subject),
            ("sub", json!(248), Fault::Subject),
        ];
        for (name, value, fault) in bad {
            assert_eq!(check(&[(name, value.clone())]), Err(fault), "{name} {value}");
        }
    }
}
