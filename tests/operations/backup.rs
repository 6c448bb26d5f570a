//! Backups: made while answers come in, verified, brought back; and everything that must be refused.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use chrono::{DateTime, Utc};
use sipas::db::{Db, Stored};
use sipas::jobs::{Backups, backup_of_the_night};

use crate::load::Load;
use crate::server::{Folder, Server, done, refused};
use crate::support::{Backend, attempt, commune, fresh_db};

/// A commune with `sheets` answers, no server running.
fn filled(fresh: &crate::support::FreshDb, sheets: u32) -> crate::support::Commune {
    let db = fresh.serve();
    let commune = commune(&db);
    for number in 0..sheets {
        let stored = db.submit_blocking(commune.sheet(1, [4; 5]), attempt(number, 1));
        assert_eq!(stored, Ok(Stored::New));
    }
    commune
}

fn sheets(address: &str) -> u64 {
    let url = sipas::db::DatabaseUrl::parse(address).expect("an address");
    let checkup = Db::open(&url).expect("a database").check().expect("a check-up");
    assert!(checkup.is_well(), "{checkup:#?}");
    checkup.sheets
}

#[test]
fn a_backup_made_under_load_is_whole_and_comes_back() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    let commune = filled(&fresh, 7);
    let server = Server::start(&fresh.address(), &folder.path("log"), &[]);
    let load = Load::start(4, server.address, &commune.codes[0]);
    let copy = folder.path("copy.db");
    // Answers are stored while it is made: some before, some after.
    std::thread::sleep(std::time::Duration::from_millis(300));
    let words = done(&fresh.address(), &["backup", &folder.text("copy.db")]);
    let sent = load.stop();
    assert!(words.contains("whole"), "{words}");
    let answered = sent.iter().filter(|sent| sent.status == Some(201)).count();
    assert_eq!(server.stop().code(), Some(0));
    assert_eq!(sheets(&fresh.address()), 7 + answered as u64);

    // One private file, in rollback mode, with nothing beside it. Bytes 18 and 19 of a SQLite file are 1 there and 2 where
    // it needs a write-ahead log (sqlite.org/fileformat2.html).
    let bytes = fs::read(&copy).expect("a copy");
    assert_eq!(bytes[18..20], [1, 1]);
    assert_eq!(fs::metadata(&copy).expect("its rights").permissions().mode() & 0o777, 0o600);
    let beside: Vec<_> = fs::read_dir(copy.parent().expect("a folder")).expect("it").map(|e| e.expect("e")).collect();
    assert_eq!(beside.len(), 2, "the log and the copy: {beside:?}");

    let target = format!("sqlite:{}", folder.text("new/sipas.db"));
    let words = done(&target, &["restore", &folder.text("copy.db")]);
    let restored = sheets(&target);
    assert!(words.contains(&format!("{restored} answer sheets")), "{words}");
    assert!((7..=7 + answered as u64).contains(&restored), "{restored} of {answered}");
    assert_eq!(fs::read(&copy).expect("still there"), bytes, "a restore does not touch the backup");
    // And it serves, knowing what it was sent before.
    let server = Server::start(&target, &folder.path("log"), &[]);
    assert_eq!(server.get("/health/ready").0, 200);
    let mut client = crate::load::Client::connect(server.address).expect("a connection");
    let first = sent.iter().find(|sent| sent.status == Some(201)).expect("one was stored");
    let again = client.post(&commune.codes[0], &crate::load::body(first.attempt, 4)).expect("an answer");
    assert!([200, 201].contains(&again), "{again}");
}

