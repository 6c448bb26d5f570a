//! What tests share: a fresh database on either engine, and a small commune to answer about.
#![allow(dead_code, clippy::unwrap_used)] // Every test binary takes what it needs; a test may fail by panic.

pub mod sheets;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use sipas::clock::day_number;
use sipas::db::{Attempt, DatabaseUrl, Db, NewPoint, NewUnit, Sheet, Sizes, UnitKind};
use sipas::plan::{Channel, FieldOfService};
use sipas::sheet::tally::{Mode, Respondent, Series, TallyKey};
use sipas::survey::{Factor, Feed, Item, Questionnaire, Section, Text};

/// The engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// SQLite, a file in a folder of its own.
    Sqlite,
    /// PostgreSQL, a schema of its own.
    Postgres,
}

/// A database that goes away with this value.
pub struct FreshDb {
    url: DatabaseUrl,
    place: Place,
}

enum Place {
    Folder(PathBuf),
    Schema { base: String, name: String },
}

/// An empty place for a database; nothing is migrated yet.
pub fn fresh_db(backend: Backend) -> FreshDb {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("sipas_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    match backend {
        Backend::Sqlite => {
            let folder = std::env::temp_dir().join(name);
            std::fs::create_dir_all(&folder).expect("a folder for the test");
            let url = DatabaseUrl::parse(&format!("sqlite:{}", folder.join("sipas.db").display())).expect("a path");
            FreshDb { url, place: Place::Folder(folder) }
        }
        Backend::Postgres => {
            let base = std::env::var("SIPAS_TEST_POSTGRES").expect("run ./dev test, which starts a PostgreSQL");
            let mut admin = PgConnection::establish(&base).expect("the PostgreSQL of SIPAS_TEST_POSTGRES");
            admin.batch_execute(&format!("CREATE SCHEMA {name}")).expect("a schema for the test");
            let separator = if base.contains('?') { '&' } else { '?' };
            let url = format!("{base}{separator}options=-csearch_path%3D{name}&application_name={name}");
            let url = DatabaseUrl::parse(&url).expect("SIPAS_TEST_POSTGRES is an address");
            FreshDb { url, place: Place::Schema { base, name } }
        }
    }
}

impl FreshDb {
    /// Its address.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// The address as `DATABASE_URL` takes it.
    pub fn address(&self) -> String {
        match &self.place {
            Place::Folder(folder) => format!("sqlite:{}", folder.join("sipas.db").display()),
            Place::Schema { base, name } => {
                let separator = if base.contains('?') { '&' } else { '?' };
                format!("{base}{separator}options=-csearch_path%3D{name}&application_name={name}")
            }
        }
    }

    /// Migrated and opened as a server does.
    pub fn serve(&self) -> Db {
        self.serve_with(Sizes::default())
    }

    /// [`FreshDb::serve`] with other sizes.
    pub fn serve_with(&self, sizes: Sizes) -> Db {
        Db::open_for_server(&self.url, Sizes { readers: 4, ..sizes }).expect("a database to serve").0
    }

    /// Ends every connection to this schema, as a restart of the server would. PostgreSQL only.
    pub fn cut_connections(&self) {
        let Place::Schema { base, name } = &self.place else { panic!("a file has no connections") };
        let mut admin = PgConnection::establish(base).expect("the PostgreSQL of SIPAS_TEST_POSTGRES");
        let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}'");
        admin.batch_execute(&cut).expect("connections that can be cut");
    }

    /// Served anew after the last server ended.
    pub fn serve_again(&self, last: Db) -> Db {
        drop(last);
        self.serve()
    }

    /// Runs SQL past the program, for tests that spoil or inspect what is stored.
    pub fn sql(&self, statements: &str) {
        match &self.place {
            Place::Folder(_) => {
                let path = self.url.file().expect("a file").to_str().expect("UTF-8");
                let mut conn = diesel::SqliteConnection::establish(path).expect("the file");
                conn.batch_execute("PRAGMA busy_timeout = 5000").expect("a setting");
                conn.batch_execute(statements).expect("SQL that runs");
            }
            Place::Schema { .. } => {
                let mut conn = PgConnection::establish(&self.address()).expect("the schema");
                conn.batch_execute(statements).expect("SQL that runs");
            }
        }
    }
}

impl Drop for FreshDb {
    fn drop(&mut self) {
        match &self.place {
            Place::Folder(folder) => drop(std::fs::remove_dir_all(folder)),
            Place::Schema { base, name } => {
                if let Ok(mut admin) = PgConnection::establish(base) {
                    let _ = admin.batch_execute(&format!("DROP SCHEMA {name} CASCADE"));
                }
            }
        }
    }
}

/// Writes one test a backend: `on_both! { fn name(fresh: FreshDb) { … } }`.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* fn $name:ident($fresh:ident) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)] // A test that names nothing of its file needs none.
            use super::*;

            fn check($fresh: &$crate::support::FreshDb) $body

            #[test]
            fn on_sqlite() {
                check(&$crate::support::fresh_db($crate::support::Backend::Sqlite));
            }

            #[test]
            fn on_postgresql() {
                check(&$crate::support::fresh_db($crate::support::Backend::Postgres));
            }
        }
    )*};
}

