//! A field declared to be without cases: on the page of the closing, in the figures, in the report, in the log, and never where it is wrong.

use serde_json::Value;

use crate::closing::a_town;
use crate::on_both;
use crate::support::sheets::{first_point, sheet_of};
use crate::town::{Town, location, page, texts};

const PAGE: &str = "/staff/plans/cau-giay-2026/2026-q1";

fn target(town: &Town, session: &str) -> Value {
    let answer = town.get_as(session, "/api/v1/plans/cau-giay-2026/periods/2026-q1/index");
    answer.json::<Value>().expect("JSON")["targets"][0].clone()
}

on_both! {
    fn a_declared_field_is_no_part_of_the_target_and_stands_on_page_and_report(fresh) {
        let town = a_town(fresh);
        let lan = town.sign_in("lan");
        let before = target(&town, &lan);
        let missing = before["missing"].as_array().expect("named").clone();
        let field = missing.iter().find(|known| known["questionnaire"].is_null()).expect("a field without answers");
        let code = field["field"].as_str().expect("a code");
        assert!(field["weight"].as_f64().expect("a weight") > 0.0);
        let declare = |field: &str, reason: &str| {
            town.post_as(&lan, &format!("{PAGE}/declare"), &[("field", field), ("reason", reason)])
        };
        assert_eq!(declare(code, "không").status(), 422, "a reason of one word");
        assert_eq!(declare("judicial", "Cả quý không có hồ sơ").status(), 409, "somebody answered about it");
        assert_eq!(declare("no-such-field", "Cả quý không có hồ sơ").status(), 422);
        assert_eq!(target(&town, &lan), before, "nothing was declared");
        assert_eq!(location(&declare(code, "Cả quý không có hồ sơ")), format!("{PAGE}/closing"));
        let after = target(&town, &lan);
        assert_eq!(after["declared_empty"][0]["field"], code);
        assert!(after["missing_fields"].as_array().expect("named").iter().all(|known| known != code));
        let (_, shown) = page(town.get_as(&lan, &format!("{PAGE}/closing")));
        assert!(texts(&shown, "form.card").iter().any(|card| card.contains("Cả quý không có hồ sơ")), "{shown}");
        let (_, figures) = page(town.get_as(&lan, &format!("{PAGE}?part=all")));
        assert!(figures.contains("lý do: Cả quý không có hồ sơ"), "{figures}");
        let log = town.db.audit_rows(&["phuong-cau-giay".into()], None, 5).expect("rows");
        assert!(log.iter().any(|row| row.action == "declare_field" && row.object.contains(code)), "{log:?}");
        // What is closed keeps it, and takes no other.
        assert_eq!(town.post_as(&lan, &format!("{PAGE}/check"), &[("version", "1")]).status(), 303);
        assert_eq!(target(&town, &lan)["declared_empty"][0]["field"], code);
        let back = [("field", code), ("back", "1")];
        assert_eq!(town.post_as(&lan, &format!("{PAGE}/declare"), &back).status(), 409);
        assert_eq!(target(&town, &lan)["declared_empty"][0]["field"], code);
    }

    fn the_page_of_the_closing_says_how_many_wait_and_enter(fresh) {
        let town = a_town(fresh);
        let lan = town.sign_in("lan");
        let (_, shown) = page(town.get_as(&lan, &format!("{PAGE}/closing")));
        assert!(shown.contains("Không có phiếu nào của kỳ còn chờ"), "{shown}");
        let (point, day) = (first_point(&town.db, "cau-giay-hcc"), "2026-01-12".parse().expect("a day"));
        let sheet = |field: &str| {
            let mut sheet = sheet_of(&town.db, "thu-tuc-hanh-chinh-ngan", &point, field, day, 5);
            sheet.key.mode = sipas::sheet::tally::Mode::Paper;
            sheet
        };
        // Six, seven and three of three fields wait by themselves and enter together, though one of the fields has forty of its own.
        let sheets = [vec![sheet("land"); 6], vec![sheet("traffic"); 7], vec![sheet("judicial"); 3]].concat();
        town.db.load_sheets(sheets).expect("stored");
        let (_, shown) = page(town.get_as(&lan, &format!("{PAGE}/closing")));
        assert!(shown.contains("16 phiếu của kỳ chờ tính vào số liệu; khi khóa, 16 phiếu được tính, 0 phiếu chưa đủ"), "{shown}");
        assert_eq!(town.post_as(&lan, &format!("{PAGE}/check"), &[("version", "1")]).status(), 303);
        let target = target(&town, &lan);
        assert_eq!(target["collapsed_fields"], serde_json::json!(["land", "traffic"]));
        assert_eq!(target["estimate"]["respondents"], 40 + 16);
        // Of the field with forty, 16/56 of its weight goes with the sheets that entered together: 0.7 of it at 40/56, the rest all satisfied.
        let value = target["estimate"]["value"].as_f64().expect("a value");
        assert!((value - (0.7 * 40.0 / 56.0 + 16.0 / 56.0 + 2.0) / 3.0).abs() < 1e-9, "{value}");
    }
}
