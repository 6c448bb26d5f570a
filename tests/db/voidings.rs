//! Voided sheets: left out of every figure from the same moment on, kept as they are, counted again when undone.

use chrono::{DateTime, Days, NaiveDate, Utc};
use sipas::clock::day_number;
use sipas::db::{
    Db, DbError, NewPoint, NewUnit, NewVoiding, Sheet, SheetFilter, Stored, TallyFilter, UnitKind, VoidingRefused,
};
use sipas::plan::Channel;

use crate::support::{Commune, attempt, commune, some_day};

fn today() -> NaiveDate {
    some_day() + Days::new(30)
}

fn at(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(9, 0, 0).expect("a time").and_utc()
}

fn of_point(commune: &Commune, point: i32, suspects_only: bool) -> NewVoiding {
    NewVoiding {
        unit: commune.unit,
        point,
        from: some_day(),
        to: some_day(),
        suspects_only,
        reason: "Phiếu gửi hàng loạt, đã xác minh tại quầy".to_owned(),
        by: "lan".to_owned(),
        at: at(today()),
    }
}

/// Seven sheets of point 1, five more of them flagged, six of point 2, and three waiting ones of point 1 the day after.
fn filled(db: &Db) -> Commune {
    let commune = commune(db);
    let mut number = 0;
    let mut send = |sheet: Sheet| {
        number += 1;
        assert_eq!(db.submit_blocking(sheet, attempt(number, 1)), Ok(Stored::New));
    };
    for (point, count, suspect, days) in [(1, 7, false, 0), (1, 5, true, 0), (2, 6, false, 0), (1, 3, false, 1)] {
        for level in 0..count {
            let mut sheet = commune.sheet(point, [1 + level % 5; 5]);
            sheet.key.suspect = suspect;
            sheet.key.day = day_number(some_day()) + days;
            send(sheet);
        }
    }
    commune
}

/// Sheets in live figures by point.
fn counted(db: &Db) -> [u64; 2] {
    let filter =
        TallyFilter { units: None, from: some_day() - Days::new(9), to: some_day() + Days::new(9), live: true };
    let tallies = db.tallies(&filter).expect("tallies");
    [1, 2].map(|point| tallies.iter().filter(|(key, _)| key.point == point).map(|(_, tally)| tally.sheets).sum())
}

fn visited(db: &Db) -> u64 {
    let mut sheets = 0;
    db.for_each_sheet(&SheetFilter::default(), |_| {
        sheets += 1;
        std::ops::ControlFlow::Continue(())
    })
    .expect("every sheet");
    sheets
}

