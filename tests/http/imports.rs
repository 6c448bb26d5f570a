//! Files of numbers on the staff pages: tried, refused with line and column, stored whole, replaced by key.

use calamine::{Reader as _, Xlsx};
use reqwest::blocking::Response;
use rust_xlsxwriter::Workbook;
use scraper::Html;
use sipas::access::Role;
use sipas::clock;
use sipas::db::ImportKind;
use sipas::plan::Caseload;
use sipas::survey::Item;

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{Town, location, page, select, texts};

const VOLUMES: &str = "/staff/volumes/import";
const SHEETS: &str = "/staff/entry/import";
const HEAD: &str = "Don vi;Điểm phục vụ;Lĩnh vực;Tháng;Số hồ sơ\n";

/// Sends a file as a browser does.
pub fn send_file(town: &Town, session: &str, path: &str, name: &str, bytes: &[u8]) -> Response {
    let mut body = format!(
        "--grenze\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(
        b"\r\n--grenze\r\nContent-Disposition: form-data; name=\"do\"\r\n\r\ncheck\r\n--grenze--\r\n",
    );
    post(town, session, path, body)
}

/// Confirms what a page shows: the rows that it hands back.
pub fn confirm(town: &Town, session: &str, path: &str, shown: &str) -> Response {
    let shown = Html::parse_document(shown);
    let area = scraper::Selector::parse("textarea[name=table]").expect("a selector");
    let table: String = shown.select(&area).next().expect("rows handed back").text().collect();
    let name = select(&shown, "input[name=name]")[0].attr("value").expect("a name").to_owned();
    let mut body = String::new();
    for (field, value) in [("name", name.as_str()), ("table", &table.replace('\n', "\r\n")), ("do", "store")] {
        body += "--grenze\r\nContent-Disposition: form-data; name=\"";
        body += &[field, "\"\r\n\r\n", value, "\r\n"].concat();
    }
    body.push_str("--grenze--\r\n");
    post(town, session, path, body.into_bytes())
}

fn post(town: &Town, session: &str, path: &str, body: Vec<u8>) -> Response {
    let request = town.client.post(format!("{}{path}", town.address)).header("cookie", session);
    let request = request.header("sec-fetch-site", "same-origin");
    request.header("content-type", "multipart/form-data; boundary=grenze").body(body).send().expect("an answer")
}

/// A file of sheets of the counter: day, mode, and one level for every question.
fn sheets(town: &Town, rows: &[(String, &str, &str)]) -> String {
    let point = town.db.point(&town.counter).expect("asked").expect("a point");
    let questions = point.form.questionnaire.items().count();
    // The overall question has no number, and is named as the program names it.
    let head =
        |(number, item): (Option<usize>, &Item)| number.map_or(item.id.clone(), |number| format!("Câu {number}"));
    let heads: Vec<String> = point.form.questionnaire.numbered().map(head).collect();
    let mut text = format!("Mã điểm;Ngày trả lời;Hình thức;{}\n", heads.join(";"));
    for (day, mode, level) in rows {
        let answers = vec![*level; questions].join(";");
        text += &[town.counter.as_str(), day, mode, &answers].join(";");
        text.push('\n');
    }
    text
}

fn volumes(town: &Town) -> Vec<Caseload> {
    let units: Vec<i32> = town.db.units().expect("units").iter().map(|unit| unit.id).collect();
    let day = |year| chrono::NaiveDate::from_ymd_opt(year, 1, 1).expect("a day");
    town.db.volumes(&units, day(2000), day(2100)).expect("volumes")
}

fn cases(town: &Town) -> Vec<(bool, u64)> {
    volumes(town).into_iter().map(|volume| (volume.point.is_some(), volume.cases)).collect()
}

