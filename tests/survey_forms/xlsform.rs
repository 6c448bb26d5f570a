//! XLSForm out and in: every shipped questionnaire comes back whole, the reference converter accepts what is written, and forms made by
//! others become what they ask, with what cannot be asked told by row. The forms of others were written with openpyxl, in the ways of
//! ODK's documentation and of `KoboToolbox`; what they hold was counted by hand.

use std::process::Command;

use sipas::exchange::export::xlsform::workbook;
use sipas::exchange::import::xlsform::{Remark, XlsformRead, XlsformReason, is_xlsform, read};
use sipas::survey::{Condition, Question, QuestionKind, Questionnaire};
use sipas::table::Table;

use crate::questionnaires;

fn read_back(asked: &Questionnaire) -> XlsformRead {
    let table = Table::read(&workbook(asked).expect("a workbook")).expect("a table");
    assert!(is_xlsform(&table));
    read(&table)
}

#[test]
fn every_questionnaire_written_as_an_xlsform_comes_back_whole() {
    for questionnaire in questionnaires() {
        let back = read_back(&questionnaire);
        assert!(back.own && back.remarks.is_empty(), "{}: {:?}", questionnaire.id, back.remarks);
        assert_eq!(back.questionnaire, questionnaire);
    }
}

#[test]
fn a_third_language_recordings_and_words_that_look_like_syntax_come_back() {
    let mut asked = questionnaires().into_iter().find(|form| form.id == "bo-noi-vu-2026").expect("the ministry's form");
    let words = [" 1", "=SUM(A1)", "'quoted'", "12/03", "Câu có dấu ; và , và \"nháy\""];
    for (item, words) in asked.sections[0].items.iter_mut().zip(words) {
        item.text.0.insert("vi".to_owned(), words.trim().to_owned());
        item.audio.0.insert("vi".to_owned(), format!("{}-vi.mp3", item.id));
        item.help.0 = [("vi", "Kể cả đi thay"), ("en", "Also for others")]
            .map(|(tag, help)| (tag.to_owned(), help.to_owned()))
            .into();
    }
    let when = asked.questions().find_map(|question| question.when.clone());
    asked.sections[0].unless = when;
    asked.unreviewed = vec!["en".to_owned()];
    let back = read_back(&asked);
    assert_eq!(back.questionnaire, asked);
}

/// The reference converter, where the environment names it: `pip install pyxform`, then `XLS2XFORM=…/xls2xform`.
#[test]
fn the_reference_converter_accepts_what_is_written() {
    let Some(converter) = std::env::var_os("XLS2XFORM") else {
        eprintln!("skipped: XLS2XFORM names no converter; the shape is checked by the next test all the same");
        return;
    };
    let folder = std::env::temp_dir().join(format!("sipas-xlsform-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    for questionnaire in questionnaires() {
        let (book, form) = (folder.join(format!("{}.xlsx", questionnaire.id)), folder.join("form.xml"));
        std::fs::write(&book, workbook(&questionnaire).expect("a workbook")).expect("written");
        let run = Command::new(&converter).arg("--skip_validate").arg(&book).arg(&form).output().expect("it runs");
        let said = String::from_utf8_lossy(&run.stderr).into_owned() + &String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success() && said.contains("Conversion complete"), "{}: {said}", questionnaire.id);
        let xml = std::fs::read_to_string(&form).expect("a form");
        for item in questionnaire.items() {
            assert!(xml.contains(&format!("/{}\"", item.id)), "{} is not asked", item.id);
        }
    }
    std::fs::remove_dir_all(folder).expect("removed");
}

