//! Units and points on pages: added, ended, replaced; by whom, and within which unit.

use chrono::{Days, NaiveDate};
use sipas::access::{Action, Role, may};
use sipas::db::NewPoint;
use sipas::plan::Channel;

use crate::on_both;
use crate::support::{Backend, fresh_db, sheets};
use crate::town::{Town, form_pairs, location, page, texts, with};

/// A point of xã Ô Diên, whose staff is nobody of phường Cầu Giấy.
fn point_elsewhere(town: &Town) -> String {
    let new = NewPoint {
        unit: "xa-o-dien".to_owned(),
        name_vi: "Quầy của xã khác".to_owned(),
        name_en: "Counter elsewhere".to_owned(),
        form: "tram-y-te".to_owned(),
        fields: vec!["health".to_owned()],
        channel: Channel::Counter,
        opened_on: "2025-07-01".parse().expect("a date"),
    };
    town.db.by_nobody().add_point(&new).expect("a point")
}

/// Stores `count` sheets of a point on a day, all items on `level`, as the program's own import does.
fn store(town: &Town, code: &str, day: NaiveDate, count: usize, level: u8) {
    let point = town.db.point(code).expect("a look-up").expect("a point");
    let sheet = sheets::sheet(&town.db, code, &point.fields[0].code, day, level);
    town.db.load_sheets(vec![sheet; count]).expect("stored");
}

fn days_ago(days: u64) -> NaiveDate {
    sipas::clock::today() - Days::new(days)
}

