//! The primary lost for good: its synchronous replica takes its place under load, and nothing that was acknowledged is lost.

use std::time::{Duration, Instant};

use sipas::db::{DatabaseUrl, Db};

use crate::load::{Client, Load, Sent, body};
use crate::pairs::{ByHand, Pair, Watched};
use crate::server::{Folder, PATIENCE, Server};
use crate::stored::{Books, assert_calm};
use crate::support::commune;

/// `./dev soak failover` asks for more.
fn rounds() -> u64 {
    std::env::var("SIPAS_TEST_FAILOVER_ROUNDS").map_or(1, |rounds| rounds.parse().expect("a number"))
}

/// What is promised of a replica that takes over: answers are stored again within this time of the loss. By hand, as the tests do it, it
/// takes a second or two; `pg_auto_failover` first waits until its monitor believes the loss.
const BACK_WITHIN: Duration = Duration::from_secs(30);

fn is_by_hand() -> bool {
    std::env::var_os("SIPAS_TEST_AUTO_FAILOVER").is_none()
}

/// By hand; `./dev soak auto-failover` asks for `pg_auto_failover`.
fn pair() -> Box<dyn Pair> {
    match std::env::var("SIPAS_TEST_AUTO_FAILOVER").as_deref() {
        Ok("yes") => Box::new(Watched::start()),
        Ok(other) => panic!("SIPAS_TEST_AUTO_FAILOVER is yes or is not set, not {other}"),
        Err(_) => Box::new(ByHand::start()),
    }
}

#[test]
fn a_primary_that_is_gone_is_replaced_by_its_replica_and_nothing_acknowledged_is_lost() {
    let (mut pair, folder) = (pair(), Folder::new());
    let address = pair.address();
    pair.wait_until_whole();
    let commune = {
        let url = DatabaseUrl::parse(&address).expect("an address");
        let (db, _) = Db::open_for_server(&url, sipas::db::Sizes::default()).expect("a database");
        commune(&db)
    };
    let server = Server::start(&address, &folder.path("log"), &[]);
    let mut books = Books::default();
    let mut longest = Duration::ZERO;
    for _ in 0..rounds() {
        pair.wait_until_whole();
        let load = Load::start(4, server.address, &commune.codes[0]);
        std::thread::sleep(Duration::from_millis(500));
        pair.lose_primary();
        let since = Instant::now();
        books.enter(&load.stop());
        assert_eq!(server.get("/health/ready").0, 503, "nothing can be stored while nobody writes");
        pair.promote();

        let mut client = Client::connect(server.address).expect("a connection");
        while let Some(attempt) = books.unknown.iter().copied().next() {
            let status = client.post(&commune.codes[0], &body(attempt, 4)).expect("an answer");
            books.enter(&[Sent { attempt, status: Some(status) }]);
            assert!(since.elapsed() < PATIENCE, "the server does not find the new primary");
        }
        while server.get("/health/ready").0 != 200 {
            assert!(since.elapsed() < PATIENCE, "the server does not find the new primary");
        }
        longest = longest.max(since.elapsed());
        pair.replace();
    }
    assert!(longest < BACK_WITHIN || !is_by_hand(), "answers were stored again only after {longest:.1?}");
    let db = Db::open(&DatabaseUrl::parse(&address).expect("an address")).expect("a database");
    let stored = books.compare_and_recount(&db, commune.unit);
    assert_eq!(stored, books.acknowledged.len());
    assert!(stored > 0, "answers were acknowledged");
    println!("{} failovers, {stored} acknowledged, none lost, the longest took {longest:.1?}", rounds());
    assert_calm(&server.log());
    assert_eq!(server.stop().code(), Some(0));
}
