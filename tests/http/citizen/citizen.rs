//! A citizen scans, answers, errs, repeats.

use crate::on_both;
use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::{Town, attempt, select, texts};
use base64::Engine;
use scraper::Html;
use sha2::{Digest, Sha256};

on_both! {
    fn a_form_answered_without_script_is_thanked_after_it_is_stored(fresh) {
        let town = Town::start(fresh);
        let form = town.filled_form(&town.counter, "4");
        let answer = town.post_form(&town.counter, &form);
        assert_eq!(answer.status(), 303);
        assert_eq!(town.stored(), 1);
        let thanks = town.get(answer.headers()["location"].to_str().expect("an address"));
        assert_eq!(thanks.status(), 200);
        assert_eq!(texts(&thanks.text().expect("a page"), "h1"), ["Cảm ơn Ông/Bà"]);
    }

    fn a_form_sent_twice_is_stored_once_and_thanked_twice(fresh) {
        let town = Town::start(fresh);
        let form = town.filled_form(&town.counter, "5");
        assert_eq!(town.post_form(&town.counter, &form).status(), 303);
        assert_eq!(town.post_form(&town.counter, &form).status(), 303);
        assert_eq!(town.stored(), 1);
    }

    fn an_attempt_used_for_other_answers_is_offered_as_a_new_one_with_all_answers_kept(fresh) {
        let town = Town::start(fresh);
        let mut form = town.filled_form(&town.counter, "5");
        town.post_form(&town.counter, &form);
        form.set("q.access_info", "2").set("comment", "Chờ lâu <b>quá</b>");
        let answer = town.post_form(&town.counter, &form);
        assert_eq!(answer.status(), 409);
        let page = answer.text().expect("a page");
        assert_eq!(texts(&page, "button[type=submit]"), ["Gửi thành phiếu mới"; 3]);
        assert_eq!(texts(&page, "textarea"), ["Chờ lâu <b>quá</b>"]);
        let document = Html::parse_document(&page);
        let kept = select(&document, "input[name='q.access_info'][checked]");
        assert_eq!(kept.first().and_then(|input| input.attr("value")), Some("2"));
        let fresh_attempt = select(&document, "input[name=attempt]");
        form.set("attempt", fresh_attempt[0].attr("value").expect("an attempt"));
        assert_eq!(town.post_form(&town.counter, &form).status(), 303);
        assert_eq!(town.stored(), 2);
    }
}

fn sqlite() -> FreshDb {
    fresh_db(Backend::Sqlite)
}

#[test]
fn the_page_is_small_and_asks_for_nothing_more() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    for code in [&town.counter, &town.centre, &town.station] {
        for lang in ["vi", "en"] {
            let page = town.get(&format!("/s/{code}?lang={lang}"));
            assert_eq!(page.headers()["cache-control"], "no-store");
            let policy = page.headers()["content-security-policy"].to_str().expect("a policy").to_owned();
            assert!(policy.starts_with("default-src 'none'"), "{policy}");
            let body = page.text().expect("a page");
            // 30 KiB with the style, which is inlined.
            assert!(body.len() <= 30 * 1024, "{} bytes at {code} in {lang}", body.len());
            let document = Html::parse_document(&body);
            assert!(select(&document, "img, link[rel=stylesheet], iframe").is_empty());
            // The bounds: all scripts of the form 10 KB as the browser reads them, the first visit 13 KB compressed
            // in three requests, before the worker that comes after it.
            let files = select(&document, "script[src]");
            assert_eq!(files.len(), 1, "the page and one file: two requests");
            let address = files[0].attr("src").expect("an address").to_owned();
            let file = town.get(&address);
            assert!(file.headers()["cache-control"].to_str().is_ok_and(|kept| kept.contains("immutable")));
            let script: usize = texts_as_written(&document, "script").iter().map(String::len).sum();
            let script = script + file.text().expect("a script").len();
            assert!((1..=10_000).contains(&script), "{script} bytes of script");
            let sent = compressed(&town, &format!("/s/{code}?lang={lang}")) + compressed(&town, &address);
            assert!(sent <= 13_000, "{sent} bytes compressed");
            assert!(select(&document, "input[checked]").is_empty(), "something is chosen before the citizen chose");
            assert_eq!(select(&document, "html").first().and_then(|html| html.attr("lang")), Some(lang));
        }
    }
}