on_both! {
    fn a_point_is_added_answered_given_a_new_code_and_ended(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("administrator");
        let (_, choose) = page(town.get_as(&session, "/staff/points/new?unit=cau-giay-hcc"));
        assert!(choose.contains(" câu") && !choose.contains("dat-dai, "), "titles and counts, no identifiers: {choose}");
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
        let (_, with_ticket) = page(town.get(&format!("/s/{code}?ticket=ABCDE-FGH23")));
        assert!(with_ticket.contains("ticket=ABCDE-FGH23"), "and takes the one-time code of a card along");
        assert_eq!(town.get_as(&session, &replace).status(), 404, "replaced once");

        // Whoever was too late is told so by the list.
        for (done, words) in [("replaced-before", "vừa được người khác đổi"), ("retired-before", "vừa được người khác cho ngừng")] {
            let (_, list) = page(town.get_as(&session, &format!("/staff/points?done={done}")));
            let said = texts(&list, "[role=status]");
            assert!(said.len() == 1 && said[0].contains(words), "{said:?}");
        }

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
        assert_eq!(location(&town.post_as(&session, retire, &ended)), "/staff/units?done=merged");
        assert_eq!(town.get_as(&session, retire).status(), 404, "ended once");
        let (_, list) = page(town.get_as(&session, "/staff/units"));
        let row = texts(&list, "tbody tr").into_iter().find(|row| row.contains("cau-giay-tyt")).expect("a row");
        assert!(row.contains("kế tiếp: Trường Mầm non Bờ Cỏ May"), "{row}");
        assert_eq!(town.get_as(&session, "/staff/units/phuong-cau-giay/retire").status(), 404, "never one's own");
    }

    fn a_pasted_table_is_tried_row_by_row_and_added_whole(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("plan_owner");
        let before = town.db.points(None).expect("points").len();
        let path = "/staff/points/paste";
        // As copied from a spreadsheet: a heading, a unit by name, fields by name (with commas) and by code.
        let table = "Đơn vị\tTên\tTiếng Anh\tPhiếu\tLĩnh vực\r\n\
                     cau-giay-hcc\tQuầy số 2\tCounter 2\tthu-tuc-hanh-chinh-ngan\tLao động, người có công và xã hội, land\r\n\
                     trung tâm phục vụ hành chính công\tQuầy số 3\t\tthu-tuc-hanh-chinh-ngan\t\r\n\
                     cau-giay-hcc\tNộp trên mạng\tOnline\tdich-vu-cong-truc-tuyen\t\r\n";
        let (status, tried) = page(town.post_as(&session, path, &[("rows", table), ("do", "check")]));
        assert_eq!(status, 200);
        assert_eq!(texts(&tried, "[role=status]"), ["3 trong 3 dòng thêm được."]);
        assert_eq!(town.db.points(None).expect("points").len(), before, "a trial adds nothing");
        let added = location(&town.post_as(&session, path, &[("rows", table), ("do", "add")]));
        assert_eq!(added, "/staff/points?done=pasted&count=3&batch=1");
        let points = town.db.points(None).expect("points");
        let named = |name: &str| points.iter().find(|point| point.name_vi == name).expect("a point");
        assert_eq!(named("Quầy số 2").field_codes, ["labour", "land"]);
        assert_eq!(named("Quầy số 3").field_codes.len(), 10, "all fields of the questionnaire");
        assert_eq!(named("Nộp trên mạng").channel, Channel::Online);
        let (status, again) = page(town.post_as(&session, path, &[("rows", table), ("do", "add")]));
        assert_eq!(status, 422, "sent twice, added once");
        assert_eq!(texts(&again, ".not_met").len(), 3);
        assert_eq!(town.db.points(None).expect("points").len(), before + 3);
    }

    fn a_table_with_one_bad_row_adds_nothing_and_says_what_is_wrong(fresh) {
        let town = Town::start(fresh);
        let elsewhere = point_elsewhere(&town);
        let session = town.sign_in("plan_owner");
        let before = town.db.points(None).expect("points").len();
        let table = "Đơn vị; Tên điểm; Tên tiếng Anh; Phiếu hỏi; Lĩnh vực; Kênh\r\n\
                     cau-giay-hcc; Quầy A; ; tram-y-te; health\r\n\
                     xa-o-dien; Quầy B; ; tram-y-te; health\n\
                     cau-giay-hcc; ; ; khong-co; land; qua bưu điện\n\
                     cau-giay-hcc; Quầy C; ; tram-y-te; land\n\
                     cau-giay-hcc; Quầy A; ; tram-y-te; vàng\n\
                     cau-giay-hcc";
        let (status, tried) = page(town.post_as(&session, "/staff/points/paste", &[("rows", table), ("do", "add")]));
        assert_eq!(status, 422);
        let lines = texts(&tried, "tbody tr td:first-child");
        assert_eq!(lines, ["dòng 2", "dòng 3", "dòng 4", "dòng 5", "dòng 6", "dòng 7"]);
        let results = texts(&tried, "tbody tr td:last-child");
        let results = &results[results.len() - 6..];
        assert_eq!(results[0], "✓ Thêm được");
        assert!(results[1].contains("không có đơn vị “xa-o-dien”"), "{results:?}");
        for fault in ["thiếu tên điểm", "không có phiếu “khong-co”", "không hiểu kênh"] {
            assert!(results[2].contains(fault), "{fault} in {results:?}");
        }
        assert!(results[3].contains("không hỏi về lĩnh vực “Đất đai”"), "{results:?}");
        assert!(results[4].contains("không có lĩnh vực “vàng”") && results[4].contains("cùng tên"), "{results:?}");
        assert!(results[5].contains("thiếu tên điểm") && results[5].contains("thiếu phiếu hỏi"), "{results:?}");
        assert!(tried.contains("Quầy A") && texts(&tried, "#rows")[0].contains("khong-co"), "the table is kept");
        assert_eq!(town.db.points(None).expect("points").len(), before);
        assert!(!tried.contains(&elsewhere));
    }

    fn a_table_in_the_words_of_people_is_added_and_taken_back(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("plan_owner");
        let open = || town.db.points(None).expect("points").iter().filter(|point| point.retired_on.is_none()).count();
        let before = open();
        let table = "STT\tTên quầy\tLĩnh vực\tHình thức\tPhiếu\tBộ phận\n\
                     1\tQuầy hộ tịch\tTư pháp\tTại quầy\tthu-tuc-hanh-chinh-ngan\tTrung tâm Phục vụ hành chính công\n";
        let added = location(&town.post_as(&session, "/staff/points/paste", &[("rows", table), ("do", "add")]));
        let points = town.db.points(None).expect("points");
        let point = points.iter().find(|point| point.name_vi == "Quầy hộ tịch").expect("a point");
        assert_eq!((&point.field_codes[..], point.channel), (&["judicial".to_owned()][..], Channel::Counter));
        let (_, list) = page(town.get_as(&session, &added));
        assert!(texts(&list, ".done button").contains(&"Hoàn tác".to_owned()));
        let back = town.post_as(&session, "/staff/points/take-back", &[("batch", "1")]);
        assert_eq!(location(&back), "/staff/points?done=taken-back&count=1");
        assert_eq!(open(), before);
        let found = town.get_as(&session, "/staff/points?q=tram+y+te").text().expect("a page");
        assert_eq!(texts(&found, "table.points tbody tr").len(), 1, "one box finds by name, without marks");
    }

    fn a_code_on_a_wall_opens_the_form_of_who_goes_on_with_the_work(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("plan_owner");
        let new = [("parent", "phuong-cau-giay"), ("kind", "health_station"), ("name_vi", "Trạm Y tế số 2"), ("valid_from", "01/09/2025")];
        assert_eq!(location(&town.post_as(&session, "/staff/units/new", &new)), "/staff/units?done=added");
        // The last day is yesterday, so that the successor answers today.
        let last = days_ago(1).to_string();
        let ended = [("last_day", last.as_str()), ("successor", "tram-y-te-so-2")];
        assert_eq!(location(&town.post_as(&session, "/staff/units/cau-giay-tyt/retire", &ended)), "/staff/units?done=merged");
        let (status, form) = page(town.get(&format!("/s/{}", town.station)));
        assert_eq!(status, 200);
        assert!(form.contains("Trạm Y tế số 2"), "the page says the new name");
        let sent = town.post_form(&town.station, &town.filled_form(&town.station, "5"));
        assert_eq!(sent.status(), 303);
        let found = town.db.point(&town.station).expect("asked").expect("a point");
        assert_eq!(found.unit_code, "tram-y-te-so-2");
        // Without a successor a code ends as ever.
        assert_eq!(location(&town.post_as(&session, &format!("/staff/points/{}/retire", town.counter), &[])), "/staff/points?done=retired");
        assert_eq!(town.get(&format!("/s/{}", town.counter)).status(), 410);
    }

    fn a_unit_is_renamed_moved_and_split_with_its_day_and_its_codes_go_on(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("plan_owner");
        let today = sipas::clock::today();
        let rename = "/staff/units/cau-giay-hcc/rename";
        let named = [("name_vi", "Trung tâm Phục vụ hành chính công Cầu Giấy"), ("from", &*today.format("%d/%m/%Y").to_string())];
        assert_eq!(location(&town.post_as(&session, rename, &named)), "/staff/units?done=renamed");
        assert!(town.get(&format!("/s/{}", town.centre)).text().expect("a page").contains("hành chính công Cầu Giấy"));
        let (_, list) = page(town.get_as(&session, "/staff/units"));
        let former = format!("đến {}: ", days_ago(1).format("%d/%m/%Y"));
        assert!(list.contains(&former), "the name before stands with its last day");

        let split = [("name_vi", "Điểm phục vụ số 2"), ("kind", "office"), ("from", &*today.format("%d/%m/%Y").to_string()), ("points", &town.counter)];
        assert_eq!(location(&town.post_as(&session, "/staff/units/cau-giay-hcc/split", &split)), "/staff/units?done=split");
        let found = town.db.point(&town.counter).expect("asked").expect("a point");
        assert_eq!(found.unit_code, "diem-phuc-vu-so-2");
        assert_eq!(town.get(&format!("/s/{}", town.counter)).status(), 200);

        let moved = [("parent", "diem-phuc-vu-so-2"), ("from", &*today.format("%d/%m/%Y").to_string())];
        assert_eq!(location(&town.post_as(&session, "/staff/units/cau-giay-tyt/move", &moved)), "/staff/units?done=moved");
        let found = town.db.point(&town.station).expect("asked").expect("a point");
        assert_eq!(found.unit_code, "cau-giay-tyt-2");
        assert_eq!(town.get(&format!("/s/{}", town.station)).status(), 200);
        assert_eq!(town.get_as(&session, "/staff/units/phuong-cau-giay/move").status(), 404, "never one's own");
    }

    fn a_field_of_ones_own_is_asked_about_and_kept_over_the_next_start(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("plan_owner");
        let new = [("name_vi", "Hộ kinh doanh"), ("forms", "tram-y-te"), ("forms", "khong-co")];
        let first = [("name_vi", "Hộ kinh doanh")];
        for _ in 0..2 {
            assert_eq!(location(&town.post_as(&session, "/staff/fields", &first)), "/staff/fields?done=added");
        }
        let log = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 50).expect("the log");
        assert_eq!(log.iter().filter(|row| row.action == "add_field").count(), 1, "a double press adds one");
        assert_eq!(town.post_as(&session, "/staff/fields", &new).status(), 422, "a name is given once");
        let known = town.db.fields().expect("fields");
        assert_eq!(known.last().expect("a field").code, "ho_kinh_doanh");
        let seeds = sipas::plan::parse_fields(sipas::service::seeding::FIELDS.0, sipas::service::seeding::FIELDS.1);
        town.db.seed_fields(&seeds.expect("sound")).expect("seeded");
        assert_eq!(town.db.fields().expect("fields"), known);
        assert_eq!(town.get_as(&session, "/staff/fields/land/rename").status(), 404, "only who stands at the top renames");
    }

    fn one_time_cards_are_printed_on_a_page(fresh) {
        let folder = std::env::temp_dir().join(format!("sipas_cards_{}_{}", std::process::id(), fresh.address().len()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("key");
        let town = Town::start_with(fresh, &[("SIPAS_TICKET_KEY_FILE", file.to_str().expect("a path"))]);
        let session = town.sign_in("plan_owner");
        let path = format!("/staff/points/{}/cards", town.counter);
        let cards = town.post_as(&session, &path, &[("count", "9"), ("days", "30")]);
        assert_eq!(cards.status(), 200);
        assert!(cards.bytes().expect("a file").starts_with(b"%PDF"));
        let units: Vec<i32> = town.db.units().expect("units").into_iter().map(|unit| unit.id).collect();
        assert_eq!(town.db.ticket_counts(&units).expect("counts")[0].issued, 9);
        // The page carries a number: sent twice it has the same cards.
        let shown = with(form_pairs(&page(town.get_as(&session, &path)).1, "form.card"), &[("count", "7")]);
        let [first, again] = [0, 1].map(|_| town.send_as(&session, &path, &shown).bytes().expect("a file").to_vec());
        let codes = |file: &[u8]| crate::documents::pdf_text(file);
        assert_eq!(codes(&first), codes(&again));
        assert_eq!(town.db.ticket_counts(&units).expect("counts")[0].issued, 16);
        let other = with(form_pairs(&page(town.get_as(&session, &path)).1, "form.card"), &[("count", "7")]);
        assert_ne!(codes(&town.send_as(&session, &path, &other).bytes().expect("a file")), codes(&first));
        let many = [("count", "401"), ("days", "0")];
        let (status, refused) = page(town.post_as(&session, &path, &many));
        assert_eq!((status, texts(&refused, ".field-error").len()), (422, 2));
        std::fs::remove_dir_all(&folder).expect("cleared");
    }

    fn silent_and_changed_points_are_listed_without_a_figure_or_a_day(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("viewer");
        // The counter goes on as ever; the centre halted three weeks ago; the station was never answered.
        for day in 1..=40 {
            store(&town, &town.counter, days_ago(day), 5, 4);
        }
        for day in 20..=40 {
            store(&town, &town.centre, days_ago(day), 5, 4);
        }
        let (status, shown) = page(town.get_as(&session, "/staff/points/silent"));
        assert_eq!(status, 200);
        let tables = |page: &str, caption: &str| {
            let rows = texts(page, "table tbody tr");
            assert!(texts(page, "caption").iter().any(|known| known.starts_with(caption)), "{caption}");
            rows
        };
        let rows = tables(&shown, "Điểm không có phiếu trong 7 ngày");
        assert!(rows.iter().any(|row| row.contains("Trạm y tế") && row.contains("chưa có phiếu nào")), "{rows:?}");
        let week = days_ago(20).week(chrono::Weekday::Mon).first_day().format("tuần từ %d/%m/%Y").to_string();
        assert!(rows.iter().any(|row| row.contains("Nơi tiếp nhận hồ sơ") && row.contains(&week)), "{rows:?}");
        assert!(rows.iter().any(|row| row.contains("Nơi tiếp nhận hồ sơ") && row.contains("giảm đột ngột")), "{rows:?}");
        assert!(!rows.iter().any(|row| row.contains("Quầy số 1")), "{rows:?}");
        let very_day = days_ago(20).format("%d/%m/%Y").to_string();
        assert!(week.contains(&very_day) || !shown.contains(&very_day), "the very day is not told");
        assert!(!rows.iter().any(|row| row.contains('%')), "{rows:?}");
        // Asked about a month, the centre has answers again; a number that is not offered is refused.
        let (_, month) = page(town.get_as(&session, "/staff/points/silent?days=30"));
        assert!(!texts(&month, "table caption").is_empty());
        assert!(!tables(&month, "Điểm không có phiếu trong 30 ngày").iter().any(|row| row.contains(&week)));
        assert_eq!(town.get_as(&session, "/staff/points/silent?days=3").status(), 400);
        // Yesterday's ten at once, all on the highest level, where there were forty of level 4.
        store(&town, &town.counter, days_ago(1), 60, 5);
        let (_, jumped) = page(town.get_as(&session, "/staff/points/silent"));
        let rows = tables(&jumped, "Điểm có thay đổi");
        let row = rows.iter().find(|row| row.contains("Quầy số 1")).expect("a sign");
        assert!(row.contains("Số phiếu tăng đột ngột") && row.contains("“rất hài lòng” tăng đột ngột"), "{row}");
    }

    fn nobody_sees_a_single_answer_arrive_on_the_page_of_silent_points(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("unit_head");
        let silent = |town: &Town| {
            let (_, shown) = page(town.get_as(&session, "/staff/points/silent"));
            texts(&shown, "table tbody tr").iter().any(|row| row.contains("Quầy số 1"))
        };
        for _ in 0..6 {
            assert_eq!(town.post_json(&town.counter, &town.json_sheet(&town.counter, 5)).status(), 201);
            assert!(silent(&town), "nothing of today is told");
        }
        // One of yesterday is, whether or not it is released: that there was one, in words.
        store(&town, &town.counter, days_ago(1), 1, 5);
        assert!(!silent(&town));
    }

    fn a_user_is_added_signs_in_changes_the_password_and_is_ended(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("administrator");
        let new = [
            ("display_name", "Trần Văn Bình"), ("name", "Binh"), ("role", "viewer"), ("unit", "cau-giay-tyt"),
        ];
        let (status, invited) = page(town.post_as(&session, "/staff/users/new", &new));
        assert_eq!(status, 200);
        let chosen = [("password", crate::town::PASSWORD), ("password_again", crate::town::PASSWORD)];
        assert_eq!(location(&town.post_as("", &crate::people::link_path(&invited), &chosen)), "/staff/");
        let (status, again) = page(town.post_as(&session, "/staff/users/new", &new));
        assert_eq!((status, texts(&again, "#name-error").len()), (422, 1));
        let binh = town.sign_in("binh");
        let elsewhere = town.sign_in("binh");
        let (_, points) = page(town.get_as(&binh, "/staff/points"));
        assert_eq!(texts(&points, "section.card h2"), ["Trạm Y tế phường Cầu Giấy".replace("Y tế", "y tế")]);

        let wrong = [("old", "không phải"), ("password", "một câu dài thứ hai"), ("password_again", "một câu dài thứ hai")];
        let (status, refused) = page(town.post_as(&binh, "/staff/password", &wrong));
        assert_eq!((status, texts(&refused, "#old-error").len()), (422, 1));
        let right = [("old", crate::town::PASSWORD), wrong[1], wrong[2]];
        let changed = town.post_as(&binh, "/staff/password", &right);
        assert_eq!(location(&changed), "/staff/password?done=1");
        let newer = changed.headers()["set-cookie"].to_str().expect("a cookie").split(';').next().expect("a cookie").to_owned();
        assert_eq!(town.get_as(&newer, "/staff/points").status(), 200);
        assert_eq!(town.get_as(&binh, "/staff/points").status(), 303, "the old token is dead");
        assert_eq!(town.get_as(&elsewhere, "/staff/points").status(), 303, "other sessions are over");

        let (_, made) = page(town.post_as(&session, "/staff/users/binh/password", &[]));
        assert_eq!(town.get_as(&newer, "/staff/points").status(), 200, "a link that nobody used changes nothing");
        let reset = [("password", "một câu dài thứ ba"), ("password_again", "một câu dài thứ ba")];
        assert_eq!(location(&town.post_as("", &crate::people::link_path(&made), &reset)), "/staff/");
        assert_eq!(town.get_as(&newer, "/staff/points").status(), 303);
        assert_eq!(location(&town.post_as(&session, "/staff/users/binh/retire", &[])), "/staff/users?done=retired");
        assert!(town.db.user_by_name("binh").expect("a look-up").expect("kept").retired_at.is_some());
        assert_eq!(town.get_as(&session, "/staff/users/binh/retire").status(), 404);
        assert_eq!(town.get_as(&session, "/staff/users/administrator/retire").status(), 404, "somebody is always left");
    }
}

/// Every page of this file and of set-up: path and the right it needs. `{code}` is a point of the user's own unit.
const PAGES: [(&str, Action); 18] = [
    ("/staff/points", Action::SeePoints),
    ("/staff/points/posters", Action::SeePoints),
    ("/staff/points/silent", Action::SeeFigures),
    ("/staff/points/tickets", Action::SeeFigures),
    ("/staff/points/voidings", Action::SeeFigures),
    ("/staff/points/new", Action::SetUp),
    ("/staff/points/new?form=tram-y-te", Action::SetUp),
    ("/staff/points/paste", Action::SetUp),
    ("/staff/points/{code}/retire", Action::SetUp),
    ("/staff/points/{code}/replace", Action::SetUp),
    ("/staff/units", Action::SeePoints),
    ("/staff/units/new", Action::SetUp),
    ("/staff/units/cau-giay-tyt/retire", Action::SetUp),
    ("/staff/users", Action::ManageUsers),
    ("/staff/users/new", Action::ManageUsers),
    ("/staff/users/lan/retire", Action::ManageUsers),
    ("/staff/users/lan/password", Action::ManageUsers),
    ("/staff/password", Action::ChangeOwnPassword),
];

#[test]
fn every_role_opens_and_sends_what_the_table_of_rights_says_and_nothing_else() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    for role in Role::ALL {
        let session = town.sign_in(role.name());
        for (path, action) in PAGES {
            let path = path.replace("{code}", &town.counter);
            let allowed = may(role, action);
            let got = town.get_as(&session, &path).status();
            assert_eq!(got, if allowed { 200 } else { 403 }, "{} opens {path}", role.name());
            // Only where nothing would happen; what happens is shown by the tests above.
            let posts =
                [Action::SetUp, Action::ManageUsers].contains(&action) && !path.contains('?') && path != "/staff/users";
            if posts && !allowed {
                assert_eq!(town.post_as(&session, &path, &[]).status(), 403, "{} sends {path}", role.name());
            }
        }
        // The parts of the navigation, and the pages of the part that the page stands in.
        let links = texts(&town.get_as(&session, "/staff/units").text().expect("a page"), "nav a");
        assert_eq!(links.contains(&"Người dùng".to_owned()), may(role, Action::ManageUsers), "{}", role.name());
        assert_eq!(links.contains(&"Kết quả".to_owned()), may(role, Action::SeeFigures), "{}", role.name());
        let list = town.get_as(&session, "/staff/points").text().expect("a page");
        assert_eq!(list.contains("/retire"), may(role, Action::SetUp), "{}", role.name());
    }
    for (path, _) in PAGES {
        let path = path.replace("{code}", &town.counter);
        let without = town.get(&path);
        assert_eq!(without.status(), 303, "{path} without a session");
        assert!(
            without.headers()["location"].to_str().expect("an address").starts_with("/staff/sign-in?next="),
            "{path}"
        );
    }
    assert!(
        town.db.points(None).expect("points").iter().all(|point| point.retired_on.is_none()),
        "nothing was changed"
    );
}