/// A port of this machine on which nobody listens.
///
/// It lies below the ports that the system hands out unasked (from 32768), so that nobody is given it before it is
/// taken; every process begins somewhere else and asks for no port twice.
pub fn free_port() -> u16 {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let begin = u64::from(std::process::id()) * 61;
    loop {
        let place = (begin + u64::from(NUMBER.fetch_add(1, Ordering::Relaxed))) % 12_000;
        let port = 20_000 + u16::try_from(place).expect("small");
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// [`free_port`] as an address.
pub fn free_address() -> String {
    format!("127.0.0.1:{}", free_port())
}

/// 14 March 2026, a Saturday.
pub fn some_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 14).expect("a date")
}

/// A questionnaire with `items` items in two sections (the second has two) for the fields `justice` and `land`.
pub fn questionnaire(id: &str, version: u32, items: usize) -> Questionnaire {
    let text = |words: &str| Text([("vi".into(), words.into())].into());
    let section = |name: &str, factor, items: std::ops::Range<usize>| Section {
        id: name.into(),
        factor: Some(factor),
        feeds: vec![Feed::Sipas, Feed::Procedures],
        title: text(name),
        items: items
            .map(|number| Item {
                id: format!("item{number}"),
                text: text("?"),
                help: Text::default(),
                source: None,
                required: false,
                audio: Text::default(),
            })
            .collect(),
        optional: false,
        ..Section::default()
    };
    Questionnaire {
        id: id.into(),
        version,
        fields: vec!["justice".into(), "land".into()],
        languages: vec!["vi".into()],
        title: text("Phiếu"),
        intro: text("…"),
        estimated_seconds: 60,
        levels: ["1", "2", "3", "4", "5"].map(text),
        not_used: text("không"),
        sections: vec![
            section("access", Factor::Access, 0..items - 2),
            section("results", Factor::Results, items - 2..items),
        ],
        demographics: Vec::new(),
        comment: Some(text("Góp ý")),
        unreviewed: Vec::new(),
    }
}

/// A commune with two points, both asking `short@1` with five items.
pub struct Commune {
    /// Number of the unit.
    pub unit: i32,
    /// Numbers of the fields `justice` and `land`.
    pub fields: [i16; 2],
    /// Number of the questionnaire.
    pub form: i32,
    /// Codes of the points 1 and 2.
    pub codes: [String; 2],
}

/// Publishes a questionnaire from its own JSON.
pub fn publish(db: &Db, questionnaire: &Questionnaire) -> sipas::db::Published {
    let json = serde_json::to_string(questionnaire).expect("JSON");
    db.by_nobody()
        .publish(questionnaire, &format!("hash of {}", questionnaire.reference()), &json, some_day())
        .expect("published")
}

/// Fills a fresh database.
pub fn commune(db: &Db) -> Commune {
    let field = |id: &str| FieldOfService { id: id.into(), name_vi: id.into(), name_en: id.into() };
    db.seed_fields(&[field("justice"), field("land")]).expect("fields");
    publish(db, &questionnaire("short", 1, 5));
    let unit = |code: &str, kind, parent: Option<&str>| NewUnit {
        code: code.into(),
        kind,
        name_vi: code.into(),
        name_en: code.into(),
        parent: parent.map(str::to_owned),
        valid_from: some_day(),
    };
    db.by_nobody().add_unit(&unit("ha-noi", UnitKind::City, None)).expect("a city");
    let commune = db.by_nobody().add_unit(&unit("xa-phu-dong", UnitKind::Commune, Some("ha-noi"))).expect("a commune");
    let codes = [1, 2].map(|number| {
        let point = NewPoint {
            unit: "xa-phu-dong".into(),
            name_vi: format!("Quầy {number}"),
            name_en: format!("Counter {number}"),
            form: "short".into(),
            fields: vec!["land".into(), "justice".into()],
            channel: Channel::Counter,
            opened_on: some_day(),
        };
        db.by_nobody().add_point(&point).expect("a point")
    });
    let fields = db.fields().expect("fields");
    let form = db.newest_form("short").expect("a form").expect("published").id;
    Commune { unit: commune, fields: [fields[0].id, fields[1].id], form, codes }
}

impl Commune {
    /// A sheet at `point` (1 or 2) on [`some_day`].
    pub fn sheet(&self, point: i32, answers: [u8; 5]) -> Sheet {
        let key = TallyKey {
            unit: self.unit,
            day: day_number(some_day()),
            point,
            field: self.fields[0],
            form: self.form,
            series: Series::Open,
            mode: Mode::Phone,
            respondent: Respondent::Person,
            suspect: false,
        };
        Sheet { key, channel: Channel::Counter, answers: answers.to_vec(), demographics: vec![1, 0], comment: None }
    }
}

/// The attempt of a number, with a tag of its own.
pub fn attempt(number: u32, tag: u8) -> Attempt {
    let mut hash = [0; 32];
    hash[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
    hash[28..].copy_from_slice(&number.to_be_bytes());
    Attempt { hash, tag: [tag; 16] }
}
