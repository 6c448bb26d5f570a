//! Figures read from a streaming replica: those of the database, never older than the question, and read from the database itself where the
//! replica is behind or gone.

use std::time::Instant;

use reqwest::blocking::{Client, Response};
use reqwest::redirect::Policy;
use sipas::app::{DEMO_PASSWORD, DEMO_USER};
use sipas::db::{DatabaseUrl, Db, FiguresRead, NewUnit, Sizes, UnitKind};

use crate::cluster::Cluster;
use crate::server::{Folder, PATIENCE, Server, done};
use crate::stored::assert_calm;
use crate::support::{free_port, some_day};

fn address(text: &str) -> DatabaseUrl {
    DatabaseUrl::parse(text).expect("an address")
}

fn ward(number: usize) -> NewUnit {
    NewUnit {
        code: format!("ward-{number}"),
        kind: UnitKind::Commune,
        name_vi: format!("Phường {number}"),
        name_en: format!("Ward {number}"),
        parent: None,
        valid_from: some_day(),
    }
}

#[test]
fn figures_are_read_from_a_replica_that_has_everything_and_else_from_the_database() {
    let primary = Cluster::start();
    let replica = Cluster::replica_of(&primary, free_port());
    let (db, _) = Db::open_for_server(&address(&primary.address()), Sizes::default()).expect("a database");
    db.read_figures_at(&address(&replica.address())).expect("both are PostgreSQL");
    let known = |number: usize| {
        let code = format!("ward-{number}");
        db.figures(|db| db.unit_by_code(&code)).expect("an answer").is_some()
    };
    let read = || db.figures_read().expect("a replica is set");
    // The migrations may still be on their way to the replica; from then on whatever was committed is found at once.
    let since = Instant::now();
    while read().replica == 0 {
        assert!(since.elapsed() < PATIENCE, "the replica is never asked");
        assert!(!known(0));
    }
    let asked_here = read().primary;
    for number in 1..=50 {
        db.by_nobody().add_unit(&ward(number)).expect("a unit");
        assert!(known(number), "{number} was committed before it was asked for");
    }
    let FiguresRead { replica: there, primary: here } = read();
    assert!(there > 1 && there + here == 51 + asked_here, "{there} from the replica, {here} from the database");

    // Behind: the question is answered all the same, by the database.
    replica.sql("SELECT pg_wal_replay_pause()");
    db.by_nobody().add_unit(&ward(51)).expect("a unit");
    assert!(known(51));
    assert_eq!(read(), FiguresRead { replica: there, primary: here + 1 });
    replica.sql("SELECT pg_wal_replay_resume()");
    let since = Instant::now();
    while read().replica == there {
        assert!(since.elapsed() < PATIENCE, "the replica is not asked again");
        assert!(known(51));
    }
    // Gone, and a primary of its own: neither is ours to read.
    replica.kill();
    assert!(known(51));
    let before = read();
    assert!(known(50));
    assert_eq!(read(), FiguresRead { primary: before.primary + 1, ..before });

    let alone = Db::open(&address(&primary.address())).expect("a database");
    alone.read_figures_at(&address(&primary.address())).expect("an address");
    assert!(alone.figures(|db| db.unit_by_code("ward-1")).expect("an answer").is_some());
    assert_eq!(alone.figures_read(), Some(FiguresRead { replica: 0, primary: 1 }));
}

#[test]
fn a_server_shows_the_same_figures_from_its_replica_and_without_it() {
    let (primary, folder) = (Cluster::start(), Folder::new());
    done(&primary.address(), &["demo", "--responses", "1500", "--seed", "1"]);
    let replica = Cluster::replica_of(&primary, free_port());
    // It follows without being waited for: a commit would wait for it for ever once it is lost.
    let settings = [("SIPAS_FIGURES_DATABASE_URL", &*replica.address()), ("SIPAS_METRICS_BIND", "127.0.0.1:0")];
    let key = folder.text("ticket-key");
    let keyed = [settings[0], settings[1], ("SIPAS_TICKET_KEY_FILE", key.as_str())];
    let (with, without) = (
        Server::start(&primary.address(), &folder.path("with"), &keyed),
        Server::start(&primary.address(), &folder.path("without"), &keyed[2..]),
    );
    let client = Client::builder().redirect(Policy::none()).build().expect("a client");
    let pages = ["/staff/", "/staff/targets", "/staff/explore", "/staff/explore/compare", "/staff/explore/levels"];
    let shown = |server: &Server| -> Vec<String> {
        let at = |path: &str| format!("http://{}{path}", server.address);
        let form = [("name", DEMO_USER), ("password", DEMO_PASSWORD)];
        let signed = client.post(at("/staff/sign-in")).form(&form).header("sec-fetch-site", "same-origin").send();
        let signed = signed.expect("an answer");
        let cookie = signed.headers().get("set-cookie").expect("a session").to_str().expect("text");
        let cookie = cookie.split(';').next().expect("a cookie").to_owned();
        let get =
            |path: &&str| client.get(at(path)).header("cookie", &cookie).send().and_then(Response::error_for_status);
        pages.iter().map(|path| get(path).and_then(Response::text).expect("a page")).collect()
    };
    let (one, other) = (shown(&with), shown(&without));
    for (path, (one, other)) in pages.iter().zip(one.iter().zip(&other)) {
        assert!(one == other, "{path} differs");
    }
    let connected =
        replica.sql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'sipas' AND datname IS NOT NULL");
    assert!(connected.trim() != "1", "only this question: nobody reads figures there");
    // The replica is lost: its pages stay, from the database.
    replica.kill();
    assert!(shown(&with) == other, "a page differs without the replica");
    for server in [with, without] {
        assert_calm(&server.log());
        assert_eq!(server.stop().code(), Some(0));
    }
}
