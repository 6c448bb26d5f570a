//! How a database is opened, refused, migrated and closed.

use std::time::{Duration, Instant};

use sipas::db::migrate;
use sipas::db::{DatabaseUrl, Db, DbError, HEAD, Migrated, Sizes, Stored, revert_everything};

use crate::support::{Backend, attempt, commune, fresh_db};

/// How long two may keep each other from writing before a test says that they hang.
const PATIENCE: Duration = Duration::from_mins(2);

on_both! {
    fn migrations_go_up_down_and_up_again(fresh) {
        let first = migrate(fresh.url()).expect("up");
        assert_eq!(first, Migrated { from: None, to: HEAD.into() });
        let again = migrate(fresh.url()).expect("nothing to do");
        assert_eq!(again, Migrated { from: Some(HEAD.into()), to: HEAD.into() });
        revert_everything(fresh.url()).expect("down");
        assert_eq!(migrate(fresh.url()), Ok(first));
        assert!(Db::open(fresh.url()).expect("open").check().expect("a check-up").is_well());
    }

    fn two_programs_may_migrate_at_once(fresh) {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let url = fresh.url().clone();
                std::thread::spawn(move || migrate(&url).expect("migrated"))
            })
            .collect();
        let migrated: Vec<_> = threads.into_iter().map(|thread| thread.join().expect("no panic")).collect();
        assert_eq!(migrated.iter().filter(|migrated| migrated.from.is_none()).count(), 1, "{migrated:?}");
    }

    fn an_older_program_is_refused_with_both_versions_named(fresh) {
        migrate(fresh.url()).expect("up");
        fresh.sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('9001')");
        let refused = DbError::TooNew { database: "9001".into(), program: HEAD.into() };
        assert_eq!(migrate(fresh.url()), Err(refused.clone()));
        assert_eq!(Db::open_for_server(fresh.url(), Sizes::default()).err(), Some(refused.clone()));
        assert_eq!(Db::open(fresh.url()).err(), Some(refused.clone()));
        assert_eq!(
            refused.to_string(),
            format!("database is at migration 9001, this program knows none after {HEAD}; install a newer version")
        );
    }

    fn a_migration_under_the_number_it_had_for_a_day_is_entered_under_its_own(fresh) {
        migrate(fresh.url()).expect("up");
        fresh.sql("UPDATE __diesel_schema_migrations SET version = '0033' WHERE version = '0032'");
        let command = Db::open(fresh.url()).err().expect("a refusal");
        assert!(matches!(command, DbError::TooOld { .. }) && command.to_string().ends_with("run `sipas migrate`"), "{command}");
        assert_eq!(migrate(fresh.url()).map(|migrated| migrated.to), Ok(HEAD.to_owned()));
        assert!(Db::open(fresh.url()).expect("open").check().expect("a check-up").is_well());
        // What another program did under that number is not this one's.
        fresh.sql("UPDATE __diesel_schema_migrations SET version = '0033' WHERE version = '0032'; ALTER TABLE survey_frame DROP COLUMN totals");
        assert!(matches!(migrate(fresh.url()), Err(DbError::TooNew { .. })));
    }

    fn a_command_refuses_a_database_that_waits_for_migrations(fresh) {
        migrate(fresh.url()).expect("up");
        fresh.sql(&format!("DELETE FROM __diesel_schema_migrations WHERE version = '{HEAD}'"));
        let error = Db::open(fresh.url()).err().expect("a refusal");
        assert!(matches!(error, DbError::TooOld { .. }), "{error}");
        assert!(error.to_string().ends_with("run `sipas migrate`"), "{error}");
    }

    fn commands_work_beside_a_running_server(fresh) {
        let server = fresh.serve();
        let commune = commune(&server);
        let command = Db::open(fresh.url()).expect("a command beside the server");
        // Both write, in turn and at once.
        let threads: Vec<_> = [(&server, 0), (&command, 100)]
            .into_iter()
            .map(|(db, first)| {
                let db = db.clone();
                let sheets: Vec<_> = (first..first + 40).map(|number| (number, commune.sheet(1, [4; 5]))).collect();
                std::thread::spawn(move || {
                    for (number, sheet) in sheets {
                        let submit = || db.submit_blocking(sheet.clone(), attempt(number, 1));
                        let (since, mut stored, mut good) = (Instant::now(), submit(), vec![Stored::New]);
                        // Whom the other one's writing kept too long is told to come again and does, as a phone: with the same attempt.
                        while matches!(stored, Err(DbError::Unavailable(_))) && since.elapsed() < PATIENCE {
                            good.push(Stored::Before);
                            stored = submit();
                        }
                        assert!(stored.as_ref().is_ok_and(|stored| good.contains(stored)), "{stored:?}");
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("no failed assertion");
        }
        let checkup = server.check().expect("a check-up");
        assert!(checkup.is_well() && checkup.sheets == 80, "{checkup:#?}");
    }

    fn health_answers_and_a_check_up_of_an_empty_database_is_well(fresh) {
        let db = fresh.serve();
        assert_eq!(db.health().expect("a sign of life").queue.length, 0);
        let checkup = db.check().expect("a check-up");
        assert!(checkup.is_well(), "{checkup:#?}");
    }

    fn a_writer_that_is_stuck_is_not_ready_and_one_that_panicked_goes_on(fresh) {
        let db = fresh.serve();
        let moment = std::time::Duration::from_millis(50);
        let (free, held) = std::sync::mpsc::channel::<()>();
        let holder = db.clone();
        let (tell, told) = std::sync::mpsc::channel::<()>();
        let work = move || {
            let _ = tell.send(());
            let _ = held.recv();
        };
        let holding = std::thread::spawn(move || holder.hold_writer(work));
        told.recv().expect("it is held");
        let proof = db.prove_ready(moment);
        assert!(matches!(proof, Err(DbError::Unavailable(_))), "{proof:?}");
        drop(free);
        assert_eq!(holding.join().expect("a thread"), Ok(()));
        assert!(db.hold_writer(|| panic!("on purpose")).is_err());
        assert_eq!(db.prove_ready(std::time::Duration::from_mins(1)), Ok(()));
    }
}

#[test]
fn a_second_server_on_the_same_file_is_refused_until_the_first_ends() {
    let fresh = fresh_db(Backend::Sqlite);
    let first = fresh.serve();
    let refused = Db::open_for_server(fresh.url(), Sizes::default()).err().expect("a refusal");
    assert!(matches!(refused, DbError::ServerRunning(_)), "{refused}");
    assert!(refused.to_string().starts_with("another server already serves "), "{refused}");
    drop(first);
    fresh.serve();
}

#[test]
fn a_damaged_file_is_not_served() {
    let fresh = fresh_db(Backend::Sqlite);
    let db = fresh.serve();
    let commune = commune(&db);
    for number in 0..200 {
        assert_eq!(db.submit_blocking(commune.sheet(1, [4; 5]), attempt(number, 1)), Ok(Stored::New));
    }
    drop(db);
    let file = fresh.url().file().expect("a path").to_owned();
    let whole = std::fs::read(&file).expect("the file");
    let refused = |bytes: &[u8]| {
        std::fs::write(&file, bytes).expect("written");
        Db::open_for_server(fresh.url(), Sizes::default()).err().expect("a refusal").to_string()
    };
    // Cut off in the middle of its last page; two pages in its middle overwritten.
    let cut = refused(&whole[..whole.len() - 1_000]);
    let mut overwritten = whole.clone();
    let middle = whole.len() / 2 / 4_096 * 4_096;
    overwritten[middle..middle + 8_192].fill(0xa5);
    for words in [cut, refused(&overwritten)] {
        for part in [file.to_str().expect("UTF-8"), "is damaged", "sipas restore FILE --replace"] {
            assert!(words.contains(part), "{words}");
        }
    }
    std::fs::write(&file, &whole).expect("written");
    assert_eq!(fresh.serve().count_sheets(), Ok(200));
}

#[test]
fn a_file_that_is_gone_or_empty_beside_its_lock_is_no_new_installation() {
    let fresh = fresh_db(Backend::Sqlite);
    drop(fresh.serve());
    let file = fresh.url().file().expect("a path").to_owned();
    let lock = format!("{}.lock", file.display());
    let refused = || Db::open_for_server(fresh.url(), Sizes::default()).err().expect("a refusal").to_string();
    std::fs::remove_file(&file).expect("removed");
    assert!(refused().contains("is empty or gone") && refused().contains(&lock), "{}", refused());
    std::fs::write(&file, []).expect("written");
    assert!(refused().contains("is empty or gone"));
    std::fs::remove_file(&lock).expect("removed");
    fresh.serve();
}

#[test]
fn no_command_makes_a_database_where_one_was_lost_or_tells_how() {
    let fresh = fresh_db(Backend::Sqlite);
    drop(fresh.serve());
    let file = fresh.url().file().expect("a path").to_owned();
    for empty in [false, true] {
        std::fs::remove_file(&file).expect("removed");
        if empty {
            std::fs::write(&file, []).expect("written");
        }
        let opened = Db::open(fresh.url()).err().expect("a refusal").to_string();
        let migrated = migrate(fresh.url()).expect_err("a refusal").to_string();
        for words in [opened, migrated] {
            assert!(words.contains("is empty or gone, but a database stood there"), "{words}");
            assert!(!words.contains("makes one") && !words.contains("sipas migrate"), "{words}");
        }
        let length = std::fs::metadata(&file).map(|file| file.len()).ok();
        assert_eq!(length, empty.then_some(0), "nothing was made");
        std::fs::write(&file, "a place").expect("written");
    }
}

#[test]
fn a_file_that_is_removed_or_replaced_while_it_is_open_takes_nothing_and_is_not_made_anew() {
    type Loss = fn(&std::path::Path);
    let losses: [(&str, Loss); 3] = [
        ("removed", |file| std::fs::remove_file(file).expect("removed")),
        ("replaced", |file| {
            let other = file.with_extension("other");
            std::fs::copy(file, &other).expect("a copy");
            std::fs::rename(&other, file).expect("replaced");
        }),
        ("its log removed", |file| std::fs::remove_file(format!("{}-wal", file.display())).expect("removed")),
    ];
    for (what, lose) in losses {
        let fresh = fresh_db(Backend::Sqlite);
        let db = fresh.serve();
        let commune = commune(&db);
        assert_eq!(db.submit_blocking(commune.sheet(1, [4; 5]), attempt(1, 1)), Ok(Stored::New));
        assert_eq!(db.prove_ready(PATIENCE), Ok(()), "{what}");
        let file = fresh.url().file().expect("a path").to_owned();
        lose(&file);
        for number in [1, 2] {
            let stored = db.submit_blocking(commune.sheet(1, [4; 5]), attempt(number, 1));
            let Err(error @ DbError::Unavailable(_)) = stored else { panic!("{what}: {stored:?}") };
            let words = error.to_string();
            assert!(words.contains(file.to_str().expect("UTF-8")) && words.contains("removed or replaced"), "{words}");
        }
        assert!(matches!(db.prove_ready(PATIENCE), Err(DbError::Unavailable(_))), "{what}");
        assert!(db.set_meta("a", "b").is_err(), "what staff change is not stored either");
        assert_eq!(file.exists(), what != "removed", "nothing is made in its place");
        if what != "its log removed" {
            assert!(db.health().is_err() && db.units().is_err(), "{what}: nothing is read from elsewhere");
        }
    }
}

#[test]
fn a_file_that_was_moved_away_and_back_takes_answers_again() {
    let fresh = fresh_db(Backend::Sqlite);
    let db = fresh.serve();
    let commune = commune(&db);
    let file = fresh.url().file().expect("a path").to_owned();
    let aside = file.with_extension("aside");
    std::fs::rename(&file, &aside).expect("moved away");
    assert!(db.submit_blocking(commune.sheet(1, [4; 5]), attempt(1, 1)).is_err());
    std::fs::rename(&aside, &file).expect("moved back");
    assert_eq!(
        db.submit_blocking(commune.sheet(1, [4; 5]), attempt(1, 1)),
        Ok(Stored::New),
        "it was not stored before"
    );
    assert_eq!(db.prove_ready(PATIENCE), Ok(()));
    assert_eq!(db.count_sheets(), Ok(1));
}

#[test]
fn a_command_makes_no_file_that_is_not_there() {
    let fresh = fresh_db(Backend::Sqlite);
    let error = Db::open(fresh.url()).err().expect("a refusal");
    assert!(matches!(error, DbError::Missing(_)), "{error}");
    assert!(!fresh.url().file().expect("a path").exists());
}

#[test]
fn a_server_that_is_not_there_is_named_and_its_password_is_not() {
    let url = DatabaseUrl::parse("postgres://u:secret@127.0.0.1:1/none").expect("an address");
    let error = Db::open(&url).err().expect("a refusal");
    assert!(matches!(error, DbError::Unavailable(_)), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[test]
fn an_orderly_end_leaves_an_empty_write_ahead_log() {
    let fresh = fresh_db(Backend::Sqlite);
    let db = fresh.serve();
    let commune = commune(&db);
    assert_eq!(db.submit_blocking(commune.sheet(1, [4; 5]), attempt(1, 1)), Ok(Stored::New));
    let mut wal = fresh.url().file().expect("a path").as_os_str().to_owned();
    wal.push("-wal");
    assert!(std::fs::metadata(&wal).is_ok_and(|wal| wal.len() > 0));
    db.close();
    assert!(std::fs::metadata(&wal).map_or(0, |wal| wal.len()) == 0);
}
