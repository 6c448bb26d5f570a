//! The only reader of the environment and the config file. Every setting says its unit, default and reason.
//!
//! `SIPAS_CONFIG` names a TOML file with the keys below in lower case; `SIPAS_<KEY>` in the environment wins over the
//! file. An unknown key, a bad value or an unsafe combination stops the start with a sentence that says what to do.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

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

/// A block of addresses, as in `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `sqlite:PATH` or `postgres://…`. Default `sqlite:var/sipas.db`: no set-up for one commune.
    pub database_url: String,
    /// Address and port to listen on. Default 127.0.0.1:8080: nothing is served to a network unasked.
    pub bind: SocketAddr,
    /// What QR codes and links carry. Default `http://` + `bind`.
    pub public_url: String,
    /// Address and port of `/metrics`. Off by default.
    pub metrics_bind: Option<SocketAddr>,
    /// Folder of questionnaire files that seed the database. Default: the ones built in.
    pub forms_dir: Option<PathBuf>,
    /// Folder of plan files that seed the database. Default: the ones built in.
    pub plans_dir: Option<PathBuf>,
    /// `smtps://user:password@host:port`, `smtp://…` for STARTTLS, or `folder:PATH`. Without it no mail is sent.
    pub smtp_url: Option<String>,
    /// Whether roles that see citizens' words, or manage accounts, sign in with a second factor. Default yes; `off` only while
    /// `PUBLIC_URL` is plain HTTP on this machine, for tests and trials.
    pub second_factor: bool,
    /// Certificate (PEM) of the authority that signed the mail server's, when it is the office's own. Default: the public ones.
    pub smtp_ca_file: Option<PathBuf>,
    /// Sender of mail, as in `SIPAS <sipas@example.gov.vn>`.
    pub mail_from: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed. Default none.
    pub trusted_proxies: Vec<Network>,
    /// Filter of log lines, as in `info` or `sipas=debug`. Default `info`.
    pub log: String,
    /// `text` or `json`. Default `text`.
    pub log_format: LogFormat,
    /// File of the key under which one-time codes are kept. Default beside the SQLite file, `<file>.ticket-key`; on
    /// PostgreSQL it must be set before tickets are used. Never in the database or its backups: who has both can tell
    /// which printed codes were used.
    pub ticket_key_file: Option<PathBuf>,
    /// Submissions an hour from one point and truncated network. Default 600: an office of 300 people an hour behind
    /// one address must pass.
    pub submit_limit: SubmitLimit,
    /// Folder into which the server copies a SQLite database at two every night. Off by default.
    pub backup_dir: Option<PathBuf>,
    /// How many of those copies are kept. Default 3: two copies around one answer show it, so few are kept.
    pub backup_keep: usize,
    /// Whether citizens' phones may keep forms and unsent answers. Default on; off also takes kept forms away.
    pub offline: bool,
    /// For how many months answer sheets and comments are kept; their tallies stay. Default for ever.
    pub retention_months: Option<u32>,
    /// Threads that store answers on PostgreSQL, 1 to 16; SQLite lets one write. Default 1: it stores all that waits with one
    /// COMMIT, so more of them pay only where a COMMIT takes long, and each lets up to four answers a point wait unshown.
    pub writers: u32,
    /// Folder of recordings that questionnaires name. Default none: no page offers one.
    pub audio_dir: Option<PathBuf>,
    /// Whether a paper sheet of a period that was reported counts on the first day of the next one. Default no: it is refused.
    pub late_to_next: bool,
}

const WRITERS_MAX: u32 = 16;