/// What the reference asks of a form, checked without it: names that are XML names and stand once, lists that are there, references
/// that lead somewhere, groups that end.
#[test]
fn what_is_written_keeps_the_rules_of_xlsform() {
    for questionnaire in questionnaires() {
        let table = Table::read(&workbook(&questionnaire).expect("a workbook")).expect("a table");
        let names: Vec<_> = table.sheets.iter().filter_map(|sheet| sheet.name.as_deref()).collect();
        assert_eq!(names, ["survey", "choices", "settings"]);
        let column = |sheet: usize, name: &str| -> Vec<String> {
            let rows = &table.sheets[sheet].rows;
            let place =
                rows[0].cells.iter().position(|cell| cell == name).unwrap_or_else(|| panic!("no column {name}"));
            rows[1..].iter().map(|row| row.cells.get(place).cloned().unwrap_or_default()).collect()
        };
        let (types, names, relevant) = (column(0, "type"), column(0, "name"), column(0, "relevant"));
        let lists: std::collections::BTreeSet<String> = column(1, "list_name").into_iter().collect();
        let (mut depth, mut seen) = (0_i32, Vec::new());
        for ((kind, name), relevant) in types.iter().zip(&names).zip(&relevant) {
            match kind.as_str() {
                "begin_group" => depth += 1,
                "end_group" => depth -= 1,
                _ => {}
            }
            assert!(depth >= 0, "{}: an end without a group", questionnaire.id);
            if kind != "end_group" {
                let sound = name.starts_with(|first: char| first.is_ascii_alphabetic())
                    && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
                assert!(sound && !seen.contains(name), "{}: `{name}`", questionnaire.id);
                seen.push(name.clone());
            }
            if let Some((_, list)) = kind.split_once(' ') {
                assert!(lists.contains(list), "{}: no list {list}", questionnaire.id);
            }
            for reference in relevant.split("${").skip(1) {
                let name = reference.split('}').next().unwrap_or_default();
                assert!(names.iter().any(|known| known == name), "{}: `{relevant}`", questionnaire.id);
            }
        }
        assert_eq!(depth, 0, "{}", questionnaire.id);
        for heading in ["label::Tiếng Việt (vi)", "label::English (en)"] {
            column(0, heading);
            column(1, heading);
        }
    }
}

fn other(name: &str) -> XlsformRead {
    let path = format!("{}/tests/fixtures/xlsform/{name}.xlsx", env!("CARGO_MANIFEST_DIR"));
    let table = Table::read(&std::fs::read(path).expect("a file")).expect("a table");
    assert!(is_xlsform(&table), "{name}");
    read(&table)
}

fn told(remarks: &[Remark], sheet: &str, row: u64) -> Vec<XlsformReason> {
    let found = remarks.iter().filter(|remark| remark.sheet == sheet && remark.row == row);
    found.map(|remark| remark.reason.clone()).collect()
}

fn called<'q>(asked: &'q Questionnaire, words: &str) -> &'q Question {
    let found = asked.questions().find(|question| question.text.in_language("vi") == words);
    found.unwrap_or_else(|| panic!("`{words}` is not asked"))
}

#[test]
fn a_form_with_metadata_a_cascade_and_calculations_becomes_what_it_asks() {
    let XlsformRead { questionnaire: asked, own, remarks } = other("odk-cascade");
    assert!(!own);
    assert_eq!(asked.languages, ["vi", "en"], "Vietnamese first, whatever the file's default");
    assert_eq!(asked.title.in_language("en"), "Ward office visit");
    assert_eq!(asked.intro.in_language("vi"), "Xin chào. Khảo sát mất khoảng hai phút.");
    let titles: Vec<&str> = asked.sections.iter().map(|section| section.title.in_language("vi")).collect();
    assert_eq!(
        titles,
        ["Lần đến giao dịch", "Đánh giá", "Lần đến giao dịch"],
        "the outer group goes on after the inner one"
    );
    let items: Vec<&str> = asked.items().map(|item| item.text.in_language("vi")).collect();
    assert_eq!(items, ["Phòng chờ sạch sẽ", "Cán bộ lịch sự"]);
    assert!(asked.items().next().expect("an item").required);
    // The group asks those who came: its items do not count for those who did not.
    let came = called(&asked, "Năm nay Ông/Bà có đến phường làm thủ tục không?");
    let no = came.kind.options().iter().find(|option| option.text.in_language("en") == "No").expect("no").id.clone();
    assert_eq!(asked.sections[1].unless, Some(Condition { question: came.id.clone(), options: vec![no] }));
    let times = called(&asked, "Ông/Bà đến mấy lần?");
    assert_eq!(times.kind, QuestionKind::Number { least: 1, most: 20 });
    assert_eq!(times.when.as_ref().map(|when| when.question.as_str()), Some(came.id.as_str()));
    // Rows as a spreadsheet program numbers them; the headings are row 1.
    assert_eq!(told(&remarks, "survey", 2), [XlsformReason::Metadata]);
    assert_eq!(told(&remarks, "survey", 8), [XlsformReason::ChoiceFilter]);
    assert_eq!(came.help.in_language("vi"), "Kể cả đi thay người nhà", "a hint is help");
    let fee = told(&remarks, "survey", 15);
    assert!(matches!(fee[..], [XlsformReason::Decimal, XlsformReason::Condition(_)]), "{fee:?}");
    assert_eq!(told(&remarks, "survey", 17), [XlsformReason::Calculate]);
    assert_eq!(told(&remarks, "survey", 18), [XlsformReason::Type("geopoint".to_owned())]);
    assert_eq!(told(&remarks, "survey", 19), [XlsformReason::Type("image".to_owned())]);
}

