//! kill -9 while answers come in.

use std::time::Duration;

use crate::load::{Client, Load, Sent, body};
use crate::server::{Folder, Server};
use crate::stored::{Books, assert_calm, open};
use crate::support::commune;

/// 3 in `./dev test`, 200 in `./dev soak faults`.
fn rounds() -> u64 {
    std::env::var("SIPAS_TEST_KILL_ROUNDS").map_or(3, |rounds| rounds.parse().expect("a number"))
}

#[test]
fn the_books_notice_what_is_lost_doubled_or_never_sent() {
    let fresh = crate::support::fresh_db(crate::support::Backend::Sqlite);
    let db = fresh.serve();
    let commune = commune(&db);
    let attempts: Vec<uuid::Uuid> = (0..3).map(|_| uuid::Uuid::new_v4()).collect();
    for (number, stored) in [(0, attempts[0]), (1, attempts[1])] {
        let mut sheet = commune.sheet(1, [4; 5]);
        sheet.comment = Some(crate::load::mark(stored));
        db.submit_blocking(sheet, crate::support::attempt(number, 1)).expect("stored");
    }
    let books = |sent: &[uuid::Uuid]| {
        let mut books = Books::default();
        books.enter(&sent.iter().map(|attempt| Sent { attempt: *attempt, status: Some(201) }).collect::<Vec<_>>());
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| books.compare(&db, commune.unit)))
    };
    assert_eq!(books(&attempts[..2]).expect("all is well"), 2);
    assert!(books(&attempts).is_err(), "one is lost");
    assert!(books(&attempts[..1]).is_err(), "one was never sent");
    let mut again = commune.sheet(1, [4; 5]);
    again.comment = Some(crate::load::mark(attempts[0]));
    db.submit_blocking(again, crate::support::attempt(2, 1)).expect("stored");
    assert!(books(&attempts[..2]).is_err(), "one is there twice");
}

on_both! {
    fn what_was_acknowledged_survives_a_kill(fresh) {
        let folder = Folder::new();
        let commune = commune(&fresh.serve());
        let mut books = Books::default();
        let mut broken = 0;
        for round in 0..rounds() {
            let server = Server::start(&fresh.address(), &folder.path("log"), &[]);
            // What nobody knows of is sent again, and some of what was acknowledged too: none of it may count twice.
            let mut client = Client::connect(server.address).expect("a connection");
            let again: Vec<_> = books.unknown.iter().copied().chain(books.acknowledged.iter().copied().take(20)).collect();
            for attempt in again {
                let status = client.post(&commune.codes[0], &body(attempt, 4)).expect("an answer");
                assert!([200, 201].contains(&status), "{status}");
                books.enter(&[Sent { attempt, status: Some(status) }]);
            }
            assert!(books.unknown.is_empty());
            let load = Load::start(8, server.address, &commune.codes[0]);
            // At a moment that differs from round to round, from the first answers to the thick of them.
            std::thread::sleep(Duration::from_millis(20 + round * 37 % 250));
            server.kill();
            books.enter(&load.stop());
            broken += books.unknown.len();
            // Looked at by a command that comes first, and every third time by one beside the next server.
            let next = (round % 3 == 2).then(|| Server::start(&fresh.address(), &folder.path("log"), &[]));
            let db = open(fresh);
            let stored = if round % 10 == 2 || round + 1 == rounds() {
                books.compare_and_recount(&db, commune.unit)
            } else {
                books.compare(&db, commune.unit)
            };
            drop((db, next.map(Server::stop)));
            assert!(stored <= books.acknowledged.len() + books.unknown.len());
        }
        assert!(broken > 0 && !books.acknowledged.is_empty(), "no answer was under way at any kill: {broken}");
        let log = std::fs::read_to_string(folder.path("log")).expect("a log");
        assert_calm(&log);
        if fresh.url().file().is_some() {
            assert!(log.contains("the last server did not end in order"), "{log}");
        }
        println!("{} rounds, {} acknowledged, {broken} under way at the kills", rounds(), books.acknowledged.len());
    }

    fn every_request_sent_by_three_at_once_is_stored_once(fresh) {
        let folder = Folder::new();
        let commune = commune(&fresh.serve());
        let server = Server::start(&fresh.address(), &folder.path("log"), &[]);
        let attempts: Vec<uuid::Uuid> = (0..150).map(|_| uuid::Uuid::new_v4()).collect();
        let senders: Vec<_> = (0..3).map(|_| {
            let (to, code, attempts) = (server.address, commune.codes[1].clone(), attempts.clone());
            std::thread::spawn(move || {
                let mut client = Client::connect(to).expect("a connection");
                let post = |attempt: uuid::Uuid| {
                    let status = client.post(&code, &body(attempt, 3)).expect("an answer");
                    Sent { attempt, status: Some(status) }
                };
                attempts.into_iter().map(post).collect::<Vec<_>>()
            })
        }).collect();
        let sent: Vec<Sent> = senders.into_iter().flat_map(|sender| sender.join().expect("no panic")).collect();
        assert_eq!(sent.iter().filter(|sent| sent.status == Some(201)).count(), 150, "each is new once");
        let mut books = Books::default();
        books.enter(&sent);
        // Other content under a used attempt is said, by whichever of them.
        let mut client = Client::connect(server.address).expect("a connection");
        assert_eq!(client.post(&commune.codes[1], &body(attempts[0], 1)).expect("an answer"), 409);
        assert_eq!(books.compare_and_recount(&open(fresh), commune.unit), 150);
        assert_calm(&server.log());
        assert_eq!(server.stop().code(), Some(0));
    }
}
