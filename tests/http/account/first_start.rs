//! From an empty database to a code that can be scanned, with nothing but the pages; and who may not.

use chrono::TimeDelta;
use scraper::Html;
use sha2::{Digest, Sha256};

use crate::on_both;
use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::{PASSWORD, Town, location, page, select, texts};

/// What a careful officer fills in.
fn filled<'a>(secret: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![
        ("secret", secret),
        ("ward", "phuong-cau-giay"),
        ("display_name", "Nguyễn Thị Lan"),
        ("name", "Nguyen.Lan"),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
        ("points", "one_stop"),
        ("points", "online"),
        ("points", "station"),
        ("points", "policy"),
        ("counters", "2"),
        ("kindergartens", "Trường Mầm non Bờ Cỏ May\r\n\r\n"),
        ("schools", "Trường THCS Đèn Sao\nTrường Tiểu học Rặng Tre Xanh"),
    ];
    for (name, value) in changes {
        form.retain(|(known, _)| known != name);
        form.push((name, value));
    }
    form
}

fn secret_of(path: &str) -> &str {
    path.split_once("secret=").expect("a secret").1
}

fn started(fresh: &FreshDb) -> (Town, String) {
    let (town, path) = Town::start_empty(fresh);
    let secret = secret_of(&path).to_owned();
    (town, secret)
}

