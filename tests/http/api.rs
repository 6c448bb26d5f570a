//! Programs that send answers and read what a point asks.

use std::collections::BTreeSet;

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
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
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

/// The secret of a new key of a role for the ward.
fn key(town: &Town, role: &str) -> String {
    let administrator = town.sign_in("administrator");
    let until = (sipas::clock::today() + chrono::Days::new(30)).to_string();
    let new = [("name", role), ("role", role), ("unit", "phuong-cau-giay"), ("until", until.as_str())];
    let (status, made) = page(town.post_as(&administrator, "/staff/tokens", &new));
    assert_eq!(status, 200, "{made}");
    texts(&made, ".done code").first().expect("a secret").clone()
}

fn by_key(town: &Town, path: &str, secret: &str) -> reqwest::blocking::RequestBuilder {
    town.client.get(format!("{}{path}", town.address)).header("authorization", format!("Bearer {secret}"))
}

/// Status, body and the address of the next page.
fn list(town: &Town, path: &str, secret: &str) -> (u16, Value, Option<String>) {
    let answer = by_key(town, path, secret).send().expect("an answer");
    let next = answer.headers().get("link").map(|link| link.to_str().expect("text").to_owned());
    let next = next.map(|link| {
        let (address, rest) = link.strip_prefix('<').and_then(|link| link.split_once('>')).expect("an address");
        assert_eq!(rest, "; rel=\"next\"");
        address.to_owned()
    });
    (answer.status().as_u16(), answer.json().expect("JSON"), next)
}

/// Every entry of a list, page after page.
fn every(town: &Town, path: &str, secret: &str) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), Some(path.to_owned()));
    while let Some(path) = next {
        let (status, entries, following) = list(town, &path, secret);
        assert_eq!(status, 200, "{path}: {entries}");
        let entries = entries.as_array().expect("a list").clone();
        assert!(!entries.is_empty(), "{path}");
        all.extend(entries);
        next = following;
    }
    all
}

#[test]
fn lists_come_in_pages_with_tags_and_a_word_that_is_not_known_is_refused() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let secret = key(&town, "viewer");
    for (path, name) in [("/api/v1/points", "code"), ("/api/v1/plans", "plan")] {
        let (_, whole, next) = list(&town, path, &secret);
        assert_eq!(next, None);
        let whole = whole.as_array().expect("a list").clone();
        assert!(whole.is_sorted_by_key(|entry| entry[name].as_str().expect("a key").to_owned()));
        assert_eq!(every(&town, &format!("{path}?limit=1"), &secret), whole);
        let tag = by_key(&town, path, &secret).send().expect("an answer").headers()["etag"].clone();
        let same = by_key(&town, path, &secret).header("if-none-match", &tag).send().expect("an answer");
        assert_eq!((same.status().as_u16(), same.headers()["etag"].clone()), (304, tag.clone()));
        assert!(same.bytes().expect("nothing").is_empty());
        if name == "code" {
            town.add_point("cau-giay-hcc", "Quầy số 9");
            assert_eq!(
                by_key(&town, path, &secret).header("if-none-match", &tag).send().expect("an answer").status(),
                200
            );
        }
    }
    let index = "/api/v1/plans/cau-giay-2026/periods/2026-q1/index";
    for path in [
        "/api/v1/points?limit=0",
        "/api/v1/points?limit=1001",
        "/api/v1/points?limt=1",
        "/api/v1/plans?unit=x",
        "/api/v1/plans/cau-giay-2026/rounds?limit=1",
    ] {
        assert_eq!(by_key(&town, path, &secret).send().expect("an answer").status(), 400, "{path}");
    }
    for (query, wanted) in [("?seires=ticket", 400), ("?series=tikcet", 400), ("?series=ticket", 200), ("", 200)] {
        for table in ["", ".csv"] {
            let path = format!("{index}{table}{query}");
            assert_eq!(by_key(&town, &path, &secret).send().expect("an answer").status(), wanted, "{path}");
        }
    }
}