#[test]
fn rows_deleted_before_leave_no_trace_in_a_backup() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    let commune = filled(&fresh, 2);
    let mut sheet = commune.sheet(1, [4; 5]);
    sheet.comment = Some("cụm từ không đâu có".into());
    let server = fresh.serve();
    assert_eq!(server.submit_blocking(sheet, attempt(9, 1)), Ok(Stored::New));
    let holds = |file: &Path| {
        let bytes = fs::read(file).expect("a file");
        bytes.windows("cụm từ không đâu có".len()).any(|part| part == "cụm từ không đâu có".as_bytes())
    };
    server.backup(&folder.path("with.db")).expect("a backup");
    assert!(holds(&folder.path("with.db")));
    fresh.sql("DELETE FROM comment");
    server.backup(&folder.path("without.db")).expect("a backup");
    let wal = format!("{}-wal", fresh.url().file().expect("a file").display());
    assert!(holds(Path::new(&wal)), "the log of the running server does hold it: the test can fail");
    assert!(!holds(&folder.path("without.db")));
}

#[test]
fn what_must_not_be_overwritten_is_not() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    filled(&fresh, 5);
    let file = folder.text("copy.db");
    done(&fresh.address(), &["backup", &file]);
    assert!(refused(&fresh.address(), &["backup", &file]).contains("overwrites nothing"));
    assert!(refused(&fresh.address(), &["backup", &folder.text("none/copy.db")]).contains("there is no folder"));

    // The database holds data: refused, then put in place with the old one kept.
    let words = refused(&fresh.address(), &["restore", &file]);
    assert!(words.contains("--replace"), "{words}");
    done(&fresh.address(), &["unit", "add", "xa-moi", "--kind", "commune", "--name", "Xã Mới", "--name-en", "New"]);
    let words = done(&fresh.address(), &["restore", &file, "--replace"]);
    let aside = words.split("kept as ").nth(1).and_then(|rest| rest.lines().next()).expect("a name");
    assert!(done(&format!("sqlite:{aside}"), &["unit", "list", "--json"]).contains("xa-moi"));
    assert!(!done(&fresh.address(), &["unit", "list", "--json"]).contains("xa-moi"));
    // A second one on the same day takes another name.
    let again = done(&fresh.address(), &["restore", &file, "--replace"]);
    assert!(again.contains("-2"), "{again}");

    let server = Server::start(&fresh.address(), &folder.path("log"), &[]);
    let words = refused(&fresh.address(), &["restore", &file, "--replace"]);
    assert!(words.contains("another server already serves"), "{words}");
    drop(server);
    let own = fresh.url().file().expect("a file").to_str().expect("UTF-8").to_owned();
    refused(&fresh.address(), &["restore", &own, "--replace"]);
    assert_eq!(sheets(&fresh.address()), 5);
}