on_both! {
    fn any_ward_of_the_country_starts_by_its_name_and_types_its_plan(fresh) {
        let (town, secret) = started(fresh);
        let named = |name: &'static str| filled(&secret, &[("ward", "listed"), ("commune", name)]);
        let (status, several) = page(town.post_as("", "/staff/set-up", &named("Xã Tân Thành")));
        assert_eq!(status, 422);
        assert!(texts(&several, "#commune-error")[0].contains("hãy ghi cả tỉnh"), "{several}");
        let answer = town.post_as("", "/staff/set-up", &named("phuong ba dinh, ha noi"));
        assert_eq!(location(&answer), "/staff/first-steps?done=set-up");
        let cookie = answer.headers()["set-cookie"].to_str().expect("a cookie").to_owned();
        let session = cookie.split(';').next().expect("a session");
        let (_, home) = page(town.get_as(session, "/staff/"));
        assert!(home.contains("href=\"/staff/plans/new\""), "an empty page leads on");
        let (_, form) = page(town.get_as(session, "/staff/plans/new"));
        let form = crate::town::form_pairs(&form, "form.plan-form");
        assert!(form.contains(&("unit".to_owned(), "phuong-ba-dinh".to_owned())), "{form:?}");
        let typed = crate::town::with(form, &[
            ("title_vi", "Kế hoạch năm 2026"), ("from", "15/12/2025"), ("to", "14/12/2026"), ("target.0.clause", "II.1"),
            ("target.0.title_vi", "Hài lòng chung"), ("target.0.minimum", "90"), ("calendar_year", "2026"), ("do", "calendar.december"),
        ]);
        let (_, laid_out) = page(town.send_as(session, "/staff/plans/new", &typed));
        let typed = crate::town::with(crate::town::form_pairs(&laid_out, "form.plan-form"), &[("do", "keep")]);
        assert_eq!(location(&town.send_as(session, "/staff/plans/new", &typed)), "/staff/plans/ba-dinh-2026/about");
        let (_, next) = page(town.get_as(session, "/staff/plans/new?from=ba-dinh-2026"));
        let next = crate::town::with(crate::town::form_pairs(&next, "form.plan-form"), &[("do", "keep")]);
        assert_eq!(location(&town.send_as(session, "/staff/plans/new", &next)), "/staff/plans/ba-dinh-2027/about");
    }

    fn an_empty_database_becomes_a_code_that_is_scanned_and_answered(fresh) {
        let (town, path) = Town::start_empty(fresh);
        let secret = secret_of(&path);
        assert!(secret.len() * 4 >= 128, "at least 128 random bits");
        let (status, first) = page(town.get(&path));
        assert_eq!(status, 200);
        assert!(texts(&first, "#ward label").iter().any(|ward| ward.starts_with("Phường Cầu Giấy, Thành phố Hà Nội")));
        let answer = town.post_as("", "/staff/set-up", &filled(secret, &[]));
        assert_eq!(location(&answer), "/staff/first-steps?done=set-up");
        let cookie = answer.headers()["set-cookie"].to_str().expect("a cookie").to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let session = cookie.split(';').next().expect("a session");

        let (status, points) = page(town.get_as(session, "/staff/points"));
        assert_eq!(status, 200);
        assert!(texts(&points, "a.button").contains(&"In áp phích".to_owned()));
        let units = texts(&points, "section.card h2");
        assert!(units.contains(&"Trung tâm Phục vụ hành chính công phường Cầu Giấy".to_owned()), "{units:?}");
        assert!(units.contains(&"Trường THCS Đèn Sao".to_owned()), "{units:?}");
        // Two counters, online, station, policy, three schools.
        assert_eq!(texts(&points, "table.points tbody tr").len(), 8);
        let (status, posters) = page(town.get_as(session, "/staff/points/posters"));
        assert_eq!((status, texts(&posters, "article.poster").len()), (200, 8));

        // The picture on the first poster, read as a phone reads it.
        let posters = Html::parse_document(&posters);
        let picture = select(&posters, "article.poster img")[0].attr("src").expect("an address").replace(".svg", ".png");
        let scanned = crate::qr::read_png(&town.get(&picture).bytes().expect("a picture"));
        let code = scanned[0].rsplit('/').next().expect("a code");
        assert_eq!(location(&town.post_form(code, &town.filled_form(code, "5"))), format!("/s/{code}/thanks?lang=vi"));
        assert_eq!(town.stored(), 1);

        // The plan's page works at once, and so does the sign-in with the name in small letters.
        let (_, plans) = page(town.get_as(session, "/staff/"));
        assert!(plans.contains("/staff/plans/cau-giay-2026/"));
        town.sign_in("nguyen.lan");
        // The address is gone, for reading and for sending.
        assert_eq!(town.get(&path).status(), 410);
        assert_eq!(town.post_as("", "/staff/set-up", &filled(secret, &[("name", "second")])).status(), 410);
        assert_eq!(town.db.users().expect("users").len(), 1);
    }

    fn a_wrong_or_expired_secret_is_refused_and_makes_nothing(fresh) {
        let (town, secret) = started(fresh);
        for wrong in ["", "00", &secret[1..]] {
            assert_eq!(town.get(&format!("/staff/set-up?secret={wrong}")).status(), 404);
            assert_eq!(town.post_as("", "/staff/set-up", &filled(wrong, &[])).status(), 404);
        }
        let hash = Sha256::digest(secret.as_bytes()).into();
        let late = sipas::clock::now() - TimeDelta::seconds(1);
        assert!(town.db.keep_first_start_secret(&hash, late).expect("kept"));
        assert_eq!(town.get(&format!("/staff/set-up?secret={secret}")).status(), 404);
        assert_eq!(town.post_as("", "/staff/set-up", &filled(&secret, &[])).status(), 404);
        assert!(town.db.units().expect("units").is_empty() && town.db.users().expect("users").is_empty());
    }

    fn a_unit_that_no_plan_names_is_set_up_by_its_name(fresh) {
        let (town, secret) = started(fresh);
        let named = [
            ("ward", "other"), ("city_name", "Tỉnh Lào Cai"), ("ward_name", " Xã  Bản Xèo "), ("counters", "1"),
            ("schools", ""), ("kindergartens", ""),
        ];
        let answer = town.post_as("", "/staff/set-up", &filled(&secret, &named));
        location(&answer);
        let units = town.db.units().expect("units");
        let ward = units.iter().find(|unit| unit.code == "xa-ban-xeo").expect("the commune");
        assert_eq!((ward.name_vi.as_str(), ward.name_en.as_str()), ("Xã Bản Xèo", "Bản Xèo Commune"));
        let city = units.iter().find(|unit| unit.code == "tinh-lao-cai").expect("the province");
        assert_eq!(ward.parent, Some(city.id));
    }
}

