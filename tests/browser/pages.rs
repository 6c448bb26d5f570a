//! Every page as people get it: on the narrowest phone, with large text, before axe, with an eye on the console.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sipas::app::{DEMO_PASSWORD, DEMO_USER};
use thirtyfour::{By, WebDriver};

use crate::browser::{Browser, Outcome, axe, chromium, complaints, see, tap};
use crate::demo::Demo;
use crate::road::{choose, sign_in};

#[test]
fn every_page_fits_320_pixels_also_with_wide_spacing_and_no_answer_is_chosen_before() {
    let demo = Demo::start();
    let faults = Browser::phone().wide(320).visit(async |page| {
        let mut faults = Vec::new();
        let mut stops = every_form(&demo);
        stops.extend(further_pages(&demo));
        for stop in &stops {
            stop.make(&page, &demo).await?;
            let found = measure(&page, 320).await?;
            faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", stop.name)));
            page.execute(WIDE_SPACING, Vec::new()).await?;
            let found = measure(&page, 320).await?;
            faults.extend(found.into_iter().map(|fault| format!("{} with wide spacing: {fault}", stop.name)));
            faults.extend(stop.console(&page).await?);
        }
        Ok(faults)
    });
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn text_of_twice_the_size_fits_a_phone() {
    let demo = Demo::start();
    let faults = Browser::phone().visit(async |page| {
        let mut faults = Vec::new();
        for stop in &further_pages(&demo) {
            stop.make(&page, &demo).await?;
            page.execute("document.documentElement.style.fontSize = '200%';", Vec::new()).await?;
            let found = measure(&page, 360).await?;
            faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", stop.name)));
        }
        Ok(faults)
    });
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn axe_finds_nothing_on_a_phone() {
    axe_finds_nothing(Browser::phone());
}

#[test]
fn axe_finds_nothing_at_a_desk() {
    axe_finds_nothing(Browser::desk());
}

fn axe_finds_nothing(browser: Browser) {
    let demo = Demo::start();
    let faults = browser.visit(async |page| {
        let mut faults = Vec::new();
        for stop in &further_pages(&demo) {
            stop.make(&page, &demo).await?;
            faults.extend(axe(&page).await?.into_iter().map(|fault| format!("{}: {fault}", stop.name)));
            faults.extend(stop.console(&page).await?);
        }
        Ok(faults)
    });
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn axe_finds_nothing_on_citizens_pages_at_320_pixels_in_large_text_or_strong_contrast() {
    let demo = Demo::start();
    let faults = Browser::phone().wide(320).visit(async |page| {
        let mut faults = Vec::new();
        for (name, features) in [
            ("320 pixels", json!([])),
            ("strong contrast", json!([{"name": "prefers-contrast", "value": "more"}])),
            ("forced colours", json!([{"name": "forced-colors", "value": "active"}])),
        ] {
            chromium(&page, "Emulation.setEmulatedMedia", json!({"features": features})).await?;
            for stop in further_pages(&demo).iter().filter(|stop| !stop.path.starts_with("/staff")) {
                stop.make(&page, &demo).await?;
                let found = axe(&page).await?;
                faults.extend(found.into_iter().map(|fault| format!("{} with {name}: {fault}", stop.name)));
                if features == json!([]) {
                    page.execute("document.documentElement.style.fontSize = '200%';", Vec::new()).await?;
                    let found = axe(&page).await?;
                    faults.extend(found.into_iter().map(|fault| format!("{} with {name}, 200%: {fault}", stop.name)));
                }
            }
        }
        Ok(faults)
    });
    assert_eq!(faults, Vec::<String>::new());
}

/// A page to look at.
struct Stop {
    name: String,
    path: String,
    /// What is done there before the look.
    first: First,
}

#[derive(Clone, Copy, PartialEq)]
enum First {
    Nothing,
    /// Show all of the form where a phone shows one item at a time.
    Spread,
    /// Answer the first question of those that come one at a time.
    Step,
    /// Go on until the page offers to send.
    Offer,
    /// Send the form as it is, which is refused.
    Send,
    /// Send the form when its number was used for other answers.
    Conflict,
    SignIn,
    /// Open everything that is folded.
    Unfold,
}

impl Stop {
    fn at(name: &str, path: String, first: First) -> Self {
        Self { name: name.to_owned(), path, first }
    }

    async fn make(&self, page: &WebDriver, demo: &Demo) -> Outcome<()> {
        if self.first == First::SignIn {
            return sign_in(page, &demo.address, DEMO_USER, DEMO_PASSWORD).await;
        }
        // What was answered for the last look is no answer of this one.
        page.execute("try { sessionStorage.clear(); } catch (e) {}", Vec::new()).await?;
        page.goto(format!("{}{}", demo.address, self.path)).await?;
        match self.first {
            First::Spread => spread(page).await?,
            First::Send => {
                spread(page).await?;
                // Past the script, which says what is missing before anything is sent.
                page.execute("document.forms[0].submit()", Vec::new()).await?;
                see(page, ".summary").await?;
            }
            First::Step => step(page).await?,
            First::Offer => {
                while page.find_all(By::Css("#enough.now")).await?.is_empty() {
                    step(page).await?;
                }
            }
            First::Conflict => {
                see(page, "form[data-queue]").await?;
                spread(page).await?;
                page.execute(SENT_BEFORE, Vec::new()).await?;
                see(page, "html[data-sent]").await?;
                see(page, "#send").await?.click().await?;
                see(page, ".summary").await?;
            }
            First::Unfold => {
                for folded in page.find_all(By::Css("summary")).await? {
                    folded.click().await?;
                }
            }
            First::Nothing | First::SignIn => {}
        }
        Ok(())
    }

    /// What the page complained about; that a page which refuses has a status that says so is no complaint.
    async fn console(&self, page: &WebDriver) -> Outcome<Vec<String>> {
        let said = complaints(page).await?.into_iter();
        let status = |line: &String| {
            line.contains("the server responded with a status of 4")
                && (line.contains(self.path.split('?').next().unwrap_or_default())
                    || matches!(self.first, First::Send | First::Conflict) && line.contains("/responses"))
        };
        Ok(said.filter(|line| !status(line)).map(|line| format!("{}: {line}", self.name)).collect())
    }
}

/// All of the form on one page.
async fn spread(page: &WebDriver) -> Outcome<()> {
    if !page.find_all(By::Css("form.steps")).await?.is_empty() {
        tap(&see(page, "#view").await?).await?;
        see(page, "form:not(.steps)").await?;
    }
    Ok(())
}

/// One question answered, of those that come one at a time.
async fn step(page: &WebDriver) -> Outcome<()> {
    if page.find_all(By::Css("form.steps")).await?.is_empty() {
        tap(&see(page, "#view").await?).await?;
    }
    choose(page, "fieldset.now label:nth-of-type(2)").await
}

/// Sends the form with other answers than it is left with.
const SENT_BEFORE: &str = r"
    const form = document.forms[0], tick = n => form.querySelectorAll(`fieldset label:nth-of-type(${n})`).forEach(label => label.click());
    tick(1);
    fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) }).then(() => {
        tick(2);
        document.documentElement.dataset.sent = 1;
    });
