//! One's own account under attack and in change: codes guessed from everywhere, passwords set by every road, signing out.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use reqwest::blocking::Response;
use sha2::{Digest, Sha256};
use sipas::access::AuditedAction;
use sipas::clock;
use sipas::db::{LinkPurpose, NewLink, Note, Outcome};
use sipas::secrets::totp;

use crate::on_both;
use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::{PASSWORD, Town, location, page, texts};

const NEW_PASSWORD: &str = "mưa rào trên mái tôn";
const SECRET: [u8; 20] = [7; 20];
/// Letters of a recovery code, as its page shows them.
const RECOVERY: &str = "ABCDEF-GHIJKL-MNOPQR-STUVWX";

/// A way to a new password or to the end of an account, for whoever has this session and holds the secret of this link.
type Road<'a> = Box<dyn Fn(&str, &str) + 'a>;

fn number(town: &Town, name: &str) -> i32 {
    town.db.user_by_name(name).expect("asked").expect("known").id
}

/// Posts with a session, each time from a network of its own.
fn post_from_elsewhere(town: &Town, session: &str, path: &str, form: &[(&str, &str)]) -> Response {
    static NETWORK: AtomicU32 = AtomicU32::new(0);
    let network = NETWORK.fetch_add(1, Ordering::Relaxed);
    let from = format!("198.{}.{}.1", 18 + network / 256, network % 256);
    let request = town.client.post(format!("{}{path}", town.address)).header("cookie", session);
    let request = request.header("sec-fetch-site", "same-origin").header("x-forwarded-for", from);
    request.form(form).send().expect("an answer")
}

fn cookie(answer: &Response) -> String {
    let cookie = answer.headers()["set-cookie"].to_str().expect("a cookie");
    cookie.split(';').next().expect("a cookie").to_owned()
}

/// Half a sign-in: the password was right, the code is asked.
fn half_way(town: &Town, name: &str) -> String {
    let form = [("name", name), ("password", PASSWORD)];
    let answer = post_from_elsewhere(town, "", "/staff/sign-in", &form);
    assert_eq!(location(&answer), "/staff/second-factor?next=/staff/");
    cookie(&answer)
}

/// A town where codes are asked and letters are written, with a leader who has a second factor and an address.
fn town_with_codes(fresh: &FreshDb) -> Town {
    let settings = [
        ("SIPAS_SECOND_FACTOR", "required"),
        ("SIPAS_PUBLIC_URL", "https://khaosat.example.vn"),
        ("SIPAS_TRUSTED_PROXIES", "127.0.0.0/8"),
        // Nothing sends here: letters stay in the outbox, where they are read.
        ("SIPAS_SMTP_URL", "folder:/nonexistent"),
        ("SIPAS_MAIL_FROM", "sipas@example.vn"),
    ];
    let town = Town::start_with(fresh, &settings);
    let leader = number(&town, "leader");
    town.db
        .by_nobody()
        .set_email(leader, sipas::access::EmailAddress::parse("lanh-dao@example.vn").as_ref())
        .expect("set");
    town.db.offer_totp(leader, &SECRET).expect("offered");
    let letters: String = RECOVERY.chars().filter(|letter| *letter != '-').collect();
    let recovery = Sha256::digest(letters.as_bytes()).into();
    let (actor, action, outcome) = ("leader".to_owned(), AuditedAction::SetUpSecondFactor, Outcome::Done);
    let note = Note { at: clock::now(), actor, action, unit: String::new(), object: String::new(), outcome };
    assert!(town.db.confirm_totp(leader, 1, &[recovery], note).expect("asked"));
    town
}

fn right_code() -> String {
    totp::code(&SECRET, totp::step(clock::now().timestamp()))
}

