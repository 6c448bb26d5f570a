//! A tablet at the counter: only where it was switched on, counted as such, and leading nowhere.

use chrono::Days;
use scraper::Html;
use sipas::db::TallyFilter;
use sipas::sheet::tally::Mode;

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{Town, location, select, texts};

on_both! {
    fn a_kiosk_answers_only_where_it_is_switched_on_and_is_counted_as_one(fresh) {
        let town = Town::start(fresh);
        let address = format!("/s/{}?kiosk", town.counter);
        assert_eq!(town.get(&address).status(), 404);
        let mut form = town.filled_form(&town.counter, "4");
        form.set("mode", "kiosk");
        let sent = town.client.post(format!("{}{address}", town.address)).form(&form.pairs).send().expect("an answer");
        assert_eq!(sent.status(), 404);
        assert_eq!(town.post_form(&town.counter, &form).status(), 404);
        let mut sheet = town.json_sheet(&town.counter, 4);
        sheet["mode"] = "kiosk".into();
        assert_eq!(town.post_json(&town.counter, &sheet).status(), 422);
        sheet["mode"] = "telephone".into();
        assert_eq!(town.post_json(&town.counter, &sheet).status(), 422);
        assert_eq!(town.stored(), 0);

        let switch = format!("/staff/points/{}/kiosk", town.counter);
        let viewer = town.sign_in("viewer");
        assert_eq!(town.post_as(&viewer, &format!("{switch}?on=1"), &[]).status(), 403);
        let owner = town.sign_in("lan");
        let asked = town.get_as(&owner, &switch).text().expect("a page");
        assert_eq!(texts(&asked, "h1"), ["Cho trả lời trên máy tính bảng"]);
        let done = location(&town.post_as(&owner, &format!("{switch}?on=1"), &[]));
        assert!(town.get_as(&owner, &done).text().expect("a page").contains(&format!("/s/{}?kiosk", town.counter)));

        assert_eq!(town.get(&address).status(), 200);
        let sent = town.client.post(format!("{}{address}=1", town.address)).form(&form.pairs).send().expect("an answer");
        let thanks = location(&sent);
        let thanks = town.get(&thanks).text().expect("a page");
        let back = select(&Html::parse_document(&thanks), ".message a");
        let home = format!("/s/{}?kiosk=1", town.counter);
        assert_eq!(back.iter().map(|link| link.attr("href")).collect::<Vec<_>>(), [Some(home.as_str())]);
        sheet["mode"] = "kiosk".into();
        assert_eq!(town.post_json(&town.counter, &sheet).status(), 201);
        assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, 4)).status(), 201);
        let today = sipas::clock::today();
        let from = today - Days::new(1);
        let tallies = town.db.tallies(&TallyFilter { units: None, from, to: today, live: true }).expect("tallies");
        let of = |mode| tallies.iter().filter(|(key, _)| key.mode == mode).map(|(_, tally)| tally.sheets).sum::<u64>();
        assert_eq!((of(Mode::Kiosk), of(Mode::Phone)), (2, 1));

        // Signs of life, for staff.
        let alive = format!("{}/s/{}/alive", town.address, town.counter);
        let said = || texts(&town.get_as(&owner, "/staff/points").text().expect("a page"), "td .small").join("\n");
        assert!(said().contains("Máy tính bảng: chưa thấy từ khi máy chủ khởi động"), "{}", said());
        assert_eq!(town.client.post(&alive).send().expect("an answer").status(), 204);
        assert!(said().contains("Máy tính bảng: đang hoạt động"), "{}", said());
        assert_eq!(town.client.post(format!("{}/s/{}/alive", town.address, town.centre)).send().expect("one").status(), 422);

        location(&town.post_as(&owner, &format!("{switch}?on=0"), &[]));
        assert_eq!(town.get(&address).status(), 404);
        assert_eq!(town.client.post(&alive).send().expect("an answer").status(), 422);
        assert!(!said().contains("Máy tính bảng:"), "{}", said());
    }
}

#[test]
fn a_tablet_whose_code_was_replaced_goes_on_to_the_new_one_and_stays_a_tablet() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    town.db.by_nobody().set_kiosk(&town.counter, true).expect("a switch");
    let mut form = town.filled_form(&town.counter, "4");
    form.set("mode", "kiosk");
    let new = town.db.by_nobody().replace_code(&town.counter, sipas::clock::today()).expect("a new code");
    let leads = location(&town.get(&format!("/s/{}?kiosk=1&lang=en", town.counter)));
    assert_eq!(leads, format!("/s/{new}?lang=en&kiosk=1"));
    assert_eq!(town.get(&leads).status(), 200);
    // It learns of it from the server, which it tells every minute that it is on.
    let alive = |code: &str| town.client.post(format!("{}/s/{code}/alive", town.address)).send().expect("one").status();
    assert_eq!((alive(&town.counter).as_u16(), alive(&new).as_u16()), (410, 204));
    // Without its script, what was typed stands on the tablet's form of the new code.
    let sent = town.client.post(format!("{}/s/{}?kiosk=1", town.address, town.counter)).form(&form.pairs).send();
    let page = Html::parse_document(&sent.expect("an answer").text().expect("a page"));
    assert_eq!(select(&page, "form")[0].attr("action"), Some(format!("/s/{new}?kiosk=1").as_str()));
    assert_eq!(select(&page, "html.kiosk input[name=mode][value=kiosk]").len(), 1);
}

#[test]
fn a_kiosk_page_leads_to_no_other_page() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    town.db.by_nobody().set_kiosk(&town.counter, true).expect("a switch");
    for path in [format!("/s/{}?kiosk", town.counter), format!("/s/{}/thanks?kiosk=1", town.counter)] {
        let body = town.get(&path).text().expect("a page");
        // What stands in a template is shown later and counts as well; scraper reads it as part of the page.
        let links = select(&Html::parse_document(&body), "a");
        let links: Vec<_> = links.iter().filter_map(|link| link.attr("href")).collect();
        let own = |link: &&str| link.starts_with('#') || link.contains("kiosk=1") && link.starts_with("/s/");
        assert!(links.iter().all(own), "{links:?}");
        assert!(!body.contains("/complaints") && !body.contains("/results") && !body.contains("/privacy"), "{path}");
    }
}