#[test]
fn the_secret_changes_at_every_start_until_somebody_can_sign_in() {
    let fresh = fresh_db(Backend::Sqlite);
    let (town, first) = started(&fresh);
    drop(town);
    let (town, second) = started(&fresh);
    assert_ne!(first, second);
    assert_eq!(town.get(&format!("/staff/set-up?secret={first}")).status(), 404, "the last start's secret is over");
    location(&town.post_as("", "/staff/set-up", &filled(&second, &[])));
    assert!(town.db.meta("first_start_secret").expect("meta").is_none(), "used up");
}

#[test]
fn only_the_hash_of_the_secret_is_kept() {
    let fresh = fresh_db(Backend::Sqlite);
    let (town, secret) = started(&fresh);
    let kept = town.db.meta("first_start_secret").expect("meta").expect("a secret");
    assert!(!kept.contains(&secret));
    // SHA-256 of the secret in hexadecimal digits.
    let hash = sipas::secrets::hex::hex(&Sha256::digest(secret.as_bytes()));
    assert!(kept.starts_with(&hash));
}

#[test]
fn the_sign_in_points_to_the_set_up_until_it_is_done() {
    let fresh = fresh_db(Backend::Sqlite);
    let (town, secret) = started(&fresh);
    let (status, before) = page(town.get("/staff/sign-in"));
    assert_eq!(status, 200);
    assert_eq!(texts(&before, "h1"), ["Hệ thống chưa được thiết lập"]);
    assert!(!before.contains(&secret), "only the operator knows the address");
    location(&town.post_as("", "/staff/set-up", &filled(&secret, &[])));
    let (_, after) = page(town.get("/staff/sign-in"));
    assert_eq!(texts(&after, "h1"), ["Đăng nhập"]);
}

#[test]
fn every_mistake_is_told_at_its_field_with_the_rest_kept_but_passwords() {
    let fresh = fresh_db(Backend::Sqlite);
    let (town, secret) = started(&fresh);
    let mistakes = [
        ("ward", "other"),
        ("city_name", "Hà Nội"),
        ("ward_name", ""),
        ("ward_code", "Có Dấu"),
        ("display_name", ""),
        ("name", "ă"),
        ("password", "ngắn"),
        ("counters", "0"),
        ("schools", "Trường A\nTrường A"),
    ];
    let (status, shown) = page(town.post_as("", "/staff/set-up", &filled(&secret, &mistakes)));
    assert_eq!(status, 422);
    for field in ["city_name", "ward_name", "display_name", "name", "password", "counters", "schools"] {
        assert_eq!(texts(&shown, &format!("#{field}-error")).len(), 1, "{field}");
        assert_eq!(texts(&shown, &format!(".summary a[href='#{field}']")).len(), 1, "{field}");
    }
    assert!(shown.contains("value=\"Hà Nội\"") && !shown.contains("ngắn\""), "kept, but no password");
    assert_eq!(texts(&shown, "#kindergartens"), ["Trường Mầm non Bờ Cỏ May"]);
    assert!(town.db.units().expect("units").is_empty(), "nothing half done");
    let differing = filled(&secret, &[("password_again", "một câu khác để nhớ")]);
    let (status, shown) = page(town.post_as("", "/staff/set-up", &differing));
    assert_eq!((status, texts(&shown, "#password_again-error").len()), (422, 1));
    // Without a point: they are added later, by the first steps.
    let none = filled(&secret, &[("points", "x"), ("schools", ""), ("kindergartens", "")]);
    assert_eq!(location(&town.post_as("", "/staff/set-up", &none)), "/staff/first-steps?done=set-up");
    assert!(town.db.points(None).expect("points").is_empty());
}

#[test]
fn a_set_up_from_another_site_is_refused() {
    let fresh = fresh_db(Backend::Sqlite);
    let (town, secret) = started(&fresh);
    let request = town.client.post(format!("{}/staff/set-up", town.address)).header("sec-fetch-site", "cross-site");
    assert_eq!(request.form(&filled(&secret, &[])).send().expect("an answer").status(), 403);
    assert!(!town.db.any_user().expect("an answer"));
}