#[test]
fn another_units_ids_are_nowhere_in_path_or_body() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let theirs = point_elsewhere(&town);
    let session = town.sign_in("administrator");
    for path in [
        format!("/staff/points/{theirs}/retire"),
        format!("/staff/points/{theirs}/replace"),
        "/staff/units/xa-o-dien/retire".to_owned(),
        "/staff/units/thanh-pho-ha-noi/retire".to_owned(),
        "/staff/users/hoa/retire".to_owned(),
        "/staff/users/hoa/password".to_owned(),
    ] {
        assert_eq!(town.get_as(&session, &path).status(), 404, "{path}");
        let form = [
            ("last_day", "2030-01-01"),
            ("password", "một câu dài thứ hai"),
            ("password_again", "một câu dài thứ hai"),
        ];
        assert_eq!(town.post_as(&session, &path, &form).status(), 404, "{path}");
    }
    for path in ["/staff/points?unit=xa-o-dien", "/staff/points/posters?unit=xa-o-dien"] {
        assert_eq!(town.get_as(&session, path).status(), 404, "{path}");
    }
    assert_eq!(town.get_as(&session, &format!("/staff/points/posters?code={theirs}")).status(), 404);
    let refused = |path: &str, form: &[(&str, &str)], field: &str| {
        let (status, shown) = page(town.post_as(&session, path, form));
        assert_eq!((status, texts(&shown, &format!("#{field}-error")).len()), (422, 1), "{path} {field}");
    };
    let point = [
        ("unit", "xa-o-dien"),
        ("form", "tram-y-te"),
        ("name_vi", "Quầy"),
        ("fields", "health"),
        ("channel", "counter"),
    ];
    refused("/staff/points/new", &point, "unit");
    let unit = [("parent", "xa-o-dien"), ("kind", "office"), ("name_vi", "Phòng"), ("valid_from", "2026-01-01")];
    refused("/staff/units/new", &unit, "parent");
    refused("/staff/units/cau-giay-tyt/retire", &[("last_day", "2030-01-01"), ("successor", "xa-o-dien")], "successor");
    let person = [
        ("display_name", "Ai đó"),
        ("name", "ai.do"),
        ("role", "viewer"),
        ("unit", "xa-o-dien"),
        ("password", "một câu dài thứ hai"),
        ("password_again", "một câu dài thứ hai"),
    ];
    refused("/staff/users/new", &person, "unit");
    refused(
        "/staff/points/new",
        &[
            ("unit", "cau-giay-hcc"),
            ("form", "tram-y-te"),
            ("name_vi", "Quầy"),
            ("fields", "land"),
            ("channel", "counter"),
        ],
        "fields",
    );
    for path in ["/staff/points", "/staff/units", "/staff/users", "/staff/points/silent", "/staff/points/posters"] {
        let shown = town.get_as(&session, path).text().expect("a page");
        for foreign in [theirs.as_str(), "Quầy của xã khác", "Xã Ô Diên", "hoa"] {
            let words = texts(&shown, "main code, main th, main td, main h2");
            assert!(!words.iter().any(|word| word == foreign), "{foreign} on {path}");
        }
    }
    let db = &town.db;
    assert!(db.points(None).expect("points").iter().all(|point| point.retired_on.is_none()));
    assert!(db.units().expect("units").iter().all(|unit| unit.valid_to.is_none()));
    assert!(db.user_by_name("hoa").expect("a look-up").expect("a user").retired_at.is_none());
}