#[test]
fn a_form_of_kobo_keeps_its_or_other_its_agreement_levels_and_its_range() {
    let XlsformRead { questionnaire: asked, remarks, .. } = other("kobo-or-other");
    let channel = called(&asked, "Ông/Bà biết thông tin qua kênh nào?");
    let options: Vec<&str> = channel.kind.options().iter().map(|option| option.text.in_language("vi")).collect();
    assert_eq!(
        (channel.kind.word(), options),
        ("several", vec!["Loa phường", "Zalo của phường", "Họp tổ dân phố", "Khác"])
    );
    assert!(channel.required);
    let specify = called(&asked, "Khác: ghi rõ");
    assert_eq!(specify.when, Some(Condition { question: channel.id.clone(), options: vec!["other".to_owned()] }));
    let why = called(&asked, "Vì sao chọn loa phường?").when.clone().expect("a condition");
    assert_eq!(why.options, [channel.kind.options()[0].id.clone()]);
    assert_eq!(asked.items().count(), 2);
    assert_eq!(
        asked.levels.each_ref().map(|level| level.in_language("vi")),
        ["Rất không đồng ý", "Không đồng ý", "Phân vân", "Đồng ý", "Rất đồng ý"]
    );
    assert_eq!(asked.not_used.in_language("en"), "No opinion");
    assert_eq!(called(&asked, "Chấm điểm chung").kind, QuestionKind::Number { least: 0, most: 10 });
    assert_eq!(called(&asked, "Nhóm tuổi").kind.word(), "one", "numbers alone make no levels");
    assert_eq!(asked.comment.as_ref().map(|comment| comment.in_language("vi")), Some("Góp ý khác"));
    assert_eq!(told(&remarks, "survey", 2), [XlsformReason::OrOther]);
    assert_eq!(told(&remarks, "survey", 4), [XlsformReason::Media]);
    assert_eq!(remarks.len(), 2, "{remarks:?}");
}

#[test]
fn a_part_asked_several_times_is_refused_row_by_row_and_the_rest_taken() {
    let XlsformRead { questionnaire: asked, remarks, .. } = other("repeat");
    assert_eq!(told(&remarks, "survey", 3), [XlsformReason::Repeat]);
    for row in [4, 5, 6] {
        assert_eq!(told(&remarks, "survey", row), [XlsformReason::InRepeat], "{row}");
    }
    assert_eq!(told(&remarks, "survey", 10).len(), 1, "its condition names what was left out");
    let items: Vec<&str> = asked.items().map(|item| item.text.in_language("vi")).collect();
    assert_eq!(items, ["Nhìn chung, Ông/Bà hài lòng về trường mầm non của phường"]);
    // The list begins with the best: levels are known by their words.
    assert_eq!(asked.levels[0].in_language("vi"), "Rất không hài lòng");
    let kinds: Vec<&str> = asked.questions().map(|question| question.kind.word()).collect();
    assert_eq!(kinds, ["one", "number"]);
    assert!(asked.questions().all(|question| question.when.is_none()));
}

#[test]
fn a_form_in_one_language_and_old_spellings_is_read() {
    let XlsformRead { questionnaire: asked, remarks, .. } = other("plain");
    assert_eq!(asked.languages, ["vi"]);
    let items: Vec<&str> = asked.items().map(|item| item.text.in_language("vi")).collect();
    assert_eq!(items, ["Nơi ngồi chờ đủ ghế", "Biển chỉ dẫn dễ thấy"], "without marks of layout");
    let again = called(&asked, "Có phải đi lại nhiều lần không?");
    let yes = again.kind.options()[0].id.clone();
    for words in ["Vì sao phải đi lại?", "Số giấy phải nộp thêm"] {
        let when = called(&asked, words).when.clone().expect("a condition");
        assert_eq!((&when.question, &when.options), (&again.id, &vec![yes.clone()]), "not no is yes");
    }
    assert_eq!(told(&remarks, "survey", 8), [XlsformReason::Disabled]);
    assert_eq!(told(&remarks, "survey", 10), [XlsformReason::ListUnknown("khong_co".to_owned())]);
    // Criteria are called by their words, so that two forms with a `q1` are not laid side by side.
    assert!(asked.items().all(|item| item.id.len() > 8 && !item.id.starts_with("new_")), "{asked:?}");
}
