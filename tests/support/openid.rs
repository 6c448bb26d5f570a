//! An `OpenID` provider for the length of a test, and a browser that signs in there by its own pages: our own small one, which runs
//! everywhere, or one of somebody else's making (npm's certified `oidc-provider`, `tests/support/oidc`).

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};

use crate::in_house_openid::InHouse;
use crate::support::FreshDb;
use crate::town::Town;

/// Where the program under test says that it is; its pages are asked for at the address where it listens.
pub const PUBLIC: &str = "http://127.0.0.1:9";

/// The provider.
pub struct OpenId {
    /// Its address.
    pub issuer: String,
    kind: Kind,
}

enum Kind {
    InHouse(InHouse),
    Certified(Box<Certified>),
}

struct Certified {
    process: Child,
    input: ChildStdin,
    lines: BufReader<ChildStdout>,
}

impl OpenId {
    /// Starts our own.
    pub fn in_house() -> Self {
        let started = InHouse::start();
        Self { issuer: started.issuer.clone(), kind: Kind::InHouse(started) }.ready()
    }

    /// Starts the certified one, which signs with `algorithm`. Only tests of `certified_provider` ask for it: where it cannot be had,
    /// `./dev test` leaves that module out and says so, so that none of its tests is counted as passed.
    pub fn certified(algorithm: &str) -> Self {
        let folder = std::env::var("SIPAS_TEST_OIDC").expect("run ./dev test, which installs a certified provider");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/oidc/provider.mjs");
        let mut command = Command::new("node");
        command.arg(script).arg(folder).arg(algorithm).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.stderr(Stdio::null()).spawn().expect("node runs: ./dev test installs it");
        let input = process.stdin.take().expect("its input");
        let mut lines = BufReader::new(process.stdout.take().expect("its output"));
        let mut line = String::new();
        lines.read_line(&mut line).expect("a line");
        let kind = Kind::Certified(Box::new(Certified { process, input, lines }));
        Self { issuer: line.trim().to_owned(), kind }.ready()
    }

    fn ready(mut self) -> Self {
        self.say(&json!({"callback": format!("{PUBLIC}{}", sipas::oidc::CALLBACK)}));
        self
    }

    /// Tells it something, and waits until it is so.
    pub fn say(&mut self, words: &Value) {
        match &mut self.kind {
            Kind::InHouse(provider) => provider.say(words),
            Kind::Certified(provider) => {
                writeln!(provider.input, "{words}").expect("written");
                let mut line = String::new();
                provider.lines.read_line(&mut line).expect("a line");
                assert_eq!(line.trim(), "done", "the provider ended");
            }
        }
    }

    /// What it tells of a person from now on.
    pub fn tells(&mut self, person: &str, claims: &Value) {
        self.say(&json!({"person": person, "claims": claims}));
    }

    /// A town that takes its people, with roles and units by claim.
    pub fn town(&self, fresh: &FreshDb, more: &[(&str, &str)]) -> Town {
        town_of(&self.issuer, fresh, more)
    }
}

impl Drop for Certified {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A town that takes the people of a provider.
pub fn town_of(issuer: &str, fresh: &FreshDb, more: &[(&str, &str)]) -> Town {
    let mut settings = vec![
        ("SIPAS_PUBLIC_URL", PUBLIC),
        ("SIPAS_OIDC_ISSUER", issuer),
        ("SIPAS_OIDC_CLIENT_ID", "sipas"),
        ("SIPAS_OIDC_CLIENT_SECRET", "secret of the tests"),
        ("SIPAS_OIDC_NAME", "Cổng tỉnh"),
        ("SIPAS_OIDC_ROLES_CLAIM", "realm_access.roles"),
        ("SIPAS_OIDC_ROLES", "lanh-dao=leader, can-bo=staff"),
        ("SIPAS_OIDC_UNIT_CLAIM", "unit"),
    ];
    settings.retain(|(key, _)| more.iter().all(|(given, _)| given != key));
    settings.extend(more);
    Town::start_with(fresh, &settings)
}

/// A browser: cookies by host, and no link followed by itself.
pub struct Browser<'a> {
    town: &'a Town,
    client: Client,
    cookies: BTreeMap<String, BTreeMap<String, String>>,
}

impl<'a> Browser<'a> {
    /// A fresh one.
    pub fn new(town: &'a Town) -> Self {
        Self { town, client: town.client.clone(), cookies: BTreeMap::new() }
    }

    /// What it keeps of the town, as a header.
    pub fn cookies(&self) -> String {
        let kept = self.cookies.get(self.town.host());
        kept.into_iter().flatten().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Opens an address, or sends a form to it.
    pub fn open(&mut self, address: &str, form: Option<&[(&str, &str)]>) -> Response {
        let address = address.replace(PUBLIC, &self.town.address);
        let host = address.split('/').nth(2).expect("a host").to_owned();
        let kept = self.cookies.entry(host).or_default();
        let header = kept.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let request = match form {
            None => self.client.get(&address).header("sec-fetch-site", "cross-site"),
            Some(form) => self.client.post(&address).form(form),
        };
        let answer = request.header("cookie", header).send().expect("an answer");
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().expect("text");
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            if value.is_empty() || cookie.to_ascii_lowercase().contains("max-age=0") {
                kept.remove(name);
            } else {
                kept.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Begins a sign-in that goes on to `next`: the provider's address, whole.
    pub fn begin(&mut self, next: &str) -> String {
        let begun =
            self.open(&format!("{PUBLIC}{}", sipas::web::staff::account::sign_in::provider_address(next)), None);
        onward(&begun, PUBLIC)
    }

    /// Signs in at the provider as `person`: the address to which it sends back, not opened yet.
    pub fn sign_in_there(&mut self, person: &str, next: &str) -> String {
        let mut address = self.begin(next);
        let origin = address.split('/').take(3).collect::<Vec<_>>().join("/");
        for _ in 0..12 {
            if address.starts_with(PUBLIC) {
                return address;
            }
            let answer = self.open(&address, None);
            if answer.status().is_redirection() {
                address = onward(&answer, &origin);
                continue;
            }
            assert_eq!(answer.status(), 200, "a page of the provider");
            let page = answer.text().expect("a page");
            let form: &[(&str, &str)] = if page.contains("value=\"login\"") {
                &[("prompt", "login"), ("login", person), ("password", "any")]
            } else {
                &[("prompt", "consent")]
            };
            let sent = self.open(&address, Some(form));
            address = onward(&sent, &origin);
        }
        panic!("the provider goes on for ever: {address}");
    }

    /// Signs in at the provider and comes back with its answer.
    pub fn sign_in(&mut self, person: &str, next: &str) -> Response {
        let back = self.sign_in_there(person, next);
        self.open(&back, None)
    }
}

fn onward(answer: &Response, origin: &str) -> String {
    assert!(answer.status().is_redirection(), "{} leads nowhere", answer.status());
    let to = answer.headers()["location"].to_str().expect("an address");
    if to.starts_with('/') { format!("{origin}{to}") } else { to.to_owned() }
}
