//! Events on their way to other programs, with a clock that the test turns: what is slow or dead costs the others its own time only, a
//! try is dated by its own end, what is sent again by hand has all its tries, and nothing grows without end.

use std::cell::{Cell, RefCell};

use chrono::{DateTime, TimeDelta, Utc};
use sipas::clock;
use sipas::db::{Db, EVENT_WAITS, HookEvent, LeasedEvent, NewWebhook, NotTaken, TIME_IN_LAP, TOO_MANY};

use crate::support::commune;

/// A clock and what receivers are told: `say` answers for an address, and says how long it took.
struct Post<'a> {
    db: &'a Db,
    now: Cell<DateTime<Utc>>,
    told: RefCell<Vec<(i32, String)>>,
}

impl<'a> Post<'a> {
    fn new(db: &'a Db) -> Self {
        Self { db, now: Cell::new(clock::now() + TimeDelta::hours(1)), told: RefCell::default() }
    }

    fn wait(&self, wait: TimeDelta) {
        self.now.set(self.now.get() + wait);
    }

    /// A lap; how many were taken, and how many failed.
    fn lap(&self, say: &dyn Fn(i32) -> (TimeDelta, Result<(), NotTaken>)) -> (u32, u32) {
        let mut deliver = |event: &LeasedEvent| {
            self.told.borrow_mut().push((event.webhook, event.id.clone()));
            let (took, said) = say(event.webhook);
            self.wait(took);
            said
        };
        self.db.deliver_events(&|| self.now.get(), &|| false, &mut deliver).expect("a lap")
    }

    fn told(&self, webhook: i32) -> usize {
        self.told.borrow().iter().filter(|(of, _)| *of == webhook).count()
    }

    fn waiting(&self, webhook: i32) -> u64 {
        let units: Vec<i32> = self.db.units().expect("units").into_iter().map(|unit| unit.id).collect();
        self.db.webhooks(&units).expect("asked").into_iter().find(|one| one.id == webhook).expect("in use").waiting
    }
}

fn status() -> Result<(), NotTaken> {
    Err(NotTaken { reason: "status 500".to_owned(), unreachable: false })
}

fn unreachable() -> Result<(), NotTaken> {
    Err(NotTaken { reason: "unreachable".to_owned(), unreachable: true })
}

fn enter(db: &Db, unit: i32, name: &str) -> i32 {
    let (name, url, made_by) = (name.to_owned(), "https://a.vn/".to_owned(), "an".to_owned());
    let (events, secret, at) = (vec![HookEvent::ComplaintChanged], vec![7; 32], clock::now());
    db.by_nobody().add_webhook(&NewWebhook { unit, name, url, events, secret, made_by, at }).expect("an address")
}

/// Events of `count` objects, for every address.
fn complain(db: &Db, unit: i32, count: u8) {
    let unit = db.tree().expect("units").unit(unit).expect("a unit").clone();
    for number in 0..count {
        let written = sipas::cases::check("complaint", "Phải chờ quá lâu.", "").expect("words");
        let arrival = sipas::service::complaints::arrival(db, &unit, clock::today()).expect("an arrival");
        db.add_complaint(unit.id, &[number; 16], &written, &arrival, clock::today()).expect("stored");
    }
}

