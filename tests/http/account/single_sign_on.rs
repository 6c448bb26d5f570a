//! Single sign-on, from the button to the page behind it: through our own small provider where it is honest, against a hand-made one where
//! it is not. What a provider of somebody else's making does in the same places stands in `certified_provider.rs`.

use serde_json::{Value, json};
use sipas::access::{EmailAddress, Role};
use sipas::clock;

use crate::hostile_openid::{Hostile, Signing};
use crate::on_both;
use crate::openid::{Browser, OpenId, PUBLIC, town_of};
use crate::server::sipas;
use crate::support::{Backend, FreshDb, free_address, fresh_db};
use crate::town::{PASSWORD, Town, location, page, texts};

/// What the provider tells of Bích.
pub fn bich(roles: &[&str], unit: &str) -> Value {
    json!({
        "preferred_username": "Bich", "name": "Nguyễn Thị Bích", "email": "bich@example.vn", "email_verified": true,
        "realm_access": {"roles": roles}, "unit": unit,
    })
}

/// Role and code of the unit of a user.
fn rights(town: &Town, name: &str) -> (String, String) {
    let user = town.db.user_by_name(name).expect("asked").expect("known");
    let tree = town.db.tree().expect("units");
    (user.role, tree.unit(user.unit).expect("a unit").code.clone())
}

fn deeds(town: &Town) -> Vec<(String, String, String)> {
    let units = ["phuong-cau-giay", "cau-giay-hcc", "cau-giay-tyt"].map(str::to_owned);
    let rows = town.db.audit_rows(&units, None, 200).expect("rows").into_iter().rev();
    let own = rows.filter(|row| row.action.contains("single_sign_on"));
    own.map(|row| {
        (row.action.replace("_by_single_sign_on", "").replace("_single_sign_on", ""), row.object, row.outcome)
    })
    .collect()
}

/// Status and the reason on the sign-in page, which offers both ways in.
fn refused(answer: reqwest::blocking::Response) -> (u16, String) {
    let no_session = answer.headers().get_all("set-cookie").iter().all(|cookie| {
        let cookie = cookie.to_str().expect("text");
        cookie.starts_with("sipas-oidc=;")
    });
    assert!(no_session, "nobody is let in: {:?}", answer.headers());
    let (status, page) = page(answer);
    assert_eq!(texts(&page, "h1"), ["Đăng nhập"]);
    assert_eq!(texts(&page, "a.button"), ["Đăng nhập bằng tài khoản Cổng tỉnh"]);
    assert_eq!(texts(&page, "button[type=submit]"), ["Đăng nhập"]);
    (status, texts(&page, "#error").concat())
}

on_both! {
    fn rights_come_by_claim_at_every_sign_in_and_go_with_it(fresh) {
        rights_by_claim(fresh, OpenId::in_house());
    }

    fn an_account_of_before_is_bound_once_an_administrator_allows_it_and_taken_back(fresh) {
        account_of_before(fresh, OpenId::in_house());
    }
}

