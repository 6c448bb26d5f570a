//! Units and points on pages: added, ended, replaced; by whom, and within which unit.

use crate::on_both;
use crate::town::{Town, location, page, texts};

on_both! {
    fn a_point_is_added_answered_given_a_new_code_and_ended(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("administrator");
        let (_, choose) = page(town.get_as(&session, "/staff/points/new?unit=cau-giay-hcc"));
        assert!(texts(&choose, "#form label").len() >= 12, "every questionnaire can be chosen");
        let (_, form) = page(town.get_as(&session, "/staff/points/new?unit=cau-giay-hcc&form=dat-dai"));
        assert_eq!(texts(&form, "#fields label"), ["Đất đai"], "only fields that the questionnaire serves");

        let new = [("unit", "cau-giay-hcc"), ("form", "dat-dai"), ("name_vi", "Quầy đất đai"), ("fields", "land"), ("channel", "counter")];
        let added = location(&town.post_as(&session, "/staff/points/new", &new));
        let code = added.rsplit('=').next().expect("a code").to_owned();
        let (_, list) = page(town.get_as(&session, &added));
        assert_eq!(texts(&list, "[role=status]"), ["Đã thêm điểm “Quầy đất đai”. Mã dùng được ngay."]);
        assert_eq!(location(&town.post_form(&code, &town.filled_form(&code, "4"))), format!("/s/{code}/thanks?lang=vi"));
        let (status, again) = page(town.post_as(&session, "/staff/points/new", &new));
        assert_eq!((status, texts(&again, "#name_vi-error").len()), (422, 1), "a second of the name is refused");

        let replace = format!("/staff/points/{code}/replace");
        assert_eq!(town.get_as(&session, &replace).status(), 200);
        let replaced = location(&town.post_as(&session, &replace, &[]));
        let newer = replaced.rsplit('=').next().expect("a code").to_owned();
        assert_ne!(newer, code);
        let (status, old) = page(town.get(&format!("/s/{code}")));
        assert_eq!(status, 410);
        assert!(old.contains(&format!("/s/{newer}")), "the old code leads to the new one");
        assert_eq!(town.get_as(&session, &replace).status(), 404, "replaced once");

        let retire = format!("/staff/points/{newer}/retire");
        assert_eq!(town.get_as(&session, &retire).status(), 200);
        assert_eq!(location(&town.post_as(&session, &retire, &[])), "/staff/points?done=retired");
        assert_eq!(town.get(&format!("/s/{newer}")).status(), 410);
        let (_, list) = page(town.get_as(&session, "/staff/points"));
        assert!(texts(&list, "details tbody tr").iter().any(|row| row.contains("Quầy đất đai")));
        assert_eq!(town.post_as(&session, &retire, &[]).status(), 404);
    }

    fn a_unit_is_added_and_ended_with_the_one_that_follows(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("plan_owner");
        let today = sipas::clock::today().to_string();
        let new = [("parent", "phuong-cau-giay"), ("kind", "school"), ("name_vi", "Trường Mầm non Bờ Cỏ May"), ("valid_from", "01/09/2025")];
        assert_eq!(location(&town.post_as(&session, "/staff/units/new", &new)), "/staff/units?done=added");
        let (status, again) = page(town.post_as(&session, "/staff/units/new", &new));
        assert_eq!((status, texts(&again, "#code-error").len()), (422, 1), "a code is used once");

        let retire = "/staff/units/cau-giay-tyt/retire";
        let early = [("last_day", "2024-01-01"), ("successor", "cau-giay-tyt")];
        let (status, refused) = page(town.post_as(&session, retire, &early));
        assert_eq!(status, 422);
        assert_eq!((texts(&refused, "#last_day-error").len(), texts(&refused, "#successor-error").len()), (1, 1));
        let ended = [("last_day", today.as_str()), ("successor", "truong-mam-non-bo-co-may")];
        assert_eq!(location(&town.post_as(&session, retire, &ended)), "/staff/units?done=retired");
        assert_eq!(town.get_as(&session, retire).status(), 404, "ended once");
        let (_, list) = page(town.get_as(&session, "/staff/units"));
        let row = texts(&list, "tbody tr").into_iter().find(|row| row.contains("cau-giay-tyt")).expect("a row");
        assert!(row.contains("kế tiếp: Trường Mầm non Bờ Cỏ May"), "{row}");
        assert_eq!(town.get_as(&session, "/staff/units/phuong-cau-giay/retire").status(), 404, "never one's own");
    }
}
