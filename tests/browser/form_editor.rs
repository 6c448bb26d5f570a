//! A questionnaire edited in a browser: what is typed is kept by itself and the phone beside it shows it; a row is moved by keyboard and
//! by dragging; every page of it fits a phone and a desk, and axe finds nothing.

use std::time::{Duration, Instant};

use thirtyfour::{By, Key, WebDriver};

use crate::browser::{Browser, Outcome, axe, complaints, see};
use crate::pages::measure;
use crate::support::{Backend, fresh_db};
use crate::town::{Town, location};
use crate::workroom::be;

const SHORT: &str = "thu-tuc-hanh-chinh-ngan";

#[test]
fn what_is_typed_into_a_draft_shows_on_the_phone_and_rows_are_moved_by_keyboard_and_by_dragging() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let edit = location(&town.post_as(&lan, &format!("/staff/forms/{SHORT}/edit"), &[]));
    Browser::desk().visit(async |page| {
        be(&page, &town, &lan).await?;
        page.goto(format!("{}{edit}?open=sections.1.items.0", town.address)).await?;
        let words = see(&page, "[id='sections.1.items.0.text.vi']").await?;
        let before = words.value().await?.unwrap_or_default();
        page.execute("arguments[0].value = 'Thông tin dễ tìm hơn trước'", vec![words.to_json()?]).await?;
        words.send_keys(" ").await?;
        // Kept without a press of a button, and shown on the phone.
        let frame = page.find(By::Css("iframe[name=preview]")).await?;
        frame.enter_frame().await?;
        tells(&page, "main", "Thông tin dễ tìm hơn trước").await?;
        page.enter_default_frame().await?;
        tells(&page, "[id='sections.1.items.0'] summary", "Thông tin dễ tìm hơn trước").await?;
        assert_ne!(before, "Thông tin dễ tìm hơn trước");
        // By keyboard.
        let down = see(&page, "[value='down.sections.1.items.0']").await?;
        down.send_keys(Key::Enter).await?;
        tells(&page, "[id='sections.1.items.1'] summary", "Thông tin dễ tìm hơn trước").await?;
        // By dragging: the browser's own events, as a mouse makes them.
        page.execute(DRAG, vec!["sections.1.items.1".into(), "sections.1.items.0".into()]).await?;
        tells(&page, "[id='sections.1.items.0'] summary", "Thông tin dễ tìm hơn trước").await?;
        see(&page, "button[value=publish]").await?.click().await?;
        tells(&page, "main", "Khác với phiên bản 3").await?;
        tells(&page, "main", &format!("“{before}” thành “Thông tin dễ tìm hơn trước”")).await?;
        see(&page, "main form button.primary").await?.click().await?;
        tells(&page, "main", "Phiên bản 4").await?;
        assert_eq!(complaints(&page).await?, Vec::<String>::new());
        Ok(())
    });
}

#[test]
fn pages_of_editing_fit_a_phone_and_a_desk_and_axe_finds_nothing() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let of = |id: &str| location(&town.post_as(&lan, &format!("/staff/forms/{id}/edit"), &[]));
    let (short, long) = (of(SHORT), of("bo-noi-vu-2026"));
    let publish = short.replace("/edit", "/publish");
    let paths = [
        "/staff/forms".to_owned(),
        "/staff/forms/new".to_owned(),
        format!("/staff/forms/{SHORT}/3"),
        format!("{short}?open=sections.1.items.0"),
        format!("{long}?open=sections.0.questions.1"),
        publish,
    ];
    let mut faults = Vec::new();
    for (browser, width) in [(Browser::phone().wide(360), Some(360)), (Browser::desk(), None)] {
        faults.extend(browser.visit(async |page| {
            let mut faults = Vec::new();
            be(&page, &town, &lan).await?;
            for path in &paths {
                page.goto(format!("{}{path}", town.address)).await?;
                page.execute("document.querySelectorAll('details').forEach((part) => { part.open = true; })", vec![])
                    .await?;
                let mut found = axe(&page).await?;
                if let Some(width) = width {
                    found.extend(measure(&page, width).await?);
                }
                found.extend(complaints(&page).await?);
                faults.extend(found.into_iter().map(|fault| format!("{path}: {fault}")));
            }
            Ok(faults)
        }));
    }
    assert_eq!(faults, Vec::<String>::new());
}

/// Waits until an element holds this text.
async fn tells(page: &WebDriver, selector: &str, text: &str) -> Outcome<()> {
    let end = Instant::now() + Duration::from_secs(30);
    let mut said = String::new();
    while Instant::now() < end {
        // It may be replaced between finding and reading.
        if let Some(element) = page.find_all(By::Css(selector)).await?.first() {
            // A form shows one question at a time; the others are there.
            said = element.prop("textContent").await.ok().flatten().unwrap_or_default();
            if said.contains(text) {
                return Ok(());
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("{selector} says “{said}”, and not “{text}”").into())
}

const DRAG: &str = r"
const at = (path) => document.getElementById(path);
const data = new DataTransfer();
const grip = at(arguments[0]).querySelector('.grip');
const fire = (on, name) => on.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: data }));
fire(grip, 'dragstart'); fire(at(arguments[1]), 'dragover'); fire(at(arguments[1]), 'drop');
";