";

/// The form of every questionnaire in every one of its languages.
fn every_form(demo: &Demo) -> Vec<Stop> {
    let points = demo.a_point_of_each_form();
    let asked: BTreeSet<&str> = points.iter().map(|point| point.form.as_str()).collect();
    let forms = demo.db.forms().expect("forms");
    let known: BTreeSet<&str> = forms.iter().map(|form| form.code.as_str()).collect();
    assert_eq!(asked, known, "a questionnaire that no point of the demonstration asks");
    let of = |code: &str, form: &str| {
        let newest = demo.db.newest_form(form).expect("a form").expect("published");
        let stop =
            |lang: &String| Stop::at(&format!("{form} in {lang}"), format!("/s/{code}?lang={lang}"), First::Spread);
        newest.questionnaire.languages.iter().map(stop).collect::<Vec<_>>()
    };
    points.iter().flat_map(|point| of(&point.code, &point.form)).collect()
}

/// One of every kind of page.
fn further_pages(demo: &Demo) -> Vec<Stop> {
    let code = demo.of_several_fields();
    let unknown = "2222223";
    demo.db.by_nobody().set_kiosk(&code, true).expect("a switch");
    let other = demo.a_point_of_each_form().into_iter().find(|point| point.code != code).expect("another point").code;
    let written = sipas::cases::check("complaint", "Đường ngập, chờ hai tuần.", "").expect("a complaint");
    let ward = demo.db.units().expect("units").into_iter().find(|unit| unit.code == "phuong-cau-giay").expect("a ward");
    let today = sipas::clock::today();
    let arrival = sipas::service::complaints::arrival(&demo.db, &ward, today).expect("an arrival");
    demo.db.add_complaint(ward.id, &[7; 16], &written, &arrival, today).expect("stored");
    let reference = sipas::cases::reference(&[7; 16]);
    demo.publish("cau-giay-2026", "2026-h1");
    vec![
        Stop::at("form", format!("/s/{code}"), First::Nothing),
        Stop::at("form in English", format!("/s/{code}?lang=en"), First::Nothing),
        Stop::at("a later step", format!("/s/{code}"), First::Step),
        Stop::at("a later step in English", format!("/s/{code}?lang=en"), First::Step),
        Stop::at("the offer to send", format!("/s/{code}"), First::Offer),
        Stop::at("the offer to send in English", format!("/s/{code}?lang=en"), First::Offer),
        Stop::at("whole form", format!("/s/{code}"), First::Spread),
        Stop::at("whole form in English", format!("/s/{code}?lang=en"), First::Spread),
        Stop::at("form in large print", format!("/s/{code}?large=1"), First::Nothing),
        Stop::at("whole form in large print in English", format!("/s/{code}?lang=en&large=1"), First::Spread),
        Stop::at("form with errors", format!("/s/{code}"), First::Send),
        Stop::at("form with errors in English", format!("/s/{code}?lang=en"), First::Send),
        Stop::at("form of a used number", format!("/s/{code}"), First::Conflict),
        Stop::at("form of a used number in English", format!("/s/{code}?lang=en"), First::Conflict),
        Stop::at("kiosk", format!("/s/{code}?kiosk"), First::Nothing),
        Stop::at("kiosk in English", format!("/s/{code}?kiosk&lang=en"), First::Nothing),
        Stop::at("kiosk, thanks", format!("/s/{code}/thanks?kiosk=1"), First::Nothing),
        Stop::at("no kiosk here", format!("/s/{other}?kiosk"), First::Nothing),
        Stop::at("no kiosk here in English", format!("/s/{other}?kiosk&lang=en"), First::Nothing),
        Stop::at("form with a code typed", format!("/s/{code}?ticket="), First::Nothing),
        Stop::at("form with a code in English", format!("/s/{code}?ticket=ABCD-EFGH-JKL&lang=en"), First::Nothing),
        Stop::at("form with a code refused", format!("/s/{code}?ticket=ABCD-EFGH-JKL"), First::Send),
        Stop::at("preview", format!("/s/{code}?preview=1"), First::Nothing),
        Stop::at("thanks", format!("/s/{code}/thanks"), First::Nothing),
        Stop::at("thanks in English", format!("/s/{code}/thanks?lang=en"), First::Nothing),
        Stop::at("thanks in large print", format!("/s/{code}/thanks?large=1"), First::Nothing),
        Stop::at("results, list", "/results".to_owned(), First::Nothing),
        Stop::at("results", "/results?unit=phuong-cau-giay".to_owned(), First::Nothing),
        Stop::at("results in English", "/results?unit=phuong-cau-giay&lang=en".to_owned(), First::Nothing),
        Stop::at("news", "/results/news?unit=phuong-cau-giay".to_owned(), First::Nothing),
        Stop::at("news in English", "/results/news?unit=phuong-cau-giay&lang=en".to_owned(), First::Nothing),
        Stop::at("open data", "/results/open-data?unit=phuong-cau-giay".to_owned(), First::Unfold),
        Stop::at("a screen on a wall", "/screen/phuong-cau-giay".to_owned(), First::Nothing),
        Stop::at("complaints", "/complaints".to_owned(), First::Nothing),
        Stop::at("complaints in English", "/complaints?lang=en&unit=phuong-cau-giay".to_owned(), First::Nothing),
        Stop::at("complaints with errors", "/complaints?lang=en".to_owned(), First::Send),
        Stop::at("privacy notice in English", "/privacy?lang=en".to_owned(), First::Nothing),
        Stop::at("privacy notice", "/privacy".to_owned(), First::Nothing),
        Stop::at("404", format!("/s/{unknown}"), First::Nothing),
        Stop::at("404 in English", format!("/s/{unknown}?lang=en"), First::Nothing),
        Stop::at("410", format!("/s/{}", demo.retired()), First::Nothing),
        Stop::at("410 in English", format!("/s/{}?lang=en", demo.retired()), First::Nothing),
        Stop::at("a complaint received", format!("/complaints/{reference}?new=1"), First::Nothing),
        Stop::at("a complaint in English", format!("/complaints/{reference}?lang=en"), First::Nothing),
        Stop::at("complaints, 404", "/complaints/2222-2222-2223".to_owned(), First::Nothing),
        Stop::at("sign-in", "/staff/sign-in".to_owned(), First::Nothing),
        Stop::at("plans", "/staff/".to_owned(), First::SignIn),
        Stop::at("overview, one target", "/staff/plans/cau-giay-2026/2026-year".to_owned(), First::Unfold),
        Stop::at(
            "overview, all on one page",
            "/staff/plans/cau-giay-2026/2026-year?part=all".to_owned(),
            First::Unfold,
        ),
        Stop::at("overview, many targets", "/staff/plans/o-dien-2026-2030/2026-year".to_owned(), First::Nothing),
        Stop::at("overview before its time", "/staff/plans/o-dien-2026-2030/2030-year".to_owned(), First::Nothing),
        Stop::at("targets over time", "/staff/targets".to_owned(), First::Nothing),
        Stop::at("figures of others", "/staff/figures".to_owned(), First::Nothing),
        Stop::at("a file of figures", "/staff/figures/import".to_owned(), First::Nothing),
        Stop::at("a file of cases", "/staff/volumes/import".to_owned(), First::Nothing),
        Stop::at("cases handled", "/staff/volumes".to_owned(), First::Nothing),
        Stop::at("one-time codes", "/staff/points/tickets".to_owned(), First::Nothing),
        Stop::at("what citizens are told", "/staff/telling".to_owned(), First::Nothing),
        Stop::at("tasks", "/staff/tasks".to_owned(), First::Nothing),
        Stop::at("a file of complaints", "/staff/complaints/import".to_owned(), First::Nothing),
        Stop::at("closing a period", "/staff/plans/cau-giay-2026/2026-q1/closing".to_owned(), First::Unfold),
        Stop::at("outline of a report", "/staff/plans/cau-giay-2026/outline".to_owned(), First::Nothing),
        Stop::at("progress", "/staff/progress".to_owned(), First::Nothing),
        Stop::at("early warnings", "/staff/warnings".to_owned(), First::Unfold),
        Stop::at("drivers", "/staff/explore/drivers".to_owned(), First::Nothing),
        Stop::at("soundness of a form", "/staff/explore/form".to_owned(), First::Nothing),
        Stop::at("two sides", "/staff/explore/change".to_owned(), First::Nothing),
        Stop::at("due dates", "/staff/due".to_owned(), First::Unfold),
        Stop::at("about a plan", "/staff/plans/cau-giay-2026/about".to_owned(), First::Nothing),
        Stop::at("edit a plan", "/staff/plans/cau-giay-2026/edit".to_owned(), First::Nothing),
        Stop::at(
            "a questionnaire of what is weak",
            "/staff/plans/cau-giay-2026/2026-year/follow-up".to_owned(),
            First::Nothing,
        ),
        Stop::at("points", "/staff/points".to_owned(), First::Nothing),
        Stop::at("a new point", "/staff/points/new".to_owned(), First::Nothing),
        Stop::at("points pasted", "/staff/points/paste".to_owned(), First::Nothing),
        Stop::at("silent points", "/staff/points/silent".to_owned(), First::Nothing),
        Stop::at("posters", "/staff/points/posters".to_owned(), First::Nothing),
        Stop::at("retire a point", format!("/staff/points/{code}/retire"), First::Nothing),
        Stop::at("replace a code", format!("/staff/points/{code}/replace"), First::Nothing),
        Stop::at("units", "/staff/units".to_owned(), First::Nothing),
        Stop::at("a new unit", "/staff/units/new".to_owned(), First::Nothing),
        Stop::at("questionnaires", "/staff/forms".to_owned(), First::Nothing),
        Stop::at("a questionnaire", "/staff/forms/thu-tuc-hanh-chinh-ngan/3".to_owned(), First::Nothing),
        Stop::at("edit a questionnaire", "/staff/forms/new".to_owned(), First::Nothing),
        Stop::at("privacy notice of the ward", "/staff/notice".to_owned(), First::Nothing),
        Stop::at("guide", "/staff/guide".to_owned(), First::Nothing),
        Stop::at("guide with tables", "/staff/guide/tai-quay".to_owned(), First::Nothing),
        Stop::at("edit the guide", "/staff/guide/tai-quay/edit".to_owned(), First::Nothing),
        Stop::at("own password", "/staff/password".to_owned(), First::Nothing),
        Stop::at("sheets that do not count", "/staff/points/voidings".to_owned(), First::Nothing),
        Stop::at("staff 404", "/staff/plans/none/2026-year".to_owned(), First::Nothing),
    ]
}

