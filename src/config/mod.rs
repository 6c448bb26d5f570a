//! The only reader of the environment and the config file. [`settings`] lists every setting with its default and reason.
//!
//! `SIPAS_CONFIG` names a TOML file with the keys below in lower case; `SIPAS_<KEY>` in the environment wins over the
//! file. An unknown key, a bad value or an unsafe combination stops the start with a sentence that says what to do.

mod network;
pub mod settings;
mod single_sign_on;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

pub use network::Network;
use settings::{Fallback, SETTINGS};
pub use single_sign_on::{SingleSignOn, is_safe_address};

/// Why the settings cannot be used: a sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

/// How many submissions are let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubmitLimit {
    /// No limit: tests and load on loopback only.
    Off,
    /// At most this many from one point and truncated network in an hour.
    PerHour(u32),
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// A JSON object a line, for collectors of logs.
    Json,
}

/// Everything that can be set; what each is stands in [`SETTINGS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    pub database_url: String,
    pub figures_database_url: Option<String>,
    pub bind: SocketAddr,
    pub public_url: String,
    pub metrics_bind: Option<SocketAddr>,
    pub forms_dir: Option<PathBuf>,
    pub plans_dir: Option<PathBuf>,
    pub smtp_url: Option<String>,
    pub second_factor: bool,
    pub smtp_ca_file: Option<PathBuf>,
    pub mail_from: Option<String>,
    pub trusted_proxies: Vec<Network>,
    pub log: String,
    pub log_format: LogFormat,
    pub ticket_key_file: Option<PathBuf>,
    pub submit_limit: SubmitLimit,
    pub backup_dir: Option<PathBuf>,
    pub backup_keep: usize,
    pub offline: bool,
    pub retention_months: Option<u32>,
    pub writers: u32,
    pub audio_dir: Option<PathBuf>,
    pub webhook_private: Vec<Network>,
    pub single_sign_on: Option<SingleSignOn>,
    /// Whether a setting was given that no longer does anything; the server says so when it starts.
    pub late_sheets_given: bool,
}

const WRITERS_MAX: u32 = 16;
const RETENTION_MONTHS_MIN: u32 = 3;

impl Config {
    /// Reads the environment and the file it names.
    pub fn from_environment() -> Result<Self, ConfigError> {
        let environment = std::env::vars_os().filter_map(|(key, value)| {
            let key = key.into_string().ok()?;
            // Variables of the tests and of the demonstration are not settings.
            key.starts_with("SIPAS_").then(|| (key, value.to_string_lossy().into_owned()))
        });
        Self::from_sources(environment.filter(|(key, _)| !key.starts_with("SIPAS_TEST_")), |path| {
            std::fs::read_to_string(path)
        })
    }

    /// Puts the settings together from variables named `SIPAS_…`; `read` opens the config file.
    pub fn from_sources(
        environment: impl IntoIterator<Item = (String, String)>,
        read: impl Fn(&str) -> std::io::Result<String>,
    ) -> Result<Self, ConfigError> {
        let mut values: BTreeMap<String, (String, String)> = BTreeMap::new();
        let mut overrides: BTreeMap<String, (String, String)> = BTreeMap::new();
        for (variable, value) in environment {
            if variable == "SIPAS_CONFIG" {
                values = from_file(&value, &read)?;
                continue;
            }
            let key = variable.trim_start_matches("SIPAS_").to_lowercase();
            if settings::find(&key).is_none() {
                return Err(unknown(&variable, &variable));
            }
            overrides.insert(key, (variable, value));
        }
        values.extend(overrides);
        build(&values)
    }

    /// Whether the server listens to this machine only.
    pub fn is_loopback(&self) -> bool {
        self.bind.ip().is_loopback()
    }

    /// What to say before codes are printed that open on this machine only; none where `PUBLIC_URL` leads elsewhere.
    pub fn codes_stay_here(&self) -> Option<String> {
        is_of_this_machine(&self.public_url).then(|| {
            format!(
                "the codes carry {}, which opens on this machine only: set PUBLIC_URL to the address at which citizens reach the server, \
                 as in https://khaosat.example.gov.vn, and make them anew before they are printed",
                self.public_url
            )
        })
    }

