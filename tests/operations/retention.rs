//! Old sheets go, their figures stay, and the check-up goes on telling right from wrong.

use chrono::Days;
use sipas::clock::day_number;
use sipas::db::{Stored, TallyFilter};

use crate::support::{attempt, commune, some_day};

fn well(db: &sipas::db::Db) -> bool {
    db.check().expect("a check-up").is_well()
}

on_both! {
    fn sheets_before_the_horizon_go_and_their_tallies_stay(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        // 40 days, a sheet with a comment a day, from 14 March 2026 on.
        for number in 0..40 {
            let mut sheet = commune.sheet(1, [4; 5]);
            sheet.key.day = day_number(some_day()) + i32::try_from(number).expect("small");
            sheet.comment = Some(format!("ngày {number}"));
            assert_eq!(db.submit_blocking(sheet, attempt(number, 1)), Ok(Stored::New));
        }
        let last = some_day() + Days::new(39);
        let tallies = || {
            let filter = TallyFilter { units: None, from: some_day(), to: last, live: true };
            db.tallies(&filter).expect("tallies")
        };
        let before = tallies();
        assert_eq!(before.len(), 40);
        let horizon = some_day() + Days::new(25);
        assert_eq!(db.forget_sheets_before(horizon), Ok(25));
        assert_eq!(db.count_sheets(), Ok(15));
        let comments = db.comments(&[commune.unit], some_day(), last, 100).expect("comments");
        assert_eq!((comments.len(), comments.iter().map(|comment| comment.day).min()), (15, Some(horizon)));
        assert_eq!(tallies(), before, "every figure is what it was");
        let checkup = db.check().expect("a check-up");
        assert!(checkup.is_well(), "{checkup:#?}");
        let words = checkup.findings.iter().map(|finding| finding.words.as_str()).collect::<String>();
        assert!(words.contains(&format!("sheets before {horizon} were forgotten")), "{words}");
        // Setting tallies right leaves those alone whose sheets are gone; an earlier horizon brings none back.
        assert_eq!(db.rebuild_tallies(), Ok(0));
        assert_eq!(db.forget_sheets_before(some_day() + Days::new(3)), Ok(0));
        assert!(well(&db));
        // On this side of the horizon the check-up still sees what is wrong.
        fresh.sql(&format!("DELETE FROM tally WHERE day = {}", day_number(horizon)));
        assert!(!well(&db));
        assert_eq!(db.rebuild_tallies(), Ok(1));
        assert!(well(&db));
        assert_eq!(tallies(), before);
    }
}
