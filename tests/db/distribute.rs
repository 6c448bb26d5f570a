//! Tables spread over machines by unit.

use sipas::db::{DISTRIBUTED, REFERENCE, distribute, migrate, statements};

use crate::support::{Backend, fresh_db};

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
