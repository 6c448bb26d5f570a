//! Files as people's programs write them, each with its right value, and neighbours of their kinds. What each must give was read
//! off the files by hand: sheets of a counter with nine questions, cases of a health station, figures of a ward.

use chrono::NaiveDate;
use rust_xlsxwriter::{Format, Workbook};

use super::responses::{AskedAt, SheetRow};
use super::{Book, NamedPoint, NamedUnit, Note, Place, Read, Reason, Wanted, caseload, external_figures, responses};
use crate::plan::FieldOfService;
use crate::survey::{Questionnaire, parse};
use crate::table::{Bound, CELL_CHARACTERS_MAX, FileFault, Table};

const POINT: &str = "EK2MNZS";

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/data/tables/", $name)).as_slice()
    };
}

fn of(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

fn form() -> Questionnaire {
    let text = include_str!("../../../survey_forms/thu-tuc-hanh-chinh-ngan.toml");
    let every: Vec<String> = text
        .lines()
        .find_map(|line| line.strip_prefix("fields = "))
        .map(|fields| fields.split('"').skip(1).step_by(2).map(str::to_owned).collect())
        .unwrap_or_default();
    parse("thu-tuc-hanh-chinh-ngan.toml", text, &every).expect("a questionnaire")
}

fn book() -> Book {
    let field = |id: &str, name: &str| FieldOfService { id: id.into(), name_vi: name.into(), name_en: String::new() };
    let unit = |code: &str, name: &str| NamedUnit { code: code.into(), name: name.into() };
    Book {
        units: vec![unit("tyt", "Trạm Y tế phường Cầu Giấy"), unit("phuong", "Phường Cầu Giấy")],
        points: vec![NamedPoint {
            unit: "phuong".into(),
            code: POINT.into(),
            name: "Quầy số 1".into(),
            fields: vec!["judicial".into()],
        }],
        fields: vec![field("judicial", "Tư pháp – hộ tịch"), field("health", "Y tế công lập")],
    }
}

fn sheets_of(versions: Vec<&Questionnaire>, bytes: &[u8]) -> Read<SheetRow> {
    let asked = [AskedAt { point: POINT, versions }];
    responses::read(&Table::read(bytes).expect("a table"), &book(), &asked, of(2026, 11, 28))
}

fn sheets(bytes: &[u8]) -> Read<SheetRow> {
    let form = form();
    sheets_of(vec![&form], bytes)
}

/// The answers to the numbered questions; the overall one, which these tables were made before, stays blank.
fn answers(bytes: &[u8]) -> Vec<String> {
    let read = sheets(bytes);
    assert_eq!(read.refused, []);
    assert!(read.rows.iter().all(|(_, row)| row.keyed.answers[0] == 0));
    let spelled = |row: &SheetRow| row.keyed.answers[1..].iter().map(u8::to_string).collect();
    read.rows.iter().map(|(_, row)| spelled(row)).collect()
}

fn cases(bytes: &[u8]) -> (Vec<(NaiveDate, u64)>, Read<caseload::VolumeRow>) {
    let read = caseload::read(&Table::read(bytes).expect("a table"), &book(), of(2026, 11, 28));
    (read.rows.iter().map(|(_, row)| (row.month, row.cases)).collect(), read)
}

/// Places, columns and reasons.
fn told<T>(read: &Read<T>) -> Vec<(u64, &str, &Reason)> {
    read.refused.iter().map(|refused| (refused.place.line, refused.column.as_str(), &refused.reason)).collect()
}

/// The six sheets of most files: answers go round from 1 to 5.
const ROUND: [&str; 6] = ["123451234", "234512345", "345123451", "451234512", "512345123", "123451234"];

#[test]
fn every_encoding_and_separator_gives_the_same_six_sheets() {
    for (name, bytes) in [
        ("tabs, UTF-16", file!("a3_tab_utf16.csv")),
        ("a line that says the separator", file!("a4_sep_line.csv")),
        ("Windows-1258", file!("a6_cp1258.csv")),
        ("headings in an old font", file!("a7_tcvn3_as_unicode.csv")),
        ("a merged heading in two rows, a signature", file!("c13_merged_heading_signature.xlsx")),
        ("a total and a signature", file!("c14_total_and_signature.xlsx")),
        ("a hidden first sheet", file!("c10_hidden_first_sheet.xlsx")),
    ] {
        assert_eq!(answers(bytes), ROUND, "{name}");
        assert!(sheets(bytes).rows.iter().all(|(_, row)| row.keyed.day == of(2026, 11, 25)), "{name}");
    }
    assert!(sheets(file!("a6_cp1258.csv")).notes.contains(&Note::Windows1258));
}

#[test]
fn what_is_left_out_of_a_workbook_is_told() {
    let hidden = sheets(file!("c10_hidden_first_sheet.xlsx")).notes;
    assert!(hidden.contains(&Note::SheetHidden { sheet: "Nháp cũ".into(), rows: 8 }), "{hidden:?}");
    assert!(hidden.contains(&Note::Read { sheet: None, first: 2, last: 7, rows: 6 }), "{hidden:?}");
    let rows_left_out = |bytes: &[u8]| {
        let typed = sheets(bytes).notes.into_iter().filter_map(|note| match note {
            Note::Row { place, typed, .. } => Some((place.line, typed)),
            _ => None,
        });
        typed.collect::<Vec<_>>()
    };
    assert_eq!(rows_left_out(file!("c13_merged_heading_signature.xlsx")), [(13, "NGƯỜI LẬP BẢNG".to_owned())]);
    let expected = [(8, "Tổng cộng: 6 phiếu".to_owned()), (9, "Người lập biểu".to_owned())];
    assert_eq!(rows_left_out(file!("c14_total_and_signature.xlsx")), expected);
}

#[test]
fn every_shown_sheet_is_read_and_named() {
    let read = sheets(file!("c9_two_sheets.xlsx"));
    assert_eq!((read.rows.len(), read.refused.len()), (14, 0), "{:?}", read.refused);
    let days: Vec<NaiveDate> = read.rows.iter().map(|(_, row)| row.keyed.day).collect();
    assert_eq!((days[0], days[13]), (of(2026, 11, 24), of(2026, 11, 25)));
    let (months, read) = cases(file!("v7_sheet_a_month.xlsx"));
    assert_eq!(months, [(of(2026, 9, 1), 109), (of(2026, 10, 1), 110)], "{:?}", read.refused);
    assert_eq!(read.rows[1].0, Place { sheet: Some("Tháng 10".into()), line: 2 });
}

#[test]
fn a_formula_without_its_value_is_refused_and_shown() {
    let blank = sheets(file!("c12_formula_nocache.xlsx"));
    assert!(blank.rows.is_empty());
    let reason = Reason::NotComputed { formula: "1+2".into(), kept: None };
    assert_eq!(told(&blank)[0], (2, "Câu 1", &reason));
    assert_eq!(blank.refused.len(), 6);
    let (rows, read) = cases(file!("v8_formula_nocache.xlsx"));
    let reason = Reason::NotComputed { formula: "100+9".into(), kept: None };
    assert_eq!((rows.len(), told(&read)), (0, vec![(2, "Số hồ sơ", &reason)]));
    let (rows, read) = cases(file!("v12_formula_cached_zero.xlsx"));
    let reason = Reason::NotComputed { formula: "100+9".into(), kept: Some("0".into()) };
    assert_eq!((rows.len(), told(&read)), (0, vec![(2, "Số hồ sơ", &reason)]));
}

#[test]
fn lines_are_told_as_people_count_them() {
    let nine = Reason::NotUnderstood { typed: "9".into(), wanted: Wanted::Level };
    for end in ["\r", "\n", "\r\n"] {
        let text = std::str::from_utf8(file!("a8_cr_fault_line.csv")).expect("UTF-8").replace('\r', end);
        assert_eq!(told(&sheets(text.as_bytes())), [(7, "Câu 1", &nine)], "{end:?}");
    }
}

#[test]
fn numbers_as_programs_write_them_and_words_of_the_questionnaire_are_answers() {
    assert_eq!(answers(file!("c15_nbsp_zwsp.xlsx"))[0], "453451234");
    assert_eq!(answers(file!("c17_pandas_floats.csv")), ["540355555"; 6]);
    // 6 is how "not used" is kept.
    assert_eq!(answers(file!("c18_words_not_used.csv")), ["655555555"; 6]);
    let heads = (1..=9).map(|number| format!(";Câu {number}")).collect::<Vec<_>>().concat();
    let with = |first: &str| {
        let row = format!("{POINT};25/11/2026;giấy;{first}{}\n", ";5".repeat(8));
        format!("Điểm phục vụ;Ngày trả lời;Hình thức{heads}\n{}", row.repeat(5))
    };
    for (typed, answer) in [
        ("5", '5'),
        ("5,0", '5'),
        ("5.00", '5'),
        ("Rất hài lòng", '5'),
        ("rat hai long", '5'),
        ("5 - Rất hài lòng", '5'),
        ("không dùng", '6'),
        ("na", '6'),
        ("-", '6'),
        ("0", '6'),
        ("0.0", '6'),
        ("", '0'),
        (" \u{a0} ", '0'),
    ] {
        assert!(answers(with(typed).as_bytes()).iter().all(|row| row.starts_with(answer)), "{typed:?}");
    }
    for typed in ["6", "5,5", "4.31", "NA", "NaN", "4 - Rất hài lòng", "Hài long", "x", "#N/A", "5 5", "87,5%"] {
        let reason = Reason::NotUnderstood { typed: typed.into(), wanted: Wanted::Level };
        let read = sheets(with(typed).as_bytes());
        assert_eq!(told(&read)[0], (2, "Câu 1", &reason), "{typed:?}");
        assert!(read.rows.is_empty());
    }
}

#[test]
fn cases_of_workbooks_keep_their_months() {
    // Read off the files: merged unit and field over three months, a total that their sum is not; days of September and October.
    let (rows, read) = cases(file!("v9_merged_unit_total.xlsx"));
    let months = [(of(2026, 7, 1), 107), (of(2026, 8, 1), 108), (of(2026, 9, 1), 109)];
    assert_eq!((rows, read.refused.len()), (months.to_vec(), 0), "{:?}", read.refused);
    let differs = Note::TotalDiffers { place: Place::line(5), said: 327, sum: 324 };
    assert!(read.notes.contains(&differs), "{:?}", read.notes);
    let (rows, read) = cases(file!("e4_saved_by_libreoffice.xlsx"));
    assert_eq!((rows, read.refused.len()), (vec![(of(2026, 9, 1), 109), (of(2026, 10, 1), 110)], 0));
    let head = "Đơn vị;Lĩnh vực;Tháng;Số hồ sơ\n";
    let one = |cells: &str| cases(format!("{head}{cells}\n").as_bytes());
    assert_eq!(one("tyt;Y tế công lập;46266;12.0").0, [(of(2026, 9, 1), 12)]);
    for typed in ["87,5%", "0,95", "1,5", "12 hồ sơ", "-3"] {
        let (rows, read) = one(&format!("tyt;health;09/2026;{typed}"));
        let reason = Reason::NotUnderstood { typed: typed.into(), wanted: Wanted::Cases };
        assert_eq!((rows.len(), told(&read)), (0, vec![(2, "Số hồ sơ", &reason)]), "{typed}");
    }
    let (rows, read) = one(
        "tyt;health;09/2026;5\nTổng;;;5\nCầu Giấy, ngày 1 tháng 10 năm 2026;;;\nNgười lập;;Thủ trưởng;\nLê Thị A;;Trần B;",
    );
    assert_eq!((rows.len(), read.refused.len()), (1, 0), "{:?}", read.refused);
    assert_eq!(read.notes.iter().filter(|note| matches!(note, Note::Row { .. })).count(), 4);
    // A row that lacks something is refused and not left out for its words.
    assert_eq!(one("tyt;health;09/2026;5\nTrạm khác;health;;7").1.refused.len(), 2);
}

#[test]
fn a_number_of_a_merged_cell_belongs_to_no_row() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in
        [["Đơn vị", "Lĩnh vực", "Tháng"], ["tyt", "health", "08/2026"], ["tyt", "health", "09/2026"]].iter().enumerate()
    {
        let row = u32::try_from(row).expect("few rows");
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, *cell).expect("written");
        }
    }
    sheet.write_string(0, 3, "Số hồ sơ").expect("written");
    sheet.merge_range(1, 3, 2, 3, "", &Format::new()).expect("merged");
    sheet.write_number_with_format(1, 3, 327.0, &Format::new()).expect("written");
    let bytes = workbook.save_to_buffer().expect("a workbook");
    let (rows, read) = cases(&bytes);
    assert_eq!(rows, [(of(2026, 8, 1), 327)]);
    assert_eq!(told(&read), [(3, "Số hồ sơ", &Reason::MergedNumber { typed: "327".into() })]);
}

