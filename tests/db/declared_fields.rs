//! Fields declared to be without cases: kept with their reason, refused where answers or cases exist, taken back.

use chrono::{Days, TimeZone, Utc};
use sipas::db::{Declared, ImportFile, ImportKind, NewDeclaration, Stored};
use sipas::plan::Caseload;

use crate::support::{attempt, commune, some_day};

on_both! {
    fn a_field_is_declared_empty_where_it_is_and_taken_back(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let at = Utc.with_ymd_and_hms(2026, 3, 20, 3, 0, 0).single().expect("an instant");
        let new = |field: usize, reason: &str| NewDeclaration {
            unit: commune.unit,
            units: vec![commune.unit],
            plan: "phu-dong".into(),
            period: "2026-q1".into(),
            days: (some_day() - Days::new(40), some_day()),
            field: commune.fields[field],
            forms: vec![commune.form],
            reason: reason.into(),
            by: "lan".into(),
            at,
        };
        let declared = || db.declared_fields(commune.unit, "phu-dong", "2026-q1").expect("declared");
        let noted = db.by_nobody();
        assert_eq!(noted.declare_field(new(0, "Không có hồ sơ nào")), Ok(Declared::Stands));
        assert_eq!(noted.declare_field(new(0, "Cả quý không có hồ sơ nào")), Ok(Declared::Stands));
        let known = declared();
        assert_eq!((known.len(), known[0].reason.as_str(), known[0].by.as_str()), (1, "Cả quý không có hồ sơ nào", "lan"));
        assert_eq!((known[0].field.as_str(), known[0].at), ("justice", at));
        // An answer on the last day of the period, or a case in one of its months.
        let mut sheet = commune.sheet(1, [5; 5]);
        sheet.key.field = commune.fields[1];
        assert_eq!(db.submit_blocking(sheet, attempt(1, 1)), Ok(Stored::New));
        assert_eq!(noted.declare_field(new(1, "Không có hồ sơ nào")), Ok(Declared::HasAnswers));
        // What people think of a policy, by a questionnaire that feeds no index of services, is no case of the field.
        let beside = NewDeclaration { forms: Vec::new(), ..new(1, "Không có hồ sơ nào") };
        assert_eq!(noted.declare_field(beside), Ok(Declared::Stands));
        assert!(noted.withdraw_declaration(commune.unit, "phu-dong", "2026-q1", commune.fields[1]).expect("withdrawn"));
        assert!(noted.withdraw_declaration(commune.unit, "phu-dong", "2026-q1", commune.fields[0]).expect("withdrawn"));
        assert!(!noted.withdraw_declaration(commune.unit, "phu-dong", "2026-q1", commune.fields[0]).expect("none left"));
        assert_eq!(declared(), []);
        let case =
            Caseload { unit: commune.unit, point: None, field: commune.fields[0], month: some_day() - Days::new(13), cases: 3 };
        let file =
            ImportFile { kind: ImportKind::Volumes, hash: [1; 32], name: "t.csv".into(), rows: 1, by: "lan".into(), at };
        noted.replace_volumes(vec![case], file).expect("stored");
        assert_eq!(noted.declare_field(new(0, "Không có hồ sơ nào")), Ok(Declared::HasCases));
        assert_eq!(declared(), []);
    }
}
