//! A form sent when its sign-in had ended: kept for the person whose session it was, and sent again with one press.

use chrono::TimeDelta;
use sha2::{Digest, Sha256};
use sipas::clock;
use sipas::db::{NewSession, Stage};

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{Town, form_pairs, location, page};

const UNIT: [(&str, &str); 4] = [
    ("parent", "phuong-cau-giay"),
    ("kind", "office"),
    ("name_vi", "Phòng \"Văn hóa\" & Xã hội"),
    ("valid_from", "2026-01-15"),
];

/// The cookie of a session of `name` that nobody has used for three hours.
fn idle_session(town: &Town, name: &str) -> String {
    let user = town.db.user_by_name(name).expect("asked").expect("known").id;
    let (token, at) = (format!("{name}-idle"), clock::now() - TimeDelta::hours(3));
    let token_hash = Sha256::digest(token.as_bytes()).into();
    let session = NewSession {
        token_hash,
        user,
        at,
        expires_at: at + TimeDelta::hours(12),
        stage: Stage::Full,
        agent: String::new(),
        replaces: None,
    };
    town.db.create_session(&session).expect("begun");
    format!("sipas={token}")
}

fn kept_path(answer: &reqwest::blocking::Response) -> String {
    let to = location(answer);
    let next = to.strip_prefix("/staff/sign-in?next=").expect("to sign in");
    next.to_owned()
}

on_both! {
    fn what_was_typed_when_the_session_had_ended_is_sent_again_with_one_press(fresh) {
        let town = Town::start(fresh);
        let kept = kept_path(&town.post_as(&idle_session(&town, "administrator"), "/staff/units/new", &UNIT));
        assert!(kept.starts_with("/staff/kept/"), "{kept}");
        let before = town.db.units().expect("units").len();
        // Somebody else who signs in there reads nothing.
        let (status, shown) = page(town.get_as(&town.sign_in("plan_owner"), &kept));
        assert!(status == 409 && !shown.contains("Văn hóa"), "{shown}");
        let administrator = town.sign_in("administrator");
        let (status, shown) = page(town.get_as(&administrator, &kept));
        assert_eq!(status, 200);
        let pairs = form_pairs(&shown, "form.card");
        let sent: Vec<(String, String)> = UNIT.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(pairs, sent, "exactly as it was typed");
        assert_eq!(location(&town.send_as(&administrator, "/staff/units/new", &pairs)), "/staff/units?done=added");
        assert_eq!(town.db.units().expect("units").len(), before + 1);
    }
}

#[test]
fn nothing_is_kept_of_strangers_of_sessions_ended_by_hand_nor_of_passwords() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    assert_eq!(kept_path(&town.post_as("", "/staff/units/new", &UNIT)), "/staff/units/new");
    assert_eq!(kept_path(&town.post_as("sipas=guessed", "/staff/units/new", &UNIT)), "/staff/units/new");
    let idle = idle_session(&town, "administrator");
    let password = [("old", "một câu dài để nhớ"), ("password", "x")];
    assert_eq!(kept_path(&town.post_as(&idle, "/staff/password", &password)), "/staff/password");
    let out = town.sign_in("administrator");
    town.post_as(&out, "/staff/sign-out", &[]);
    assert_eq!(kept_path(&town.post_as(&out, "/staff/units/new", &UNIT)), "/staff/units/new");
    let long = "a".repeat(300_000);
    assert_eq!(kept_path(&town.post_as(&idle, "/staff/units/new", &[("name_vi", &long)])), "/staff/units/new");
}
