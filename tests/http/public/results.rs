//! What a ward publishes: periods that were closed, with the figures of the staff's page.

use sipas::index::Suspects;
use sipas::report::Language;
use sipas::report::model::TableKind;
use sipas::service::figures::{self, Question, measure};
use sipas::sheet::tally::Series;

use crate::demo::Demo;
use crate::town::texts;

#[test]
fn results_show_the_staffs_figures_of_published_periods_only() {
    let demo = Demo::start();
    let client = reqwest::blocking::Client::new();
    let get =
        |path: &str| client.get(format!("{}{path}", demo.address)).send().expect("an answer").text().expect("a page");
    let list = get("/results");
    assert!(texts(&list, ".links a").iter().any(|name| name == "Phường Cầu Giấy"), "{list}");
    let none = get("/results?unit=phuong-cau-giay");
    assert!(texts(&none, ".period").is_empty() && none.contains("Chưa có kỳ nào được công bố"), "{none}");

    // The year's figures are there for staff, and nobody has approved them.
    demo.publish("cau-giay-2026", "2026-q1");
    let plan = demo.db.plan("cau-giay-2026").expect("plans").expect("the plan").plan;
    let published = plan.period("2026-q1").expect("a period");
    let today = sipas::clock::today();
    for (language, lang) in [(Language::Vi, "vi"), (Language::En, "en")] {
        let page = get(&format!("/results?unit=phuong-cau-giay&lang={lang}"));
        let name = sipas::report::words::period(&published.key, published.from, published.to, language);
        assert_eq!(texts(&page, ".period h2"), [name], "one period was published: {page}");
        let question = Question {
            plan: plan.key.clone(),
            period: published.key.clone(),
            unit: None,
            series: Series::Open,
            suspects: Suspects::In,
            live: false,
            today,
        };
        let measured = measure(&demo.db, &question).expect("figures");
        let content = figures::content(&measured, language, today, true);
        let shown = texts(&page, ".result dd");
        let cells =
            content.table(TableKind::Targets).expect("targets").rows.iter().flat_map(|row| row.cells.iter().skip(1));
        let wanted: Vec<String> =
            cells.map(|cell| cell.text().split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert!(!wanted.is_empty());
        for cell in wanted {
            assert!(shown.contains(&cell), "{cell} is not on the page");
        }
        assert!(!page.contains("BẢN NHÁP") && !page.contains("DRAFT"), "what is published is no draft");
        assert!(
            texts(&page, "main .note").iter().any(|note| note.contains(page_demo(lang))),
            "the mark of made-up data"
        );
    }
}

fn page_demo(lang: &str) -> &'static str {
    if lang == "en" { "demonstration" } else { "giả lập" }
}