#[test]
fn what_staff_typed_is_inert_on_every_page() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let session = town.sign_in("administrator");
    let script = "\"><script>alert(1)</script>";
    let unit = [
        ("parent", "phuong-cau-giay"),
        ("kind", "office"),
        ("name_vi", script),
        ("code", "phong-la"),
        ("valid_from", "2026-01-01"),
    ];
    location(&town.post_as(&session, "/staff/units/new", &unit));
    let point = [
        ("unit", "phong-la"),
        ("form", "tram-y-te"),
        ("name_vi", script),
        ("fields", "health"),
        ("channel", "counter"),
    ];
    let added = location(&town.post_as(&session, "/staff/points/new", &point));
    let code = added.rsplit('=').next().expect("a code");
    for path in [
        added.clone(),
        "/staff/units".to_owned(),
        "/staff/units/phong-la/retire".to_owned(),
        format!("/staff/points/{code}/retire"),
        "/staff/points/posters".to_owned(),
        "/staff/points/silent".to_owned(),
        "/staff/points/new?form=tram-y-te".to_owned(),
        "/staff/users/new".to_owned(),
        format!("/s/{code}?preview=1"),
        format!("/staff/points?unit={}", "%3Cscript%3E"),
    ] {
        let (_, shown) = page(town.get_as(&session, &path));
        // Pages have scripts of their own; none of them holds what was typed.
        assert!(!texts(&shown, "script").iter().any(|own| own.contains("alert")), "{path}");
    }
    let sent = [("rows", script), ("do", "check")];
    let (_, shown) = page(town.post_as(&session, "/staff/points/paste", &sent));
    assert!(texts(&shown, "script").is_empty());
}

#[test]
fn guessing_the_old_password_counts_as_trying_to_sign_in() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let session = town.sign_in("viewer");
    let wrong = [("old", "sai"), ("password", "một câu dài thứ hai"), ("password_again", "một câu dài thứ hai")];
    // The sign-in was right and counts no more.
    for _ in 0..10 {
        assert_eq!(town.post_as(&session, "/staff/password", &wrong).status(), 422);
    }
    assert_eq!(town.post_as(&session, "/staff/password", &wrong).status(), 429);
}
