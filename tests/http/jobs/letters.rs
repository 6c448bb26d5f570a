//! Letters through a real mail server on loopback: written once, sent over restarts, refusals and two servers, never past a
//! certificate that does not hold.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use sipas::db::{Db, LetterFailed, NewLetter};
use sipas::jobs::letters::{Desk, Post, lap, round, summaries};
use sipas::jobs::{Jobs, Settings, Stop};
use sipas::mail::{Letter, MailError, Mailer};

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::Town;

/// aiosmtpd, for the length of a test.
struct Smtp {
    process: Child,
    port: u16,
    folder: PathBuf,
}

impl Smtp {
    fn start(name: &str, arguments: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("sipas_smtp_{}_{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/smtp.py");
        let mut process = Command::new("/usr/bin/python3")
            .arg(script)
            .arg(&folder)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("run ./dev test, which installs python3-aiosmtpd");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let port = line.trim().parse().expect("run ./dev test, which installs python3-aiosmtpd");
        Self { process, port, folder }
    }

    /// The letters taken, in order.
    fn taken(&self) -> Vec<String> {
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(&self.folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|end| end == "eml"));
        paths.sort();
        paths.iter().map(|path| std::fs::read_to_string(path).expect("a letter")).collect()
    }

    fn mailer(&self) -> Mailer {
        let url = format!("smtp://127.0.0.1:{}", self.port);
        Mailer::new(Some(&url), Some("SIPAS <sipas@example.vn>"), None).expect("a mailer")
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn header<'a>(letter: &'a str, name: &str) -> &'a str {
    letter.lines().find_map(|line| line.strip_prefix(name)).expect("a header").trim()
}

fn write(db: &Db, key: &str, now: DateTime<Utc>) {
    let new = NewLetter {
        key: key.to_owned(),
        recipient: "Nguyễn Lan <lan@example.vn>".to_owned(),
        subject: format!("Hạn báo cáo {key}"),
        body: "Kính gửi Lan,\n\nBáo cáo <Quý I> đến hạn.".to_owned(),
        until: now + TimeDelta::days(30),
    };
    assert_eq!(db.write_letter(&new, now), Ok(true));
    assert_eq!(db.write_letter(&new, now), Ok(false), "a letter is written once");
}

fn now() -> DateTime<Utc> {
    "2026-03-11T02:00:00Z".parse().expect("an instant")
}

fn send(db: &Db, mailer: &Mailer, now: DateTime<Utc>) -> Result<(), sipas::db::DbError> {
    lap(db, mailer, "https://sipas.example.vn", &Stop::default(), now)
}

/// How many wait, and how many were given up.
fn load(db: &Db) -> (u64, u64) {
    let load = db.outbox_load().expect("asked");
    (load.waiting, load.failed)
}

