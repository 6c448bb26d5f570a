//! A complaint as its people meet it: left on a phone, accepted at the desk, answered late by an office, approved by a leader, published
//! masked, rated one and reopened; and the target that then is not met, which the report says.

use chrono::NaiveDate;
use sipas::access::Role;
use sipas::clock::day_number;
use sipas::db::{NewUnit, UnitKind};
use thirtyfour::{By, WebDriver};

use crate::browser::{Browser, Outcome, arrive, axe, complaints, fill, see, tap};
use crate::documents::docx_words;
use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::Town;
use crate::workroom::be;

const WORDS: &str = "Chị Lan ở quầy 2 bắt tôi đến ba lần, số 0912345678.";
const ANSWER: &str = "Chị Lan đã được nhắc nhở; hồ sơ của Ông/Bà đã trả ngày 20/3. Gọi 0243 123 4567 nếu còn vướng.";
const PERIOD: &str = "/staff/plans/cau-giay-2026/2026-q1";

#[test]
fn a_complaint_goes_round_from_a_phone_to_the_target_that_is_not_met() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    office_of_the_ward(&town);
    let reference = Browser::phone().visit(async |phone| leave(&phone, &town).await);
    // What the office does comes months later: the case is of 2 March 2026, and fifteen working days later is 23 March.
    came_on(&fresh, "2026-03-02", "2026-03-23");
    let [desk, office, leader] = ["van_phong", "mot_cua", "leader"].map(|name| town.sign_in(name));

    let case = Browser::desk().visit(async |page| {
        be(&page, &town, &desk).await?;
        let case = open_the_case(&page, &town).await?;
        assert!(see(&page, "main").await?.text().await?.contains("ba lần"), "the desk reads what was written");
        press(&page, "button[name='do'][value='accept']").await?;
        see(&page, "#lead option[value='cau-giay-hcc']").await?.click().await?;
        press(&page, &of_form("assign")).await?;
        sound(&page).await?;
        Ok(case)
    });
    Browser::phone().visit(async |page| {
        be(&page, &town, &office).await?;
        assert_eq!(open_the_case(&page, &town).await?, case);
        assert!(
            see(&page, "main .verdict").await?.text().await?.contains("Quá hạn"),
            "the office sees that it is late"
        );
        fill(&page, "answer", ANSWER).await?;
        tap(&see(&page, &of_form("draft")).await?).await?;
        see(&page, "p.done").await?;
        assert!(page.find_all(By::Css("button[value='approve']")).await?.is_empty(), "who writes does not approve");
        sound(&page).await
    });
    Browser::desk().visit(async |page| {
        be(&page, &town, &leader).await?;
        page.goto(format!("{}{case}", town.address)).await?;
        press(&page, "button[name='do'][value='approve']").await?;
        // What is to be published stands ready, masked by the program, for somebody to read over.
        for (field, masked) in [("public_words", "[tên đã che]"), ("public_answer", "[số đã che]")] {
            let ready = see(&page, &format!("[name='{field}']")).await?.value().await?.unwrap_or_default();
            assert!(ready.contains(masked) && !ready.contains("Lan"), "{field}: {ready}");
        }
        press(&page, &of_form("publish")).await?;
        sound(&page).await
    });
    Browser::phone().visit(async |phone| rate(&phone, &town, &reference).await);

    Browser::desk().visit(async |page| {
        be(&page, &town, &desk).await?;
        page.goto(format!("{}{case}", town.address)).await?;
        let shown = see(&page, "main").await?.text().await?;
        assert!(shown.contains("Xem xét lại") && shown.contains("Vẫn phải chờ."), "it is open again: {shown}");
        Ok(())
    });
    Browser::desk().visit(async |page| {
        be(&page, &town, &leader).await?;
        page.goto(format!("{}/staff/targets", town.address)).await?;
        page.execute("document.querySelectorAll('details').forEach(part => { part.open = true; })", Vec::new()).await?;
        let counted = see(&page, ".counted").await?.text().await?;
        assert!(counted.contains("1 phản ánh: 0 giải quyết đúng hạn, 1 chậm"), "{counted}");
        assert!(counted.contains("Chưa đạt"), "{counted}");
        Ok(())
    });
    // And the document that a leader signs says the same.
    let report = town.get_as(&leader, &format!("{PERIOD}/report.docx"));
    let said = docx_words(&report.bytes().expect("a file"));
    assert!(said.contains("1 phản ánh: 0 giải quyết đúng hạn, 1 chậm"), "{said}");
    let row = said.split("1 phản ánh: 0 giải quyết đúng hạn").nth(1).expect("the row");
    assert!(row.chars().take(200).collect::<String>().contains("Chưa đạt"), "{row}");
}

