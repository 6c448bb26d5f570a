//! Plans on the staff pages: read as tables, changed as text, kept over the next start.

use sipas::access::{Action, Role, may};

use crate::forms::open_again;
use crate::on_both;
use crate::support::{Backend, FreshDb, fresh_db};
use crate::town::{Town, select, texts};
use scraper::Html;

const PLAN: &str = "cau-giay-2026";
const EDIT: &str = "/staff/plans/cau-giay-2026/edit";
const ABOUT: &str = "/staff/plans/cau-giay-2026/about";

fn sqlite() -> FreshDb {
    fresh_db(Backend::Sqlite)
}

fn revision(page: &str) -> String {
    let page = Html::parse_document(page);
    select(&page, "input[name=revision]")[0].attr("value").expect("a revision").to_owned()
}

on_both! {
    fn a_plan_changed_on_a_page_survives_the_next_start(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let text = town.edited_text(&lan, EDIT).replace("due = 2026-03-18", "due = 2026-03-20");
        let done = town.post_as(&lan, EDIT, &[("revision", "1"), ("text", &text), ("do", "keep")]);
        assert_eq!(done.status(), 303);
        assert_eq!(done.headers()["location"], ABOUT);
        let about = town.get_as(&lan, ABOUT).text().expect("a page");
        assert!(texts(&about, "tbody tr").iter().any(|row| row.contains("20/03/2026")));
        let changed = town.db.plan(PLAN).expect("an answer").expect("a plan");
        assert_eq!(changed.revision, 2);
        drop(town);
        let again = open_again(fresh);
        assert_eq!(again.db.plan(PLAN).expect("an answer").expect("a plan"), changed);
        // Nor does a file with new content, as a later release of the program may bring it, undo what the ward decided.
        let mut shipped = changed.plan.clone();
        "Từ tệp của bản phát hành sau".clone_into(&mut shipped.title_vi);
        let (hash, content) = sipas::db::plan_content(&shipped).expect("content");
        let seeded = again.db.seed_plan(&shipped, &hash, &content, sipas::clock::today());
        assert!(!seeded.expect("an answer"));
        assert_eq!(again.db.plan(PLAN).expect("an answer").expect("a plan"), changed);
    }

    fn a_plan_can_be_changed_back_and_saving_nothing_new_makes_no_revision(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let first = town.edited_text(&lan, EDIT);
        let keep = |revision: &str, text: &str| {
            town.post_as(&lan, EDIT, &[("revision", revision), ("text", text), ("do", "keep")]).status()
        };
        assert_eq!(keep("1", &first), 303);
        assert_eq!(town.db.plan(PLAN).expect("an answer").expect("a plan").revision, 1);
        assert_eq!(keep("1", &first.replace("due = 2026-03-18", "due = 2026-03-20")), 303);
        assert_eq!(keep("2", &first), 303);
        let back = town.db.plan(PLAN).expect("an answer").expect("a plan");
        assert_eq!(back.revision, 3);
        assert_eq!(sipas::plan::to_toml(&back.plan), first.trim_start());
    }

    fn the_second_of_two_who_change_a_plan_at_once_is_told_and_keeps_the_text(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let page = town.get_as(&lan, EDIT).text().expect("a page");
        assert_eq!(revision(&page), "1");
        let text = town.edited_text(&lan, EDIT);
        let keep = |text: &str| town.post_as(&lan, EDIT, &[("revision", "1"), ("text", text), ("do", "keep")]);
        assert_eq!(keep(&text.replace("2026-03-18", "2026-03-19")).status(), 303);
        let late = keep(&text.replace("2026-03-18", "2026-03-20"));
        assert_eq!(late.status(), 409);
        assert!(late.text().expect("a page").contains("2026-03-20"));
        assert_eq!(town.db.plan(PLAN).expect("an answer").expect("a plan").revision, 2);
    }
}

