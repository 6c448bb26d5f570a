//! Tickets: used once, by an answer at their point and in their time; never left used by an answer that was not stored.

use std::sync::Arc;

use chrono::Days;
use sipas::db::{Db, DbError, Refused, Sheet, Sizes, Stored, TicketCount, TicketIssue};
use sipas::sheet::tally::Series;

use crate::answers::{hold_while, spawn_in_order};
use crate::support::{Commune, attempt, commune, some_day};

const KEY: [u8; 8] = *b"this key";

/// The hash of a ticket, as far from the order of their numbers as hashes are.
fn ticket(number: u32) -> [u8; 32] {
    attempt(number ^ 0x5555_5555, 0).hash
}

/// Issues tickets for `point`, to be used on [`some_day`] and nine days after.
fn issue(db: &Db, commune: &Commune, point: i32, numbers: std::ops::Range<u32>) {
    let issue = TicketIssue {
        unit: commune.unit,
        point,
        key_id: KEY,
        issued_on: some_day(),
        last_day: some_day() + Days::new(9),
    };
    db.by_nobody().issue_tickets(&issue, numbers.map(ticket).collect()).expect("issued");
}

fn counts(db: &Db, commune: &Commune) -> Vec<(i32, u64, u64)> {
    let counts = db.ticket_counts(&[commune.unit]).expect("counts");
    counts.into_iter().map(|count| (count.point, count.issued, count.used)).collect()
}

fn series(db: &Db) -> Vec<Series> {
    let mut found = Vec::new();
    db.for_each_sheet(&sipas::db::SheetFilter::default(), |sheet: &Sheet| {
        found.push(sheet.key.series);
        std::ops::ControlFlow::Continue(())
    })
    .expect("every sheet");
    found.sort();
    found
}