on_both! {
    fn a_voided_group_leaves_every_figure_at_once_and_comes_back_when_undone(fresh) {
        let db = fresh.serve();
        let commune = filled(&db);
        assert_eq!(counted(&db), [15, 6]);
        let voided = db.by_nobody().void(&of_point(&commune, 1, true), today()).expect("voided");
        assert_eq!((voided.number, voided.sheets, counted(&db)), (1, 5, [10, 6]));
        assert!(db.check().expect("a check-up").is_well(), "the recount agrees");
        let all = db.by_nobody().void(&of_point(&commune, 1, false), today()).expect("voided");
        assert_eq!((all.number, all.sheets, counted(&db)), (2, 7, [3, 6]), "those not voided before");
        assert_eq!((db.count_sheets(), visited(&db)), (Ok(21), 9), "stored as they were, and shown to nobody who counts");
        assert!(db.check().expect("a check-up").is_well());

        let later = at(today() + Days::new(1));
        db.by_nobody().undo_voiding(commune.unit, 1, "Nhầm điểm, xem biên bản", "hoa", later).expect("undone");
        assert_eq!(counted(&db), [3, 6], "the second still voids them");
        db.by_nobody().undo_voiding(commune.unit, 2, "Nhầm điểm, xem biên bản", "hoa", later).expect("undone");
        assert_eq!((counted(&db), visited(&db)), ([15, 6], 21));
        assert!(db.check().expect("a check-up").is_well());
        assert_eq!(db.rebuild_tallies(), Ok(0));
        let again = db.by_nobody().undo_voiding(commune.unit, 2, "Nhầm điểm, xem biên bản", "hoa", later);
        assert_eq!(again, Err(DbError::from(VoidingRefused::Undone(2))));

        let listed = db.voidings(&[commune.unit]).expect("voidings");
        assert_eq!(listed.iter().map(|voiding| voiding.number).collect::<Vec<_>>(), [2, 1], "visible for ever");
        assert_eq!(listed[1].what, of_point(&commune, 1, true));
        assert_eq!(listed[1].undone, Some(("Nhầm điểm, xem biên bản".to_owned(), "hoa".to_owned(), later)));
    }

    fn figures_of_a_ward_are_known_to_change_when_anothers_voiding_takes_a_release_of_both(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let office = NewUnit {
            code: "xa-phu-dong-hcc".into(),
            kind: UnitKind::OneStopCentre,
            name_vi: "Một cửa".into(),
            name_en: "One-stop".into(),
            parent: Some("xa-phu-dong".into()),
            valid_from: some_day(),
        };
        let office = db.by_nobody().add_unit(&office).expect("a unit");
        let point = NewPoint {
            unit: "xa-phu-dong-hcc".into(),
            name_vi: "Quầy".into(),
            name_en: "Counter".into(),
            form: "short".into(),
            fields: vec!["land".into(), "justice".into()],
            channel: Channel::Counter,
            opened_on: some_day(),
        };
        db.by_nobody().add_point(&point).expect("a point");
        let of = |unit: i32| {
            let mut sheet = commune.sheet(1, [4; 5]);
            sheet.key.unit = unit;
            sheet
        };
        // Five of each: one release of ten.
        db.load_sheets((0..10).map(|number| of(if number % 2 == 0 { commune.unit } else { office })).collect()).expect("loaded");
        let shown = || {
            let (from, to) = (some_day(), some_day());
            let filter = TallyFilter { units: Some(vec![office]), from, to, live: false };
            db.tallies(&filter).expect("tallies").iter().map(|(_, tally)| tally.sheets).sum::<u64>()
        };
        let inputs = || db.figure_inputs(&[office], "a-plan").expect("a hash");
        let (before, sheets) = (inputs(), shown());
        assert_eq!(sheets, 5);
        db.by_nobody().void(&of_point(&commune, 1, false), today()).expect("voided");
        assert_eq!(shown(), 0, "they went with the release");
        assert_ne!(inputs(), before);
        let later = at(today() + Days::new(1));
        db.by_nobody().undo_voiding(commune.unit, 1, "Nhầm điểm, xem biên bản", "hoa", later).expect("undone");
        assert_eq!((inputs(), shown()), (before, 5));
    }

    fn new_answers_of_other_days_and_a_rebuild_leave_a_voided_group_voided(fresh) {
        let db = fresh.serve();
        let commune = filled(&db);
        db.by_nobody().void(&of_point(&commune, 1, false), today()).expect("voided");
        for number in 100..106 {
            let mut sheet = commune.sheet(1, [4; 5]);
            sheet.key.day = day_number(today());
            assert_eq!(db.submit_blocking(sheet, attempt(number, 1)), Ok(Stored::New));
        }
        // Of a voided day, keyed from paper later.
        db.load_sheets(vec![commune.sheet(1, [4; 5]); 2]).expect("stored");
        assert_eq!(db.rebuild_tallies(), Ok(0));
        assert_eq!((counted(&db), db.count_sheets()), ([3, 6], Ok(29)));
        assert!(db.check().expect("a check-up").is_well());
    }

    fn few_sheets_open_days_and_no_reason_are_refused(fresh) {
        let db = fresh.serve();
        let commune = filled(&db);
        let refused = |change: &dyn Fn(&mut NewVoiding), word: &str| {
            let mut new = of_point(&commune, 1, false);
            change(&mut new);
            let error = db.by_nobody().void(&new, today()).expect_err("a refusal").to_string();
            assert!(error.contains(word), "{error}");
        };
        let next = some_day() + Days::new(1);
        refused(&|new| (new.from, new.to) = (next, next), "fewer than 5");
        refused(&|new| (new.suspects_only, new.point) = (true, 2), "0 sheets");
        refused(&|new| new.to = today() - Days::new(3), "days up to 2026-04-09");
        refused(&|new| new.from = next, "first day");
        refused(&|new| "  nhầm  ".clone_into(&mut new.reason), "at least 10 characters");
        assert!(db.by_nobody().undo_voiding(commune.unit, 1, "không có phiếu nào", "lan", at(today())).is_err());
        assert_eq!((counted(&db), db.voidings(&[commune.unit])), ([15, 6], Ok(Vec::new())));
    }
}