on_both! {
    fn a_letter_waits_while_the_server_is_down_and_over_a_restart_and_goes_once(fresh) {
        let db = fresh.serve();
        write(&db, "a", now());
        // Nobody listens there.
        let nowhere = Mailer::new(Some("smtp://127.0.0.1:9"), Some("sipas@example.vn"), None).expect("a mailer");
        send(&db, &nowhere, now()).expect("an outbox");
        assert_eq!(load(&db), (1, 0));
        let db = fresh.serve_again(db);
        let smtp = Smtp::start(&format!("down_{}", fresh.url().file().is_some()), &["--refuse", "1"]);
        send(&db, &smtp.mailer(), now()).expect("an outbox");
        assert!(smtp.taken().is_empty(), "it waits a minute after a refusal");
        send(&db, &smtp.mailer(), now() + TimeDelta::minutes(1)).expect("an outbox");
        assert!(smtp.taken().is_empty(), "451 the first time");
        send(&db, &smtp.mailer(), now() + TimeDelta::minutes(2)).expect("an outbox");
        assert!(smtp.taken().is_empty(), "after the second failure it waits two minutes");
        send(&db, &smtp.mailer(), now() + TimeDelta::minutes(3)).expect("an outbox");
        send(&db, &smtp.mailer(), now() + TimeDelta::days(3)).expect("an outbox");
        let taken = smtp.taken();
        assert_eq!(taken.len(), 1, "sent, and never again");
        assert_eq!(load(&db), (0, 0));
        assert!(taken[0].contains("multipart/alternative"));
        assert!(taken[0].contains("text/plain") && taken[0].contains("text/html"));
        assert!(header(&taken[0], "Message-ID:").ends_with("@example.vn>"), "{}", taken[0]);
    }

    fn a_server_that_dies_between_sending_and_marking_sends_again_under_the_same_id(fresh) {
        let db = fresh.serve();
        let smtp = Smtp::start(&format!("dies_{}", fresh.url().file().is_some()), &[]);
        write(&db, "a", now());
        let leased = db.lease_letter(now()).expect("asked").expect("one waits");
        let letter = Letter {
            to: leased.recipient.clone(),
            subject: leased.subject.clone(),
            text: leased.body.clone(),
            id: Some(leased.message_id.clone()),
            fewer: None,
        };
        smtp.mailer().send(&letter).expect("taken");
        // It died here. Until the lease is over nobody else touches the letter.
        send(&db, &smtp.mailer(), now() + TimeDelta::minutes(4)).expect("an outbox");
        assert_eq!(smtp.taken().len(), 1);
        send(&db, &smtp.mailer(), now() + TimeDelta::minutes(6)).expect("an outbox");
        let ids: BTreeSet<String> =
            smtp.taken().iter().map(|letter| header(letter, "Message-ID:").to_owned()).collect();
        assert_eq!((smtp.taken().len(), ids.len()), (2, 1), "twice, and known as one");
        assert_eq!(db.letter_sent(&leased, &[], now()), Ok(false), "the lease is somebody else's");
    }

    fn two_servers_send_every_letter_once_between_them(fresh) {
        let db = fresh.serve();
        let other = Db::open(fresh.url()).expect("beside the server");
        let smtp = Smtp::start(&format!("two_{}", fresh.url().file().is_some()), &[]);
        for number in 0..24 {
            write(&db, &format!("{number:02}"), now());
        }
        std::thread::scope(|threads| {
            for db in [&db, &other] {
                threads.spawn(|| send(db, &smtp.mailer(), now()).expect("an outbox"));
            }
        });
        let taken = smtp.taken();
        let ids: BTreeSet<&str> = taken.iter().map(|letter| header(letter, "Message-ID:")).collect();
        assert_eq!((taken.len(), ids.len()), (24, 24));
        assert_eq!(load(&db), (0, 0));
    }

    fn a_refusal_for_good_is_given_up_after_four_tries_and_holds_nobody_up(fresh) {
        let db = fresh.serve();
        let smtp = Smtp::start(&format!("good_{}", fresh.url().file().is_some()), &["--for-good", "lan@example.vn"]);
        write(&db, "a", now());
        let other = NewLetter {
            key: "b".to_owned(),
            recipient: "hoa@example.vn".to_owned(),
            subject: "b".to_owned(),
            body: "b".to_owned(),
            until: now() + TimeDelta::days(30),
        };
        db.write_letter(&other, now()).expect("written");
        send(&db, &smtp.mailer(), now()).expect("an outbox");
        assert_eq!(load(&db), (1, 0), "the other went");
        // A quarter of an hour, an hour and four hours lie between the four tries: 15 + 60 + 240 minutes.
        for minutes in [14, 15, 75, 314] {
            send(&db, &smtp.mailer(), now() + TimeDelta::minutes(minutes)).expect("an outbox");
            assert_eq!(load(&db), (1, 0), "after {minutes} minutes");
        }
        send(&db, &smtp.mailer(), now() + TimeDelta::minutes(316)).expect("an outbox");
        assert_eq!(load(&db), (0, 1));
        let given_up = db.letters_given_up(10).expect("asked");
        assert_eq!((given_up[0].key.as_str(), given_up[0].reason.as_str()), ("a", "refused"));
        assert_eq!(smtp.taken().len(), 1);
    }

    fn a_letter_whose_last_instant_has_passed_is_not_sent(fresh) {
        let db = fresh.serve();
        let mailer = Mailer::memory();
        write(&db, "a", now());
        let leased = db.lease_letter(now()).expect("asked").expect("one waits");
        assert_eq!(db.letter_failed(&leased, LetterFailed::ForNow, now()), Ok(false));
        send(&db, &mailer, now() + TimeDelta::days(31)).expect("an outbox");
        assert!(mailer.kept().is_empty());
        assert_eq!(db.letters_given_up(10).expect("asked")[0].reason, "late");
        // A letter with a link that was used or replaced says what is not true.
        write(&db, "link/00112233445566778899aabbccddeeff", now());
        send(&db, &mailer, now()).expect("an outbox");
        assert!(mailer.kept().is_empty());
        assert_eq!(load(&db), (0, 1));
    }

    fn one_summary_a_working_day_tells_each_what_concerns_them_and_nothing_twice(fresh) {
        let town = Town::start(fresh);
        for (name, email) in [("lan", "lan@example.vn"), ("viewer", "v@example.vn"), ("auditor", "a@example.vn"), ("hoa", "h@example.vn"), ("unit_head", "u@example.vn")] {
            let id = town.db.user_by_name(name).expect("asked").expect("known").id;
            town.db.by_nobody().set_email(id, sipas::access::EmailAddress::parse(email).as_ref()).expect("set");
        }
        town.sign_in("viewer");
        let url = "https://sipas.example.vn";
        let told = |at: &str| -> BTreeSet<String> {
            let at: DateTime<Utc> = at.parse().expect("an instant");
            summaries(&town.db, url, at).expect("letters").into_iter().flat_map(|(_, summary)| summary.told).collect()
        };
        let of_q1 = |at: &str| -> Vec<String> {
            told(at).into_iter().filter(|key| key.contains("cau-giay-2026/2026-q1")).collect()
        };
        // Plan 118, section III.2.1: the report of quarter I is due on 18 March 2026, a Wednesday. Working days before it, by
        // hand: 17 (1), 16, 13 (3), 12, 11 (5); after it: 19 (late 1), 20, 23 (3), 24, 25 (5).
        assert!(told("2026-03-10T23:59:00Z").is_empty(), "nobody is written to before seven in the morning");
        assert_eq!(of_q1("2026-03-10T03:00:00Z"), Vec::<String>::new(), "six working days are left");
        assert_eq!(of_q1("2026-03-11T00:00:00Z"), ["due/cau-giay-2026/2026-q1/5/lan"]);
        assert!(told("2026-03-14T03:00:00Z").is_empty(), "a Saturday");
        let at: DateTime<Utc> = "2026-03-12T03:00:00Z".parse().expect("an instant");
        let letters = summaries(&town.db, url, at).expect("letters");
        let (_, letter) = letters.iter().find(|(name, _)| name == "lan").expect("a letter");
        assert!(letter.told.contains(&"due/cau-giay-2026/2026-q1/5/lan".to_owned()), "the stage of day five, late");
        assert!(letter.body.contains("18/03/2026 (còn 4 ngày làm việc)"), "{}", letter.body);
        assert!(letter.body.contains("https://sipas.example.vn/staff/plans/cau-giay-2026/2026-q1"));
        assert!(letter.body.contains("https://sipas.example.vn/staff/letters"), "a way to have fewer");
        let plan = town.db.plans().expect("plans").into_iter().find(|stored| stored.plan.key == "cau-giay-2026").expect("it").plan;
        assert!(letter.subject.contains(&plan.title_vi) && letter.subject.contains("Phường"), "{}", letter.subject);
        assert_eq!(of_q1("2026-03-19T03:00:00Z"), ["due/cau-giay-2026/2026-q1/late-1/lan"]);
        assert_eq!(of_q1("2026-03-24T03:00:00Z"), ["due/cau-giay-2026/2026-q1/late-3/lan"]);
        assert_eq!(of_q1("2026-04-15T03:00:00Z"), Vec::<String>::new(), "four weeks late, nobody is told any more");

        // A round writes and sends one letter a person; until the next day nothing, and then only what is new.
        let post = Post { mailer: std::sync::Arc::new(Mailer::memory()), public_url: url.to_owned() };
        let leading = Arc::new(AtomicBool::new(false));
        let mut desk = Desk::of(&leading);
        let monday = "2026-03-16T03:00:00Z".parse().expect("an instant");
        round(&town.db, &post, &mut desk, &Stop::default(), monday).expect("a round");
        assert!(post.mailer.kept().is_empty(), "a server that does not lead writes none");
        leading.store(true, Ordering::Relaxed);
        let mut round_at = |at: &str| {
            round(&town.db, &post, &mut desk, &Stop::default(), at.parse().expect("an instant")).expect("a round");
            post.mailer.kept()
        };
        let monday = round_at("2026-03-16T03:00:00Z");
        let to: BTreeSet<&str> = monday.iter().map(|letter| letter.to.as_str()).collect();
        assert_eq!(to, ["a@example.vn", "h@example.vn", "lan@example.vn", "u@example.vn"].into_iter().filter(|to| monday.iter().any(|letter| letter.to == *to)).collect());
        assert_eq!(to.len(), monday.len(), "one a person");
        assert!(to.contains("lan@example.vn") && to.contains("u@example.vn") && !to.contains("v@example.vn"), "{to:?}");
        let head = town.db.audit_head().expect("a head").to_string();
        assert!(monday.iter().any(|letter| letter.to == "a@example.vn" && letter.text.contains(&head)));
        assert_eq!(round_at("2026-03-16T06:00:00Z").len(), monday.len(), "the same day");
        let tuesday = round_at("2026-03-17T03:00:00Z");
        let new: Vec<&str> = tuesday[monday.len()..].iter().map(|letter| letter.to.as_str()).collect();
        assert!(new.contains(&"lan@example.vn"), "one working day is left");
        assert!(!new.contains(&"a@example.vn") && !new.contains(&"u@example.vn"), "neither a head nor a digest anew: {new:?}");

        // Whose turn it is: a leader's to approve, then both to publish; once it is out nobody is reminded.
        let leader = town.db.user_by_name("leader").expect("asked").expect("known").id;
        town.db.by_nobody().set_email(leader, sipas::access::EmailAddress::parse("l@example.vn").as_ref()).expect("set");
        let step = |name: &str, deed: &str| {
            let session = town.sign_in(name);
            let form = [("version", "1")];
            let done = town.post_as(&session, &format!("/staff/plans/cau-giay-2026/2026-q1/{deed}"), &form);
            assert_eq!(done.status(), 303, "{deed}");
        };
        step("lan", "check");
        let [late_lan, late_leader] = ["lan", "leader"].map(|name| format!("due/cau-giay-2026/2026-q1/late-1/{name}"));
        let turn = |word: &str, name: &str| format!("closing/cau-giay-2026/2026-q1/v1/{word}/{name}");
        let at = "2026-03-19T03:00:00Z";
        assert_eq!(of_q1(at), [turn("checked", "leader"), late_lan.clone(), late_leader.clone()]);
        step("leader", "approve");
        assert_eq!(of_q1(at), [turn("approved", "lan"), turn("approved", "leader"), late_lan, late_leader]);

        // Who wants fewer gets fewer.
        let session = town.sign_in("lan");
        assert_eq!(town.post_as(&session, "/staff/letters", &[("letters", "none")]).status(), 303);
        assert_eq!(of_q1(at), [turn("approved", "leader"), "due/cau-giay-2026/2026-q1/late-1/leader".to_owned()]);
        assert_eq!(town.post_as(&session, "/staff/letters", &[("letters", "some")]).status(), 422);
        step("lan", "publish");
        assert_eq!(of_q1(at), Vec::<String>::new());
    }
}