/// How many bytes of a page travel.
pub fn compressed(town: &Town, path: &str) -> usize {
    let request = town.client.get(format!("{}{path}", town.address)).header("accept-encoding", "gzip");
    let answer = request.send().expect("an answer");
    assert_eq!(answer.headers()["content-encoding"], "gzip", "{path}");
    answer.bytes().expect("a body").len()
}

/// The text of the elements that a selector finds, as it is written.
fn texts_as_written(page: &Html, selector: &str) -> Vec<String> {
    let selector = scraper::Selector::parse(selector).expect("a selector");
    page.select(&selector).map(|element| element.text().collect()).collect()
}

#[test]
fn the_one_script_of_the_page_is_the_one_that_its_policy_allows() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let page = town.get(&format!("/s/{}", town.counter));
    let policy = page.headers()["content-security-policy"].to_str().expect("a policy").to_owned();
    let document = Html::parse_document(&page.text().expect("a page"));
    let scripts = texts_as_written(&document, "script:not([src])");
    assert_eq!(scripts.len(), 1);
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(scripts[0].as_bytes()));
    assert!(policy.contains(&format!("script-src 'sha256-{hash}'")), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
}

#[test]
fn large_print_is_an_address_and_stays_from_page_to_page() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let usual = town.get(&format!("/s/{}", town.counter)).text().expect("a page");
    let document = Html::parse_document(&usual);
    let links: Vec<_> =
        select(&document, "a.lang").iter().filter_map(|link| link.attr("href")).map(str::to_owned).collect();
    assert!(links[0].ends_with("?lang=vi&large=1"), "{links:?}");
    let large = Html::parse_document(&town.get(&links[0]).text().expect("a page"));
    assert_eq!(select(&large, "html.large").len(), 1);
    let links = select(&large, "a.lang, footer a:not(.line)");
    assert!(!links[0].attr("href").expect("an address").contains("large"), "the way back");
    assert!(
        links[1..].iter().all(|link| link.attr("href").is_some_and(|href| href.ends_with("&large=1"))),
        "{links:?}"
    );
    let action = select(&large, "form")[0].attr("action").expect("an action").to_owned();
    let form = town.filled_form(&town.counter, "4");
    let answer = town.client.post(format!("{}{action}", town.address)).form(&form.pairs).send().expect("an answer");
    let thanks = town.get(answer.headers()["location"].to_str().expect("an address")).text().expect("a page");
    assert_eq!(select(&Html::parse_document(&thanks), "html.large").len(), 1);
}

#[test]
fn after_the_core_questions_the_page_offers_to_send_and_the_rest_follows() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let page = town.get(&format!("/s/{}", town.station)).text().expect("a page");
    let form = town.db.newest_form("tram-y-te").expect("a form").expect("published");
    let core = form.questionnaire.sections.iter().filter(|section| !section.optional);
    let core: usize = core.map(|section| section.items.len()).sum();
    assert!(core < form.questionnaire.items().count(), "this questionnaire has optional items");
    let (before, after) = page.split_once("id=enough").expect("the offer");
    assert_eq!(before.matches("<fieldset id=\"q-").count(), core);
    assert_eq!(after.matches("<fieldset id=\"q-").count(), form.questionnaire.items().count() - core);
    assert_eq!(texts(&page, "#enough button"), ["Gửi ngay"]);
    assert_eq!(texts(&page, "#enough a"), ["Trả lời thêm"]);
    assert_eq!(texts(&page, "form").len(), 1, "there is one post");
}

