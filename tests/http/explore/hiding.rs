//! Figures side by side, as a curious colleague lays them: what one less the other would tell.

use serde_json::{Value, json};

use crate::on_both;
use crate::support::sheets::{first_point, sheet_of};
use crate::town::{Town, page, texts};

/// Stores `people` sheets about judicial affairs at the first point of a unit, all very satisfied.
fn answered(town: &Town, unit: &str, day: &str, people: usize) {
    let (code, day) = (first_point(&town.db, unit), day.parse().expect("a day"));
    let sheet = sheet_of(&town.db, "thu-tuc-hanh-chinh-ngan", &code, "judicial", day, 5);
    town.db.load_sheets(vec![sheet; people]).expect("stored");
}

/// What the figures of a period and a unit say of judicial affairs.
fn judicial(town: &Town, session: &str, period: &str, unit: &str) -> Value {
    let path = format!("/api/v1/plans/cau-giay-2026/periods/{period}/index?unit={unit}");
    let index: Value = town.get_as(session, &path).json().expect("JSON");
    let field = index["fields"].as_array().expect("fields").iter().find(|field| field["field"] == "judicial").cloned();
    field.map_or(Value::Null, |field| match field["estimate"]["respondents"].as_u64() {
        Some(respondents) => json!(respondents),
        None => field,
    })
}

on_both! {
    fn figures_of_units_and_nested_periods_leave_nobody_alone(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("lan");
        // Quarter I of the plan ends on 14 March 2026, the half-year on 14 June.
        answered(&town, "cau-giay-hcc", "2026-01-12", 40);
        answered(&town, "cau-giay-tyt", "2026-01-13", 6);
        answered(&town, "cau-giay-hcc", "2026-04-01", 4);
        let hidden = json!({"field": "judicial", "hidden": true});
        for period in ["2026-q1", "2026-h1", "2026-year"] {
            let of = |unit: &str| judicial(&town, &session, period, unit);
            assert_eq!(of("phuong-cau-giay"), 40, "{period}: the six of January and the four of April wait");
            assert_eq!(of("cau-giay-hcc"), 40, "{period}: all of the release");
            assert_eq!(of("cau-giay-tyt"), hidden, "{period}: its six people wait");
        }
        // Ten of April, and four more at the station: each figure grows by ten people or more, or not at all.
        answered(&town, "cau-giay-hcc", "2026-04-02", 6);
        answered(&town, "cau-giay-tyt", "2026-01-14", 4);
        assert_eq!(judicial(&town, &session, "2026-q1", "phuong-cau-giay"), 50);
        assert_eq!(judicial(&town, &session, "2026-h1", "phuong-cau-giay"), 60);
        assert_eq!(judicial(&town, &session, "2026-q1", "cau-giay-hcc"), 40);
        assert_eq!(judicial(&town, &session, "2026-h1", "cau-giay-hcc"), 50);
        assert_eq!(judicial(&town, &session, "2026-q1", "cau-giay-tyt"), 10);
    }

    fn a_field_of_which_nothing_may_be_counted_is_named_not_dropped(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("lan");
        answered(&town, "cau-giay-hcc", "2026-01-12", 9);
        let (_, shown) = page(town.get_as(&session, "/staff/plans/cau-giay-2026/2026-q1?part=all"));
        let rows = texts(&shown, "#fields tbody tr");
        assert!(rows.iter().any(|row| row.starts_with("Tư pháp") && row.contains("không hiển thị")), "{rows:?}");
    }
}
