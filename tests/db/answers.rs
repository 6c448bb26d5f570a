//! Submissions: once, whole, or refused with a reason.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use diesel::{Connection, RunQueryDsl};
use sipas::db::{Db, DbError, Refused, Sheet, SheetRefused, Sizes, Stored};

use crate::support::{Backend, attempt, commune, fresh_db};

fn count(db: &Db) -> u64 {
    db.count_sheets().expect("a count")
}

fn assert_tallies_equal_recount(db: &Db) {
    let checkup = db.check().expect("a check-up");
    assert!(checkup.is_well(), "{:#?}", checkup.findings);
}

on_both! {
    fn a_submission_sent_twice_is_stored_once(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let sheet = commune.sheet(1, [5, 4, 3, 6, 0]);
        let once = attempt(1, 7);
        assert_eq!(db.submit_blocking(sheet.clone(), once), Ok(Stored::New));
        assert_eq!(db.submit_blocking(sheet.clone(), once), Ok(Stored::Before));
        assert_eq!(count(&db), 1);
        assert_eq!(db.find_attempt(commune.unit, &once.hash), Ok(Some(once.tag)));
        assert_eq!(db.find_attempt(commune.unit, &attempt(2, 7).hash), Ok(None));
        db.close();
        let again = fresh.serve_again(db);
        assert_eq!(again.submit_blocking(sheet, once), Ok(Stored::Before), "also after a restart");
        assert_tallies_equal_recount(&again);
    }

    fn an_attempt_used_for_other_content_is_told_so_and_stores_nothing(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        assert_eq!(db.submit_blocking(commune.sheet(1, [5; 5]), attempt(1, 1)), Ok(Stored::New));
        assert_eq!(db.submit_blocking(commune.sheet(1, [1; 5]), attempt(1, 2)), Ok(Stored::OtherContent));
        assert_eq!(count(&db), 1);
        assert_tallies_equal_recount(&db);
    }

    fn submissions_in_parallel_are_all_stored_and_retries_of_them_once(fresh) {
        let db = fresh.serve();
        let commune = Arc::new(commune(&db));
        let threads: Vec<_> = (0..64_u32)
            .map(|number| {
                let (db, commune) = (db.clone(), Arc::clone(&commune));
                std::thread::spawn(move || {
                    let level = u8::try_from(number % 7).expect("a level");
                    let sheet = commune.sheet(1 + i32::try_from(number % 2).expect("0 or 1"), [level; 5]);
                    // Each is sent by two clients at once, as after a lost connection.
                    let twin = {
                        let (db, sheet) = (db.clone(), sheet.clone());
                        std::thread::spawn(move || db.submit_blocking(sheet, attempt(number, 3)).expect("stored"))
                    };
                    let mut both = [db.submit_blocking(sheet, attempt(number, 3)).expect("stored"), twin.join().expect("twin")];
                    both.sort_by_key(|stored| *stored != Stored::New);
                    assert_eq!(both, [Stored::New, Stored::Before]);
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("a thread without a failed assertion");
        }
        assert_eq!(count(&db), 64);
        assert_tallies_equal_recount(&db);
    }

    fn one_bad_row_spoils_no_other_row_of_its_batch(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let mut unknown_point = commune.sheet(1, [2; 5]);
        unknown_point.key.point = 99;
        let mut unknown_form = commune.sheet(1, [2; 5]);
        unknown_form.key.form = 99;
        let mut short = commune.sheet(1, [2; 5]);
        short.answers.pop();
        let mut nul = commune.sheet(1, [2; 5]);
        nul.comment = Some("a\0b".into());
        let good = |number| commune.sheet(1, [number; 5]);
        let sheets = [good(1), unknown_point, good(2), unknown_form, good(3), short, nul, good(4)];
        let answers = in_one_batch(&db, &sheets);
        let stored: Vec<bool> = answers.iter().map(|answer| *answer == Ok(Stored::New)).collect();
        assert_eq!(stored, [true, false, true, false, true, false, false, true], "{answers:?}");
        assert_eq!(answers[1], Err(DbError::Refused(Refused::NoSuchReference)));
        let short = SheetRefused::Answers { form: "short@1".into(), items: 5, found: 4 };
        assert_eq!([&answers[5], &answers[6]], [&Err(short.into()), &Err(SheetRefused::Nul.into())]);
        assert_eq!(answers[3], Err(DbError::Unknown { what: "questionnaire number", value: "99".into() }));
        assert_eq!(count(&db), 4);
        assert_tallies_equal_recount(&db);
        // A refused attempt is not used up.
        assert_eq!(db.submit_blocking(good(5), attempt(1, 9)), Ok(Stored::New));
    }

    fn repeats_within_one_batch_are_seen(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let receivers = hold_while(&db, || {
            [(1, 1), (1, 1), (2, 1), (1, 2)].map(|(number, tag)| {
                let (db, sheet) = (db.clone(), commune.sheet(1, [4; 5]));
                spawn_in_order(&db.clone(), move || db.submit_blocking(sheet, attempt(number, tag)))
            })
        });
        let answers = receivers.map(|thread| thread.join().expect("an answer"));
        assert_eq!(answers, [Ok(Stored::New), Ok(Stored::Before), Ok(Stored::New), Ok(Stored::OtherContent)]);
        assert_eq!(count(&db), 2);
        assert_tallies_equal_recount(&db);
    }

    fn a_full_queue_is_busy_and_loses_nothing(fresh) {
        let db = fresh.serve_with(Sizes { queue_length_max: 3, ..Sizes::default() });
        let commune = commune(&db);
        let waiting = hold_while(&db, || {
            let waiting = [1, 2, 3].map(|number| {
                let (db, sheet) = (db.clone(), commune.sheet(1, [4; 5]));
                spawn_in_order(&db.clone(), move || db.submit_blocking(sheet, attempt(number, 1)))
            });
            assert_eq!(db.queue_load().length, 3);
            assert!(db.queue_load().oldest_wait > Duration::ZERO);
            assert_eq!(db.submit_blocking(commune.sheet(1, [4; 5]), attempt(4, 1)), Err(DbError::Busy));
            waiting
        });
        for thread in waiting {
            assert_eq!(thread.join().expect("an answer"), Ok(Stored::New));
        }
        assert_eq!(db.submit_blocking(commune.sheet(1, [4; 5]), attempt(4, 1)), Ok(Stored::New));
        assert_eq!((count(&db), db.queue_load().length), (4, 0));
    }

    fn closing_stores_what_waits_and_refuses_what_comes_after(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let waiting = hold_while(&db, || {
            [1, 2, 3].map(|number| {
                let (db, sheet) = (db.clone(), commune.sheet(1, [4; 5]));
                spawn_in_order(&db.clone(), move || db.submit_blocking(sheet, attempt(number, 1)))
            })
        });
        db.close();
        for thread in waiting {
            assert_eq!(thread.join().expect("an answer"), Ok(Stored::New));
        }
        assert_eq!(db.submit_blocking(commune.sheet(1, [4; 5]), attempt(9, 1)), Err(DbError::Closed));
        assert_eq!(count(&db), 3);
    }

    fn attempts_are_forgotten_by_day_and_sheets_are_not(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        for (number, days_back) in [(1, 40), (2, 10)] {
            let mut sheet = commune.sheet(1, [4; 5]);
            sheet.key.day -= days_back;
            assert_eq!(db.submit_blocking(sheet, attempt(number, 1)), Ok(Stored::New));
        }
        let before = crate::support::some_day() - chrono::Days::new(30);
        assert_eq!(db.prune_attempts(before), Ok(1));
        assert_eq!(db.find_attempt(commune.unit, &attempt(1, 1).hash), Ok(None));
        assert_eq!(db.find_attempt(commune.unit, &attempt(2, 1).hash), Ok(Some([1; 16])));
        assert_eq!(count(&db), 2);
    }

    fn a_comment_is_kept_with_its_sheet(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let mut sheet = commune.sheet(2, [1; 5]);
        sheet.comment = Some("Chờ quá lâu, đề nghị thêm quầy.".into());
        assert_eq!(db.submit_blocking(sheet, attempt(1, 1)), Ok(Stored::New));
        assert_eq!(db.submit_blocking(commune.sheet(1, [5; 5]), attempt(2, 1)), Ok(Stored::New));
        let day = crate::support::some_day();
        let comments = db.comments(&[commune.unit], day, day, 10).expect("comments");
        let found: Vec<_> = comments.iter().map(|comment| (comment.point, comment.body.as_str())).collect();
        assert_eq!(found, [(2, "Chờ quá lâu, đề nghị thêm quầy.")]);
        assert_eq!(db.comments(&[commune.unit], day.succ_opt().expect("a day"), day, 10), Ok(Vec::new()));
    }
}

#[test]
fn a_lost_connection_is_opened_anew_and_nothing_is_stored_twice() {
    let fresh = fresh_db(Backend::Postgres);
    let db = fresh.serve();
    let commune = commune(&db);
    for round in 0..5 {
        assert_eq!(db.submit_blocking(commune.sheet(1, [4; 5]), attempt(round, 1)), Ok(Stored::New));
        fresh.cut_connections();
        assert_eq!(db.submit_blocking(commune.sheet(1, [4; 5]), attempt(round, 1)), Ok(Stored::Before));
        assert_eq!(count(&db), u64::from(round) + 1, "readers too are connected anew");
    }
    // Cut while answers stream in: whatever is acknowledged is there, once.
    let acknowledged: u64 = std::thread::scope(|scope| {
        let threads: Vec<_> = (1..=8_u32)
            .map(|client| {
                let (db, commune) = (&db, &commune);
                scope.spawn(move || {
                    let sent = (0..100).map(|number| {
                        let attempt = attempt(1_000 * client + number, 1);
                        let sheet = commune.sheet(2, [3; 5]);
                        // As a phone does: again with the same attempt until it is told.
                        (0..10).any(|_| db.submit_blocking(sheet.clone(), attempt).is_ok())
                    });
                    sent.filter(|acknowledged| *acknowledged).count() as u64
                })
            })
            .collect();
        for _ in 0..5 {
            std::thread::sleep(Duration::from_millis(30));
            fresh.cut_connections();
        }
        threads.into_iter().map(|thread| thread.join().expect("a client")).sum()
    });
    assert_eq!((acknowledged, count(&db)), (800, 805));
    assert_tallies_equal_recount(&db);
}

/// What the heap of PostgreSQL tells by its order: nothing of the order in which the answers of a batch came.
#[test]
fn the_rows_of_a_batch_lie_in_the_order_of_their_random_keys() {
    #[derive(diesel::QueryableByName)]
    struct Place {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        sorted: bool,
    }
    let fresh = fresh_db(Backend::Postgres);
    let db = fresh.serve();
    let commune = commune(&db);
    let sheets = vec![commune.sheet(1, [4; 5]); 40];
    assert!(in_one_batch(&db, &sheets).iter().all(|answer| *answer == Ok(Stored::New)));
    let mut conn = diesel::PgConnection::establish(&fresh.address()).expect("the schema");
    for (table, key) in [("sheet", "random"), ("attempt", "hash")] {
        let sql = format!(
            "SELECT array_agg({key} ORDER BY ctid) = array_agg({key} ORDER BY {key}) AND count(*) = 40 AS sorted FROM {table}"
        );
        assert!(diesel::sql_query(sql).get_result::<Place>(&mut conn).expect("an answer").sorted, "{table}");
    }
}

#[test]
fn several_writers_on_postgresql_add_up() {
    let fresh = fresh_db(Backend::Postgres);
    let db = fresh.serve_with(Sizes { writers: 3, batch_max: 4, ..Sizes::default() });
    let commune = commune(&db);
    std::thread::scope(|scope| {
        for client in 0..16_u32 {
            let (db, commune) = (&db, &commune);
            scope.spawn(move || {
                for number in 0..25 {
                    let sent = attempt(1_000 * client + number, 1);
                    let sheet = commune.sheet(1, [u8::try_from(number % 7).expect("small"); 5]);
                    assert_eq!(db.submit_blocking(sheet.clone(), sent), Ok(Stored::New));
                    assert_eq!(db.submit_blocking(sheet, sent), Ok(Stored::Before));
                }
            });
        }
    });
    assert_eq!(count(&db), 400);
    assert_tallies_equal_recount(&db);
}

/// Sends `sheets` so that the writer takes them in one batch, and returns the answers in order.
fn in_one_batch(db: &Db, sheets: &[Sheet]) -> Vec<Result<Stored, DbError>> {
    let threads: Vec<_> = hold_while(db, || {
        (100..)
            .zip(sheets)
            .map(|(number, sheet)| {
                let (db, sheet) = (db.clone(), sheet.clone());
                spawn_in_order(&db.clone(), move || db.submit_blocking(sheet, attempt(number, 1)))
            })
            .collect()
    });
    threads.into_iter().map(|thread| thread.join().expect("an answer")).collect()
}

/// Keeps the writer busy while `work` runs, so that what `work` sends gathers in the queue.
pub fn hold_while<T>(db: &Db, work: impl FnOnce() -> T) -> T {
    let ((is_held, held), (release, released)) = (mpsc::channel(), mpsc::channel::<()>());
    let holder = {
        let db = db.clone();
        std::thread::spawn(move || {
            db.hold_writer(move || {
                is_held.send(()).expect("the test waits");
                // Ends also when a failed assertion drops the other side.
                let _ = released.recv();
            })
        })
    };
    held.recv().expect("the writer is held");
    let done = work();
    drop(release);
    holder.join().expect("the holder").expect("the writer was held");
    done
}

/// Starts `work` and waits until its job stands in the queue, so that jobs keep their order.
pub fn spawn_in_order<T: Send + 'static>(
    db: &Db,
    work: impl FnOnce() -> T + Send + 'static,
) -> std::thread::JoinHandle<T> {
    let before = db.queue_load().length;
    let thread = std::thread::spawn(work);
    while db.queue_load().length == before {
        std::thread::yield_now();
    }
    thread
}
