//! What a person sees in a real browser, JavaScript on and off. Run by `./dev test`, which starts the driver.

#[path = "browser/aloud.rs"]
mod aloud;
#[path = "support/browser.rs"]
mod browser;
#[path = "browser/complaint.rs"]
mod complaint;
#[path = "support/demo.rs"]
mod demo;
#[path = "support/documents.rs"]
mod documents;
#[path = "browser/first_year.rs"]
mod first_year;
#[path = "browser/form_editor.rs"]
mod form_editor;
#[path = "browser/gallery.rs"]
mod gallery;
#[path = "support/gate.rs"]
mod gate;
#[path = "browser/guide.rs"]
mod guide;
#[path = "browser/habits.rs"]
mod habits;
#[path = "browser/keyboard.rs"]
mod keyboard;
#[path = "browser/kiosk.rs"]
mod kiosk;
#[path = "browser/morning.rs"]
mod morning;
#[path = "browser/offline.rs"]
mod offline;
#[path = "browser/pages.rs"]
mod pages;
#[path = "browser/persons.rs"]
mod persons;
#[path = "support/qr.rs"]
mod qr;
#[path = "browser/remedy.rs"]
mod remedy;
#[path = "browser/road.rs"]
mod road;
#[path = "browser/screens.rs"]
mod screens;
#[path = "browser/set_up.rs"]
mod set_up;
mod support;
#[path = "support/town.rs"]
mod town;
#[path = "browser/workroom.rs"]
mod workroom;

use std::fmt::Write as _;

use browser::{Browser, axe, complaints};
use thirtyfour::By;

/// A page as an address, so that these tests need no server.
fn page(body: &str) -> String {
    page_with("", body)
}

fn page_with(head: &str, body: &str) -> String {
    let html = format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\">{head}<title>Thử</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"></head>\
         <body><main>{body}</main></body></html>"
    );
    html.bytes().fold("data:text/html;charset=utf-8,".to_owned(), |mut url, byte| {
        write!(url, "%{byte:02X}").expect("a String takes everything");
        url
    })
}

/// Says whether scripts run, how wide the page is, and shows a QR code.
fn sample(address: &str) -> String {
    let code = qrcode::QrCode::new(address).expect("a short text fits");
    let svg = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(200, 200).build();
    let svg = svg.split_once("?>").map_or(svg.as_str(), |(_, drawing)| drawing).to_owned();
    page(&format!(
        "<h1>Mời Quý vị đánh giá</h1><p id=\"script\">off</p>\
         <script>document.getElementById('script').textContent = 'on ' + innerWidth;</script>{svg}"
    ))
}

#[test]
fn a_code_on_a_phone_with_script_is_read_from_the_screen() {
    let address = "http://127.0.0.1:8080/S/AB12-CD34";
    let (script, codes) = Browser::phone().visit(async |page| {
        page.goto(sample(address)).await?;
        let script = page.find(By::Id("script")).await?.text().await?;
        Ok((script, qr::read_png(&page.screenshot_as_png().await?)))
    });
    assert_eq!(script, "on 360");
    assert_eq!(codes, [address]);
}

#[test]
fn a_code_on_a_phone_without_script_is_read_from_the_screen() {
    let address = "http://127.0.0.1:8080/S/AB12-CD34";
    let (script, codes) = Browser::phone().without_script().visit(async |page| {
        page.goto(sample(address)).await?;
        let script = page.find(By::Id("script")).await?.text().await?;
        Ok((script, qr::read_png(&page.screenshot_as_png().await?)))
    });
    assert_eq!(script, "off");
    assert_eq!(codes, [address]);
}

#[test]
fn axe_names_what_is_wrong_with_a_page_and_passes_a_good_one() {
    let bad = page("<h1>Đánh giá</h1><img src=\"data:,\"><label>Tên</label><input type=\"text\">");
    let good = page("<h1>Đánh giá</h1><label>Tên <input type=\"text\"></label>");
    let (bad, good) = Browser::phone().visit(async |page| {
        page.goto(bad).await?;
        let bad = axe(&page).await?;
        page.goto(good).await?;
        Ok((bad, axe(&page).await?))
    });
    assert!(bad.iter().any(|found| found.starts_with("image-alt (critical)")), "{bad:?}");
    assert!(bad.iter().any(|found| found.starts_with("label (critical)") && found.contains("input")), "{bad:?}");
    assert_eq!(good, Vec::<String>::new());
}

#[test]
fn axe_runs_under_a_strict_policy_and_complaints_tell_what_the_policy_refused() {
    let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">";
    let strict = page_with(policy, "<h1>Đánh giá</h1><p style=\"color: red\">đỏ</p>");
    let (found, said) = Browser::desk().visit(async |page| {
        page.goto(strict).await?;
        Ok((axe(&page).await?, complaints(&page).await?))
    });
    assert_eq!(found, Vec::<String>::new());
    assert!(said.iter().any(|line| line.contains("Content Security Policy")), "{said:?}");
}

#[test]
#[should_panic(expected = "a failed assertion")]
fn a_failed_assertion_fails_the_test_after_the_browser_is_closed() {
    Browser::desk().visit(async |page| -> browser::Outcome<()> {
        page.goto(self::page("")).await?;
        panic!("a failed assertion")
    });
}
