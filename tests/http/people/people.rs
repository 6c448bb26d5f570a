//! People: invited and reset by one-time links, a second factor, sessions, handing over, and the log of all that.

use std::fmt::Write as _;

use reqwest::blocking::Response;
use sha2::{Digest, Sha256};
use sipas::access::AuditedAction;
use sipas::access::Role;
use sipas::app::DEMO;
use sipas::clock;
use sipas::secrets::totp;

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{PASSWORD, Town, location, page, select, texts};

/// The path of the link that a page shows.
pub fn link_path(made: &str) -> String {
    let page = scraper::Html::parse_document(made);
    let address = select(&page, "input#address")[0].attr("value").expect("an address").to_owned();
    address[address.find("/staff/link/").expect("a link")..].to_owned()
}

fn cookie(answer: &Response) -> String {
    let cookie = answer.headers()["set-cookie"].to_str().expect("a cookie");
    cookie.split(';').next().expect("a cookie").to_owned()
}

fn sign_in(town: &Town, name: &str) -> Response {
    town.post_as("", "/staff/sign-in", &[("name", name), ("password", PASSWORD), ("next", "/staff/points")])
}

/// The secret that a page offers, as its letters say.
fn offered(page: &str) -> Vec<u8> {
    let letters = texts(page, "p.small code").first().expect("a secret").replace(' ', "");
    let bits = letters.bytes().fold(String::new(), |mut bits, letter| {
        let value = if letter >= b'A' { letter - b'A' } else { letter - b'2' + 26 };
        write!(bits, "{value:05b}").expect("a String takes everything");
        bits
    });
    bits.as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).expect("digits"), 2).expect("a byte"))
        .collect()
}