#[test]
fn a_mail_server_that_hangs_keeps_nothing_waiting() {
    let fresh = fresh_db(Backend::Sqlite);
    let db = fresh.serve();
    let smtp = Smtp::start("hangs", &["--hang"]);
    for key in ["a", "b", "c"] {
        write(&db, key, sipas::clock::now());
    }
    let post = Post { mailer: std::sync::Arc::new(smtp.mailer()), public_url: String::new() };
    let jobs = Jobs::start(db.clone(), Settings { post: Some(std::sync::Arc::new(post)), ..Settings::default() });
    let book = jobs.book();
    let asked = smtp.folder.join("asked");
    let all_but_letters =
        || book.all().iter().any(|(job, record)| *job == "forget" || *job == "day_sums" && record.last_done.is_some());
    while !asked.exists() || !all_but_letters() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    // The other jobs are done while a letter hangs; and the end does not wait for it: 20 seconds for each of three letters.
    drop(jobs);
    assert!(!book.all().iter().any(|(job, _)| *job == "letters"), "the lap still hangs");
    assert_eq!(load(&db), (3, 0));
}

#[test]
fn a_letter_that_can_never_go_is_given_up_and_holds_nobody_up() {
    let fresh = fresh_db(Backend::Sqlite);
    let db = fresh.serve();
    let smtp = Smtp::start("never", &[]);
    let bad = |key: &str, recipient: &str, subject: &str| NewLetter {
        key: key.to_owned(),
        recipient: recipient.to_owned(),
        subject: subject.to_owned(),
        body: "x".to_owned(),
        until: now() + TimeDelta::days(30),
    };
    db.write_letter(&bad("1", "no address", "a"), now()).expect("written");
    db.write_letter(&bad("2", "a@example.vn", "a\r\nBcc: evil@example.vn"), now()).expect("written");
    db.write_letter(&bad("3", "a@example.vn\r\nBcc: evil@example.vn", "a"), now()).expect("written");
    write(&db, "4", now());
    send(&db, &smtp.mailer(), now()).expect("an outbox");
    assert_eq!(load(&db), (0, 3));
    let taken = smtp.taken();
    assert_eq!(taken.len(), 1);
    assert!(!taken[0].contains("evil@example.vn"));
}