const KEYS: [&str; 22] = [
    "database_url",
    "bind",
    "public_url",
    "metrics_bind",
    "forms_dir",
    "plans_dir",
    "smtp_url",
    "mail_from",
    "smtp_ca_file",
    "second_factor",
    "trusted_proxies",
    "log",
    "log_format",
    "submit_limit",
    "backup_dir",
    "backup_keep",
    "retention_months",
    "ticket_key_file",
    "offline",
    "writers",
    "audio_dir",
    "late_sheets",
];

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
            if !KEYS.contains(&key.as_str()) {
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

    /// Whether cookies carry `Secure`: always, except where everything stays on this machine over plain HTTP.
    pub fn secure_cookies(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

impl Network {
    /// Whether `address` lies in the block.
    pub fn contains(&self, address: IpAddr) -> bool {
        let bits = |address: IpAddr| match address {
            IpAddr::V4(address) => (32, u128::from(u32::from(address))),
            IpAddr::V6(address) => (128, u128::from(address)),
        };
        let ((width, block), (other_width, address)) = (bits(self.address), bits(address));
        let shift = width - u32::from(self.prefix);
        width == other_width && (shift >= 128 || block >> shift == address >> shift)
    }

    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.trim().parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Some(width), |prefix| prefix.parse().ok())?;
        (prefix <= width).then_some(Self { address, prefix })
    }
}

type Values = BTreeMap<String, (String, String)>;