#[test]
fn shares_are_read_where_they_can_mean_one_thing_only() {
    let read = external_figures::read(&Table::read(file!("n4_shares.csv")).expect("a table"), &book());
    let values: Vec<u32> = read.rows.iter().map(|(_, row)| row.value).collect();
    assert_eq!(values, [1_000_000, 950_000, 875_300, 875_300, 5_000]);
    let score = Reason::NotUnderstood { typed: "4,31".into(), wanted: Wanted::Share };
    assert_eq!(told(&read), [(7, "Tỷ lệ hài lòng", &score)]);
}

#[test]
fn a_doubtful_name_is_asked_and_never_taken() {
    let row = |unit: &str, field: &str| {
        cases(format!("Đơn vị;Lĩnh vực;Tháng;Số hồ sơ\n{unit};{field};09/2026;5\n").as_bytes())
    };
    let (rows, read) = row("Trạm Y tệ phường Cầu Giấy", "Tư pháp");
    assert!(rows.is_empty());
    assert!(
        matches!(&read.refused[0].reason, Reason::UnitUnknown { near: Some(near), .. } if near == "Trạm Y tế phường Cầu Giấy")
    );
    assert!(
        matches!(&read.refused[1].reason, Reason::FieldUnknown { near: Some(near), .. } if near == "Tư pháp – hộ tịch")
    );
}