on_both! {
    fn codes_cannot_be_guessed_by_who_changes_networks_and_sessions(fresh) {
        let town = town_with_codes(fresh);
        let send = |half: &str, code: &str| post_from_elsewhere(&town, half, "/staff/second-factor", &[("code", code)]);
        for round in 1..=4 {
            let half = half_way(&town, "leader");
            for _ in 0..4 {
                let (status, asked) = page(send(&half, "12345x"));
                assert_eq!((status, texts(&asked, "h1")), (422, vec!["Nhập mã xác thực".to_owned()]));
            }
            let (status, anew) = page(send(&half, "12345x"));
            assert_eq!((status, texts(&anew, "h1")), (422, vec!["Đăng nhập".to_owned()]), "round {round}");
            assert_eq!(location(&send(&half, &right_code())), "/staff/sign-in", "half a sign-in is used up");
        }
        // Twenty wrong ones: the right one waits too, wherever it comes from, and is told until when.
        let half = half_way(&town, "leader");
        let refused = send(&half, &right_code());
        let wait: u64 = refused.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
        assert!((3_000..=3_600).contains(&wait), "{wait}");
        let (status, told) = page(refused);
        let error = texts(&told, "#error").concat();
        let until = [-5, 0, 5].map(|about| clock::now() + chrono::TimeDelta::seconds(i64::try_from(wait).expect("small") + about));
        assert_eq!(status, 429);
        assert!(until.iter().any(|until| error.contains(&clock::date_and_time(*until))), "{error}");
        // The owner was told once, with what to do.
        let letter = town.db.lease_letter(clock::now()).expect("asked").expect("a letter");
        assert_eq!(letter.recipient, "lanh-dao@example.vn");
        for part in ["Kính gửi leader", "https://khaosat.example.vn/staff/password", "người quản trị"] {
            assert!(letter.body.contains(part), "{}", letter.body);
        }
        assert_eq!(town.db.lease_letter(clock::now()), Ok(None));
        // Nobody guesses a recovery code, so its owner gets in meanwhile.
        assert_eq!(location(&send(&half, RECOVERY)), "/staff/");
        // Everything stands in the log.
        let rows = town.db.audit_rows(&[], None, 100).expect("rows");
        assert_eq!(rows.iter().filter(|row| (row.action.as_str(), row.outcome.as_str()) == ("second_factor", "refused")).count(), 20);
    }

    fn every_new_password_and_every_end_of_an_account_ends_its_links_and_sessions(fresh) {
        let town = Town::start(fresh);
        let command = |arguments: &[&str], input: &str| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_sipas"));
            for (key, _) in std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("SIPAS_")) {
                command.env_remove(key);
            }
            let command = command.env("SIPAS_DATABASE_URL", fresh.address()).args(arguments);
            let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program");
            child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("written");
            assert!(child.wait().expect("its end").success(), "{arguments:?}");
        };
        let administrator = town.sign_in("administrator");
        let own_page = |session: &str| {
            let form = [("old", PASSWORD), ("password", NEW_PASSWORD), ("password_again", NEW_PASSWORD)];
            assert_eq!(location(&town.post_as(session, "/staff/password", &form)), "/staff/password?done=1");
        };
        let link = |secret: &str| {
            let form = [("password", NEW_PASSWORD), ("password_again", NEW_PASSWORD)];
            assert_eq!(location(&town.post_as("", &format!("/staff/link/{secret}"), &form)), "/staff/");
        };
        let retire = |name: &str, form: &[(&str, &str)]| {
            let path = format!("/staff/users/{name}/retire");
            assert_eq!(location(&town.post_as(&administrator, &path, form)), "/staff/users?done=retired");
        };
        let roads: [(&str, Road<'_>); 6] = [
            ("lan", Box::new(|session, _| own_page(session))),
            ("viewer", Box::new(|_, secret| link(secret))),
            ("minh", Box::new(|_, _| command(&["user", "password", "minh"], &format!("{NEW_PASSWORD}\n")))),
            ("staff", Box::new(|_, _| command(&["user", "retire", "staff"], ""))),
            ("unit_head", Box::new(|_, _| retire("unit_head", &[]))),
            ("leader", Box::new(|_, _| retire("leader", &[("successor", "lan"), ("with_role", "yes")]))),
        ];
        for (name, road) in roads {
            let session = town.sign_in(name);
            let (secret, soon) = (format!("secret-of-{name}"), clock::now() + chrono::TimeDelta::hours(1));
            let hash = Sha256::digest(secret.as_bytes()).into();
            let link = NewLink { purpose: LinkPurpose::Reset, hash, at: clock::now(), expires_at: soon, letter: None };
            assert_eq!(town.db.by_nobody().make_link(number(&town, name), &link), Ok(true));
            let path = format!("/staff/link/{secret}");
            assert_eq!(town.get(&path).status(), 200, "{name}");
            assert_eq!(town.get_as(&session, "/staff/password").status(), 200, "{name}");
            road(&session, &secret);
            assert_eq!(town.get(&path).status(), 410, "{name}");
            assert_eq!(town.get_as(&session, "/staff/password").status(), 303, "{name}");
        }
    }
}

