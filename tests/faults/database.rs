//! The database gone and back: a PostgreSQL of the test's own, stopped at once in the middle of the load, and started.

use std::time::{Duration, Instant};

use sipas::db::{DatabaseUrl, Db};

use crate::cluster::Cluster;
use crate::load::{Client, Load, Sent, body};
use crate::server::{Folder, PATIENCE, Server};
use crate::stored::{Books, assert_calm};
use crate::support::commune;

#[test]
fn a_database_that_goes_and_comes_back_loses_nothing_and_thanks_nobody_meanwhile() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let url = DatabaseUrl::parse(&cluster.address()).expect("an address");
    let commune = {
        let (db, _) = Db::open_for_server(&url, sipas::db::Sizes::default()).expect("a database");
        commune(&db)
    };
    let server = Server::start(&cluster.address(), &folder.path("log"), &[]);
    let mut books = Books::default();
    for _ in 0..2 {
        let load = Load::start(4, server.address, &commune.codes[0]);
        std::thread::sleep(Duration::from_millis(300));
        cluster.break_off();
        // The clients go on against a database that is not there. Whatever one of them is told now is no thanks.
        let gone = Load::start(4, server.address, &commune.codes[0]);
        assert_eq!(server.get("/health/live").0, 200);
        assert_eq!(server.get("/health/ready").0, 503);
        let told = gone.stop();
        assert!(!told.is_empty() && told.iter().all(|sent| sent.status == Some(503)), "{told:?}");
        books.enter(&told);
        books.enter(&load.stop());

        cluster.go_on();
        // Everything that was not acknowledged is sent again, as a phone does, until it is.
        let since = Instant::now();
        let mut client = Client::connect(server.address).expect("a connection");
        while let Some(attempt) = books.unknown.iter().copied().next() {
            let status = client.post(&commune.codes[0], &body(attempt, 4)).expect("an answer");
            books.enter(&[Sent { attempt, status: Some(status) }]);
            assert!(since.elapsed() < PATIENCE, "the server does not find its database again");
        }
        assert_eq!(server.get("/health/ready").0, 200);
    }
    let db = Db::open(&url).expect("a database");
    assert_eq!(books.compare_and_recount(&db, commune.unit), books.acknowledged.len());
    let log = server.log();
    assert_calm(&log);
    assert!(log.contains("database cannot be reached or written now"), "{log}");
    assert_eq!(server.stop().code(), Some(0));
}
