//! From SQLite to PostgreSQL and back: all of it, the same figures, the old database marked so that nobody serves it by mistake.

use sipas::db::{DatabaseUrl, Db, Sizes, transfer};

use crate::server::{Folder, Server, done, refused, sipas};
use crate::support::{Backend, fresh_db};

/// What is asked in both places.
const COMMANDS: [&[&str]; 6] = [
    &["unit", "list", "--json"],
    &["point", "list", "--json"],
    &["user", "list", "--json"],
    &["export", "codebook", "--format", "csv"],
    &["export", "responses", "--format", "csv", "--comments", "--live"],
    &["index", "--plan", "thanh-dong-2026", "--period", "2026-q3", "--live", "--json"],
];

/// What a command prints; its words on standard error may differ.
fn printed(address: &str, arguments: &[&str]) -> String {
    let output = sipas(&[("SIPAS_DATABASE_URL", address)], arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Commands that write are refused with the sentence of the server, those that read say it, and the check-up counts it.
fn nothing_is_written_any_more(address: &str, folder: &Folder) {
    const WRITING: [&[&str]; 12] = [
        &["migrate"],
        &["demo", "--responses", "10", "--seed", "1"],
        &["unit", "add", "xa-moi", "--kind", "commune", "--name", "Mới", "--name-en", "New"],
        &["unit", "retire", "phuong-cau-giay"],
        &["point", "retire", "2345678"],
        &["point", "replace-code", "2345678"],
        &["user", "retire", "demo"],
        &["user", "email", "demo", "none"],
        &["tickets", "--point", "2345678", "--count", "1"],
        &["void", "undo", "phuong-cau-giay/1", "--reason", "một lý do đủ dài"],
        &["import", "volumes", "/dev/null"],
        &["doctor", "--rebuild"],
    ];
    for command in WRITING {
        let words = refused(address, command);
        assert!(words.contains("was moved to ") && words.contains("move --unmark"), "{command:?}: {words}");
    }
    let backup = folder.text("old.db");
    for command in [&["unit", "list"][..], &["period", "list"], &["backup", &backup], &["form", "list"]] {
        let words = done(address, command);
        assert!(words.contains("warning: this database was moved to "), "{command:?}: {words}");
    }
    let words = refused(address, &["restore", &backup, "--replace"]);
    assert!(words.contains("was moved to "), "{words}");
    let told = sipas(&[("SIPAS_DATABASE_URL", address)], &["doctor"]);
    let told = (told.status.code(), String::from_utf8(told.stdout).expect("UTF-8"));
    assert!(told.0 == Some(1) && told.1.contains("BAD  place: this database was moved to "), "{told:?}");
}

/// A file for a database that is not there yet.
fn no_file(folder: &Folder) -> String {
    format!("sqlite:{}", folder.text("back.db"))
}

#[test]
fn everything_moves_to_postgresql_and_the_figures_are_the_same() {
    let (old, new, folder) = (fresh_db(Backend::Sqlite), fresh_db(Backend::Postgres), Folder::new());
    done(&old.address(), &["demo", "--responses", "2500", "--seed", "3", "--until", "2026-09-30", "--cases"]);
    // Untouched, its closed period is what its rows in the log say.
    done(&old.address(), &["period", "verify"]);
    // What the demonstration lacks: a user with quotes and letters, a unit that names one with a higher number, answers
    // that wait for their release.
    old.sql(
        "INSERT INTO staff_user (id, name, display_name, password_hash, role, unit_id, created_ms, retired_ms) \
         VALUES (77, 'lan', 'Lan ''\"\\ Ân', 'x', 'viewer', 1, 1790000000123, NULL); \
         INSERT INTO single_sign_on (user_id, issuer, subject, allowed_ms, bound_ms, closed_ms) \
         VALUES (77, 'https://sso.example.vn', '248', 1790000000123, 1790000000124, NULL); \
         UPDATE unit SET successor_id = (SELECT max(id) FROM unit), valid_to = valid_from + 9000 WHERE id = 2",
    );
    let words = done(&old.address(), &["move", "--to", &new.address()]);
    assert!(words.contains("2500 answer sheets moved"), "{words}");
    assert!(words.lines().any(|line| line == "sheet: 2500"), "{words}");
    let password = new.address().split(':').nth(2).and_then(|rest| rest.split('@').next()).expect("one").to_owned();
    assert!(!words.contains(&password), "{words}");

    let same = |one: &str, other: &str| {
        for command in COMMANDS {
            assert_eq!(printed(one, command), printed(other, command), "{command:?}");
        }
    };
    same(&old.address(), &new.address());
    let user = |address: &str| printed(address, &["user", "list", "--json"]);
    assert!(user(&new.address()).contains("Lan '\\\"\\\\ Ân"), "{}", user(&new.address()));
    assert!(Db::open(new.url()).expect("a database").check().expect("a check-up").is_well());
    let bound =
        |address: &sipas::db::DatabaseUrl| Db::open(address).expect("a database").single_sign_on(77).expect("asked");
    assert!(bound(new.url()).is_some() && bound(new.url()) == bound(old.url()));
    // It serves from there, and is not moved to twice.
    let server = Server::start(&new.address(), &folder.path("log"), &[]);
    assert_eq!(server.get("/health/ready").0, 200);
    assert_eq!(server.stop().code(), Some(0));
    // The old file serves no more by mistake, and is not moved twice.
    for command in [&["serve"][..], &["move", "--to", &new.address()]] {
        let words = refused(&old.address(), command);
        assert!(words.contains("was moved to postgres") && !words.contains(&password), "{words}");
    }
    nothing_is_written_any_more(&old.address(), &folder);

    // Back again: the file holds what the first one did.
    let back = no_file(&folder);
    // A role may be set to show bytes otherwise.
    let escaping = new.address().replace("options=", "options=-cbytea_output%3Descape%20");
    let words = done(&escaping, &["move", "--to", &back]);
    assert!(words.contains("2500 answer sheets moved"), "{words}");
    same(&old.address(), &back);
    same(&new.address(), &back);
    let words = refused(&new.address(), &["serve"]);
    assert!(words.contains("was moved to sqlite"), "{words}");
    let file = Db::open(&DatabaseUrl::parse(&back).expect("a path")).expect("a database");
    assert!(file.check().expect("a check-up").is_well());
    drop(file);
    let server = Server::start(&back, &folder.path("log-back"), &[]);
    assert_eq!(server.get("/health/ready").0, 200);
    assert_eq!(server.stop().code(), Some(0));
    // A move that is to be undone: the mark goes, once.
    done(&old.address(), &["move", "--unmark"]);
    assert!(refused(&old.address(), &["move", "--unmark"]).contains("no mark"));
    let words = refused(&old.address(), &["move", "--to", &new.address()]);
    assert!(words.contains("is not empty"), "{words}");
    let server = Server::start(&old.address(), &folder.path("log-old"), &[]);
    assert_eq!(server.stop().code(), Some(0));
}

#[test]
fn what_is_served_or_changed_meanwhile_is_not_marked_as_moved() {
    let (old, folder) = (fresh_db(Backend::Postgres), Folder::new());
    let back = no_file(&folder);
    // The first writer of two is gone: the other holds a slot that is not the lowest.
    let first = old.serve();
    let second = Db::open(old.url()).expect("a database");
    drop(first);
    let words = refused(&old.address(), &["move", "--to", &back]);
    assert!(words.contains("another server already serves"), "{words}");
    drop(second);
    let to = DatabaseUrl::parse(&back).expect("a path");
    let moved = transfer(old.url(), &to, &mut |_, _, _| ()).expect("moved");
    let mover = Db::open(old.url()).expect("a database");
    let refusal = |told: &str| {
        let words = mover.mark_moved(&to, &moved).expect_err("a refusal").to_string();
        assert!(words.contains(told) && words.contains("move again"), "{words}");
    };
    let server = Db::open_for_server(old.url(), Sizes::default()).expect("served").0;
    refusal("a server or a command");
    drop(server);
    old.sql("INSERT INTO meta (key, value) VALUES ('new', 'x')");
    refusal("table meta had");
    old.sql("DELETE FROM meta WHERE key = 'new'");
    // Nothing was marked so far: a server starts.
    drop(Db::open_for_server(old.url(), Sizes::default()).expect("served"));
    mover.mark_moved(&to, &moved).expect("marked");
    let words = Db::open_for_server(old.url(), Sizes::default()).err().expect("a refusal").to_string();
    assert!(words.contains("was moved to sqlite"), "{words}");
}

#[test]
fn a_way_back_that_cannot_be_whole_moves_nothing() {
    let (old, folder) = (fresh_db(Backend::Postgres), Folder::new());
    let back = no_file(&folder);
    done(&old.address(), &["demo", "--responses", "300", "--seed", "3", "--until", "2026-09-30"]);
    let server = Server::start(&old.address(), &folder.path("log"), &[]);
    let words = refused(&old.address(), &["move", "--to", &back]);
    assert!(words.contains("another server already serves"), "{words}");
    assert_eq!(server.stop().code(), Some(0));
    old.sql("DELETE FROM sheet WHERE random = (SELECT min(random) FROM sheet)");
    let words = refused(&old.address(), &["move", "--to", &back]);
    assert!(words.contains("tallies differ"), "{words}");
    let file = Db::open(&DatabaseUrl::parse(&back).expect("a path")).expect("a database");
    assert_eq!(file.count_sheets(), Ok(0));
    assert!(file.units().expect("units").is_empty());
}

#[test]
fn a_move_that_cannot_be_whole_moves_nothing() {
    let (old, new, folder) = (fresh_db(Backend::Sqlite), fresh_db(Backend::Postgres), Folder::new());
    done(&old.address(), &["demo", "--responses", "300", "--seed", "3", "--until", "2026-09-30"]);
    let server = Server::start(&old.address(), &folder.path("log"), &[]);
    let words = refused(&old.address(), &["move", "--to", &new.address()]);
    assert!(words.contains("another server already serves"), "{words}");
    assert_eq!(server.stop().code(), Some(0));
    let words = refused(&old.address(), &["move", "--to", &old.address()]);
    assert!(words.contains("sipas backup"), "{words}");
    let words = refused(&new.address(), &["move", "--to", &new.address()]);
    assert!(words.contains("both PostgreSQL"), "{words}");
    // A sheet that the tallies do not know: the recount in the new place says so, and nothing is left there.
    old.sql("DELETE FROM sheet WHERE random = (SELECT min(random) FROM sheet)");
    let words = refused(&old.address(), &["move", "--to", &new.address()]);
    assert!(words.contains("tallies differ"), "{words}");
    assert_eq!(Db::open(new.url()).expect("a database").count_sheets(), Ok(0));
    assert!(Db::open(new.url()).expect("a database").units().expect("units").is_empty());
}
