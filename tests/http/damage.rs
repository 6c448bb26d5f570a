//! Rows that somebody has damaged cost their own pages, and no other's; the check-up names them.

use sipas::db::restore;

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::Town;

on_both! {
    fn one_plan_and_one_unit_that_cannot_be_read_cost_their_own_pages_alone(fresh) {
        drop(Town::start(fresh));
        fresh.sql(
            "UPDATE plan SET content = '{' WHERE key = 'o-dien-2026-2030'; UPDATE unit SET kind = 77 WHERE code = 'cau-giay-tyt'",
        );
        let town = Town::start_as_it_is(fresh);
        let session = town.sign_in("lan");
        for page in ["/staff/", "/staff/targets", "/staff/progress", "/staff/due", "/staff/points", "/staff/units", "/results?unit=phuong-cau-giay"] {
            assert_eq!(town.get_as(&session, page).status(), 200, "{page}");
        }
        let theirs = town.sign_in("hoa");
        assert_eq!(town.get_as(&theirs, "/staff/").status(), 200);
        assert!(town.get_as(&theirs, "/staff/plans/o-dien-2026-2030/about").status().as_u16() >= 400);
        let checkup = town.db.check().expect("a check-up");
        let said = checkup.findings.iter().find(|finding| finding.what == "units and plans").expect("a finding");
        assert!(!said.well && said.words.contains("plan o-dien-2026-2030, revision 1"), "{said:?}");
        assert!(said.words.contains("unit 4"), "the fourth unit of the town: {said:?}");
    }
}

#[test]
fn what_an_extension_of_the_server_brings_is_no_damage() {
    let fresh = fresh_db(Backend::Postgres);
    let db = fresh.serve();
    // pg_auto_failover makes this one in every database that it keeps; its two views come into the schema of the tables.
    fresh.sql("CREATE EXTENSION pg_stat_statements");
    let checkup = db.check().expect("a check-up");
    assert!(checkup.is_well(), "{:?}", checkup.findings);
    fresh.sql("CREATE VIEW everything AS SELECT * FROM sheet");
    assert!(!db.check().expect("a check-up").is_well(), "a view of somebody's own is");
}

#[test]
fn a_trigger_and_a_view_that_are_not_the_programs_are_named_and_a_backup_with_them_is_not_restored() {
    let (fresh, empty) = (fresh_db(Backend::Sqlite), fresh_db(Backend::Sqlite));
    let db = fresh.serve();
    assert!(db.check().expect("a check-up").is_well());
    fresh.sql(
        "CREATE TRIGGER rises AFTER INSERT ON session BEGIN UPDATE staff_user SET role = 'administrator'; END; \
         DROP TRIGGER audit_no_update; CREATE VIEW everything AS SELECT * FROM sheet;",
    );
    let checkup = db.check().expect("a check-up");
    let said = checkup.findings.iter().find(|finding| finding.what == "schema").expect("a finding");
    for words in
        ["trigger rises is not of this program", "trigger audit_no_update is missing", "view everything is not"]
    {
        assert!(!said.well && said.words.contains(words), "{said:?}");
    }
    let copy = empty.url().file().expect("a file").with_file_name("copy.db");
    db.backup(&copy).expect("a copy, with a warning");
    let words = restore(&copy, empty.url(), false).expect_err("not whole").to_string();
    assert!(words.contains("trigger rises"), "{words}");
}