fn store(town: &Town, session: &str, rows: &str) {
    let shown = send_file(town, session, VOLUMES, "t.csv", format!("{HEAD}{rows}").as_bytes());
    let (status, shown) = page(shown);
    assert_eq!(status, 200, "{shown}");
    let done = confirm(town, session, VOLUMES, &shown);
    assert!(location(&done).starts_with("/staff/volumes?done="));
}

on_both! {
    fn a_file_of_cases_is_tried_shown_stored_and_listed(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let text = format!("{HEAD}Trạm y tế phường Cầu Giấy;;Y tế công lập;02/2026;1.234\n;{};tu phap ho tich;2026-02;56\n", town.counter);
        let (status, shown) = page(send_file(&town, &lan, VOLUMES, "Tháng 2.csv", text.as_bytes()));
        assert_eq!(status, 200, "{shown}");
        assert!(texts(&shown, ".done")[0].contains("Đọc được 2 dòng"), "{shown}");
        assert_eq!(volumes(&town), [], "trying stores nothing");
        let done = confirm(&town, &lan, VOLUMES, &shown);
        assert_eq!(location(&done), "/staff/volumes?done=2");
        let stored = volumes(&town);
        assert_eq!(stored.iter().map(|volume| (volume.point.is_some(), volume.cases)).collect::<Vec<_>>(), [(true, 56), (false, 1234)]);
        let listed = town.get_as(&lan, "/staff/volumes").text().expect("a page");
        assert!(texts(&listed, "tbody tr").iter().any(|row| row.contains("Y tế công lập") && row.contains("1.234")), "{listed}");
        assert!(texts(&listed, "tbody th").contains(&"Tháng 2.csv".to_owned()));
        let head = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 10).expect("rows");
        assert!(head.iter().any(|row| row.action == "import_volumes" && row.actor == "lan"), "{head:?}");
        // The same file again: said, and nothing changes.
        let (_, again) = page(send_file(&town, &lan, VOLUMES, "lại.csv", text.as_bytes()));
        assert!(again.contains("0 dòng mới") && again.contains("2 dòng không đổi") && again.contains("Đúng các dòng này"), "{again}");
        confirm(&town, &lan, VOLUMES, &again);
        assert_eq!(volumes(&town), stored);
        assert_eq!(town.db.import_files(ImportKind::Volumes, 10).expect("files").len(), 1);
    }

    fn the_template_of_a_point_holds_its_questions_and_lists_and_is_read_as_it_is_filled_in(fresh) {
        let town = Town::start(fresh);
        let minh = town.sign_in("minh");
        let of = |code: &str| town.get_as(&minh, &format!("/staff/entry/template.xlsx?point={code}"));
        assert_eq!(of("2222223").status(), 404);
        let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(of(&town.counter).bytes().expect("a file").to_vec())).expect("a workbook");
        let heads: Vec<String> = book.worksheet_range("Phiếu").expect("a sheet").rows().next().expect("headings").iter().map(ToString::to_string).collect();
        let asked = town.db.point(&town.counter).expect("asked").expect("a point").form.questionnaire.clone();
        for item in asked.items() {
            assert!(heads.iter().any(|head| head == item.text.in_language("vi")), "{heads:?}");
        }
        let lists = book.worksheet_range("Danh mục").expect("a sheet");
        // A cell of every list, by the heading of its column, goes into a row.
        let first = |heading: &str| {
            let column = lists.rows().next().expect("headings").iter().position(|cell| cell.to_string() == format!("Chọn: {heading}"));
            column.map_or_else(String::new, |column| lists.get_value((1, u32::try_from(column).expect("few"))).map_or_else(String::new, ToString::to_string))
        };
        let level = first(asked.items().next().expect("an item").text.in_language("vi"));
        assert!(level.starts_with("1 – "), "{level}");
        let row: Vec<String> = heads.iter().map(|head| match head.as_str() {
            "Ngày trả lời" => clock::today().format("%d/%m/%Y").to_string(),
            "Phiếu hỏi" | "Góp ý" => String::new(),
            head if asked.items().any(|item| item.text.in_language("vi") == head) => level.clone(),
            head => first(head),
        }).collect();
        let mut lines = vec![heads.join(";")];
        lines.extend(vec![row.join(";"); 5]);
        let (status, shown) = page(send_file(&town, &minh, "/staff/entry/import", "phieu.csv", lines.join("\n").as_bytes()));
        assert_eq!(status, 200, "{shown}");
        assert!(texts(&shown, ".done")[0].contains("Đọc được 5 dòng"), "{shown}");
    }

    fn one_wrong_row_keeps_all_out_and_every_fault_is_told_at_its_line(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let text = format!("{HEAD}cau-giay-tyt;;health;02/2026;10\nxa-o-dien;;land;02/2026;5\ncau-giay-hcc;;đất;13/2026;1,5\n");
        let (status, shown) = page(send_file(&town, &lan, VOLUMES, "sai.csv", text.as_bytes()));
        assert_eq!(status, 422);
        let rows = texts(&shown, "table.stack tbody tr");
        // Another ward's unit is told apart from none in no way.
        assert!(rows[0].starts_with("Dòng 3Đơn vịkhông có đơn vị “xa-o-dien”"), "{rows:?}");
        assert!(rows.iter().any(|row| row.starts_with("Dòng 4Lĩnh vực")) && rows.iter().any(|row| row.starts_with("Dòng 4Tháng")));
        assert!(rows.iter().any(|row| row.contains("“1,5” không phải số hồ sơ")));
        assert!(select(&Html::parse_document(&shown), "button[value=store]").is_empty());
        // Whoever sends it as confirmed all the same stores nothing.
        let forged = format!(
            "--grenze\r\nContent-Disposition: form-data; name=\"table\"\r\n\r\n{text}\r\n--grenze\r\n\
             Content-Disposition: form-data; name=\"do\"\r\n\r\nstore\r\n--grenze--\r\n"
        );
        assert_eq!(post(&town, &lan, VOLUMES, forged.into_bytes()).status(), 422);
        assert_eq!(volumes(&town), []);
    }

    fn sheets_of_a_file_go_in_once_with_their_mode_and_their_own_day(fresh) {
        let town = Town::start(fresh);
        let minh = town.sign_in("minh");
        let today = clock::today().format("%d/%m/%Y").to_string();
        let text = sheets(&town, &(0..12).map(|_| (today.clone(), "giấy", "5")).collect::<Vec<_>>());
        let (status, shown) = page(send_file(&town, &minh, SHEETS, "phiếu.csv", text.as_bytes()));
        assert_eq!(status, 200, "{shown}");
        assert_eq!(town.stored(), 0, "trying stores nothing");
        assert_eq!(location(&confirm(&town, &minh, SHEETS, &shown)), "/staff/entry?done=imported&count=12");
        assert_eq!(town.stored(), 12);
        // The same sheets in another order and spelling are the same file.
        let again = text.replace("giấy", "Phiếu giấy");
        let (status, told) = page(send_file(&town, &minh, SHEETS, "lại.csv", again.as_bytes()));
        assert!(status == 422 && told.contains("đã được nhập ngày"), "{told}");
        // Whoever confirms the page of before once more stores nothing either.
        assert_eq!(confirm(&town, &minh, SHEETS, &shown).status(), 422);
        assert_eq!(town.stored(), 12);
        // Telephone keeps its name; figures say both.
        let calls = sheets(&town, &(0..12).map(|_| (today.clone(), "Gọi điện thoại", "2")).collect::<Vec<_>>());
        let (_, shown) = page(send_file(&town, &minh, SHEETS, "gọi.csv", calls.as_bytes()));
        confirm(&town, &minh, SHEETS, &shown);
        let lan = town.sign_in("lan");
        town.let_in();
        let figures = town.get_as(&lan, &format!("{}?part=all", crate::town::figures_path())).text().expect("a page");
        assert!(figures.contains("phiếu giấy, gọi điện thoại") && figures.contains("50,0%"), "{figures}");
        let doctor = town.db.check().expect("a check-up");
        assert!(doctor.findings.iter().all(|finding| finding.well), "{:?}", doctor.findings);
    }

    fn figures_of_others_stand_on_the_report_with_their_source_and_are_replaced_by_key(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let path = "/staff/figures/import";
        let file = |value: &str| format!("Đơn vị;Chỉ số;Kỳ;Tỷ lệ;Nguồn\nphuong-cau-giay;SIPAS;2025;{value};Sở Nội vụ, Báo cáo 12\n");
        let (status, shown) = page(send_file(&town, &lan, path, "2025.csv", file("87,53%").as_bytes()));
        assert_eq!(status, 200, "{shown}");
        assert_eq!(location(&confirm(&town, &lan, path, &shown)), "/staff/figures?done=1");
        let (_, shown) = page(send_file(&town, &lan, path, "2025 sửa.csv", file("0,86").as_bytes()));
        assert!(shown.contains("thay 87,5%"), "{shown}");
        confirm(&town, &lan, path, &shown);
        let listed = town.get_as(&lan, "/staff/figures").text().expect("a page");
        let rows = texts(&listed, "tbody tr");
        assert!(rows.len() == 1 && rows[0].contains("86,0%") && rows[0].contains("Sở Nội vụ, Báo cáo 12"), "{rows:?}");
        let period = town.get_as(&lan, &format!("{}?part=all", crate::town::figures_path())).text().expect("a page");
        let rows = texts(&period, "#outside tbody tr");
        assert!(rows.iter().any(|row| row.contains("Năm 2025") && row.contains("86,0%")), "{rows:?}");
        let refused = file("86").replace("phuong-cau-giay", "xa-o-dien");
        assert_eq!(send_file(&town, &lan, path, "khác.csv", refused.as_bytes()).status(), 422);
    }

    fn a_month_said_again_takes_the_place_of_what_was_said(fresh) {
        let town = Town::start(fresh);
        let lan = town.sign_in("lan");
        let (counter, centre) = (town.counter.clone(), town.centre.clone());
        store(&town, &lan, &format!(";{counter};judicial;01/2026;10\n;{centre};judicial;01/2026;20\n"));
        store(&town, &lan, &format!(";{counter};judicial;01/2026;11\n"));
        assert_eq!(cases(&town), [(true, 11), (true, 20)], "the other point stays");
        store(&town, &lan, "cau-giay-hcc;;judicial;01/2026;40\ncau-giay-hcc;;judicial;02/2026;7\n");
        assert_eq!(cases(&town), [(false, 40), (false, 7)], "the unit as a whole takes the place of its points");
        store(&town, &lan, &format!(";{counter};judicial;01/2026;12\n"));
        assert_eq!(cases(&town), [(true, 12), (false, 7)], "and a point that of the whole");
    }
}

