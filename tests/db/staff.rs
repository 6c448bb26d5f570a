//! Staff and their sessions.

use chrono::{DateTime, TimeDelta, Utc};
use sipas::access::AuditedAction;
use sipas::db::{
    Db, DbError, Invitation, LinkPurpose, NewLetter, NewLink, NewSession, NewUser, Note, Outcome, StaffUser, Stage,
};
use sipas::secrets::password;

use crate::support::commune;

fn at(minutes: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-03-14T01:00:00Z".parse().expect("an instant");
    start + TimeDelta::minutes(minutes)
}

fn new_user(name: &str) -> NewUser {
    NewUser {
        name: name.into(),
        display_name: "Nguyễn Thị Lan".into(),
        password_hash: "$argon2id$…".into(),
        role: "owner".into(),
        unit: "xa-phu-dong".into(),
        email: None,
        at: at(0),
    }
}

fn add(db: &Db, name: &str) -> Result<i32, DbError> {
    db.by_nobody().add_user(&new_user(name))
}

/// A link for an hour, to be handed over.
fn link(purpose: LinkPurpose, hash: u8) -> NewLink {
    NewLink { purpose, hash: [hash; 32], at: at(0), expires_at: at(60), letter: None }
}

/// [`link`] in a letter of a key.
fn mailed(purpose: LinkPurpose, hash: u8, key: &str) -> NewLink {
    let (key, recipient) = (key.to_owned(), "lan@example.vn".to_owned());
    let letter = NewLetter { key, recipient, subject: "Liên kết".into(), body: "…".into(), until: at(60) };
    NewLink { letter: Some(letter), ..link(purpose, hash) }
}

fn noted(action: AuditedAction, object: &str) -> Note {
    let (actor, unit) = ("quan-tri".to_owned(), String::new());
    Note { at: at(0), actor, action, unit, object: object.into(), outcome: Outcome::Done }
}

fn begin(db: &Db, user: i32, token: u8) {
    let (stage, agent, replaces) = (Stage::Full, "Firefox, Linux".to_owned(), None);
    let session = NewSession { token_hash: [token; 32], user, at: at(0), expires_at: at(60), stage, agent, replaces };
    db.create_session(&session).expect("a session");
}