/// Rights come by claim at every sign-in, and go with it.
pub fn rights_by_claim(fresh: &FreshDb, mut provider: OpenId) {
    let town = provider.town(fresh, &[]);
    provider.tells("248", &bich(&["khach", "can-bo"], "/cau-giay-hcc"));
    let mut first = Browser::new(&town);
    let back = first.sign_in_there("248", "/staff/points?x=1");
    let half = first.cookies();
    assert_eq!(location(&first.open(&back, None)), "/staff/points?x=1");
    assert_eq!(town.get_as(&first.cookies(), "/staff/points").status(), 200);
    assert_eq!(rights(&town, "bich"), ("staff".to_owned(), "cau-giay-hcc".to_owned()));
    assert!(!first.cookies().contains("sipas-oidc"), "what was under way is over");

    // The same answer again, also with the cookie of before.
    assert_eq!(refused(first.open(&back, None)).0, 422);
    let again = town.client.get(back.replace(PUBLIC, &town.address)).header("cookie", &half).send().expect("an answer");
    let (status, words) = refused(again);
    assert!(status == 422 && words.contains("đã dùng rồi"), "{status} {words}");

    // Another role and unit: sessions of before end.
    provider.tells("248", &bich(&["lanh-dao", "can-bo"], "phuong-cau-giay"));
    let mut second = Browser::new(&town);
    assert_eq!(location(&second.sign_in("248", "/staff/")), "/staff/");
    assert_eq!(rights(&town, "bich"), ("leader".to_owned(), "phuong-cau-giay".to_owned()));
    assert_eq!(town.get_as(&first.cookies(), "/staff/points").status(), 303);

    // No role any more, then no unit that is known: out at once, and the password that was set meanwhile opens nothing.
    provider.tells("248", &bich(&["khach"], "phuong-cau-giay"));
    let (status, words) = refused(Browser::new(&town).sign_in("248", "/staff/"));
    assert!(status == 403 && words.contains("chưa được cấp vai trò"), "{words}");
    assert_eq!(town.get_as(&second.cookies(), "/staff/points").status(), 303, "sessions end");
    let id = town.db.user_by_name("bich").expect("asked").expect("known").id;
    let hash = sipas::secrets::password::hash(PASSWORD).expect("a hash");
    town.db.by_nobody().change_password(id, &hash).expect("set");
    let form = [("name", "bich"), ("password", PASSWORD)];
    let (status, words) = refused(town.post_as("", "/staff/sign-in", &form));
    assert!(status == 403 && words.contains("không bằng mật khẩu"), "{words}");
    provider.tells("248", &bich(&["can-bo"], "nowhere"));
    assert!(refused(Browser::new(&town).sign_in("248", "/staff/")).1.contains("đúng một đơn vị"));
    let (_, list) = page(town.get_as(&town.sign_in("administrator"), "/staff/users"));
    assert!(list.contains("Cổng tỉnh không còn cấp quyền từ"), "{list}");

    // Given back, they come in; ended here, they do not, whatever is given there.
    provider.tells("248", &bich(&["lanh-dao"], "phuong-cau-giay"));
    assert_eq!(location(&Browser::new(&town).sign_in("248", "/staff/")), "/staff/");
    town.db.by_nobody().retire_user("bich", clock::now()).expect("ended");
    let (status, words) = refused(Browser::new(&town).sign_in("248", "/staff/"));
    assert!(status == 403 && words.contains("đã ngừng"), "{words}");
    provider.tells("249", &bich(&["lanh-dao"], "phuong-cau-giay"));
    assert!(refused(Browser::new(&town).sign_in("249", "/staff/")).1.contains("đã ngừng"), "nor as somebody new");

    let told: Vec<String> =
        deeds(&town).into_iter().map(|(deed, object, outcome)| format!("{deed} {object} {outcome}")).collect();
    for deed in [
        "add_user bich, staff done",
        "sign_in  done",
        "set_rights bich, leader done",
        "close bich done",
        "sign_in bich refused",
    ] {
        assert!(told.iter().any(|told| told == deed), "{deed}: {told:?}");
    }
}

/// An account of before is bound once an administrator allows it, and taken back.
pub fn account_of_before(fresh: &FreshDb, mut provider: OpenId) {
    let town = provider.town(fresh, &[("SIPAS_OIDC_CREATE", "off")]);
    let id = town.db.user_by_name("viewer").expect("asked").expect("known").id;
    town.db.by_nobody().set_email(id, EmailAddress::parse("bich@example.vn").as_ref()).expect("set");
    provider.tells("248", &bich(&["can-bo"], "phuong-cau-giay"));
    let come = || Browser::new(&town).sign_in("248", "/staff/");
    let (status, words) = refused(come());
    assert!(status == 403 && words.contains("Hãy nhờ người quản trị cho phép"), "{words}");

    let administrator = town.sign_in("administrator");
    let path = "/staff/users/viewer/single-sign-on";
    let (_, shown) = page(town.get_as(&administrator, path));
    assert!(shown.contains("bich@example.vn") && texts(&shown, "button.primary") == ["Cho phép liên kết"], "{shown}");
    assert_eq!(location(&town.post_as(&administrator, path, &[("do", "allow")])), format!("{path}?done=allowed"));
    let by_password = town.sign_in("viewer");
    // An address that the provider has not checked binds nothing.
    let mut unchecked = bich(&["can-bo"], "phuong-cau-giay");
    unchecked["email_verified"] = json!(false);
    provider.tells("250", &unchecked);
    assert!(refused(Browser::new(&town).sign_in("250", "/staff/")).1.contains("chưa có tài khoản"));
    assert_eq!(location(&come()), "/staff/");
    assert_eq!(rights(&town, "viewer"), ("staff".to_owned(), "phuong-cau-giay".to_owned()));
    assert_eq!(town.get_as(&by_password, "/staff/points").status(), 303, "what the password opened ends");
    // Somebody else with the same address is not let in behind.
    provider.tells("251", &bich(&["lanh-dao"], "phuong-cau-giay"));
    assert_eq!(refused(Browser::new(&town).sign_in("251", "/staff/")).0, 403);

    let (_, list) = page(town.get_as(&administrator, "/staff/users"));
    assert!(list.contains("đăng nhập qua Cổng tỉnh, từ"), "{list}");
    let form = [("name", "viewer"), ("password", PASSWORD)];
    assert_eq!(refused(town.post_as("", "/staff/sign-in", &form)).0, 403);
    assert_eq!(location(&town.post_as(&administrator, path, &[("do", "unbind")])), format!("{path}?done=unbound"));
    town.sign_in("viewer");
    assert_eq!(refused(come()).0, 403);
    let (_, shown) = page(town.get_as(&administrator, path));
    assert_eq!(texts(&shown, "button.primary"), ["Cho phép liên kết"]);
    let told: Vec<String> = deeds(&town).into_iter().filter(|deed| deed.2 == "done").map(|deed| deed.0).collect();
    assert_eq!(told, ["allow", "bind", "set_rights", "sign_in", "unbind"]);
}