#[test]
fn what_stands_in_brackets_at_the_end_of_a_title_is_for_staff() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let form = town.db.newest_form("thu-tuc-hanh-chinh-day-du").expect("a form").expect("published");
    let title = form.questionnaire.title.in_language("vi");
    assert!(title.ends_with("(phiếu đầy đủ)"), "{title}");
    let new = sipas::db::NewPoint {
        unit: "cau-giay-hcc".to_owned(),
        name_vi: "Bàn trả kết quả".to_owned(),
        name_en: "Results".to_owned(),
        form: form.questionnaire.id.clone(),
        fields: form.questionnaire.fields.iter().take(1).cloned().collect(),
        channel: sipas::plan::Channel::Counter,
        opened_on: sipas::clock::today(),
    };
    let code = town.db.by_nobody().add_point(&new).expect("a point");
    let page = town.get(&format!("/s/{code}")).text().expect("a page");
    assert_eq!(texts(&page, "#lead h1"), [title.trim_end_matches(" (phiếu đầy đủ)")]);
    assert!(!page.contains("(phiếu đầy đủ)"), "nor in the title of the window");
}

#[test]
fn every_item_is_a_group_with_a_legend_and_six_labelled_choices() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let page = town.get(&format!("/s/{}", town.station)).text().expect("a page");
    let form = town.db.newest_form("tram-y-te").expect("a form").expect("published");
    let legends = texts(&page, "fieldset legend");
    for (number, item) in form.questionnaire.numbered() {
        let number = number.map_or_else(String::new, |number| format!("{number}. "));
        let wanted = format!("{number}{}", item.text.in_language("vi"));
        assert!(legends.iter().any(|legend| legend.starts_with(&wanted)), "no legend {wanted}");
        let choices = texts(&page, &format!("fieldset#q-{} label", item.id));
        assert_eq!(choices.len(), 6, "{}", item.id);
        assert_eq!(choices[0], "Rất không hài lòng");
        assert_eq!(choices[5], form.questionnaire.not_used.in_language("vi"));
    }
}

#[test]
fn a_point_of_several_fields_asks_which_and_says_so_when_it_is_left_out() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let mut form = town.filled_form(&town.centre, "4");
    let answer = town.post_form(&town.centre, &form);
    assert_eq!(answer.status(), 422);
    let page = answer.text().expect("a page");
    assert_eq!(texts(&page, ".summary li").len(), 1);
    assert_eq!(texts(&page, ".summary li"), texts(&page, "fieldset#field .error"), "the same words in both places");
    assert_eq!(town.stored(), 0);
    form.set("field", "land");
    assert_eq!(town.post_form(&town.centre, &form).status(), 303);
}

#[test]
fn every_error_stands_at_its_field_and_in_the_summary_and_nothing_typed_is_lost() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let mut form = town.filled_form(&town.counter, "5");
    let long = "ế".repeat(1_201);
    form.set("q.access_info", "7").set("comment", &long).set("d.sex", "unknown").set("respondent", "organisation");
    let answer = town.post_form(&town.counter, &form);
    assert_eq!(answer.status(), 422);
    let page = answer.text().expect("a page");
    assert_eq!(texts(&page, ".summary li").len(), 3);
    for place in ["fieldset#q-access_info .error", "#comment-error", "fieldset#d-sex .error"] {
        assert_eq!(texts(&page, place).len(), 1, "{place}");
    }
    let document = Html::parse_document(&page);
    for link in select(&document, ".summary a") {
        let target = link.attr("href").expect("an address");
        assert_eq!(select(&document, target).len(), 1, "{target} is not in the page");
    }
    assert_eq!(texts(&page, "textarea"), [long]);
    assert_eq!(select(&document, "input[name=respondent][value=organisation][checked]").len(), 1);
    let items = form.pairs.iter().filter(|(name, _)| name.starts_with("q.")).count();
    assert_eq!(select(&document, "input[name^='q.'][checked]").len(), items - 1);
    assert_eq!(town.stored(), 0);
}

#[test]
fn an_error_without_a_place_on_the_page_is_told_and_leads_nowhere() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let mut form = town.filled_form(&town.counter, "5");
    form.add("q.nonsense", "1").set("d.age", "unknown");
    let page = town.post_form(&town.counter, &form).text().expect("a page");
    assert_eq!(texts(&page, ".summary li").len(), 2);
    let document = Html::parse_document(&page);
    let links = select(&document, ".summary a");
    assert_eq!(links.iter().filter_map(|link| link.attr("href")).collect::<Vec<_>>(), ["#d-age"]);
}

