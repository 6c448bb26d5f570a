//! What people do with a form: reload it, go back, tap twice, open it twice; with the keys alone.

use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::prelude::Key;
use thirtyfour::{By, WebDriver};

use crate::browser::{Browser, Outcome, arrive, chromium, see, shows, tap, tap_twice, type_keys};
use crate::road::{choose, step_through};
use crate::support::{Backend, fresh_db};
use crate::town::Town;

#[test]
fn a_reload_costs_nothing_a_double_tap_sends_once_and_back_leads_out() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let form = format!("{}/s/{}", town.address, town.counter);
    Browser::phone().visit(async |page| {
        page.goto(format!("{}/privacy", town.address)).await?;
        page.goto(form.as_str()).await?;
        let first = attempt(&page).await?;
        for _ in 0..2 {
            choose(&page, "fieldset.now label:nth-of-type(4)").await?;
        }
        let place = see(&page, "#count").await?.text().await?;
        page.refresh().await?;
        shows(&page, "#count", &place).await?;
        assert_eq!(checked(&page).await?, 2, "answers survive a reload");
        let second = attempt(&page).await?;
        assert_ne!(first, second, "a new attempt with every load");

        // Back leads to the question before, and on again.
        page.back().await?;
        shows(&page, "#count", "Câu 2/10").await?;
        page.forward().await?;
        shows(&page, "#count", &place).await?;
        assert_eq!(step_through(&page, 1).await?, 8);

        see(&page, "form[data-queue]").await?;
        // Thanks take a second to come, so that both touches meet the button.
        slow_network(&page, 1_000).await?;
        tap_twice(&see(&page, "#now").await?).await?;
        shows(&page, ".panel h1", "Cảm ơn Ông/Bà").await?;
        slow_network(&page, 0).await?;
        assert_eq!(town.stored(), 1);

        arrive(&page, |address| address.contains("/thanks")).await?;
        page.back().await?;
        arrive(&page, |address| address.ends_with("/privacy")).await?;
        // Who opens the form again is told, and asked nothing less.
        page.goto(form.as_str()).await?;
        shows(&page, "#count", "Câu 1/10").await?;
        assert_eq!(checked(&page).await?, 0, "nobody sees what was sent");
        assert_ne!(attempt(&page).await?, second);
        let told = see(&page, "#sending:not(:empty)").await?.text().await?;
        assert!(told.starts_with("Hôm nay máy này đã gửi một phiếu"), "{told}");
        let place = "const box = document.getElementById('sending').getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight;";
        assert_eq!(page.execute(place, Vec::new()).await?.json(), true, "on the first screen");
        tap(&see(&page, ".now label:nth-of-type(4)").await?).await?;
        see(&page, "#sending:empty").await?;
        Ok(())
    });
    assert_eq!(town.stored(), 1);
}

#[test]
fn ten_answers_take_eleven_touches_one_takes_two_and_going_on_is_undone_and_switched_off() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let form = format!("{}/s/{}", town.address, town.counter);
    Browser::phone().visit(async |page| {
        page.goto(form.as_str()).await?;
        see(&page, "form[data-queue]").await?;
        // Undone by one touch; switched off, an answer stays where it is until the button goes on.
        tap(&see(&page, ".now label:nth-of-type(2)").await?).await?;
        shows(&page, "#count", "Câu 2/10").await?;
        tap(&see(&page, "#back").await?).await?;
        shows(&page, "#count", "Câu 1/10").await?;
        tap(&see(&page, "#auto").await?).await?;
        tap(&see(&page, ".now label:nth-of-type(3)").await?).await?;
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        shows(&page, "#count", "Câu 1/10").await?;
        tap(&see(&page, "#next").await?).await?;
        shows(&page, "#count", "Câu 2/10").await?;

        page.execute("sessionStorage.clear()", Vec::new()).await?;
        page.goto(form.as_str()).await?;
        see(&page, "form[data-queue]").await?;
        let mut touches = 0;
        for answered in 1..=10 {
            tap(&see(&page, "fieldset.now label:nth-of-type(4)").await?).await?;
            touches += 1;
            if answered < 10 {
                shows(&page, "#count", &format!("Câu {}/10", answered + 1)).await?;
            }
        }
        see(&page, "#enough.now").await?;
        // On a slow network the page says at once that it is sending.
        slow_network(&page, 4_000).await?;
        tap(&see(&page, "#now").await?).await?;
        touches += 1;
        shows(&page, "#sending", "Đang gửi…").await?;
        shows(&page, ".panel h1", "Cảm ơn Ông/Bà").await?;
        assert_eq!(touches, 11);

        slow_network(&page, 0).await?;
        page.goto(form.as_str()).await?;
        see(&page, "form[data-queue]").await?;
        tap(&see(&page, ".now label:nth-of-type(5)").await?).await?;
        shows(&page, "#count", "Câu 2/10").await?;
        tap(&see(&page, "#soon").await?).await?;
        shows(&page, ".panel h1", "Cảm ơn Ông/Bà").await?;
        Ok(())
    });
    assert_eq!(town.stored(), 2);
}