on_both! {
    fn a_user_is_found_in_any_case_and_added_once(fresh) {
        let db = fresh.serve();
        let commune = commune(&db);
        let id = add(&db, "Lan").expect("added");
        assert_eq!(add(&db, "LAN"), Err(DbError::Exists { what: "user", value: "lan".into() }));
        let user = db.user_by_name("lAn").expect("asked").expect("known");
        assert_eq!((user.id, user.name.as_str(), user.unit, user.created_at), (id, "lan", commune.unit, at(0)));
        db.by_nobody().change_password(id, "$argon2id$other").expect("set");
        assert_eq!(db.user_by_name("lan").expect("asked").expect("known").password_hash, "$argon2id$other");
        assert_eq!(db.user_by_name("nobody"), Ok(None));
        let other = add(&db, "hoa").expect("added");
        // Of more numbers and names than a statement takes, those that are somebody's, each once, by name.
        let ids: Vec<i32> = (0..40_000).chain([id, other, id]).collect();
        let names: Vec<String> = (0..40_000).map(|number| format!("x{number}")).chain(["lan".into(), "hoa".into()]).collect();
        for found in [db.users_of_ids(&ids), db.users_of_names(&names)] {
            let found: Vec<i32> = found.expect("asked").iter().map(|user| user.id).collect();
            assert_eq!(found, [other, id]);
        }
        assert_eq!(db.users_of_ids(&[]).expect("asked").len() + db.users_of_names(&[]).expect("asked").len(), 0);
        assert!(db.by_nobody().change_password(99, "x").is_err());
        assert!(!format!("{:?}", db.users()).contains("argon2id"), "a log never shows a hash");
    }

    fn an_account_and_its_address_are_one_change_with_one_row(fresh) {
        let db = fresh.serve();
        commune(&db);
        let new = |name: &str, email: &str| NewUser {
            name: name.into(),
            display_name: "Nguyễn Thị Lan".into(),
            password_hash: "$argon2id$…".into(),
            role: "owner".into(),
            unit: "xa-phu-dong".into(),
            email: sipas::access::EmailAddress::parse(email),
            at: at(0),
        };
        let noting = |object: &str| {
            let (actor, unit) = ("quan-tri".to_owned(), "xa-phu-dong".to_owned());
            db.noting(Note { at: at(0), actor, action: AuditedAction::AddUser, unit, object: object.into(), outcome: Outcome::Done })
        };
        let id = noting("lan").add_user(&new("lan", "lan@example.vn")).expect("added");
        assert_eq!(db.user(id).expect("asked").expect("known").email.as_deref(), Some("lan@example.vn"));
        assert_eq!(db.audit_head().expect("a head").number, 1);
        let again = noting("lan").add_user(&new("lan", "other@example.vn"));
        assert_eq!(again, Err(DbError::Exists { what: "user", value: "lan".into() }));
        assert_eq!(db.user(id).expect("asked").expect("known").email.as_deref(), Some("lan@example.vn"));
        assert_eq!(db.audit_head().expect("a head").number, 1, "what was refused left neither an address nor a row");
    }

    fn a_person_is_known_by_name_or_address_whatever_the_case_of_its_letters(fresh) {
        let db = fresh.serve();
        commune(&db);
        for (name, email) in [("lan", "Lan.Anh@phuong.gov.vn"), ("minh", "hoa@xa.gov.vn"), ("hoa@xa.gov.vn", ""), ("m_nh", "")] {
            let new = NewUser {
                name: name.into(),
                display_name: "Nguyễn Thị Lan".into(),
                password_hash: "$argon2id$…".into(),
                role: "owner".into(),
                unit: "xa-phu-dong".into(),
                email: sipas::access::EmailAddress::parse(email),
                at: at(0),
            };
            db.by_nobody().add_user(&new).expect("added");
        }
        db.by_nobody().retire_user("minh", at(5)).expect("retired");
        let names = |found: Result<Vec<StaffUser>, DbError>| {
            found.expect("asked").into_iter().map(|user| user.name).collect::<Vec<_>>()
        };
        let (of_address, known_as) = (|typed| names(db.users_of_address(typed)), |typed| names(db.users_known_as(typed)));
        for typed in ["LAN.ANH@PHUONG.GOV.VN", "lan.anh@phuong.gov.vn"] {
            assert_eq!((of_address(typed), known_as(typed)), (vec!["lan".to_owned()], vec!["lan".to_owned()]), "{typed}");
        }
        assert_eq!(of_address("lan"), [""; 0]);
        assert_eq!(known_as("LaN"), ["lan"]);
        assert_eq!(of_address("Hoa@xa.gov.vn"), ["minh"], "one who left too");
        assert_eq!(known_as("Hoa@xa.gov.vn"), ["hoa@xa.gov.vn", "minh"]);
        assert_eq!(known_as("m_nh"), ["m_nh"], "a sign stands for itself");
        for nobody in ["", "%", "lan\0", "ĐAN", "lan.anh@phuong"] {
            assert_eq!((of_address(nobody), known_as(nobody)), (Vec::new(), Vec::new()), "{nobody:?}");
        }
    }

    fn of_names_and_their_numbers_those_that_were_given_are_told(fresh) {
        let db = fresh.serve();
        commune(&db);
        for name in ["lan", "lan2", "lan10", "lanh", "lan2b", "minh7"] {
            add(&db, name).expect("added");
        }
        db.by_nobody().retire_user("lan10", at(5)).expect("retired");
        let given = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            db.names_like(&names).expect("asked")
        };
        assert_eq!(given(&["lan"]), ["lan", "lan10", "lan2"], "one who left too");
        assert_eq!(given(&["lan5", "minh", "lan"]), ["lan", "lan10", "lan2", "minh7"]);
        assert_eq!(given(&["la", "", "Lan"]), [""; 0]);
        assert_eq!(given(&[]), [""; 0]);
    }

    fn a_session_ends_by_time_by_sign_out_and_with_its_user(fresh) {
        let db = fresh.serve();
        commune(&db);
        let (lan, minh) = (add(&db, "lan").expect("added"), add(&db, "minh").expect("added"));
        for (user, token) in [(lan, 1), (lan, 2), (minh, 3)] {
            begin(&db, user, token);
        }
        let signed_in = |token: u8, minutes: i64| {
            db.session(&[token; 32], at(minutes)).expect("asked").map(|session| session.user.name)
        };
        assert_eq!(signed_in(1, 59), Some("lan".into()));
        assert_eq!(signed_in(1, 60), None);
        assert_eq!(signed_in(9, 1), None);
        db.delete_session(&[1; 32]).expect("signed out");
        assert_eq!((signed_in(1, 1), signed_in(2, 1), signed_in(3, 1)), (None, Some("lan".into()), Some("minh".into())));
        db.by_nobody().retire_user("LAN", at(5)).expect("retired");
        assert_eq!((signed_in(2, 6), signed_in(3, 6)), (None, Some("minh".into())));
        assert_eq!(db.user_by_name("lan").expect("asked").expect("kept").retired_at, Some(at(5)));
        assert_eq!(add(&db, "lan"), Err(DbError::Exists { what: "user", value: "lan".into() }));
        assert_eq!((db.prune_sessions(at(59)), db.prune_sessions(at(60))), (Ok(0), Ok(1)));
    }

    fn a_session_nobody_uses_for_two_hours_is_over(fresh) {
        let db = fresh.serve();
        commune(&db);
        let user = add(&db, "lan").expect("added");
        let (stage, agent, replaces) = (Stage::Full, String::new(), None);
        let session = NewSession { token_hash: [1; 32], user, at: at(0), expires_at: at(720), stage, agent, replaces };
        db.create_session(&session).expect("a session");
        let in_force = |minutes: i64| db.session(&[1; 32], at(minutes)).expect("asked").is_some();
        assert!(in_force(119));
        // The sign of life of minute 119 is written before this is.
        db.set_meta("x", "y").expect("written");
        // The later minute first: asking is itself a sign of life, which is written some time after the answer.
        assert!(!in_force(239));
        assert!(in_force(238));
        assert_eq!(db.sessions_of(user, at(238)).map(|list| list.len()), Ok(1));
        assert_eq!(db.sessions_of(user, at(400)).map(|list| list.len()), Ok(0));
    }

    fn a_link_opens_once_until_its_hour_and_the_newest_only(fresh) {
        let db = fresh.serve();
        commune(&db);
        let lan = add(&db, "lan").expect("added");
        begin(&db, lan, 1);
        let note = |user: &sipas::db::StaffUser| Note {
            at: at(1),
            actor: user.name.clone(),
            action: AuditedAction::SetPasswordByLink,
            unit: String::new(),
            object: String::new(),
            outcome: Outcome::Done,
        };
        assert_eq!(db.by_nobody().make_link(lan, &link(LinkPurpose::Invitation, 7)), Ok(true));
        assert_eq!(db.by_nobody().make_link(lan, &link(LinkPurpose::Reset, 8)), Ok(true));
        assert_eq!(db.use_link(&[7; 32], at(1), "$new", note), Ok(None), "a newer link takes the place of the older");
        assert_eq!(db.use_link(&[8; 32], at(60), "$new", note), Ok(None), "its hour is over");
        assert!(db.session(&[1; 32], at(1)).expect("asked").is_some(), "refused links change nothing");
        assert!(db.use_link(&[8; 32], at(59), "$new", note).expect("asked").is_some());
        assert_eq!(db.use_link(&[8; 32], at(59), "$newer", note), Ok(None), "used up");
        assert_eq!(db.user_by_name("lan").expect("asked").expect("known").password_hash, "$new");
        assert!(db.session(&[1; 32], at(1)).expect("asked").is_none(), "every session is over");
        assert_eq!(db.audit_head().expect("a head").number, 1, "one row for the one use");
        assert_eq!(db.by_nobody().make_link(lan, &link(LinkPurpose::Reset, 9)), Ok(true));
        db.by_nobody().retire_user("lan", at(2)).expect("retired");
        assert_eq!(db.link(&[9; 32], at(3)).expect("asked").map(|(user, _)| user.name), None);
    }

    fn a_link_and_its_letter_are_one_change_and_a_letter_of_before_makes_none(fresh) {
        let db = fresh.serve();
        commune(&db);
        let lan = add(&db, "lan").expect("added");
        let asks = || db.noting(noted(AuditedAction::AskForReset, "lan"));
        assert_eq!(asks().make_link(lan, &mailed(LinkPurpose::Reset, 1, "forgotten/lan/1")), Ok(true));
        assert_eq!(db.letter_is_known("forgotten/lan/1"), Ok(true));
        assert_eq!(asks().make_link(lan, &mailed(LinkPurpose::Reset, 2, "forgotten/lan/1")), Ok(false));
        let opens = |hash: u8| db.link(&[hash; 32], at(1)).expect("asked").is_some();
        assert!(opens(1) && !opens(2), "the link of the letter that is on its way stays");
        assert_eq!(db.audit_head().expect("a head").number, 1, "what was not done is not noted");
        // A link that cannot be kept, for nobody has this number, takes its letter with it.
        assert!(asks().make_link(99, &mailed(LinkPurpose::Reset, 3, "forgotten/lan/2")).is_err());
        assert_eq!(db.letter_is_known("forgotten/lan/2"), Ok(false));
        assert_eq!(db.audit_head().expect("a head").number, 1);
    }

    fn people_invited_together_are_all_there_with_link_and_letter_or_none_is(fresh) {
        let db = fresh.serve();
        commune(&db);
        let by = add(&db, "quan-tri").expect("added");
        let invitation = |name: &str, hash: u8, key: &str| Invitation {
            // Nobody has entered by it, or they would not be taken back together.
            user: NewUser { password_hash: password::nobody().into(), ..new_user(name) },
            link: mailed(LinkPurpose::Invitation, hash, key),
            note: noted(AuditedAction::Invite, name),
        };
        let invite = |new: &[Invitation]| db.noting(noted(AuditedAction::AddUsers, "2")).invite_users(new, by);
        // The second of two fails after the first was written: by the letter, by the hash of the link, by the name.
        for second in [invitation("hoa", 2, "link/1"), invitation("hoa", 1, "link/2"), invitation("lan", 2, "link/2")] {
            assert!(invite(&[invitation("lan", 1, "link/1"), second]).is_err());
            assert_eq!(db.users_of_names(&["lan".into(), "hoa".into()]), Ok(Vec::new()));
            assert_eq!(db.link(&[1; 32], at(1)), Ok(None));
            assert_eq!(db.letter_is_known("link/1"), Ok(false));
            assert_eq!(db.audit_head().expect("a head").number, 0);
            assert_eq!(db.added_together(sipas::db::Together::Users, by), Ok(Vec::new()));
        }
        let ids = invite(&[invitation("lan", 1, "link/1"), invitation("hoa", 2, "link/2")]).expect("invited");
        for (id, hash, key) in [(ids[0], 1, "link/1"), (ids[1], 2, "link/2")] {
            let opens = db.link(&[hash; 32], at(1)).expect("asked").map(|(user, purpose)| (user.id, purpose));
            assert_eq!((opens, db.letter_is_known(key)), (Some((id, LinkPurpose::Invitation)), Ok(true)));
        }
        let rows = db.audit_rows(&[], None, 9).expect("rows");
        let deeds: Vec<(&str, &str)> = rows.iter().rev().map(|row| (row.action.as_str(), row.object.as_str())).collect();
        assert_eq!(deeds, [("add_users", "2"), ("invite", "lan"), ("invite", "hoa")]);
        assert_eq!(db.added_together(sipas::db::Together::Users, by), Ok(ids));
    }

    fn the_last_sign_of_life_is_written_once_a_minute(fresh) {
        let db = fresh.serve();
        commune(&db);
        let user = add(&db, "lan").expect("added");
        begin(&db, user, 1);
        let seen = |now: DateTime<Utc>| {
            let found = db.session(&[1; 32], now).expect("asked").expect("in force").last_seen_at;
            // What the writer was asked to do before this is done once it answers this.
            db.set_meta("x", "y").expect("written");
            found
        };
        assert_eq!(seen(at(0) + TimeDelta::seconds(59)), at(0));
        assert_eq!(seen(at(0) + TimeDelta::seconds(59)), at(0), "59 seconds later nothing is written");
        assert_eq!(seen(at(3)), at(0));
        assert_eq!(seen(at(3)), at(3));
    }
}