/// A certificate for `localhost`, signed by itself, and its key.
pub fn certificate(folder: &Path) -> (String, String) {
    std::fs::create_dir_all(folder).expect("a folder");
    let path = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
    let (cert, key) = (path("cert.pem"), path("key.pem"));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
        ])
        .args(["-addext", "subjectAltName=DNS:localhost", "-keyout", &key, "-out", &cert])
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("openssl").success());
    (cert, key)
}

#[test]
fn a_letter_goes_over_tls_with_a_known_certificate_and_never_otherwise() {
    let folder = std::env::temp_dir().join(format!("sipas_smtp_cert_{}", std::process::id()));
    let (cert, key) = certificate(&folder.join("own"));
    let (other, _) = certificate(&folder.join("other"));
    let letter =
        Letter { to: "a@example.vn".to_owned(), subject: "a".to_owned(), text: "b".to_owned(), id: None, fewer: None };
    let from = Some("sipas@example.vn");
    for (option, scheme, port_of) in [("--starttls", "smtp", "tls"), ("--tls", "smtps", "wrapped")] {
        let smtp = Smtp::start(port_of, &[option, &cert, &key]);
        let url = format!("{scheme}://localhost:{}", smtp.port);
        // The authority that is named did not sign this certificate.
        let refused = Mailer::new(Some(&url), from, Some(Path::new(&other))).expect("a mailer").send(&letter);
        assert!(matches!(refused, Err(MailError::Transport(_))), "{scheme}: {refused:?}");
        assert!(smtp.taken().is_empty());
        Mailer::new(Some(&url), from, Some(Path::new(&cert))).expect("a mailer").send(&letter).expect("taken");
        assert_eq!(smtp.taken().len(), 1);
    }
    // A server that takes STARTTLS away gets nothing.
    let plain = Smtp::start("stripped", &[]);
    let url = format!("smtp://localhost:{}", plain.port);
    let stripped = Mailer::new(Some(&url), from, Some(Path::new(&cert))).expect("a mailer").send(&letter);
    assert!(matches!(stripped, Err(MailError::Transport(_))), "{stripped:?}");
    assert!(plain.taken().is_empty());
    let _ = std::fs::remove_dir_all(folder);
}