    /// Whether the database is the one of nobody's choice.
    pub fn is_default_database(&self) -> bool {
        self.database_url == or_default(&Values::new(), "database_url").value
    }

    /// Whether cookies carry `Secure`: always, except where everything stays on this machine over plain HTTP.
    pub fn secure_cookies(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

type Values = BTreeMap<String, (String, String)>;

fn from_file(path: &str, read: impl Fn(&str) -> std::io::Result<String>) -> Result<Values, ConfigError> {
    let text = read(path).map_err(|error| {
        ConfigError(format!(
            "SIPAS_CONFIG names `{path}`, which cannot be read ({error}); correct the path or unset it"
        ))
    })?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| no_toml(path, &text, error.span()))?;
    let mut values = Values::new();
    for (key, value) in table {
        let place = format!("`{key}` in {path}");
        if settings::find(&key).is_none() {
            return Err(unknown(&place, &key));
        }
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Array(list) => {
                list.iter().map(|entry| entry.as_str().unwrap_or_default()).collect::<Vec<_>>().join(",")
            }
            other => {
                return Err(ConfigError(format!("{place} is a {}; write it as text in quotes", other.type_str())));
            }
        };
        values.insert(key, (place, value));
    }
    Ok(values)
}

/// Where a file stops being TOML: the line and the setting, never what stands there, which may be a password.
fn no_toml(path: &str, text: &str, span: Option<std::ops::Range<usize>>) -> ConfigError {
    let at = span.map_or(0, |span| span.start);
    let before = text.get(..at).unwrap_or(text);
    let number = before.matches('\n').count() + 1;
    let key = text.lines().nth(number - 1).and_then(|line| line.split(['=', ' ', '\t']).next()).unwrap_or_default();
    let of = settings::find(key).map_or_else(String::new, |setting| format!(", at `{}`", setting.key));
    ConfigError(format!(
        "{path}, line {number}{of}: this is no TOML; write each setting once, on a line of its own, its value as text in quotes, as in \
         bind = \"127.0.0.1:8080\""
    ))
}

fn unknown(place: &str, key: &str) -> ConfigError {
    let keys: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
    let close = keys.iter().find(|known| key.to_lowercase().contains(known.get(..4).unwrap_or(known)));
    // As it is written where it was found: in capitals in the environment, in small letters in the file.
    let written = |known: &&str| {
        if key.starts_with("SIPAS_") { format!("SIPAS_{}", known.to_uppercase()) } else { (*known).to_owned() }
    };
    let hint = close.map(|known| format!("; did you mean {}", written(known))).unwrap_or_default();
    ConfigError(format!("{place} is not a setting{hint}; the settings are {}", keys.join(", ")))
}

/// One setting's value and where it was given.
#[derive(Clone, Copy)]
struct Given<'a> {
    key: &'static str,
    place: &'a str,
    value: &'a str,
}

impl Given<'_> {
    /// The refusal of a value that is none of those expected.
    fn refused(&self) -> ConfigError {
        let expects = settings::find(self.key).map_or("", |setting| setting.expects);
        ConfigError(format!("{} is `{}`; expected {expects}", self.place, self.value))
    }

    /// [`Given::refused`] without the value, which may hold a password.
    fn refused_unsaid(&self) -> ConfigError {
        let expects = settings::find(self.key).map_or("", |setting| setting.expects);
        ConfigError(format!("{} is none that can be used; expected {expects}", self.place))
    }

    fn parsed<T: std::str::FromStr>(&self, allowed: impl Fn(&T) -> bool) -> Result<T, ConfigError> {
        self.value.parse().ok().filter(allowed).ok_or_else(|| self.refused())
    }

    fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, ConfigError> {
        let found = words.iter().find(|(word, _)| *word == self.value);
        found.map(|(_, meaning)| *meaning).ok_or_else(|| self.refused())
    }
}

