//! Exploring: the figures of a period's page again, as charts and tables; nothing of other units; words of an address that mean nothing.

use sipas::access::Role;

use crate::support::{Backend, fresh_db};
use crate::town::{Town, texts};

/// The period of the town's page of figures.
fn asked() -> String {
    let path = crate::town::figures_path();
    let period = path.rsplit('/').next().unwrap_or_default().split('?').next().unwrap_or_default();
    format!("plan=cau-giay-2026&period={period}")
}

#[test]
fn a_chart_and_its_table_say_what_the_period_says_and_hide_what_it_hides() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let grid = format!("/staff/explore/levels?{}", asked());
    assert!(town.get_as(&lan, &grid).text().expect("a page").contains("chưa có lĩnh vực nào đủ 10 người"));
    for level in [5, 5, 5, 4, 2] {
        for _ in 0..5 {
            assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, level)).status(), 201);
        }
    }
    town.let_in();
    let of_period = town.get_as(&lan, &crate::town::figures_path()).text().expect("a page");
    // 20 of 25 sheets are satisfied throughout: 80 %.
    let page = town.get_as(&lan, &grid).text().expect("a page");
    let rows = texts(&page, "#grid-table tbody tr");
    assert!(rows.iter().any(|row| row.contains("80,0%")), "{rows:?}");
    assert!(of_period.contains("80,0%"));
    assert!(page.contains("<svg class=\"chart heat\"") && !page.contains(" style="));
    // The table behind the chart, to take along: the same figure.
    let file = town.get_as(&lan, &format!("/staff/explore/levels/table.csv?{}&of=grid", asked()));
    assert_eq!(file.headers()["content-disposition"], "attachment; filename=\"grid.csv\"");
    assert!(file.text().expect("a file").contains("80,0%"));
    let picture = town.get_as(&lan, &format!("/staff/explore/levels/picture.svg?{}&of=grid", asked()));
    assert_eq!(picture.headers()["content-type"], "image/svg+xml");
    for tab in ["", "/compare", "/received"] {
        assert_eq!(town.get_as(&lan, &format!("/staff/explore{tab}?{}", asked())).status(), 200, "{tab}");
    }
}

#[test]
fn other_units_figures_are_not_there_and_senseless_words_are_refused() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    for (query, status) in [
        ("plan=o-dien-2026-2030", 404),
        ("unit=xa-o-dien", 404),
        ("plan=cau-giay-2026&period=2026-q1&measure=health", 400),
        ("plan=cau-giay-2026&period=nothing", 404),
        ("by=weeks", 400),
    ] {
        assert_eq!(town.get_as(&lan, &format!("/staff/explore?{query}")).status(), status, "{query}");
    }
    let keyer = town.sign_in_as(Role::DataEntry, "phuong-cau-giay");
    assert_eq!(town.get_as(&keyer, "/staff/explore").status(), 403);
    // Figures go along with those who sign, write or check reports.
    let viewer = town.sign_in_as(Role::Viewer, "phuong-cau-giay");
    assert_eq!(town.get_as(&viewer, "/staff/explore/levels/table.csv").status(), 403);
}
