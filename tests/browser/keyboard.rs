//! Without mouse and finger: the short form is answered and sent with the keys alone.

use serde_json::json;
use thirtyfour::prelude::Key;

use crate::browser::{Browser, arrive, see, type_keys};
use crate::support::{Backend, fresh_db};
use crate::town::Town;

#[test]
fn the_short_form_is_answered_and_sent_with_the_keyboard_alone() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let form = format!("{}/s/{}", town.address, town.counter);
    Browser::desk().visit(async |page| {
        page.goto(form.as_str()).await?;
        let mut groups = Vec::new();
        // Nine items, the comment, who answers, three questions about the person; the links to large print and to English;
        // one item at a time, send now, answer more, send.
        for _ in 0..22 {
            type_keys(&page, Key::Tab).await?;
            let focused = page.active_element().await?;
            assert_eq!(
                page.execute(FOCUS, Vec::new()).await?.json(),
                &json!("shown"),
                "{}",
                focused.outer_html().await?
            );
            let id = focused.id().await?.unwrap_or_default();
            if id == "send" {
                type_keys(&page, Key::Enter).await?;
                break;
            } else if id == "comment" {
                type_keys(&page, "Gõ bằng bàn phím").await?;
            } else if focused.tag_name().await? == "input" {
                groups.push(focused.attr("name").await?.unwrap_or_default());
                // The first choice by the space bar, the next by the arrow, and back again from there once in a while.
                type_keys(&page, Key::Space).await?;
                type_keys(&page, Key::Down).await?;
                if groups.len().is_multiple_of(3) {
                    type_keys(&page, Key::Up).await?;
                }
            }
        }
        assert_eq!(groups.len(), 15, "{groups:?}");
        assert!(groups[..10].iter().all(|name| name.starts_with("q.")), "{groups:?}");
        arrive(&page, |address| address.contains("/thanks")).await?;
        assert_eq!(see(&page, "h1").await?.text().await?, "Cảm ơn Ông/Bà");
        Ok(())
    });
    assert_eq!(town.stored(), 1);
}

/// Whether what has the focus shows it, by itself or by the row around it, and stands on the screen at least in part.
const FOCUS: &str = r#"
    const focused = document.activeElement, place = focused.getBoundingClientRect();
    const outlined = e => e && getComputedStyle(e).outlineStyle !== "none" && parseFloat(getComputedStyle(e).outlineWidth) >= 2;
    if (place.bottom <= 0 || place.top >= innerHeight) return "off the screen";
    return outlined(focused) || outlined(focused.closest("label")) ? "shown" : "not shown";
"#;