#[test]
fn who_found_a_session_cannot_guess_its_code() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = town_with_codes(&fresh);
    let half = half_way(&town, "leader");
    let full = cookie(&post_from_elsewhere(&town, &half, "/staff/second-factor", &[("code", &right_code())]));
    for _ in 0..4 {
        let answer = post_from_elsewhere(&town, &full, "/staff/recovery-codes", &[("code", "12345x")]);
        assert_eq!(location(&answer), "/staff/sessions?done=wrong-code");
    }
    assert_eq!(town.get_as(&full, "/staff/points").status(), 200);
    assert_eq!(post_from_elsewhere(&town, &full, "/staff/recovery-codes", &[("code", "12345x")]).status(), 422);
    assert_eq!(town.get_as(&full, "/staff/points").status(), 303, "the password is asked again");
}

#[test]
fn signing_out_leaves_no_page_behind_and_a_citizens_waiting_answers_alone() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    for session in [lan.as_str(), ""] {
        let out = town.post_as(session, "/staff/sign-out", &[]);
        assert_eq!(location(&out), "/staff/sign-in");
        let header = |name: &str| out.headers()[name].to_str().expect("text").to_owned();
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("clear-site-data"), "\"cache\"");
        assert!(header("set-cookie").contains("Max-Age=0"), "{}", header("set-cookie"));
    }
}

#[test]
fn a_sign_in_ends_the_session_that_it_carries_and_no_other() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let (first, elsewhere) = (town.sign_in("lan"), town.sign_in("lan"));
    let sign_in = |carried: &str, name: &str, password: &str| {
        town.post_as(carried, "/staff/sign-in", &[("name", name), ("password", password)])
    };
    let is_in = |session: &str| town.get_as(session, "/staff/").status() == 200;
    assert_eq!(sign_in(&first, "lan", "không phải câu này").status(), 422);
    assert!(is_in(&first), "a wrong password ends nothing");
    let second = cookie(&sign_in(&first, "lan", PASSWORD));
    assert!(is_in(&second) && !is_in(&first), "the first cookie is dead");
    // A colleague at the same counter.
    let third = cookie(&sign_in(&second, "hoa", PASSWORD));
    assert!(is_in(&third) && !is_in(&second));
    assert!(is_in(&elsewhere), "what was not carried goes on");
}

#[test]
fn half_a_sign_in_ends_the_session_that_it_carries_and_the_code_ends_the_half() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = town_with_codes(&fresh);
    let is_in = |session: &str| town.get_as(session, "/staff/").status() == 200;
    let whole = |half: &str| {
        cookie(&post_from_elsewhere(&town, half, "/staff/second-factor", &[("code", RECOVERY), ("next", "/staff/")]))
    };
    let first = whole(&half_way(&town, "leader"));
    assert!(is_in(&first));
    let form = [("name", "leader"), ("password", PASSWORD)];
    let half = cookie(&post_from_elsewhere(&town, &first, "/staff/sign-in", &form));
    assert!(!is_in(&first), "the first cookie is dead before the code is asked");
    let second = cookie(&post_from_elsewhere(&town, &half, "/staff/second-factor", &[("code", &right_code())]));
    assert!(is_in(&second));
    let again = post_from_elsewhere(&town, &half, "/staff/second-factor", &[("code", &right_code())]);
    assert_eq!(location(&again), "/staff/sign-in", "half a sign-in is used up");
}

