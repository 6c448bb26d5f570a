//! The traffic simulator against real servers: what it thanks is stored, also when the server is told to end under load.

mod support;
#[path = "support/town.rs"]
mod town;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sipas::db::Db;
use sipas::demo::traffic::{self, Plan, http};
use support::{FreshDb, free_address};
use town::Town;

const NO_LIMIT: (&str, &str) = ("SIPAS_SUBMIT_LIMIT", "off");

fn plan(address: &str, codes: &[&String], requests: u64) -> Plan {
    Plan {
        server: http::loopback(address).expect("this machine"),
        codes: codes.iter().map(|code| (*code).clone()).collect(),
        seed: 7,
        requests,
        clients: 8,
        duration: None,
        day: traffic::Day::Counter,
    }
}

fn assert_well(db: &Db) {
    let checkup = db.check().expect("a check-up");
    assert!(checkup.is_well(), "{:#?}", checkup.findings);
}

on_both! {
    fn friends_and_foes_leave_what_was_thanked_and_nothing_else(fresh) {
        let town = Town::start_with(fresh, &[NO_LIMIT]);
        let plan = plan(&town.address, &[&town.counter, &town.centre, &town.station], 700);
        let first = traffic::run(&plan).expect("a run");
        assert!(first.unexpected.is_empty(), "{:#?}", first.unexpected);
        assert_eq!((first.requests, first.failed), (700, 0));
        assert!(first.accepted > 250 && first.repeated > 20, "{first:#?}");
        assert_eq!(town.stored(), first.accepted);
        for status in [404, 409, 413, 415, 422] {
            assert!(first.refused.contains_key(&status), "{status} in {:?}", first.refused);
        }
        let refused: u64 = first.refused.values().sum();
        assert_eq!(u64::try_from(first.pages.count + first.thanks.count), Ok(700 - refused));
        // The same visitors again: programs bring their attempts along and are known, pages give new ones.
        let again = traffic::run(&plan).expect("a run");
        assert!(again.unexpected.is_empty(), "{:#?}", again.unexpected);
        assert!(again.repeated > first.repeated + 50, "{} then {}", first.repeated, again.repeated);
        assert_eq!(town.stored(), first.accepted + again.accepted);
        assert_well(&town.db);
    }

    fn a_server_told_to_end_under_load_thanks_only_what_it_stores(fresh) {
        // The town's own server ends before the process begins.
        let town = Town::start(fresh);
        let codes = [town.counter.clone(), town.station.clone()];
        drop(town);
        let (mut server, address) = serve(fresh);
        let plan = Plan { requests: 200_000, ..plan(&address, &[&codes[0], &codes[1]], 0) };
        let clients = u64::from(plan.clients);
        let load = std::thread::spawn(move || traffic::run(&plan).expect("a run"));
        std::thread::sleep(Duration::from_millis(700));
        let pid = server.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
        let outcome = load.join().expect("the load ended");
        assert!(server.wait().expect("its status").success());
        assert!(outcome.accepted > 0 && outcome.failed > 0, "the server ended under load: {outcome:#?}");
        let db = Db::open(fresh.url()).expect("the database");
        let stored = db.count_sheets().expect("a count");
        assert!(
            (outcome.accepted..=outcome.accepted + clients).contains(&stored),
            "{stored} stored, {} thanked, {clients} under way",
            outcome.accepted
        );
        assert_well(&db);
        if let Some(file) = fresh.url().file() {
            let log = std::fs::metadata(file.with_extension("db-wal")).map_or(0, |log| log.len());
            assert_eq!(log, 0, "an orderly end leaves an empty write-ahead log");
        }
    }
}

/// Starts the program on a free port of this machine.
fn serve(fresh: &FreshDb) -> (Child, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sipas"));
    for (key, _) in std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("SIPAS_")) {
        command.env_remove(key);
    }
    let address = free_address();
    command.env("SIPAS_DATABASE_URL", fresh.address()).env("SIPAS_BIND", &address).env(NO_LIMIT.0, NO_LIMIT.1);
    let mut child = command.arg("serve").stderr(Stdio::piped()).spawn().expect("the program");
    let mut log = BufReader::new(child.stderr.take().expect("its log"));
    let mut line = String::new();
    while !line.contains("listening") {
        line.clear();
        assert!(log.read_line(&mut line).expect("a line") > 0, "the server ended");
    }
    // Read on, so that the log never fills its pipe.
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    (child, format!("http://{address}"))
}

#[test]
fn only_this_machine_is_simulated_on() {
    let output = Command::new(env!("CARGO_BIN_EXE_sipas"))
        .args(["simulate", "--url", "http://khaosat.gov.vn", "--point", "AT32X2P"])
        .output()
        .expect("the program");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("only a server on this machine is"));
    let many = Command::new(env!("CARGO_BIN_EXE_sipas"))
        .args(["simulate", "--url", "http://127.0.0.1:9", "--point", "AT32X2P", "--requests", "1000001"])
        .output()
        .expect("the program");
    assert_eq!(many.status.code(), Some(2), "a number without bound is a wrong command");
}