#[test]
fn enter_never_sends_a_form_whose_rest_was_not_seen() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let form = format!("{}/s/{}", town.address, town.counter);
    Browser::phone().visit(async |page| {
        page.goto(form.as_str()).await?;
        see(&page, "form[data-queue]").await?;
        page.execute("document.querySelector('.now input').focus()", Vec::new()).await?;
        type_keys(&page, Key::Space).await?;
        type_keys(&page, Key::Enter).await?;
        shows(&page, "#count", "Câu 2/10").await?;
        // All on one page: nothing happens.
        tap(&see(&page, "#view").await?).await?;
        see(&page, "form:not(.steps)").await?;
        page.execute("document.querySelector('fieldset input').focus()", Vec::new()).await?;
        type_keys(&page, Key::Enter).await?;
        tap(&see(&page, "#view").await?).await?;
        shows(&page, "#count", "Câu 1/10").await?;
        Ok(())
    });
    assert_eq!(town.stored(), 0);
}

#[test]
fn two_tabs_are_two_answers() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let form = format!("{}/s/{}", town.address, town.counter);
    Browser::desk().visit(async |page| {
        page.goto(form.as_str()).await?;
        see(&page, "form[data-queue]").await?;
        let first = page.window().await?;
        let other = page.new_tab().await?;
        page.switch_to_window(other).await?;
        page.goto(form.as_str()).await?;
        see(&page, "form[data-queue]").await?;
        answer_and_send(&page).await?;
        page.switch_to_window(first).await?;
        answer_and_send(&page).await?;
        Ok(())
    });
    assert_eq!(town.stored(), 2);
}

#[test]
fn without_script_the_next_person_on_the_same_page_is_asked_and_loses_nothing() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let form = format!("{}/s/{}", town.address, town.counter);
    Browser::phone().without_script().visit(async |page| {
        page.goto(form.as_str()).await?;
        // A page kept by the browser carries the attempt of the first person: made so here by sending that attempt meanwhile.
        let read = page.execute("return document.forms[0].elements.attempt.value", Vec::new()).await?;
        let attempt = read.json().as_str().unwrap_or_default().to_owned();
        let send = || {
            let mut first = town.filled_form(&town.counter, "5");
            first.set("attempt", &attempt);
            assert_eq!(town.post_form(&town.counter, &first).status(), 303);
        };
        std::thread::scope(|scope| scope.spawn(send).join()).expect("sent");
        tap(&see(&page, "#q-access_info label:nth-of-type(2)").await?).await?;
        let said = see(&page, "#q-access_info input:checked").await?.value().await?;
        tap(&see(&page, "#send").await?).await?;
        shows(&page, ".summary h2", "Phiếu này đã được gửi trước đó với nội dung khác").await?;
        let kept = see(&page, "#q-access_info input:checked").await?;
        assert_eq!(kept.value().await?, said);
        tap(&see(&page, "#send").await?).await?;
        arrive(&page, |address| address.contains("/thanks")).await?;
        Ok(())
    });
    assert_eq!(town.stored(), 2);
}

#[test]
fn the_steps_are_walked_with_the_keys_alone() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let form = format!("{}/s/{}", town.address, town.counter);
    Browser::phone().visit(async |page| {
        page.goto(form.as_str()).await?;
        see(&page, "#ways:not([hidden])").await?;
        let mut heard = Vec::new();
        let mut sent = false;
        for _ in 0..200 {
            type_keys(&page, Key::Tab).await?;
            let focused = page.active_element().await?;
            match focused.id().await?.unwrap_or_default().as_str() {
                "next" => {
                    type_keys(&page, Key::Enter).await?;
                    // A second press within 0.4 s is not counted, and would cost a round through the whole page.
                    tokio::time::sleep(Duration::from_millis(450)).await;
                }
                "now" => {
                    type_keys(&page, Key::Enter).await?;
                    sent = true;
                    break;
                }
                _ if focused.attr("type").await?.as_deref() == Some("radio") => {
                    heard.push(focused.attr("name").await?.unwrap_or_default());
                    type_keys(&page, Key::Space).await?;
                    type_keys(&page, Key::Down).await?;
                }
                _ => {}
            }
        }
        let form = town.db.newest_form("thu-tuc-hanh-chinh-ngan")?.ok_or("published")?;
        let wanted: Vec<String> = form.questionnaire.items().map(|item| format!("q.{}", item.id)).collect();
        assert_eq!(heard, wanted, "in the order in which they stand, each once");
        assert!(sent, "the keys never came to the button that sends");
        shows(&page, ".panel h1", "Cảm ơn Ông/Bà").await?;
        Ok(())
    });
    assert_eq!(town.stored(), 1);
}

/// Every answer of the network comes so many milliseconds later.
async fn slow_network(page: &WebDriver, latency: u32) -> Outcome<()> {
    chromium(page, "Network.enable", json!({})).await?;
    let network = json!({"offline": false, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1});
    chromium(page, "Network.emulateNetworkConditions", network).await?;
    Ok(())
}

async fn answer_and_send(page: &WebDriver) -> Outcome<()> {
    tap(&see(page, "#q-access_info label:nth-of-type(4)").await?).await?;
    tap(&see(page, "#send").await?).await?;
    shows(page, ".panel h1", "Cảm ơn Ông/Bà").await
}

async fn attempt(page: &WebDriver) -> Outcome<Value> {
    see(page, "#ways:not([hidden])").await?;
    Ok(page.execute("return document.forms[0].elements.attempt.value", Vec::new()).await?.json().clone())
}

async fn checked(page: &WebDriver) -> Outcome<usize> {
    Ok(page.find_all(By::Css("input:checked")).await?.len())
}
