//! A small honest `OpenID` provider of our own, on loopback: a page to sign in on, codes that are good once, PKCE, the program's secret, an ID
//! token, what is told beside it. It runs everywhere; whether it reads the standard as others do, the certified one says.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Url;
use ring::signature::EcdsaKeyPair;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::hostile_openid::{Asked, by, new_key, public_half, read, say, signed};

/// The provider; it ends with the test program.
pub struct InHouse {
    /// Its address.
    pub issuer: String,
    state: Arc<Mutex<State>>,
}

struct State {
    callback: String,
    people: BTreeMap<String, Value>,
    codes: BTreeMap<String, Begun>,
    brief: bool,
    key: EcdsaKeyPair,
    keys_made: usize,
    codes_made: usize,
}

/// A sign-in under way.
struct Begun {
    person: String,
    nonce: String,
    challenge: String,
}

type Pairs = BTreeMap<String, String>;

impl InHouse {
    /// Starts one on a free port.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let (people, codes, callback) = (BTreeMap::new(), BTreeMap::new(), String::new());
        let state = State { callback, people, codes, brief: false, key: new_key(), keys_made: 1, codes_made: 0 };
        let state = Arc::new(Mutex::new(state));
        let (named, kept) = (issuer.clone(), Arc::clone(&state));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Some(asked) = read(&stream) {
                    kept.lock().expect("not poisoned").answer(&stream, &named, &asked);
                }
            }
        });
        Self { issuer, state }
    }

    /// A token of these claims, signed by its key.
    pub fn token(&self, claims: &Value) -> String {
        self.state.lock().expect("not poisoned").signed(claims)
    }

    /// The name of its key.
    pub fn key_id(&self) -> String {
        self.state.lock().expect("not poisoned").key_id()
    }

    /// Is told something, in the words of the certified one (`tests/support/oidc/provider.mjs`).
    pub fn say(&self, words: &Value) {
        let mut state = self.state.lock().expect("not poisoned");
        let text = |name: &str| words.get(name).and_then(Value::as_str).map(str::to_owned);
        if let Some(callback) = text("callback") {
            state.callback = callback;
        }
        if let Some(person) = text("person") {
            state.people.insert(person, words["claims"].clone());
        }
        if let Some(brief) = words.get("brief").and_then(Value::as_bool) {
            state.brief = brief;
        }
        if words.get("rotate").is_some() {
            (state.key, state.keys_made) = (new_key(), state.keys_made + 1);
        }
    }
}

impl State {
    fn answer(&mut self, stream: &TcpStream, issuer: &str, asked: &Asked) {
        let mut words = asked.line.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let url = Url::parse(&format!("{issuer}{target}")).expect("an address");
        let sent = pairs(&Url::parse(&format!("{issuer}/?{}", asked.body)).expect("a form"));
        match (method, url.path()) {
            ("GET", "/.well-known/openid-configuration") => {
                let at = |path: &str| format!("{issuer}{path}");
                let json = json!({
                    "issuer": issuer, "authorization_endpoint": at("/auth"), "token_endpoint": at("/token"),
                    "jwks_uri": at("/keys"), "userinfo_endpoint": at("/me"), "code_challenge_methods_supported": ["S256"],
                    "authorization_response_iss_parameter_supported": true,
                });
                say(stream, "200 OK", &json);
            }
            ("GET", "/keys") => say(stream, "200 OK", &json!({"keys": [public_half(&self.key, &self.key_id())]})),
            ("GET", "/auth") => page(stream, "<input name=\"prompt\" value=\"login\">"),
            ("POST", "/auth") => {
                let back = self.begun(issuer, &pairs(&url), &sent);
                let head = format!(
                    "HTTP/1.1 303 See Other\r\nlocation: {back}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
                let _ = { stream }.write_all(head.as_bytes());
            }
            ("POST", "/token") => match self.token(issuer, &sent, asked) {
                Some(json) => say(stream, "200 OK", &json),
                None => say(stream, "400 Bad Request", &json!({"error": "invalid_grant"})),
            },
            ("GET", "/me") => {
                let person = asked.headers.split("Bearer of ").nth(1).and_then(|rest| rest.split("\r\n").next());
                let mut told = self.people.get(person.expect("a token")).cloned().unwrap_or_default();
                told["sub"] = json!(person);
                say(stream, "200 OK", &told);
            }
            _ => say(stream, "404 Not Found", &json!({})),
        }
    }

    fn signed(&self, claims: &Value) -> String {
        signed(&json!({"alg": "ES256", "kid": self.key_id()}), claims, &|message| by(&self.key, message))
    }

    fn key_id(&self) -> String {
        format!("key {}", self.keys_made)
    }

    /// Somebody has signed in on the page: the address to which they go back.
    fn begun(&mut self, issuer: &str, asked: &Pairs, sent: &Pairs) -> String {
        let wanted = [
            ("response_type", "code"),
            ("client_id", "sipas"),
            ("redirect_uri", &self.callback),
            ("code_challenge_method", "S256"),
        ];
        for (name, value) in wanted {
            assert_eq!(asked.get(name).map(String::as_str), Some(value), "{name}");
        }
        self.codes_made += 1;
        let code = format!("code {}", self.codes_made);
        let mut back = Url::parse(&self.callback).expect("an address");
        back.query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &asked["state"])
            .append_pair("iss", issuer);
        let (nonce, challenge) = (asked["nonce"].clone(), asked["code_challenge"].clone());
        self.codes.insert(code, Begun { person: sent["login"].clone(), nonce, challenge });
        back.to_string()
    }

    /// What a code is good for, once, to whoever proves everything.
    fn token(&mut self, issuer: &str, sent: &Pairs, asked: &Asked) -> Option<Value> {
        // RFC 6749, 2.3.1: encoded as a form does.
        let secret = STANDARD.encode("sipas:secret%20of%20the%20tests");
        let text = |name: &str| sent.get(name).map(String::as_str);
        let known = asked.headers.contains(&format!("Basic {secret}"))
            && text("grant_type") == Some("authorization_code")
            && text("redirect_uri") == Some(&self.callback);
        let place = text("code").filter(|_| known)?;
        // Good once, right or wrong.
        let Begun { person, nonce, challenge } = self.codes.remove(place)?;
        // RFC 7636, 4.6.
        if URL_SAFE_NO_PAD.encode(Sha256::digest(text("code_verifier")?)) != challenge {
            return None;
        }
        let now = sipas::clock::now().timestamp();
        let mut claims = if self.brief { json!({}) } else { self.people.get(&person).cloned().unwrap_or_default() };
        for (name, value) in [
            ("iss", json!(issuer)),
            ("sub", json!(person)),
            ("aud", json!("sipas")),
            ("exp", json!(now + 300)),
            ("iat", json!(now)),
            ("nonce", json!(nonce)),
        ] {
            claims[name] = value;
        }
        let token = self.signed(&claims);
        Some(json!({"id_token": token, "access_token": format!("of {person}"), "token_type": "Bearer"}))
    }
}

fn pairs(url: &Url) -> Pairs {
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

fn page(mut stream: &TcpStream, text: &str) {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", text.len());
    let _ = stream.write_all((head + text).as_bytes());
}