#[test]
fn right_sign_ins_use_up_no_tries_and_give_a_guesser_none_back() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let sign_in = |name: &str, password: &str| {
        let form = [("name", name), ("password", password)];
        town.post_as("", "/staff/sign-in", &form).status().as_u16()
    };
    // More than the 10 of a name and the 60 of a network, all right.
    for number in 0..62 {
        assert_eq!(sign_in("lan", PASSWORD), 303, "{number}");
    }
    // Nine guesses at a colleague, each after a right sign-in of the guesser's own, are nine all the same.
    for _ in 0..9 {
        assert_eq!((sign_in("lan", PASSWORD), sign_in("hoa", "sai")), (303, 422));
    }
    assert_eq!(sign_in("hoa", PASSWORD), 303, "the owner comes in between");
    assert_eq!((sign_in("hoa", "sai"), sign_in("hoa", "sai")), (422, 429), "which gave back itself only");
    // Of the network too: 10 were wrong, and 50 more may be.
    for number in 0..50 {
        assert_eq!((sign_in("lan", PASSWORD), sign_in(&format!("nobody{number}"), "sai")), (303, 422));
    }
    assert_eq!(sign_in("lan", PASSWORD), 429, "the whole network waits");
}

#[test]
fn right_codes_and_right_old_passwords_use_up_no_tries() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let session = town.sign_in("viewer");
    let form = [("old", PASSWORD), ("password", "ngắn"), ("password_again", "ngắn")];
    for number in 0..12 {
        assert_eq!(town.post_as(&session, "/staff/password", &form).status(), 422, "{number}");
        let address = [("old", PASSWORD), ("email", "viewer@example.vn")];
        assert_eq!(
            location(&town.post_as(&session, "/staff/address", &address)),
            "/staff/address?done=kept",
            "{number}"
        );
    }
    // A code is good once in 30 seconds, so the counts of codes are filled up to the last and looked at after a right one.
    let fresh = fresh_db(Backend::Sqlite);
    let town = town_with_codes(&fresh);
    let send = |session: &str, path: &str, form: &[(&str, &str)]| {
        let request = town.client.post(format!("{}{path}", town.address)).header("cookie", session);
        let request = request.header("sec-fetch-site", "same-origin").header("x-forwarded-for", "198.18.0.1");
        request.form(form).send().expect("an answer")
    };
    let half = || cookie(&send("", "/staff/sign-in", &[("name", "leader"), ("password", PASSWORD)]));
    for _ in 0..2 {
        let half = half();
        for _ in 0..4 {
            assert_eq!(send(&half, "/staff/second-factor", &[("code", "12345x")]).status(), 422);
        }
    }
    let one = half();
    assert_eq!(send(&one, "/staff/second-factor", &[("code", "12345x")]).status(), 422);
    assert_eq!(location(&send(&one, "/staff/second-factor", &[("code", &right_code())])), "/staff/");
    let other = half();
    assert_eq!(send(&other, "/staff/second-factor", &[("code", "12345x")]).status(), 422, "the tenth that is wrong");
    assert_eq!(send(&other, "/staff/second-factor", &[("code", "12345x")]).status(), 429);
}

#[test]
fn who_must_wait_is_told_how_long() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start_with(&fresh, &[("SIPAS_SECOND_FACTOR", "required")]);
    let half = cookie(&town.post_as("", "/staff/sign-in", &[("name", "leader"), ("password", PASSWORD)]));
    town.get_as(&half, "/staff/second-factor");
    // A sign-in whose role needs no second factor.
    let session = cookie(&town.post_as("", "/staff/sign-in", &[("name", "viewer"), ("password", PASSWORD)]));
    let last = |session: &str, path: &str, form: &[(&str, &str)]| {
        let mut sent = town.post_as(session, path, form);
        for _ in 0..10 {
            sent = town.post_as(session, path, form);
        }
        let wait = sent.headers().get("retry-after").map(|wait| wait.to_str().expect("text").to_owned());
        (sent.status().as_u16(), wait.unwrap_or_default())
    };
    let wrong = [("old", "sai"), ("password", "ngắn"), ("email", "a@example.vn")];
    for (session, path, form, wait) in [
        ("", "/staff/sign-in", &[("name", "lan"), ("password", "sai")][..], "900"),
        (half.as_str(), "/staff/second-factor", &[("code", "12345")][..], "900"),
        (session.as_str(), "/staff/password", &wrong[..], "900"),
        (session.as_str(), "/staff/address", &wrong[..], "900"),
        ("", "/staff/forgotten", &[("who", "nobody")][..], "3600"),
    ] {
        assert_eq!(last(session, path, form), (429, wait.to_owned()), "{path}");
    }
}