on_both! {
    fn an_invitation_opens_once_and_its_address_is_ours_whatever_the_request_says(fresh) {
        let town = Town::start_with(fresh, &[("SIPAS_PUBLIC_URL", "http://127.0.0.9:8080")]);
        let administrator = town.sign_in("administrator");
        let new = [
            ("display_name", "Trần Văn Bình"), ("name", "binh"), ("role", "viewer"), ("unit", "cau-giay-tyt"),
            ("email", "binh@example.vn"),
        ];
        let request = town.client.post(format!("{}/staff/users/new", town.address)).header("cookie", &administrator);
        let request = request.header("sec-fetch-site", "same-origin").header("host", "evil.example");
        let (status, made) = page(request.header("x-forwarded-host", "evil.example").form(&new).send().expect("an answer"));
        assert_eq!(status, 200);
        let shown = select(&scraper::Html::parse_document(&made), "input#address")[0].attr("value").expect("one").to_owned();
        let secret = shown.strip_prefix("http://127.0.0.9:8080/staff/link/").expect("the configured address");
        assert!(secret.len() * 4 >= 128, "at least 128 random bits: {secret}");
        // The database knows the hash, not the secret.
        assert!(town.db.link(&Sha256::digest(secret.as_bytes()).into(), clock::now()).expect("asked").is_some());

        assert_eq!(sign_in(&town, "binh").status(), 422, "no password opens the account before");
        let path = link_path(&made);
        let (status, first) = page(town.get(&path));
        assert_eq!(status, 200);
        assert!(texts(&first, "form p").concat().contains("binh"));
        let bad = [("password", "TranBinh123456"), ("password_again", "TranBinh123456")];
        let (status, refused) = page(town.post_as("", &path, &bad));
        assert_eq!((status, texts(&refused, "#password-error").len()), (422, 1), "made of the own name");
        let good = [("password", PASSWORD), ("password_again", PASSWORD)];
        let done = town.post_as("", &path, &good);
        assert_eq!(location(&done), "/staff/");
        assert_eq!(town.get_as(&cookie(&done), "/staff/points").status(), 200);
        assert_eq!(town.get(&path).status(), 410, "used up");
        assert_eq!(town.post_as("", &path, &good).status(), 410);
        assert_eq!(town.get("/staff/link/00").status(), 410);
        assert_eq!(sign_in(&town, "binh").status(), 303);
    }

    fn who_reads_citizens_words_sets_up_a_second_factor_and_is_asked_for_it(fresh) {
        let town = Town::start_with(fresh, &[("SIPAS_SECOND_FACTOR", "required")]);
        let first = sign_in(&town, "plan_owner");
        assert_eq!(location(&first), "/staff/second-factor?next=/staff/points");
        let half = cookie(&first);
        assert_eq!(town.get_as(&half, "/staff/points").status(), 303, "half a sign-in opens nothing");
        let (_, offer) = page(town.get_as(&half, "/staff/second-factor?next=/staff/points"));
        let secret = offered(&offer);
        assert_eq!(secret.len(), 20);
        assert!(offer.contains("<svg"), "a code to scan");
        let wrong = town.post_as(&half, "/staff/second-factor", &[("code", "000000x")]);
        assert_eq!(wrong.status(), 422);
        let step = totp::step(clock::now().timestamp());
        let code = totp::code(&secret, step);
        let set_up = town.post_as(&half, "/staff/second-factor", &[("code", &code), ("next", "/staff/points")]);
        let full = cookie(&set_up);
        let (status, shown) = page(set_up);
        assert_eq!(status, 200);
        let recovery = texts(&shown, "ul.codes code");
        assert_eq!(recovery.len(), 10);
        assert_eq!(town.get_as(&full, "/staff/points").status(), 200);
        assert_eq!(town.get_as(&half, "/staff/second-factor").status(), 303, "the token that waited is dead");

        // The next sign-in asks for a code, and takes none twice.
        let half = cookie(&sign_in(&town, "plan_owner"));
        let (_, asked) = page(town.get_as(&half, "/staff/second-factor"));
        assert_eq!(texts(&asked, "h1"), ["Nhập mã xác thực"]);
        assert!(!asked.contains("<svg"), "the secret is never shown again");
        let send = |session: &str, code: &str| town.post_as(session, "/staff/second-factor", &[("code", code)]);
        assert_eq!(send(&half, &code).status(), 422, "a step that was used");
        let next = send(&half, &totp::code(&secret, step + 1));
        assert_eq!(location(&next), "/staff/");
        assert_eq!(town.get_as(&cookie(&next), "/staff/points").status(), 200);

        // Without the phone: a recovery code, once.
        let half = cookie(&sign_in(&town, "plan_owner"));
        assert_eq!(send(&half, &recovery[3].to_lowercase()).status(), 303);
        let half = cookie(&sign_in(&town, "plan_owner"));
        assert_eq!(send(&half, &recovery[3]).status(), 422);

        // A reset of the password leaves the second factor in place.
        let administrator = town.db.user_by_name("administrator").expect("asked").expect("known").id;
        assert_eq!(town.db.recovery_codes_left(administrator), Ok(0));
        assert_eq!(location(&sign_in(&town, "viewer")), "/staff/points", "a viewer sees figures only");
        assert_eq!(location(&sign_in(&town, "minh")), "/staff/points");
        for role in [Role::Administrator, Role::Leader, Role::UnitHead, Role::Auditor] {
            assert!(location(&sign_in(&town, role.name())).starts_with("/staff/second-factor"), "{}", role.name());
        }
    }

    fn a_link_that_sets_a_password_does_not_pass_by_the_second_factor(fresh) {
        let town = Town::start_with(fresh, &[("SIPAS_SECOND_FACTOR", "required")]);
        let lan = town.db.user_by_name("lan").expect("asked").expect("known").id;
        town.db.offer_totp(lan, &[7; 20]).expect("offered");
        let note = || sipas::db::Note {
            at: clock::now(),
            actor: "lan".to_owned(),
            action: AuditedAction::SetUpSecondFactor,
            unit: String::new(),
            object: String::new(),
            outcome: sipas::db::Outcome::Done,
        };
        assert!(town.db.confirm_totp(lan, 1, &[], note()).expect("asked"));
        let hash = Sha256::digest(b"secret").into();
        let soon = clock::now() + chrono::TimeDelta::hours(1);
        let purpose = sipas::db::LinkPurpose::Reset;
        let link = sipas::db::NewLink { purpose, hash, at: clock::now(), expires_at: soon, letter: None };
        assert_eq!(town.db.by_nobody().make_link(lan, &link), Ok(true));
        let done = town.post_as("", "/staff/link/secret", &[("password", PASSWORD), ("password_again", PASSWORD)]);
        assert_eq!(location(&done), "/staff/second-factor?next=/staff/");
        assert_eq!(town.get_as(&cookie(&done), "/staff/points").status(), 303);
        // The administrator takes it away; then it is set up anew.
        town.db.by_nobody().clear_second_factor(lan).expect("cleared");
        let half = cookie(&sign_in(&town, "lan"));
        assert!(page(town.get_as(&half, "/staff/second-factor")).1.contains("<svg"));
    }

    fn sessions_are_listed_and_end_at_once(fresh) {
        let town = Town::start(fresh);
        let here = town.sign_in("viewer");
        let phone = town.client.post(format!("{}/staff/sign-in", town.address)).header(
            "user-agent",
            "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
        );
        let there = cookie(&phone.form(&[("name", "viewer"), ("password", PASSWORD)]).send().expect("an answer"));
        let (_, listed) = page(town.get_as(&here, "/staff/sessions"));
        let rows = texts(&listed, "table tbody tr");
        assert_eq!(rows.len(), 2);
        assert!(rows.iter().any(|row| row.contains("Chrome, Android")), "{rows:?}");
        let listed = scraper::Html::parse_document(&listed);
        let ids = select(&listed, "td input[name=session]");
        assert_eq!(ids.len(), 1, "one's own session here is not to be ended by mistake");
        // Somebody else's session is not one's own to end.
        let stranger = town.sign_in("staff");
        let id = ids[0].attr("value").expect("an identifier").to_owned();
        town.post_as(&stranger, "/staff/sessions", &[("session", &id)]);
        assert_eq!(town.get_as(&there, "/staff/points").status(), 200);
        town.post_as(&here, "/staff/sessions", &[("session", &id)]);
        assert_eq!(town.get_as(&there, "/staff/points").status(), 303, "out at once");
        assert_eq!(town.get_as(&here, "/staff/points").status(), 200);
        // The administrator ends everyone's.
        let administrator = town.sign_in("administrator");
        town.post_as(&administrator, "/staff/users/viewer/sessions", &[]);
        assert_eq!(town.get_as(&here, "/staff/points").status(), 303);
    }

    fn who_leaves_is_out_at_once_and_hands_over_what_they_had(fresh) {
        let town = Town::start(fresh);
        let administrator = town.sign_in("administrator");
        let (leaver, stays) = (town.sign_in("unit_head"), town.sign_in("staff"));
        let (_, asked) = page(town.get_as(&administrator, "/staff/users/unit_head/retire"));
        assert!(texts(&asked, "p.warn").concat().contains("người cuối cùng"), "the last head of a unit");
        let nobody = [("successor", ""), ("with_role", "yes")];
        assert_eq!(town.post_as(&administrator, "/staff/users/unit_head/retire", &nobody).status(), 422);
        let elsewhere = [("successor", "hoa")];
        assert_eq!(town.post_as(&administrator, "/staff/users/unit_head/retire", &elsewhere).status(), 422);
        let over = [("successor", "staff"), ("with_role", "yes")];
        let done = town.post_as(&administrator, "/staff/users/unit_head/retire", &over);
        assert_eq!(location(&done), "/staff/users?done=retired");
        assert_eq!(town.get_as(&leaver, "/staff/points").status(), 303, "out at once");
        assert_eq!(town.get_as(&stays, "/staff/points").status(), 303, "another role needs another session");
        assert_eq!(sign_in(&town, "unit_head").status(), 422);
        let user = |name: &str| town.db.user_by_name(name).expect("asked").expect("kept");
        assert_eq!(user("staff").role, "unit_head");
        assert_eq!(user("unit_head").successor, Some(user("staff").id));
    }

    fn the_log_says_who_did_what_and_is_read_by_those_who_may(fresh) {
        let town = Town::start(fresh);
        let administrator = town.sign_in("administrator");
        town.post_as(&administrator, &format!("/staff/points/{}/retire", town.counter), &[]);
        let viewer = town.sign_in("viewer");
        assert_eq!(town.get_as(&viewer, "/staff/users").status(), 403);
        town.post_as("", "/staff/sign-in", &[("name", "viewer"), ("password", "không phải câu này")]);
        let hoa = town.sign_in("hoa");
        town.post_as(&hoa, "/staff/units/new", &[]);
        let auditor = town.sign_in("auditor");
        let (status, shown) = page(town.get_as(&auditor, "/staff/audit"));
        assert_eq!(status, 200);
        let rows = texts(&shown, "table tbody tr").join("\n");
        assert!(rows.contains(&format!("Ngừng điểm {}", town.counter)), "{rows}");
        assert!(rows.contains("Mở trang không thuộc quyền /staff/users bị từ chối"), "{rows}");
        assert!(rows.contains("Đăng nhập viewer bị từ chối"), "{rows}");
        assert!(!shown.contains("không phải câu này"));
        let head = town.db.audit_head().expect("a head");
        assert_eq!(town.db.verify_audit().expect("read"), Ok(head));
        // Answers leave no row, and the report carries the head.
        assert_eq!(town.post_json(&town.centre, &town.json_sheet(&town.centre, 5)).status(), 201);
        assert_eq!(town.db.audit_head().expect("a head"), head);
        let question = sipas::service::figures::Question {
            plan: "cau-giay-2026".to_owned(),
            period: crate::town::period(),
            unit: None,
            series: sipas::sheet::tally::Series::Open,
            suspects: sipas::index::Suspects::In,
            live: false,
            today: clock::today(),
        };
        let measured = sipas::service::figures::measure(&town.db, &question).expect("figures");
        let content = sipas::service::figures::content(&measured, sipas::report::Language::Vi, question.today, false);
        let text = sipas::report::text::text(&content);
        let (number, hash) = head.to_string().split_once(':').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("both");
        let unwrapped = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(unwrapped.contains(&format!("dòng {number}, mã kiểm chứng {hash}")), "{text}");
    }
}

