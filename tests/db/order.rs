//! Rows written anew: the same values, in no order of arrival; once for what is new.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::mpsc;
use std::time::Duration;

use chrono::Days;
use sipas::clock::date_of;
use sipas::db::{Db, DbError, Sheet, SheetFilter, Stored};
use sipas::jobs::order_round;
use sipas::service::warnings::judge_all;

use crate::support::{Backend, attempt, commune, fresh_db, some_day};

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
        // Sheets lie 8, 7 and 6 days back: two of the days are within four of this one.
        let today = some_day() - Days::new(3);
        let round = |db: &Db| order_round(db, today, &|| true);
        assert_eq!(round(&db), Ok(20));
        assert_eq!(round(&db), Ok(0), "nothing new");
        // A program that ends between writing and clearing away clears in its next round, though nothing is written then.
        let owed = |db: &Db| db.meta("rows_to_clear").expect("asked").is_some();
        assert!(!owed(&db), "cleared away");
        db.forget_order(commune.unit, date_of(sheets[0].key.day)).expect("written");
        assert!(owed(&db));
        assert_eq!(round(&db), Ok(0));
        assert!(!owed(&db), "cleared away");
        submit(30, -6);
        assert_eq!(round(&db), Ok(11), "the day that got one");
        let after = every_sheet(&db);
        assert_eq!(after.len(), 31);
        assert!(sheets.iter().all(|sheet| after.contains(sheet)));
        assert!(said.iter().all(|comment| comments().contains(comment)));
        assert!(after.iter().all(|sheet| date_of(sheet.key.day) < some_day()));
        assert!(db.check().expect("a check-up").is_well());
        let db = fresh.serve_again(db);
        assert_eq!(round(&db), Ok(0), "nor after a restart: another server would know as well");
        // A day later one of the two days is too old, and is forgotten.
        assert_eq!(order_round(&db, today + Days::new(1), &|| true), Ok(0));
        assert_eq!(round(&db), Ok(10), "the day that was forgotten");
    }

    fn a_round_that_is_told_to_stop_ends_after_the_day_that_it_is_at(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let mut sheets = Vec::new();
        for number in 0..30 {
            let mut sheet = commune.sheet(1, [4; 5]);
            sheet.key.day -= number % 3;
            sheets.push(sheet);
        }
        db.load_sheets(sheets).expect("loaded");
        let looks = Cell::new(0);
        let once = || looks.replace(looks.get() + 1) == 0;
        assert_eq!(order_round(&db, some_day(), &once), Ok(10), "one of three days");
        assert_eq!(order_round(&db, some_day(), &|| true), Ok(20), "the others in the next round");
        let later = some_day() + Days::new(1);
        assert_eq!(db.keep_day_sums_while(later, &|| false), Ok(0));
        assert_eq!(db.release_nightly_while(later, &|| false), Ok(Some(0)));
        assert_eq!(db.forget_sheets_while(later, &|| false), Ok(0));
        assert_eq!((db.count_sheets(), db.keep_day_sums(later)), (Ok(30), Ok(3)));
        judge_all(&db, later, &|| false).expect("nobody judged");
        assert_eq!(db.warning_watch(commune.unit).expect("an answer"), None);
        judge_all(&db, later, &|| true).expect("judged");
        assert!(db.warning_watch(commune.unit).expect("an answer").is_some());
    }
}

#[test]
fn on_postgresql_an_answer_does_not_stand_behind_a_job() {
    let fresh = fresh_db(Backend::Postgres);
    let db = fresh.serve();
    let commune = commune(&db);
    let (began, begins) = mpsc::channel();
    let (end, ends) = mpsc::channel::<()>();
    let jobs = db.for_jobs();
    let held = std::thread::spawn(move || {
        jobs.hold_writer(move || {
            began.send(()).expect("somebody waits");
            // Until the answer is stored, or this test has failed.
            let _ = ends.recv();
        })
    });
    begins.recv().expect("the job begins");
    let (answered, answer) = mpsc::channel();
    let (sender, sheet) = (db.clone(), commune.sheet(1, [4; 5]));
    std::thread::spawn(move || answered.send(sender.submit_blocking(sheet, attempt(1, 1))));
    assert_eq!(answer.recv_timeout(Duration::from_mins(1)).expect("no job is waited for"), Ok(Stored::New));
    end.send(()).expect("the job waits");
    held.join().expect("no panic").expect("held");
    db.close();
    assert_eq!(db.for_jobs().set_meta("a", "b"), Err(DbError::Closed), "both are closed");
}
