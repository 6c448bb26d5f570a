//! The pages of the workroom that the demonstration's user may not open: keying and interviews, users, sessions, audit.
//! On the narrowest phone, and before axe on a phone and at a desk.

use thirtyfour::{Cookie, WebDriver};

use crate::browser::{Browser, Outcome, axe, complaints, see, tap};
use crate::pages::measure;
use crate::support::{Backend, fresh_db};
use crate::town::{Town, location};

#[test]
fn pages_of_clerks_and_administrators_fit_a_phone_and_axe_finds_nothing() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let [clerk, administrator, owner] = ["data_entry", "administrator", "plan_owner"].map(|name| town.sign_in(name));
    let pile = location(&town.post_as(&clerk, "/staff/entry", &[("point", &town.counter), ("version", "")]));
    let interview = format!("/staff/entry/interview?code={}&mode=telephone", town.counter);
    let stops = [
        (&clerk, vec!["/staff/entry", &pile, "/staff/entry/interview", &interview, "/staff/points", "/staff/guide"]),
        (
            &administrator,
            vec!["/staff/users", "/staff/users/new", "/staff/users/viewer/retire", "/staff/units", "/staff/audit"],
        ),
        (
            &owner,
            vec![
                "/staff/due",
                "/staff/plans/cau-giay-2026/2026-q1/closing",
                "/staff/points/tickets",
                "/staff/points/voidings",
                "/staff/sessions",
                "/staff/password",
            ],
        ),
    ];
    let mut faults = Vec::new();
    for (browser, width) in [(Browser::phone().wide(320), Some(320)), (Browser::desk(), None)] {
        faults.extend(browser.visit(async |page| {
            let mut faults = Vec::new();
            for (session, paths) in &stops {
                be(&page, &town, session).await?;
                for path in paths {
                    page.goto(format!("{}{path}", town.address)).await?;
                    assert!(page.current_url().await?.path().starts_with("/staff/"), "{path}");
                    assert!(!page.current_url().await?.path().contains("sign-in"), "{path} asks to sign in");
                    let mut found = axe(&page).await?;
                    if let Some(width) = width {
                        found.extend(measure(&page, width).await?);
                        found.extend(menu(&page).await?);
                    }
                    found.extend(complaints(&page).await?);
                    faults.extend(found.into_iter().map(|fault| format!("{path}: {fault}")));
                }
            }
            Ok(faults)
        }));
    }
    assert_eq!(faults, Vec::<String>::new());
}

/// The menu of a phone is one line until it is opened, and then shows every part; without script.
async fn menu(page: &WebDriver) -> Outcome<Option<String>> {
    let top = "return document.querySelector('main').getBoundingClientRect().top";
    let top = page.execute(top, Vec::new()).await?.json().as_f64().unwrap_or(f64::NAN);
    let seen = async || Ok::<_, Box<dyn std::error::Error>>(see(page, ".bar nav a").await?.is_displayed().await?);
    let before = seen().await?;
    tap(&see(page, ".bar label").await?).await?;
    let after = seen().await?;
    let fault = format!("the page begins at {top} px; parts shown: {before}, with the menu open: {after}");
    Ok((top > 64.0 || before || !after).then_some(fault))
}

/// Takes over a session, as `name=value`.
pub async fn be(page: &WebDriver, town: &Town, session: &str) -> Outcome<()> {
    page.goto(format!("{}/staff/sign-in", town.address)).await?;
    let (name, value) = session.split_once('=').ok_or("a session")?;
    page.add_cookie(Cookie::new(name, value)).await?;
    Ok(())
}