#[test]
fn the_demonstration_is_entered_in_one_step() {
    let fresh = fresh_db(Backend::Sqlite);
    drop(fresh.serve().set_meta(DEMO, "1"));
    let town = Town::start_with(&fresh, &[("SIPAS_SECOND_FACTOR", "required")]);
    assert_eq!(location(&sign_in(&town, "plan_owner")), "/staff/points");
}

#[test]
fn cookies_and_headers_of_staff_pages_are_strict() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start_with(
        &fresh,
        &[("SIPAS_PUBLIC_URL", "https://khaosat.example.vn"), ("SIPAS_SECOND_FACTOR", "required")],
    );
    let answer = sign_in(&town, "viewer");
    let set = answer.headers()["set-cookie"].to_str().expect("a cookie").to_owned();
    assert!(set.starts_with("__Host-sipas="), "{set}");
    for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(set.contains(part), "{set}");
    }
    assert!(!set.contains("Domain"), "{set}");
    let session = cookie(&answer);
    for path in ["/staff/points", "/staff/sessions", "/staff/sign-in", "/staff/users", "/staff/nothing"] {
        let page = town.get_as(&session, path);
        let header =
            |name: &str| page.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let policy = header("content-security-policy");
        for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        // Never the path, which may hold a one-time secret; a page without a form may send nothing at all.
        let without_form = path == "/staff/nothing" && header("referrer-policy") == "no-referrer";
        assert!(without_form || header("referrer-policy") == "strict-origin", "{path}");
        assert_eq!(header("strict-transport-security"), "max-age=31536000", "{path}");
        assert_eq!(header("access-control-allow-origin"), "", "{path}");
        if path != "/staff/nothing" {
            assert_eq!(header("cache-control"), "no-store", "{path}");
        }
    }
}

