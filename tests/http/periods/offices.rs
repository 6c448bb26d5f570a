//! Offices and points as lines beside the ward's figures: the same figures as on their own pages, in page, workbook and JSON.

use std::collections::BTreeSet;

use serde_json::Value;
use sipas::access::Role;

use crate::closing::a_town;
use crate::on_both;
use crate::town::page;

const PAGE: &str = "/staff/plans/cau-giay-2026/2026-q1";
const JSON: &str = "/api/v1/plans/cau-giay-2026/periods/2026-q1/index";

on_both! {
    fn an_office_sees_its_part_of_the_plans_that_bind_it_and_no_page_says_that_there_is_none(fresh) {
        let town = a_town(fresh);
        town.add_user("counter", Role::UnitHead, "cau-giay-hcc");
        let office = town.sign_in("counter");
        let shown = |path: &str| page(town.get_as(&office, path)).1;
        let targets = shown("/staff/targets");
        assert!(!targets.contains("Chưa có kế hoạch nào"), "{targets}");
        assert!(targets.contains("phần của"), "whose figures they are is said: {targets}");
        assert!(shown("/staff/due").contains("Quý I"));
        // Every link to a plan from there opens: the plan's own pages and its closing are the ward's.
        for path in ["/staff/targets", "/staff/due"] {
            let listed = shown(path);
            let listed = scraper::Html::parse_document(&listed);
            let links = crate::town::select(&listed, "main a[href^='/staff/plans/']");
            assert!(!links.is_empty(), "{path}");
            let addresses: BTreeSet<&str> = links.iter().filter_map(|link| link.attr("href")).collect();
            for address in addresses {
                assert_eq!(town.get_as(&office, address).status(), 200, "{path} leads to {address}");
            }
        }
        let (overview, dialogues) = (shown("/staff/overview"), shown("/staff/dialogues"));
        assert!(overview.contains("/staff/targets") && dialogues.contains("chưa ghi cuộc đối thoại nào"));
    }

    fn an_office_has_the_figure_of_its_own_page_and_a_point_that_entered_alone_has_one(fresh) {
        let town = a_town(fresh);
        let lan = town.sign_in("lan");
        let figures = |query: &str| {
            town.get_as(&lan, &format!("{JSON}{query}")).json::<Value>().expect("JSON")
        };
        let (ward, office) = (figures(""), figures("?unit=cau-giay-hcc"));
        let units = ward["units"].as_array().expect("offices");
        let line = units.iter().find(|line| line["unit"] == "cau-giay-hcc").expect("the office");
        assert_eq!(line["estimate"], office["targets"][0]["estimate"]);
        assert_eq!(line["estimate"]["respondents"], 40);
        let hidden = units.iter().filter(|line| line["unit"] != "cau-giay-hcc");
        assert!(hidden.clone().all(|line| line["estimate"].is_null()), "nobody answered elsewhere: {units:?}");
        // All forty answered at one point: 28 of them satisfied with everything.
        let points = ward["points"].as_array().expect("points");
        let shown: Vec<&Value> = points.iter().filter(|point| !point["estimate"].is_null()).collect();
        assert_eq!(shown.len(), 1, "{points:?}");
        assert!((shown[0]["estimate"]["value"].as_f64().expect("a share") - 0.7).abs() < 1e-12);
        assert!(office["points"].is_null(), "an office's figures count shares of releases, which no point has");
        let (_, shown) = page(town.get_as(&lan, &format!("{PAGE}?part=all")));
        assert!(shown.contains("Kết quả theo đơn vị") && shown.contains("Kết quả theo điểm phục vụ"), "{shown}");
        assert!(shown.contains("không phải SIPAS công bố"), "the estimate by the ministry's way bears its label");
        // Kept with the closed period, alike.
        assert_eq!(town.post_as(&lan, &format!("{PAGE}/check"), &[("version", "1")]).status(), 303);
        let kept = figures("");
        assert_eq!((&kept["units"], &kept["points"], &kept["ministry"]), (&ward["units"], &ward["points"], &ward["ministry"]));
        assert_eq!(kept["factors"], ward["factors"]);
    }
}