#[test]
fn what_is_no_whole_backup_is_refused_and_nothing_changes() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    filled(&fresh, 12);
    let good = folder.text("good.db");
    done(&fresh.address(), &["backup", &good]);
    let target = format!("sqlite:{}", folder.text("target.db"));
    let spoiled = |name: &str, sql: &str| {
        let file = folder.text(name);
        fs::copy(&good, &file).expect("a copy");
        let mut conn = <diesel::SqliteConnection as diesel::Connection>::establish(&file).expect("a file");
        diesel::connection::SimpleConnection::batch_execute(&mut conn, sql).expect("SQL that runs");
        file
    };

    fs::write(folder.path("text.db"), "không phải cơ sở dữ liệu").expect("a file");
    assert!(refused(&target, &["restore", &folder.text("text.db")]).contains("no SQLite file"));
    assert!(refused(&target, &["restore", &folder.text("none.db")]).contains("none.db"));
    let other = spoiled("other.db", "DROP TABLE __diesel_schema_migrations");
    assert!(refused(&target, &["restore", &other]).contains("no database of this program"));
    let newer = spoiled("newer.db", "INSERT INTO __diesel_schema_migrations (version) VALUES ('9001')");
    assert!(refused(&target, &["restore", &newer]).contains("install a newer version"));
    let fewer = spoiled("fewer.db", "DELETE FROM sheet WHERE random = (SELECT min(random) FROM sheet)");
    assert!(refused(&target, &["restore", &fewer]).contains("tallies differ"));
    let in_use = spoiled("in-use.db", "SELECT 1");
    fs::write(format!("{in_use}-wal"), "x").expect("a file");
    assert!(refused(&target, &["restore", &in_use]).contains("write-ahead log"));
    // Cut off on its way, in the middle and within its head.
    for bytes in [100_000, 50] {
        let cut = spoiled("cut.db", "SELECT 1");
        fs::write(&cut, &fs::read(&cut).expect("a file")[..bytes]).expect("written");
        let words = refused(&target, &["restore", &cut]);
        for part in [&*cut, "was cut off", &format!("it has {bytes} "), "nothing was changed", "take an older one"] {
            assert!(words.contains(part), "`{part}` in: {words}");
        }
    }
    // One page overwritten, as a bad disk does.
    let torn = spoiled("torn.db", "SELECT 1");
    let mut bytes = fs::read(&torn).expect("a file");
    let page = 4096;
    let at = bytes.len() - 2 * page;
    bytes[at..at + page].fill(0x5a);
    fs::write(&torn, bytes).expect("a file");
    let words = refused(&target, &["restore", &torn]);
    assert!(words.contains("torn.db is damaged") && words.contains("take an older one"), "{words}");

    let left: Vec<String> = fs::read_dir(folder.path(""))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .filter(|name| name.starts_with("target.db"))
        .collect();
    assert_eq!(left, ["target.db.lock"], "nothing half done is left");
    done(&target, &["restore", &good]);
    assert_eq!(sheets(&target), 12);
}

#[test]
fn sessions_do_not_come_back() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    filled(&fresh, 1);
    fresh.sql(
        "INSERT INTO staff_user (id, name, display_name, password_hash, role, unit_id, created_ms) \
         VALUES (1, 'lan', 'Lan', 'x', 'viewer', 1, 0); \
         INSERT INTO session (token_hash, user_id, created_ms, last_seen_ms, expires_ms) \
         VALUES (zeroblob(32), 1, 0, 0, 9000000000000)",
    );
    done(&fresh.address(), &["backup", &folder.text("copy.db")]);
    let words = done(&fresh.address(), &["restore", &folder.text("copy.db"), "--replace"]);
    assert!(words.contains("signs in anew"), "{words}");
    let url = fresh.url();
    let found = Db::open(url).expect("a database").session(&[0; 32], DateTime::<Utc>::default()).expect("asked");
    assert!(found.is_none());
}

#[test]
fn postgresql_is_copied_by_its_own_tools_and_the_command_is_said() {
    let fresh = fresh_db(Backend::Postgres);
    filled(&fresh, 1);
    let password = fresh.address().split(':').nth(2).and_then(|rest| rest.split('@').next()).expect("one").to_owned();
    let words = refused(&fresh.address(), &["backup", "/backup/it's.dump"]);
    assert!(words.contains(r"pg_dump --format=custom --no-owner --file='/backup/it'\''s.dump'"), "{words}");
    assert!(words.contains("postgres://sipas@127.0.0.1") && !words.contains(&password), "{words}");
    let words = refused(&fresh.address(), &["restore", "/backup/it.dump"]);
    assert!(words.contains("pg_restore --no-owner"), "{words}");
}

