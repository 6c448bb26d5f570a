//! Complaints and suggestions: left, found again, read by those who may, and joined to nothing.

use scraper::Html;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{Town, location, page, select, texts};

const WORDS: &str = "Phải đến ba lần <b>mới</b> xong.\nLần nào cũng thiếu giấy.";

fn leave(town: &Town, once: &str, text: &str, contact: &str) -> reqwest::blocking::Response {
    let form = [
        ("unit", "phuong-cau-giay"),
        ("once", once),
        ("lang", "vi"),
        ("kind", "complaint"),
        ("text", text),
        ("contact", contact),
    ];
    town.client.post(format!("{}/complaints", town.address)).form(&form).send().expect("an answer")
}

const ONCE: &str = "5a0e8f3c-9999-4222-8333-000000000001";

on_both! {
    fn a_complaint_gets_a_reference_and_is_read_by_those_who_may(fresh) {
        let town = Town::start(fresh);
        let left = location(&leave(&town, ONCE, WORDS, "0912 345 678"));
        let (status, seen) = page(town.get(&left));
        assert_eq!(status, 200);
        assert!(seen.contains("Đã nhận"));
        assert!(!seen.contains("0912") && !seen.contains("ba lần"), "who has the reference sees how far it is, no more");
        let reference = texts(&seen, ".reference")[0].clone();
        // The bound of the house: at least ten symbols that cannot be guessed.
        assert!(reference.chars().filter(char::is_ascii_alphanumeric).count() >= 10, "{reference}");
        let typed = reference.to_lowercase().replace('-', "%20");
        let found = location(&town.get(&format!("/complaints?reference={typed}")));
        assert_eq!(page(town.get(&found)).0, 200);
        assert_eq!(town.get("/complaints/7K2M-9QXA-41TD").status(), 404);
        assert_eq!(town.get("/complaints/nonsense").status(), 404);

        for (name, reads) in [("leader", true), ("plan_owner", true), ("data_entry", false), ("staff", false)] {
            let (status, body) = page(town.get_as(&town.sign_in(name), "/staff/complaints"));
            assert_eq!(status, if reads { 200 } else { 403 }, "{name}");
            assert_eq!(body.contains("Phải đến ba lần &#60;b&#62;mới"), reads, "{name}");
            assert_eq!(body.contains("0912 345 678"), reads, "{name}");
        }
        let (status, other) = page(town.get_as(&town.sign_in("hoa"), "/staff/complaints"));
        assert!(status == 200 && !other.contains("ba lần"), "another commune's");
        assert_eq!(town.stored(), 0, "no answer came of it");
    }

    fn a_complaint_sent_twice_is_one_and_other_words_are_another(fresh) {
        let town = Town::start(fresh);
        let first = location(&leave(&town, ONCE, WORDS, ""));
        assert_eq!(location(&leave(&town, ONCE, WORDS, "")), first);
        let other = leave(&town, ONCE, "Chuyện khác", "");
        assert_eq!(other.status(), 409);
        let body = other.text().expect("a page");
        assert_eq!(texts(&body, "textarea"), ["Chuyện khác"]);
        let again = select(&Html::parse_document(&body), "input[name=once]")[0].attr("value").expect("a value").to_owned();
        assert_ne!(again, ONCE);
        assert_ne!(location(&leave(&town, &again, "Chuyện khác", "")), first);
        let units = town.db.units().expect("units").iter().map(|unit| unit.id).collect::<Vec<_>>();
        let kept = town.db.complaints(&units, 10).expect("complaints");
        assert_eq!(kept.len(), 2);
        assert!(kept.iter().all(|kept| kept.received_on == sipas::clock::today()), "a day and nothing finer");
    }

    fn the_same_by_json(fresh) {
        let town = Town::start(fresh);
        let send = |body: &Value| {
            town.client.post(format!("{}/api/v1/complaints", town.address)).json(body).send().expect("an answer")
        };
        // A counter's code is enough: its ward answers for it.
        let body = json!({"unit": "cau-giay-hcc", "kind": "suggestion", "text": "Thêm ghế", "once": ONCE});
        let first = send(&body);
        assert_eq!(first.status(), 201);
        let reference = first.json::<Value>().expect("JSON")["reference"].as_str().expect("a reference").to_owned();
        assert_eq!(send(&body).status(), 200);
        let found: Value = town.get(&format!("/api/v1/complaints/{reference}")).json().expect("JSON");
        let today = sipas::clock::today().to_string();
        assert_eq!(
            found,
            json!({"reference": reference, "unit": "phuong-cau-giay", "kind": "suggestion", "received_on": today, "state": "received"})
        );
        let faults: Value = send(&json!({"unit": "nowhere", "kind": "praise", "text": " "})).json().expect("JSON");
        let fields: Vec<_> = faults["errors"].as_array().expect("errors").iter().map(|error| &error["field"]).collect();
        assert_eq!(fields, ["unit", "kind", "text"]);
        assert_eq!(send(&json!({"unit": "cau-giay-hcc", "rating": 5})).status(), 422);
        assert_eq!(town.get("/api/v1/complaints/7K2M-9QXA-41TD").status(), 404);
    }
}

#[test]
fn the_page_tells_every_fault_at_its_place_and_keeps_what_was_typed() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let form = [("kind", "praise"), ("text", ""), ("contact", "0912"), ("lang", "en")];
    let sent = town.client.post(format!("{}/complaints", town.address)).form(&form).send().expect("an answer");
    assert_eq!(sent.status(), 422);
    let body = sent.text().expect("a page");
    let document = Html::parse_document(&body);
    assert_eq!(texts(&body, ".summary li").len(), 3);
    for link in select(&document, ".summary a") {
        let target = link.attr("href").expect("an address");
        assert_eq!(select(&document, target).len(), 1, "{target} is not in the page");
    }
    assert_eq!(select(&document, "#contact")[0].attr("value"), Some("0912"));
    assert!(texts(&body, "option").iter().any(|name| name == "Phường Cầu Giấy"));
    let thanks = town.get(&format!("/s/{}/thanks", town.counter)).text().expect("a page");
    let links = select(&Html::parse_document(&thanks), ".message a");
    let links: Vec<_> = links.iter().filter_map(|link| link.attr("href")).map(str::to_owned).collect();
    assert_eq!(links, ["/results?unit=cau-giay-hcc", "/complaints?unit=cau-giay-hcc"]);
    let page = town.get(&links[1]).text().expect("a page");
    assert!(texts(&page, "main").join(" ").contains("Gửi đến: Phường Cầu Giấy"));
    assert!(!page.contains(&town.counter), "the point does not come along");
}