#[test]
fn a_second_factor_is_asked_here_unless_the_provider_says_that_it_asked_one() {
    second_factor(OpenId::in_house());
}

/// A second factor is asked here unless the provider says that it asked one.
pub fn second_factor(mut provider: OpenId) {
    let fresh = fresh_db(Backend::Sqlite);
    let town = provider.town(&fresh, &[("SIPAS_SECOND_FACTOR", "required")]);
    for (amr, to) in [(json!(["pwd"]), "/staff/second-factor?next=/staff/"), (json!(["pwd", "otp"]), "/staff/")] {
        let mut claims = bich(&["lanh-dao"], "phuong-cau-giay");
        claims["amr"] = amr.clone();
        provider.tells("248", &claims);
        assert_eq!(location(&Browser::new(&town).sign_in("248", "/staff/")), to, "{amr}");
    }
}

#[test]
fn keys_may_change_and_claims_may_stand_beside_the_token() {
    keys_and_claims(OpenId::in_house());
}

/// Keys may change, and claims may stand beside the token.
pub fn keys_and_claims(mut provider: OpenId) {
    let fresh = fresh_db(Backend::Sqlite);
    let town = provider.town(&fresh, &[]);
    provider.tells("248", &bich(&["can-bo"], "phuong-cau-giay"));
    assert_eq!(location(&Browser::new(&town).sign_in("248", "/staff/")), "/staff/");
    provider.say(&json!({"rotate": true}));
    assert_eq!(location(&Browser::new(&town).sign_in("248", "/staff/")), "/staff/", "a key that was not known");
    provider.say(&json!({"brief": true}));
    provider.tells("248", &bich(&["lanh-dao"], "phuong-cau-giay"));
    assert_eq!(location(&Browser::new(&town).sign_in("248", "/staff/")), "/staff/");
    assert_eq!(rights(&town, "bich").0, "leader", "what is told beside the token counts");
}

#[test]
fn an_answer_belongs_to_the_browser_that_asked_and_to_this_provider() {
    answers(OpenId::in_house());
}

/// An answer belongs to the browser that asked, and to this provider.
pub fn answers(mut provider: OpenId) {
    let fresh = fresh_db(Backend::Sqlite);
    let town = provider.town(&fresh, &[]);
    provider.tells("248", &bich(&["can-bo"], "phuong-cau-giay"));
    let mut asked = Browser::new(&town);
    let back = asked.sign_in_there("248", "/staff/");
    // In a browser that asked nothing, and in one that asked something else.
    assert_eq!(refused(Browser::new(&town).open(&back, None)).0, 422);
    let mut other = Browser::new(&town);
    other.begin("/staff/");
    assert_eq!(refused(other.open(&back, None)).0, 422);
    let mut changed = Browser::new(&town);
    let own = changed.sign_in_there("248", "/staff/");
    assert_eq!(refused(changed.open(&own.replace("&state=", "&state=x"), None)).0, 422);
    // Twice the same word, and another provider's name.
    let mut doubled = Browser::new(&town);
    let own = doubled.sign_in_there("248", "/staff/");
    assert_eq!(doubled.open(&format!("{own}&state=x"), None).status(), 400);
    assert_eq!(refused(doubled.open(&own.replace("iss=http", "iss=https"), None)).0, 502);
    let mut silent = Browser::new(&town);
    let own = silent.sign_in_there("248", "/staff/");
    let (without, _) = own.split_once("&iss=").expect("the provider names itself");
    assert_eq!(refused(silent.open(without, None)).0, 502);
    // The browser that asked comes in; elsewhere than to our own pages it never leads.
    assert_eq!(location(&asked.open(&back, None)), "/staff/");
    assert_eq!(location(&Browser::new(&town).sign_in("248", "https://evil.example/")), "/staff/");
    // A refusal is told.
    let mut refusing = Browser::new(&town);
    let there = refusing.begin("/staff/");
    let state = there.split("state=").nth(1).and_then(|rest| rest.split('&').next()).expect("a state").to_owned();
    let no = format!("{PUBLIC}{}?error=access_denied&state={state}", sipas::oidc::CALLBACK);
    let (status, words) = refused(refusing.open(&no, None));
    assert!(status == 422 && words.contains("bạn đã hủy"), "{words}");
}