/// What does not fit a page of this width, rows that are too low, answers that nobody gave.
pub async fn measure(page: &WebDriver, width: u32) -> Outcome<Vec<String>> {
    let found = page.execute(MEASURE, vec![json!(width)]).await?;
    let Value::Array(found) = found.json() else { return Err("no measures".into()) };
    Ok(found.iter().map(|fault| fault.as_str().unwrap_or_default().to_owned()).collect())
}

/// A touch needs 48 px of height for an answer (our own bar; WCAG 2.2 asks for 24) and 24 px for anything else. What may
/// be scrolled inside its own frame is no overflow of the page, and what is there for screen readers only needs no room.
const MEASURE: &str = r##"
    const width = arguments[0], faults = [];
    const name = e => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.className.baseVal ?? e.className).toString().replace(/(^| )(?=.)/g, ".")
        + " “" + e.textContent.trim().slice(0, 30) + "”";
    if (innerWidth !== width) faults.push(`the window became ${innerWidth} px wide`);
    if (document.documentElement.scrollWidth > width) faults.push(`the page is ${document.documentElement.scrollWidth} px wide`);
    for (const e of document.body.querySelectorAll("*")) {
        const place = e.getBoundingClientRect();
        if (!place.width || e.closest(".scroll") !== null && !e.matches(".scroll") || e.matches(".skip")) continue;
        if (place.right > width + 0.5 || place.left < -0.5) faults.push(`${name(e)} reaches from ${place.left} to ${place.right}`);
        const style = getComputedStyle(e);
        if (style.clipPath !== "none") continue;
        if (style.overflowX !== "visible" && !e.matches(".scroll, textarea, input, select") && e.scrollWidth > e.clientWidth + 1)
            faults.push(`${name(e)} is cut off`);
    }
    // On citizens' pages 44 px for anything that is touched, links in the middle of a sentence aside.
    const other = location.pathname.startsWith("/staff") ? 24 : 44;
    for (const row of document.querySelectorAll("fieldset label, button, summary, select, textarea, input[type=text], input[type=password], a.button, a.lang, a.line, .links a, footer a")) {
        const place = row.getBoundingClientRect(), least = other === 44 && row.matches("fieldset label") ? 48 : other;
        if (!row.getClientRects().length) continue;
        if (place.height < least) faults.push(`${name(row)} is ${place.height} px high`);
        if (other === 44 && row.matches("fieldset label") && place.width < width / 2) faults.push(`${name(row)} is ${place.width} px wide`);
    }
    const citizens = !location.pathname.startsWith("/staff/");
    const touched = document.querySelector(".summary, .later, [data-sent]");
    if (citizens && !touched) for (const chosen of document.querySelectorAll("input:checked")) faults.push(`${chosen.name} is ${chosen.value} from the start`);
    return faults;
"##;

/// Success criterion 1.4.12 of WCAG: readers may set these distances, and nothing may be lost.
const WIDE_SPACING: &str = r#"
    for (const e of document.querySelectorAll("body, body *:not(svg, svg *)")) {
        e.style.lineHeight = "1.5"; e.style.letterSpacing = "0.12em"; e.style.wordSpacing = "0.16em";
        if (e.matches("p")) e.style.marginBottom = "2em";
    }
"#;
