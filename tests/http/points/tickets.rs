//! One-time codes as citizens and programs meet them.

use std::path::PathBuf;

use scraper::Html;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::{Town, location, period, select, texts};

/// A file for the key that goes away with this value.
struct KeyFile(PathBuf);

impl KeyFile {
    fn new(fresh: &FreshDb) -> Self {
        let name: String = fresh.address().chars().filter(char::is_ascii_alphanumeric).collect();
        Self(std::env::temp_dir().join(format!("sipas_key_{}", &name[name.len().saturating_sub(40)..])))
    }

    fn town(&self, fresh: &FreshDb, settings: &[(&str, &str)]) -> Town {
        let mut all = vec![("SIPAS_TICKET_KEY_FILE", self.0.to_str().expect("UTF-8"))];
        all.extend(settings);
        Town::start_with(fresh, &all)
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn used(town: &Town) -> u64 {
    let units: Vec<i32> = town.db.units().expect("units").iter().map(|unit| unit.id).collect();
    town.db.ticket_counts(&units).expect("counts").iter().map(|count| count.used).sum()
}

on_both! {
    fn one_code_in_fifty_parallel_posts_is_used_once_and_nobody_is_thanked_for_nothing(fresh) {
        let file = KeyFile::new(fresh);
        let town = file.town(fresh, &[]);
        let code = town.issue_tickets(&town.counter, 1, &file.0).remove(0);
        let sheets: Vec<Value> = (0..50)
            .map(|_| {
                let mut sheet = town.json_sheet(&town.counter, 4);
                sheet["ticket"] = json!(code);
                sheet
            })
            .collect();
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let posts: Vec<_> = sheets
                .iter()
                .map(|sheet| scope.spawn(|| town.post_json(&town.counter, sheet).status().as_u16()))
                .collect();
            posts.into_iter().map(|post| post.join().expect("an answer")).collect()
        });
        statuses.sort_unstable();
        assert_eq!((statuses[0], statuses[1], statuses[49]), (201, 422, 422));
        assert_eq!((town.stored(), used(&town)), (1, 1));
    }

    fn a_card_opens_the_form_with_its_code_and_the_answer_is_of_the_series_of_tickets(fresh) {
        let file = KeyFile::new(fresh);
        let town = file.town(fresh, &[]);
        let codes = town.issue_tickets(&town.counter, 10, &file.0);
        for code in &codes {
            let mut form = town.filled_form(&town.counter, "4");
            let page = town.get(&format!("/S/{}?ticket={code}", town.counter)).text().expect("a page");
            let hidden = select(&Html::parse_document(&page), "input[type=hidden][name=ticket]");
            assert_eq!(hidden[0].attr("value"), Some(code.as_str()));
            form.set("ticket", &code.to_lowercase());
            assert_eq!(town.post_form(&town.counter, &form).status(), 303);
            assert_eq!(town.post_form(&town.counter, &form).status(), 303, "a repeat is thanked");
        }
        assert_eq!((town.stored(), used(&town)), (10, 10));
        let session = town.sign_in("lan");
        town.let_in();
        let respondents = |series: &str| -> Value {
            let path = format!("/api/v1/plans/cau-giay-2026/periods/{}/index?series={series}", period());
            let report: Value = town.get_as(&session, &path).json().expect("JSON");
            assert_eq!(report["series"], series);
            report["fields"][0]["estimate"]["respondents"].clone()
        };
        assert_eq!((respondents("ticket"), respondents("open")), (json!(10), Value::Null), "never mixed");
        let page = town.get_as(&session, "/staff/points/tickets").text().expect("a page");
        let row = &texts(&page, "tbody tr")[0];
        assert!(row.contains("Quầy số 1") && row.contains("10từ 10từ 100,0%"), "{row}");
    }
}

#[test]
fn the_short_address_of_a_card_keeps_language_and_large_print() {
    let fresh = fresh_db(Backend::Sqlite);
    let file = KeyFile::new(&fresh);
    let town = file.town(&fresh, &[]);
    let code = town.issue_tickets(&town.counter, 1, &file.0).remove(0);
    let leads = |behind: &str| location(&town.get(&format!("/T/{}{code}{behind}", town.counter)));
    assert_eq!(leads(""), format!("/s/{}?ticket={code}", town.counter));
    assert_eq!(leads("?lang=en&large=1"), format!("/s/{}?ticket={code}&lang=en&large=1", town.counter));
    assert_eq!(leads("?lang=%0d%0ax"), format!("/s/{}?ticket={code}", town.counter), "no language, and no header");
}