on_both! {
    fn what_is_slow_has_its_time_in_a_lap_and_leaves_the_rest_to_the_others(fresh) {
        let db = fresh.serve();
        let unit = commune(&db).unit;
        let (slow, refusing, well) = (enter(&db, unit, "Chậm"), enter(&db, unit, "Từ chối"), enter(&db, unit, "Tốt"));
        complain(&db, unit, 12);
        let post = Post::new(&db);
        let began = post.now.get();
        let say = |webhook| match webhook {
            one if one == slow => (TimeDelta::seconds(4), Ok(())),
            one if one == refusing => (TimeDelta::seconds(9), status()),
            _ => (TimeDelta::milliseconds(10), Ok(())),
        };
        post.lap(&say);
        // The third call begins at 8 of 10 seconds, the second at 9 of 10.
        assert_eq!((post.told(slow), post.told(refusing), post.told(well)), (3, 2, 12));
        assert!(post.now.get() - began < TIME_IN_LAP * 4);
        post.lap(&say);
        assert_eq!((post.told(slow), post.told(refusing)), (6, 4), "the next lap gives as much again");
    }

    fn the_next_try_is_counted_from_the_end_of_the_one_before(fresh) {
        let db = fresh.serve();
        let unit = commune(&db).unit;
        let (first, second) = (enter(&db, unit, "A"), enter(&db, unit, "B"));
        complain(&db, unit, 1);
        let post = Post::new(&db);
        post.lap(&|_| (TimeDelta::seconds(9), unreachable()));
        // A failed nine seconds after the lap began, B eighteen.
        post.wait(EVENT_WAITS[0] - TimeDelta::seconds(9));
        post.lap(&|_| (TimeDelta::zero(), unreachable()));
        assert_eq!((post.told(first), post.told(second)), (2, 1));
        post.wait(TimeDelta::seconds(9));
        post.lap(&|_| (TimeDelta::zero(), unreachable()));
        assert_eq!((post.told(first), post.told(second)), (2, 2));
    }

    fn what_is_sent_again_by_hand_has_every_try_once_more_however_old_it_is(fresh) {
        let db = fresh.serve();
        let unit = commune(&db).unit;
        let webhook = enter(&db, unit, "A");
        complain(&db, unit, 1);
        let post = Post::new(&db);
        let fail = || (TimeDelta::zero(), status());
        for row in 1..=3_usize {
            for (place, wait) in EVENT_WAITS.iter().enumerate() {
                post.lap(&|_| fail());
                assert_eq!((post.told(webhook), post.waiting(webhook)), ((row - 1) * 9 + place + 1, 1));
                post.wait(*wait);
            }
            post.lap(&|_| fail());
            assert_eq!((post.told(webhook), post.waiting(webhook)), (row * 9, 0), "given up after the ninth");
            let dead = db.dead_events(&[webhook], 10).expect("asked");
            assert_eq!(dead.len(), 1);
            post.wait(TimeDelta::days(3));
            db.by_nobody().resend_event(webhook, &dead[0].id, post.now.get()).expect("again");
        }
        post.lap(&|_| (TimeDelta::zero(), Ok(())));
        assert_eq!(post.waiting(webhook), 0);
        assert_eq!(db.webhook_load().expect("asked").dead, 0);
    }

    fn what_waits_for_a_dead_receiver_is_given_up_with_the_first_that_is_two_days_old(fresh) {
        let db = fresh.serve();
        let unit = commune(&db).unit;
        let webhook = enter(&db, unit, "A");
        complain(&db, unit, 40);
        let post = Post::new(&db);
        post.lap(&|_| (TimeDelta::zero(), unreachable()));
        assert_eq!((post.told(webhook), post.waiting(webhook)), (1, 40), "asked once in a lap");
        post.wait(TimeDelta::days(2) + TimeDelta::hours(1));
        post.lap(&|_| (TimeDelta::zero(), unreachable()));
        assert_eq!((post.told(webhook), post.waiting(webhook)), (2, 0));
        assert_eq!(db.webhook_load().expect("asked").dead, 40);
    }

    fn what_waits_and_what_was_given_up_have_their_most_and_the_oldest_go(fresh) {
        let db = fresh.serve();
        let unit = commune(&db).unit;
        let (dead, other) = (enter(&db, unit, "A"), enter(&db, unit, "B"));
        complain(&db, unit, 12);
        let now = clock::now() + TimeDelta::hours(1);
        db.prune_events_to(now, 12, 5).expect("pruned");
        assert_eq!(db.webhook_load().expect("asked").waiting, 24, "as many as may");
        db.prune_events_to(now, 10, 5).expect("pruned");
        let given_up = db.dead_events(&[dead], 10).expect("asked");
        assert_eq!(given_up.iter().map(|event| event.reason.as_str()).collect::<Vec<_>>(), [TOO_MANY; 2]);
        db.prune_events_to(now, 4, 5).expect("pruned");
        assert_eq!(db.dead_events(&[dead], 10).expect("asked").len(), 5, "of eight the newest five");
        let post = Post::new(&db);
        assert_eq!((post.waiting(dead), post.waiting(other)), (4, 4));
        // Each address has its own list, however many another has.
        assert_eq!(db.dead_events(&[other], 3).expect("asked").len(), 3);
        assert!(db.dead_events(&[other], 3).expect("asked").iter().all(|event| event.webhook == other));
        assert_eq!(db.dead_events(&[], 3).expect("asked"), []);
    }

    fn nothing_is_sent_to_an_address_that_was_ended_and_nothing_of_it_stays(fresh) {
        let db = fresh.serve();
        let unit = commune(&db).unit;
        enter(&db, unit, "A");
        complain(&db, unit, 2);
        // As by a server of before, which knew nothing of these events.
        fresh.sql("UPDATE webhook SET ended_ms = 1");
        let post = Post::new(&db);
        assert_eq!(post.lap(&|_| (TimeDelta::zero(), Ok(()))), (0, 0));
        assert_eq!(db.webhook_load().expect("asked").waiting, 0);
    }
}
