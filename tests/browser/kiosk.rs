//! A tablet at the counter, half filled in and left: asked, then blank; without network it keeps nothing and says so.

use std::time::Duration;

use serde_json::json;
use thirtyfour::WebDriver;

use crate::browser::{Browser, Outcome, axe, chromium, see, shows, tap};
use crate::gate::{Gate, Way};
use crate::road::choose;
use crate::support::{Backend, fresh_db};
use crate::town::Town;

#[test]
fn a_kiosk_left_half_filled_asks_then_clears_itself_and_keeps_nothing_without_network() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    town.db.by_nobody().set_kiosk(&town.centre, true).expect("a switch");
    let gate = Gate::before(&town.address);
    let form = format!("{}/s/{}?kiosk", gate.address, town.centre);
    Browser::desk().visit(async |page| {
        chromium(&page, "Page.addScriptToEvaluateOnNewDocument", json!({"source": CLOCK})).await?;
        page.goto(form.as_str()).await?;
        see(&page, "form[data-queue].steps").await?;
        assert_eq!(axe(&page).await?, Vec::<String>::new());
        let entries = number(&page, "return history.length").await?;

        // One question by faces, what it was about, and the offer to send.
        choose(&page, "fieldset[id^=q-].now label:nth-of-type(5)").await?;
        choose(&page, "#field.now label:nth-of-type(2)").await?;
        see(&page, "#enough.now").await?;
        assert!(!see(&page, "fieldset[id^=q-]").await?.is_displayed().await?, "no rating on the screen any more");

        // One touch is an answer: it goes by itself ten seconds later, and can be changed until then.
        pass(&page, 8).await?;
        // Two of its looks at the clock.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        assert_eq!(town.stored(), 0);
        pass(&page, 3).await?;
        shows(&page, ".panel h1", "Cảm ơn Ông/Bà").await?;
        assert_eq!(town.stored(), 1);
        anew(&page, 9).await?;

        // Somebody touches a face and walks away before saying what it was about: asked after 40 s, with 25 s to say so, and one
        // tap is enough; then blank.
        choose(&page, "fieldset[id^=q-].now label:nth-of-type(2)").await?;
        see(&page, "#field.now").await?;
        pass(&page, 41).await?;
        let stay = see(&page, "#idle:not([hidden]) #stay").await?;
        assert_eq!(axe(&page).await?, Vec::<String>::new());
        assert!(idle(&page).await?.starts_with("Các câu trả lời sẽ bị xóa sau"), "what it was about is missing");
        tap(&stay).await?;
        see(&page, "#idle[hidden]").await?;
        assert_eq!(number(&page, "return document.querySelectorAll('input:checked').length").await?, 1);
        anew(&page, 66).await?;
        assert_eq!(number(&page, "return document.querySelectorAll('input:checked').length").await?, 0);

        // Sent at once: thanks, then blank again by itself.
        answer_first(&page).await?;
        tap(&see(&page, "#now").await?).await?;
        shows(&page, ".panel h1", "Cảm ơn Ông/Bà").await?;
        assert_eq!(town.stored(), 2);
        anew(&page, 9).await?;

        // Left in the middle of further questions: said that it will be sent, and sent.
        answer_first(&page).await?;
        tap(&see(&page, "#more").await?).await?;
        see(&page, "fieldset[id^=q-].now").await?;
        pass(&page, 41).await?;
        see(&page, "#idle:not([hidden])").await?;
        assert!(idle(&page).await?.starts_with("Phiếu sẽ tự gửi sau"));
        pass(&page, 26).await?;
        shows(&page, ".panel h1", "Cảm ơn Ông/Bà").await?;
        assert_eq!(town.stored(), 3);
        anew(&page, 9).await?;

        // No network: nothing kept, said, and the way by one's own phone shown.
        answer_first(&page).await?;
        gate.set(Way::Shut);
        tap(&see(&page, "#now").await?).await?;
        shows(&page, ".panel h1", "Máy này đang mất mạng").await?;
        assert_eq!(number(&page, "return document.querySelector('.panel img').naturalWidth ? 1 : 0").await?, 1);
        let kept =
            "return sessionStorage.length + localStorage.length + document.querySelectorAll('input:checked').length";
        assert_eq!(number(&page, kept).await?, 0);
        gate.set(Way::Open);
        anew(&page, 21).await?;
        assert_eq!(number(&page, "return history.length").await?, entries, "no way back to anybody's answers");
        assert_eq!(town.stored(), 3);
        Ok(())
    });
    // It told the staff that it is on.
    let listed = town.get_as(&town.sign_in("lan"), "/staff/points").text().expect("a page");
    assert!(listed.contains("Máy tính bảng: đang hoạt động"), "no sign of life");
}

async fn answer_first(page: &WebDriver) -> Outcome<()> {
    choose(page, "fieldset[id^=q-].now label:nth-of-type(4)").await?;
    choose(page, "#field.now label:nth-of-type(2)").await?;
    see(page, "#enough.now").await?;
    Ok(())
}

/// What the tablet says before it clears itself or sends.
async fn idle(page: &WebDriver) -> Outcome<String> {
    let said = page.execute("return document.getElementById('idle-words').textContent", Vec::new()).await?;
    Ok(said.json().as_str().unwrap_or_default().to_owned())
}

/// Lets the page's clock run on; what looks at it looks every half second.
async fn pass(page: &WebDriver, seconds: u32) -> Outcome<()> {
    page.execute("self.ahead += arguments[0] * 1e3;", vec![json!(seconds)]).await?;
    Ok(())
}

/// Lets the clock run on until the page clears itself, and waits for the page that it then loads for the next one.
async fn anew(page: &WebDriver, seconds: u32) -> Outcome<()> {
    page.execute("document.documentElement.dataset.old = 1;", Vec::new()).await?;
    pass(page, seconds).await?;
    see(page, "html:not([data-old]) form[data-queue].steps fieldset[id^=q-].now").await?;
    Ok(())
}

/// It stands still but for what [`pass`] adds: how long a busy machine takes between two steps is no time of the tablet's. Timers run on.
const CLOCK: &str = "self.ahead = 0; const at = Date.now(); Date.now = () => at + self.ahead;";

async fn number(page: &WebDriver, script: &str) -> Outcome<u64> {
    let found = page.execute(script, Vec::new()).await?.json().clone();
    found.as_u64().ok_or_else(|| format!("{script}: {found}").into())
}
