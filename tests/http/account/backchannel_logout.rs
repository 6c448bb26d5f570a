//! What a provider says when somebody has signed out there: their sessions here end, by no token but one that holds, once, and nobody's
//! else.

use reqwest::blocking::Response;
use serde_json::{Value, json};
use sipas::clock;
use sipas::oidc::SIGNED_OUT;

use crate::hostile_openid::{by, new_key, public_half, signed};
use crate::in_house_openid::InHouse;
use crate::on_both;
use crate::openid::{Browser, OpenId, PUBLIC, town_of};
use crate::single_sign_on::bich;
use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::{PASSWORD, Town, location};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Our own provider and a town that takes its people; the provider says that `248` and `249` are officers.
fn place(fresh: &FreshDb) -> (InHouse, Town) {
    let provider = InHouse::start();
    provider.say(&json!({"callback": format!("{PUBLIC}{}", sipas::oidc::CALLBACK)}));
    // So that tries may come from networks of their own.
    let town = town_of(&provider.issuer, fresh, &[("SIPAS_TRUSTED_PROXIES", "127.0.0.0/8")]);
    for (person, name) in [("248", "bich"), ("249", "cuc")] {
        let mut claims = bich(&["can-bo"], "phuong-cau-giay");
        (claims["preferred_username"], claims["email"]) = (json!(name), json!(format!("{name}@example.vn")));
        provider.say(&json!({"person": person, "claims": claims}));
    }
    (provider, town)
}

/// The claims of a logout token of `248` that holds.
fn claims(provider: &InHouse, id: &str) -> Value {
    let now = clock::now().timestamp();
    json!({
        "iss": provider.issuer, "sub": "248", "aud": "sipas", "iat": now, "exp": now + 120, "jti": id, "sid": "s",
        "events": {EVENT: {}},
    })
}

fn send(town: &Town, from: &str, form: &[(&str, &str)]) -> Response {
    let request = town.client.post(format!("{}{SIGNED_OUT}", town.address)).header("x-forwarded-for", from);
    request.form(form).send().expect("an answer")
}

/// Status of what is answered to a token, which nobody keeps.
fn told(town: &Town, from: &str, token: &str) -> u16 {
    let answer = send(town, from, &[("logout_token", token)]);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    answer.status().as_u16()
}

fn is_in(town: &Town, browser: &Browser<'_>) -> bool {
    town.get_as(&browser.cookies(), "/staff/points").status() == 200
}

on_both! {
    fn who_signs_out_at_the_provider_is_signed_out_here_and_nobody_else_is(fresh) {
        let (provider, town) = place(fresh);
        let come = |person: &str| {
            let mut browser = Browser::new(&town);
            assert_eq!(location(&browser.sign_in(person, "/staff/")), "/staff/");
            browser
        };
        let (one, other, colleague) = (come("248"), come("248"), come("249"));
        let local = town.sign_in("lan");
        let token = provider.token(&claims(&provider, "first"));
        assert_eq!(told(&town, "198.18.0.1", &token), 200);
        assert!(!is_in(&town, &one) && !is_in(&town, &other) && is_in(&town, &colleague));
        assert_eq!(town.get_as(&local, "/staff/points").status(), 200);
        let rows = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 50).expect("rows");
        let row = rows.iter().find(|row| row.action == "sign_out_by_single_sign_on").expect("a row");
        assert_eq!((row.object.as_str(), row.actor.as_str(), row.outcome.as_str()), ("bich", "", "done"));

        // The same token again ends nothing; a new one does, and one of somebody whom nobody knows here is no fault.
        let anew = come("248");
        assert_eq!(told(&town, "198.18.0.1", &token), 400);
        assert!(is_in(&town, &anew));
        let mut unknown = claims(&provider, "second");
        unknown["sub"] = json!("250");
        assert_eq!(told(&town, "198.18.0.1", &provider.token(&unknown)), 200);
        assert!(is_in(&town, &anew));
        assert_eq!(told(&town, "198.18.0.1", &provider.token(&claims(&provider, "third"))), 200);
        assert!(!is_in(&town, &anew));
        // Signing in again works: the account is as it was.
        come("248");
    }
}

