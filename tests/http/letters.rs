//! Letters through a real mail server on loopback: written once, sent over restarts, refusals and two servers, never past a
//! certificate that does not hold.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use chrono::{DateTime, TimeDelta, Utc};
use sipas::db::{Db, NewLetter, OutboxLoad};
use sipas::jobs::Stop;
use sipas::jobs::letters::{Desk, Post, due, round, send};
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
    };
    assert_eq!(db.write_letter(&new, now), Ok(true));
    assert_eq!(db.write_letter(&new, now), Ok(false), "a letter is written once");
}

fn now() -> DateTime<Utc> {
    "2026-03-11T02:00:00Z".parse().expect("an instant")
}

on_both! {
    fn a_letter_waits_while_the_server_is_down_and_over_a_restart_and_goes_once(fresh) {
        let db = fresh.serve();
        write(&db, "a", now());
        // Nobody listens there.
        let nowhere = Mailer::new(Some("smtp://127.0.0.1:9"), Some("sipas@example.vn"), None).expect("a mailer");
        send(&db, &nowhere, now()).expect("an outbox");
        assert_eq!(db.outbox_load(), Ok(OutboxLoad { waiting: 1, failed: 0 }));
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
        assert_eq!(db.outbox_load(), Ok(OutboxLoad { waiting: 0, failed: 0 }));
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
        };
        smtp.mailer().send(&letter).expect("taken");
        // It died here. Until the lease is over nobody else touches the letter.
        send(&db, &smtp.mailer(), now() + TimeDelta::minutes(4)).expect("an outbox");
        assert_eq!(smtp.taken().len(), 1);
        send(&db, &smtp.mailer(), now() + TimeDelta::minutes(6)).expect("an outbox");
        let ids: BTreeSet<String> =
            smtp.taken().iter().map(|letter| header(letter, "Message-ID:").to_owned()).collect();
        assert_eq!((smtp.taken().len(), ids.len()), (2, 1), "twice, and known as one");
        assert_eq!(db.letter_sent(&leased, now()), Ok(false), "the lease is somebody else's");
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
        assert_eq!(db.outbox_load(), Ok(OutboxLoad { waiting: 0, failed: 0 }));
    }

    fn due_dates_digests_and_heads_are_written_once_to_those_they_concern(fresh) {
        let town = Town::start(fresh);
        for (name, email) in [("lan", "lan@example.vn"), ("viewer", "v@example.vn"), ("auditor", "a@example.vn"), ("hoa", "h@example.vn"), ("unit_head", "u@example.vn")] {
            let id = town.db.user_by_name(name).expect("asked").expect("known").id;
            town.db.by_nobody().set_email(id, Some(email)).expect("set");
        }
        town.sign_in("viewer");
        let keys = |at: &str| -> Vec<String> {
            let at: DateTime<Utc> = at.parse().expect("an instant");
            due(&town.db, "https://sipas.example.vn", at).expect("letters").into_iter().map(|letter| letter.key).collect::<BTreeSet<_>>().into_iter().collect()
        };
        // Plan 118, section III.2.1: the report of quarter I is due on 18 March 2026; 11 March is a Wednesday.
        assert!(keys("2026-03-10T23:59:00Z").is_empty(), "nobody is written to before seven in the morning");
        assert_eq!(keys("2026-03-11T00:00:00Z"), ["audit/2026-03-11/auditor", "due/cau-giay-2026/2026-q1/7/lan"]);
        let late = due(&town.db, "https://sipas.example.vn", "2026-03-13T03:00:00Z".parse().expect("an instant")).expect("letters");
        let letter = late.iter().find(|letter| letter.key.starts_with("due/")).expect("a letter");
        assert_eq!(letter.key, "due/cau-giay-2026/2026-q1/7/lan", "the letter of day seven, late");
        assert!(letter.body.contains("18/03/2026 (còn 5 ngày)"), "{}", letter.body);
        assert!(letter.body.contains("https://sipas.example.vn/staff/plans/cau-giay-2026/2026-q1"));
        let of_q1 = |at: &str| -> Vec<String> {
            keys(at).into_iter().filter(|key| key.contains("cau-giay-2026/2026-q1")).collect()
        };
        assert_eq!(of_q1("2026-03-19T03:00:00Z"), ["due/cau-giay-2026/2026-q1/late-1/lan"]);
        assert_eq!(of_q1("2026-03-24T03:00:00Z"), ["due/cau-giay-2026/2026-q1/late-3/lan"], "six days late");
        assert_eq!(of_q1("2026-04-15T03:00:00Z"), Vec::<String>::new(), "four weeks late, nobody is told any more");
        // Monday.
        let monday = keys("2026-03-16T03:00:00Z");
        for key in ["digest/2026-12/lan", "digest/2026-12/unit_head", "due/cau-giay-2026/2026-q1/3/lan"] {
            assert!(monday.contains(&key.to_owned()), "{monday:?}");
        }
        assert!(!monday.iter().any(|key| key.contains("viewer")), "a viewer has no duties");

        // Whose turn it is: a leader's to approve, then both to publish; once it is out nobody is reminded.
        let leader = town.db.user_by_name("leader").expect("asked").expect("known").id;
        town.db.by_nobody().set_email(leader, Some("l@example.vn")).expect("set");
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
        step("lan", "publish");
        assert_eq!(of_q1(at), Vec::<String>::new());

        // A round writes and sends; the next one finds nothing new.
        let post = Post { mailer: std::sync::Arc::new(Mailer::memory()), public_url: "https://sipas.example.vn".to_owned() };
        let monday: DateTime<Utc> = "2026-03-16T03:00:00Z".parse().expect("an instant");
        round(&town.db, &post, &mut Desk::default(), &Stop::default(), monday).expect("a round");
        let sent = post.mailer.kept().len();
        assert!(sent >= 5, "{sent}");
        round(&town.db, &post, &mut Desk::default(), &Stop::default(), monday + TimeDelta::hours(1)).expect("a round");
        assert_eq!(post.mailer.kept().len(), sent);
        let head = town.db.audit_head().expect("a head").to_string();
        assert!(post.mailer.kept().iter().any(|letter| letter.to == "a@example.vn" && letter.text.contains(&head)));
    }
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
    };
    db.write_letter(&bad("1", "no address", "a"), now()).expect("written");
    db.write_letter(&bad("2", "a@example.vn", "a\r\nBcc: evil@example.vn"), now()).expect("written");
    db.write_letter(&bad("3", "a@example.vn\r\nBcc: evil@example.vn", "a"), now()).expect("written");
    write(&db, "4", now());
    send(&db, &smtp.mailer(), now()).expect("an outbox");
    assert_eq!(db.outbox_load(), Ok(OutboxLoad { waiting: 0, failed: 3 }));
    let taken = smtp.taken();
    assert_eq!(taken.len(), 1);
    assert!(!taken[0].contains("evil@example.vn"));
}

/// A certificate for `localhost`, signed by itself, and its key.
fn certificate(folder: &Path) -> (String, String) {
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
    let letter = Letter { to: "a@example.vn".to_owned(), subject: "a".to_owned(), text: "b".to_owned(), id: None };
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
