//! The address of a database: what `DATABASE_URL` may say.

use std::fmt;
use std::path::{Path, PathBuf};

use super::read_only::Reading;
use crate::db::DbError;

const ACCEPTED: &str = "expected sqlite:PATH, postgres://… or postgresql://…";

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Place);

#[derive(Clone, PartialEq, Eq)]
pub(in crate::db) enum Place {
    Sqlite(PathBuf),
    /// A file that is only read, because it cannot be written.
    SqliteToRead(Reading),
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads `sqlite:PATH`, `postgres://…` or `postgresql://…`; anything else is refused with a sentence.
    pub fn parse(text: &str) -> Result<Self, DbError> {
        Self::parse_of("DATABASE_URL", text)
    }

    /// [`DatabaseUrl::parse`] of another setting or option than `DATABASE_URL`, by whose name it is refused.
    pub fn parse_of(setting: &str, text: &str) -> Result<Self, DbError> {
        let refuse = |why: String| Err(DbError::Url(format!("{setting} {why}; {ACCEPTED}")));
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self(Place::Postgres(text.to_owned())));
        }
        let Some(path) = text.strip_prefix("sqlite:") else {
            // What stands before the colon cannot be a password; the rest might hold one and is not repeated.
            return match text.split_once(':') {
                Some((scheme, _)) if scheme.len() <= 20 => refuse(format!("starts with `{scheme}:`")),
                _ => refuse("has no scheme before a colon".into()),
            };
        };
        match path {
            "" => refuse("names no file".into()),
            ":memory:" => refuse("asks for a database in memory, where an answer would not outlive the program".into()),
            _ if path.starts_with("//") || path.starts_with("file:") => {
                refuse(format!("has the path `{path}`; write the path of the file straight after `sqlite:`"))
            }
            _ => Ok(Self(Place::Sqlite(PathBuf::from(path)))),
        }
    }

    /// The file, when it is SQLite.
    pub fn file(&self) -> Option<&Path> {
        match &self.0 {
            Place::Sqlite(path) => Some(path),
            Place::SqliteToRead(reading) => Some(&reading.path),
            Place::Postgres(_) => None,
        }
    }

    /// The address for PostgreSQL's own tools, without the password, which they ask for or find in `~/.pgpass`.
    pub(in crate::db) fn for_tools(&self) -> String {
        let Place::Postgres(url) = &self.0 else { return self.to_string() };
        let (head, parameters) = url.split_once('?').map_or((url.as_str(), None), |(head, rest)| (head, Some(rest)));
        let head = match head.split_once("://").map(|(scheme, rest)| (scheme, rest.rsplit_once('@'))) {
            Some((scheme, Some((who, place)))) => {
                format!("{scheme}://{}@{place}", who.split_once(':').map_or(who, |(name, _)| name))
            }
            _ => head.to_owned(),
        };
        let kept = parameters.unwrap_or_default().split('&').filter(|one| !one.starts_with("password="));
        let kept = kept.filter(|one| !one.is_empty()).collect::<Vec<_>>().join("&");
        if kept.is_empty() { head } else { format!("{head}?{kept}") }
    }

    pub(in crate::db) fn reading(reading: Reading) -> Self {
        Self(Place::SqliteToRead(reading))
    }

    /// How a file is read that cannot be written.
    pub(in crate::db) fn only_read(&self) -> Option<&Reading> {
        match &self.0 {
            Place::SqliteToRead(reading) => Some(reading),
            _ => None,
        }
    }

    pub(in crate::db) fn place(&self) -> &Place {
        &self.0
    }
}

/// The address as a log may show it: without user, password and parameters.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Sqlite(path) => write!(out, "sqlite:{}", path.display()),
            Place::SqliteToRead(reading) => write!(out, "sqlite:{}", reading.path.display()),
            Place::Postgres(url) => {
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let rest = rest.split_once('?').map_or(rest, |(before, _)| before);
                let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
                write!(out, "postgres://{place}")
            }
        }
    }
}

/// Never shows a password, not even in a panic.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_another_kind_is_refused_with_what_is_accepted() {
        for (text, found) in [
            ("postgress://u:secret@h/d", "starts with `postgress:`"),
            ("mysql://u:secret@h/d", "starts with `mysql:`"),
            ("var/sipas.db", "has no scheme"),
            ("", "has no scheme"),
            ("sqlite:", "names no file"),
            ("sqlite::memory:", "in memory"),
            ("sqlite:///var/x.db", "straight after `sqlite:`"),
            ("sqlite:file:x.db?mode=ro", "straight after `sqlite:`"),
        ] {
            let error = DatabaseUrl::parse(text).expect_err(text).to_string();
            assert!(error.contains(found) && error.contains(ACCEPTED), "{text}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_log_never_shows_the_password() {
        let url = DatabaseUrl::parse("postgres://ward:p%40ss@db.local:5432/sipas?sslmode=require").expect("an address");
        assert_eq!(format!("{url} {url:?}"), "postgres://db.local:5432/sipas postgres://db.local:5432/sipas");
        let tools = DatabaseUrl::parse("postgres://w:secret@h/d?sslmode=require&password=secret").expect("an address");
        assert_eq!(tools.for_tools(), "postgres://w@h/d?sslmode=require");
        assert_eq!(DatabaseUrl::parse("sqlite:/var/x.db").expect("an address").to_string(), "sqlite:/var/x.db");
    }
}