#[test]
fn a_number_of_a_question_means_nothing_where_versions_ask_differently() {
    let (old, mut new) = (form(), form());
    new.version = old.version + 1;
    new.sections[1].items.swap(0, 1);
    let versions = vec![&new, &old];
    let bytes = file!("a4_sep_line.csv");
    let read = sheets_of(versions.clone(), bytes);
    assert!(read.rows.is_empty());
    assert!(
        matches!(&read.refused[0].reason, Reason::WhichVersion { versions } if versions.len() == 2),
        "{:?}",
        read.refused[0]
    );
    // A column that says the version, or wordings, bind the columns.
    let text = std::str::from_utf8(bytes).expect("UTF-8").trim_start_matches('\u{feff}');
    let named = text.replace("Góp ý", "Phiếu hỏi").replace("giấy;;", &format!("giấy;{};", old.reference()));
    let read = sheets_of(versions.clone(), named.as_bytes());
    assert_eq!(read.refused, []);
    assert_eq!(
        (read.rows[0].1.form.clone(), read.rows[0].1.keyed.answers[1..3].to_vec()),
        (old.reference(), vec![1, 2])
    );
    let mut worded = text.to_owned();
    for (number, item) in old.numbered().filter_map(|(number, item)| Some((number?, item))) {
        worded = worded.replacen(&format!("Câu {number}"), item.text.in_language("vi"), 1);
    }
    let read = sheets_of(versions, worded.as_bytes());
    assert_eq!(read.refused, []);
    assert_eq!(
        (read.rows[0].1.form.clone(), read.rows[0].1.keyed.answers[1..3].to_vec()),
        (new.reference(), vec![2, 1])
    );
}

