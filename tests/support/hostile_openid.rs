//! A hand-made token endpoint on loopback that says what no honest provider says: tokens for another program, over, signed by another
//! key, in another way or not at all. It stands in for an attacker, not for a provider; the real one is `tests/support/openid.rs`.

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
        let point = key.public_key().as_ref().to_vec();
        let (named, kept) = (issuer.clone(), Arc::clone(&said));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &named, &point, &kept);
            }
        });
        Self { issuer, said, key, other }
    }

    /// Makes the token that whoever brings a code is given.
    pub fn gives(&self, claims: &Value, signing: Signing) {
        let header = match signing {
            Signing::None => json!({"alg": "none"}),
            Signing::Shared => json!({"alg": "HS256", "kid": "one"}),
            Signing::UnknownKey => json!({"alg": "ES256", "kid": "nobody's"}),
            Signing::Right | Signing::OtherKey => json!({"alg": "ES256", "kid": "one"}),
        };
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let message = format!("{}.{}", part(&header), part(claims));
        let by =
            |key: &EcdsaKeyPair| key.sign(&SystemRandom::new(), message.as_bytes()).expect("signed").as_ref().to_vec();
        let signature = match signing {
            Signing::Right => by(&self.key),
            Signing::OtherKey | Signing::UnknownKey => by(&self.other),
            Signing::None => Vec::new(),
            Signing::Shared => {
                let shared = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, self.key.public_key().as_ref());
                ring::hmac::sign(&shared, message.as_bytes()).as_ref().to_vec()
            }
        };
        let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature));
        self.said.lock().expect("not poisoned").token = token;
    }

    /// How often its keys were asked for.
    pub fn keys_asked(&self) -> usize {
        self.said.lock().expect("not poisoned").keys_asked
    }
}

fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).expect("a key")
}

fn answer(mut stream: TcpStream, issuer: &str, point: &[u8], said: &Mutex<Said>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let mut first = String::new();
    if reader.read_line(&mut first).is_err() {
        return;
    }
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    let coordinate = |from: usize| URL_SAFE_NO_PAD.encode(&point[from..from + 32]);
    let mut said = said.lock().expect("not poisoned");
    let json = match first.split(' ').nth(1).unwrap_or_default() {
        "/.well-known/openid-configuration" => json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"), "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
        }),
        "/keys" => {
            said.keys_asked += 1;
            json!({"keys": [{"kty": "EC", "crv": "P-256", "kid": "one", "x": coordinate(1), "y": coordinate(33)}]})
        }
        _ => json!({"id_token": said.token, "access_token": "x", "token_type": "Bearer"}),
    };
    let json = json.to_string();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", json.len());
    let _ = stream.write_all((head + &json).as_bytes());
}