/// From the thanks of an answered form to a complaint; its reference.
async fn leave(phone: &WebDriver, town: &Town) -> Outcome<String> {
    phone.goto(format!("{}/s/{}/thanks", town.address, town.counter)).await?;
    tap(&see(phone, ".message a[href^='/complaints']").await?).await?;
    arrive(phone, |address| address.contains("/complaints?")).await?;
    tap(&see(phone, "#kind label:has(input[value='complaint'])").await?).await?;
    fill(phone, "text", WORDS).await?;
    fill(phone, "contact", "0912 345 678").await?;
    tap(&see(phone, "#send").await?).await?;
    arrive(phone, |address| address.contains("/complaints/")).await?;
    sound(phone).await?;
    Ok(see(phone, ".reference").await?.text().await?)
}

/// The citizen reads the answer, finds the case published without a name, and rates the answer one.
async fn rate(phone: &WebDriver, town: &Town, reference: &str) -> Outcome<()> {
    phone.goto(format!("{}/complaints/published?unit=phuong-cau-giay", town.address)).await?;
    let published = see(phone, "main").await?.text().await?;
    assert!(published.contains("bắt tôi đến ba lần") && published.contains("nhắc nhở"), "{published}");
    for hidden in ["Lan", "0912345678", "123 4567"] {
        assert!(!published.contains(hidden), "{hidden} in {published}");
    }
    // By the reference, as it is typed into the page of complaints.
    phone.goto(format!("{}/complaints", town.address)).await?;
    fill(phone, "reference", &reference.to_lowercase().replace('-', " ")).await?;
    tap(&see(phone, "form[method='get'] button").await?).await?;
    arrive(phone, |address| address.contains(&format!("/complaints/{reference}"))).await?;
    let told = see(phone, "section.answer").await?.text().await?;
    assert!(told.contains("Chị Lan đã được nhắc nhở"), "who complained reads the answer whole: {told}");
    tap(&see(phone, "#rate label:has(input[value='1'])").await?).await?;
    fill(phone, "why", "Vẫn phải chờ.").await?;
    tap(&see(phone, "#rate button").await?).await?;
    arrive(phone, |address| address.contains("done=reopened")).await?;
    sound(phone).await
}

/// The only case of somebody's list, opened from there; its path.
async fn open_the_case(page: &WebDriver, town: &Town) -> Outcome<String> {
    page.goto(format!("{}/staff/complaints", town.address)).await?;
    let listed = page.find_all(By::Css(".card h2 a")).await?;
    assert_eq!(listed.len(), 1);
    let case = listed[0].attr("href").await?.ok_or("an address")?;
    page.goto(format!("{}{case}", town.address)).await?;
    Ok(case)
}

/// The button of the form that does `deed`.
fn of_form(deed: &str) -> String {
    format!("form:has(input[name='do'][value='{deed}']) button.primary")
}

/// Presses a button of a case, and waits for the page to say what was done.
async fn press(page: &WebDriver, button: &str) -> Outcome<()> {
    page.execute("document.querySelectorAll('p.done').forEach(told => told.remove())", Vec::new()).await?;
    see(page, button).await?.click().await?;
    see(page, "p.done").await?;
    Ok(())
}

/// axe finds nothing on the page shown, and it complained of nothing.
async fn sound(page: &WebDriver) -> Outcome<()> {
    assert_eq!(axe(page).await?, Vec::<String>::new());
    assert_eq!(complaints(page).await?, Vec::<String>::new());
    Ok(())
}

/// Văn phòng under the ward, which the plans name for complaints, with its head; the head of the one-stop centre.
fn office_of_the_ward(town: &Town) {
    let new = NewUnit {
        code: "cau-giay-vp".to_owned(),
        kind: UnitKind::Office,
        name_vi: "Văn phòng HĐND và UBND".to_owned(),
        name_en: "Office".to_owned(),
        parent: Some("phuong-cau-giay".to_owned()),
        valid_from: day("2025-07-01"),
    };
    town.db.by_nobody().add_unit(&new).expect("a unit");
    town.add_user("van_phong", Role::UnitHead, "cau-giay-vp");
    town.add_user("mot_cua", Role::UnitHead, "cau-giay-hcc");
}

/// Lets time pass for the one case there is, before anybody did anything about it.
fn came_on(fresh: &FreshDb, on: &str, due: &str) {
    let (on, due) = (day_number(day(on)), day_number(day(due)));
    fresh.sql(&format!(
        "PRAGMA foreign_keys = OFF; UPDATE complaint SET day = {on}, due_day = {due}; UPDATE complaint_contact SET day = {on};"
    ));
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}