#[test]
fn no_token_but_the_right_one_lets_anybody_in() {
    let hostile = Hostile::start();
    let fresh = fresh_db(Backend::Sqlite);
    // Tries from one network are limited, which is shown elsewhere: each comes from its own.
    let town = town_of(
        &hostile.issuer,
        &fresh,
        &[
            ("SIPAS_TRUSTED_PROXIES", "127.0.0.0/8"),
            ("SIPAS_SECOND_FACTOR", "required"),
            ("SIPAS_PUBLIC_URL", "https://a.example.vn"),
        ],
    );
    let mut number = 0;
    let mut come = |change: &dyn Fn(&mut Value), signing: Signing| {
        number += 1;
        let from = format!("198.18.{number}.1");
        let get = |path: &str, cookie: &str| {
            let request = town.client.get(format!("{}{path}", town.address)).header("cookie", cookie);
            request.header("x-forwarded-for", &from).send().expect("an answer")
        };
        let begun = get("/staff/sign-in/oidc", "");
        let there = location(&begun);
        let part = |name: &str| {
            let (_, rest) = there.split_once(&format!("{name}=")).expect("a part");
            rest.split('&').next().expect("its value").to_owned()
        };
        let cookie = begun.headers()["set-cookie"].to_str().expect("text").to_owned();
        assert!(
            cookie.starts_with("__Host-sipas-oidc=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax")
        );
        assert!(cookie.contains("Secure") && cookie.contains("Max-Age=600"), "{cookie}");
        let now = clock::now().timestamp();
        let mut claims = bich(&["can-bo"], "phuong-cau-giay");
        for (name, value) in [
            ("iss", json!(hostile.issuer)),
            ("sub", json!("248")),
            ("aud", json!("sipas")),
            ("exp", json!(now + 300)),
            ("iat", json!(now)),
            ("nonce", json!(part("nonce"))),
        ] {
            claims[name] = value;
        }
        change(&mut claims);
        hostile.gives(&claims, signing);
        let back = format!("{}?code=c&state={}", sipas::oidc::CALLBACK, part("state"));
        let answer = get(&back, cookie.split(';').next().expect("a pair"));
        let let_in = answer
            .headers()
            .get_all("set-cookie")
            .iter()
            .any(|cookie| cookie.to_str().is_ok_and(|text| text.starts_with("__Host-sipas=")));
        (answer.status().as_u16(), let_in, back, cookie)
    };
    let (status, let_in, back, cookie) = come(&|_| {}, Signing::Right);
    assert!(status == 303 && let_in, "the right one does: {status}");
    // This endpoint takes a code twice, as no honest one does; the answer is refused all the same.
    let again =
        town.client.get(format!("{}{back}", town.address)).header("cookie", cookie.split(';').next().expect("a pair"));
    assert_eq!(again.send().expect("an answer").status(), 422);
    let now = clock::now().timestamp();
    let spoilt: [(&str, Value); 9] = [
        ("iss", json!("https://sso.example.vn")),
        ("aud", json!("another")),
        ("aud", json!(["sipas", "another"])),
        ("azp", json!("another")),
        ("exp", json!(now - 3_600)),
        ("iat", json!(now - 3_600)),
        ("iat", json!(now + 3_600)),
        ("nonce", json!("of another sign-in")),
        ("sub", json!("")),
    ];
    for (name, value) in spoilt {
        let (status, let_in, ..) = come(&|claims| claims[name] = value.clone(), Signing::Right);
        assert!(status == 502 && !let_in, "{name}: {value}: {status}");
    }
    let before = hostile.keys_asked();
    for signing in [Signing::OtherKey, Signing::None, Signing::Shared] {
        let (status, let_in, ..) = come(&|_| {}, signing);
        assert!(status == 502 && !let_in, "{signing:?}: {status}");
    }
    assert_eq!(hostile.keys_asked(), before, "keys that are known are not asked for");
    for _ in 0..6 {
        assert!(!come(&|_| {}, Signing::UnknownKey).1);
    }
    let forced = hostile.keys_asked() - before;
    assert!(forced <= 3, "an unknown key is asked for a few times a minute: {forced}");
    let (status, let_in, ..) = come(&|_| {}, Signing::Right);
    assert!(status == 303 && let_in, "and the known one goes on: {status}");
}

