//! Tables spread over machines by unit.

use chrono::Days;
use sipas::db::{DISTRIBUTED, REFERENCE, Stored, distribute, migrate, statements};
use sipas::jobs::order_round;

use crate::support::{Backend, attempt, commune, fresh_db, some_day};

#[test]
fn what_is_referred_to_is_spread_before_what_refers_to_it_and_all_stand_together() {
    let said = statements();
    let place = |table: &str| {
        said.iter().position(|statement| statement.contains(&format!("'{table}'"))).expect("a statement of the table")
    };
    // From the migrations: a table, and the tables that it refers to.
    for (table, others) in [
        ("service_point", &["unit"][..]),
        ("sheet", &["form", "field", "service_point"]),
        ("ticket", &["service_point"]),
        ("voiding", &["service_point"]),
        ("complaint", &["unit"]),
        ("complaint_contact", &["complaint"]),
        ("complaint_helper", &["unit", "complaint"]),
        ("complaint_step", &["complaint"]),
        ("volume", &["unit", "field"]),
    ] {
        for other in others {
            assert!(place(other) < place(table), "{other} comes before {table}");
        }
    }
    assert_eq!(said.len(), REFERENCE.len() + DISTRIBUTED.len());
    let first = said.iter().position(|statement| statement.contains("create_distributed_table")).expect("the first");
    assert!(said[..first].iter().all(|statement| statement.contains("create_reference_table")));
    assert!(said[first + 1..].iter().all(|statement| statement.contains("colocate_with => 'attempt'")), "{said:?}");
}

#[test]
fn without_the_extension_and_on_a_file_nothing_is_spread_and_a_sentence_says_why() {
    let file = fresh_db(Backend::Sqlite);
    migrate(file.url()).expect("migrated");
    assert!(distribute(file.url()).expect_err("a file").to_string().contains("sipas move"));
    let plain = fresh_db(Backend::Postgres);
    migrate(plain.url()).expect("migrated");
    let words = distribute(plain.url()).expect_err("no extension").to_string();
    assert!(words.contains("the extension citus is not installed") && words.contains("nothing was changed"), "{words}");
}

/// Where this PostgreSQL has the extension (`./dev soak citus` starts one that has loaded it): a cluster of one machine. Elsewhere it
/// holds that nobody is told of tables that were spread.
#[test]
fn where_the_extension_is_installed_answers_are_stored_released_and_read_from_tables_that_are_spread() {
    let fresh = fresh_db(Backend::Postgres);
    migrate(fresh.url()).expect("migrated");
    if std::env::var("SIPAS_TEST_PRELOAD").as_deref() != Ok("citus") {
        println!("NOT RUN on spread tables: this PostgreSQL has not loaded the extension citus");
        assert!(distribute(fresh.url()).is_err());
        return;
    }
    fresh.sql("CREATE EXTENSION IF NOT EXISTS citus; SELECT citus_set_coordinator_host('127.0.0.1', current_setting('port')::int)");
    let stand = distribute(fresh.url()).expect("spread");
    assert_eq!(stand.len(), REFERENCE.len() + DISTRIBUTED.len());
    assert_eq!(distribute(fresh.url()), Ok(stand), "again, nothing changes");
    let db = fresh.serve();
    let commune = commune(&db);
    for number in 1..=20 {
        assert_eq!(db.submit_blocking(commune.sheet(1, [4; 5]), attempt(number, 1)), Ok(Stored::New));
    }
    assert_eq!(order_round(&db, some_day(), &|| true), Ok(20));
    assert_eq!(db.release_nightly(some_day() + Days::new(1)), Ok(Some(10)));
    assert_eq!(db.keep_day_sums(some_day() + Days::new(1)), Ok(1));
    assert_eq!(db.release_at_closing("xa-phu-dong", (some_day(), some_day()), some_day()), Ok(10));
    assert!(db.check().expect("a check-up").is_well());
}
