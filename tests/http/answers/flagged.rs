//! Answers that look sent by something else: stored, thanked for, marked; figures with and without them.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use sipas::db::{SheetFilter, TallyFilter};

use crate::on_both;
use crate::support::{Backend, fresh_db, sheets};
use crate::town::{Town, figures_path, location, page, period, texts};

/// How many stored sheets are marked, of how many.
fn marked(town: &Town) -> (u64, u64) {
    let (mut marked, mut all) = (0, 0);
    town.db
        .for_each_sheet(&SheetFilter::default(), |sheet| {
            all += 1;
            marked += u64::from(sheet.key.suspect);
            std::ops::ControlFlow::Continue(())
        })
        .expect("every sheet");
    (marked, all)
}

/// A sheet whose answers nobody else gives: the levels of `number` written with the digits 1 to 5.
fn varied(town: &Town, number: usize) -> Value {
    let mut sheet = town.json_sheet(&town.counter, 4);
    let mut rest = number;
    for (_, answer) in sheet["answers"].as_object_mut().expect("answers") {
        *answer = json!(3 + rest % 3);
        rest /= 3;
    }
    sheet
}

on_both! {
    fn three_hundred_answers_from_one_address_are_all_stored_and_a_burst_is_marked(fresh) {
        let town = Town::start(fresh);
        for number in 0..300 {
            assert_eq!(town.post_json(&town.counter, &varied(&town, number)).status(), 201, "answer {number}");
        }
        let (marked, all) = marked(&town);
        assert_eq!(all, 300, "nobody is refused");
        // The first twenty of a minute are not marked, nor the first eighty of ten.
        assert!((100..=280).contains(&marked), "{marked} marked");
    }

    fn figures_are_shown_with_and_without_what_is_marked(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("lan");
        // Twenty that pass, the last three of them alike; then twenty more of those.
        for number in 0..40_usize {
            assert_eq!(town.post_json(&town.counter, &varied(&town, number.min(17))).status(), 201);
        }
        assert_eq!(marked(&town), (20, 40));
        town.let_in();
        let respondents = |suspects: &str| -> Value {
            let path = format!("/api/v1/plans/cau-giay-2026/periods/{}/index?suspects={suspects}", period());
            let report: Value = town.get_as(&session, &path).json().expect("JSON");
            assert_eq!(report["suspects"], suspects);
            report["fields"][0]["estimate"]["respondents"].clone()
        };
        assert_eq!((respondents("in"), respondents("out")), (json!(40), json!(20)));
        let page = town.get_as(&session, &format!("{}?part=all", figures_path())).text().expect("a page");
        assert!(texts(&page, ".suspects").iter().any(|words| words.contains("20 phiếu có dấu hiệu bất thường")), "{page}");
    }

    fn figures_without_flagged_sheets_stand_on_a_card_only_where_the_notice_says_so(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("lan");
        let day: NaiveDate = "2026-01-12".parse().expect("a day");
        let sheet = |suspect: bool| {
            let mut sheet = sheets::sheet(&town.db, &town.counter, "judicial", day, if suspect { 5 } else { 3 });
            sheet.key.suspect = suspect;
            sheet
        };
        let load = |flagged: usize, others: usize| {
            let sheets = [vec![sheet(true); flagged], vec![sheet(false); others]].concat();
            town.db.load_sheets(sheets).expect("stored");
        };
        let said = || {
            let shown = town.get_as(&session, "/staff/plans/cau-giay-2026/2026-q1?part=all").text().expect("a page");
            (texts(&shown, ".suspects").concat(), shown.contains("Bỏ phiếu có dấu hiệu bất thường:"))
        };
        load(0, 40);
        // Four flagged ones enter with eight others: a release that figures without them leave out whole.
        load(4, 8);
        let (notice, is_shown) = said();
        assert!(notice.contains("ít hơn 10 phiếu; kết quả khi không tính chúng không nêu ở đây"), "{notice}");
        assert!(!is_shown, "the card says what the notice says is not said");
        // With twelve more by themselves there are sixteen; eight others go with the four.
        load(12, 0);
        let (notice, is_shown) = said();
        assert!(notice.contains("Có 16 phiếu") && is_shown, "{notice}");
        assert!(notice.contains("8 phiếu không có dấu hiệu bất thường cũng bị bỏ ra"), "{notice}");
    }

    fn a_group_is_voided_on_a_page_with_a_reason_and_brought_back_with_another(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("lan");
        let point = town.db.point(&town.counter).expect("points").expect("a point");
        let day = sipas::clock::today() - Days::new(5);
        let sheet = |day: NaiveDate| sheets::sheet(&town.db, &town.counter, "judicial", day, 1);
        town.db.load_sheets(vec![sheet(day); 12]).expect("stored");
        town.db.load_sheets(vec![sheet(day - Days::new(1)); 4]).expect("stored");
        let counted = || {
            let filter = TallyFilter { units: Some(vec![point.unit]), from: day - Days::new(1), to: day, live: true };
            town.db.tallies(&filter).expect("tallies").iter().map(|(_, tally)| tally.sheets).sum::<u64>()
        };
        let path = "/staff/points/voidings";
        let send = |from: NaiveDate, to: NaiveDate, reason: &str| {
            let (from, to) = (from.to_string(), to.to_string());
            let form = [("point", town.counter.as_str()), ("from", &from), ("to", &to), ("which", "all"), ("reason", reason)];
            town.post_as(&session, path, &form)
        };
        let reason = "Phiếu do máy gửi, biên bản số 12";
        for (from, to, reason, wrong) in [
            (day, day, "ngắn", "reason"),
            (day, sipas::clock::today(), reason, "to"),
            (day, day - Days::new(1), reason, "from"),
            (day - Days::new(1), day - Days::new(1), reason, "from"),
        ] {
            let (status, shown) = page(send(from, to, reason));
            assert_eq!((status, texts(&shown, &format!("#{wrong}-error")).len()), (422, 1), "{from} {to} {reason}");
            let typed = from.format("%d/%m/%Y");
            assert!(shown.contains(&format!("value=\"{typed}\"")), "what was typed stays");
        }
        assert_eq!(counted(), 16, "nothing was voided");
        // Another unit's office does not see it, and may not do it.
        let other = town.sign_in("viewer");
        assert_eq!(town.post_as(&other, path, &[]).status(), 403);
        assert_eq!(location(&send(day, day, reason)), "/staff/points/voidings?done=voided");
        assert_eq!(counted(), 4);
        let (_, list) = page(town.get_as(&session, path));
        assert!(texts(&list, "tbody tr").iter().any(|row| row.contains(reason) && row.contains("12")), "{list}");
        let (_, read_only) = page(town.get_as(&other, path));
        assert!(read_only.contains(reason) && texts(&read_only, "form#void").is_empty());
        let voiding = format!("{}/1", point.unit_code);
        let (status, shown) = page(town.post_as(&session, &format!("{path}/undo"), &[("voiding", &voiding), ("reason", "ngắn")]));
        assert_eq!((status, texts(&shown, "#undo-1-error").len()), (422, 1));
        assert!(texts(&shown, "#undo-1").iter().any(|typed| typed.contains("ngắn")), "what was typed stays");
        let undo = [("voiding", voiding.as_str()), ("reason", "Nhầm điểm, biên bản số 13")];
        assert_eq!(location(&town.post_as(&session, &format!("{path}/undo"), &undo)), "/staff/points/voidings?done=undone");
        assert_eq!(counted(), 16);
        assert_eq!(location(&town.post_as(&session, &format!("{path}/undo"), &undo)), path, "undone once");
        assert_eq!(counted(), 16);
        // Six of one day entered with six of the day before and the four that waited: that is told before they go as well.
        let (one, other) = (day - Days::new(20), day - Days::new(21));
        town.db.load_sheets([vec![sheet(one); 6], vec![sheet(other); 6]].concat()).expect("stored");
        let (status, asked) = page(send(one, one, reason));
        assert_eq!((status, texts(&asked, "form#void .warn").len()), (200, 1), "{asked}");
        assert!(texts(&asked, "form#void .warn")[0].contains("10 phiếu khác"), "{asked}");
        let days = one.to_string();
        let form = [("point", town.counter.as_str()), ("from", &days), ("to", &days), ("which", "all"), ("reason", reason), ("sure", "1")];
        assert_eq!(location(&town.post_as(&session, path, &form)), "/staff/points/voidings?done=voided");
    }
}

