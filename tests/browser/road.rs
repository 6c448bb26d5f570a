//! The main road: a code is scanned, the form answered, the answer thanked; then the plan owner's figure has moved.

use std::time::{Duration, Instant};

use serde_json::Value;
use thirtyfour::{By, WebDriver};

use crate::browser::{Browser, Outcome, SEEN_WITHIN, arrive, complaints, see, tap, type_keys};
use crate::qr;
use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::{PASSWORD, Town};

#[test]
fn five_citizens_scan_and_answer_without_script_and_the_owners_figure_moves() {
    main_road(&fresh_db(Backend::Sqlite), Browser::phone().without_script());
}

#[test]
fn five_citizens_scan_and_answer_with_script_and_the_owners_figure_moves() {
    main_road(&fresh_db(Backend::Postgres), Browser::phone());
}

fn main_road(fresh: &FreshDb, phone: Browser) {
    let town = Town::start_at_its_own_address(fresh);
    (0..15).for_each(|_| send_dissatisfied(&town));
    town.let_in();
    let picture = town.get(&format!("/qr/{}.png", town.counter)).bytes().expect("a picture");
    let scanned = qr::read_png(&picture);
    assert_eq!(scanned.len(), 1, "{scanned:?}");

    let figures = format!("{}{}?part=all", town.address, crate::town::figures_path());
    let (before, after, session) = Browser::desk().visit(async |desk| {
        sign_in(&desk, &town.address, "lan", PASSWORD).await?;
        desk.goto(figures.as_str()).await?;
        let before = row_of_judicial(&desk).await?;
        phone
            .visit_async(async |phone| {
                for citizen in 1..=5 {
                    assert_eq!(scan_and_answer(&phone, &scanned[0], citizen).await?, 10);
                }
                assert_eq!(complaints(&phone).await?, Vec::<String>::new());
                Ok(())
            })
            .await;
        // Five alone would wait for others.
        std::thread::scope(|scope| {
            scope.spawn(|| (0..5).for_each(|_| send_dissatisfied(&town)));
        });
        desk.refresh().await?;
        assert_eq!(row_of_judicial(&desk).await?.respondents, "15", "nobody sees a single answer arrive");
        town.let_in();
        desk.refresh().await?;
        let after = row_of_judicial(&desk).await?;
        assert_eq!(complaints(&desk).await?, Vec::<String>::new());
        Ok((before, after, desk.get_named_cookie("sipas").await?.value))
    });

    assert_eq!(town.stored(), 25);
    // Fifteen people are satisfied with nothing, then five of twenty-five with everything.
    assert_eq!((before.value.as_str(), before.respondents.as_str()), ("0,0%", "15"));
    assert_eq!((after.value.as_str(), after.respondents.as_str()), ("20,0%", "25"));
    let path = format!("/api/v1/plans/cau-giay-2026/periods/{}/index", crate::town::period());
    let index: Value = town.get_as(&format!("sipas={session}"), &path).json().expect("JSON");
    let field = &index["fields"][0];
    assert_eq!(field["field"], "judicial");
    assert_eq!(field["estimate"]["value"].as_f64(), Some(0.2));
    assert_eq!(field["estimate"]["respondents"], 25);
    // Twenty-five people rated the first criterion, the second question: twenty with level 2; of the five who clicked, the citizens
    // 1, 3 and 5 with level 5, by the lowest binary digit of their number, the others with level 4.
    assert_eq!(field["factors"][0]["criteria"][0]["levels"], serde_json::json!([0, 20, 0, 2, 3]));
}

#[test]
fn what_was_left_out_is_told_and_led_to_and_nothing_else_is_asked_twice() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let form = format!("{}/s/{}", town.address, town.centre);
    Browser::phone().without_script().visit(async |page| {
        page.goto(form.as_str()).await?;
        let answered = click_levels(&page, 1).await?;
        tap(&page.find(By::Id("comment")).await?).await?;
        type_keys(&page, COMMENT).await?;
        tap(&page.find(By::Id("send")).await?).await?;

        let summary = see(&page, ".summary").await?;
        let links = summary.find_all(By::Tag("a")).await?;
        assert_eq!(links.len(), 1);
        let words = links[0].text().await?;
        assert_eq!(page.find(By::Css("#field .error")).await?.text().await?, words, "the same words in both places");
        assert!(page.title().await?.starts_with("Còn chỗ cần xem lại"), "the tab tells it too");

        tap(&links[0]).await?;
        arrive(&page, |address| address.ends_with("#field")).await?;
        let shown = page.execute(WHERE_THE_FIELD_IS, Vec::new()).await?.json().clone();
        assert_eq!(shown, serde_json::json!({"on_screen": true, "focused": true}));

        let kept = page.find_all(By::Css("fieldset[id^='q-'] input:checked")).await?;
        assert_eq!(kept.len(), answered, "every answer is still there");
        let comment = page.find(By::Id("comment")).await?.prop("value").await?;
        assert_eq!(comment.as_deref(), Some(COMMENT));

        tap(&page.find(By::Css("#field label:nth-of-type(2)")).await?).await?;
        tap(&page.find(By::Id("send")).await?).await?;
        arrive(&page, |address| address.contains("/thanks")).await?;
        Ok(())
    });
    assert_eq!(town.stored(), 1);
}

const COMMENT: &str = "Chờ hơi lâu, nhưng được hướng dẫn tận tình.";

const WHERE_THE_FIELD_IS: &str = r#"
    const field = document.getElementById("field"), place = field.getBoundingClientRect();
    return {on_screen: place.top >= 0 && place.bottom <= innerHeight, focused: document.activeElement === field};