on_both! {
    fn a_ticket_is_used_once_and_its_sheet_is_of_its_own_series(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        issue(&db, &commune, 1, 1..4);
        let send = |number, ticket| db.submit_with_ticket_blocking(commune.sheet(1, [4; 5]), attempt(number, 1), ticket);
        assert_eq!(send(1, ticket(1)), Ok(Stored::New));
        assert_eq!(send(1, ticket(1)), Ok(Stored::Before), "the same attempt again");
        assert_eq!(send(2, ticket(1)), Ok(Stored::TicketRefused), "used by another");
        assert_eq!(send(3, ticket(9)), Ok(Stored::TicketRefused), "never issued");
        assert_eq!(db.submit_blocking(commune.sheet(1, [4; 5]), attempt(2, 5)), Ok(Stored::New), "without it");
        assert_eq!(series(&db), [Series::Ticket, Series::Open]);
        assert_eq!(counts(&db, &commune), [(1, 3, 1)]);
        assert!(db.check().expect("a check-up").is_well());
    }

    fn a_ticket_is_good_at_its_point_and_up_to_its_last_day(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        issue(&db, &commune, 1, 1..4);
        let mut late = commune.sheet(1, [4; 5]);
        late.key.day += 10;
        let mut in_time = commune.sheet(1, [4; 5]);
        in_time.key.day += 9;
        assert_eq!(db.submit_with_ticket_blocking(commune.sheet(2, [4; 5]), attempt(1, 1), ticket(1)), Ok(Stored::TicketRefused));
        assert_eq!(db.submit_with_ticket_blocking(late, attempt(2, 1), ticket(1)), Ok(Stored::TicketRefused));
        assert_eq!(db.submit_with_ticket_blocking(in_time, attempt(3, 1), ticket(1)), Ok(Stored::New));
        assert_eq!(counts(&db, &commune), [(1, 3, 1)]);
    }

    fn one_ticket_in_fifty_hands_is_used_exactly_once(fresh) {
        let db = fresh.serve_with(Sizes { writers: 3, batch_max: 4, ..Sizes::default() });
        let commune = Arc::new(commune(&db));
        issue(&db, &commune, 1, 1..3);
        let threads: Vec<_> = (0..50_u32)
            .map(|number| {
                let (db, commune) = (db.clone(), Arc::clone(&commune));
                std::thread::spawn(move || {
                    let ticket = ticket(1 + number % 2);
                    db.submit_with_ticket_blocking(commune.sheet(1, [4; 5]), attempt(number, 1), ticket).expect("an answer")
                })
            })
            .collect();
        let answers: Vec<Stored> = threads.into_iter().map(|thread| thread.join().expect("no panic")).collect();
        let count = |wanted| answers.iter().filter(|stored| **stored == wanted).count();
        assert_eq!((count(Stored::New), count(Stored::TicketRefused)), (2, 48));
        assert_eq!(counts(&db, &commune), [(1, 2, 2)]);
        assert_eq!(db.count_sheets(), Ok(2));
        assert!(db.check().expect("a check-up").is_well());
    }

    fn of_parallel_retries_with_a_ticket_one_is_new_and_the_others_before(fresh) {
        let db = fresh.serve_with(Sizes { writers: 3, batch_max: 4, ..Sizes::default() });
        let commune = Arc::new(commune(&db));
        issue(&db, &commune, 1, 1..2);
        let threads: Vec<_> = (0..30)
            .map(|_| {
                let (db, commune) = (db.clone(), Arc::clone(&commune));
                std::thread::spawn(move || {
                    db.submit_with_ticket_blocking(commune.sheet(1, [4; 5]), attempt(7, 1), ticket(1)).expect("an answer")
                })
            })
            .collect();
        let mut answers: Vec<Stored> = threads.into_iter().map(|thread| thread.join().expect("no panic")).collect();
        answers.sort_by_key(|stored| *stored != Stored::New);
        assert_eq!(answers[0], Stored::New);
        assert!(answers[1..].iter().all(|stored| *stored == Stored::Before), "{answers:?}");
        assert_eq!(counts(&db, &commune), [(1, 1, 1)]);
    }

    fn in_one_batch_the_first_has_the_ticket_and_a_bad_row_leaves_its_ticket_unused(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        issue(&db, &commune, 1, 1..4);
        let mut bad = commune.sheet(1, [4; 5]);
        bad.key.field = 99;
        let sheets = [(1, commune.sheet(1, [4; 5]), 1), (2, commune.sheet(1, [3; 5]), 1), (3, bad, 2), (4, commune.sheet(1, [2; 5]), 3)];
        let together = |sheets: Vec<(u32, Sheet, u32)>| {
            let waiting = hold_while(&db, || {
                let send = |(number, sheet, of): (u32, Sheet, u32)| {
                    let db = db.clone();
                    spawn_in_order(&db.clone(), move || db.submit_with_ticket_blocking(sheet, attempt(number, 1), ticket(of)))
                };
                sheets.into_iter().map(send).collect::<Vec<_>>()
            });
            waiting.into_iter().map(|thread| thread.join().expect("an answer")).collect::<Vec<_>>()
        };
        // Without the bad row, in one transaction.
        let answers = together(vec![(11, commune.sheet(1, [4; 5]), 9), (12, commune.sheet(1, [5; 5]), 8)]);
        assert_eq!(answers, [Ok(Stored::TicketRefused), Ok(Stored::TicketRefused)]);
        // With it, one by one.
        let answers = together(sheets.to_vec());
        assert_eq!([&answers[0], &answers[1], &answers[3]], [&Ok(Stored::New), &Ok(Stored::TicketRefused), &Ok(Stored::New)]);
        assert_eq!(answers[2], Err(DbError::Refused(Refused::NoSuchReference)));
        assert_eq!(counts(&db, &commune), [(1, 3, 2)]);
        assert_eq!(db.submit_with_ticket_blocking(commune.sheet(1, [1; 5]), attempt(3, 2), ticket(2)), Ok(Stored::New));
        assert!(db.check().expect("a check-up").is_well());
    }

    fn the_ledger_counts_by_month_and_knows_codes_of_another_key(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        issue(&db, &commune, 1, 1..3);
        issue(&db, &commune, 2, 3..6);
        let april = some_day() + Days::new(30);
        let later = TicketIssue { unit: commune.unit, point: 1, key_id: *b"1nd key ", issued_on: april, last_day: april };
        db.by_nobody().issue_tickets(&later, vec![ticket(9)]).expect("issued");
        let count = |point, month: &str, issued| TicketCount {
            unit: commune.unit, point, month: month.parse().expect("a day"), issued, used: 0,
        };
        let wanted = [count(1, "2026-03-01", 2), count(1, "2026-04-01", 1), count(2, "2026-03-01", 3)];
        assert_eq!(db.ticket_counts(&[commune.unit]), Ok(wanted.to_vec()));
        assert_eq!(db.tickets_of_other_keys(Some(KEY), some_day()), Ok(1));
        assert_eq!(db.tickets_of_other_keys(None, some_day()), Ok(6));
        assert_eq!(db.tickets_of_other_keys(None, april + Days::new(1)), Ok(0), "expired ones trouble nobody");
    }
}