#[test]
fn where_the_provider_is_down_it_is_said_and_the_password_works() {
    let fresh = fresh_db(Backend::Sqlite);
    // Nobody listens there.
    let issuer = format!("http://{}", free_address());
    let town = town_of(&issuer, &fresh, &[]);
    let (status, words) = refused(town.get("/staff/sign-in/oidc?next=/staff/points"));
    assert!(
        status == 503 && words.contains("chưa kết nối được với Cổng tỉnh") && words.contains("mật khẩu"),
        "{words}"
    );
    let session = town.sign_in("lan");
    assert_eq!(town.get_as(&session, "/staff/points").status(), 200);
    town.add_user("moi", Role::Viewer, "phuong-cau-giay");
    town.sign_in("moi");

    // The doctor says it too, and the server has started all the same.
    let words = doctor(&fresh, &issuer);
    assert!(words.contains("BAD  single sign-on: the provider cannot be reached"), "{words}");
    let words = doctor(&fresh, &OpenId::in_house().issuer);
    assert!(words.contains("ok   single sign-on: the provider answers, 1 keys"), "{words}");
}

/// What the doctor says of a provider.
pub fn doctor(fresh: &FreshDb, issuer: &str) -> String {
    let settings = [
        ("SIPAS_DATABASE_URL", fresh.address()),
        ("SIPAS_OIDC_ISSUER", issuer.to_owned()),
        ("SIPAS_OIDC_CLIENT_ID", "sipas".to_owned()),
        ("SIPAS_OIDC_CLIENT_SECRET", "secret".to_owned()),
        ("SIPAS_OIDC_NAME", "Cổng tỉnh".to_owned()),
    ];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
    String::from_utf8(sipas(&settings, &["doctor"]).stdout).expect("UTF-8")
}

#[test]
fn without_a_provider_there_is_no_button_and_no_address() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let (_, shown) = page(town.get("/staff/sign-in"));
    assert!(texts(&shown, "a.button").is_empty());
    assert_eq!(town.get("/staff/sign-in/oidc").status(), 404);
    assert_eq!(town.get(&format!("{}?code=c&state=s", sipas::oidc::CALLBACK)).status(), 404);
    let administrator = town.sign_in("administrator");
    let (_, list) = page(town.get_as(&administrator, "/staff/users"));
    assert!(!list.contains("single-sign-on"), "{list}");
}

#[test]
fn an_answer_that_nobody_asked_for_and_a_link_that_nobody_has_count_for_nobody() {
    let mut provider = OpenId::in_house();
    let fresh = fresh_db(Backend::Sqlite);
    let town = provider.town(&fresh, &[]);
    provider.tells("248", &bich(&["can-bo"], "phuong-cau-giay"));
    let rows = || town.db.audit_head().expect("asked").number;
    let before = rows();
    // As pictures on a page that somebody of the office opens: more often than a network may try to sign in.
    for number in 0..80 {
        let forged = format!("{}?code=c&state=s{number}", sipas::oidc::CALLBACK);
        assert_eq!(refused(town.get(&forged)).0, 422);
        assert_eq!(town.get(&format!("/staff/link/{number}")).status(), 410);
        assert_eq!(town.post_as("", &format!("/staff/link/{number}"), &[("password", PASSWORD)]).status(), 410);
    }
    assert_eq!(rows(), before, "nor do they fill the audit log");
    assert_eq!(location(&Browser::new(&town).sign_in("248", "/staff/")), "/staff/");
    town.sign_in("lan");
}

