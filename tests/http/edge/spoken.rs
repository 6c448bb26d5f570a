//! What staff read: the terms of the office, and no code, hash or English word of the program.

use std::collections::BTreeSet;

use scraper::{ElementRef, Html, Selector};
use sipas::access::{Role, may};
use sipas::web::routes::rows;
use sipas::web::row::{Need, Owned, Scope, Verb};

use crate::closing::a_town;
use crate::rights::{Things, path};
use crate::support::{Backend, fresh_db};
use crate::town::page;

/// Words that the glossary replaced, in small letters: the right column of its last table.
fn gone() -> Vec<String> {
    let glossary = include_str!("../../../docs/glossary.md");
    let table = glossary.split_once("| not said any more |").expect("the table").1;
    let cell = |line: &str| line.trim_matches('|').split('|').nth(1).map(|cell| cell.trim().to_lowercase());
    let words: Vec<String> = table.lines().skip(2).take_while(|line| line.starts_with('|')).filter_map(cell).collect();
    assert!(words.len() > 15, "{words:?}");
    words
}

/// The words of an element as they are read: without what is code to be copied, English beside Vietnamese, scripts, and what folds away.
fn read(element: ElementRef<'_>, words: &mut String) {
    let name = element.value().name();
    let is_english = element.value().attr("lang").is_some_and(|lang| lang != "vi");
    if is_english || ["code", "pre", "script", "style", "textarea", "details", "svg"].contains(&name) {
        return;
    }
    for child in element.children() {
        if let Some(text) = child.value().as_text() {
            words.push_str(text);
        } else if let Some(child) = ElementRef::wrap(child) {
            words.push(' ');
            read(child, words);
            words.push(' ');
        }
    }
}

/// What is wrong with the words of a page.
fn faults(shown: &str, gone: &[String]) -> BTreeSet<String> {
    let page = Html::parse_document(shown);
    let main = Selector::parse("main, header").expect("a selector");
    let mut words = String::new();
    for part in page.select(&main) {
        read(part, &mut words);
    }
    // Banned terms hide nowhere, not in what folds away either.
    let all: String = page.root_element().text().collect::<Vec<_>>().join(" ").to_lowercase();
    // The longer word holds the shorter one.
    let all = all.replace("thủ trưởng đơn vị", "");
    let mut found: BTreeSet<String> = gone.iter().filter(|gone| all.contains(*gone)).cloned().collect();
    for word in words.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let is_hash = bare.len() >= 16 && bare.chars().all(|c| c.is_ascii_hexdigit());
        let is_version = bare.split_once('@').is_some_and(|(id, version)| {
            id.contains('-') && !version.is_empty() && version.chars().all(|c| c.is_ascii_digit())
        });
        let is_identifier =
            bare.contains('_') && bare.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit());
        if is_hash || is_version || is_identifier {
            found.insert(bare.to_owned());
        }
    }
    found
}

#[test]
fn no_page_of_staff_says_a_word_that_was_replaced_nor_a_code_of_the_program() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = a_town(&fresh);
    let things = Things { town: &town, made: std::cell::Cell::new(0) };
    let gone = gone();
    let (mut seen, mut wrong) = (0, Vec::new());
    for role in [Role::Administrator, Role::PlanOwner, Role::DataEntry] {
        let session = town.sign_in(role.name());
        for row in rows().filter(|row| row.verb == Verb::Get && row.scope == Scope::Staff) {
            let Need::May(action) = row.need else { continue };
            let is_file = row.path.rsplit('/').next().is_some_and(|last| last.contains('.') || last == "toml");
            // What is edited or previewed as it stands is the questionnaire's own text.
            let is_text = row.path.contains("/edit")
                || row.path.contains("/preview")
                || row.path.contains("/guide")
                || row.path.starts_with("/staff/forms");
            if !may(role, action) || is_file || is_text {
                continue;
            }
            let thing = things.fresh(row.owned, "phuong-cau-giay");
            let address = if row.owned == Owned::Plan { path(row, "cau-giay-2026") } else { path(row, &thing) };
            let answer = town.get_as(&session, &address);
            if answer.status() != 200 {
                continue;
            }
            seen += 1;
            let (_, shown) = page(answer);
            // The people of this town are called by their roles.
            let found = faults(&shown, &gone).into_iter();
            let found = found.filter(|fault| Role::ALL.iter().all(|role| role.name() != fault));
            wrong.extend(found.map(|fault| format!("{} {address}: {fault}", role.name())));
        }
    }
    assert!(seen > 60, "only {seen} pages were seen");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(faults("<main>dat-dai@1 <code>abc_def</code> Nhân tố</main>", &gone).len(), 2, "the rule can fail");
}