#[test]
fn bad_bodies_get_the_status_of_the_contract_and_store_nothing() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let code = town.counter.clone();
    let kind = "application/x-www-form-urlencoded";
    let mut twice = town.filled_form(&code, "5");
    twice.add("q.access_info", "1");
    assert_eq!(town.post_form(&code, &twice).status(), 422);
    let mut unknown = town.filled_form(&code, "5");
    unknown.add("q.nonsense", "1");
    assert_eq!(town.post_form(&code, &unknown).status(), 422);
    let mut other_form = town.filled_form(&code, "5");
    other_form.set("form", "tram-y-te@2");
    assert_eq!(town.post_form(&code, &other_form).status(), 422);
    assert_eq!(town.post_bytes(&code, kind, "").status(), 422);
    assert_eq!(town.post_bytes(&code, kind, "%ff=%fe&attempt=%00&&&==").status(), 422);
    assert_eq!(town.post_bytes(&code, kind, vec![b'a'; 70_000]).status(), 413);
    assert_eq!(town.post_bytes(&code, "text/plain", "q.access_info=5").status(), 415);
    assert_eq!(town.get("/s/2222223").status(), 404);
    assert_eq!(town.get("/s/%F0%9F%98%80").status(), 404);
    assert_eq!(town.stored(), 0);
}

#[test]
fn what_is_too_long_is_refused_in_the_language_of_the_page_that_sent_it() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let long = vec![b'a'; 70_000];
    for (page, said) in [
        (format!("/s/{}?lang=en", town.counter), "Too long"),
        (format!("/s/{}", town.counter), "Nội dung quá dài"),
        ("/complaints?lang=en&large=1".to_owned(), "Too long"),
        ("/complaints".to_owned(), "Nội dung quá dài"),
    ] {
        let form = Html::parse_document(&town.get(&page).text().expect("a page"));
        let action = select(&form, "form[method=post]")[0].attr("action").expect("an action").to_owned();
        let request = town.client.post(format!("{}{action}", town.address)).body(long.clone());
        let answer = request.header("content-type", "application/x-www-form-urlencoded").send().expect("an answer");
        assert_eq!(answer.status(), 413, "{page}");
        assert_eq!(texts(&answer.text().expect("a page"), "h1"), [said], "{page}");
    }
}

#[test]
fn broken_utf8_is_told_at_its_field() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let form = town.filled_form(&town.counter, "5");
    let sent = form.pairs.iter().map(|(name, value)| format!("{name}={}", value.replace('@', "%40")));
    let broken = std::iter::once("comment=ch%C6%B0a%20%C6".to_owned());
    let body = sent.chain(broken).collect::<Vec<_>>().join("&");
    let answer = town.post_bytes(&town.counter, "application/x-www-form-urlencoded; charset=utf-8", body);
    assert_eq!(answer.status(), 422);
    let page = answer.text().expect("a page");
    assert_eq!(texts(&page, "#comment-error"), ["Có ký tự không đọc được; hãy nhập lại phần này"]);
    assert!(texts(&page, "textarea")[0].starts_with("chưa"));
}

#[test]
fn a_retired_code_explains_itself_and_leads_to_the_new_one() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let form = town.filled_form(&town.counter, "5");
    let new = town.db.by_nobody().replace_code(&town.counter, sipas::clock::today()).expect("a new code");
    let gone = town.get(&format!("/s/{}", town.counter));
    assert_eq!(gone.status(), 410);
    let page = Html::parse_document(&gone.text().expect("a page"));
    assert_eq!(select(&page, "a.button")[0].attr("href"), Some(format!("/s/{new}?lang=vi").as_str()));
    assert_eq!(town.post_form(&town.counter, &form).status(), 410);
    assert_eq!(town.get(&format!("/s/{new}")).status(), 200);
    assert_eq!(town.stored(), 0);
}