/// What was given of a setting.
fn given<'a>(values: &'a Values, key: &'static str) -> Option<Given<'a>> {
    values.get(key).map(|(place, value)| Given { key, place, value: value.trim() })
}

/// What was given of a setting, or its default, for those that have one.
fn or_default<'a>(values: &'a Values, key: &'static str) -> Given<'a> {
    let default = || match settings::find(key).map(|setting| setting.default) {
        Some(Fallback::Value(value)) => value,
        _ => "",
    };
    given(values, key).unwrap_or_else(|| Given { key, place: "the default", value: default() })
}

fn build(values: &Values) -> Result<Config, ConfigError> {
    let path = |key| given(values, key).map(|given| PathBuf::from(given.value));
    let text = |key| given(values, key).map(|given| given.value.to_owned());
    let bind: SocketAddr = or_default(values, "bind").parsed(|_| true)?;
    let database_url = or_default(values, "database_url").value.to_owned();
    let figures_database_url = given(values, "figures_database_url");
    if let Some(replica) = figures_database_url
        && [replica.value, database_url.as_str()].iter().any(|address| !address.starts_with("postgres"))
    {
        return Err(replica.refused_unsaid());
    }
    let public_url = match given(values, "public_url") {
        Some(given) => checked_public_url(given)?,
        None if bind.ip().is_loopback() => format!("http://{bind}"),
        None => {
            return Err(ConfigError(format!(
                "SIPAS_BIND is `{bind}`, which other machines can reach, but SIPAS_PUBLIC_URL is not set; \
                 set it to the address that QR codes shall carry, as in https://khaosat.example.gov.vn"
            )));
        }
    };
    let submit_limit = match or_default(values, "submit_limit") {
        Given { value: "off", .. } if bind.ip().is_loopback() => SubmitLimit::Off,
        Given { value: "off", place, .. } => {
            return Err(ConfigError(format!(
                "{place} is `off` while SIPAS_BIND is `{bind}`; `off` is allowed on loopback only, set a number an hour"
            )));
        }
        number => SubmitLimit::PerHour(number.parsed(|limit| *limit > 0)?),
    };
    let backup_dir = path("backup_dir");
    if backup_dir.is_some() && !database_url.starts_with("sqlite:") {
        return Err(ConfigError(
            "SIPAS_BACKUP_DIR is set, but the server copies SQLite databases only; unset it and run pg_dump from a timer of \
             the system"
                .to_owned(),
        ));
    }
    let writers = or_default(values, "writers");
    let writers = match writers.parsed(|writers| (1..=WRITERS_MAX).contains(writers))? {
        2.. if database_url.starts_with("sqlite:") => {
            return Err(ConfigError(format!(
                "{} is `{}`, but SQLite lets one thread write at a time; leave it out, or use PostgreSQL",
                writers.place, writers.value
            )));
        }
        number => number,
    };
    let second_factor = or_default(values, "second_factor");
    let local = public_url.starts_with("http://") && is_of_this_machine(&public_url);
    if second_factor.value == "off" && !local {
        return Err(second_factor.refused());
    }
    let (smtp_url, mail_from) = (text("smtp_url"), text("mail_from"));
    if smtp_url.is_some() && mail_from.is_none() {
        return Err(ConfigError(
            "SIPAS_SMTP_URL is set but SIPAS_MAIL_FROM is not; set the sender, as in SIPAS <sipas@example.gov.vn>"
                .to_owned(),
        ));
    }
    let log = or_default(values, "log");
    if tracing_subscriber::EnvFilter::try_new(log.value).is_err() || log.value.split(',').any(is_no_level) {
        return Err(log.refused());
    }
    Ok(Config {
        second_factor: second_factor.one_of(&[("required", true), ("off", false)])?,
        smtp_ca_file: path("smtp_ca_file"),
        metrics_bind: given(values, "metrics_bind").map(|given| given.parsed(|_| true)).transpose()?,
        forms_dir: path("forms_dir"),
        plans_dir: path("plans_dir"),
        trusted_proxies: trusted_proxies(given(values, "trusted_proxies"))?,
        log: log.value.to_owned(),
        log_format: or_default(values, "log_format").one_of(&[("text", LogFormat::Text), ("json", LogFormat::Json)])?,
        backup_keep: or_default(values, "backup_keep").parsed(|keep| *keep > 0)?,
        retention_months: given(values, "retention_months")
            .map(|given| given.parsed(|months| *months >= RETENTION_MONTHS_MIN))
            .transpose()?,
        ticket_key_file: path("ticket_key_file"),
        offline: or_default(values, "offline").one_of(&[("on", true), ("off", false)])?,
        audio_dir: path("audio_dir"),
        webhook_private: webhook_private(given(values, "webhook_private"))?,
        late_sheets_given: given(values, "late_sheets").is_some(),
        single_sign_on: single_sign_on::read(values)?,
        figures_database_url: figures_database_url.map(|given| given.value.to_owned()),
        database_url,
        bind,
        public_url,
        smtp_url,
        mail_from,
        submit_limit,
        backup_dir,
        writers,
    })
}