#[test]
fn the_table_of_figures_says_what_the_figures_say() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let secret = key(&town, "viewer");
    let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 20).expect("a day");
    town.load(&town.counter, "judicial", 12, |place| (day, Box::new(move |_: &str| if place < 9 { 5 } else { 2 })));
    let address = "/api/v1/plans/cau-giay-2026/periods/2026-q1/index";
    let (_, figures, _) = list(&town, address, &secret);
    let answer = by_key(&town, &format!("{address}.csv"), &secret).send().expect("an answer");
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let text = answer.text().expect("text");
    let mut rows = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<std::collections::HashMap<String, String>> =
        rows.deserialize().map(|row| row.expect("a row")).collect();
    let field = figures["fields"].as_array().expect("fields").iter().find(|field| field["field"] == "judicial");
    let shown = field.expect("a field")["estimate"]["value"].as_f64().expect("a share");
    let row = rows.iter().find(|row| row["node"] == "field" && row["field"] == "judicial").expect("a row");
    assert_eq!(row["value"].parse::<f64>().expect("a number").to_bits(), shown.to_bits());
    // Every list of the figures is in the table, a row a node, with the same numbers.
    for (list, node) in [("units", "office"), ("factors", "unit_factor"), ("points", "point"), ("counts", "count")] {
        let told = figures[list].as_array().map_or(0, Vec::len);
        let rows: Vec<_> = rows.iter().filter(|row| row["node"] == node).collect();
        assert_eq!(rows.len(), told, "{list}");
        assert!(told > 0, "{list}");
    }
    let office = rows.iter().find(|row| row["node"] == "office" && row["hidden"] == "false").expect("an office");
    let same = |unit: &&serde_json::Value| unit["unit"] == office["of_unit"].as_str();
    let unit = figures["units"].as_array().expect("offices").iter().find(same).expect("the office");
    let value = unit["estimate"]["value"].as_f64().expect("a share");
    assert_eq!(office["value"].parse::<f64>().expect("a number").to_bits(), value.to_bits());
    let ministry = rows.iter().find(|row| row["node"] == "ministry").expect("a row");
    let value = figures["ministry"]["value"].as_f64().expect("a figure");
    assert_eq!(ministry["value"].parse::<f64>().expect("a number").to_bits(), value.to_bits());
    let missing = figures["targets"][0]["missing"].as_array().map_or(0, Vec::len);
    assert_eq!(rows.iter().filter(|row| row["node"] == "target_missing").count(), missing);
}

#[test]
fn a_key_that_asks_in_a_circle_is_told_to_wait_and_the_next_one_is_not() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let (secret, other) = (key(&town, "viewer"), key(&town, "auditor"));
    let asked = (0..1_000).find_map(|asked| {
        let answer = by_key(&town, "/api/v1/plans/none/rounds", &secret).send().expect("an answer");
        (answer.status() == 429).then(|| (asked, answer.headers()["retry-after"].to_str().expect("text").to_owned()))
    });
    assert_eq!(asked, Some((600, "300".to_owned())));
    assert_eq!(by_key(&town, "/api/v1/points", &other).send().expect("an answer").status(), 200);
}

#[test]
fn the_one_stop_system_is_issued_codes_once_and_they_are_good_for_one_answer_each() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let (owner, viewer) = (key(&town, "plan_owner"), key(&town, "viewer"));
    let issue = |secret: &str, code: &str, body: &Value| {
        let request = town.client.post(format!("{}/api/v1/points/{code}/tickets", town.address)).json(body);
        request.header("authorization", format!("Bearer {secret}")).send().expect("an answer")
    };
    let body = json!({"count": 3, "days": 30, "once": "0d1f2f5e-6c1b-4b1e-9a57-0f2d3c4b5a69"});
    let first = issue(&owner, &town.counter, &body);
    assert_eq!(first.status(), 201);
    let first: Value = first.json().expect("JSON");
    let last_day = sipas::clock::today() + chrono::Days::new(29);
    assert_eq!((&first["point"], &first["last_day"]), (&json!(town.counter), &json!(last_day)));
    let again = issue(&owner, &town.counter, &body);
    assert_eq!(again.status(), 200);
    assert_eq!(again.json::<Value>().expect("JSON"), first);
    let units: Vec<i32> = town.db.units().expect("units").iter().map(|unit| unit.id).collect();
    let issued = || town.db.ticket_counts(&units).expect("counts").iter().map(|count| count.issued).sum::<u64>();
    // The same number for other codes is refused, whichever way they differ.
    for (count, days) in [(2, 30), (4, 30), (3, 31), (1, 1)] {
        let other = json!({"count": count, "days": days, "once": body["once"]});
        let refused = issue(&owner, &town.counter, &other);
        assert_eq!(refused.status(), 409, "{other}");
        assert_eq!(refused.json::<Value>().expect("JSON")["code"], "other_content");
    }
    assert_eq!(issued(), 3);
    let ticket = &first["tickets"][0]["code"];
    for wanted in [201, 422] {
        let mut sheet = town.json_sheet(&town.counter, 4);
        sheet["ticket"] = ticket.clone();
        assert_eq!(town.post_json(&town.counter, &sheet).status(), wanted);
    }
    // Nobody else, nowhere else, nothing else.
    assert_eq!(issue(&viewer, &town.counter, &body).status(), 403);
    let elsewhere = town.add_point("xa-o-dien", "Quầy bên");
    assert_eq!(issue(&owner, &elsewhere, &body).status(), 404);
    for (body, field, code) in [
        (json!({"count": 401, "days": 30}), "count", "count_out_of_range"),
        (json!({"count": 1, "days": 0}), "days", "days_out_of_range"),
        (json!({"count": 1, "days": 1, "once": "abc"}), "once", "once_invalid"),
        (json!({"count": 1, "days": 1, "name": "An"}), "", "body_unreadable"),
    ] {
        let answer = issue(&owner, &town.counter, &body);
        assert_eq!(answer.status(), 422, "{body}");
        let told: Value = answer.json().expect("JSON");
        assert_eq!((&told["errors"][0]["field"], &told["errors"][0]["code"]), (&json!(field), &json!(code)));
    }
    let in_a_row = issue(&owner, &town.counter, &json!([1, 30]));
    assert_eq!(in_a_row.status(), 422, "the values in a row are no object");
    // A page of another site that sends with the session of somebody who is signed in.
    let lan = town.sign_in("lan");
    let forged = town.client.post(format!("{}/api/v1/points/{}/tickets", town.address, town.counter)).json(&body);
    let forged = forged.header("cookie", &lan).header("sec-fetch-site", "cross-site").send().expect("an answer");
    assert_eq!(forged.status(), 403);
    assert_eq!(issued(), 3);
    let log = town.db.audit_rows(&["cau-giay-hcc".to_owned()], None, 100).expect("the log");
    assert_eq!(log.iter().filter(|row| row.action == "issue_tickets").count(), 1, "{log:?}");
}