#[test]
fn what_is_sent_to_a_code_replaced_meanwhile_stands_whole_on_the_form_of_the_new_one() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let mut form = town.filled_form(&town.counter, "4");
    form.set("comment", "Chờ lâu").set("lang", "en");
    let chosen = form.pairs.iter().filter(|(name, _)| name.starts_with("q.")).count();
    let new = town.db.by_nobody().replace_code(&town.counter, sipas::clock::today()).expect("a new code");
    let post =
        |to: &str| town.client.post(format!("{}{to}", town.address)).form(&form.pairs).send().expect("an answer");
    let answer = post(&format!("/s/{}?large=1", town.counter));
    assert_eq!(answer.status(), 410);
    let body = answer.text().expect("a page");
    let page = Html::parse_document(&body);
    assert_eq!(select(&page, "html.large[lang=en]").len(), 1, "size and language stay");
    assert_eq!(texts(&body, "textarea"), ["Chờ lâu"]);
    assert_eq!(select(&page, "input[name^='q.'][value='4'][checked]").len(), chosen);
    assert_eq!(select(&page, "input[name=attempt]")[0].attr("value"), Some(form.get("attempt")));
    assert!(texts(&body, ".summary li")[0].contains("code of this service point has just been replaced"));
    assert_eq!(town.stored(), 0);
    let action = select(&page, "form")[0].attr("action").expect("an action").to_owned();
    assert_eq!(action, format!("/s/{new}?lang=en&large=1"));
    assert_eq!(post(&action).status(), 303, "one press more");
    assert_eq!(town.stored(), 1);
}

#[test]
fn messages_have_both_languages_large_print_and_the_box_with_what_was_typed() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    town.db.by_nobody().retire_point(&town.counter, sipas::clock::today()).expect("retired");
    let unknown = "AAAAAAA";
    for (path, status, name, typed) in [
        (format!("/s/{}", town.counter), 410, "code", town.counter.as_str()),
        (format!("/s/{unknown}"), 404, "code", unknown),
        ("/complaints?reference=7K2M".to_owned(), 404, "reference", "7K2M"),
        ("/complaints/7K2M-9QXA-41TD".to_owned(), 404, "reference", "7K2M-9QXA-41TD"),
        ("/nowhere".to_owned(), 404, "code", ""),
        (format!("/s/{}?ticket=K7M2-Q9XA", town.counter), 410, "code", town.counter.as_str()),
        (format!("/s/{unknown}?ticket=K7M2-Q9XA"), 404, "code", unknown),
        ("/nowhere?ticket=K7M2-Q9XA".to_owned(), 404, "code", ""),
    ] {
        let separator = if path.contains('?') { '&' } else { '?' };
        let answer = town.get(&format!("{path}{separator}large=1"));
        assert_eq!(answer.status(), status, "{path}");
        let page = Html::parse_document(&answer.text().expect("a page"));
        assert_eq!(select(&page, "html.large").len(), 1, "{path} stays large");
        let links = select(&page, "a.lang");
        assert_eq!(links.len(), 2, "{path}: the other size and the other language");
        let keeps =
            |link: &&scraper::node::Element| link.attr("href").is_some_and(|to| to.contains("?ticket=K7M2-Q9XA&"));
        assert_eq!(links.iter().filter(keeps).count(), if path.contains("ticket") { 2 } else { 0 }, "{path}");
        let boxes = select(&page, &format!("form input[name={name}]"));
        assert_eq!(boxes.iter().map(|input| input.attr("value")).collect::<Vec<_>>(), [Some(typed)], "{path}");
    }
    let front = Html::parse_document(&town.get("/?large=1").text().expect("a page"));
    assert_eq!((select(&front, "html.large").len(), select(&front, "a.lang").len()), (1, 2));
    assert!(select(&front, "main a").iter().all(|link| link.attr("href").is_some_and(|to| to.ends_with("&large=1"))));
}

