//! The registry of targets as its readers meet it: the figures of each period's page, and nothing of other units.

use sipas::access::Role;

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{Town, form_pairs, texts, with};

const PAGE: &str = "/staff/targets";

on_both! {
    fn a_target_stands_in_the_registry_as_on_the_page_of_its_period(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        for level in [5, 5, 5, 4, 2] {
            for _ in 0..5 {
                assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, level)).status(), 201);
            }
        }
        // The town's answers are of today; the plan is moved so that its one period holds today, half of it past.
        let today = sipas::clock::today();
        let (from, to) = (today - chrono::Days::new(10), today + chrono::Days::new(10));
        let mut stored = town.db.plan("cau-giay-2026").expect("asked").expect("a plan").plan;
        stored.periods.retain(|period| period.key == "2026-year");
        stored.tasks.clear();
        (stored.from, stored.to) = (from, to);
        for period in &mut stored.periods {
            (period.from, period.to, period.due) = (from, to, None);
            period.key = format!("{}-year", chrono::Datelike::year(&to));
        }
        for target in &mut stored.targets {
            (target.from, target.to) = (from, to);
        }
        let page = format!("/staff/plans/cau-giay-2026/{}", stored.periods[0].key);
        let text = sipas::plan::to_toml(&stored);
        let brought = ("cau-giay-2026.toml", text.as_bytes());
        let read = town.send_file_as(&lan, "/staff/plans/cau-giay-2026/import", brought, &[]);
        let form = form_pairs(&read.text().expect("a page"), "form.plan-form");
        let kept = town.send_as(&lan, "/staff/plans/cau-giay-2026/edit", &with(form, &[("do", "keep")]));
        assert_eq!(kept.status(), 303, "{}", kept.text().unwrap_or_default());
        town.let_in();
        let registry = town.get_as(&lan, PAGE).text().expect("a page");
        let of_period = town.get_as(&lan, &page).text().expect("a page");
        let figure = &texts(&of_period, ".figure")[0];
        let row = texts(&registry, ".registry tbody tr").into_iter().find(|row| row.contains(figure.as_str()));
        assert!(row.expect("a row with the figure").contains("tối thiểu 90%"), "{figure}: {registry}");
        assert!(!registry.contains("Ô Diên"), "another commune's plan");
    }
}

#[test]
fn who_only_keys_sheets_sees_no_registry_and_an_office_its_own_part_of_its_wards_plans() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    town.replan_around_today();
    let keyer = town.sign_in_as(Role::DataEntry, "phuong-cau-giay");
    assert_eq!(town.get_as(&keyer, PAGE).status(), 403);
    // 17 of 20 are content at the counter, and nobody has answered at the health station.
    for place in 0..20 {
        let level = if place < 17 { 5 } else { 2 };
        assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, level)).status(), 201);
    }
    town.let_in();
    let owner = town.sign_in("lan");
    assert!(town.get_as(&owner, PAGE).text().expect("a page").contains("85,0%"));
    let head = town.sign_in_as(Role::UnitHead, "cau-giay-tyt");
    let page = town.get_as(&head, PAGE).text().expect("a page");
    assert!(page.contains("Kế hoạch") && !page.contains("Chưa có kế hoạch nào"), "{page}");
    assert!(!page.contains("85,0%"), "its own part, not the ward's: {page}");
}

/// A plan of the ward of the first quarter alone, over for long.
fn plan_of_quarter_one(town: &Town) {
    let mut plan = town.db.plan("cau-giay-2026").expect("asked").expect("a plan").plan;
    "quy-mot-2026".clone_into(&mut plan.key);
    plan.periods.retain(|period| period.key == "2026-q1");
    plan.to = plan.periods[0].to;
    for target in &mut plan.targets {
        target.id = format!("quy-mot-{}", target.id);
        (target.part_of, target.to) = (None, plan.to);
    }
    plan.counts.clear();
    plan.tasks.clear();
    let (hash, content) = sipas::db::plan_content(&plan).expect("content");
    assert!(town.db.seed_plan(&plan, &hash, &content, sipas::clock::today()).expect("stored"));
}

#[test]
fn a_plan_that_is_over_is_folded_when_its_figures_are_kept_and_not_before() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    plan_of_quarter_one(&town);
    let lan = town.sign_in("lan");
    let links = |within: &str| -> usize {
        let page = scraper::Html::parse_document(&town.get_as(&lan, PAGE).text().expect("a page"));
        let links = format!("{within} a[href*='/staff/plans/quy-mot-2026']");
        crate::town::select(&page, &links).len()
    };
    assert!(links("main") > 0);
    assert_eq!(links("details.past"), 0, "its quarter waits for somebody to check it");
    let done = town.post_as(&lan, "/staff/plans/quy-mot-2026/2026-q1/check", &[("version", "1")]);
    assert!(crate::town::location(&done).ends_with("?done=check"), "{done:?}");
    assert_eq!(links("details.past"), links("main"));
    assert!(links("details.past") > 0);
}
