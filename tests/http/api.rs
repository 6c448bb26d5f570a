//! Programs that send answers and read what a point asks.

use serde_json::{Value, json};

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::Town;

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
