//! Where letters go, set on pages by oneself and by who manages accounts, and the way back for whoever forgot a password.

use std::time::{Duration, Instant};

use sipas::access::EmailAddress;
use sipas::clock;
use sipas::db::LetterState;

use crate::on_both;
use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::{PASSWORD, Town, location, page, texts};

/// Letters stay in the outbox, where they are read.
fn town(fresh: &FreshDb) -> Town {
    let settings = [("SIPAS_SMTP_URL", "folder:/nonexistent"), ("SIPAS_MAIL_FROM", "sipas@example.vn")];
    Town::start_with(fresh, &settings)
}

fn address_of(town: &Town, name: &str) -> Option<String> {
    town.db.user_by_name(name).expect("asked").expect("known").email
}

/// The letters that wait, to whom and with what; each is leased, so that it is read once.
fn waiting(town: &Town) -> Vec<(String, String)> {
    let lease = || town.db.lease_letter(clock::now()).expect("asked");
    std::iter::from_fn(lease).map(|letter| (letter.recipient, letter.body)).collect()
}

/// The next letter; it is written while the answer is on its way.
fn awaited(town: &Town) -> (String, String) {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(letter) = waiting(town).into_iter().next() {
            return letter;
        }
        assert!(Instant::now() < until, "no letter came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn link_in(body: &str) -> String {
    let from = body.find("/staff/link/").expect("a link");
    body[from..].split_whitespace().next().expect("a link").to_owned()
}

on_both! {
    fn an_address_is_changed_on_a_page_with_the_password_and_by_who_manages_accounts(fresh) {
        let town = town(fresh);
        let viewer = town.sign_in("viewer");
        let change = |email: &str, old: &str| town.post_as(&viewer, "/staff/address", &[("email", email), ("old", old)]);
        assert_eq!(change("viewer@example.vn", "sai").status(), 422, "a browser left open is not enough");
        let (status, refused) = page(change("viewer@localhost", PASSWORD));
        assert_eq!((status, texts(&refused, "#email-error").len()), (422, 1));
        assert_eq!(location(&change("viewer@example.vn", PASSWORD)), "/staff/address?done=kept");
        assert_eq!(address_of(&town, "viewer").as_deref(), Some("viewer@example.vn"));

        let administrator = town.sign_in("administrator");
        let path = "/staff/users/viewer/address";
        let (_, shown) = page(town.get_as(&administrator, path));
        assert!(shown.contains("chưa có thư nào"), "{shown}");
        assert_eq!(location(&town.post_as(&administrator, path, &[("do", "test")])), format!("{path}?done=test"));
        let (_, shown) = page(town.get_as(&administrator, path));
        assert!(shown.contains("Thư gần nhất tới địa chỉ này: đang chờ gửi"), "{shown}");
        // One a minute, however often the button is pressed: within two minutes at most two.
        for _ in 0..3 {
            town.post_as(&administrator, path, &[("do", "test")]);
        }
        assert!(waiting(&town).len() <= 2);
        assert!(matches!(town.db.last_letter_to("viewer@example.vn"), Ok(Some(LetterState::Waiting { tries: 1, .. }))));

        // A new address is told to the old one; an empty field ends letters.
        assert_eq!(town.post_as(&administrator, path, &[("email", "moi@example.vn")]).status(), 303);
        let told = waiting(&town);
        assert!(told.len() == 1 && told[0].0 == "viewer@example.vn" && told[0].1.contains("vừa được đổi"), "{told:?}");
        assert_eq!(town.post_as(&administrator, path, &[("email", "")]).status(), 303);
        assert_eq!(address_of(&town, "viewer"), None);
    }

    fn an_address_changes_only_together_with_the_letter_that_tells_of_it(fresh) {
        let town = town(fresh);
        let administrator = town.sign_in("administrator");
        let path = "/staff/users/viewer/address";
        let change = |email: &str| town.post_as(&administrator, path, &[("email", email)]).status().as_u16();
        assert_eq!(change("viewer@example.vn"), 303);
        assert!(waiting(&town).is_empty(), "there was no address to tell");
        // No letter can be kept.
        fresh.sql("ALTER TABLE outbox RENAME TO outbox_elsewhere");
        assert_ne!(change("moi@example.vn"), 303);
        assert_eq!(address_of(&town, "viewer").as_deref(), Some("viewer@example.vn"));
        fresh.sql("ALTER TABLE outbox_elsewhere RENAME TO outbox");
        assert_eq!(change("viewer@example.vn"), 303);
        assert!(waiting(&town).is_empty(), "nothing changed, nothing is told");
        assert_eq!(change("moi@example.vn"), 303);
        assert_eq!(waiting(&town).iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), ["viewer@example.vn"]);
    }

    fn who_forgot_a_password_sets_a_new_one_by_a_letter_and_older_links_and_sessions_end(fresh) {
        let town = town(fresh);
        let id = town.db.user_by_name("viewer").expect("asked").expect("known").id;
        let set = |to: &str| town.db.by_nobody().set_email(id, EmailAddress::parse(to).as_ref()).expect("set");
        set("viewer@example.vn");
        let session = town.sign_in("viewer");
        let ask = |who: &str| page(town.post_as("", "/staff/forgotten", &[("who", who)]));
        let (known, unknown, silent) = (ask("VIEWER@example.vn"), ask("nobody@example.vn"), ask("auditor"));
        assert!(known == unknown && known == silent && known.0 == 200, "nobody learns who there is");
        let (to, first) = awaited(&town);
        assert_eq!(to, "viewer@example.vn");
        ask("viewer");
        let (_, second) = awaited(&town);
        assert_eq!(town.get(&link_in(&first)).status(), 410, "the older link is over");
        let new = [("password", "một câu khác dễ nhớ"), ("password_again", "một câu khác dễ nhớ")];
        assert_eq!(location(&town.post_as("", &link_in(&second), &new)), "/staff/");
        assert_eq!(town.get_as(&session, "/staff/points").status(), 303, "old sessions end");
        town.sign_in_by("viewer", "một câu khác dễ nhớ");
        assert_eq!(town.get(&link_in(&second)).status(), 410, "used up");

        // Whoever moves an address ends the links that went to the old one.
        ask("viewer");
        let (_, third) = awaited(&town);
        set("moi@example.vn");
        assert_eq!(town.get(&link_in(&third)).status(), 410);
    }
}

#[test]
fn letters_for_a_new_password_are_few_for_a_person_and_a_network() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = town(&fresh);
    let id = town.db.user_by_name("viewer").expect("asked").expect("known").id;
    town.db.by_nobody().set_email(id, EmailAddress::parse("viewer@example.vn").as_ref()).expect("set");
    let answers: Vec<u16> =
        (0..11).map(|_| town.post_as("", "/staff/forgotten", &[("who", "viewer")]).status().as_u16()).collect();
    assert_eq!(answers[..10], [200; 10]);
    assert_eq!(answers[10], 429);
    // Ten asked; three an hour are written, six where the hour turned meanwhile.
    awaited(&town);
    std::thread::sleep(Duration::from_millis(300));
    assert!(waiting(&town).len() < 6);
    let (status, empty) = page(town.post_as("", "/staff/forgotten", &[("who", " ")]));
    assert_eq!((status, texts(&empty, "#who-error").len()), (422, 1));
}