#[test]
fn a_workbook_filled_into_the_template_is_read_and_what_is_no_table_is_told() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let lan = town.sign_in("lan");
    let template = town.get_as(&lan, "/staff/volumes/template.xlsx");
    assert_eq!(template.status(), 200);
    let (status, shown) = page(send_file(&town, &lan, VOLUMES, "mẫu.xlsx", &template.bytes().expect("bytes")));
    assert!(status == 422 && shown.contains("dưới dòng tiêu đề không có dòng nào"), "{shown}");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, text) in (0_u16..).zip(["Đơn vị", "Lĩnh vực", "Tháng", "Số hồ sơ"]) {
        sheet.write_string(0, column, text).expect("written");
    }
    for (column, text) in (0_u16..).zip(["cau-giay-tyt", "Y tế công lập", "02/2026"]) {
        sheet.write_string(1, column, text).expect("written");
    }
    sheet.write_number(1, 3, 1234.0).expect("written");
    let bytes = book.save_to_buffer().expect("a workbook");
    let (status, shown) = page(send_file(&town, &lan, VOLUMES, "số liệu.xlsx", &bytes));
    assert!(status == 200 && shown.contains("1.234"), "{shown}");
    confirm(&town, &lan, VOLUMES, &shown);
    assert_eq!(cases(&town), [(false, 1234)]);
    for (bytes, words) in [
        (&b""[..], "Chưa chọn tệp"),
        (b"PK\x03\x04 not a zip", "Không đọc được tệp Excel"),
        (b"Ph\xf4 h\xe0nh;b\n", "không phải UTF-8"),
    ] {
        let (status, shown) = page(send_file(&town, &lan, VOLUMES, "x", bytes));
        assert!(status == 422 && shown.contains(words), "{words}: {shown}");
    }
    assert_eq!(town.post_as(&lan, VOLUMES, &[("do", "store")]).status(), 422, "a form without a file");
}

