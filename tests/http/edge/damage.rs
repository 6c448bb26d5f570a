//! Rows that somebody has damaged cost their own pages, and no other's; the check-up names them.

use sipas::db::restore;

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::Town;

on_both! {
    fn one_sheet_that_cannot_be_read_keeps_no_other_ward_and_no_other_matter_waiting(fresh) {
        let town = Town::start(fresh);
        let today = sipas::clock::today();
        let yesterday = today - chrono::Days::new(1);
        // A ward beside, with a point and enough answers for a release, as here.
        let theirs = town.add_point("xa-o-dien", "Quầy bên");
        for point in [&town.counter, &theirs] {
            town.store_waiting(point, "judicial", 24, yesterday);
        }
        let unit = town.db.unit_by_code("cau-giay-hcc").expect("asked").expect("a unit").id;
        fresh.sql(&format!(
            "UPDATE sheet SET series = 77 WHERE unit_id = {unit} AND random = (SELECT min(random) FROM sheet WHERE unit_id = {unit})"
        ));
        let released = town.db.release_nightly(today).expect("the night goes on");
        assert_eq!(released, Some(10), "the other ward's: 24 less ten, rounded down to tens");
        town.db.keep_day_sums(today).expect("sums of the other days");
        // Closing this ward's period must not pass over it.
        let days = (yesterday, yesterday);
        town.db.release_at_closing("phuong-cau-giay", days, today).expect_err("its own ward must know");
        // The check-up says where, and everything else too.
        let checkup = town.db.check().expect("a check-up");
        let said = |what: &str| checkup.findings.iter().find(|finding| finding.what == what).expect("a finding").clone();
        let tallies = said("tallies");
        let words = format!("of unit {unit} on {yesterday}: series 77 has no meaning");
        assert!(!tallies.well && tallies.words.contains(&words), "{tallies:?}");
        for what in ["schema", "units and plans", "complaints", "audit log", "day sums"] {
            assert!(said(what).well, "{:?}", said(what));
        }
        // And so with a tally: the ward is named when all others were judged.
        fresh.sql(&format!("UPDATE tally SET series = 77 WHERE unit_id = {unit}"));
        sipas::service::warnings::judge_all(&town.db, today, &|| true).expect_err("the job says it");
        let other = town.db.unit_by_code("xa-o-dien").expect("asked").expect("a commune");
        assert!(town.db.warning_watch(other.id).expect("asked").is_some_and(|watch| watch.judged == today));
    }

    fn answers_wait_while_a_unit_above_them_or_their_plan_cannot_be_read_and_others_do_not(fresh) {
        let today = sipas::clock::today();
        let (yesterday, tomorrow) = (today - chrono::Days::new(1), today + chrono::Days::new(1));
        let town = Town::start(fresh);
        let theirs = town.add_point("xa-o-dien", "Quầy bên");
        for point in [&town.counter, &theirs] {
            town.store_waiting(point, "judicial", 24, yesterday);
        }
        drop(town);
        // The ward in the middle of its chain: its offices would take themselves for roots, and their releases would stay so.
        fresh.sql("UPDATE unit SET kind = 77 WHERE code = 'phuong-cau-giay'");
        let town = Town::start_as_it_is(fresh);
        assert_eq!(town.db.release_nightly(today), Ok(Some(10)), "the other ward's: 24 less ten, rounded down to tens");
        let checkup = town.db.check().expect("a check-up");
        let said = checkup.findings.iter().find(|finding| finding.what == "units and plans").expect("a finding");
        assert!(!said.well && said.words.contains("kind of unit 77 has no meaning"), "{said:?}");
        assert!(said.words.contains("wait for their release"), "{said:?}");
        drop(town);
        // Mended, they go with the night that follows.
        fresh.sql("UPDATE unit SET kind = (SELECT kind FROM unit WHERE code = 'xa-o-dien') WHERE code = 'phuong-cau-giay'");
        let town = Town::start_as_it_is(fresh);
        let released = town.db.release_nightly(tomorrow).expect("a night").expect("made once");
        assert!(released >= 10, "{released}");
    }

    fn a_plan_that_cannot_be_read_holds_the_answers_that_it_may_bind_and_no_others(fresh) {
        let today = sipas::clock::today();
        let town = Town::start(fresh);
        let theirs = town.add_point("xa-o-dien", "Quầy bên");
        for point in [&town.counter, &theirs] {
            town.store_waiting(point, "judicial", 24, today - chrono::Days::new(1));
        }
        drop(town);
        fresh.sql("UPDATE plan SET content = '{' WHERE key = 'o-dien-2026-2030'");
        let town = Town::start_as_it_is(fresh);
        assert_eq!(town.db.release_nightly(today), Ok(Some(10)), "Cầu Giấy's");
        let days = (today - chrono::Days::new(1), today);
        assert!(town.db.release_at_closing("xa-o-dien", days, today).is_err(), "nothing goes past the damage");
    }

    fn one_complaint_that_cannot_be_read_keeps_no_letter(fresh) {
        let town = Town::start(fresh);
        let today = sipas::clock::today();
        let ward = town.db.unit_by_code("phuong-cau-giay").expect("asked").expect("a ward");
        for (place, once) in [[1; 16], [2; 16]].iter().enumerate() {
            let written = sipas::cases::check("complaint", "Chờ lâu", "").expect("words");
            let arrival = sipas::service::complaints::arrival(&town.db, &ward, today).expect("an arrival");
            town.db.add_complaint(ward.id, once, &written, &arrival, today).expect("stored");
            if place == 0 {
                fresh.sql("UPDATE complaint SET state = 77");
            }
        }
        assert_eq!(town.db.complaints_under_way(None).expect("complaints").len(), 1, "the other one");
        let session = town.sign_in("lan");
        assert_eq!(town.get_as(&session, "/staff/complaints").status(), 200);
        // Programs that read page by page get the other one, on whichever page it is.
        let (mut read, mut pages, mut next) = (0, 0, Some("/api/v1/complaints?limit=1".to_owned()));
        while let Some(page) = next {
            let answer = town.get_as(&session, &page);
            next = answer.headers().get("link").map(|link| {
                let link = link.to_str().expect("text");
                link.trim_start_matches('<').split('>').next().expect("an address").to_owned()
            });
            read += answer.json::<serde_json::Value>().expect("a page").as_array().expect("a list").len();
            pages += 1;
        }
        assert_eq!((read, pages), (1, 2));
        let monday: chrono::DateTime<chrono::Utc> = "2026-03-16T03:00:00Z".parse().expect("an instant");
        let lan = town.db.user_by_name("lan").expect("asked").expect("known").id;
        town.db.by_nobody().set_email(lan, sipas::access::EmailAddress::parse("lan@example.vn").as_ref()).expect("set");
        sipas::jobs::letters::summaries(&town.db, "https://khaosat.example.vn", monday).expect("letters of the others");
        let checkup = town.db.check().expect("a check-up");
        let said = checkup.findings.iter().find(|finding| finding.what == "complaints").expect("a finding");
        assert!(!said.well && said.words.contains("state of a complaint 77 has no meaning"), "{said:?}");
    }

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

#[test]
fn a_backup_is_made_of_a_database_with_a_row_that_cannot_be_read_and_says_so() {
    let (fresh, empty) = (fresh_db(Backend::Sqlite), fresh_db(Backend::Sqlite));
    let town = Town::start(&fresh);
    town.store_waiting(&town.counter, "judicial", 1, sipas::clock::today());
    fresh.sql("UPDATE sheet SET series = 77");
    let copy = empty.url().file().expect("a file").with_file_name("copy.db");
    let made = town.db.backup(&copy).expect("a copy, with a warning");
    assert!(copy.exists() && made.warning.is_some_and(|words| words.contains("series 77 has no meaning")));
}

#[test]
fn a_trigger_under_a_name_of_the_engine_is_named_too() {
    let fresh = fresh_db(Backend::Sqlite);
    let db = fresh.serve();
    fresh.sql(
        "PRAGMA writable_schema = ON; \
         INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ('trigger', 'sqlite_x', 'session', 0, \
         'CREATE TRIGGER sqlite_x AFTER INSERT ON session BEGIN UPDATE staff_user SET role = ''administrator''; END'); \
         PRAGMA writable_schema = RESET;",
    );
    drop(db);
    let checkup = fresh.serve().check().expect("a check-up");
    let said = checkup.findings.iter().find(|finding| finding.what == "schema").expect("a finding");
    assert!(!said.well && said.words.contains("trigger sqlite_x is not of this program"), "{said:?}");
}

#[test]
fn what_was_changed_in_a_schema_of_postgresql_is_named() {
    for (change, words) in [
        (
            "CREATE OR REPLACE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
            "function audit_is_only_added_to() is another one",
        ),
        ("ALTER TABLE audit DISABLE TRIGGER audit_no_change", "trigger audit_no_change of audit is another one"),
        ("DROP TRIGGER audit_no_change ON audit", "trigger audit_no_change of audit is missing"),
        ("CREATE RULE silent AS ON INSERT TO audit DO INSTEAD NOTHING", "rule silent of audit is not of this program"),
        ("ALTER TABLE unit DROP CONSTRAINT unit_code_key", "key unit_code_key of unit is missing"),
        ("DROP INDEX api_token_name", "index api_token_name is missing"),
        ("ALTER TABLE comment ALTER COLUMN body DROP NOT NULL", "column comment.body is another one"),
        ("ALTER TABLE sheet ADD COLUMN sent_at timestamptz", "column sheet.sent_at is not of this program"),
        ("ALTER TABLE session DISABLE TRIGGER ALL", "switched off: key"),
    ] {
        let fresh = fresh_db(Backend::Postgres);
        let db = fresh.serve();
        let before = db.check().expect("a check-up");
        assert!(before.is_well(), "{:?}", before.findings);
        fresh.sql(change);
        let checkup = db.check().expect("a check-up");
        let said = checkup.findings.iter().find(|finding| finding.what == "schema").expect("a finding");
        assert!(!said.well && said.words.contains(words), "{change}: {said:?}");
    }
}