"#;

fn send_dissatisfied(town: &Town) {
    assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, 2)).status(), 201);
}

struct Shown {
    value: String,
    respondents: String,
}

/// What the table of fields says about judicial affairs.
async fn row_of_judicial(desk: &WebDriver) -> Outcome<Shown> {
    see(desk, "#fields tbody tr").await?;
    // Tables are folded under the verdict: their words are read whether they are shown or not, and all at once.
    let rows = "return [...document.querySelectorAll('#fields tr')].map(row => [...row.cells].map(cell => cell.textContent.trim()))";
    let mut rows: Vec<Vec<String>> = desk.execute(rows, Vec::new()).await?.convert()?;
    let columns = rows.remove(0);
    let column = |heading: &str| columns.iter().position(|column| column == heading).expect("a column of this name");
    for cells in &rows {
        if cells[0].starts_with("Tư pháp") {
            return Ok(Shown {
                value: cells[column("Tỷ lệ hài lòng")].clone(),
                respondents: cells[column("n")].clone(),
            });
        }
    }
    Err(format!("no row of judicial affairs: {rows:?}").into())
}

/// One citizen: opens the address, chooses a level at every item, sends, is thanked. How many items there were.
///
/// Nobody reads a form in less than five seconds, gives one level to all of it that fast, or agrees with three others on
/// every item: what does is flagged (`src/web/flagging.rs`), and flagged answers wait for a group of their own. Citizens
/// are numbered from 1: 0 would give one level.
pub async fn scan_and_answer(phone: &WebDriver, address: &str, citizen: usize) -> Outcome<usize> {
    phone.goto(address).await?;
    let begun = Instant::now();
    let items = if phone.find_all(By::Css("form.steps")).await?.is_empty() {
        let items = click_levels(phone, citizen).await?;
        tokio::time::sleep(READING.saturating_sub(begun.elapsed())).await;
        tap(&phone.find(By::Id("send")).await?).await?;
        items
    } else {
        let items = step_through(phone, citizen).await?;
        tokio::time::sleep(READING.saturating_sub(begun.elapsed())).await;
        tap(&phone.find(By::Id("now")).await?).await?;
        items
    };
    arrive(phone, |address| address.contains("/thanks")).await?;
    assert_eq!(see(phone, "h1").await?.text().await?, "Cảm ơn Ông/Bà");
    Ok(items)
}

/// A little more than the shortest time in which a person reads a form.
const READING: Duration = Duration::from_millis(5_200);

/// How long a person looks at an answer that does not take before touching it again.
const TAP_AGAIN: Duration = Duration::from_millis(1_500);

/// The level that a citizen gives to an item: 4 to the first, then 4 and 5 as the binary digits of the citizen's number.
fn level(citizen: usize, place: usize) -> usize {
    4 + if place == 0 { 0 } else { (citizen >> ((place - 1) % 3)) & 1 }
}

/// Clicks level 4 at the first item, 4 or 5 at the others; how many items there are.
async fn click_levels(page: &WebDriver, citizen: usize) -> Outcome<usize> {
    let items = page.find_all(By::Css("fieldset[id^='q-']")).await?;
    for (place, item) in items.iter().enumerate() {
        let label = format!("label:nth-of-type({})", level(citizen, place));
        let label = item.find(By::Css(label)).await?;
        tap(&label).await?;
    }
    Ok(items.len())
}

/// The same one item at a time, until the page offers to send.
pub async fn step_through(page: &WebDriver, citizen: usize) -> Outcome<usize> {
    let mut answered = 0;
    while page.find_all(By::Css("#enough.now")).await?.is_empty() {
        let label = format!("fieldset.now label:nth-of-type({})", level(citizen, answered));
        choose(page, &label).await?;
        answered += 1;
    }
    Ok(answered)
}

/// Taps an answer of the question on the screen and waits until the page has gone on by itself.
pub async fn choose(page: &WebDriver, answer: &str) -> Outcome<()> {
    let now = "return [...document.querySelectorAll('fieldset,#enough,#words')].findIndex(e => e.matches('.now'))";
    let answer = see(page, answer).await?;
    let before = page.execute(now, Vec::new()).await?.json().clone();
    tap(&answer).await?;
    let (begun, mut touched) = (Instant::now(), Instant::now());
    while *page.execute(now, Vec::new()).await?.json() == before {
        if begun.elapsed() > SEEN_WITHIN {
            return Err(format!("{} did not lead on", answer.text().await?).into());
        }
        // The first touch of a tablet also opens the full screen, under which the next one may be lost: a person taps again. Nowhere else is a
        // touch lost, and what was chosen leads on by itself, however long that takes: a second touch would fall on the question behind.
        let lost = "return !!document.fullscreenElement && !arguments[0].control.checked";
        if touched.elapsed() > TAP_AGAIN && page.execute(lost, vec![answer.to_json()?]).await?.json() == true {
            tap(&answer).await?;
            touched = Instant::now();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Signs in as a member of staff does.
pub async fn sign_in(page: &WebDriver, address: &str, name: &str, password: &str) -> Outcome<()> {
    page.goto(format!("{address}/staff/sign-in")).await?;
    page.find(By::Id("name")).await?.send_keys(name).await?;
    page.find(By::Id("password")).await?.send_keys(password).await?;
    page.find(By::Css("button[type=submit]")).await?.click().await?;
    arrive(page, |address| address.ends_with("/staff/")).await?;
    Ok(())
}
