//! Clocks that jump, and retries over midnight and over a month's end. These tests set the clock of this process, which
//! the server in it shares; the other tests of this program run servers of their own and do not see it.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use sipas::clock;
use sipas::config::Config;
use sipas::db::{Db, SheetFilter};
use sipas::web::Running;
use sipas::web::state::App;
use uuid::Uuid;

use crate::load::{Client, body};
use crate::support::{Commune, FreshDb, commune};

/// One clock, one test at a time.
static CLOCK: Mutex<()> = Mutex::new(());

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn serve(fresh: &FreshDb) -> (Running, Db, Commune) {
    let commune = commune(&fresh.serve());
    let settings = [("SIPAS_DATABASE_URL", fresh.address()), ("SIPAS_BIND", "127.0.0.1:0".to_owned())];
    let settings = settings.map(|(key, value)| (key.to_owned(), value));
    let config = Config::from_sources(settings, |path| std::fs::read_to_string(path)).expect("settings");
    let app = App::open(config).expect("an app");
    let db = app.db.clone();
    (Running::start(app).expect("a server"), db, commune)
}

fn days(db: &Db) -> Vec<NaiveDate> {
    let mut days = Vec::new();
    db.for_each_sheet(&SheetFilter::default(), |sheet| {
        days.push(clock::date_of(sheet.key.day));
        std::ops::ControlFlow::Continue(())
    })
    .expect("sheets");
    days.sort();
    days
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

on_both! {
    fn a_retry_over_midnight_and_a_month_s_end_counts_once_on_the_first_day(fresh) {
        let _one = CLOCK.lock().unwrap_or_else(PoisonError::into_inner);
        let (running, db, commune) = serve(fresh);
        let mut client = Client::connect(running.address).expect("a connection");
        // Midnight in Vietnam is 17 o'clock UTC: 31 March becomes 1 April, quarter I becomes quarter II.
        let (first, second) = (Uuid::new_v4(), Uuid::new_v4());
        clock::set_for_tests(instant("2026-03-31T16:59:58Z"));
        assert_eq!(client.post(&commune.codes[0], &body(first, 4)).expect("an answer"), 201);
        clock::set_for_tests(instant("2026-03-31T17:00:01Z"));
        assert_eq!(client.post(&commune.codes[0], &body(first, 4)).expect("an answer"), 200);
        assert_eq!(client.post(&commune.codes[0], &body(second, 4)).expect("an answer"), 201);
        // 29 days later the ledger still knows it, whatever the jobs forgot.
        clock::set_for_tests(instant("2026-04-29T17:00:01Z"));
        sipas::jobs::forget(&db).expect("forgotten");
        let mut client = Client::connect(running.address).expect("a connection");
        assert_eq!(client.post(&commune.codes[0], &body(first, 4)).expect("an answer"), 200);
        assert_eq!(client.post(&commune.codes[0], &body(first, 1)).expect("an answer"), 409);
        assert_eq!(days(&db), [date("2026-03-31"), date("2026-04-01")]);
        assert!(db.check().expect("a check-up").is_well());
        clock::set_for_tests(Utc::now());
    }

    fn a_clock_that_jumps_moves_only_what_comes_then(fresh) {
        let _one = CLOCK.lock().unwrap_or_else(PoisonError::into_inner);
        let (running, db, commune) = serve(fresh);
        let attempts: Vec<Uuid> = (0..4).map(|_| Uuid::new_v4()).collect();
        // Forward by years, back before the first, and right again: each answer on the day that the clock said.
        let when = ["2026-06-15T03:00:00Z", "2031-01-01T03:00:00Z", "2026-06-14T03:00:00Z", "2026-06-15T03:05:00Z"];
        for (attempt, now) in attempts.iter().zip(when) {
            clock::set_for_tests(instant(now));
            let mut client = Client::connect(running.address).expect("a connection");
            assert_eq!(client.post(&commune.codes[0], &body(*attempt, 4)).expect("an answer"), 201);
        }
        for attempt in attempts {
            let mut client = Client::connect(running.address).expect("a connection");
            assert_eq!(client.post(&commune.codes[0], &body(attempt, 4)).expect("an answer"), 200);
        }
        let wanted = ["2026-06-14", "2026-06-15", "2026-06-15", "2031-01-01"].map(date);
        assert_eq!(days(&db), wanted);
        assert!(db.check().expect("a check-up").is_well());
        clock::set_for_tests(Utc::now());
    }
}
