//! Programs that send answers and read what a point asks.

use serde_json::{Value, json};

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{Town, page, texts};

on_both! {
    fn a_sheet_is_201_a_repeat_200_and_other_content_409(fresh) {
        let town = Town::start(fresh);
        let mut sheet = town.json_sheet(&town.counter, 4);
        assert_eq!(town.post_json(&town.counter, &sheet).status(), 201);
        sheet["lang"] = json!("en");
        assert_eq!(town.post_json(&town.counter, &sheet).status(), 200, "the language does not count");
        sheet["answers"]["access_info"] = json!(1);
        assert_eq!(town.post_json(&town.counter, &sheet).status(), 409);
        assert_eq!(town.stored(), 1);
    }

    fn page_and_api_share_one_ledger(fresh) {
        let town = Town::start(fresh);
        let sheet = town.json_sheet(&town.counter, 4);
        assert_eq!(town.post_json(&town.counter, &sheet).status(), 201);
        let mut form = town.filled_form(&town.counter, "4");
        form.set("attempt", sheet["attempt"].as_str().expect("an attempt"));
        assert_eq!(town.post_form(&town.counter, &form).status(), 303);
        assert_eq!(town.stored(), 1);
    }
}

#[test]
fn a_point_says_what_it_asks() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let described: Value = town.get(&format!("/api/v1/points/{}", town.station)).json().expect("JSON");
    assert_eq!(described["code"], town.station.as_str());
    assert_eq!(described["unit"], "cau-giay-tyt");
    assert_eq!(described["form"], "tram-y-te@2");
    assert_eq!(described["languages"], json!(["vi", "en"]));
    let item = &described["items"][0];
    assert!(item["id"].is_string() && item["section"].is_string() && item["required"].is_boolean(), "{item}");
    assert!(described["demographics"][0]["options"].is_array());
}

#[test]
fn bad_json_is_refused_field_by_field_and_stores_nothing() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let refused = |change: &dyn Fn(&mut Value), field: &str| {
        let mut sheet = town.json_sheet(&town.counter, 4);
        change(&mut sheet);
        let answer = town.post_json(&town.counter, &sheet);
        assert_eq!(answer.status(), 422, "{field}");
        let body: Value = answer.json().expect("JSON");
        let fields: Vec<&str> =
            body["errors"].as_array().expect("errors").iter().filter_map(|error| error["field"].as_str()).collect();
        assert!(fields.contains(&field), "{field} is not among {fields:?}");
    };
    refused(&|sheet| sheet["answers"]["access_info"] = json!(6), "q.access_info");
    refused(&|sheet| sheet["answers"]["access_info"] = json!("4"), "q.access_info");
    refused(&|sheet| sheet["answers"]["nonsense"] = json!(4), "q.nonsense");
    refused(&|sheet| sheet["colour"] = json!("red"), "colour");
    refused(&|sheet| sheet["attempt"] = json!("not-a-uuid"), "attempt");
    refused(&|sheet| sheet["field"] = json!("health"), "field");
    refused(&|sheet| sheet["ticket"] = json!("ABCDEF2345"), "ticket");
    refused(&|sheet| sheet["comment"] = json!("x".repeat(1_201)), "comment");
    assert_eq!(town.stored(), 0);
}

#[test]
fn other_statuses_are_those_of_the_contract() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let sheet = town.json_sheet(&town.counter, 4);
    let address = format!("{}/api/v1/points/{}/responses", town.address, town.counter);
    let post = |kind: &str, body: Vec<u8>| {
        town.client.post(&address).header("content-type", kind).body(body).send().expect("an answer").status()
    };
    assert_eq!(post("text/plain", sheet.to_string().into_bytes()), 415);
    assert_eq!(post("application/json", vec![b' '; 70_000]), 413);
    assert_eq!(post("application/json", b"{\"attempt\":".to_vec()), 422);
    assert_eq!(post("application/json", vec![0xff, 0xfe]), 422);
    assert_eq!(town.post_json("2222223", &sheet).status(), 404);
    town.db.by_nobody().retire_point(&town.counter, sipas::clock::today()).expect("retired");
    assert_eq!(town.post_json(&town.counter, &sheet).status(), 410);
    assert_eq!(town.stored(), 0);
}

