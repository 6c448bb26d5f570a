//! From SQLite to PostgreSQL: all of it, the same figures, the old file as it was.

use sipas::db::Db;

use crate::server::{Folder, Server, done, refused};
use crate::support::{Backend, fresh_db};

#[test]
fn everything_moves_to_postgresql_and_the_figures_are_the_same() {
    let (old, new, folder) = (fresh_db(Backend::Sqlite), fresh_db(Backend::Postgres), Folder::new());
    done(&old.address(), &["demo", "--responses", "2500", "--seed", "3", "--until", "2026-09-30", "--cases"]);
    // What the demonstration lacks: a user with quotes and letters, a unit that names one with a higher number, answers
    // that wait for their release.
    old.sql(
        "INSERT INTO staff_user (id, name, display_name, password_hash, role, unit_id, created_ms, retired_ms) \
         VALUES (77, 'lan', 'Lan ''\"\\ Ân', 'x', 'viewer', 1, 1790000000123, NULL); \
         INSERT INTO single_sign_on (user_id, issuer, subject, allowed_ms, bound_ms, closed_ms) \
         VALUES (77, 'https://sso.example.vn', '248', 1790000000123, 1790000000124, NULL); \
         UPDATE unit SET successor_id = (SELECT max(id) FROM unit), valid_to = valid_from + 9000 WHERE id = 2",
    );
    let file = old.url().file().expect("a file").to_owned();
    let before = std::fs::read(&file).expect("a file");
    let words = done(&old.address(), &["move", "--to", &new.address()]);
    assert!(words.contains("2500 answer sheets moved"), "{words}");
    assert_eq!(std::fs::read(&file).expect("a file"), before, "the old database is only read");
    let password = new.address().split(':').nth(2).and_then(|rest| rest.split('@').next()).expect("one").to_owned();
    assert!(!words.contains(&password), "{words}");

    for command in [
        &["unit", "list", "--json"][..],
        &["point", "list", "--json"],
        &["user", "list", "--json"],
        &["export", "codebook", "--format", "csv"],
        &["export", "responses", "--format", "csv", "--comments", "--live"],
        &["index", "--plan", "thanh-dong-2026", "--period", "2026-q3", "--live", "--json"],
    ] {
        assert_eq!(done(&old.address(), command), done(&new.address(), command), "{command:?}");
    }
    let user = |address: &str| done(address, &["user", "list", "--json"]);
    assert!(user(&new.address()).contains("Lan '\\\"\\\\ Ân"), "{}", user(&new.address()));
    assert!(Db::open(new.url()).expect("a database").check().expect("a check-up").is_well());
    let bound =
        |address: &sipas::db::DatabaseUrl| Db::open(address).expect("a database").single_sign_on(77).expect("asked");
    assert!(bound(new.url()).is_some() && bound(new.url()) == bound(old.url()));
    // It serves from there, and is not moved to twice.
    let server = Server::start(&new.address(), &folder.path("log"), &[]);
    assert_eq!(server.get("/health/ready").0, 200);
    assert_eq!(server.stop().code(), Some(0));
    let words = refused(&old.address(), &["move", "--to", &new.address()]);
    assert!(words.contains("is not empty"), "{words}");
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
    assert!(words.contains("no SQLite database"), "{words}");
    // A sheet that the tallies do not know: the recount in the new place says so, and nothing is left there.
    old.sql("DELETE FROM sheet WHERE random = (SELECT min(random) FROM sheet)");
    let words = refused(&old.address(), &["move", "--to", &new.address()]);
    assert!(words.contains("tallies differ"), "{words}");
    assert_eq!(Db::open(new.url()).expect("a database").count_sheets(), Ok(0));
    assert!(Db::open(new.url()).expect("a database").units().expect("units").is_empty());
}
