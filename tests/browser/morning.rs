//! What people of the workroom come for in the morning, counted in clicks from "Hôm nay": the leader which target is in danger and where,
//! the clerk what changed, the plan owner a chart and a paragraph in the report, printed.

use chrono::{Days, NaiveDate};
use sipas::clock;
use thirtyfour::{By, WebDriver};

use crate::browser::{Browser, Outcome, arrive, axe, complaints, fill, see};
use crate::documents::{docx_words, folded, pdf_text};
use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::Town;
use crate::workroom::be;

const Q1: &str = "/staff/plans/cau-giay-2026/2026-q1";

#[test]
fn a_leader_sees_which_target_is_in_danger_at_once_and_where_with_two_clicks() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = a_ward_this_month(&fresh);
    let leader = town.sign_in("leader");
    Browser::desk().visit(async |desk| {
        be(&desk, &town, &leader).await?;
        desk.goto(format!("{}/staff/", town.address)).await?;
        // On the first screen, without a click: which.
        let line = see(&desk, ".tile a[href^='/staff/explore/compare']").await?;
        let said = line.text().await?;
        assert!(said.contains("/ 90%") && said.to_lowercase().contains("chưa đạt"), "{said}");
        assert!(on_the_first_screen(&desk, ".tile a[href^='/staff/explore/compare']").await?, "{said}");
        // The first click: the offices, the worst of them named in words.
        line.click().await?;
        arrive(&desk, |address| address.contains("/staff/explore/compare")).await?;
        let offices = lines(&desk, "#offices-table tbody tr").await?;
        let centre = offices.iter().find(|row| row.contains("Trung tâm phục vụ hành chính công"));
        assert!(centre.is_some_and(|row| row.contains("30,0%")), "{offices:?}");
        assert_eq!(axe(&desk).await?, Vec::<String>::new());
        // The second one: that office, down to what was asked.
        desk.find(By::LinkText("Trung tâm phục vụ hành chính công")).await?.click().await?;
        arrive(&desk, |address| address.contains("unit=cau-giay-hcc")).await?;
        let shown = see(&desk, "main").await?.text().await?;
        assert!(shown.contains("Trung tâm phục vụ hành chính công") && shown.contains("30,0%"), "{shown}");
        assert_eq!(complaints(&desk).await?, Vec::<String>::new());
        Ok(())
    });
}

#[test]
fn the_first_screen_of_a_phone_holds_every_tile_and_the_first_task() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = a_ward_this_month(&fresh);
    let lan = town.sign_in("lan");
    let beyond = Browser::phone().wide(360).visit(async |page| {
        be(&page, &town, &lan).await?;
        page.goto(format!("{}/staff/", town.address)).await?;
        // The height of a small phone, whatever the window of the browser is.
        let script = "return [...document.querySelectorAll('.tile'), document.querySelector('.tasks li')]\
                      .filter(part => part.getBoundingClientRect().bottom > 740).map(part => part.textContent)";
        let beyond: Vec<String> = page.execute(script, Vec::new()).await?.convert()?;
        let order = "return document.querySelector('.tiles').getBoundingClientRect().top \
                     < document.querySelector('.mine').getBoundingClientRect().top";
        assert!(page.execute(order, Vec::new()).await?.convert::<bool>()?, "figures first, then what is to be done");
        assert_eq!(page.find_all(By::Css(".tile")).await?.len(), 5);
        Ok(beyond)
    });
    assert_eq!(beyond, Vec::<String>::new());
}

#[test]
fn a_clerk_sees_what_changed_since_last_week_without_a_click_and_its_course_with_one() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = a_ward_this_month(&fresh);
    let clerk = town.sign_in("staff");
    for browser in [Browser::desk(), Browser::phone()] {
        browser.visit(async |page| {
            be(&page, &town, &clerk).await?;
            page.goto(format!("{}/staff/", town.address)).await?;
            let tiles = lines(&page, ".tile").await?;
            let of = |heading: &str| tiles.iter().find(|tile| tile.starts_with(heading)).cloned().unwrap_or_default();
            // 140 sheets in the last seven days, as many in all of the four weeks before: see `a_ward_this_month`.
            assert!(of("Phiếu mới").contains("≥ 140 phiếu trong 7 ngày qua, nhiều hơn thường lệ"), "{tiles:?}");
            // Nine of ten were content with everything last month, three of ten are at the counter.
            assert!(of("Giảm").contains("90,0% → 30,0%"), "{tiles:?}");
            page.find(By::PartialLinkText("90,0% → 30,0%")).await?.click().await?;
            arrive(&page, |address| address.contains("/staff/explore?")).await?;
            let shown = see(&page, "main").await?.text().await?;
            assert!(shown.contains("90,0%") && shown.contains("30,0%"), "{shown}");
            assert_eq!(complaints(&page).await?, Vec::<String>::new());
            Ok(())
        });
    }
}

