//! Two of a kind: servers on one file, programs that migrate at once, programs of different ages.

use crate::load::{Client, body};
use crate::server::{Folder, Server, done, program, refused};
use crate::stored::assert_calm;
use crate::support::{Backend, commune, fresh_db};

#[test]
fn a_second_server_refuses_with_a_sentence_and_commands_still_work() {
    let (fresh, folder) = (fresh_db(Backend::Sqlite), Folder::new());
    let commune = commune(&fresh.serve());
    let first = Server::start(&fresh.address(), &folder.path("log"), &[]);
    let words = refused(&fresh.address(), &["serve"]);
    assert!(words.contains("another server already serves") && words.contains("stop it first"), "{words}");
    let mut client = Client::connect(first.address).expect("a connection");
    let post = |client: &mut Client| client.post(&commune.codes[0], &body(uuid::Uuid::new_v4(), 4)).expect("an answer");
    assert_eq!(post(&mut client), 201, "the first was not disturbed");
    for command in [&["unit", "list", "--json"][..], &["point", "list", "--json"], &["doctor"], &["migrate"]] {
        done(&fresh.address(), command);
    }
    done(&fresh.address(), &["unit", "add", "xa-moi", "--kind", "commune", "--name", "Mới", "--name-en", "New"]);
    done(&fresh.address(), &["backup", &folder.text("copy.db")]);
    assert_eq!(post(&mut client), 201);
    assert_calm(&first.log());
    // The lock dies with the process that held it.
    first.kill();
    let second = Server::start(&fresh.address(), &folder.path("log"), &[]);
    assert_eq!(second.get("/health/ready").0, 200);
    assert_eq!(second.stop().code(), Some(0));
    assert!(done(&fresh.address(), &["doctor"]).contains("recount of 2 sheets"));
}

on_both! {
    fn four_programs_that_migrate_an_empty_database_at_once_do_not_meet(fresh) {
        let settings = [("SIPAS_DATABASE_URL", fresh.address())];
        let settings: Vec<(&str, &str)> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let programs: Vec<_> = (0..4).map(|_| {
            program(&settings).arg("migrate").stderr(std::process::Stdio::piped()).spawn().expect("the program")
        }).collect();
        let words: Vec<String> = programs.into_iter().map(|one| {
            let output = one.wait_with_output().expect("its end");
            let words = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(0), "{words}");
            words
        }).collect();
        let first = words.iter().filter(|words| words.contains("migrated from nothing")).count();
        assert_eq!(first, 1, "{words:?}");
        done(&fresh.address(), &["doctor"]);
    }

    fn an_older_program_leaves_a_newer_database_alone(fresh) {
        done(&fresh.address(), &["migrate"]);
        fresh.sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('9001')");
        for command in [&["serve"][..], &["migrate"], &["unit", "list"], &["doctor"]] {
            let words = refused(&fresh.address(), command);
            assert!(words.contains("migration 9001") && words.contains("install a newer version"), "{words}");
        }
        fresh.sql("DELETE FROM __diesel_schema_migrations WHERE version = '9001'");
        done(&fresh.address(), &["doctor"]);
    }
}