on_both! {
    fn what_was_forgotten_of_a_group_is_said_when_it_is_brought_back(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("lan");
        let day = sipas::clock::today() - Days::new(5);
        for on in [day, day - Days::new(1)] {
            town.load(&town.counter, "judicial", 12, |_| (on, Box::new(|_: &str| 5)));
        }
        let path = "/staff/points/voidings";
        let (from, to) = ((day - Days::new(1)).to_string(), day.to_string());
        let reason = ("reason", "Phiếu do máy gửi, biên bản số 12");
        let form = [("point", town.counter.as_str()), ("from", &from), ("to", &to), ("which", "all"), reason, ("sure", "1")];
        assert_eq!(location(&town.post_as(&session, path, &form)), "/staff/points/voidings?done=voided");
        assert_eq!(town.db.forget_sheets_before(day), Ok(12));
        let undo = [("voiding", "cau-giay-hcc/1"), reason];
        let undone = location(&town.post_as(&session, &format!("{path}/undo"), &undo));
        assert_eq!(undone, "/staff/points/voidings?done=undone-partly");
        let said = texts(&page(town.get_as(&session, &undone)).1, ".done");
        assert!(said.iter().any(|said| said.contains("Phiếu của các ngày đã quá thời hạn lưu đã được xóa")), "{said:?}");
        let filter = TallyFilter { units: None, from: day - Days::new(1), to: day, live: true };
        let counted: u64 = town.db.tallies(&filter).expect("tallies").iter().map(|(_, tally)| tally.sheets).sum();
        assert_eq!(counted, 12, "those that are kept");
    }

    fn days_at_the_horizon_are_refused_with_what_holds_and_nothing_is_done_by_half(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("lan");
        let day = sipas::clock::today() - Days::new(5);
        for on in [day, day - Days::new(1)] {
            town.load(&town.counter, "judicial", 12, |_| (on, Box::new(|_: &str| 5)));
        }
        let path = "/staff/points/voidings";
        let reason = ("reason", "Phiếu do máy gửi, biên bản số 12");
        let before = (day - Days::new(1)).to_string();
        let form = |from: &str, to: &str, sure: &str| {
            let form = [("point", &*town.counter), ("from", from), ("to", to), ("which", "all"), reason, ("sure", sure)];
            town.post_as(&session, path, &form)
        };
        assert_eq!(location(&form(&before, &before, "1")), "/staff/points/voidings?done=voided");
        assert_eq!(town.db.forget_sheets_before(day), Ok(12));
        // Nothing of it can count again: that is said beside what was typed, and the voiding stays.
        let undo = [("voiding", "cau-giay-hcc/1"), reason];
        let (status, refused) = page(town.post_as(&session, &format!("{path}/undo"), &undo));
        assert_eq!(status, 422);
        let said = texts(&refused, "#undo-1-error");
        assert!(said.len() == 1 && said[0].contains("không tính lại được"), "{said:?}");
        let unit = town.db.unit_by_code("cau-giay-hcc").expect("asked").expect("a unit").id;
        let voidings = town.db.voidings(&[unit]).expect("voidings");
        assert!(voidings.len() == 1 && voidings[0].undone.is_none(), "{voidings:?}");
        // The question before a voiding is refused as the voiding is.
        for sure in ["", "1"] {
            let (status, refused) = page(form(&before, &day.to_string(), sure));
            let said = texts(&refused, "#from-error");
            assert!(status == 422 && said.len() == 1 && said[0].contains("đã xóa theo thời hạn lưu"), "{said:?}");
        }
        assert_eq!(town.db.voidings(&[unit]).expect("voidings"), voidings);
    }
}

#[test]
fn who_sends_faster_than_anybody_can_is_thanked_and_marked_and_a_repeat_is_not_counted_twice() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    // On a busy machine a form may take longer to come and go than anybody would need; one of a few is quick enough.
    let mut sent = 0;
    while marked(&town).0 == 0 && sent < 10 {
        assert_eq!(town.post_form(&town.counter, &town.filled_form(&town.counter, "4")).status(), 303);
        sent += 1;
    }
    assert_eq!(marked(&town), (1, sent));
    // A program fetches no page, so nobody knows how long it took; it is no burst either: repeats do not count.
    let sheet = varied(&town, 1);
    for number in 0..30 {
        assert_eq!(town.post_json(&town.counter, &sheet).status(), if number == 0 { 201 } else { 200 });
    }
    assert_eq!(town.post_json(&town.counter, &varied(&town, 2)).status(), 201);
    assert_eq!(marked(&town), (1, sent + 2));
    let live = TallyFilter { units: None, from: sipas::clock::today(), to: sipas::clock::today(), live: true };
    let tallies = town.db.tallies(&live).expect("tallies");
    assert_eq!(tallies.iter().filter(|(key, _)| key.suspect).map(|(_, tally)| tally.sheets).sum::<u64>(), 1);
}