#[test]
fn the_backup_of_the_night_is_made_once_and_the_oldest_goes() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    filled(&fresh, 3);
    let db = fresh.serve();
    let backups = Backups { folder: folder.path(""), keep: 2 };
    fs::write(folder.path("sipas-letter.db"), "not ours").expect("a file");
    // Left by a program that was killed while it copied, and what somebody else calls so.
    for left in ["sipas-2026-03-02.db.part", "sipas-2026-03-02.db.part-journal", "sipas-letter.db.part"] {
        fs::write(folder.path(left), "half a copy").expect("a file");
    }
    let at = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
    // 2 o'clock in Vietnam is 19 o'clock UTC of the day before.
    let first = backup_of_the_night(&db, &backups, at("2026-03-13T18:59:59Z")).expect("made").expect("one");
    assert!(first.ends_with("sipas-2026-03-13.db"), "the night before is made up for: {first:?}");
    let made = |text: &str| backup_of_the_night(&db, &backups, at(text)).expect("no failure").is_some();
    assert!(!made("2026-03-13T18:59:59Z"));
    assert!(made("2026-03-13T19:00:00Z"));
    assert!(!made("2026-03-14T09:00:00Z"));
    assert!(made("2026-03-14T19:00:00Z"));
    let mut names: Vec<String> = fs::read_dir(folder.path(""))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    assert_eq!(names, ["sipas-2026-03-14.db", "sipas-2026-03-15.db", "sipas-letter.db", "sipas-letter.db.part"]);
    assert!(db.meta(sipas::db::LAST_BACKUP).expect("asked").is_some());
}

#[test]
fn a_server_makes_the_backup_and_refuses_a_folder_that_is_not_there() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    filled(&fresh, 3);
    let (log, into) = (folder.path("log"), folder.text("backups"));
    let output = crate::server::sipas(
        &[("SIPAS_DATABASE_URL", &fresh.address()), ("SIPAS_BIND", "127.0.0.1:0"), ("SIPAS_BACKUP_DIR", &into)],
        &["serve"],
    );
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && words.contains("BACKUP_DIR"), "{words}");
    fs::create_dir(&into).expect("a folder");
    let mut server = Server::start(&fresh.address(), &log, &[("SIPAS_BACKUP_DIR", &into)]);
    let line = server.wait_for_line("backup made and verified", 0);
    let file = line.split("file=").nth(1).expect("a name").trim().to_owned();
    assert_eq!(server.stop().code(), Some(0));
    let target = format!("sqlite:{}", folder.text("new.db"));
    done(&target, &["restore", &file]);
    assert_eq!(sheets(&target), 3);
}

#[test]
fn what_was_broken_off_and_a_log_that_grows_are_named_by_the_check_up_and_counted_by_the_metrics() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    filled(&fresh, 1);
    let backups = folder.text("");
    let settings = [("SIPAS_DATABASE_URL", fresh.address()), ("SIPAS_BACKUP_DIR", backups.clone())];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let doctor = || String::from_utf8(crate::server::sipas(&settings, &["doctor"]).stdout).expect("text");
    assert!(
        doctor().contains("ok   leftovers: none") && doctor().contains("ok   write-ahead log: 0 MiB"),
        "{}",
        doctor()
    );
    let database = fresh.url().file().expect("a file");
    let restoring = database.with_file_name(format!("{}.restoring", database.file_name().expect("a name").display()));
    let three_hours_ago = sipas::clock::now() - chrono::TimeDelta::hours(3);
    for left in [restoring.clone(), folder.path("sipas-2026-03-02.db.part")] {
        // One that is being written is none yet.
        fs::write(&left, "half a copy").expect("a file");
        assert!(!doctor().contains(&left.display().to_string()), "{}", doctor());
        let file = fs::File::options().append(true).open(&left).expect("a file");
        file.set_modified(three_hours_ago.into()).expect("a time");
        let words = doctor();
        assert!(words.contains("BAD  leftovers: ") && words.contains(&left.display().to_string()), "{words}");
    }
    // A log of more than 256 MiB, most of it a hole.
    let log = fs::File::create(format!("{}-wal", database.display())).expect("a file");
    log.set_len(300 * 1024 * 1024).expect("a length");
    let db = Db::open(fresh.url());
    let around = db.expect("a database").surroundings(Some(Path::new(&backups))).expect("a file");
    assert_eq!((around.leftovers.len(), around.log_bytes), (2, 300 * 1024 * 1024));
    assert!(around.free_bytes.is_some_and(|bytes| bytes > 0));
    assert!(!around.findings()[1].well, "{:?}", around.findings());
}
