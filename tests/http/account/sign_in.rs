//! The plan owner signs in and reads; nobody else's figures, no figures without a session.

use serde_json::Value;

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{Form, PASSWORD, Town, period, texts};

on_both! {
    fn figures_do_not_move_by_day_and_are_the_same_on_page_api_and_report(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("lan");
        let index_text = |town: &Town| -> String {
            let path = format!("/api/v1/plans/cau-giay-2026/periods/{}/index", period());
            town.get_as(&session, &path).text().expect("JSON")
        };
        let index = |town: &Town| -> Value { serde_json::from_str(&index_text(town)).expect("JSON") };
        // Fourteen satisfied and six dissatisfied citizens.
        for _ in 0..14 {
            assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, 5)).status(), 201);
        }
        for _ in 0..6 {
            assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, 2)).status(), 201);
        }
        assert_eq!(index(&town)["fields"].as_array().map(Vec::len), Some(0), "nobody sees today's answers arrive");
        town.let_in();
        for _ in 0..9 {
            assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, 5)).status(), 201);
        }
        town.let_in();
        // Nine more are fewer than a release.
        let report = index(&town);
        let estimate = &report["fields"][0]["estimate"];
        assert_eq!(estimate["respondents"], 20);
        // 14 of 20 people are satisfied with everything, 6 with nothing: 0.7 whatever the number of items.
        assert!((estimate["value"].as_f64().expect("a value") - 0.7).abs() < 1e-12);
        let page = town.get_as(&session, &format!("{}?part=all", crate::town::figures_path()));
        assert_eq!(page.status(), 200);
        let rows = texts(&page.text().expect("a page"), "#fields tbody tr");
        assert!(rows.iter().any(|row| row.contains("70,0%")), "{rows:?}");
        let question = sipas::service::figures::Question {
            plan: "cau-giay-2026".to_owned(),
            period: period(),
            unit: None,
            series: sipas::sheet::tally::Series::Open,
            suspects: sipas::index::Suspects::In,
            live: false,
            today: sipas::clock::today(),
        };
        let measured = sipas::service::figures::measure(&town.db, &question).expect("figures");
        // Compared as text: reading a number back could change its last digit.
        let report = serde_json::to_string(&measured.report).expect("JSON");
        assert!(report == index_text(&town), "the page's API and the library give two figures");
        let content = sipas::service::figures::content(&measured, sipas::report::Language::Vi, question.today, false);
        let text = sipas::report::text::text(&content);
        assert!(text.contains("70,0%"), "{text}");
    }
}

#[test]
fn nothing_is_seen_without_a_session() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let page = town.get(&crate::town::figures_path());
    assert_eq!(page.status(), 303);
    assert!(page.headers()["location"].to_str().expect("an address").starts_with("/staff/sign-in?next=/staff/plans/"));
    let api = town.get(&format!("/api/v1/plans/cau-giay-2026/periods/{}/index", period()));
    assert_eq!(api.status(), 401);
}

#[test]
fn another_units_plan_is_not_there_for_the_user() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let hoa = town.sign_in("hoa");
    assert_eq!(town.get_as(&hoa, &crate::town::figures_path()).status(), 404);
    assert_eq!(town.get_as(&hoa, "/staff/plans/o-dien-2026-2030/2026-year").status(), 200);
    let other_unit = "/staff/plans/o-dien-2026-2030/2026-year?unit=phuong-cau-giay";
    assert_eq!(town.get_as(&hoa, other_unit).status(), 404);
    let list = town.get_as(&hoa, "/staff/").text().expect("a page");
    assert!(!list.contains("cau-giay-2026"));
}

#[test]
fn who_keys_sheets_sees_no_figures() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let minh = town.sign_in("minh");
    assert_eq!(town.get_as(&minh, &crate::town::figures_path()).status(), 403);
    let begin = town.get_as(&minh, "/staff/");
    assert_eq!(begin.status(), 303);
    assert_eq!(begin.headers()["location"], "/staff/entry");
}

#[test]
fn a_wrong_password_and_an_unknown_name_get_the_same_words_and_ten_tries_are_enough() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let attempt = |name: &str, password: &str| {
        let form = [("name", name), ("password", password)];
        town.client.post(format!("{}/staff/sign-in", town.address)).form(&form).send().expect("an answer")
    };
    let wrong = attempt("lan", "không phải câu này").text().expect("a page");
    let unknown = attempt("nobody", "không phải câu này").text().expect("a page");
    assert_eq!(texts(&wrong, "#error"), texts(&unknown, "#error"));
    for _ in 0..9 {
        assert_eq!(attempt("lan", "sai").status(), 422);
    }
    assert_eq!(attempt("lan", PASSWORD).status(), 429, "even the right one waits");
    assert_eq!(attempt("hoa", PASSWORD).status(), 303, "a colleague is not locked out");
}

#[test]
fn a_session_ends_on_the_server_when_its_user_signs_out() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    assert_eq!(town.get_as(&lan, "/staff/").status(), 200);
    let out = town.client.post(format!("{}/staff/sign-out", town.address)).header("cookie", &lan);
    assert_eq!(out.send().expect("an answer").status(), 303);
    assert_eq!(town.get_as(&lan, "/staff/").status(), 303);
}

#[test]
fn a_post_from_another_site_is_refused() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let out = |header: &str, value: &str| {
        let request = town.client.post(format!("{}/staff/sign-out", town.address));
        request.header("cookie", &lan).header(header, value).send().expect("an answer").status()
    };
    assert_eq!(out("sec-fetch-site", "cross-site"), 403);
    assert_eq!(out("origin", "https://elsewhere.example"), 403);
    assert_eq!(out("sec-fetch-site", "same-origin"), 303);
}

#[test]
fn what_a_citizen_typed_is_inert_on_every_page() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let mut form: Form = town.filled_form(&town.counter, "5");
    let script = "</textarea><script>alert(1)</script>";
    form.set("comment", script).set("q.access_info", "<img src=x onerror=alert(1)>").set("lang", "\"><script>");
    let page = town.post_form(&town.counter, &form).text().expect("a page");
    assert_eq!(texts(&page, "textarea"), [script]);
    // The form has scripts of its own; none of them holds what was typed.
    assert!(!texts(&page, "script").iter().any(|own| own.contains("alert")));
    assert!(texts(&page, "img").is_empty());
}