#[test]
fn the_page_of_a_plan_shows_every_target_period_and_task() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let plan = town.db.plan(PLAN).expect("an answer").expect("a plan").plan;
    let page = town.get_as(&lan, ABOUT).text().expect("a page");
    let rows = texts(&page, "tbody tr");
    assert_eq!(rows.len(), plan.targets.len() + plan.periods.len() + plan.tasks.len());
    for task in &plan.tasks {
        let row = rows.iter().find(|row| row.contains(&task.title_vi)).expect("a row");
        for words in [&task.lead, &task.leader, &task.deadline].into_iter().flatten().chain(&task.coordinates) {
            assert!(row.contains(words.as_str()), "{words} is not in {row}");
        }
    }
    let list = town.get_as(&lan, "/staff/").text().expect("a page");
    assert!(!select(&Html::parse_document(&list), &format!("a[href='{ABOUT}']")).is_empty());
    let file = town.get_as(&lan, &format!("/staff/plans/{PLAN}/toml"));
    assert_eq!(file.headers()["content-disposition"], format!("attachment; filename=\"{PLAN}.toml\""));
    assert_eq!(file.text().expect("a file"), sipas::plan::to_toml(&plan));
}

#[test]
fn assumed_days_are_marked_until_the_owner_replaces_them() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let hoa = town.sign_in("hoa");
    let (about, edit) = ("/staff/plans/o-dien-2026-2030/about", "/staff/plans/o-dien-2026-2030/edit");
    let marked = |page: &str| texts(page, "td span").iter().filter(|text| *text == "(giả định)").count();
    let before = marked(&town.get_as(&hoa, about).text().expect("a page"));
    assert!(before > 0);
    let text = town.edited_text(&hoa, edit).replacen("assumed = true\n", "", 1);
    let done = town.post_as(&hoa, edit, &[("revision", "1"), ("text", &text), ("do", "keep")]);
    assert_eq!(done.status(), 303);
    assert_eq!(marked(&town.get_as(&hoa, about).text().expect("a page")), before - 2, "first day and cut-off");
}

#[test]
fn a_plan_with_faults_is_kept_as_typed_and_every_fault_is_said_at_its_line() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let text = town
        .edited_text(&lan, EDIT)
        .replace("minimum = 0.90", "minimum = 90")
        .replace("dated = 2026-02-26", "dated = \"26/02/2026\"");
    let refused = town.post_as(&lan, EDIT, &[("revision", "1"), ("text", &text), ("do", "keep")]);
    assert_eq!(refused.status(), 422);
    let page = refused.text().expect("a page");
    let problems = texts(&page, ".problems li");
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].ends_with("dated = \"26/02/2026\"") && problems[1].ends_with("minimum = 90"), "{problems:?}");
    let kept = Html::parse_document(&page);
    let area = scraper::Selector::parse("textarea#text").expect("a selector");
    assert_eq!(kept.select(&area).flat_map(|area| area.text()).collect::<String>(), text);
    for (found, instead) in
        [("unit = \"phuong-cau-giay\"", "unit = \"xa-o-dien\""), ("key = \"cau-giay-2026\"", "key = \"khac\"")]
    {
        let text = town.edited_text(&lan, EDIT).replace(found, instead);
        let refused = town.post_as(&lan, EDIT, &[("revision", "1"), ("text", &text), ("do", "keep")]);
        assert_eq!(refused.status(), 422, "{instead}");
    }
    assert_eq!(town.post_as(&lan, EDIT, &[("text", &"x".repeat(600_000))]).status(), 413);
    assert_eq!(town.db.plan(PLAN).expect("an answer").expect("a plan").revision, 1);
}

#[test]
fn every_role_meets_the_rights_of_the_table_and_other_units_plans_are_not_there() {
    let fresh = sqlite();
    let town = Town::start(&fresh);
    for role in Role::ALL {
        let session = town.sign_in_as(role, "phuong-cau-giay");
        let status = |action: Action, there: u16| if may(role, action) { there } else { 403 };
        assert_eq!(town.get_as(&session, ABOUT).status(), status(Action::ReadDocuments, 200), "{role:?}");
        assert_eq!(town.get_as(&session, EDIT).status(), status(Action::ChangePlans, 200), "{role:?}");
        let post = town.post_as(&session, EDIT, &[("text", "key = 1"), ("do", "keep")]);
        assert_eq!(post.status(), status(Action::ChangePlans, 422), "{role:?}");
        let other = town.get_as(&session, "/staff/plans/o-dien-2026-2030/about");
        assert_eq!(other.status(), status(Action::ReadDocuments, 404), "{role:?}");
        let other =
            town.post_as(&session, "/staff/plans/o-dien-2026-2030/edit", &[("text", "key = 1"), ("do", "keep")]);
        assert_eq!(other.status(), status(Action::ChangePlans, 404), "{role:?}");
    }
    for path in [ABOUT, EDIT, "/staff/plans/cau-giay-2026/toml"] {
        assert_eq!(town.get(path).status(), 303, "{path} without a session");
    }
}