#[test]
fn signing_in_leads_to_our_own_pages_only() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    for elsewhere in [
        "https://evil.example/",
        "//evil.example",
        "/staff/../s/x\\evil",
        "/staff/sign-in?next=/x",
        "javascript:alert(1)",
    ] {
        let form = [("name", "viewer"), ("password", PASSWORD), ("next", elsewhere)];
        assert_eq!(location(&town.post_as("", "/staff/sign-in", &form)), "/staff/", "{elsewhere}");
    }
}

#[test]
fn ten_wrong_codes_are_enough() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start_with(&fresh, &[("SIPAS_SECOND_FACTOR", "required")]);
    let half = cookie(&sign_in(&town, "leader"));
    town.get_as(&half, "/staff/second-factor");
    for _ in 0..10 {
        assert_eq!(town.post_as(&half, "/staff/second-factor", &[("code", "12345")]).status(), 422);
    }
    assert_eq!(town.post_as(&half, "/staff/second-factor", &[("code", "12345")]).status(), 429);
}

#[test]
fn many_people_stand_on_pages_and_who_is_gone_comes_last() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let administrator = town.sign_in("administrator");
    let (_, before) = page(town.get_as(&administrator, "/staff/users"));
    assert!(texts(&before, "p[role=navigation]").is_empty(), "one page holds all");
    let there = texts(&before, "table.stacked tbody tr").len();
    for number in 0..200 {
        town.add_user(&format!("nguoi-{number:03}"), Role::Viewer, "cau-giay-tyt");
    }
    town.db.by_nobody().retire_user("nguoi-000", clock::now()).expect("retired");
    let (_, first) = page(town.get_as(&administrator, "/staff/users"));
    assert_eq!(texts(&first, "table.stacked tbody tr").len(), 200);
    assert!(texts(&first, "details summary").iter().all(|words| !words.contains("đã ngừng")), "on the last page");
    let (_, second) = page(town.get_as(&administrator, "/staff/users?page=2"));
    assert_eq!(texts(&second, "table.stacked tbody tr").len(), there - 1);
    assert!(texts(&second, "details tbody tr").concat().contains("nguoi-000"));
}