/// Whether an address leads to the machine itself, whichever that is.
fn is_of_this_machine(address: &str) -> bool {
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    let name = host.split(['/', ':']).next().unwrap_or_default();
    name == "localhost"
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        || host.starts_with("[::1]")
}

/// Whether a part of a filter of log lines is a word alone that is no level: a slip, which would be taken for a part of the program, the only
/// one that still logs.
fn is_no_level(part: &str) -> bool {
    let part = part.trim();
    let alone = !part.is_empty() && !part.contains(['=', '[', ':']);
    alone && part.parse::<tracing_subscriber::filter::LevelFilter>().is_err()
}

/// The addresses or blocks of a list, each with its text.
fn networks(given: Option<Given<'_>>) -> Result<Vec<(&str, Network)>, ConfigError> {
    let Some(given) = given else { return Ok(Vec::new()) };
    let entries = given.value.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| {
            let network = Network::parse(entry).ok_or_else(|| Given { value: entry, ..given }.refused())?;
            Ok((entry, network))
        })
        .collect()
}

fn trusted_proxies(given: Option<Given<'_>>) -> Result<Vec<Network>, ConfigError> {
    let place = given.map_or("", |given| given.place);
    let trusted = networks(given)?.into_iter().map(|(entry, network)| {
        if network.is_too_wide() {
            return Err(ConfigError(format!(
                "{place} holds `{entry}`, a block in which citizens are too: each could write any address into X-Forwarded-For, \
                 and all would count as one place; name the proxy's own address, as in 127.0.0.1"
            )));
        }
        Ok(network)
    });
    trusted.collect()
}

fn webhook_private(given: Option<Given<'_>>) -> Result<Vec<Network>, ConfigError> {
    let place = given.map_or("", |given| given.place);
    let own = networks(given)?.into_iter().map(|(entry, network)| {
        if network.holds_this_machine_unsaid() {
            return Err(ConfigError(format!(
                "{place} holds `{entry}`, a block with this machine itself or its neighbours on the wire in it: an event could be sent to \
                 whatever listens there; name your own networks, as in 10.20.0.0/16, and 127.0.0.1 by itself where it is meant"
            )));
        }
        Ok(network)
    });
    own.collect()
}

