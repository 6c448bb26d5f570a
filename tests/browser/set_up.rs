//! The first Monday: an empty database, the one-time address, a ward set up on pages, a poster printed, its code scanned.

use thirtyfour::{By, WebDriver};

use crate::browser::{Browser, Outcome, arrive, axe, complaints, see};
use crate::documents::page_png;
use crate::qr;
use crate::road::scan_and_answer;
use crate::support::{Backend, fresh_db};
use crate::town::{PASSWORD, Town};

#[test]
fn a_ward_is_set_up_from_an_empty_database_to_a_printed_poster_whose_code_is_scanned() {
    let fresh = fresh_db(Backend::Sqlite);
    let (town, path) = Town::start_empty_at_its_own_address(&fresh);
    let session = Browser::desk().visit(async |desk| {
        desk.goto(format!("{}{path}", town.address)).await?;
        assert_eq!(axe(&desk).await?, Vec::<String>::new());
        choose(&desk, "#ward label", "Phường Cầu Giấy").await?;
        for (field, text) in [
            ("display_name", "Nguyễn Thị Lan"),
            ("name", "nguyen.lan"),
            ("password", PASSWORD),
            ("password_again", PASSWORD),
        ] {
            desk.find(By::Id(field)).await?.send_keys(text).await?;
        }
        desk.find(By::Css("button.primary")).await?.click().await?;
        arrive(&desk, |address| address.ends_with("/staff/first-steps?done=set-up")).await?;
        assert_eq!(axe(&desk).await?, Vec::<String>::new());

        for page in ["/staff/users", "/staff/users/new", "/staff/units"] {
            desk.goto(format!("{}{page}", town.address)).await?;
            assert_eq!(axe(&desk).await?, Vec::<String>::new(), "{page}");
        }
        desk.goto(format!("{}/staff/points", town.address)).await?;
        see(&desk, "a[href^='/staff/points/posters']").await?.click().await?;
        see(&desk, "article.poster img").await?;
        assert_eq!(axe(&desk).await?, Vec::<String>::new());
        assert_eq!(complaints(&desk).await?, Vec::<String>::new());
        Ok(desk.get_named_cookie("sipas").await?.value)
    });

    let printed = town.get_as(&format!("sipas={session}"), "/staff/points/print.pdf?what=a4");
    assert_eq!(printed.status(), 200);
    let scanned = qr::read_png(&page_png(&printed.bytes().expect("a document")));
    assert_eq!(scanned.len(), 1, "{scanned:?}");
    assert!(scanned[0].starts_with(&town.address.to_uppercase()), "{scanned:?}");
    let items = Browser::phone().without_script().visit(async |phone| scan_and_answer(&phone, &scanned[0], 1).await);
    assert!(items > 0, "an answered form has questions");
    assert_eq!(town.stored(), 1);
}

/// Clicks the label that begins with `words`.
async fn choose(page: &WebDriver, labels: &str, words: &str) -> Outcome<()> {
    see(page, labels).await?;
    for label in page.find_all(By::Css(labels)).await? {
        if label.text().await?.starts_with(words) {
            label.click().await?;
            return Ok(());
        }
    }
    Err(format!("no label `{words}`").into())
}
