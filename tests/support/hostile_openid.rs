//! A hand-made token endpoint on loopback that says what no honest provider says: tokens for another program, over, signed by another
//! key, in another way or not at all. It stands in for an attacker, not for a provider; those are in `tests/support/openid.rs`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

/// How the next token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// As it should be.
    Right,
    /// By a key that is not the one it names.
    OtherKey,
    /// By a key that nobody knows.
    UnknownKey,
    /// Not at all.
    None,
    /// With the public key as a shared secret.
    Shared,
}

#[derive(Default)]
struct Said {
    token: String,
    keys_asked: usize,
}

/// The endpoint; it ends with the test program.
pub struct Hostile {
    /// Its address.
    pub issuer: String,
    said: Arc<Mutex<Said>>,
    key: EcdsaKeyPair,
    other: EcdsaKeyPair,
}

impl Hostile {
    /// Starts one on a free port.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let (said, key, other) = (Arc::<Mutex<Said>>::default(), new_key(), new_key());
        let half = public_half(&key, "one");
        let (named, kept) = (issuer.clone(), Arc::clone(&said));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(&stream, &named, &half, &kept);
            }
        });
        Self { issuer, said, key, other }
    }

    /// Makes the token that whoever brings a code is given.
    pub fn gives(&self, claims: &Value, signing: Signing) {
        self.said.lock().expect("not poisoned").token = self.token(claims, signing);
    }

    /// Makes a token.
    pub fn token(&self, claims: &Value, signing: Signing) -> String {
        let header = match signing {
            Signing::None => json!({"alg": "none"}),
            Signing::Shared => json!({"alg": "HS256", "kid": "one"}),
            Signing::UnknownKey => json!({"alg": "ES256", "kid": "nobody's"}),
            Signing::Right | Signing::OtherKey => json!({"alg": "ES256", "kid": "one"}),
        };
        match signing {
            Signing::Right => signed(&header, claims, &|message| by(&self.key, message)),
            Signing::OtherKey | Signing::UnknownKey => signed(&header, claims, &|message| by(&self.other, message)),
            Signing::None => signed(&header, claims, &|_| Vec::new()),
            Signing::Shared => {
                let shared = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, self.key.public_key().as_ref());
                signed(&header, claims, &|message| ring::hmac::sign(&shared, message).as_ref().to_vec())
            }
        }
    }

    /// How often its keys were asked for.
    pub fn keys_asked(&self) -> usize {
        self.said.lock().expect("not poisoned").keys_asked
    }
}

/// A token of a header and claims, signed so.
pub fn signed(header: &Value, claims: &Value, sign: &dyn Fn(&[u8]) -> Vec<u8>) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// The signature of a key.
pub fn by(key: &EcdsaKeyPair, message: &[u8]) -> Vec<u8> {
    key.sign(&SystemRandom::new(), message).expect("signed").as_ref().to_vec()
}

/// The public half of a key, as a list of keys has it.
pub fn public_half(key: &EcdsaKeyPair, id: &str) -> Value {
    let point = key.public_key().as_ref();
    let coordinate = |from: usize| URL_SAFE_NO_PAD.encode(&point[from..from + 32]);
    json!({"kty": "EC", "crv": "P-256", "kid": id, "x": coordinate(1), "y": coordinate(33)})
}

/// A fresh key.
pub fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).expect("a key")
}

/// A request: its first line, its headers in small letters, and its body.
pub struct Asked {
    pub line: String,
    pub headers: String,
    pub body: String,
}

/// Reads a request; none where the other side has hung up.
pub fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let mut asked = Asked { line: String::new(), headers: String::new(), body: String::new() };
    reader.read_line(&mut asked.line).ok()?;
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        asked.headers.push_str(&line);
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    asked.body = String::from_utf8(body).ok()?;
    Some(asked)
}

/// Answers with JSON.
pub fn say(mut stream: &TcpStream, status: &str, json: &Value) {
    let json = json.to_string();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", json.len());
    let _ = stream.write_all((head + &json).as_bytes());
}

fn answer(stream: &TcpStream, issuer: &str, half: &Value, said: &Mutex<Said>) {
    let Some(asked) = read(stream) else { return };
    let mut said = said.lock().expect("not poisoned");
    let json = match asked.line.split(' ').nth(1).unwrap_or_default() {
        "/.well-known/openid-configuration" => json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"), "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
        }),
        "/keys" => {
            said.keys_asked += 1;
            json!({"keys": [half]})
        }
        _ => json!({"id_token": said.token, "access_token": "x", "token_type": "Bearer"}),
    };
    say(stream, "200 OK", &json);
}