fn checked_public_url(given: Given<'_>) -> Result<String, ConfigError> {
    let value = given.value.trim_end_matches('/');
    let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
    let host = rest.unwrap_or_default();
    if host.is_empty() || host.contains(['/', '?', '#', '@', ' ']) {
        return Err(given.refused());
    }
    // Plain HTTP would carry the session cookie readable over the network, also behind a proxy on this machine.
    let named = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let private = named == "localhost"
        || named.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| match address {
            IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
            IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
        });
    if value.starts_with("http://") && !private {
        return Err(ConfigError(format!(
            "{} is `{value}`; passwords would travel unencrypted: use https:// behind a proxy with a certificate",
            given.place
        )));
    }
    Ok(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Result<Config, String> {
        let pairs = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let file = |path: &str| match path {
            "good.toml" => Ok("bind = \"127.0.0.1:9000\"\nsubmit_limit = 50\n".to_owned()),
            "open.toml" => {
                Ok("bind = \"127.0.0.1:9000\"\nsmtp_url = \"smtps://lan:SECRET@mail.vn\nmail_from = \"a@b.vn\"\n"
                    .to_owned())
            }
            "twice.toml" => {
                Ok("smtp_url = \"smtps://lan:SECRET@a.vn\"\nsmtp_url = \"smtps://lan:SECRET@b.vn\"\n".to_owned())
            }
            "bare.toml" => Ok("\nsmtp_url = smtps://lan:SECRET@mail.vn\n".to_owned()),
            "bad.toml" => Ok("bnd = \"127.0.0.1:9000\"\n".to_owned()),
            _ => Err(std::io::Error::from(std::io::ErrorKind::NotFound)),
        };
        Config::from_sources(pairs, file).map_err(|error| error.to_string())
    }

    fn refusal(pairs: &[(&str, &str)]) -> String {
        settings(pairs).expect_err("a refusal")
    }

    #[test]
    fn nothing_set_serves_this_machine_from_sqlite() {
        let config = settings(&[]).expect("defaults");
        assert_eq!(config.bind.to_string(), "127.0.0.1:8080");
        assert_eq!(config.public_url, "http://127.0.0.1:8080");
        assert_eq!(config.database_url, "sqlite:var/sipas.db");
        assert!(!config.secure_cookies());
    }

    #[test]
    fn codes_that_open_on_this_machine_only_are_warned_of() {
        for here in ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080"] {
            let words =
                settings(&[("SIPAS_PUBLIC_URL", here)]).expect("settings").codes_stay_here().expect("a warning");
            assert!(words.contains(here) && words.contains("set PUBLIC_URL"), "{words}");
        }
        assert!(settings(&[]).expect("defaults").codes_stay_here().is_some());
        for elsewhere in ["https://khaosat.example.gov.vn", "http://192.168.1.5:8080", "https://localhost.example.vn"] {
            let config = settings(&[("SIPAS_PUBLIC_URL", elsewhere)]).expect("settings");
            assert_eq!(config.codes_stay_here(), None, "{elsewhere}");
        }
    }

    #[test]
    fn a_line_that_is_no_toml_is_told_by_its_number_and_its_key_and_never_by_what_stands_in_it() {
        for (file, line) in [("open.toml", 2), ("twice.toml", 2), ("bare.toml", 2)] {
            let words = refusal(&[("SIPAS_CONFIG", file)]);
            assert!(words.starts_with(&format!("{file}, line {line}, at `smtp_url`: ")), "{words}");
            assert!(!words.contains("SECRET") && !words.contains("lan"), "{words}");
        }
    }

    #[test]
    fn a_variable_wins_over_the_file() {
        let config = settings(&[("SIPAS_CONFIG", "good.toml"), ("SIPAS_SUBMIT_LIMIT", "off")]).expect("settings");
        assert_eq!(config.bind.port(), 9000);
        assert_eq!(config.submit_limit, SubmitLimit::Off);
    }

    #[test]
    fn every_refusal_says_what_to_do() {
        assert!(refusal(&[("SIPAS_DATABSE_URL", "x")]).contains("did you mean SIPAS_DATABASE_URL"));
        assert!(refusal(&[("SIPAS_CONFIG", "bad.toml")]).contains("`bnd` in bad.toml is not a setting"));
        assert!(unknown("`PUBLIC-URL` in a.toml", "PUBLIC-URL").to_string().contains("did you mean public_url;"));
        assert!(refusal(&[("SIPAS_CONFIG", "none.toml")]).contains("correct the path"));
        assert!(refusal(&[("SIPAS_BIND", "here")]).contains("expected an address and a port"));
        assert!(refusal(&[("SIPAS_BIND", "0.0.0.0:80")]).contains("SIPAS_PUBLIC_URL is not set"));
        assert!(
            refusal(&[
                ("SIPAS_BIND", "0.0.0.0:80"),
                ("SIPAS_PUBLIC_URL", "https://a.vn"),
                ("SIPAS_SUBMIT_LIMIT", "off")
            ])
            .contains("allowed on loopback only")
        );
        assert!(refusal(&[("SIPAS_BIND", "0.0.0.0:80"), ("SIPAS_PUBLIC_URL", "http://a.vn")]).contains("unencrypted"));
        assert!(refusal(&[("SIPAS_PUBLIC_URL", "http://khaosat.vn")]).contains("unencrypted"));
        for slip in ["sipas=loud", "wran", "info,debgu", "sipas"] {
            let words = refusal(&[("SIPAS_LOG", slip)]);
            assert!(words.contains("SIPAS_LOG is") && words.contains("expected error, warn, info"), "{words}");
            assert!(words.contains("as in info,sipas=debug"), "{words}");
        }
        for filter in ["warn", "INFO", "off", "info,sipas=debug", "sipas::web=trace, warn", "[{user}]=debug"] {
            assert!(settings(&[("SIPAS_LOG", filter)]).is_ok(), "{filter}");
        }
        assert!(refusal(&[("SIPAS_PUBLIC_URL", "khaosat.vn")]).contains("expected a scheme and a host"));
        assert!(refusal(&[("SIPAS_TRUSTED_PROXIES", "10.0.0.0/40")]).contains("expected addresses or blocks"));
        for block in ["0.0.0.0/0", "127.0.0.1, ::/0"] {
            assert!(refusal(&[("SIPAS_TRUSTED_PROXIES", block)]).contains("name the proxy's own address"), "{block}");
        }
        assert!(refusal(&[("SIPAS_WEBHOOK_PRIVATE", "10.20.0.0/40")]).contains("expected addresses or blocks"));
        for block in ["0.0.0.0/0", "10.20.0.0/16, ::/0", "169.0.0.0/8"] {
            assert!(refusal(&[("SIPAS_WEBHOOK_PRIVATE", block)]).contains("with this machine itself"), "{block}");
        }
        assert!(settings(&[("SIPAS_WEBHOOK_PRIVATE", "127.0.0.1, 10.20.0.0/16, ::1")]).is_ok());
        assert!(refusal(&[("SIPAS_LOG_FORMAT", "xml")]).contains("text or json"));
        assert!(refusal(&[("SIPAS_RETENTION_MONTHS", "2")]).contains("from 3"));
        assert!(refusal(&[("SIPAS_BACKUP_KEEP", "0")]).contains("from 1"));
        assert!(
            refusal(&[("SIPAS_DATABASE_URL", "postgres://h/d"), ("SIPAS_BACKUP_DIR", "/b")])
                .contains("pg_dump from a timer")
        );
        assert!(refusal(&[("SIPAS_WRITERS", "4")]).contains("SQLite lets one thread write"));
        assert_eq!(settings(&[("SIPAS_LATE_SHEETS", "next")]).map(|config| config.late_sheets_given), Ok(true));
        assert!(refusal(&[("SIPAS_WRITERS", "0")]).contains("from 1 to 16"));
        let postgres = ("SIPAS_DATABASE_URL", "postgres://localhost/sipas");
        assert!(refusal(&[postgres, ("SIPAS_WRITERS", "17")]).contains("from 1 to 16"));
        assert_eq!(settings(&[postgres, ("SIPAS_WRITERS", "4")]).map(|config| config.writers), Ok(4));
        assert!(refusal(&[("SIPAS_SMTP_URL", "smtps://a.vn")]).contains("SIPAS_MAIL_FROM is not"));
        assert!(refusal(&[("SIPAS_OIDC_NAME", "Cổng tỉnh")]).contains("SIPAS_OIDC_ISSUER is not"));
    }
}
