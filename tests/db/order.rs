//! Rows written anew: the same values, in no order of arrival; once for what is new.

use std::ops::ControlFlow;

use chrono::Days;
use sipas::clock::date_of;
use sipas::db::{Db, Sheet, SheetFilter, Stored};
use sipas::jobs::Order;

use crate::support::{attempt, commune, some_day};

fn every_sheet(db: &Db) -> Vec<Sheet> {
    let mut sheets = Vec::new();
    db.for_each_sheet(&SheetFilter::default(), |sheet| {
        sheets.push(sheet.clone());
        ControlFlow::Continue(())
    })
    .expect("every sheet");
    sheets
}

on_both! {
    fn rows_are_written_anew_once_and_no_value_changes(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let submit = |number: u32, days: i32| {
            let mut sheet = commune.sheet(1, [u8::try_from(number % 5).expect("small") + 1; 5]);
            sheet.key.day += days;
            sheet.comment = Some(format!("góp ý {number}"));
            assert_eq!(db.submit_blocking(sheet, attempt(number, 1)), Ok(Stored::New));
        };
        for number in 0..30 {
            submit(number, i32::try_from(number % 3).expect("small") - 8);
        }
        let comments = || db.comments(&[commune.unit], some_day() - Days::new(99), some_day(), 99).expect("comments");
        let (sheets, said) = (every_sheet(&db), comments());
        let mut order = Order::default();
        // Sheets lie 8, 7 and 6 days back: two of the days are within four of this one.
        let today = some_day() - Days::new(3);
        assert_eq!(order.round(&db, today), Ok(20));
        assert_eq!(order.round(&db, today), Ok(0), "nothing new");
        submit(30, -6);
        assert_eq!(order.round(&db, today), Ok(11), "the day that got one");
        let after = every_sheet(&db);
        assert_eq!(after.len(), 31);
        assert!(sheets.iter().all(|sheet| after.contains(sheet)));
        assert!(said.iter().all(|comment| comments().contains(comment)));
        assert!(after.iter().all(|sheet| date_of(sheet.key.day) < some_day()));
        assert!(db.check().expect("a check-up").is_well());
    }
}