#[test]
fn sheets_that_cannot_count_are_refused_with_line_and_column() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let minh = town.sign_in("minh");
    let day = |ahead: i64| (clock::today() + chrono::TimeDelta::days(ahead)).format("%d/%m/%Y").to_string();
    let mut rows: Vec<(String, &str, &str)> = (0..5).map(|_| (day(0), "giấy", "5")).collect();
    // The report of quarter I of 2026 was due on 18 March, which shuts nothing (`keying.rs` freezes); the point opened on 1 July 2025.
    rows.extend([("14/03/2026".to_owned(), "giấy", "5"), ("30/06/2025".to_owned(), "giấy", "5")]);
    rows.extend([(day(1), "giấy", "5"), (day(0), "fax", "5"), (day(0), "giấy", "6"), (day(0), "giấy", "")]);
    let (status, told) = page(send_file(&town, &minh, SHEETS, "sai.csv", sheets(&town, &rows).as_bytes()));
    assert_eq!(status, 422);
    let told = texts(&told, "table.stack tbody tr");
    let says = |line: usize, words: &str| {
        told.iter().any(|row| row.starts_with(&format!("Dòng {line}")) && row.contains(words))
    };
    for (line, words) in [
        (8, "chưa mở hoặc đã ngừng"),
        (9, "chưa tới"),
        (10, "không hiểu hình thức “fax”"),
        (11, "không phải một mức"),
        (12, "không có câu trả lời nào"),
    ] {
        assert!(says(line, words), "line {line}, {words}: {told:?}");
    }
    for sound in ["Dòng 2", "Dòng 7"] {
        assert_eq!(told.iter().filter(|row| row.starts_with(sound)).count(), 0, "{sound}");
    }
    // Four sheets are too few for a file, and a forgotten column is no pile of blanks.
    let few = sheets(&town, &rows[..4]);
    assert!(page(send_file(&town, &minh, SHEETS, "ít.csv", few.as_bytes())).1.contains("cần ít nhất 5"));
    let narrow: String = sheets(&town, &rows[..5])
        .lines()
        .map(|line| line.rsplit_once(';').expect("cells").0.to_owned() + "\n")
        .collect();
    assert!(page(send_file(&town, &minh, SHEETS, "hẹp.csv", narrow.as_bytes())).1.contains("thiếu cột của câu"));
    assert_eq!(town.stored(), 0);
    let lan = town.sign_in("lan");
    assert_eq!(town.get_as(&lan, SHEETS).status(), 403, "who answers for the targets writes no answers");
}

#[test]
fn who_only_reads_figures_sees_cases_and_brings_none() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let viewer = town.sign_in_as(Role::Viewer, "phuong-cau-giay");
    let listed = town.get_as(&viewer, "/staff/volumes");
    assert_eq!(listed.status(), 200);
    assert!(!listed.text().expect("a page").contains(VOLUMES));
    assert_eq!(send_file(&town, &viewer, VOLUMES, "t.csv", HEAD.as_bytes()).status(), 403);
}
