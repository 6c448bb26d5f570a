//! Who somebody is, read out of claims that were checked.

use serde_json::{Map, Value};

use super::{Failure, Fault};
use crate::config::SingleSignOn;

/// The longest value that is kept of a claim.
const VALUE_MAX: usize = 254;
/// The most values of a claim that are looked at.
const VALUES_MAX: usize = 500;

/// Who the provider says has signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its name for the person, which never changes and is never given twice.
    pub subject: String,
    /// An address that it says is theirs; none that it has not checked.
    pub email: Option<String>,
    /// The name that they sign in with there.
    pub user_name: Option<String>,
    /// Their name for people.
    pub display_name: Option<String>,
    /// Values of the claim of roles; empty where it is not there.
    pub roles: Vec<String>,
    /// Values of the claim of units.
    pub units: Vec<String>,
    /// Whether it says that it asked a second factor.
    pub second_factor: bool,
}

/// Whether the ID token leaves out what the provider may tell beside it.
pub(super) fn lacks(claims: &Map<String, Value>, settings: &SingleSignOn) -> bool {
    let claim = |path: &String| at(claims, path).is_none();
    settings.roles_claim.as_ref().is_some_and(claim)
        || settings.unit_claim.as_ref().is_some_and(claim)
        || !claims.contains_key("email")
        || !(claims.contains_key("preferred_username") && claims.contains_key("name"))
}

/// The person of these claims.
pub(super) fn of(claims: &Map<String, Value>, settings: &SingleSignOn) -> Result<Identity, Failure> {
    let text = |name: &str| {
        let text = claims.get(name).and_then(Value::as_str).map(str::trim);
        text.filter(|text| (1..=VALUE_MAX).contains(&text.len()) && !text.chars().any(char::is_control))
    };
    let subject = claims.get("sub").and_then(Value::as_str).ok_or(Failure::Token(Fault::Subject))?;
    let is_checked = claims.get("email_verified").and_then(Value::as_bool) == Some(true);
    let values_of = |path: &Option<String>| path.as_ref().map_or_else(Vec::new, |path| values(at(claims, path)));
    Ok(Identity {
        subject: subject.to_owned(),
        email: text("email").filter(|_| is_checked).map(str::to_owned),
        user_name: text("preferred_username").map(str::to_owned),
        display_name: text("name").map(str::to_owned),
        roles: values_of(&settings.roles_claim),
        units: values_of(&settings.unit_claim),
        second_factor: asked_a_second_factor(claims, &settings.second_factor_acr),
    })
}

/// The claim of this name, or the one to which its dots lead.
fn at<'a>(claims: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    claims.get(path).or_else(|| {
        let mut steps = path.split('.');
        let first = claims.get(steps.next()?)?;
        steps.try_fold(first, |value, step| value.get(step))
    })
}

fn values(claim: Option<&Value>) -> Vec<String> {
    let list = match claim {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let texts = list.iter().take(VALUES_MAX).filter_map(Value::as_str).map(str::trim);
    texts.filter(|text| (1..=VALUE_MAX).contains(&text.len())).map(str::to_owned).collect()
}

/// Whether two kinds of proof were asked (RFC 8176), or `acr` is one of those that the settings name.
fn asked_a_second_factor(claims: &Map<String, Value>, acr: &[String]) -> bool {
    const KNOWN: [&str; 3] = ["pwd", "pin", "kba"];
    const HELD: [&str; 7] = ["otp", "hwk", "swk", "sc", "sms", "tel", "pop"];
    let named = claims.get("acr").and_then(Value::as_str);
    if named.is_some_and(|named| acr.iter().any(|value| value == named)) {
        return true;
    }
    let amr = values(claims.get("amr"));
    let any = |kinds: &[&str]| amr.iter().any(|method| kinds.contains(&method.as_str()));
    any(&["mfa"]) || (any(&KNOWN) && any(&HELD))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings() -> SingleSignOn {
        SingleSignOn {
            issuer: "https://sso.example.vn".to_owned(),
            client_id: "sipas".to_owned(),
            client_secret: None,
            client_secret_file: None,
            name: "Cổng tỉnh".to_owned(),
            scopes: "openid".to_owned(),
            roles_claim: Some("realm_access.roles".to_owned()),
            roles: Vec::new(),
            unit_claim: Some("https://example.vn/unit".to_owned()),
            create: true,
            second_factor_acr: vec!["2".to_owned()],
            ca_file: None,
        }
    }

    fn identity(claims: &Value) -> Identity {
        of(claims.as_object().expect("an object"), &settings()).expect("somebody")
    }

    #[test]
    fn claims_are_found_by_name_and_in_the_depth_and_an_unchecked_address_is_none() {
        let claims = json!({
            "sub": "248", "name": " Nguyễn Lan ", "preferred_username": "lan", "email": "lan@example.vn", "email_verified": true,
            "realm_access": {"roles": ["can-bo", 7, ""]}, "https://example.vn/unit": "phuong-cau-giay",
        });
        let found = identity(&claims);
        assert_eq!((found.roles, found.units), (vec!["can-bo".to_owned()], vec!["phuong-cau-giay".to_owned()]));
        assert_eq!(
            (found.email.as_deref(), found.display_name.as_deref()),
            (Some("lan@example.vn"), Some("Nguyễn Lan"))
        );
        for unchecked in [json!(false), json!("true"), Value::Null] {
            let mut claims = claims.clone();
            claims["email_verified"] = unchecked;
            assert_eq!(identity(&claims).email, None);
        }
        assert!(!lacks(claims.as_object().expect("an object"), &settings()));
        assert!(lacks(json!({"sub": "248"}).as_object().expect("an object"), &settings()));
        let nobody = identity(&json!({"sub": "248", "realm_access": "no object"}));
        assert!(nobody.roles.is_empty() && nobody.units.is_empty() && nobody.user_name.is_none());
    }

    #[test]
    fn a_second_factor_is_one_only_where_the_provider_says_so() {
        let asked = |claims: Value| asked_a_second_factor(claims.as_object().expect("an object"), &["2".to_owned()]);
        assert!(asked(json!({"amr": ["mfa"]})) && asked(json!({"amr": ["pwd", "otp"]})) && asked(json!({"acr": "2"})));
        for one in [
            json!({}),
            json!({"amr": ["pwd"]}),
            json!({"amr": ["pwd", "pin"]}),
            json!({"acr": "1"}),
            json!({"acr": 2}),
            json!({"amr": "otp"}),
        ] {
            assert!(!asked(one.clone()), "{one}");
        }
    }
}