#[test]
fn every_road_from_a_page_in_large_print_stays_in_large_print() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let (mut to_read, mut read) = (vec!["/?large=1".to_owned()], Vec::new());
    for start in [format!("/s/{}", town.counter), format!("/s/{}/thanks", town.centre), "/nowhere".to_owned()] {
        to_read.push(format!("{start}?large=1"));
    }
    to_read.push("/complaints?unit=cau-giay-hcc&lang=en&large=1".to_owned());
    let complaint = [("unit", "phuong-cau-giay"), ("kind", "complaint"), ("text", "Chờ lâu."), ("lang", "en")];
    let left = town.client.post(format!("{}/complaints?large=1", town.address)).form(&complaint).send();
    to_read.push(crate::town::location(&left.expect("an answer")));
    while let Some(path) = to_read.pop() {
        let answer = town.get(&path);
        let place = path.split('?').next().expect("a path").to_owned();
        if answer.status() == 303 {
            to_read.push(crate::town::location(&answer));
            continue;
        }
        let page = Html::parse_document(&answer.text().expect("a page"));
        assert_eq!(select(&page, "html.large").len(), 1, "{path}");
        let own = |to: &String| to.starts_with('/') && !to.contains('.') && !to.starts_with("/staff");
        let links: Vec<String> =
            select(&page, "a").iter().filter_map(|link| link.attr("href")).map(str::to_owned).collect();
        // The first link leads to usual print.
        let resize = select(&page, "a.lang")[0].attr("href").expect("an address").to_owned();
        for to in links.into_iter().filter(own).filter(|to| *to != resize) {
            assert!(to.ends_with("large=1") || to.contains("large=1&"), "{path} leads to {to}");
            if !read.contains(&to.split('?').next().expect("a path").to_owned()) {
                to_read.push(to);
            }
        }
        let forms = scraper::Selector::parse("form").expect("a selector");
        let hidden = scraper::Selector::parse("input[name=large]").expect("a selector");
        for form in page.select(&forms) {
            let action = form.value().attr("action").expect("an action");
            assert!(action.ends_with("large=1") || form.select(&hidden).count() == 1, "{path} sends to {action}");
        }
        read.push(place);
    }
    for place in ["/results", "/results/news", "/results/open-data", "/complaints", "/complaints/published", "/privacy"]
    {
        assert!(read.contains(&place.to_owned()), "{place} is not among {read:?}");
    }
}

#[test]
fn the_form_says_as_many_questions_as_it_counts() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    for code in [&town.centre, &town.counter] {
        let page = town.get(&format!("/s/{code}")).text().expect("a page");
        let said = texts(&page, "#lead .small").join(" ");
        let counted = select(&Html::parse_document(&page), "fieldset[id^='q-'], fieldset#field").len();
        assert!(said.starts_with(&format!("{counted} câu")), "{counted} are counted: {said}");
    }
}

#[test]
fn an_upper_case_address_is_the_same_page_without_a_redirect() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    assert_eq!(town.get(&format!("/S/{}", town.counter)).status(), 200);
    assert_eq!(town.get(&format!("/s/{}", town.counter.to_lowercase())).status(), 200);
}

#[test]
fn a_preview_checks_and_stores_nothing() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let page = town.get(&format!("/s/{}?preview=1", town.counter)).text().expect("a page");
    let action = select(&Html::parse_document(&page), "form")[0].attr("action").expect("an action").to_owned();
    let form = town.filled_form(&town.counter, "4");
    let answer = town.client.post(format!("{}{action}", town.address)).form(&form.pairs).send().expect("an answer");
    assert_eq!(answer.status(), 303);
    let thanks = town.get(answer.headers()["location"].to_str().expect("an address")).text().expect("a page");
    assert!(texts(&thanks, "main p")[0].contains("không được lưu"));
    assert_eq!(town.stored(), 0);
}