fn from_file(path: &str, read: impl Fn(&str) -> std::io::Result<String>) -> Result<Values, ConfigError> {
    let text = read(path).map_err(|error| {
        ConfigError(format!(
            "SIPAS_CONFIG names `{path}`, which cannot be read ({error}); correct the path or unset it"
        ))
    })?;
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| ConfigError(format!("{path}: {}", error.to_string().trim())))?;
    let mut values = Values::new();
    for (key, value) in table {
        let place = format!("`{key}` in {path}");
        if !KEYS.contains(&key.as_str()) {
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

fn unknown(place: &str, key: &str) -> ConfigError {
    let close = KEYS.iter().find(|known| key.to_lowercase().contains(known.get(..4).unwrap_or(known)));
    let hint = close.map(|known| format!("; did you mean SIPAS_{}", known.to_uppercase())).unwrap_or_default();
    ConfigError(format!("{place} is not a setting{hint}; the settings are {}", KEYS.join(", ")))
}

fn build(values: &Values) -> Result<Config, ConfigError> {
    let get = |key: &str| values.get(key).map(|(place, value)| (place.as_str(), value.trim()));
    let socket = |key: &str| -> Result<Option<SocketAddr>, ConfigError> {
        let Some((place, value)) = get(key) else { return Ok(None) };
        let parsed = value.parse();
        parsed.map(Some).map_err(|_| {
            ConfigError(format!("{place} is `{value}`; expected an address and a port, as in 127.0.0.1:8080"))
        })
    };
    let bind = socket("bind")?.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
    let public_url = match get("public_url") {
        None => format!("http://{bind}"),
        Some((place, value)) => checked_public_url(place, value)?,
    };
    if get("public_url").is_none() && !bind.ip().is_loopback() {
        return Err(ConfigError(format!(
            "SIPAS_BIND is `{bind}`, which other machines can reach, but SIPAS_PUBLIC_URL is not set; \
             set it to the address that QR codes shall carry, as in https://khaosat.example.gov.vn"
        )));
    }
    let mut trusted_proxies = Vec::new();
    if let Some((place, value)) = get("trusted_proxies") {
        for entry in value.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            trusted_proxies.push(Network::parse(entry).ok_or_else(|| {
                ConfigError(format!(
                    "{place} holds `{entry}`; expected addresses or blocks, as in 127.0.0.1, 10.0.0.0/8"
                ))
            })?);
        }
    }
    let submit_limit = match get("submit_limit") {
        None => SubmitLimit::PerHour(600),
        Some((place, "off")) if !bind.ip().is_loopback() => {
            return Err(ConfigError(format!(
                "{place} is `off` while SIPAS_BIND is `{bind}`; `off` is allowed on loopback only, set a number an hour"
            )));
        }
        Some((_, "off")) => SubmitLimit::Off,
        Some((place, value)) => match value.parse() {
            Ok(limit) if limit > 0 => SubmitLimit::PerHour(limit),
            _ => return Err(ConfigError(format!("{place} is `{value}`; expected a number an hour from 1, or off"))),
        },
    };
    let database_url = get("database_url").map_or("sqlite:var/sipas.db", |(_, value)| value).to_owned();
    let backup_dir = get("backup_dir").map(|(_, value)| PathBuf::from(value));
    if backup_dir.is_some() && !database_url.starts_with("sqlite:") {
        return Err(ConfigError(
            "SIPAS_BACKUP_DIR is set, but the server copies SQLite databases only; unset it and run pg_dump from a timer of \
             the system"
                .to_owned(),
        ));
    }
    let backup_keep = match get("backup_keep") {
        None => 3,
        Some((place, value)) => match value.parse() {
            Ok(keep) if keep > 0 => keep,
            _ => return Err(ConfigError(format!("{place} is `{value}`; expected how many backups to keep, from 1"))),
        },
    };
    let offline = match get("offline") {
        None | Some((_, "on")) => true,
        Some((_, "off")) => false,
        Some((place, value)) => return Err(ConfigError(format!("{place} is `{value}`; expected on or off"))),
    };
    let retention_months = match get("retention_months") {
        None => None,
        Some((place, value)) => match value.parse() {
            Ok(months @ 3..) => Some(months),
            _ => {
                return Err(ConfigError(format!(
                    "{place} is `{value}`; expected a number of months from 3: a quarter's sheets must outlive its report"
                )));
            }
        },
    };
    let late_to_next = match get("late_sheets") {
        None | Some((_, "refuse")) => false,
        Some((_, "next")) => true,
        Some((place, value)) => {
            return Err(ConfigError(format!(
                "{place} is `{value}`; expected `refuse` (a sheet of a reported period is not counted) or `next` (it counts \
                 on the first day of the next period)"
            )));
        }
    };
    let writers = match get("writers") {
        None => 1,
        Some((place, value)) => match value.parse() {
            Ok(1) => 1,
            Ok(writers) if (2..=WRITERS_MAX).contains(&writers) && !database_url.starts_with("sqlite:") => writers,
            Ok(2..=WRITERS_MAX) => {
                return Err(ConfigError(format!(
                    "{place} is `{value}`, but SQLite lets one thread write at a time; leave it out, or use PostgreSQL"
                )));
            }
            _ => return Err(ConfigError(format!("{place} is `{value}`; expected a number from 1 to {WRITERS_MAX}"))),
        },
    };
    let local = ["http://127.", "http://localhost", "http://[::1]"].iter().any(|here| public_url.starts_with(here));
    let second_factor = match get("second_factor") {
        None | Some((_, "required")) => true,
        Some((_, "off")) if local => false,
        Some((place, value)) => {
            return Err(ConfigError(format!(
                "{place} is `{value}`; expected required, or off where SIPAS_PUBLIC_URL is http on this machine only"
            )));
        }
    };
    let smtp_url = get("smtp_url").map(|(_, value)| value.to_owned());
    let mail_from = get("mail_from").map(|(_, value)| value.to_owned());
    if smtp_url.is_some() && mail_from.is_none() {
        return Err(ConfigError(
            "SIPAS_SMTP_URL is set but SIPAS_MAIL_FROM is not; set the sender, as in SIPAS <sipas@example.gov.vn>"
                .to_owned(),
        ));
    }
    let log = get("log").map_or("info", |(_, value)| value).to_owned();
    if let (Err(error), Some((place, value))) = (tracing_subscriber::EnvFilter::try_new(&log), get("log")) {
        return Err(ConfigError(format!(
            "{place} is `{value}` ({error}); expected error, warn, info, debug or trace, or a filter as in info,sipas=debug"
        )));
    }
    let log_format = match get("log_format") {
        None | Some((_, "text")) => LogFormat::Text,
        Some((_, "json")) => LogFormat::Json,
        Some((place, value)) => return Err(ConfigError(format!("{place} is `{value}`; expected text or json"))),
    };
    Ok(Config {
        database_url,
        bind,
        public_url,
        second_factor,
        smtp_ca_file: get("smtp_ca_file").map(|(_, value)| PathBuf::from(value)),
        metrics_bind: socket("metrics_bind")?,
        forms_dir: get("forms_dir").map(|(_, value)| PathBuf::from(value)),
        plans_dir: get("plans_dir").map(|(_, value)| PathBuf::from(value)),
        smtp_url,
        mail_from,
        trusted_proxies,
        log,
        log_format,
        submit_limit,
        backup_dir,
        backup_keep,
        retention_months,
        ticket_key_file: get("ticket_key_file").map(|(_, value)| PathBuf::from(value)),
        offline,
        writers,
        audio_dir: get("audio_dir").map(|(_, value)| PathBuf::from(value)),
        late_to_next,
    })
}

fn checked_public_url(place: &str, value: &str) -> Result<String, ConfigError> {
    let value = value.trim_end_matches('/');
    let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
    let host = rest.unwrap_or_default();
    if host.is_empty() || host.contains(['/', '?', '#', '@', ' ']) {
        return Err(ConfigError(format!(
            "{place} is `{value}`; expected a scheme and a host without a path, as in https://khaosat.example.gov.vn"
        )));
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
            "{place} is `{value}`; passwords would travel unencrypted: use https:// behind a proxy with a certificate"
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
    fn a_variable_wins_over_the_file() {
        let config = settings(&[("SIPAS_CONFIG", "good.toml"), ("SIPAS_SUBMIT_LIMIT", "off")]).expect("settings");
        assert_eq!(config.bind.port(), 9000);
        assert_eq!(config.submit_limit, SubmitLimit::Off);
    }

    #[test]
    fn every_refusal_says_what_to_do() {
        assert!(refusal(&[("SIPAS_DATABSE_URL", "x")]).contains("did you mean SIPAS_DATABASE_URL"));
        assert!(refusal(&[("SIPAS_CONFIG", "bad.toml")]).contains("`bnd` in bad.toml is not a setting"));
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
        assert!(refusal(&[("SIPAS_LOG", "sipas=loud")]).contains("expected error, warn, info"));
        assert!(refusal(&[("SIPAS_PUBLIC_URL", "khaosat.vn")]).contains("expected a scheme and a host"));
        assert!(refusal(&[("SIPAS_TRUSTED_PROXIES", "10.0.0.0/40")]).contains("expected addresses or blocks"));
        assert!(refusal(&[("SIPAS_LOG_FORMAT", "xml")]).contains("text or json"));
        assert!(refusal(&[("SIPAS_RETENTION_MONTHS", "2")]).contains("from 3"));
        assert!(refusal(&[("SIPAS_BACKUP_KEEP", "0")]).contains("from 1"));
        assert!(
            refusal(&[("SIPAS_DATABASE_URL", "postgres://h/d"), ("SIPAS_BACKUP_DIR", "/b")])
                .contains("pg_dump from a timer")
        );
        assert!(refusal(&[("SIPAS_WRITERS", "4")]).contains("SQLite lets one thread write"));
        assert!(refusal(&[("SIPAS_LATE_SHEETS", "later")]).contains("expected `refuse`"));
        assert!(refusal(&[("SIPAS_WRITERS", "0")]).contains("from 1 to 16"));
        let postgres = ("SIPAS_DATABASE_URL", "postgres://localhost/sipas");
        assert!(refusal(&[postgres, ("SIPAS_WRITERS", "17")]).contains("from 1 to 16"));
        assert_eq!(settings(&[postgres, ("SIPAS_WRITERS", "4")]).map(|config| config.writers), Ok(4));
        assert!(refusal(&[("SIPAS_SMTP_URL", "smtps://a.vn")]).contains("SIPAS_MAIL_FROM is not"));
    }

    #[test]
    fn a_block_contains_its_addresses_only() {
        let block = Network::parse("10.1.0.0/16").expect("a block");
        assert!(block.contains("10.1.255.1".parse().expect("an address")));
        assert!(!block.contains("10.2.0.1".parse().expect("an address")));
        assert!(!block.contains("::1".parse().expect("an address")));
    }
}