#[test]
fn only_the_signed_token_says_how_somebody_has_signed_in() {
    let mut provider = OpenId::in_house();
    let fresh = fresh_db(Backend::Sqlite);
    let town = provider.town(&fresh, &[("SIPAS_SECOND_FACTOR", "required"), ("SIPAS_OIDC_SECOND_FACTOR_ACR", "gold")]);
    let mut claims = bich(&["lanh-dao"], "phuong-cau-giay");
    (claims["amr"], claims["acr"]) = (json!(["mfa"]), json!("gold"));
    provider.tells("248", &claims);
    assert_eq!(location(&Browser::new(&town).sign_in("248", "/staff/")), "/staff/");
    // The same beside the token, where it carries no signature.
    provider.say(&json!({"brief": true}));
    let to = location(&Browser::new(&town).sign_in("248", "/staff/"));
    assert_eq!(to, "/staff/second-factor?next=/staff/");
}

#[test]
fn the_log_says_by_which_way_somebody_came_also_after_our_own_second_factor() {
    let mut provider = OpenId::in_house();
    let fresh = fresh_db(Backend::Sqlite);
    let town = provider.town(&fresh, &[("SIPAS_SECOND_FACTOR", "required")]);
    provider.tells("248", &bich(&["lanh-dao"], "phuong-cau-giay"));
    let step = sipas::secrets::totp::step(clock::now().timestamp());
    let mut secret = Vec::new();
    // Set up the first time, asked the second.
    for later in 0..2 {
        let mut browser = Browser::new(&town);
        assert_eq!(location(&browser.sign_in("248", "/staff/")), "/staff/second-factor?next=/staff/");
        browser.open(&format!("{PUBLIC}/staff/second-factor"), None);
        let user = town.db.user_by_name("bich").expect("asked").expect("known");
        secret = user.totp_secret.unwrap_or(secret);
        let code = sipas::secrets::totp::code(&secret, step + later);
        let done =
            browser.open(&format!("{PUBLIC}/staff/second-factor"), Some(&[("code", &code), ("next", "/staff/")]));
        assert!(done.status().is_success() || done.status().is_redirection(), "{}", done.status());
        assert_eq!(town.get_as(&browser.cookies(), "/staff/points").status(), 200);
    }
    let rows = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 50).expect("rows");
    let ways: Vec<&str> = rows
        .iter()
        .filter(|row| row.actor == "bich" && row.action.contains("sign_in"))
        .map(|row| row.action.as_str())
        .collect();
    assert_eq!(ways, ["sign_in_by_single_sign_on"; 2]);
}

#[test]
fn the_account_of_a_retired_person_is_let_go_by_an_administrator_and_opens_nothing_of_theirs() {
    let mut provider = OpenId::in_house();
    let fresh = fresh_db(Backend::Sqlite);
    let town = provider.town(&fresh, &[]);
    provider.tells("248", &bich(&["can-bo"], "phuong-cau-giay"));
    let come = || Browser::new(&town).sign_in("248", "/staff/");
    assert_eq!(location(&come()), "/staff/");
    town.db.by_nobody().retire_user("bich", clock::now()).expect("ended");
    // Back in office, under a new name and address: still the account that was ended.
    let mut anew = bich(&["can-bo"], "phuong-cau-giay");
    (anew["preferred_username"], anew["email"]) = (json!("bich.moi"), json!("bich.moi@example.vn"));
    provider.tells("248", &anew);
    assert!(refused(come()).1.contains("đã ngừng"));
    let (administrator, path) = (town.sign_in("administrator"), "/staff/users/bich/single-sign-on");
    let (_, list) = page(town.get_as(&administrator, "/staff/users"));
    assert!(list.contains(path), "{list}");
    let (_, shown) = page(town.get_as(&administrator, path));
    assert_eq!(texts(&shown, "button.primary"), ["Bỏ liên kết"], "{shown}");
    assert_eq!(town.post_as(&administrator, path, &[("do", "allow")]).status(), 404, "nobody is allowed into it");
    assert_eq!(location(&town.post_as(&administrator, path, &[("do", "unbind")])), format!("{path}?done=unbound"));
    assert!(texts(&page(town.get_as(&administrator, path)).1, "button.primary").is_empty());
    assert_eq!(location(&come()), "/staff/");
    assert!(town.db.user_by_name("bich").expect("asked").expect("kept").retired_at.is_some());
    assert_eq!(rights(&town, "bich.moi"), ("staff".to_owned(), "phuong-cau-giay".to_owned()));
}