#[test]
fn files_out_of_bounds_are_refused_before_their_rows_are_understood() {
    let long = format!("Đơn vị;Lĩnh vực\n{};x\n", "a".repeat(CELL_CHARACTERS_MAX + 1));
    assert_eq!(Table::read(long.as_bytes()), Err(FileFault::TooMuch(Bound::Cell(2))));
}

#[test]
fn a_row_that_lacks_something_is_refused_and_not_taken_for_a_sum_or_a_signature() {
    let read = |text: &str| {
        super::complaints::read(&Table::read(text.as_bytes()).expect("a table"), &Book::default(), of(2026, 11, 28))
    };
    let head = "STT;Số phản ánh;Ngày nhận;Nội dung\n";
    let told = read(&format!(
        "{head}1;PA-1;02/11/2026;Đèn hỏng.\n2;;03/11/2026;Chủ tịch phường chưa trả lời đơn\n3;PA-3;;Tổng số lần đi 5\n\
         4;PA-4;05/11/2026;Rác ngõ bảy\nTổng cộng;;;4\n;;;Hà Nội, ngày 30 tháng 11 năm 2026\n;;Người lập;Chủ tịch\n;;Trần An;Lê Bình\n"
    ));
    let lines: Vec<_> = told.refused.iter().map(|refused| (refused.place.line, refused.column.as_str())).collect();
    assert_eq!(lines, [(3, "Số phản ánh"), (4, "Ngày nhận")], "{:?}", told.refused);
    assert_eq!(told.rows.len(), 2);
    let left_out = told.notes.iter().filter(|note| matches!(note, Note::Row { .. })).count();
    assert_eq!(left_out, 4, "{:?}", told.notes);
    // A task is not the foot of its table.
    let plan = super::plan::read(
        &Table::read("Mục;Nhiệm vụ;Chủ trì\n1;Tuyên truyền;Phòng VH\n;Tổng hợp báo cáo;\n;Lãnh đạo tiếp dân;\n2;Đối thoại;Văn phòng\n".as_bytes())
            .expect("a table"),
    );
    let tasks = plan.draft.rows(crate::plan::draft::Part::Task).len();
    let left_out = plan.notes.iter().filter(|note| matches!(note, Note::Row { .. })).count();
    assert_eq!((tasks, left_out), (4, 0), "{:?} {:?}", plan.notes, plan.refused);
}

#[test]
fn a_complaint_of_no_ward_is_asked_for_it_and_one_number_is_one_complaint() {
    let unit = |code: &str, name: &str| NamedUnit { code: code.into(), name: name.into() };
    let read = |units: Vec<NamedUnit>, text: &str| {
        let book = Book { units, ..Book::default() };
        super::complaints::read(&Table::read(text.as_bytes()).expect("a table"), &book, of(2026, 11, 28))
    };
    let (one, other) = (unit("cau-giay", "Phường Cầu Giấy"), unit("o-dien", "Xã Ô Diên"));
    let text = "Số phản ánh;Ngày nhận;Nội dung;Phường\nPA-77;02/11/2026;a;\n";
    let told = read(vec![one.clone(), other], text);
    assert_eq!(told.refused[0].reason, Reason::Blank(Wanted::Ward), "{:?}", told.refused);
    let told = read(vec![one], &format!("{text}pa–77;02/11/2026;a;Phường Cầu Giấy\n"));
    assert!(matches!(told.refused[0].reason, Reason::Twice { .. }), "{:?}", told.refused);
}