#[test]
fn a_plan_owner_puts_a_chart_and_a_paragraph_into_the_report_and_prints_it() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    // 49 of 70 people content in quarter I.
    let first = NaiveDate::from_ymd_opt(2026, 1, 12).expect("a day");
    spread(&town, &town.counter, "judicial", first, 7);
    let owner = town.sign_in("lan");
    let sentence = "Nơi tiếp nhận thấp nhất vào đầu tháng một, khi chỉ có một cán bộ.";
    let paragraph = "Nguyên nhân: thiếu người ở quầy số 1 trong hai tuần đầu tháng một.";
    Browser::desk().visit(async |desk| {
        be(&desk, &town, &owner).await?;
        desk.goto(format!("{}{Q1}/closing", town.address)).await?;
        desk.find(By::Css(format!("form[action='{Q1}/check'] button"))).await?.click().await?;
        see(&desk, "p.done").await?;
        desk.goto(format!("{}/staff/explore/levels?plan=cau-giay-2026&period=2026-q1", town.address)).await?;
        desk.find(By::Css("details.copy summary")).await?.click().await?;
        fill(&desk, "sentence", sentence).await?;
        desk.find(By::Css("details.copy button")).await?.click().await?;
        arrive(&desk, |address| address.contains("/letter")).await?;
        see(&desk, "#charts ~ section svg.chart").await?;
        fill(&desk, "shortcomings", paragraph).await?;
        desk.find(By::Css("form.column button.primary")).await?.click().await?;
        // Until then the page of the chart stands, with a note of its own.
        arrive(&desk, |address| address.contains("done=kept")).await?;
        see(&desk, "p.done").await?;
        assert_eq!(axe(&desk).await?, Vec::<String>::new());
        assert_eq!(complaints(&desk).await?, Vec::<String>::new());
        for format in ["Word", "PDF"] {
            desk.find(By::LinkText(format!("Báo cáo ({format})"))).await?;
        }
        Ok(())
    });
    let taken = |format: &str| town.get_as(&owner, &format!("{Q1}/report.{format}")).bytes().expect("a file");
    let docx = taken("docx");
    for said in [folded(&docx_words(&docx)), folded(&pdf_text(&taken("pdf")))] {
        assert!(said.contains(sentence) && said.contains(paragraph), "{said}");
        assert!(said.contains("70,0%"), "{said}");
    }
    let parts = zip::ZipArchive::new(std::io::Cursor::new(docx)).expect("a zip");
    let parts: Vec<String> = parts.file_names().flatten().map(std::borrow::Cow::into_owned).collect();
    assert!(
        parts.iter().any(|name| name.starts_with("word/") && name.contains(".emf")),
        "the chart that was copied: {parts:?}"
    );
}

/// A ward whose plan has a period that runs today and one before it: of ten people nine were content everywhere in the last week of the one
/// before, and in these seven days three at the one-stop centre and nine at the health station.
fn a_ward_this_month(fresh: &FreshDb) -> Town {
    let town = Town::start(fresh);
    let today = clock::today();
    let ago = |days| today - Days::new(days);
    town.replan(&[(ago(58), ago(28)), (ago(27), today + Days::new(3))], today + Days::new(3), &[]);
    for (days, centre) in [(34, 9), (7, 3)] {
        spread(&town, &town.counter, "judicial", ago(days), centre);
        spread(&town, &town.station, "health", ago(days), 9);
    }
    town
}

/// Ten people on each of seven days from `first` on, `content` of them with everything.
fn spread(town: &Town, code: &str, field: &str, first: NaiveDate, content: usize) {
    town.load(code, field, 70, |place| {
        let level = if place % 10 < content { 5 } else { 2 };
        (first + Days::new((place / 10) as u64), Box::new(move |_: &str| level))
    });
}

async fn lines(page: &WebDriver, selector: &str) -> Outcome<Vec<String>> {
    let mut lines = Vec::new();
    for row in page.find_all(By::Css(selector)).await? {
        let text = row.prop("textContent").await?.unwrap_or_default();
        lines.push(folded(&text));
    }
    Ok(lines)
}

async fn on_the_first_screen(page: &WebDriver, selector: &str) -> Outcome<bool> {
    let place = "const box = document.querySelector(arguments[0]).getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight;";
    Ok(page.execute(place, vec![selector.into()]).await?.json().as_bool().unwrap_or(false))
}
