//! Lists of units longer than any statement takes: SQLite binds 32 766 values, PostgreSQL 65 535.

use chrono::{DateTime, Days, Utc};
use sipas::access::AuditedAction;
use sipas::cases::{Kind, Written};
use sipas::db::{Declared, NewDeclaration, Note, Outcome, Stored};
use sipas::sheet::tally::Series;

use crate::support::{attempt, commune, some_day};

/// More than either engine binds.
const MANY: i32 = 70_000;

on_both! {
    fn lists_longer_than_a_statement_are_asked_for_in_parts(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        // The commune's own number stands among numbers of no unit, and twice.
        let units: Vec<i32> = (1..MANY).rev().chain([commune.unit]).collect();
        let (from, to) = (some_day() - Days::new(40), some_day());

        assert_eq!(db.counts_series(&units, (from, to), Series::Open), Ok(false));
        assert_eq!(db.points(Some(&units)).expect("points").len(), 2);
        assert_eq!(db.units_with_points(&units).expect("units"), [commune.unit].into());
        assert_eq!(db.entry_batches(&units).expect("batches"), []);
        assert_eq!(db.warnings(&units).expect("warnings"), []);
        assert_eq!(db.remedies(&units).expect("remedies"), []);
        assert_eq!(db.dialogues(&units).expect("dialogues"), []);
        assert_eq!(db.form_drafts(&units).expect("drafts").len(), 0);
        assert_eq!(db.former_names(&units).expect("names"), []);
        assert_eq!(db.outside_figures(&units).expect("figures"), []);
        assert_eq!(db.volumes(&units, from, to).expect("cases"), []);
        assert_eq!(db.kept_figures(&units, None).expect("figures"), []);
        assert_eq!(db.kept_periods(&units).expect("periods"), []);
        assert_eq!(db.last_days(&units, to).expect("days"), []);
        assert!(db.figure_inputs(&units, "plan").is_ok());
        assert_eq!(db.complaints_under_way(Some(&units)).expect("complaints"), []);
        assert_eq!(db.complaints(&units, 50).expect("complaints"), []);
        assert_eq!(db.complaint_of_number(&units, "00000000000000ff").expect("asked"), None);

        let new = |field: usize| NewDeclaration {
            unit: commune.unit,
            units: units.clone(),
            plan: "phu-dong".into(),
            period: "2026-q1".into(),
            days: (from, to),
            field: commune.fields[field],
            forms: vec![commune.form],
            reason: "Không có hồ sơ nào".into(),
            by: "lan".into(),
            at: DateTime::<Utc>::UNIX_EPOCH,
        };
        assert_eq!(db.by_nobody().declare_field(new(0)), Ok(Declared::Stands));
        let mut sheet = commune.sheet(1, [5; 5]);
        sheet.key.field = commune.fields[1];
        assert_eq!(db.submit_blocking(sheet, attempt(1, 1)), Ok(Stored::New));
        assert_eq!(db.by_nobody().declare_field(new(1)), Ok(Declared::HasAnswers));
    }

    fn what_is_found_in_parts_stands_in_one_order_and_no_more_than_asked_for(fresh) {
        let db = fresh.serve();
        commune(&db);
        // Codes at both ends of the alphabet: rows of the log in turn from the first part and from the last.
        for number in 0..6 {
            let unit = if number % 2 == 0 { "aa" } else { "zz" };
            let note = Note {
                at: DateTime::<Utc>::UNIX_EPOCH,
                actor: "lan".to_owned(),
                action: AuditedAction::RetirePoint,
                unit: unit.to_owned(),
                object: number.to_string(),
                outcome: Outcome::Done,
            };
            db.note(note).expect("written");
        }
        let codes: Vec<String> =
            (0..MANY).map(|number| format!("m{number}")).chain(["zz".to_owned(), "aa".to_owned()]).collect();
        let objects = |before: Option<i64>, limit: u32| -> Vec<String> {
            let rows = db.audit_rows(&codes, before, limit).expect("rows");
            rows.into_iter().map(|row| row.object).collect()
        };
        assert_eq!(objects(None, 4), ["5", "4", "3", "2"]);
        let head = db.audit_head().expect("a head").number;
        assert_eq!(objects(Some(head - 1), 2), ["3", "2"]);

        // Newest first, whatever part a complaint is found in.
        let units: Vec<i32> = (1..MANY).collect();
        let ward = db.unit_by_code("xa-phu-dong").expect("asked").expect("known");
        // A second one whose number stands in another part: 1,000 are asked for at once.
        fresh.sql(&format!(
            "INSERT INTO unit (id, code, kind, name_vi, name_en, parent_id, valid_from, valid_to, successor_id) \
             SELECT {}, 'xa-sau', kind, 'Xã Sau', 'Later', parent_id, valid_from, NULL, NULL FROM unit WHERE id = {}",
            MANY - 1,
            ward.id
        ));
        for (back, unit) in [(3, ward.id), (0, MANY - 1), (2, ward.id), (1, ward.id)] {
            let written = Written { kind: Kind::Complaint, text: format!("Chờ lâu {back}"), contact: None };
            let on = some_day() - Days::new(back);
            let once = [u8::try_from(back).expect("small"); 16];
            let arrival = sipas::service::complaints::arrival(&db, &ward, on).expect("an arrival");
            let stored = db.add_complaint(unit, &once, &written, &arrival, on);
            assert_eq!(stored, Ok(Stored::New));
        }
        let days: Vec<_> = db.complaints(&units, 3).expect("complaints").into_iter().map(|case| case.key.day).collect();
        assert_eq!(days, [0, 1, 2].map(|back| some_day() - Days::new(back)));
    }
}