on_both! {
    fn complaints_are_listed_in_pages_for_who_reads_them_and_never_with_a_contact(fresh) {
        let town = Town::start(fresh);
        let (leader, viewer) = (key(&town, "leader"), key(&town, "viewer"));
        for number in 0..5 {
            let body = json!({"unit": "cau-giay-hcc", "kind": "complaint", "text": format!("Chờ lâu {number}"), "contact": "0912 345 678"});
            let sent = town.client.post(format!("{}/api/v1/complaints", town.address)).json(&body).send().expect("an answer");
            assert_eq!(sent.status(), 201);
        }
        let (_, whole, next) = list(&town, "/api/v1/complaints", &leader);
        assert_eq!((whole.as_array().expect("a list").len(), next), (5, None));
        assert_eq!(every(&town, "/api/v1/complaints?limit=2", &leader), whole.as_array().expect("a list").clone());
        assert!(!whole.to_string().contains("0912") && !whole.to_string().contains("Chờ lâu"), "{whole}");
        let one = &whole[0];
        assert_eq!((&one["unit"], &one["state"], &one["late"]), (&json!("phuong-cau-giay"), &json!("received"), &json!(false)));
        let address = format!("/api/v1/complaints/cases/{}", one["case"].as_str().expect("a number"));
        let (status, case, _) = list(&town, &address, &leader);
        assert!(status == 200 && case["text"].as_str().expect("words").starts_with("Chờ lâu"), "{case}");
        assert!(!case.to_string().contains("0912"), "{case}");
        assert_eq!(list(&town, "/api/v1/complaints?state=received&limit=5", &leader).1, whole);
        for (path, secret, wanted) in [
            ("/api/v1/complaints", &viewer, 403), (address.as_str(), &viewer, 403),
            ("/api/v1/complaints?state=recieved", &leader, 400), ("/api/v1/complaints?after=x", &leader, 400),
            ("/api/v1/complaints/cases/0000000000000000", &leader, 404),
        ] {
            assert_eq!(list(&town, path, secret).0, wanted, "{path}");
        }
    }
}

#[test]
fn the_example_in_python_reads_points_and_figures() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let secret = key(&town, "viewer");
    let client = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/api_client.py");
    let run = std::process::Command::new("/usr/bin/python3")
        .args([client, "cau-giay-2026", "2026-q1"])
        .env("SIPAS_URL", &town.address)
        .env("SIPAS_KEY", &secret)
        .output()
        .expect("Python 3");
    let said = String::from_utf8(run.stdout).expect("text");
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    let lines = |kind: &str| said.lines().filter(|line| line.split('\t').next() == Some(kind)).count();
    let (_, points, _) = list(&town, "/api/v1/points", &secret);
    let (_, index, _) = list(&town, "/api/v1/plans/cau-giay-2026/periods/2026-q1/index", &secret);
    assert_eq!(lines("point"), points.as_array().expect("points").len());
    assert_eq!(lines("target"), index["targets"].as_array().expect("targets").len());
    assert!(lines("target") > 0, "{said}");
}

#[test]
fn the_description_for_programs_is_for_everybody() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let description: Value = town.get("/api/v1/openapi.json").json().expect("JSON");
    assert_eq!(description["openapi"], "3.1.0");
    assert!(description["paths"]["/api/v1/plans/{plan}/periods/{period}/index"]["get"].is_object());
    // What is answered is described, all of it.
    let names = |object: &Value| object.as_object().expect("an object").keys().cloned().collect::<BTreeSet<_>>();
    let schemas = &description["components"]["schemas"];
    let point: Value = town.get(&format!("/api/v1/points/{}", town.counter)).json().expect("JSON");
    assert_eq!(names(&schemas["Point"]["properties"]), names(&point));
    assert_eq!(names(&schemas["Point"]["properties"]["items"]["items"]["properties"]), names(&point["items"][0]));
    let sheet = town.json_sheet(&town.counter, 4);
    let new = town.db.by_nobody().replace_code(&town.counter, sipas::clock::today()).expect("a new code");
    let gone: Value = town.post_json(&town.counter, &sheet).json().expect("JSON");
    assert_eq!(gone["replaced_by"], json!(new));
    assert!(names(&gone).is_subset(&names(&schemas["Problem"]["properties"])), "{gone}");
}