#[test]
fn a_code_that_cannot_be_used_keeps_every_answer_and_offers_to_send_without_it() {
    let fresh = fresh_db(Backend::Sqlite);
    let file = KeyFile::new(&fresh);
    let town = file.town(&fresh, &[]);
    let codes = town.issue_tickets(&town.counter, 2, &file.0);
    let elsewhere = town.issue_tickets(&town.station, 1, &file.0).remove(0);
    let mut first = town.json_sheet(&town.counter, 4);
    first["ticket"] = json!(codes[0]);
    assert_eq!(town.post_json(&town.counter, &first).status(), 201);
    let strange = sipas::service::tickets::new_codes(1).expect("a code").remove(0);
    let misspelt = format!("{}{}", &codes[1][..10], if codes[1].ends_with('2') { '3' } else { '2' });
    for code in [&codes[0], &elsewhere, &strange, &misspelt] {
        let mut form = town.filled_form(&town.counter, "3");
        form.set("comment", "Chờ lâu").set("ticket", code);
        let answer = town.post_form(&town.counter, &form);
        assert_eq!(answer.status(), 422, "{code}");
        let page = answer.text().expect("a page");
        let sending = texts(&page, "main button[type=submit]");
        assert!(!sending.is_empty() && sending.iter().all(|words| words == "Gửi không kèm mã"), "{sending:?}");
        assert_eq!(texts(&page, "textarea"), ["Chờ lâu"]);
        assert!(texts(&page, ".summary li")[0].contains("Gửi không kèm mã"));
        let document = Html::parse_document(&page);
        assert!(select(&document, "[name=ticket]").is_empty());
        assert_eq!(select(&document, "input[checked][value='3']").len(), select(&document, "input[value='3']").len());
        // What the button sends: the same attempt without the code.
        let attempt = select(&document, "input[name=attempt]")[0].attr("value").expect("an attempt").to_owned();
        assert_eq!(attempt, form.get("attempt"));
        form.pairs.retain(|(name, _)| name != "ticket");
        assert_eq!(town.post_form(&town.counter, &form).status(), 303, "{code}");
        let mut sheet = town.json_sheet(&town.counter, 4);
        sheet["ticket"] = json!(code);
        let answer = town.post_json(&town.counter, &sheet);
        assert_eq!(answer.status(), 422);
        let body: Value = answer.json().expect("JSON");
        assert_eq!(body["errors"][0]["field"], "ticket", "{body}");
    }
    assert_eq!((town.stored(), used(&town)), (5, 1));
    // An unreadable one stands at its field, to be mended.
    let mut form = town.filled_form(&town.counter, "3");
    form.set("ticket", "đây là mã");
    let page = town.post_form(&town.counter, &form).text().expect("a page");
    assert_eq!(texts(&page, "#ticket-error").len(), 1);
    assert_eq!(select(&Html::parse_document(&page), "input#ticket")[0].attr("value"), Some("đây là mã"));
}

#[test]
fn a_code_passes_the_limit_until_somebody_guesses() {
    let fresh = fresh_db(Backend::Sqlite);
    let file = KeyFile::new(&fresh);
    let town = file.town(&fresh, &[("SIPAS_SUBMIT_LIMIT", "1")]);
    let codes = town.issue_tickets(&town.counter, 3, &file.0);
    let post = |ticket: Option<&str>| {
        let mut sheet = town.json_sheet(&town.counter, 4);
        if let Some(ticket) = ticket {
            sheet["ticket"] = json!(ticket);
        }
        town.post_json(&town.counter, &sheet).status().as_u16()
    };
    assert_eq!(post(None), 201);
    assert_eq!((post(None), post(Some(&codes[0]))), (429, 201));
    let guesses: Vec<u16> =
        sipas::service::tickets::new_codes(70).expect("codes").iter().map(|code| post(Some(code))).collect();
    assert_eq!(guesses.iter().filter(|status| **status == 422).count(), 60);
    assert_eq!(guesses.iter().filter(|status| **status == 429).count(), 10);
    assert_eq!(post(Some(&codes[1])), 429, "codes count for nothing here now");
    assert_eq!(town.stored(), 2);
}

#[test]
fn a_code_can_be_typed_where_cards_were_handed_out_and_nowhere_else() {
    let fresh = fresh_db(Backend::Sqlite);
    let file = KeyFile::new(&fresh);
    let town = file.town(&fresh, &[]);
    let links = |code: &str| texts(&town.get(&format!("/s/{code}")).text().expect("a page"), "#lead a");
    assert!(links(&town.counter).is_empty(), "before the first card");
    let code = town.issue_tickets(&town.station, 1, &file.0).remove(0);
    assert!(links(&town.counter).is_empty());
    assert_eq!(links(&town.station), ["Tôi có thẻ mã"]);
    let page = town.get(&format!("/s/{}?ticket=&lang=vi", town.station)).text().expect("a page");
    assert_eq!(select(&Html::parse_document(&page), "input#ticket").len(), 1);
    let mut form = town.filled_form(&town.station, "5");
    form.set("ticket", &format!(" {} ", sipas::survey::code::ticket_in_groups(&code).to_lowercase()));
    assert_eq!(town.post_form(&town.station, &form).status(), 303);
    let mut empty = town.filled_form(&town.station, "5");
    empty.set("ticket", "");
    assert_eq!(town.post_form(&town.station, &empty).status(), 303, "left empty");
    assert_eq!((town.stored(), used(&town)), (2, 1));
}