#[test]
fn a_place_over_its_limit_is_asked_to_wait_and_a_repeat_is_thanked_all_the_same() {
    let fresh = sqlite();
    let town = Town::start_with(&fresh, &[("SIPAS_SUBMIT_LIMIT", "2")]);
    let first = town.filled_form(&town.counter, "4");
    assert_eq!(town.post_form(&town.counter, &first).status(), 303);
    assert_eq!(town.post_form(&town.counter, &town.filled_form(&town.counter, "4")).status(), 303);
    let mut third = town.filled_form(&town.counter, "3");
    third.set("comment", "giữ lại");
    let limited = town.post_form(&town.counter, &third);
    assert_eq!(limited.status(), 429);
    assert!(limited.headers().contains_key("retry-after"));
    assert_eq!(texts(&limited.text().expect("a page"), "textarea"), ["giữ lại"]);
    assert_eq!(town.post_form(&town.counter, &first).status(), 303, "a repeat is no new answer");
    assert_eq!(town.stored(), 2);
}

#[test]
fn an_answer_kept_offline_may_be_three_days_old_and_no_older() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let today = sipas::clock::today();
    for (days, status) in [(3, 303), (4, 422)] {
        let mut form = town.filled_form(&town.counter, "4");
        form.set("answered_on", &(today - chrono::Days::new(days)).to_string());
        assert_eq!(town.post_form(&town.counter, &form).status(), status, "{days} days back");
    }
    let mut tomorrow = town.filled_form(&town.counter, "4");
    tomorrow.set("answered_on", &(today + chrono::Days::new(1)).to_string()).set("attempt", &attempt());
    assert_eq!(town.post_form(&town.counter, &tomorrow).status(), 422);
}

#[test]
fn the_page_of_another_site_makes_nobody_answer_or_complain() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let own = town.address.clone();
    let complaint = [("unit", "phuong-cau-giay"), ("kind", "complaint"), ("text", "Đèn đường hỏng."), ("lang", "vi")];
    let as_json = serde_json::json!({"unit": "phuong-cau-giay", "kind": "complaint", "text": "Đèn đường hỏng."});
    // What browsers send: of today, of before, and where a page tells its address to nobody.
    let from_elsewhere: [&[(&str, &str)]; 5] = [
        &[("sec-fetch-site", "cross-site"), ("origin", "https://elsewhere.example")],
        &[("sec-fetch-site", "cross-site"), ("origin", "null")],
        &[("sec-fetch-site", "same-site"), ("origin", "https://phuong.example")],
        &[("origin", "https://elsewhere.example")],
        &[("origin", "http://127.0.0.1:1")],
    ];
    let from_here: [&[(&str, &str)]; 6] = [
        &[],
        &[("sec-fetch-site", "same-origin"), ("origin", &own)],
        &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        &[("sec-fetch-site", "none")],
        &[("origin", &own)],
        &[("origin", "null")],
    ];
    let mut stored = 0;
    for (headers, is_own) in from_elsewhere.iter().map(|sent| (*sent, false)).chain(from_here.map(|sent| (sent, true)))
    {
        let post = |path: &str| {
            let request = town.client.post(format!("{own}{path}"));
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
        };
        let status = |request: reqwest::blocking::RequestBuilder| request.send().expect("an answer").status().as_u16();
        let form = town.filled_form(&town.counter, "4");
        let sheet = town.json_sheet(&town.counter, 4);
        let answers = [
            status(post(&format!("/s/{}", town.counter)).form(&form.pairs)),
            status(post(&format!("/api/v1/points/{}/responses", town.counter)).json(&sheet)),
            status(post("/complaints").form(&complaint)),
            status(post("/api/v1/complaints").json(&as_json)),
        ];
        assert_eq!(answers, if is_own { [303, 201, 303, 201] } else { [403; 4] }, "{headers:?}");
        stored += if is_own { 2 } else { 0 };
        assert_eq!(town.stored(), stored, "{headers:?}");
    }
    for (query, words) in [("", "từ một trang mạng khác"), ("?lang=en", "from another website")] {
        let request = town.client.post(format!("{own}/complaints{query}")).header("sec-fetch-site", "cross-site");
        let refused = request.form(&complaint).send().expect("an answer").text().expect("a page");
        assert!(refused.contains(words), "{refused}");
    }
}