#[test]
fn a_program_reads_by_a_key_within_its_unit_until_the_key_is_ended() {
    let town = Town::start(&fresh_db(Backend::Sqlite));
    let administrator = town.sign_in("administrator");
    let until = (sipas::clock::today() + chrono::Days::new(30)).to_string();
    let new = [("name", "Power BI"), ("role", "viewer"), ("unit", "phuong-cau-giay"), ("until", until.as_str())];
    let (status, made) = page(town.post_as(&administrator, "/staff/tokens", &new));
    assert_eq!(status, 200, "{made}");
    let secret = texts(&made, ".done code").first().expect("a secret").clone();
    assert!(secret.starts_with("sipas_") && secret.len() == 70, "{secret}");
    let ask = |path: &str, secret: &str| {
        let request = town.client.get(format!("{}{path}", town.address));
        request.header("authorization", format!("Bearer {secret}")).send().expect("an answer")
    };
    let plans: Value = ask("/api/v1/plans", &secret).json().expect("JSON");
    let keys: Vec<&str> = plans.as_array().expect("plans").iter().filter_map(|plan| plan["plan"].as_str()).collect();
    assert!(keys.contains(&"cau-giay-2026") && !keys.iter().any(|key| key.starts_with("phu-dien")), "{keys:?}");
    let index = plans.as_array().expect("plans").iter().find(|plan| plan["plan"] == "cau-giay-2026").expect("a plan");
    let address = index["periods"][0]["index"].as_str().expect("an address");
    assert_eq!(ask(address, &secret).status(), 200);
    assert_eq!(ask("/api/v1/points", &secret).status(), 200);
    // Another's plan, another secret, no secret, and a page for people.
    assert_eq!(ask("/api/v1/plans/phu-dien-2026/periods/2026-q1/index", &secret).status(), 404);
    assert_eq!(ask("/api/v1/plans", "sipas_0").status(), 401);
    assert_eq!(town.get("/api/v1/plans").status(), 401);
    assert_eq!(ask("/staff/units", &secret).status(), 303, "a key signs nobody in");
    // Named once in its unit; ended at once.
    let (status, again) = page(town.post_as(&administrator, "/staff/tokens", &new));
    assert_eq!(status, 422, "{again}");
    let ended =
        town.post_as(&administrator, "/staff/tokens/revoke", &[("unit", "phuong-cau-giay"), ("name", "Power BI")]);
    assert_eq!(ended.status(), 303);
    assert_eq!(ask("/api/v1/plans", &secret).status(), 401);
    // What was not done is not said to be done, and leaves no row.
    for name in ["Power BI", "Không có"] {
        let form = [("unit", "phuong-cau-giay"), ("name", name)];
        let answer = town.post_as(&administrator, "/staff/tokens/revoke", &form);
        assert!(crate::town::location(&answer).ends_with("?done=gone"), "{name}");
    }
    let log = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 100).expect("the log");
    assert_eq!(log.iter().filter(|row| row.action == "revoke_token").count(), 1);
    let listed = town.get_as(&administrator, "/staff/tokens").text().expect("a page");
    assert!(listed.contains("thu hồi") && !listed.contains(&secret));
}

#[test]
fn the_description_for_programs_is_for_everybody() {
    let town = Town::start(&fresh_db(Backend::Sqlite));
    let description: Value = town.get("/api/v1/openapi.json").json().expect("JSON");
    assert_eq!(description["openapi"], "3.1.0");
    assert!(description["paths"]["/api/v1/plans/{plan}/periods/{period}/index"]["get"].is_object());
}
