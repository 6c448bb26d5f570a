//! The audit log: one chain whoever writes, and every tampering found at its row.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sipas::access::AuditedAction;
use sipas::db::{Db, Note, Outcome, UnitKind};

use crate::support::{Backend, FreshDb, commune, fresh_db};

fn note(object: &str) -> Note {
    Note {
        at: "2026-03-14T01:00:00.123Z".parse::<DateTime<Utc>>().expect("an instant"),
        actor: "lan".to_owned(),
        action: AuditedAction::RetirePoint,
        unit: "xa-phu-dong".to_owned(),
        object: object.to_owned(),
        outcome: Outcome::Done,
    }
}

/// Lets SQL past the triggers that guard the log, as somebody with the file could.
fn unguard(fresh: &FreshDb) {
    fresh.sql(match fresh.url().file() {
        Some(_) => "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;",
        None => "DROP TRIGGER audit_no_change ON audit;",
    });
}

/// The hash of the row of [`note`], computed here from docs/security.md alone: each field after its length in 8 bytes.
fn sealed(number: i64, object: &str, previous: [u8; 32]) -> [u8; 32] {
    let mut bytes = Vec::new();
    // 2026-03-14T01:00:00.123Z: date -u -d '2026-03-14 01:00:00' +%s gives 1773450000.
    let at = 1_773_450_000_123_i64.to_be_bytes();
    let fields: [&[u8]; 9] = [
        b"sipas audit 1",
        &number.to_be_bytes(),
        &at,
        b"lan",
        b"retire_point",
        b"xa-phu-dong",
        object.as_bytes(),
        b"done",
        &previous,
    ];
    for field in fields {
        bytes.extend((field.len() as u64).to_be_bytes());
        bytes.extend(field);
    }
    Sha256::digest(&bytes).into()
}

on_both! {
    fn every_row_is_sealed_with_the_row_before_as_documented(fresh) {
        let db = fresh.serve();
        assert_eq!(db.verify_audit().expect("read").expect("whole").number, 0);
        db.note(note("AT32X2P")).expect("written");
        db.note(note("một điểm\nhai dòng")).expect("written");
        let first = sealed(1, "AT32X2P", [0; 32]);
        let second = sealed(2, "một điểm hai dòng", first);
        let head = db.audit_head().expect("a head");
        assert_eq!((head.number, head.hash), (2, second));
        assert_eq!(db.verify_audit().expect("read"), Ok(head));
    }

    fn a_deed_and_its_row_are_one_and_a_failed_deed_leaves_none(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let day = crate::support::some_day();
        db.noting(note("done")).retire_point(&commune.codes[0], day).expect("retired");
        assert_eq!(db.audit_head().expect("a head").number, 1);
        assert!(db.noting(note("failed")).retire_point("2222222", day).is_err());
        let again = sipas::db::NewUnit {
            code: "xa-phu-dong".into(),
            kind: UnitKind::Commune,
            name_vi: "x".into(),
            name_en: "x".into(),
            parent: None,
            valid_from: day,
        };
        assert!(db.noting(note("failed")).add_unit(&again).is_err());
        assert_eq!(db.audit_head().expect("a head").number, 1, "no row about what did not happen");
        // Answers of citizens leave no row.
        db.submit_blocking(commune.sheet(2, [5; 5]), crate::support::attempt(1, 1)).expect("stored");
        assert_eq!(db.audit_head().expect("a head").number, 1);
    }

    fn several_processes_write_one_chain(fresh) {
        let served = fresh.serve();
        let others: Vec<Db> = (0..2).map(|_| Db::open(fresh.url()).expect("beside the server")).collect();
        std::thread::scope(|threads| {
            for db in others.iter().chain([&served]) {
                threads.spawn(move || {
                    for number in 0..20 {
                        db.note(note(&number.to_string())).expect("written");
                    }
                });
            }
        });
        assert_eq!(served.verify_audit().expect("read").expect("whole").number, 60);
    }

    fn the_first_tampered_row_is_named(fresh) {
        let db = fresh.serve();
        for number in 1..=6 {
            db.note(note(&number.to_string())).expect("written");
        }
        unguard(fresh);
        let broken = || db.verify_audit().expect("read").expect_err("a broken chain");
        fresh.sql("UPDATE audit SET object = 'x' WHERE number = 5");
        assert_eq!((broken().number, broken().why), (5, "it was changed after it was written"));
        let checkup = db.check().expect("a check-up");
        let bad: Vec<_> = checkup.findings.iter().filter(|finding| !finding.well).collect();
        assert!(bad.len() == 2 && bad[0].what == "schema" && bad[0].words.contains("trigger audit_no_"), "{checkup:#?}");
        assert!(bad[1].what == "audit log" && bad[1].words.contains("row 5"), "{checkup:#?}");
        fresh.sql("DELETE FROM audit WHERE number = 3");
        assert_eq!((broken().number, broken().why), (4, "the row before it is missing"));
        fresh.sql("UPDATE audit SET actor = 'hoa' WHERE number = 1");
        assert_eq!(broken().number, 1);
    }
}

#[test]
fn the_database_itself_refuses_to_change_or_remove_a_row() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let fresh = fresh_db(backend);
        let db = fresh.serve();
        db.note(note("kept")).expect("written");
        for statement in ["UPDATE audit SET object = 'x'", "DELETE FROM audit"] {
            let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| fresh.sql(statement)));
            assert!(tried.is_err(), "{backend:?}: {statement}");
        }
        assert_eq!(db.verify_audit().expect("read").expect("whole").number, 1);
    }
}