#[test]
fn no_token_but_the_right_one_ends_a_session() {
    let fresh = fresh_db(Backend::Sqlite);
    let (provider, town) = place(&fresh);
    let mut browser = Browser::new(&town);
    assert_eq!(location(&browser.sign_in("248", "/staff/")), "/staff/");
    let now = clock::now().timestamp();
    let mut number = 0;
    let mut refused = |why: &str, token: &str| {
        number += 1;
        assert_eq!(told(&town, &format!("198.18.{number}.1"), token), 400, "{why}");
        assert!(is_in(&town, &browser), "{why}");
    };
    let spoilt: [(&str, Value); 15] = [
        ("iss", json!("https://sso.example.vn")),
        ("aud", json!("another")),
        ("aud", json!(["sipas", "another"])),
        ("exp", json!(now - 3_600)),
        ("iat", json!(now - 3_600)),
        ("iat", json!(now + 3_600)),
        ("iat", Value::Null),
        ("events", json!({})),
        ("events", json!({"https://example.vn/other": {}})),
        ("events", Value::Null),
        // An ID token carries one, a logout token never.
        ("nonce", json!("n")),
        ("jti", Value::Null),
        ("jti", json!("x".repeat(300))),
        ("sub", Value::Null),
        ("sub", json!("")),
    ];
    for (name, value) in spoilt {
        let mut claims = claims(&provider, name);
        claims[name] = value.clone();
        claims.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
        refused(&format!("{name}: {value}"), &provider.token(&claims));
    }
    let right = claims(&provider, "x");
    let header = |alg: &str, kid: &str| json!({"alg": alg, "kid": kid, "typ": "logout+jwt"});
    let (key, kid) = (new_key(), provider.key_id());
    refused("another's key", &signed(&header("ES256", &kid), &right, &|message| by(&key, message)));
    refused("a key that nobody knows", &signed(&header("ES256", "nobody's"), &right, &|message| by(&key, message)));
    refused("no signature", &signed(&header("none", &kid), &right, &|_| Vec::new()));
    let public = public_half(&key, "x").to_string();
    let shared = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, public.as_bytes());
    let by_secret = |message: &[u8]| ring::hmac::sign(&shared, message).as_ref().to_vec();
    refused("a shared secret", &signed(&header("HS256", &kid), &right, &by_secret));
    let whole = provider.token(&right);
    let (message, signature) = whole.rsplit_once('.').expect("three parts");
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    refused("a changed letter", &format!("{message}.{other}{}", &signature[1..]));
    for broken in ["", "a.b.c", "e30.e30."] {
        refused("no token", broken);
    }
    // Two of them, none, and another form.
    assert_eq!(send(&town, "198.18.200.1", &[("logout_token", &whole), ("logout_token", &whole)]).status(), 400);
    assert_eq!(send(&town, "198.18.201.1", &[("token", &whole)]).status(), 400);
    // What a browser sends from another site is not looked at.
    let posted = town.client.post(format!("{}{SIGNED_OUT}", town.address)).form(&[("logout_token", &whole)]);
    assert_eq!(posted.header("sec-fetch-site", "cross-site").send().expect("an answer").status(), 403);
    assert!(is_in(&town, &browser));
    // None of it has used up the name of the right one, which does.
    assert_eq!(told(&town, "198.18.202.1", &whole), 200);
    assert!(!is_in(&town, &browser));
}

#[test]
fn tokens_that_do_not_hold_are_limited_and_hold_up_neither_the_provider_nor_who_signs_in() {
    let fresh = fresh_db(Backend::Sqlite);
    let (provider, town) = place(&fresh);
    let mut browser = Browser::new(&town);
    assert_eq!(location(&browser.sign_in("248", "/staff/")), "/staff/");
    let rows = town.db.audit_head().expect("asked").number;
    let forged = signed(&json!({"alg": "ES256", "kid": "nobody's"}), &claims(&provider, "x"), &|_| vec![0; 64]);
    let answers: Vec<u16> = (0..61).map(|_| told(&town, "198.18.1.1", &forged)).collect();
    assert!(answers[..60].iter().all(|status| *status == 400) && answers[60] == 429, "{answers:?}");
    assert_eq!(town.db.audit_head().expect("asked").number, rows, "strangers fill no log");
    // The provider changes its keys now: who signs in has the questions of their own, and brings the new key.
    provider.say(&json!({"rotate": true}));
    assert_eq!(location(&Browser::new(&town).sign_in("249", "/staff/")), "/staff/");
    assert_eq!(told(&town, "198.18.2.1", &provider.token(&claims(&provider, "y"))), 200);
    assert!(!is_in(&town, &browser));
    // From the network that was stopped a password still signs in.
    let form = [("name", "lan"), ("password", PASSWORD)];
    let post = town.client.post(format!("{}/staff/sign-in", town.address)).header("x-forwarded-for", "198.18.1.1");
    assert_ne!(post.form(&form).send().expect("an answer").status(), 429);
}

#[test]
fn without_a_provider_there_is_no_such_address() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    assert_eq!(town.post_as("", SIGNED_OUT, &[("logout_token", "a.b.c")]).status(), 404);
}

/// Somebody signs out at the provider's own page, and is out here.
pub fn by_its_own_page(mut provider: OpenId) {
    let fresh = fresh_db(Backend::Sqlite);
    let town = provider.town(&fresh, &[]);
    provider.say(&json!({"signed_out": format!("{}{SIGNED_OUT}", town.address)}));
    provider.tells("248", &bich(&["can-bo"], "phuong-cau-giay"));
    let mut browser = Browser::new(&town);
    assert_eq!(location(&browser.sign_in("248", "/staff/")), "/staff/");
    assert!(is_in(&town, &browser));
    let asked = browser.open(&format!("{}/session/end", provider.issuer), None).text().expect("a page");
    let secret = asked.split("name=\"xsrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form");
    let confirm = format!("{}/session/end/confirm", provider.issuer);
    browser.open(&confirm, Some(&[("xsrf", secret), ("logout", "yes")]));
    assert!(!is_in(&town, &browser), "the provider told us");
}
